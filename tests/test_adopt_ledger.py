"""`adopt` and what the ledger knows, and where something is in the way: accounts, other runs, a person's answer."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Callable

import pytest

from syndicate.ledger import Intent, Row, migrate, open_ledger
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Fault, Sandbox

from .adoption_bridge import OTHER, log, published, told
from .support import POST, Project, clean_env


def test_what_another_post_stands_for_is_not_taken_twice(it: Project, sandbox: Sandbox) -> None:
    """A post there that the ledger knows as one of ours is `known` to a namesake, and stays what it is."""
    it.call("publish", "post.md", "--to", "devto")
    sandbox.places["devto"].standin.posts[0].link = None
    namesake = it.post(POST.replace("/hello/", "/hello-again/"), "again.md")
    before = it.rows()
    outcome = it.call("adopt", namesake, "--target", "devto", "--yes", "--json")
    assert outcome.returncode == 0
    assert told(outcome)["again.md", "devto"]["state"] == "known"
    assert it.rows() == before


def test_a_namesake_of_one_that_its_address_names(it: Project) -> None:
    """What stands there by its URL for one post is not ambiguous for another with the same title."""
    published(it, "devto")
    it.post(POST.replace("/hello/", "/hello-again/"), "again.md")
    outcome = it.call("adopt", "--target", "devto", "--yes", "--json")
    assert outcome.returncode == 0
    assert {key: match["state"] for key, match in told(outcome).items()} == {("post.md", "devto"): "adopted"}


def test_twice(it: Project) -> None:
    """A second run has nothing to adopt and changes nothing; what was published by the tool stays as it is too."""
    it.call("publish", "post.md", "--to", "devto")
    it.post(OTHER, "another.md")
    before = it.rows()
    for _ in range(2):
        outcome = it.call("adopt", "--target", "devto")
        assert outcome.returncode == 0, outcome
        assert "0 to adopt, 1 known already" in outcome.stdout
    assert it.rows() == before


def test_what_a_person_recorded_stays(it: Project) -> None:
    """A delivery that is recorded without the platform's id is left alone too."""
    published(it, "devto")
    with contextlib.closing(open_ledger(f"sqlite:///{it.ledger}", it.folder)) as ledger:
        assert it.call("resolve", "post.md", "devto", "--published", "https://dev.example/hello").returncode == 0
        before = ledger.rows()
        assert [(row.state, row.remote_id) for row in before] == [("published", None)]
        outcome = it.call("adopt", "post.md", "--target", "devto", "--yes", "--json")
        assert told(outcome)["post.md", "devto"]["state"] == "known"
        assert ledger.rows() == before


def test_an_empty_list_forgets_nothing(it: Project, sandbox: Sandbox) -> None:
    """When a list is empty that is said, and what is recorded stays."""
    it.call("publish", "post.md", "--to", "devto")
    sandbox.places["devto"].standin.posts.clear()
    before = it.rows()
    outcome = it.call("adopt", "--target", "devto", "--yes")
    assert outcome.returncode == 0
    assert "devto: the account's list is empty" in outcome.stdout
    assert it.rows() == before


def test_a_list_that_cannot_be_read(it: Project, sandbox: Sandbox) -> None:
    """One account that does not answer leaves the others alone; its failure gives the exit code."""
    published(it, "devto", "reddit")
    sandbox.play("devto", Fault("error_before", reads=True, times=50))
    fast = it.config.read_text().replace("[publish]", '[publish]\npatience = "10ms"')
    it.config.write_text(fast)
    outcome = it.call("adopt", "post.md", "--target", "devto", "--target", "reddit", "--yes", "--json")
    assert outcome.returncode == 75, outcome
    accounts = {account["target"]: account for account in outcome.json()["targets"]}
    assert (accounts["devto"]["error"]["kind"], accounts["reddit"]["error"]) == ("Unavailable", None)
    assert it.states() == {"reddit": ["published"]}


def test_credentials_that_are_not_accepted(it: Project, sandbox: Sandbox) -> None:
    """A list that is refused is told as such."""
    sandbox.play("devto", Fault("auth", reads=True, times=5))
    outcome = it.call("adopt", "post.md", "--target", "devto", "--yes")
    assert (outcome.returncode, it.rows()) == (3, [])
    assert "devto: Unauthorized" in outcome.stdout
    assert "next:" in outcome.stdout


def test_secrets_that_are_missing(it: Project) -> None:
    """A target without its secret adopts nothing and says which is missing; the others go on."""
    published(it, "devto", "reddit")
    (it.folder / "secrets" / "devto.api_key").unlink()
    outcome = it.call("adopt", "post.md", "--yes")
    assert outcome.returncode == 2
    assert "secrets are missing" in outcome.stdout
    assert "devto.api_key" in outcome.stdout
    assert it.states() == {"reddit": ["published"]}


