"""Ghost: what its answers mean, what is found, what was changed there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from syndicate.adapters._ghost_answers import explain
from syndicate.adapters.ghost import Ghost
from syndicate.adapters.ghost_standin import GhostStandIn

from syndicate.adapter import Image, Published, Secret
from syndicate.answer import Answer
from syndicate.errors import NotEntitled, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, attempt, collect, make_post, run

HTML = b"<!DOCTYPE html><title>Blocked</title>"
FULL = make_post(
    summary="How & why.",
    cover=Image("https://img.example.net/c.png", "A disk"),
    body='It isn\'t *two* [links](https://a.example/).\n\n    x\n      indented\n\n<iframe src="https://v.example/1"></iframe>\n',
)


@pytest.fixture
def site() -> Place:
    key = Secret.of(GhostStandIn.options["admin_api_key"])
    return Place(Ghost(base_url="https://www.example.org/", admin_api_key=key), GhostStandIn)


def said(kind: str, message: str = "No.", context: str = "", **more: object) -> bytes:
    return json.dumps({"errors": [{"message": message, "context": context, "type": kind, **more}]}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "field"),
    [
        (400, said("BadRequestError", "Invalid token", code="INVALID_JWT"), Unauthorized, None),
        (400, said("BadRequestError", context="Image processing failed"), Rejected, None),
        (401, said("UnauthorizedError", code="UNKNOWN_ADMIN_API_KEY"), Unauthorized, None),
        (401, HTML, Unauthorized, None),
        (403, said("NoPermissionError", "Authorization failed"), Unauthorized, None),
        (403, said("NoPermissionError"), NotEntitled, None),
        (403, said("HostLimitError"), NotEntitled, None),
        (403, HTML, NotEntitled, None),
        (404, said("NotFoundError", context="Post not found."), Rejected, "id"),
        (404, HTML, Rejected, "base_url"),
        (409, said("UpdateCollisionError", code="UPDATE_COLLISION"), Rejected, None),
        (415, said("UnsupportedMediaTypeError"), Rejected, None),
        (422, said("ValidationError", property="custom_excerpt"), Rejected, "summary"),
        (422, said("ValidationError", property="title"), Rejected, "title"),
    ],
)
def test_refusals(status, body, kind, field):
    """Each refusal has the kind that says what comes next, the field where one is meant, and advice."""
    failure = explain(Answer(status, {}, body, NOW))
    assert type(failure) is kind
    assert getattr(failure, "field", None) == field
    assert failure.next


@pytest.mark.parametrize("status", [200, 201, 409, 429, 500, 503])
def test_what_the_status_says_well_enough(status):
    """Success, too often, and the server's own trouble are left to the core."""
    assert explain(Answer(status, {}, said("InternalServerError"), NOW)) is None


def test_the_words_are_ghost_s_own():
    """Message and context: the first says what failed, the second why."""
    body = said("ValidationError", "Validation error, cannot save post.", "Value in [posts.title] exceeds 255.")
    failure = explain(Answer(422, {}, body, NOW))
    assert failure.message == "Ghost: Validation error, cannot save post.: Value in [posts.title] exceeds 255."


def test_an_answer_without_a_post_leaves_it_open(site):
    """A proxy's 200 is no proof of anything."""
    handle = site.standin.handle

    def lost(request):
        done = handle(request)
        return Response(200, "<html>") if request.method == "POST" else done

    with pytest.raises(OutcomeUnknown):
        site.publish(make_post(), site.answering(lost))
    assert site.find(make_post()).id == site.standin.posts[0].id


@pytest.mark.parametrize("options", [{}, {"draft": True}])
def test_find(site, options):
    """Ours is found whatever its state, also under a slug that was taken, and under another title."""
    post = make_post(**options)
    assert site.find(post) is None
    site.publish(make_post(key="another"))
    assert site.find(post) is None
    published = site.publish(post)
    assert site.find(post) == published
    site.standin.posts[1].title = "Edited already"
    assert site.find(post) == published
    site.standin.posts[1].extra["slug"] = "atomic-writes-in-go"
    assert site.find(post) is None


def test_find_by_title_where_the_marker_is_gone(site):
    """Only what has been made since the attempt, with our slug and title."""
    post = make_post(canonical_url=None)
    published = site.publish(post)
    site.standin.posts[0].extra["codeinjection_foot"] = "<script>their own</script>"
    assert site.find(post) == published
    assert site.find(post, NOW + timedelta(hours=1)) is None
    assert site.find(make_post(canonical_url="https://a.example/atomic-writes/", title="Another")) is None


def test_lists_are_read_to_their_end(site):
    """The post may stand on the second page; a list that names its first page for ever is a failure."""
    published = site.publish(make_post())
    handle = site.standin.handle

    def page(following):
        return Response(200, {"posts": [], "meta": {"pagination": {"next": following}}})

    def paged(request):
        first = replace(request, query={**request.query, "page": "1"})
        return page(2) if request.query["page"] == "1" else handle(first)

    assert site.find(make_post(), http=site.answering(paged)) == published
    with pytest.raises(Unavailable):
        site.find(make_post(), http=site.answering(page(2)))


def read(site, post, published, http=None):
    return run(site.adapter.read(site.part(post), published, http or site.http()))


