"""CommonMark with source positions: what the pipeline rewrites is found here, by the parser, to the character.

markdown-it-py tells the lines of a block and nothing of what is inside it. The two small subclasses below keep what
its rules know anyway: where a block begins behind its list markers and quote marks, and which part of a paragraph
an inline rule has consumed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from . import math
from .edits import Edits

Span = tuple[int, int]

#: Blocks and inline markup nested deeper than this are left as they are. Each level costs a few Python frames.
MAX_NESTING = 60


class _State(StateInline):
    def pushPending(self) -> Token:  # noqa: N802
        token = super().pushPending()
        token.meta["span"] = None
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        if ttype == "link_open":
            token.meta["label_end"] = self.posMax
        return token


class _Inline(ParserInline):
    """Notes in `meta["span"]` of each token but plain text which part of the paragraph its rule has read."""

    def tokenize(self, state: StateInline) -> None:
        rules = self.ruler.getRules("")
        end, deepest = state.posMax, state.md.options["maxNesting"]
        while state.pos < end:
            start, before, done = state.pos, len(state.tokens), False
            if state.level < deepest:
                for rule in rules:
                    done = rule(state, False)
                    if done:
                        if len(state.tokens) > before:
                            _note_spans(state.tokens, before, start, state.pos)
                        break
            if not done:
                state.append_pending(state.src[state.pos])
                state.pos += 1
        if state.pending:
            state.pushPending()

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        if (brackets := src.count("[")) > 2000:  # nobody wrote that, and trying all ways to nest it takes minutes
            state.level = MAX_NESTING - 3
        if brackets > 20000:
            state.pending, state.pos = src, state.posMax
            state.pushPending()
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _note_spans(tokens: list[Token], before: int, start: int, end: int) -> None:
    for token in tokens[before:]:
        if "span" not in token.meta:
            if token.type == "text" and token.content:  # a run of emphasis marks: one token each
                token.meta["span"] = (start, start + len(token.content))
                start += len(token.content)
            else:
                token.meta["span"] = (start, end)


class _Block(ParserBlock):
    """Notes in `meta` where a block begins (`start`) and where the text of each of its lines does (`lines`)."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        rules = self.ruler.getRules("")
        deepest = state.md.options["maxNesting"]
        line, empty_lines = startLine, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= deepest:
                state.env["too_deep"] = True
                state.line = endLine
                break
            before, start = len(state.tokens), state.bMarks[line] + state.tShift[line]
            next(rule for rule in rules if rule(state, line, endLine, False))
            self._note(state, before, start, line)
            state.tight = not empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                empty_lines = True
            if line < endLine and state.isEmpty(line):
                empty_lines = True
                line += 1
                state.line = line

    @staticmethod
    def _note(state: StateBlock, before: int, start: int, line: int) -> None:
        if len(state.tokens) == before:
            lines = [state.bMarks[i] + state.tShift[i] for i in range(line, state.line)]
            state.env.setdefault("definitions", []).append((line, state.line, lines))
            return
        token = state.tokens[before]
        token.meta["start"] = start
        if token.type not in {"bullet_list_open", "ordered_list_open", "blockquote_open", "footnote_reference_open"}:
            token.meta["lines"] = [state.bMarks[i] + state.tShift[i] for i in range(line, state.line)]

    def parse(self, src: str, md: MarkdownIt, env: Any, outTokens: list[Token]) -> list[Token] | None:  # noqa: N803
        if not src:
            return None
        state = StateBlock(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens


class _Markdown(MarkdownIt):
    """Takes every link and keeps its destination as it is written: judging it is `links`' business."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough, footnotes and dollar math, that knows positions."""
    md = _Markdown("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    md.use(footnote_plugin, inline=False, move_to_end=False)
    md.inline.ruler.before("escape", "math_inline", math.inline_rule())
    md.block.ruler.before("fence", "math_block", math.block_rule(), {"alt": ["paragraph", "blockquote", "list"]})
    md.core.ruler.disable("text_join")
    for name, kind in (("inline", _Inline), ("block", _Block)):
        new = kind()
        new.__dict__.update(getattr(md, name).__dict__)
        setattr(md, name, new)
    return md


class Doc:
    """A parsed source, which ends its lines with a line feed only.

    `tokens` are markdown-it's. Offsets are those of `source`.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.env: dict[str, Any] = {}
        self.tokens = parser().parse(source, self.env)
        self.starts = [0]
        for line in source.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self._place()

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

    def prefix(self, start: int) -> str:
        """What stands before `start` on its line, as it has to stand before a further line of the same block."""
        before = self.source[self.starts[self.line_of(start)] : start]
        return "".join(c if c in ">\t" else " " for c in before)

    def inlines(self) -> Iterator[tuple[Token, Token]]:
        """Each `inline` token with the token that opens its block."""
        for before, token in zip(self.tokens, self.tokens[1:], strict=False):
            if token.type == "inline":
                yield token, before

    def _place(self) -> None:
        """Writes into each `inline` token where the lines of its content stand in the source."""
        row: list[list[int]] = []
        for i, token in enumerate(self.tokens):
            if token.type == "table_open":
                self._table_lines = token.meta["lines"], (token.map or [0, 0])[0]
            elif token.type == "tr_open" and token.map:
                lines, first = self._table_lines
                row = list(_cells(self.source, lines[token.map[0] - first], self.starts[token.map[1]] - 1))
            elif token.type == "inline":
                opener = self.tokens[i - 1]
                if opener.type in {"th_open", "td_open"}:
                    token.meta["cell"] = row.pop(0) if row else []
                elif opener.type == "heading_open" and len(opener.markup) and opener.markup[0] == "#":
                    start = opener.meta["start"] + len(opener.markup)
                    token.meta["map"] = [(0, self.source.index(token.content, start))]
                else:
                    token.meta["map"] = _line_map(token.content, opener.meta["lines"])

    def at(self, inline: Token, offset: int) -> int:
        """Where in the source the character `offset` of an inline token's content stands."""
        if "cell" in inline.meta:
            cell: list[int] = inline.meta["cell"]
            return cell[offset] if offset < len(cell) else (cell[-1] + 1 if cell else 0)
        table: list[Span] = inline.meta["map"]
        start, there = table[bisect_right(table, (offset, len(self.source) + 1)) - 1]
        return there + offset - start

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
                start, end = token.meta["start"], self.lines(*token.map)[1]
                spans.append((start if token.type == "fence" else self.starts[token.map[0]], end))
            elif token.type == "inline":
                spans += (self.span(token, s) for s in _code_spans(token.children or [], 0))
        return sorted(spans)

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
