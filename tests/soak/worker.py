"""What a process of its own does: a pass of the watch, or what a person does at the command line, and then it ends.

All that the tool does is its own code from the config on. Put in from outside are the clock, and the moments at
which the process kills itself: at a transaction of the ledger, before it, in it, or right after it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from syndicate import approve
from syndicate.errors import UsageError
from syndicate.ledger.agenda import FeedState
from syndicate.ledger.agenda_sql import SQLAgenda
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.post.snapshot import load
from syndicate.session import Session
from tests.time_machine import Clock, travelling

from .documents import marks_of, named_in

_T = TypeVar("_T")
How = Literal["before", "in", "after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to do. `clock`: see `Board.clock`. `notes`: the file in which it is told what came of it.

    `file`, `targets`, `at`: of a person's errand. `verdicts`: what a person says, by entry. `die_at`: the transaction
    at which it kills itself, from 1; `die_how`: before it, in it, after it.
    """

    what: Literal["watch", "publish", "schedule", "cancel", "approve"]
    config: str
    clock: tuple[float, float]
    notes: str
    file: str = ""
    targets: tuple[str, ...] = ()
    at: float | None = None
    verdicts: dict[str, str] | None = None
    die_at: int = 0
    die_how: How = "before"


class Worker:
    """Does one job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._notes = os.open(job.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, **said: Any) -> None:
        """One write: it is there whole, or not at all."""
        os.write(self._notes, f"{json.dumps(said)}\n".encode())

    def now(self) -> float:
        at, when = self._job.clock
        return at + time.monotonic() - when

    def run(self) -> int:
        self._watch_polls()
        if self._job.die_at:
            self._doom()
        clock = Clock(0.0)
        clock.__class__ = type("Told", (Clock,), {"__call__": lambda _self: self.now()})
        try:
            with travelling(clock), Session.open(Path(self._job.config)) as session:
                getattr(self, self._job.what)(session)
        except UsageError as error:
            self.note(failed=f"{error.message} ({error.next})")
            return 2
        except Exception:  # noqa: BLE001  told to the judge
            self.note(failed=traceback.format_exc())
            return 1
        self.note(ended=True)
        return 0

    # ------------------------------------------------------------------ jobs

    def watch(self, session: Session) -> None:
        from syndicate.watch import watch

        report = watch(session)
        feeds = {feed.name: (feed.status, feed.message) for feed in report.feeds}
        errors = [f"{d.post} → {d.target}: {d.error.message}" for d in report.deliveries if d.error]
        self.note(busy=report.busy, feeds=feeds, errors=errors, notes=list(report.notes))

    def publish(self, session: Session) -> None:
        posts = session.posts([Path(self._job.file)])
        session.publish(session.plan(posts, to=self._job.targets))

    def schedule(self, session: Session) -> None:
        posts = session.posts([Path(self._job.file)])
        session.publish(session.plan(posts, to=self._job.targets, at=self._job.at), at=self._job.at)

    def cancel(self, session: Session) -> None:
        for target in self._job.targets:
            approve.take_back(session, self._job.file, target)

    def approve(self, session: Session) -> None:
        verdicts = self._job.verdicts or {}
        for entry in approve.waiting(session):
            post = load(entry.post or "{}")
            found = marks_of(post.body)
            mark = found.entry if found else named_in(post.title) or ""
            verdict = "approve" if entry.state == "edited" else verdicts.get(mark, "!reject")
            if verdict == "later":
                continue
            said = {"mark": mark, "verdict": verdict, "at": self.now(), "state": entry.state, "reason": entry.reason}
            self.note(decided=said)
            decide = approve.let_go if verdict.endswith("approve") else approve.turn_down
            decide(session, entry)

    # ------------------------------------------------------------------ put in from outside

    def _watch_polls(self) -> None:
        """Notes which feeds' documents are recorded."""
        poll = SQLAgenda.poll

        def noted(agenda: SQLAgenda, feed: FeedState, *more: Any, **named: Any) -> None:
            poll(agenda, feed, *more, **named)
            self.note(polled=feed.name)

        SQLAgenda.poll = noted  # type: ignore[method-assign,assignment]

    def _doom(self) -> None:
        durably, job, count = SQLiteLedger.durably, self._job, [0]

        def die(how: str) -> None:
            if count[0] == job.die_at and how == job.die_how:
                os.kill(os.getpid(), signal.SIGKILL)

        def doomed(ledger: SQLiteLedger, steps: Callable[[], _T], key: str, target: str, *, lasting: bool = True) -> _T:
            def watched() -> _T:
                done = steps()
                die("in")
                return done

            count[0] += 1
            die("before")
            found = durably(ledger, watched, key, target, lasting=lasting)
            die("after")
            return found

        SQLiteLedger.durably = doomed  # type: ignore[method-assign,assignment]


def to_json(job: Job) -> str:
    return json.dumps(asdict(job))


def from_json(text: str) -> Job:
    said = json.loads(text)
    return Job(**{**said, "clock": tuple(said["clock"]), "targets": tuple(said["targets"])})


if __name__ == "__main__":
    sys.exit(Worker(from_json(sys.stdin.read())).run())
