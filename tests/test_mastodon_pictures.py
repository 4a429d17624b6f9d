"""Pictures on Mastodon: when one is shown, how it gets there, and what of it is read and changed again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest
from syndicate.adapters.mastodon import Mastodon
from syndicate.adapters.mastodon_standin import MastodonStandIn

from syndicate.adapter import Image, Secret
from syndicate.errors import Rejected, Unauthorized, Unavailable
from syndicate.local import Local
from syndicate.pictures import Picture
from syndicate.sandbox.picture import PIXEL
from syndicate.standin import Response

from .adapter_bridge import Place, attempt, check_golden, make_http, make_post, run, shared

BASE = "https://social.example"
COVER = Image("https://example.com/cover.png", alt="The cover")
NAME = "{media:https://example.com/cover.png The cover}"


@pytest.fixture
def place() -> Place:
    adapter = Mastodon(base_url=BASE, access_token=Secret.of("sandbox-mastodon-token"), pictures="always")
    return Place(adapter, MastodonStandIn)


def post(**changes: Any) -> Any:
    return make_post(**({"cover": COVER} | changes))


def media(pictures: str, **changes: Any) -> list[str]:
    return Mastodon(pictures=pictures).render(post(**changes)).parts[0].payload.get("media_ids", [])


ALONE = {"canonical_url": None, "base_url": None}


@pytest.mark.parametrize(
    ("pictures", "changes", "chosen"),
    [
        ("auto", {}, []),
        ("auto", ALONE, [NAME]),
        ("auto", ALONE | {"text": "See https://example.org/"}, []),
        ("always", {}, [NAME]),
        ("never", ALONE, []),
        ("always", {"cover": None}, []),
        (
            "always",
            {
                "cover": None,
                "body": "[![ci](https://img.shields.io/x)](/ci)\n\n![S](s.svg)\n\n![A](/a.png) ![B](b.png)",
            },
            ["{media:https://blog.example.org/a.png A}"],
        ),
    ],
    ids=["a card", "no link", "the author's link", "always", "never", "none", "the first"],
)
def test_when_a_picture_is_shown(pictures, changes, chosen):
    """In place of a card: where no link gives one, or always. The cover, else the first picture, no badge or drawing."""
    assert media(pictures, **changes) == chosen


def test_golden(place):
    """What stands for a picture in a draft."""
    check_golden("mastodon", "picture", place.adapter.render(post()))


@pytest.mark.parametrize(
    ("cover", "said"),
    [
        (Image("img/cover.png"), "cover.png is left out: it isn't on the web"),
        (Image("https://a.org/cover.svg?v=1"), "cover.svg is left out: it is a drawing"),
        (Image("https://a.org/cover.png"), "cover.png has no alternative text"),
        (Image("https://a.org/cover.png", "Word " * 400), "alternative text of cover.png is cut"),
    ],
)
def test_what_is_said_of_a_picture(place, cover, said):
    """One that cannot be uploaded is named; so is what is lacking, or cut, of what it shows."""
    draft = place.adapter.render(post(cover=cover))
    assert any(said in warning for warning in draft.warnings)
    assert len("".join(draft.parts[0].payload.get("media_ids", []))) < 1600


def test_a_status_with_its_picture(place):
    """Uploaded and described first, then attached, by what the API description allows; the picture comes with the text."""
    import jsonschema

    published = place.publish(post())
    ((id, medium),) = place.standin.media.items()
    assert (medium.content, medium.description, medium.status) == (PIXEL, "The cover", published.id)
    assert [(one.method, one.path) for one in place.requests] == [
        ("GET", "/api/v2/instance"), ("POST", "/api/v2/media"), ("POST", "/api/v1/statuses"),
    ]  # fmt: skip
    sent = place.requests[-1].json()
    assert sent == place.part(post()).payload | {"media_ids": [id]}
    document = json.loads(shared("contracts", "mastodon", "schema.json").read_text())
    schema = {"$ref": "#/components/schemas/MediaStatus", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(sent)
    edit = document["paths"]["/api/v1/statuses/{id}"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    run(place.adapter.update(place.part(post()), published, place.http()))
    jsonschema.Draft202012Validator(edit).validate(place.requests[-1].json())


def test_a_second_try_makes_no_second_status(place):
    """The key answers with the first status, whatever the new upload's id; what is left over hangs at nothing."""
    first = place.publish(post())
    assert place.publish(post()) == first
    assert (len(place.standin.posts), len(place.standin.uploaded)) == (1, 2)
    assert [medium.status for medium in place.standin.media.values()] == [first.id, ""]


def test_no_address_of_the_project_leaves(place):
    """A picture of the project is uploaded, and what stands for it is in no request."""
    address = Local.of(PurePosixPath("static/img/cover.png"), PIXEL).address
    place.publish(post(cover=Image(address, "The cover")))
    assert place.standin.uploaded == [PIXEL]
    assert not any(b"picture.invalid" in request.body for request in place.requests)


