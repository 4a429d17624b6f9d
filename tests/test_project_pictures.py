"""Pictures that lie in the project: found where the post means them, read from nowhere else, uploaded as previewed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from syndicate.errors import Rejected, Unavailable
from syndicate.local import Local, local, locals_in, may_show_own
from syndicate.local_disk import Disk, read_picture
from syndicate.local_disk import Project as Pictures
from syndicate.post import load
from syndicate.sandbox import Sandbox
from syndicate.sandbox.picture import PIXEL
from syndicate.session import Session
from syndicate.standin import Request, Response

from .pictures_bridge import OTHER, Site, found, pictured, site, site_up
from .support import SITE, Project, intercept, start
from .time_machine import Clock, travelling


@pytest.fixture
def blog() -> Iterator[Site]:
    with site_up() as made:
        yield made


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox, blog: Site) -> Project:
    return pictured(tmp_path / "project", sandbox, blog)


# ---------------------------------------------------------------------- which file is meant


def test_beside_the_post(tmp_path: Path) -> None:
    """Of a page bundle, by Markdown, HTML, a definition or a shortcode; names with blanks and of any script."""
    body = """---
title: A post
cover: {image: cover.png, relative: true}
---
![a](./a.png) <img src="b.png" alt=""> ![c][c] ![d](<im ages/d.png>) ![d](im%20ages/d.png) ![e](图.png)

{{< figure src="f.png" alt="f" >}}

[c]: c.png
"""
    names = ("cover.png", "a.png", "b.png", "c.png", "im ages/d.png", "图.png", "f.png")
    root = site(tmp_path, {"content/x/index.md": body, **{f"content/x/{name}": PIXEL for name in names}})
    there = found(root, "content/x/index.md")
    assert set(there.values()) == {f"content/x/{name}" for name in names}
    assert there["im%20ages/d.png"] == there["im ages/d.png"]


def test_of_the_site(tmp_path: Path) -> None:
    """A path from the site's root is looked for where generators serve files from."""
    body = (
        "---\ntitle: A post\nimage: /img/cover.png\n---\n![a](/img/a.png?v=2) ![b](/assets/b.png) ![n](/img/none.png)\n"
    )
    root = site(
        tmp_path,
        {"content/a.md": body, "static/img/cover.png": PIXEL, "static/img/a.png": PIXEL, "assets/b.png": PIXEL},
    )
    assert found(root, "content/a.md") == {
        "/img/cover.png": "static/img/cover.png",
        "/img/a.png?v=2": "static/img/a.png",
        "/assets/b.png": "assets/b.png",
    }


def test_nothing_from_outside(tmp_path: Path) -> None:
    """Neither a path nor a link leads out of the project; what only has a picture's name is none; no drawings."""
    body = "---\ntitle: A post\n---\n" + " ".join(
        f"![x]({url})" for url in ("../../secret.png", "link.png", "folder/a.png", "key.png", "draw.svg", "pipe.png")
    )
    site(tmp_path, {"secret.png": PIXEL, "outside/a.png": PIXEL})
    root = site(tmp_path / "project", {"a/post.md": body, "a/key.png": "TOKEN=1", "a/draw.svg": "<svg/>"})
    (root / "a/link.png").symlink_to(tmp_path / "secret.png")
    (root / "a/folder").symlink_to(tmp_path / "outside")
    os.mkfifo(root / "a/pipe.png")
    assert found(root, "a/post.md") == {}


def test_code_and_the_web_are_left_alone(tmp_path: Path) -> None:
    """What is written in code, is on the web, or is a link, is no picture of the project."""
    body = "---\ntitle: A post\n---\n`![a](a.png)` ![b](https://example.org/a.png) [c](a.png)\n\n    ![a](a.png)\n"
    root = site(tmp_path, {"post.md": body, "a.png": PIXEL})
    post = load(root / "post.md", site_url=SITE, site_language="en", root=root)
    assert "a.png" not in {url for url in Disk(root / "post.md", root).pictures(post) if f"[c]({url})" not in body}


ODD = ("a%00.png", "a" * 5000, "/" + "a/" * 3000 + "x.png", "..%2fsecret.png", "/%2e%2e/secret.png", "..\\secret.png",
       "/proc/self/exe", "/dev/zero", "file:///etc/passwd", ".", "..", "/", "?a", "//[x", "a%ff.png", "link/../secret.png")  # fmt: skip


