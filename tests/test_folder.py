"""A static site's folder: where the page goes, what stands above it, and that nothing is overwritten."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml

from syndicate import disk
from syndicate.errors import Duplicate, Rejected, Unauthorized, Unavailable
from syndicate.feed.entries_file import with_entry
from syndicate.registry import adapter_class, standin_class
from syndicate.sandbox import Sandbox
from syndicate.standin import Response
from syndicate.testing.rig import make_adapter
from tests.adapter_bridge import Place, attempt, check_golden, make_post, run, sample_post
from tests.support import POST, SITE, Project, call, mortal, project, syndicate, tree

BASE = "http://sandbox/folder"


def place(**options: Any) -> Place:
    return Place(make_adapter(adapter_class("folder"), {"folder": "site", **options}, BASE), standin_class("folder"))


def site(folder: Path, **options: Any) -> Project:
    """A project whose one target is a site's folder beside it."""
    (folder / "site").mkdir(parents=True)
    lines = ["[site]", f'url = "{SITE}"', 'language = "en"', "[targets.mine]", 'adapter = "folder"', 'folder = "site"']
    lines += [f"{key} = {json.dumps(value)}" for key, value in options.items()]
    (folder / "syndicate.toml").write_text("\n".join(lines) + "\n")
    made = Project(folder)
    made.post()
    return made


@pytest.mark.parametrize("generator", ["hugo", "jekyll", "astro"])
def test_golden(generator: str) -> None:
    """The whole file, byte by byte, as each generator wants it."""
    adapter = place(generator=generator).adapter
    check_golden("folder", f"release-{generator}", adapter.render(sample_post("release", "folder")))


def test_published_by_the_command(tmp_path: Path) -> None:
    """From a post to a page that Hugo can read; the second run writes nothing."""
    made = site(tmp_path, url=f"{SITE}/posts/{{slug}}/")
    done = made.call("publish", "post.md", "--json")
    assert done.returncode == 0, done
    assert done.deliveries()["mine"]["url"] == f"{SITE}/posts/hello/"
    before = tree(tmp_path / "site")
    (text,) = before.values()
    assert list(before) == ["content/posts/hello.md"]
    head, _, body = text.decode().removeprefix("---\n").partition("---\n")
    assert yaml.safe_load(head) == {
        "title": "Hello, world", "description": "A first post.", "tags": ["python", "testing"], "lang": "en"
    }  # fmt: skip
    assert body.strip() == POST.partition("---\n")[2].partition("---\n")[2].strip()
    assert made.call("publish", "post.md").returncode == 0
    assert tree(tmp_path / "site") == before


def test_an_edit_is_an_update_and_one_by_hand_is_kept(tmp_path: Path) -> None:
    """`update` replaces the file, but not one that was edited there."""
    made = site(tmp_path)
    made.call("publish", "post.md")
    page = tmp_path / "site" / "content" / "posts" / "hello.md"
    made.post(POST + "\nMore.\n")
    assert made.call("update", "post.md").returncode == 0
    assert "More." in page.read_text()
    page.write_text("by hand")
    made.post(POST + "\nEven more.\n")
    assert made.call("update", "post.md").returncode == 3
    assert page.read_text() == "by hand"
    page.unlink()
    assert "gone" in made.call("status", "--online").stdout


def test_never_over_a_file_that_is_there(tmp_path: Path) -> None:
    """A page of the author's own at that place stays: the delivery fails, and says what to do."""
    made = site(tmp_path)
    page = tmp_path / "site" / "content" / "posts" / "hello.md"
    page.parent.mkdir(parents=True)
    page.write_text("mine")
    told = made.call("publish", "post.md", "--json")
    assert told.returncode == 1
    assert told.deliveries()["mine"]["error"]["kind"] == "Duplicate"
    assert "another slug" in told.deliveries()["mine"]["error"]["next"]
    assert page.read_text() == "mine"


def test_two_runs_at_once_write_one_page(tmp_path: Path) -> None:
    """A page that a killed run left is found, not written anew: nothing else lies in the folder."""
    made = site(tmp_path)
    made.call("publish", "post.md")
    (tmp_path / ".syndicate" / "ledger.db").unlink()
    again = made.call("publish", "post.md", "--json")
    assert again.deliveries()["mine"]["state"] == "published"
    assert list(tree(tmp_path / "site")) == ["content/posts/hello.md"]


def test_feed(tmp_path: Path) -> None:
    """The page's entry comes first in a feed that is a file; what else it holds stays; an edit replaces the entry."""
    made = site(tmp_path, feed="static/feed.xml")
    feed = tmp_path / "site" / "static" / "feed.xml"
    feed.parent.mkdir()
    feed.write_text(
        '<?xml version="1.0"?>\n<!-- ours --><rss version="2.0"><channel><title>Blog</title>\n'
        "<item><guid>old</guid></item></channel></rss>"
    )
    assert made.call("publish", "post.md").returncode == 0
    text = feed.read_text()
    assert "<!-- ours -->" in text
    assert text.index("<title>Hello, world</title>") < text.index("<guid>old</guid>")
    made.post(POST.replace("A first post.", "Another summary."))
    made.call("update", "post.md")
    assert feed.read_text().count("<item>") == 2
    assert "Another summary." in feed.read_text()


