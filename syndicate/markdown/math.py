"""Dollar math, told from prices and shell variables."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath.index import math_block_dollar, math_inline_dollar

_LATEX = re.compile(r"\\[A-Za-z,;:!|]|[\^=<>≤≥≠∈∉⊂→∞±×]|_[A-Za-z0-9{]|(?<=[\w)])\s*[-+*/]\s*(?=[\w(\\])")
_SYMBOL = re.compile(r"[A-Za-z](?:'|\(\s*[A-Za-z0-9]+(?:\s*,\s*[A-Za-z0-9]+)*\s*\))?|\d+(?:\.\d+)?")
_WORDS = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{3,}\s+[A-Za-z]{3,}")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*[/:.-]?|[a-z_][a-z0-9_]*[/:]")


def is_math(content: str) -> bool:
    """Whether what stands between two dollar signs is a formula: a symbol, or something with an operator in it."""
    if _SYMBOL.fullmatch(content):
        return True
    if _VARIABLE.fullmatch(content) or "://" in content:
        return False
    return bool(_LATEX.search(content)) and ("\\" in content or not _WORDS.search(content))


def inline_rule() -> Callable[[StateInline, bool], bool]:
    """markdown-it's inline rule for ``$…$`` and ``$$…$$``, stricter about what it takes."""
    plain = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)

    def rule(state: StateInline, silent: bool) -> bool:
        start, src = state.pos, state.src
        if src[start] != "$" or (start and (src[start - 1].isalnum() or src[start - 1] in "$\\")):
            return False
        if not plain(state, True):
            return False
        end, state.pos = state.pos, start
        following = src[end : end + 1]
        if end > state.posMax or following.isalnum() or following == "$" or not is_math(src[start:end].strip("$")):
            return False
        if silent:
            state.pos = end
            return True
        return plain(state, False)

    return rule


def block_rule() -> Callable[[StateBlock, int, int, bool], bool]:
    """markdown-it's block rule for ``$$`` … ``$$``, which may follow a line of text."""
    plain = math_block_dollar(allow_labels=False)

    def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        line, before = state.line, len(state.tokens)
        found = plain(state, start, end, silent)
        if silent:  # the plugin does not know of it
            state.line = line
            del state.tokens[before:]
        return found

    return rule
