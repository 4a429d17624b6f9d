"""Whether a place shows a post already: asked without credentials, before and after a person posts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from syndicate.adapters.hackernews import HackerNews
from syndicate.adapters.hackernews_standin import HackerNewsStandIn
from syndicate.adapters.reddit import Reddit
from syndicate.adapters.reddit_standin import RedditStandIn

from syndicate.adapter import Adapter, Post, Published
from syndicate.errors import Failure, RateLimited, Unavailable
from syndicate.kit import kit
from syndicate.registry import standin_class
from syndicate.standin import Received, Request, Response
from syndicate.testing.rig import Rig

from .adapter_bridge import Clock, make_http, make_post, run

BASE = "http://sandbox/place/api"
URL = "https://blog.example.org/posts/atomic-writes/"


def seen(adapter: Adapter, place: Any, post: Post | None = None) -> tuple[Published | None, list[Request]]:
    """What is seen of a post, and what was asked for it."""
    part = kit(adapter, post or make_post()).parts[0]
    http, requests = make_http(place, adapter.base_url)
    return run(adapter.seen(part, http)), requests  # type: ignore[attr-defined]


def hacker_news() -> HackerNewsStandIn:
    return HackerNewsStandIn("http://sandbox/hackernews", Clock())


def submit(place: Any, url: str, title: str = "Atomic writes") -> Response:
    """What a browser sends when a person submits the form."""
    form = urlencode({"title": title, "url": url}).encode()
    return place.handle(Request("POST", "/submitlink", {}, {}, form))  # type: ignore[no-any-return]


# ------------------------------------------------------------------ Hacker News


def test_the_search_finds_words_not_addresses() -> None:
    """A story on the same host is a hit, and not the post; the post's own address is."""
    place, adapter = hacker_news(), HackerNews(base_url=BASE)
    assert seen(adapter, place)[0] is None
    submit(place, "https://blog.example.org/posts/other/")
    assert seen(adapter, place)[0] is None
    submit(place, "http://BLOG.example.org/posts/atomic-writes#top", "Somebody's title")
    found, requests = seen(adapter, place)
    assert found == Published("2", f"{BASE}/item?id=2", "Somebody's title", place.posts[1].link)
    assert [(request.method, request.path) for request in requests] == [("GET", "/api/v1/search")]
    assert requests[0].query == {
        "query": URL,
        "restrictSearchableAttributes": "url",
        "tags": "story",
        "hitsPerPage": "100",
    }


def test_the_newest_story_counts() -> None:
    """The same address may be submitted again after a while; what readers see now is the last one."""
    hits = [{"objectID": str(n), "url": URL, "created_at_i": at} for n, at in ((1, 10), (2, 30), (3, 20))]
    found, _ = seen(HackerNews(base_url=BASE), lambda _: Response(200, {"hits": hits}))
    assert found is not None
    assert found.id == "2"


def test_at_its_own_address_the_search_is_algolia_s() -> None:
    """The page and the search have hosts of their own; a story's address is the page's."""
    adapter = HackerNews()
    part = kit(adapter, make_post()).parts[0]
    http, requests = make_http(
        lambda _: Response(200, {"hits": [{"objectID": "9", "url": URL}]}), "https://hn.algolia.com"
    )
    found = run(adapter.seen(part, http))
    assert found is not None
    assert found.url == "https://news.ycombinator.com/item?id=9"
    assert len(requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Response(500, "x"),
        Response(200, "not JSON"),
        Response(200, {"hits": "none"}),
        Response(200, {"hits": [{"url": URL}]}),
        httpx.ReadTimeout("x"),
    ],
)
def test_a_search_that_fails_tells_nothing(answer: Any) -> None:
    """What cannot be read is a failure, never “it is not there”."""
    with pytest.raises(Unavailable):
        seen(HackerNews(base_url=BASE), lambda _: answer)


def test_found_before_and_after(tmp_path: Any) -> None:
    """A run prepares the kit; once the person has submitted, the next run finds the story and records it."""
    post = make_post(language="en")
    with Rig(tmp_path, HackerNews, HackerNewsStandIn, post=post) as rig:
        assert rig.run().state == "waiting"
        submit(rig.place.standin, URL)
        found = rig.run()
        assert (found.state, found.remote_id, found.error) == ("published", "1", None)
        assert found.url == f"{rig.base_url}/item?id=1"
        assert rig.run().action == "skip"
    with Rig(tmp_path / "b", HackerNews, HackerNewsStandIn, post=post) as rig:
        (tmp_path / "b").mkdir()
        submit(rig.place.standin, URL)
        assert rig.run().state == "published"
        assert not (tmp_path / "b" / "kits").exists()