@pytest.mark.parametrize(
    ("content", "words"), [(None, "feed"), ("<html/>", "neither"), ("<rss", "no XML"), ("<!DOCTYPE x [", "no XML")]
)
def test_a_feed_that_is_none(tmp_path: Path, content: str | None, words: str) -> None:
    """The page is published; that its entry is lacking is told, and the file stays as it is."""
    made = site(tmp_path, feed="feed.xml")
    if content is not None:
        (tmp_path / "site" / "feed.xml").write_text(content)
    told = made.call("publish", "post.md", "--json")
    assert told.returncode == 1
    assert words in told.deliveries()["mine"]["error"]["message"] + told.deliveries()["mine"]["error"]["next"]
    assert content is None or (tmp_path / "site" / "feed.xml").read_text() == content


def test_a_path_that_leads_out(tmp_path: Path) -> None:
    """`path` cannot leave the folder, by dots or by a link."""
    for name, path in (("dots", "../{slug}.md"), ("link", "out/{slug}.md")):
        made = site(tmp_path / name, path=path)
        (made.folder / "site" / "out").symlink_to(tmp_path)
        assert made.call("publish", "post.md").returncode == 1
    assert not list(tmp_path.glob("*/hello.md"))
    assert not list(tmp_path.glob("hello.md"))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The error says what to do, and nothing is recorded as published."""
    made = site(tmp_path)
    (tmp_path / "site").chmod(0o555)
    done = syndicate("publish", "post.md", "--json", cwd=tmp_path, before=mortal())
    (tmp_path / "site").chmod(0o755)
    assert done.returncode == 1
    assert "writable" in json.loads(done.stdout)["deliveries"][0]["error"]["next"]
    assert made.call("publish", "post.md").returncode == 0


def test_no_date_for_jekyll() -> None:
    """Jekyll's file names begin with a date; a post without one is refused before anything is written."""
    with pytest.raises(Rejected, match="date"):
        place(generator="jekyll").adapter.render(make_post(date=None))
    dated = place(generator="jekyll").adapter.render(make_post(date=datetime(2026, 11, 2, tzinfo=UTC)))
    assert dated.parts[0].payload["path"] == "_posts/2026-11-02-atomic-writes.md"


def test_shortcodes_in_code_stay_code() -> None:
    """What Hugo would run is escaped as Hugo has it, and what Jekyll would run is raw."""
    post = make_post(body="```\n{{< figure >}} {% x %}\n```\n")
    assert "{{</* figure */>}}" in place(generator="hugo").part(post).text
    jekyll = place(generator="jekyll").part(make_post(body=post.body, date=datetime(2026, 1, 1, tzinfo=UTC))).text
    assert "{% raw %}" in jekyll


def test_canonical_of_another_site() -> None:
    """The canonical URL stands in the front matter, unless it is the page's own address."""
    post = make_post()
    assert "canonicalURL: https://blog.example.org/posts/atomic-writes/" in place().part(post).text
    assert "canonicalURL" not in place(url="https://blog.example.org/posts/{slug}/").part(post).text
    assert "canonicalURL" not in place(canonical=False).part(post).text


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Rejected), (403, Rejected), (401, Unauthorized), (409, Duplicate), (507, Unavailable)]
)
def test_refusals(status: int, kind: type[Exception]) -> None:
    """Each refusal says what has to be done."""
    mine = place()
    with pytest.raises(kind) as caught:
        mine.publish(make_post(), mine.answering(Response(status, {"error": "no"})))
    assert caught.value.next  # type: ignore[attr-defined]


def test_find_takes_nothing_of_others() -> None:
    """A file with another text at that place is not ours; one with ours is."""
    mine = place()
    assert mine.find(make_post()) is None
    mine.publish(make_post())
    found = mine.find(make_post())
    assert found is not None
    assert mine.find(make_post(body="Another text.")) is None
    run(mine.adapter.delete(found, mine.http()))  # type: ignore[attr-defined]
    assert mine.find(make_post()) is None


def test_check(tmp_path: Path) -> None:
    """`doctor` tells whether the folder is there, and a site of that generator."""
    made = site(tmp_path)
    (tmp_path / "site").rmdir()
    missing = made.call("doctor")
    assert missing.returncode == 1
    assert "there is no folder" in missing.stdout
    (tmp_path / "site").mkdir()
    assert "is it a site of hugo?" in made.call("doctor").stdout
    (tmp_path / "site" / "hugo.toml").write_text("")
    assert "hugo.toml" in made.call("doctor").stdout


