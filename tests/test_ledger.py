"""The ledger: who may change what, what is on disk when, and that a claim that was lost changes nothing."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syndicate.adapter import Part
from syndicate.errors import UsageError
from syndicate.ledger import Busy, Claim, ClaimLost, Event, Intent, Row, open_ledger, sqlite_path
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Sandbox
from syndicate.standin import Request, Response

from .support import FIVE, intercept, project, tree

KEY, TARGET = "url:https://blog.example.org/a", "dev"


def rows(text: str = "words", *, parts: int = 1, target: str = TARGET, key: str = KEY) -> list[Row]:
    """A delivery as a plan wants it."""
    made = [Part(payload={"text": f"{text} {n}"}, text=text, count=len(text), limit=100) for n in range(parts)]
    return [
        Row(
            post_key=key,
            target=target,
            part=number,
            parts=parts,
            adapter="devto",
            source="a.md",
            state="planned",
            payload=part.payload,
            text=part.text,
            count=part.count,
            limit=part.limit,
            fingerprint=part.fingerprint,
        )
        for number, part in enumerate(made)
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.db"


@pytest.fixture
def ledgers(path: Path) -> Iterator[Callable[[], SQLiteLedger]]:
    """Opens ledgers on one file, each as another process would; closes them in the end."""
    with contextlib.ExitStack() as stack:

        def one() -> SQLiteLedger:
            ledger = SQLiteLedger(path, busy_timeout=0.2, now=lambda: 100.0)
            stack.callback(ledger.close)
            return ledger

        yield one


def _die(ledger: SQLiteLedger) -> None:
    """As if the process had been killed: the lock is gone, the rows are as they were."""
    assert ledger._owner is not None
    os.close(ledger._owner._descriptor)
    ledger._owner = None
    ledger._db.close()


def _intend(ledger: SQLiteLedger, claim: Claim, part: int = 0, at: float = 1.0) -> None:
    ledger.intend(claim, part, Intent(at, at + 630))


# ---------------------------------------------------------------------- transitions


def test_a_new_delivery(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A claim adds the parts as planned, each with an attempt key of its own, and the fence starts at 1."""
    ledger = ledgers()
    claim = ledger.claim(rows(parts=3))
    assert (claim.fence, [row.state for row in claim.rows]) == (1, ["planned"] * 3)
    assert len({row.idem_key for row in claim.rows}) == 3
    assert all(row.live and row.attempts == 0 for row in claim.rows)
    assert [row.payload for row in claim.rows] == [{"text": f"words {n}"} for n in range(3)]


