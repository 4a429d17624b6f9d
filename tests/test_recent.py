"""`recent`, which adopting is built on: what each platform lists, what it leaves out, and that it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from syndicate.adapters.devto import DevTo
from syndicate.adapters.devto_standin import DevToStandIn
from syndicate.adapters.hashnode import Hashnode
from syndicate.adapters.hashnode_standin import HashnodeStandIn
from syndicate.adapters.medium import Medium

from syndicate.adapter import Published, Secret
from syndicate.errors import Unavailable
from syndicate.standin import Request, Response

from . import reddit_bridge, twitter_bridge
from .adapter_bridge import NOW, Place, attempt, collect, make_http, make_post, run

PUBLICATION = "5f9a1c2b3d4e5f6a7b8c9d0e"


def devto(**options: Any) -> Place:
    return Place(DevTo(api_key=Secret.of("sandbox-dev-key"), **options), DevToStandIn)


def hashnode() -> Place:
    return Place(Hashnode(token=Secret.of("sandbox-hashnode-token"), publication_id=PUBLICATION), HashnodeStandIn)


def recent(adapter: Any, place: Any, base: str) -> list[Published]:
    http, requests = make_http(place, base, patience=0.0)
    listed = collect(adapter.recent(http))
    assert len(requests) < 20
    return listed


# ------------------------------------------------------------------ what is listed


def test_devto_lists_what_is_public():
    """Neither drafts nor articles whose time has not come."""
    place = devto(schedule=True)
    place.publish(make_post(draft=True))
    place.publish(make_post(title="Later", canonical_url=None, date=NOW + timedelta(days=2)))
    published = place.publish(make_post(title="Now"))
    (listed,) = collect(place.adapter.recent(place.http()))
    assert listed == Published(published.id, published.url, "Now", make_post().canonical_url)


def test_devto_lists_every_page():
    """More than one page of articles, each once, newest first."""
    place = devto()
    for number in range(230):
        place.clock.pass_(301)
        place.publish(make_post(title=f"Post {number}", canonical_url=None))
    titles = [item.title for item in collect(place.adapter.recent(place.http()))]
    assert titles == [f"Post {number}" for number in reversed(range(230))]


def test_hashnode_lists_every_page():
    """The publication's list is followed to its end."""
    place = hashnode()
    for number in range(120):
        place.publish(make_post(title=f"Post {number}", canonical_url=f"https://blog.example.org/{number}"))
    listed = collect(place.adapter.recent(place.http()))
    assert [item.canonical_url for item in listed] == [f"https://blog.example.org/{n}" for n in reversed(range(120))]


@pytest.mark.parametrize(
    ("body", "canonical"),
    [
        ("Words.", reddit_bridge.URL),
        (f"See {reddit_bridge.URL} for more.", None),
        ("Originally published at <https://elsewhere.example/a>\n\nWords.", reddit_bridge.URL),
    ],
)
def test_reddit_knows_the_original_of_a_self_post(body: str, canonical: str | None):
    """By the last line of the kind that we write; a link in the text proves nothing."""
    place, which = reddit_bridge.standin(), reddit_bridge.adapter(kind="self")
    reddit_bridge.publish(place, which, reddit_bridge.post(body=body))
    (listed,) = recent(which, place, reddit_bridge.BASE)
    assert (listed.title, listed.canonical_url) == ("A release", canonical)


@pytest.mark.parametrize("by", ["moderator", "deleted"])
def test_reddit_leaves_out_what_was_removed(by: str):
    """Nobody sees it, so there is nothing to adopt; `find` knows it all the same, so that it is not sent again."""
    place, which = reddit_bridge.standin(), reddit_bridge.adapter()
    published = reddit_bridge.publish(place, which, reddit_bridge.post())
    place.posts[0].extra["removed"] = by
    assert recent(which, place, reddit_bridge.BASE) == []
    http, _ = make_http(place, reddit_bridge.BASE)
    found = run(which.find(which.render(reddit_bridge.post()).parts[0], attempt(), http))
    assert found.id == published.id


def test_x_leaves_out_reposts():
    """They are in the timeline, and are others' posts."""
    place, which = twitter_bridge.standin(), twitter_bridge.adapter()
    twitter_bridge.publish(place, which, make_post(title="Another's"))
    twitter_bridge.publish(place, which, make_post())

    def answer(request: Request) -> Response:
        said = place.handle(request)
        if request.path.startswith("/users/2"):
            said.body["data"][1]["referenced_tweets"] = [{"type": "retweeted", "id": "12"}]
        return said

    assert [item.id for item in recent(which, answer, twitter_bridge.BASE)] == [place.posts[1].id]


