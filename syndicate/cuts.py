"""Where a text may be cut: between paragraphs, lines, sentences, clauses, words.

Sentences follow UAX #29 where that matters (a full stop before a small letter ends none), with the abbreviations that
its rules leave to others. The libraries that know the rules know no more abbreviations, and are slow to import.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

#: Where what stands before a cut ends, and where what stands after it begins; white space between them.
Cut = tuple[int, int]

#: Characters of scripts that put no blanks between words.
WIDE = "\u2e80-\u9fff\ua000-\ua4cf\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
_NOT_FIRST = "、。，．！？；：）」』】〉》”’ー々…)\\],.!?;:"
_NOT_LAST = "（「『【〈《“‘(\\["
_CLAUSE = "，、；："

# Patterns as text: `re` compiles them when a text is cut, which most are not, and keeps them.
#: A full stop; a mark of other scripts, behind which no blank is needed; the end of a line.
_END = r"(?P<stop>[.!?…]+[\"'”’»)\]]*)(?P<gap>\s+|$)|(?:[。！？｡؟۔।॥።။។]+|．(?![\w．]))[」』”’）)\]]*(?P<none>\s*)|(?P<line>\n\s*)"
_ABBREVIATED = (
    r"(?i)(?:^|[\s(\[“\"'«])(?:(?:[^\W\d_]\.)*[^\W\d_]|vs|cf|al|ca|approx|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Inc|Ltd|Corp|bzw|evtl|"
    r"ggf|resp|Mme|v?\d{1,2})\.$"
)
#: Abbreviated only before a number.
_NUMBERED = r"(?i)(?:^|[\s(\[])(?:No|Nr|Fig|Abb|Vol|pp?|Sec|Ch|Eq)\.$"
_CLAUSES = rf"[{_CLAUSE}][」』”’）]*(?P<gap>\s*)|[,;:][\"'”’)]*(?P<blank>\s+)"
_SMALL = re.compile(r"[\"'“‘«(\[]*(.)")
#: Takes 3 ms to compile: only for texts that have characters of these scripts, or later ones.
_WORD = rf"\s+|(?<=[{WIDE}])(?<![{_NOT_LAST}])(?![\s{_NOT_FIRST}])|(?<![\s{_NOT_LAST}])(?=[{WIDE}])(?![{_NOT_FIRST}])"


def paragraphs(text: str) -> Iterator[Cut]:
    return (found.span() for found in re.finditer(r"\n\s*\n", text))


def items(text: str) -> Iterator[Cut]:
    """Before lines at the margin: what is indented belongs to the one above."""
    return (found.span() for found in re.finditer(r"\n(?=\S)", text))


def lines(text: str) -> Iterator[Cut]:
    return (found.span() for found in re.finditer(r"\n", text))


def sentences(text: str) -> Iterator[Cut]:
    """Where sentences and lines end. `e.g. this`, `v1.2`, `Node.js` and `Dr. Who` go on."""
    for found in re.finditer(_END, text):
        if found["line"] is not None:
            yield found.span()
            continue
        end = found.end("stop") if found["stop"] else found.start("none")
        if not (found["stop"] and "\n" not in found["gap"] and _goes_on(text, end, found.end())):
            yield end, found.end()


def clauses(text: str) -> Iterator[Cut]:
    """In scripts without blanks a clause is the smallest thing whose end can be seen."""
    for found in re.finditer(_CLAUSES, text):
        yield found.start("gap" if found["gap"] is not None else "blank"), found.end()


def words(text: str) -> Iterator[Cut]:
    found = re.finditer(_WORD if _may_be_wide(text) else r"\s+", text)
    return (one.span() for one in found if 0 < one.start() < len(text))


def _may_be_wide(text: str) -> bool:
    return not text.isascii() and max(text) >= WIDE[0]


#: From the cut that a reader likes most to the one that is always there.
LEVELS: tuple[Callable[[str], Iterator[Cut]], ...] = (paragraphs, items, lines, sentences, clauses, words)


def last(text: str) -> Cut:
    """Before the last line or sentence, else clause; (0, 0) if there is but one."""
    for kinds in ((lines, sentences), (clauses,)):
        if found := [cut for kind in kinds for cut in kind(text) if cut[0] > 0 and cut[1] < len(text)]:
            return max(found)
    return (0, 0)


def _goes_on(text: str, end: int, following: int) -> bool:
    """Whether the full stop that ends at `end` ends no sentence."""
    before = text[max(0, end - 16) : end]
    after = _SMALL.match(text, following)
    if before[-1] in ".…" and after and after[1].islower():
        return True
    return bool(re.search(_ABBREVIATED, before) or (re.search(_NUMBERED, before) and after and after[1].isdigit()))


def word_end(head: str, following: str) -> int:
    """Where the last whole word of `head` ends; 0 if there is no such place. `following`: the character behind it.

    Between characters of a script without blanks words can't be told apart: the last clause is preferred, where it is
    near.
    """
    if not following or following.isspace() or following in f",;:!?)]}}”{_CLAUSE}":
        return len(head)
    cut = max((start for start, _ in words(head + following) if start <= len(head)), default=0)
    if cut and _may_be_wide(head) and re.match(f"[{WIDE}]", head[:cut].rstrip()[-1:]):
        clause = max(head.rfind(mark, 0, cut) for mark in _CLAUSE) + 1
        return clause if 3 * clause >= 2 * len(head) else cut
    return cut
