"""Pure text work: counting as a platform counts, fitting, splitting."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Literal, NamedTuple

from . import cuts
from .cuts import WIDE
from .tags import SPELT_OUT, clean_tags, hashtags

__all__ = ["SPELT_OUT", "WIDE", "Counter", "clean_tags", "count", "fit", "hashtags", "names", "split", "urls"]

#: A unit that several platforms have, or a platform's own way of counting.
Counter = Literal["characters", "bytes", "graphemes", "weighted"] | Callable[[str], int]

#: A word this long is cut rather than left out.
_ENDLESS = 24


def count(text: str, counter: Counter) -> int:
    """The length of `text` in the platform's unit.

    ``weighted`` is X's: 2 for each character outside the ranges that twitter-text's configuration v3 names, 2 for an
    emoji however it is put together, 23 for a link. Where X's own list of emoji or top-level domains may be older
    than the one used here, the larger of the two counts is taken.
    """
    if callable(counter):
        return counter(text)
    if counter == "bytes":
        return len(text.encode())
    if counter == "graphemes":
        if text.isascii() and "\r" not in text:
            return len(text)
        return len(_graphemes(text))
    if counter == "weighted":
        from .weighted import weight

        return weight(text)
    return len(text)


def urls(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of what X makes a link of, bare domains such as `example.com` included."""
    from .weighted import urls as found

    return found(text)


def names(text: str, url: str) -> bool:
    """Whether `text` holds the address `url` itself; one of a picture below it, or a place in it, is another."""
    return bool(re.search(rf"{re.escape(url)}(?![\w/?#&=%~+-]|\.\w)", text))


def _graphemes(text: str) -> list[str]:
    import regex

    found: list[str] = regex.findall(r"\X", text)
    return found


def _atoms(text: str) -> Iterator[str]:
    """What must not be cut: links whole, all else by grapheme."""
    at = 0
    for start, end in (*urls(text), (len(text), len(text))):
        part = text[at:start]
        yield from part if part.isascii() and "\r" not in part else _graphemes(part)
        if start < end:
            yield text[start:end]
        at = end


def fit(text: str, limit: int, counter: Counter = "characters", *, ellipsis: str = "…") -> str:
    """`text` if it fits into `limit`, else its beginning, cut at a sentence, else a word, else a grapheme.

    Whole sentences are preferred while they fill half of the limit. A cut that ends no sentence ends in the ellipsis,
    and it counts. Links and graphemes are never cut. The result is the same when fitted again.
    """
    if count(text, counter) <= limit:
        return text
    head = _head(text, limit, counter)
    # What follows tells whether a full stop ends a sentence.
    best = max((end for end, _ in cuts.sentences(text[: len(head) + 64]) if end <= len(head)), default=0)
    sentence = head[:best].rstrip()
    if best and limit <= 2 * count(sentence, counter) <= 2 * limit:
        return sentence
    head = _head(text, limit - count(ellipsis, counter), counter)
    while head:
        cut = cuts.word_end(head, text[len(head) : len(head) + 1])
        word = text[cut : cut + 2 * _ENDLESS].lstrip()[:_ENDLESS]
        if 2 * cut < len(head) and len(word) == _ENDLESS and not any(map(str.isspace, word)):
            cut = 0
        short = head[: cut or len(head)].rstrip().rstrip(",;:–—-([{“‘\"'，、；：（「《 ") or head.rstrip()
        if any(end == len(short) for end, _ in cuts.sentences(text[: len(short) + 64])):
            return short
        if count(short + ellipsis, counter) <= limit:
            return short + ellipsis
        head = "".join(list(_atoms(head))[:-1])
    return ellipsis if count(ellipsis, counter) <= limit else ""


def _head(text: str, limit: int, counter: Counter) -> str:
    """The longest beginning that fits, in whole links and graphemes."""
    size, taken, named = 0, 0, not callable(counter)
    for atom in _atoms(text[: 8 * limit + 4200]):
        # One such character is one of every unit with a name.
        size += 1 if named and len(atom) == 1 and atom.isascii() else count(atom, counter)
        if size > limit:
            break
        taken += len(atom)
    return text[:taken]


class _Unit(NamedTuple):
    """What is kept together, and the white space behind it.

    `whole`: a block that must not be cut. `lead`: where in the text that begins to which its beginning leads.
    """

    text: str
    space: str
    whole: bool = False
    lead: int = 0


