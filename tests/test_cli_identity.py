"""The same post stays the same post, whatever happens around it: nothing is published a second time under a new name."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox

from .support import FIVE, POST, SITE, Project, project

_PLAIN = "---\ntitle: A post without an address\n---\nSome words.\n"


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    return project(tmp_path / "blog", sandbox, ["devto", "hashnode", "medium", "twitter"])


def _site(it: Project, new: str) -> None:
    text = it.config.read_text()
    assert f'url = "{SITE}"' in text
    it.config.write_text(text.replace(f'url = "{SITE}"', new, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", f'url = "{SITE}"', id="a site is configured later"),
        pytest.param(f'url = "{SITE}"', 'url = "https://www.other.example"', id="the blog moves"),
        pytest.param(f'url = "{SITE}"', f'url = "{SITE}/blog/"', id="the blog moves into a folder"),
        pytest.param(f'url = "{SITE}"', "", id="the site is taken out"),
    ],
)
def test_another_site_is_no_new_post(it: Project, sandbox: Sandbox, before: str, after: str) -> None:
    """A post whose address is only guessed from the site's stays known when the site's address changes."""
    it.post(_PLAIN, "content/posts/plain.md")
    _site(it, before)
    assert it.call("publish", "content/posts/plain.md").returncode == 0
    writes = len(sandbox.writes())
    assert writes == 4
    it.config.write_text(it.config.read_text().replace(before, after, 1) if before else _with(it, after))
    again = it.call("publish", "content/posts/plain.md", "--json")
    assert len(sandbox.writes()) == writes
    assert {d["state"] for d in again.json()["deliveries"]} == {"published"}


def _with(it: Project, line: str) -> str:
    return it.config.read_text().replace("[site]\n", f"[site]\n{line}\n", 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hello, world", "Another title"),
        (f"{SITE}/posts/hello/", "http://BLOG.example.org:80/posts/hello/index.html?utm_source=x#top"),
        ("Some *words*", "Other words"),
        ("tags: [python, testing]", "tags: [other]"),
    ],
)
def test_an_edit_is_no_new_post(it: Project, sandbox: Sandbox, old: str, new: str) -> None:
    """Another title, another spelling of the address, other words: changed, not new."""
    it.post()
    assert it.call("publish", "post.md").returncode == 0
    writes = len(sandbox.writes())
    assert old in POST
    it.post(POST.replace(old, new))
    again = it.call("publish", "post.md", "--json")
    assert {d["state"] for d in again.json()["deliveries"]} == {"published"}
    assert len(sandbox.writes()) == writes


def test_a_moved_file_is_no_new_post(it: Project, sandbox: Sandbox) -> None:
    """A post with an address, or an id, of its own may move."""
    it.post(POST, "a/post.md")
    it.post(_PLAIN.replace("title:", "syndicate: {id: plain-1}\ntitle:"), "a/plain.md")
    assert it.call("publish", "a/post.md", "a/plain.md").returncode == 0
    writes = len(sandbox.writes())
    (it.folder / "a").rename(it.folder / "b")
    again = it.call("publish", "b/post.md", "b/plain.md", "--json")
    assert {d["state"] for d in again.json()["deliveries"]} == {"published"}
    assert len(sandbox.writes()) == writes
    assert {d["post"] for d in it.call("status", "b/post.md", "--json").json()["deliveries"]} <= {
        "a/post.md",
        "b/post.md",
    }


def test_a_moved_file_without_an_address(it: Project, sandbox: Sandbox) -> None:
    """A post that has nothing but its path and title may move too, and may get an address of its own later."""
    it.post(_PLAIN, "content/old/plain.md")
    assert it.call("publish", "content/old/plain.md").returncode == 0
    writes = len(sandbox.writes())
    (it.folder / "content/old").rename(it.folder / "content/new")
    for text in (_PLAIN, _PLAIN.replace("title:", f"canonical_url: {SITE}/elsewhere/\ntitle:")):
        it.post(text, "content/new/plain.md")
        again = it.call("publish", "content/new/plain.md", "--json")
        assert {d["state"] for d in again.json()["deliveries"]} == {"published"}
        assert len(sandbox.writes()) == writes


def test_another_post_is_another_post(tmp_path: Path, sandbox: Sandbox) -> None:
    """A title that was used before, an address of its own, or a new file beside the old one: each is published."""
    it = project(tmp_path, sandbox, ["medium"])
    texts = {
        "a.md": _PLAIN,
        "b.md": _PLAIN.replace("Some", "Other"),
        "c.md": _PLAIN.replace("title:", f"canonical_url: {SITE}/c/\ntitle:"),
        "d.md": _PLAIN.replace("title:", "syndicate: {id: d}\ntitle:"),
    }
    for number, (name, text) in enumerate(texts.items(), 1):
        it.post(text, name)
        assert it.call("publish", name).returncode == 0
        assert len(sandbox.writes()) == number
    assert it.call("publish", *texts).stdout.rstrip().endswith("nothing to do")


def test_two_addresses_are_two_posts(tmp_path: Path, sandbox: Sandbox) -> None:
    """A file that gets another address of its author's own making is another post, whatever its path and title."""
    it = project(tmp_path, sandbox, ["medium"])
    it.post()
    assert it.call("publish", "post.md").returncode == 0
    it.post(POST.replace("/posts/hello/", "/posts/part-two/"))
    assert it.call("publish", "post.md").returncode == 0
    assert len(sandbox.writes()) == 2


