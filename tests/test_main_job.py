"""The main job on a real post: one Markdown file, five platforms, never twice, by the real command."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from syndicate.adapter import Part
from syndicate.sandbox import Fault, Sandbox
from syndicate.standin import Request, Response

from .support import FIVE, POST, Outcome, Project, intercept, project, shared, syndicate, tree

pytestmark = pytest.mark.slow

DELIVERY = {"post", "target", "adapter", "action", "state", "url", "remote_id", "parts", "warnings", "error"}
PART = {"fingerprint", "payload", "count", "limit"}
ERROR = {"kind", "message", "next"}


@dataclass(frozen=True)
class Story:
    """One life of a post: previewed, published, published again."""

    project: Project
    sandbox: Sandbox
    before: dict[str, bytes]
    preview: Outcome
    after_preview: dict[str, bytes]
    reads: int
    published: Outcome
    writes: int
    again: Outcome


@pytest.fixture(scope="module", params=["post", "thread"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The real post as it is; and its first paragraphs, which X gets as a thread (it is too long for one)."""
    source = shared("corpus", "posts", "hugo-seed", "open-source-going-global.md")
    folder = tmp_path_factory.mktemp(f"main-{request.param}")
    with Sandbox() as sandbox:
        place = project(folder, sandbox, options={"twitter": {"mode": request.param}})
        post = folder / "content" / "posts" / source.name
        post.parent.mkdir(parents=True)
        text = source.read_text(encoding="utf-8")
        if request.param == "thread":
            text = "\n\n".join(text.split("\n\n")[:5]) + "\n"
        post.write_text(text, encoding="utf-8")
        before = tree(folder)
        preview = place.run("publish", post, "--dry-run", "--json")
        after_preview = tree(folder)
        reads = len(sandbox.seen)
        published = place.run("publish", post, "--json")
        writes = len(sandbox.writes())
        again = place.run("publish", post, "--json")
        yield Story(place, sandbox, before, preview, after_preview, reads, published, writes, again)


def test_preview_says_create_for_all_five(story: Story) -> None:
    """The dry run plans one new post at each of the five, without an error."""
    assert story.preview.returncode == 0
    deliveries = story.preview.deliveries()
    assert list(deliveries) == list(FIVE)
    assert {d["action"] for d in deliveries.values()} == {"create"}
    assert {d["state"] for d in deliveries.values()} == {"planned"}
    assert [d["error"] for d in deliveries.values()] == [None] * 5


def test_preview_touches_nothing(story: Story) -> None:
    """A dry run makes no request and leaves every file, and the folder, as they were."""
    assert story.reads == 0
    assert story.after_preview == story.before


def test_published_to_all_five(story: Story) -> None:
    """Each platform has the post, once, and the command ends with 0 and a link for each."""
    assert story.published.returncode == 0
    for name, delivery in story.published.deliveries().items():
        assert (name, delivery["state"], delivery["error"]) == (name, "published", None)
        assert delivery["remote_id"]
        assert delivery["url"].startswith("http")
        assert len(story.sandbox.places[name].standin.posts) == len(delivery["parts"])
    assert all(seen.status in (200, 201) for seen in story.sandbox.seen)


def test_what_was_shown_is_what_was_sent(story: Story) -> None:
    """Previewed fingerprint = reported = recorded = SHA-256 of the bytes that the platform got.

    From the second part of a thread on the request names the post before it, which no preview can know: there the
    bytes are those of the previewed part with that name filled in.
    """
    previewed, reported = story.preview.deliveries(), story.published.deliveries()
    recorded: dict[str, list[Any]] = {}
    for row in story.project.rows():
        recorded.setdefault(row.target, []).append(row)
    for name in FIVE:
        fingerprints = [part["fingerprint"] for part in previewed[name]["parts"]]
        assert fingerprints == [part["fingerprint"] for part in reported[name]["parts"]]
        assert fingerprints == [row.fingerprint for row in recorded[name]]
        bodies = [seen.request.body for seen in story.sandbox.writes(name)]
        assert len(bodies) == len(fingerprints)
        assert hashlib.sha256(bodies[0]).hexdigest() == fingerprints[0]
        for number in range(1, len(bodies)):
            part = Part(payload=previewed[name]["parts"][number]["payload"], text="", count=0, limit=0)
            assert part.fingerprint == fingerprints[number]
            assert bodies[number] == part.body(recorded[name][number - 1].remote_id)


