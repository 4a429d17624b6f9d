"""Carries out a plan: the only caller of `Adapter.publish` (through `send`).

The order of steps is the promise (see ARCHITECTURE.md, "never twice, never lost"): claim, intent, check, send once,
record; and for what is unknown: wait, take a fresh claim, look, and only then decide.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from .adapter import Published
from .errors import NotEntitled, RateLimited, Unauthorized, UsageError, unexpected
from .ledger import Busy, Claim, ClaimLost, Row
from .plan import Item
from .report import BUSY, SCHEDULED, Delivery, Problem
from .rules import Rules
from .send import Again, Means, Sender, Stop, outcome
from .update import update

_NOT_YET = Problem(SCHEDULED, "it has not arrived; it goes out when its time has come", "`syndicate queue` tells when")
_EFFECTS = ("create", "resolve", "update")


def _silent(_target: str, _words: str) -> None:
    pass


class Publisher:
    """Carries out plans over one ledger. `progress` is told of each step: target name and a word."""

    def __init__(self, means: Means, *, progress: Callable[[str, str], None] = _silent) -> None:
        self._means = means
        self._progress = progress
        self._rules = Rules(means)

    async def publish(self, plan: Sequence[Item]) -> list[Delivery]:
        """Publishes what the plan creates and settles what is unknown, the targets side by side.

        One target's posts go out one after the other: platforms limit how often an account may write.
        """
        return await self._side_by_side(plan, self._deliver)

    async def update(self, plan: Sequence[Item]) -> list[Delivery]:
        """Makes what was published before equal to what the plan would send now."""
        return await self._side_by_side(plan, lambda item: update(self._means, item))

    async def _side_by_side(
        self, plan: Sequence[Item], carry_out: Callable[[Item], Awaitable[Delivery]]
    ) -> list[Delivery]:
        done: dict[int, Delivery] = {}
        broken: Problem | None = None

        async def lane(numbers: list[int]) -> None:
            nonlocal broken
            stopped: Problem | None = None
            for number in numbers:
                item = plan[number]
                stopped = stopped or broken
                if stopped and item.action in _EFFECTS:
                    done[number] = replace(item.delivery(), error=stopped)
                    continue
                self._progress(item.target.name, item.action)
                try:
                    delivery = await carry_out(item)
                except Exception as error:  # noqa: BLE001  one target's trouble must not cut the others short
                    delivery = replace(item.delivery(), error=_trouble(error))
                    if isinstance(error, UsageError):
                        broken = delivery.error  # the ledger's trouble is every target's
                done[number] = delivery
                self._progress(item.target.name, delivery.state)
                if delivery.error and delivery.error.kind in _STOPS_TARGET:
                    stopped = delivery.error

        lanes: dict[str, list[int]] = {}
        for number, item in enumerate(plan):
            lanes.setdefault(item.target.name, []).append(number)
        async with asyncio.TaskGroup() as group:
            for numbers in lanes.values():
                group.create_task(lane(numbers))
        return [done[number] for number in range(len(plan))]

    async def _deliver(self, item: Item) -> Delivery:
        if item.action == "handoff":
            from .byhand import hand_off

            return await hand_off(self._means, item)
        if item.action not in ("create", "resolve") or item.for_person:
            return item.delivery()
        if (against := await self._rules.against(item)) is not None:
            return replace(item.delivery(), error=against)
        ledger = self._means.ledger
        problem: Problem | None = None
        by_hand = False
        while True:
            try:
                claim = ledger.claim(item.wanted_rows())
            except Busy:
                return replace(item.delivery(), action="wait", error=BUSY)
            try:
                problem = await self._parts(item, claim)
            except Again:
                if item.due:
                    continue
                problem = item.later or _NOT_YET
                by_hand = item.target.by_hand
            finally:
                with contextlib.suppress(UsageError):  # what went wrong before matters more
                    ledger.release(claim)
            if by_hand:  # it did not arrive, and now a person posts there
                from .byhand import hand_off

                return await hand_off(self._means, replace(item, action="handoff", rows=(), error=None))
            return outcome(item, ledger.rows(claim.post_key, claim.target), problem)

    async def _parts(self, item: Item, claim: Claim) -> Problem | None:
        """Sends the parts that are missing, in order. A thread resumes at the part that is not there."""
        sender = Sender(self._means, item, claim)
        previous: Published | None = None
        try:
            for row in claim.rows:
                if previous is not None and not previous.id and row.state != "published":
                    return _no_id(row)
                if row.state == "published":
                    previous = Published(row.remote_id or "", row.remote_url)
                elif row.state == "unknown" and not item.due and item.adapter.prevention.kind == "key":
                    previous = await _only_found(sender, row, previous, item.later or _NOT_YET)
                elif row.state == "unknown" and (found := await sender.settle(row, previous)):
                    previous = found
                else:
                    previous = await sender.send(row, previous)
        except Stop as stop:
            return stop.problem
        except (Busy, ClaimLost):
            return BUSY
        return None


async def _only_found(sender: Sender, row: Row, previous: Published | None, else_told: Problem) -> Published:
    """What a lost try left. Were it sent again with its key now, and had not arrived, it would go out too early."""
    try:
        found = await sender.settle(row, previous, may_decide=False)
    except Stop:
        raise Stop(else_told) from None
    assert found is not None
    return found


def _no_id(row: Row) -> Problem:
    """A person said where the part before this one stands, but its id cannot be told from that address."""
    message = f"part {row.part + 1} answers a part whose id is not known; it was not sent"
    return Problem("OutcomeUnknown", message, "post the rest by hand, then `syndicate resolve` it with its URL")


def _trouble(error: Exception) -> Problem:
    """The ledger failed, or we did. What a request may have done is in the ledger as `sending`: unknown."""
    if isinstance(error, UsageError):
        return Problem(UsageError.__name__, error.message, error.next)
    return Problem.of(unexpected(error))


_STOPS_TARGET = (Unauthorized.__name__, NotEntitled.__name__, RateLimited.__name__)
