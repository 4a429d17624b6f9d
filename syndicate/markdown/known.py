"""Blocks that were parsed before: the texts that a post passes through on its way have most of theirs in common.

What CommonMark makes of an outermost block depends on its own lines, on the empty line that ends it or else on no more
than two below it that are not empty (a table is told by its second), and, for links by reference, on the definitions
of the whole text. Quotes and lists that hold definitions, notes, and all around `$$`, whose end may be anywhere, are
parsed anew each time.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

#: How many blocks with the same first line are kept: a text of thousands must not be compared with each.
_MOST = 30
_BELOW = 2
#: What goes on behind empty lines if there is more of it.
_LOOSE = frozenset({"bullet_list_open", "ordered_list_open", "code_block"})


class New(NamedTuple):
    """A block as it was parsed: its first line and the one behind it, its first token and the one behind it.

    `lasts`: what it is does not depend on what is around it.
    """

    line: int
    end: int
    first: int
    behind: int
    lasts: bool = True


class _Block(NamedTuple):
    """`text`: the lines on which it depends, all that follow if it is the `last`; `lines`: how many are its own.

    `defines`: what a definition, which makes no tokens, says: label and `href` and `title`. `under`: see `Known.under`.
    """

    text: str
    last: bool
    lines: int
    line: int
    tokens: list[Token]
    defines: tuple[str, dict[str, Any]] | None
    under: int | None


class Known:
    """The outermost blocks and the paragraphs of one family of texts. Tokens are never changed, so texts share them."""

    def __init__(self) -> None:
        #: What stands in a paragraph, by its text and, where that holds a bracket, what `under` gives.
        self.inlines: dict[tuple[str, int | None], list[Token]] = {}
        self._under: dict[tuple[tuple[str, str, str], ...], int] = {}
        self._blocks: dict[str, deque[_Block]] = {}
        self._new: list[tuple[StateBlock, list[New]]] = []

    def under(self, env: dict[str, Any]) -> int:
        """A number for the definitions of a text, on which links by reference depend."""
        defined = tuple((label, one["href"], one["title"]) for label, one in env.get("references", {}).items())
        return self._under.setdefault(defined, len(self._under))

    def take(self, state: StateBlock, line: int) -> _Block | None:
        """Adds the tokens of the block that begins on `line`, if it is known, and gives it."""
        while self._new:
            self._learn(*self._new.pop())
        start = state.bMarks[line]
        for block in self._blocks.get(state.src[start : state.eMarks[line]], ()):
            if state.src.startswith(block.text, start) and not (
                block.last and len(block.text) != len(state.src) - start
            ):
                lines = line - block.line
                state.tokens += [_moved(t, lines) if t.map else t for t in block.tokens] if lines else block.tokens
                state.line = line + block.lines
                if block.defines:
                    _define(state, line, *block.defines)
                return block
        return None

    def keep(self, state: StateBlock, blocks: list[New]) -> None:
        """Remembers new blocks."""
        if not state.env.get("too_deep"):
            self._new.append((state, blocks))

    def _learn(self, state: StateBlock, blocks: list[New]) -> None:
        definitions = {one["map"][0]: (label, one) for label, one in state.env.get("references", {}).items()}
        for line, end, first, behind, _ in blocks:
            start, stop, defines = state.bMarks[line], end - 1, definitions.get(line)
            if first < behind:
                defines = None
            elif not defines:  # a label that is taken
                continue
            if end < state.lineMax and state.isEmpty(end) and (defines or state.tokens[first].type not in _LOOSE):
                stop = end
            else:
                for _ in range(_BELOW):
                    stop = state.skipEmptyLines(stop + 1)
            last = stop >= state.lineMax or state.eMarks[stop] == len(state.src)
            text = state.src[start:] if last else state.src[start : state.eMarks[stop] + 1]
            if "[^" not in text and "$$" not in text:
                found = self._blocks.setdefault(state.src[start : state.eMarks[line]], deque(maxlen=_MOST))
                tokens = state.tokens[first:behind]
                under = (t.meta["references"] for t in tokens if t.type == "inline" and "[" in t.content)
                found.appendleft(_Block(text, last, end - line, line, tokens, defines, next(under, None)))


def _define(state: StateBlock, line: int, label: str, one: dict[str, Any]) -> None:
    note_definition(state, line)
    state.env.setdefault("references", {}).setdefault(label, {**one, "map": [line, state.line]})


def note_definition(state: StateBlock, line: int) -> None:
    """Notes the lines of a definition, and where their text begins."""
    lines = [state.bMarks[i] + state.tShift[i] for i in range(line, state.line)]
    state.env.setdefault("definitions", []).append((line, state.line, lines))


def _moved(token: Token, lines: int) -> Token:
    """The token as it is that many lines further down."""
    first, end = token.map or (0, 0)
    moved = Token.__new__(Token)  # at half the price of its `__init__`
    moved.type = token.type
    moved.tag = token.tag
    moved.nesting = token.nesting
    moved.attrs = token.attrs
    moved.map = [first + lines, end + lines]
    moved.level = token.level
    moved.children = token.children
    moved.content = token.content
    moved.markup = token.markup
    moved.info = token.info
    moved.meta = token.meta
    moved.block = token.block
    moved.hidden = token.hidden
    return moved
