"""What the Graph API answers: the posts of a Page, their numbers, and ids in the addresses of posts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..adapter import Published
from ._announcement import joined

#: What of a post is asked for.
FIELDS = (
    "id,message,created_time,permalink_url,is_published,is_hidden,scheduled_publish_time,attachments{unshimmed_url}"
)
TOTALS = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count)"


@dataclass(frozen=True, slots=True)
class Seen:
    """A post of the Page. `link`: what its card leads to. `shown`: published, and not hidden from the Page."""

    id: str
    url: str | None
    text: str
    link: str | None
    created: datetime
    shown: bool
    scheduled: int | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Seen:
        cards = (data.get("attachments") or {}).get("data") or ()
        links = [card["unshimmed_url"] for card in cards if card.get("unshimmed_url")]
        scheduled = data.get("scheduled_publish_time")
        return cls(
            id=str(data["id"]),
            url=data.get("permalink_url"),
            text=data.get("message") or "",
            link=links[0] if links else None,
            created=datetime.fromisoformat(data["created_time"]).astimezone(UTC),
            shown=data.get("is_published") is not False and not data.get("is_hidden"),
            scheduled=int(scheduled) if scheduled else None,
        )

    @property
    def published(self) -> Published:
        """As `recent` gives it: posts have no title."""
        return Published(self.id, self.url, None, self.link)


def page(body: Any) -> tuple[list[Seen], str | None]:
    """One page of a list, and the cursor of the next. `next` itself holds the token, so it is never followed."""
    paging = body.get("paging") or {}
    more = paging["cursors"]["after"] if paging.get("next") else None
    return [Seen.of(one) for one in body["data"]], more


def created(body: Any) -> Published:
    id = str(body["id"])
    return Published(id, body.get("permalink_url") or f"https://www.facebook.com/{id}")


def shown(payload: Mapping[str, Any]) -> str:
    """What a reader sees: the text, and where the card leads."""
    return joined(payload["message"], payload.get("link", ""))


def totals(body: Any) -> tuple[int | None, int | None]:
    """Reactions and comments; `None` where the token may not see them."""
    found = [(body.get(name) or {}).get("summary", {}).get("total_count") for name in ("reactions", "comments")]
    return found[0], found[1]


def latest(body: Any) -> int | None:
    """The newest value of a metric; none are given for a young post."""
    values = [value["value"] for metric in body["data"] for value in metric["values"]]
    return int(values[-1]) if values else None


def post_id(url: str, page_id: str) -> str | None:
    """From an address with numbers in it; the newer ones (`pfbid…`) hold no id that the API takes."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    story = (query.get("story_fbid") or query.get("fbid") or [""])[0]
    if story.isdecimal():
        return f"{(query.get('id') or [page_id])[0]}_{story}"
    if whole := re.fullmatch(r"/(\d+_\d+)/?", parts.path):
        return whole[1]
    found = re.search(r"/posts/(?:[^/]+/)?(\d+)/?$", parts.path)
    return f"{page_id}_{found[1]}" if found else None
