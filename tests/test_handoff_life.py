"""What becomes of deliveries by hand when other things change: the config, the file, the folder, another run."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from syndicate import byhand
from syndicate.byhand import kit_folder
from syndicate.errors import UsageError
from syndicate.plan import half_there
from syndicate.report import Delivery, Handed
from syndicate.sandbox import Sandbox
from syndicate.sandbox.faults import Fault
from tests.feed_bridge import FeedServer
from tests.plan_bridge import Closed, a_post, a_target, plan, recorded
from tests.support import POST, Outcome, Project, call, project, tree
from tests.time_machine import Clock, travelling
from tests.watch_bridge import Blog, link
from tests.watch_bridge import post as entry

LONG = POST.replace("Some *words*", "Some *words*, " + "and more of them, " * 400)
ITEM = "https://news.ycombinator.com/item?id="


@pytest.fixture
def clock() -> Iterator[Clock]:
    made = Clock(0)
    made.set("2026-11-30T12:00:00-05:00")
    with travelling(made):
        yield made


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project with two places where a person posts, and one with an API."""
    author = {"author_name": "Li Na", "author_bio": "Maintains quarry."}
    made = project(tmp_path / "p", sandbox, ("hackernews", "dzone", "twitter"), options={"dzone": author})
    made.post(LONG)
    return made


def publish(place: Project, *args: str) -> dict[str, dict[str, Any]]:
    return place.call("publish", "post.md", "--json", *args).deliveries()


def by_hand(place: Project, target: str, wanted: bool) -> None:
    """Turns `by_hand` of a target on or off."""
    text = place.config.read_text().replace("by_hand = true\n", "")
    head = f"[targets.{target}]\n"
    place.config.write_text(text.replace(head, f"{head}by_hand = true\n" if wanted else head))


def kit_of(place: Project, target: str) -> Path:
    (found,) = (place.folder / ".syndicate" / "kits").glob(f"*/{target}")
    return found


class Killed(BaseException):
    """Nothing catches it, as nothing catches a signal."""


def dies_over_its_kit(place: Project, target: str) -> None:
    with mock.patch.object(byhand, "write", side_effect=Killed), pytest.raises(BaseException, match=r"^$|TaskGroup"):
        place.call("publish", "post.md", "--to", target)


# ---------------------------------------------------------------------- another run


def test_a_run_that_was_overtaken_by_a_person(place: Project) -> None:
    """Between a run's plan and its work a person confirms: what is published stays so, and nothing is prepared."""
    real = byhand.hand_off

    async def late(means: Any, item: Any) -> Delivery:
        with mock.patch.object(byhand, "hand_off", real):
            confirmed = threading.Thread(
                target=lambda: done.append(place.run("confirm", "post.md", "hackernews", f"{ITEM}42"))
            )
            confirmed.start()
            confirmed.join()
        return await real(means, item)

    done: list[Outcome] = []
    with mock.patch.object(byhand, "hand_off", late):
        told = publish(place, "--to", "hackernews")["hackernews"]
    assert done[0].returncode == 0, done
    assert (told["state"], told["remote_id"], told["error"]) == ("published", "42", None)
    assert place.states() == {"hackernews": ["published"]}


def test_two_runs_prepare_one_kit(place: Project) -> None:
    """The second of two runs that both meant to prepare it leaves what the first has made, and says so."""
    real = byhand.hand_off

    async def late(means: Any, item: Any) -> Delivery:
        assert place.run("publish", "post.md", "--to", "dzone").returncode == 3
        (kit_of(place, "dzone") / "title.txt").write_text("A better title")
        return await real(means, item)

    with mock.patch.object(byhand, "hand_off", late):
        told = publish(place, "--to", "dzone")["dzone"]
    assert "was prepared before" in told["error"]["message"]
    assert (kit_of(place, "dzone") / "title.txt").read_text() == "A better title"


# ---------------------------------------------------------------------- the config


def test_what_failed_before_is_no_problem_any_more(place: Project, sandbox: Sandbox) -> None:
    """Handed to a person after a program was refused: `status` tells what waits, not why the program failed."""
    sandbox.play("twitter", Fault("entitlement"))
    assert publish(place, "--to", "twitter")["twitter"]["error"]["kind"] != "Handoff"
    by_hand(place, "twitter", True)
    assert publish(place, "--to", "twitter")["twitter"]["state"] == "waiting"
    shown = place.call("status", "--json").deliveries()["twitter"]
    assert (shown["state"], shown["error"]["kind"]) == ("waiting", "Handoff")


