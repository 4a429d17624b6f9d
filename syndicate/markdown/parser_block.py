"""markdown-it-py's block parser: it notes where blocks and their lines begin, and tries only the rules that can match."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock

from .known import Known, New, note_definition
from .parser_inline import by_character

_BEGINS = {
    "math_block": "$", "fence": "`~", "blockquote": ">", "hr": "*-_", "list": "*-+0123456789", "footnote_def": "[",
    "reference": "[", "html_block": "<", "heading": "#",
}  # fmt: skip
#: What no line begins with that can only be one of a paragraph: the second line of a table, and the one below a
#: heading, are told by it, too.
_MARKS = frozenset("".join(_BEGINS.values()) + "|:-=")

Rule = Callable[[StateBlock, int, int, bool], bool]


class State(StateBlock):
    """The state for `source`: what markdown-it finds out by going through it one character after another.

    `lines`: the source's; `starts`: where they begin, whatever lists and quotes do to `bMarks`.
    """

    def __init__(self, source: str, lines: list[str], starts: list[int], md: MarkdownIt, env: dict[str, Any]) -> None:
        super().__init__("", md, env, [])
        self.src, self.starts, size = source, starts, len(source)
        bare = [line.lstrip(" \t") for line in lines]
        count = len(lines) - (not bare[-1])  # a last line of blanks is none
        shifts = [len(line) - len(text) for line, text in zip(lines[:count], bare, strict=False)]
        self.bMarks = [*starts[:count], size]
        self.eMarks = [start - 1 for start in starts[1 : count + 1]] + [size]
        self.tShift, self.bsCount, self.lineMax = [*shifts, 0], [0] * (count + 1), count
        if "\t" in source:
            shifts = [len(line[:n].expandtabs(4)) for line, n in zip(lines, shifts, strict=False)]
        self.sCount = [*shifts, 0]


class Block(ParserBlock):
    """Notes in `meta` in which column a block begins (`column`), and the text of each of its lines (`columns`)."""

    def __init__(self, like: ParserBlock) -> None:
        self.__dict__.update(like.__dict__)
        for rule in self.ruler.__rules__:  # rules ask each other, too
            if begins := _BEGINS.get(rule.name):
                rule.fn = _only(rule.fn, frozenset(begins))
        self.ruler.__cache__ = None
        rules = zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True)
        self.rules = by_character(list(rules), _BEGINS)

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
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
            self._block(state, line, endLine)
            state.tight = not empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                empty_lines = True
            if line < endLine and state.isEmpty(line):
                empty_lines = True
                line += 1
                state.line = line

    def _block(self, state: StateBlock, line: int, end: int) -> None:
        """Adds the tokens of the block that begins on `line`."""
        before, start = len(state.tokens), state.bMarks[line] + state.tShift[line]
        first, deep = state.src[start], state.sCount[line] - state.blkIndent > 3
        if not deep and first not in _MARKS and (last := self._last(state, line)):
            _paragraph(state, line, last)
        else:
            rules = self.rules.get(first, self.rules[""])
            any(rule(state, line, end, False) for rule in (self.ruler.getRules("") if deep else rules))
        _note(cast("State", state), before, start, line)

    def _last(self, state: StateBlock, line: int) -> int:
        """The line behind the paragraph that `line` begins; 0 if a rule has to say whether it is one, and how long."""
        for number in range(line + 1, state.lineMax):
            at = state.bMarks[number] + state.tShift[number]
            if at >= state.eMarks[number]:
                return number
            if state.src[at] in _MARKS:
                return 0
        return state.lineMax

    def top(self, state: State, known: Known) -> tuple[list[New], list[tuple[New, int | None]]]:
        """Parses the outermost blocks: the new ones, and those that were known, with the definitions for which they are."""
        line, new, old = state.skipEmptyLines(0), list[New](), list[tuple[New, int | None]]()
        definitions: list[object] = state.env.setdefault("definitions", [])
        while line < state.lineMax:
            tokens, defined, state.line = len(state.tokens), len(definitions), line
            if block := known.take(state, line):
                old.append((New(line, state.line, tokens, len(state.tokens)), block.under))
            else:
                self._block(state, line, state.lineMax)
                lasts = len(definitions) == defined or len(state.tokens) == tokens
                new.append(New(line, state.line, tokens, len(state.tokens), lasts))
            line = state.skipEmptyLines(state.line)
        return new, old


def _only(rule: Rule, begins: frozenset[str]) -> Rule:
    """The rule for lines that begin so."""

    def quick(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        at = state.bMarks[line] + state.tShift[line]
        return state.src[at : at + 1] in begins and rule(state, line, end, silent)

    return quick


def _paragraph(state: StateBlock, line: int, end: int) -> None:
    state.line = end
    state.push("paragraph_open", "p", 1).map = [line, end]
    inline = state.push("inline", "", 0)
    inline.map = [line, end]
    inline.children = []
    if state.blkIndent or state.level:
        inline.content = mdTrim(state.getLines(line, end, state.blkIndent, False))
    else:
        inline.content = mdTrim(state.src[state.bMarks[line] : state.eMarks[end - 1]])
    state.push("paragraph_close", "p", -1)


def _note(state: State, before: int, start: int, line: int) -> None:
    if len(state.tokens) == before:
        note_definition(state, line)
        return
    token, starts = state.tokens[before], state.starts
    token.meta["column"] = start - starts[line]
    if token.type not in {"bullet_list_open", "ordered_list_open", "blockquote_open", "footnote_reference_open"}:
        token.meta["columns"] = [state.bMarks[i] + state.tShift[i] - starts[i] for i in range(line, state.line)]
    if token.type == "table_open":
        _note_cells(state, before)


def _note_cells(state: State, before: int) -> None:
    """Notes in `meta["cell"]` of a cell's content where on its line the row begins and ends, and which cell it is."""
    row, number = (0, 0), 0
    for token in state.tokens[before:]:
        if token.type == "tr_open" and token.map:
            line = token.map[0]
            base = state.starts[line]
            row, number = (state.bMarks[line] + state.tShift[line] - base, state.eMarks[line] - base), 0
        elif token.type == "inline":
            token.meta["cell"] = (*row, number)
            number += 1
