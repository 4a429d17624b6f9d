"""The agenda from one ledger to another. It has no log that would tell which of two sides has gone on from the other."""

from __future__ import annotations

from .agenda import Agenda, FeedState, KnownEntry, Queued
from .portable import Noted, line_of

_BOTH = "the two ledgers have it differently"
_WENT_ON = "the destination has gone on since"
#: States of an entry that is in the queue or went out.
_TAKEN = ("accepted", "edited")


class AgendaCopy:
    """Writes to `there` what it lacks of the items that are added. `close` must come last.

    A feed with its entries is one transaction, and so is the queue. What `there` has otherwise is replaced

    - in a feed and its entries when the source has asked that feed later;
    - in any case when an entry has been accepted in the source and not in the destination, never the other way round;
    - in the queue when the source has tried a place more often, or a person has taken it back there.

    Else it is left, and stands in `refused`. What only `there` has stays.
    """

    def __init__(self, there: Agenda) -> None:
        self.written = self.equal = 0
        self.refused: list[tuple[str, str]] = []
        self._there = there
        self._known: dict[str, FeedState] | None = None
        self._feeds: dict[str, FeedState] = {}
        self._entries: list[KnownEntry] = []
        self._places: list[Queued] = []

    def add(self, item: Noted) -> None:
        """The next item, in the order of `key_of`."""
        if isinstance(item, FeedState):
            self._feeds[item.name] = item
        elif isinstance(item, KnownEntry):
            if self._entries and self._entries[0].feed != item.feed:
                self._write_entries()
            self._entries.append(item)
        else:
            self._places.append(item)

    def close(self) -> None:
        """Writes what is left."""
        if self._entries:
            self._write_entries()
        for name in sorted(self._feeds):
            self._write_feed(self._feeds[name], [])
        self._write_places()

    def _write_entries(self) -> None:
        entries, self._entries = self._entries, []
        self._write_feed(self._feeds.pop(entries[0].feed), entries)

    def _write_feed(self, feed: FeedState, entries: list[KnownEntry]) -> None:
        """Together: a feed whose entries are not there yet would offer them all as new."""
        if self._known is None:
            self._known = self._there.feeds()
        theirs = self._known.get(feed.name)
        later = theirs is None or (feed.checked_at or 0.0) > (theirs.checked_at or 0.0)
        why = _BOTH if theirs is None or feed.checked_at == theirs.checked_at else _WENT_ON
        wanted = [feed] if self._wanted(feed, theirs, f"the feed {feed.name}", "" if later else why) else []
        known = {entry.id: entry for entry in self._there.entries(feed.name)} if theirs is not None else {}
        missing = []
        for entry in entries:
            found = known.get(entry.id)
            here, there = entry.state in _TAKEN, found is not None and found.state in _TAKEN
            stays = there > here or (not later and here == there)
            apart = found is not None and found.noted_at != entry.noted_at
            left = _BOTH if apart else why if stays else ""
            if self._wanted(entry, found, f"the entry {entry.id} of {feed.name}", left):
                missing.append(entry)
        if wanted or missing:
            self._there.poll(feed if wanted or theirs is None else theirs, missing)
            self.written += len(wanted) + len(missing)

    def _write_places(self) -> None:
        known = {(place.post_key, place.target): place for place in self._there.queue()} if self._places else {}
        missing = []
        for place in self._places:
            found = known.get((place.post_key, place.target))
            later = found is None or place.state == "cancelled" or place.tries > found.tries
            stays = found is not None and (found.state == "cancelled" or not later)
            if self._wanted(place, found, f"{place.source} → {place.target}, in the queue", _BOTH if stays else ""):
                missing.append(place)
        if missing:
            self._there.enqueue(missing, anew=True)
            self.written += len(missing)

    def _wanted(self, here: Noted, there: Noted | None, what: str, why: str) -> bool:
        """Whether it is to be written: it is missing, or differs and there is no reason to leave it."""
        if there is None:
            return True
        if line_of(here) == line_of(there):
            self.equal += 1
            return False
        if why:
            self.refused.append((what, why))
        return not why
