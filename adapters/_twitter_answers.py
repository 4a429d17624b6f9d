"""What X answers: posts in a timeline, and refusals as problem documents (doc: response-codes-and-errors)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import unquote

from ..adapter import Metrics, Published
from ..errors import Duplicate, Failure, NotEntitled, RateLimited, Rejected, Unauthorized

if TYPE_CHECKING:
    from ..http import Answer

_CONSOLE = "https://console.x.com"


@dataclass(frozen=True, slots=True)
class Seen:
    """A post in the timeline, t.co links resolved. `answers`: the id of the post that it answers."""

    published: Published
    text: str
    answers: str | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Seen:
        shown = unescape(data["text"])  # the API escapes &, < and >
        links: list[str] = []
        for link in (data.get("entities") or {}).get("urls") or ():
            links.append(link.get("expanded_url") or link["url"])
            shown = shown.replace(link["url"], links[-1])
        referred = data.get("referenced_tweets") or data.get("referenced_posts") or ()
        answers = next((one["id"] for one in referred if one["type"] == "replied_to"), None)
        first = shown.partition("\n")[0]
        return cls(Published(data["id"], _url(data["id"]), first, links[-1] if links else None), shown, answers)


def page(body: Any) -> tuple[list[Seen], str | None]:
    """An empty page has `meta` and no `data`."""
    meta = body["meta"]
    return [Seen.of(one) for one in body.get("data") or ()], meta.get("next_token")


def created(body: Any) -> Published:
    return Published(body["data"]["id"], _url(body["data"]["id"]))


def metrics(body: Any) -> Metrics:
    if "data" not in body:
        raise Rejected("X no longer has this post", next="look at it on X")
    numbers = body["data"]["public_metrics"]
    return Metrics(numbers.get("impression_count"), numbers.get("like_count"), numbers.get("reply_count"))


def _url(id: str) -> str:
    return f"https://x.com/i/web/status/{id}"


def bare(value: str) -> str:
    """A text without what X changes in it: schemes and final slashes of links, white space, composed letters."""
    value = re.sub(r"\bhttps?://", "", normalize("NFC", unquote(value)), flags=re.IGNORECASE)
    return " ".join(re.sub(r"/(?!\S)", "", value).split()).casefold()


def explain(answer: Answer) -> Failure | None:
    """A problem document has `type`, `title` and `detail`. What 402 and most 403 say is unconfirmed."""
    body = answer.json_or_none()
    body = body if isinstance(body, dict) else {}
    kind = str(body.get("type") or "").rpartition("/")[2]
    words = answer.words()
    said, lower = f"X: {words}", words.lower()
    match answer.status:
        case 400:
            return Rejected(said, field=_parameter(body))
        case 401:
            return Unauthorized(said)
        case 402:
            return NotEntitled(said, next=f"buy credits or raise the spending limit at {_CONSOLE}")
        case 403 if "duplicate" in lower:
            return Duplicate(said, field="text")
        case 403 if "too long" in lower:
            return Rejected(said, field="text")
        case 403 if kind == "unsupported-authentication":
            return Unauthorized(said, next="use a user's token: an app-only one cannot post")
        case 403 if "reply" in lower or "summon" in lower:
            return NotEntitled(
                said, next='X does not let this account answer, so no threads: use `mode = "post"` from now on'
            )
        case 403:
            return NotEntitled(
                said, next=f"see at {_CONSOLE} whether the app may read and write and whether the account is locked"
            )
        case 429 if kind == "usage-capped":
            return NotEntitled(said, next=f"the plan's cap is used up: see {_CONSOLE}")
        case 429:
            return RateLimited(said, until=_reset(answer))
    return None


def _parameter(body: Mapping[str, Any]) -> str | None:
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else body
    named = first.get("parameter") or next(iter(first.get("parameters") or ()), None)
    return str(named) if named else None


def _reset(answer: Answer) -> datetime | None:
    """When the last of the exhausted windows ends (seconds since the epoch); the two of a day are unconfirmed."""
    ends: list[datetime] = []
    for window in ("x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour"):
        if answer.headers.get(f"{window}-remaining", "0") == "0":
            try:
                ends.append(datetime.fromtimestamp(float(answer.headers[f"{window}-reset"]), UTC))
            except (KeyError, ValueError, OverflowError, OSError):
                continue
    return max(ends, default=answer.retry_at)