def test_odd_addresses(tmp_path: Path) -> None:
    """What no file can be called, devices, folders and every way out of the project name no picture."""
    site(tmp_path, {"secret.png": PIXEL, "outside/x": ""})
    body = "---\ntitle: A\ncover_image: ../secret.png\n---\n" + "".join(f'![a](<{u}>) <img src="{u}">\n\n' for u in ODD)
    root = site(tmp_path / "project", {"post.md": body})
    (root / "link").symlink_to(tmp_path / "outside")
    assert found(root, "post.md") == {}


def test_odd_names(tmp_path: Path) -> None:
    """Names that are no UTF-8, or hold what an address cannot, are told and read as any other."""
    folder = os.fsdecode(b"\xff")
    root = site(
        tmp_path, {f"{folder}/p.md": "---\ntitle: A\n---\n![a](<a?(b)%23%3F%2520.png>) ![a](a%23%20c%2520.png)\n"}
    )
    site(root, {f"{folder}/a# c%20.png": PIXEL, f"{folder}/a": OTHER})
    there = found(root, f"{folder}/p.md")
    assert there["a%23%20c%2520.png"] == f"{folder}/a# c%20.png"
    address = Local.of(PurePosixPath(f"{folder}/a# c%20.png"), PIXEL).address
    assert read_picture(address, root, limit=1000).content == PIXEL


def test_name_that_reads_like_an_address(tmp_path: Path) -> None:
    """`a%20b.png` is that of `a b.png`, whatever else the post shows."""
    root = site(tmp_path, {"post.md": "---\ntitle: A\n---\n![a](a%20b.png) ![b](a%2520b.png)\n"})
    site(root, {"a b.png": PIXEL, "a%20b.png": OTHER})
    there = found(root, "post.md")
    assert (there["a%20b.png"], there["a%2520b.png"]) == ("a b.png", "a%20b.png")


def test_capital_letters(tmp_path: Path) -> None:
    """HTML is written in any case."""
    root = site(tmp_path, {"post.md": "---\ntitle: A\n---\n<IMG SRC='a.png'>\n", "a.png": PIXEL})
    assert found(root, "post.md") == {"a.png": "a.png"}


def test_quick_look_is_quick() -> None:
    """Whether a text may show pictures is told in a time that grows with its length, not with the square of it."""
    began = time.process_time()
    assert not may_show_own("<a " * 20_000, "")
    assert time.process_time() - began < 1


# ---------------------------------------------------------------------- what is read when it is sent


def test_read_is_what_was_previewed(tmp_path: Path) -> None:
    """The picture that the address means, and no other: one that was changed since, is gone, or lies outside."""
    root = site(tmp_path / "project", {"img/a b.png": PIXEL})
    address = Local.of(PurePosixPath("img/a b.png"), PIXEL).address
    assert read_picture(address, root, limit=1000).content == PIXEL
    (root / "img/a b.png").write_bytes(OTHER)
    with pytest.raises(Unavailable, match=r"img/a b\.png was changed"):
        read_picture(address, root, limit=1000)
    (root / "img/a b.png").unlink()
    with pytest.raises(Rejected, match="is not in the project"):
        read_picture(address, root, limit=1000)
    (tmp_path / "secret.png").write_bytes(PIXEL)
    for path in ("../secret.png", "link.png", str(tmp_path / "secret.png")):
        (root / "link.png").unlink(missing_ok=True)
        (root / "link.png").symlink_to(tmp_path / "secret.png")
        with pytest.raises(Rejected, match="is not in the project"):
            read_picture(Local.of(PurePosixPath(path), PIXEL).address, root, limit=1000)


@pytest.mark.parametrize("where", ["img/a.png", "img"])
def test_link_put_there_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """A file, or a folder above it, that becomes a link after it was looked at leads nowhere."""
    root = site(tmp_path / "project", {"img/a.png": PIXEL})
    outside = site(tmp_path / "outside", {"a.png": OTHER})
    look = os.path.realpath

    def swapped(path: Path) -> str:
        seen = look(path)
        if str(path).endswith("a.png"):
            (root / where).rename(tmp_path / "before")
            (root / where).symlink_to(outside / "a.png" if where.endswith(".png") else outside)
        return seen

    monkeypatch.setattr(os.path, "realpath", swapped)
    with pytest.raises(Rejected, match="is not in the project"):
        read_picture(Local.of(PurePosixPath("img/a.png"), OTHER).address, root, limit=1000)


