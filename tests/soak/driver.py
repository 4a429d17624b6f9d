"""Leads a run: lets time pass and the script go on, starts workers, kills them, and collects what came of it."""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from .board import Board, die_with_parent
from .feeds import Served
from .judge import Verdict, at_rest, judge, unsound
from .platforms import entry_points
from .server import Seen, serve
from .settings import DEADLINE, MAX_NEW, PATIENCE, PLACES, QUIET_STEP, SETTLE, SLACK, STEP, TIMEOUT, Settings
from .worker import How, Job, Worker, to_json
from .world import SITE, Errand, World

_ROOT = Path(__file__).resolve().parents[2]
_fork = multiprocessing.get_context("fork")
#: How often a pass is killed, and how; a second one is started beside it; it is a fresh interpreter; platforms are away.
_KILLED = 0.55
_BESIDE = 0.12
_FRESH = 0.06
_AWAY = 0.03
#: Passes between two visits of the person who is asked.
_ASKED_EVERY = 3
#: Passes after the last fault, at most, and after everything has come to rest.
_QUIET = 150
_MORE = 4
#: Real seconds after which a worker that does not end is a fault.
_HANGS = 90.0
_NEEDED = (
    *(
        "anyio._backends._asyncio",
        "anyio.streams.tls",
        "anyio.to_thread",
        "encodings.utf_8_sig",
        "feedparser",
        "httpcore",
    ),
    *("html_to_markdown", "lxml.etree", "markdown_it", "nh3", "yaml", "xml.sax.expatreader", "certifi"),
    *("syndicate.approve", "syndicate.network", "syndicate.sandbox", "syndicate.update", "syndicate.waiting"),
    *(
        "syndicate.feed.body",
        "syndicate.feed.dom",
        "syndicate.feed.post",
        "syndicate.feed.read",
        "syndicate.feed.to_markdown",
    ),
    *("syndicate.watch.deliver", "syndicate.watch.entries", "syndicate.watch.local", "syndicate.watch.poll"),
)

_Ask = Callable[[str, object], Any]


@dataclass(slots=True)
class Result:
    """What came of a run. `played` counts what happened, by name."""

    settings: Settings
    verdict: Verdict
    played: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    days: float = 0.0

    @property
    def bad(self) -> int:
        return self.verdict.bad


@dataclass(slots=True)
class _Run:
    """One worker, and what it noted. `killed`: it did not come to its end."""

    job: Job
    process: ForkProcess | subprocess.Popen[bytes]
    killed: bool = False
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return self.process.pid or 0

    def said(self, what: str) -> list[Any]:
        return [note[what] for note in self.notes if what in note]

    def end(self, seconds: float) -> bool:
        """Whether it comes to its end within so many seconds."""
        if isinstance(self.process, subprocess.Popen):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            return self.process.returncode is not None
        self.process.join(seconds)
        return self.process.exitcode is not None


def run(settings: Settings) -> Result:
    """One whole run."""
    _warm_up()
    began, board = time.monotonic(), Board()
    start = board.now()
    world = World(settings, start)
    with _surroundings(settings, board) as (ask, server):
        crew = _Crew(settings, board, world, ask)
        for _ in range(settings.passes):
            crew.make_pass()
        crew.come_to_rest()
        seen = ask("dump", None)
        assert isinstance(seen, Seen)
        assert server.is_alive()
    verdict = judge(world.sources, seen)
    for what, said in crew.blamed:
        verdict.blame(what, said)
    for said in at_rest(settings.ledger):
        verdict.blame("stuck", said)
    for said in unsound(settings.ledger, board.now()):
        verdict.blame("unsound", said)
    played = crew.played + world.played + seen.faults
    return Result(settings, verdict, played, time.monotonic() - began, (board.now() - start) / 86400)


def _warm_up() -> None:
    """Imports what workers need, so that a fork of this process starts in milliseconds."""
    for name in _NEEDED:
        importlib.import_module(name)
    zoneinfo.ZoneInfo("America/New_York")


@contextlib.contextmanager
def _surroundings(settings: Settings, board: Board) -> Iterator[tuple[_Ask, ForkProcess]]:
    """Feeds, platforms, the package that the tool finds the adapters in, and the config that leads to them."""
    package = settings.folder / "plugins" / "soak.dist-info"
    package.mkdir(parents=True)
    (package / "entry_points.txt").write_text(entry_points())
    sys.path.insert(0, str(package.parent))
    (settings.folder / "posts").mkdir()
    (settings.folder / "notes").mkdir()
    here, there = _fork.Pipe()
    server = _fork.Process(target=_serve, args=(settings.seed, board, here, there), daemon=True)
    server.start()
    there.close()
    platforms, feeds = here.recv()
    settings.config.write_text(_config(settings, platforms, feeds))

    def ask(word: str, said: object) -> Any:
        here.send((word, said))
        return here.recv()

    try:
        yield ask, server
    finally:
        sys.path.remove(str(package.parent))
        here.close()
        server.join(10)
        server.kill()


