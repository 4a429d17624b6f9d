"""Deliveries that a person makes: prepared once, looked for, confirmed; from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from syndicate.byhand import kit_folder, write
from syndicate.errors import UsageError
from syndicate.sandbox import Sandbox
from syndicate.standin import Received
from tests.support import POST, SITE, Project, project, tree

LONG = POST.replace("Some *words*", "Some *words*, " + "and more of them, " * 400)


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project with a place for links, one for articles, and one with an API that is not to be used."""
    made = project(
        tmp_path,
        sandbox,
        ("hackernews", "dzone", "twitter"),
        options={"twitter": {"by_hand": True}, "dzone": {"author_name": "Li Na", "author_bio": "Maintains quarry."}},
    )
    made.post(LONG)
    return made


def publish(place: Project, *args: str) -> dict[str, dict[str, Any]]:
    outcome = place.call("publish", "post.md", "--json", *args)
    assert outcome.returncode in (0, 3), outcome
    return outcome.deliveries()


def test_prepared_and_waiting(place: Project, sandbox: Sandbox) -> None:
    """A kit lies in its folder, steps and page are told, the delivery waits, exit 3; nothing was posted."""
    outcome = place.call("publish", "post.md", "--to", "dzone")
    assert outcome.returncode == 3
    assert "syndicate confirm post.md dzone URL" in outcome.stdout
    assert "1. " in outcome.stdout
    (folder,) = (place.folder / ".syndicate" / "kits").glob("post-*/dzone")
    assert str(folder) in outcome.stdout
    assert {"checklist.md", "steps.md", "title.txt"} <= set(tree(folder))
    assert (folder / "title.txt").read_text() == "Hello, world\n"
    assert place.states() == {"dzone": ["waiting"]}
    assert sandbox.writes() == []


def test_never_prepared_twice(place: Project) -> None:
    """A second run leaves the kit as it is, an edit of the author's own in it included; `--again` makes it anew."""
    publish(place, "--to", "dzone")
    (folder,) = (place.folder / ".syndicate" / "kits").glob("post-*/dzone")
    (folder / "title.txt").write_text("A better title")
    again = publish(place, "--to", "dzone")["dzone"]
    assert (again["action"], again["state"], again["error"]["kind"]) == ("handoff", "waiting", "Handoff")
    assert "before" in again["error"]["message"]
    assert (folder / "title.txt").read_text() == "A better title"
    place.post(LONG.replace("Hello, world", "Hello again"))
    assert "--again" in publish(place, "--to", "dzone")["dzone"]["warnings"][0]
    publish(place, "--to", "dzone", "--again")
    assert (folder / "title.txt").read_text() == "Hello again\n"


def test_confirmed(place: Project) -> None:
    """What a person posted is recorded with its address, after which there is nothing to do."""
    publish(place, "--to", "hackernews")
    url = "https://news.ycombinator.com/item?id=42"
    done = place.call("confirm", "post.md", "hackernews", url)
    assert done.returncode == 0, done
    (row,) = place.rows()
    assert (row.state, row.remote_url, row.remote_id) == ("published", url, "42")
    assert publish(place, "--to", "hackernews")["hackernews"]["action"] == "skip"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("post.md", "hackernews", "https://news.ycombinator.com/"), "not the address of a post"),
        (("post.md", "hackernews", "here"), "not the address of a post"),
        (("post.md", "nowhere", "https://news.ycombinator.com/item?id=1"), "no target"),
        (("other.md", "hackernews", "https://news.ycombinator.com/item?id=1"), "other.md"),
    ],
)
def test_confirm_takes_no_mistakes(place: Project, args: tuple[str, ...], words: str) -> None:
    """An address of something else, or a post or target that is not there, records nothing: exit 2."""
    publish(place, "--to", "hackernews")
    outcome = place.call("confirm", *args)
    assert outcome.returncode == 2
    assert words in outcome.stderr
    assert place.states() == {"hackernews": ["waiting"]}


def test_confirm_where_nothing_is_posted_by_hand(tmp_path: Path, sandbox: Sandbox) -> None:
    """A platform with an API has `resolve` for that."""
    made = project(tmp_path, sandbox, ("devto",))
    made.post()
    outcome = made.call("confirm", "post.md", "devto", "https://dev.to/a/b")
    assert outcome.returncode == 2
    assert "syndicate resolve" in outcome.stderr


def test_it_is_there_already(place: Project, sandbox: Sandbox) -> None:
    """Somebody has submitted the link before: that is found, recorded, and nothing is prepared."""
    standin = sandbox.places["hackernews"].standin
    standin.posts.append(Received(id="7", title="Hello", text="", link=f"{SITE}/posts/hello", at=1.0))
    found = publish(place, "--to", "hackernews")["hackernews"]
    assert (found["state"], found["remote_id"]) == ("published", "7")
    assert "there already" in found["warnings"][0]
    assert not (place.folder / ".syndicate" / "kits").exists()


def test_looked_for_afterwards(place: Project, sandbox: Sandbox) -> None:
    """Once the person has posted it, `status --online` sees it, and the next run records it without being told."""
    publish(place, "--to", "hackernews")
    standin = sandbox.places["hackernews"].standin
    standin.posts.append(Received(id="8", title="Hello", text="", link=f"{SITE}/posts/hello/", at=1.0))
    told = place.call("status", "--online")
    assert "it is there" in told.stdout
    assert "syndicate confirm" in told.stdout
    assert place.states() == {"hackernews": ["waiting"]}
    assert publish(place, "--to", "hackernews")["hackernews"]["state"] == "published"
    assert place.states() == {"hackernews": ["published"]}


