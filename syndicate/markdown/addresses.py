"""Web addresses that stand in a text as they are, as links: GitHub, Hugo and Docusaurus show them so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

#: Only ASCII: in Chinese and Japanese nothing stands between an address and what follows.
_ADDRESS = re.compile(r"(?<![A-Za-z0-9/])https?://[A-Za-z0-9][\w.~:/?#\[\]@!$&'()*+,;=%-]*", re.ASCII)


def plugin(parser: MarkdownIt) -> None:
    """Makes links of them when `parser` reads a text."""
    parser.core.ruler.push("addresses", _linked)


def _linked(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and "://" in token.content and token.children:
            token.children = list(_with_links(token.children))


def _with_links(children: list[Token]) -> Iterator[Token]:
    inside = 0
    for child in children:
        if child.type == "html_inline" and (tag := re.match(r"<(/?)a\b", child.content, re.IGNORECASE)):
            inside += -1 if tag[1] else 1
        inside += child.nesting if child.type in {"link_open", "link_close"} else 0
        if inside or child.type != "text" or "://" not in child.content:
            yield child
            continue
        at = 0
        for match in _ADDRESS.finditer(child.content):
            url = _bare(match[0])
            yield _text(child.content[at : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": url}, markup="linkify", info="auto")
            yield _text(url)
            yield Token("link_close", "a", -1, markup="linkify", info="auto")
            at = match.start() + len(url)
        yield _text(child.content[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _bare(url: str) -> str:
    """An address without the signs of the sentence around it."""
    while (last := url[-1]) in ".,;:!?'*_" or (
        last in ")]" and url.count(last) > url.count({")": "(", "]": "["}[last])
    ):
        url = url[:-1]
    return url
