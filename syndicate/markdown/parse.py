"""CommonMark with source positions: what the pipeline rewrites is found here, by the parser, to the character."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from typing import Any

from markdown_it.token import Token

from .edits import Edits
from .known import Known
from .parser import parse

Span = tuple[int, int]


class Doc:
    """A parsed source, which ends its lines with a line feed only.

    `tokens` are markdown-it's. Offsets are those of `source`. `like`: a text that has blocks in common with it.
    `parsed`: its tokens, and what they are under, if that is known already. No token is ever changed: documents share
    them.
    """

    def __init__(
        self, source: str, like: Doc | None = None, *, parsed: tuple[list[Token], dict[str, Any]] | None = None
    ) -> None:
        self.source = source
        self.known: Known = like.known if like else Known()
        lines = source.split("\n")
        self.starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        env: dict[str, Any] = {}
        self.tokens, self.env = parsed or (parse(source, lines, self.starts, env, self.known), env)
        self._maps: dict[int, list[Span]] = {}
        self._cells: dict[int, list[int]] = {}

    @property
    def too_deep(self) -> bool:
        """Whether part of it is nested deeper than `MAX_NESTING` and was not parsed."""
        return bool(self.env.get("too_deep"))

    def edits(self) -> Edits:
        return Edits(self.source)

    def line_of(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def lines(self, first: int, last: int) -> Span:
        """Span of the lines from `first` up to and without `last`, without the last line's end."""
        return self.starts[first], max(self.starts[first], min(self.starts[last] - 1, len(self.source)))

    def begin(self, token: Token) -> int:
        """Where the block that `token` opens begins, behind the marks of the lists and quotes around it."""
        return self.starts[token.map[0] if token.map else 0] + int(token.meta["column"])

    def line_begins(self, token: Token) -> list[int]:
        """Where the text of each line of a block without others in it begins."""
        first = token.map[0] if token.map else 0
        return [self.starts[first + i] + column for i, column in enumerate(token.meta["columns"])]

    def prefix(self, start: int) -> str:
        """What stands before `start` on its line, as it has to stand before a further line of the same block."""
        before = self.source[self.starts[self.line_of(start)] : start]
        return "".join(c if c in ">\t" else " " for c in before)

    def inlines(self) -> Iterator[tuple[Token, Token]]:
        """Each `inline` token with the token that opens its block."""
        for before, token in zip(self.tokens, self.tokens[1:], strict=False):
            if token.type == "inline":
                yield token, before

    @cached_property
    def _before(self) -> dict[int, Token]:
        """Of each `inline` token, by its identity, the one that opens its block."""
        return {id(inline): before for inline, before in self.inlines()}

    def _map(self, inline: Token) -> list[Span]:
        """Where the lines of an inline token's content stand in the source."""
        opener = self._before[id(inline)]
        if opener.type == "heading_open" and opener.markup[:1] == "#":
            start = self.begin(opener) + len(opener.markup)
            return [(0, self.source.index(inline.content, start))]
        return _line_map(inline.content, self.line_begins(opener))

    def _cell(self, inline: Token) -> list[int]:
        """Where each character of a cell's content stands."""
        start, end, number = inline.meta["cell"]
        line = self.starts[(inline.map or [0])[0]]
        cells = [*_cells(self.source, line + start, line + end)]
        return cells[number] if number < len(cells) else []

    def at(self, inline: Token, offset: int) -> int:
        """Where in the source the character `offset` of an inline token's content stands."""
        if "cell" in inline.meta:
            cell = self._cells.get(id(inline))
            if cell is None:
                cell = self._cells[id(inline)] = self._cell(inline)
            return cell[offset] if offset < len(cell) else (cell[-1] + 1 if cell else 0)
        table = self._maps.get(id(inline))
        if table is None:
            table = self._maps[id(inline)] = self._map(inline)
        start, there = table[bisect_right(table, (offset, len(self.source) + 1)) - 1]
        return there + offset - start

    def offset(self, inline: Token, at: int) -> int:
        """Which character of an inline token's content, but for a cell's, stands at `at`."""
        start, there = max((pair for pair in self._map(inline) if pair[1] <= at), default=(0, at))
        return at - there + start

    def span(self, inline: Token, span: Span) -> Span:
        """The span in the source of `span` in an inline token's content."""
        start, end = span
        return self.at(inline, start), (self.at(inline, end - 1) + 1 if end > start else self.at(inline, start))

    @cached_property
    def code(self) -> list[Span]:
        """Spans of fences and indented code (whole lines) and of inline code, in order."""
        spans: list[Span] = []
        for token in self.tokens:
            if token.type in {"fence", "code_block"} and token.map:
                start, end = self.begin(token), self.lines(*token.map)[1]
                spans.append((start if token.type == "fence" else self.starts[token.map[0]], end))
            elif token.type == "inline":
                spans += (self.span(token, s) for s in _code_spans(token.children or [], 0))
        return sorted(spans)

    @cached_property
    def has_html(self) -> bool:
        """Whether there is HTML in it outside code."""
        return "<" in self.source and any(
            token.type == "html_block"
            or ("<" in token.content and any(child.type == "html_inline" for child in token.children or ()))
            for token in self.tokens
        )

    def in_code(self, start: int, end: int) -> bool:
        """Whether any of ``source[start:end]`` is code."""
        i = bisect_right(self.code, (end - 1, len(self.source) + 1)) - 1
        return i >= 0 and self.code[i][1] > start


def _code_spans(children: list[Token], base: int) -> Iterator[Span]:
    for child in children:
        if child.type == "code_inline":
            start, end = child.meta["span"]
            yield base + start, base + end
        elif child.type == "image" and child.children:
            yield from _code_spans(child.children, base + child.meta["span"][0] + 2)


def _line_map(content: str, lines: list[int]) -> list[Span]:
    """(offset in content, offset in source) of the first character of each line that is not indentation."""
    table: list[Span] = []
    offset = 0
    for line, there in zip(content.split("\n"), lines, strict=False):
        indent = len(line) - len(line.lstrip(" \t"))
        table.append((offset + indent if table else 0, there))
        offset += len(line) + 1
    return table


def _cells(source: str, start: int, end: int) -> Iterator[list[int]]:
    """For each cell of a table's row the offsets of its characters; the backslash of an escaped pipe is none."""
    cells: list[list[int]] = [[]]
    for i in range(start, end):
        if source[i] == "|" and source[i - 1] == "\\" and i > start:
            cells[-1][-1] = i
        elif source[i] == "|":
            cells.append([])
        else:
            cells[-1].append(i)
    for n, cell in enumerate(cells):
        first, last = 0, len(cell)
        while first < last and source[cell[first]] in " \t":
            first += 1
        while last > first and source[cell[last - 1]] in " \t":
            last -= 1
        if n or first < last:
            yield cell[first:last]
