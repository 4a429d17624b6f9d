"""What is on the disk when a request leaves, and that a ledger which lost some of it is noticed."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from syndicate.errors import UsageError
from syndicate.ledger import Intent, Row, migrate, open_ledger
from syndicate.sandbox import Sandbox

from .durability_bridge import fill, filled, traced, unsafe
from .ledger_bridge import rows
from .postgres import Cluster, lacking, programs
from .support import FIVE, project, tree

pytestmark = pytest.mark.slow

# ---------------------------------------------------------------------- before the request leaves

_PUBLISH = "import sys; sys.argv = ['syndicate', 'publish', 'post.md']; from syndicate.__main__ import main; main()"

_WEAK = """
import functools, sqlite3
class Weak(sqlite3.Connection):
    def execute(self, sql, *values):
        return super().execute(sql.replace("synchronous = FULL", "synchronous = {}"), *values)
sqlite3.connect = functools.partial(sqlite3.connect, factory=Weak)
"""


def _published(folder: Path, code: str) -> list[str]:
    """What `unsafe` finds in a publish to all five by `code`."""
    with Sandbox() as sandbox:
        it = project(folder, sandbox)
        it.post()
        calls = traced(it, code)
        assert set(it.states()) == set(FIVE)
        writes = sandbox.writes()
        requests = [(seen.name, f"{seen.request.method} /{seen.name}/api{seen.request.path}") for seen in writes]
    assert [name for name, _ in sorted(requests)] == sorted(FIVE)
    return unsafe(calls, it.ledger, requests)


def test_intent_is_on_the_disk(tmp_path: Path) -> None:
    """As the kernel sees it: the intent is written and synced before the first byte of each request leaves."""
    assert _published(tmp_path / "p", _PUBLISH) == []


@pytest.mark.parametrize("mode", ["NORMAL", "OFF"])
def test_a_weaker_ledger_is_noticed(tmp_path: Path, mode: str) -> None:
    """The same check on a ledger that leaves syncing to the system finds each of the five requests too early."""
    found = _published(tmp_path / "p", _WEAK.replace("{}", mode) + _PUBLISH)
    assert len([said for said in found if "no intent is on the disk" in said]) == 5, found


@pytest.fixture
def lazy() -> Iterator[Cluster]:
    """A server that, left to itself, writes what was committed a while later; a crash loses it."""
    if programs() is None:
        lacking("a PostgreSQL server")
    with contextlib.closing(Cluster({"synchronous_commit": "off", "wal_writer_delay": "10s"})) as cluster:
        yield cluster


@pytest.mark.parametrize("whose", ["server", "database", "role"])
def test_a_commit_survives_a_lazy_server(lazy: Cluster, whose: str) -> None:
    """PostgreSQL: each transaction of the ledger is durable, whatever the default is; others' are lost in the crash."""
    import psycopg

    url = lazy.database()
    name = url.rpartition("/")[2]
    lazily = {"database": f"ALTER DATABASE {name} SET", "role": "ALTER ROLE syndicate SET"}
    if whose in lazily:
        lazy.admin(f"{lazily[whose]} synchronous_commit = off")
    migrate(url, Path())
    with contextlib.closing(open_ledger(url, Path())) as ledger:
        states = []
        claim = ledger.claim(rows(parts=2))
        for step in range(4):
            if step == 1:
                ledger.intend(claim, 0, Intent(ledger.now(), ledger.now() + 1.0))
            elif step == 2:
                ledger.record(claim, 0, "published", 3.0, remote_id="7")
            elif step == 3:
                ledger.release(claim)
            before = ledger.rows()
            with psycopg.connect(url, autocommit=True) as other:
                other.execute("UPDATE syndicate.parts SET title = 'nobody keeps this'")
            lazy.restart("immediate")
            after = ledger.rows()
            assert after == before
            assert len(ledger.log()) == min(step, 2)
            states.append((after[0].state, after[0].live))
    assert states == [("planned", True), ("sending", True), ("published", True), ("published", False)]


# ---------------------------------------------------------------------- a file that was cut


def _read(path: Path, *, read_only: bool) -> list[Row]:
    """The rows, without what depends on the moment at which they are read."""
    with contextlib.closing(open_ledger(f"sqlite:///{path}", path.parent, read_only=read_only)) as ledger:
        assert ledger.log()
        return [replace(row, live=False, settle_until=None) for row in ledger.rows()]


def _refused(path: Path, *, read_only: bool) -> None:
    with pytest.raises(UsageError) as caught:
        _read(path, read_only=read_only)
    assert str(path) in caught.value.message
    assert "restore" in caught.value.next


