"""Mastodon: finding, listing, reading and changing what is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from syndicate.adapters._mastodon_text import Shown
from syndicate.adapters.mastodon import Mastodon
from syndicate.adapters.mastodon_standin import MastodonStandIn

from syndicate.adapter import Secret
from syndicate.errors import Rejected, Unavailable
from syndicate.standin import Received, Response
from syndicate.testing.rig import Rig

from .adapter_bridge import NOW, Place, collect, make_post, run

URL = "https://blog.example.org/posts/atomic-writes/"


@pytest.fixture
def place() -> Place:
    return Place(
        Mastodon(base_url="https://social.example", access_token=Secret.of("sandbox-mastodon-token")), MastodonStandIn
    )


def changing(place: Place, path: str, change):
    """The place, with `change` of what it answers to `path`."""

    def handle(request):
        answer = place.standin.handle(request)
        return change(answer) if request.path.endswith(path) else answer

    return place.answering(handle)


def test_the_same_key_is_the_same_status_for_an_hour(place):
    """What the safety of a second try rests on: within the hour the first status comes back."""
    first = place.publish(make_post())
    place.clock.pass_(3500)
    assert place.publish(make_post()) == first
    assert len(place.standin.posts) == 1
    place.clock.pass_(200)
    assert place.publish(make_post()) != first


def test_after_the_hour_the_list_decides(tmp_path):
    """Lost for good and the key gone: looked for, not there, so it is sent again; one status in the end."""
    with Rig(tmp_path, Mastodon, MastodonStandIn) as rig:
        rig.play("error_before")
        assert rig.run().state == "unknown"
        rig.clock.offset += Mastodon.dedupe.window + 60
        assert rig.run().state == "published"
        assert (len(rig.received), rig.writes) == (1, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {
            "title": 'Tom & Jerry <3 “quotes” "plain"',
            "summary": "A &amp; B, 1 < 2 > 0, and then some more words to fill.",
        },
        {"text": "Thanks @writer@mastodon.example!\nSecond line.\n\nAnd https://example.org/a?b=1&c=2#d"},
        {"summary": "Cafe\u0301 \U0001f469\u200d\U0001f4bb 中文, and some more words so that this is a lead at all."},
        {"canonical_url": None},
    ],
    ids=["plain", "escaped", "mention", "not composed", "no link"],
)
def test_finds_what_a_lost_answer_left(place, changes):
    """The list shows HTML, links in pieces and mentions without hosts; the status is known all the same."""
    published = place.publish(make_post(**changes))
    found = place.find(make_post(**changes))
    assert found is not None
    assert (found.id, found.url) == (published.id, published.url)


def test_finds_a_text_that_is_shown_in_another_form(place):
    """Where a fork makes bold of stars, the source tells; only for what leads to the same place."""
    post = make_post(title="Some *stars*")
    published = place.publish(post)
    place.publish(make_post(title="Another", canonical_url="https://blog.example.org/another/", key="2"))

    def formatted(answer):
        for one in answer.body:
            one["content"] = one["content"].replace("*stars*", "<em>stars</em>")
        return answer

    found = place.find(post, http=changing(place, "/statuses", formatted))
    assert found is not None
    assert found.id == published.id
    assert [request.path for request in place.requests if "source" in request.path] == [
        f"/api/v1/statuses/{published.id}/source"
    ]


@pytest.mark.parametrize("change", [{"title": "Another"}, {"canonical_url": "https://blog.example.org/other/"}])
def test_does_not_take_another_post_for_ours(place, change):
    """Another text or another link is another post."""
    place.publish(make_post(**change))
    assert place.find(make_post()) is None


def test_does_not_take_an_old_post_for_ours(place):
    """What is older than a minute before the first try is not what the try left."""
    place.publish(make_post())
    assert place.find(make_post(), at=NOW + timedelta(seconds=59)) is not None
    assert place.find(make_post(), at=NOW + timedelta(seconds=61)) is None


def test_looks_further_than_one_page(place):
    """A hundred statuses since the first try do not hide ours."""
    place.publish(make_post())
    first = int(place.standin.posts[0].id)
    extra = {"spoiler_text": ""}
    place.standin.posts += [
        Received(str(first + n), "", f"Filler {n}", at=NOW.timestamp(), extra=extra) for n in range(1, 101)
    ]
    assert place.find(make_post()) is not None
    assert sum(request.path.endswith("/1/statuses") for request in place.requests) == 3


@pytest.mark.parametrize("answer", [Response(200, "<html>"), Response(200, {}), Response(200, [{}]), Response(500)])
def test_an_unreadable_list_is_not_an_empty_one(place, answer):
    """What cannot be read is Unavailable: "absent" is only said after having looked."""
    with pytest.raises(Unavailable):
        place.find(make_post(), http=changing(place, "/1/statuses", lambda _: answer))


def test_recent_lists_what_one_has_posted(place):
    """Newest first, with the last link; answers and direct messages are not posts."""
    place.publish(make_post())
    place.clock.pass_(4000)
    place.publish(make_post(text="No link here", canonical_url=None))
    first, second = place.standin.posts
    assert [(one.id, one.canonical_url) for one in collect(place.adapter.recent(place.http()))] == [
        (second.id, None),
        (first.id, URL),
    ]
    first.reply_to, second.extra["visibility"] = "7", "direct"
    assert collect(place.adapter.recent(place.http())) == []


def test_read_says_what_was_changed_there(place):
    """As sent, edited (text or warning), gone; an edit of white space at line ends is none."""
    place.adapter = replace(place.adapter, spoiler_text="Files")
    published, part = place.publish(make_post()), place.part(make_post())
    assert run(place.adapter.read(part, published, place.http())) == part
    place.standin.posts[0].extra["spoiler_text"] = "Another"
    edited = run(place.adapter.read(part, published, place.http()))
    assert (edited.payload["spoiler_text"], edited.text) == ("Another", part.text)
    place.standin.edit(published.id, "Words")
    edited = run(place.adapter.read(part, published, place.http()))
    assert (edited.payload["status"], edited.text, edited.count) == ("Words", "Words", 12)
    place.standin.remove(published.id)
    assert run(place.adapter.read(part, published, place.http())) is None


def test_read_without_a_source_compares_what_is_shown(place):
    """A server without `/source` shows the text as HTML: what was changed can be told from it."""
    post = make_post(text="Thanks @writer@mastodon.example & all")
    published, part = place.publish(post), place.part(post)
    http = changing(place, "/source", lambda _: Response(404, {"error": "Record not found"}))
    assert run(place.adapter.read(part, published, http)) == part
    place.standin.edit(published.id, "Words <b>")
    http = changing(place, "/source", lambda _: Response(404, {"error": "Record not found"}))
    assert run(place.adapter.read(part, published, http)).text == "Words <b>"
    place.standin.edit(published.id, part.text)
    place.standin.posts[0].extra["spoiler_text"] = "Files"
    http = changing(place, "/source", lambda _: Response(404, {"error": "Record not found"}))
    assert run(place.adapter.read(part, published, http)).payload["spoiler_text"] == "Files"


def test_another_site_does_not_say_that_it_is_gone(place):
    """A 404 that is not Mastodon's is a failure, not "gone"."""
    published, part = place.publish(make_post()), place.part(make_post())
    with pytest.raises(Rejected, match="HTML"):
        run(place.adapter.read(part, published, place.answering(Response(404, "<html>"))))


