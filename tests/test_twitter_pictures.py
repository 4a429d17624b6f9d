"""Pictures on X: which go with which post, how they get there, and how such a post is found and read again."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import pytest
from syndicate.adapters.twitter import Twitter

from syndicate.adapter import Draft, Image, Post
from syndicate.errors import NotEntitled, Rejected, Unavailable
from syndicate.local import Local
from syndicate.pictures import Picture
from syndicate.sandbox.picture import PIXEL
from syndicate.standin import Request, Response

from .adapter_bridge import NOW, attempt, collect, make_http, make_post, run, shared
from .twitter_bridge import BASE, adapter, publish, publish_all, standin

COVER = Image("https://example.com/cover.png", alt="The cover")
THREAD = "One.\n\n![A](https://example.com/a.png)\n\n<!-- part -->\n\nTwo.\n\n![B](b.jpg)\n\n![C](/c.jpg)\n"


def media(draft: Draft) -> list[list[str]]:
    """The names of the pictures of each part."""
    return [part.payload.get("media", {}).get("media_ids", []) for part in draft.parts]


def alone(**changes: Any) -> Post:
    """A post that stands nowhere, with a cover."""
    return make_post(**({"canonical_url": None, "base_url": None, "cover": COVER} | changes))


# ---------------------------------------------------------------- which


@pytest.mark.parametrize(
    ("pictures", "changes", "chosen"),
    [
        ("auto", {}, ["{media:https://example.com/cover.png The cover}"]),
        ("auto", {"canonical_url": "https://blog.example.org/a/"}, []),
        (
            "always",
            {"canonical_url": "https://blog.example.org/a/"},
            ["{media:https://example.com/cover.png The cover}"],
        ),
        (
            "always",
            {"cover": None, "body": "![A](https://example.com/a.png) ![B](https://example.com/b.png)"},
            ["{media:https://example.com/a.png A}"],
        ),
        ("never", {}, []),
        ("auto", {"cover": None, "body": "No picture."}, []),
    ],
    ids=["no link", "a card", "always", "the first", "never", "none"],
)
def test_picture_of_a_post(pictures: str, changes: dict[str, Any], chosen: list[str]):
    """The cover, or the first picture, where X makes no card of a link, or always."""
    draft = Twitter(pictures=pictures).render(alone(**changes))
    assert media(draft) == [chosen]
    assert "media" in draft.parts[0].payload or not chosen


def test_pictures_of_a_thread_go_where_they_stand():
    """Each with the part whose words are before it, absolute, with its alternative text."""
    draft = Twitter(mode="thread").render(make_post(body=THREAD))
    base = "https://blog.example.org"
    assert media(draft) == [
        ["{media:https://example.com/a.png A}"],
        [f"{{media:{base}/posts/atomic-writes/b.jpg B}}", f"{{media:{base}/c.jpg C}}"],
    ]
    assert not draft.warnings


def test_preview_names_the_pictures():
    """Below the words, which count alone."""
    first, second = Twitter(mode="thread").render(make_post(body=THREAD)).parts
    assert first.text == "Atomic writes\n\nOne.\n\n[picture: A]"
    assert second.text.endswith("/atomic-writes/\n\n[picture: B]\n\n[picture: C]")
    assert first.count == len("Atomic writes\n\nOne.")


def test_pictures_that_are_not_attached_are_named():
    """A fifth, a GIF among others, a drawing, what is not on the web, all of them with `never`."""
    body = "\n\n".join(f"![P{n}](https://example.com/{n}.png)" for n in range(5))
    body += "\n\n![G](https://example.com/g.gif)\n\n![S](https://example.com/s.svg)\n\n![L](l.png)"
    draft = Twitter(mode="thread").render(make_post(body=f"One.\n\n{body}", base_url=None))
    assert [len(names) for names in media(draft)] == [4]
    for name in ("P4", "G", "S", "L"):
        assert len([w for w in draft.warnings if f"“{name}”" in w]) == 1, name
    never = Twitter(mode="thread", pictures="never").render(make_post(body=THREAD))
    assert media(never) == [[], []]
    assert len([w for w in never.warnings if "“A”, “B”, “C”" in w]) == 1


def test_cover_that_cannot_be_shown_is_named():
    """It is not lost without a word."""
    draft = Twitter().render(alone(cover=Image("/img/cover.png", alt="The cover")))
    assert media(draft) == [[]]
    assert any("The cover" in warning and "web" in warning for warning in draft.warnings)


def test_pictures_of_the_project_are_taken():
    """By the addresses that stand for them."""
    local = Local.of(PurePosixPath("content/b.jpg"), b"x").address
    draft = Twitter(mode="thread").render(make_post(body="One.\n\n![B](b.jpg)", pictures={"b.jpg": local}))
    assert media(draft) == [[f"{{media:{local} B}}"]]


# ---------------------------------------------------------------- how


def test_a_post_with_its_picture():
    """Uploaded, described, attached: the request is X's own form, and the alternative text is there."""
    place = standin()
    published = publish(place, adapter(), alone())
    ((id, medium),) = place.media.made.items()
    assert (medium.content, medium.category, medium.alt) == (PIXEL, "tweet_image", "The cover")
    sent = json.loads(place.posts[0].raw)
    assert sent["media"] == {"media_ids": [id]}
    assert published.id == place.posts[0].id


def test_requests_are_what_x_s_schema_takes():
    """Of the post, and of the description of its picture."""
    from jsonschema import Draft202012Validator

    contract = json.loads(shared("contracts", "x", "openapi.json").read_text())
    place, what = standin(), alone()
    http, requests = make_http(place, BASE)
    run(adapter().publish(adapter().render(what).parts[0], attempt(), http))
    upload, description, post = requests
    assert [request.path for request in requests] == ["/media/upload", "/media/metadata", "/tweets"]
    assert b'name="media_category"\r\n\r\ntweet_image' in upload.body
    for request, name in ((description, "CreateMediaMetadataRequest"), (post, "CreatePostsRequest")):
        schema = {"$ref": f"#/components/schemas/{name}", "components": contract["components"]}
        Draft202012Validator(schema).validate(json.loads(request.body))


