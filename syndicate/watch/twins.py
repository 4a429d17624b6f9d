"""Old entries under new ids: a blog that moves, or whose generator counts anew, changes every id at once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence

from ..feed import Entry
from ..ledger.agenda import KnownEntry
from ..post import normalise_url

#: Seconds by which the dates of one entry may differ under two ids: its time zone may have been told wrongly. A
#: column that has the same title every day is not one entry.
_SAME_DATE = 15 * 3600.0


#: Characters of a post's key: what a database's index takes of the longest ones.
_LONGEST_KEY = 500


def key_of(feed: str, entry: Entry, *, by_link: bool = True) -> str:
    """What the post of an entry is known by: its link, where that names it alone, else its id."""
    link = link_of(entry) if by_link else None
    key = f"url:{link}" if link else f"id:{feed}/{entry.id}"
    return key if len(key) <= _LONGEST_KEY else f"id:{feed}/{hashlib.sha256(key.encode()).hexdigest()}"


def link_of(entry: Entry) -> str | None:
    """The address that names this entry alone, normalised."""
    return normalise_url(entry.link) if entry.link and not entry.shared_link else None


class Twins:
    """The known entries that the feed no longer offers under their ids, by what tells them."""

    def __init__(self, known: Iterable[KnownEntry], present: set[str]) -> None:
        gone = [one for one in known if one.same_as is None and one.id not in present]
        self._links = _by(gone, lambda one: one.link)
        self._words = _by(gone, lambda one: one.words)
        self._titles = _by(gone, lambda one: one.title.casefold())
        self._taken: set[str] = set()

    def of(self, entry: Entry) -> tuple[KnownEntry | None, str]:
        """The entry that this one was; or, where that is not certain, the question in words.

        Certain: the same text; the same link or title, with one more thing in common. A link alone may be the home
        page's, which every entry has; a title alone a column's.
        """
        link, title, words = link_of(entry) or "", entry.title.casefold(), entry.words
        if found := self._free(self._words.get(words, ())):
            return self._take(found), ""
        for found in self._links.get(link, ()):
            if found.id not in self._taken and (found.title.casefold() == title or _same_date(entry, found)):
                return self._take(found), ""
        for found in self._titles.get(title, ()):
            if found.id not in self._taken and _same_date(entry, found):
                return self._take(found), ""
        if found := self._free(self._links.get(link, ())):
            return None, f"the entry that stood at {link} before, “{found.title}”, is gone: is it that one?"
        if found := self._free(self._titles.get(title, ())):
            return None, f"the entry that had this title before, {found.link or found.id}, is gone: is it that one?"
        return None, ""

    def _free(self, some: Sequence[KnownEntry]) -> KnownEntry | None:
        return next((one for one in some if one.id not in self._taken), None)

    def _take(self, found: KnownEntry) -> KnownEntry:
        self._taken.add(found.id)
        return found


def slid_in(entry: Entry, known: Iterable[KnownEntry], present: set[str]) -> str:
    """A question, where an entry may be an old one that took the place of one that was deleted.

    A feed offers its newest entries: one that is older than all that are known, and than this watch, was most likely
    there all the time, below them.
    """
    if entry.published is None:
        return ""
    began, oldest = math.inf, math.inf
    for one in known:
        began = min(began, one.noted_at)
        if one.id in present and one.published is not None:
            oldest = min(oldest, one.published)
    at = entry.published.timestamp()
    if oldest < math.inf and at < oldest and at < began:
        return "it is older than all that the feed had when it was first read: was another one deleted?"
    return ""


def _same_date(entry: Entry, known: KnownEntry) -> bool:
    if entry.published is None or known.published is None:
        return False
    return abs(entry.published.timestamp() - known.published) <= _SAME_DATE


def _by(known: Sequence[KnownEntry], what: Callable[[KnownEntry], str | None]) -> dict[str, list[KnownEntry]]:
    found: dict[str, list[KnownEntry]] = {}
    for one in known:
        if key := what(one):
            found.setdefault(key, []).append(one)
    return found
