"""Bluesky: what is sent, in which order, and under which key."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from syndicate.adapters.bluesky import Bluesky
from syndicate.adapters.bluesky_standin import BlueskyStandIn

from syndicate.adapter import Image, Published, Secret
from syndicate.errors import Rejected, Unavailable
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, attempt, check_golden, make_post, run, sample_post

URL = "https://blog.example.org/posts/atomic-writes/"
COVER = Image("https://blog.example.org/c.png", "A disk")
PASSWORD = BlueskyStandIn.options["app_password"]


@pytest.fixture
def place() -> Place:
    return Place(Bluesky(identifier="sandbox.test", app_password=Secret.of(PASSWORD)), BlueskyStandIn)


def record(place: Place, **changes) -> dict:
    return place.part(make_post(**changes)).payload["record"]


def test_the_post_a_reader_sees(place):
    """Title, lead and hashtags are the text; the link is in the card, with title, description and picture."""
    published = place.publish(make_post(summary="How to write a file.", cover=COVER, language="en"))
    (shown,) = place.standin.posts
    assert shown.text == "Atomic writes\n\nHow to write a file.\n\n#python #linux"
    assert (shown.title, shown.link, shown.tags) == ("Atomic writes", URL, ("python", "linux"))
    kept = shown.extra["record"]
    assert kept["embed"]["external"]["description"] == "How to write a file."
    assert place.standin.blobs[kept["embed"]["external"]["thumb"]["ref"]["$link"]].startswith(b"\x89PNG")
    assert (kept["langs"], kept["createdAt"]) == (["en"], "2026-11-03T12:00:00.000Z")
    assert published == Published(
        f"at://{place.standin.did}/app.bsky.feed.post/{shown.id}",
        f"https://bsky.app/profile/sandbox.test/post/{shown.id}",
    )


def test_what_comes_before_the_one_write(place):
    """A session, whose it is, the picture; then the record. No request before the write changes what readers see."""
    place.publish(make_post(cover=COVER))
    assert [request.path.rpartition(".")[2] for request in place.requests] == [
        "createSession", "getSession", "uploadBlob", "putRecord",
    ]  # fmt: skip
    assert [place.standin.writes(request) for request in place.requests] == [False, False, False, True]
    assert place.requests[2].headers["content-type"] == "image/png"
    sent, previewed = place.requests[3].json(), place.part(make_post(cover=COVER)).payload
    assert {k: v for k, v in sent["record"].items() if k not in ("embed", "createdAt")} == {
        k: v for k, v in previewed["record"].items() if k not in ("embed", "createdAt")
    }
    assert (sent["repo"], sent["collection"]) == (place.standin.did, "app.bsky.feed.post")


def test_every_try_writes_the_same_record_to_the_same_key(place):
    """A second try, hours later, is byte for byte the first one, and changes nothing."""
    part = place.part(make_post(cover=COVER))
    key = f"{int(NOW.timestamp() * 1000):012x}" + "7" * 20
    bodies = set()
    for hours in range(2):
        place.clock.pass_(3600 * hours)
        http = place.http()
        run(place.adapter.publish(part, attempt(key, at=NOW + timedelta(hours=hours)), http))
        bodies.add(place.requests[-1].body)
    assert (len(bodies), len(place.standin.posts)) == (1, 1)
    assert json.loads(bodies.pop())["record"]["createdAt"] == "2026-11-03T12:00:00.000Z"


def test_names_in_the_author_s_text_stay(place):
    """Braces in a text are not taken for what the server has to say."""
    place.publish(make_post(title="at://{did}/{rkey} {cover} {now}", cover=COVER))
    assert place.standin.posts[0].text.startswith("at://{did}/{rkey} {cover} {now}")


def test_mentions_are_looked_up(place):
    """An account that is there is notified, and that is said before; a name that nobody has is a text."""
    post = make_post(text="Thanks @friend.example.com, not @nobody.example.com")
    (said,) = [line for line in place.adapter.render(post).warnings if "mentions" in line]
    assert "@friend.example.com, @nobody.example.com" in said
    place.publish(post)
    kept = place.standin.posts[0].extra["record"]
    assert [facet["features"][0]["did"] for facet in kept["facets"]] == ["did:plc:friendfriendfriendfriend"]


def test_a_mention_that_cannot_be_looked_up_now_is_not_dropped(place):
    """Without an answer nothing is sent."""

    def handle(request):
        failing = request.path.endswith("resolveHandle")
        return Response(502, {"error": "UpstreamFailure"}) if failing else place.standin.handle(request)

    with pytest.raises(Unavailable):
        place.publish(make_post(text="Thanks @friend.example.com"), place.answering(handle))
    assert place.standin.posts == []


def test_a_cover_that_cannot_be_taken_names_the_way_out(place):
    """A picture that is refused stops the post, and the option that leaves it out is named."""
    http = place.http()

    async def refuse(url, *, limit, types):
        assert (url, limit) == (COVER.url, 1_000_000)
        raise Rejected(f"{url} has more than {limit:,} bytes", field="cover", next="change the picture")

    http.picture = refuse
    with pytest.raises(Rejected) as caught:
        place.publish(make_post(cover=COVER), http)
    assert (caught.value.field, "`cover = false`" in caught.value.next) == ("cover", True)
    assert place.standin.posts == []
    place.adapter = replace(place.adapter, cover=False)
    place.publish(make_post(cover=COVER))
    assert "thumb" not in place.standin.posts[0].extra["record"]["embed"]["external"]


def test_a_local_cover_is_left_out_with_a_warning(place):
    """Only what is on the web can be fetched."""
    draft = place.adapter.render(make_post(cover=Image("cover.png")))
    assert "thumb" not in draft.parts[0].payload["record"]["embed"]["external"]
    assert any("cover.png" in warning for warning in draft.warnings)


def test_the_link_is_the_one_for_readers(place):
    """The card leads to what counts readers; without any address there is no card, and that is said."""
    assert record(place, link=f"{URL}?utm_source=bluesky")["embed"]["external"]["uri"].endswith("=bluesky")
    draft = place.adapter.render(make_post(canonical_url=None))
    assert "embed" not in draft.parts[0].payload["record"]
    assert any("canonical" in warning for warning in draft.warnings)


def test_tags_beyond_the_text_are_the_record_s(place):
    """Four hashtags in the text, up to eight more that searches find; what is left out after that is said."""
    post = make_post(tags=tuple(f"tag{letter}" for letter in "abcdefghijklm"))
    draft = place.adapter.render(post)
    sent = draft.parts[0].payload["record"]
    assert sent["text"].endswith("#taga #tagb #tagc #tagd")
    assert sent["tags"] == [f"tag{letter}" for letter in "efghijkl"]
    assert any("tagm" in warning and "left out" in warning for warning in draft.warnings)
    assert any("tage" in warning and "not shown" in warning for warning in draft.warnings)
    place.publish(post)
    assert len(place.standin.posts[0].tags) == 12


def test_the_author_s_own_text(place):
    """It is the whole text; the card is there all the same, and the post's tags are the record's."""
    sent = record(place, text="Read this: https://a.org/x")
    assert (sent["text"], sent["tags"]) == ("Read this: https://a.org/x", ["python", "linux"])
    assert sent["embed"]["external"]["uri"] == URL
    with pytest.raises(Rejected) as caught:
        record(place, text="Word " * 80)
    assert (caught.value.field, bool(caught.value.next)) == ("text", True)


@pytest.mark.parametrize(("tag", "sent"), [("en", "en"), ("pt-br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW")])
def test_the_language_is_written_as_usual(place, tag, sent):
    """One BCP 47 tag; none when the post has none."""
    assert record(place, language=tag)["langs"] == [sent]
    assert "langs" not in record(place)


def test_no_secret_is_shown(place):
    """The password is in the body of one request and nowhere else; tokens are in headers."""
    draft = place.adapter.render(make_post())
    assert PASSWORD not in repr(draft) + draft.parts[0].body().decode() + repr(place.adapter)
    place.publish(make_post())
    assert [PASSWORD in request.body.decode("utf-8", "replace") for request in place.requests] == [True, False, False]
    assert not any(PASSWORD in str(request.query) + str(request.headers) for request in place.requests)


@pytest.mark.parametrize("name", ["release", "plain"])
def test_golden(place, name):
    """A change in what Bluesky would get shows up as a change of a recorded file."""
    check_golden("bluesky", name, place.adapter.render(sample_post(name, "bluesky")))


def test_golden_chinese(place):
    """Offsets are in bytes, and a text without spaces is cut within both limits."""
    lead = "写入一个文件而不让任何人读到一半，需要先写到旁边的临时文件，再改名。"
    post = make_post(title="原子写入", summary=lead * 20, tags=("编程", "Linux"), language="zh-cn", cover=COVER)
    check_golden("bluesky", "chinese", place.adapter.render(post))