@pytest.mark.parametrize("gone", [False, True], ids=["with its file", "its file is gone"])
def test_in_doubt_then_by_hand(place: Project, sandbox: Sandbox, clock: Clock, gone: bool) -> None:
    """What a program may have sent is looked for; what is not there a person posts, and a program sends nothing."""
    sandbox.play("twitter", Fault("drop_before"))
    publish(place, "--to", "twitter")
    assert place.states() == {"twitter": ["unknown"]}
    by_hand(place, "twitter", True)
    clock.go(hours=1)
    before = len(sandbox.writes("twitter"))
    if gone:
        (place.folder / "post.md").unlink()
        done = place.call("watch", "--json")
        assert done.deliveries()["twitter"]["error"]["kind"] == "Handoff"
        assert place.states() == {"twitter": ["planned"]}
    else:
        assert publish(place, "--to", "twitter")["twitter"]["state"] == "waiting"
    assert len(sandbox.writes("twitter")) == before
    assert sandbox.places["twitter"].standin.posts == []


def test_in_doubt_then_by_hand_and_found(place: Project, sandbox: Sandbox, clock: Clock) -> None:
    """It had arrived: that is recorded, and nobody is asked to post it."""
    clock.at = time.time()  # as the stand-in has it
    sandbox.play("twitter", Fault("drop_after"))
    with mock.patch("syndicate.send.Sender.settle", side_effect=RuntimeError):
        publish(place, "--to", "twitter")
    by_hand(place, "twitter", True)
    clock.go(hours=1)
    told = publish(place, "--to", "twitter")["twitter"]
    assert told["state"] == "published"
    assert len(sandbox.places["twitter"].standin.posts) == 1


def test_killed_then_with_credentials_and_without_its_file(place: Project, sandbox: Sandbox) -> None:
    """A kit that a run died over is no request: the watch does not send it to the API."""
    by_hand(place, "twitter", True)
    dies_over_its_kit(place, "twitter")
    assert place.states() == {"twitter": ["planned"]}
    by_hand(place, "twitter", False)
    (place.folder / "post.md").unlink()
    done = place.call("watch", "--json")
    assert done.returncode == 3
    assert sandbox.writes("twitter") == []
    assert place.call("cancel", "post.md", "twitter").returncode == 0
    assert place.call("watch").returncode == 0


def test_killed_and_gone_on_with_by_the_watch(place: Project) -> None:
    """A run died over a kit and its file is gone: the watch prepares it as it was begun."""
    dies_over_its_kit(place, "dzone")
    (place.folder / "post.md").unlink()
    assert place.call("watch").returncode == 3
    assert place.states() == {"dzone": ["waiting"]}
    assert (kit_of(place, "dzone") / "title.txt").read_text() == "Hello, world\n"
    assert place.call("watch").returncode == 0


def test_half_a_thread_is_not_handed_over_whole() -> None:
    """Of two parts one was sent by a program: a kit would have both, so a person is told what is there."""
    post, api = a_post(body="one\ntwo"), a_target(Closed)
    rows = recorded(post, "published", "failed", target=api)
    item = plan(post, a_target(Closed, token=""), rows)
    assert (item.action, item.for_person) == ("resolve", True)
    assert item.error == half_there(rows, item.adapter)
    assert "1 of 2 parts stand there already: https://place.example/0" in item.error.message


def test_in_doubt_without_credentials() -> None:
    """Nobody can be asked, so a person has to look; other targets are not kept from their posts."""
    post, api = a_post(), a_target(Closed)
    item = plan(post, a_target(Closed, token=""), recorded(post, "unknown", target=api))
    assert (item.action, item.for_person) == ("resolve", True)
    assert item.error is not None
    assert "syndicate resolve" in item.error.next


# ---------------------------------------------------------------------- the post


def test_a_post_that_is_refused_now(place: Project) -> None:
    """It was prepared, and then made too short for the place: it still waits to be confirmed."""
    publish(place, "--to", "dzone")
    place.post()
    told = publish(place, "--to", "dzone")["dzone"]
    assert (told["action"], told["state"], told["error"]["kind"]) == ("handoff", "waiting", "Handoff")
    assert "as it is now it is refused" in told["warnings"][0]


def test_a_file_that_was_moved(place: Project) -> None:
    """Its kit is found where it is, with what the author changed in it."""
    publish(place, "--to", "dzone")
    (kit_of(place, "dzone") / "title.txt").write_text("A better title")
    (place.folder / "post.md").rename(place.folder / "renamed.md")
    told = place.call("publish", "renamed.md", "--to", "dzone", "--json").deliveries()["dzone"]
    assert Path(told["handoff"]["folder"]) == kit_of(place, "dzone")
    assert (kit_of(place, "dzone") / "title.txt").read_text() == "A better title"


# ---------------------------------------------------------------------- the folder