def test_a_search_that_fails_stops_nobody(tmp_path: Any) -> None:
    """The kit is made all the same, with a note."""
    with Rig(tmp_path, HackerNews, HackerNewsStandIn, post=make_post()) as rig:
        rig.play("error_before", reads=True, times=50)
        delivery = rig.run()
        assert delivery.state == "waiting"
        assert any("could not be looked up" in warning for warning in delivery.warnings)


# ------------------------------------------------------------------ Reddit


def reddit(**options: Any) -> Reddit:
    return Reddit(base_url=BASE, subreddit="sandbox", **options)


def submission(**changes: Any) -> Received:
    extra = {"subreddit": "Sandbox", "kind": "link", "flair": "", "fullname": "t3_1", **changes.pop("extra", {})}
    return Received(**{"id": "1", "title": "T", "text": "", "link": URL, "at": 10.0, "extra": extra, **changes})


def test_reddit_is_asked_for_the_link() -> None:
    """The link in that subreddit, whoever posted it, without credentials; what was removed is not there."""
    place = RedditStandIn("http://sandbox/reddit", Clock())
    assert seen(reddit(), place)[0] is None
    place.posts.append(submission(extra={"subreddit": "elsewhere"}))
    place.posts.append(submission(extra={"removed": "moderator"}))
    assert seen(reddit(), place)[0] is None
    place.posts += [submission(id="2", extra={"fullname": "t3_2"}), submission(at=99.0, extra={"fullname": "t3_3"})]
    found, (request,) = seen(reddit(), place)
    assert found is not None
    assert found.id == "t3_3"
    assert (request.method, request.path, request.query["url"]) == ("GET", "/api/info.json", URL)
    assert "authorization" not in request.headers
    assert request.headers["user-agent"].startswith("python:syndicate:")


def test_a_text_is_not_looked_for() -> None:
    """A text has no address: nothing is asked."""
    found, requests = seen(reddit(kind="self"), lambda _: Response(500, "x"))
    assert (found, requests) == (None, [])


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Response(200, "<html>"), Unavailable),
        (Response(200, {"data": {"children": [{}]}}), Unavailable),
        (Response(503, "x"), Unavailable),
        (Response(429, "x"), RateLimited),
        (Response(403, {"message": "Forbidden"}), Failure),
    ],
)
def test_reddit_that_does_not_answer(answer: Response, failure: type[Failure]) -> None:
    """What cannot be read is a failure, never “it is not there”."""
    with pytest.raises(failure):
        seen(reddit(), lambda _: answer)


# ------------------------------------------------------------------ the stand-ins


@pytest.mark.parametrize(
    "name", ["hackernews", "stackoverflow", "hackernoon", "dzone", "infoq", "techcrunch", "opensource"]
)
def test_a_place_in_the_sandbox(name: str) -> None:
    """It shows a form filled in by the address, safe to look at; what a person submits is kept; nothing counts as a write."""
    place = standin_class(name)("http://sandbox/x", Clock())
    query = {"title": '<b>"T"', "t": '<b>"T"', "url": "https://e.org/", "u": "https://e.org/"}
    page = place.handle(Request("GET", "/new", query, {}, b""))
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert 'value="&lt;b&gt;&quot;T&quot;"' in page.body
    assert "<b>" not in page.body
    assert submit(place, "https://e.org/").status == 303
    assert [(post.title, post.link) for post in place.posts] == [("Atomic writes", "https://e.org/")]
    assert place.handle(Request("DELETE", "/new", {}, {}, b"")).status == 405
    assert not place.writes(Request("POST", "/new", {}, {}, b""))
    assert [place.refusal(kind, "7").status for kind in ("content", "auth", "entitlement", "rate")] == [
        422,
        401,
        403,
        429,
    ]


def test_the_story_s_title_does_not_matter() -> None:
    """Another title for the same address is the same post."""
    place = hacker_news()
    submit(place, URL, "Quite another title")
    assert seen(HackerNews(base_url=BASE), place, replace(make_post(), title="Mine"))[0] is not None
