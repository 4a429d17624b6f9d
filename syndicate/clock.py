"""The time since this machine started, which nobody can set: what "no request can still arrive" is measured by.

The wall clock is stepped by people, time servers and virtual machines; a step ahead would end the wait for a lost
request too early, one back would make it endless.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

#: Seconds on a clock that only runs forward, and the name of the run of the machine in which it does.
Steady = Callable[[], tuple[str, float]]

# Goes on while the machine sleeps, which CLOCK_MONOTONIC does not do on Linux (clock_gettime(2)).
_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def elapsed() -> float:
    """Seconds since some moment in the past; counts also while the machine or this process sleeps."""
    return time.clock_gettime(_CLOCK)


def steady() -> tuple[str, float]:
    """This machine's clock since it started; without a name where that start has none (outside Linux)."""
    try:
        return _BOOT.read_text().strip(), elapsed()
    except OSError:
        return "", elapsed()


def no_steady() -> tuple[str, float]:
    """For a wall clock that is set by hand: there is no other."""
    return "", 0.0
