"""A fetched document → a `Feed`: feedparser for RSS and Atom, json for JSON Feed."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from . import Feed, FeedTrouble, Fetched
from .decode import to_text, to_xml
from .entry import Draft, finished
from .guids import first_guids
from .scan import scan
from .words import as_html, one_line, text_of, web_url

__all__ = ["read"]

_LONGEST_TTL = 86400.0
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}
_END = re.compile(rb"</(?:rss|feed|\w+:RDF|channel)\s*>", re.IGNORECASE)
#: The end of all of it, wherever: what follows it does not matter.
_WHOLE = re.compile(rb"</(?:rss|feed|\w+:RDF)\s*>", re.IGNORECASE)
_TEXT_TYPES = ("text/", "application/xhtml+xml", "html", "xhtml")
_HTML = frozenset(("text/html", "application/xhtml+xml", "", None))


def read(fetched: Fetched, *, now: float) -> Feed:
    """Parses the document of a feed.

    Args:
        fetched: A ``changed`` answer. Of its headers only the charset counts.
        now: Seconds since the epoch; dates after it are kept as they are.

    Raises:
        FeedTrouble: ``refused`` for what would hang a parser, ``broken`` for what is no feed or cut short.
    """
    del now
    if not fetched.body.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise _broken("the document is empty")
    start = fetched.body[:1000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"{"):
        from .json_feed import read_json

        return read_json(to_text(fetched.body, fetched.content_type)[0], fetched.url)
    document, warning = to_xml(fetched.body, fetched.content_type)
    scan(document)
    parsed = _parse(document)
    found = [warning] if warning else []
    entries = list(parsed["entries"])
    guids = first_guids(document)
    if guids and len(guids) == len(entries):
        for entry, guid in zip(entries, guids):
            if guid and guid != _raw(entry, "id"):
                entry["id"] = guid
                found.append("an entry has two guids; it is known by the first")
    if not parsed.get("version") and not entries:
        page = b"<html" in document[:5000].lower()
        raise _broken("this is an HTML page, not a feed" if page else "this is no feed")
    cut = bool(parsed["bozo"]) and not _WHOLE.search(document)
    if parsed["bozo"]:
        if not entries and not _END.search(document[-500:]):
            raise _broken("the document is not well-formed, and no entry could be read")
        found.append(f"the document is not well-formed ({_problem(parsed)}); what could be read was read")
        if entries and _cut(document):
            entries.pop()
            found.append("the document is cut short; its last entry was left out")
    feed = parsed["feed"]
    home = _first_link(feed, fetched.url) or fetched.url
    drafts = [_draft(entry, home, fetched.url) for entry in entries]
    done, more = finished(drafts, home=_first_link(feed, fetched.url))
    return Feed(
        title=_title(feed),
        entries=done,
        language=_language(feed.get("language")),
        ttl=_ttl(feed),
        cut=cut,
        warnings=(*found, *more),
    )


def _parse(document: bytes) -> Any:
    import feedparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own deprecations
        # A stream: bytes could be taken for the name of a file. No headers: `<id>` is told from Content-Location.
        return feedparser.parse(io.BytesIO(document), sanitize_html=False, resolve_relative_uris=False)


def _broken(what: str) -> FeedTrouble:
    return FeedTrouble(what, kind="broken", next="open the feed's `url` in a browser; whoever runs it can mend it")


def _problem(parsed: Any) -> str:
    error = parsed.get("bozo_exception")
    line = getattr(error, "getLineNumber", lambda: None)()
    said = getattr(error, "getMessage", lambda: type(error).__name__)()
    return f"line {line}: {said}" if line else str(said)


def _cut(document: bytes) -> bool:
    """Whether the last entry lacks its end."""
    low = document.lower()
    return any(low.rfind(b"<" + name) > low.rfind(b"</" + name) for name in (b"item", b"entry") if b"<" + name in low)


def _raw(mapping: Any, key: str) -> Any:
    """A value that stands there itself: feedparser's `get` makes `updated` of `published`, and warns."""
    return dict.get(mapping, key)


