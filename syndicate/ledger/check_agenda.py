"""What the watch's part of a ledger cannot rightly say. Reads, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..errors import word
from . import Ledger
from .agenda import FeedState, KnownEntry, Queued
from .check import Counts, Finding

_DAY = 86400.0
#: Seconds ahead of now beyond which nobody is put off: rate limits reset within a month.
_AHEAD = 31 * _DAY

_RESTORE = "put the newest sound copy or export of the ledger in its place"
_CLOCK = "set this machine's clock right"


def check_agenda(ledger: Ledger, counts: Counts) -> Iterator[Finding]:
    """Feed by feed with its entries, then the queue. A place whose post is published already is no fault: the next pass
    takes it out.
    """
    agenda, now = ledger.agenda, ledger.now()
    for name, feed in agenda.feeds().items():
        counts.feeds += 1
        yield from _feed(feed, now)
        seen: set[str] = set()
        for entry in agenda.entries(name):
            counts.entries += 1
            if entry.id in seen:
                yield _of_entry(entry, "it is there twice", _RESTORE)
            seen.add(entry.id)
            yield from _entry(entry)
    places: set[tuple[str, str]] = set()
    for place in agenda.queue():
        counts.queued += 1
        if (place.post_key, place.target) in places:
            yield _of_place(place, "it is there twice", _anew(place))
        places.add((place.post_key, place.target))
        yield from _place(place, now)


def _feed(feed: FeedState, now: float) -> Iterator[Finding]:
    if (feed.checked_at or 0.0) > now + _DAY:
        what = f"the feed {feed.name} was asked {_days(feed.checked_at, now)} from now"
        yield Finding(True, what, f"{_CLOCK}; the record itself can stay")
    if not feed.gone and (feed.not_before or 0.0) > now + _AHEAD:
        what = f"the feed {feed.name} is not asked for {_days(feed.not_before, now)}"
        yield Finding(False, what, "it may have said so itself; else the clock was wrong when it was asked")


def _entry(entry: KnownEntry) -> Iterator[Finding]:
    """One that may be sent, or was, says which post it is and what it held."""
    if entry.state in ("accepted", "edited") and not entry.post_key and not entry.same_as:
        yield _of_entry(entry, f"`{entry.state}`, but of no post", _RESTORE)
    if entry.state in ("review", "held", "edited") and entry.post is None:
        yield _of_entry(entry, f"`{entry.state}`, but there is nothing that could be sent", _RESTORE)
    if entry.post is not None and not _is_object(entry.post):
        yield _of_entry(entry, "its snapshot is not a JSON object", _RESTORE)


def _place(place: Queued, now: float) -> Iterator[Finding]:
    if not _is_object(place.post):
        yield _of_place(place, "its snapshot is not a JSON object", _anew(place))
    if place.tries < 0:
        yield _of_place(place, f"tried {place.tries} times", _anew(place))
    if (place.retry_at or 0.0) > now + _AHEAD:
        yield _of_place(place, f"put off for {_days(place.retry_at, now)}", f"{_CLOCK}; then {_anew(place)}")
    if place.added_at > now + _DAY:
        what = f"added {_days(place.added_at, now)} from now"
        yield _of_place(place, what, f"{_CLOCK}; the record itself can stay")


def _of_entry(entry: KnownEntry, what: str, repair: str) -> Finding:
    return Finding(True, f"the entry {entry.id} of {entry.feed}: {what}", repair)


def _of_place(place: Queued, what: str, repair: str) -> Finding:
    return Finding(True, f"in the queue: {what}", repair, place.source, place.target)


def _anew(place: Queued) -> str:
    return f"`syndicate cancel {word(place.source)} {word(place.target)}`, then queue it anew or publish it by hand"


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _days(at: float | None, now: float) -> str:
    return f"{((at or 0.0) - now) / _DAY:.0f} days"
