"""SIGKILL at every step of a publish to all five, and company: every platform ends with one post, or nobody guesses.

The sandbox runs in the tests' process, so a request that it receives can kill the tool before it goes on. A run
that was killed is followed by runs of the same command until nothing changes. Platforms whose listings lag would
make those wait for a minute, so they are told that nothing lags: the sandbox's do not. Nor do they wait in real time
until no earlier request can arrive any more: the sandbox has worked on all that it got, then their clock moves on.
"""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from syndicate.clock import steady
from syndicate.registry import adapter_class
from syndicate.sandbox import Fault, Sandbox
from syndicate.standin import Request, Response
from syndicate.testing.clock import hold

from .support import FIVE, POST, Outcome, Project, clean_env, intercept, project, start

pytestmark = pytest.mark.slow

#: Requests of one run: Medium's account, Reddit's token, rules and flairs, and a write for each part (X has a thread of
#: three).
REQUESTS = 11

#: Seconds that a request may take, in most tests here.
_DEADLINE = 1.0

_PARAGRAPH = "Some words that fill a part of a thread, so that the whole text needs three of them and not one. "
_LONG = POST + "\n" + "\n\n".join(f"{number}. {_PARAGRAPH * 2}" for number in range(3)) + "\n"


class _Ahead:
    """Seconds by which the clock that ledgers measure waits with, in this process, is ahead of the machine's."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> tuple[str, float]:
        boot, seconds = steady()
        return boot, seconds + self.seconds


@pytest.fixture(autouse=True)
def ahead() -> Iterator[_Ahead]:
    made = _Ahead()
    with mock.patch("syndicate.ledger.sqlite.steady", made):
        yield made


def _project(folder: Path, sandbox: Sandbox) -> Project:
    it = project(folder, sandbox, options={"twitter": {"mode": "thread"}}, deadline="1s", settle="0s", patience="2s")
    it.post(_LONG)
    return it


def _run(it: Project) -> Outcome:
    """The command again, in this process, which is quicker, with nothing that lags."""
    with contextlib.ExitStack() as stack:
        for name in FIVE:
            cls = adapter_class(name)
            stack.enter_context(mock.patch.object(cls, "dedupe", replace(cls.dedupe, lag=0.0)))
        return it.call("publish", "post.md", "--json")


def _settle(it: Project, sandbox: Sandbox, ahead: _Ahead) -> dict[str, str]:
    """Runs the command until two runs in a row change nothing; returns the states by target."""
    before: object = None
    for _ in range(12):
        outcome = _run(it)
        assert outcome.stderr == "", outcome.stderr
        states = {name: d["state"] for name, d in outcome.deliveries().items()}
        assert outcome.returncode in (0, 3)
        now = (states, len(sandbox.writes()))
        done = dict.fromkeys(FIVE, "published")
        if now == before and states in (done, {**done, "medium": "unknown"}):
            return states
        before = now
        if outcome.returncode == 3:
            _drain(sandbox)  # until no earlier request can arrive any more
            ahead.seconds += _DEADLINE
    raise AssertionError(f"not settled after many runs: {before}")


def _drain(sandbox: Sandbox) -> None:
    """Waits until every connection that was made to the sandbox has been worked on and is closed."""
    with urllib.request.urlopen(sandbox.url):  # connections are taken in the order in which they were made
        pass
    _until(lambda: not any("process_request_thread" in thread.name for thread in threading.enumerate()))


def _assert_once(it: Project, sandbox: Sandbox, states: dict[str, str]) -> None:
    """Each platform has each part exactly once, a thread hangs together, and the ledger knows them by their ids."""
    rows = it.rows()
    for name in FIVE:
        posts = sandbox.places[name].standin.posts
        mine = [row for row in rows if row.target == name]
        if states[name] == "unknown":
            assert name == "medium"
            assert len(posts) <= 1
            continue
        assert states[name] == "published"
        assert len(posts) == len(mine), name
        assert len({post.text for post in posts}) == len(posts)
    thread = sandbox.places["twitter"].standin.posts
    assert [post.reply_to for post in thread] == [None, *(post.id for post in thread[:-1])]
    assert [row.remote_id for row in rows if row.target == "twitter"] == [post.id for post in thread]


def _kill_at(
    sandbox: Sandbox, number: int, when: str, victim: Callable[[], subprocess.Popen[bytes]]
) -> threading.Event:
    """Kills the process when the sandbox has the `number`-th request.

    `when`: `arrives`: the process dies, then the request has its effect; `answered`: the effect, then the death;
    `lost`: the process dies and the request is never worked on.
    """
    turn, seen, struck = threading.Lock(), [0], threading.Event()

    def kill() -> None:
        process = victim()
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        struck.set()

    def handle(request: Request, proceed: Callable[[Request], Response]) -> Response | None:
        with turn:
            seen[0] += 1
            mine = seen[0] == number
        if not mine:
            return proceed(request)
        if when == "answered":
            response = proceed(request)
            kill()
            return response
        kill()
        return proceed(request) if when == "arrives" else None

    for name in FIVE:
        intercept(sandbox, name, handle)
    return struck


@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
@pytest.mark.parametrize("when", ["arrives", "answered", "lost"])
def test_killed_at_each_request(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead, number: int, when: str) -> None:
    """Killed while any of its requests, reads included, is on its way, worked on, or lost."""
    it = _project(tmp_path, sandbox)
    started = threading.Event()
    holder: list[subprocess.Popen[bytes]] = []

    def victim() -> subprocess.Popen[bytes]:
        assert started.wait(20)
        return holder[0]

    struck = _kill_at(sandbox, number, when, victim)
    holder.append(start("publish", "post.md", cwd=it.folder, env=it.env))
    started.set()
    assert holder[0].wait(30) == -signal.SIGKILL
    assert struck.wait(20)
    _assert_once(it, sandbox, _settle(it, sandbox, ahead))


def test_how_many_requests_a_run_makes(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead) -> None:
    """A run that nobody disturbs makes as many requests as there are steps to be killed at."""
    it = _project(tmp_path, sandbox)
    assert _run(it).returncode == 0
    assert len(sandbox.seen) == REQUESTS
    assert len(sandbox.places["twitter"].standin.posts) == 3


@pytest.mark.parametrize("name", FIVE)
def test_killed_and_the_request_arrives_later(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead, name: str) -> None:
    """Killed, looked for too early, and only then does the request take effect: the early look decides nothing."""
    it = project(tmp_path, sandbox, [name], deadline="3s", settle="0s")
    it.post()
    held = hold(sandbox.places[name], "before")
    process = start("publish", "post.md", cwd=it.folder, env=it.env)
    assert held.arrived.wait(20)
    process.kill()
    process.wait()
    assert len(sandbox.writes()) == 1
    posts = sandbox.places[name].standin.posts
    early = _run(it)
    assert posts == []
    assert (early.returncode, early.deliveries()[name]["state"]) == (3, "unknown")
    held.let_go()
    _until(lambda: len(posts) == 1)
    late = _run(it)
    assert late.deliveries()[name]["state"] == ("unknown" if name == "medium" else "published")
    assert len(sandbox.writes()) == len(posts) == 1


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_moment(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead, seed: int) -> None:
    """Killed again and again after random delays, with answers that are slow, late or lost, until it gets through."""
    chance = random.Random(seed)
    it = _project(tmp_path, sandbox)
    for _ in range(3):
        for name in FIVE:
            if chance.random() < 0.5:
                kind = chance.choice(["slow", "late", "drop_after", "drop_before", "error_after", "garbage"])
                sandbox.play(name, Fault(kind, seconds=0.3))
        process = start("publish", "post.md", cwd=it.folder, env=it.env)
        time.sleep(chance.uniform(0.15, 0.9))
        process.kill()
        process.wait()
    for place in sandbox.places.values():
        place.faults.clear()
    time.sleep(0.4)  # what is late arrives
    _assert_once(it, sandbox, _settle(it, sandbox, ahead))


@pytest.mark.parametrize("attempt", range(3))
def test_two_at_once(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead, attempt: int) -> None:
    """Two processes started at once on one ledger that is not there yet: one post each, whoever sends it."""
    it = _project(tmp_path, sandbox)
    for name in FIVE:
        sandbox.play(name, Fault("slow", seconds=0.2))
    codes = _at_once(it, 2)
    assert set(codes) <= {0, 75}
    assert [len(sandbox.writes(name)) for name in FIVE] == [1, 1, 1, 1, 3]
    _assert_once(it, sandbox, _settle(it, sandbox, ahead))


def test_many_at_once_after_a_kill(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead) -> None:
    """Several that find what a killed one left settle it without stepping on each other."""
    it = _project(tmp_path, sandbox)
    for name in FIVE:
        sandbox.play(name, Fault("slow", seconds=_DEADLINE))
    process = start("publish", "post.md", cwd=it.folder, env=it.env)
    _until(lambda: len(sandbox.writes()) == 5)
    process.kill()
    process.wait()
    assert set(_at_once(it, 4)) <= {0, 3, 75}
    _assert_once(it, sandbox, _settle(it, sandbox, ahead))


@pytest.mark.parametrize("fast", [-300.0, 300.0])
def test_clock_that_is_off(tmp_path: Path, ahead: _Ahead, fast: float) -> None:
    """Our clock is five minutes ahead of the platforms', or behind: what they have is found all the same."""
    with Sandbox(now=lambda: time.time() - fast) as sandbox:
        options = {"twitter": {"mode": "thread"}, "reddit": {"kind": "self"}}
        it = project(tmp_path, sandbox, options=options, deadline="1s", settle="0s")
        it.post(_LONG)
        for name in FIVE:
            sandbox.play(name, Fault("drop_after"))
        _assert_once(it, sandbox, _settle(it, sandbox, ahead))
        assert [len(sandbox.writes(name)) for name in FIVE] == [1, 1, 1, 1, 3]


