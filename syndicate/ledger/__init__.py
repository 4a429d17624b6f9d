"""The record of deliveries: rows and transitions. SQLite by default, PostgreSQL by URL.

A row is one part of one delivery. Its states, and who may change them::

    planned ──claim──▶ planned (owned) ──intend──▶ sending ──record──▶ published
       ▲                    │ crash: free again       │  │ refused ──▶ failed ──claim──▶ …
       │                    ▼                         │  └ certainly nothing happened ──▶ planned
       └──── absent ──── unknown ◀── crash, lost ─────┘
    waiting: a person was asked to post it by hand.

Every change after `claim` compares the fence: a number that grows with each claim. Whoever holds an old one
changes nothing.
"""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .record import Busy, Claim, ClaimLost, Event, Intent, Recorded, Row, State, new_key

if TYPE_CHECKING:
    from .agenda import Agenda

# fmt: off
__all__ = [
    "Busy", "Claim", "ClaimLost", "Event", "Intent", "Ledger", "Recorded", "Row", "State",
    "is_postgresql", "migrate", "new_key", "open_ledger", "sqlite_path",
]
# fmt: on


class Ledger(ABC):
    """The seam behind which an engine lives. Every method is one transaction; `intend`, `record`, `store` last."""

    @abstractmethod
    def now(self) -> float:
        """The clock that all who share this ledger go by; seconds since the epoch."""

    @abstractmethod
    def rows(self, post_key: str | None = None, target: str | None = None) -> list[Row]:
        """What is recorded, by post, target and part; all of it when nothing is named."""

    @abstractmethod
    def newest(self, posts: int) -> list[str]:
        """Keys of posts: those with a part that is not published, then those that changed last; `posts` of each."""

    @abstractmethod
    def known_as(self, path: str, title: str, *, certain: bool) -> list[tuple[str, str]]:
        """Under which keys, at which paths, a post may have been sent before that has no row under its own key.

        One at the same path, or (the file may have been moved) with the same title; the newest first. Of two
        identities that are both `certain` none is meant by the other.
        """

    @abstractmethod
    def named(self, name: str, target: str | None = None) -> list[str]:
        """The keys of the posts that a person may call `name`: their key, or the source that `status` shows."""

    @abstractmethod
    def holders(self, target: str, remote_id: str) -> list[tuple[str, int]]:
        """Which parts (key of the post, number) stand at `target` under the platform's id `remote_id`."""

    @abstractmethod
    def claim(self, rows: Sequence[Row]) -> Claim:
        """Takes a delivery: `rows` are its parts as they would be sent now.

        Missing parts are added. As long as no part has been sent, recorded parts are replaced by the new ones;
        once one has, they stay as they were begun. A `sending` row that a dead process left becomes `unknown`.

        Raises:
            Busy: a live process holds it.
        """

    @abstractmethod
    def intend(self, claim: Claim, part: int, intent: Intent) -> None:
        """Commits that the request for `part` is about to leave. Raises `ClaimLost`: then it must not."""

    @abstractmethod
    def record(self, claim: Claim, part: int, state: State, at: float, *, because: str = "", **changes: Any) -> None:
        """Commits an outcome: the new state and columns of `Row`. Raises `ClaimLost`.

        Args:
            because: What decided it, for the log; else the error's message or the address.
        """

    @abstractmethod
    def release(self, claim: Claim) -> None:
        """Gives the delivery back. Does nothing when the claim has been lost."""

    @abstractmethod
    def holds(self, claim: Claim) -> bool:
        """Whether no later claim was made."""

    @abstractmethod
    def log(self, post_key: str | None = None) -> list[Event]:
        """Every attempt and what became of it, oldest first."""

    @abstractmethod
    def deliveries(self) -> Iterator[Recorded]:
        """All that is recorded, delivery by delivery, by post and target."""

    @abstractmethod
    def store(self, recorded: Recorded) -> None:
        """Writes a whole delivery, in place of what this ledger had of it. For copies of a ledger at rest."""

    @property
    @abstractmethod
    def agenda(self) -> Agenda:
        """What the watch remembers beside the deliveries."""

    @abstractmethod
    def faults(self) -> list[str]:
        """What the engine itself finds wrong with its files or its settings, in words."""

    @abstractmethod
    def close(self) -> None: ...


class Nothing(Ledger):
    """An empty ledger that cannot be written: what a dry run reads where there is none yet."""

    def now(self) -> float:
        return time.time()

    def rows(self, post_key: str | None = None, target: str | None = None) -> list[Row]:  # noqa: ARG002
        return []

    def newest(self, posts: int) -> list[str]:  # noqa: ARG002
        return []

    def known_as(self, path: str, title: str, *, certain: bool) -> list[tuple[str, str]]:  # noqa: ARG002
        return []

    def named(self, name: str, target: str | None = None) -> list[str]:  # noqa: ARG002
        return []

    def holders(self, target: str, remote_id: str) -> list[tuple[str, int]]:  # noqa: ARG002
        return []

    def claim(self, rows: Sequence[Row]) -> Claim:
        raise NotImplementedError

    intend = record = release = holds = store = claim  # type: ignore[assignment]

    def log(self, post_key: str | None = None) -> list[Event]:  # noqa: ARG002
        return []

    def deliveries(self) -> Iterator[Recorded]:
        return iter(())

    @property
    def agenda(self) -> Agenda:
        from .agenda_empty import EmptyAgenda

        return EmptyAgenda()

    def faults(self) -> list[str]:
        return []

    def close(self) -> None:
        pass


def is_postgresql(url: str) -> bool:
    """Whether `url` names a PostgreSQL database, as libpq spells it."""
    return url.partition("://")[0] in ("postgresql", "postgres")


def sqlite_path(url: str, root: Path) -> Path:
    """The file of a `sqlite:///` URL; relative ones stand below `root`. Raises `UsageError` for other URLs."""
    scheme, _, rest = url.partition("://")
    if scheme != "sqlite" or not rest.startswith("/") or len(rest) < 2:
        # What stands after the scheme may be a password.
        raise UsageError(
            f"state.url: cannot open a `{scheme if _ else '?'}` ledger",
            next='write "sqlite:///path" (four slashes: from the root) or "postgresql://user@host/database"',
        )
    return root / os.path.expanduser(rest[1:])


def open_ledger(url: str, root: Path, *, read_only: bool = False) -> Ledger:
    """Opens the ledger at `url`. A SQLite one is made when it is not there (a read-only one is empty then).

    Raises:
        UsageError: not a ledger, damaged, from a newer version, locked, not writable, not reachable; no ledger yet
            in that database. Nothing is overwritten.
    """
    if is_postgresql(url):
        from .postgres import PostgresLedger

        return PostgresLedger(url, read_only=read_only)
    path = sqlite_path(url, root)
    if read_only and not path.exists():
        return Nothing()
    from .sqlite import SQLiteLedger

    return SQLiteLedger(path, read_only=read_only)


def migrate(url: str, root: Path) -> tuple[int, int]:
    """Makes the ledger at `url`, or brings its tables up to date. Returns the schema before (0: none) and now.

    Raises:
        UsageError: as `open_ledger`.
    """
    if is_postgresql(url):
        from .postgres import migrate as migrate_postgres

        return migrate_postgres(url)
    from .sqlite import migrate as migrate_sqlite

    return migrate_sqlite(sqlite_path(url, root))
