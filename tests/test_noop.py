"""What `publish` remembers of a run that had nothing to do."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox

from .support import POST, Project, project

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Project]:
    """A project whose post is published, with files old enough to be trusted, after one run with nothing to do."""
    with Sandbox() as sandbox:
        made = project(tmp_path, sandbox, ["devto"])
        made.post()
        assert made.run("publish", "post.md").returncode == 0
        _age(made.folder)
        assert "nothing to do" in made.run("publish", "post.md").stdout
        yield made


def _age(folder: Path) -> None:
    """Makes every file, and the folders, an hour old."""
    old = time.time() - 3600
    for path in [folder, *folder.rglob("*")]:
        if "home" not in path.parts:
            os.utime(path, (old, old))


def _remembered(place: Project) -> list[Path]:
    return list((place.folder / "home" / ".cache" / "syndicate").glob("*"))


def test_the_same_command_is_answered_from_memory(place: Project) -> None:
    """The answer is the one that was given: a mark put into it comes out again."""
    (memory,) = _remembered(place)
    memory.write_text(memory.read_text() + "\n(remembered)")
    again = place.run("publish", "post.md")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "(remembered)")


@pytest.mark.parametrize("what", ["post.md", "syndicate.toml", ".syndicate/ledger.db"])
def test_a_changed_input_is_noticed(place: Project, what: str) -> None:
    """A touched post, config or ledger makes the command run in full."""
    (memory,) = _remembered(place)
    memory.write_text(memory.read_text() + "\n(remembered)")
    os.utime(place.folder / what)
    assert "(remembered)" not in place.run("publish", "post.md").stdout


def test_a_changed_post_is_told(place: Project) -> None:
    """After an edit the same command says that the post has changed."""
    place.post(POST.replace("Hello, world", "Hello again"))
    assert "changed since" in place.run("publish", "post.md").stdout


def test_another_command_is_not_answered(place: Project) -> None:
    """Other words, another folder or another config are another command."""
    (memory,) = _remembered(place)
    memory.write_text(memory.read_text() + "\n(remembered)")
    assert "(remembered)" not in place.run("publish", "post.md", "--json").stdout
    assert "(remembered)" not in place.run("publish", "./post.md").stdout
    assert "(remembered)" not in place.run("publish", "post.md", env={"SYNDICATE_CONFIG": "syndicate.toml"}).stdout


def test_a_log_beside_the_ledger_is_noticed(place: Project) -> None:
    """What a running process has written, but not yet into the ledger's file, counts."""
    (memory,) = _remembered(place)
    memory.write_text(memory.read_text() + "\n(remembered)")
    Path(f"{place.ledger}-wal").touch()
    assert "(remembered)" not in place.run("publish", "post.md").stdout


def test_young_files_are_not_trusted(tmp_path: Path) -> None:
    """A file system's clock is coarse: what was written a moment ago may be written again in the same tick."""
    with Sandbox() as sandbox:
        made = project(tmp_path, sandbox, ["devto"])
        made.post()
        made.run("publish", "post.md")
        made.run("publish", "post.md")
        assert _remembered(made) == []


def test_a_failure_is_not_remembered(tmp_path: Path) -> None:
    """Only a run with nothing to do is remembered."""
    with Sandbox() as sandbox:
        made = project(tmp_path, sandbox, ["devto"])
        made.post(POST.replace("Some *words*", ""))
        _age(made.folder)
        made.run("publish", "post.md", "--dry-run")
        assert _remembered(made) == []
