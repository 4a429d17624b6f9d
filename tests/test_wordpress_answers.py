"""WordPress: what its answers mean, what is found, what was changed there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from syndicate.adapters._wordpress_answers import explain
from syndicate.adapters.wordpress import WordPress
from syndicate.adapters.wordpress_standin import WordPressStandIn

from syndicate.adapter import Published, Secret
from syndicate.answer import Answer
from syndicate.errors import Duplicate, NotEntitled, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, attempt, collect, make_post, run

HTML = b"<!DOCTYPE html><title>Blocked</title>"


@pytest.fixture
def site() -> Place:
    password = Secret.of(WordPressStandIn.options["password"])
    return Place(
        WordPress(base_url="https://www.example.org/", username="sandbox", password=password), WordPressStandIn
    )


def said(code: str, status: int, **data: object) -> bytes:
    problem = {"code": code, "message": "<strong>No</strong>.", "data": {"status": status, **data}}
    return json.dumps(problem).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "field"),
    [
        (400, said("rest_invalid_param", 400, params={"content": "too long"}), Rejected, "body"),
        (400, said("rest_invalid_param", 400, params={"slug": "no"}), Rejected, "slug"),
        (400, said("empty_content", 400), Rejected, None),
        (
            400,
            said("rest_invalid_param", 400, details={"status": {"code": "rest_forbidden_status"}}),
            Unauthorized,
            None,
        ),
        (400, said("term_exists", 400, term_id=7), Duplicate, "tags"),
        (401, said("incorrect_password", 401), Unauthorized, None),
        (401, HTML, Unauthorized, None),
        (403, said("rest_cannot_publish", 403), NotEntitled, None),
        (403, HTML, NotEntitled, None),
        (404, said("rest_post_invalid_id", 404), Rejected, "id"),
        (404, said("rest_no_route", 404), Rejected, "base_url"),
        (404, HTML, Rejected, "base_url"),
        (410, said("rest_already_trashed", 410), Rejected, "id"),
        (400, said("rest_upload_image_type_not_supported", 400), Rejected, "cover"),
        (500, said("rest_upload_sideload_error", 500), Rejected, "cover"),
    ],
)
def test_refusals(status, body, kind, field):
    """Each refusal has the kind that says what comes next, the field where one is meant, and advice."""
    failure = explain(Answer(status, {}, body, NOW))
    assert type(failure) is kind
    assert getattr(failure, "field", None) == field
    assert failure.next
    assert "<" not in failure.message


@pytest.mark.parametrize("status", [200, 201, 429, 500, 503])
def test_what_the_status_says_well_enough(status):
    """Success, too often, and the server's own trouble are left to the core."""
    assert explain(Answer(status, {}, said("db_insert_error", status), NOW)) is None


def test_a_known_tag_tells_its_id():
    """The refusal is the answer to the question."""
    failure = explain(Answer(400, {}, said("term_exists", 400, term_id=7), NOW))
    assert isinstance(failure, Duplicate)
    assert failure.existing == Published("7")


def test_an_answer_without_a_post_leaves_it_open(site):
    """A proxy's 200 is no proof of anything."""
    handle = site.standin.handle

    def lost(request):
        done = handle(request)
        return Response(200, "<html>") if request.method == "POST" and request.path.endswith("/posts") else done

    with pytest.raises(OutcomeUnknown):
        site.publish(make_post(), site.answering(lost))
    assert site.find(make_post()) == Published("10", site.standin.post_url("10"))


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
    site.standin.posts[1].extra["status"] = "trash"
    assert site.find(post) is None


def test_find_by_title_where_the_marker_is_gone(site):
    """Only what has been made since the attempt, with our slug and title."""
    published = site.publish(make_post())
    site.standin.posts[0].text = "<p>Another text.</p>"
    assert site.find(make_post()) == published
    assert site.find(make_post(), NOW + timedelta(hours=1)) is None
    assert site.find(make_post(title="Another title")) is None


def test_lists_are_read_to_their_end(site):
    """The post may stand on the second page; a list that names its first page for ever is a failure."""
    published = site.publish(make_post())
    handle = site.standin.handle
    other = {"id": 99, "slug": "other", "content": {"raw": ""}, "title": {"raw": ""}}

    def paged(request):
        if request.query["page"] == "1":
            return Response(200, [other], {"X-WP-TotalPages": "2"})
        return handle(replace(request, query={**request.query, "page": "1"}))

    assert site.find(make_post(), http=site.answering(paged)) == published
    endless = Response(200, [other], {"X-WP-TotalPages": "900"})
    with pytest.raises(Unavailable):
        site.find(make_post(), http=site.answering(endless))


def read(site, post, published, http=None):
    return run(site.adapter.read(site.part(post), published, http or site.http()))


