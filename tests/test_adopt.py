"""`adopt`: what the accounts posted before this ledger knew of it is matched with the local posts and recorded."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syndicate.ledger import Event, Intent, Row, migrate, open_ledger
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Fault, Sandbox

from .support import POST, SITE, Outcome, Project, clean_env, project, refused

OTHER = POST.replace("Hello, world", "Another one").replace("/hello/", "/another/")
LISTED = ("devto", "hashnode", "reddit", "twitter")


def forget(it: Project) -> None:
    """Loses the ledger, as a machine that never had it."""
    for file in it.ledger.parent.glob("ledger.db*"):
        if file.is_file():
            file.unlink()


def published(it: Project, *names: str, text: str = POST) -> None:
    """Puts a post at the platforms without a trace here."""
    it.post(text)
    assert it.call("publish", "post.md", *(w for name in names for w in ("--to", name))).returncode == 0
    forget(it)


def told(outcome: Outcome) -> dict[tuple[str, str], dict[str, Any]]:
    """The matches of `--json`, by post and target."""
    return {(match["post"], match["target"]): match for match in outcome.json()["matches"]}


def log(it: Project) -> list[Event]:
    with contextlib.closing(open_ledger(f"sqlite:///{it.ledger}", it.folder, read_only=True)) as ledger:
        return ledger.log()


def test_what_is_there_is_never_posted_again(it: Project, sandbox: Sandbox) -> None:
    """After a ledger was lost, adopting finds each post by its canonical URL, and `publish` sends nothing."""
    published(it)
    writes = len(sandbox.writes())
    outcome = it.call("adopt", "post.md", "--yes")
    assert outcome.returncode == 0, outcome
    assert "recorded 4 as published" in outcome.stdout
    assert "Medium has no list" in outcome.stdout
    assert it.states() == {name: ["published"] for name in LISTED}
    for row in it.rows():
        (post,) = sandbox.places[row.target].standin.posts
        assert row.remote_id in (post.id, f"t3_{post.id}")
    again = it.call("publish", "post.md", *(w for name in LISTED for w in ("--to", name)), "--json")
    assert again.returncode == 0
    assert {(d["action"], d["state"]) for d in again.deliveries().values()} == {("skip", "published")}
    assert len(sandbox.writes()) == writes


def test_the_evidence_is_in_the_log(it: Project) -> None:
    """The log says what decided."""
    published(it, "devto")
    it.call("adopt", "post.md", "--target", "devto", "--yes")
    (event,) = log(it)
    (row,) = it.rows()
    assert event.what == "published"
    assert event.detail == f"adopted: found in the account's own posts by its canonical URL: {row.remote_url}"


def test_nothing_is_recorded_without_a_word(it: Project) -> None:
    """Without a terminal and without --yes the matches are shown and 3 says that a person has to confirm them."""
    published(it, "devto")
    for words in ((), ("--json",)):
        outcome = it.call("adopt", "post.md", "--target", "devto", *words)
        assert outcome.returncode == 3
        assert "--yes" in outcome.stdout
        assert "devto/posts/" in outcome.stdout
        assert it.rows() == []


def test_a_dry_run_writes_nothing(it: Project) -> None:
    """A dry run shows the matches, with and without --yes, and makes no ledger."""
    published(it, "devto")
    outcome = it.call("adopt", "post.md", "--target", "devto", "--dry-run", "--yes")
    assert outcome.returncode == 0
    assert "by its canonical URL" in outcome.stdout
    assert not it.ledger.exists()


def test_by_title(it: Project, sandbox: Sandbox) -> None:
    """An article without a canonical URL is known by its title, whatever its case and its white space."""
    published(it, "devto")
    (there,) = sandbox.places["devto"].standin.posts
    there.link, there.title = None, "  HELLO,   world "
    outcome = it.call("adopt", "post.md", "--target", "devto", "--yes", "--json")
    assert outcome.returncode == 0
    match = told(outcome)["post.md", "devto"]
    assert (match["state"], match["by"], match["there"][0]["remote_id"]) == ("adopted", "title", there.id)
    assert "by its title" in log(it)[-1].detail


def test_only_the_title_is_the_same(it: Project, sandbox: Sandbox) -> None:
    """A namesake that has another canonical URL than the author gave this one is not taken for it."""
    published(it, "devto")
    sandbox.places["devto"].standin.posts[0].link = "https://elsewhere.example/hello"
    outcome = it.call("adopt", "post.md", "--target", "devto", "--yes")
    assert outcome.returncode == 3
    assert "ambiguous" in outcome.stdout
    assert "https://elsewhere.example/hello" in outcome.stdout
    assert it.rows() == []


def test_a_guessed_address_does_not_speak_against_the_title(it: Project) -> None:
    """A post whose own URL is only guessed from its path is matched by title; the other URL is shown."""
    published(it, "devto")
    (it.folder / "post.md").unlink()
    it.post(POST.replace(f"canonical_url: {SITE}/posts/hello/\n", ""), "moved.md")
    outcome = it.call("adopt", "moved.md", "--target", "devto", "--yes")
    assert outcome.returncode == 0, outcome
    assert "by its title" in outcome.stdout
    assert f"its canonical URL there is {SITE}/posts/hello/" in outcome.stdout
    assert it.states() == {"devto": ["published"]}


@pytest.mark.parametrize("where", ["two here", "two there", "two there by address"])
def test_never_guesses(it: Project, sandbox: Sandbox, where: str) -> None:
    """What fits two posts, here or there, is reported and not adopted."""
    published(it, "devto")
    standin = sandbox.places["devto"].standin
    if where == "two here":
        standin.posts[0].link = None
        it.post(POST.replace("/hello/", "/hello-again/"), "again.md")
    else:
        published(it, "devto", text=OTHER)
        for post in standin.posts:
            post.title, post.link = "Hello, world", f"{SITE}/posts/hello/" if "address" in where else None
        it.post()
    outcome = it.call("adopt", "--target", "devto", "--yes", "--json")
    assert outcome.returncode == 3
    found = told(outcome)
    assert {match["state"] for match in found.values()} == {"ambiguous"}
    assert len(found) == (2 if where == "two here" else 1)
    assert found["post.md", "devto"]["message"].startswith("2 posts")
    assert it.rows() == []


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


def test_rules_of_routing_do_not_count(it: Project) -> None:
    """That a rule would not send it does not change that it is there: drafts, skipped and routed posts."""
    published(it, "devto")
    header = "draft: true\nsyndicate:\n  targets: [hashnode]\n  devto:\n    skip: true\n"
    it.post(POST.replace("tags:", f"{header}tags:"))
    assert it.call("adopt", "post.md", "--target", "devto", "--yes").returncode == 0
    (row,) = it.rows()
    assert (row.state, row.draft, row.payload["article"]["published"]) == ("published", False, True)
    delivery = it.call("publish", "post.md", "--to", "devto", "--json").deliveries()["devto"]
    assert (delivery["action"], delivery["warnings"]) == ("skip", [])


def test_one_that_cannot_be_sent_as_it_is(it: Project) -> None:
    """A post that the adapter refuses to render is said to be and left out."""
    published(it, "devto")
    it.post(POST + "x" * 900_000)
    outcome = it.call("adopt", "post.md", "--target", "devto", "--yes", "--json")
    match = told(outcome)["post.md", "devto"]
    assert (match["state"], it.rows()) == ("refused", [])
    assert "cannot be sent there as it is" in match["message"]


def test_a_thread(tmp_path: Path, sandbox: Sandbox) -> None:
    """Of a thread the list does not tell which parts are there, so it is left to a person."""
    it = project(tmp_path, sandbox, ["twitter"])
    published(it, "twitter")
    it.config.write_text(it.config.read_text() + 'mode = "thread"\n')
    it.post(POST + "\n\nA sentence that goes on and on.\n" * 40)
    outcome = it.call("adopt", "post.md", "--yes", "--json")
    match = told(outcome)["post.md", "twitter"]
    assert (outcome.returncode, match["state"], it.rows()) == (3, "ambiguous", [])
    assert "several parts" in match["message"]


def test_the_posts_below_the_config(it: Project) -> None:
    """Without a name all posts of the project are looked at; what is none is counted and does not stop anything."""
    published(it, "devto")
    for name in (".hidden/a.md", "node_modules/b.md", "site/themes/c.md", "public/d.md"):
        it.post(OTHER, name)
    it.post("no title, no end", "notes.md")
    it.post("---\ntitle: [\n---\n", "broken.md")
    it.post(OTHER, "posts/one.md")
    it.post(OTHER, "posts/two.mdx")
    outcome = it.call("adopt", "--target", "devto", "--yes", "--json")
    assert outcome.returncode == 0, outcome
    said = outcome.json()
    assert said["posts"] == 1
    (same, none) = said["notes"]
    assert same.startswith("posts/one.md and posts/two.mdx are the same post")
    assert none.startswith("2 Markdown files are no posts")
    assert list(told(outcome)) == [("post.md", "devto")]
    assert it.states() == {"devto": ["published"]}


def test_no_post_at_all(it: Project, sandbox: Sandbox) -> None:
    """A project without posts is told, before anybody is asked."""
    (it.folder / "post.md").unlink()
    refused(it.call("adopt"), sandbox, "there is no post below", "syndicate adopt POST...")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--target", "devtoo"], "did you mean `devto`?"),
        (["none.md"], "there is no such file"),
        (["--config", "none.toml"], "there is no such config file"),
    ],
)
def test_wrong_input(it: Project, sandbox: Sandbox, words: list[str], said: str) -> None:
    """A call that means nothing ends with 2 and says what to do."""
    refused(it.call("adopt", *words), sandbox, said)


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
