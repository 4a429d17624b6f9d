"""What a ledger cannot rightly say, and what to do about it. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from ..adapter import Part
from ..errors import word
from . import Ledger
from .record import Recorded, Row, State

_DAY = 86400.0
#: Seconds ahead of now that no wait reaches: rate limits reset within a month.
_AHEAD = 31 * _DAY

_MEND = (
    "compare the platform with a backup or an export of the ledger, and mend the record by hand; "
    "do not publish {post} to {target} before"
)
_LOOK = "look at the platform, then `syndicate resolve {post} {target} --published URL | --not-published`"
_CLOCK = "set this machine's clock right; "
_OVERWRITTEN = f"was an older copy put in the ledger's place? put the newest one back; else {_MEND}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found. `fault`: impossible, as opposed to worth knowing.

    `post` (as `status` names it), `target` and `part` (from 1) are empty where it is about more than one.
    """

    fault: bool
    what: str
    repair: str
    post: str | None = None
    target: str | None = None
    part: int | None = None

    def as_json(self) -> dict[str, Any]:
        place = {"post": self.post, "target": self.target, "part": self.part}
        return {**place, "what": self.what, "repair": self.repair}


@dataclass(slots=True)
class Counts:
    """How much was looked at."""

    deliveries: int = 0
    parts: int = 0
    feeds: int = 0
    entries: int = 0
    queued: int = 0


def check(ledger: Ledger, counts: Counts, *, settle: float = 0.0) -> Iterator[Finding]:
    """What is wrong with a ledger: first with its files or its server, then delivery by delivery, then the agenda.

    Args:
        ledger: Opened for reading.
        counts: Grows while the findings are drawn.
        settle: Seconds for which a lost request is waited for, as configured: deadline and settle together.

    Raises:
        UsageError: it cannot be read through.
    """
    for said in ledger.faults():
        yield Finding(
            True, said, "put the ledger away as it is, then restore a sound copy or mend the server's settings"
        )
    for recorded in ledger.deliveries():
        counts.deliveries += 1
        counts.parts += len(recorded.rows)
        now = ledger.now()
        yield from _numbers(recorded)
        for row in recorded.rows:
            yield from _part(recorded, row)
            yield from _clocks(row, now, max(_AHEAD, settle + _DAY))
            yield from _history(recorded, row)
            yield from _namesakes(ledger, row)
        yield from _doubts(recorded)
    from .check_agenda import check_agenda

    yield from check_agenda(ledger, counts)


def _fault(row: Row, what: str, repair: str, *, whole: bool = False) -> Finding:
    said = repair.replace("{post}", word(row.source)).replace("{target}", word(row.target))
    return Finding(True, what, said, row.source, row.target, None if whole else row.part + 1)


def _numbers(recorded: Recorded) -> Iterator[Finding]:
    """A delivery has the parts 0 … n-1; a thread is published from its beginning; one claim holds all of it."""
    rows = recorded.rows
    first, numbers = rows[0], [row.part for row in rows]
    told = {row.parts for row in rows}

    if told != {len(rows)} or numbers != list(range(len(rows))):
        there = ", ".join(str(number + 1) for number in numbers)
        said = f"parts missing or too many: {there} of {' or '.join(map(str, sorted(told)))}"
        yield _fault(first, said, _MEND, whole=True)
    open_parts = [row for row in rows if row.state != "published"]
    for row in rows:
        if row.state == "published" and open_parts and row.part > open_parts[0].part:
            said = f"published, though part {open_parts[0].part + 1}, which comes before it, is `{open_parts[0].state}`"
            yield _fault(row, said, _LOOK)
    if len({row.fence for row in rows}) > 1:
        yield _fault(first, "its parts stem from different claims", _OVERWRITTEN, whole=True)


