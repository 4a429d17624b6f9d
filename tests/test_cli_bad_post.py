"""A bad post: one clear message that names the file and the line and what to do, exit 2, nothing sent."""

from __future__ import annotations

import pytest

from syndicate.sandbox import Sandbox

from .support import POST, Outcome, Project, mortal, refused, syndicate


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"---\ntitle: caf\xe9\n---\nText\n", ["post.md:2", "UTF-8"], id="latin-1"),
        pytest.param("---\ntitle: x\n---\nText\n".encode("utf-16"), ["post.md", "UTF-8"], id="utf-16"),
        pytest.param(b"---\ntitle: 'x\n---\nText\n", ["post.md:", "YAML"], id="broken YAML"),
        pytest.param(b"---\ntitle: a: b\n---\nText\n", ["post.md:2", "YAML"], id="a colon in YAML"),
        pytest.param(b"+++\ntitle = x\n+++\nText\n", ["post.md:2", "TOML"], id="broken TOML"),
        pytest.param(b'{\n"title": x\n}\nText\n', ["post.md:2", "JSON"], id="broken JSON"),
        pytest.param(b"---\ntitle: x\nText without an end\n", ["post.md:"], id="front matter without an end"),
        pytest.param(b"---\n- title\n---\nText\n", ["post.md:"], id="a list for front matter"),
        pytest.param(b"Just text.\n", ["post.md:1", "no title", "title"], id="no title"),
        pytest.param(b"---\ntitle: ''\n---\nText\n", ["post.md:", "no title"], id="an empty title"),
        pytest.param(b"---\ntitle: x\n---\n", ["post.md:", "no text"], id="no body"),
        pytest.param(b"---\ntitle: x\n---\n \n\t\n", ["post.md:", "no text"], id="a blank body"),
        pytest.param(b"", ["post.md:1"], id="an empty file"),
        pytest.param(
            b"---\ntitle: x\ncanonical_url: nonsense x\n---\nText\n", ["post.md:3", "canonical_url"], id="URL"
        ),
        pytest.param(
            b"---\ntitle: x\nsyndicate: {targets: [dveto]}\n---\nText\n",
            ["post.md", "dveto", "did you mean `devto`?"],
            id="unknown target in front matter",
        ),
        pytest.param(
            b"---\ntitle: x\nsyndicate: {devto: {titel: y}}\n---\nText\n",
            ["post.md:3", "titel", "title"],
            id="unknown override",
        ),
    ],
)
@pytest.mark.parametrize("dry", [True, False])
def test_bad_post(it: Project, sandbox: Sandbox, content: bytes, words: list[str], *, dry: bool) -> None:
    """A post that cannot be read, or says nothing, is named with its line; dry run and earnest agree."""
    (it.folder / "post.md").write_bytes(content)
    refused(it.call("publish", "post.md", *["--dry-run"] * dry), sandbox, *words, "next: ")
    assert not it.ledger.exists() or it.rows() == []


def test_several_bad_posts_at_once(it: Project, sandbox: Sandbox) -> None:
    """All bad posts are named in one go, and the good one is not sent."""
    it.post("Text", "a.md")
    it.post("---\ntitle: x\n---\n", "b.md")
    refused(it.call("publish", "a.md", "post.md", "b.md", "c.md"), sandbox, "a.md:1", "b.md:", "c.md")


@pytest.mark.parametrize("command", ["publish", "update", "status"])
def test_no_such_post(it: Project, sandbox: Sandbox, command: str) -> None:
    """A path that leads nowhere is named."""
    refused(it.call(command, "nothing.md"), sandbox, "nothing.md", "no such file")


def test_folder_without_a_post(it: Project, sandbox: Sandbox) -> None:
    """A folder is a post only with an index.md in it."""
    (it.folder / "bundle").mkdir()
    refused(it.call("publish", "bundle"), sandbox, "bundle", "index.md")


@pytest.mark.parametrize("name", ["x" * 300 + ".md", "no\nnewline.md", "-.md"])
def test_odd_names(it: Project, sandbox: Sandbox, name: str) -> None:
    """A name that no file can have, or has, is refused like any other."""
    outcome = it.call("publish", "--", name)
    assert outcome.returncode == 2
    assert sandbox.seen == []


@pytest.mark.slow
def test_unreadable_post(it: Project, sandbox: Sandbox) -> None:
    """A file that one may not read is named; skipped where root cannot give its powers up."""
    before = mortal()
    (it.folder / "post.md").chmod(0)
    done = syndicate("publish", "post.md", cwd=it.folder, before=before)
    refused(Outcome(done.returncode, done.stdout, done.stderr), sandbox, "post.md", "ermission")


def test_two_files_are_one_post(it: Project, sandbox: Sandbox) -> None:
    """Two files with one canonical URL are one post: which of them would be sent is not guessed."""
    it.post(POST, "copy.md")
    refused(it.call("publish", "post.md", "copy.md"), sandbox, "post.md", "copy.md", "same post")


def test_one_file_by_two_names(it: Project, sandbox: Sandbox) -> None:
    """The same file given twice, by another spelling or through a link, is one post and no mistake."""
    (it.folder / "link.md").symlink_to("post.md")
    outcome = it.call("publish", "post.md", it.folder / "post.md", "./post.md", "link.md", "--json", "--dry-run")
    assert outcome.returncode == 0
    assert len(outcome.json()["deliveries"]) == 5
