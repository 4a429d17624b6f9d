"""The ledger in a PostgreSQL database, for several machines: leases by the database's clock in the place of a lock.

Nothing here depends on a session: a pooler that hands out a connection for each transaction will do. A transaction
whose connection breaks is run again on a new one: each is written so that a second run of it does no harm. (When the
answer to its commit was lost it has run twice: the fence and the attempts have grown by two, the log has the line twice.)
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from ..clock import elapsed
from ..errors import UsageError
from .postgres_pass import Pass
from .record import Busy, Intent
from .sql import SQLLedger, clean

try:
    import psycopg
    from psycopg.rows import dict_row
except ImportError:
    raise UsageError(
        "a PostgreSQL ledger needs psycopg, which is not installed",
        next="pip install 'syndicate-posts[postgresql]'",
    ) from None

_T = TypeVar("_T")

#: Seconds for which a claim holds without a sign of life. Safe at any length: a claim that was overtaken changes
#: nothing. Shorter frees sooner what a dead process held; longer spares a slow one from being overtaken.
LEASE = 120.0
#: Seconds for which a broken connection is made anew: a database restarts within them.
PATIENCE = 20.0

_SAFE = """
SELECT set_config('synchronous_commit', 'on', true) FROM
    (SELECT current_setting('synchronous_commit') AS now) AS setting WHERE now IN ('off', 'local', 'remote_write')
"""
# A process that is stopped in the middle holds the lock on its delivery: the server ends it.
_LIMITS = """
SELECT set_config('lock_timeout', '10s', true), set_config('idle_in_transaction_session_timeout', '60s', true)
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('syndicate' || chr(10) || :key || chr(10) || :target, 0))"
_LIVE = "(lease_until > clock_timestamp()) IS TRUE AS leased"


