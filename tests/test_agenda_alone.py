"""One pass at a time: a second one is told so; whoever dies makes room; and nobody who was overtaken is in the way."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from syndicate.ledger import Ledger
from syndicate.ledger.agenda import Agenda

from .agenda_bridge import ENGINES, KEY, TARGET, entry, feed, opener, place, process, url_of
from .postgres import Cluster
from .postgres_proxy import Cut, Proxy
from .test_postgres import sql


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request.param, request, tmp_path)


@pytest.fixture
def ledgers(url: str) -> Iterator[Callable[[], Ledger]]:
    with opener(url) as one:
        yield one


def free(ledger: Ledger) -> bool:
    with ledger.agenda.alone() as it_was:
        return it_was


def expire(url: str) -> None:
    """As if the lease had run out."""
    sql(url, "UPDATE syndicate.pass SET lease_until = clock_timestamp() - interval '1 second'")


def test_one_at_a_time(ledgers: Callable[[], Ledger]) -> None:
    """While one holds it, others of this process and of others do not, nor does it twice; afterwards anybody may."""
    one, two = ledgers(), ledgers()
    for holder, other in ((one, two), (two, one)):
        with holder.agenda.alone() as first:
            assert first
            assert not free(other)
            assert not free(holder)
            assert not free(other)
        assert free(other)


def test_freed_by_an_error(ledgers: Callable[[], Ledger]) -> None:
    """A pass that fails makes room, and its error is its own."""
    one, two = ledgers(), ledgers()
    for error in (ValueError("words"), OSError(28, "No space"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught, one.agenda.alone():
            raise error
        assert caught.value is error
        assert free(two)


_HOLDER = """
import subprocess, sys
from pathlib import Path
from syndicate.ledger import open_ledger
wait = "import sys; print(flush=True); sys.stdin.read()"
with open_ledger(sys.argv[1], Path()).agenda.alone() as free:
    pipe = subprocess.PIPE
    child = subprocess.Popen([sys.executable, "-S", "-c", wait], stdin=pipe, stdout=pipe, close_fds=False)
    child.stdout.readline()
    print(free, child.pid, flush=True)
    sys.stdin.readline()
child.kill()
child.communicate()
print("ended", flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
def test_two_processes(ledgers: Callable[[], Ledger], url: str) -> None:
    """Of two processes one makes the pass; when its pass has ended, though not the process, the other may."""
    ledger = ledgers()
    with process(_HOLDER, url) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline().split()[0] == "True"
        with process(_HOLDER, url) as second:
            assert second.communicate("\n\n", timeout=60)[0].split()[0] == "False"
        assert not free(ledger)
        holder.stdin.write("\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "ended\n"
        assert free(ledger)


@pytest.mark.slow
def test_freed_by_death(ledgers: Callable[[], Ledger], url: str) -> None:
    """A killed holder makes room, on one machine at once, though a child of it lives on; on a shared ledger in time."""
    ledger = ledgers()
    with process(_HOLDER, url) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline().split()[1])
        assert not free(ledger)
        holder.kill()
        holder.wait()
        if not url.startswith("sqlite"):
            assert not free(ledger)
            expire(url)
        assert free(ledger)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


# ---------------------------------------------------------------------- leases


@pytest.fixture
def shared(postgres_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of("postgresql", request, tmp_path)


def _left(url: str) -> float:
    ((seconds,),) = sql(url, "SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 FROM syndicate.pass")
    assert isinstance(seconds, float)
    return seconds


STEPS: dict[str, tuple[bool, Callable[[Agenda], object]]] = {
    "poll": (True, lambda agenda: agenda.poll(feed())),
    "polled": (True, lambda agenda: agenda.polled([feed()])),
    "done": (True, lambda agenda: agenda.done(KEY, TARGET)),
    "put_off": (True, lambda agenda: agenda.put_off(KEY, TARGET, retry_at=None)),
    "enqueue": (False, lambda agenda: agenda.enqueue([place()])),
    "queue": (False, lambda agenda: agenda.queue()),
}


@pytest.mark.parametrize("step", STEPS)
def test_signs_of_life(shared: str, step: str) -> None:
    """What a pass does renews its lease, by the database's clock; what others do does not."""
    renews, act = STEPS[step]
    with opener(shared) as one:
        ledger, other = one(), one()
        with ledger.agenda.alone():
            assert 290 < _left(shared) <= 300
            sql(shared, "UPDATE syndicate.pass SET lease_until = clock_timestamp() + interval '9 seconds'")
            act(other.agenda)
            assert _left(shared) <= 9
            act(ledger.agenda)
            assert (_left(shared) > 290) == renews


def test_overtaken(shared: str) -> None:
    """Who was overtaken still records what it found, and neither takes the right back nor prolongs another's."""
    with opener(shared) as one:
        slow, quick = one(), one()
        with slow.agenda.alone():
            expire(shared)
            with quick.agenda.alone() as taken:
                assert taken
                sql(shared, "UPDATE syndicate.pass SET lease_until = clock_timestamp() + interval '9 seconds'")
                slow.agenda.poll(feed(), [entry()])
                assert quick.agenda.entries() == [entry()]
                assert _left(shared) <= 9
                quick.agenda.polled([feed()])
                assert _left(shared) > 290


def test_the_old_one_ends_first(shared: str) -> None:
    """The end of a pass that was overtaken does not end the pass of who overtook it."""
    with opener(shared) as one:
        slow, quick, third = one(), one(), one()
        with contextlib.ExitStack() as old:
            assert old.enter_context(slow.agenda.alone())
            expire(shared)
            with quick.agenda.alone() as taken:
                assert taken
                old.close()
                assert not free(third)
            assert free(third)


# ---------------------------------------------------------------------- the connection cut


def _hold(agenda: Agenda) -> None:
    with agenda.alone() as it_was:
        assert it_was


CUT: dict[str, Callable[[Agenda], object]] = {
    "poll": lambda agenda: agenda.poll(feed(), [entry("a"), entry("b", state="accepted")], [place()]),
    "polled": lambda agenda: agenda.polled([feed(), feed("other")]),
    "anew": lambda agenda: agenda.enqueue([place(), place("id:b")], anew=True),
    "alone": _hold,
}


@pytest.mark.slow
@pytest.mark.parametrize("step", CUT)
def test_cut_anywhere(postgres: Cluster, shared: str, step: str) -> None:
    """Cut at any message, in both directions, it goes on by itself and leaves what it leaves undisturbed."""
    from syndicate.ledger.postgres import PostgresLedger

    def state(agenda: Agenda) -> tuple[Any, ...]:
        return agenda.feeds(), agenda.entries(), agenda.queue(), sql(shared, "SELECT * FROM syndicate.pass")

    with Proxy(postgres.port) as proxy, opener(shared) as one:
        beside = one().agenda
        through = postgres.url(shared.rpartition("/")[2], port=proxy.port)
        with contextlib.closing(PostgresLedger(through)) as ledger:
            proxy.arm(None)
            CUT[step](ledger.agenda)
            expected = state(beside)
            counts = {side: len(kinds) for side, kinds in proxy.seen.items()}
            assert counts["client"] >= 4
            for side, count in counts.items():
                for number in range(1, count + 1):
                    sql(shared, "TRUNCATE syndicate.feeds, syndicate.entries, syndicate.queue")
                    proxy.arm(Cut(side, number, reset=number % 2 == 0))
                    CUT[step](ledger.agenda)
                    # How many messages a pipeline of statements takes varies a little: its flushes go by time.
                    assert proxy.struck.is_set() or number > count - 4, (side, number)
                    assert state(beside) == expected, (side, number)
