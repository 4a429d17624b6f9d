"""A post as HTML for one's own website, block by block, and whether two texts in HTML say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import normalize

from ..adapter import Adapter, Image, Post
from ..errors import Rejected
from ..markdown import render
from ._article import compose
from ._site import NAMED

if TYPE_CHECKING:
    from markdown_it.token import Token

Kind = Literal["paragraph", "heading", "list", "quote", "code", "rule", "image", "table", "other"]

#: Tags within a paragraph that an editor of rich text knows.
_INLINE = frozenset("a b br code del em i img s strong sub sup u".split())  # noqa: SIM905
#: Elements without an end, or whose end may be left out.
_LONE = frozenset(
    "area base br col embed hr img input link meta source track wbr p li dt dd tr td th tbody thead tfoot option".split()  # noqa: SIM905
)
_FILTERED = frozenset(
    [
        "base",
        "button",
        "canvas",
        "embed",
        "form",
        "iframe",
        "input",
        "link",
        "meta",
        "noscript",
        "object",
        "option",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "textarea",
    ]
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
    with the author's own tags, a picture that is a link. `tag`: its outermost element.
    """

    kind: Kind
    html: str
    tag: str
    simple: bool


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
    body = render(post.text or post.body, dialect, base_url=post.base_url, title=post.title)
    warnings = (*article.warnings, *body.warnings)
    return Content(article.title, blocks_of(body.text), article.tags, article.cover, warnings)


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

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
    parser.use(anchors_plugin, max_level=6)
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
        if html:
            blocks.append(Block(kind, html, group[0].tag, html.startswith("<figure><img") or _simple(group)))
    return tuple(blocks)


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


class _Flat(HTMLParser):
    """HTML as a list: words, elements by name, addresses. Code word for word. Comments are not in it."""

    def __init__(self, tags: Mapping[str, str] | None, marks: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[tuple[str, str]] = []
        self._tags, self._marks = tags, marks
        self._open: list[str] = []
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._pre += tag == "pre"
        if tag in self._marks:
            self._open.append(self._marks[tag])
            return
        name = tag if self._tags is None and tag not in _FILTERED else (self._tags or {}).get(tag)
        if name:
            address = next((value or "" for key, value in attrs if key in ("href", "src")), "")
            self.said.append((f"<{name}>", address))

    def handle_endtag(self, tag: str) -> None:
        self._pre -= tag == "pre" and self._pre > 0
        if self._marks.get(tag) in self._open:
            self._open.remove(self._marks[tag])

    def handle_data(self, data: str) -> None:
        text = normalize("NFC", data.replace("\r\n", "\n"))
        lines = [line.rstrip() for line in text.rstrip("\n").split("\n")] if self._pre else text.split()
        marked = " ".join(sorted(set(self._open)))
        self.said += [(marked, line) for line in lines]


def same_html(
    sent: str, there: str, tags: Mapping[str, str] | None = None, marks: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """Whether two texts say the same to a reader: words, links, pictures, and the elements in `tags`.

    A picture that was sent by the name of its upload is whatever picture stands there.

    Args:
        tags: Element → what it counts as; `None`: every element counts as itself, but for what sites take out of the
            texts of those whom they don't trust with it.
        marks: The same for those whose nesting does not matter, such as emphasis.
    """
    one, other = _flat(sent, tags, marks), _flat(there, tags, marks)
    return len(one) == len(other) and all(
        mine == theirs or (mine[0] == theirs[0] == "<img>" and bool(NAMED.fullmatch(mine[1])))
        for mine, theirs in zip(one, other)
    )


def _flat(html: str, tags: Mapping[str, str] | None, marks: Mapping[str, str]) -> list[tuple[str, str]]:
    parser = _Flat(tags, marks)
    parser.feed(html)
    parser.close()
    return parser.said
