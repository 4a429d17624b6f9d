"""What X answers: posts in a timeline, and refusals as problem documents (doc: response-codes-and-errors)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import unquote

from .. import text
from ..adapter import Metrics, Part, Published
from ..errors import Duplicate, Failure, NotEntitled, RateLimited, Rejected, Unauthorized, Unavailable
from ._twitter_media import shown
from ._unmeant import BLANK

if TYPE_CHECKING:
    from ..http import Answer

_SHORT = re.compile(r"https?://t\.co/", re.IGNORECASE)
#: What follows the id of a post in the address of its pictures.
_OWN_PICTURE = re.compile(r"^/(?:photo|video)/\d+")
_CONSOLE = "https://console.x.com"


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as it is shown, t.co links resolved.

    `published` has no title, as posts have none; its canonical URL is the last link. `answers`: the id of the post
    that it answers. `repost`: it is another's. `newest`: the id of its last version, since each edit makes a new one.
    """

    published: Published
    text: str
    answers: str | None
    repost: bool
    newest: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Seen:
        # A text over 280 stands in a note, and is cut short in `text`. X's documentation and OpenAPI spell it apart.
        whole = data.get("note_tweet") or data.get("note_post") or data
        shown, links = unescape(whole["text"]), []  # the API escapes &, < and >
        for link in (whole.get("entities") or data.get("entities") or {}).get("urls") or ():
            there = link.get("expanded_url") or link["url"]
            if link.get("media_key") or _OWN_PICTURE.search(there.partition(data["id"])[2]):
                # The post's pictures: one link at the end, in the list once for each.
                shown = shown.replace(link["url"], "").rstrip()
                continue
            shown = shown.replace(link["url"], there)
            if not _SHORT.match(there):
                links.append(there)
        referred = data.get("referenced_tweets") or data.get("referenced_posts") or ()
        kinds = {one["type"]: one["id"] for one in referred}
        history = data.get("edit_history_tweet_ids") or data.get("edit_history_post_ids") or [data["id"]]
        published = Published(data["id"], _url(data["id"]), None, links[-1] if links else None)
        return cls(published, shown, kinds.get("replied_to"), "retweeted" in kinds, history[-1])


def single(body: Any) -> Seen | None:
    """One post; `None` when there is none of that id. What may not be seen is said in `errors`, with status 200."""
    if "data" in body:
        return Seen.of(body["data"])
    problems = body["errors"]
    kinds = {str(problem.get("type")).rpartition("/")[2] for problem in problems}
    if kinds == {"resource-not-found"}:
        return None
    said = "X: " + "; ".join(str(problem.get("detail") or problem.get("title")) for problem in problems)
    if "not-authorized-for-resource" in kinds:
        raise NotEntitled(said, next="see on X whether the account is locked, suspended or protected")
    raise Unavailable(said)


def as_it_is(part: Part, seen: Seen) -> Part:
    """`part` with the text of `seen`, where it is another one."""
    sent = part.payload["text"]
    if tidy(seen.text) == tidy(sent):
        return part
    if _SHORT.search(seen.text) and not _SHORT.search(sent):
        raise Unavailable("X showed the post without what its links stand for")
    count = text.count(seen.text, "weighted")
    payload = {**part.payload, "text": seen.text}
    return replace(part, payload=payload, text=shown(seen.text, payload), count=count)


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
    """A text as `find` compares it: without case too, since nothing else of ours could have the same words."""
    return tidy(value).casefold()


def tidy(value: str) -> str:
    """A text without what X changes in it: of links scheme, case and final slash; white space, composed letters.

    Whether it keeps blanks of no width is unconfirmed.
    """
    value = value.replace(BLANK, "")
    for start, end in reversed(text.urls(value)):
        value = value[:start] + value[start:end].casefold() + value[end:]
    value = re.sub(r"\bhttps?://", "", normalize("NFC", unquote(value)), flags=re.IGNORECASE)
    return " ".join(re.sub(r"/(?!\S)", "", value).split())


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
                said,
                next=f"see at {_CONSOLE} whether the app may read and write, for pictures whether the token has the scope "
                "media.write, and whether the account is locked",
            )
        case 404 if kind == "resource-not-found":
            return Rejected(said, field="id", next="it is not there any more: look at it on X")
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
