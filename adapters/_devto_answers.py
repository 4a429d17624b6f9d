"""How DEV's answers are read: its refusals, which of the account's articles is ours, and what was changed there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .. import text
from ..adapter import Part, Published
from ..errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized
from ._article import same_address
from ._reading import same_line, same_names, same_text

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


def as_it_is(part: Part, item: Mapping[str, Any]) -> Part:
    """`part` with what is different in `item`, an article as DEV shows it; see `DevTo.read`."""
    sent = part.payload["article"]
    changed: dict[str, Any] = {}
    if not _same_title(sent["title"], str(item.get("title") or "")):
        changed["title"] = item.get("title")
    body = str(item.get("body_markdown") or "")
    if not same_text(sent["body_markdown"], body):
        changed["body_markdown"] = body
    tags = _tags(item)
    if not same_names(sent["tags"], tags):
        changed["tags"] = tags
    for name, shown in (("canonical_url", _canonical), ("description", _description), ("main_image", _cover)):
        if name in sent and (there := shown(item, sent[name])) != sent[name]:
            changed[name] = there
    if not changed:
        return part
    now = changed.get("body_markdown", part.text)
    payload = {**part.payload, "article": {**sent, **changed}}
    return replace(part, payload=payload, text=now, count=text.count(now, "bytes"))


def _same_title(sent: str, there: str) -> bool:
    """Forem makes spaces of signs that it does not know (`Article#normalize_title`), arrows among them."""
    kept = "".join(c if c.isascii() or c.isalnum() or c in there else " " for c in sent)
    return same_line(sent, there) or same_line(kept, there)


def _tags(item: Mapping[str, Any]) -> list[str]:
    """One article has `tags` as an array and `tag_list` as a string; in lists it is the other way round."""
    for name in ("tags", "tag_list"):
        if isinstance(item.get(name), list):
            return [str(tag) for tag in item[name]]
    return [tag.strip() for tag in str(item.get("tag_list") or "").split(",") if tag.strip()]


def _canonical(item: Mapping[str, Any], sent: str) -> str | None:
    """An article without one shows its own address."""
    there = item.get("canonical_url")
    if same_address(there, sent):
        return sent
    return str(there) if there and there != item.get("url") else None


def _description(item: Mapping[str, Any], sent: str) -> str:
    """A long one may be shown shortened (unconfirmed)."""
    there = " ".join(str(item.get("description") or "").split())
    begun = there.removesuffix("...").removesuffix("…").rstrip()
    whole = " ".join(sent.split())
    shortened = begun != there and len(begun) >= 40 and whole.startswith(begun)
    return sent if shortened or same_line(there, sent) else there


def _cover(item: Mapping[str, Any], sent: str) -> str | None:
    """DEV shows a resized copy, whose address ends in the cover's own, quoted; another form says nothing."""
    there = unquote(str(item.get("cover_image") or ""))
    if not there:
        return None
    if unquote(sent) in there:
        return sent
    start = max(there.rfind("https://"), there.rfind("http://"))
    return there[start:] if start > 0 else sent
