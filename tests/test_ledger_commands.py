"""`syndicate ledger …` as a person meets it: what it says, what it leaves, and how it ends."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from syndicate.ledger import open_ledger
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Sandbox

from .ledger_bridge import intend, rows
from .support import POST, Project, refused, start, tree
from .transfer_bridge import HERE, use


def status(it: Project) -> Any:
    return it.call("status", "--json").json()


@pytest.fixture
def sent(it: Project) -> Project:
    """A project with one post, published at all targets."""
    assert it.call("publish", "post.md").returncode == 0
    return it


# ---------------------------------------------------------------------- moving a ledger


def test_to_a_shared_ledger_and_back(sent: Project, sandbox: Sandbox, postgres_url: str) -> None:
    """Copied to PostgreSQL, used there, and copied back to a file: nothing is ever sent twice, nothing is forgotten."""
    before = status(sent)
    outcome = sent.call("ledger", "copy", "--from", HERE, "--to", postgres_url)
    assert outcome.returncode == 0
    assert "5 deliveries copied, 0 there already" in outcome.stdout
    assert "verified, both read again: 5 deliveries, 5 parts, 10 lines of the log; sha256 " in outcome.stdout
    assert "no run may use the old ledger any more" in outcome.stdout
    assert str(urlsplit(postgres_url).password) not in outcome.stdout + outcome.stderr
    use(sent, postgres_url)
    assert status(sent) == before
    sandbox.seen.clear()
    assert "nothing to do" in sent.call("publish", "post.md").stdout
    assert sandbox.seen == []
    sent.post(POST.replace("hello", "second").replace("Hello", "Second"), "second.md")
    assert sent.call("publish", "second.md").returncode == 0
    back = sent.call("ledger", "copy", "--from", postgres_url, "--to", "sqlite:///back.db")
    assert (back.returncode, "10 deliveries copied" in back.stdout) == (0, True)
    assert "set `state.url` to " + str(sent.folder / "back.db") in back.stdout
    shared = status(sent)
    use(sent, "sqlite:///back.db")
    assert status(sent) == shared
    old = sent.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///back.db")
    assert old.returncode == 0
    assert "0 deliveries copied, 5 there already\n5 deliveries only in the destination" in old.stdout


def test_without_a_config(sent: Project, tmp_path: Path) -> None:
    """`copy` needs no config: relative paths then start at the current folder."""
    alone = Project(tmp_path / "alone")
    alone.folder.mkdir()
    outcome = alone.call("ledger", "copy", "--from", f"sqlite:///{sent.ledger}", "--to", "sqlite:///new.db")
    assert outcome.returncode == 0
    assert (alone.folder / "new.db").exists()


def test_both_used(sent: Project) -> None:
    """After a copy both ledgers were used: refused, named, nothing of it is changed; exit 1."""
    assert sent.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///b.db").returncode == 0
    sent.post(POST.replace("Some", "Other"))
    assert sent.call("update", "post.md", "--to", "devto").returncode == 0
    use(sent, "sqlite:///b.db")
    with closing(SQLiteLedger(sent.folder / "b.db")) as ledger:
        claim = ledger.claim([row for row in ledger.rows() if row.target == "devto"])
        ledger.record(claim, 0, "published", ledger.now(), remote_id="elsewhere")
        ledger.release(claim)
    before = status(sent)
    outcome = sent.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///b.db")
    assert outcome.returncode == 1
    assert "syndicate: post.md → devto: both were used; not changed" in outcome.stderr
    assert "go on with one of the two ledgers" in outcome.stderr
    assert "next: set" not in outcome.stdout
    assert status(sent) == before


@pytest.mark.parametrize("running", ["source", "destination"])
def test_not_during_a_run(sent: Project, running: str) -> None:
    """A run is going on, on either side: exit 2, and nothing is written. Export waits for it too."""
    assert sent.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///b.db").returncode == 0
    path = sent.ledger if running == "source" else sent.folder / "b.db"
    with closing(SQLiteLedger(path)) as ledger:
        claim = ledger.claim(rows())
        refused(sent.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///b.db"), None, f"the {running}", "dev")
        if running == "source":
            refused(sent.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///c.db"), None, "a run is going on")
            assert not (sent.folder / "c.db").exists()
            refused(sent.call("ledger", "export", "x.jsonl"), None, "a run is going on")
            assert not (sent.folder / "x.jsonl").exists()
        ledger.release(claim)
    assert sent.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///b.db").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_killed_in_the_middle(it: Project, engine: str, request: pytest.FixtureRequest) -> None:
    """A copy that is killed leaves whole deliveries; the same command goes on, and both sides are equal."""
    url = "sqlite:///b.db" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    with closing(SQLiteLedger(it.ledger)) as ledger:
        for number in range(400):
            claim = ledger.claim(rows(key=f"id:{number:03}", parts=2))
            intend(ledger, claim, at=ledger.now())
            ledger.release(claim)
    copying = start("ledger", "copy", "--from", HERE, "--to", url, cwd=it.folder)
    try:
        arrived = _waited(url, it.folder, copying)
    finally:
        copying.send_signal(signal.SIGKILL)
        copying.wait()
    assert arrived
    with closing(open_ledger(url, it.folder, read_only=True)) as there:
        copied = list(there.deliveries())
    assert 5 <= len(copied) < 400
    assert all((len(delivery.rows), len(delivery.events)) == (2, 1) for delivery in copied)
    outcome = it.call("ledger", "copy", "--from", HERE, "--to", url)
    assert outcome.returncode == 0, outcome
    assert f"{400 - len(copied)} deliveries copied, {len(copied)} there already" in outcome.stdout
    assert "verified, both read again: 400 deliveries, 800 parts, 400 lines of the log" in outcome.stdout


def _waited(url: str, folder: Path, copying: subprocess.Popen[bytes]) -> bool:
    """Waits until some deliveries have arrived, but not all."""
    from syndicate.errors import UsageError

    end = time.monotonic() + 30
    while time.monotonic() < end and copying.poll() is None:
        try:
            with closing(open_ledger(url, folder, read_only=True)) as there:
                if len(there.newest(5)) >= 5:
                    return True
        except UsageError:
            pass
        time.sleep(0.005)
    return False


# ---------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["copy", "--from", "mysql://me:hunter2@host/db", "--to", HERE], "--from: cannot open a `mysql` ledger"),
        (["copy", "--from", HERE, "--to", "hunter2"], "--to: cannot open a `?` ledger"),
        (["copy", "--from", "sqlite:///none.db", "--to", "sqlite:///b.db"], "none.db: there is no ledger"),
        (["copy", "--from", HERE, "--to", HERE], "--from and --to are the same ledger"),
        (["copy", "--from", HERE, "--to", "sqlite:///./.syndicate/../.syndicate/ledger.db"], "are the same ledger"),
        (["copy", "--from", HERE, "--to", "sqlite:///post.md"], "post.md: not a SQLite file"),
        (["copy", "--from", "sqlite:///post.md", "--to", "sqlite:///b.db"], "post.md: not a SQLite file"),
        (["copy", "--from", HERE, "--to", "postgresql://me:hunter2@127.0.0.1:1/x"], "postgresql://127.0.0.1:1/x: "),
        (["copy", "--from", HERE, "--to", "postgresql://me:hunter2@[::1/x"], "--to: not a PostgreSQL address"),
        (["copy", "--from", HERE, "--to", "sqlite:///b.db", "--config", "none.toml"], "no such config file"),
        (["import", "none.jsonl"], "none.jsonl: cannot be read (No such file or directory)"),
        (["import", "."], ".: cannot be read (Is a directory)"),
        (["import", "post.md"], "post.md, line 1: not JSON"),
        (["export", "none/a.jsonl"], "none/a.jsonl: cannot be written (No such file or directory)"),
        (["export", "post.md"], "post.md: it is there already"),
        (["migrate", "--config", "post.md"], "not valid TOML"),
        (["check", "--config", "none.toml"], "no such config file"),
    ],
)
def test_wrong_input(sent: Project, sandbox: Sandbox, words: list[str], said: str) -> None:
    """Exit 2, one message that names the place, never a password; every file stays as it is, and none is added."""
    sandbox.seen.clear()
    before = tree(sent.folder)
    outcome = sent.call("ledger", *words)
    refused(outcome, sandbox, said, "next: ")
    assert "hunter2" not in outcome.stderr
    assert tree(sent.folder) == before


def test_missing_words(it: Project) -> None:
    """Options that were forgotten are usage errors; the bare command shows its help."""
    assert it.call("ledger", "copy", "--from", HERE).returncode == 2
    assert it.call("ledger", "import").returncode == 2
    assert it.call("ledger", "bogus").returncode == 2
    shown = it.call("ledger")
    assert all(word in shown.stdout + shown.stderr for word in ("migrate", "copy", "export", "import", "check"))


def test_not_in_an_empty_database(sent: Project, postgres_url: str) -> None:
    """Copying from a database without a ledger says so, and leaves it without one."""
    for _ in range(2):
        outcome = sent.call("ledger", "copy", "--from", postgres_url, "--to", "sqlite:///b.db")
        refused(outcome, None, "there is no ledger in this database")


# ---------------------------------------------------------------------- migrate


def test_migrate(it: Project, postgres_url: str) -> None:
    """Makes the configured ledger on either engine, says so once, and does nothing to one that is up to date."""
    assert it.call("ledger", "migrate").stdout == f"{it.ledger}: made (schema 3)\n"
    assert it.call("ledger", "migrate").stdout == f"{it.ledger}: is up to date (schema 3)\n"
    use(it, postgres_url)
    refused(it.call("publish", "post.md"), None, "there is no ledger in this database", "ledger migrate")
    made = it.call("ledger", "migrate")
    assert made.returncode == 0
    assert "made (schema " in made.stdout
    assert str(urlsplit(postgres_url).password) not in made.stdout
    assert "is up to date" in it.call("ledger", "migrate").stdout
    assert it.call("publish", "post.md").returncode == 0


def test_check_changes_nothing(sent: Project) -> None:
    """Looking at a ledger adds no file beside it, not even one of SQLite's."""
    with closing(sqlite3.connect(sent.ledger)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = tree(sent.folder)
    assert sent.call("ledger", "check").returncode == 0
    assert tree(sent.folder) == before
