"""A post with pictures of its project, for servers that keep them: of every kind, everywhere in a text."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import quote

from PIL import Image as Pillow

from syndicate.adapter import Image, Post
from syndicate.local import Local, local
from syndicate.pictures import Picture, picture_of

_KINDS = {".png": "PNG", ".jpg": "JPEG", ".gif": "GIF", ".webp": "WEBP", ".avif": "AVIF"}
_BODY = """\
Text ![in text](a.png) here.

![alone "x"](<im ages/图.jpg> "A title")

[![linked](c.gif)](https://example.com/)

| a | b |
|---|---|
| ![cell](d.webp) | 2 |

- item ![li](e.avif)

> ![quote](a.png)

<p><picture><source srcset="a.webp"><img src='a.png' srcset="a.png 2x" alt="raw"></picture></p>

The end.
"""


def illustrated(post: Post) -> Post:
    """`post` with a cover and with pictures in its text, as a person has them in a folder beside it."""
    names = ("a.png", "im ages/图.jpg", "c.gif", "d.webp", "e.avif", "cover.png")
    there = {written: _of(name) for name in names for written in (name, quote(name))}
    cover = Image(f"{post.base_url}cover.png", "A cover & <more>", written="cover.png")
    return replace(post, body=_BODY, cover=cover, on_disk=there)


def _of(name: str) -> str:
    return Local.of(PurePosixPath("content") / name, name.encode()).address


async def drawn(url: str, limit: int) -> Picture:
    """The picture of an address, of the kind that its name says; two names are two pictures."""
    own = local(url)
    assert own is not None, url
    made = io.BytesIO()
    Pillow.new("RGB", (64, 48), f"#{own.digest[:6]}").save(made, _KINDS[own.path.suffix])
    return picture_of(made.getvalue(), url, limit=limit)


def kinds(sources: Iterable[str]) -> list[str]:
    """The suffixes of pictures' addresses."""
    return [PurePosixPath(source.partition("?")[0]).suffix for source in sources]
