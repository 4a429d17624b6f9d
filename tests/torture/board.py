"""What the processes of a run share: memory that needs no lock and survives whoever is killed."""

from __future__ import annotations

import ctypes
import itertools
import random
import signal
import time
from multiprocessing.sharedctypes import RawArray, RawValue

from .settings import CLASSES, Settings

#: What workers count.
COUNTED = ("deliveries", "disk full", "database away", "other ledger errors", "runs")
_DISK = ("disk I/O error", "disk is full", "File too large", "No space left")
#: A worker chooses among so many posts that are still open, the first ones, so that workers meet.
_WINDOW = 60

_real_time = time.time


class Board:
    """`settled`: a byte a delivery; a hint for the workers what is left to do, never used to judge.

    `clocks`: by how many seconds the wall clock of each worker is off. `counts`: a row a worker, which it alone
    writes. `stop`: whether the workers should end.
    """

    def __init__(self, settings: Settings) -> None:
        self.settled = RawArray(ctypes.c_byte, settings.posts * len(CLASSES))
        self.clocks = RawArray(ctypes.c_double, settings.workers)
        self._counts = RawArray(ctypes.c_long, settings.workers * len(COUNTED))
        self.calm = RawValue(ctypes.c_bool, False)
        self.stop = RawValue(ctypes.c_bool, False)
        self._workers = settings.workers

    def count(self, worker: int, what: str) -> None:
        self._counts[worker * len(COUNTED) + COUNTED.index(what)] += 1

    def total(self, what: str) -> int:
        return sum(self._counts[COUNTED.index(what) :: len(COUNTED)])

    def count_trouble(self, worker: int, message: str) -> None:
        """Counts what the ledger said when it could not be written."""
        if any(words in message for words in _DISK):
            self.count(worker, "disk full")
        elif "postgresql://" in message:
            self.count(worker, "database away")
        else:
            self.count(worker, "other ledger errors")

    def open_posts(self, chance: random.Random, many: int) -> list[int]:
        """Numbers of up to `many` posts that have deliveries left, at random from the first that do."""
        size, raw = len(CLASSES), bytes(self.settled)
        left = (n for n in range(len(raw) // size) if 0 in raw[n * size : n * size + size])
        window = list(itertools.islice(left, _WINDOW))
        return chance.sample(window, min(many, len(window)))

    def is_open(self, post: int) -> bool:
        return 0 in self.settled[post * len(CLASSES) : (post + 1) * len(CLASSES)]

    def settle(self, post: int, cls: str) -> None:
        self.settled[post * len(CLASSES) + CLASSES.index(cls)] = 1

    def left(self) -> int:
        return bytes(self.settled).count(0)

    def wall_clock(self, worker: int) -> float:
        """The time of day as this worker's machine believes it to be; it may change at any moment."""
        return _real_time() + self.clocks[worker]


def die_with_parent() -> None:
    """Lets the kernel kill this process when the one that started it ends, however it ends (Linux)."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
