"""The main job on a real post: one Markdown file, five platforms, never twice, by the real command."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import pytest

from syndicate.adapter import Part
from syndicate.sandbox import Sandbox

from .support import FIVE, Outcome, Project, project, shared, syndicate, tree

pytestmark = pytest.mark.slow

DELIVERY = {"post", "target", "adapter", "action", "state", "url", "remote_id", "parts", "warnings", "error"}
PART = {"fingerprint", "payload", "count", "limit"}


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
