"""One part of one delivery: sent once, recorded, and settled when its outcome is unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from .adapter import Attempt, Published
from .errors import (
    Bug,
    Duplicate,
    Failure,
    NotEntitled,
    OutcomeUnknown,
    Rejected,
    Unauthorized,
    UsageError,
    Waitable,
    unexpected,
    word,
)
from .ledger import Busy, Claim, ClaimLost, Intent, Ledger, Row, State
from .plan import Item, part_of
from .report import Delivery, Problem, recorded_parts, state_of
from .retry import retrying

if TYPE_CHECKING:
    from .http import Http

#: A refusal as a copy may stem from a success that this ledger never saw: how far back to look for it.
_OWN_EARLIER = timedelta(days=30)
#: How far our clock and a platform's may be apart: nothing older than that is looked for. A clock that is set to the
#: local time as if it were UTC is up to 14 hours off.
_CLOCKS = timedelta(hours=25)
#: Seconds of an idempotency key's life that are left unused.
_KEY_MARGIN = 60.0


class Stop(Exception):
    """Ends a delivery; `problem` is what the person is told."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Again(Exception):
    """It was settled that nothing arrived: start afresh with the post as it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What deliveries are made with.

    `connect` makes the `Http` of one attempt: for which target, and what to call right before a write leaves.
    `now` is aware and in UTC. Times in seconds; see `[publish]` in the config.
    """

    ledger: Ledger
    connect: Callable[[str, Callable[[], None]], Http]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    deadline: float = 30.0
    settle: float = 600.0
    patience: float = 20.0
    #: Where what a person posts by hand is prepared.
    kits: Path = Path(".syndicate/kits")

    async def patiently(self, call: Callable[[], Awaitable[Published]]) -> Published:
        """Repeats what certainly did nothing, within the run's patience."""
        result: Published = await retrying(patience=self.patience, now=self.now, sleep=self.sleep)(call)
        return result


