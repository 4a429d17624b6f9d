"""`syndicate watch`, from a feed on a server to what stands at the platforms."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syndicate.sandbox import Sandbox
from syndicate.sandbox.faults import Fault
from syndicate.testing.clock import hold

from .feed_bridge import FeedServer, rss
from .support import POST, SITE, clean_env, start
from .time_machine import Clock, travelling
from .watch_bridge import PATH, Blog, blog, dated, link, post


@pytest.fixture
def clock() -> Iterator[Clock]:
    made = Clock(0)
    made.set("2026-12-01T12:00:00+00:00")
    with travelling(made):
        yield made


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture
def it(tmp_path: Path, feeds: FeedServer, sandbox: Sandbox, clock: Clock) -> Blog:
    return blog(tmp_path / "project", feeds, sandbox, clock)


# ---------------------------------------------------------------------- the main job


def test_the_first_pass_posts_nothing_and_says_so(it: Blog) -> None:
    """What is there before counts as seen; no request reaches a platform."""
    it.serve(*(post(n) for n in range(20)))
    done = it.watch()
    assert (done.returncode, it.sandbox.seen) == (0, [])
    assert "first pass: 20 entries that it has already will not be posted" in done.stdout


def test_a_new_entry_is_posted_once(it: Blog) -> None:
    """To each target of its feed, whatever number of passes; an unchanged feed costs one 304."""
    it.begin()
    it.add(post("new"))
    done = it.watch()
    assert done.returncode == 0
    assert (it.at("devto"), it.at("reddit")) == (["Post new"], ["Post new"])
    for _ in range(3):
        quiet = it.watch()
        assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert len(it.sandbox.writes()) == 2
    assert [seen.get("if-none-match") is not None for seen in it.feeds.seen(PATH)] == [False, True, True, True, True]


def test_a_dry_run_shows_what_the_pass_sends(it: Blog) -> None:
    """To the byte; and it records nothing, no ETag either."""
    it.begin()
    it.add(post("new"))
    before = it.it.ledger.read_bytes()
    dry = it.watch("--dry-run", "--json")
    assert it.it.ledger.read_bytes() == before
    assert it.sandbox.seen == []
    sent = it.watch("--json")
    for target in ("devto", "reddit"):
        one, other = dry.deliveries()[target], sent.deliveries()[target]
        assert [part["fingerprint"] for part in one["parts"]] == [part["fingerprint"] for part in other["parts"]]
        assert (one["action"], one["state"], other["state"]) == ("create", "planned", "published")


def test_a_dry_run_before_the_first_pass_makes_no_ledger(it: Blog) -> None:
    """It tells what the first pass would do."""
    it.serve(post(1))
    done = it.watch("--dry-run")
    assert "first pass: 1 entry" in done.stdout
    assert not it.it.ledger.exists()


def test_an_entry_with_far_too_much_in_it_keeps_no_other_back(it: Blog) -> None:
    """Its page is linked, and the pass says why; what is around it goes out whole."""
    it.begin()
    it.add(post(1), post("huge", "<em>a</em> b " * 6_000), post(2))
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post 2", "Post huge", "Post 1"]
    bodies = [one.text for one in it.sandbox.places["devto"].standin.posts]
    assert ["[Read the whole post]" in body for body in bodies] == [False, True, False]


def test_json_has_a_block_a_feed(it: Blog) -> None:
    """With the documented keys; no secret and no query of its address."""
    it.path = "/feed"
    it.configure(url=f"http://user:pass@127.0.0.1:{it.feeds.port}/feed?token=s3cret")
    it.serve(post(1))
    found = it.feed()
    assert set(found) == {
        *("name", "url", "status", "message", "entries", "found", "waiting", "warnings", "error"),
    }
    assert (found["status"], found["entries"], found["error"]) == ("first", 1, None)
    assert found["url"] == f"http://127.0.0.1:{it.feeds.port}/feed?…"
    it.add(post(2))
    assert [(one["title"], one["what"]) for one in it.feed()["found"]] == [("Post 2", "new")]
    assert it.feed()["status"] == "unchanged"


def test_entries_go_out_oldest_first(it: Blog) -> None:
    """As they would have, had each been met alone."""
    it.begin()
    it.add(post(3, date=dated(it.clock, hours=1)), post(2, date=dated(it.clock, hours=2)))
    it.watch()
    assert it.at("devto") == ["Post 2", "Post 3"]


def test_backfill(it: Blog) -> None:
    """The newest ones that were there before, on the first pass or later, though the feed has not changed."""
    it.serve(*(post(n, date=dated(it.clock, days=n)) for n in range(1, 8)))
    assert it.watch("--backfill", "1").returncode == 0
    assert it.at("devto") == ["Post 1"]
    it.watch("--backfill", "2")
    assert it.at("devto") == ["Post 1", "Post 2"]


def test_an_entry_of_the_future_waits_for_its_date(it: Blog) -> None:
    """A scheduled post that the feed shows already is not posted early."""
    it.begin()
    it.add(post("soon", date=dated(it.clock, hours=-3)))
    it.watch()
    assert it.at("devto") == []
    it.clock.go(hours=2, minutes=59)
    it.watch()
    assert it.at("devto") == []
    it.clock.go(minutes=2)
    it.watch()
    assert it.at("devto") == ["Post soon"]


def test_an_entry_that_vanished_before_it_was_due_goes_out(it: Blog) -> None:
    """Once it is queued, the feed is not needed any more: nothing is lost that was put off."""
    it.begin()
    it.add(post("new"))
    it.sandbox.play("devto", Fault("rate", retry_after="3600"))
    assert it.watch().returncode == 75
    it.serve(post("other, and the first is gone"))
    it.feeds.fail(PATH, 500)
    it.clock.go(hours=2)
    assert it.watch().returncode == 75  # the feed's
    assert it.at("devto") == ["Post new"]


def test_announcements(tmp_path: Path, feeds: FeedServer, sandbox: Sandbox, clock: Clock) -> None:
    """`full_text = false`: a summary and a link, not the text."""
    it = blog(tmp_path / "p", feeds, sandbox, clock, full_text=False, targets=["devto"])
    it.begin()
    it.add(post("new", more="<description>In short.</description>", text="The whole text."))
    it.watch()
    body = it.sandbox.writes("devto")[0].request.json()["article"]["body_markdown"]
    assert "In short." in body
    assert f"({link('new')})" in body
    assert "whole text" not in body


# ---------------------------------------------------------------------- asking


def test_the_brake_asks_and_approve_lets_go(it: Blog) -> None:
    """Five new entries at once are held: exit 3 until a person has spoken; then they go out, or do not."""
    it.begin()
    it.add(*(post(n, date=dated(it.clock, hours=n)) for n in range(1, 6)))
    done = it.watch()
    assert done.returncode == 3
    assert "5 entries wait for you" in done.stdout
    assert it.sandbox.seen == []
    listed = it.it.call("approve", "--json").json()["waiting"]
    assert [one["title"] for one in listed] == ["Post 5", "Post 4", "Post 3", "Post 2", "Post 1"]
    shown = it.it.call("approve", link(3), "--dry-run", "--json").json()["deliveries"]
    assert it.it.call("approve", link(3)).returncode == 0
    assert it.watch("--json").returncode == 3
    assert it.at("devto") == ["Post 3"]
    sent = {row.target: row.fingerprint for row in it.it.rows()}
    assert {one["target"]: one["parts"][0]["fingerprint"] for one in shown} == sent
    assert it.it.call("approve", "--all", "--reject").returncode == 0
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post 3"]


def test_review(tmp_path: Path, feeds: FeedServer, sandbox: Sandbox, clock: Clock) -> None:
    """With `review = true` each new entry waits; what is approved is the entry as it is by then."""
    it = blog(tmp_path / "p", feeds, sandbox, clock, review=True)
    it.begin()
    it.add(post("new"))
    assert it.watch().returncode == 3
    it.serve(post("new", text="Mended, as a careful reader has asked for it to be."))
    assert it.watch().returncode == 3
    assert it.sandbox.seen == []
    assert it.it.call("queue", "--json").json()["waiting"][0]["state"] == "review"
    it.it.call("approve", "--feed", "blog", "--all")
    assert it.watch().returncode == 0
    assert "Mended" in it.sandbox.writes("devto")[0].request.body.decode()


@pytest.mark.parametrize(
    "words",
    [["nothing-such"], ["--feed", "nobody", "--all"], ["--feed", "nobody"], ["https://blog.example.org/posts/old/"]],
)
def test_approve_of_what_does_not_wait(it: Blog, words: list[str]) -> None:
    """Exit 2, and how to find out what does."""
    it.begin()
    done = it.it.call("approve", *words)
    assert done.returncode == 2
    assert "next:" in done.stderr


def test_a_blog_that_moves_posts_nothing(it: Blog) -> None:
    """New ids, a new domain, new links in the texts: every entry is known, and the edits are asked about."""
    it.begin(post("old", date=dated(it.clock, days=9)))
    for n in range(1, 6):
        it.add(post(n, date=dated(it.clock, days=9 - n)))
        it.watch()
    before = len(it.sandbox.writes())
    it.feeds.put(PATH, rss(*it.served).replace("tag:blog.example.org,", "urn:").replace(SITE, "https://new.example"))
    found = it.feed()
    assert {one["what"] for one in found["found"]} == {"known", "held"}
    assert len(it.sandbox.writes()) == before
    it.clock.go(hours=1)
    it.watch()
    assert len(it.sandbox.writes()) == before


def test_an_old_entry_that_slides_in_is_asked_about(it: Blog) -> None:
    """A feed offers its newest three; one is deleted, and an older one that was never seen takes its place."""
    it.begin(*(post(n, date=dated(it.clock, days=n)) for n in (1, 2, 3)))
    it.clock.go(days=1)
    it.serve(*(post(n, date=dated(it.clock, days=n + 1)) for n in (1, 3, 4)))
    found = it.feed()["found"]
    assert [(one["title"], one["what"]) for one in found] == [("Post 4", "held")]
    assert it.sandbox.seen == []


def test_a_first_pass_over_half_a_feed_waits_for_the_whole(it: Blog) -> None:
    """Else the other half would count as new: wherever the document was cut."""
    whole = rss(*(post(n) for n in range(6)))
    for end in ("</item>", "<item>", "Post 4"):
        it.feeds.put(PATH, whole[: whole.index(end, whole.index("Post 3")) + len(end)])
        done = it.watch()
        assert (done.returncode, "cut short" in done.stderr) == (1, True)
    it.feeds.put(PATH, whole)
    assert "first pass: 6 entries" in it.watch().stdout
    assert it.sandbox.seen == []


def test_what_was_cut_is_read_again(it: Blog) -> None:
    """Though the server says that it has not changed."""
    it.begin()
    whole = rss(post("new"), post("newer"), post("old"))
    it.feeds.put(PATH, whole[: whole.index("Post newer")], etag='"same"')
    it.watch()
    it.feeds.put(PATH, whole, etag='"same"')
    it.watch()
    assert sorted(it.at("devto")) == ["Post new", "Post newer"]


def test_an_approval_of_what_was_edited_meanwhile_does_not_count(it: Blog) -> None:
    """Between the look and the word a pass met an edit: a person approves what they have seen."""
    from syndicate.approve import let_go, waiting
    from syndicate.session import Session

    it.configure(review=True)
    it.begin()
    it.add(post("new"))
    it.watch()
    with Session.open(it.it.config) as session:
        (entry,) = waiting(session)
        it.serve(post("new", text="Mended, as a careful reader has asked for it to be."))
        it.watch()
        assert "edited just now" in let_go(session, entry)
        (again,) = waiting(session)
        assert "approved" in let_go(session, again)
    it.watch()
    assert "Mended" in it.sandbox.writes("devto")[0].request.body.decode()


# ---------------------------------------------------------------------- edits


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "drop_before"])
def test_an_edit_after_a_lost_update_is_no_edit_by_hand(it: Blog, fault: str) -> None:
    """What an update may have left there is ours, whether or not it arrived."""
    it.configure(targets=["devto"])
    it.begin()
    it.add(post("new"))
    it.watch()
    it.sandbox.play("devto", Fault(fault))
    it.serve(post("new", text="Edited once, as a careful reader has asked for it to be."))
    it.watch()
    it.serve(post("new", text="Edited twice, as a careful reader has asked for it to be."))
    it.clock.go(hours=1)
    assert it.watch().returncode == 0
    assert "Edited twice" in it.sandbox.places["devto"].standin.posts[0].text
    assert it.it.call("status", "--online").returncode == 0


def test_an_edited_entry_is_an_update(it: Blog) -> None:
    """Where the platform takes one; never a second post."""
    it.begin()
    it.add(post("new"))
    it.watch()
    it.serve(post("new", text="Mended, as a careful reader has asked for it to be."), post("old"))
    assert it.watch().returncode == 0
    assert [seen.request.method for seen in it.sandbox.writes("devto")] == ["POST", "PUT"]
    assert len(it.sandbox.writes("reddit")) == 1
    assert it.it.call("queue", "--json").json()["queue"] == []


def test_an_edit_does_not_reach_a_target_that_was_added_later(it: Blog) -> None:
    """An edit of an old entry makes no new post anywhere."""
    it.configure(targets=["devto"])
    it.begin()
    it.add(post("new"))
    it.watch()
    it.configure(targets=["devto", "reddit"])
    it.serve(post("new", text="Mended, as a careful reader has asked for it to be."))
    it.watch()
    assert (it.at("reddit"), len(it.sandbox.writes("devto"))) == ([], 2)


def test_an_edit_is_not_sent_over_one_made_there_by_hand(it: Blog) -> None:
    """It is said, once, and the queue keeps it for a person."""
    it.configure(targets=["devto"])
    it.begin()
    it.add(post("new"))
    it.watch()
    it.sandbox.places["devto"].standin.edit(it.sandbox.places["devto"].standin.posts[0].id, "Edited by hand.")
    it.serve(post("new", text="Mended, as a careful reader has asked for it to be."))
    done = it.watch("--json")
    assert (done.returncode, done.deliveries()["devto"]["error"]["kind"]) == (3, "Edited")
    assert it.sandbox.places["devto"].standin.posts[0].text == "Edited by hand."
    assert it.watch().returncode == 0
    assert [one["state"] for one in it.it.call("queue", "--json").json()["queue"]] == ["refused"]
    assert it.it.call("update", link("new"), "--ours").returncode == 0
    assert "Mended" in it.sandbox.places["devto"].standin.posts[0].text


def test_a_deleted_entry_changes_nothing(it: Blog) -> None:
    """What was posted stays."""
    it.begin()
    it.add(post("new"))
    it.watch()
    it.serve(post("old"))
    it.watch()
    assert (it.at("devto"), len(it.sandbox.writes())) == (["Post new"], 2)


# ---------------------------------------------------------------------- one post is one post


def local(it: Blog, title: str, *, canonical: str = "", name: str = "content/posts/new.md") -> Path:
    front = f"title: {title}\ndate: 2026-12-01\n" + (f"canonical_url: {canonical}\n" if canonical else "")
    return it.it.post(f"---\n{front}---\nThe file's own *words*, with `code`.\n", name)


@pytest.mark.parametrize("canonical", [link("new"), ""], ids=["its URL is written", "its URL is guessed"])
def test_what_the_cli_sent_is_not_sent_again(it: Blog, canonical: str) -> None:
    """A post that went out by `publish` and then shows up in the feed is the same post."""
    it.begin()
    file = local(it, "Post new", canonical=canonical, name="content/posts/some-name.md")
    assert it.it.call("publish", file).returncode == 0
    it.add(post("new", date=dated(it.clock, hours=1)))
    assert [one["what"] for one in it.feed()["found"]] == ["known"]
    assert len(it.sandbox.writes()) == 2


@pytest.mark.parametrize("canonical", [link("new"), ""], ids=["its URL is written", "its URL is guessed"])
def test_what_the_feed_sent_is_not_sent_again(it: Blog, canonical: str) -> None:
    """And the other way round, also when the file was not there when the feed was read."""
    it.begin()
    it.add(post("new", date=dated(it.clock, hours=1)))
    it.watch()
    file = local(it, "Post new", canonical=canonical, name="content/posts/some-name.md")
    done = it.it.call("publish", file, "--json")
    assert {one["action"] for one in done.json()["deliveries"]} <= {"skip", "update"}
    assert len(it.sandbox.writes()) == 2


def test_the_cli_sends_to_one_target_and_the_feed_to_the_other(it: Blog) -> None:
    """Each target has it once."""
    it.begin()
    file = local(it, "Post new", canonical=link("new"))
    it.it.call("publish", file, "--to", "devto")
    it.add(post("new"))
    it.watch()
    assert (len(it.sandbox.writes("devto")), len(it.sandbox.writes("reddit"))) == (1, 1)


def test_what_was_sent_from_a_file_that_is_elsewhere_is_known(it: Blog) -> None:
    """A laptop published it; the server that watches has no files. Nothing is sent, neither the edit in the feed."""
    it.begin()
    file = local(it, "Post new", canonical=link("new"))
    it.it.call("publish", file)
    file.unlink()
    it.add(post("new"))
    it.watch()
    it.serve(post("new", text="Mended, as a careful reader has asked for it to be."))
    it.watch()
    assert len(it.sandbox.writes()) == 2


def test_an_announcement_of_a_file(it: Blog) -> None:
    """With `full_text = false` a file is announced too: its summary, not its text."""
    it.configure(full_text=False, targets=["devto"])
    it.begin()
    file = local(it, "Post new", canonical=link("new"))
    file.write_text(file.read_text().replace("title:", "description: In short.\ntitle:"))
    it.add(post("new"))
    it.watch()
    body = it.sandbox.writes("devto")[0].request.json()["article"]["body_markdown"]
    assert ("In short." in body, link("new") in body, "own *words*" in body) == (True, True, False)
    assert it.watch().returncode == 0
    assert len(it.sandbox.writes()) == 1


def test_a_column_that_the_cli_sends_is_not_taken_for_yesterdays(it: Blog) -> None:
    """Files with one title, day after day, and no URL of their own: each is a post, or is asked about."""
    it.configure(targets=["reddit"])
    it.begin()
    for n in (1, 2, 3):
        file = local(it, "Daily links", name=f"content/posts/links-{n}.md")
        file.write_text(file.read_text().replace("2026-12-01", f"2026-12-0{n}").replace("own", f"own {n}"))
        assert it.it.call("publish", file, "--to", "reddit").returncode == 0
        it.add(post(n, title="Daily links", date=dated(it.clock)))
        assert it.watch().returncode in (0, 3)
        it.clock.go(days=1)
    assert len(it.sandbox.writes("reddit")) == 3


@pytest.mark.parametrize("canonical", [link("new"), ""], ids=["its URL is written", "its URL is guessed"])
def test_the_entrys_file_wins(it: Blog, canonical: str) -> None:
    """Where the entry's source is in the project, that is what is sent, with the address that the feed gives."""
    it.begin()
    local(it, "Post new", canonical=canonical, name="content/posts/some-name.md")
    it.add(post("new"))
    it.watch()
    article = it.sandbox.writes("devto")[0].request.json()["article"]
    assert "The file's own *words*, with `code`." in article["body_markdown"]
    assert article["canonical_url"] == link("new")
    assert it.it.call("publish", "content/posts/some-name.md").returncode == 0
    assert len(it.sandbox.writes()) == 2