def _part(recorded: Recorded, row: Row) -> Iterator[Finding]:
    """What the state of a part asks for."""
    if row.state == "published" and not row.remote_id and not row.remote_url:
        yield _fault(row, "published, but neither its id nor its address is known", _LOOK)
    if row.state in ("sending", "unknown"):
        lacking = [name for name in ("first_sent_at", "settle_until") if getattr(row, name) is None]
        if lacking:
            yield _fault(row, f"`{row.state}` without {' and '.join(lacking)}", _LOOK)
    if row.state in ("planned", "failed") and row.remote_id:
        where = row.remote_url or row.remote_id
        yield _fault(row, f"`{row.state}`, though the platform's id of it is known ({where})", _LOOK)
    part = Part(payload=row.payload, text=row.text, count=row.count, limit=row.limit, encoding=row.encoding)
    if part.fingerprint != row.fingerprint:
        # As long as nothing was sent, the next run writes both anew.
        harmless = all(other.state in ("planned", "failed", "waiting") for other in recorded.rows)
        repair = "`syndicate publish` writes it anew" if harmless else _MEND
        yield _fault(row, "the fingerprint is not that of the payload: one of them was altered", repair)


def _clocks(row: Row, now: float, ahead: float) -> Iterator[Finding]:
    """Times that no clock which is right can have written."""
    if (row.settle_until or 0.0) > now + ahead:
        yield _fault(row, f"waits for a lost request for {_days(row.settle_until, now)}", _CLOCK + _LOOK)
    if (row.not_before or 0.0) > now + ahead:
        yield _fault(row, f"put off for {_days(row.not_before, now)}", _CLOCK + _LOOK)
    if row.updated_at > now + _DAY:
        yield _fault(row, f"changed {_days(row.updated_at, now)} from now", _CLOCK + "the record itself can stay")


def _days(at: float | None, now: float) -> str:
    return f"{((at or 0.0) - now) / _DAY:.0f} days"


def _history(recorded: Recorded, row: Row) -> Iterator[Finding]:
    """The log is written in the same transaction as the row: they cannot disagree."""
    events = [event for event in recorded.events if event.part == row.part and event.what in get_args(State)]
    said = [event.what for event in events]
    highest = max((event.fence for event in recorded.events), default=0)
    if row.fence < highest:
        yield _fault(row, f"claimed {row.fence} times; its log knows of {highest}", _OVERWRITTEN)
    if row.state == "published" and "published" not in said:
        yield _fault(row, "published, but the log does not say so", _OVERWRITTEN)
    elif said and not _agrees(row.state, said[-1]):
        yield _fault(row, f"`{row.state}`, but the last line of its log is `{said[-1]}`", _OVERWRITTEN)
    if row.attempts > said.count("sending"):
        what = f"sent {row.attempts} times; its log knows of {said.count('sending')}"
        yield _fault(row, what, "compare with the platform before you publish it again; lines of the log are gone")


def _agrees(state: str, last: str) -> bool:
    """A part that was given up, and then wanted again, is planned anew and keeps its log."""
    return state == last or (state == "planned" and last in ("failed", "waiting"))


def _namesakes(ledger: Ledger, row: Row) -> Iterator[Finding]:
    """One post of the platform's is one of ours; told once, at the first of them."""
    if not row.remote_id:
        return
    holders = sorted(ledger.holders(row.target, row.remote_id))
    if len(holders) > 1 and holders[0] == (row.post_key, row.part):
        others = "; ".join(f"{key}, part {part + 1}" for key, part in holders[1:])
        where = row.remote_url or row.remote_id
        repair = f"look which of them stands at {where}, then for the other {_MEND}"
        yield _fault(row, f"recorded at {where}, as is {others}", repair)


def _doubts(recorded: Recorded) -> Iterator[Finding]:
    """Not impossible, but waiting for somebody: what may or may not have been published."""

    def note(row: Row, what: str, repair: str) -> Finding:
        return Finding(False, what, repair, row.source, row.target, row.part + 1)

    for row in recorded.rows:
        if row.live and row.state in ("sending", "unknown"):
            yield note(row, "a run is sending or settling it right now", "wait for that run to end")
        elif row.state in ("sending", "unknown"):
            what = "interrupted while it was sent" if row.state == "sending" else "not known whether it was published"
            resolve = f"`syndicate resolve {word(row.source)} {word(row.target)} --published URL | --not-published`"
            yield note(row, what, f"`syndicate publish {word(row.source)}` looks for it; or {resolve}")