def test_read_tells_each_field_that_was_changed(site):
    """Title, text, excerpt and tags come back as they are there now, all else as it was sent."""
    post = make_post(summary='How "&" why', title="A < b & c", body="One *two* [three](https://a.example/).\n")
    published = site.publish(post)
    kept = site.standin.posts[0]
    part = site.part(post)
    assert read(site, post, published) == part
    before = (kept.title, kept.text, kept.tags, dict(kept.extra))
    for change, field, there in (
        (lambda: setattr(kept, "title", "Other"), "title", "Other"),
        (lambda: setattr(kept, "text", "<p>Other</p>"), "content", "<p>Other</p>"),
        (lambda: setattr(kept, "tags", ("python", "go")), "tags", ["{tag:python}", "{tag:go}"]),
        (lambda: kept.extra.update(excerpt="Other"), "excerpt", "Other"),
    ):
        kept.title, kept.text, kept.tags, kept.extra = before[0], before[1], before[2], dict(before[3])
        change()
        copy = read(site, post, published)
        assert copy.payload == {**part.payload, field: there}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("<em>two</em>", "<strong>two</strong>", False),
        ("<em>two</em>", "two", False),
        ("https://a.example/", "https://b.example/", False),
        ("  indented", "indented", False),
        ("<p>", "<!-- note --><p class='x'>", True),
        ("isn't", "isn&#039;t", True),
        ('<iframe src="https://v.example/1"></iframe>', "", True),
    ],
)
def test_read_knows_an_edit_from_what_wordpress_tidies(site, old, new, same):
    """Words, marks, links and code count; entities, comments, classes and what its filter takes out do not."""
    post = make_post(
        body='It isn\'t *two* [links](https://a.example/).\n\n    x\n      indented\n\n<iframe src="https://v.example/1"></iframe>\n'
    )
    published = site.publish(post)
    kept = site.standin.posts[0]
    kept.text = site.part(post).payload["content"]
    assert old in kept.text
    kept.text = kept.text.replace(old, new, 1)
    assert (read(site, post, published) == site.part(post)) is same


def test_read_tells_what_is_gone(site):
    """Deleted, in the trash, or taken back from readers; a draft that was published by hand is as it was sent."""
    published = site.publish(make_post())
    for status, gone in (("trash", True), ("draft", True), ("private", True), ("future", False)):
        site.standin.posts[0].extra["status"] = status
        assert (read(site, make_post(), published) is None) is gone
    site.standin.remove(published.id)
    assert read(site, make_post(), published) is None
    draft = make_post(draft=True)
    published = site.publish(draft)
    site.standin.posts[0].extra["status"] = "publish"
    assert read(site, draft, published) == site.part(draft)
    site.standin.posts[0].extra["status"] = "trash"
    assert read(site, draft, published) is None


@pytest.mark.parametrize("body", ["<html>", [], {"id": 11, "content": {"raw": ""}}, {"id": 10}])
def test_what_is_no_post_is_not_compared(site, body):
    """A page, or another post, says nothing about ours; nor does a site without the API."""
    published = site.publish(make_post())
    with pytest.raises(Unavailable):
        read(site, make_post(), published, site.answering(Response(200, body)))
    with pytest.raises(Rejected):
        read(site, make_post(), published, site.answering(Response(404, "<html>")))


def test_update_changes_what_is_there(site):
    """The address and the date stay; afterwards it reads as sent. A draft that was published by hand stays published."""
    published = site.publish(make_post(draft=True))
    site.standin.posts[0].extra["status"] = "publish"
    changed = make_post(
        draft=True, title="New", body="New text.\n", tags=("go",), canonical_url="https://a.example/new/"
    )
    run(site.adapter.update(site.part(changed), published, site.http()))
    extra = site.standin.posts[0].extra
    assert (extra["slug"], extra["status"], site.standin.posts[0].tags) == ("atomic-writes", "publish", ("go",))
    assert read(site, changed, published) == site.part(changed)


def test_delete_is_for_good_and_safe_to_repeat(site):
    """Not into the trash. A site whose API is gone does not count as done."""
    published = site.publish(make_post())
    for _ in range(2):
        run(site.adapter.delete(published, site.http()))
        assert site.standin.posts == []
    with pytest.raises(Rejected):
        run(site.adapter.delete(published, site.answering(Response(404, "<html>"))))


def test_recent_is_what_readers_see(site):
    """Newest first, titles as a person wrote them, no drafts."""
    first = site.publish(make_post(title="A < b & c"))
    site.clock.pass_(60)
    second = site.publish(make_post(key="2", title="Two", canonical_url=None))
    site.publish(make_post(key="3", title="Three", canonical_url=None, draft=True))
    listed = collect(site.adapter.recent(site.http()))
    assert [(one.id, one.title) for one in listed] == [(second.id, "Two"), (first.id, "A < b & c")]


def test_check_says_the_role_and_what_it_lacks(site):
    """A contributor may not publish; without uploads the other right is not missed."""
    account = run(site.adapter.check(site.http()))
    assert (account.name, account.detail, account.warnings) == ("Sandbox", "author, www.example.org", ())
    site.standin.capabilities = {"publish_posts": False, "upload_files": False}
    assert len(run(site.adapter.check(site.http())).warnings) == 2
    assert len(run(replace(site.adapter, upload_images=False).check(site.http())).warnings) == 1
    wrong = replace(site.adapter, password=Secret.of("wrong password"))
    for ask in (wrong.check, lambda http: wrong.find(site.part(make_post()), attempt(), http)):
        with pytest.raises(Unauthorized):
            run(ask(site.http()))
