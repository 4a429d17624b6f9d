"""Text that must stay text. Until the Markdown stands, its punctuation is written in characters of a private range.

So no converter, nor anything that it does to whitespace and line ends, can take a feed's text for markup; when all is
done, `unmarked` knows what stands around each character, and escapes those that would otherwise mean something: to
CommonMark, to tables, strikethrough, footnotes and math, and to the template syntax of site generators.
"""

from __future__ import annotations

import re
import string

__all__ = ["BLOCK", "CODE", "END", "clean", "marked", "stands_for_punctuation", "unmarked"]

_FIRST = 0x10F800
#: A block, and a piece of a line, that are put there in the end: their number follows, then `END`.
BLOCK, CODE, END = "\U0010f880", "\U0010f881", "\U0010f882"

_MARK = {ord(c): chr(_FIRST + ord(c)) for c in string.punctuation}
_TAKEN = dict.fromkeys([*range(_FIRST, _FIRST + 256), *range(0xFDD0, 0xFDF0), 0], 0xFFFD)
_MARKED = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + 127)}]")
#: What may stand before the text of a block.
_LINE_START = re.compile(r"(?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|#{1,6}(?=[ \t])|\|(?=[ \t]))*")
_STATEMENT = re.compile(r"^(import|export)(?=\s)", re.MULTILINE)
_ENTITY = re.compile(r"#?\w{1,32};")

_DEEPEST = 300

#: These are escaped wherever they stand.
_ALWAYS = frozenset("\\`*[]|~${")
_AT_LINE_START = frozenset("#+->=:%")


def clean(source: str) -> str:
    """`source` without the characters that are used here, or by the pipeline behind it, for something else."""
    return source.translate(_TAKEN)


def stands_for_punctuation(char: str) -> bool:
    """Whether a character is one of those used here."""
    return _FIRST <= ord(char) < _FIRST + 256


def marked(text: str) -> str:
    """`text` with its punctuation marked as text."""
    return text.translate(_MARK)


def unmarked(markdown: str) -> str:
    """Markdown with what is marked escaped where that is needed."""
    plain = _MARKED.sub(lambda match: chr(ord(match[0]) - _FIRST), markdown)

    def one(match: re.Match[str]) -> str:
        return _written(plain, match.start())

    # A letter cannot be escaped; it can be written by its number.
    return _STATEMENT.sub(lambda m: f"&#{ord(m[1][0])};{m[1][1:]}", _MARKED.sub(one, markdown))


def _written(plain: str, at: int) -> str:
    c = plain[at]
    before, after = plain[at - 1 : at] or "\n", plain[at + 1 : at + 2] or "\n"
    if c == "<":  # as an entity: what looks for tags does not look for backslashes
        return "<" if after.isspace() or after.isdigit() or after in "=-" else "&lt;"
    if c in _ALWAYS or (before == "{" and c in "#:%/<"):
        return f"\\{c}"
    if c == "_":
        return c if before.isalnum() and after.isalnum() else "\\_"
    if c == "!":
        return "\\!" if after == "[" else c
    if c == "&":
        return "\\&" if _ENTITY.match(plain, at + 1) else c
    if c == "#" and before.isspace():
        return "\\#"
    if c in ".)" and before.isdigit() and after.isspace():
        number = at - 1
        while number > at - 9 and plain[number - 1 : number].isdigit():
            number -= 1
        return f"\\{c}" if _starts_line(plain, number) else c
    return f"\\{c}" if c in _AT_LINE_START and _starts_line(plain, at) else c


def _starts_line(text: str, at: int) -> bool:
    """Whether only the marks of lists, quotes, headings and tables stand before a place in its line."""
    start = text.rfind("\n", max(0, at - _DEEPEST), at) + 1
    return (start > 0 or at < _DEEPEST) and _LINE_START.fullmatch(text, start, at) is not None
