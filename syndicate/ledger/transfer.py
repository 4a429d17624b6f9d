"""From one ledger to another, item by item, so that an interrupted copy goes on; and read again in the end.

Both must be at rest: a run that sends while they are copied may be missing in the copy, and would be sent again.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import UsageError
from . import Ledger, is_postgresql, migrate, open_ledger, sqlite_path
from .portable import Item, Tally, key_of, line_of, plain
from .record import Recorded
from .transfer_agenda import AgendaCopy

#: Reads all items of a source from the beginning, in order.
Source = Callable[[], Iterable[Item]]


def contents(ledger: Ledger) -> Iterator[Item]:
    """All that a ledger holds, in order: deliveries, then the agenda's feeds, entries and places in the queue.

    Sorted by their names, so what was noted or queued at one and the same moment may follow in another order in a copy.
    """
    yield from ledger.deliveries()
    agenda = ledger.agenda
    feeds = agenda.feeds()
    yield from (feeds[name] for name in sorted(feeds))
    for name in sorted(feeds):
        yield from sorted(agenda.entries(name), key=key_of)
    yield from sorted(agenda.queue(), key=key_of)


@dataclass(slots=True)
class Copied:
    """What a copy did: to deliveries, and to the agenda. `refused`: what the destination has otherwise, and why it
    was left.
    """

    written: int = 0
    equal: int = 0
    noted_written: int = 0
    noted_equal: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Compared:
    """Two sides, read: the source, of the destination what the source has too, and what only one has or both differ in.

    `differing` counts the source's deliveries that are missing or different; `extra` those of the destination alone;
    `noted_…` the same for the agenda.
    """

    here: Tally = field(default_factory=Tally)
    there: Tally = field(default_factory=Tally)
    differing: int = 0
    extra: int = 0
    noted_differing: int = 0
    noted_extra: int = 0


def copy(source: Source, there: Ledger) -> Copied:
    """Writes to `there` what it lacks of `source`. Each delivery is one transaction; call it again to go on.

    What `there` has otherwise is replaced only when the source has gone on from just that: its log begins with the
    destination's. Else both were used; nothing of it is changed. For the agenda, which has no log: see `AgendaCopy`.

    Raises:
        UsageError: a run is going on; or as the ledgers do.
    """
    done = Copied()
    noted = AgendaCopy(there.agenda)
    for here in source():
        if not isinstance(here, Recorded):
            noted.add(here)
            continue
        _resting(here, "the source")
        _, key, target = key_of(here)
        found = Recorded(
            tuple(there.rows(key, target)), tuple(event for event in there.log(key) if event.target == target)
        )
        _resting(found, "the destination")
        if found.rows and same(here, found):
            done.equal += 1
        elif why := _conflict(plain(here), plain(found)):
            done.refused.append((f"{here.rows[0].source} → {target}", why))
        else:
            there.store(here)
            done.written += 1
    noted.close()
    done.noted_written, done.noted_equal = noted.written, noted.equal
    done.refused += noted.refused
    return done


def compare(source: Source, there: Source) -> Compared:
    """Reads both sides to their ends, side by side."""
    result = Compared()
    theirs = iter(there())
    found = next(theirs, None)
    for here in source():
        while found is not None and key_of(found) < key_of(here):
            _count_extra(result, found)
            found = next(theirs, None)
        result.here.add(here, line_of(here))
        if found is None or key_of(found) != key_of(here):
            _count_differing(result, here)
            continue
        if not same(here, found):
            _count_differing(result, here)
        elif isinstance(here, Recorded) and isinstance(found, Recorded):
            found = _as_settled(found, here)
        result.there.add(found, line_of(found))
        found = next(theirs, None)
    while found is not None:
        _count_extra(result, found)
        found = next(theirs, None)
    return result


def _count_differing(result: Compared, item: Item) -> None:
    if isinstance(item, Recorded):
        result.differing += 1
    else:
        result.noted_differing += 1


def _count_extra(result: Compared, item: Item) -> None:
    if isinstance(item, Recorded):
        result.extra += 1
    else:
        result.noted_extra += 1


def same(one: Item, other: Item) -> bool:
    """Whether both say the same. Seconds in `settle_until` and `first_sent_at` do not count: after a step of the wall
    clock a ledger tells them anew each time it is asked (see `clock`).
    """
    if not isinstance(one, Recorded) or not isinstance(other, Recorded):
        return line_of(one) == line_of(other)
    for a, b in zip(one.rows, other.rows, strict=False):
        if abs((a.settle_until or 0.0) - (b.settle_until or 0.0)) > 2.0:
            return False
        if abs((a.first_sent_at or 0.0) - (b.first_sent_at or 0.0)) > 2.0:
            return False
    return line_of(_unsettled(one)) == line_of(_unsettled(other))


def _as_settled(found: Recorded, here: Recorded) -> Recorded:
    """What was found, with the other side's times, which are the same but for the reading of a clock."""
    rows = (
        replace(row, settle_until=like.settle_until, first_sent_at=like.first_sent_at)
        for row, like in zip(found.rows, here.rows, strict=True)
    )
    return Recorded(tuple(rows), found.events)


