"""What is under a LinkedIn post: a card (`content.article`) or a picture (`content.media`).

LinkedIn fetches nothing for a card: it shows what is sent. That a card's picture has an alternative text
(`thumbnailAltText`) is unconfirmed; see `Rest.create`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import text
from ..adapter import Image, Post
from ._announcement import joined
from ._article import same_address
from ._linkedin_text import plain
from ._pictures import called, picture_for, why_not

#: Characters of an alternative text (doc: learn.microsoft.com linkedin posts-api).
_ALT = 4086
#: The alternative text of a card's picture.
CARD_ALT = "thumbnailAltText"
#: Characters of title and description: guesses, LinkedIn documents none.
_TITLE, _DESCRIPTION = 400, 4000


def under(post: Post, *, pictures: str, thumbnail: bool) -> tuple[dict[str, Any], list[str]]:
    """What is under the text, a picture, a card or nothing; and what was changed or left out.

    `pictures`, `thumbnail`: the options.
    """
    if pictures == "always" or (pictures == "auto" and not post.to_read):
        image, said = picture_for(post, _ALT)
        if image:
            return {"media": {"id": _name(image)} | ({"altText": image.alt} if image.alt else {})}, said
    else:
        said = []
    if not post.to_read:
        return {}, said
    card, changed = _card(post, picture=thumbnail)
    return {"article": card}, list(dict.fromkeys([*said, *changed]))


def _card(post: Post, *, picture: bool) -> tuple[dict[str, Any], list[str]]:
    """The card that leads to `post`, and what was changed or left out. `picture`: whether the cover is to be on it."""
    title = text.fit(post.title, _TITLE)
    card = {"source": post.to_read, "title": title or post.to_read}
    said = [f"the card's title is cut: “{title}”"] if title != post.title else []
    if post.summary:
        card["description"] = text.fit(post.summary, _DESCRIPTION)
    if picture and post.cover:
        if why := why_not(post.cover):
            said.append(f"the cover {called(post.cover)} is left out: {why}")
            return card, said
        card["thumbnail"] = _name(post.cover)
        if alt := text.fit(" ".join(post.cover.alt.split()), _ALT):
            card[CARD_ALT] = alt
    return card, said


def upload_of(payload: Mapping[str, Any]) -> str:
    """The name that stands in a payload for the picture's URN; empty where there is no picture."""
    content = payload.get("content") or {}
    return str((content.get("article") or {}).get("thumbnail") or (content.get("media") or {}).get("id") or "")


def without_card_alt(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload without the alternative text of its card's picture."""
    card = {name: value for name, value in card_of(payload).items() if name != CARD_ALT}
    return {**payload, "content": {**payload["content"], "article": card}}


def _name(image: Image) -> str:
    return f"{{cover:{image.url}}}"


def card_of(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The card of a post; empty where there is none."""
    card: Mapping[str, Any] = (payload.get("content") or {}).get("article") or {}
    return card


def same_link(one: str | None, other: str | None) -> bool:
    """Whether two cards lead to the same page, or both are none."""
    return one == other or same_address(one, other)


def shown(payload: Mapping[str, Any]) -> str:
    """What a reader sees of a post: the text, then title and address of the card."""
    card = card_of(payload)
    return joined(plain(payload["commentary"]), card.get("title", ""), card.get("source", ""))
