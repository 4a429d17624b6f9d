"""A ledger as lines of JSON: a header, a line for each item in order, and an end that says what came before it.

    {"syndicate":"ledger","format":2}
    {"delivery":{"parts":[…],"log":[…]}}
    {"feed":{…}}
    {"entry":{…}}
    {"queued":{…}}
    {"end":{"deliveries":1,"feeds":1,"entries":1,"queued":1,"sha256":"…"}}

The digest is over the bytes of the lines between: a file that was cut or altered is noticed, and the same items have
the same digest whichever engine holds them. Format 1, which is still read, had deliveries only, and only them counted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import IO, Any, TypeAlias, TypeVar, get_type_hints

from .agenda import FeedState, KnownEntry, Queued
from .portable_lines import FORMAT, HEADERS, Lines, Wrong, checked
from .record import Event, Recorded, Row
from .schema import COLUMNS

#: What the agenda holds.
Noted: TypeAlias = FeedState | KnownEntry | Queued
#: What a line tells.
Item: TypeAlias = Recorded | Noted

_ROW = {name: get_type_hints(Row)[name] for name in COLUMNS}
_EVENT = {name: get_type_hints(Event)[name] for name in Event.__slots__}
#: The agenda's kinds in the order of a file, by what their lines are called.
_KINDS: dict[str, type[Noted]] = {"feed": FeedState, "entry": KnownEntry, "queued": Queued}
_CALLED = {kind: called for called, kind in _KINDS.items()}
_HINTS = {kind: get_type_hints(kind) for kind in _KINDS.values()}
_T = TypeVar("_T", Row, Event, Noted)


class Tally:
    """How much went by, and the digest of its lines."""

    def __init__(self) -> None:
        self.deliveries = self.parts = self.events = 0
        self.feeds = self.entries = self.queued = 0
        self._digest = hashlib.sha256()

    def add(self, item: Item, line: bytes) -> None:
        if isinstance(item, Recorded):
            self.deliveries += 1
            self.parts += len(item.rows)
            self.events += len(item.events)
        self.feeds += isinstance(item, FeedState)
        self.entries += isinstance(item, KnownEntry)
        self.queued += isinstance(item, Queued)
        self._digest.update(line)

    @property
    def noted(self) -> int:
        """How much of the agenda."""
        return self.feeds + self.entries + self.queued

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def __str__(self) -> str:
        counts = [
            (self.deliveries, "delivery", "deliveries"),
            (self.parts, "part", "parts"),
            (self.events, "line of the log", "lines of the log"),
        ]
        if self.noted:
            counts += [
                (self.feeds, "feed", "feeds"),
                (self.entries, "entry", "entries"),
                (self.queued, "place in the queue", "places in the queue"),
            ]
        return ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counts)


def key_of(item: Item) -> tuple[int, str, str]:
    """Which item it is, by its kind and its names. In the order of these they stand in a file."""
    if isinstance(item, Recorded):
        return 0, item.rows[0].post_key, item.rows[0].target
    if isinstance(item, FeedState):
        return 1, item.name, ""
    return (2, item.feed, item.id) if isinstance(item, KnownEntry) else (3, item.post_key, item.target)


def plain(recorded: Recorded) -> Recorded:
    """The delivery without what an engine cannot keep: who holds it, and NUL characters, which PostgreSQL lacks."""
    rows = tuple(_without_nul(replace(row, live=False), _ROW) for row in recorded.rows)
    return Recorded(rows, tuple(_without_nul(event, _EVENT) for event in recorded.events))


def _without_nul(value: _T, names: Iterable[str]) -> _T:
    changes: dict[str, Any] = {
        name: held.replace("\0", "\ufffd")
        for name in names
        if isinstance(held := getattr(value, name), str) and "\0" in held
    }
    return replace(value, **changes) if changes else value


def line_of(item: Item) -> bytes:
    """An item as a line. The order of a payload's keys stays: its fingerprint hangs on it."""
    if not isinstance(item, Recorded):
        hints = _HINTS[type(item)]
        held = _without_nul(item, hints)
        return _line({_CALLED[type(item)]: {name: getattr(held, name) for name in hints}})
    recorded = plain(item)
    parts = [{name: getattr(row, name) for name in _ROW} for row in recorded.rows]
    log = [{name: getattr(event, name) for name in _EVENT} for event in recorded.events]
    return _line({"delivery": {"parts": parts, "log": log}})