def test_two_checkouts(tmp_path: Path) -> None:
    """Where posts of several checkouts go out, each has its own picture of a name; of one that changed, that is said."""
    one, other = (
        site(tmp_path / "1", {"a.png": PIXEL}),
        site(tmp_path / "2", {"post.md": "---\ntitle: A\n---\n![a](a.png)", "a.png": OTHER}),
    )
    both = Pictures(one)
    post = load(other / "post.md", site_url=SITE, site_language="en", root=other)
    both.pictures(post, other / "post.md", other)
    for content in (PIXEL, OTHER):
        assert both.read(Local.of(PurePosixPath("a.png"), content).address, limit=1000).content == content
    (other / "a.png").unlink()
    with pytest.raises(Unavailable, match="was changed"):
        both.read(Local.of(PurePosixPath("a.png"), b"third").address, limit=1000)


def test_address_tells_the_file() -> None:
    """An address tells path, digest and size; one of the web tells nothing; a text, each picture in it once."""
    one = Local.of(PurePosixPath("static/图 1.png"), PIXEL)
    assert local(one.address) == one
    assert one.size == len(PIXEL)
    assert local("https://picture.invalid/a.png") is None
    assert locals_in(f'![a]({one.address}) <img src="{one.address}">') == (one,)


# ---------------------------------------------------------------------- diagrams


MMDC = """#!/bin/sh
# Draws one grey pixel, as `mmdc` draws a diagram; says how often.
while [ "$1" != --input ]; do [ "$1" = --broken ] && exit 1; shift; done
echo drawn >> "$0.log"
cp "$0.png" "$4"
"""


def mmdc(it: Project, blog: Site) -> Path:
    """A program that draws, where the config finds it; and a post with two diagrams, one of them broken off."""
    program = it.folder / "bin" / "mmdc"
    program.parent.mkdir()
    program.write_text(MMDC)
    program.chmod(0o755)
    Path(f"{program}.png").write_bytes(PIXEL)
    it.config.write_text(it.config.read_text().replace("[publish]", f'[publish]\nmermaid = "{program} --some"'))
    text = "```mermaid\npie\n  accTitle: Who reads\n```\n\n> ~~~mermaid\n> graph TD\n> ~~~\n\n```sh\nmermaid\n```\n"
    it.post(f"---\ntitle: Hello\ncanonical_url: {blog.url}/hello/\n---\nSome words.\n\n{text}")
    return program


def test_diagrams_are_drawn(it: Project, blog: Site) -> None:
    """Where pictures are uploaded a diagram is one, with a text in its place; elsewhere it is the code that it was."""
    program = mmdc(it, blog)
    previewed = it.call("publish", "post.md", "--to", "devto", "--to", "ghost", "--dry-run", "--json").deliveries()
    ghost, devto = (str(previewed[name]["parts"][0]["payload"]) for name in ("ghost", "devto"))
    assert ghost.count("picture.invalid") == 2
    assert "Who reads" in ghost
    assert "Diagram: flowchart" in ghost
    assert "```mermaid" in devto
    assert "picture.invalid" not in devto
    sent = it.call("publish", "post.md", "--json").deliveries()
    assert {one["state"] for one in sent.values()} == {"published"}
    assert sent["ghost"]["parts"][0]["fingerprint"] == previewed["ghost"]["parts"][0]["fingerprint"]
    assert Path(f"{program}.log").read_text() == "drawn\n" * 2


@pytest.mark.parametrize("command", ["", "no-such-program", "bin/mmdc --broken"])
def test_diagrams_stay_code(it: Project, blog: Site, command: str) -> None:
    """Without a program, or with one that fails, a diagram is shown as code, and that is said."""
    program = mmdc(it, blog)
    here = command.replace("bin/mmdc", str(program))
    it.config.write_text(it.config.read_text().replace(f"{program} --some", here))
    ghost = it.call("publish", "post.md", "--to", "ghost", "--dry-run", "--json").deliveries()["ghost"]
    assert "2 diagrams are shown as code" in ghost["warnings"]
    assert "picture.invalid" not in str(ghost["parts"])


