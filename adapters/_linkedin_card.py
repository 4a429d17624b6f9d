"""The card under a LinkedIn post (`content.article`). LinkedIn fetches nothing for it: it shows what is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import text
from ..adapter import Post
from ._announcement import joined
from ._article import same_address
from ._linkedin_text import plain

#: Characters of title and description: guesses, LinkedIn documents none.
_TITLE, _DESCRIPTION = 400, 4000


def card_for(post: Post, *, picture: bool) -> tuple[dict[str, Any], list[str]]:
    """The card that leads to `post`, and what was changed or left out. `picture`: whether the cover is to be on it."""
    title = text.fit(post.title, _TITLE)
    card = {"source": post.to_read, "title": title or post.to_read}
    said = [f"the card's title is cut: “{title}”"] if title != post.title else []
    if post.summary:
        card["description"] = text.fit(post.summary, _DESCRIPTION)
    if picture and post.cover and re.match(r"https?://", post.cover.url):
        card["thumbnail"] = f"{{cover:{post.cover.url}}}"
    elif picture and post.cover:
        said.append(f"the cover {post.cover.url} isn't on the web, so it is left out")
    return card, said


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
