"""What stands in a post's text and on which line: headings, links, pictures. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .check_slips import Slip, slips
from .markdown import Dialect, render
from .markdown.links import Links
from .markdown.parse import Doc

#: Shows all that there is, so that what is changed for it is changed for every platform.
_ALL = Dialect(
    tables=True, footnotes=True, strikethrough=True, task_lists=True, html=None, math="dollar", embeds="liquid", anchors=True
)  # fmt: skip
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp)$", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|www\.")
#: Addresses that a generator or a component works out.
_TEMPLATE = re.compile(r"[{}]|^@|^~")


@dataclass(frozen=True, slots=True)
class Address:
    """A link's or a picture's address as it is written. `line` counts from 1 in the text; `None`: not known.

    `alt` of a picture: `None` when it has none; a link to a picture needs none.
    """

    kind: Literal["link", "picture"]
    url: str
    line: int | None
    alt: str | None = ""

    @property
    def relative(self) -> bool:
        """Whether it leads somewhere only from the post's own place. A place within the page does not count."""
        return bool(self.url) and not self.url.startswith("#") and not _ABSOLUTE.match(self.url)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading outside of quotes and lists."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Contents:
    """`warnings`: what of the text is changed whatever the platform shows."""

    headings: tuple[Heading, ...]
    addresses: tuple[Address, ...]
    warnings: tuple[str, ...]
    slips: tuple[Slip, ...] = ()


def contents(body: str, *, base_url: str | None, title: str) -> Contents:
    """Reads a text, with what site generators' own syntax stands for."""
    doc = Doc(body)
    written = list(_written(doc))
    known = {one.url for one in written}
    neutral = render(body, _ALL, title=title)
    for one in _written(Doc(neutral.text)) if neutral.text != body else ():
        if one.kind == "picture" and one.url not in known:
            at = body.find(one.url)
            written.append(Address("picture", one.url, doc.line_of(at) + 1 if at >= 0 else None, one.alt))
    if base_url:
        neutral = render(body, _ALL, base_url=base_url, title=title)
    return Contents(tuple(_headings(doc)), tuple(written), neutral.warnings, tuple(slips(doc)))


def absolute(url: str, base_url: str | None) -> str | None:
    """The web address of `url`; `None` where there is none."""
    from .markdown.edits import Report

    found = Links(base_url, anchors=True, report=Report()).resolve(url)
    return found if found and re.match(r"https?://", found, re.IGNORECASE) else None


def is_picture(url: str) -> bool:
    """Whether an address says that a picture is there."""
    return bool(_PICTURE.search(re.split(r"[?#]", url, maxsplit=1)[0]))


def _headings(doc: Doc) -> Iterator[Heading]:
    for token, inline in zip(doc.tokens, doc.tokens[1:], strict=False):
        if token.type == "heading_open" and token.level == 0 and token.map:
            yield Heading(int(token.tag[1]), " ".join(inline.content.split()), token.map[0] + 1)


def _written(doc: Doc) -> Iterator[Address]:
    for address in _all(doc):
        if address.url and not _TEMPLATE.search(address.url):
            yield address


def _all(doc: Doc) -> Iterator[Address]:
    for token in doc.tokens:
        if token.type == "html_block" and token.map:
            yield from _html(token.content, token.map[0] + 1)
        for child in (token.children or []) if token.type == "inline" else []:
            if child.type in {"html_inline", "image", "link_open"}:
                line = doc.line_of(doc.at(token, child.meta["span"][0])) + 1
                yield from _inline(child, line)


def _inline(child: Any, line: int) -> Iterator[Address]:
    if child.type == "html_inline":
        yield from _html(child.content, line)
    elif child.type == "image":
        yield Address("picture", str(child.attrs.get("src", "")), line, child.content.strip() or None)
    else:
        url = str(child.attrs.get("href", ""))
        yield Address("picture" if is_picture(url) else "link", url, line)


def _html(text: str, line: int) -> Iterator[Address]:
    from .markdown.markup import start_tags

    for tag in start_tags(text):
        at = line + text.count("\n", 0, tag.at)
        if tag.name == "img":
            yield Address("picture", tag.attrs.get("src", ""), at, tag.attrs.get("alt"))
        elif tag.name == "a" and (url := tag.attrs.get("href")):
            yield Address("picture" if is_picture(url) else "link", url, at)
        elif poster := tag.attrs.get("poster"):
            yield Address("picture", poster, at)
