"""Several posts to one target: in order, and what stops the first stops the others."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from syndicate.sandbox import Fault, Sandbox

from .support import POST, Project, project


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    """Three posts for two targets."""
    made = project(tmp_path, sandbox, ["devto", "hashnode"], patience="0s")
    for name in ("a", "b", "c"):
        made.post(POST.replace("/hello/", f"/{name}/").replace("Hello", f"Post {name}"), f"{name}.md")
    return made


_POSTS = ("a.md", "b.md", "c.md")


def test_in_order(it: Project, sandbox: Sandbox) -> None:
    """One target's posts go out one after the other, in the order in which they were named."""
    assert it.call("publish", *_POSTS).returncode == 0
    for name in ("devto", "hashnode"):
        titles = [post.title for post in sandbox.places[name].standin.posts]
        assert titles == ["Post a, world", "Post b, world", "Post c, world"]


@pytest.mark.parametrize(("kind", "code"), [("auth", 3), ("entitlement", 3), ("rate", 75)])
def test_what_stops_the_target(it: Project, sandbox: Sandbox, kind: str, code: int) -> None:
    """Credentials that are refused, a plan that is missing, a limit that is reached: no more requests to it."""
    sandbox.play("devto", Fault(kind, retry_after="900"))
    outcome = it.call("publish", *_POSTS, "--json")
    assert outcome.returncode == code
    assert len(sandbox.writes("devto")) == 1
    mine = [d for d in outcome.json()["deliveries"] if d["target"] == "devto"]
    assert [d["post"] for d in mine] == list(_POSTS)
    assert {d["state"] for d in mine} == {"planned"}
    assert all(d["error"] and d["error"]["message"] and d["error"]["next"] for d in mine)
    assert len(sandbox.writes("hashnode")) == 3


def test_what_does_not_stop_it(it: Project, sandbox: Sandbox) -> None:
    """A post that is refused leaves the others alone; its failure decides the exit code, not the last success."""
    sandbox.play("devto", Fault("refuse"))
    outcome = it.call("publish", *_POSTS, "--json")
    assert outcome.returncode == 1
    states = [d["state"] for d in outcome.json()["deliveries"] if d["target"] == "devto"]
    assert states == ["failed", "published", "published"]


def test_precedence_across_deliveries(it: Project, sandbox: Sandbox) -> None:
    """A person's turn beats a failure, which beats a wait; and all are shown."""
    sandbox.play("devto", Fault("refuse"))
    sandbox.play("hashnode", Fault("rate", retry_after="900"))
    assert it.call("publish", *_POSTS).returncode == 1
    sandbox.play("devto", Fault("auth", times=9))
    assert it.call("publish", *_POSTS).returncode == 3


def test_deferred_is_remembered(it: Project, sandbox: Sandbox) -> None:
    """After `Retry-After: 900` the next run asks nothing of the platform, says until when, and ends with 75."""
    sandbox.play("devto", Fault("rate", retry_after="900"))
    assert it.call("publish", "a.md").returncode == 75
    seen = len(sandbox.seen)
    again = it.call("publish", "a.md", "--to", "devto", "--json")
    assert (again.returncode, again.deliveries()["devto"]["action"]) == (75, "wait")
    assert "until" in again.deliveries()["devto"]["error"]["message"]
    assert len(sandbox.seen) == seen
    assert it.call("publish", "a.md", "--dry-run").returncode == 0


def test_waits_a_little(tmp_path: Path, sandbox: Sandbox) -> None:
    """A wait that fits into the run's patience is waited for."""
    it = project(tmp_path, sandbox, ["devto"], patience="5s")
    it.post()
    sandbox.play("devto", Fault("rate", retry_after="0"))
    assert it.call("publish", "post.md").returncode == 0
    assert len(sandbox.writes()) == 2


@pytest.mark.slow
@pytest.mark.parametrize("after", ["Fri, 31 Dec 9999 23:59:59 GMT", "99999999999", "inf", "soon", "-5"])
def test_a_wait_beyond_reason(it: Project, sandbox: Sandbox, after: str) -> None:
    """A platform that asks for a wait of centuries, or for nonsense, is asked again within weeks; nothing breaks."""
    sandbox.play("devto", Fault("rate", retry_after=after))
    east = {"TZ": "Asia/Tokyo"}
    assert it.run("publish", "a.md", "--to", "devto", env=east).returncode == 75
    again = it.run("publish", "a.md", "--to", "devto", "--json", env=east)
    assert again.returncode in (0, 75)
    assert it.run("status", env=east).returncode == 0
    (row,) = it.rows()
    assert row.not_before is None or row.not_before < time.time() + 60 * 86400