def test_update_and_delete(place):
    """An update changes the one that is there, also when repeated; a deleted one is told to be missing."""
    published = place.publish(make_post())
    part = place.part(make_post(title="New"))
    for _ in range(2):
        assert run(place.adapter.update(part, published, place.http())) == published
    assert [post.text.split("\n")[0] for post in place.standin.posts] == ["New"]
    assert "visibility" not in place.requests[0].json()
    run(place.adapter.delete(published, place.http()))
    assert place.standin.posts == []
    with pytest.raises(Rejected) as caught:
        run(place.adapter.update(part, published, place.http()))
    assert caught.value.field == "id"


def test_html_is_read_as_text():
    """Paragraphs, line ends, escapes; mentions and hashtags are no links."""
    html = (
        '<p>One &amp; <span class="h-card"><a href="https://a.example/@w" class="u-url mention">@<span>w</span></a></span>'
        '<br />two</p><p><a href="https://a.example/?b=1&amp;c=2" rel="nofollow"><span class="invisible">https://</span>'
        'a.example/?b=1&amp;c=2</a> <a href="https://a.example/tags/x" class="mention hashtag">#<span>x</span></a></p>'
    )
    assert Shown.of(html) == Shown("One & @w\ntwo\n\nhttps://a.example/?b=1&c=2 #x", ("https://a.example/?b=1&c=2",))