@pytest.mark.parametrize(
    "link",
    [
        {"expanded_url": "https://x.com/me/status/1/photo/1", "media_key": "3_1"},
        {"expanded_url": "https://t.co/unresolved"},
        {},
    ],
)
def test_x_takes_no_picture_and_no_short_link_for_the_original(link: dict[str, str]):
    """Pictures stand last among a post's links; the original is the last one that leads somewhere else."""
    place, which = twitter_bridge.standin(), twitter_bridge.adapter()
    twitter_bridge.publish(place, which, make_post())

    def answer(request: Request) -> Response:
        said = place.handle(request)
        if request.path.startswith("/users/2"):
            said.body["data"][0]["entities"]["urls"].append({"url": "https://t.co/other", **link})
        return said

    (listed,) = recent(which, answer, twitter_bridge.BASE)
    assert (listed.title, listed.canonical_url) == (None, twitter_bridge.URL)


def test_medium_has_no_list_and_cannot_be_read():
    """Its API only creates: neither ability is claimed."""
    assert not hasattr(Medium, "recent")
    assert not hasattr(Medium, "read")


# ------------------------------------------------------------------ lists without an end


def endless_devto() -> tuple[Any, Any, str]:
    place = devto()
    place.publish(make_post())
    whole = place.standin.handle
    return place.adapter, lambda r: whole(Request(r.method, r.path, {}, r.headers, r.body)), place.adapter.base_url


def endless_hashnode() -> tuple[Any, Any, str]:
    """Two cursors by turns, so that none is named twice in a row."""
    place = hashnode()
    place.publish(make_post())

    def answer(request: Request) -> Response:
        said = place.standin.handle(request)
        other = "1" if (request.json()["variables"].get("after") or "") != "1" else "2"
        for connection in ("posts", "drafts"):
            said.body["data"]["publication"][connection]["pageInfo"] = {"hasNextPage": True, "endCursor": other}
        said.body["data"]["publication"]["post"] = None
        return said

    return place.adapter, answer, place.adapter.base_url


def hashnode_without_a_cursor() -> tuple[Any, Any, str]:
    adapter, answer, base = endless_hashnode()

    def without(request: Request) -> Response:
        said = answer(request)
        said.body["data"]["publication"]["posts"]["pageInfo"]["endCursor"] = None
        return said

    return adapter, without, base


def endless_reddit() -> tuple[Any, Any, str]:
    place = reddit_bridge.standin()

    def answer(request: Request) -> Response:
        said = place.handle(request)
        if request.path.startswith("/user/"):
            said.body["data"]["after"] = "t3_b" if request.query.get("after") == "t3_a" else "t3_a"
        return said

    return reddit_bridge.adapter(), answer, reddit_bridge.BASE


def endless_x() -> tuple[Any, Any, str]:
    place = twitter_bridge.standin()

    def answer(request: Request) -> Response:
        if not request.path.startswith("/users/2"):
            return place.handle(request)
        return Response(200, {"meta": {"next_token": "b" if request.query.get("pagination_token") == "a" else "a"}})

    return twitter_bridge.adapter(), answer, twitter_bridge.BASE


def test_a_next_page_without_a_name_is_not_asked_for():
    """There is said to be more, and not what: asking without a cursor would give the first page once more."""
    adapter, answer, base = hashnode_without_a_cursor()
    http, requests = make_http(answer, base)
    with pytest.raises(Unavailable):
        collect(adapter.recent(http))
    assert len(requests) == 1


@pytest.mark.parametrize(
    "endless", [endless_devto, endless_hashnode, hashnode_without_a_cursor, endless_reddit, endless_x]
)
def test_a_list_without_an_end_is_a_failure(endless: Any):
    """A cursor that comes back would be followed for ever; and "looked at all of it" would be wrong for `find`."""
    adapter, answer, base = endless()
    with pytest.raises(Unavailable):
        recent(adapter, answer, base)
    part = adapter.render(make_post(title="Not there", canonical_url="https://blog.example.org/none")).parts[0]
    http, _ = make_http(answer, base)
    with pytest.raises(Unavailable):
        run(adapter.find(part, attempt(), http))
