"""What the processes of a run share: the simulated clock, and whom the platforms are to kill."""

from __future__ import annotations

import ctypes
import signal
import time
from multiprocessing.sharedctypes import RawArray, RawValue

from .platforms import kill
from .settings import START


class Board:
    """Memory that needs no lock and survives whoever is killed."""

    def __init__(self) -> None:
        #: Simulated seconds at a moment, and that moment on the clock that all processes share.
        self._clock = RawArray(ctypes.c_double, [START, time.monotonic()])
        self._victim = RawValue(ctypes.c_int, 0)
        self._countdown = RawValue(ctypes.c_int, 0)
        self._after = RawValue(ctypes.c_bool, False)
        self.calm = RawValue(ctypes.c_bool, False)
        self.refusing = RawValue(ctypes.c_bool, False)

    def now(self) -> float:
        """Simulated seconds since the epoch; goes on with the real ones between two steps."""
        return self._clock[0] + time.monotonic() - self._clock[1]

    def go(self, seconds: float) -> None:
        """Lets simulated time pass. Nobody may be reading the clock."""
        self._clock[:] = [self.now() + seconds, time.monotonic()]

    @property
    def clock(self) -> tuple[float, float]:
        """For processes that do not share this memory: holds until the next `go`."""
        return self._clock[0], self._clock[1]

    def doom(self, pid: int, *, write: int, after: bool) -> None:
        """Lets the platforms kill `pid` when the write number `write` arrives, or when it has had its effect."""
        self._after.value, self._countdown.value, self._victim.value = after, write, pid

    def spare(self) -> None:
        self._victim.value = 0

    def write_arrived(self) -> None:
        """Called by the platforms."""
        if self._victim.value:
            self._countdown.value -= 1
            if self._countdown.value == 0 and not self._after.value:
                self._strike()

    def write_done(self) -> None:
        """Called by the platforms."""
        if self._victim.value and self._countdown.value <= 0 and self._after.value:
            self._strike()

    def _strike(self) -> None:
        kill(self._victim.value)
        self._victim.value = 0


def die_with_parent() -> None:
    """Lets the kernel kill this process when the one that started it ends, however it ends (Linux)."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
