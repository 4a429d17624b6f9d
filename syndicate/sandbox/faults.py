"""What can go wrong between us and a platform, played on purpose on the next writes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

#: Fault → what the platform does with a write.
FAULTS = {
    "refuse": "refuses the content in its own words",
    "auth": "does not accept the credentials",
    "entitlement": "says that a plan or an approval is missing",
    "rate": "answers 429 (or its equal) with `Retry-After: {retry_after}`",
    "error_before": "answers 500 and does nothing",
    "error_after": "does it and answers 500",
    "drop_before": "closes the connection and does nothing",
    "drop_after": "does it and closes the connection without an answer",
    "garbage": "does it and answers 200 with something unreadable",
    "slow": "does it and answers after {seconds} seconds",
    "late": "does it after {seconds} seconds, whether or not the client still waits",
}


_LONGEST = 3600


@dataclass(frozen=True, slots=True)
class Fault:
    """One of `FAULTS`, for the next `times` writes (or, with `reads`, reads) of one stand-in."""

    kind: str
    times: int = 1
    retry_after: str = "1"
    seconds: float = 1.0
    reads: bool = False

    @classmethod
    def of(cls, wanted: dict[str, Any]) -> Fault:
        """A fault from outside. Raises `TypeError` or `ValueError` for one that makes no sense."""
        types: dict[str, type | tuple[type, ...]] = {
            "times": int,
            "seconds": (int, float),
            "retry_after": str,
            "reads": bool,
        }
        for key, value in wanted.items():
            if key in types and not isinstance(value, types[key]):
                raise TypeError(f"{key}: not {value!r}")
        return cls(**wanted)

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"no fault `{self.kind}`; one of {', '.join(FAULTS)}")
        if not 0 <= self.seconds <= _LONGEST:
            raise ValueError(f"seconds: up to {_LONGEST}, not {self.seconds}")


class Queue:
    """The faults that a stand-in still has to play, first come first served. Safe between threads."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting += [fault] * fault.times

    def take(self, *, writes: bool) -> Fault | None:
        """The next fault for a write or a read, if one is waiting."""
        with self._lock:
            for number, fault in enumerate(self._waiting):
                if fault.reads != writes:
                    return self._waiting.pop(number)
        return None

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()
