"""The ledger in one SQLite file: WAL, full sync, `BEGIN IMMEDIATE`, and a lock of the kernel for liveness."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import UsageError
from . import Busy, Claim, ClaimLost, Event, Intent, Ledger, Row, State
from .owner import Owner, alive
from .schema import APPLICATION_ID, COLUMNS, MIGRATIONS, REPLANNED, VERSION, damage

#: Seconds to wait for another process's transaction; theirs take milliseconds.
BUSY_TIMEOUT = 30.0

_SETTABLE = frozenset(Row.__dataclass_fields__) - {"post_key", "target", "part", "fence", "state", "live"}


class SQLiteLedger(Ledger):
    """See `Ledger`. `now` stamps the log; seconds since the epoch."""

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        now: Callable[[], float] = time.time,
        busy_timeout: float = BUSY_TIMEOUT,
    ) -> None:
        self._path = path
        self._now = now
        self._owners = path.with_name(path.name + ".owners")
        self._owner: Owner | None = None
        with _explained(path):
            if not path.exists():
                _create(path)
            if (what := damage(path)) is not None:
                raise UsageError(f"{path}: {what[0]}", next=what[1])
            self._db = _connect(path, busy_timeout, read_only)
            try:
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.row_factory = sqlite3.Row
                self._migrate(read_only)
            except BaseException:
                self._db.close()  # takes SQLite's own files beside it away again
                raise

    def _migrate(self, read_only: bool) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version < VERSION and not read_only:
            with self._transaction():
                for step in MIGRATIONS[version:]:
                    for statement in step:
                        self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {VERSION}")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with _explained(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, post_key: str | None = None, target: str | None = None) -> list[Row]:
        where = [f"{name} = ?" for name, value in (("post_key", post_key), ("target", target)) if value is not None]
        sql = "SELECT * FROM parts" + (" WHERE " + " AND ".join(where) if where else "")
        with _explained(self._path):
            found = self._db.execute(
                sql + " ORDER BY post_key, target, part", [v for v in (post_key, target) if v is not None]
            ).fetchall()
            living: dict[str, bool] = {}
            return [self._row(raw, living) for raw in found]

    def _row(self, raw: sqlite3.Row, living: dict[str, bool]) -> Row:
        owner = raw["owner"]
        if owner and owner not in living:
            living[owner] = alive(self._owners, owner)
        values = {name: raw[name] for name in COLUMNS}
        values |= {"payload": json.loads(raw["payload"])}
        values |= {"draft": bool(raw["draft"]), "certain": bool(raw["certain"])}
        return Row(**values, live=bool(owner) and living[owner])

    def known_as(self, path: str, title: str, *, certain: bool) -> list[tuple[str, str]]:
        sql = (
            "SELECT post_key, path FROM parts WHERE (path = ?1 OR title = ?2) AND path IS NOT NULL"
            " AND (certain = 0 OR ?3 = 0) AND state IN ('published', 'unknown', 'sending', 'waiting')"
            " GROUP BY post_key, path ORDER BY max(updated_at) DESC"
        )
        with _explained(self._path):
            return [(raw[0], raw[1]) for raw in self._db.execute(sql, (path, title, certain))]

    def claim(self, rows: Sequence[Row]) -> Claim:
        if self._owner is None:
            with _explained(self._owners):
                self._owner = Owner(self._owners)
        key, target = rows[0].post_key, rows[0].target
        with self._transaction():
            found = self._db.execute(
                "SELECT part, state, owner, fence FROM parts WHERE post_key = ? AND target = ?", (key, target)
            ).fetchall()
            for raw in found:
                if raw["owner"] and raw["owner"] != self._owner.name and self._owner.alive(raw["owner"]):
                    raise Busy
            fence = max((raw["fence"] for raw in found), default=0) + 1
            if all(raw["state"] in ("planned", "failed", "waiting") for raw in found):
                self._replan(rows, {raw["part"] for raw in found})
            self._db.execute(
                "UPDATE parts SET owner = ?, fence = ?, state = CASE state WHEN 'sending' THEN 'unknown' ELSE state END"
                " WHERE post_key = ? AND target = ?",
                (self._owner.name, fence, key, target),
            )
            for raw in found:
                if raw["state"] == "sending":
                    self._note(key, target, raw["part"], fence, "unknown", "the process that sent it is gone")
        return Claim(key, target, fence, tuple(self.rows(key, target)))

    def _replan(self, rows: Sequence[Row], known: set[int]) -> None:
        """Puts what would be sent now in the place of what was planned before. The attempt key stays."""
        key, target = rows[0].post_key, rows[0].target
        self._db.execute("DELETE FROM parts WHERE post_key = ? AND target = ? AND part >= ?", (key, target, len(rows)))
        for row in rows:
            values = {name: getattr(row, name) for name in COLUMNS}
            values["payload"] = json.dumps(dict(row.payload), ensure_ascii=False)
            if row.part in known:
                sets = ", ".join(f'"{name}" = :{name}' for name in REPLANNED)
                where = "post_key = :post_key AND target = :target AND part = :part"
                self._db.execute(f"UPDATE parts SET {sets} WHERE {where}", values)
            else:
                values |= {"idem_key": os.urandom(16).hex(), "updated_at": self._now()}
                quoted = ", ".join(f'"{name}"' for name in COLUMNS)
                given = ", ".join(f":{name}" for name in COLUMNS)
                self._db.execute(f"INSERT INTO parts ({quoted}) VALUES ({given})", values)

    def intend(self, claim: Claim, part: int, intent: Intent) -> None:
        with self._transaction():
            self._update(
                claim,
                part,
                "state = 'sending', attempts = attempts + 1, first_sent_at = COALESCE(first_sent_at, :at),"
                " settle_until = :settle, error_kind = NULL, error_message = NULL, error_next = NULL",
                {"at": intent.at, "settle": intent.settle_until},
                only=" AND state IN ('planned', 'failed', 'unknown', 'sending')",
            )
            self._note(claim.post_key, claim.target, part, claim.fence, "sending", "")

    def record(self, claim: Claim, part: int, state: State, at: float, **changes: Any) -> None:
        unknown = set(changes) - _SETTABLE
        if unknown:
            raise ValueError(f"not a column: {unknown}")
        if "payload" in changes:
            changes["payload"] = json.dumps(dict(changes["payload"]), ensure_ascii=False)
        sets = "".join(f', "{name}" = :{name}' for name in changes)
        with self._transaction():
            self._update(claim, part, f"state = :state{sets}", {"state": state, **changes, "updated_at": at})
            detail = changes.get("error_message") or changes.get("remote_url") or ""
            self._note(claim.post_key, claim.target, part, claim.fence, state, detail)

    def _update(self, claim: Claim, part: int, sets: str, values: dict[str, Any], *, only: str = "") -> None:
        """Compares the fence and the owner, and sets, in one statement."""
        assert self._owner is not None
        keys = {"key": claim.post_key, "tgt": claim.target, "prt": part, "fen": claim.fence, "own": self._owner.name}
        done = self._db.execute(
            f"UPDATE parts SET {sets}, updated_at = COALESCE(:updated_at, updated_at)"
            f" WHERE post_key = :key AND target = :tgt AND part = :prt AND fence = :fen AND owner = :own{only}",
            {"updated_at": None, **values, **keys},
        )
        if done.rowcount != 1:
            raise ClaimLost

    def release(self, claim: Claim) -> None:
        assert self._owner is not None
        with self._transaction():
            self._db.execute(
                "UPDATE parts SET owner = NULL WHERE post_key = ? AND target = ? AND fence = ? AND owner = ?",
                (claim.post_key, claim.target, claim.fence, self._owner.name),
            )

    def holds(self, claim: Claim) -> bool:
        rows = self.rows(claim.post_key, claim.target)
        return bool(rows) and all(row.fence == claim.fence for row in rows)

    def log(self, post_key: str | None = None) -> list[Event]:
        sql = "SELECT at, post_key, target, part, fence, what, detail FROM log WHERE ?1 IS NULL OR post_key = ?1"
        with _explained(self._path):
            return [Event(*raw) for raw in self._db.execute(sql + " ORDER BY id", (post_key,))]

    def _note(self, key: str, target: str, part: int, fence: int, what: str, detail: str) -> None:
        self._db.execute(
            "INSERT INTO log (at, post_key, target, part, fence, what, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._now(), key, target, part, fence, what, detail),
        )

    def close(self) -> None:
        self._db.close()
        if self._owner is not None:
            self._owner.close()
            self._owner = None


def _connect(path: Path, busy_timeout: float, read_only: bool) -> sqlite3.Connection:
    if read_only:
        # With no write-ahead log beside it the file is complete: `immutable` reads it without making one.
        wal = path.with_name(path.name + "-wal")
        mode = "mode=ro" if wal.exists() else "mode=ro&immutable=1"
        return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=busy_timeout)
    return sqlite3.connect(path, timeout=busy_timeout, isolation_level=None)


def _create(path: Path) -> None:
    """Makes the file whole before it gets its name: a crash or a second process never meets half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.urandom(6).hex()}.new")
    try:
        with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            for step in MIGRATIONS:
                for statement in step:
                    db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """SQLite's and the system's words, turned into what a person can do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        said = str(error)
        if "locked" in said or "busy" in said:
            raise UsageError(
                f"{path}: locked by another program ({said})", next="wait for it to end, then run again"
            ) from None
        if "readonly" in said or "unable to open" in said:
            raise UsageError(
                f"{path}: cannot be written ({said})", next="make the file and its folder writable"
            ) from None
        raise UsageError(f"{path}: {said}", next="check the disk; nothing was overwritten") from None
    except (sqlite3.DatabaseError, ValueError, TypeError, KeyError) as error:  # the latter: what stands in its rows
        raise UsageError(f"{path}: not a sound ledger ({error})", next="restore a backup; it was not touched") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}", next="check the path and its permissions") from None
