"""What Reddit answers: submissions in its listings, and refusals in the shapes that it has for them.

From PRAW's source and recorded answers (gh:praw-dev/praw @7b69758) and reddit-archive's `r2/lib/errors.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ..adapter import Published
from ..errors import Duplicate, Failure, NotEntitled, RateLimited, Rejected, Unauthorized
from ._original import original_in

if TYPE_CHECKING:
    from ..http import Answer

#: What Reddit's own form of a text may make of an address in it.
_ADDRESS = re.compile(r"\[(https?://[^\]\s]+)\]\(\1\)")
_WAIT = re.compile(r"(\d+) (millisecond|second|minute|hour|day)")
_SECONDS = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600, "day": 86400}
#: Seconds to wait when the words name no time (a guess).
_UNNAMED = {"RATELIMIT": 600, "QUOTA_FILLED": 3600}
#: The account may not do it there (or not yet), whatever the content is.
_NOT_ENTITLED = {"SUBREDDIT_NOTALLOWED", "VERIFIED_USER_REQUIRED", "BANNED_FROM_SUBREDDIT", "GOLD_REQUIRED"}


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission in a listing. `created` is in seconds since the epoch.

    `gone`: deleted, removed or held back, so that readers do not see it. That `removed_by_category` is shown to
    the author too is unconfirmed.
    """

    published: Published
    subreddit: str
    title: str
    url: str
    text: str
    is_self: bool
    gone: bool
    created: float
    score: int | None
    comments: int | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Submission:
        text = data.get("selftext") or ""
        canonical = original_in(_ADDRESS.sub(r"\1", text)) if data["is_self"] else data["url"]
        taken_out = data.get("removed_by_category") or data.get("author") == "[deleted]"
        where = urljoin("https://www.reddit.com", data["permalink"])
        return cls(
            published=Published(data["name"], where, data["title"], canonical),
            subreddit=data["subreddit"],
            title=data["title"],
            url=data["url"],
            text=text,
            is_self=data["is_self"],
            gone=bool(taken_out or text.strip() in ("[removed]", "[deleted]")),
            created=data["created_utc"],
            score=data.get("score"),
            comments=data.get("num_comments"),
        )


def listing(body: Any) -> tuple[list[Submission], str | None]:
    """The submissions of one page and what asks for the next; raises `LookupError` or `TypeError` for anything else."""
    data = body["data"]
    return [Submission.of(child["data"]) for child in data["children"]], data.get("after")


def only(body: Any) -> Submission:
    """The one submission that was asked for by its id."""
    found, _ = listing(body)
    if not found:
        raise Rejected("Reddit no longer has this post", next="look at it on Reddit")
    return found[0]


def first(body: Any) -> Submission | None:
    """The one submission that was asked for by its id; `None` when there is none."""
    found, _ = listing(body)
    return found[0] if found else None


def submitted(body: Any) -> Published:
    """The answer to a submission. Its id is the fullname, `t3_…`."""
    data = body["json"]["data"]
    return Published(data["name"], data.get("url"))


def explain(answer: Answer) -> Failure | None:
    """A refusal with status 200 (`json.errors`, triples of code, words, field), with 400 (validation) or as a status."""
    body = answer.json_or_none()
    body = body if isinstance(body, dict) else {}
    inner = body.get("json")
    errors = inner.get("errors") if isinstance(inner, dict) else None
    if errors and isinstance(errors, list) and isinstance(errors[0], list):
        code, words, field = ([str(item or "") for item in errors[0]] + ["", "", ""])[:3]
        return _refusal(code, words, field or None, answer)
    said = f"Reddit: {body.get('message') or answer.words()} (HTTP {answer.status})"
    match answer.status:
        case 400 if body.get("reason"):
            fields = body.get("fields") or [None]
            return _refusal(str(body["reason"]), str(body.get("explanation") or ""), fields[0], answer)
        case 401:
            return Unauthorized(said)
        case 403:
            return NotEntitled(
                said,
                next="see whether the account may post there, the app is approved and the token has the scopes",
            )
        case 429:
            return RateLimited(said, until=answer.retry_at or _reset(answer))
    return None


def _refusal(code: str, words: str, field: str | None, answer: Answer) -> Failure:
    said = f"Reddit: {words} ({code})" if words else f"Reddit: {code}"
    if code in _UNNAMED:
        wait = _WAIT.search(words)
        return RateLimited(said, until=answer.after(int(wait[1]) * _SECONDS[wait[2]] if wait else _UNNAMED[code]))
    if code == "ALREADY_SUB":
        return Duplicate(said, field=field)
    if code == "USER_REQUIRED":
        return Unauthorized(said)
    if code in _NOT_ENTITLED:
        return NotEntitled(said, next="see the subreddit's rules or ask its moderators, then publish again")
    return Rejected(said, field=field)


def _reset(answer: Answer) -> datetime | None:
    """`x-ratelimit-reset`: seconds until the window of the API's own limit ends."""
    try:
        return answer.after(float(answer.headers["x-ratelimit-reset"]))
    except (KeyError, ValueError, OverflowError):
        return None
