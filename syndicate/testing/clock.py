"""Time that a test sets: a clock whose waits take none, and writes that arrive when the test lets them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal

from ..sandbox.server import Place
from ..standin import Request, Response


class Clock:
    """Real time plus an offset: sleeping moves the offset and takes no time.

    What is waited for in a run of `run_once` is waited for by this clock too: `leap` ends it.
    """

    def __init__(self) -> None:
        self.offset = 0.0
        #: Of the offset, what the loops have to know of: a sleep has moved nobody's deadline.
        self.leapt = 0.0
        self._loops: list[_Loop] = []

    def time(self) -> float:
        return time.time() + self.offset

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    async def sleep(self, seconds: float) -> None:
        self.offset += seconds
        await asyncio.sleep(0)

    def loop(self) -> asyncio.AbstractEventLoop:
        """An event loop that goes by this clock."""
        self._loops = [loop for loop in self._loops if not loop.is_closed()]
        made = _Loop(self)
        self._loops.append(made)
        return made

    def leap(self, seconds: float) -> None:
        """Lets `seconds` pass at once, for the runs too that wait in other threads: their deadlines pass."""
        self.offset += seconds
        self.leapt += seconds
        for loop in self._loops:
            with suppress(RuntimeError):  # it has ended since
                loop.call_soon_threadsafe(_wake_up)


class _Loop(asyncio.SelectorEventLoop):
    """Tells the time by a `Clock`."""

    def __init__(self, clock: Clock) -> None:
        self._by = clock
        super().__init__()

    def time(self) -> float:
        return super().time() + self._by.leapt


def _wake_up() -> None:
    """Whatever is called makes a loop look at its clock."""


class Held:
    """A write that waits at the platform: `arrived`, and goes on when `let_go` is called."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self._free = threading.Event()

    def let_go(self) -> None:
        self._free.set()

    def wait(self) -> None:
        """Called by the platform. Nobody waits longer than a minute."""
        self._free.wait(60)


def hold(place: Place, when: Literal["before", "after"], arrived: Callable[[], object] | None = None) -> Held:
    """Makes the next write to `place` wait, before its effect or between that and the answer.

    Args:
        arrived: Called when it waits.
    """
    held, original = Held(), place.standin.handle

    def pause() -> None:
        place.turn.release()  # other requests are worked on meanwhile
        try:
            held.arrived.set()
            if arrived is not None:
                arrived()
            held.wait()
        finally:
            place.turn.acquire()

    def handle(request: Request) -> Response:
        if not place.standin.writes(request):
            return original(request)
        place.standin.handle = original  # type: ignore[method-assign]  # one write only
        if when == "before":
            pause()
        response = original(request)
        if when == "after":
            pause()
        return response

    place.standin.handle = handle  # type: ignore[method-assign]  # in front of the platform
    return held
