"""What LinkedIn answers: posts of an author, what a token may do, and refusals.

From doc: learn.microsoft.com linkedin posts-api, error-handling, token-introspection; the shape of the 422 from
Arisamiga/Linkedin-RSS#5, that of the 426 from n8n#28967.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..adapter import Published
from ..errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized
from ._linkedin_text import plain

if TYPE_CHECKING:
    from ..http import Answer

_URN = re.compile(r"urn:li:(?:share|ugcPost):\d+")
_APPS = "https://www.linkedin.com/developers/apps"
_AGAIN = f"tokens last 60 days: authorise the app again, or make a token at {_APPS} (OAuth tools)"
_FIELDS = {"commentary": "text", "source": "link", "author": "author", "thumbnail": "cover"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A post of the author, as it was last edited. `source`, `title`: those of its card."""

    urn: str
    commentary: str
    source: str | None
    title: str | None
    created: datetime
    changed: datetime

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Seen:
        card = (data.get("content") or {}).get("article") or {}
        created = data.get("createdAt") or data["publishedAt"]
        changed = max(created, data.get("lastModifiedAt") or 0)
        return cls(
            str(data["id"]),
            data.get("commentary") or "",
            card.get("source"),
            card.get("title"),
            datetime.fromtimestamp(created / 1000, UTC),
            datetime.fromtimestamp(changed / 1000, UTC),
        )

    @property
    def text(self) -> str:
        return plain(self.commentary)

    @property
    def published(self) -> Published:
        return Published(self.urn, url_of(self.urn), self.title, self.source)


def listing(body: Any) -> tuple[list[Seen], int]:
    """One page of a list, and how many it held with those that no reader sees."""
    states = (None, "PUBLISHED", "PUBLISH_REQUESTED")
    found = body["elements"]
    return [Seen.of(one) for one in found if one.get("lifecycleState") in states], len(found)


def created(answer: Answer) -> Published:
    """The URN stands in a header, the body is empty."""
    urn = answer.headers.get("x-restli-id") or answer.headers.get("x-linkedin-id")
    if not urn or not _URN.fullmatch(urn):
        raise OutcomeUnknown(f"LinkedIn answered {answer.status} without the post's URN")
    return Published(urn, url_of(urn))


def url_of(urn: str) -> str:
    return f"https://www.linkedin.com/feed/update/{urn}"


def urn_of(url: str) -> str | None:
    """From an address of a post. One with `activity` names another object, by which the API finds no post."""
    if found := _URN.search(url.replace("%3A", ":").replace("%3a", ":")):
        return found[0]
    found = re.search(r"/posts/[^/?#]*-(share|ugcPost)-(\d+)", url)
    return f"urn:li:{found[1]}:{found[2]}" if found else None


def explain(answer: Answer) -> Failure | None:
    """`{status, code, message, serviceErrorCode, errorDetails}`; `None` for what the status says well enough."""
    body = answer.json_or_none()
    body = body if isinstance(body, dict) else {}
    code, words = str(body.get("code") or ""), str(body.get("message") or "") or answer.words()
    inputs = _inputs(body)
    said = f"LinkedIn: {words[:400]} ({code or (inputs and inputs[0][0]) or 'no code'}, HTTP {answer.status})"
    if code in ("NONEXISTENT_VERSION", "VERSION_MISSING") or answer.status == 426:
        return NotEntitled(said, next="set `version` for this target to one of the last 12 months, as 202607")
    match answer.status:
        case 400 | 409 | 422 if any(kind == "DUPLICATE_POST" for kind, _ in inputs) or "duplicate of urn:" in words:
            urn = _URN.search(words)
            return Duplicate(said, field="text", existing=Published(urn[0], url_of(urn[0])) if urn else None)
        case 400 | 422:
            named = next((path for _, path in inputs if path), None)
            return Rejected(said, field=named)
        case 401:
            return Unauthorized(said, next=_AGAIN)
        case 403:
            return NotEntitled(
                said,
                next="w_member_social is needed for a member; for an organization w_organization_social and "
                f"r_organization_social, and a role on its page: see the app's products at {_APPS}",
            )
        case 404:
            return Rejected(said, field="id", next="it is not there any more: look at it on LinkedIn")
        case 429:
            return RateLimited(said, until=answer.retry_at or _midnight(answer.at))
    return None


def _inputs(body: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """`errorDetails.inputErrors`: of each its code, and the field that it names."""
    details = body.get("errorDetails")
    errors = details.get("inputErrors") if isinstance(details, dict) else None
    found: list[tuple[str, str | None]] = []
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            path = str(((error.get("input") or {}).get("inputPath") or {}).get("fieldPath") or "")
            name = path.strip("/").replace(".", "/").rpartition("/")[2]
            name = "pictures" if "/media/" in f"/{path}" else _FIELDS.get(name, name)
            found.append((str(error.get("code") or ""), name or None))
    return found


def _midnight(at: datetime) -> datetime:
    """The limits are a day's, and a day is UTC's."""
    return (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do, and until when."""

    scopes: frozenset[str]
    expires_at: datetime | None


def grant(body: Any) -> Grant:
    """`/oauth/v2/introspectToken`. Raises `Unauthorized` for a token that has ended."""
    if not body["active"]:
        raise Unauthorized(f"LinkedIn: the token is {body.get('status') or 'not active'}", next=_AGAIN)
    ends = body.get("expires_at")
    scopes = frozenset(re.findall(r"[\w.]+", body.get("scope") or ""))
    return Grant(scopes, datetime.fromtimestamp(ends, UTC) if ends else None)


def explain_introspection(answer: Answer) -> Failure | None:
    if answer.ok or answer.status >= 500:
        return None
    return Unauthorized(
        f"LinkedIn does not say what the token may do: {answer.words()} (HTTP {answer.status})",
        next="see that `client_id` and `client_secret` are those of the app that the token is for, or take them out",
    )
