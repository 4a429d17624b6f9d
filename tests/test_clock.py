"""Time: what a stepped wall clock, a machine asleep or a stopped process may not do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from syndicate import clock
from syndicate.adapter import Part
from syndicate.errors import Unavailable
from syndicate.http import Http, make_client
from syndicate.ledger import Intent
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Sandbox
from syndicate.tokens import TokenStore

from .ledger_bridge import rows


class Machine:
    """A machine whose wall clock people set, and whose other clock they cannot."""

    def __init__(self) -> None:
        self.wall, self.seconds, self.boot = 1e9, 50.0, "first"

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.seconds += seconds

    def ledger(self, path: Path) -> SQLiteLedger:
        return SQLiteLedger(path, now=lambda: self.wall, steady=lambda: (self.boot, self.seconds))


def _left(path: Path, machine: Machine) -> float:
    """Seconds until the lost request counts as settled."""
    with contextlib.closing(machine.ledger(path)) as ledger:
        (row,) = ledger.rows()
    assert row.settle_until is not None
    return row.settle_until - machine.wall


@pytest.fixture
def sent(path: Path) -> Machine:
    """Something was sent, and may still arrive for 630 seconds."""
    machine = Machine()
    with contextlib.closing(machine.ledger(path)) as ledger:
        claim = ledger.claim(rows())
        ledger.intend(claim, 0, Intent(machine.wall, machine.wall + 630))
    return machine


@pytest.mark.parametrize("step", [7200.0, -7200.0, 864000.0])
def test_a_stepped_wall_clock_settles_nothing(path: Path, sent: Machine, step: float) -> None:
    """A clock set ahead does not end the wait for a lost request, one set back does not lengthen it."""
    sent.passes(100)
    sent.wall += step
    assert _left(path, sent) == pytest.approx(530)
    sent.passes(600)
    assert _left(path, sent) == pytest.approx(-70)


@pytest.mark.parametrize("step", [7200.0, -7200.0])
def test_the_first_try_is_told_by_the_clock_of_now(path: Path, sent: Machine, step: float) -> None:
    """How long ago the first try was decides how far back is looked, and whether its key is still good: a clock that
    was wrong then, or is stepped now, does not make it older or younger.
    """
    sent.passes(100)
    sent.wall += step
    with contextlib.closing(sent.ledger(path)) as ledger:
        claim = ledger.claim(rows())
        ledger.intend(claim, 0, Intent(sent.wall, sent.wall + 630))
        (row,) = ledger.rows()
    assert row.first_sent_at == pytest.approx(sent.wall - 100)


def test_after_a_restart_the_wall_clock_counts(path: Path, sent: Machine) -> None:
    """The other clock starts anew with the machine: then what was written down counts."""
    sent.passes(100)
    sent.boot, sent.seconds = "second", 3.0
    assert _left(path, sent) == pytest.approx(530)


def test_the_machines_clock_runs_forward() -> None:
    """The clock that is used by default names the machine's start, and goes on."""
    (boot, one), (again, two) = clock.steady(), clock.steady()
    assert boot == again
    assert one <= two <= clock.elapsed()


def _write(deadline: float, stall: Callable[[Any], None]) -> tuple[int, BaseException | None]:
    """One write to DEV's stand-in. `stall` gets a clock to set while the intent is committed."""
    seconds = [0.0]

    async def once(sandbox: Sandbox, folder: Path) -> None:
        async with make_client(5.0) as client:
            http = Http(
                client,
                deadline=deadline,
                now=lambda: datetime(2026, 11, 2, tzinfo=UTC),
                sleep=asyncio.sleep,
                before_write=lambda: stall(seconds),
                tokens=TokenStore(folder / "t.json", lambda: 0.0),
                redact=lambda text: text,
            )
            part = Part(payload={"article": {"title": "t", "body_markdown": "b"}}, text="", count=0, limit=1)
            await http.write("POST", f"{sandbox.base_url('devto')}/articles", part, headers={"api-key": "x"})

    with Sandbox() as sandbox, mock.patch("syndicate.http.elapsed", side_effect=lambda: seconds[0]):
        try:
            asyncio.run(once(sandbox, Path("/nonexistent")))
        except Exception as failure:  # noqa: BLE001  the stand-in's refusal of a made-up key
            return len(sandbox.seen), failure
        return len(sandbox.seen), None


def test_what_was_held_up_before_it_left_is_not_sent() -> None:
    """A commit that took longer than the deadline, or a machine asleep in it: nothing leaves, and that is certain."""

    def asleep(seconds: list[float]) -> None:
        seconds[0] += 31

    seen, failure = _write(30.0, asleep)
    assert seen == 0
    assert isinstance(failure, Unavailable)


def test_what_is_held_up_after_the_last_look_is_not_sent() -> None:
    """The last look is where the first byte leaves: a process stopped while it connected sends nothing either."""
    seconds = [0.0]
    import httpcore

    original = httpcore.AnyIOBackend.connect_tcp if hasattr(httpcore, "AnyIOBackend") else None
    assert original is not None

    async def connect(self: Any, *args: Any, **more: Any) -> Any:
        stream = await original(self, *args, **more)
        seconds[0] += 31
        return stream

    def keep(theirs: list[float]) -> None:
        nonlocal seconds
        seconds = theirs

    with mock.patch.object(httpcore.AnyIOBackend, "connect_tcp", connect):
        seen, failure = _write(30.0, keep)
    assert seen == 0
    assert isinstance(failure, Unavailable)


def test_what_is_in_time_is_sent() -> None:
    """The look does not stand in the way of a request that is in time."""
    seen, _failure = _write(30.0, lambda seconds: seconds.__setitem__(0, 29.0))
    assert seen == 1