def test_what_takes_its_time_is_waited_for(place):
    """A picture that is being worked on is asked for until it is ready; no status is made before."""
    place.standin.busy = 2
    http, requests = make_http(place.standin, BASE, patience=60.0)
    run(place.adapter.publish(place.part(post()), attempt(), http))
    assert [request.path for request in requests][1:] == [
        "/api/v2/media",
        *["/api/v1/media/1000"] * 3,
        "/api/v1/statuses",
    ]
    with pytest.raises(Unavailable, match="still at work"):
        place.publish(post(title="Another"))
    assert len(place.standin.posts) == 1


def test_the_instance_s_own_limits(place):
    """Its size is kept, below which a picture has to be; an alternative text beyond its limit is objected to."""
    place.standin.image_size_limit, place.standin.description_limit = 3000, 5
    rules = run(place.adapter.requirements(place.http()))
    assert (rules["image_size_limit"], rules["description_limit"]) == (3000, 5)
    (said,) = place.adapter.objections(place.part(post()), rules)
    assert "alternative text has 9 characters, social.example takes 5" in said
    assert list(place.adapter.objections(place.part(post(cover=Image(COVER.url, "Cover"))), rules)) == []
    http = place.http()
    asked: list[int] = []

    async def picture(_url: str, *, limit: int, types: tuple[str, ...]) -> Picture:
        asked.append(limit)
        return Picture(PIXEL, types[0], "cover.png")

    http.picture = picture
    place.publish(post(cover=Image(COVER.url, "Cover")), http)
    assert asked == [2999]


def answering(place: Place, answer: Any) -> Any:
    """The instance, which gives `answer` to an upload."""
    return place.answering(lambda request: answer if "/media" in request.path else place.standin.handle(request))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(422, {"error": "Validation failed: File content type is invalid"}), Rejected),
        (Response(413, "<html>Request Entity Too Large</html>"), Rejected),
        (Response(403, {"error": "This action is outside the authorized scopes"}), Unauthorized),
        (Response(500, {"error": "Error processing thumbnail for uploaded media"}), Unavailable),
        (Response(200, "<html>"), Unavailable),
        (Response(200, {}), Unavailable),
    ],
)
def test_a_picture_that_is_not_taken_stops_the_status(place, answer, kind):
    """What was previewed has the picture, so nothing is posted; what to do is said, and the token is not."""
    with pytest.raises(kind) as caught:
        place.publish(post(), answering(place, answer))
    assert place.standin.posts == []
    assert "sandbox-mastodon-token" not in f"{caught.value!r} {caught.value.next}"
    if kind is Rejected:
        assert (caught.value.field, '`pictures = "never"`' in caught.value.next) == ("pictures", True)
    if kind is Unauthorized:
        assert "write:media" in caught.value.next


def test_a_picture_that_cannot_be_had_names_the_way_out(place):
    """The advice of what looked for it stays, and the option that leaves it out is named."""

    async def refuse(url: str, _limit: int) -> Picture:
        raise Rejected(f"there is no picture at {url}", field="cover", next="put the picture on the web")

    with pytest.raises(Rejected) as caught:
        place.publish(post(), place.http(pictures=refuse))
    assert caught.value.next == 'put the picture on the web; or set `pictures = "never"` for this target'


def test_an_edit_keeps_the_picture(place):
    """A new text with the same picture: it is still there, once; read, the copy is what was sent."""
    published = place.publish(post())
    changed = place.part(post(title="Another title"))
    for _ in range(2):
        run(place.adapter.update(changed, published, place.http()))
    assert len(place.requests[-1].json()["media_ids"]) == 1
    assert len([one for one in place.standin.media.values() if one.status == published.id]) == 1
    assert run(place.adapter.read(changed, published, place.http())) == changed
    plain = replace(place.adapter, pictures="never").render(post()).parts[0]
    run(place.adapter.update(plain, published, place.http()))
    assert not any(one.status == published.id for one in place.standin.media.values())


@pytest.mark.parametrize("source", [True, False], ids=["", "no source"])
def test_pictures_that_were_changed_by_hand_are_told(place, source):
    """One that was added, taken out, or described anew is a difference: an update would undo it, so a person decides."""

    def read(part: Any) -> Any:
        def handle(request: Any) -> Any:
            return Response(404) if request.path.endswith("/source") and not source else place.standin.handle(request)

        return run(place.adapter.read(part, published, place.answering(handle)))

    published = place.publish(post())
    part, shown = place.part(post()), place.standin.posts[0]
    (medium,) = place.standin.media.values()
    medium.description = "Another  cover"
    url = f"{place.standin.root}/media/1000"
    assert read(part).payload == {**part.payload, "media_ids": [f"{{media:{url} Another cover}}"]}
    medium.description = "The cover"
    assert read(part) == part
    shown.extra["media_ids"] = []
    assert read(part).payload["media_ids"] == []
    bare = replace(place.adapter, pictures="auto").render(post()).parts[0]
    assert read(bare) == bare
    shown.extra["media_ids"] = ["1000"]
    assert read(bare).payload["media_ids"] == [f"{{media:{url} The cover}}"]


def test_the_scope_for_pictures(place):
    """It is asked for unless no picture is ever uploaded."""
    place.standin.scopes = ["write:statuses", "read"]
    assert "write:media" in run(place.adapter.check(place.http())).warnings[0]
    never = replace(place.adapter, pictures="never")
    assert (run(never.check(place.http())).warnings, never.pictures_taken) == ((), None)