def test_unknown_is_left_alone(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead) -> None:
    """Killed while Medium had the story: the ledger says unknown, each run ends with 3, and nothing more is written."""
    it = project(tmp_path, sandbox, ["medium"], deadline="1s", settle="0s")
    it.post()
    holder: list[subprocess.Popen[bytes]] = []
    started = threading.Event()

    def victim() -> subprocess.Popen[bytes]:
        assert started.wait(20)
        return holder[0]

    _kill_at(sandbox, 2, "answered", victim)
    holder.append(start("publish", "post.md", cwd=it.folder, env=it.env))
    started.set()
    holder[0].wait(30)
    for _ in range(2):
        outcome = it.run("publish", "post.md", "--json")
        assert (outcome.returncode, outcome.deliveries()["medium"]["state"]) == (3, "unknown")
    assert it.run("status", "--json").deliveries()["medium"]["state"] == "unknown"
    assert len(sandbox.writes()) == len(sandbox.places["medium"].standin.posts) == 1


def test_killed_while_updating(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead) -> None:
    """An update that was killed is repeated: the platform ends with one post, as it is now."""
    it = project(tmp_path, sandbox, ["devto", "hashnode"], deadline="1s", settle="0s")
    it.post()
    assert it.run("publish", "post.md").returncode == 0
    it.post(POST + "\nAnd more.\n")
    holder: list[subprocess.Popen[bytes]] = []
    started = threading.Event()

    def victim() -> subprocess.Popen[bytes]:
        assert started.wait(20)
        return holder[0]

    _kill_at(sandbox, 1, "answered", victim)
    holder.append(start("update", "post.md", cwd=it.folder, env=it.env))
    started.set()
    holder[0].wait(30)
    assert it.run("update", "post.md").returncode == 0
    for name in ("devto", "hashnode"):
        (post,) = sandbox.places[name].standin.posts
        assert "And more." in post.text
    assert {d["action"] for d in it.run("publish", "post.md", "--json").deliveries().values()} == {"skip"}


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted(tmp_path: Path, sandbox: Sandbox, ahead: _Ahead, name: str) -> None:
    """Ctrl-C and a polite kill leave the same as a rude one: what was on its way is looked for, not sent again."""
    it = _project(tmp_path, sandbox)
    for target in FIVE:
        sandbox.play(target, Fault("slow", seconds=0.8))
    process = subprocess.Popen(
        [sys.executable, "-m", "syndicate", "publish", "post.md"],
        cwd=it.folder,
        env=clean_env(it.folder, it.env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _until(lambda: len(sandbox.writes()) == 5)
    process.send_signal(getattr(signal, name))
    _, said = process.communicate(timeout=30)
    assert process.returncode in ((130,) if name == "SIGINT" else (-signal.SIGTERM, 143))
    assert b"Traceback" not in said
    _assert_once(it, sandbox, _settle(it, sandbox, ahead))


def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def _at_once(it: Project, number: int) -> Sequence[int]:
    processes = [start("publish", "post.md", cwd=it.folder, env=it.env) for _ in range(number)]
    return [process.wait(60) for process in processes]