class PostgresLedger(SQLLedger):
    """See `Ledger`.

    Args:
        url: As libpq takes it. What it does not say is taken from `PGPASSWORD` and its like.
        lease: See `LEASE`; seconds.
        patience: See `PATIENCE`; seconds.

    Raises:
        UsageError: not reachable, no ledger there, or one of another version.
    """

    SCHEMA = "syndicate."
    PARTS = "syndicate.parts"
    LOG = "syndicate.log"
    RENEWS = ", lease_until = clock_timestamp() + make_interval(secs => :lease)"
    GONE = "the run that sent it is gone, or has shown no sign of life for the length of its lease"

    def __init__(self, url: str, *, read_only: bool = False, lease: float = LEASE, patience: float = PATIENCE) -> None:
        from .postgres_schema import outdated

        logging.getLogger("psycopg").setLevel(logging.ERROR)  # its warnings name host and user
        self._url = url
        self._lease = lease
        self._patience = patience
        self._owner = os.urandom(12).hex()
        self._offset = 0.0
        self._inside = False
        self._pass = Pass(self)
        self._read_only = read_only
        with explained(url):
            self._db = self._connect()
            try:
                what = outdated(self._db)
            except BaseException:
                self._db.close()
                raise
        if what is not None:
            self._db.close()
            raise UsageError(f"{place(url)}: {what[0]}", next=what[1])

    def _connect(self) -> psycopg.Connection[dict[str, Any]]:
        db = connect(self._url)
        try:
            db.read_only = self._read_only
            before = elapsed()
            row = db.execute("SELECT extract(epoch FROM clock_timestamp())::float8 AS at").fetchone()
            assert row is not None
        except BaseException:
            db.close()
            raise
        self._offset = row["at"] - (before + elapsed()) / 2
        return db

    def now(self) -> float:
        """The database's clock, as it was when the connection was made, and this machine's steady one since."""
        return self._offset + elapsed()

    def durably(self, steps: Callable[[], _T], key: str, target: str, *, lasting: bool = True) -> _T:  # noqa: ARG002
        def transaction() -> _T:
            with self._db.transaction():
                self.write(_SAFE, {})
                self.write(_LIMITS, {})
                self.write(_LOCK, {"key": key, "target": target})
                self._inside = True
                try:
                    return steps()
                finally:
                    self._inside = False

        return self._persistently(transaction)

    def _persistently(self, call: Callable[[], _T]) -> _T:
        """Runs `call`; again, on a new connection, when the old one broke."""

        def attempt() -> _T:
            if self._db.closed or self._db.broken:
                self._db = self._connect()
            try:
                return call()
            except psycopg.errors.LockNotAvailable:
                raise Busy from None
            except psycopg.OperationalError:
                self._db.close()  # after a reset psycopg itself may take it for whole
                raise

        with explained(self._url):
            try:
                return attempt()
            except psycopg.OperationalError as error:
                if not _passes(error):
                    raise
            from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

            retrying = Retrying(
                retry=retry_if_exception(_passes),
                wait=wait_random_exponential(multiplier=0.05, max=2),
                stop=stop_after_delay(self._patience),
                reraise=True,
            )
            return retrying(attempt)

    def read(self, sql: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        def query() -> list[Mapping[str, Any]]:
            found = self._db.execute(_spelt(sql.replace("SELECT *", f"SELECT *, {_LIVE}", 1)), clean(values))
            return list(found.fetchall())

        # Within a transaction the whole of it is repeated, not this.
        return query() if self._inside else self._persistently(query)

    def write(self, sql: str, values: Mapping[str, Any]) -> int:
        return self._db.execute(_spelt(sql), clean(values)).rowcount

    def write_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with self._db.cursor() as cursor:
            cursor.executemany(_spelt(sql), [clean(values) for values in rows])

    def alone(self) -> AbstractContextManager[bool]:
        return contextlib.nullcontext(True) if self._read_only else self._pass.alone()

    def show_life(self) -> None:
        self._pass.show_life()

    def _name(self) -> str:
        return self._owner

    def _live(self, raw: Mapping[str, Any]) -> bool:
        leased: bool = raw["leased"]
        return leased

    def _values(self, intent: Intent | None) -> dict[str, Any]:  # noqa: ARG002
        return {"lease": self._lease}

    def faults(self) -> list[str]:
        """Settings with which a commit may be lost when the server loses its power."""
        wanted = {"fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
        names = "('" + "', '".join(wanted) + "')"
        found = self.read(f"SELECT name, setting FROM pg_settings WHERE name IN {names} ORDER BY name", {})
        return [
            f"the server's `{raw['name']}` is `{raw['setting']}`; it must be `{wanted[raw['name']]}`"
            for raw in found
            if raw["setting"] != wanted[raw["name"]]
        ]

    def close(self) -> None:
        self._db.close()


def migrate(url: str) -> tuple[int, int]:
    """Makes the tables, or brings them up to date. Returns the schema before (0: none) and now."""
    from .postgres_schema import bring_up_to_date

    with explained(url), contextlib.closing(connect(url)) as db:
        return bring_up_to_date(db)


def connect(url: str) -> psycopg.Connection[dict[str, Any]]:
    """A connection that does not wait for ever for a server that is gone. To be called within `explained`."""
    try:
        said = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its words repeat the URL
        raise UsageError(
            "state.url: not a PostgreSQL address that libpq understands",
            next="postgresql://user:password@host:5432/database?sslmode=require",
        ) from None
    given = {"connect_timeout": "10", "tcp_user_timeout": "20000", "application_name": "syndicate"}
    given |= {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3"}
    given |= {name: str(value) for name, value in said.items()}
    told = psycopg.conninfo.make_conninfo("", **(given | {"client_encoding": "utf8"}))
    # Prepared statements belong to a session, which a pooler may change under us.
    return psycopg.connect(told, autocommit=True, prepare_threshold=None, row_factory=dict_row)


def place(url: str) -> str:
    """The URL without what may be a secret in it."""
    try:
        given = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "postgresql://…"
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgresql://{given.get('host') or ''}{port}/{given.get('dbname') or ''}"


def _passes(error: BaseException) -> bool:
    """Whether the same transaction may succeed when it is run again: the connection broke, or two were in a tangle."""
    return isinstance(error, psycopg.OperationalError) and not isinstance(
        error, psycopg.errors.LockNotAvailable | psycopg.errors.DiskFull | psycopg.errors.InsufficientResources
    )


@functools.cache
def _spelt(sql: str) -> str:
    """Names of values as psycopg spells them."""
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", sql)


@contextlib.contextmanager
def explained(url: str) -> Iterator[None]:
    """The server's and libpq's words, without the URL's secrets, turned into what a person can do."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise _usage(error, url, "grant this role the rights on the schema `syndicate`") from None
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise _usage(error, url, "name the primary, not a standby") from None
    except psycopg.errors.UndefinedTable as error:
        raise _usage(error, url, "`syndicate ledger migrate`, then again") from None
    except psycopg.Error as error:
        raise _usage(error, url, "check that the database is up and that `state.url` is right") from None


def _usage(error: psycopg.Error, url: str, advice: str) -> UsageError:
    return UsageError(f"{place(url)}: {_words(error, url)}", next=advice)


def _words(error: psycopg.Error, url: str) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    with contextlib.suppress(psycopg.ProgrammingError):
        secret = psycopg.conninfo.conninfo_to_dict(url).get("password")
        said = said.replace(str(secret), "***") if secret else said
    return said.replace(url, "***")
