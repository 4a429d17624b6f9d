"""Pictures in a feed's HTML: where they really are, and which of them nobody is meant to see."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..markdown.edits import Report
from ..markdown.links import destination
from .code_html import classes
from .escape import marked
from .words import one_line, web_url

if TYPE_CHECKING:
    from .dom import Element

__all__ = ["markdown", "source"]

_LATE = ("data-src", "data-lazy-src", "data-original", "data-orig-file", "data-actualsrc")
_EMOJI = frozenset(("emoji", "wp-smiley", "joypixels", "twemoji"))
_DOT = re.compile(r"\s*[01](?:\.0*)?(?:px)?\s*")
_DOT_STYLE = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$|!)", re.IGNORECASE)


def source(image: Element, base: str) -> str | None:
    """The address of the picture itself, where `src` holds another until a script runs."""
    wanted = [image.get(name) for name in _LATE]
    wanted += [_largest(image.get("data-srcset")), image.get("src"), _largest(image.get("srcset"))]
    for picture in image.iterancestors("picture"):
        wanted += [_largest(one.get("srcset") or one.get("data-srcset")) for one in picture.iter("source")]
    return next(filter(None, (web_url(url, base) for url in wanted if url)), None)


def markdown(image: Element, base: str, report: Report, keep: Callable[[str], str]) -> str:
    """The picture, as text that is marked or kept; nothing where it only counts readers."""
    alt = one_line(image.get("alt") or "")
    if alt and _EMOJI.intersection(classes(image)):
        return alt
    if _is_dot(image):
        return ""
    url = source(image, base)
    if url is None:
        report.tally("{n} {picture has|pictures have} no address of {its|their} own and {was|were} left out")
        return alt
    return keep(f"![{marked(alt)}]({destination(url)})")


def _is_dot(image: Element) -> bool:
    """Whether it is one pixel large: it counts readers."""
    sizes = [image.get("width"), image.get("height")]
    if all(size is not None and _DOT.fullmatch(size) for size in sizes):
        return True
    return len(_DOT_STYLE.findall((image.get("style") or "").replace(";", ";;"))) >= 2


def _largest(srcset: str | None) -> str | None:
    """The candidate with the greatest width or density."""
    best, found = -1.0, None
    for candidate in re.split(r",\s+|,$", (srcset or "").strip()):
        url, _, size = candidate.strip().partition(" ")
        try:
            value = float(size.strip()[:-1]) if size.strip() else 1.0
        except ValueError:
            value = 0.0
        if url and value > best:
            best, found = value, url
    return found
