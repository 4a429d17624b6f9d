"""markdown-it-py, told to keep what its rules know of positions.

It tells the lines of a block and nothing of what is inside it. The small subclasses below note where a block begins
behind its list markers and quote marks, and which part of a paragraph an inline rule has consumed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from . import math

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
