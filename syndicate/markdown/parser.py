"""markdown-it-py, told to keep what its rules know of positions: what is set up, and how a text goes through it.

It tells the lines of a block and nothing of what is inside it. The subclasses in `parser_block` and `parser_inline`
note where a block begins behind its list markers and quote marks, and which part of a paragraph an inline rule has
consumed. They give a rule only what begins with one of its characters: the tokens are the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from . import math
from .known import Known
from .parser_block import Block, State
from .parser_inline import HELPERS, Inline

#: Blocks and inline markup nested deeper than this are left as they are. Each level costs a few Python frames.
MAX_NESTING = 60


class Markdown(MarkdownIt):
    """Takes every link and keeps its destination as it is written: judging it is `links`' business."""

    block: Block
    inline: Inline

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


@lru_cache(maxsize=1)
def parser() -> Markdown:
    """CommonMark with tables, strikethrough, footnotes and dollar math, that knows positions."""
    md = Markdown("commonmark", {"maxNesting": MAX_NESTING})
    md.enable(["table", "strikethrough"])
    md.helpers = cast("Any", HELPERS)
    md.use(footnote_plugin, inline=False, move_to_end=False)
    md.inline.ruler.before("escape", "math_inline", math.inline_rule())
    md.block.ruler.before("fence", "math_block", math.block_rule(), {"alt": ["paragraph", "blockquote", "list"]})
    for name, kind in (("inline", Inline), ("block", Block)):
        setattr(md, name, kind(getattr(md, name)))
    return md


def parse(source: str, lines: list[str], starts: list[int], env: dict[str, Any], known: Known) -> list[Token]:
    """The tokens of `source`, those of blocks that are `known` as they were. What is new becomes known.

    `lines`: the source's; `starts`: where they begin.
    """
    md = parser()
    state = State(source, lines, starts, md, env)
    new, old = md.block.top(state, known)
    defined, tokens = known.under(env), state.tokens
    # Known ones of a text that has other definitions: for that they stay as they are.
    new += [block for block, under in old if under not in {None, defined}]
    for block in new:
        for i in range(block.first, block.behind):
            token = tokens[i]
            if token.type != "inline" or (under := token.meta.get("references", ...)) is None:
                continue
            inline = token if under is ... else token.copy(children=[], meta={**token.meta})
            tokens[i] = inline
            under = inline.meta["references"] = defined if "[" in inline.content else None
            inline.children = children(inline.content, under, env, known)
    known.keep(state, [block for block in new if block.lasts])
    return tokens


def children(content: str, under: int | None, env: dict[str, Any], known: Known) -> list[Token]:
    """The tokens of a paragraph, with definitions that have the number `under`: see `Known`."""
    found = known.inlines.get((content, under))
    if found is None:
        md = parser()
        found = md.inline.parse(content, md, env, [])
        if "[^" not in content:  # notes are numbered
            known.inlines[content, under] = found
    return found