def test_gif_goes_as_one():
    """With its own category, and more room."""

    async def moving(_url: str, _limit: int) -> Picture:
        return Picture(b"GIF89a" + b"\0" * 6_000_000, "image/gif", "a.gif")

    place = standin()
    publish(place, adapter(), alone(cover=Image("https://example.com/a.gif")), pictures=moving)
    assert [one.category for one in place.media.made.values()] == ["tweet_gif"]


def test_picture_that_needs_time_is_waited_for():
    """X is asked until it is ready; a run without patience sends nothing."""
    place, asked = standin(), []

    def slow(request: Request) -> Response:
        info = {"state": "pending" if len(asked) < 2 else "succeeded", "check_after_secs": 1}
        if (request.method, request.path) == ("GET", "/media/upload"):
            asked.append(request.query)
            return Response(200, {"data": {"id": request.query["media_id"], "processing_info": info}})
        said = place.handle(request)
        if request.path == "/media/upload":
            said.body["data"]["processing_info"] = info
        return said

    publish(slow, adapter(), alone(), patience=60.0)
    assert [query["command"] for query in asked] == ["STATUS"] * 3
    assert len(place.posts) == 1
    asked.clear()
    with pytest.raises(Unavailable):
        publish(slow, adapter(), alone(title="Another"))
    assert len(place.posts) == 1


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Response(403, {"title": "Forbidden", "detail": "no", "status": 403}), NotEntitled),
        (Response(400, {"title": "Invalid Request", "detail": "media", "status": 400}), Rejected),
        (Response(200, {"data": {}}), Unavailable),
        (Response(503, b""), Unavailable),
    ],
)
def test_without_its_picture_nothing_is_posted(answer: Response, failure: type[Exception]):
    """A refused upload ends the attempt, certainly before anything can be seen."""
    place = standin()
    with pytest.raises(failure):
        publish(lambda r: answer if r.path == "/media/upload" else place.handle(r), adapter(), alone())
    assert not place.posts


@pytest.mark.parametrize("way", ["old", "another's", "unknown"])
def test_sandbox_takes_only_fresh_uploads_of_one_s_own(way: str):
    """Within 24 hours, of the same account."""
    place = standin()
    publish(place, adapter(), alone())
    ((id, medium),) = place.media.made.items()
    medium.at -= 90_000 if way == "old" else 0
    medium.owner = "7" if way == "another's" else medium.owner
    body = {"text": "Again", "media": {"media_ids": [id if way != "unknown" else "5"]}}
    request = Request("POST", "/tweets", {}, {"authorization": "Bearer sandbox-x-token"}, json.dumps(body).encode())
    assert place.handle(request).status == 400


# ---------------------------------------------------------------- found and read again


@pytest.mark.parametrize("changes", [{}, {"summary": "See https://example.com/a and more."}])
def test_post_with_a_picture_is_found_and_reads_as_sent(changes: dict[str, Any]):
    """The link to the pictures, with which X ends the text, is none of its words."""
    place, what = standin(), alone(canonical_url="https://blog.example.org/a/", **changes)
    which = adapter(pictures="always")
    published = publish(place, which, what)
    part = which.render(what).parts[0]
    http, _ = make_http(place, BASE)
    assert run(which.read(part, published, http)) == part
    http, _ = make_http(place, BASE)
    found = run(which.find(part, attempt(), http))
    assert found.id == published.id
    http, _ = make_http(place, BASE)
    (seen,) = collect(which.recent(http))
    assert seen.canonical_url == "https://blog.example.org/a/"


def test_thread_with_pictures_is_a_chain():
    """Each part with its own uploads."""
    place = standin()
    publish_all(place, adapter(mode="thread", numbering=True), make_post(body=THREAD))
    assert [len(post.extra.get("media", [])) for post in place.posts] == [1, 2]
    assert [one.at for one in place.media.made.values()] == [NOW.timestamp()] * 3


def test_badges_are_no_pictures_of_a_post() -> None:
    """What tells of builds and versions shows nothing of the text; neither it nor a drawing takes a picture's place."""
    badge = "[![Build](https://img.shields.io/a.png)](https://ci.example)\n\n![D](https://example.com/d.svg)\n\n"
    body = f"{badge}One.\n\n![A](https://example.com/a.png)\n"
    thread = Twitter(mode="thread").render(make_post(body=body))
    assert media(thread) == [["{media:https://example.com/a.png A}"]]
    assert not [warning for warning in thread.warnings if "Build" in warning]
    assert media(Twitter(pictures="always").render(make_post(body=body))) == [["{media:https://example.com/a.png A}"]]


@pytest.mark.parametrize("alt", ["", "IMG_2034.JPG", "image", "Screen Shot 2024-01-01 at 10.11.12", "dsc_0001"])
def test_a_picture_that_nothing_describes_is_told_of(alt: str) -> None:
    """The name of a file read aloud helps nobody: it is not sent as a description."""
    draft = Twitter(mode="thread").render(make_post(body=f"One.\n\n![{alt}](https://example.com/a.png)\n"))
    assert media(draft) == [["{media:https://example.com/a.png}"]]
    assert [warning for warning in draft.warnings if "a.png has no alternative text" in warning]
    kept = Twitter(mode="thread").render(make_post(body="One.\n\n![Image of a door](https://example.com/a.png)\n"))
    assert kept.warnings == ()