def test_a_search_that_fails(place: Project, sandbox: Sandbox) -> None:
    """Whether it is there cannot be told: that is said, and the person can look; the kit is prepared all the same."""
    with mock.patch.object(sandbox.places["hackernews"].standin, "handle", side_effect=ConnectionError):
        told = publish(place, "--to", "hackernews")["hackernews"]
    assert told["state"] == "waiting"
    assert "could not be looked up" in told["warnings"][0]


def test_by_hand_though_there_are_credentials(place: Project, sandbox: Sandbox) -> None:
    """`by_hand = true` spares what an API costs: its compose link is given, and nothing is sent or charged."""
    dry = place.call("publish", "post.md", "--to", "twitter", "--dry-run")
    assert "would cost" not in dry.stdout
    told = publish(place, "--to", "twitter")["twitter"]
    assert told["handoff"]["open"].startswith("https://x.com/intent/post?text=Hello")
    assert sandbox.writes() == []


def test_preview_is_the_kit(place: Project) -> None:
    """A dry run shows every file of the kit, to the byte, and writes nothing."""
    dry = place.call("publish", "post.md", "--to", "dzone", "--dry-run", "--json").deliveries()["dzone"]
    assert not (place.folder / ".syndicate").exists()
    done = publish(place, "--to", "dzone")["dzone"]
    assert done["parts"][0]["fingerprint"] == dry["parts"][0]["fingerprint"]
    files = dry["parts"][0]["payload"]["files"]
    assert {name: content.encode() for name, content in files.items()} == tree(Path(done["handoff"]["folder"]))


def test_status_tells_where_it_lies(place: Project) -> None:
    """What waits for a person is shown with its folder and the next command."""
    publish(place, "--to", "dzone")
    shown = place.call("status").stdout
    assert ".syndicate/kits/post-" in shown
    assert "syndicate confirm post.md dzone URL" in shown


def test_resolve_not_published(place: Project) -> None:
    """A person who did not post it can have it prepared once more."""
    publish(place, "--to", "dzone")
    assert place.call("resolve", "post.md", "dzone", "--not-published").returncode == 0
    assert "before" not in publish(place, "--to", "dzone")["dzone"]["error"]["message"]


def test_open(place: Project) -> None:
    """`--open` opens the pages and copies the texts, and says so; also of what was prepared before."""
    opened: list[str] = []
    copied: list[str] = []
    with (
        mock.patch("webbrowser.open", lambda url: bool(opened.append(url)) or True),
        mock.patch("pyperclip.copy", copied.append),
    ):
        for _ in range(2):
            outcome = place.call("publish", "post.md", "--to", "hackernews", "--open")
            assert "on the clipboard" in outcome.stderr
    assert len(opened) == len(copied) == 2
    assert "submitlink?u=https%3A%2F%2Fblog.example.org" in opened[0]


def test_open_without_a_browser(place: Project) -> None:
    """Neither a browser nor a clipboard is no failure: page and folder are told."""
    import pyperclip

    def fail(_: str) -> None:
        raise pyperclip.PyperclipException("none")

    with mock.patch("webbrowser.open", return_value=False), mock.patch("pyperclip.copy", fail):
        outcome = place.call("publish", "post.md", "--to", "hackernews", "--open")
    assert outcome.returncode == 3
    assert "there is no browser here; open http" in outcome.stderr


@pytest.mark.slow
def test_killed_while_it_was_prepared(place: Project) -> None:
    """A run that dies between writing and recording leaves a whole kit or none; the next run goes on with it."""
    code = """if True:
        import os, sys
        from syndicate import byhand
        real = byhand.write
        def write(folder, files):
            real(folder, files)
            os.kill(os.getpid(), 9)
        byhand.write = write
        sys.argv = ["syndicate", "publish", "post.md", "--to", "dzone"]
        from syndicate.__main__ import main
        main()
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=place.folder, env={**os.environ, **place.env}, check=False)
    assert done.returncode == -9
    assert place.states() == {"dzone": ["planned"]}
    assert publish(place, "--to", "dzone")["dzone"]["state"] == "waiting"
    kits = place.folder / ".syndicate" / "kits"
    assert [path.name for path in kits.glob("*/*")] == ["dzone"]


def test_a_kit_is_whole(tmp_path: Path) -> None:
    """What another version left is gone; a name that leads out of the folder is refused; a full disk is told."""
    folder = tmp_path / "a" / "place"
    write(folder, {"old.txt": "1", "title.txt": "2"})
    write(folder, {"title.txt": "3"})
    assert tree(tmp_path) == {"a/place/title.txt": b"3"}
    with pytest.raises(UsageError):
        write(folder, {"../x": "1"})
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "file" / "place", {"a.txt": "1"})


def test_folders_of_kits_differ(tmp_path: Path) -> None:
    """Two posts of one name have two folders; a bundle is called after its folder."""
    one = kit_folder(tmp_path, "url:a", "x/post.md", "here")
    other = kit_folder(tmp_path, "url:b", "y/post.md", "here")
    assert one != other
    assert kit_folder(tmp_path, "url:a", "posts/hello/index.md", "a/../b").parent.name.startswith("hello-")
    assert "/" not in kit_folder(tmp_path, "url:a", "posts/hello/index.md", "a/../b").name


def test_json_of_a_handoff(place: Project) -> None:
    """Programs get folder, page and steps."""
    told = json.loads(place.call("publish", "post.md", "--to", "dzone", "--json").stdout)["deliveries"][0]
    assert set(told["handoff"]) == {"folder", "open", "steps"}
    assert told["handoff"]["steps"]


def test_doctor_tells_that_a_person_posts(place: Project) -> None:
    """Such a target is ready without credentials, and the month is told in which its rules were looked at."""
    shown = place.call("doctor")
    assert shown.returncode == 0, shown
    assert "dzone (dzone): by hand" in shown.stdout
    assert "2026-" in shown.stdout
