"""What Mastodon answers: statuses, and refusals as `{"error": …}` (gh:mastodon/documentation, entities/Error)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..adapter import Part, Published
from ..errors import Failure, NotEntitled, RateLimited, Rejected, Unauthorized
from ._article import same_address
from ._mastodon_media import ALT, alt_of, described, names_of, same_pictures
from ._mastodon_text import PER_URL, Shown, length, links, words
from ._reading import same_line, same_text

if TYPE_CHECKING:
    from ..http import Answer

#: What this adapter asks for; `read:accounts` or the newer `profile` shows whose the token is. The first is for pictures.
SCOPES = "write:media write:statuses read:statuses read:accounts"


@dataclass(frozen=True, slots=True)
class Seen:
    """A status in a list. `published` has no title, as statuses have none; its canonical URL is the last link."""

    published: Published
    at: datetime
    shown: Shown
    links: tuple[str, ...]
    spoiler: str
    pictures: tuple[str, ...]
    answers: bool
    private: bool

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Seen:
        shown = Shown.of(data["content"])
        card = (data.get("card") or {}).get("url")
        link = shown.links[-1] if shown.links else card
        at = datetime.fromisoformat(data["created_at"])
        return cls(
            Published(str(data["id"]), data.get("url"), None, link),
            at if at.tzinfo else at.replace(tzinfo=UTC),
            shown,
            (*shown.links, *filter(None, [card])),
            data.get("spoiler_text") or "",
            tuple(described(data)),
            data.get("in_reply_to_id") is not None,
            data.get("visibility") == "direct",
        )

    def says(self, sent: Mapping[str, Any]) -> bool:
        """Whether what is shown is the text that was sent."""
        return words(self.shown.text) == words(sent["status"]) and same_line(self.spoiler, sent.get("spoiler_text"))

    def leads_where(self, sent: Mapping[str, Any]) -> bool:
        """Whether it may be what was sent, shown in another form: it leads to the same place, or neither leads away."""
        ours = links(sent["status"])
        return any(same_address(one, other) for one in ours for other in self.links) or not (ours or self.links)


def as_it_is(part: Part, there: str, spoiler: str, pictures: Sequence[str]) -> Part:
    """`part` with the text, the content warning and the pictures that stand there, where they are others."""
    sent = part.payload
    changed: dict[str, Any] = {}
    if not same_text(sent["status"].strip(), there.strip()):
        changed["status"] = there
    if not same_line(sent.get("spoiler_text"), spoiler):
        changed["spoiler_text"] = spoiler
    if not same_pictures(names_of(sent), pictures):
        changed["media_ids"] = list(pictures)
    if not changed:
        return part
    now = changed.get("status", sent["status"])
    count = length(now) + length(changed.get("spoiler_text", sent.get("spoiler_text", "")))
    return replace(part, payload={**sent, **changed}, text=now, count=count)


def created(body: Any) -> Published:
    return Published(str(body["id"]), body.get("url") or body.get("uri"))


def page(body: Any) -> list[Seen]:
    """Anything but a list is not one without statuses."""
    if not isinstance(body, list):
        raise TypeError
    return [Seen.of(one) for one in body]


def limits_of(body: Any) -> dict[str, Any]:
    """What an instance takes: of version 2's description, else of version 1's (`max_toot_chars` is a fork's)."""
    configuration = body.get("configuration") or {}
    statuses, media = configuration.get("statuses") or {}, configuration.get("media_attachments") or {}
    found = {
        "max_characters": statuses.get("max_characters") or body.get("max_toot_chars"),
        "characters_reserved_per_url": statuses.get("characters_reserved_per_url"),
        "max_media_attachments": statuses.get("max_media_attachments"),
        "image_size_limit": media.get("image_size_limit"),
        "description_limit": media.get("description_limit"),
    }
    return {name: int(value) for name, value in found.items() if value is not None}


def beyond(sent: Mapping[str, Any], limits: Mapping[str, Any], where: str) -> list[str]:
    """What of a status is more than an instance takes, whose `limits_of` these are."""
    alt = limits.get("description_limit", ALT)
    said = [
        f"an alternative text has {len(alt_of(name))} characters, {where} takes {alt}: make it shorter"
        for name in names_of(sent)
        if len(alt_of(name)) > alt
    ]
    most, per_url = limits.get("max_characters"), limits.get("characters_reserved_per_url", PER_URL)
    count = length(sent["status"], per_url) + length(sent.get("spoiler_text", ""))
    if most is not None and count > most:
        said.append(f"the text counts {count}, {where} takes {most}: set `max_characters = {most}` for this target")
    return said


def lacking(scopes: Any, *, pictures: bool) -> list[str]:
    """The scopes of `SCOPES` that are not among those given, whole ones (`write`) included."""
    given = scopes.split() if isinstance(scopes, str) else list(scopes)
    given += ["read:accounts"] if "profile" in given else []
    needed = SCOPES.split()[0 if pictures else 1 :]
    return [wanted for wanted in needed if not {wanted, wanted.partition(":")[0]} & set(given)]


def explain(answer: Answer) -> Failure | None:
    """A refusal has an `error` in words. 404 with anything else is not Mastodon's: another site answered."""
    body = answer.json_or_none()
    told = isinstance(body, dict) and "error" in body
    said = f"Mastodon: {answer.words()}"
    match answer.status:
        case 401:
            return Unauthorized(said, next="make a new token: on the instance, Preferences, Development")
        case 403 if "scope" in said:
            return Unauthorized(said, next=f"the application needs the scopes {SCOPES}; make a new token after that")
        case 403:
            return NotEntitled(said, next="log in there: the account is disabled, not confirmed, or may not do this")
        case 404 if told:
            return Rejected(said, field="id", next="it is not there any more: look at it on the instance")
        case 404:
            return Rejected(said, next="no Mastodon answers there: is `base_url` the instance's address?")
        case 410:
            return Rejected(said, field="id", next="it is not there any more: look at it on the instance")
        case 422:
            return Rejected(said, field="text" if "Text" in said or "character" in said else None)
        case 429:
            return RateLimited(said, until=_reset(answer))
    return None


def _reset(answer: Answer) -> datetime | None:
    """`X-RateLimit-Reset` is a moment in ISO 8601, in UTC."""
    try:
        at = datetime.fromisoformat(answer.headers["x-ratelimit-reset"])
    except (KeyError, ValueError):
        return answer.retry_at
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(at, answer.after(86400.0))
