"""Pictures of the project that a post shows from its site: what would show one that is not there waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from syndicate.check_online import Answer
from syndicate.presence import awaited
from syndicate.sandbox import Sandbox

from .pictures_bridge import Site, pictured, site_up
from .support import Project
from .time_machine import Clock, travelling


@pytest.fixture
def blog() -> Iterator[Site]:
    with site_up() as made:
        yield made


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox, blog: Site) -> Project:
    return pictured(tmp_path / "project", sandbox, blog)


def test_waits_for_the_site(it: Project, blog: Site) -> None:
    """What would show a broken picture is not sent, and says which; what shows or uploads none goes on; then all is."""
    first = it.call("publish", "post.md", "--json")
    devto = first.deliveries()["devto"]
    assert (devto["action"], devto["error"]["kind"]) == ("wait", "PictureMissing")
    assert "/hello/a.png" in devto["error"]["message"]
    assert "put the site online" in devto["error"]["next"]
    assert first.returncode == 75
    assert set(it.states()) == {"twitter", "ghost"}
    blog.there.add("/hello/a.png")
    second = it.call("publish", "post.md", "--json")
    assert second.returncode == 0
    assert set(it.states()) == {"twitter", "ghost", "devto"}


def test_a_server_that_dislikes_questions(it: Project, blog: Site) -> None:
    """Only a clear "not there" holds a post back; else it goes out, and that it could not be told is said."""
    blog.status = 403
    devto = it.call("publish", "post.md", "--to", "devto", "--json").deliveries()["devto"]
    assert devto["state"] == "published"
    assert any("could not be told" in said for said in devto["warnings"])


def test_sent_all_the_same(it: Project) -> None:
    """`publish.missing_pictures = "send"` asks for nothing."""
    it.config.write_text(it.config.read_text().replace("[publish]", '[publish]\nmissing_pictures = "send"'))
    assert it.call("publish", "post.md", "--to", "devto").returncode == 0


def test_dry_run_asks_nobody(it: Project, blog: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview is made without a request, and is what is sent once the picture is there."""
    previewed = it.call("publish", "post.md", "--to", "devto", "--dry-run", "--json").deliveries()["devto"]
    blog.there.add("/hello/a.png")
    sent = it.call("publish", "post.md", "--to", "devto", "--json").deliveries()["devto"]
    assert [part["fingerprint"] for part in previewed["parts"]] == [part["fingerprint"] for part in sent["parts"]]


def test_wrong_settings(it: Project) -> None:
    """A word that is none, and uploads to what takes none, are mistakes in the config."""
    text = it.config.read_text().replace("[publish]", '[publish]\nmissing_pictures = "no"')
    it.config.write_text(text.replace("[targets.devto]", "[targets.devto]\nupload_pictures = true"))
    said = it.call("publish", "post.md").stderr
    assert 'publish.missing_pictures: "wait" or "send"' in said
    assert "targets.devto.upload_pictures: DEV takes no pictures" in said