def _serve(seed: int, board: Board, here: Connection, there: Connection) -> None:
    die_with_parent()
    here.close()
    serve(seed, board, there)


def _config(settings: Settings, platforms: str, feeds: str) -> str:
    lines = ["[site]", f'url = "{SITE}"', 'language = "en"', "[state]", f'url = "sqlite:///{settings.ledger}"']
    lines += ["[publish]", f'deadline = "{DEADLINE * 1000:.0f}ms"', f'patience = "{PATIENCE * 1000:.0f}ms"']
    lines += [f'settle = "{SETTLE:.0f}s"', "[watch]", f'timeout = "{TIMEOUT * 1000:.0f}ms"', "per_host = 8"]
    lines += [f"max_new = {MAX_NEW}"]
    for name, place in PLACES.items():
        lines += [f"[targets.{name}]", f'adapter = "soak-{place.kind}"', f'base_url = "{platforms}/{name}/api"']
        if place.window is not None:
            zone, days, spans = place.window
            hours = ",".join(f"{first:02}-{last:02}" for first, last in spans)
            lines.append(f'window = {{ zone = "{zone}", days = "{days}", hours = "{hours}" }}')
        if place.every is not None:
            lines.append(f'every = "{place.every:.0f}s"')
    for source in World(settings, 0.0).sources:
        lines += [f"[feeds.{source.name}]", f'url = "{feeds}{source.path(0)}"', f"targets = {list(source.targets)}"]
        lines += ["review = true"] if source.review else []
        lines += ['tags = ["go"]'] if source.tags else []
        lines += ["full_text = false"] if not source.full_text else []
        lines += ["update = false"] if not source.update else []
    return "\n".join(lines) + "\n"


