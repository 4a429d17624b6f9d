"""A post as HTML for one's own website, block by block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ..adapter import Adapter, Image, Post
from ..errors import Rejected
from ..markdown import render
from ..markdown.anchors import slug
from ._article import compose
from ._embeds import Embed, embed, framed

if TYPE_CHECKING:
    from markdown_it.token import Token

Kind = Literal["paragraph", "heading", "list", "quote", "code", "rule", "image", "table", "embed", "other"]

#: Tags within a paragraph that an editor of rich text knows.
_INLINE = frozenset("a b br code del em i img s strong sub sup u".split())  # noqa: SIM905
#: Elements without an end, or whose end may be left out.
_LONE = frozenset(
    "area base br col embed hr img input link meta source track wbr p li dt dd tr td th tbody thead tfoot option".split()  # noqa: SIM905
)
#: What is in a paragraph that is one picture, perhaps with a link.
_PICTURE = (["image"], ["link_open", "image", "link_close"])
_KINDS: Mapping[str, Kind] = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quote",
    "fence": "code",
    "code_block": "code",
    "hr": "rule",
    "table_open": "table",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the post at its top level, as HTML.

    `simple`: it is what an editor's own block of that kind surely holds. Not so are a list with code in it, a paragraph
    with the author's own tags, a picture that is a link. `tag`: its outermost element. `embed`: what the block shows of
    another site.
    """

    kind: Kind
    html: str
    tag: str
    simple: bool
    embed: Embed | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A post for a website. `cover` is on the web."""

    title: str
    blocks: tuple[Block, ...]
    tags: tuple[str, ...]
    cover: Image | None
    warnings: tuple[str, ...]


def content_of(adapter: Adapter, post: Post) -> Content:
    """`post` as HTML with footnotes and anchors, which the pipeline's own HTML lacks. Raises as `compose` does."""
    article = compose(adapter, replace(post, body="", text=None))
    dialect = replace(adapter.dialect, format="markdown")
    cover = article.cover
    body = render(
        post.text or post.body,
        dialect,
        base_url=post.base_url,
        title=post.title,
        pictures=post.pictures,
        cover=cover.url if cover else None,
    )
    if cover and not cover.alt:
        cover = replace(cover, alt=body.cover_alt)
    warnings = (*article.warnings, *body.warnings)
    return Content(article.title, blocks_of(body.text), article.tags, cover, warnings)


def within(html: str, adapter: Adapter) -> int:
    """Bytes of `html`. Raises `Rejected` when the site takes less: cutting it would mutilate the post."""
    size = len(html.encode())
    if size > adapter.limits.text:
        said = f"the body has {size} bytes; {adapter.title} takes {adapter.limits.text}"
        raise Rejected(said, field="body", next="make the post shorter, or leave this target out")
    return size


def blocks_of(text: str) -> tuple[Block, ...]:
    """Markdown as HTML, block by block: tables, footnotes, anchors of headings, the author's own tags as they are."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.anchors import anchors_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    from ..markdown import addresses

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
    parser.use(anchors_plugin, max_level=6, slug_func=slug).use(addresses.plugin)
    # A second reference to a note has the note's number, too.
    parser.add_render_rule("footnote_caption", lambda _self, tokens, at, *_: f"[{tokens[at].meta['id'] + 1}]")
    env: dict[str, Any] = {}
    tokens = parser.parse(text, env)
    blocks: list[Block] = []
    start = depth = unclosed = 0
    for end, token in enumerate(tokens, 1):
        depth += token.nesting
        if token.type == "html_block":
            unclosed = max(0, unclosed + _opened(token.content))
        # What stands between the author's own tags belongs to them.
        if depth or (unclosed and end < len(tokens)):
            continue
        group, start = tokens[start:end], end
        html = parser.renderer.render(group, parser.options, env).strip("\n")
        kind = _KINDS.get(group[0].type, "other")
        if len(group) == 3 and [child.type for child in group[1].children or ()] in _PICTURE:
            html, kind = _figure(html), "image"
        if one := _embed(group):
            blocks.append(Block("embed", html, group[0].tag, True, one))
        elif html:
            blocks.append(Block(kind, html, group[0].tag, html.startswith("<figure><img") or _simple(group)))
    return tuple(blocks)


def _embed(group: list[Token]) -> Embed | None:
    """What a paragraph that is one bare address leads to, or a block that is one frame shows."""
    if len(group) == 1 and group[0].type == "html_block":
        return framed(group[0].content.strip())
    if len(group) != 3 or group[0].type != "paragraph_open" or "://" not in group[1].content:
        return None
    children = group[1].children or []
    said = "".join(child.content for child in children)
    bare = all(child.type in {"text", "link_open", "link_close"} for child in children)
    if not bare or any(child.type == "link_open" and child.attrs.get("href") != said for child in children):
        return None
    return embed(said.strip())


def _opened(html: str) -> int:
    """How many elements are opened and not closed; those whose end may be left out don't count."""
    return sum(
        -1 if slash else 1
        for slash, name, rest in re.findall(
            r"<(/?)([a-zA-Z][\w-]*)([^>]*)>", re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
        )
        if name.lower() not in _LONE and not rest.endswith("/")
    )


def _figure(paragraph: str) -> str:
    """A figure of a paragraph that is one image; its title is the caption."""
    image = paragraph.removeprefix("<p>").removesuffix("</p>")
    title = re.search(r' title="([^"]*)"', image)
    caption = f"<figcaption>{title[1]}</figcaption>" if title else ""
    return f"<figure>{image.replace(title[0], '') if title else image}{caption}</figure>"


def _simple(group: list[Token]) -> bool:
    """See `Block`. Items of a list are one line each, with lists in them; what is quoted are paragraphs."""
    outer, inner = group[0].type, {token.type for token in group[1:]}
    deep = {"html_block", "fence", "code_block", "hr", "blockquote_open", "table_open", "heading_open"}
    if outer == "blockquote_open":
        deep |= {"bullet_list_open", "ordered_list_open"}
    if outer in ("html_block", "footnote_block_open") or inner & deep:
        return False
    lines = 0
    for token in group:
        if token.type == "list_item_open":
            lines = 0
        elif token.type == "paragraph_open" and outer.endswith("_list_open"):
            lines += 1
            if lines > 1:
                return False
        for child in token.children or ():
            if child.type == "image":
                return False
            name = re.match(r"</?([a-zA-Z][\w-]*)", child.content) if child.type == "html_inline" else None
            if child.type == "html_inline" and (not name or name[1].lower() not in _INLINE):
                return False
    return True
