"""What a Bluesky server answers: records, sessions, and refusals as `{"error", "message"}`.

Facts are from gh:bluesky-social/atproto @d6296a1: packages/pds/src (`auth-verifier.ts`, `api/com/atproto`),
packages/xrpc-server/src (`rate-limiter-http.ts`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..adapter import Metrics, Part, Published
from ..errors import Failure, NotEntitled, RateLimited, Rejected, Unauthorized
from ._bluesky_embed import same
from ._bluesky_text import length
from ._reading import same_names, same_text

if TYPE_CHECKING:
    from ..http import Answer

COLLECTION = "app.bsky.feed.post"
_URI = re.compile(rf"at://([^/\s]+)/{re.escape(COLLECTION)}/([\w.~:-]+)")
_PAGE = re.compile(r"https?://[^/]+/profile/([^/\s]+)/post/([\w.~:-]+)/?(?:[?#].*)?")
PASSWORDS = "https://bsky.app/settings/app-passwords"
#: What a server says of a picture that is not as its record says, and of an account that may not post.
_PICTURE = ("BlobNotFound", "BlobTooLarge", "InvalidMimeType", "InvalidSize")
_TAKE_OUT = 'or set `cover = false` (or `pictures = "never"`) for this target'
_BARRED = ("AccountTakedown", "AccountSuspended", "AccountDeactivated", "AccountNotFound")


@dataclass(frozen=True, slots=True)
class Me:
    """Whose session it is. `status`: why the account is not active, empty when it is."""

    did: str
    handle: str
    status: str

    @classmethod
    def of(cls, body: Any) -> Me:
        status = "" if body.get("active", True) else str(body.get("status") or "inactive")
        return cls(str(body["did"]), str(body["handle"]), status)

    def published(self, key: str) -> Published:
        who = self.did if self.handle == "handle.invalid" else self.handle
        return Published(f"at://{self.did}/{COLLECTION}/{key}", f"https://bsky.app/profile/{who}/post/{key}")


def place_of(id: str) -> tuple[str, str]:
    """Whose record, by DID or handle, and its key, of an `at://` address."""
    found = _URI.fullmatch(id)
    if not found:
        raise Rejected(f"{id!r} is no address of a post on Bluesky", field="id", next="see which post is meant")
    return found[1], found[2]


def id_of(url: str) -> str | None:
    """`at://…` of a post's page, with the DID or the handle that stands there."""
    found = _PAGE.fullmatch(url)
    return f"at://{found[1]}/{COLLECTION}/{found[2]}" if found else url if _URI.fullmatch(url) else None


def written(body: Any) -> str:
    """The key of the record in the answer to a write."""
    return place_of(str(body["uri"]))[1]


def listed(body: Any) -> tuple[list[tuple[str, Mapping[str, Any]]], str | None]:
    """A page of records: their keys and what is in them; and what asks for the next page."""
    return [(place_of(one["uri"])[1], one["value"]) for one in body["records"]], body.get("cursor")


def described(published: Published, record: Mapping[str, Any]) -> Published:
    """`published` with the title and the address of its link card, else its last link."""
    card = (record.get("embed") or {}).get("external") or {}
    features = [feature for facet in record.get("facets") or () for feature in facet.get("features") or ()]
    links = [feature["uri"] for feature in features if feature.get("uri")]
    return replace(
        published, title=card.get("title") or None, canonical_url=card.get("uri") or next(iter(links[-1:]), None)
    )


def as_it_is(part: Part, there: Mapping[str, Any]) -> Part:
    """`part` with what is different in a record: its text, languages, tags, and the words of what is under it."""
    sent = part.payload["record"]
    changed: dict[str, Any] = {}
    now = str(there.get("text") or "")
    if not same_text(sent["text"], now):
        changed |= {"text": now, "facets": there.get("facets") or []}
    for name in ("langs", "tags"):
        if not same_names(sent.get(name) or (), there.get(name) or ()):
            changed[name] = there.get(name) or []
    if not same(sent.get("embed"), there.get("embed")):
        changed["embed"] = there.get("embed")
    if not changed:
        return part
    shown = changed.get("text", part.text)
    return replace(part, payload={**part.payload, "record": {**sent, **changed}}, text=shown, count=length(str(shown)))


def metrics(body: Any) -> Metrics:
    if not body["posts"]:
        raise Rejected("Bluesky does not show this post", field="id", next="look at it on Bluesky")
    post = body["posts"][0]
    return Metrics(reactions=post.get("likeCount"), comments=post.get("replyCount"))


def explain(answer: Answer) -> Failure | None:
    """A refusal has a name and words. An access token that has ended is a 400."""
    body = answer.json_or_none()
    error = str(body.get("error") or "") if isinstance(body, dict) else ""
    words = str(body.get("message") or error) if isinstance(body, dict) else answer.words()
    said = f"Bluesky: {words}"
    if answer.ok:
        return None
    if error in ("ExpiredToken", "InvalidToken"):
        return Unauthorized(said)
    if error == "AuthFactorTokenRequired":
        return Unauthorized(said, next=f"use an app password: {PASSWORDS}")
    if error in _BARRED:
        return NotEntitled(said, next="log in at https://bsky.app and see what it says of the account")
    if error == "RecordNotFound":
        return Rejected(said, field="id", next="it is not there any more: look at it on Bluesky")
    match answer.status:
        case 401:
            return Unauthorized(said, next=f"see `identifier`, and make a new app password at {PASSWORDS}")
        case 400 if error in _PICTURE or "blob" in said or "thumb" in said:
            return Rejected(said, field="cover", next=f"change the picture, {_TAKE_OUT}")
        case 400 if words.startswith(("Could not locate record", "Could not find repo")):
            return Rejected(said, next="`base_url` is to be the server that has the account")
        case 400:
            return Rejected(said, field="text" if "$.record.text" in said else None)
        case 413:
            return Rejected(said, field="cover", next=f"take a smaller picture, {_TAKE_OUT}")
        case 429:
            return RateLimited(said, until=answer.retry_at or _reset(answer))
    return None


def _reset(answer: Answer) -> datetime | None:
    """`RateLimit-Reset`, seconds since 1970; what a server sends that sends no `Retry-After`."""
    try:
        at = datetime.fromtimestamp(float(answer.headers["ratelimit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    return min(at, answer.after(2 * 86400.0))