class _Crew:
    """The workers, and what is done to them."""

    def __init__(self, settings: Settings, board: Board, world: World, ask: _Ask) -> None:
        self._settings = settings
        self._board = board
        self._world = world
        self._ask = ask
        self._chance = random.Random(f"{settings.seed}-crew")
        self._passes = 0
        self._jobs = 0
        #: Until when a feed does not want to be asked.
        self._not_before: dict[str, float] = {}
        self.played: Counter[str] = Counter()
        self.blamed: list[tuple[str, str]] = []

    def make_pass(self) -> None:
        """One step of the script, one pass of the watch, and what people do before it or beside it."""
        chance, board, world = self._chance, self._board, self._world
        self._passes += 1
        board.refusing.value = chance.random() < _AWAY and not world.calm
        errands = world.step(board.now())
        self._write_files()
        self._ask("answers", world.answers())
        board.refusing.value = False
        runs: list[_Run] = []
        beside: list[Job] = []
        for errand in errands:
            if errand.what == "publish" and chance.random() < 0.5:
                beside.append(self._errand(errand))
            else:
                runs += self._alone(self._errand(errand), deadly=errand.what == "publish")
        if world.calm or self._passes % _ASKED_EVERY == 0:
            asked = self._job("approve", verdicts=world.verdicts(board.now(), self._ask("out", None)))
            if chance.random() < 0.5 and not world.calm:
                beside.append(asked)
            else:
                runs += self._alone(asked)
        runs += self._watch(beside)
        self._learn(runs, self._ask("served", None))
        board.go(chance.uniform(*(QUIET_STEP if world.calm else STEP)))

    def come_to_rest(self) -> None:
        """No more faults: what is still to be done has to come through, and nothing else may."""
        self._world.calm = self._board.calm.value = True
        for _ in range(_QUIET):
            self.make_pass()
            if all(s.is_confirmed for s in self._world.stories()) and not any(at_rest(self._settings.ledger)):
                break
        for _ in range(_MORE):
            self._board.go(86400.0)
            self.make_pass()

    # ------------------------------------------------------------------ jobs

    def _job(self, what: Any, **more: Any) -> Job:
        self._jobs += 1
        notes = str(self._settings.folder / "notes" / f"{self._jobs:05}-{what}.jsonl")
        return Job(what=what, config=str(self._settings.config), clock=self._board.clock, notes=notes, **more)

    def _errand(self, errand: Errand) -> Job:
        file = self._settings.folder / "posts" / f"{errand.story.slug}.md"
        return self._job(errand.what, file=str(file), targets=self._world.sources[0].targets, at=errand.at)

    def _write_files(self) -> None:
        """The first feed's posts that are files, as they are now."""
        for story in self._world.sources[0].stories:
            if story.file:
                own = f"canonical_url: {SITE}/posts/{story.slug}/\n" if story.number % 2 else ""
                text = f"---\ntitle: {json.dumps(story.title)}\n{own}---\n{story.html}\n"
                path = self._settings.folder / "posts" / f"{story.slug}.md"
                if not path.exists() or path.read_text() != text:
                    path.write_text(text)

    def _start(self, job: Job, *, fresh: bool = False) -> _Run:
        if fresh:
            paths = os.pathsep.join([str(_ROOT), str(self._settings.folder / "plugins")])
            command = [sys.executable, "-m", "tests.soak.worker"]
            popen = subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths})
            assert popen.stdin is not None
            with popen.stdin as given:
                given.write(to_json(job).encode())
            self.played["fresh interpreters"] += 1
            return _Run(job, popen)
        process = _fork.Process(target=_work, args=(job,), daemon=True)
        process.start()
        return _Run(job, process)

    def _alone(self, job: Job, *, deadly: bool = False) -> list[_Run]:
        if deadly and self._chance.random() < _KILLED:
            job = self._doomed(job, most=12)
        one = self._start(job)
        self._finish(one)
        return [one]

    def _doomed(self, job: Job, *, most: int) -> Job:
        ways: tuple[How, ...] = ("before", "in", "after")
        how = self._chance.choice(ways)
        return replace(job, die_at=int(self._chance.uniform(1, most**0.5) ** 2), die_how=how)

    def _watch(self, beside: Sequence[Job]) -> list[_Run]:
        """A pass, and another one if the first was killed."""
        chance, calm = self._chance, self._world.calm
        job, how = self._job("watch"), ""
        if not calm and chance.random() < _KILLED:
            how = chance.choice(("time", "commit", "commit", "write"))
        if how == "commit":
            job = self._doomed(job, most=max(6, self._settings.feeds))
        runs = [self._start(job, fresh=not calm and chance.random() < _FRESH)]
        if how == "write":
            self._board.doom(runs[0].pid, write=chance.randint(1, 3), after=chance.random() < 0.5)
        runs += [self._start(other) for other in beside]
        if not calm and chance.random() < _BESIDE:
            time.sleep(chance.uniform(0, 0.3))
            runs.append(self._start(self._job("watch")))
            self.played["two passes at once"] += 1
        if how == "time" and not runs[0].end(chance.uniform(0, 0.5)):
            runs[0].process.kill()
        for one in runs:
            self._finish(one)
        self._board.spare()
        if runs[0].killed and chance.random() < 0.5:
            runs.append(self._start(self._job("watch")))
            self._finish(runs[-1])
        return runs

    def _finish(self, one: _Run) -> None:
        if not one.end(_HANGS):
            self.blamed.append(("failed", f"{one.job.what}: did not end within {_HANGS:.0f} seconds"))
            one.process.kill()
            one.end(_HANGS)
        path = Path(one.job.notes)
        one.notes = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        failed, ended = one.said("failed"), one.said("ended")
        one.killed = not failed and not ended
        self.played["passes" if one.job.what == "watch" else f"runs: {one.job.what}"] += 1
        self.played[f"kill -9: {one.job.what}"] += one.killed
        self.blamed += [("failed", f"{one.job.what}: {said}") for said in failed]
        self.played["passes that found another one going on"] += any(one.said("busy"))

    # ------------------------------------------------------------------ what came of it

    def _learn(self, runs: Sequence[_Run], served: Sequence[Served]) -> None:
        world = self._world
        polled = {name for one in runs for name in one.said("polled")}
        quiet_end = any(one.job.what == "watch" and one.said("ended") and not any(one.said("busy")) for one in runs)
        later: dict[str, float] = {}
        for answer in served:
            name = answer.path.split("/")[1]
            self.played[f"answers of feeds: {answer.what}"] += 1
            if answer.at < self._not_before.get(name, 0.0) - SLACK:
                said = f"{name} was asked {self._not_before[name] - answer.at:.0f} s before it wanted to be"
                self.blamed.append(("impolite", said))
            if (answer.whole and name in polled) or answer.what == "304":
                world.confirm(name)
            source = world.sources[int(name[1:])]
            if quiet_end and answer.what == "503":
                later[name] = answer.at + source.retry_after
            elif quiet_end and answer.what in ("200", "304") and source.ttl:
                later[name] = answer.at + source.ttl * 60
        self._not_before |= later
        for one in runs:
            for said in one.said("decided"):
                self._decided(said)

    def _decided(self, said: dict[str, Any]) -> None:
        self.played[f"questions: {said['state']}, {said['verdict'].strip('!')}"] += 1
        if said["verdict"].startswith("!"):
            self.blamed.append(("asked", f"{said['mark']}: {said['state']}, {said['reason']}"))
        if said["state"] != "edited":
            self._world.decided(said["mark"], said["verdict"], said["at"])


def _work(job: Job) -> None:
    die_with_parent()
    os._exit(Worker(job).run())
