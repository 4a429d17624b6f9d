"""A ledger that cannot be used: exit 2, one message, nothing sent, and the file stays as it is to the byte."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox

from .support import Outcome, Project, clean_env, mortal, project, quick_to_give_up, syndicate, tree

#: What a second run would do with each of them differs; each must stop at the ledger.
COMMANDS = (
    ["publish", "post.md"],
    ["publish", "post.md", "--dry-run"],
    ["update", "post.md"],
    ["status"],
    ["status", "post.md", "--json"],
    ["resolve", "post.md", "medium", "--not-published"],
)


@pytest.fixture(scope="module")
def _published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Sandbox]]:
    folder = tmp_path_factory.mktemp("ledger")
    with Sandbox() as sandbox:
        it = project(folder, sandbox)
        it.post()
        assert it.call("publish", "post.md", "--to", "devto", "--to", "medium").returncode == 0
        yield folder, sandbox


@pytest.fixture
def it(_published: tuple[Path, Sandbox], tmp_path: Path) -> Project:
    """A copy of a project in which two of five targets have been published; DEV's has changed since."""
    folder, sandbox = _published
    shutil.copytree(folder, tmp_path / "copy")
    sandbox.seen.clear()
    return Project(tmp_path / "copy")


@pytest.fixture
def sandbox(_published: tuple[Path, Sandbox]) -> Sandbox:
    return _published[1]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()


