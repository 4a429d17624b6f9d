"""The first level-one heading of a Markdown text: the title where the front matter has none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it.token import Token

_ATTRIBUTES = re.compile(r"\s*\{[#:.][^{}]*\}\s*$")


def first_heading(body: str) -> tuple[str, bool] | None:
    """The heading as plain text, and whether there is any text besides; `None` without one.

    Found by a CommonMark parser, so that `# ` in code is no heading. Headings in lists and quotes do not count.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    env: dict[str, Any] = {}
    tokens: list[Token] = []
    # Blocks alone: the text between them may be long and is not looked at.
    parser.block.parse(body, parser, env, tokens)
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            children: list[Token] = []
            parser.inline.parse(_ATTRIBUTES.sub("", tokens[at + 1].content), parser, env, children)
            title = " ".join(_plain(children).split())
            if "**" in title:  # in Chinese it may be emphasis that CommonMark does not see
                from ..markdown import cjk

                title = cjk.bare(title)
            if title:
                return title, len(tokens) > 3
    return None


def _plain(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type != "html_inline":
            parts.append(token.content)
    return "".join(parts)