def test_sent_and_published(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Intent, then the outcome; afterwards it belongs to nobody."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    _intend(ledger, claim, at=10.0)
    (row,) = ledger.rows()
    assert (row.state, row.attempts, row.first_sent_at, row.settle_until) == ("sending", 1, 10.0, 640.0)
    ledger.record(claim, 0, "published", 11.0, remote_id="7", remote_url="https://x.example/7")
    ledger.release(claim)
    (row,) = ledger.rows()
    assert (row.state, row.remote_id, row.remote_url, row.updated_at) == ("published", "7", "https://x.example/7", 11.0)
    assert not row.live


def test_first_try_counts(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A second try keeps when the first one left, and moves when the last one can still arrive."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    _intend(ledger, claim, at=10.0)
    ledger.record(claim, 0, "unknown", 11.0)
    _intend(ledger, claim, at=50.0)
    (row,) = ledger.rows()
    assert (row.attempts, row.first_sent_at, row.settle_until) == (2, 10.0, 680.0)


def test_what_was_published_is_not_sent(ledgers: Callable[[], SQLiteLedger]) -> None:
    """An intent for a part that is published, or waits for a person, is refused."""
    ledger = ledgers()
    claim = ledger.claim(rows(parts=2))
    ledger.record(claim, 0, "published", 1.0)
    ledger.record(claim, 1, "waiting", 1.0)
    for part in (0, 1, 2):
        with pytest.raises(ClaimLost):
            _intend(ledger, claim, part)
    assert [row.state for row in ledger.rows()] == ["published", "waiting"]


@pytest.mark.parametrize("state", ["planned", "failed", "waiting"])
def test_replanned_before_anything_was_sent(ledgers: Callable[[], SQLiteLedger], state: Any) -> None:
    """As long as nothing has been sent, a new claim takes the post as it is now; the attempt key stays."""
    ledger = ledgers()
    claim = ledger.claim(rows("old", parts=3))
    ledger.record(claim, 0, state, 1.0)
    ledger.release(claim)
    again = ledger.claim(rows("new", parts=2))
    assert [row.payload["text"] for row in again.rows] == ["new 0", "new 1"]
    assert [row.idem_key for row in again.rows] == [row.idem_key for row in claim.rows[:2]]
    assert [row.parts for row in again.rows] == [2, 2]


@pytest.mark.parametrize("state", ["sending", "unknown", "published"])
def test_kept_once_something_was_sent(ledgers: Callable[[], SQLiteLedger], state: Any) -> None:
    """Once a part may have been sent, the delivery stays as it was begun, whatever the post is now."""
    ledger = ledgers()
    claim = ledger.claim(rows("old", parts=3))
    _intend(ledger, claim)
    if state != "sending":
        ledger.record(claim, 0, state, 1.0)
    ledger.release(claim)
    again = ledger.claim(rows("new", parts=1))
    assert [row.payload["text"] for row in again.rows] == ["old 0", "old 1", "old 2"]


def test_deliveries_are_apart(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Another target and another post are other deliveries, with fences of their own."""
    ledger = ledgers()
    ledger.claim(rows())
    ledger.claim(rows())
    assert ledger.claim(rows(target="other")).fence == 1
    assert ledger.claim(rows(key="id:b")).fence == 1
    assert len(ledger.rows()) == 3
    assert [row.target for row in ledger.rows(KEY)] == ["dev", "other"]
    assert [row.post_key for row in ledger.rows(target="dev")] == ["id:b", KEY]
    assert len(ledger.rows(KEY, "other")) == 1
    assert ledger.rows("id:none") == []


def test_unknown_columns_are_refused(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A record names columns of a row; what is fixed, or is none, is a mistake of the caller."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    for name in ("fence", "post_key", "state = 'published' --", "live"):
        with pytest.raises((ValueError, TypeError)):
            ledger.record(claim, 0, "planned", 1.0, **{name: 1})


# ---------------------------------------------------------------------- fences, owners, death


def test_a_lost_claim_changes_nothing(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Whoever holds an old fence can neither announce, nor record, nor release."""
    first, second = ledgers(), ledgers()
    old = first.claim(rows())
    first.release(old)
    new = second.claim(rows())
    before = second.rows()
    with pytest.raises(ClaimLost):
        _intend(first, old)
    with pytest.raises(ClaimLost):
        first.record(old, 0, "published", 5.0, remote_id="stolen")
    first.release(old)
    assert second.rows() == before
    assert (first.holds(old), second.holds(new)) == (False, True)
    _intend(second, new)


def test_a_lost_claim_of_the_same_owner(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Also within one process a later claim voids the earlier one."""
    ledger = ledgers()
    old = ledger.claim(rows())
    new = ledger.claim(rows())
    assert new.fence == old.fence + 1
    with pytest.raises(ClaimLost):
        _intend(ledger, old)
    ledger.release(old)
    _intend(ledger, new)


def test_busy_while_the_owner_lives(ledgers: Callable[[], SQLiteLedger]) -> None:
    """What a live process holds nobody else gets, and a reader sees that it lives."""
    first, second = ledgers(), ledgers()
    claim = first.claim(rows())
    with pytest.raises(Busy):
        second.claim(rows())
    assert [row.live for row in second.rows()] == [True]
    assert first.holds(claim)
    first.release(claim)
    assert second.claim(rows()).fence == claim.fence + 1


def test_busy_changes_nothing(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A claim that was refused leaves rows, fence and log as they were."""
    first, second = ledgers(), ledgers()
    claim = first.claim(rows("mine"))
    before, log = first.rows(), first.log()
    with pytest.raises(Busy):
        second.claim(rows("theirs", parts=2))
    assert (first.rows(), first.log()) == (before, log)
    _intend(first, claim)


@pytest.mark.parametrize("sent", [False, True])
def test_a_dead_owner_frees(ledgers: Callable[[], SQLiteLedger], *, sent: bool) -> None:
    """What a dead process held is free; what it was sending is unknown from then on, and the log says so."""
    first, second = ledgers(), ledgers()
    claim = first.claim(rows(parts=2))
    if sent:
        _intend(first, claim, at=10.0)
    _die(first)
    assert [row.live for row in second.rows()] == [False, False]
    taken = second.claim(rows("new", parts=2))
    assert taken.fence == claim.fence + 1
    assert [row.state for row in taken.rows] == ["unknown" if sent else "planned", "planned"]
    assert [row.payload["text"] for row in taken.rows] == (["words 0", "words 1"] if sent else ["new 0", "new 1"])
    if sent:
        assert second.log()[-1].what == "unknown"
        assert taken.rows[0].first_sent_at == 10.0


@pytest.mark.slow
def test_killed_process_frees(path: Path) -> None:
    """The kernel frees the lock of a process that was killed, at once and with its children still there."""
    # A process of its own, written out: it claims, announces, leaves a child behind and waits to be killed.
    code = f"""
import subprocess, sys, time
from pathlib import Path
from syndicate.ledger import Intent, Row
from syndicate.ledger.sqlite import SQLiteLedger
ledger = SQLiteLedger(Path({str(path)!r}))
row = Row(post_key={KEY!r}, target={TARGET!r}, part=0, parts=1, adapter="devto", source="a.md", state="planned",
          payload={{}}, fingerprint="f")
claim = ledger.claim([row])
ledger.intend(claim, 0, Intent(1.0, 2.0))
wait = "import sys; print(flush=True); sys.stdin.read()"
pipe = subprocess.PIPE
child = subprocess.Popen([sys.executable, "-S", "-c", wait], stdin=pipe, stdout=pipe, close_fds=False)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        with contextlib.closing(SQLiteLedger(path)) as ledger:
            with pytest.raises(Busy):
                ledger.claim(rows())
            process.kill()
            process.wait()
            assert [row.state for row in ledger.claim(rows()).rows] == ["unknown"]
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, 9)


def test_owners_leave_no_files(ledgers: Callable[[], SQLiteLedger], path: Path) -> None:
    """A process takes its lock's file along; that of a dead one is cleared by the next claim."""
    first, second = ledgers(), ledgers()
    first.claim(rows())
    _die(first)
    owners = path.with_name(path.name + ".owners")
    assert len(list(owners.iterdir())) == 1
    second.release(second.claim(rows()))
    second.close()
    assert list(owners.iterdir()) == []


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
        lambda: _intend(ledger, claim),
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
    _intend(writer, claim)
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
    _intend(writer, claim)
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
    step(lambda: _intend(ledger, claim))
    step(lambda: ledger.record(claim, 0, "failed", 1.0, error_message="too long"))
    step(lambda: ledger.release(claim))
    again = ledger.claim(rows("new", parts=1))
    step(lambda: _intend(ledger, again))
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
        ("sqlite:///a/ledger.db", "/root/a/ledger.db"),
        ("sqlite:////srv/ledger.db", "/srv/ledger.db"),
        ("sqlite:///../l.db", "/root/../l.db"),
    ],
)
def test_addresses(url: str, path: str) -> None:
    """Three slashes count from the config's folder, four from the root."""
    assert sqlite_path(url, Path("/root")) == Path(path)


@pytest.mark.parametrize("url", ["", "ledger.db", "sqlite:ledger.db", "sqlite://ledger.db", "mysql://x/y", "sqlite:///"])
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
            _intend(ledger, claim)
            ledger.record(claim, 0, "published", 1.0, remote_id=str(number), error_message="ä")
            ledger.release(claim)
    whole = path.read_bytes()
    chance = random.Random(7)
    refused = 0
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
                refused += 1
                assert str(path) in error.message
                assert error.next
        assert path.read_bytes() == data
    assert refused > 30


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
    payload = {"text": "“ä” 世界 🎉 \0 \\ \"", "list": [1, None, True, {"x": []}], "n": 0.5}
    (row,) = rows()
    ledger = ledgers()
    part = Part(payload=payload, text="t", count=1, limit=2)
    claim = ledger.claim([replace(row, payload=payload, fingerprint=part.fingerprint)])
    (kept,) = claim.rows
    assert kept.payload == payload
    assert Part(payload=kept.payload, text="t", count=1, limit=2).fingerprint == kept.fingerprint
