"""`status --online`: what stands at the platforms against what was sent; and how much `status` shows by itself."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syndicate.ledger import open_ledger
from syndicate.ledger.record import Recorded
from syndicate.sandbox import Fault, Sandbox
from syndicate.standin import Received, Request, Response

from .support import POST, Outcome, Project, intercept, project, tree

READ = ("devto", "hashnode", "reddit", "twitter")
THREAD = POST + "".join(f"\n\nSentence {number} is one of many that go on and on.\n" for number in range(30))


def only(sandbox: Sandbox, name: str) -> Received:
    (post,) = sandbox.places[name].standin.posts
    return post


def edit(sandbox: Sandbox, name: str, more: str = "By hand.") -> None:
    """A person adds a line to the post at a platform."""
    post = only(sandbox, name)
    sandbox.places[name].standin.edit(post.id, f"{post.text}\n\n{more}")


def online(outcome: Outcome) -> dict[str, str]:
    """The states of `status --online --json`, by target."""
    return {name: delivery["online"]["state"] for name, delivery in outcome.deliveries().items()}


def test_as_sent(it: Project, sandbox: Sandbox) -> None:
    """Right after publishing all is as it was sent, where it can be asked; nothing is written there or here."""
    it.call("publish", "post.md")
    before, writes = tree(it.folder), len(sandbox.writes())
    outcome = it.call("status", "--online", "--json")
    assert outcome.returncode == 0
    assert online(outcome) == {**dict.fromkeys(READ, "as sent"), "medium": "unasked"}
    assert outcome.deliveries()["medium"]["online"]["message"] == "Medium cannot be asked what stands there"
    assert len(sandbox.writes()) == writes
    assert tree(it.folder) == before


@pytest.mark.parametrize("name", ["devto", "hashnode", "twitter"])
def test_edited(it: Project, sandbox: Sandbox, name: str) -> None:
    """What was changed there by hand is told, and a person has to decide: 3."""
    it.call("publish", "post.md", "--to", name)
    edit(sandbox, name)
    outcome = it.call("status", "post.md", "--online", "--json")
    assert (outcome.returncode, online(outcome)) == (3, {name: "edited"})
    assert "there now: edited there by hand" in it.call("status", "--online").stdout


@pytest.mark.parametrize("name", READ)
def test_gone(it: Project, sandbox: Sandbox, name: str) -> None:
    """What was taken out is told, with what to do about it; what the ledger knows stays."""
    it.call("publish", "post.md", "--to", name)
    sandbox.places[name].standin.remove(only(sandbox, name).id)
    before = it.rows()
    outcome = it.call("status", "--online", "--json")
    assert (outcome.returncode, online(outcome)) == (3, {name: "gone"})
    text = it.call("status", "--online").stdout
    assert "there now: gone from" in text
    assert f"next: `syndicate resolve post.md {name} --not-published`" in text
    assert not text.rstrip().endswith("nothing to do")
    assert it.rows() == before


def test_gone_and_sent_anew(it: Project, sandbox: Sandbox) -> None:
    """The way that is named leads somewhere: after `resolve --not-published` the next `publish` sends it, once."""
    it.call("publish", "post.md", "--to", "hashnode")
    first = it.rows()[0]
    sandbox.places["hashnode"].standin.remove(only(sandbox, "hashnode").id)
    resolved = it.call("resolve", "post.md", "hashnode", "--not-published")
    assert resolved.returncode == 0
    assert f"recorded as gone from {first.remote_url}" in resolved.stdout
    (planned,) = it.rows()
    assert (planned.state, planned.remote_id, planned.remote_url) == ("planned", None, None)
    assert planned.idem_key != first.idem_key
    for _ in range(2):
        assert it.call("publish", "post.md", "--to", "hashnode").returncode == 0
    assert only(sandbox, "hashnode").title == "Hello, world"
    assert it.states() == {"hashnode": ["published"]}


def test_a_thread_is_not_resolved_by_halves(it: Project) -> None:
    """A part of a thread that is gone cannot be sent anew by itself, and that is said."""
    it.config.write_text(it.config.read_text() + 'mode = "thread"\n')
    it.post(THREAD)
    assert it.call("publish", "post.md", "--to", "twitter").returncode == 0
    before = it.rows()
    outcome = it.call("resolve", "post.md", "twitter", "--not-published")
    assert outcome.returncode == 2
    assert "parts" in outcome.stderr
    assert it.rows() == before


def test_a_part_of_a_thread(it: Project, sandbox: Sandbox) -> None:
    """Of a thread the part that is gone is named."""
    it.config.write_text(it.config.read_text() + 'mode = "thread"\n')
    it.post(THREAD)
    assert it.call("publish", "post.md", "--to", "twitter").returncode == 0
    standin = sandbox.places["twitter"].standin
    count = len(standin.posts)
    assert count > 2
    standin.remove(standin.posts[1].id)
    outcome = it.call("status", "--online", "--json")
    assert outcome.returncode == 3
    assert outcome.deliveries()["twitter"]["online"]["message"].startswith(f"part 2 of {count} is gone")


def test_without_online_nothing_is_asked(it: Project, sandbox: Sandbox) -> None:
    """A plain `status` reads the ledger alone, ends with 0, and has no such key."""
    it.call("publish", "post.md", "--to", "devto")
    sandbox.places["devto"].standin.posts.clear()
    seen = len(sandbox.seen)
    outcome = it.call("status", "--json")
    assert outcome.returncode == 0
    assert "online" not in outcome.deliveries()["devto"]
    assert "more" not in outcome.json()
    assert len(sandbox.seen) == seen


def brief(it: Project) -> None:
    """Waits for no platform."""
    it.config.write_text(it.config.read_text().replace("[publish]", '[publish]\npatience = "10ms"'))


@pytest.mark.parametrize(("fault", "kind", "code"), [("error_before", "Unavailable", 75), ("auth", "Unauthorized", 3)])
def test_not_to_be_read(it: Project, sandbox: Sandbox, fault: str, kind: str, code: int) -> None:
    """What cannot be read is not taken for gone; one that needs time ends with 75, one that needs a person with 3."""
    it.call("publish", "post.md", "--to", "devto", "--to", "hashnode")
    brief(it)
    sandbox.play("devto", Fault(fault, reads=True, times=50))
    outcome = it.call("status", "--online", "--json")
    assert outcome.returncode == code, outcome
    assert online(outcome) == {"devto": "failed", "hashnode": "as sent"}
    assert outcome.deliveries()["devto"]["online"]["message"]
    text = it.call("status", "--online").stdout
    assert "there now: could not be read: " in text
    assert "s3cret" not in text + outcome.stdout
    assert kind not in text  # the words are for people


def test_a_target_that_is_down_is_not_asked_for_ever(it: Project, sandbox: Sandbox) -> None:
    """After three failures in a row, or one refusal of the credentials, the rest of a target is not asked for."""
    for number in range(6):
        it.post(POST.replace("/hello/", f"/{number}/").replace("Hello", f"{number}"), f"{number}.md")
    it.call("publish", *(f"{number}.md" for number in range(6)), "--to", "hashnode")
    brief(it)
    for fault, most in (("error_before", 3), ("auth", 1)):
        sandbox.play("hashnode", Fault(fault, reads=True, times=50))
        seen = len(sandbox.seen)
        outcome = it.call("status", "--online", "--json")
        assert {delivery["online"]["state"] for delivery in outcome.json()["deliveries"]} == {"failed"}
        assert len(sandbox.seen) - seen == most
        sandbox.places["hashnode"].faults.clear()


def test_what_cannot_be_asked(it: Project, sandbox: Sandbox) -> None:
    """No secret, no id, no such target any more: said, each in its words, and no reason to end otherwise than with 0."""
    it.call("publish", "post.md", "--to", "devto", "--to", "hashnode", "--to", "reddit")
    sandbox.play("twitter", Fault("drop_before"))
    it.call("publish", "post.md", "--to", "twitter")
    (it.folder / "secrets" / "devto.api_key").unlink()
    it.config.write_text(it.config.read_text().replace("[targets.hashnode]", "[targets.renamed]"))
    with contextlib.closing(open_ledger(f"sqlite:///{it.ledger}", it.folder)) as ledger:
        (row,) = ledger.rows(target="reddit")
        ledger.store(Recorded((replace(row, remote_id=None),), ()))
    seen = len(sandbox.seen)
    outcome = it.call("status", "--online", "--json")
    assert outcome.returncode == 0, outcome
    assert set(online(outcome).values()) == {"unasked"}
    said = {name: delivery["online"]["message"] for name, delivery in outcome.deliveries().items()}
    assert "devto.api_key" in said["devto"]
    assert "no target `hashnode`" in said["hashnode"]
    assert "id of this post is not known" in said["reddit"]
    assert said["twitter"] == "it is not recorded as published"
    assert len(sandbox.seen) == seen


def test_targets_are_asked_side_by_side(it: Project, sandbox: Sandbox) -> None:
    """No target waits for another: each answer is held back until both have been asked."""
    it.call("publish", "post.md", "--to", "devto", "--to", "reddit")
    both = threading.Barrier(2)

    def waiting(request: Request, proceed: Callable[[Request], Response]) -> Response:
        if not both.broken and both.n_waiting < 2:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(20)
        return proceed(request)

    for name in ("devto", "reddit"):
        intercept(sandbox, name, waiting)
    outcome = it.call("status", "--online", "--json")
    assert set(online(outcome).values()) == {"as sent"}
    assert not both.broken


# ---------------------------------------------------------------------- how much is shown


@pytest.fixture
def many(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A ledger with thirty posts that were published one after the other, the first of them in doubt."""
    it = project(tmp_path / "many", sandbox, ["devto"])
    it.post()
    it.call("publish", "post.md")
    with contextlib.closing(open_ledger(f"sqlite:///{it.ledger}", it.folder)) as ledger:
        (row,) = ledger.rows()
        for number in range(1, 31):
            changes: dict[str, Any] = {
                "post_key": f"id:{number:02}",
                "source": f"{number:02}.md",
                "remote_id": f"{number}",
            }
            state = "unknown" if number == 1 else "published"
            ledger.store(Recorded((replace(row, **changes, state=state, updated_at=1e9 + number),), ()))
    return it


