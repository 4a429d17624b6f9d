"""Tables as rows of plain text, aligned by the columns that a monospaced font gives each character."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from markdown_it.token import Token


def rows(tokens: list[Token], start: int) -> Iterator[list[Token]]:
    """The `inline` tokens of each row of the table that `tokens[start]` opens, the heading first."""
    row: list[Token] = []
    for token in tokens[start + 1 :]:
        if token.type == "table_close":
            return
        if token.type == "inline":
            row.append(token)
        elif token.type == "tr_close":
            yield row
            row = []


def cell_text(inline: Token, note: Callable[[str], object] = str) -> str:
    """What a reader sees of a cell, without markup. `note`: what stands for a footnote of a label."""
    return " ".join(visible(inline.children or [], note).split())


def visible(children: list[Token], note: Callable[[str], object] = str) -> str:
    """What a reader sees of inline tokens."""
    return "".join(_visible(children, note))


def _visible(children: list[Token], note: Callable[[str], object]) -> Iterator[str]:
    for child in children:
        if child.type == "image":
            yield from _visible(child.children or [], note)
        elif child.type in {"softbreak", "hardbreak"} or (child.type == "html_inline" and child.content[:3] == "<br"):
            yield " "
        elif child.type == "footnote_ref":
            yield f"[{note(child.meta['label'])}]"
        elif child.type != "html_inline":
            yield child.content


def width(text: str) -> int:
    """Columns in a monospaced font: East Asian wide and full-width characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) or c in "\u200b\u200d\ufe0f" else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def aligned(table: list[list[str]], alignments: list[str]) -> str:
    """Rows of equal length as lines; under the heading stands a rule."""
    widths = [max(width(row[i]) for row in table) for i in range(len(table[0]))]
    lines = []
    for n, row in enumerate(table):
        cells = []
        for text, columns, where in zip(row, widths, alignments, strict=True):
            gap = columns - width(text)
            left = gap if where == "right" else gap // 2 if where == "center" else 0
            cells.append(" " * left + text + " " * (gap - left))
        lines.append("  ".join(cells).rstrip())
        if n == 0:
            lines.append("  ".join("-" * columns for columns in widths))
    return "\n".join(lines)


def alignment(tokens: list[Token], start: int) -> list[str]:
    """How each column of the table is aligned: `left`, `right`, `center` or nothing."""
    found: list[str] = []
    for token in tokens[start + 1 :]:
        if token.type == "tr_close":
            break
        if token.type == "th_open":
            found.append(str(token.attrs.get("style", "")).rpartition(":")[2])
    return found
