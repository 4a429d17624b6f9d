"""`publish --at`, a target's window and distance, `queue` and `cancel`: what is not due waits, and goes out once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syndicate.sandbox import Sandbox
from syndicate.sandbox.faults import Fault

from .support import POST, Project, project
from .time_machine import Clock, travelling

NINE = "2026-12-01 09:00 America/New_York"
WINDOW = {"zone": "America/New_York", "days": "Tue-Thu", "hours": "08-11"}


@pytest.fixture
def clock() -> Iterator[Clock]:
    """It is Monday noon in New York."""
    made = Clock(0)
    made.set("2026-11-30T12:00:00-05:00")
    with travelling(made):
        yield made


@pytest.fixture
def here(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project with two targets that are always open."""
    made = project(tmp_path / "project", sandbox, ["devto", "reddit"])
    made.post()
    return made


def timed(folder: Path, sandbox: Sandbox, **options: Any) -> Project:
    """A project whose one target has a timing."""
    made = project(folder, sandbox, ["devto"])
    with made.config.open("a") as file:
        for key, value in options.items():
            table = ", ".join(f"{name} = {json.dumps(one)}" for name, one in value.items()) if key == "window" else ""
            file.write(f"{key} = {{ {table} }}\n" if table else f"{key} = {json.dumps(value)}\n")
    return made


