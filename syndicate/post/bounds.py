"""How much a post may hold. What is beyond that was made by a program, and would keep this one busy for minutes.

The most that one of 347 real posts has stands beside each bound, which is five to twenty times as much; a text at all of
the bounds is rendered in about the time that ordinary prose of its length takes. Counted in the source, code included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import UsageError

#: Characters of a whole post, header included: 83,625. About 60,000 English words, the length of a novel.
MOST = 400_000
#: Characters of a header: 3,325.
MOST_IN_HEADER = 50_000
#: Cells of tables, those counted too that a row leaves out: 436.
MOST_CELLS = 20_000
#: Characters of a title: 101. The site's templates may repeat it anywhere.
MOST_IN_TITLE = 1_000
#: Bytes of a file: no character of UTF-8 has more than four.
MOST_BYTES = 4 * MOST

_DELIMITERS = re.compile(r"^(?=[^\n]*\|)[ \t>]*[|:-][ \t|:-]*$", re.MULTILINE)
_EMPTY = re.compile(r"\n[ \t>]*\n")
_SPLIT = "split the text into several posts, or take out what a program has put there"


@dataclass(frozen=True, slots=True)
class Bound:
    """`signs` are counted one by one, each without the others; a pattern, compiled for long texts only, where it fits."""

    name: str
    most: int
    signs: tuple[str, ...] | str

    def count(self, text: str) -> int:
        if isinstance(self.signs, tuple):
            return sum(map(text.count, self.signs))
        return sum(1 for _ in re.finditer(self.signs, text, re.MULTILINE))


BOUNDS = (
    Bound("lines", 20_000, ("\n",)),  # 2,826
    Bound("opening brackets `[`", 3_000, ("[",)),  # 287
    Bound("marks of emphasis, `*` and `_`", 10_000, ("*", "_")),  # 1,114
    Bound("backticks", 10_000, ("`",)),  # 1,244
    Bound("signs `<`", 5_000, ("<",)),  # 403
    Bound("template tags, `{{` and `{%`", 3_000, ("{{", "{%")),  # 307
    Bound("opening braces", 6_000, ("{",)),  # 626
    Bound("bars `|`", 5_000, ("|",)),  # 436
    Bound("dollar signs", 1_500, ("$",)),  # 89
    Bound("tildes", 2_000, ("~",)),  # 24
    Bound("backslashes", 10_000, ("\\",)),  # 98
    Bound("signs `&`", 5_000, ("&",)),  # 63
    Bound("signs `>` that begin a line", 5_000, r"^[ \t]*>"),  # 107
    Bound("items of lists", 4_000, r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]"),  # 334
    Bound("headings", 1_500, r"^#"),  # 110
    Bound("paragraphs", 6_000, r"\n[ \t]*\n[ \t]*(?=\S)"),  # 559
    Bound("definitions `[…]:`", 1_000, r"^[ \t>]*\[[^\]\n]+\]:"),  # 85
    Bound("imports and exports", 1_000, r"^(?:im|ex)port\s"),  # 49
    Bound("lines `:::`", 1_000, r"^[ \t>]*:::"),  # 16
)


def excess(text: str) -> str | None:
    """What a text has too much of, how much, and how much is taken; `None` for a text of ordinary size."""
    if len(text) > MOST:
        return f"{len(text):,} characters, and at most {MOST:,} are taken"
    for bound in BOUNDS:
        if len(text) > bound.most and (found := bound.count(text)) > bound.most:
            return f"{found:,} {bound.name}, and at most {bound.most:,} are taken"
    if (cells := _cells(text)) > MOST_CELLS:
        return f"{cells:,} cells of tables, and at most {MOST_CELLS:,} are taken"
    return None


def _cells(text: str) -> int:
    """A table's columns, as the row of hyphens has them, times the lines to the next empty one."""
    found = end = 0
    while row := _DELIMITERS.search(text, end) if "|" in text else None:
        last = _EMPTY.search(text, row.end())
        end = last.end() if last else len(text)
        found += (row[0].count("|") + 1) * text.count("\n", row.end(), end)
    return found


def check_text(text: str, *, source: str) -> None:
    """Raises `UsageError` for a post's text with too much of something."""
    if found := excess(text):
        raise UsageError(f"{source}: the post has {found}", next=_SPLIT)


def check_size(size: int, *, source: str) -> None:
    """Raises `UsageError` for a file of so many bytes, or for a text of so many characters, before it is looked at."""
    if size > MOST_BYTES:
        raise UsageError(f"{source}: the file has more than {MOST_BYTES:,} bytes", next=_SPLIT)


def check_title(title: str, *, source: str, line: int) -> None:
    """Raises `UsageError` for a title that is none."""
    if len(title) > MOST_IN_TITLE:
        raise UsageError(
            f"{source}:{line}: the title has {len(title):,} characters, and at most {MOST_IN_TITLE:,} are taken",
            next="write a shorter one, and the rest into the text",
        )


def check_header(header: str, *, source: str, line: int) -> None:
    """Raises `UsageError` for a header that is too long. `line`: its first."""
    if len(header) > MOST_IN_HEADER:
        raise UsageError(
            f"{source}:{line}: the front matter has {len(header):,} characters, and at most {MOST_IN_HEADER:,} are taken",
            next="leave out what is not about the post, or move it into the text",
        )
