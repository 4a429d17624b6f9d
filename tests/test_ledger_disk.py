"""The ledger on disk: what is there when, what reading leaves, where it lies, and what damage does."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from syndicate.adapter import Part
from syndicate.errors import UsageError
from syndicate.ledger import Busy, Event, open_ledger, sqlite_path
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Sandbox
from syndicate.standin import Request, Response

from .ledger_bridge import KEY, intend, rows
from .support import FIVE, intercept, project, tree

# ---------------------------------------------------------------------- on disk, and when


@pytest.mark.slow
def test_intent_is_on_disk_before_the_request_leaves(tmp_path: Path) -> None:
    """When a platform receives a write, another process can already read in the ledger that it was sent."""
    seen: dict[str, list[tuple[str, int, str]]] = {}
    with Sandbox() as sandbox:
        it = project(tmp_path, sandbox)
        it.post()

        def watch(name: str) -> Callable[[Request, Callable[[Request], Response]], Response]:
            def handle(request: Request, proceed: Callable[[Request], Response]) -> Response:
                if sandbox.places[name].standin.writes(request):
                    with contextlib.closing(sqlite3.connect(it.ledger)) as db:
                        query = "SELECT state, attempts, payload FROM parts WHERE target = ?"
                        seen[name] = db.execute(query, (name,)).fetchall()
                return proceed(request)

            return handle

        for name in FIVE:
            intercept(sandbox, name, watch(name))
        assert it.run("publish", "post.md").returncode == 0
    assert set(seen) == set(FIVE)
    assert all((state, attempts) == ("sending", 1) for ((state, attempts, _),) in seen.values())


def test_full_sync_and_write_ahead_log(ledgers: Callable[[], SQLiteLedger], path: Path) -> None:
    """A commit is on the disk, not only with the system, before a request leaves: WAL with full sync."""
    ledger = ledgers()
    assert ledger._db.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert ledger._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert path.read_bytes()[:16] == b"SQLite format 3\0"


def test_transactions_are_over_when_a_method_returns(ledgers: Callable[[], SQLiteLedger], path: Path) -> None:
    """After every step another connection sees it: nothing is held back in an open transaction."""
    ledger = ledgers()
    other = sqlite3.connect(path)
    steps: list[Callable[[], object]] = []
    claim = ledger.claim(rows())
    steps = [
        lambda: None,
        lambda: intend(ledger, claim),
        lambda: ledger.record(claim, 0, "unknown", 1.0),
        lambda: ledger.record(claim, 0, "published", 2.0),
    ]
    found = []
    for step in steps:
        step()
        found.append(other.execute("SELECT state FROM parts").fetchone()[0])
    other.close()
    assert found == ["planned", "sending", "unknown", "published"]


@pytest.mark.slow
def test_many_processes_make_one_ledger(path: Path) -> None:
    """Processes that open a ledger which is not there yet, all at once, end up with one that has all their rows."""
    code = """
import sys
from pathlib import Path
from syndicate.ledger import Row
from syndicate.ledger.sqlite import SQLiteLedger
sys.stdin.readline()
for number in range(5):
    ledger = SQLiteLedger(Path(sys.argv[1]))
    row = Row(post_key=f"id:{sys.argv[2]}-{number}", target="t", part=0, parts=1, adapter="devto", source="a.md",
              state="planned", payload={}, fingerprint="f")
    claim = ledger.claim([row])
    ledger.record(claim, 0, "published", 1.0)
    ledger.release(claim)
    ledger.close()
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(n)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for n in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert said == [b""] * 4
    with contextlib.closing(open_ledger(f"sqlite:///{path}", path.parent, read_only=True)) as ledger:
        assert len(ledger.rows()) == 20
    assert sorted(p.name for p in path.parent.iterdir()) == ["ledger.db", "ledger.db.owners"]


def test_many_threads_claim_one_delivery(path: Path) -> None:
    """Of many that claim at the same moment one wins; the others are told that it is busy."""
    barrier = threading.Barrier(6)
    won, lost = [], []
    tried, release = threading.Semaphore(0), threading.Event()

    def claim() -> None:
        with contextlib.closing(SQLiteLedger(path)) as ledger:
            barrier.wait(20)
            try:
                won.append(ledger.claim(rows()))
            except Busy:
                lost.append(1)
            tried.release()
            release.wait(20)

    SQLiteLedger(path).close()
    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert all(tried.acquire(timeout=20) for _ in threads)
    release.set()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 5)


def test_no_half_made_ledger(tmp_path: Path) -> None:
    """A ledger gets its name when it is whole: next to it nothing is left of its making."""
    path = tmp_path / "deep" / "er" / "ledger.db"
    SQLiteLedger(path).close()
    assert [p.name for p in path.parent.iterdir()] == ["ledger.db"]


# ---------------------------------------------------------------------- reading


def test_reading_makes_no_ledger(tmp_path: Path) -> None:
    """A read-only ledger that is not there is empty, and is still not there afterwards."""
    ledger = open_ledger("sqlite:///no/where/ledger.db", tmp_path, read_only=True)
    assert (ledger.rows(), ledger.rows("key", "target"), ledger.log()) == ([], [], [])
    ledger.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after", ["a clean end", "a kill"])
