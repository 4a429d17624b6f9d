"""Finding, listing and removing what is on X."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from syndicate.adapters.twitter import Twitter

from syndicate.adapter import Post, Published
from syndicate.errors import (
    Failure,
    Rejected,
    Unavailable,
)
from syndicate.kit import kit
from syndicate.standin import Received, Request, Response

from .adapter_bridge import NOW, attempt, collect, make_http, make_post, run
from .twitter_bridge import BASE, KEYS, URL, adapter, answering, problem, publish, publish_all, renewing, standin


def found(
    place: Any, which: Twitter, what: Post, *, part: int = 0, previous: Published | None = None, at: datetime = NOW
) -> Published | None:
    http, requests = make_http(place, BASE)
    result = run(which.find(which.render(what).parts[part], attempt(at=at, previous=previous), http))
    assert {request.method for request in requests} == {"GET"}
    return result


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "Tom & Jerry <3 \u201cquotes\u201d", "summary": "A &amp; B, 1 < 2 > 0"},
        {"summary": "See example.com and https://example.org/a?b=1&c=2#d, then go."},
        {"summary": "Cafe\u0301 \U0001f469\u200d\U0001f4bb 中文"},
        {"text": "Mine:   spaced\n\n\n\nout https://blog.example.org"},
        {"canonical_url": None},
    ],
    ids=["plain", "escaped", "links in the text", "not composed", "white space", "no link"],
)
def test_finds_what_a_lost_answer_left(changes: dict[str, Any]):
    """The timeline shows t.co links, escapes and composed letters; the post is known all the same."""
    place, what = standin(), make_post(**changes)
    published = publish(place, adapter(), what)
    seen = found(place, adapter(), what)
    assert seen is not None
    assert (seen.id, seen.url) == (published.id, published.url)


def test_finds_what_x_has_tidied():
    """X collapses white space and puts a final slash behind a bare host: still ours."""
    place, what = standin(), make_post(text="Out  now:\n\n\n\nhttps://example.org — read it")
    publish(place, adapter(), what)
    place.posts[0].text = "Out now:\n\nhttps://example.org/ — read it"
    assert found(place, adapter(), what) is not None


@pytest.mark.parametrize(
    "change", [{"title": "Another"}, {"canonical_url": "https://blog.example.org/other/"}, {"tags": ()}]
)
def test_does_not_take_another_post_for_ours(change: dict[str, Any]):
    """Another text or another link is another post."""
    place = standin()
    publish(place, adapter(), make_post(**change))
    assert found(place, adapter(), make_post()) is None


def test_does_not_take_an_old_post_for_ours():
    """What is older than a minute before the first try is not what the try left."""
    place = standin()
    publish(place, adapter(), make_post())
    assert found(place, adapter(), make_post(), at=NOW + timedelta(seconds=59)) is not None
    assert found(place, adapter(), make_post(), at=NOW + timedelta(seconds=61)) is None


def test_finds_the_part_of_the_right_thread():
    """Of two parts with the same text, the one that answers the right post is ours."""
    place, which = standin(), adapter(mode="thread")
    what = make_post(body="One.\n\n<!-- part -->\n\nTwo.")
    first, second = publish_all(place, which, what)
    assert found(place, which, what, part=1, previous=first) == Published(second.id, second.url, None, URL)
    assert found(place, which, what, part=1, previous=Published("12")) is None
    place.posts[0].reply_to = "12"
    assert found(place, which, what) is None


def test_answer_in_the_other_spelling_is_read_too():
    """X's OpenAPI says `referenced_posts` where its documentation says `referenced_tweets`."""
    place, which = standin(), adapter(mode="thread")
    what = make_post(body="One.\n\n<!-- part -->\n\nTwo.")
    first, _ = publish_all(place, which, what)

    def renamed(request: Request) -> Response:
        said = place.handle(request)
        return Response(said.status, json.loads(json.dumps(said.body).replace("referenced_tweets", "referenced_posts")))

    assert found(renamed, which, what, part=1, previous=first) is not None
    assert found(renamed, which, what, part=1, previous=Published("12")) is None


