"""X: the copy that is there now, against what was sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from syndicate.adapters.twitter import Twitter

from syndicate.adapter import Part, Post, Published
from syndicate.errors import Failure, NotEntitled, Unavailable
from syndicate.standin import Request, Response

from .adapter_bridge import make_http, make_post, run
from .twitter_bridge import BASE, URL, adapter, problem, publish, publish_all, standin

PROBLEMS = "https://api.x.com/2/problems/"


def read(place: Any, which: Twitter, what: Post, published: Published, part: int = 0) -> Part | None:
    http, requests = make_http(place, BASE)
    copy = run(which.read(which.render(what).parts[part], published, http))
    assert {request.method for request in requests} == {"GET"}
    return copy


def showing(place: Any, **there: Any) -> Any:
    """The same X, which shows a post with other fields."""

    def answer(request: Request) -> Response:
        said = place.handle(request)
        if request.path.startswith("/tweets/") and "data" in said.body:
            said.body["data"] |= there
        return said

    return answer


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "Tom & Jerry <3 “quotes”", "summary": "A &amp; B, 1 < 2 > 0"},
        {"summary": "See example.com and https://Example.org/a?b=1&c=2#d, then go."},
        {"summary": "Cafe\u0301 \U0001f469\u200d\U0001f4bb 中文"},
        {"text": "Mine:   spaced\n\n\n\nout https://blog.example.org"},
        {"canonical_url": None},
    ],
    ids=["plain", "escaped", "links in the text", "not composed", "white space", "no link"],
)
def test_it_is_as_it_was_sent(changes: dict[str, Any]):
    """Short links, escapes, composed letters and spaces are X's own: one request, and no change."""
    place, what = standin(), make_post(**changes)
    published = publish(place, adapter(), what)
    http, requests = make_http(place, BASE)
    part = adapter().render(what).parts[0]
    assert run(adapter().read(part, published, http)) == part
    assert [(request.method, request.path) for request in requests] == [("GET", f"/tweets/{published.id}")]


def test_every_part_of_a_thread_is_as_it_was_sent():
    """What a part answers is not in its text, and stays in its payload."""
    place, which = standin(), adapter(mode="thread")
    what = make_post(body="One.\n\n<!-- part -->\n\nTwo.")
    sent = publish_all(place, which, what)
    assert [read(place, which, what, one, n) for n, one in enumerate(sent)] == list(which.render(what).parts)
    place.edit(sent[1].id, "Three.")
    copy = read(place, which, what, sent[1], 1)
    assert copy.payload == {**which.render(what).parts[1].payload, "text": "Three."}
    assert copy.payload["reply"]


@pytest.mark.parametrize(
    ("old", "new"), [("rename", "move"), ("Write", "write"), ("atomic-writes/", "other/"), ("#python", "#Python")]
)
def test_another_text_is_told(old: str, new: str):
    """A word, its case, a link: with links as they are, not as X shortens them."""
    place, what = standin(), make_post()
    published = publish(place, adapter(), what)
    edited = place.posts[0].text.replace(old, new)
    assert edited != place.posts[0].text
    place.edit(published.id, edited)
    copy = read(place, adapter(), what, published)
    assert (copy.payload, copy.text) == ({"text": edited}, edited)
    assert copy.fingerprint != adapter().render(what).parts[0].fingerprint


def test_an_edited_post_is_read_in_its_newest_version():
    """Each edit makes a post with a new id, and the old id goes on showing the old text (doc: edit-posts)."""
    place, what = standin(), make_post()
    published = publish(place, adapter(), what)
    newest = publish(place, adapter(), make_post(title="Edited on X"))
    history = {"edit_history_tweet_ids": [published.id, newest.id]}
    copy = read(showing(place, **history), adapter(), what, published)
    assert "Edited on X" in copy.text
    place.remove(newest.id)
    assert read(showing(place, **history), adapter(), what, published) is None


@pytest.mark.parametrize("name", ["note_tweet", "note_post"])
def test_a_text_that_was_made_longer_is_told_whole(name: str):
    """Over 280 the whole text stands in a note, which X's documentation and OpenAPI spell differently."""
    place, what = standin(), make_post()
    published = publish(place, adapter(), what)
    links = {"urls": [{"url": "https://t.co/long", "expanded_url": URL}]}
    note = {"text": "More &amp; more. " * 30 + "https://t.co/long", "entities": links}
    copy = read(showing(place, **{name: note}), adapter(), what, published)
    assert copy.text == "More & more. " * 30 + URL
    assert copy.count > 280


def test_gone_is_told_in_each_of_its_shapes():
    """A problem with status 200, or with 404."""
    place, what = standin(), make_post()
    published = publish(place, adapter(), what)
    place.remove(published.id)
    assert read(place, adapter(), what, published) is None
    missing = problem(404, "Could not find tweet", f"{PROBLEMS}resource-not-found")
    assert read(lambda _: missing, adapter(), what, published) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(200, {"errors": [{"type": f"{PROBLEMS}not-authorized-for-resource", "detail": "no"}]}), NotEntitled),
        (Response(200, {"errors": [{"type": f"{PROBLEMS}resource-unavailable", "detail": "no"}]}), Unavailable),
        (
            Response(
                200,
                {"errors": [{"type": f"{PROBLEMS}{kind}"} for kind in ("resource-not-found", "resource-unavailable")]},
            ),
            Unavailable,
        ),
        (Response(200, {"errors": []}), Unavailable),
        (Response(200, {}), Unavailable),
        (Response(200, "<html>"), Unavailable),
        (problem(402, "no credits"), NotEntitled),
        (problem(404, "words"), Failure),
        (Response(503), Unavailable),
    ],
)
def test_any_other_refusal_does_not_tell_that_it_is_gone(answer: Response, kind: type[Failure]):
    """Nothing was said about the post, or something else than that it is not there."""
    place, what = standin(), make_post()
    published = publish(place, adapter(), what)
    with pytest.raises(kind):
        read(lambda _: answer, adapter(), what, published)


def test_links_that_are_not_resolved_are_no_change():
    """Without its entities a post shows short links: whether they are ours cannot be told."""
    place, what = standin(), make_post()
    published = publish(place, adapter(), what)
    with pytest.raises(Unavailable):
        read(showing(place, entities=None), adapter(), what, published)


def test_the_fields_asked_for_are_in_x_s_openapi():
    """By the documentation's names or the OpenAPI's: those that the adapter asks for."""
    from .adapter_bridge import shared

    contract = json.loads(shared("contracts", "x", "openapi.json").read_text())
    known = set(contract["components"]["parameters"]["PostFieldsParameter"]["schema"]["items"]["enum"])
    known |= {"note_tweet", "referenced_tweets"}  # there `note_post`; `referenced_posts` only in the answer
    place = standin()
    published = publish(place, adapter(), make_post())
    http, requests = make_http(place, BASE)
    run(adapter().read(adapter().render(make_post()).parts[0], published, http))
    assert set(requests[0].query["tweet.fields"].split(",")) <= known
