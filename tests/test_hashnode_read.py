"""Hashnode: the copy that is there now, against what was sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syndicate.adapters.hashnode import Hashnode
from syndicate.adapters.hashnode_standin import HashnodeStandIn

from syndicate.adapter import Image, Part, Post, Published, Secret
from syndicate.errors import Failure, NotEntitled, Rejected, Unauthorized, Unavailable
from syndicate.standin import Request, Response

from .adapter_bridge import Place, make_post, run
from .test_hashnode import PUBLICATION, TOKEN, mistakes

FULL = make_post(summary="How to write.", cover=Image("https://blog.example.org/c.png"))


@pytest.fixture
def site() -> Place:
    return Place(Hashnode(token=Secret.of(TOKEN), publication_id=PUBLICATION), HashnodeStandIn)


def read(site: Place, post: Post, published: Published) -> Part | None:
    return run(site.adapter.read(site.part(post), published, site.http()))


def shown(site: Place, post: Post, published: Published, **there) -> Part | None:
    """What `read` makes of a post or draft that shows other fields than the stand-in's."""

    def answer(request: Request) -> Response:
        ((kind, node),) = site.standin.handle(request).body["data"].items()
        return Response(200, {"data": {kind: {**node, **there}}})

    return run(site.adapter.read(site.part(post), published, site.answering(answer)))


def refused(code: str, status: int = 200) -> Response:
    return Response(status, {"data": None, "errors": [{"message": "no", "extensions": {"code": code}}]})


@pytest.mark.parametrize("draft", [False, True])
def test_one_query_that_the_live_schema_allows(site, draft):
    """Post and draft each have their query, and come back as they were sent with all their fields."""
    post = replace(FULL, draft=draft)
    published = site.publish(post)
    assert read(site, post, published) == site.part(post)
    (request,) = site.requests
    assert not site.standin.writes(request)
    assert mistakes(request.json()) == []


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({"title": "Another title"}, {"title": "Another title"}),
        ({"subtitle": None}, {"subtitle": None}),
        ({"content": {"markdown": "Another text."}}, {"contentMarkdown": "Another text."}),
        ({"tags": [{"slug": "c", "name": "C", "id": "1"}]}, {"tags": [{"slug": "c", "name": "C"}]}),
        ({"tags": None}, {"tags": []}),
        ({"canonicalUrl": None}, {"originalArticleURL": None}),
        ({"coverImage": None}, {"coverImage": None}),
        ({"coverImage": {"url": "https://a.example/o.png"}}, {"coverImage": "https://a.example/o.png"}),
        ({"seo": {"description": "Other."}}, {"metaDescription": "Other."}),
    ],
)
def test_each_field_that_was_changed_is_told(site, there, told):
    """The part that comes back differs in that field alone."""
    published = site.publish(FULL)
    part = site.part(FULL)
    copy = shown(site, FULL, published, **there)
    assert copy.payload["variables"]["input"] == {**part.payload["variables"]["input"], **told}
    assert copy.payload["query"] == part.payload["query"]
    assert copy.text == told.get("contentMarkdown", part.text)
    assert copy.count == len(copy.body())


def test_a_draft_tells_changes_in_its_own_fields(site):
    """Cover and description are named differently in a draft's input."""
    post = replace(FULL, draft=True)
    published = site.publish(post)
    copy = shown(site, post, published, coverImage=None, seo={"description": "Other."})
    wanted = copy.payload["variables"]["input"]
    assert (wanted["coverImageOptions"], wanted["metaTags"]) == ({"coverImageURL": None}, {"description": "Other."})
    assert not {"coverImage", "metaDescription"} & set(wanted)


@pytest.mark.parametrize(
    "there",
    [
        {"content": {"markdown": "Write to a file beside it, then rename.\r\n\r\n"}},
        {"tags": [{"slug": "linux", "name": "Linux"}, {"slug": "python", "name": "Python"}]},
        {"canonicalUrl": "http://blog.example.org/posts/atomic-writes"},
        {"coverImage": {"url": "https://cdn.hashnode.com/uploads/1.png"}},
        {"seo": None},
        {"seo": {"description": None}},
    ],
)
def test_what_hashnode_tidies_is_no_change(site, there):
    """Line ends, the order and spelling of tags, a copy of the cover, a description that is not shown."""
    published = site.publish(FULL)
    assert shown(site, FULL, published, **there) == site.part(FULL)


def test_what_was_not_sent_is_not_compared(site):
    """A subtitle, cover or canonical URL that a person added there is theirs; updates leave it alone too."""
    post = make_post(canonical_url=None)
    published = site.publish(post)
    added = {"subtitle": "Mine", "coverImage": {"url": "https://a.example/c.png"}, "canonicalUrl": "https://a.example/"}
    assert shown(site, post, published, **added) == site.part(post)


@pytest.mark.parametrize(
    "answer", [refused("NOT_FOUND"), refused("NOT_FOUND", 404), Response(200, {"data": {"post": None}})]
)
def test_a_post_that_is_not_found_is_gone(site, answer):
    """Both ways in which the API may say so."""
    published = site.publish(make_post())
    assert run(site.adapter.read(site.part(make_post()), published, site.answering(answer))) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused("UNAUTHENTICATED"), Unauthorized),
        (refused("FORBIDDEN"), NotEntitled),
        (refused("BAD_USER_INPUT"), Rejected),
        (refused("INTERNAL_SERVER_ERROR"), Unavailable),
        (Response(200, {"data": {}}), Unavailable),
        (Response(200, "<html>"), Unavailable),
        (Response(404, "<html>"), Failure),
    ],
)
def test_any_other_refusal_does_not_tell_that_it_is_gone(site, answer, kind):
    """Nothing was said about the post."""
    published = site.publish(make_post())
    with pytest.raises(kind):
        run(site.adapter.read(site.part(make_post()), published, site.answering(answer)))


def test_a_draft_that_was_published_by_hand_is_compared_as_a_post(site):
    """It has another id then, and is known by its slug and canonical URL."""
    post = replace(FULL, draft=True)
    published = site.publish(post)
    site.standin.remove(published.id)
    assert read(site, post, published) is None
    site.publish(FULL)
    assert read(site, post, published) == site.part(post)
    site.standin.edit(site.standin.posts[0].id, "Another text.")
    assert read(site, post, published).text == "Another text."


def test_after_an_update_it_is_as_it_was_sent(site):
    """What `update` sends is what `read` compares with afterwards."""
    published = site.publish(FULL)
    changed = replace(FULL, title="Another title", body="Use fsync too.\n", tags=("c",), summary="Shorter.")
    assert read(site, changed, published) != site.part(changed)
    run(site.adapter.update(site.part(changed), published, site.http()))
    assert read(site, changed, published) == site.part(changed)
