"""Pictures on Bluesky: on the card or in its place, how they get there, and what of them is read again."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest
from PIL import Image as Pillow
from syndicate.adapters.bluesky import Bluesky
from syndicate.adapters.bluesky_standin import BlueskyStandIn

from syndicate.adapter import Image, Secret
from syndicate.errors import Rejected
from syndicate.local import Local
from syndicate.pictures import Picture, picture_of
from syndicate.sandbox.picture import PIXEL

from .adapter_bridge import Place, check_golden, make_post, run
from .test_bluesky_record import Lexicons

URL = "https://blog.example.org/posts/atomic-writes/"
COVER = Image("https://example.com/c.png", "A disk")
ALONE: dict[str, Any] = {"canonical_url": None, "base_url": None}


@pytest.fixture
def place() -> Place:
    password = BlueskyStandIn.options["app_password"]
    return Place(Bluesky(identifier="sandbox.test", app_password=Secret.of(password)), BlueskyStandIn)


def post(**changes: Any) -> Any:
    return make_post(**({"cover": COVER} | changes))


def of(content: bytes) -> Any:
    """What gives this picture for every address."""

    async def picture(url: str, limit: int) -> Picture:
        return picture_of(content, url, limit=limit)

    return picture


def encoded(size: tuple[int, int], kind: str = "JPEG", **options: Any) -> bytes:
    """A picture of noise, so that it packs badly."""
    import random

    made = io.BytesIO()
    Pillow.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3)).save(made, kind, **options)
    return made.getvalue()


@pytest.mark.parametrize(
    ("options", "changes", "kind"),
    [
        ({}, {}, "external"),
        ({}, ALONE, "images"),
        ({}, ALONE | {"cover": None}, None),
        ({}, ALONE | {"cover": None, "body": "![A](https://example.com/a.png)"}, "images"),
        ({"pictures": "never"}, ALONE, None),
        ({"pictures": "always"}, {}, "images"),
        ({"pictures": "always"}, {"cover": None}, "external"),
    ],
    ids=["a card", "no link", "nothing", "the first", "never", "always", "always, but none"],
)
def test_a_card_or_a_picture(place, options, changes, kind):
    """The link is in the card, or in the text when a picture takes its place."""
    place.adapter = replace(place.adapter, **options)
    record = place.part(post(**changes)).payload["record"]
    assert ({*record.get("embed", {})} - {"$type"} or {None}) == {kind}
    assert (URL in record["text"]) == (kind == "images" and not changes)


def test_golden(place):
    """What stands for a picture in a draft."""
    check_golden("bluesky", "picture", replace(place.adapter, pictures="always").render(post()))


def test_a_post_with_its_picture(place):
    """Uploaded first; the record has blob, alternative text and shape, as the lexicon says."""
    turned = Pillow.Exif()
    turned[0x0112] = 6
    content = encoded((60, 40), exif=turned)
    published = place.publish(post(**ALONE), place.http(pictures=of(content)))
    record = place.standin.posts[0].extra["record"]
    (image,) = record["embed"]["images"]
    assert (image["alt"], image["aspectRatio"]) == ("A disk", {"width": 40, "height": 60})
    assert place.standin.blobs[image["image"]["ref"]["$link"]] == content
    Lexicons().check(record, "app.bsky.feed.post")
    part = place.part(post(**ALONE))
    assert run(place.adapter.read(part, published, place.http())) == part


def test_a_picture_whose_shape_cannot_be_told(place):
    """It goes without one."""
    place.publish(post(**ALONE), place.http(pictures=of(b"\x89PNG\r\n\x1a\nbroken")))
    assert {*place.standin.posts[0].extra["record"]["embed"]["images"][0]} == {"image", "alt"}


def test_a_picture_without_a_text_for_it(place):
    """The lexicon wants one, if an empty one; that it is lacking is said."""
    draft = place.adapter.render(post(**ALONE, cover=Image(COVER.url)))
    assert draft.parts[0].payload["record"]["embed"]["images"][0]["alt"] == ""
    assert any("c.png has no alternative text" in warning for warning in draft.warnings)


@pytest.mark.parametrize(
    ("changes", "quality", "limit"), [({}, 95, 1_000_000), (ALONE, 95, None), (ALONE, 98, 2_000_000)]
)
def test_a_large_picture_is_made_smaller(place, changes, quality, limit):
    """On a card it may have 1,000,000 bytes, in its place 2,000,000: what has more is not refused."""
    large = encoded((1300, 1000), quality=quality)
    assert len(large) > (limit or 1_000_000)
    place.publish(post(**changes), place.http(pictures=of(large)))
    (blob,) = place.standin.uploaded
    assert blob == large if limit is None else limit / 4 < len(blob) <= limit


def test_what_is_made_smaller_is_said(place):
    """Also between what a card takes and what a picture in its place does."""
    cover = Image(Local.of(PurePosixPath("static/c.png"), b"x" * 1_500_000).address, "A disk")
    said = place.adapter.render(post(cover=cover)).warnings
    assert any("static/c.png has 1,500,000 bytes and is made smaller" in warning for warning in said)
    assert place.adapter.render(post(**ALONE, cover=cover)).warnings == (
        "the post has no canonical URL, so nothing here leads to it",
    )


@pytest.mark.parametrize(
    ("cover", "said"),
    [(Image("c.png"), "c.png is left out: it isn't on the web"), (Image("https://a.org/c.svg"), "it is a drawing")],
)
@pytest.mark.parametrize("pictures", ["auto", "always"])
def test_a_cover_that_cannot_be_uploaded(place, pictures, cover, said):
    """The card goes without it, which is said once."""
    draft = replace(place.adapter, pictures=pictures).render(post(cover=cover))
    assert {*draft.parts[0].payload["record"]["embed"]["external"]} == {"uri", "title", "description"}
    assert len([warning for warning in draft.warnings if said in warning]) == 1


def test_no_address_of_the_project_leaves(place):
    """On the card or in its place, what stands for a picture of the project is in no request."""
    cover = Image(Local.of(PurePosixPath("static/c.png"), PIXEL).address, "A disk")
    for options in ({}, {"pictures": "always"}):
        place.adapter = replace(place.adapter, **options)
        place.publish(post(cover=cover))
        assert not any(b"picture.invalid" in request.body for request in place.requests)
    assert place.standin.uploaded == [PIXEL]


def test_a_picture_that_cannot_be_had_names_the_way_out(place):
    """The option that leaves it out is another than the card's."""

    async def refuse(url: str, _limit: int) -> Picture:
        raise Rejected(f"there is no picture at {url}", field="cover", next="put the picture on the web")

    with pytest.raises(Rejected) as caught:
        place.publish(post(**ALONE), place.http(pictures=refuse))
    assert caught.value.next == 'put the picture on the web; or set `pictures = "never"` for this target'


def test_a_change_by_hand_is_told(place):
    """Another alternative text, another picture more, a card in its place: not what was sent."""
    part, published = place.part(post(**ALONE)), place.publish(post(**ALONE))
    record = place.standin.posts[0].extra["record"]
    (image,) = record["embed"]["images"]
    card = place.part(post()).payload["record"]["embed"]
    for embed in ({"images": [{**image, "alt": "Mine"}]}, {"images": [image, image]}, card):
        record["embed"] = {"$type": "app.bsky.embed.images", **embed}
        copy = run(place.adapter.read(part, published, place.http()))
        assert copy.payload["record"]["embed"] == record["embed"]
    record["embed"] = {"$type": "app.bsky.embed.images", "images": [image]}
    run(place.adapter.update(place.part(post(**ALONE, title="Another")), published, place.http()))
    assert place.standin.posts[0].extra["record"]["embed"]["images"] == [image]


def test_what_is_uploaded_at_all(place):
    """Neither card nor picture with one: then pictures of the project are no matter of this target."""
    for options, taken in (({}, True), ({"pictures": "never"}, True), ({"pictures": "never", "cover": False}, False)):
        assert bool(replace(place.adapter, **options).pictures_taken) == taken
