"""Starts the platforms and the workers, kills, stops and starts workers, steps clocks, and collects what came of it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

from . import control, judge, worker
from .board import Board
from .platforms import entry_points
from .server import Seen, serve
from .settings import (
    CLASSES,
    CLOCK_RANGE,
    DEADLINE,
    KILL_EVERY,
    LATE,
    PATIENCE,
    RESTART_EVERY,
    SETTLE,
    STOP,
    STOP_EVERY,
    Settings,
    title,
)

_fork = multiprocessing.get_context("fork")
#: The faults end when no more than this share of the deliveries is open, or nothing has been settled for so long.
_ENOUGH = 0.01
_STALLED = 60.0
#: Seconds without faults after which whatever is still open is stuck.
_QUIET = 60.0


@dataclass(slots=True)
class Result:
    """What came of a run. `played` counts faults, kills and so on, by name."""

    settings: Settings
    verdicts: dict[str, judge.Verdict]
    played: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def bad(self) -> int:
        return sum(verdict.bad for verdict in self.verdicts.values())


def run(settings: Settings, restart: Callable[[], None] | None = None) -> Result:
    """One whole run. `restart` restarts the database."""
    _prepare(settings)
    began = time.monotonic()
    with _platforms(settings) as (ask, server):
        board = Board(settings)
        crew = _Crew(settings, board, restart)
        try:
            crew.torment()
            ask("calm")
            crew.recover()
        finally:
            crew.end()
        time.sleep(DEADLINE + LATE[1])
        if not settings.control:
            _alone(worker.last_look, settings)
        seen = ask("dump")
        assert isinstance(seen, Seen)
        assert server.is_alive()
    played = crew.played + seen.faults
    for what in ("disk full", "database away", "other ledger errors", "runs"):
        played[what] += board.total(what)
    verdicts = judge.judge(settings.posts, _recorded(settings, seen), seen)
    return Result(settings, verdicts, played, time.monotonic() - began)


def _prepare(settings: Settings) -> None:
    """Posts, and the package that the tool finds the five platforms in; imports what every worker needs."""
    import syndicate.network
    import syndicate.sandbox  # noqa: F401  so that a worker starts in milliseconds

    package = settings.folder / "plugins" / "torture.dist-info"
    package.mkdir(parents=True)
    (package / "entry_points.txt").write_text(entry_points())
    sys.path.insert(0, str(package.parent))
    settings.post(0).parent.mkdir()
    for number in range(settings.posts):
        name = title(number)
        settings.post(number).write_text(f"---\ntitle: {name}\nid: torture-{number}\n---\nThe text of {name}.\n")


@contextlib.contextmanager
def _platforms(settings: Settings) -> Iterator[tuple[Callable[[str], object], ForkProcess]]:
    """Starts the platforms and writes the config that leads to them."""
    here, there = _fork.Pipe()
    server = _fork.Process(target=_serve, args=(settings, here, there), daemon=True)
    server.start()
    there.close()
    url = here.recv()
    lines = ["[state]", f'url = "{settings.ledger}"', "", "[publish]"]
    for name, seconds in (("deadline", DEADLINE), ("settle", SETTLE), ("patience", PATIENCE)):
        lines.append(f'{name} = "{round(seconds * 1000)}ms"')
    for cls in CLASSES:
        lines += ["", f"[targets.{cls}]", f'adapter = "torture-{cls}"', f'base_url = "{url}/torture-{cls}/api"']
    settings.config.write_text("\n".join(lines) + "\n")

    def ask(word: str) -> object:
        here.send(word)
        return here.recv()

    try:
        yield ask, server
    finally:
        here.close()
        server.join(10)
        server.kill()


def _serve(settings: Settings, here: Connection, there: Connection) -> None:
    here.close()
    serve(settings, there)


def _alone(target: Callable[[Settings], None], settings: Settings) -> None:
    process = _fork.Process(target=target, args=(settings,))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"the last look ended with {process.exitcode}")


def _recorded(settings: Settings, seen: Seen) -> list[judge.Recorded]:
    if settings.control:
        return judge.read_queue(settings.folder / "queue.db", seen)
    if settings.ledger.startswith("sqlite:"):
        return judge.read_sqlite(settings.folder / "ledger.db")
    return judge.read_postgresql(settings.ledger)


class _Crew:
    """The workers, and what is done to them."""

    def __init__(self, settings: Settings, board: Board, restart: Callable[[], None] | None) -> None:
        self._settings = settings
        self._board = board
        self._restart = restart
        self._chance = random.Random(settings.seed)
        self._started = 0
        self._resume: dict[int, float] = {}
        self.played: Counter[str] = Counter()
        if settings.control:
            control.make_queue(settings)
        self._workers = [self._start(number) for number in range(settings.workers)]

    def _start(self, number: int) -> ForkProcess:
        self._started += 1
        work = control.work if self._settings.control else worker.work
        seed = f"{self._settings.seed}-{self._started}"
        process = _fork.Process(target=work, args=(self._settings, self._board, number, seed), daemon=True)
        process.start()
        return process

    def torment(self) -> None:
        """Faults, until nearly all is settled."""
        chance, board = self._chance, self._board
        enough = len(CLASSES) * self._settings.posts * _ENOUGH
        until, moved, left = time.monotonic() + self._settings.limit, time.monotonic(), board.left()
        plan: dict[Callable[[], None], tuple[int, int]] = {self._kill: KILL_EVERY, self._stop: STOP_EVERY}
        if self._restart is not None:
            plan[self._restart_database] = RESTART_EVERY
        due = {act: chance.randint(*every) for act, every in plan.items()}
        step = 0.0
        while left > enough and time.monotonic() < until and time.monotonic() < moved + _STALLED:
            time.sleep(chance.uniform(0.001, 0.03))
            self._tend()
            if self._settings.clock_steps and time.monotonic() > step:
                self._step_clocks()
                step = time.monotonic() + chance.uniform(0.05, 1.0)
            for act, every in plan.items():
                if board.total("deliveries") >= due[act]:
                    due[act] = board.total("deliveries") + chance.randint(*every)
                    act()
            if board.left() != left:
                left, moved = board.left(), time.monotonic()

    def recover(self) -> None:
        """No more faults. The clocks agree, and are past every wait that a wrong one began."""
        for number in range(self._settings.workers):
            self._board.clocks[number] = CLOCK_RANGE + 60 if self._settings.clock_steps else 0.0
        self._board.calm.value = True
        until = time.monotonic() + _QUIET + self._board.left() * 0.05
        while self._board.left() and time.monotonic() < until:
            time.sleep(0.05)
            self._tend()

    def end(self) -> None:
        self._board.stop.value = True
        for pid in self._resume:
            os.kill(pid, signal.SIGCONT)
        for process in self._workers:
            process.join(30)
            process.kill()
            process.join()

    def _tend(self) -> None:
        """Resumes who was stopped long enough, starts anew who is gone."""
        for pid, until in list(self._resume.items()):
            if time.monotonic() > until or self._board.calm.value:
                os.kill(pid, signal.SIGCONT)
                del self._resume[pid]
        for number, process in enumerate(self._workers):
            if process.exitcode is not None:
                self.played["workers that failed"] += process.exitcode != -signal.SIGKILL
                self._workers[number] = self._start(number)

    def _kill(self) -> None:
        process = self._chance.choice(self._workers)
        if process.exitcode is None:
            self._resume.pop(process.pid or 0, None)
            process.kill()
            process.join()
            self.played["kill -9"] += 1

    def _stop(self) -> None:
        process = self._chance.choice(self._workers)
        if process.exitcode is None and process.pid is not None:
            os.kill(process.pid, signal.SIGSTOP)
            self._resume[process.pid] = time.monotonic() + self._chance.uniform(*STOP)
            self.played["stopped and resumed"] += 1

    def _step_clocks(self) -> None:
        """Sets one machine's clock, or puts it right."""
        number = self._chance.randrange(self._settings.workers)
        ahead = self._chance.choice(
            (0.0, self._chance.uniform(-60, 60), self._chance.uniform(-CLOCK_RANGE, CLOCK_RANGE))
        )
        self._board.clocks[number] = ahead
        self.played["clock steps"] += 1

    def _restart_database(self) -> None:
        assert self._restart is not None
        self._restart()
        self.played["database restarted"] += 1
