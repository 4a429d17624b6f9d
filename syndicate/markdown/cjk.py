"""Emphasis in Chinese, Japanese and Korean that CommonMark does not see: ``**重点：**文字`` shows its asterisks.

By CommonMark's rules of flanking a mark between punctuation and a letter neither ends nor begins emphasis there, as
these languages put no blank between words. Authors mean it, and generators with an extension for it show it (Hugo's
`cjk`). Marks are paired here as they are meant; those of a pair that CommonMark would not see are written such that it
does, with the same words: the punctuation goes outside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from unicodedata import category

from markdown_it.token import Token

from .dialect import Dialect
from .links import label_end
from .parse import Doc

_LETTER = r"\u1100-\u11ff\u3005-\u3007\u3041-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_MARK = r"\u3001-\u3003\u3008-\u3020\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_OPENING = "“‘「『《（【〈〔"
#: All of these, and little else. The patterns below take 6 ms to compile, for which most texts have no need.
_EAST = "[^\0-\u10ff\u2000-\u2bff]"
_RUN = re.compile(r"(?<![*\\])\*\*(?!\*)")
_PARTNERS = dict(zip("”’」』》）】〉〕)]\"'", "“‘「『《（【〈〔([\"'"))
_SENTENCE = frozenset("：，。！？；、…—:,.!?;")
_UNTOUCHED = frozenset(
    ("code_inline", "html_inline", "image", "math_inline", "math_inline_double", "footnote_ref", "link_open")
)
_MARKUP = frozenset("`*_~>[]<\\!$")

Pair = tuple[int, int]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What makes a mark invisible to CommonMark; a letter or a mark of these scripts."""
    invisible = re.compile(  # that begins with what it looks for is what makes it fast
        rf"\*\*(?:(?<=[{_MARK}]..)\w|(?<=[^\w\s*]..)[{_LETTER}]|(?<=[{_LETTER}]..)[\"'`(\[<{_OPENING}]|(?<=\w..)[「『《（【〈〔])"
    )
    return invisible, re.compile(rf"[{_LETTER}{_MARK}]")


def concerns(text: str) -> bool:
    """Whether a text may hold such emphasis: only those are looked at."""
    return "**" in text and not text.isascii() and bool(re.search(_EAST, text) and _patterns()[0].search(text))


def mended(doc: Doc, dialect: Dialect) -> str:
    """The source with such emphasis as CommonMark reads it."""
    edits = doc.edits()
    for inline, _ in doc.inlines():
        if not concerns(inline.content):
            continue
        content, taken = inline.content, sorted(_taken(inline.children or []))
        edges = {edge for span in taken for edge in span}
        links = {
            c.meta["span"]: label_end(c) for c in inline.children or () if c.type == "link_open" and c.info != "auto"
        }
        for start, end in _pairs(content, taken):
            label = links.get((start + 2, end))
            changes = _written(content, start, end, edges, dialect) if label is None else _inside(start, end, label)
            for (first, last), text in changes:
                edits.replace(*doc.span(inline, (first, last)), text)
    return edits.apply()


def bare(text: str) -> str:
    """A line of plain text without the marks of such emphasis."""
    for start, end in reversed(list(_pairs(text, [])) if concerns(text) else []):
        text = text[:start] + text[start + 2 : end] + text[end + 2 :]
    return text


def _taken(children: list[Token]) -> Iterator[Pair]:
    """Spans that are no text: code, tags, addresses, pictures, formulas."""
    for child in children:
        if child.type not in _UNTOUCHED:
            continue
        first, last = child.meta["span"]
        yield (label_end(child), last) if child.type == "link_open" and child.info != "auto" else (first, last)


def _kind(char: str) -> str:
    if not char or char.isspace():
        return " "
    return "." if category(char)[0] in "PS" else "a"


def _flanks(content: str, at: int, *, mild: bool) -> tuple[bool, bool]:
    """Whether the mark at `at` may begin and end emphasis. `mild`: beside a wide character punctuation is no bar."""
    before, after = content[at - 1 : at] if at else "", content[at + 2 : at + 3]
    left, right = _kind(before), _kind(after)
    wide = mild and bool(_patterns()[1].match(before) or _patterns()[1].match(after))
    opens = right != " " and (right != "." or left != "a" or (wide and after in _OPENING + "\"'`([<"))
    ends = left != " " and (left != "." or right != "a" or (wide and before not in _OPENING + "(["))
    return opens, ends


def _pairs(content: str, taken: list[Pair]) -> Iterator[Pair]:
    """The marks of pairs of which CommonMark would not see one."""
    opened: list[int] = []
    for run in _RUN.finditer(content):
        at = run.start()
        nearest = bisect_right(taken, (at, len(content))) - 1
        if nearest >= 0 and at < taken[nearest][1]:
            continue
        opens, ends = _flanks(content, at, mild=True)
        before, after = content[at - 1 : at], content[at + 2 : at + 3]
        # Between two letters it may be either; a mark behind punctuation ends, one before an opening bracket begins.
        if ends and opened:
            start = opened.pop()
            if not (_flanks(content, start, mild=False)[0] and _flanks(content, at, mild=False)[1]):
                yield start, at
        elif opens and (before or after):
            opened.append(at)


def _inside(start: int, end: int, label: int) -> Iterator[tuple[Pair, str]]:
    """The marks around a link, around its label instead, which ends at `label`."""
    yield (start, start + 3), "[**"
    yield (label, label + 1), "**]"
    yield (end, end + 2), ""


def _written(content: str, start: int, end: int, edges: set[int], dialect: Dialect) -> Iterator[tuple[Pair, str]]:
    """The changes that make a pair visible; `start` and `end`: where its marks begin."""
    first, last = start + 2, end
    inner = content[first:last]
    if not inner.strip() or inner != inner.strip():
        return
    head, tail = inner[0], inner[-1]
    opens, ends = _flanks(content, start, mild=False)[0], _flanks(content, end, mild=False)[1]
    movable_head = head not in _MARKUP and first not in edges and _kind(head) == "."
    movable_tail = tail not in _MARKUP and last not in edges and _kind(tail) == "."
    both = _PARTNERS.get(tail) == head and len(inner) > 2 and movable_head and movable_tail
    both = both and head not in inner[1:-1] and tail not in inner[1:-1]
    plain = (opens or (movable_head and both)) and (ends or (movable_tail and (both or tail in _SENTENCE)))
    if both or plain:
        if both or not opens:
            yield (start, first + 1), f"{head}**"
        if both or not ends:
            yield (last - 1, end + 2), f"**{tail}"
    elif dialect.html is None or "strong" in dialect.html:
        yield (start, first), "<strong>"
        yield (end, end + 2), "</strong>"
    elif (opens or movable_head) and (ends or movable_tail) and len(inner) > 2:
        if not opens:
            yield (start, first + 1), f"{head}**"
        if not ends:
            yield (last - 1, end + 2), f"**{tail}"
    else:
        yield (start, first), ""
        yield (end, end + 2), ""
