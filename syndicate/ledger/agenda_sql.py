"""The agenda as SQL that both engines speak. All who write it hold one lock: what is read in a transaction stays so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from ..errors import UsageError
from .agenda import Agenda, EntryState, FeedState, KnownEntry, Queued
from .record import Busy
from .sql import SQLLedger, clean

_T = TypeVar("_T")
_Kind = TypeVar("_Kind", FeedState, KnownEntry, Queued)

#: Columns that hold 0 or 1.
_FLAGS = ("gone", "begun", "draft", "chosen")
#: What a poll does not lead out of into another state: a poll that was overtaken by another knows an older one.
_SETTLED = ("accepted", "edited")

# A refused place is tried again from the beginning; at a queued one only what is to be sent changes.
_RENEWED = ", ".join(
    [
        *("source = :source", "title = :title", "post = :post", "path = :path", "draft = :draft"),
        "feed = COALESCE(:feed, feed)",
        "reason = CASE state WHEN 'refused' THEN NULL ELSE reason END",
        "retry_at = CASE state WHEN 'refused' THEN NULL ELSE retry_at END",
        "tries = CASE state WHEN 'refused' THEN 0 ELSE tries END",
        "state = CASE state WHEN 'refused' THEN 'queued' ELSE state END",
    ]
)
_PLACE = "post_key = :post_key AND target = :target"


class SQLAgenda(Agenda):
    """See `Agenda`."""

    def __init__(self, ledger: SQLLedger) -> None:
        self._ledger = ledger
        self._feeds, self._entries, self._queue = (f"{ledger.SCHEMA}{name}" for name in ("feeds", "entries", "queue"))

    # ------------------------------------------------------------------ reading

    def feeds(self) -> dict[str, FeedState]:
        return {feed.name: feed for feed in self._read(FeedState, self._feeds, "ORDER BY name", {})}

    def entries(self, feed: str | None = None, states: Sequence[EntryState] = ()) -> list[KnownEntry]:
        wanted = {f"state{number}": state for number, state in enumerate(states)}
        tests = ["feed = :feed"] if feed is not None else []
        tests += [f"state IN ({', '.join(f':{name}' for name in wanted)})"] if wanted else []
        more = f"{_where(tests)} ORDER BY noted_at, number"
        return self._read(KnownEntry, self._entries, more, {"feed": feed, **wanted})

    def named(self, name: str) -> list[KnownEntry]:
        more = "WHERE post IS NOT NULL AND (id = :name OR link = :name OR post_key = :name) ORDER BY noted_at, number"
        return self._read(KnownEntry, self._entries, more, {"name": name})

    def queue(self, post_key: str | None = None, target: str | None = None) -> list[Queued]:
        given = {name: value for name, value in (("post_key", post_key), ("target", target)) if value is not None}
        tests = [f"{name} = :{name}" for name in given]
        return self._read(Queued, self._queue, f"{_where(tests)} ORDER BY added_at, number", given)

    def _read(self, kind: type[_Kind], table: str, more: str, values: Mapping[str, Any]) -> list[_Kind]:
        names = kind.__slots__
        flags = [name for name in _FLAGS if name in names]
        made = []
        for raw in self._ledger.read(f"SELECT {', '.join(names)} FROM {table} {more}", values):
            held = dict(raw)
            for name in flags:
                held[name] = bool(held[name])
            made.append(kind(**held))
        return made

    def unfinished(self) -> list[tuple[str, str]]:
        # The first test is that of the index.
        sql = (
            f"SELECT DISTINCT post_key, target FROM {self._ledger.PARTS} WHERE state <> 'published'"
            " AND state IN ('planned', 'sending', 'unknown') ORDER BY post_key, target"
        )
        return [(raw["post_key"], raw["target"]) for raw in self._ledger.read(sql, {})]

    def last_sent(self, target: str) -> float | None:
        return self._ledger.last_sent(target)

    def alone(self) -> AbstractContextManager[bool]:
        return self._ledger.alone()

    # ------------------------------------------------------------------ writing

    def poll(self, feed: FeedState, entries: Sequence[KnownEntry] = (), queue: Sequence[Queued] = ()) -> None:
        def steps() -> None:
            self._ledger.show_life()
            self._put_feeds([feed])
            self._put_entries(entries, polled=True)
            self._put_places(queue)

        self._durably(steps)

    def polled(self, feeds: Sequence[FeedState]) -> None:
        def steps() -> None:
            self._ledger.show_life()
            self._put_feeds(feeds)

        self._durably(steps)

    def decide(self, entry: KnownEntry, queue: Sequence[Queued] = ()) -> bool:
        def steps() -> bool:
            sql = f"SELECT digest FROM {self._entries} WHERE feed = :feed AND id = :id"
            known = self._ledger.read(sql, clean({"feed": entry.feed, "id": entry.id}))
            if known and known[0]["digest"] != clean({"digest": entry.digest})["digest"]:
                return False
            # No entry is without its feed. One that the config knows by another URL starts afresh.
            self._put_feeds([FeedState(name=entry.feed, url="")], also="NOTHING")
            self._put_entries([entry], polled=False)
            self._put_places(queue)
            return True

        return self._durably(steps)

    def enqueue(self, places: Sequence[Queued], *, anew: bool = False) -> None:
        def steps() -> None:
            if anew:
                given = {(place.post_key, place.target): _values(place) for place in places}.values()
                self._ledger.write_many(f"DELETE FROM {self._queue} WHERE {_PLACE}", _keys(given))
                self._ledger.write_many(_insert(self._queue, Queued), [*given])
            else:
                self._put_places(places)

        self._durably(steps)

    def cancel(self, post_key: str, target: str, *, reason: str) -> bool:
        sql = f"UPDATE {self._queue} SET state = 'cancelled', reason = :reason WHERE {_PLACE}"
        values = {"post_key": post_key, "target": target, "reason": reason}
        return self._durably(lambda: self._ledger.write(sql, values)) > 0

    def done(self, post_key: str, target: str, *, post: str | None = None) -> None:
        sql = f"DELETE FROM {self._queue} WHERE {_PLACE}" + (" AND post = :post" if post is not None else "")

        def steps() -> None:
            self._ledger.show_life()
            self._ledger.write(sql, {"post_key": post_key, "target": target, "post": post})

        self._durably(steps)

    def put_off(self, post_key: str, target: str, *, retry_at: float | None, refused: str | None = None) -> None:
        sets = "retry_at = :retry_at, tries = tries + 1"
        sets += ", state = 'refused', reason = :reason" if refused is not None else ""
        sql = f"UPDATE {self._queue} SET {sets} WHERE {_PLACE} AND state <> 'cancelled'"

        def steps() -> None:
            self._ledger.show_life()
            self._ledger.write(sql, {"post_key": post_key, "target": target, "retry_at": retry_at, "reason": refused})

        self._durably(steps)

    def _durably(self, steps: Callable[[], _T]) -> _T:
        try:
            return self._ledger.durably(steps, "agenda", "")
        except Busy:
            raise UsageError(
                "another run holds the ledger's queue and does not go on", next="wait a minute, then run again"
            ) from None

    # ------------------------------------------------------------------ within a transaction

    def _put_feeds(self, feeds: Sequence[FeedState], *, also: str = "") -> None:
        also = also or "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in FeedState.__slots__[1:])
        sql = f"{_insert(self._feeds, FeedState)} ON CONFLICT (name) DO {also}"
        self._ledger.write_many(sql, [_values(feed) for feed in feeds])

    def _put_entries(self, entries: Iterable[KnownEntry], *, polled: bool) -> None:
        given = {(values["feed"], values["id"]): values for values in map(_values, entries)}
        known: dict[tuple[str, str], tuple[int, str]] = {}
        for feed in {feed for feed, _ in given}:
            sql = f"SELECT number, id, state FROM {self._entries} WHERE feed = :feed"
            for raw in self._ledger.read(sql, {"feed": feed}):
                known[feed, raw["id"]] = raw["number"], raw["state"]
        new, changed = [], []
        for key, values in given.items():
            number, state = known.get(key, (None, ""))
            if number is None:
                new.append(values)
            elif not polled or state not in _SETTLED or values["state"] in _SETTLED:
                changed.append(values | {"number": number})
        sets = ", ".join(f"{name} = :{name}" for name in KnownEntry.__slots__ if name not in ("feed", "id", "noted_at"))
        self._ledger.write_many(_insert(self._entries, KnownEntry), new)
        self._ledger.write_many(f"UPDATE {self._entries} SET {sets} WHERE number = :number", changed)

    def _put_places(self, places: Iterable[Queued]) -> None:
        for values in map(_values, places):
            if not self._ledger.write(f"UPDATE {self._queue} SET {_RENEWED} WHERE {_PLACE}", values):
                self._ledger.write(_insert(self._queue, Queued), values)


def _where(tests: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(tests)}" if tests else ""


def _insert(table: str, kind: type[FeedState | KnownEntry | Queued]) -> str:
    names = kind.__slots__
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


def _values(item: FeedState | KnownEntry | Queued) -> dict[str, Any]:
    """As the columns hold it."""
    values = clean({name: getattr(item, name) for name in item.__slots__})
    return {name: int(value) if isinstance(value, bool) else value for name, value in values.items()}


def _keys(places: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: place[name] for name in ("post_key", "target")} for place in places]