def _line(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode()


def dump(items: Iterable[Item], write: Callable[[bytes], object]) -> Tally:
    """Writes items, which come in order, as a whole file."""
    tally = Tally()
    write(_line(HEADERS[FORMAT]))
    for item in items:
        line = line_of(item)
        tally.add(item, line)
        write(line)
    write(_line(_end(tally, FORMAT)))
    return tally


def _end(tally: Tally, form: int) -> dict[str, Any]:
    counts = ("deliveries", "feeds", "entries", "queued") if form > 1 else ("deliveries",)
    return {"end": {**{name: getattr(tally, name) for name in counts}, "sha256": tally.sha256}}


def load(file: IO[bytes], name: str) -> Iterator[Item]:
    """The items of a file, from its beginning. It is sound only when this has come to its end without an error.

    Args:
        file: Can seek.
        name: What it is called in messages.

    Raises:
        UsageError: not such a file, from a newer version, cut, altered; with the number of the line.
    """
    file.seek(0)
    lines = Lines(file, name)
    form = lines.header()
    tally = Tally()
    before = (0, "", "")
    feeds: set[str] = set()
    while (found := lines.next()) and "end" not in found:
        try:
            item = _item(found) if form > 1 else _recorded(found)
        except Wrong as wrong:
            lines.refuse(str(wrong))
        if tally.deliveries + tally.noted and key_of(item) <= before:
            lines.refuse("out of order, or an item that was there before")
        before = key_of(item)
        if isinstance(item, FeedState):
            feeds.add(item.name)
        elif isinstance(item, KnownEntry) and item.feed not in feeds:
            lines.refuse("an entry of a feed that is not there")
        tally.add(item, lines.raw)
        yield item
    if not found:
        lines.refuse("the end is missing: the file was cut")
    if found != _end(tally, form):
        lines.refuse("the end does not agree with what stands before it: the file was altered, or lines are missing")
    if file.read(1):
        lines.refuse("something follows the end")


def _item(found: Mapping[str, Any]) -> Item:
    (called,) = found if len(found) == 1 else ("",)
    if called == "delivery":
        return _recorded(found)
    if (kind := _KINDS.get(called)) is None:
        raise Wrong("neither a delivery, nor a feed, an entry or a place in the queue, nor the end")
    item = _without_nul(kind(**checked(called, found[called], _HINTS[kind])), _HINTS[kind])
    _writable(item)
    return item


def _recorded(found: Mapping[str, Any]) -> Recorded:
    delivery = found.get("delivery")
    if len(found) != 1 or not isinstance(delivery, dict) or set(delivery) != {"parts", "log"}:
        raise Wrong("neither a delivery with `parts` and `log` nor the end")
    if not isinstance(delivery["parts"], list) or not isinstance(delivery["log"], list) or not delivery["parts"]:
        raise Wrong("`parts` and `log` must be lists, and there must be a part")
    # Format 1 did not have `tried` yet.
    given = [{"tried": None, **part} if isinstance(part, dict) else part for part in delivery["parts"]]
    rows = tuple(Row(**checked("parts", part, _ROW)) for part in given)
    events = tuple(Event(**checked("log", event, _EVENT)) for event in delivery["log"])
    keys = {(row.post_key, row.target) for row in rows} | {(event.post_key, event.target) for event in events}
    if len(keys) != 1:
        raise Wrong("one delivery has one `post_key` and one `target`")
    if [row.part for row in rows] != sorted({row.part for row in rows}):
        raise Wrong("the same part twice, or parts out of order")
    recorded = plain(Recorded(rows, events))
    _writable(recorded)
    return recorded


def _writable(item: Item) -> None:
    try:
        line_of(item)
    except (ValueError, RecursionError):
        raise Wrong("a number out of range, half a character (a lone surrogate), or nested too deep") from None
