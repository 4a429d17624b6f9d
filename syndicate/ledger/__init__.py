"""The record of deliveries: rows and transitions. SQLite by default; the URL chooses the engine.

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
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..errors import UsageError

__all__ = ["Busy", "Claim", "ClaimLost", "Event", "Intent", "Ledger", "Row", "State", "open_ledger"]

State = Literal["planned", "sending", "unknown", "published", "failed", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One part of one delivery as the ledger knows it. Times are seconds since the epoch.

    `first_sent_at`: when the first try that may have had an effect left. `settle_until`: when no such try can
    still arrive. `not_before`: the platform asked not to be called earlier. `live`: a process that is still
    running owns it. `title`, `path` and `certain` are the post's when it was sent (see `Post`).
    """

    post_key: str
    target: str
    part: int
    parts: int
    adapter: str
    source: str
    state: State
    payload: Mapping[str, Any]
    encoding: Literal["json", "form"] = "json"
    text: str = ""
    count: int = 0
    limit: int = 0
    fingerprint: str
    idem_key: str = ""
    title: str = ""
    path: str | None = None
    certain: bool = True
    draft: bool = False
    fence: int = 0
    attempts: int = 0
    first_sent_at: float | None = None
    settle_until: float | None = None
    not_before: float | None = None
    remote_id: str | None = None
    remote_url: str | None = None
    error_kind: str | None = None
    error_message: str | None = None
    error_next: str | None = None
    updated_at: float = 0.0
    live: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """What is committed before a request leaves."""

    at: float
    settle_until: float


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to change one delivery, until a later claim."""

    post_key: str
    target: str
    fence: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only log."""

    at: float
    post_key: str
    target: str
    part: int
    fence: int
    what: str
    detail: str


class Busy(Exception):
    """Another process that is alive holds the delivery."""


class ClaimLost(Exception):
    """The fence has moved on: somebody else has claimed the delivery since."""


class Ledger(ABC):
    """The seam behind which an engine lives. Every method is one durable transaction."""

    @abstractmethod
    def rows(self, post_key: str | None = None, target: str | None = None) -> list[Row]:
        """What is recorded, by post, target and part; all of it when nothing is named."""

    @abstractmethod
    def known_as(self, path: str, title: str, *, certain: bool) -> list[tuple[str, str]]:
        """Under which keys, at which paths, a post may have been sent before that has no row under its own key.

        One at the same path, or (the file may have been moved) with the same title; the newest first. Of two
        identities that are both `certain` none is meant by the other.
        """

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
    def record(self, claim: Claim, part: int, state: State, at: float, **changes: Any) -> None:
        """Commits an outcome: the new state and columns of `Row`. Raises `ClaimLost`."""

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
    def close(self) -> None: ...


class Nothing(Ledger):
    """An empty ledger that cannot be written: what a dry run reads where there is none yet."""

    def rows(self, post_key: str | None = None, target: str | None = None) -> list[Row]:  # noqa: ARG002
        return []

    def known_as(self, path: str, title: str, *, certain: bool) -> list[tuple[str, str]]:  # noqa: ARG002
        return []

    def claim(self, rows: Sequence[Row]) -> Claim:
        raise NotImplementedError

    intend = record = release = holds = claim  # type: ignore[assignment]

    def log(self, post_key: str | None = None) -> list[Event]:  # noqa: ARG002
        return []

    def close(self) -> None:
        pass


def sqlite_path(url: str, root: Path) -> Path:
    """The file of a `sqlite:///` URL; relative ones stand below `root`. Raises `UsageError` for other URLs."""
    scheme, _, rest = url.partition("://")
    if scheme != "sqlite" or not rest.startswith("/") or len(rest) < 2:
        raise UsageError(
            f"state.url: cannot open a `{scheme}` ledger", next='write "sqlite:///path" (four slashes: from the root)'
        )
    return root / os.path.expanduser(rest[1:])


def open_ledger(url: str, root: Path, *, read_only: bool = False) -> Ledger:
    """Opens the ledger at `url`, making it when it is not there (a read-only one is empty then).

    Raises:
        UsageError: not a ledger, damaged, from a newer version, locked, or not writable. Nothing is overwritten.
    """
    path = sqlite_path(url, root)
    if read_only and not path.exists():
        return Nothing()
    from .sqlite import SQLiteLedger

    return SQLiteLedger(path, read_only=read_only)