def test_a_file_cut_at_any_byte(tmp_path: Path) -> None:
    """Cut to any length, a ledger is refused by its name, for reading and for writing; no byte of it is touched.

    Within a block of 512 bytes the two take turns.
    """
    path = filled(tmp_path / "ledger.db", "closed")
    whole = path.read_bytes()
    assert len(_read(path, read_only=True)) == 18
    shutil.rmtree(f"{path}.owners")
    for length in range(len(whole) - 1, -1, -1):
        with path.open("r+b") as file:
            file.truncate(length)
        both = length < 512 or length % 512 in (0, 1, 511)
        for read_only in (True, False) if both else (bool(length % 2),):
            _refused(path, read_only=read_only)
        assert path.stat().st_size == length
        if length % 512 == 0:
            assert tree(tmp_path) == {"ledger.db": whole[:length]}


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose process was killed: what it committed is in the log beside it."""
    return filled(tmp_path_factory.mktemp("killed") / "ledger.db", "killed")


def _copy(killed: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for suffix in ("", "-wal", "-shm"):
        shutil.copyfile(f"{killed}{suffix}", folder / f"ledger.db{suffix}")
    return folder / "ledger.db"


def _cut_to(path: Path, length: int) -> None:
    with path.open("r+b") as file:
        file.truncate(length)


def _all_or_refused(path: Path, expected: list[Row], *, read_only: bool) -> bool:
    """Whether a ledger that lost something was refused; it was not touched then. Else all is there all the same."""
    before = tree(path.parent)
    said: UsageError | None = None
    try:
        found = _read(path, read_only=read_only)
    except UsageError as error:
        said = error
    if said is None:
        assert found == expected
        return False
    assert str(path) in said.message
    assert said.next
    after = tree(path.parent)
    for files in (before, after):
        files.pop("ledger.db-shm", None)  # holds no data: it is made anew from the log
    assert after == before
    return True


@pytest.mark.parametrize("read_only", [True, False])
def test_a_log_cut_anywhere(killed: Path, tmp_path: Path, read_only: bool) -> None:
    """After a kill, the write-ahead log cut within its header, at any frame's border and in any frame: refused."""
    expected = _read(_copy(killed, tmp_path / "whole"), read_only=read_only)
    assert len(expected) == 24
    assert {row.state for row in expected} == {"published", "sending", "planned"}
    size = Path(f"{killed}-wal").stat().st_size
    frame = 24 + 4096
    borders = range(32, size, frame)
    lengths = {0, 1, 31, size - 1, *borders}
    lengths |= {border + more for border in borders for more in (-1, 1, 24, 2000) if 0 < border + more < size}
    assert len(borders) > 20
    for length in sorted(lengths):
        path = _copy(killed, tmp_path / "copy")
        _cut_to(Path(f"{path}-wal"), length)
        assert _all_or_refused(path, expected, read_only=read_only), length


@pytest.mark.parametrize("read_only", [True, False])
def test_a_log_that_is_gone(killed: Path, tmp_path: Path, read_only: bool) -> None:
    """After a kill, a write-ahead log that somebody removed is missed."""
    path = _copy(killed, tmp_path / "copy")
    Path(f"{path}-wal").unlink()
    assert _all_or_refused(path, [], read_only=read_only)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_cut_beside_its_log(killed: Path, tmp_path: Path, read_only: bool) -> None:
    """After a kill, the file cut and its log whole: refused, since the log has only what changed last."""
    expected = _read(_copy(killed, tmp_path / "whole"), read_only=read_only)
    size = killed.stat().st_size
    lengths = {n + more for n in range(0, size, 4096) for more in (0, 1, 99, 100, 4095)} | set(range(0, size, 997))
    refused = set()
    for length in sorted(n for n in lengths if n < size):
        path = _copy(killed, tmp_path / "copy")
        _cut_to(path, length)
        if _all_or_refused(path, expected, read_only=read_only):
            refused.add(length)
    assert refused == {n for n in lengths if n < size}


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_its_log_completes(tmp_path: Path, read_only: bool) -> None:
    """No false alarm: after a kill in the middle of a checkpoint the file is shorter than it says; the log has the rest."""
    path = tmp_path / "young" / "ledger.db"
    fill(path, "killed", 0, 6, words=50)
    expected = _read(_copy(path, tmp_path / "whole"), read_only=read_only)
    copy = _copy(path, tmp_path / "copy")
    _cut_to(copy, 2 * 4096)
    assert _read(copy, read_only=read_only) == expected


def test_what_is_no_damage(killed: Path, tmp_path: Path) -> None:
    """No false alarm: an index that is missing, empty, or from before the power failed, and a log that was copied in."""
    for what in ("missing", "empty", "zeros", "torn", "short"):
        path = _copy(killed, tmp_path / what)
        expected = _read(_copy(killed, tmp_path / "whole"), read_only=True)
        index = Path(f"{path}-shm")
        data = index.read_bytes()
        if what == "missing":
            index.unlink()
        else:
            changed = {"empty": b"", "zeros": bytes(len(data)), "torn": data[:40] + bytes(len(data) - 40)}
            index.write_bytes(changed.get(what, data[:60]))
        assert _read(path, read_only=False) == expected, what


_BUSY = """
import sqlite3, sys
from pathlib import Path
from syndicate.ledger import Row
from syndicate.ledger.sqlite import SQLiteLedger
number = 0
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    number += 1
    ledger = SQLiteLedger(Path(sys.argv[1]))
    for again in range(3):
        row = Row(post_key=f"id:{sys.argv[3]}-{number % 50}", target="t", part=0, parts=1, adapter="devto", source="a.md",
                  state="planned", payload={}, fingerprint="f")
        ledger.release(ledger.claim([row]))
        mode = ("PASSIVE", "RESTART", "TRUNCATE")[(number + again) % 3]
        ledger._db.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
    ledger.close()
"""


def test_a_log_in_use_is_no_damage(tmp_path: Path) -> None:
    """No false alarm while other processes write, empty the log, shorten it, remove it and begin it anew."""
    path, stop = filled(tmp_path / "ledger.db", "closed"), tmp_path / "stop"
    busy = [
        subprocess.Popen(
            [sys.executable, "-c", _BUSY, str(path), str(stop), name], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for name in ("one", "two")
    ]
    try:
        for process in busy:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        end, opened = time.monotonic() + 3, 0
        while time.monotonic() < end:
            assert len(_read(path, read_only=opened % 2 == 0)) >= 18
            opened += 1
    finally:
        stop.touch()
        said = [process.communicate(timeout=60)[1] for process in busy]
    assert said == [b"", b""]
    assert opened > 50
