"""The ledger in one SQLite file: WAL, full sync, `BEGIN IMMEDIATE`, and a lock of the kernel for liveness."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..clock import Steady, no_steady, steady
from ..errors import UsageError
from .owner import Owner, alive, sole
from .record import Intent, Row
from .schema import APPLICATION_ID, MIGRATIONS, VERSION, damage
from .sql import FIRST_SENT, SQLLedger, clean

_T = TypeVar("_T")

#: Seconds to wait for another process's transaction; theirs take milliseconds.
BUSY_TIMEOUT = 30.0
#: Seconds by which the wall clock must have been stepped to count: reading two clocks takes time.
_STEPPED = 1.0


class SQLiteLedger(SQLLedger):
    """See `Ledger`. `now` stamps the log, seconds since the epoch; `steady`: see `clock`."""

    PARTS = "parts"
    LOG = "log"
    SETTLES = (
        ", boot = :boot, settle_steady = :settle_steady, first_steady = CASE WHEN first_sent_at IS NULL THEN :steady"
        " WHEN boot = :boot THEN first_steady ELSE NULL END"
    )
    GONE = "the process that sent it is gone"

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        now: Callable[[], float] = time.time,
        steady: Steady | None = None,
        busy_timeout: float = BUSY_TIMEOUT,
    ) -> None:
        self._path = path
        self._now = now
        self._steady = steady or _steady_beside(now)
        self._owners = path.with_name(path.name + ".owners")
        self._owner: Owner | None = None
        self._read_only = read_only
        with _explained(path):
            if not path.exists():
                _create(path)
            if (what := damage(path)) is not None:
                raise UsageError(f"{path}: {what[0]}", next=what[1])
            self._db = _connect(path, busy_timeout, read_only)
            try:
                if read_only and _version(self._db) < VERSION:
                    self._db = _copy_in_memory(self._db)
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.row_factory = sqlite3.Row
                _migrate(self._db)
            except BaseException:
                self._db.close()  # takes SQLite's own files beside it away again
                raise

    def now(self) -> float:
        return self._now()

    def durably(self, steps: Callable[[], _T], key: str, target: str, *, lasting: bool = True) -> _T:  # noqa: ARG002
        with _explained(self._path):
            if lasting:
                with _transaction(self._db):
                    return steps()
            # The next lasting commit takes this one to the disk with it: they share the write-ahead log.
            self._db.execute("PRAGMA synchronous = NORMAL")
            try:
                with _transaction(self._db):
                    return steps()
            finally:
                self._db.execute("PRAGMA synchronous = FULL")

    def read(self, sql: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        with _explained(self._path):
            return self._db.execute(sql, clean(values)).fetchall()

    def write(self, sql: str, values: Mapping[str, Any]) -> int:
        return self._db.execute(sql, clean(values)).rowcount

    def write_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._db.executemany(sql, map(clean, rows))

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        if self._read_only:
            yield True
            return
        path = self._path.with_name(self._path.name + ".watch")
        with _explained(path):
            descriptor = sole(path)
        try:
            yield descriptor is not None
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _name(self) -> str:
        if self._owner is None:
            with _explained(self._owners):
                self._owner = Owner(self._owners)
        return self._owner.name

    def _live(self, raw: Mapping[str, Any]) -> bool:
        name = raw["owner"]
        return self._owner.alive(name) if self._owner is not None else alive(self._owners, name)

    def _row(self, raw: Mapping[str, Any], living: dict[str, bool]) -> Row:
        with _explained(self._path):  # what stands in a damaged row
            return super()._row(raw, living)

    def _values(self, intent: Intent | None) -> dict[str, Any]:
        if intent is None:
            return {}
        boot, seconds = self._steady()
        settled = seconds + intent.settle_until - intent.at
        return {"boot": boot or None, "steady": seconds, "settle_steady": settled}

    def _times(self, raw: Mapping[str, Any]) -> dict[str, float | None]:
        """As the wall clock would have told them if it had always been as it is now."""
        times = super()._times(raw)
        boot, seconds = self._steady() if raw["boot"] else ("", 0.0)
        if not boot or raw["boot"] != boot:  # nothing that this machine sent before it started anew is under way
            return times
        for name, column in (("first_sent_at", "first_steady"), ("settle_until", "settle_steady")):
            told, steady = times[name], raw[column]
            if told is not None and steady is not None:
                wanted = self._now() + steady - seconds
                times[name] = wanted if abs(wanted - told) > _STEPPED else told
        return times

    def last_sent(self, target: str) -> float | None:
        # One row by the clock of this run of the machine, one by the wall clock; with max() SQLite gives the row of it.
        steady = "boot = :boot AND first_steady IS NOT NULL"
        sql = (
            "SELECT first_sent_at, boot, first_steady, NULL AS settle_until, NULL AS settle_steady,"
            f" max(CASE WHEN {steady} THEN first_steady ELSE first_sent_at END)"
            f" FROM {self.PARTS} WHERE {FIRST_SENT} GROUP BY ({steady}) IS TRUE"
        )
        found = self.read(sql, {"target": target, "boot": self._steady()[0]})
        return max((at for raw in found if (at := self._times(raw)["first_sent_at"]) is not None), default=None)

    def faults(self) -> list[str]:
        found = [raw["integrity_check"] for raw in self.read("PRAGMA integrity_check", {})]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        self._db.close()
        if self._owner is not None:
            self._owner.close()
            self._owner = None


def migrate(path: Path) -> tuple[int, int]:
    """Makes the ledger at `path`, or brings its tables up to date. Returns the schema before (0: none) and now."""
    before = 0
    if path.exists():
        with _explained(path), contextlib.closing(_connect(path, BUSY_TIMEOUT, read_only=True)) as db:
            before = _version(db)
    SQLiteLedger(path).close()
    return before, VERSION


def _steady_beside(now: Callable[[], float]) -> Steady:
    return steady if now is time.time else no_steady


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def _migrate(db: sqlite3.Connection) -> None:
    if _version(db) < VERSION:
        with _transaction(db):
            for step in MIGRATIONS[_version(db) :]:  # another process may have been first
                for statement in step:
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")


def _copy_in_memory(db: sqlite3.Connection) -> sqlite3.Connection:
    """For reading a ledger of an older version without writing to its file."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    with contextlib.closing(db):
        db.backup(copy)
    return copy


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # SQLite itself rolls back when the disk is full
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


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