def split(
    blocks: Sequence[str], limit: int, counter: Counter, *, leads: Collection[int] = (), whole: Collection[int] = ()
) -> list[str]:
    """Packs `blocks` into as few pieces of at most `limit` as their order allows, joined by blank lines.

    A block longer than a piece is split between paragraphs, else lines, sentences, clauses of a script without blanks,
    words, graphemes, never inside a link. Nothing but white space at the cuts is lost; a block's first line keeps its
    indentation.

    Args:
        blocks: What is to be kept together.
        limit: What a piece may count.
        counter: How that is counted.
        leads: Numbers of blocks, such as headings, whose end does not end a piece if what follows can go with it.
        whole: Numbers of blocks, such as code, that are not split for the sake of a lead.

    Raises:
        ValueError: not even one character fits.
    """
    units: deque[_Unit] = deque()
    for number in range(len(blocks) - 1, -1, -1):
        if not (block := _EMPTY_LINES.sub("", blocks[number]).rstrip()):
            continue
        *own, last = _units(block, limit, counter, 0)
        last = last._replace(space="\n\n", whole=number in whole and not own)
        led = _led(last, units[0], limit, counter) if units and number in leads else None
        if led:
            units.popleft()
        units.extendleft(reversed([*own, *(led or [last])]))
    pieces: list[str] = []
    current = glue = ""
    for unit in units:
        joined = current + glue + unit.text if current else unit.text
        if current and count(joined, counter) > limit:
            pieces.append(current)
            joined = unit.text
        current, glue = joined, unit.space
    return [*pieces, current] if current else pieces


def _led(lead: _Unit, first: _Unit, limit: int, counter: Counter) -> list[_Unit] | None:
    """`lead`, or its last line, sentence or clause, in one with `first` or its beginning; `None` if they don't fit."""
    both = lead.text + lead.space
    if count(both + first.text, counter) <= limit:
        return [_Unit(both + first.text, first.space, first.whole, len(both))]
    start, end = cuts.last(lead.text)
    rest = [_Unit(lead.text[:start], lead.text[start:end])] if start else []
    tail = lead.text[end:] + lead.space
    if count(tail + first.text, counter) <= limit:
        return [*rest, _Unit(tail + first.text, first.space, first.whole, len(tail))]
    begin, *others = _opened(first, limit - count(tail, counter), limit, counter)
    if not others or count(tail + begin.text, counter) > limit:
        return None
    return [*rest, _Unit(tail + begin.text, begin.space, lead=len(tail)), *others]


def _opened(unit: _Unit, room: int, limit: int, counter: Counter) -> list[_Unit]:
    """`unit` cut so that its beginning fits into `room`, and what leads in it stays with that to which it leads.

    `unit` alone if that can't be had, or were not worth it.
    """
    if 4 * room < limit:
        return [unit]
    led = unit.text[unit.lead :]
    lead = unit.text[: unit.lead].rstrip()
    gap = unit.text[len(lead) : unit.lead]
    if lead and count(lead, counter) <= room:
        begin, *others = _opened(_Unit(led, unit.space, unit.whole), room - count(lead + gap, counter), limit, counter)
        if others:
            return [_Unit(lead + gap + begin.text, begin.space, lead=unit.lead), *others]
    if lead:
        start, end = cuts.last(lead)
        if not start or count(lead[:start], counter) > room:
            return [unit]
        return [_Unit(lead[:start], lead[start:end]), unit._replace(text=unit.text[end:], lead=unit.lead - end)]
    if unit.whole or any(count(led[start:end], counter) > room for start, end in urls(led)):
        return [unit]
    *parts, last = _units(led, room, counter, 0)
    return [*parts, last._replace(space=unit.space)]


_EMPTY_LINES = re.compile(r"\A\s*\n")


def _units(text: str, limit: int, counter: Counter, level: int) -> list[_Unit]:
    """Parts of `text` that fit, each with the white space that follows it."""
    if count(text, counter) <= limit:
        return [_Unit(text, "")] if text else []
    found: list[_Unit] = []
    if level == len(cuts.LEVELS):
        for atom in _atoms(text):
            for part in (atom,) if count(atom, counter) <= limit else atom:
                if count(part, counter) > limit:
                    raise ValueError(f"a limit of {limit} is too small for {part!r}")
                found.append(_Unit(part, ""))
        return found
    links = urls(text)
    at = 0
    places = [cut for cut in cuts.LEVELS[level](text) if not any(s < cut[1] and cut[0] < e for s, e in links)]
    for start, end in (*places, (len(text), len(text))):
        found += _units(text[at:start], limit, counter, level + 1)
        if found:
            found[-1] = found[-1]._replace(space=found[-1].space + text[start:end])
        at = end
    return found
