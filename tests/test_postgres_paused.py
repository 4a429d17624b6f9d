"""A worker that is stopped past its lease (a laptop's lid, a virtual machine that is moved) and then goes on.

It stops itself at the place in question, as SIGSTOP does, and is resumed when another has done its work.
"""

from __future__ import annotations

import base64
import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicate.pictures import Picture
from syndicate.registry import adapter_class, standin_class
from syndicate.report import BUSY, Delivery
from syndicate.sandbox import a_picture
from syndicate.testing import rig as suite
from syndicate.testing.rig import Rig

from .test_postgres import expire, sql

pytestmark = pytest.mark.slow

_WORKER = """
import os, signal, sys
from syndicate.ledger.postgres import PostgresLedger

def stopping(name, when):
    real = getattr(PostgresLedger, name)
    def call(*args, **more):
        if when == "before":
            os.kill(os.getpid(), signal.SIGSTOP)
        result = real(*args, **more)
        if when == "after":
            os.kill(os.getpid(), signal.SIGSTOP)
        return result
    setattr(PostgresLedger, name, call)

stopping(sys.argv[1], sys.argv[2])
sys.argv = ["worker", sys.argv[3]]
from syndicate.testing.worker import main
main()
"""


@pytest.fixture
def rig(tmp_path: Path, postgres_url: str) -> Iterator[Rig]:
    """X in front of a ledger in a database: its lookups lag, so that nothing is decided early."""
    with Rig(tmp_path, adapter_class("twitter"), standin_class("twitter"), ledger=postgres_url) as made:
        yield made


@contextlib.contextmanager
def stopped(rig: Rig, name: str, when: str) -> Iterator[subprocess.Popen[bytes]]:
    """A run in a process of its own that has stopped before or after its call of a method of the ledger."""
    job = (rig._class, rig._options, rig.base_url, rig.ledger, rig.post, rig.folder / "tokens")
    words = base64.b64encode(pickle.dumps(job)).decode()
    process = subprocess.Popen([sys.executable, "-c", _WORKER, name, when, words], stdout=subprocess.DEVNULL)
    try:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), status
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait(30)


def resume(process: subprocess.Popen[bytes]) -> None:
    """Lets it go on, to its end."""
    process.send_signal(signal.SIGCONT)
    assert process.wait(30) == 0


def recorded(rig: Rig) -> list[tuple[object, ...]]:
    """All that the tables hold, but for the lease."""
    parts = "SELECT to_jsonb(p) - 'lease_until' FROM syndicate.parts AS p ORDER BY post_key, target, part"
    return sql(rig.ledger, parts) + sql(rig.ledger, "SELECT to_jsonb(l) FROM syndicate.log AS l ORDER BY id")


def test_between_claim_and_intent(rig: Rig) -> None:
    """Stopped after its claim: another takes over and publishes; the resumed one sends nothing and changes nothing."""
    with stopped(rig, "intend", "before") as process:
        assert rig.run().error is not None  # busy: the lease holds
        assert rig.writes == 0
        expire(rig.ledger)
        assert rig.run().state == "published"
        assert rig.writes == 1
        before = recorded(rig)
        resume(process)
    assert (rig.writes, len(rig.received)) == (1, 1)
    assert recorded(rig) == before


def test_between_intent_and_request(rig: Rig) -> None:
    """Stopped when its intent was recorded: another settles and publishes; the resumed one does not send any more."""
    with stopped(rig, "intend", "after") as process:
        began = time.monotonic()
        expire(rig.ledger)
        assert rig.run().state == "unknown"
        assert rig.writes == 0
        rig.settle()
        assert rig.run().state == "published"
        assert rig.writes == 1
        before = recorded(rig)
        time.sleep(max(0.0, suite.DEADLINE - (time.monotonic() - began)))  # what passed before, `settle` only pretends
        resume(process)
    assert (rig.writes, len(rig.received)) == (1, 1)
    assert recorded(rig) == before


def test_between_request_and_record(rig: Rig) -> None:
    """Stopped before it could record a success: another finds it and records it; the resumed one changes nothing."""
    with stopped(rig, "record", "before") as process:
        assert rig.writes == 1
        expire(rig.ledger)
        assert rig.run().state == "published"
        before = recorded(rig)
        resume(process)
    assert (rig.writes, len(rig.received)) == (1, 1)
    assert recorded(rig) == before


def test_resumed_in_time(rig: Rig) -> None:
    """Stopped for less than the deadline, with nobody else about, it simply goes on."""
    with stopped(rig, "intend", "after") as process:
        resume(process)
    assert [row[0] for row in sql(rig.ledger, "SELECT state FROM syndicate.parts")] == ["published"]
    assert (rig.writes, len(rig.received)) == (1, 1)


@pytest.mark.parametrize("lost", [False, True], ids=["uploaded", "upload lost"])
def test_lease_ends_during_uploads(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    """Uploads that take longer than the lease: another run takes over and posts; the first sends and changes nothing."""
    done: list[Delivery] = []
    before: list[object] = []
    name = "mastodon"
    with Rig(
        tmp_path, adapter_class(name), standin_class(name), options={"pictures": "always"}, ledger=postgres_url
    ) as rig:

        async def slow(url: str, limit: int) -> Picture:
            monkeypatch.setattr(suite, "a_picture", a_picture)
            expire(rig.ledger)
            other = threading.Thread(target=lambda: done.append(rig.run()))
            other.start()
            other.join(30)
            before.extend(recorded(rig))
            if lost:
                rig.play("drop_after", times=9, reads=True)
            return await a_picture(url, limit)

        monkeypatch.setattr(suite, "a_picture", slow)
        first = rig.run()
        assert [one.state for one in done] == ["published"]
        assert first.error is not None
        assert first.error.kind == BUSY.kind
        assert (rig.writes, len(rig.received)) == (1, 1)
        assert recorded(rig) == before