class Sender:
    """Sends the parts of one delivery under one claim."""

    def __init__(self, means: Means, item: Item, claim: Claim) -> None:
        self._means = means
        self._item = item
        self._claim = claim

    async def send(self, row: Row, previous: Published | None) -> Published:
        """Sends one part. Raises `Stop` when it was refused, put off, or may or may not have arrived."""
        attempt = Attempt(row.idem_key, self._means.now(), previous)
        http = self._http(row)

        async def once() -> Published:
            nonlocal http
            http = self._http(row)
            try:
                return await self._item.adapter.publish(part_of(row), attempt, http)
            except Waitable as failure:
                if http.in_doubt:  # what came after the write failed: trying again would send twice
                    raise OutcomeUnknown(failure.message) from None
                # A crash while we wait leaves no new doubt.
                self._record(row, _rest(row), Problem.of(failure), first_sent_at=_doubt_since(row))
                raise

        try:
            published = await self._means.patiently(once)
        except (Busy, ClaimLost, Stop, UsageError):
            raise
        except Exception as error:  # noqa: BLE001  an adapter may fail in any way; what it did decides
            failure = error if isinstance(error, Failure) else unexpected(error)
            if http.in_doubt:
                return await self._doubt(row, previous, failure)
            if isinstance(failure, Duplicate):
                return await self._ours_after_all(row, attempt, failure)
            raise self._without_effect(row, failure) from None
        self._record_published(row, published)
        return published

    def _http(self, row: Row) -> Http:
        def before_write() -> None:
            at = self._means.now().timestamp()
            until = at + self._means.deadline + self._means.settle
            # Uploads or a wait may have taken long since it was decided that the key is still good.
            if row.state == "unknown" and not self._key_is_good(row, at):
                raise Stop(_unknown(row, "its idempotency key has expired meanwhile"))
            self._means.ledger.intend(self._claim, row.part, Intent(at, until))

        return self._means.connect(self._item.target.name, before_write)

    def _record_published(self, row: Row, published: Published, because: str = "") -> None:
        changes = {"remote_id": published.id, "remote_url": published.url, "not_before": None}
        evidence = f"{because}: {published.url or published.id}" if because else ""
        self._record(row, "published", None, because=evidence, **changes)

    def _record(self, row: Row, state: State, problem: Problem | None, *, because: str = "", **changes: object) -> None:
        said: dict[str, object] = {
            "error_kind": problem.kind if problem else None,
            "error_message": problem.message if problem else None,
            "error_next": problem.next if problem else None,
        }
        at = self._means.now().timestamp()
        self._means.ledger.record(self._claim, row.part, state, at, because=because, **{**said, **changes})

    def _without_effect(self, row: Row, failure: Failure) -> Stop:
        """Records a failure that certainly had no effect."""
        problem = Problem.of(failure)
        if _rest(row) == "unknown" and not isinstance(failure, Unauthorized | NotEntitled):
            problem = _unknown(row, f"a second try, which would have been safe, was refused ({failure.message})")
        until = failure.until.timestamp() if isinstance(failure, Waitable) and failure.until else None
        state = "failed" if isinstance(failure, Rejected | Bug) and _rest(row) == "planned" else _rest(row)
        self._record(row, state, problem, not_before=until, first_sent_at=_doubt_since(row))
        return Stop(problem)

    async def _doubt(self, row: Row, previous: Published | None, failure: Failure) -> Published:
        """A request may have had its effect: recorded as unknown, then looked for once."""
        problem = Problem(OutcomeUnknown.__name__, failure.message, OutcomeUnknown.advice)
        self._record(row, "unknown", problem)
        rows = self._means.ledger.rows(self._claim.post_key, self._claim.target)
        found = await self.settle(rows[row.part], previous, may_decide=False)
        assert found is not None
        return found

    async def settle(self, row: Row, previous: Published | None, *, may_decide: bool = True) -> Published | None:
        """Looks for what an unknown try left.

        Returns what was found, or `None` when the same request may be sent once more (its key makes that safe).

        Raises:
            Again: nothing arrived, and nothing can arrive any more.
            Stop: it stays unknown.
        """
        dedupe = self._item.adapter.prevention
        now = self._means.now().timestamp()
        settled = (row.settle_until or 0.0) + dedupe.lag
        sent = row.first_sent_at or now
        if dedupe.kind == "none":
            raise Stop(_unknown(row, f"{self._item.adapter.title} cannot be asked whether it arrived"))
        asked_to_wait = now < (row.not_before or 0.0)
        in_time = settled <= now and self._key_is_good(row, now)
        if dedupe.kind == "key" and may_decide and in_time and not asked_to_wait:
            return None  # even if it arrives as late as it can, the platform still knows the key
        attempt = Attempt(row.idem_key, datetime.fromtimestamp(sent, UTC) - _CLOCKS, previous)
        try:
            found = await self._item.adapter.find(part_of(row), attempt, self._reading())
        except (Unauthorized, NotEntitled) as failure:
            raise Stop(Problem.of(failure)) from None
        except Exception as error:  # noqa: BLE001  whatever went wrong while looking, nothing was learned
            trouble = error if isinstance(error, Failure) else unexpected(error)
            raise Stop(_unknown(row, f"it could not be looked for ({trouble.message})")) from None
        if found is not None and self._anothers(row, found):
            raise Stop(_unknown(row, f"what was found there, {found.url or found.id}, is another post of ours"))
        if found is not None:
            self._record_published(row, found, "looked for and found")
            return found
        if now < settled or not may_decide:
            until = datetime.fromtimestamp(settled, UTC).astimezone().isoformat(timespec="seconds")
            raise Stop(
                _unknown(row, f"it is not there, but may still arrive until {until}", f"run again after {until}, or ")
            )
        if dedupe.kind == "key" and not dedupe.listed:
            raise Stop(_unknown(row, "it is not there, and its idempotency key has expired"))
        gone = f"looked for and not there, {now - settled:.0f} s after anything could still arrive"
        self._record(row, "planned", None, because=gone, first_sent_at=None)
        raise Again

    def _key_is_good(self, row: Row, at: float) -> bool:
        """Whether the platform still knows the first try's key when what leaves `at` arrives as late as it can."""
        latest = at + self._means.deadline + self._means.settle + _KEY_MARGIN
        return latest < (row.first_sent_at or at) + self._item.adapter.prevention.window

    async def _ours_after_all(self, row: Row, attempt: Attempt, failure: Duplicate) -> Published:
        """Refused as a copy: of our own earlier success, perhaps one that this ledger never saw."""
        earlier = replace(attempt, started_at=attempt.started_at - _OWN_EARLIER)
        try:
            found = failure.existing or await self._item.adapter.find(part_of(row), earlier, self._reading())
        except Failure as trouble:
            raise self._without_effect(row, trouble) from None
        if found is None or self._anothers(row, found):
            raise self._without_effect(row, failure)
        self._record_published(row, found, "refused as a copy, and our own earlier one found")
        return found

    def _anothers(self, row: Row, found: Published) -> bool:
        """Whether the ledger knows what was found as something else: two posts may share a title."""
        return any(other != (row.post_key, row.part) for other in self._means.ledger.holders(row.target, found.id))

    def _reading(self) -> Http:
        def refuse() -> None:
            raise RuntimeError("`find` only reads")

        return self._means.connect(self._item.target.name, refuse)


def _rest(row: Row) -> State:
    """Where a try without an effect leaves a part: a second try, with the same key, says nothing of the first."""
    return "unknown" if row.state == "unknown" else "planned"


def _doubt_since(row: Row) -> float | None:
    """When the first try left that may have had an effect, now that the last one certainly had none."""
    return row.first_sent_at if row.state == "unknown" else None


def _unknown(row: Row, why: str, first: str = "") -> Problem:
    """What the person is told about a try whose outcome is not known."""
    before = f"{row.error_message}; " if row.error_message and row.error_kind == OutcomeUnknown.__name__ else ""
    command = f"`syndicate resolve {word(row.source)} {word(row.target)} --published URL | --not-published`"
    where = "" if first else "look at the platform, then "
    message = f"it is not known whether this was published: {before}{why}"
    return Problem(OutcomeUnknown.__name__, message, f"{first}{where}{command}")


def outcome(item: Item, rows: Sequence[Row], problem: Problem | None) -> Delivery:
    """How the delivery of `item` stands, given its rows now."""
    first = rows[0]
    return replace(
        item.delivery(),
        state=state_of(rows),
        url=first.remote_url,
        remote_id=first.remote_id,
        parts=recorded_parts(rows),
        error=problem,
    )
