"""Pure text work: counting as a platform counts, fitting, splitting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

#: A unit that several platforms have, or a platform's own way of counting.
Counter = Literal["characters", "bytes", "graphemes", "weighted"] | Callable[[str], int]

#: A word this long is cut rather than left out.
_ENDLESS = 24
#: Tags that would become another one without their signs.
SPELT_OUT = {"c++": "cpp", "c#": "csharp", "f#": "fsharp", ".net": "dotnet"}
_SENTENCE = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？｡]+[」』”’）)]*|\n\s*)")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|etc|vs|cf|al|ca|approx|Mr|Mrs|Ms|Dr|Prof|St|No|Fig|Inc|v?\d+)\.$"
)
_WIDE = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\ua000-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]"
)
_NOT_FIRST = re.compile(r"[、。，．！？；：）」』】〉》”’ー々…)\],.!?;:]")


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

    Whole sentences are preferred while they fill half of the limit, and stand without the ellipsis; any other cut
    ends in it, and it counts. Links and graphemes are never cut. The result is the same when fitted again.
    """
    if count(text, counter) <= limit:
        return text
    head = _head(text, limit, counter)
    best = 0
    for end in (m.end() for m in _SENTENCE.finditer(head)):
        if not _ABBREVIATED.search(head[:end][-12:]) and text[end : end + 1] in {"", " ", "\n", "\t"} | _after(
            head, end
        ):
            best = end
    sentence = head[:best].rstrip()
    if best and limit <= 2 * count(sentence, counter) <= 2 * limit:
        return sentence
    head = _head(text, limit - count(ellipsis, counter), counter)
    while head:
        cut = _word_end(head, text[len(head) : len(head) + 1])
        word = text[cut : cut + 2 * _ENDLESS].lstrip()[:_ENDLESS]
        if 2 * cut < len(head) and len(word) == _ENDLESS and not any(map(str.isspace, word)):
            cut = 0
        short = head[: cut or len(head)].rstrip().rstrip(",;:–—-([{“‘\"'，、；：（「《 ") or head.rstrip()
        if count(short + ellipsis, counter) <= limit:
            return short + ellipsis
        head = "".join(list(_atoms(head))[:-1])
    return ellipsis if count(ellipsis, counter) <= limit else ""


def _after(head: str, end: int) -> set[str]:
    """What may follow a sentence with nothing between: anything, where it ends as in Chinese or Japanese."""
    return {head[end : end + 1]} if head[end - 1 : end] in set("。！？｡」』”’）)\n") else set()


def _head(text: str, limit: int, counter: Counter) -> str:
    """The longest beginning that fits, in whole links and graphemes."""
    size, taken = 0, 0
    for atom in _atoms(text[: 8 * limit + 4200]):
        size += count(atom, counter)
        if size > limit:
            break
        taken += len(atom)
    return text[:taken]


def _word_end(head: str, following: str) -> int:
    """Where the last whole word of `head` ends; 0 if there is no such place."""
    if not following or following.isspace() or following in ",;:!?)]}”":
        return len(head)
    for i in range(len(head) - 1, 0, -1):
        after = head[i + 1] if i + 1 < len(head) else following
        if head[i].isspace():
            return i
        if (_WIDE.match(head[i]) or _WIDE.match(after)) and not _NOT_FIRST.match(after):
            return i + 1
    return 0


def split(blocks: Sequence[str], limit: int, counter: Counter) -> list[str]:
    """Packs `blocks` into as few pieces of at most `limit` as their order allows, joined by blank lines.

    A block longer than a piece is split between paragraphs, else sentences, else words, else graphemes, never inside
    a link. Nothing but white space at the cuts is lost; a block's first line keeps its indentation.

    Raises:
        ValueError: not even one character fits.
    """
    pieces: list[str] = []
    current = ""
    for block in blocks:
        glue = "\n\n"
        for unit, space in _units(_EMPTY_LINES.sub("", block).rstrip(), limit, counter, 0):
            joined = current + glue + unit if current else unit
            if current and count(joined, counter) > limit:
                pieces.append(current)
                joined = unit
            current, glue = joined, space
    return [*pieces, current] if current else pieces


_EMPTY_LINES = re.compile(r"\A\s*\n")
_LEVELS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’»)\]])\s+|(?<=[。！？｡])|\n"),
    re.compile(r"\s+"),
)


def _units(text: str, limit: int, counter: Counter, level: int) -> Iterator[tuple[str, str]]:
    """Parts of `text` that fit, each with the white space that follows it."""
    if not text:
        return
    if count(text, counter) <= limit:
        yield text, ""
    elif level < len(_LEVELS):
        links = urls(text)
        at = 0
        cuts = [
            m.span() for m in _LEVELS[level].finditer(text) if not any(s < m.end() and m.start() < e for s, e in links)
        ]
        for start, end in (*cuts, (len(text), len(text))):
            if parts := list(_units(text[at:start], limit, counter, level + 1)):
                yield from parts[:-1]
                yield parts[-1][0], text[start:end]
            at = end
    else:
        for atom in _atoms(text):
            for part in (atom,) if count(atom, counter) <= limit else atom:
                if count(part, counter) > limit:
                    raise ValueError(f"a limit of {limit} is too small for {part!r}")
                yield part, ""


def clean_tags(
    tags: Sequence[str], *, most: int, length: int | None = None, chars: str = r"[\w-]"
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags a platform takes, and a warning for each that was changed or left out.

    Args:
        most: How many it takes; the first ones are kept.
        length: How many characters each may have.
        chars: Regular expression of one character that a tag may hold; others are removed.
    """
    allowed = re.compile(chars)  # where a sign is not allowed, a tag that lives by it is spelt out
    kept: list[str] = []
    warnings: list[str] = []
    for tag in tags:
        plain = tag.strip().lstrip("#").strip()
        signs = not all(allowed.fullmatch(c) for c in plain)
        spelt = SPELT_OUT.get(plain.lower(), plain) if signs else plain
        name = "".join(c for c in spelt if allowed.fullmatch(c))
        if name.casefold() in {k.casefold() for k in kept} and name:
            continue
        if not name:
            if plain:
                warnings.append(f"tag “{plain}” was left out: it holds no character that is allowed")
        elif length is not None and len(name) > length:
            warnings.append(f"tag “{name}” was left out: it has {len(name)} characters, {length} are allowed")
        elif len(kept) >= most:
            warnings.append(f"tag “{name}” was left out: {most} are allowed")
        else:
            kept.append(name)
            if name != plain:
                warnings.append(f"tag “{plain}” became “{name}”")
    return tuple(kept), tuple(warnings)