def test_reading_writes_nothing(ledgers: Callable[[], SQLiteLedger], path: Path, after: str) -> None:
    """A read-only ledger changes no byte and adds no file, also where a killed process left its write-ahead log."""
    writer = ledgers()
    claim = writer.claim(rows())
    intend(writer, claim)
    if after == "a clean end":
        writer.release(claim)
        writer.close()
        folder = path.parent
    else:  # what a kill leaves on the disk
        folder = path.parent.with_name("copy")
        folder.mkdir()
        for name, content in tree(path.parent).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
    before = tree(folder)
    ledger = open_ledger("sqlite:///ledger.db", folder, read_only=True)
    assert [row.state for row in ledger.rows()] == ["sending"]
    assert [row.live for row in ledger.rows()] == [False]
    assert ledger.log()
    ledger.close()
    after_reading = tree(folder)
    # The index of the log is rebuilt in memory that is mapped from a file: it holds no data.
    assert {n: b for n, b in after_reading.items() if not n.endswith("-shm")} == {
        n: b for n, b in before.items() if not n.endswith("-shm")
    }
    assert set(after_reading) == set(before)


def test_reading_beside_a_writer(ledgers: Callable[[], SQLiteLedger], path: Path) -> None:
    """A reader sees what a running process has committed, and does not stand in its way."""
    writer = ledgers()
    claim = writer.claim(rows())
    reader = open_ledger(f"sqlite:///{path}", path.parent, read_only=True)
    intend(writer, claim)
    assert [(row.state, row.live) for row in reader.rows()] == [("sending", True)]
    writer.record(claim, 0, "published", 2.0)
    assert [row.state for row in reader.rows()] == ["published"]
    reader.close()


def test_the_log_only_grows(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Every step adds lines at the end; no step changes or removes one. It tells attempts, outcomes and fences."""
    ledger = ledgers()
    told: list[Event] = []

    def step(act: Callable[[], object]) -> None:
        act()
        now = ledger.log()
        assert now[: len(told)] == told
        told[:] = now

    claim = ledger.claim(rows("old", parts=3))
    step(lambda: intend(ledger, claim))
    step(lambda: ledger.record(claim, 0, "failed", 1.0, error_message="too long"))
    step(lambda: ledger.release(claim))
    again = ledger.claim(rows("new", parts=1))
    step(lambda: intend(ledger, again))
    step(lambda: ledger.record(again, 0, "published", 2.0, remote_url="https://x.example/1"))
    assert [(event.what, event.fence, event.detail) for event in told] == [
        ("sending", 1, ""),
        ("failed", 1, "too long"),
        ("sending", 2, ""),
        ("published", 2, "https://x.example/1"),
    ]
    assert ledger.log(KEY) == told
    assert ledger.log("id:other") == []


# ---------------------------------------------------------------------- addresses, and damage


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///a/ledger.db", "/blog/a/ledger.db"),
        ("sqlite:////srv/ledger.db", "/srv/ledger.db"),
        ("sqlite:///../l.db", "/blog/../l.db"),
    ],
)
def test_addresses(url: str, path: str) -> None:
    """Three slashes count from the config's folder, four from the root."""
    assert sqlite_path(url, Path("/blog")) == Path(path)


@pytest.mark.parametrize(
    "url", ["", "ledger.db", "sqlite:ledger.db", "sqlite://ledger.db", "mysql://x/y", "sqlite:///"]
)
def test_addresses_that_are_none(url: str) -> None:
    """Anything else is refused with the right form."""
    with pytest.raises(UsageError) as caught:
        sqlite_path(url, Path("/root"))
    assert "state.url" in caught.value.message
    assert "sqlite:///" in caught.value.next


def test_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the user's home, and `~` of nobody ends in no traceback."""
    monkeypatch.setenv("HOME", "/home/me")
    assert sqlite_path("sqlite:///~/l.db", Path("/root")) == Path("/home/me/l.db")
    with contextlib.suppress(UsageError):
        sqlite_path("sqlite:///~no-such-user/l.db", Path("/root"))


@pytest.mark.slow
def test_damage_of_any_kind(path: Path) -> None:
    """A ledger with some bytes changed either still reads or is refused with words; nothing else comes out of it."""
    with contextlib.closing(SQLiteLedger(path)) as ledger:
        for number in range(40):
            claim = ledger.claim(rows(f"words of post {number} " * 20, key=f"id:{number}", parts=2))
            intend(ledger, claim)
            ledger.record(claim, 0, "published", 1.0, remote_id=str(number), error_message="ä")
            ledger.release(claim)
    whole = path.read_bytes()
    chance = random.Random(7)
    refused: list[UsageError] = []
    for _ in range(300):
        data = bytearray(whole)
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        for _ in range(chance.choice([1, 4, 40])):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        for read_only in (True, False):
            try:
                with contextlib.closing(open_ledger(f"sqlite:///{path}", path.parent, read_only=read_only)) as ledger:
                    ledger.rows()
                    ledger.log()
            except UsageError as error:
                refused.append(error)
        assert path.read_bytes() == data
    assert len(refused) > 30
    assert all(str(path) in error.message and error.next for error in refused)


def test_damage_met_in_a_claim(ledgers: Callable[[], SQLiteLedger], path: Path) -> None:
    """A payload that is no JSON any more is damage of the ledger, and is told as such."""
    ledger = ledgers()
    ledger.release(ledger.claim(rows()))
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE parts SET payload = '{', state = 'unknown'")
    with pytest.raises(UsageError, match=r"ledger\.db"):
        ledger.claim(rows())
    with pytest.raises(UsageError, match=r"ledger\.db"):
        ledger.rows()


def test_old_rows_stay_readable(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Payloads come back as they were given, whatever they hold."""
    payload = {"text": "“ä” 世界 🎉 \0 \\ quote", "list": [1, None, True, {"x": []}], "n": 0.5}
    (row,) = rows()
    ledger = ledgers()
    part = Part(payload=payload, text="t", count=1, limit=2)
    claim = ledger.claim([replace(row, payload=payload, fingerprint=part.fingerprint)])
    (kept,) = claim.rows
    assert kept.payload == payload
    assert Part(payload=kept.payload, text="t", count=1, limit=2).fingerprint == kept.fingerprint
