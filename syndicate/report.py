"""What became of each delivery: the rows of `--json`, and the exit code that follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from .adapter import Draft
from .errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, Rejected, Unauthorized
from .ledger import Row

Action = Literal["create", "update", "skip", "wait", "resolve", "handoff", "refuse"]


class Exit(IntEnum):
    """Exit codes. When several apply, the first of 2, 3, 1, 75, 0 that does."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PERSON = 3
    LATER = 75


_PRECEDENCE = (Exit.USAGE, Exit.PERSON, Exit.FAILED, Exit.LATER, Exit.DONE)

#: Kind of what waits for its time: nothing is wrong with it.
SCHEDULED = "Scheduled"
#: Kind of what a person posts by hand.
HANDOFF = "Handoff"
#: Kind of what would cost more than the run may.
OVER_BUDGET = "OverBudget"
#: Kind of what would show a picture that is not on the web yet.
PICTURE_MISSING = "PictureMissing"

#: What each kind of problem asks for. Kinds that are not here failed for good.
_EXITS = {
    OutcomeUnknown.__name__: Exit.PERSON,
    Unauthorized.__name__: Exit.PERSON,
    NotEntitled.__name__: Exit.PERSON,
    HANDOFF: Exit.PERSON,
    OVER_BUDGET: Exit.PERSON,
    "Edited": Exit.PERSON,
    "Gone": Exit.PERSON,
    "RateLimited": Exit.LATER,
    "Unavailable": Exit.LATER,
    "Busy": Exit.LATER,
    SCHEDULED: Exit.LATER,
    PICTURE_MISSING: Exit.LATER,
    "UsageError": Exit.USAGE,
    Rejected.__name__: Exit.FAILED,
    Duplicate.__name__: Exit.FAILED,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way: `kind` is the failure's name, `next` what to do about it."""

    kind: str
    message: str
    next: str

    @classmethod
    def of(cls, failure: Failure) -> Problem:
        return cls(failure.kind, failure.message, failure.next)

    @property
    def exit(self) -> Exit:
        return _EXITS.get(self.kind, Exit.FAILED)


BUSY = Problem("Busy", "another run is sending this right now", "run again when it has ended")


@dataclass(frozen=True, slots=True)
class Online:
    """What stands at the platform now, against what was sent. `problem`: why it could not be told, or what is off."""

    state: Literal["as sent", "edited", "gone", "unasked", "failed"]
    message: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """What a person was given to post by hand: a folder with the texts, a page to open, a text to copy, the steps."""

    folder: str
    open: str
    copy: str
    steps: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"folder": self.folder, "open": self.open, "steps": list(self.steps)}


@dataclass(frozen=True, slots=True)
class Sent:
    """A part as `--json` shows it."""

    fingerprint: str
    payload: Any
    count: int
    limit: int
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"fingerprint": self.fingerprint, "payload": self.payload, "count": self.count, "limit": self.limit}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One post to one target, as far as it has come."""

    post: str
    target: str
    adapter: str
    action: Action
    state: str
    url: str | None = None
    remote_id: str | None = None
    parts: tuple[Sent, ...] = ()
    warnings: tuple[str, ...] = ()
    error: Problem | None = None
    cost: float = field(default=0.0)
    #: Only where the platform was asked.
    online: Online | None = None
    #: Only where a person posts by hand.
    handed: Handed | None = None

    @property
    def scheduled(self) -> bool:
        """Whether it only waits for its time."""
        return self.error is not None and self.error.kind == SCHEDULED

    def as_json(self) -> dict[str, Any]:
        more = {"handoff": self.handed.as_json()} if self.handed else {}
        asked = {"online": {"state": self.online.state, "message": self.online.message}} if self.online else {}
        return {
            "post": self.post,
            "target": self.target,
            "adapter": self.adapter,
            "action": self.action,
            "state": self.state,
            "url": self.url,
            "remote_id": self.remote_id,
            "parts": [part.as_json() for part in self.parts],
            "warnings": list(self.warnings),
            "error": {"kind": self.error.kind, "message": self.error.message, "next": self.error.next}
            if self.error
            else None,
            **more,
            **asked,
        }


def exit_code(deliveries: Iterable[Delivery]) -> Exit:
    """The exit code of a run: the most pressing of its deliveries', never that of the last one."""
    return pressing(delivery.error for delivery in deliveries)


def pressing(problems: Iterable[Problem | None]) -> Exit:
    """The exit code of several problems."""
    return first_of(problem.exit for problem in problems if problem)


def first_of(codes: Iterable[Exit]) -> Exit:
    """The most pressing of several exit codes."""
    found = {*codes, Exit.DONE}
    return next(code for code in _PRECEDENCE if code in found)


def parts_of(draft: Draft | None) -> tuple[Sent, ...]:
    """The parts of a draft."""
    if draft is None:
        return ()
    return tuple(Sent(p.fingerprint, dict(p.payload), p.count, p.limit, p.text) for p in draft.parts)


def recorded_parts(rows: Sequence[Row]) -> tuple[Sent, ...]:
    """The parts as the ledger has them."""
    return tuple(Sent(r.fingerprint, dict(r.payload), r.count, r.limit, r.text) for r in rows)


def state_of(rows: Sequence[Row]) -> str:
    """The state of a delivery: that of the part that is furthest behind or in doubt."""
    # What a dead process was sending may or may not have arrived.
    states = ["unknown" if row.state == "sending" and not row.live else row.state for row in rows]
    for state in ("unknown", "sending", "failed", "waiting", "planned"):
        if state in states:
            return state
    return "published" if states else "planned"


def is_kit(payload: Mapping[str, Any]) -> bool:
    """Whether a recorded payload is what a person was given to post by hand, no request; see `syndicate.kit`."""
    return {"open", "copy", "steps", "files"} <= set(payload)