def queued(it: Project, *more: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What `queue --json` lists, by post and target."""
    listed = it.call("queue", "--json", *more).json()["queue"]
    return {(one["post"], one["target"]): one for one in listed}


def other(title: str) -> str:
    return POST.replace("Hello, world", title).replace("/posts/hello/", f"/posts/{title.lower()}/")


def test_a_post_waits_for_its_time_and_goes_out_with_the_first_pass(
    here: Project, sandbox: Sandbox, clock: Clock
) -> None:
    """Nothing is sent before the time that was named, by whatever command; then by `watch`, once."""
    done = here.call("publish", "post.md", "--at", NINE, "--json")
    assert (done.returncode, sandbox.writes()) == (0, [])
    assert {d["action"] for d in done.json()["deliveries"]} == {"wait"}
    for _ in range(2):
        assert here.call("watch").returncode == 0
        assert here.call("publish", "post.md").returncode == 75
    assert sandbox.writes() == []

    clock.set("2026-12-01T08:59:00-05:00")
    assert (here.call("watch").stdout, sandbox.writes()) == ("", [])
    clock.set("2026-12-01T09:00:00-05:00")
    assert here.call("watch").returncode == 0
    assert here.states() == {"devto": ["published"], "reddit": ["published"]}
    assert len(sandbox.writes()) == 2
    assert queued(here) == {}
    here.call("watch")
    assert len(sandbox.writes()) == 2


def test_what_was_previewed_is_sent_at_its_time(here: Project, sandbox: Sandbox, clock: Clock) -> None:
    """The fingerprint that `--at --dry-run` shows is that of what goes out then; the dry run writes nothing."""
    dry = here.call("publish", "post.md", "--at", NINE, "--dry-run", "--json")
    assert not here.ledger.exists()
    here.call("publish", "post.md", "--at", NINE)
    clock.go(days=2)
    here.call("watch")
    shown = {d["target"]: [part["fingerprint"] for part in d["parts"]] for d in dry.json()["deliveries"]}
    assert {row.target: [row.fingerprint] for row in here.rows()} == shown


def test_the_file_as_it_is_then_is_sent(here: Project, sandbox: Sandbox, clock: Clock) -> None:
    """A slip that was mended after the post was queued does not go out."""
    here.call("publish", "post.md", "--at", NINE)
    here.post(POST.replace("Some *words*", "Better *words*"))
    clock.go(days=2)
    here.call("watch")
    assert "Better *words*" in str([seen.request.body for seen in sandbox.writes("devto")])


def test_a_file_that_is_gone_is_sent_as_it_was_queued(here: Project, sandbox: Sandbox, clock: Clock) -> None:
    """Never lost: the queue holds the post itself; and that is said."""
    here.call("publish", "post.md", "--at", NINE)
    (here.folder / "post.md").unlink()
    clock.go(days=2)
    told = here.call("watch", "--json").deliveries()
    assert here.states() == {"devto": ["published"], "reddit": ["published"]}
    assert any("is not there any more" in warning for warning in told["devto"]["warnings"])


def test_another_time_takes_the_place_of_the_first(here: Project, sandbox: Sandbox, clock: Clock) -> None:
    """`--at` again sets the time anew; `--at now` sends at once."""
    here.call("publish", "post.md", "--at", NINE)
    here.call("publish", "post.md", "--to", "devto", "--at", "2026-12-03T09:00-05:00")
    clock.set("2026-12-02T09:00:00-05:00")
    here.call("watch")
    assert here.states() == {"reddit": ["published"]}
    assert here.call("publish", "post.md", "--at", "now").returncode == 0
    assert here.states() == {"devto": ["published"], "reddit": ["published"]}
    assert queued(here) == {}


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-12-01 09:00", "zone"),
        ("2026-12-01 09:00 America/NewYork", "America/New_York"),
        ("2027-03-14 02:30 America/New_York", "2027-03-14"),
        ("tomorrow", "2026-12-01 09:00"),
        ("2020-01-01 09:00 UTC", "past"),
        ("", "2026-12-01 09:00"),
    ],
)
def test_a_time_that_is_none_is_refused(here: Project, sandbox: Sandbox, clock: Clock, at: str, words: str) -> None:
    """Exit 2, with how to write it; nothing is queued or sent."""
    done = here.call("publish", "post.md", "--at", at)
    assert done.returncode == 2, done
    assert words in done.stderr
    assert (queued(here), sandbox.writes()) == ({}, [])


def test_the_same_call_again_after_its_time_is_no_mistake(here: Project, sandbox: Sandbox, clock: Clock) -> None:
    """A job that is run on every push may name a time that is past by now: what was queued or sent is as it was."""
    here.call("publish", "post.md", "--at", NINE)
    clock.go(days=2)
    assert here.call("publish", "post.md", "--at", NINE).returncode == 0
    assert here.states() == {"devto": ["published"], "reddit": ["published"]}
    assert here.call("publish", "post.md", "--at", NINE).returncode == 0
    assert len(sandbox.writes()) == 2


# ---------------------------------------------------------------------- taking back


def test_what_is_taken_back_is_not_sent(here: Project, sandbox: Sandbox, clock: Clock) -> None:
    """Neither by a pass nor by the next `publish` of the same file; `--at now` sends it after all."""
    here.call("publish", "post.md", "--at", NINE)
    assert here.call("cancel", "post.md", "reddit").returncode == 0
    assert queued(here).keys() == {("post.md", "devto")}
    assert queued(here, "--all")["post.md", "reddit"]["state"] == "cancelled"
    clock.go(days=2)
    here.call("watch")
    again = here.call("publish", "post.md", "--json")
    assert again.deliveries()["reddit"]["action"] == "skip"
    assert here.states() == {"devto": ["published"]}
    here.call("publish", "post.md", "--to", "reddit", "--at", "now")
    assert here.states() == {"devto": ["published"], "reddit": ["published"]}


def test_what_was_put_off_can_be_taken_back(here: Project, sandbox: Sandbox, clock: Clock) -> None:
    """A delivery that a rate limit put off is not tried again once it is taken back."""
    sandbox.play("devto", Fault("rate", retry_after="900"))
    here.call("publish", "post.md", "--to", "devto")
    assert here.states() == {"devto": ["planned"]}
    assert here.call("cancel", "post.md", "devto").returncode == 0
    clock.go(days=1)
    here.call("watch")
    assert here.states() == {"devto": ["planned"]}


@pytest.mark.parametrize("post", ["post.md", "https://blog.example.org/posts/hello/", "nothing.md"])
def test_what_cannot_be_taken_back(here: Project, sandbox: Sandbox, clock: Clock, post: str) -> None:
    """What was published, or is not known: exit 2 and what to do."""
    here.call("publish", "post.md", "--to", "devto")
    done = here.call("cancel", post, "devto")
    assert done.returncode == 2
    assert ("published" in done.stderr) == (post == "post.md")
    nowhere = here.call("cancel", post, "redit")
    assert (nowhere.returncode, "`reddit`" in nowhere.stderr) == (2, True)


# ---------------------------------------------------------------------- windows and distances


def test_a_post_waits_for_the_targets_window(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """Outside its window a post is queued; it goes out with the first pass inside, on the zone's own clock."""
    it = timed(tmp_path / "p", sandbox, window=WINDOW)
    it.post()
    assert it.call("publish", "post.md").returncode == 75
    clock.set("2026-12-01T07:59:00-05:00")
    assert it.call("watch").returncode == 0
    assert sandbox.writes() == []
    clock.set("2026-12-01T08:00:00-05:00")
    it.call("watch")
    assert it.states() == {"devto": ["published"]}


def test_a_window_follows_daylight_saving(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """Eight o'clock in New York is another moment before and after the clocks change."""
    it = timed(tmp_path / "p", sandbox, window={**WINDOW, "days": "daily", "hours": "08-09"})
    for title, sent in (("First", "2027-03-13T13:00:00+00:00"), ("Second", "2027-03-14T12:00:00+00:00")):
        clock.set(sent)
        clock.go(minutes=-1)
        it.post(other(title), f"{title}.md")
        assert it.call("publish", f"{title}.md").returncode == 75
        clock.go(minutes=1)
        it.call("watch")
        assert [row.state for row in it.rows() if row.source == f"{title}.md"] == ["published"]


def test_a_named_time_counts_whatever_the_window_says(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """Who names a time for this very post wants it then."""
    it = timed(tmp_path / "p", sandbox, window=WINDOW)
    it.post()
    it.call("publish", "post.md", "--at", "2026-12-05 20:00 America/New_York")  # a Saturday
    clock.set("2026-12-05T20:00:00-05:00")
    it.call("watch")
    assert it.states() == {"devto": ["published"]}


def test_posts_to_one_target_keep_their_distance(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """With `every = "6h"` two posts in one run, or in two, are six hours apart; each goes out."""
    it = timed(tmp_path / "p", sandbox, every="6h")
    names = [it.post(other(title), f"{title}.md").name for title in ("One", "Two", "Three")]
    assert it.call("publish", *names).returncode == 75
    sent = [1]
    for _ in range(14):
        clock.go(hours=1)
        assert it.call("watch").returncode == 0
        sent.append(len(sandbox.writes()))
    assert sent == [1] * 6 + [2] * 6 + [3] * 3


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_lost_request_is_not_sent_again_outside_the_window(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, fault: str
) -> None:
    """It is looked for at any time; what is not there goes out when the window opens again, once."""
    it = timed(tmp_path / "p", sandbox, window=WINDOW)
    it.post()
    clock.set("2026-12-01T10:50:00-05:00")
    sandbox.play("devto", Fault(fault))
    it.call("publish", "post.md")
    clock.set("2026-12-01T11:50:00-05:00")
    assert it.call("watch").returncode == 0
    assert it.states() == {"devto": ["planned" if fault == "drop_before" else "published"]}
    clock.set("2026-12-02T08:00:00-05:00")
    assert it.call("watch").returncode == 0
    assert it.states() == {"devto": ["published"]}
    assert len(sandbox.places["devto"].standin.posts) == 1


def test_queue_tells_when(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """The expected moment of each, distances included; and in words."""
    it = timed(tmp_path / "p", sandbox, every="6h", window=WINDOW)
    names = [it.post(other(title), f"{title}.md").name for title in ("One", "Two")]
    it.call("publish", *names)
    due = [one["due"] for one in queued(it).values()]
    first, second = Clock(0), Clock(0)
    first.set("2026-12-01T08:00:00-05:00")
    second.set("2026-12-02T08:00:00-05:00")
    assert due == [first.at, second.at]
    assert "2026-12-01 13:00" in it.call("queue").stdout


def test_an_empty_queue(here: Project, clock: Clock) -> None:
    """It says so."""
    assert here.call("queue").stdout == "the queue is empty\n"
    assert here.call("queue", "--json").json() == {"queue": [], "waiting": []}


# ---------------------------------------------------------------------- what earlier runs left


def test_a_pass_goes_on_with_what_was_put_off(here: Project, sandbox: Sandbox, clock: Clock) -> None:
    """A rate limit met by `publish` is gone on with by `watch` once it is over, and not before."""
    sandbox.play("devto", Fault("rate", retry_after="900"))
    assert here.call("publish", "post.md", "--to", "devto").returncode == 75
    assert here.call("watch").returncode == 75
    assert here.states() == {"devto": ["planned"]}
    clock.go(minutes=16)
    assert here.call("watch").returncode == 0
    assert here.states() == {"devto": ["published"]}


@pytest.mark.parametrize("gone", [False, True], ids=["with its file", "its file is gone"])
def test_a_pass_settles_what_is_unknown(here: Project, sandbox: Sandbox, clock: Clock, gone: bool) -> None:
    """A lost request is looked for; once nothing can arrive any more the post is sent again, as it was begun."""
    sandbox.play("devto", Fault("drop_before"))
    here.call("publish", "post.md", "--to", "devto")
    if here.states() == {"devto": ["published"]}:
        pytest.fail("the request was not lost")
    if gone:
        (here.folder / "post.md").unlink()
    assert here.call("watch").returncode == 3
    clock.go(hours=1)
    assert here.call("watch").returncode == 0
    assert here.states() == {"devto": ["published"]}
    assert len(sandbox.places["devto"].standin.posts) == 1
