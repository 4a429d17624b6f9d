"""Makes what was published before equal to the post as it is now, where the platform can.

Where the platform lets its copy be read, it is read first: what was edited there by hand is overwritten only when a
person says so. Between that reading and the write nobody can look; it is a matter of milliseconds, not of weeks.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .adapter import Part, Published
from .drift import again, difference, read, tried
from .errors import Failure, OutcomeUnknown, UsageError, word
from .ledger import Busy, Claim, ClaimLost, Row
from .plan import Item, not_updated, part_of
from .report import BUSY, Delivery, Problem
from .send import Means, outcome

if TYPE_CHECKING:
    from .http import Http

_Update = Callable[[Part, Published, "Http"], Awaitable[Published]]

_READ_FIRST = "what stands there now is read before anything is sent"
_NAMES = {
    None: "if it was edited there by hand, nothing is sent over that",
    "ours": "this is sent even if it was edited there by hand",
    "theirs": "if it was edited there by hand, it is left as it is",
}
_KEPT = "edited there, and you kept that"


class _Stop(Exception):
    """Ends an update before it was sent; `notes` stand beside the problem."""

    def __init__(self, problem: Problem, *notes: str) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.notes = notes


def announced(item: Item) -> Delivery:
    """How a planned update looks to a dry run, which reads nothing on the platform."""
    delivery = item.delivery()
    if not hasattr(item.adapter, "read"):
        return delivery
    return replace(delivery, warnings=(*delivery.warnings, f"{_READ_FIRST}; {_NAMES[item.keep]}"))


async def update(means: Means, item: Item) -> Delivery:
    """Carries out one planned update; repeating it is safe, so an unclear end needs no settling."""
    if item.action != "update" or item.draft is None:
        return not_updated(item)
    try:
        claim = means.ledger.claim(item.wanted_rows())
    except Busy:
        return replace(item.delivery(), action="wait", error=BUSY)
    work = _Work(means, item, claim)
    problem: Problem | None = None
    try:
        kept = await work.parts()
        # What the plan said of it has been done, or a person did not want it.
        item = replace(item, notes=(_KEPT,) if kept else (), action="skip" if kept else "update")
    except _Stop as stop:
        problem = stop.problem
        item = replace(item, notes=stop.notes or item.notes)
    except (Busy, ClaimLost):
        problem = BUSY
    finally:
        with contextlib.suppress(UsageError):  # what went wrong before matters more
            means.ledger.release(claim)
    return outcome(item, means.ledger.rows(claim.post_key, claim.target), problem)


@dataclass(frozen=True, slots=True)
class _Work:
    """One update under one claim."""

    means: Means
    item: Item
    claim: Claim

    async def parts(self) -> bool:
        """Updates the parts that are not as they should be. Returns whether what was edited there was all kept."""
        assert self.item.draft is not None
        sent = kept = False
        for row, part in zip(self.claim.rows, self.item.draft.parts, strict=True):
            if part.fingerprint == row.fingerprint:
                continue
            if (because := await self._decision(row, part)) is None:
                self._record(row, because="kept what was edited there", kept=part.fingerprint)
                kept = True
            else:
                await self._send(row, part, because)
                sent = True
        return kept and not sent

    async def _decision(self, row: Row, part: Part) -> str | None:
        """What allows `part` to be sent, in words for the log; `None` when what is there is to be left."""
        if not row.remote_id:
            raise _Stop(
                Problem("Rejected", "the platform's id of this post is not known", f"edit it at {row.remote_url}")
            )
        if not hasattr(self.item.adapter, "read"):
            return "updated"
        before = part_of(row)
        there = await self._read(row, before)
        if there is None:
            raise _Stop(Problem("Gone", f"this is gone from {self.item.adapter.title}; nothing was sent", again(row)))
        # An update whose answer was lost may have left what would be sent now, or what was to be sent then.
        if there == before or await self._read(row, part) == part:
            return "updated"
        if row.tried is not None and await self._read(row, sent := tried(row.tried)) == sent:
            return "updated; an earlier update, whose answer was lost, had arrived"
        differences = (
            f"changed there since it was sent:\n{difference(before, there, ('sent', 'there'))}",
            f"changed here since it was sent:\n{difference(before, part, ('sent', 'here'))}",
        )
        if self.item.keep == "theirs":
            return None
        if self.item.keep == "ours" and self.item.shown in ((), differences):
            return "sent over what was edited there"
        which = f" (part {row.part + 1} of {row.parts})" if row.parts > 1 else ""
        said = f"this was edited on {self.item.adapter.title} since it was sent{which}; nothing was sent over it"
        command = f"`syndicate update {word(row.source)} --to {word(row.target)} --ours`"
        raise _Stop(Problem("Edited", said, f"{command} sends the post as it is here, or `--theirs`"), *differences)

    async def _read(self, row: Row, part: Part) -> Part | None:
        def refuse() -> None:
            raise RuntimeError("`read` only reads")

        http = self.means.connect(self.item.target.name, refuse)
        try:
            return await read(self.item.adapter, part, _at(row), http)
        except Failure as failure:
            said = f"what stands there could not be read, so nothing was sent: {failure.message}"
            raise _Stop(Problem(failure.kind, said, failure.next)) from None

    async def _send(self, row: Row, part: Part, because: str) -> None:
        call: _Update = getattr(self.item.adapter, "update")  # noqa: B009  the plan saw that it is there

        def before_write() -> None:
            # Also checks that the claim still holds.
            self._record(row, because="an update leaves", tried=_dumped(part))

        async def once() -> Published:
            return await call(part, _at(row), self.means.connect(self.item.target.name, before_write))

        try:
            published = await self.means.patiently(once)
        except OutcomeUnknown as failure:
            message = f"the update may or may not have arrived ({failure.message})"
            self._record(row, because=message)
            raise _Stop(Problem("Unavailable", message, "run `syndicate update` again: repeating it is safe")) from None
        except Failure as failure:
            raise _Stop(Problem.of(failure)) from None
        self._record(
            row,
            because=because,
            remote_id=published.id or row.remote_id,
            remote_url=published.url or row.remote_url,
            payload=part.payload,
            fingerprint=part.fingerprint,
            text=part.text,
            count=part.count,
            limit=part.limit,
            kept=None,
            tried=None,
        )

    def _record(self, row: Row, *, because: str, **changes: Any) -> None:
        at = self.means.now().timestamp()
        self.means.ledger.record(self.claim, row.part, "published", at, because=because, **changes)


def _dumped(part: Part) -> str:
    return json.dumps(dataclasses.asdict(part), ensure_ascii=False)


def _at(row: Row) -> Published:
    return Published(row.remote_id or "", row.remote_url)
