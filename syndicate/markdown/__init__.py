"""Neutral Markdown → what a platform can show: one pipeline, driven by the adapter's declared dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from .dialect import Dialect

__all__ = ["Block", "Dialect", "Rendered", "first_paragraph", "render", "to_html"]


_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a plain text that is best kept whole.

    Of an image: its absolute `address`, or the one of `pictures` (empty: not known), and its alternative text.
    """

    kind: Literal["heading", "paragraph", "list", "quote", "code", "image", "rule"]
    text: str
    address: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text in a platform's dialect; what could not be carried; for `plain`, its blocks in order.

    `cover_alt`: what the picture is called that was left out as the cover.
    """

    text: str
    warnings: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    cover_alt: str = ""


def render(
    body: str,
    dialect: Dialect,
    *,
    base_url: str | None = None,
    title: str | None = None,
    pictures: Mapping[str, str] = _NONE,
    cover: str | None = None,
) -> Rendered:
    """Turns a post's body into what a platform with `dialect` can show.

    Args:
        body: Markdown without front matter, with whatever syntax of a site generator it holds.
        base_url: Where the post stands on the web; relative links and images are resolved against it.
        title: A first heading equal to it is left out, as the platform shows the title itself.
        cover: A picture at the top with this address is left out, as the platform shows it itself.
        pictures: Addresses of images as they are written → those to show instead (`Post.pictures`).
    """
    from .pipeline import run

    return run(body, dialect, base_url, title, pictures, cover)


def first_paragraph(body: str) -> str:
    """The first paragraph of prose as plain text on one line; empty when there is none.

    Not a greeting, not “TL;DR”; without the marks of footnotes and the sentence that leads to a list.
    """
    from .prose import prose

    return prose(body)


def to_html(text: str) -> str:
    """Markdown as HTML that is safe to put into a page: raw HTML is escaped, script URLs are dropped."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(text))
