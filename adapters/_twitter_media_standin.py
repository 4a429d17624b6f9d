"""Pictures of X in the sandbox: uploads, alternative texts, and what of them may go with a post.

Checked as X's OpenAPI says (MediaUploadRequest, CreateMediaMetadataRequest, CreatePostsMedia). How a refusal is worded is
unconfirmed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..standin import Request
from ._pictures_standin import file_of, kind_of

_ID = re.compile(r"[0-9]{1,19}")
_FIRST = 1_980_100_000_000_000_000
_CATEGORIES = {"tweet_image": 5_000_000, "tweet_gif": 15_000_000}
_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
#: Seconds for which an upload may be attached.
LIFE = 86400


@dataclass
class Medium:
    """An upload. `at`: when it was made; `owner`: the id of the account."""

    content: bytes
    category: str
    at: float
    owner: str
    alt: str = ""


class Media:
    """The uploads of all accounts; each method gives the refusal, if it refuses."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.made: dict[str, Medium] = {}

    def upload(self, request: Request, owner: str) -> tuple[dict[str, Any] | None, str]:
        fields, name, content = file_of(request)
        category = fields.get("media_category", "")
        if content is None or not name or set(fields) - {"media_category", "additional_owners"}:
            return None, "media: is missing, or there is a field that is not defined"
        if category not in _CATEGORIES:
            return None, f"media_category: {category!r} is not one of those for pictures"
        kind = kind_of(content)
        if kind not in _TYPES or (kind == "image/gif") != (category == "tweet_gif"):
            return None, f"media type {kind} does not go with {category}"
        if len(content) > _CATEGORIES[category]:
            return None, f"File size exceeds {_CATEGORIES[category]} bytes."
        id = str(_FIRST + len(self.made))
        self.made[id] = Medium(content, category, self._now(), owner)
        return {"id": id, "media_key": f"3_{id}", "size": len(content), "expires_after_secs": LIFE}, ""

    def describe(self, body: Any, owner: str) -> str:
        if not isinstance(body, dict) or set(body) != {"id", "metadata"} or not _ID.fullmatch(str(body["id"])):
            return "id and metadata are wanted"
        alt = body["metadata"].get("alt_text", {}).get("text")
        if set(body["metadata"]) != {"alt_text"} or not isinstance(alt, str) or not 0 < len(alt) <= 1000:
            return "alt_text: 1 to 1000 characters"
        if refused := self.refused([body["id"]], owner):
            return refused
        self.made[body["id"]].alt = alt
        return ""

    def refused(self, ids: Any, owner: str) -> str:
        """Why these cannot go with a post of `owner`; empty if they can."""
        if not isinstance(ids, list) or not 1 <= len(ids) <= 4:
            return "media.media_ids: 1 to 4 are wanted"
        if wrong := [id for id in ids if not _ID.fullmatch(str(id))]:
            return f"media.media_ids: {wrong[0]} does not match {_ID.pattern}"
        known = [self.made.get(id) for id in ids]
        if any(one is None or one.owner != owner or one.at + LIFE < self._now() for one in known):
            return "Your media IDs are invalid."
        if len(ids) > 1 and any(one and one.category == "tweet_gif" for one in known):
            return "A post takes 4 photos or 1 GIF."
        return ""


def links(ids: Sequence[str], post: str, start: int) -> tuple[str, list[dict[str, Any]]]:
    """How the pictures of a post show in its text, and in its entities: one link, once for each."""
    if not ids:
        return "", []
    short = f"https://t.co/{post[-6:]}{start:04}"
    page = f"https://x.com/sandbox/status/{post}/photo/1"
    return short, [
        {"url": short, "expanded_url": page, "display_url": f"pic.x.com/{post[-6:]}", "media_key": f"3_{id}"}
        for id in ids
    ]