def _strange(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA application_id = 0")
    db.close()


def _other(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE parts (x)")
    db.close()


def _scrambled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:] = b"\xa5" * (len(data) - 100)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(_newer, ["newer version", "99"], id="from a newer version"),
        pytest.param(_strange, ["not a ledger"], id="of another program"),
        pytest.param(_other, ["not a ledger"], id="another database"),
        pytest.param(lambda path: path.write_bytes(b""), ["empty"], id="zero bytes"),
        pytest.param(lambda path: path.write_bytes(b"SQLite"), ["not a SQLite file"], id="cut in the header"),
        pytest.param(lambda path: path.write_text("not a database " * 500), ["not a SQLite file"], id="text"),
        pytest.param(_cut, ["cut short"], id="cut"),
        pytest.param(_scrambled, ["ledger.db"], id="scrambled"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_unusable_ledger(
    it: Project, sandbox: Sandbox, command: list[str], damage: Callable[[Path], None], words: list[str]
) -> None:
    """It is named and told apart; it is not overwritten, mended or joined by other files."""
    damage(it.ledger)
    before = tree(it.folder)
    outcome = it.call(*command)
    assert (outcome.returncode, outcome.stdout) == (2, ""), outcome
    for word in ("ledger.db", *words):
        assert word in outcome.stderr
    assert "next: " in outcome.stderr
    assert tree(it.folder) == before
    assert sandbox.seen == []


def test_ledger_that_is_a_folder(it: Project, sandbox: Sandbox) -> None:
    """A folder in the ledger's place is refused."""
    it.ledger.unlink()
    it.ledger.mkdir()
    for command in COMMANDS:
        outcome = it.call(*command)
        assert (outcome.returncode, outcome.stdout) == (2, "")
        assert "ledger.db" in outcome.stderr
    assert sandbox.seen == []


def test_folder_that_cannot_be_made(it: Project, sandbox: Sandbox) -> None:
    """A file in the way of the ledger's folder is named; a dry run needs no folder."""
    shutil.rmtree(it.ledger.parent)
    it.ledger.parent.write_text("in the way")
    outcome = it.call("publish", "post.md")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "ledger.db" in outcome.stderr
    assert it.call("publish", "post.md", "--dry-run").returncode == 0
    assert sandbox.seen == []


def test_owners_folder_that_cannot_be_made(it: Project, sandbox: Sandbox) -> None:
    """The folder of locks beside the ledger is as necessary as the ledger: without it nothing is sent."""
    owners = it.ledger.with_name(it.ledger.name + ".owners")
    shutil.rmtree(owners, ignore_errors=True)
    owners.write_text("in the way")
    outcome = it.call("publish", "post.md", "--json")
    assert outcome.returncode == 2
    assert "owners" in outcome.stdout + outcome.stderr
    assert sandbox.seen == []


def test_tokens_folder_that_cannot_be_made(it: Project, sandbox: Sandbox) -> None:
    """Where a renewed token cannot be kept none is asked for: the old one may be void from then on."""
    tokens = it.ledger.parent / "tokens"
    shutil.rmtree(tokens, ignore_errors=True)
    tokens.write_text("in the way")
    outcome = it.call("publish", "post.md", "--to", "reddit", "--json")
    assert outcome.returncode == 2
    assert "tokens" in outcome.stdout + outcome.stderr
    assert sandbox.seen == []
    tokens.unlink()
    assert it.call("publish", "post.md", "--to", "reddit").returncode == 0


# ---------------------------------------------------------------------- locked


@pytest.fixture
def lock(it: Project) -> Iterator[None]:
    """Another process has the ledger to itself."""
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(it.ledger)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate()


@pytest.mark.slow
@pytest.mark.usefixtures("lock")
def test_locked_ledger(it: Project, sandbox: Sandbox) -> None:
    """A ledger that another process holds is waited for, then named; nothing is sent; reading goes on."""
    with quick_to_give_up():
        for command in (["publish", "post.md"], ["resolve", "post.md", "hashnode", "--published", "https://x.org/1"]):
            outcome = it.call(*command)
            assert outcome.returncode == 2, command
            assert "locked" in outcome.stdout + outcome.stderr
            assert "ledger.db" in outcome.stdout + outcome.stderr
        assert it.call("publish", "post.md", "--dry-run").returncode == 0
        assert it.call("status").returncode == 0
    assert sandbox.seen == []


@pytest.mark.slow
def test_locked_for_a_moment(it: Project, sandbox: Sandbox) -> None:
    """A ledger that is free again within the waiting time is simply used."""
    db = sqlite3.connect(it.ledger, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    run = subprocess.Popen(
        [sys.executable, "-m", "syndicate", "publish", "post.md", "--to", "hashnode"],
        cwd=it.folder,
        env=clean_env(it.folder),
        stdout=subprocess.DEVNULL,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(1)
    assert sandbox.writes() == []
    db.execute("ROLLBACK")
    db.close()
    assert run.wait(30) == 0
    assert len(sandbox.writes()) == 1


# ---------------------------------------------------------------------- read-only


@pytest.mark.slow
@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_read_only_ledger(it: Project, sandbox: Sandbox, what: str) -> None:
    """A ledger that cannot be written stops a run before it sends; a dry run and `status` read it all the same."""
    before = mortal()
    shutil.rmtree(it.ledger.with_name(it.ledger.name + ".owners"), ignore_errors=True)
    shutil.rmtree(it.ledger.parent / "tokens", ignore_errors=True)
    held = it.ledger.read_bytes()
    if what != "folder":
        it.ledger.chmod(0o400)
    if what != "file":
        it.ledger.parent.chmod(0o500)
    try:
        for command in (["publish", "post.md"], ["publish", "post.md", "--json"]):
            done = syndicate(*command, cwd=it.folder, before=before)
            assert done.returncode == 2, done
            assert "Traceback" not in done.stderr
            assert "ledger.db" in done.stdout + done.stderr
        for command in (["publish", "post.md", "--dry-run"], ["status", "--json"]):
            done = syndicate(*command, cwd=it.folder, before=before)
            assert (done.returncode, done.stderr) == (0, "")
        status = Outcome(done.returncode, done.stdout, done.stderr).deliveries()
        assert {name for name, d in status.items() if d["state"] == "published"} == {"devto", "medium"}
    finally:
        it.ledger.parent.chmod(0o700)
    assert it.ledger.read_bytes() == held
    assert sandbox.seen == []