def test_a_kit_that_was_thrown_away(place: Project) -> None:
    """It is made anew as it was when the post was prepared."""
    publish(place, "--to", "dzone")
    before = tree(kit_of(place, "dzone"))
    for file in kit_of(place, "dzone").iterdir():
        file.unlink()
    kit_of(place, "dzone").rmdir()
    place.post(LONG.replace("Hello, world", "Hello again"))
    publish(place, "--to", "dzone")
    assert tree(kit_of(place, "dzone")) == before


def test_a_folder_that_cannot_be_written(place: Project, sandbox: Sandbox) -> None:
    """It keeps its own target alone from its post: exit 2, and the others go out."""
    (place.folder / "file").write_text("")
    place.config.write_text(place.config.read_text().replace("[publish]\n", '[publish]\nkits = "file"\n'))
    outcome = place.call("publish", "post.md", "--json")
    told = outcome.deliveries()
    assert outcome.returncode == 2
    assert (told["dzone"]["state"], told["dzone"]["error"]["kind"]) == ("planned", "UsageError")
    assert "publish.kits" in told["dzone"]["error"]["next"]
    assert told["twitter"]["state"] == "published"
    place.config.write_text(place.config.read_text().replace('kits = "file"\n', ""))
    assert publish(place, "--to", "dzone")["dzone"]["state"] == "waiting"