def test_diagram_program_that_hangs(it: Project, blog: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up with all that it started, and not tried once more for the next diagram."""
    program = mmdc(it, blog)
    program.write_text('#!/bin/sh\necho begun >> "$0.log"\nsleep 300 &\necho $! > "$0.pid"\nwait\n')
    monkeypatch.setattr("syndicate.diagrams._PATIENCE", 0.5)
    ghost = it.call("publish", "post.md", "--to", "ghost", "--dry-run", "--json").deliveries()["ghost"]
    assert "2 diagrams are shown as code" in ghost["warnings"]
    assert Path(f"{program}.log").read_text() == "begun\n"
    child = Path("/proc", Path(f"{program}.pid").read_text().strip(), "stat")
    end = time.monotonic() + 20  # a signal takes its time on a busy machine
    while child.exists() and child.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < end
        time.sleep(0.01)


def test_diagram_command_that_is_none(it: Project) -> None:
    """A quotation mark that does not end is a mistake in the config."""
    it.config.write_text(it.config.read_text().replace("[publish]", "[publish]\nmermaid = 'mmdc \"x'"))
    assert "publish.mermaid: a command" in it.call("publish", "post.md").stderr


# ---------------------------------------------------------------------- later


def test_queued_with_its_pictures(it: Project, blog: Site) -> None:
    """What is sent by a later pass of the watch uploads what was there when it was due."""
    clock = Clock(0)
    clock.set("2026-12-01T12:00:00+00:00")
    with travelling(clock):
        queued = it.call("publish", "post.md", "--to", "ghost", "--at", "2027-01-01 09:00 UTC")
        assert queued.returncode == 0
        (it.folder / "a.png").write_bytes(OTHER)
        clock.set("2027-01-01T09:00:30+00:00")
        assert it.call("watch").returncode == 0
    (row,) = it.rows()
    assert row.state == "published"
    assert locals_in(str(row.payload)) == (Local.of(PurePosixPath("a.png"), OTHER),)


def test_adopted_as_it_would_be_sent(it: Project) -> None:
    """A post that was made before, and is adopted, is as it would be sent: there is nothing to update."""
    assert it.call("publish", "post.md", "--to", "ghost").returncode == 0
    it.ledger.unlink()
    assert it.call("adopt", "--yes").returncode == 0
    ghost = it.call("publish", "post.md", "--to", "ghost", "--json").deliveries()["ghost"]
    assert (ghost["action"], ghost["warnings"]) == ("skip", [])


def test_another_picture_is_an_update(it: Project) -> None:
    """A picture that was replaced under the same name makes a changed post, which an update sends."""
    assert it.call("publish", "post.md", "--to", "ghost").returncode == 0
    (it.folder / "a.png").write_bytes(OTHER)
    ghost = it.call("publish", "post.md", "--to", "ghost", "--json").deliveries()["ghost"]
    assert ghost["action"] == "update"
    assert it.call("update", "post.md", "--to", "ghost").returncode == 0
    assert it.call("publish", "post.md", "--to", "ghost", "--json").deliveries()["ghost"]["action"] == "skip"


def test_forged_address(it: Project, blog: Site) -> None:
    """Who writes one of the preview's addresses into a post, or a feed, gets nothing uploaded, and it is said."""
    (it.folder / "b.png").write_bytes(PIXEL)
    for one in (Local.of(PurePosixPath("b.png"), PIXEL).address, "https://picture.invalid/0123456789abcdef-5/%00"):
        it.post(f"---\ntitle: Hello\ncanonical_url: {blog.url}/hello/\n---\nSome words.\n\n![A graph]({one})\n")
        made = it.call("publish", "post.md", "--to", "ghost", "--to", "devto", "--dry-run", "--json").deliveries()
        assert made["ghost"]["action"] == "refuse"
        assert one in made["ghost"]["error"]["message"]
        assert any(one in said for said in made["devto"]["warnings"])


def test_nul_in_an_address(tmp_path: Path) -> None:
    """An address of a preview that no file can have is that of no picture."""
    with pytest.raises(Rejected, match="is not in the project"):
        read_picture("https://picture.invalid/0123456789abcdef-5/a%00.png", tmp_path, limit=1000)


def test_enormous_is_refused_in_the_preview(it: Project) -> None:
    """What is too large to be made smaller is refused before anything is sent, not when it is."""
    with (it.folder / "a.png").open("ab") as file:
        file.truncate(33 * 1024 * 1024)
    ghost = it.call("publish", "post.md", "--to", "ghost", "--dry-run", "--json").deliveries()["ghost"]
    assert ghost["action"] == "refuse"
    assert "a.png has 34,603,008 bytes" in ghost["error"]["message"]


@pytest.mark.parametrize(("name", "said"), [("a.png", "made smaller)"), ("a.gif", "made smaller unless it moves)")])
def test_too_large_is_told(it: Project, blog: Site, name: str, said: str) -> None:
    """A preview says that a picture is made smaller, and promises no more than that of what may move."""
    with (it.folder / name).open("wb") as file:
        file.write(PIXEL if name == "a.png" else b"GIF89a")
        file.truncate(31 * 1024 * 1024)
    it.post(f"---\ntitle: Hello\ncanonical_url: {blog.url}/hello/\n---\nSome words.\n\n![A graph]({name})\n")
    ghost = it.call("publish", "post.md", "--to", "ghost", "--dry-run", "--json").deliveries()["ghost"]
    assert any(warning.endswith(said) for warning in ghost["warnings"])


def test_recorded_by_a_person(it: Project, blog: Site) -> None:
    """What a person says was published is recorded with its pictures: there is nothing to update."""
    assert it.call("resolve", "post.md", "ghost", "--published", f"{blog.url}/there/").returncode == 0
    assert it.call("publish", "post.md", "--to", "ghost", "--json").deliveries()["ghost"]["action"] == "skip"


@pytest.mark.parametrize("change", ["other", "gone"])
def test_nothing_to_do_is_forgotten(it: Project, change: str) -> None:
    """The memory of a run with nothing to do ends when a picture is another one, or is not there any more."""
    memory = {"XDG_CACHE_HOME": str(it.folder / "cache")}
    assert it.call("publish", "post.md", "--to", "ghost").returncode == 0
    for file in (*it.folder.iterdir(), *it.ledger.parent.iterdir()):
        os.utime(file, (1, 1))
    assert "nothing to do" in it.run("publish", "post.md", "--to", "ghost", env=memory).stdout
    assert [file for file in (it.folder / "cache").rglob("*") if file.is_file()]
    (it.folder / "a.png").write_bytes(OTHER) if change == "other" else (it.folder / "a.png").unlink()
    assert "`syndicate update`" in it.run("publish", "post.md", "--to", "ghost", env=memory).stdout


def test_queued_for_what_took_uploads(it: Project, blog: Site) -> None:
    """A cover that was to be uploaded is shown from the site when the target takes none any more, its file gone."""
    blog.there |= {"/hello/a.png"}
    it.post(it.folder.joinpath("post.md").read_text().replace("---\nSome", "cover_image: a.png\n---\nSome"))
    clock = Clock(0)
    clock.set("2026-12-01T12:00:00+00:00")
    with travelling(clock):
        assert it.call("publish", "post.md", "--to", "ghost", "--at", "2027-01-01 09:00 UTC").returncode == 0
        table = "[targets.ghost]\nupload_pictures = false"
        it.config.write_text(it.config.read_text().replace("[targets.ghost]", table))
        (it.folder / "post.md").unlink()
        clock.set("2027-01-01T09:00:30+00:00")
        sent = it.call("watch", "--json").deliveries()["ghost"]
    assert (sent["state"], sent["error"]) == ("published", None)
    assert "picture.invalid" not in str(sent["parts"])


def test_changed_between_preview_and_sending(it: Project) -> None:
    """Nothing is sent; the next run plans with the picture as it is now."""
    with Session.open(it.config) as session:
        plan = session.plan(session.posts([it.folder / "post.md"]), to=["ghost"])
        (it.folder / "a.png").write_bytes(OTHER)
        (first,) = session.publish(plan)
    assert first.error is not None
    assert (first.error.kind, first.state) == ("Unavailable", "planned")
    assert "a.png was changed" in first.error.message
    assert it.call("publish", "post.md", "--to", "ghost").returncode == 0
    (row,) = it.rows()
    assert locals_in(str(row.payload)) == (Local.of(PurePosixPath("a.png"), OTHER),)


def test_killed_after_the_upload(it: Project, sandbox: Sandbox) -> None:
    """A run that dies between an upload and the post leaves an orphan at the most; the next one posts, once."""
    running: list[subprocess.Popen[bytes]] = []

    def kill(request: Request, answer: Callable[[Request], Response]) -> Response:
        made = answer(request)
        if "images" in request.path and running:
            running.pop().kill()
        return made

    intercept(sandbox, "ghost", kill)
    running.append(start("publish", "post.md", "--to", "ghost", cwd=it.folder))
    assert running[0].wait(30) == -signal.SIGKILL
    previewed = it.call("publish", "post.md", "--to", "ghost", "--dry-run", "--json").deliveries()["ghost"]
    assert previewed["action"] == "create"
    assert it.call("publish", "post.md", "--to", "ghost").returncode == 0
    assert it.states() == {"ghost": ["published"]}
    assert len(sandbox.places["ghost"].standin.posts) == 1
    assert it.rows()[0].fingerprint == previewed["parts"][0]["fingerprint"]