def test_the_files_own_word_on_targets_counts(it: Blog) -> None:
    """`syndicate.targets` in its front matter, and `skip`."""
    it.begin()
    file = local(it, "Post new", canonical=link("new"))
    file.write_text(file.read_text().replace("---\nThe", "syndicate: {targets: [reddit]}\n---\nThe"))
    it.add(post("new"))
    it.watch()
    assert (it.at("devto"), it.at("reddit")) == ([], ["Post new"])


def test_a_post_in_two_feeds_is_one(it: Blog) -> None:
    """The blog's feed and the feed of everything."""
    with it.it.config.open("a") as file:
        file.write(f'\n[feeds.all]\nurl = "{it.feeds.url("/all.xml")}"\ntargets = ["devto"]\n')
    it.feeds.put("/all.xml", rss(post("old")))
    it.begin()
    it.add(post("new"))
    it.feeds.put("/all.xml", rss(post("new"), post("old")))
    it.watch()
    it.watch()
    assert (len(it.sandbox.writes("devto")), len(it.sandbox.writes("reddit"))) == (1, 1)


# ---------------------------------------------------------------------- feeds that misbehave


def test_a_broken_feed_is_one_warning_and_the_others_go_on(it: Blog) -> None:
    """An error, not “no entries”; told once a pass; and when it is whole again nothing was forgotten."""
    with it.it.config.open("a") as file:
        file.write(f'\n[feeds.bad]\nurl = "{it.feeds.url("/bad")}"\ntargets = ["devto"]\n')
    it.feeds.put("/bad", rss(post("old")))
    it.begin()
    it.feeds.put("/bad", "<html><body>Down for maintenance</body></html>")
    it.add(post("new"))
    done = it.watch("--json")
    assert done.returncode == 1
    assert done.stderr.count("feed `bad`") == 1
    assert it.at("devto") == ["Post new"]
    assert [one["status"] for one in done.json()["feeds"]] == ["changed", "failed"]
    it.feeds.put("/bad", rss(post("bad news"), post("old")))
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post new", "Post bad news"]