def _title(mapping: Any) -> str:
    detail = _raw(mapping, "title_detail") or {}
    text = str(detail.get("value") or _raw(mapping, "title") or "")
    return one_line(text_of(text) if detail.get("type") in {"text/html", "application/xhtml+xml"} else text)


def _first_link(mapping: Any, base: str) -> str | None:
    """The page that a feed or an entry stands for."""
    links = [link for link in _raw(mapping, "links") or () if link.get("href")]
    alternates = [link for link in links if link.get("rel") in {"alternate", None}]
    ranked = sorted(alternates, key=lambda link: link.get("type") not in _HTML)
    for link in ranked:
        if found := web_url(link["href"], base):
            return found
    return web_url(_raw(mapping, "link"), base)


def _draft(entry: Any, home: str, feed_url: str) -> Draft:
    own_id = str(_raw(entry, "id") or "").strip()
    link = web_url(_raw(entry, "feedburner_origlink")) or _first_link(entry, home)
    if link and _raw(entry, "guidislink") and not web_url(own_id):
        others = [one for one in _raw(entry, "links") or () if one.get("href") not in {own_id, None}]
        link = _first_link({"links": others}, home) if others else None
    texts = [*(_raw(entry, "content") or ()), *filter(None, [_raw(entry, "summary_detail")])]
    texts = [one for one in texts if one.get("value") and str(one.get("type") or "text/").startswith(_TEXT_TYPES)]
    best = max(texts, key=lambda one: len(one["value"]), default=None)
    summary = _raw(entry, "summary_detail")
    if summary is not None and summary is best and _raw(entry, "content"):
        summary = None  # some put the text there, and nothing else
    base = web_url(best.get("base") if best else None) or link or home
    return Draft(
        id=own_id,
        link=link,
        title=_title(entry),
        html=_html(best),
        from_content=best is not None and best is not _raw(entry, "summary_detail"),
        summary=one_line(text_of(_html(summary))) if summary else "",
        base=base or feed_url,
        tags=tuple(str(tag.get("term") or tag.get("label") or "") for tag in _raw(entry, "tags") or ()),
        language=_language(_raw(entry, "language") or (best or {}).get("language")),
        published=_moment(_raw(entry, "published_parsed") or _raw(entry, "created_parsed")),
        updated=_moment(_raw(entry, "updated_parsed")),
        cover=_cover(entry, base),
    )


def _html(detail: Any) -> str:
    if not detail:
        return ""
    value = str(detail["value"])
    return as_html(value) if detail.get("type") == "text/plain" or "<" not in value else value


def _language(value: Any) -> str | None:
    from ..post.language import tag

    return tag(value) if isinstance(value, str) else None


def _moment(value: Any) -> datetime | None:
    """Feedparser's UTC tuple; `None` for the epoch and what is older than feeds are."""
    try:
        year, month, day, hour, minute, second = value[:6] if value else (0,) * 6
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) if year >= 1990 else None
    except (ValueError, TypeError):
        return None


def _cover(entry: Any, base: str) -> str | None:
    def urls() -> Iterable[Any]:
        for media in _raw(entry, "media_content") or ():
            if "image" in media.values() or str(media.get("type") or "").startswith("image/"):
                yield media.get("url")
        yield from (media.get("url") for media in _raw(entry, "media_thumbnail") or ())
        for link in _raw(entry, "links") or ():
            if link.get("rel") == "enclosure" and str(link.get("type") or "").startswith("image/"):
                yield link.get("href")
        yield (_raw(entry, "image") or {}).get("href")

    return next(filter(None, (web_url(url, base) for url in urls())), None)


def _ttl(feed: Any) -> float | None:
    """How long the feed wants to be left alone, in seconds: `<ttl>` or the syndication module; a day at most."""
    try:
        if (minutes := float(_raw(feed, "ttl") or 0)) > 0:
            return min(minutes * 60, _LONGEST_TTL)
        period = _PERIODS.get(str(_raw(feed, "sy_updateperiod") or "").strip().lower())
        if period:
            return min(period / max(1.0, float(_raw(feed, "sy_updatefrequency") or 1)), _LONGEST_TTL)
    except (ValueError, OverflowError):
        pass
    return None
