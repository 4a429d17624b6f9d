"""markdown-it-py's inline parser: it notes what each token was read from, and tries only the rules that can match."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple, TypeVar

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_BEGINS = {
    "newline": "\n", "math_inline": "$", "escape": "\\", "backticks": "`", "strikethrough": "~", "emphasis": "*_",
    "link": "[", "image": "!", "footnote_ref": "[", "autolink": "<", "html_inline": "<", "entity": "&",
}  # fmt: skip
Rule = TypeVar("Rule")
#: An address without anything that has a meaning in one.
_ADDRESS = re.compile(r"[^\x00-\x20\x7f\\()&<][^\x00-\x20\x7f\\()&]*(?=[\x00-\x20\x7f)]|\Z)")


class Destination(NamedTuple):
    """An address as markdown-it tells it: whether there is one, where it ends, and what it says."""

    ok: bool
    pos: int
    str: str


def destination(text: str, start: int, end: int) -> Destination:
    """markdown-it's `parseLinkDestination`, which goes through an address character by character."""
    if plain := _ADDRESS.match(text, start, end):
        return Destination(True, plain.end(), plain[0])
    found = parseLinkDestination(text, start, end)
    return Destination(found.ok, found.pos, found.str)


#: As `md.helpers`.
HELPERS = SimpleNamespace(
    parseLinkDestination=destination, parseLinkLabel=parseLinkLabel, parseLinkTitle=parseLinkTitle
)


def by_character(rules: list[tuple[str, Rule]], begins: Mapping[str, str]) -> dict[str, tuple[Rule, ...]]:
    """The rules to try, in order, where a character stands; at `""` those for a character that is not in the table.

    `begins`: what a rule finds begins with one of these characters. Rules that are not named there are always tried.
    """
    characters = "".join(begins.values())
    table = {c: tuple(rule for name, rule in rules if c in begins.get(name, c)) for c in characters}
    return {"": tuple(rule for name, rule in rules if name not in begins), **table}


class State(StateInline):
    def pushPending(self) -> Token:  # noqa: N802
        token = Token("text", "", 0, level=self.pendingLevel, content=self.pending, meta={"span": None})
        self.tokens.append(token)
        self.pending = ""
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        if ttype == "link_open":
            token.meta["label_end"] = self.posMax
        return token


class Inline(ParserInline):
    """Notes in `meta["span"]` of each token but plain text which part of the paragraph its rule has read."""

    def __init__(self, like: ParserInline) -> None:
        self.__dict__.update(like.__dict__)
        rules = zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True)
        self.rules = by_character([(name, rule) for name, rule in rules if name != "text"], _BEGINS)

    def tokenize(self, state: StateInline) -> None:
        src, end, deepest = state.src, state.posMax, state.md.options["maxNesting"]
        rules, other, stop = self.rules, self.rules[""], self.terminator_re.search
        while (start := state.pos) < end:
            if state.level < deepest:
                found = stop(src, start)
                if (there := found.start() if found else end) > start:
                    state.append_pending(src[start:there])
                    state.pos = there
                    continue
                before, done = len(state.tokens), False
                for rule in rules.get(src[start], other):
                    if done := rule(state, False):
                        break
                if done:
                    if len(state.tokens) > before:
                        _note_spans(state.tokens, before, start, state.pos)
                    continue
            state.append_pending(src[state.pos])
            state.pos += 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        pos, found = state.pos, False
        if pos in state.cache:
            state.pos = state.cache[pos]
            return
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        elif not (stop := self.terminator_re.search(state.src, pos)):
            state.pos, found = state.posMax, True
        elif stop.start() > pos:
            state.pos, found = stop.start(), True
        else:
            state.level += 1  # of rules in rules
            found = any(rule(state, True) for rule in self.rules.get(state.src[pos], self.rules[""]))
            state.level -= 1
        if not found:
            state.pos += 1
        state.cache[pos] = state.pos

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        if not self.terminator_re.search(src):
            if src:
                tokens.append(Token("text", "", 0, content=src, meta={"span": None}))
            return tokens
        state = State(src, md, env, tokens)
        if (brackets := src.count("[")) > 2000:  # nobody wrote that, and trying all ways to nest it takes minutes
            state.level = md.options["maxNesting"] - 3
        if brackets > 20000:
            state.pending, state.pos = src, state.posMax
            state.pushPending()
        self.tokenize(state)
        if state.delimiters or any(meta and meta["delimiters"] for meta in state.tokens_meta):
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
