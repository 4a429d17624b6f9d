"""What a ledger holds and hands out: rows, claims, events. Plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["planned", "sending", "unknown", "published", "failed", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One part of one delivery as the ledger knows it. Times are seconds since the epoch.

    `first_sent_at`: when the first try that may have had an effect left. `settle_until`: when no such try can
    still arrive. `not_before`: the platform asked not to be called earlier. `live`: a process that is still
    running owns it. `title`, `path` and `certain` are the post's when it was sent (see `Post`). `kept`: the
    fingerprint of a later version that a person did not want in the place of what was edited there by hand. `tried`:
    the version, as JSON, that an update without an answer may have left there.
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
    kept: str | None = None
    tried: str | None = None
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
    """One line of the append-only log. `who`: the machine and process that wrote it, where that is known."""

    at: float
    post_key: str
    target: str
    part: int
    fence: int
    what: str
    detail: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A whole delivery: its parts, and its lines of the log."""

    rows: tuple[Row, ...]
    events: tuple[Event, ...]


class Busy(Exception):
    """Another process that is alive holds the delivery."""


class ClaimLost(Exception):
    """The fence has moved on: somebody else has claimed the delivery since."""


def new_key(at: float) -> str:
    """A key for all tries at one part, 32 hexadecimal digits: `at` (seconds since the epoch) in milliseconds, and chance.

    An adapter makes ids and dates of it that have to stay the same (`Attempt.moment`).
    """
    return f"{int(at * 1000):012x}{os.urandom(10).hex()}"