def test_a_feed_that_is_down_is_for_later(it: Blog) -> None:
    """Exit 75; `Retry-After` is honoured: it is not asked before."""
    it.begin()
    it.feeds.fail(PATH, 503, retry_after="3600")
    assert it.watch().returncode == 75
    asked = it.feeds.hits(PATH)
    assert it.feed()["status"] == "later"
    assert it.feeds.hits(PATH) == asked
    it.clock.go(hours=1, minutes=1)
    it.add(post("new"))
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post new"]


def test_a_feed_that_is_gone_is_not_asked_again(it: Blog) -> None:
    """410: it is said, exit 3; another address in the config begins anew, and posts nothing that is known."""
    it.begin()
    it.feeds.fail(PATH, 410)
    done = it.watch()
    assert (done.returncode, "410" in done.stderr) == (3, True)
    asked = it.feeds.hits(PATH)
    assert it.watch().returncode == 3
    assert it.feeds.hits(PATH) == asked
    it.path = "/moved.xml"
    it.configure()
    it.serve(post("new"), post("old"))
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post new"]


def test_a_permanent_redirect_is_remembered(it: Blog) -> None:
    """The next pass asks at the new place, without the detour."""
    it.begin()
    it.feeds.put("/new.xml", rss(post("old")))
    it.feeds.redirect(PATH, "/new.xml", 301)
    it.watch()
    asked = it.feeds.hits(PATH)
    it.feeds.put("/new.xml", rss(post("new"), post("old")))
    it.watch()
    assert (it.at("devto"), it.feeds.hits(PATH)) == (["Post new"], asked)


