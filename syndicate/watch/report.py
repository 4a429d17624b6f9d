"""What a pass found at each feed, for people and for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..feed import Ask, Entry
from ..report import Delivery, Exit

Status = Literal["first", "changed", "unchanged", "later", "gone", "failed"]
What = Literal["new", "edited", "review", "held", "known", "filtered", "unusable"]


@dataclass(frozen=True, slots=True)
class Found:
    """One entry that is new, or has changed. `known`: a post that went out another way, or under another id.

    `unusable`: no post can be made of it.
    """

    id: str
    link: str | None
    title: str
    what: What
    reason: str = ""

    @classmethod
    def of(cls, entry: Entry, what: What, reason: str = "") -> Found:
        return cls(entry.id, entry.link, entry.title, what, reason)

    @property
    def name(self) -> str:
        """What a person may call it."""
        return self.link or self.id

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "link": self.link, "title": self.title, "what": self.what, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """One feed in one pass.

    `status`: ``first`` (the first pass over it), ``changed``, ``unchanged``, ``later`` (it, or its server, does not
    want to be asked yet), ``gone`` (it answered 410 and is not asked any more), ``failed``. `entries`: how many it
    offers now, `None` when it was not read. `waiting`: entries that wait for a person. `kind`: of a failure.
    """

    name: str
    url: str
    status: Status
    message: str = ""
    next: str = ""
    kind: str = ""
    entries: int | None = None
    found: tuple[Found, ...] = ()
    waiting: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def exit(self) -> Exit:
        if self.status == "failed":
            return Exit.LATER if self.kind == "unavailable" else Exit.USAGE if self.kind == "usage" else Exit.FAILED
        return Exit.PERSON if self.waiting or self.status == "gone" else Exit.DONE

    def as_json(self) -> dict[str, Any]:
        error = {"kind": self.kind, "message": self.message, "next": self.next} if self.status == "failed" else None
        return {
            "name": self.name,
            "url": self.url,
            "status": self.status,
            "message": self.message,
            "entries": self.entries,
            "found": [one.as_json() for one in self.found],
            "waiting": self.waiting,
            "warnings": list(self.warnings),
            "error": error,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A whole pass. `busy`: another one was going on, so nothing was done. `notes`: what a person has to see to."""

    feeds: Sequence[FeedReport] = ()
    deliveries: Sequence[Delivery] = ()
    notes: Sequence[str] = ()
    busy: bool = False
    #: Where nothing is queued or unfinished: what was asked of each feed.
    still: Sequence[Ask] = ()