@pytest.mark.parametrize(
    ("name", "there", "told"),
    [
        ("title", "Other", "Other"),
        ("html", "<p>Other</p>", "<p>Other</p>"),
        ("tags", [{"name": "go"}], ["{tag:go}"]),
        ("custom_excerpt", None, None),
        ("canonical_url", "https://other.example/", "https://other.example/"),
        ("feature_image", None, None),
        ("feature_image_alt", "Other", "Other"),
    ],
)
def test_read_tells_each_field_that_was_changed(site, name, there, told):
    """It comes back as it is there now, all else as it was sent."""
    published = site.publish(FULL)
    part = site.part(FULL)
    assert read(site, FULL, published) == part
    shown = site.standin.handle

    def changed(request):
        (post,) = shown(request).body["posts"]
        return Response(200, {"posts": [{**post, name: there}]})

    copy = read(site, FULL, published, site.answering(changed))
    assert copy.payload == {"posts": [{**part.payload["posts"][0], name: told}]}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("<em>two</em>", "<strong>two</strong>", False),
        ("<em>two</em>", "two", False),
        ("https://a.example/", "https://b.example/", False),
        ("  indented", "indented", False),
        ("isn't", "isn&#39;t", True),
        ("<p>", '<p class="x">', True),
        ("<em>two</em>", "<i>two</i>", True),
    ],
)
def test_read_knows_an_edit_from_what_ghost_makes_of_it(site, old, new, same):
    """Words, marks, links and code count; how they are written does not."""
    published = site.publish(FULL)
    kept = site.standin.posts[0]
    assert old in kept.text
    kept.text = kept.text.replace(old, new, 1)
    assert (read(site, FULL, published) == site.part(FULL)) is same


def test_read_tells_what_is_gone(site):
    """Deleted, or taken back from readers; a draft that was published by hand is as it was sent."""
    published = site.publish(make_post())
    site.standin.posts[0].extra["status"] = "draft"
    assert read(site, make_post(), published) is None
    site.standin.remove(published.id)
    assert read(site, make_post(), published) is None
    draft = make_post(draft=True)
    published = site.publish(draft)
    site.standin.posts[0].extra["status"] = "published"
    assert read(site, draft, published) == site.part(draft)


@pytest.mark.parametrize("body", ["<html>", [], {"posts": []}, {"posts": [{"id": "1"}]}])
def test_what_is_no_post_is_not_compared(site, body):
    """A page, or another post, says nothing about ours; nor does a site without the API."""
    published = site.publish(make_post())
    with pytest.raises(Unavailable):
        read(site, make_post(), published, site.answering(Response(200, body)))
    with pytest.raises(Rejected):
        read(site, make_post(), published, site.answering(Response(404, "<html>")))


def test_update_changes_what_is_there(site):
    """The address and the page's own code stay; a draft that was published by hand stays published."""
    published = site.publish(make_post(draft=True))
    kept = site.standin.posts[0]
    kept.extra |= {"status": "published", "codeinjection_foot": "<script>their own</script>"}
    changed = make_post(
        draft=True, title="New", body="New text.\n", tags=("go",), canonical_url="https://a.example/new/"
    )
    run(site.adapter.update(site.part(changed), published, site.http()))
    assert (kept.extra["slug"], kept.extra["status"], kept.tags) == ("atomic-writes", "published", ("go",))
    assert kept.extra["codeinjection_foot"] == "<script>their own</script>"
    assert read(site, changed, published) == site.part(changed)


def test_update_does_not_overwrite_what_was_saved_meanwhile(site):
    """Somebody saves between the reading and the write: refused, with what to do; nothing was changed."""
    published = site.publish(make_post())
    handle = site.standin.handle

    def raced(request):
        answer = handle(request)
        if request.method == "GET" and published.id in request.path:
            site.standin.posts[0].extra["updated_at"] = "2026-11-03T12:00:30.000Z"
        return answer

    with pytest.raises(Rejected) as caught:
        run(site.adapter.update(site.part(make_post(title="New")), published, site.answering(raced)))
    assert "syndicate update" in caught.value.next
    assert site.standin.posts[0].title == "Atomic writes"


def test_update_of_what_is_gone(site):
    """It is not made anew."""
    with pytest.raises(Rejected) as caught:
        run(site.adapter.update(site.part(make_post()), Published("65f1c0ffee65f1c0ffee65f1"), site.http()))
    assert caught.value.field == "id"
    assert {one.method for one in site.requests} == {"GET"}


def test_delete_is_safe_to_repeat(site):
    """What is gone is deleted; a site whose API is gone does not count as done."""
    published = site.publish(make_post())
    for _ in range(2):
        run(site.adapter.delete(published, site.http()))
        assert site.standin.posts == []
    with pytest.raises(Rejected):
        run(site.adapter.delete(published, site.answering(Response(404, "<html>"))))


def test_recent_is_what_readers_see(site):
    """Newest first, with canonical URLs, no drafts."""
    first = site.publish(make_post())
    second = site.publish(make_post(key="2", title="Two", canonical_url=None))
    site.publish(make_post(key="3", title="Three", canonical_url=None, draft=True))
    canonical = "https://blog.example.org/posts/atomic-writes/"
    assert collect(site.adapter.recent(site.http())) == [
        Published(second.id, second.url, "Two", None),
        Published(first.id, first.url, "Atomic writes", canonical),
    ]


def test_check_names_the_site_and_tries_the_key(site):
    """What anybody may see is not enough: a key that is not accepted is told."""
    account = run(site.adapter.check(site.http()))
    assert (account.name, account.detail) == ("Sandbox", "http://sandbox/ghost/, Ghost 6.0")
    wrong = replace(site.adapter, admin_api_key=Secret.of("65f1c0ffee65f1c0ffee65f1:" + "ab" * 32))
    for ask in (wrong.check, lambda http: wrong.find(site.part(make_post()), attempt(), http)):
        with pytest.raises(Unauthorized):
            run(ask(site.http()))
