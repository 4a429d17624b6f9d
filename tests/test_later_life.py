"""A post's later life: changed, updated, in doubt, settled by a person; and that targets do not wait for each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syndicate.sandbox import Fault, Sandbox
from syndicate.standin import Request, Response

from .support import FIVE, POST, Project, intercept, project

pytestmark = pytest.mark.slow

ERROR = {"kind", "message", "next"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Project, Sandbox]]:
    """A project with five targets and a small post."""
    with Sandbox() as sandbox:
        it = project(tmp_path, sandbox)
        it.post()
        yield it, sandbox


def test_changed_since(place: tuple[Project, Sandbox]) -> None:
    """A changed post is told as such, with the command that would send it; nothing is sent until `update` is."""
    it, sandbox = place
    assert it.run("publish", "post.md").returncode == 0
    it.post(POST + "\nOne more sentence.\n")
    writes = len(sandbox.writes())

    told = it.run("publish", "post.md")
    assert told.returncode == 0
    assert "changed since" in told.stdout
    assert "syndicate update" in told.stdout
    as_json = it.run("publish", "post.md", "--json").deliveries()
    assert {name: d["action"] for name, d in as_json.items() if d["action"] != "skip"} == {
        "devto": "update",
        "hashnode": "update",
    }
    assert any("takes no update" in warning for warning in as_json["medium"]["warnings"])
    dry = it.run("update", "post.md", "--dry-run", "--json").deliveries()
    assert set(dry) == {"devto", "hashnode"}
    assert "One more sentence." in dry["devto"]["parts"][0]["payload"]["article"]["body_markdown"]
    assert len(sandbox.writes()) == writes

    updated = it.run("update", "post.md", "--json")
    assert updated.returncode == 0
    assert len(sandbox.writes()) == writes + 2
    for name in ("devto", "hashnode"):
        (post,) = sandbox.places[name].standin.posts
        assert "One more sentence." in post.text
        assert updated.deliveries()[name]["parts"][0]["fingerprint"] == dry[name]["parts"][0]["fingerprint"]
    again = it.run("publish", "post.md", "--json").deliveries()
    assert {d["action"] for d in again.values()} == {"skip"}
    assert len(sandbox.writes()) == writes + 2


def test_update_says_that_it_updated(place: tuple[Project, Sandbox]) -> None:
    """After an update that worked the report does not call the post changed any more."""
    it, _ = place
    it.run("publish", "post.md", "--to", "devto")
    it.post(POST + "\nOne more sentence.\n")
    updated = it.run("update", "post.md", "--to", "devto")
    assert updated.returncode == 0
    assert "updated" in updated.stdout
    assert "would send" not in updated.stdout


def test_update_one_target(place: tuple[Project, Sandbox]) -> None:
    """`update --to` leaves the other targets alone."""
    it, sandbox = place
    it.run("publish", "post.md", "--to", "devto", "--to", "hashnode")
    it.post(POST + "\nOne more sentence.\n")
    writes = len(sandbox.writes())
    assert it.run("update", "post.md", "--to", "hashnode").returncode == 0
    assert [seen.name for seen in sandbox.writes()[writes:]] == ["hashnode"]


@pytest.mark.parametrize("seen_there", [True, False])
def test_resolve(place: tuple[Project, Sandbox], *, seen_there: bool) -> None:
    """Medium cannot be asked: an unknown outcome waits for a person, whose word is then taken."""
    it, sandbox = place
    sandbox.play("medium", Fault("drop_after" if seen_there else "drop_before"))
    lost = it.run("publish", "post.md", "--to", "medium", "--json")
    assert lost.returncode == 3
    delivery = lost.deliveries()["medium"]
    assert (delivery["state"], set(delivery["error"])) == ("unknown", ERROR)
    assert "resolve" in delivery["error"]["next"]

    still = it.run("publish", "post.md", "--to", "medium", "--json")
    assert (still.returncode, still.deliveries()["medium"]["state"]) == (3, "unknown")
    assert len(sandbox.writes()) == 1

    said = ("--published", "https://medium.com/p/1") if seen_there else ("--not-published",)
    assert it.run("resolve", "post.md", "medium", *said).returncode == 0
    assert len(sandbox.writes()) == 1
    end = it.run("publish", "post.md", "--to", "medium", "--json")
    assert (end.returncode, end.deliveries()["medium"]["state"]) == (0, "published")
    assert len(sandbox.writes()) == (1 if seen_there else 2)
    if seen_there:
        assert end.deliveries()["medium"]["url"] == "https://medium.com/p/1"


def test_side_by_side(place: tuple[Project, Sandbox]) -> None:
    """No target waits for another: every platform holds its answer back until all five have been asked."""
    it, sandbox = place
    all_here = threading.Barrier(5)

    def waiting(name: str) -> Callable[[Request, Callable[[Request], Response]], Response]:
        def handle(request: Request, proceed: Callable[[Request], Response]) -> Response:
            if sandbox.places[name].standin.writes(request):
                all_here.wait(20)
            return proceed(request)

        return handle

    for name in FIVE:
        intercept(sandbox, name, waiting(name))
    assert it.run("publish", "post.md").returncode == 0
    assert not all_here.broken


def test_wall_time_is_the_slowest(place: tuple[Project, Sandbox]) -> None:
    """Five platforms that each take a second take together far less than five."""
    it, sandbox = place
    for name in FIVE:
        sandbox.play(name, Fault("slow", seconds=1.0))
    began = time.monotonic()
    assert it.run("publish", "post.md").returncode == 0
    assert 1.0 < time.monotonic() - began < 5.0


def test_quiet_in_a_pipe(place: tuple[Project, Sandbox]) -> None:
    """Without a terminal nothing is drawn: standard error stays empty when all goes well."""
    it, _ = place
    published = it.run("publish", "post.md")
    assert (published.returncode, published.stderr) == (0, "")
    assert "\x1b" not in published.stdout
