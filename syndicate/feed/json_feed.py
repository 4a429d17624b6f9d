"""JSON Feed 1.0 and 1.1 → a `Feed`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from . import Feed, FeedTrouble
from .entry import Draft, finished
from .words import as_html, one_line, text_of, web_url

__all__ = ["read_json"]

_VERSION = "https://jsonfeed.org/version/1"


def read_json(text: str, url: str) -> Feed:
    """Reads a document that came from `url`. Raises `FeedTrouble` (``broken``) for what is no JSON Feed."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        raise FeedTrouble("this is no valid JSON", kind="broken") from None
    if not isinstance(feed, dict) or not str(feed.get("version", "")).startswith(_VERSION):
        raise FeedTrouble("this is JSON, but no JSON Feed", kind="broken")
    items = feed.get("items")
    if not isinstance(items, list):
        raise FeedTrouble("the JSON Feed has no `items`", kind="broken")
    home = web_url(feed.get("home_page_url"), url)
    entries, warnings = finished([_draft(i, home or url) for i in items if isinstance(i, dict)], home=home)
    odd = sum(not isinstance(item, dict) for item in items)
    return Feed(
        title=one_line(_text(feed, "title")),
        entries=entries,
        language=_language(feed),
        warnings=(*warnings, *([f"{odd} items are no objects and were left out"] if odd else [])),
    )


def _draft(item: dict[str, Any], home: str) -> Draft:
    link = web_url(item.get("url"), home)
    content = _text(item, "content_html") or as_html(_text(item, "content_text"))
    summary = _text(item, "summary")
    tags = item.get("tags")
    identifier = item.get("id")
    return Draft(
        id=str(identifier).strip() if isinstance(identifier, str | int | float) else "",
        link=link,
        title=one_line(_text(item, "title")),
        html=content or as_html(summary),
        from_content=bool(content),
        base=link or home,
        summary=one_line(text_of(as_html(summary))) if summary else "",
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        language=_language(item),
        published=_moment(item.get("date_published")),
        updated=_moment(item.get("date_modified")),
        cover=web_url(item.get("banner_image"), home) or web_url(item.get("image"), home),
    )


def _text(mapping: dict[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) and value.strip() else ""


def _language(mapping: dict[str, Any]) -> str | None:
    from ..post.language import tag

    return tag(_text(mapping, "language"))


def _moment(value: object) -> datetime | None:
    """An RFC 3339 date as an aware moment in UTC; `None` for what is none, or older than feeds are."""
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or found.year < 1990:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