def test_moment_of_an_entry_stays(tmp_path: Path) -> None:
    """An entry of a post without a date has the time of the first try, in each further one."""
    mine = place(feed="feed.xml")
    _, entry = mine.adapter.render(make_post(date=None)).parts
    key = f"{int(datetime(2026, 11, 3, 11, 0, tzinfo=UTC).timestamp() * 1000):012x}" + "0" * 20
    run(mine.adapter.publish(entry, attempt(key), mine.http()))
    assert json.loads(mine.standin.posts[0].raw)["entry"]["updated"] == "2026-11-03T11:00:00+00:00"


def test_in_the_sandbox(tmp_path: Path, sandbox: Sandbox) -> None:
    """The same adapter over HTTP."""
    made = project(tmp_path, sandbox, ("folder",))
    assert call("publish", made.post(), cwd=tmp_path).returncode == 0
    assert [post.id for post in sandbox.places["folder"].standin.posts] == ["content/posts/hello.md"]


def test_two_entries_at_once(tmp_path: Path) -> None:
    """Two runs put their entries into one feed at the same moment: both are in it in the end."""
    made = site(tmp_path, feed="feed.xml")
    feed = tmp_path / "site" / "feed.xml"
    feed.write_text('<rss version="2.0"><channel><title>Blog</title></channel></rss>')
    for number in range(2):
        made.post(POST.replace("/hello/", f"/hello-{number}/"), f"{number}.md")
    # Each run waits, with the feed read, until the other one has read it too, or half a second.
    code = """if True:
        import pathlib, sys, time
        from syndicate.feed import entries_file
        real, me = entries_file.with_entry, sys.argv[1]
        def slow(feed, entry):
            pathlib.Path(f"read-{me}").touch()
            end = time.monotonic() + 0.5
            while len(list(pathlib.Path().glob("read-*"))) < 2 and time.monotonic() < end:
                time.sleep(0.01)
            return real(feed, entry)
        entries_file.with_entry = slow
        sys.argv = ["syndicate", "publish", f"{me}.md"]
        from syndicate.__main__ import main
        main()
    """
    runs = [subprocess.Popen([sys.executable, "-c", code, str(number)], cwd=tmp_path) for number in range(2)]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert feed.read_text().count("<item>") == 2


def test_links_and_modes_stay(tmp_path: Path) -> None:
    """A feed that is a link stays one, and keeps who may write it."""
    made = site(tmp_path, feed="feed.xml")
    real = tmp_path / "site" / "public.xml"
    real.write_text('<rss version="2.0"><channel><title>Blog</title></channel></rss>')
    real.chmod(0o664)
    (tmp_path / "site" / "feed.xml").symlink_to("public.xml")
    assert made.call("publish", "post.md").returncode == 0
    assert (tmp_path / "site" / "feed.xml").is_symlink()
    assert "<item>" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o664


def test_folders_are_on_disk_too(tmp_path: Path) -> None:
    """Each folder that is made is made durable in the one above it, before anything is written in it."""
    made, synced = site(tmp_path), []
    real = disk._sync
    with mock.patch.object(disk, "_sync", lambda folder: synced.append(folder) or real(folder)):
        made.call("publish", "post.md")
    root = tmp_path / "site"
    assert synced == [root, root / "content", root / "content" / "posts"]


def test_windows_line_ends(tmp_path: Path) -> None:
    """A checkout that turned a page's line ends is no edit."""
    made = site(tmp_path)
    made.call("publish", "post.md")
    page = tmp_path / "site" / "content" / "posts" / "hello.md"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    assert "there now: as sent" in made.call("status", "--online").stdout


def test_what_a_feed_holds_besides_stays() -> None:
    """CDATA, line ends and the date of its last change, which does not go back when an older post is put into it."""
    entry = {"id": "x", "title": "T", "link": "https://a.example/", "updated": "2020-01-01T00:00:00+00:00"}
    rss = (
        b'<rss version="2.0"><channel>\r\n<lastBuildDate>Sun, 01 Nov 2026 00:00:00 +0000</lastBuildDate>\r\n'
        b"<item><guid>o</guid><description><![CDATA[<p>a</p>]]></description></item>\r\n</channel></rss>\r\n"
    )
    made = with_entry(rss, entry)
    assert b"<![CDATA[<p>a</p>]]>" in made
    assert b"<lastBuildDate>Sun, 01 Nov 2026" in made
    assert made.count(b"\n") == made.count(b"\r\n") > 4
    later = with_entry(rss, {**entry, "updated": "2026-12-01T00:00:00+00:00"})
    assert b"<lastBuildDate>Tue, 01 Dec 2026" in later
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><updated>soon</updated></feed>'
    assert b"<updated>2020-01-01T00:00:00+00:00</updated><entry>" in with_entry(atom, entry)
