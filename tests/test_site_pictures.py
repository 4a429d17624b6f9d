"""Pictures of the project on one's own site: each of them goes into the site's storage, once, whatever shows it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image as Pillow
from syndicate.adapters.ghost import Ghost
from syndicate.adapters.ghost_standin import GhostStandIn
from syndicate.adapters.wordpress import WordPress
from syndicate.adapters.wordpress_standin import WordPressStandIn

from syndicate.adapter import Image, Post, Secret
from syndicate.audience import for_target
from syndicate.config import Target
from syndicate.errors import Rejected
from syndicate.local import Local
from syndicate.pictures import Picture, picture_of
from syndicate.sandbox.picture import PIXEL
from syndicate.standin import Request, Response

from .adapter_bridge import Place, check_golden, make_http, make_post, run

SITE = "https://www.example.org"
PAGE = "https://blog.example.org/posts/atomic-writes/"
#: Every way in which a text shows a picture.
EVERYWHERE = """\
Text ![in text](b.png) here.

![alone "x"](b.png "A title")

[![linked](b.png)](https://example.com/)

[![larger](b.png)](b.png)

| a | b |
|---|---|
| ![cell](b.png) | 2 |

- item ![li](b.png)

> ![quote](<im ages/图.png>)

<img src="b.png" alt="raw" srcset="b.png 1x, c.png 2x" sizes="30em" width=30>

<IMG SRC=b.png>

<picture><source srcset="b.png" type="image/png"><img alt='src="b.png"' src='b.png'></picture>

![by reference][r]

`![code](b.png)`

[r]: im%20ages/%E5%9B%BE.png
"""
PICTURES = {"b.png": b"b", "im ages/图.png": b"z", "/img/cover.png": b"cover"}


def wordpress(**options: Any) -> Place:
    password = Secret.of(str(WordPressStandIn.options["password"]))
    made = WordPress(base_url=SITE, username="sandbox", password=password, **options)
    return Place(made, WordPressStandIn)


def ghost(**options: Any) -> Place:
    return Place(
        Ghost(base_url=SITE, admin_api_key=Secret.of(GhostStandIn.options["admin_api_key"]), **options), GhostStandIn
    )


def with_pictures(body: str, pictures: dict[str, bytes] = PICTURES, **changes: Any) -> Post:
    """A post with files of the project: address as written → what is in the file."""
    there: dict[str, str] = {}
    for written, content in pictures.items():
        there[written] = there[quote(written)] = Local.of(PurePosixPath(written.strip("/")), content).address
    return make_post(body=body, on_disk=there, base_url=PAGE, **changes)


def there(place: Place, post: Post) -> Post:
    """The post as the adapter gets it."""
    return for_target(post, Target("place", place.adapter))


def sent(place: Place) -> str:
    """The last write, as it left."""
    return [one.body.decode() for one in place.requests if place.standin.writes(one)][-1]


def uploads(place: Place) -> int:
    return len(place.standin.uploaded)  # type: ignore[attr-defined]


Make = Callable[..., Place]
SITES = pytest.mark.parametrize("make", [ghost, wordpress])
WAYS = pytest.mark.parametrize(
    ("make", "options"),
    [(ghost, {}), (ghost, {"html_card": True}), (wordpress, {})],
    ids=["ghost", "card", "wordpress"],
)


@WAYS
def test_wherever_a_picture_stands_it_is_the_site_s_own(make: Make, options: dict[str, bool]) -> None:
    """Text, table, list, quote, raw HTML however quoted, `<picture>`, reference: uploaded once, no stand-in is left.

    What names other sizes of it, or leads to it, is no picture: the former goes, the latter leads to the post's own site.
    """
    place = make(**options)
    post = there(place, with_pictures(EVERYWHERE, cover=Image(f"{PAGE}c.png", "A cover", written="/img/cover.png")))
    published = place.publish(post)
    assert uploads(place) == 3, "two pictures and the cover"
    assert "picture.invalid" not in sent(place)
    text = place.standin.posts[0].text
    assert text.count('src="http://sandbox/') == 11
    assert "srcset" not in text
    assert "<source" not in text
    assert f'href="{PAGE}b.png"' in text
    assert "[code](b.png)" in text.replace("&#091;", "[")
    assert run(place.adapter.read(place.part(post), published, place.http())) == place.part(post)  # type: ignore[attr-defined]


@SITES
def test_the_same_bytes_are_one_upload(make: Make) -> None:
    """Two files with the same content, one of them also the cover; and a picture that was there from another post."""
    place = make()
    same = {"a.png": b"same", "copy/a.png": b"same"}
    cover = Image("x", "A cover", written="a.png")
    place.publish(there(place, with_pictures("![a](a.png) ![b](copy/a.png) ![c](a.png)\n", same, cover=cover)))
    assert uploads(place) == 1
    again = with_pictures("![a](a.png)\n", same, key="2", title="Two", canonical_url=None)
    place.publish(there(place, again))
    assert uploads(place) == (1 if make is wordpress else 2), "Ghost has no list of pictures"


@SITES
def test_a_cover_of_the_project_has_its_words(make: Make) -> None:
    """The cover is uploaded with its alternative text."""
    place = make()
    place.publish(there(place, with_pictures("Text.\n", cover=Image("x", "A <disk> {1}", written="/img/cover.png"))))
    fields = json.loads(sent(place))
    if make is ghost:
        (fields,) = fields["posts"]
        assert fields["feature_image"] in place.standin.images  # type: ignore[attr-defined]
        assert fields["feature_image_alt"] == "A <disk> {1}"
    else:
        assert unescape(place.standin.media[fields["featured_media"]]["alt_text"]) == "A <disk> 1"  # type: ignore[attr-defined]


@SITES
def test_an_update_uploads_what_changed(make: Make) -> None:
    """A picture that stays is not uploaded again; one with other bytes is, under the same path."""
    place = make()
    post = there(place, with_pictures("![a](a.png) ![b](b.png)\n", {"a.png": b"a", "b.png": b"b"}))
    published = place.publish(post)
    changed = there(place, with_pictures("New. ![a](a.png) ![b](b.png)\n", {"a.png": b"a", "b.png": b"another"}))
    run(place.adapter.update(place.part(changed), published, place.http()))  # type: ignore[attr-defined]
    assert uploads(place) == 3
    assert "picture.invalid" not in sent(place)
    assert "New." in place.standin.posts[0].text


def test_an_update_keeps_the_picture_in_its_own_size() -> None:
    """Ghost names smaller copies beside a picture; what shows the picture after an update is none of these."""
    place = ghost()
    post = there(place, with_pictures("![b](b.png)\n", {"b.png": b"b"}))
    published = place.publish(post)
    kept = place.standin.posts[0]
    (own,) = re.findall(r'src="([^"]+)"', kept.text)
    small = own.replace("/content/images/", "/content/images/size/w600/")
    assert small != own
    kept.text += f'<img src="{own}" srcset="{small} 600w">'
    changed = there(place, with_pictures("New. ![b](b.png)\n", {"b.png": b"b"}))
    run(place.adapter.update(place.part(changed), published, place.http()))  # type: ignore[attr-defined]
    assert (own in sent(place), small in sent(place), uploads(place)) == (True, False, 1)


class Refusing:
    """What gives pictures, but none of a name."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.asked: list[str] = []

    async def __call__(self, url: str, limit: int) -> Picture:
        self.asked.append(url)
        if any(name in url for name in self.names):
            raise Rejected("a.gif moves, and has too many bytes", field="images")
        return picture_of(PIXEL, url, limit=limit)


@WAYS
def test_what_cannot_be_taken_stays_where_it_is_on_the_post_s_site(make: Make, options: dict[str, bool]) -> None:
    """Too large and animated, or broken: shown from the post's own site, escaped as an address has to be; asked for once."""
    place = make(**options)
    name, other = "im ages/a(b'c){d}.gif", "a.gif?b&c"
    body = f'![a](<{quote(name)}>) ![b](b.png) <img src="{quote(name)}"> ![c](a.gif?b&c)\n'
    post = there(place, with_pictures(body, {name: b"a", "b.png": b"b", other: b"c"}))
    refusing = Refusing(".gif")
    place.publish(post, place.http(refusing))
    text = sent(place)
    assert "picture.invalid" not in text
    assert text.count(f"{PAGE}im%20ages/a(b&#x27;c)%7Bd%7D.gif") == 2
    assert f"{PAGE}a.gif?b&amp;c" in text
    assert uploads(place) == 1
    assert len(refusing.asked) == 3


@SITES
def test_what_is_nowhere_else_holds_the_post_back(make: Make) -> None:
    """Without an address of the post, or as a cover, a picture that cannot be taken is told before anything is made."""
    place = make()
    alone = replace(with_pictures("![a](a.gif)\n", {"a.gif": b"a"}), base_url=None)
    cover = with_pictures("Text.\n", {"a.gif": b"a"}, cover=Image(f"{PAGE}a.gif", written="a.gif"))
    for post in (alone, cover):
        with pytest.raises(Rejected, match="moves"):
            place.publish(there(place, post), place.http(Refusing(".gif")))
    assert place.standin.posts == []


@SITES
def test_where_pictures_stay_where_they_are(make: Make) -> None:
    """`upload_images = false`: the text and the cover show them from the post's own site, in all their sizes."""
    place = make(upload_images=False)
    body = '![a](b.png) <img src="b.png" srcset="b.png 1x,c.png 2x">\n'
    post = with_pictures(body, cover=Image(f"{PAGE}c.png", written="/img/cover.png"))
    text = json.dumps(place.part(there(place, post)).payload)
    assert "picture.invalid" not in text
    assert text.count(f"{PAGE}b.png") == 3
    assert f'srcset=\\"{PAGE}b.png 1x,{PAGE}c.png 2x\\"' in text
    if make is ghost:
        assert f'"feature_image": "{PAGE}c.png"' in text


@SITES
def test_a_kind_that_the_site_does_not_take_is_made_another(make: Make) -> None:
    """AVIF becomes a JPEG for Ghost; WordPress takes it."""
    made = io.BytesIO()
    Pillow.new("RGB", (8, 8), "red").save(made, "AVIF")

    async def give(url: str, limit: int) -> Picture:
        return picture_of(made.getvalue(), url, limit=limit)

    place = make()
    place.publish(there(place, with_pictures("![a](a.avif)\n", {"a.avif": b"a"})), place.http(give))
    (content,) = place.standin.uploaded  # type: ignore[attr-defined]
    assert content.startswith(b"\xff\xd8\xff" if make is ghost else b"\0\0\0")
    assert (".jpg" if make is ghost else ".avif") in sent(place)


@SITES
def test_a_site_that_takes_less_gets_less(make: Make) -> None:
    """PHP takes 2 MiB unless told otherwise, nginx 1: what is refused is made smaller and tried once more."""
    noise = io.BytesIO()
    Pillow.effect_noise((900, 900), 90).convert("RGB").save(noise, "JPEG", quality=100, subsampling=0)

    async def give(url: str, limit: int) -> Picture:
        return picture_of(noise.getvalue(), url, limit=limit)

    place = make()
    sizes: list[int] = []

    def small(request: Request) -> Response:
        if request.path.endswith(("/media", "/images/upload/")) and request.method == "POST":
            sizes.append(len(request.body))
            if sizes[-1] > 1024 * 1024:
                return Response(413, "<html>Request Entity Too Large")
        return place.standin.handle(request)

    http, place.requests = make_http(small, SITE, pictures=give)
    place.publish(there(place, with_pictures("![a](a.png)\n", {"a.png": b"a"})), http)
    assert len(sizes) == 2
    assert sizes[1] <= 1024 * 1024 < sizes[0]
    assert "picture.invalid" not in sent(place)
    assert "/posts/atomic-writes/a.png" not in sent(place)


@WAYS
def test_pictures_render_as_recorded(make: Make, options: dict[str, bool]) -> None:
    """The draft names the files, and where each is shown from if the site does not take it."""
    place = make(**options)
    post = with_pictures(EVERYWHERE, cover=Image(f"{PAGE}c.png", "A cover", written="/img/cover.png"))
    name = "pictures-card" if options else "pictures"
    check_golden(place.adapter.name, name, place.adapter.render(there(place, post)))