def left_sending(it: Project, *, alive: contextlib.ExitStack | None = None) -> None:
    """Leaves the delivery as a process that dies, or is still at work, leaves it: the request is out."""
    ledger = SQLiteLedger(it.ledger)
    (planned,) = [row for row in it.rows() if row.target == "devto"]
    claim = ledger.claim([planned])
    ledger.record(claim, 0, "planned", ledger.now(), remote_id=None, remote_url=None)
    ledger.intend(claim, 0, Intent(ledger.now(), ledger.now() + 630))
    (alive.callback if alive else lambda close: close())(ledger.close)


def test_an_unknown_one_is_settled(it: Project, sandbox: Sandbox) -> None:
    """A delivery whose run died is recorded as published when it is found there, once."""
    it.call("publish", "post.md", "--to", "devto")
    left_sending(it)
    outcome = it.call("adopt", "post.md", "--target", "devto", "--yes", "--json")
    assert told(outcome)["post.md", "devto"]["state"] == "adopted"
    assert it.states() == {"devto": ["published"]}
    assert it.call("publish", "post.md", "--to", "devto").returncode == 0
    assert len(sandbox.writes()) == 1


def test_one_that_is_being_sent(it: Project) -> None:
    """What another process is sending right now is left to it."""
    it.call("publish", "post.md", "--to", "devto")
    with contextlib.ExitStack() as stack:
        left_sending(it, alive=stack)
        for flag in ("--yes", "--dry-run"):
            outcome = it.call("adopt", "post.md", "--target", "devto", flag, "--json")
            assert outcome.returncode == 75
            assert told(outcome)["post.md", "devto"]["state"] == "busy"
        assert it.states() == {"devto": ["sending"]}


def test_what_they_wrote_does_not_command_the_terminal(it: Project, sandbox: Sandbox) -> None:
    """Control characters in what a platform tells are not passed on."""
    published(it, "devto")
    sandbox.places["devto"].standin.posts[0].link = None
    published(it, "devto", text=OTHER)
    sandbox.places["devto"].standin.posts[0].link = "https://elsewhere.example/\x1b[2J"
    it.post()
    outcome = it.call("adopt", "post.md", "--target", "devto")
    assert "elsewhere.example" in outcome.stdout
    assert "\x1b" not in outcome.stdout


def on_a_terminal(it: Project, answer: str, before_answer: Callable[[], object] = lambda: None) -> tuple[int, str]:
    """Adopts with a person at the keyboard; returns the exit code and the output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "syndicate", "adopt", "post.md", "--target", "devto"],
        cwd=it.folder,
        env=clean_env(it.folder, it.env),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    asked = b""
    while b"as published?" not in asked:
        asked += os.read(ours, 4096)
    before_answer()
    os.write(ours, answer.encode())
    said, _ = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, said


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "rows"), [("y\n", 1), ("n\n", 0), ("\n", 0), ("\x04", 0)])
def test_on_a_terminal_it_asks(it: Project, answer: str, rows: int) -> None:
    """A person confirms what was shown; anything but yes, and going away, records nothing."""
    published(it, "devto")
    code, said = on_a_terminal(it, answer)
    assert code == 0
    assert "by its canonical URL" in said
    assert ("recorded 1 as published" if rows else "nothing was recorded") in said
    assert len(it.rows()) == rows


@pytest.mark.slow
def test_another_run_was_quicker(it: Project) -> None:
    """What another run has recorded while a person thought is not recorded once more."""
    published(it, "devto")
    words = ("adopt", "post.md", "--target", "devto", "--yes")
    code, said = on_a_terminal(it, "y\n", lambda: it.call(*words))
    assert (code, "recorded 0 as published" in said) == (0, True)
    assert [event.what for event in log(it)] == ["published"]


@pytest.mark.slow
def test_on_postgresql(it: Project, sandbox: Sandbox, postgres_url: str) -> None:
    """The same on a ledger in PostgreSQL."""
    published(it, "devto")
    migrate(postgres_url, it.folder)
    it.config.write_text(f'{it.config.read_text()}\n[state]\nurl = "{postgres_url}"\n')
    assert it.call("adopt", "post.md", "--target", "devto", "--yes").returncode == 0
    with contextlib.closing(open_ledger(postgres_url, it.folder, read_only=True)) as ledger:
        rows: list[Row] = ledger.rows()
        assert [(row.target, row.state, row.kept) for row in rows] == [("devto", "published", None)]
        assert ledger.log()[-1].detail.startswith("adopted: ")
    assert it.call("publish", "post.md", "--to", "devto").returncode == 0
    assert len(sandbox.writes()) == 1