def test_a_feed_cannot_lead_into_the_private_network_by_and_by(it: Blog) -> None:
    """Where a permanent redirect led is looked at anew at each pass: a name may lead to loopback by then.

    A host that the config names may be anywhere.
    """
    elsewhere = f"http://localhost:{it.feeds.port}/other.xml"
    it.feeds.put("/other.xml", rss(post("old")))
    it.begin()
    it.feeds.redirect(PATH, elsewhere, 301)
    refused = it.feed()
    assert (refused["status"], refused["error"]["kind"], it.feeds.hits("/other.xml")) == ("failed", "refused", 0)
    with pytest.MonkeyPatch.context() as public:
        public.setattr("syndicate.feed.guard.is_public", lambda _address: True)
        assert it.feed()["status"] == "unchanged"
    asked = it.feeds.hits("/other.xml")
    assert (it.feed()["status"], it.feeds.hits("/other.xml")) == ("failed", asked)
    it.it.config.write_text('[watch]\nhosts = ["localhost"]\n\n' + it.it.config.read_text())
    assert (it.feed()["status"], it.feeds.hits("/other.xml")) == ("unchanged", asked + 1)


def test_one_host_is_asked_a_few_at_a_time(it: Blog) -> None:
    """Many feeds of one host wait for one another, `per_host` at a time; each is asked."""
    lock, there, most = threading.Lock(), [0], [0]

    def answer(handler: Any) -> None:
        with lock:
            there[0] += 1
            most[0] = max(most[0], there[0])
        time.sleep(0.05)
        with lock:
            there[0] -= 1
        body = rss(post("old")).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    tables = ["[watch]\nper_host = 2\n"]
    for n in range(12):
        it.feeds.play(f"/{n}", answer)
        tables.append(f'[feeds.f{n}]\nurl = "{it.feeds.url(f"/{n}")}"\ntargets = ["devto"]\n')
    it.it.config.write_text(it.it.config.read_text().partition("\n[feeds.blog]")[0] + "\n" + "\n".join(tables))
    assert [one["status"] for one in it.watch("--json").json()["feeds"]] == ["first"] * 12
    assert most == [2]


