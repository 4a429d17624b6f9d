"""Pictures on LinkedIn: on the card or in its place, with their alternative texts, and what a refusal of one means."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest
from PIL import Image as Pillow

from syndicate.adapter import Image
from syndicate.errors import Failure, NotEntitled, Rejected
from syndicate.local import Local
from syndicate.pictures import Picture, picture_of
from syndicate.sandbox.picture import PIXEL
from syndicate.standin import Response

from .adapter_bridge import Place, check_golden, make_post, run
from .linkedin_bridge import ORGANIZATION, place

URL = "https://blog.example.org/posts/atomic-writes/"
COVER = Image("https://example.com/c.png", "A disk")
URN = "urn:li:image:C4E000000001"
ALONE: dict[str, Any] = {"canonical_url": None, "base_url": None}


@pytest.fixture
def site() -> Place:
    return place(ORGANIZATION)


def post(**changes: Any) -> Any:
    return make_post(**({"cover": COVER} | changes))


def content(site: Place, **changes: Any) -> Any:
    return site.part(post(**changes)).payload.get("content")


@pytest.mark.parametrize(
    ("options", "changes", "kind"),
    [
        ({}, {}, "article"),
        ({}, ALONE, "media"),
        ({}, ALONE | {"cover": None}, None),
        ({}, ALONE | {"cover": None, "body": "![A](https://example.com/a.png)"}, "media"),
        ({"pictures": "never"}, ALONE, None),
        ({"pictures": "always"}, {}, "media"),
        ({"pictures": "always"}, {"cover": None}, "article"),
    ],
    ids=["a card", "no link", "nothing", "the first", "never", "always", "always, but none"],
)
def test_a_card_or_a_picture(options, changes, kind):
    """The link is in the card, or in the text when a picture takes its place."""
    part = place(**options).part(post(**changes))
    assert ({*part.payload.get("content", {})} or {None}) == {kind}
    assert (URL in part.text.partition("\n\nAtomic writes")[0]) == (kind == "media" and not changes)


def test_golden(site):
    """What stands for a picture in a draft."""
    check_golden("linkedin", "picture", replace(site.adapter, pictures="always").render(post()))


def test_a_post_with_its_picture(site):
    """Uploaded for the author, then named with its alternative text; the list finds it, and it reads as it was sent."""
    published = site.publish(post(**ALONE))
    assert [request.path for request in site.requests] == ["/rest/images", "/upload/C4E000000001", "/rest/posts"]
    assert site.requests[-1].json()["content"] == {"media": {"id": URN, "altText": "A disk"}}
    assert (site.standin.uploaded, site.standin.owners) == ([PIXEL], {URN: ORGANIZATION})
    assert site.find(post(**ALONE)) == published
    part = site.part(post(**ALONE))
    assert run(site.adapter.read(part, published, site.http())) == part
    changed = site.part(post(**ALONE, title="Another"))
    run(site.adapter.update(changed, published, site.http()))
    assert run(site.adapter.read(changed, published, site.http())) == changed
    assert site.standin.posts[0].extra["content"] == {"media": {"id": URN, "altText": "A disk"}}


def test_a_picture_does_not_become_a_card(site):
    """LinkedIn changes neither: that there is now an address to lead to is refused before anything is written."""
    published = site.publish(post(**ALONE))
    with pytest.raises(Rejected, match="cannot change a card; it still leads to nothing"):
        run(site.adapter.update(site.part(post()), published, site.http()))
    assert {request.method for request in site.requests} == {"GET"}


def test_alternative_texts_have_a_limit(site):
    """4,086 characters, on the card and in its place; of the latter it is said, and that there is none."""
    for changes in ({}, ALONE):
        draft = site.adapter.render(post(**changes, cover=Image(COVER.url, "Word " * 1000)))
        ((_, fields),) = draft.parts[0].payload["content"].items()
        assert len(fields.get("altText") or fields["thumbnailAltText"]) <= 4086
        assert any("c.png is cut" in warning for warning in draft.warnings) == bool(changes)
    said = site.adapter.render(post(**ALONE, cover=Image(COVER.url))).warnings
    assert "the picture c.png has no alternative text" in said
    assert content(site, **ALONE, cover=Image(COVER.url)) == {"media": {"id": "{cover:https://example.com/c.png}"}}


def test_a_card_whose_picture_may_have_no_alternative_text(site):
    """Where LinkedIn does not know the field, it has done nothing: the same post goes without it, once."""
    site.standin.card_alt = False
    published = site.publish(post())
    assert [one.id for one in site.standin.posts] == [published.id]
    assert site.standin.posts[0].extra["content"]["article"]["thumbnail"] == URN
    sent = [request.json()["content"]["article"] for request in site.requests if request.path == "/rest/posts"]
    assert ["thumbnailAltText" in card for card in sent] == [True, False]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(403, {"code": "ACCESS_DENIED", "message": "Not enough permissions"}), NotEntitled),
        (Response(422, {"message": "Commentary is not acceptable"}), Rejected),
    ],
)
def test_no_other_refusal_is_tried_again(site, answer, kind):
    """What is refused for another reason is sent once."""

    def handle(request: Any) -> Any:
        return answer if request.path == "/rest/posts" else site.standin.handle(request)

    with pytest.raises(kind):
        site.publish(post(), site.answering(handle))
    assert [request.path for request in site.requests].count("/rest/posts") == 1


def test_no_address_of_the_project_leaves(site):
    """On the card or in its place, what stands for a picture of the project is in no request."""
    cover = Image(Local.of(PurePosixPath("static/c.png"), PIXEL).address, "A disk")
    for options in ({}, {"pictures": "always"}):
        site.adapter = replace(site.adapter, **options)
        site.publish(post(cover=cover))
        assert not any(b"picture.invalid" in request.body for request in site.requests)
    assert site.standin.uploaded == [PIXEL] * 2


def of(image: Pillow.Image, kind: str) -> Any:
    """What gives this picture for every address."""
    made = io.BytesIO()
    image.save(made, kind)

    async def picture(url: str, limit: int) -> Picture:
        return picture_of(made.getvalue(), url, limit=limit)

    return picture


def test_a_kind_that_is_not_taken_is_turned(site):
    """A WebP becomes what LinkedIn takes, which was refused before."""
    site.publish(post(), site.http(pictures=of(Pillow.new("RGB", (40, 30), "red"), "WEBP")))
    assert Pillow.open(io.BytesIO(site.standin.uploaded[0])).format in ("PNG", "JPEG")


def test_a_picture_with_too_many_pixels(site):
    """36,152,320 are documented; what has more is refused before it is sent, with what to do."""
    with pytest.raises(Rejected, match="6100 × 6000 pixels") as caught:
        site.publish(post(), site.http(pictures=of(Pillow.new("1", (6100, 6000)), "PNG")))
    assert "thumbnail = false" in caught.value.next
    assert site.requests == []


def test_a_picture_that_cannot_be_had_names_the_way_out(site):
    """The advice of what looked for it stays, and the options that leave it out are named."""

    async def refuse(url: str, _limit: int) -> Picture:
        raise Rejected(f"there is no picture at {url}", field="cover", next="put the picture on the web")

    with pytest.raises(Rejected) as caught:
        site.publish(post(), site.http(pictures=refuse))
    assert caught.value.next.startswith("put the picture on the web; or set `thumbnail = false`")


def test_a_refusal_of_the_picture_does_not_say_that_a_post_is_gone(site):
    """`content/media/id` is the picture's."""
    error = {"description": "x", "input": {"inputPath": {"fieldPath": "content/media/id"}}, "code": "INVALID_IMAGE_ID"}
    answer = Response(422, {"message": "no such image", "errorDetails": {"inputErrors": [error]}})
    with pytest.raises(Failure) as caught:
        site.publish(make_post(), site.answering(answer))
    assert (type(caught.value), caught.value.field) == (Rejected, "pictures")


def test_what_is_uploaded_at_all():
    """Neither card nor picture with one: then pictures of the project are no matter of this target."""
    for options, taken in (
        ({}, True),
        ({"pictures": "never"}, True),
        ({"pictures": "never", "thumbnail": False}, False),
    ):
        assert bool(place(**options).adapter.pictures_taken) == taken