def _unsettled(recorded: Recorded) -> Recorded:
    """The delivery without the times that are told anew; whether there is such a time stays."""
    rows = (
        replace(
            row,
            settle_until=None if row.settle_until is None else 0.0,
            first_sent_at=None if row.first_sent_at is None else 0.0,
        )
        for row in recorded.rows
    )
    return Recorded(tuple(rows), recorded.events)


def _conflict(here: Recorded, there: Recorded) -> str:
    """Why the destination's delivery must not be replaced by the source's; empty when it may."""
    if not there.rows and not there.events:
        return ""
    begins = here.events[: len(there.events)] == there.events
    if begins and (_age(here) > _age(there) or line_of(_unsettled(here)) == line_of(_unsettled(there))):
        return ""
    if there.events[: len(here.events)] == here.events and _age(there) > _age(here):
        return "the destination has gone on since"
    return "both were used"


def _age(recorded: Recorded) -> tuple[int, float, int]:
    rows = recorded.rows
    fence, changed = max((row.fence for row in rows), default=0), max((row.updated_at for row in rows), default=0.0)
    return fence, changed, len(recorded.events)


def _resting(recorded: Recorded, where: str) -> None:
    for row in recorded.rows:
        if row.live:
            raise UsageError(
                f"{where}: a run is going on ({row.source} → {row.target}); a ledger is copied only at rest",
                next="wait for it to end (a shared ledger frees what a dead run held after two minutes), then again",
            )


def at_rest(ledger: Ledger, where: str) -> None:
    """Reads the whole ledger. Raises `UsageError` when a run is going on."""
    for recorded in ledger.deliveries():
        _resting(recorded, where)


# ---------------------------------------------------------------------- places


def place(url: str, root: Path) -> str:
    """Where the ledger at `url` is, without what may be a secret in it. Raises `UsageError` for no such URL."""
    if is_postgresql(url):
        from .postgres import place as place_of

        return place_of(url)
    return str(sqlite_path(url, root))


def open_existing(url: str, root: Path) -> Ledger:
    """Opens a ledger for reading. Raises `UsageError` when there is none."""
    if not is_postgresql(url) and not os.path.lexists(path := sqlite_path(url, root)):
        raise UsageError(f"{path}: there is no ledger", next="check the path; `syndicate ledger migrate` makes one")
    return open_ledger(url, root, read_only=True)


def open_destination(url: str, root: Path) -> Ledger:
    """Opens a ledger for writing; makes it where there is none. An older one in a database is left to `migrate`."""
    if is_postgresql(url):
        from .postgres import connect, explained
        from .postgres_schema import version

        with explained(url), contextlib.closing(connect(url)) as db:
            missing = version(db) == 0
        if missing:
            migrate(url, root)
    return open_ledger(url, root)


def same_place(one: str, other: str, root: Path) -> bool:
    """Whether two URLs lead to one ledger, by whichever names."""
    if is_postgresql(one) != is_postgresql(other):
        return False
    if not is_postgresql(one):
        left, right = sqlite_path(one, root), sqlite_path(other, root)
        return left.resolve() == right.resolve() or (left.exists() and right.exists() and left.samefile(right))
    from .postgres import connect, explained

    # A lock that nobody else asks for: taken through one URL, it is missing through the other only in one database.
    token = secrets.randbits(62)
    with explained(one), contextlib.closing(connect(one)) as mine, mine.transaction():
        mine.execute("SELECT pg_advisory_xact_lock(%s)", (token,))
        with explained(other), contextlib.closing(connect(other)) as theirs, theirs.transaction():
            found = theirs.execute("SELECT pg_try_advisory_xact_lock(%s) AS free", (token,)).fetchone()
    return found is None or not found["free"]