def posts(outcome: Outcome) -> list[str]:
    return [delivery["post"] for delivery in outcome.json()["deliveries"]]


def test_what_changed_last_is_shown(many: Project) -> None:
    """Unfinished ones and the twenty that changed last; that there are more is said."""
    outcome = many.call("status", "--json")
    assert outcome.json()["more"] is True
    assert posts(outcome) == ["01.md", "post.md", *(f"{number:02}.md" for number in range(30, 11, -1))]
    text = many.call("status").stdout
    assert "--all" in text.splitlines()[-1]
    assert "syndicate status POST" in text.splitlines()[-1]
    assert "11.md" not in text


def test_more_behind_one_that_is_in_doubt(many: Project) -> None:
    """That there are more is said also when the next one is shown already, since it is in doubt."""
    with contextlib.closing(open_ledger(f"sqlite:///{many.ledger}", many.folder)) as ledger:
        rows = {row.source: row for row in ledger.rows()}
        for source, state in (("01.md", "published"), ("11.md", "unknown")):
            ledger.store(Recorded((replace(rows[source], state=state),), ()))
    outcome = many.call("status", "--json")
    assert len(posts(outcome)) == 21
    assert outcome.json()["more"] is True


def test_all_of_them(many: Project) -> None:
    """`--all` shows every post, and says nothing of more."""
    outcome = many.call("status", "--all", "--json")
    assert len(posts(outcome)) == 31
    assert "more" not in outcome.json()
    assert "--all" not in many.call("status", "--all").stdout


def test_as_many_as_there_are(many: Project) -> None:
    """When all fit, nothing is said of more, however the unfinished and the late ones overlap."""
    with contextlib.closing(open_ledger(f"sqlite:///{many.ledger}", many.folder)) as ledger:
        rows = {row.source: row for row in ledger.rows()}
        for number in range(2, 12):  # eleven are in doubt, twenty changed last
            ledger.store(Recorded((replace(rows[f"{number:02}.md"], state="unknown"),), ()))
    outcome = many.call("status", "--json")
    assert len(posts(outcome)) == 31
    assert "more" not in outcome.json()


def test_one_that_is_named(many: Project) -> None:
    """A post that is named is shown alone, however long ago it changed."""
    outcome = many.call("status", "post.md", "--json")
    assert posts(outcome) == ["post.md"]
    assert "more" not in outcome.json()