def test_nothing_is_asked_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan without pictures of the project asks for nothing."""

    def ask(_urls: Iterable[str]) -> Mapping[str, Answer]:
        raise AssertionError

    assert awaited([], ask) == []


def test_page_in_the_place_of_a_picture(it: Project, blog: Site) -> None:
    """A site that answers every address with a page has no picture there."""
    blog.status = 200
    devto = it.call("publish", "post.md", "--to", "devto", "--json").deliveries()["devto"]
    assert (devto["action"], devto["error"]["kind"]) == ("wait", "PictureMissing")


def test_what_is_uploaded_is_not_asked_for(it: Project, blog: Site) -> None:
    """Neither in the text nor as a cover."""
    it.post(it.folder.joinpath("post.md").read_text().replace("---\nSome", "cover_image: a.png\n---\nSome"))
    ghost = it.call("publish", "post.md", "--to", "ghost", "--json").deliveries()["ghost"]
    assert (ghost["state"], blog.asked) == ("published", [])
    assert ghost["warnings"] == ["a picture of the project is uploaded: a.png"]


def test_update_waits_and_publish_does_not(it: Project, blog: Site) -> None:
    """What `publish` does not send, as it was sent before, is not waited for; an update is."""
    blog.there |= {"/hello/a.png"}
    assert it.call("publish", "post.md", "--to", "devto").returncode == 0
    blog.there.clear()
    blog.asked.clear()
    it.post(it.folder.joinpath("post.md").read_text() + "\nMore.\n")
    again = it.call("publish", "post.md", "--to", "devto", "--json")
    assert (again.returncode, again.deliveries()["devto"]["action"], blog.asked) == (0, "update", [])
    update = it.call("update", "post.md", "--to", "devto", "--json")
    assert (update.returncode, update.deliveries()["devto"]["error"]["kind"]) == (75, "PictureMissing")
    blog.there |= {"/hello/a.png"}
    assert it.call("update", "post.md", "--to", "devto").returncode == 0


def test_query_in_html(it: Project, blog: Site) -> None:
    """An address that HTML writes otherwise is found in it."""
    it.config.write_text(it.config.read_text().replace("[targets.ghost]", "[targets.ghost]\nupload_pictures = false"))
    it.post(it.folder.joinpath("post.md").read_text().replace("(a.png)", "(a.png?v=1&w=2)"))
    ghost = it.call("publish", "post.md", "--to", "ghost", "--json").deliveries()["ghost"]
    assert ghost["error"]["kind"] == "PictureMissing"


def test_site_on_this_machine(it: Project, blog: Site) -> None:
    """A page that is written into the site's own folder goes there before the site can have its pictures."""
    table = f"[targets.site]\nadapter = 'folder'\nfolder = 'site'\nurl = '{blog.url}/{{slug}}/'\n"
    it.config.write_text(f"{it.config.read_text()}\n{table}")
    (it.folder / "site").mkdir()
    done = it.call("publish", "post.md", "--to", "site", "--json").deliveries()["site"]
    assert (done["state"], done["error"], blog.asked) == ("published", None, [])


def test_queue_waits_for_the_site(it: Project, blog: Site) -> None:
    """A place in the queue stays, is tried at each pass for an hour and seldom after that, and goes out in the end."""
    clock = Clock(0)
    clock.set("2026-12-01T12:00:00+00:00")
    with travelling(clock):
        assert it.call("publish", "post.md", "--to", "devto", "--at", "2027-01-01 09:00 UTC").returncode == 0
        clock.set("2027-01-01T09:00:30+00:00")
        told = []
        for _ in range(48 * 4):
            told.append(it.call("watch").returncode)
            clock.at += 900
        assert told[:4] == [75] * 4
        assert set(told) == {0, 75}
        assert sum(code == 75 for code in told) < 15
        blog.there |= {"/hello/a.png"}
        clock.at += 24 * 3600
        assert it.call("watch").returncode == 0
    assert it.states() == {"devto": ["published"]}


def test_a_drawing_is_waited_for(it: Project, blog: Site) -> None:
    """What no platform takes as an upload, an SVG or a pointer of Git LFS, is shown from the site, so it has to be there."""
    (it.folder / "d.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (it.folder / "l.png").write_text("version https://git-lfs.github.com/spec/v1\n")
    it.post(f"---\ntitle: Hello\ncanonical_url: {blog.url}/hello/\n---\nText ![A](d.svg) ![B](l.png)\n")
    made = it.call("publish", "post.md", "--to", "devto", "--to", "ghost", "--json").deliveries()
    for one in made.values():
        assert (one["action"], one["error"]["kind"]) == ("wait", "PictureMissing")
        assert "/hello/d.svg, /hello/l.png" in one["error"]["message"]
    blog.there |= {"/hello/d.svg", "/hello/l.png"}
    assert it.call("publish", "post.md", "--to", "devto", "--to", "ghost").returncode == 0
