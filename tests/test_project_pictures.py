"""Pictures that lie in the project: found where the post means them, read from nowhere else, waited for, made to fit."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from syndicate.check_online import Answer
from syndicate.errors import Rejected
from syndicate.local import Local, local, locals_in
from syndicate.local_disk import Disk, read_picture
from syndicate.picture_size import fitted
from syndicate.pictures import Picture
from syndicate.post import load
from syndicate.presence import awaited
from syndicate.sandbox import Sandbox
from syndicate.sandbox.picture import PIXEL
from tests.support import SITE, Project, project

OTHER = PIXEL + b"\0"


def site(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Files of a project."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def found(root: Path, file: str) -> dict[str, str]:
    """Address as written → path in the project, for the pictures of a post."""
    post = load(root / file, site_url=SITE, site_language="en", root=root)
    pictures = Disk(root / file, root).pictures(post)
    return {url: str(there.path) for url, address in pictures.items() if (there := local(address))}


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


# ---------------------------------------------------------------------- what is read when it is sent


def test_read_is_what_was_previewed(tmp_path: Path) -> None:
    """The picture that the address means, and no other: one that was changed since, is gone, or lies outside."""
    root = site(tmp_path / "project", {"img/a b.png": PIXEL})
    address = Local.of(PurePosixPath("img/a b.png"), PIXEL).address
    assert read_picture(address, root, limit=1000).content == PIXEL
    (root / "img/a b.png").write_bytes(OTHER)
    with pytest.raises(Rejected, match=r"img/a b\.png was changed"):
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


def test_address_tells_the_file() -> None:
    """An address tells path, digest and size; one of the web tells nothing; a text, each picture in it once."""
    one = Local.of(PurePosixPath("static/图 1.png"), PIXEL)
    assert local(one.address) == one
    assert one.size == len(PIXEL)
    assert local("https://picture.invalid/a.png") is None
    assert locals_in(f'![a]({one.address}) <img src="{one.address}">') == (one,)


# ---------------------------------------------------------------------- made to fit


def picture(kind: str, image: Image.Image, **options: Any) -> Picture:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return Picture(made.getvalue(), f"image/{kind.lower()}", f"a.{kind.lower()}")


def noise(mode: str = "RGB", width: int = 900, height: int = 600) -> Image.Image:
    """A picture that packs badly."""
    import random

    return Image.frombytes(mode, (width, height), random.Random(1).randbytes(width * height * len(mode)))


def opened(made: Picture) -> Image.Image:
    return Image.open(io.BytesIO(made.content))


def test_photo_is_made_smaller() -> None:
    """A photo keeps as many pixels as fit, in its shape, and the same bytes come of it each time."""
    large = picture("JPEG", noise(), quality=95)
    made = fitted(large, limit=100_000, types=())
    assert len(made.content) <= 100_000 < len(large.content)
    assert (made.media_type, made.name) == ("image/jpeg", "a.jpg")
    width, height = opened(made).size
    assert width >= 320
    assert abs(width / height - 1.5) < 0.02
    assert fitted(large, limit=100_000, types=()) == made


def test_photo_stands_upright() -> None:
    """What a camera only notes, that it was turned, is done; what else it notes, such as where, is left out."""
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N"}
    made = fitted(picture("JPEG", noise(), quality=95, exif=exif), limit=200_000, types=())
    assert opened(made).size[0] < opened(made).size[1]
    assert not opened(made).getexif()


def test_transparency() -> None:
    """It stays where a PNG suffices; where none does, or none is taken, the ground is white."""
    clear = noise("RGBA", 400, 300)
    smaller = fitted(picture("PNG", clear), limit=400_000, types=())
    assert (smaller.media_type, opened(smaller).mode) == ("image/png", "RGBA")
    flat = fitted(picture("PNG", Image.new("RGBA", (50, 50))), limit=400_000, types=("image/jpeg",))
    assert flat.media_type == "image/jpeg"
    assert opened(flat).getpixel((25, 25)) == (255, 255, 255)


def test_other_kinds_are_turned() -> None:
    """A WebP for a platform that takes none becomes what it takes."""
    made = fitted(picture("WEBP", noise(width=100, height=80)), limit=500_000, types=("image/png", "image/jpeg"))
    assert made.media_type in ("image/png", "image/jpeg")
    assert opened(made).size == (100, 80)


def test_what_cannot_be_made_to_fit() -> None:
    """What moves would stand still; broken or enormous ones, and a limit that nothing meets, are refused with advice."""
    frames = [noise(width=60, height=60) for _ in range(3)]
    moving = picture("GIF", frames[0], save_all=True, append_images=[Image.new("RGB", (60, 60)), *frames])
    enormous = picture("PNG", Image.new("1", (9000, 9000)))
    for bad, limit, said in (
        (moving, 100, "a.gif moves"),
        (Picture(b"\x89PNG\r\n\x1a\nbroken", "image/png", "a.png"), 5, "cannot be read"),
        (Picture(picture("PNG", noise()).content[:5000], "image/png", "a.png"), 50, "cannot be"),
        (enormous, 100, "9000 × 9000"),
        (picture("JPEG", noise()), 100, "cannot be made smaller than 100"),
    ):
        with pytest.raises(Rejected, match=said) as refused:
            fitted(bad, limit=limit, types=())
        assert "yourself" in refused.value.next


# ---------------------------------------------------------------------- not on the web yet


class Site:
    """A blog's site on loopback; `there`: the paths that it has."""

    def __init__(self) -> None:
        self.there: set[str] = set()
        self.status = 404
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                there = self.path in outer.there
                self.send_response(200 if there else outer.status)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(PIXEL)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(PIXEL)

            do_HEAD = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def blog() -> Iterator[Site]:
    made = Site()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox, blog: Site) -> Project:
    """A project whose post shows `a.png`, which lies beside it; its targets show it from the site, but for Ghost."""
    made = project(tmp_path / "project", sandbox, ["devto", "twitter", "ghost"])
    made.config.write_text(made.config.read_text().replace(SITE, blog.url))
    made.post(f"---\ntitle: Hello\ncanonical_url: {blog.url}/hello/\n---\nSome words.\n\n![A graph](a.png)\n")
    (made.folder / "a.png").write_bytes(PIXEL)
    return made


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


def test_diagram_command_that_is_none(it: Project) -> None:
    """A quotation mark that does not end is a mistake in the config."""
    it.config.write_text(it.config.read_text().replace("[publish]", "[publish]\nmermaid = 'mmdc \"x'"))
    assert "publish.mermaid: a command" in it.call("publish", "post.md").stderr


# ---------------------------------------------------------------------- later


def test_queued_with_its_pictures(it: Project, blog: Site) -> None:
    """What is sent by a later pass of the watch uploads what was there when it was due."""
    queued = it.call("publish", "post.md", "--to", "ghost", "--at", "2027-01-01 09:00 UTC")
    assert queued.returncode == 0
    it.call("publish", "post.md", "--to", "ghost", "--at", "now")
    (row,) = it.rows()
    assert row.state == "published"
    assert [str(one.path) for one in locals_in(str(row.payload))] == ["a.png"]


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