def test_from_wherever_it_is_called(it: Project, sandbox: Sandbox) -> None:
    """The folder in which the command runs, and how the path is spelled, do not matter."""
    it.post(_PLAIN, "content/plain.md")
    assert it.call("publish", "content/plain.md").returncode == 0
    writes = len(sandbox.writes())
    inner = Project(it.folder / "content")
    for path in ("plain.md", "../content/plain.md", it.folder / "content" / "plain.md"):
        again = inner.call("publish", path, "--json")
        assert {d["state"] for d in again.json()["deliveries"]} == {"published"}
    assert len(sandbox.writes()) == writes


def test_through_a_link(it: Project, sandbox: Sandbox, tmp_path: Path) -> None:
    """Nor does it matter that the project is reached through a link."""
    it.post(_PLAIN, "plain.md")
    assert it.call("publish", "plain.md").returncode == 0
    writes = len(sandbox.writes())
    (tmp_path / "link").symlink_to(it.folder)
    linked = Project(tmp_path / "link")
    for call in (
        linked.call("publish", "plain.md", "--json"),
        it.call("publish", tmp_path / "link/plain.md", "--json"),
    ):
        assert {d["state"] for d in call.json()["deliveries"]} == {"published"}
    assert len(sandbox.writes()) == writes


def test_two_targets_of_one_platform_are_two(tmp_path: Path, sandbox: Sandbox) -> None:
    """Two targets that share an adapter each get the post, once."""
    options = {name: {"adapter": "reddit", "subreddit": name} for name in ("golang", "python")}
    it = project(tmp_path, sandbox, ["golang", "python"], options=options)
    it.post()
    for _ in range(2):
        assert it.call("publish", "post.md").returncode == 0
    posts = sandbox.places["reddit"].standin.posts
    assert sorted(post.extra["subreddit"] for post in posts) == ["golang", "python"]


def test_adopted_not_repeated(tmp_path: Path, sandbox: Sandbox) -> None:
    """A ledger that was lost: where the platform refuses a copy, the post that is there is found and recorded."""
    it = project(tmp_path, sandbox, ["devto"])
    it.post()
    first = it.call("publish", "post.md", "--json").deliveries()["devto"]
    it.ledger.unlink()
    again = it.call("publish", "post.md", "--json")
    assert (again.returncode, again.deliveries()["devto"]["state"]) == (0, "published")
    assert again.deliveries()["devto"]["remote_id"] == first["remote_id"]
    assert len(sandbox.places["devto"].standin.posts) == 1
    assert set(FIVE) >= {"devto"}