def test_payload_shown_is_the_request(story: Story) -> None:
    """The payload in `--json` is the body of the request, read back."""
    for name, delivery in story.preview.deliveries().items():
        body = story.sandbox.writes(name)[0].request.body
        got = dict(parse_qsl(body.decode(), keep_blank_values=True)) if name == "reddit" else json.loads(body)
        assert got == delivery["parts"][0]["payload"]


def test_a_thread_hangs_together(story: Story) -> None:
    """Each part of a thread answers the one before it."""
    posts = story.sandbox.places["twitter"].standin.posts
    assert [post.reply_to for post in posts] == [None, *(post.id for post in posts[:-1])]


def test_within_every_limit(story: Story) -> None:
    """No part is longer than its platform takes, and each says how long it is."""
    for delivery in story.preview.deliveries().values():
        assert delivery["parts"]
        assert all(0 < part["count"] <= part["limit"] for part in delivery["parts"])


def test_what_was_lost_is_said(story: Story) -> None:
    """A title longer than Medium's is cut, and that is a warning in the preview and in the report."""
    for outcome in (story.preview, story.published):
        assert any("title is cut" in warning for warning in outcome.deliveries()["medium"]["warnings"])
    assert not any("title is cut" in warning for warning in story.preview.deliveries()["devto"]["warnings"])


def test_nothing_the_second_time(story: Story) -> None:
    """The same command again: exit 0, nothing to do, no request at all."""
    assert story.again.returncode == 0
    assert {d["action"] for d in story.again.deliveries().values()} == {"skip"}
    assert {d["state"] for d in story.again.deliveries().values()} == {"published"}
    assert len(story.sandbox.writes()) == story.writes
    told = story.project.run("publish", "content/posts/open-source-going-global.md")
    assert told.returncode == 0
    assert "nothing to do" in told.stdout
    assert len(story.sandbox.writes()) == story.writes


def test_status_shows_five(story: Story) -> None:
    """`status` has the five with the same links, for one post and for all, and asks no platform."""
    seen = len(story.sandbox.seen)
    links = {name: d["url"] for name, d in story.published.deliveries().items()}
    for words in ([], ["content/posts/open-source-going-global.md"]):
        status = story.project.run("status", *words, "--json")
        assert status.returncode == 0
        assert {name: d["url"] for name, d in status.deliveries().items()} == links
        assert {d["state"] for d in status.deliveries().values()} == {"published"}
    told = story.project.run("status").stdout
    assert all(link in told for link in links.values())
    assert len(story.sandbox.seen) == seen


def test_json_shape(story: Story) -> None:
    """The keys of `--json` are exactly the documented ones, and nothing else is on standard output."""
    status = story.project.run("status", "--json")
    for outcome in (story.preview, story.published, story.again, status):
        document = outcome.json()
        assert set(document) == {"deliveries"}
        for delivery in document["deliveries"]:
            assert set(delivery) == DELIVERY
            assert all(set(part) == PART for part in delivery["parts"])
            assert all(isinstance(warning, str) for warning in delivery["warnings"])
            assert delivery["error"] is None
            for part in delivery["parts"]:
                assert len(part["fingerprint"]) == 64
                assert isinstance(part["payload"], dict)
                assert isinstance(part["count"], int)
                assert isinstance(part["limit"], int)


def test_the_preview_for_people_holds_every_line(story: Story) -> None:
    """The dry run for people shows each payload whole, with its fingerprint, and the cost."""
    fresh = Project(story.project.folder / "fresh")
    fresh.folder.mkdir(exist_ok=True)
    text = story.project.config.read_text().replace('"secrets/', '"../secrets/')
    fresh.config.write_text(text)
    shown = syndicate(
        "publish", "../content/posts/open-source-going-global.md", "--dry-run", cwd=fresh.folder
    )  # a config elsewhere: another ledger, so everything is still to be sent
    assert shown.returncode == 0
    article = story.preview.deliveries()["devto"]["parts"][0]["payload"]["article"]["body_markdown"]
    for line in filter(None, article.split("\n")):
        assert line in shown.stdout
    assert "sha256 " in shown.stdout
    assert re.search(r"cost about \$0\.[23]\d\d", shown.stdout)
    assert not (fresh.folder / ".syndicate").exists()


# ---------------------------------------------------------------------- a post's later life


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
