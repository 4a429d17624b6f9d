"""A `publish` that had nothing to do is remembered: the next one is answered at once, until anything changes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from syndicate.cli import noop, quick
from syndicate.sandbox import Fault, Sandbox

from .support import POST, Outcome, Project, project, tree

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the tool that were edited a moment ago would keep it from remembering anything."""
    monkeypatch.setattr(noop, "_YOUNG", -1e9)


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project whose post is published everywhere, and a run that had nothing to do."""
    made = project(tmp_path / "project", sandbox)
    made.post()
    assert made.call("publish", "post.md").returncode == 0
    assert made.call("publish", "post.md").returncode == 0
    return made


def _recalled(it: Project, *words: str, **more: str) -> tuple[bool, Outcome]:
    """Whether the command was answered from memory, and what it said."""
    with mock.patch.object(quick, "run", side_effect=quick.run) as ran:
        outcome = it.call(*words, env=more)
    return not ran.called, outcome


def test_the_second_is_recalled(it: Project) -> None:
    """The same command says the same, without reading the posts."""
    from_memory, outcome = _recalled(it, "publish", "post.md")
    assert from_memory
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout.rstrip().endswith("nothing to do")
    assert outcome == it.call("publish", "post.md")


@pytest.mark.parametrize(
    "words",
    [
        ["publish", "post.md", "--json"],
        ["publish", "post.md", "--dry-run"],
        ["publish", "./post.md"],
        ["publish", "post.md", "--draft"],
        ["publish", "post.md", "--to", "devto"],
        ["update", "post.md"],
        ["status"],
        ["status", "post.md"],
    ],
)
def test_another_command_is_another_matter(it: Project, words: list[str]) -> None:
    """What is remembered belongs to one command, word for word."""
    assert not _recalled(it, *words)[0]


def _edit(path: Path, old: str, new: str) -> None:
    """Changes a file without changing its size or, as far as that can be helped, its time."""
    times = path.stat()
    text = path.read_text()
    assert old in text
    assert len(old) == len(new)
    with path.open("r+") as file:
        file.write(text.replace(old, new))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + 1))


_CHANGES: dict[str, Callable[[Project], object]] = {
    "the post": lambda it: it.post(POST + "More.\n"),
    "one word of the post": lambda it: _edit(it.folder / "post.md", "Some", "Four"),
    "the config": lambda it: _edit(it.config, 'language = "en"', 'language = "de"'),
    "the ledger": lambda it: it.ledger.touch(),
    "no ledger": lambda it: it.ledger.unlink(),
    "a write-ahead log": lambda it: Path(f"{it.ledger}-wal").touch(),
    "a file in the post's place": lambda it: (
        it.post(POST, "other.md").replace(it.folder / "post.md"),
        os.utime(it.folder / "post.md", ns=(1, 1)),
    ),
}


@pytest.mark.parametrize("change", _CHANGES)
def test_a_change_is_noticed(it: Project, change: str) -> None:
    """Whatever of the posts, the config or the ledger has changed, the command runs in full."""
    _CHANGES[change](it)
    assert not _recalled(it, "publish", "post.md")[0]


def test_a_nearer_config_is_noticed(it: Project) -> None:
    """A config that turns up nearer than the one in use wins."""
    below = it.folder / "below"
    below.mkdir()
    inner = Project(below)
    for _ in range(2):
        assert inner.call("publish", "../post.md").returncode == 0
    assert _recalled(inner, "publish", "../post.md")[0]
    (below / "syndicate.toml").write_text("[targets.x]\n")
    from_memory, outcome = _recalled(inner, "publish", "../post.md")
    assert not from_memory
    assert outcome.returncode == 2


def test_another_config_in_the_environment_is_noticed(it: Project) -> None:
    """`SYNDICATE_CONFIG` and the folder in which the command runs are part of it."""
    (it.folder / "other.toml").write_text("[targets.x]\n")
    from_memory, outcome = _recalled(it, "publish", "post.md", SYNDICATE_CONFIG="other.toml")
    assert (from_memory, outcome.returncode) == (False, 2)


@pytest.mark.parametrize("page", ["index.md", "index.mdx"])
def test_a_bundle_is_noticed(it: Project, page: str) -> None:
    """A post that is a folder is known by its page: one that is edited in place runs in full."""
    text = POST.replace("/hello/", "/bundle/").replace("Hello", "Another")
    it.post(text, f"bundle/{page}")
    for _ in range(2):
        assert it.call("publish", "bundle").returncode == 0
    assert _recalled(it, "publish", "bundle")[0]
    _edit(it.folder / "bundle" / page, "Some", "Four")
    from_memory, outcome = _recalled(it, "publish", "bundle")
    assert not from_memory
    assert "changed since" in outcome.stdout


def test_a_file_of_today_is_not_trusted(it: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was written a moment ago may be written again within the same tick of the clock."""
    monkeypatch.setattr(noop, "_YOUNG", 2.0)
    it.post(POST.replace("Some", "Four"))
    it.call("update", "post.md")
    it.call("publish", "post.md", "--json")
    now = time.time()
    os.utime(it.folder / "post.md", (now, now))
    it.call("publish", "post.md", "--json")
    assert not _recalled(it, "publish", "post.md", "--json")[0]


def test_only_nothing_is_remembered(it: Project, sandbox: Sandbox) -> None:
    """A run that had something to do, or that failed, is never answered from memory."""
    it.post(POST.replace("/hello/", "/two/").replace("Hello", "Another"), "two.md")
    sandbox.play("devto", Fault("refuse"))
    assert it.call("publish", "two.md").returncode == 1
    assert not _recalled(it, "publish", "two.md")[0]
    assert it.call("publish", "two.md").returncode == 0
    assert len(sandbox.writes("devto")) == 3


def test_remarks_are_not_swallowed(it: Project) -> None:
    """A warning that goes to standard error is given each time."""
    text = it.config.read_text().replace('{ file = "secrets/devto.api_key" }', '"sandbox-dev-key"')
    it.config.write_text(text)
    for _ in range(3):
        assert "targets.devto.api_key" in it.call("publish", "post.md").stderr


@pytest.mark.parametrize("content", [b"", b"x", b"\xff\xfe", b"\n\n\n", None])
def test_a_memory_that_is_damaged_is_ignored(it: Project, content: bytes | None) -> None:
    """What is remembered can be cut, scrambled, or a folder: the command runs in full and is right."""
    (memory,) = (it.folder / "home" / ".cache" / "syndicate").iterdir()
    if content is None:
        memory.unlink()
        memory.mkdir()
    else:
        memory.write_bytes(content)
    from_memory, outcome = _recalled(it, "publish", "post.md")
    assert not from_memory
    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_nowhere_to_remember(it: Project) -> None:
    """Without a home, or with one that cannot be written, all goes on as before."""
    for place in ("/proc/nowhere", "/dev/null"):
        for _ in range(2):
            outcome = it.call("publish", "post.md", env={"HOME": place})
            assert (outcome.returncode, outcome.stderr) == (0, "")


def test_memory_is_small_and_private(it: Project) -> None:
    """One file a command, for its owner alone, and nothing of the post in it."""
    folder = it.folder / "home" / ".cache" / "syndicate"
    assert folder.stat().st_mode & 0o077 == 0
    assert len(list(folder.iterdir())) == 1
    assert all(b"Some *words*" not in content for content in tree(folder).values())
