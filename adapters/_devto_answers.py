"""How DEV's answers are read: its refusals, and which of the account's articles is ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..adapter import Published
from ..errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized
from ._article import same_address

if TYPE_CHECKING:
    from ..http import Answer

#: How Rails begins its messages, and the field that is meant.
_FIELDS = {
    "Title": "title",
    "Body markdown": "body",
    "Canonical url": "canonical_url",
    "Tag": "tags",
    "Cached tag list": "tags",
    "Main image": "cover",
    "Published at": "date",
    "Collection": "series",
}


def explain(answer: Answer) -> Failure | None:
    """What a refusal means; `None` for what its status says well enough."""
    said = f"DEV: {answer.words()}"
    match answer.status:
        case 401:
            return Unauthorized(said, next="make a new API key at https://dev.to/settings/extensions")
        case 403 if "Forbidden Bots" in answer.text:
            return Unauthorized(said, next="DEV refused the User-Agent: see whether a proxy takes it away")
        case 403:
            return NotEntitled(said, next="see whether the account is suspended or still has to be confirmed")
        case 404:
            return Rejected(said, next="the article is not there any more, or `base_url` is another site's")
        case 422:
            field = next((name for words, name in _FIELDS.items() if answer.words().startswith(words)), None)
            if "last five minutes" in said:
                return Duplicate(said, field=field, next="if it is another post, publish again in five minutes")
            return (Duplicate if "has already been taken" in said else Rejected)(said, field=field)
        case 429:
            seconds = re.search(r"try again in (\d+) second", said)
            return RateLimited(said, until=answer.retry_at or (answer.after(int(seconds[1])) if seconds else None))
    return None


def is_ours(item: Mapping[str, Any], sent: Mapping[str, Any], since: datetime) -> bool:
    """Whether an article of the list is what was sent, not before `since`; see `DevTo.find`."""
    same_body = bool(str(item.get("body_markdown") or "").split() == sent["body_markdown"].split())
    if sent.get("canonical_url"):
        # A draft made by hand is not the article that was to be published.
        right_state = bool(item.get("published")) or not sent["published"] or same_body
        return right_state and same_address(item.get("canonical_url"), sent["canonical_url"])
    if not item.get("published_at"):
        return same_body
    same_title = str(item.get("title")).split() == sent["title"].split()
    published_at: datetime = datetime.fromisoformat(item["published_at"])
    return (same_title or same_body) and published_at >= since


def published_from(answer: Answer) -> Published:
    """The article in the answer to a write. Raises `OutcomeUnknown` when there is none."""
    body = answer.json_or_none()
    if not isinstance(body, dict) or not body.get("id"):
        raise OutcomeUnknown(f"DEV answered {answer.status} without an article")
    return Published(str(body["id"]), body.get("url"))
