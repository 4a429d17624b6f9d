"""What stands under a post on Bluesky: the card of a link, or a picture; and its pictures as blobs.

At most 4 pictures of 2,000,000 bytes, formerly 1,000,000 (lexicon app.bsky.embed.images); one of 1,000,000 on a card
(app.bsky.embed.external). Any image type is taken; which ones Bluesky's own index shows, beside these four, is
unconfirmed. A blob that no record names is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import text
from ..adapter import Image, Post, Uploads
from ..local import local
from ..markdown import first_paragraph
from ._pictures import called, why_not
from ._reading import same_line

if TYPE_CHECKING:
    from ._bluesky_server import Server

PICTURES = Uploads(size=2_000_000, types=("image/png", "image/jpeg", "image/gif", "image/webp"))
#: Bytes of a card's picture.
_THUMB = 1_000_000
#: Characters of an alternative text: what Bluesky's own app takes; the lexicon has no limit.
ALT = 2000
#: Characters of a card's title and description: this adapter's own measure.
_CARD = 300
_CARDS, _IMAGES = "app.bsky.embed.external", "app.bsky.embed.images"
#: Stand for blobs until they are uploaded: the address follows, and `}`.
_COVER, _PICTURE = "{bluesky:cover:", "{bluesky:picture:"


def card(post: Post, *, cover: bool) -> tuple[dict[str, Any], list[str]]:
    """The card of the link to `post`, and what is to be said of it. `cover`: whether its picture is the cover."""
    about = " ".join((post.summary or "").split()) or first_paragraph(post.body)
    made: dict[str, Any] = {
        "uri": post.to_read,
        "title": text.fit(" ".join(post.title.split()), _CARD, "graphemes"),
        "description": text.fit(about, _CARD, "graphemes"),
    }
    said: list[str] = []
    if post.cover and cover:
        if why := why_not(post.cover):
            said.append(f"the cover {called(post.cover)} is left out: {why}")
        else:
            made["thumb"] = f"{_COVER}{post.cover.url}}}"
        # Of a larger one the core tells.
        if (there := local(post.cover.url)) and _THUMB < there.size <= PICTURES.size:
            said.append(f"the cover {there.path} has {there.size:,} bytes and is made smaller: a card takes {_THUMB:,}")
    return {"$type": _CARDS, "external": made}, said


def picture(image: Image) -> dict[str, Any]:
    """One picture with its alternative text, which may be empty, but has to be there."""
    return {"$type": _IMAGES, "images": [{"image": f"{_PICTURE}{image.url}}}", "alt": image.alt}]}


async def uploaded(embed: Mapping[str, Any], server: Server) -> dict[str, Any]:
    """`embed` with the blobs of its pictures, and the shape of each, by which apps leave room for it."""
    if embed["$type"] == _CARDS:
        made = dict(embed["external"])
        if "thumb" in made:
            made["thumb"], _ = await server.upload(made["thumb"].removeprefix(_COVER)[:-1], _THUMB, "`cover = false`")
        return {**embed, "external": made}
    images = []
    for one in embed["images"]:
        url = one["image"].removeprefix(_PICTURE)[:-1]
        blob, shape = await server.upload(url, PICTURES.size, '`pictures = "never"`')
        ratio = {"aspectRatio": {"width": shape[0], "height": shape[1]}} if shape else {}
        images.append({**one, "image": blob, **ratio})
    return {**embed, "images": images}


def same(sent: Any, there: Any) -> bool:
    """Whether two embeds show the same words and lead to the same place. What pictures show is not compared."""
    if not sent or not there:
        return bool(sent) == bool(there)
    if sent["$type"] != there.get("$type"):
        return False
    one, other = sent.get("external") or {}, there.get("external") or {}
    same = all(same_line(one.get(name), other.get(name)) for name in ("title", "description"))
    return same and one.get("uri") == other.get("uri") and _alts(sent) == _alts(there)


def _alts(embed: Mapping[str, Any]) -> list[str]:
    return [" ".join(str(one.get("alt") or "").split()) for one in embed.get("images") or ()]
