"""Hashnode: pictures of the project, from the form that Hashnode gives for each to its address on the CDN."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from syndicate.adapters.hashnode import Hashnode
from syndicate.adapters.hashnode_standin import HashnodeStandIn

from syndicate.adapter import Image, Post, Secret
from syndicate.audience import for_target
from syndicate.config import Target
from syndicate.errors import Rejected, Unavailable
from syndicate.local import Local
from syndicate.sandbox.picture import PIXEL
from syndicate.standin import Request, Response

from .adapter_bridge import Place, check_golden, make_post, run
from .test_hashnode import mistakes

ROOT = "http://sandbox/hashnode/api"
CDN = "https://cdn.hashnode.com/res/hashnode/image/upload/sandbox/"
PICTURES = {
    "b.png": Local.of(PurePosixPath("content/b.png"), b"b").address,
    "im%20ages/图.png": Local.of(PurePosixPath("content/im ages/图.png"), b"z").address,
    "copy.png": Local.of(PurePosixPath("content/b"), b"b").address,
    "/c.png": Local.of(PurePosixPath("static/c.png"), b"c").address,
}
BODY = """\
Text ![in text](b.png "A title") here, [the file](b.png).

| a |
|---|
| ![cell](copy.png) |

> ![quote](<im%20ages/图.png>)

<img src='b.png' alt=raw>

```
![code](b.png)
```
"""


@pytest.fixture
def site() -> Place:
    options = HashnodeStandIn.options
    token = Secret.of(options["token"])
    return Place(Hashnode(base_url=ROOT, token=token, publication_id=options["publication_id"]), HashnodeStandIn)


def post(site: Place, body: str = BODY, cover: str = "/c.png", **changes: object) -> Post:
    """The post as the adapter gets it."""
    image = Image("https://blog.example.org/c.png", "A cover", written=cover) if cover else None
    return for_target(make_post(body=body, cover=image, on_disk=PICTURES, **changes), Target("place", site.adapter))


@pytest.mark.parametrize("draft", [False, True])
def test_each_picture_is_uploaded_once_and_shown_from_the_cdn(site: Place, draft: bool) -> None:
    """Text, table, quote, raw HTML and the cover: no stand-in leaves; what leads to a picture's file, and code, stay."""
    one = post(site, draft=draft)
    published = site.publish(one)
    (shown,) = site.standin.posts
    assert len(site.standin.uploaded) == 3, "two of the four have the same bytes"
    assert "picture.invalid" not in shown.raw.decode()
    first, second, cover = (f"{CDN}{number:08x}.png" for number in (1, 2, 3))
    assert f'![in text]({first} "A title")' in shown.text
    assert f"![cell]({first})" in shown.text
    assert f"![quote](<{second}>)" in shown.text
    assert f"![raw]({first})" in shown.text
    assert "![code](b.png)" in shown.text
    assert "[the file](https://blog.example.org/posts/atomic-writes/b.png)" in shown.text
    sent = json.loads(shown.raw)["variables"]["input"]
    assert (sent["coverImageOptions"]["coverImageURL"] if draft else sent["coverImage"]) == cover
    assert run(site.adapter.read(site.part(one), published, site.http())) == site.part(one)


def test_requests_are_what_the_schema_and_the_store_want(site: Place) -> None:
    """The mutation validates against the live schema; the store gets its own fields, then the file, and no token."""
    site.publish(post(site))
    asked = [one for one in site.requests if b"createImageUploadURL" in one.body]
    stored = [one for one in site.requests if one.path == "/store"]
    assert [mistakes(one.json()) for one in asked] == [[], [], []]
    assert [one.json()["variables"] for one in asked] == [{"input": {"contentType": "image/png"}}] * 3
    assert all("authorization" in one.headers for one in asked)
    for one in stored:
        assert "authorization" not in one.headers
        assert site.adapter.token.reveal().encode() not in one.body
        assert one.body.index(b'name="key"') < one.body.index(b'name="Policy"') < one.body.index(b'name="file"')
    assert set(site.standin.uploaded.values()) == {PIXEL}


def test_what_was_changed_there_is_seen(site: Place) -> None:
    """Words beside a picture, a picture that was taken out, or one from elsewhere in its place; another on the CDN is none."""
    one = post(site)
    published = site.publish(one)
    (shown,) = site.standin.posts
    as_sent = shown.text
    for changed in (
        as_sent.replace("here,", "there,"),
        as_sent.replace(f'![in text]({CDN}00000001.png "A title")', ""),
        as_sent.replace(f"![raw]({CDN}00000001.png)", "![raw](https://img.example.net/b.png)"),
        as_sent.replace(".png", ".png)(", 1),
    ):
        shown.text = changed
        copy = run(site.adapter.read(site.part(one), published, site.http()))
        assert copy.payload["variables"]["input"]["contentMarkdown"] == changed
    shown.text = as_sent.replace("\n", " \n")
    assert run(site.adapter.read(site.part(one), published, site.http())) == site.part(one)


def test_an_update_brings_its_own_pictures(site: Place) -> None:
    """A changed text with the same pictures."""
    published = site.publish(post(site))
    changed = post(site, body=BODY.replace("here,", "there,"))
    run(site.adapter.update(site.part(changed), published, site.http()))
    (shown,) = site.standin.posts
    assert "there," in shown.text
    assert "picture.invalid" not in shown.raw.decode()
    assert run(site.adapter.read(site.part(changed), published, site.http())) == site.part(changed)


def test_the_limit_counts_the_longest_address(site: Place) -> None:
    """The request stays below 100 KB whatever the CDN's addresses are: room for them is kept when the draft is made."""
    bare = site.part(post(site, body="![a](b.png)\n" * 200, cover=""))
    assert bare.count - len(bare.body()) == 200 * (200 - len(PICTURES["b.png"]))
    with pytest.raises(Rejected, match="100000"):
        site.part(post(site, body="![a](b.png)\n\n" * 500, cover=""))
    assert site.part(make_post()).count == len(site.part(make_post()).body())


@pytest.mark.parametrize(
    ("status", "failure"), [(400, Rejected), (403, Unavailable), (500, Unavailable), (301, Unavailable)]
)
def test_a_store_that_refuses_leaves_no_post(site: Place, status: int, failure: type[Exception]) -> None:
    """What S3 says is told, and the post is not made without its picture."""
    handle = site.standin.handle

    def refuse(request: Request) -> Response:
        said = "<Error><Code>EntityTooLarge</Code><Message>x</Message></Error>"
        return Response(status, said) if request.path == "/store" else handle(request)

    with pytest.raises(failure) as caught:
        site.publish(post(site), site.answering(refuse))
    assert status not in (400, 403) or "EntityTooLarge" in str(caught.value)
    assert site.standin.posts == []


@pytest.mark.parametrize("url", ["http://elsewhere.example/store", "ftp://elsewhere.example/", ""])
def test_a_picture_goes_to_no_open_line(site: Place, url: str) -> None:
    """An upload's address has to be https, or the API's own."""
    form = {"url": url, "fields": {"key": "k"}}

    def lead(request: Request) -> Response:
        assert b"createImageUploadURL" in request.body
        return Response(200, {"data": {"createImageUploadURL": {"presignedPost": form}}})

    with pytest.raises(Unavailable):
        site.publish(post(site), site.answering(lead))


def test_pictures_render_as_recorded(site: Place) -> None:
    """The draft names the files; the preview says so."""
    check_golden("hashnode", "pictures", replace(site.adapter, base_url=Hashnode.base_url).render(post(site)))