def test_what_a_person_put_beside_a_kit(tmp_path: Path) -> None:
    """A folder in it does not keep `--again` from its work, and nothing is left behind."""
    folder = tmp_path / "place"
    byhand.write(folder, {"title.txt": "1"})
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_text("x")
    byhand.write(folder, {"title.txt": "2"})
    assert tree(tmp_path) == {"place/title.txt": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_what_cannot_be_made_anew_stays_as_it_was(place: Project) -> None:
    """`--again` fails over a full disk: the old kit is still known as the old one, and not taken for the new."""
    publish(place, "--to", "dzone")
    before = tree(kit_of(place, "dzone"))
    place.post(LONG.replace("Hello, world", "Hello again"))
    with mock.patch.object(byhand, "write", side_effect=UsageError("no room")):
        assert place.call("publish", "post.md", "--to", "dzone", "--again").returncode == 2
    assert tree(kit_of(place, "dzone")) == before
    assert "--again" in publish(place, "--to", "dzone")["dzone"]["warnings"][0]
    publish(place, "--to", "dzone", "--again")
    told = publish(place, "--to", "dzone")["dzone"]
    assert not any("--again" in warning for warning in told["warnings"])
    assert tree(kit_of(place, "dzone"))["title.txt"] == b"Hello again\n"
    assert place.call("ledger", "check").returncode == 0


def test_targets_do_not_share_a_folder(tmp_path: Path) -> None:
    """Names that are no names of folders get one of their own, below the post's."""
    names = ["a b", "a-b", "!!!", "???", "..", ""]
    folders = {kit_folder(tmp_path, "url:a", "post.md", name) for name in names}
    assert len(folders) == len(names)
    assert {folder.parent for folder in folders} == {kit_folder(tmp_path, "url:a", "post.md", "x").parent}


# ---------------------------------------------------------------------- windows, confirm, --open


def test_what_was_prepared_does_not_wait_for_its_time_again(place: Project, clock: Clock) -> None:
    """Neither a window nor another `--at` puts off what a person has in hand; exit 3, and the queue stays empty."""
    publish(place, "--to", "dzone")
    for more in (("--at", "2026-12-24 09:00 America/New_York"), ("--again",)):
        told = publish(place, "--to", "dzone", *more)["dzone"]
        assert (told["state"], told["error"]["kind"]) == ("waiting", "Handoff")
    assert place.call("queue", "--json").json()["queue"] == []


def test_confirmed_again(place: Project) -> None:
    """The same address is fine; another one is not taken, and how to correct the first is told."""
    publish(place, "--to", "hackernews")
    assert place.call("confirm", "post.md", "hackernews", f"{ITEM}42").returncode == 0
    assert place.call("confirm", "post.md", "hackernews", f"{ITEM}42").returncode == 0
    other = place.call("confirm", "post.md", "hackernews", f"{ITEM}43")
    assert other.returncode == 2
    assert "--not-published" in other.stderr
    assert place.call("resolve", "post.md", "hackernews", "--not-published").returncode == 0
    assert place.call("confirm", "post.md", "hackernews", f"{ITEM}43").returncode == 0
    assert place.rows()[0].remote_id == "43"


def test_an_address_of_another_post(place: Project) -> None:
    """What was confirmed for one post is not taken for another: a slip of the clipboard."""
    place.post(LONG.replace("/hello/", "/other/").replace("Hello, world", "Other"), "other.md")
    place.call("publish", "post.md", "other.md", "--to", "hackernews")
    place.call("confirm", "post.md", "hackernews", f"{ITEM}42")
    outcome = place.call("confirm", "other.md", "hackernews", f"{ITEM}42")
    assert outcome.returncode == 2
    assert "is recorded for post.md already" in outcome.stderr


def test_the_place_itself_is_no_post(tmp_path: Path) -> None:
    """At the platform's own address, too, only what looks like a post is confirmed."""
    made = Project(tmp_path)
    made.config.write_text('[site]\nurl = "https://blog.example.org"\n[targets.hn]\nadapter = "hackernews"\n')
    made.post()
    outcome = call("confirm", "post.md", "hn", "https://news.ycombinator.com/newest", cwd=tmp_path)
    assert outcome.returncode == 2
    assert "not the address of a post" in outcome.stderr


def test_confirming_what_the_place_refuses(tmp_path: Path, sandbox: Sandbox) -> None:
    """Why a post is none for the place is told."""
    made = project(tmp_path, sandbox, ("stackoverflow",))
    made.post()
    outcome = made.call("confirm", "post.md", "stackoverflow", "https://stackoverflow.com/questions/1/x")
    assert outcome.returncode == 2
    assert "a real question and its answer" in outcome.stderr


@pytest.mark.parametrize("page", ["file:///etc/passwd", "javascript:alert(1)", "--help", "ssh://host"])
def test_only_pages_of_the_web_are_opened(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a ledger holds may come from anywhere: a browser is given nothing but http and https."""
    from syndicate.cli.pages import open_all

    delivery = Delivery(
        post="a.md", target="t", adapter="x", action="handoff", state="waiting", handed=Handed("f", page, "c", ())
    )
    with mock.patch("webbrowser.open") as opened, mock.patch("pyperclip.copy") as copied:
        open_all([delivery])
    assert not opened.called
    assert not copied.called
    assert page in capsys.readouterr().err


def test_end_of_input_between_two_pages() -> None:
    """Ctrl-D ends the opening of pages, without a traceback."""
    from syndicate.cli.pages import open_all

    one = Delivery(
        post="a.md",
        target="t",
        adapter="x",
        action="handoff",
        state="waiting",
        handed=Handed("f", "https://a.example", "c", ()),
    )
    with (
        mock.patch("webbrowser.open", return_value=True) as opened,
        mock.patch("pyperclip.copy"),
        mock.patch("sys.stdin.isatty", return_value=True),
        mock.patch("builtins.input", side_effect=EOFError),
    ):
        open_all([one, one])
    assert opened.call_count == 1


def test_nothing_to_do_about_a_link(place: Project) -> None:
    """An entry of a feed is called by its link, which is no path: nothing to do is said, without a traceback."""
    with FeedServer() as feeds:
        blog = Blog(place, feeds, None, None, it_targets=("hackernews",))  # type: ignore[arg-type]
        blog.configure()
        blog.begin()
        blog.add(entry(1))
        assert blog.watch().returncode == 3
        assert (blog.watch().returncode, blog.watch().stdout) == (0, "")
        assert place.call("confirm", link(1), "hackernews", f"{ITEM}42").returncode == 0
        done = place.call("publish", link(1), "--to", "hackernews")
    assert done.returncode == 0
    assert f"nothing to do ({ITEM}42)" in done.stdout


def test_what_is_taken_back_is_not_handed_over_again(place: Project, clock: Clock) -> None:
    """`cancel` holds for what a person was given, too, until they say otherwise."""
    publish(place, "--to", "dzone")
    assert place.call("cancel", "post.md", "dzone").returncode == 0
    told = publish(place, "--to", "dzone")["dzone"]
    assert (told["action"], told["error"]) == ("skip", None)
    assert "taken back" in told["warnings"][0]
    assert publish(place, "--to", "dzone", "--at", "now")["dzone"]["error"]["kind"] == "Handoff"
    assert publish(place, "--to", "dzone")["dzone"]["error"]["kind"] == "Handoff"


def test_commands_can_be_copied(place: Project) -> None:
    """A post's name may hold blanks, or what a shell would run: the command that is told has it as one word."""
    place.post(LONG, "it's $(reboot).md")
    done = place.call("publish", "it's $(reboot).md", "--to", "dzone")
    (command,) = {
        line.partition("`")[2].partition("` ")[0].rstrip("`") for line in done.stdout.splitlines() if "confirm" in line
    }
    assert shlex.split(command) == ["syndicate", "confirm", "it's $(reboot).md", "dzone", "URL"]
    assert "$(reboot)" not in (kit_of(place, "dzone") / "steps.md").read_text().replace(
        shlex.quote("it's $(reboot).md"), ""
    )
