"""The transitions as SQL that both engines speak. What differs is below `SQLLedger`: transactions and liveness.

Statements name their values (`:key`); a `?`-less form that SQLite takes as it is.
"""

from __future__ import annotations

import json
import os
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from . import Ledger
from .record import Busy, Claim, ClaimLost, Event, Intent, Recorded, Row, State, new_key
from .schema import COLUMNS, REPLANNED

if TYPE_CHECKING:
    from .agenda import Agenda

_T = TypeVar("_T")
_SETTABLE = frozenset(Row.__dataclass_fields__) - {
    *("post_key", "target", "part", "fence", "state", "updated_at", "live")
}
#: Parts looked at for each post that is asked for, when the newest posts are: targets times parts of threads.
_PARTS_A_POST = 40
#: First parts that were, or may have been, published to `:target`.
FIRST_SENT = (
    "part = 0 AND target = :target AND state IN ('published', 'sending', 'unknown') AND first_sent_at IS NOT NULL"
)
_QUOTED = ", ".join(f'"{name}"' for name in COLUMNS)
_GIVEN = ", ".join(f":{name}" for name in COLUMNS)


class SQLLedger(Ledger):
    """See `Ledger`."""

    #: What stands before a table's name.
    SCHEMA: ClassVar[str] = ""
    #: Names of the tables.
    PARTS: ClassVar[str]
    LOG: ClassVar[str]
    #: What a claim and each change under it set besides.
    RENEWS: ClassVar[str] = ""
    #: What an intent sets besides.
    SETTLES: ClassVar[str] = ""
    #: Said of a `sending` row whose owner is gone.
    GONE: ClassVar[str]

    @abstractmethod
    def durably(self, steps: Callable[[], _T], key: str, target: str, *, lasting: bool = True) -> _T:
        """Runs `steps` in one transaction that no other on the same delivery runs beside.

        Durable when it returns, unless it need not outlive a loss of power: then nobody who was alive before is.
        """

    @abstractmethod
    def read(self, sql: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """What a query yields."""

    @abstractmethod
    def write(self, sql: str, values: Mapping[str, Any]) -> int:
        """How many rows a statement has changed. Only within `steps`."""

    @abstractmethod
    def write_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs a statement for each of `rows`, at once. Only within `steps`."""

    @abstractmethod
    def alone(self) -> AbstractContextManager[bool]:
        """See `Agenda.alone`."""

    def show_life(self) -> None:
        """Renews what `alone` holds, where that runs out. Only within `steps`."""

    @abstractmethod
    def _name(self) -> str:
        """This process's name as an owner."""

    @abstractmethod
    def _live(self, raw: Mapping[str, Any]) -> bool:
        """Whether the owner of a row still works on it."""

    def _values(self, intent: Intent | None) -> dict[str, Any]:  # noqa: ARG002
        """The values for `RENEWS` and `SETTLES`."""
        return {}

    def _times(self, raw: Mapping[str, Any]) -> dict[str, float | None]:
        """When a part was first sent, and when nothing sent can still arrive."""
        return {"first_sent_at": raw["first_sent_at"], "settle_until": raw["settle_until"]}

    # ------------------------------------------------------------------ reading

    def rows(self, post_key: str | None = None, target: str | None = None) -> list[Row]:
        given = {name: value for name, value in (("post_key", post_key), ("target", target)) if value is not None}
        where = " AND ".join(f"{name} = :{name}" for name in given)
        sql = f"SELECT * FROM {self.PARTS}" + (f" WHERE {where}" if where else "")
        living: dict[str, bool] = {}
        return [self._row(raw, living) for raw in self.read(f"{sql} ORDER BY post_key, target, part", given)]

    def _row(self, raw: Mapping[str, Any], living: dict[str, bool]) -> Row:
        values = {name: raw[name] for name in COLUMNS}
        owner = raw["owner"]
        if owner and owner not in living:
            living[owner] = self._live(raw)
        values["payload"] = json.loads(values["payload"])
        values["draft"], values["certain"] = bool(values["draft"]), bool(values["certain"])
        values |= self._times(raw)
        return Row(**values, live=bool(owner) and living[owner])

    def newest(self, posts: int) -> list[str]:
        parts, values = self.PARTS, {"posts": posts, "many": posts * _PARTS_A_POST}
        unfinished = f"SELECT DISTINCT post_key FROM {parts} WHERE state <> 'published' LIMIT :posts"
        changed = (
            f"SELECT post_key FROM (SELECT post_key, updated_at FROM {parts} ORDER BY updated_at DESC LIMIT :many)"
            " AS late GROUP BY post_key ORDER BY max(updated_at) DESC LIMIT :posts"
        )
        found = [*self.read(unfinished, values), *self.read(changed, values)]
        return list(dict.fromkeys(raw["post_key"] for raw in found))

    def known_as(self, path: str, title: str, *, certain: bool) -> list[tuple[str, str]]:
        sql = (
            f"SELECT post_key, path FROM {self.PARTS} WHERE (path = :path OR title = :title) AND path IS NOT NULL"
            + (" AND certain = 0" if certain else "")
            + " AND state IN ('published', 'unknown', 'sending', 'waiting')"
            " GROUP BY post_key, path ORDER BY max(updated_at) DESC"
        )
        return [(raw["post_key"], raw["path"]) for raw in self.read(sql, {"path": path, "title": title})]

    def named(self, name: str, target: str | None = None) -> list[str]:
        sql = f"SELECT DISTINCT post_key FROM {self.PARTS} WHERE (post_key = :name OR source = :name)"
        sql += " AND target = :target" if target is not None else ""
        return sorted(raw["post_key"] for raw in self.read(sql, {"name": name, "target": target}))

    def holders(self, target: str, remote_id: str) -> list[tuple[str, int]]:
        sql = f"SELECT post_key, part FROM {self.PARTS} WHERE target = :target AND remote_id = :id"
        return [(raw["post_key"], raw["part"]) for raw in self.read(sql, {"target": target, "id": remote_id})]

    def holds(self, claim: Claim) -> bool:
        sql = f"SELECT fence FROM {self.PARTS} WHERE post_key = :key AND target = :tgt"
        found = self.read(sql, {"key": claim.post_key, "tgt": claim.target})
        return bool(found) and all(raw["fence"] == claim.fence for raw in found)

    def log(self, post_key: str | None = None) -> list[Event]:
        return self._events("WHERE post_key = :key" if post_key is not None else "", {"key": post_key})

    def _events(self, where: str, values: Mapping[str, Any]) -> list[Event]:
        sql = f"SELECT at, post_key, target, part, fence, what, detail, who FROM {self.LOG} {where} ORDER BY id"
        return [Event(**{name: raw[name] for name in Event.__slots__}) for raw in self.read(sql, values)]

    def deliveries(self) -> Iterator[Recorded]:
        pairs = f"SELECT DISTINCT post_key, target FROM {self.PARTS} ORDER BY post_key, target"
        for raw in self.read(pairs, {}):
            key, target = raw["post_key"], raw["target"]
            events = self._events("WHERE post_key = :key AND target = :tgt", {"key": key, "tgt": target})
            yield Recorded(tuple(self.rows(key, target)), tuple(events))

    def last_sent(self, target: str) -> float | None:
        """See `Agenda.last_sent`."""
        (raw,) = self.read(f"SELECT max(first_sent_at) AS at FROM {self.PARTS} WHERE {FIRST_SENT}", {"target": target})
        at: float | None = raw["at"]
        return at

    @property
    def agenda(self) -> Agenda:
        from .agenda_sql import SQLAgenda

        return SQLAgenda(self)

    # ------------------------------------------------------------------ transitions

    def claim(self, rows: Sequence[Row]) -> Claim:
        me, key, target = self._name(), rows[0].post_key, rows[0].target
        fence = self.durably(lambda: self._claim(me, rows), key, target, lasting=False)
        return Claim(key, target, fence, tuple(self.rows(key, target)))

    def _claim(self, me: str, rows: Sequence[Row]) -> int:
        values = {"key": rows[0].post_key, "tgt": rows[0].target, "own": me}
        found = self.read(f"SELECT * FROM {self.PARTS} WHERE post_key = :key AND target = :tgt", values)
        if any(raw["owner"] and raw["owner"] != me and self._live(raw) for raw in found):
            raise Busy
        fence = max((raw["fence"] for raw in found), default=0) + 1
        if all(raw["state"] in ("planned", "failed", "waiting") for raw in found):
            self._replan(rows, {raw["part"] for raw in found})
        self.write(
            f"UPDATE {self.PARTS} SET owner = :own, fence = :fen,"
            f" state = CASE state WHEN 'sending' THEN 'unknown' ELSE state END{self.RENEWS}"
            " WHERE post_key = :key AND target = :tgt",
            {**values, **self._values(None), "fen": fence},
        )
        for raw in found:
            if raw["state"] == "sending":
                self._note(raw["post_key"], raw["target"], raw["part"], fence, "unknown", self.GONE)
        return fence

    def _replan(self, rows: Sequence[Row], known: set[int]) -> None:
        """Puts what would be sent now in the place of what was planned before. The attempt key stays."""
        values = {"key": rows[0].post_key, "tgt": rows[0].target, "count": len(rows)}
        self.write(f"DELETE FROM {self.PARTS} WHERE post_key = :key AND target = :tgt AND part >= :count", values)
        for row in rows:
            if row.part in known:
                sets = ", ".join(f'"{name}" = :{name}' for name in REPLANNED)
                where = "post_key = :post_key AND target = :target AND part = :part"
                self.write(f"UPDATE {self.PARTS} SET {sets} WHERE {where}", _columns(row))
            else:
                now = self.now()
                self._insert(_columns(row) | {"idem_key": new_key(now), "updated_at": now})

    def _insert(self, values: Mapping[str, Any]) -> None:
        self.write(f"INSERT INTO {self.PARTS} ({_QUOTED}) VALUES ({_GIVEN})", values)

    def intend(self, claim: Claim, part: int, intent: Intent) -> None:
        sets = (
            "state = 'sending', attempts = attempts + 1, first_sent_at = COALESCE(first_sent_at, :at),"
            f" settle_until = :settle, error_kind = NULL, error_message = NULL, error_next = NULL{self.SETTLES}"
        )
        values = {"at": intent.at, "settle": intent.settle_until, **self._values(intent)}

        def steps() -> None:
            self._update(claim, part, sets, values, only=" AND state IN ('planned', 'failed', 'unknown', 'sending')")
            self._note(claim.post_key, claim.target, part, claim.fence, "sending", "")

        self.durably(steps, claim.post_key, claim.target)

    def record(self, claim: Claim, part: int, state: State, at: float, *, because: str = "", **changes: Any) -> None:
        if unknown := set(changes) - _SETTABLE:
            raise ValueError(f"not a column: {unknown}")
        detail = because or changes.get("error_message") or changes.get("remote_url") or ""
        if "payload" in changes:
            changes["payload"] = _json(changes["payload"])
        sets = ", ".join(["state = :state", "updated_at = :at", *(f'"{name}" = :{name}' for name in changes)])
        values = {"state": state, "at": at, **self._values(None), **changes}

        def steps() -> None:
            self._update(claim, part, sets, values)
            self._note(claim.post_key, claim.target, part, claim.fence, state, detail)

        self.durably(steps, claim.post_key, claim.target)

    def _update(self, claim: Claim, part: int, sets: str, values: Mapping[str, Any], *, only: str = "") -> None:
        """Compares the fence and the owner, and sets, in one statement."""
        keys = {"key": claim.post_key, "tgt": claim.target, "prt": part, "fen": claim.fence, "own": self._name()}
        done = self.write(
            f"UPDATE {self.PARTS} SET {sets}{self.RENEWS}"
            f" WHERE post_key = :key AND target = :tgt AND part = :prt AND fence = :fen AND owner = :own{only}",
            {**values, **keys},
        )
        if done != 1:
            raise ClaimLost

    def release(self, claim: Claim) -> None:
        sql = (
            f"UPDATE {self.PARTS} SET owner = NULL"
            " WHERE post_key = :key AND target = :tgt AND fence = :fen AND owner = :own"
        )
        values = {"key": claim.post_key, "tgt": claim.target, "fen": claim.fence, "own": self._name()}
        self.durably(lambda: self.write(sql, values), claim.post_key, claim.target, lasting=False)

    def store(self, recorded: Recorded) -> None:
        key, target = recorded.rows[0].post_key, recorded.rows[0].target

        def steps() -> None:
            for table in (self.PARTS, self.LOG):
                self.write(f"DELETE FROM {table} WHERE post_key = :key AND target = :tgt", {"key": key, "tgt": target})
            for row in recorded.rows:
                self._insert(_columns(row))
            for event in recorded.events:
                self._append({name: getattr(event, name) for name in Event.__slots__})

        self.durably(steps, key, target)

    def _note(self, key: str, target: str, part: int, fence: int, what: str, detail: str) -> None:
        line = {"at": self.now(), "post_key": key, "target": target, "part": part, "fence": fence, "what": what}
        self._append({**line, "detail": detail, "who": f"{os.uname().nodename}:{os.getpid()}"})

    def _append(self, line: Mapping[str, Any]) -> None:
        names = Event.__slots__
        given = ", ".join(f":{name}" for name in names)
        self.write(f"INSERT INTO {self.LOG} ({', '.join(names)}) VALUES ({given})", line)


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """A database's text holds no half of a character, as file names and answers may, and PostgreSQL's no NUL."""
    return {
        name: value.replace("\0", "\ufffd").encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in values.items()
    }


def _columns(row: Row) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in COLUMNS}
    values["payload"] = _json(row.payload)
    # PostgreSQL does not take a boolean for a number.
    values["draft"], values["certain"] = int(row.draft), int(row.certain)
    return values


def _json(payload: Mapping[str, Any]) -> str:
    return json.dumps(dict(payload), ensure_ascii=False)
