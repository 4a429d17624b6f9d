"""A feed's file on disk: an entry of it, and the same file with one put first. What it holds besides stays."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element

_ATOM = "{http://www.w3.org/2005/Atom}"


def entry_of(feed: bytes, id: str) -> dict[str, str] | None:
    """Title, link and summary of the entry with this id. Raises `ValueError`: it is neither Atom nor RSS."""
    found = _found(_root(feed), id)
    if found is None:
        return None
    atom = found.tag == f"{_ATOM}entry"
    link = found.find(f"{_ATOM}link") if atom else None
    return {
        "id": id,
        "title": found.findtext(f"{_ATOM}title" if atom else "title") or "",
        "link": (link.get("href", "") if link is not None else "") if atom else found.findtext("link") or "",
        "summary": found.findtext(f"{_ATOM}summary" if atom else "description") or "",
    }


def with_entry(feed: bytes, entry: Mapping[str, Any]) -> bytes:
    """The feed with an entry at its beginning, in the place of one with its id.

    Args:
        feed: Atom, or RSS 2.0.
        entry: `id`, `title`, `link`, `updated` (ISO 8601; without it, that of the entry that is replaced); perhaps
            `summary`, `tags`.

    Raises:
        ValueError: it is neither Atom nor RSS.
    """
    from lxml import etree

    root = _root(feed)
    atom = root.tag == f"{_ATOM}feed"
    place = root if atom else root.find("channel")
    if place is None:
        raise ValueError("the feed has no channel")
    date = str(entry.get("updated") or "")
    date = date if atom or not date else _rfc822(date)
    if (old := _found(root, str(entry["id"]))) is not None and (above := old.getparent()) is not None:
        date = date or old.findtext(f"{_ATOM}updated" if atom else "pubDate") or ""
        above.remove(old)
    made = _atom(entry, date) if atom else _rss(entry, date)
    name = f"{_ATOM}entry" if atom else "item"
    others = place.findall(name)
    at = place.index(others[0]) if others else len(place)
    before = others[0].getprevious() if others else None
    made.tail = before.tail if before is not None else "\n"
    place.insert(at, made)
    updated = place.find(f"{_ATOM}updated" if atom else "lastBuildDate")
    if updated is not None and _moment(date) > _moment(updated.text or ""):
        updated.text = date
    made_of_it = bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="utf-8")) + b"\n"
    return made_of_it.replace(b"\n", b"\r\n") if b"\r\n" in feed else made_of_it


def _root(feed: bytes) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    try:
        root: _Element = etree.fromstring(feed, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the feed is no XML: {error.msg}") from None
    if root.tag not in (f"{_ATOM}feed", "rss"):
        raise ValueError("the file is neither an Atom feed nor RSS")
    return root


def _found(root: _Element, id: str) -> _Element | None:
    for entry in (*root.iter(f"{_ATOM}entry"), *root.iter("item")):
        for name in (f"{_ATOM}id", "guid"):
            if (entry.findtext(name) or "").strip() == id:
                return entry
    return None


def _atom(entry: Mapping[str, Any], date: str) -> _Element:
    from lxml import etree

    made = etree.Element(f"{_ATOM}entry")
    for name, value in (*((name, entry.get(name)) for name in ("title", "id", "summary")), ("updated", date)):
        if value:
            etree.SubElement(made, f"{_ATOM}{name}").text = str(value)
    etree.SubElement(made, f"{_ATOM}link", rel="alternate", href=str(entry["link"]))
    for tag in entry.get("tags", ()):
        etree.SubElement(made, f"{_ATOM}category", term=str(tag))
    return made


def _rss(entry: Mapping[str, Any], date: str) -> _Element:
    from lxml import etree

    made = etree.Element("item")
    for name, value in (("title", entry["title"]), ("link", entry["link"]), ("description", entry.get("summary"))):
        if value:
            etree.SubElement(made, name).text = str(value)
    etree.SubElement(made, "guid", isPermaLink="false").text = str(entry["id"])
    etree.SubElement(made, "pubDate").text = date
    for tag in entry.get("tags", ()):
        etree.SubElement(made, "category").text = str(tag)
    return made


def _moment(written: str) -> float:
    """A date as either kind of feed has it, in seconds since the epoch; one that is none is older than all others."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with contextlib.suppress(ValueError):
            return read(written.strip()).timestamp()
    return float("-inf")


def _rfc822(moment: str) -> str:
    return format_datetime(datetime.fromisoformat(moment))