def test_looks_further_than_one_page():
    """More than a hundred posts since the first try do not hide ours."""
    place = standin()
    publish(place, adapter(), make_post())
    place.posts += [Received(str(n), "", f"Filler {n}", at=NOW.timestamp()) for n in range(250)]
    assert found(place, adapter(), make_post()) is not None


@pytest.mark.parametrize(
    "answer",
    [Response(200, "<html>"), Response(200, {"errors": []}), Response(200, {"meta": {}, "data": [{}]}), Response(500)],
)
def test_unreadable_timeline_is_not_an_empty_one(answer: Response):
    """What cannot be read is Unavailable: "absent" is only said after having looked."""
    place = standin()
    with pytest.raises(Unavailable):
        found(lambda r: answer if r.path.startswith("/users/2") else place.handle(r), adapter(), make_post())


def test_recent_lists_newest_first():
    """The account's own posts, which have no title: the last link, with the short links resolved."""
    place = standin()
    publish(place, adapter(), make_post())
    publish(place, adapter(), make_post(title="Second", canonical_url=None, tags=()))
    http, requests = make_http(place, BASE)
    assert [(p.title, p.canonical_url) for p in collect(adapter().recent(http))] == [
        (None, None),
        (None, URL),
    ]
    assert int(requests[-1].query["max_results"]) <= 20  # each post read costs money


def test_delete_removes_the_post():
    """After deleting, the post is neither shown nor found."""
    place = standin()
    published = publish(place, adapter(), make_post())
    http, _ = make_http(place, BASE)
    run(adapter().delete(published, http))
    assert place.posts == []
    assert found(place, adapter(), make_post()) is None


def test_delete_with_an_empty_answer():
    """204 has no body, and is a success (doc: response-codes-and-errors)."""
    http, requests = make_http(lambda _: Response(204), BASE)
    run(adapter().delete(Published("7"), http))
    assert [(r.method, r.path) for r in requests] == [("DELETE", "/tweets/7")]


def test_metrics_and_account():
    """Views, likes and answers; whose credentials these are; a post that is gone is said to be."""
    place = standin()
    published = publish(place, adapter(), make_post())
    http, _ = make_http(place, BASE)
    metrics = run(adapter().metrics(published, http))
    assert (metrics.views, metrics.reactions, metrics.comments) == (0, 0, 0)
    account = run(adapter().check(http))
    assert (account.name, "OAuth 2.0" in account.detail) == ("@sandbox", True)
    place.posts.clear()
    with pytest.raises(Rejected, match="no longer"):
        run(adapter().metrics(published, http))


def test_handoff_is_x_s_own_window_filled_in():
    """By hand a person gets the window with the text in it, which costs nothing."""
    draft = kit(adapter(), make_post())
    page = draft.parts[0].payload["open"]
    assert draft.cost == 0
    assert page.startswith("https://x.com/intent/post?text=Atomic%20writes%0A%0A")
    assert unquote(page.partition("text=")[2]) == adapter().render(make_post()).parts[0].text


def test_no_secret_in_what_an_adapter_shows():
    """`repr` of the adapter and every failure on the way show no credential."""
    values = {key: f"value-of-{key}" for key in (*KEYS, "client_id", "client_secret", "refresh_token")}
    for which in (adapter(**values), renewing(client_secret="value-of-client_secret")):
        said = [repr(which), repr(which.render(make_post()))]
        for answer in (
            Response(500, "x"),
            problem(401, "x"),
            problem(403, "x"),
            httpx.ReadTimeout("x"),
            Response(201, "x"),
        ):
            with pytest.raises(Failure) as caught:
                publish(answering(answer), which, make_post())
            said.append(f"{caught.value!r} {caught.value.next} {caught.value.__cause__!r}")
        assert not [text for text in said if "value-of" in text or "sandbox-x-" in text]


def test_times_are_in_utc():
    """`start_time` is RFC 3339 in UTC, whatever zone the attempt's clock is in."""
    place = standin()
    http, requests = make_http(place, BASE)
    local = datetime(2026, 11, 3, 14, 0, tzinfo=UTC).astimezone()
    run(adapter().find(adapter().render(make_post()).parts[0], attempt(at=local), http))
    assert requests[-1].query["start_time"] == "2026-11-03T13:59:00Z"
