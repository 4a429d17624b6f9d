"""A clock that tests set: the ledger goes by it, and so do the plan, the schedule and the watch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

from syndicate.ledger import Ledger, Nothing, sqlite_path
from syndicate.ledger.sqlite import SQLiteLedger


@dataclass
class Clock:
    """Seconds since the epoch."""

    at: float

    def __call__(self) -> float:
        return self.at

    def go(self, **more: float) -> None:
        """Lets time pass: `go(hours=2)`."""
        units = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
        self.at += sum(units[name] * number for name, number in more.items())

    def set(self, moment: str) -> None:
        """Goes to an ISO time with its offset."""
        self.at = datetime.fromisoformat(moment).timestamp()


@contextlib.contextmanager
def travelling(clock: Clock) -> Iterator[None]:
    """Every ledger that is opened in this process goes by `clock`, also that of the commands."""

    class Told(Nothing):
        def now(self) -> float:
            return clock()

    def opened(url: str, root: Path, *, read_only: bool = False, **more: Any) -> Ledger:
        path = sqlite_path(url, root)
        if read_only and not path.exists():
            return Told()
        return SQLiteLedger(path, read_only=read_only, now=clock, **more)

    with mock.patch("syndicate.session.open_ledger", opened):
        yield