def test_a_feeds_ttl_is_honoured(it: Blog) -> None:
    """It is not asked again before, after an unchanged answer either."""
    it.feeds.put(PATH, rss(post("old"), more="<ttl>60</ttl>"))
    it.watch()
    for _ in range(2):
        asked = it.feeds.hits(PATH)
        it.clock.go(minutes=59)
        assert (it.feed()["status"], it.feeds.hits(PATH)) == ("later", asked)
        it.clock.go(minutes=2)
        it.watch()
        assert it.feeds.hits(PATH) == asked + 1


def test_an_empty_answer_in_between_changes_nothing(it: Blog) -> None:
    """A feed that is empty for once, or lacks its entries, is not a feed whose next entries are all new."""
    it.begin(*(post(n) for n in range(5)))
    items = it.served
    it.serve()
    assert it.watch().returncode == 0
    it.serve(*items)
    assert it.watch().returncode == 0
    assert it.sandbox.seen == []


def test_a_feeds_address_can_be_a_secret(it: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in no message and not in the ledger; a missing one stops that feed alone, and says which."""
    it.path = "/feed-s3cret"
    text = it.it.config.read_text()
    it.configure()
    config = it.it.config.read_text()
    it.it.config.write_text(config.replace(json.dumps(it.feeds.url("/feed-s3cret")), '{ env = "FEED" }'))
    assert text != it.it.config.read_text()
    assert it.watch().returncode == 2
    it.serve(post("old"))
    env = {"FEED": it.feeds.url("/feed-s3cret")}
    for answer in (lambda: None, lambda: it.feeds.fail(it.path, 500), lambda: it.feeds.redirect(it.path, "/x-s3cret")):
        answer()
        done = it.it.call("watch", "--json", env=env)
        assert "s3cret" not in done.stdout + done.stderr
    stored = b"".join(path.read_bytes() for path in it.it.ledger.parent.iterdir() if path.is_file())
    assert b"s3cret" not in stored


def test_an_entry_of_which_no_post_can_be_made_is_said(it: Blog) -> None:
    """Neither text nor link: it is told, and the others go out; once it is mended, it does too."""
    it.begin()
    it.add(post("good"), "<item><guid>x</guid><title>Only a title</title></item>")
    done = it.watch()
    assert "left out: Only a title" in done.stdout
    assert it.at("devto") == ["Post good"]
    it.serve(post("good"), "<item><guid>x</guid><title>Only a title</title><description>And more.</description></item>")
    it.watch()
    assert it.at("devto") == ["Post good", "Only a title"]


# ---------------------------------------------------------------------- credentials, and what a person must do


def test_one_targets_missing_secret_does_not_stop_the_others(it: Blog) -> None:
    """It is said, exit 2; the post waits for that target and goes out when the secret is there."""
    it.begin()
    it.add(post("new"))
    secret = next((it.it.folder / "secrets").glob("devto.*"))
    kept = secret.read_text()
    secret.unlink()
    done = it.watch()
    assert (done.returncode, it.at("reddit"), it.at("devto")) == (2, ["Post new"], [])
    secret.write_text(kept)
    it.clock.go(hours=2)
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post new"]


def test_refused_credentials_are_tried_again_by_the_hour(it: Blog) -> None:
    """Not at every pass: platforms block accounts for that. When they are mended, it goes on by itself."""
    it.begin()
    it.add(post("new"))
    it.sandbox.play("devto", Fault("auth"))
    assert it.watch().returncode == 3
    it.clock.go(minutes=30)
    assert it.watch().returncode == 0
    assert it.at("devto") == []
    it.clock.go(minutes=31)
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post new"]


def test_what_a_platform_refuses_is_said_once(it: Blog) -> None:
    """Exit 1, then it waits in the queue for an edit, which tries it again."""
    it.begin()
    it.add(post("new"))
    it.sandbox.play("devto", Fault("refuse"))
    assert it.watch().returncode == 1
    assert it.watch().returncode == 0
    (place,) = it.it.call("queue", "--json").json()["queue"]
    assert (place["target"], place["state"]) == ("devto", "refused")
    it.serve(post("new", text="Mended, as a careful reader has asked for it to be."))
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post new"]


def test_a_target_that_is_gone_from_the_config(it: Blog) -> None:
    """What waits for it is not lost, and is said: exit 3; `cancel` ends that."""
    it.begin()
    it.add(post("new"))
    it.sandbox.play("devto", Fault("rate", retry_after="60"))
    it.watch()
    config = it.it.config.read_text()
    it.configure(targets=["reddit"])
    it.it.config.write_text(it.it.config.read_text().replace("[targets.devto]", "[targets.dev]"))
    done = it.watch()
    assert (done.returncode, "`devto`" in done.stderr) == (3, True), done
    it.it.config.write_text(config)
    it.clock.go(minutes=2)
    assert it.watch().returncode == 0
    assert it.at("devto") == ["Post new"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--every", "soon"], "15m"),
        (["--every", "1s"], "10 s"),
        (["--every", "5m", "--dry-run"], "--dry-run"),
        (["--config", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_wrong_words(it: Blog, words: list[str], said: str) -> None:
    """Exit 2, nothing asked."""
    done = it.watch(*words)
    assert (done.returncode, said in done.stderr, it.feeds.hits(PATH)) == (2, True, 0)


def test_without_feeds_a_pass_delivers_what_is_due(it: Blog) -> None:
    """Who only schedules needs no feed."""
    it.it.config.write_text(it.it.config.read_text().partition("\n[feeds.blog]")[0])
    it.it.post()
    it.it.call("publish", "post.md", "--at", "2026-12-01T13:00Z")
    it.clock.go(hours=1)
    assert it.watch().returncode == 0
    assert len(it.sandbox.writes()) == 2


# ---------------------------------------------------------------------- processes


@pytest.mark.slow
def test_two_passes_at_once(it: Blog) -> None:
    """The second says so and exits 0; what is new is posted once."""
    it.begin()
    it.add(post("new"))
    held = hold(it.sandbox.places["devto"], "after")
    first = start("watch", cwd=it.it.folder)
    assert held.arrived.wait(20)
    second = it.it.run("watch", "--json")
    assert (second.returncode, second.json()["busy"]) == (0, True)
    assert "another pass is going on" in second.stderr
    held.let_go()
    assert first.wait(30) == 0
    assert (len(it.sandbox.writes("devto")), len(it.sandbox.writes("reddit"))) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["drop_before", "drop_after"])
def test_a_pass_that_is_killed_is_gone_on_with(it: Blog, moment: str) -> None:
    """kill -9 while a request is under way, and the feed has dropped the entry since: it stands there once."""
    it.begin()
    it.add(post("new"))
    held = hold(it.sandbox.places["devto"], "before" if moment == "drop_before" else "after")
    first = start("watch", cwd=it.it.folder)
    assert held.arrived.wait(20)
    deadline = time.monotonic() + 20
    while not it.at("reddit") and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    it.serve(post("old"))
    held.let_go()
    while not it.at("devto") and time.monotonic() < deadline:
        time.sleep(0.01)
    it.clock.at = time.time() + 3600
    for _ in range(3):
        it.watch()
        it.clock.go(hours=1)
    assert (it.at("devto"), it.at("reddit")) == (["Post new"], ["Post new"])
    assert {state for states in it.it.states().values() for state in states} == {"published"}


@pytest.mark.slow
def test_every_goes_on_and_a_bad_config_ends_only_its_pass(it: Blog, capsys: pytest.CaptureFixture[str]) -> None:
    """Pass after pass, one line of JSON each; a mistake in between is told, and mended it goes on.

    Nor does a secret end it that one target lacks, at the first pass either.
    """
    from syndicate.cli.watch import watch

    it.serve(post("old"))
    it.it.post()
    secret = next((it.it.folder / "secrets").glob("devto.*"))
    it.it.call("publish", "post.md", "--at", "2026-12-01T12:30Z")
    it.clock.go(hours=1)
    secret.rename(secret.with_name("away"))
    naps: list[float] = []
    config = it.it.config.read_text()

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 1:
            secret.with_name("away").rename(secret)
            it.it.config.write_text("[feeds")
        elif len(naps) == 2:
            it.it.config.write_text(config)
            it.add(post("new"))
        else:
            raise KeyboardInterrupt

    env = clean_env(it.it.folder)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.chdir(it.it.folder)
        for key, value in env.items():
            patch.setenv(key, value)
        watch(every="15m", json=True, sleep=nap)
    assert naps == [900.0] * 3
    assert it.at("devto") == ["Post new"]
    told = capsys.readouterr()
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert [line["feeds"][0]["status"] for line in lines] == ["first", "changed"]
    assert [d["error"]["kind"] for d in lines[0]["deliveries"] if d["error"]] == ["UsageError"]
    assert "not valid TOML" in told.err


@pytest.mark.slow
def test_a_quiet_pass_loads_little(it: Blog) -> None:
    """The pass after one with nothing to do asks the feed and loads no config, no ledger and no parser of either."""
    code = (
        "import sys; from syndicate.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as exit: assert not exit.code, exit.code\n"
        "names = {'typer', 'feedparser', 'sqlite3', 'tomllib', 'markdown_it', 'nh3', 'lxml', 'tenacity'}\n"
        "print(sorted(names & set(sys.modules)))"
    )

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, "watch"],
            cwd=it.it.folder,
            env=clean_env(it.it.folder),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()[-1]

    it.serve(post("old"))
    run()
    for path in (it.it.config, *it.it.ledger.parent.iterdir()):
        old = time.time() - 60
        os.utime(path, (old, old))
    assert run() != "[]"
    asked = it.feeds.hits(PATH)
    assert (run(), it.feeds.hits(PATH)) == ("[]", asked + 1)
    it.add(post("new"))
    assert "feedparser" in run()
    assert it.at("devto") == ["Post new"]


def test_real_words_of_a_post(it: Blog) -> None:
    """The example post of this suite, as a site would put it into its feed, is its file when that is there."""
    it.begin()
    it.it.post(POST.replace("/posts/hello/", "/posts/new/").replace("Hello, world", "Post new"))
    it.add(post("new"))
    it.watch()
    body: Any = it.sandbox.writes("devto")[0].request.json()["article"]["body_markdown"]
    assert 'print("code")' in body


@pytest.mark.slow
def test_on_postgresql(tmp_path: Path, feeds: FeedServer, sandbox: Sandbox, postgres_url: str) -> None:
    """The same with a ledger in PostgreSQL: new once, edited, held, approved; and a second pass at once steps aside."""
    from contextlib import closing

    from syndicate.ledger import migrate, open_ledger

    it = blog(tmp_path / "p", feeds, sandbox, Clock(time.time()))
    migrate(postgres_url, it.it.folder)
    it.it.config.write_text(f'[state]\nurl = "{postgres_url}"\n\n{it.it.config.read_text()}')
    it.begin()
    it.add(post("new"))
    with closing(open_ledger(postgres_url, it.it.folder)) as other, other.agenda.alone() as mine:
        assert mine
        assert it.watch("--json").json()["busy"]
    assert it.watch().returncode == 0
    assert it.watch().stdout == ""
    assert (it.at("devto"), it.at("reddit")) == (["Post new"], ["Post new"])
    it.serve(post("new", text="Mended, as a careful reader has asked for it to be."), *map(post, range(4)))
    assert it.watch().returncode == 3
    assert [seen.request.method for seen in it.sandbox.writes("devto")] == ["POST", "PUT"]
    assert it.it.call("approve", link(2)).returncode == 0
    assert it.watch().returncode == 3
    assert it.at("devto") == ["Post new", "Post 2"]
    assert len(it.it.call("queue", "--json").json()["waiting"]) == 3
