"""LinkedIn: an organization's posts looked for, read and changed; a member's, which cannot be listed; refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from syndicate.adapters.linkedin import LinkedIn
from syndicate.adapters.linkedin_standin import LinkedInStandIn

from syndicate.adapter import Published
from syndicate.errors import (
    Duplicate,
    Failure,
    NotEntitled,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)
from syndicate.standin import Response
from syndicate.testing.rig import Rig

from .adapter_bridge import NOW, Place, collect, make_post, run
from .linkedin_bridge import ORGANIZATION, duplicate, place

URN = "urn:li:share:7141138937766391808"


@pytest.fixture
def site() -> Place:
    return place(ORGANIZATION)


def read(site: Place, published: Published, http: Any = None) -> Any:
    return run(site.adapter.read(site.part(make_post()), published, http or site.http()))


# ---------------------------------------------------------------------- looking


def test_finds_what_a_lost_answer_left(site):
    """By text and link, in the organization's list."""
    published = site.publish(make_post())
    assert site.find(make_post()) == published
    asked = {"q": "author", "author": ORGANIZATION, "count": "100", "start": "0", "sortBy": "LAST_MODIFIED"}
    assert (site.requests[0].query, site.requests[0].headers["x-restli-method"]) == (asked, "FINDER")


def test_finds_it_however_linkedin_escapes_it(site):
    """It may tell hashtags and signs in another way than they were sent."""
    published = site.publish(make_post(summary="Less (is more)."))
    site.standin.edit(published.id, "Atomic writes\n\nLess (is more).\n\n{hashtag|#|python} #linux ")
    assert site.find(make_post(summary="Less (is more).")) == published


def test_does_not_find_anothers_or_an_older_one(site):
    """Another text, another link, no link, or from before the first try: not ours."""
    site.publish(make_post())
    assert site.find(make_post(title="Something else")) is None
    assert site.find(make_post(canonical_url="https://blog.example.org/posts/other/")) is None
    assert site.find(make_post(canonical_url=None)) is None
    assert site.find(make_post(), at=NOW + timedelta(seconds=61)) is None
    assert site.find(make_post(), at=NOW + timedelta(seconds=59)) is not None


def test_looks_past_posts_that_were_edited_since_and_no_further_than_needed(site):
    """The list is by last change; it ends with a page that is older than the first try."""
    first = site.publish(make_post())
    for n in range(150):
        site.publish(make_post(title=f"Later {n}"))
        site.standin.posts[-1].extra["changed"] += n
    assert site.find(make_post()) == first
    assert [request.query["start"] for request in site.requests] == ["0", "100"]
    site.clock.pass_(7200)
    assert site.find(make_post(title="Not there"), at=site.clock.now()) is None
    assert len(site.requests) == 1


def test_a_list_with_fewer_than_asked_for_has_not_ended(site):
    """LinkedIn may leave some out of a page: only an empty one is the last."""
    published = site.publish(make_post())

    def halved(request: Any) -> Response:
        return site.standin.handle(replace(request, query={**request.query, "count": "1"}))

    site.publish(make_post(title="Two"))
    assert site.find(make_post(), http=site.answering(halved)) == published
    assert site.find(make_post(title="Not there"), http=site.answering(halved)) is None
    assert len(site.requests) == 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(200, "<html>"), Unavailable),
        (Response(200, {}), Unavailable),
        (Response(200, {"elements": [{"id": "1"}]}), Unavailable),
        (Response(503), Unavailable),
        (Response(403, {"code": "ACCESS_DENIED"}), NotEntitled),
    ],
)
def test_an_unreadable_list_is_not_an_empty_list(site, answer, kind):
    """Without the permission, too, nothing is told to be absent."""
    with pytest.raises(kind):
        site.find(make_post(), http=site.answering(answer))


def test_a_list_that_never_ends_is_no_list(site):
    """The same page again and again is not followed for ever."""
    site.publish(make_post())
    page = site.standin.handle
    with pytest.raises(Unavailable, match="does not come to an end"):
        site.find(
            make_post(title="Not there"),
            http=site.answering(lambda request: page(replace(request, query={**request.query, "start": "0"}))),
        )


def test_recent_is_newest_first_with_title_and_link(site):
    """Of the organization alone; an edit does not move a post."""
    one = site.publish(make_post())
    site.clock.pass_(60)
    two = site.publish(make_post(title="Two"))
    site.clock.pass_(60)
    run(site.adapter.update(site.part(make_post()), one, site.http()))
    listed = collect(site.adapter.recent(site.http()))
    assert [(item.id, item.title) for item in listed] == [(two.id, "Two"), (one.id, "Atomic writes")]
    assert listed[0].canonical_url == "https://blog.example.org/posts/atomic-writes/"


def test_what_no_reader_sees_is_not_listed(site):
    """A draft of a colleague is none of ours."""
    draft = {"id": URN, "lifecycleState": "DRAFT", "createdAt": 1}
    answers = iter([{"elements": [draft]}, {"elements": []}])
    http = site.answering(lambda _: Response(200, next(answers)))
    assert collect(site.adapter.recent(http)) == []


def test_a_members_posts_cannot_be_asked_for():
    """Neither list nor copy: the abilities are absent, nothing is looked for, and an unknown stays with a person."""
    site, organization = place(), place(ORGANIZATION)
    assert [hasattr(site.adapter, name) for name in ("read", "recent")] == [False, False]
    assert [hasattr(organization.adapter, name) for name in ("read", "recent")] == [True, True]
    assert (site.adapter.prevention.kind, organization.adapter.prevention.kind) == ("none", "lookup")
    assert site.find(make_post()) is None
    assert site.requests == []


# ---------------------------------------------------------------------- the copy there


def test_an_edit_by_hand_is_told(site):
    """As text, and in the payload as LinkedIn has it; a card cannot be changed."""
    published = site.publish(make_post())
    assert read(site, published) == site.part(make_post())
    site.standin.edit(published.id, "Mine \\(now\\).")
    copy = read(site, published)
    assert copy.payload == {**site.part(make_post()).payload, "commentary": "Mine \\(now\\)."}
    assert copy.text.startswith("Mine (now).\n\nAtomic writes\n\nhttps://")
    site.standin.remove(published.id)
    assert read(site, published) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(200, "<html>"), Unavailable),
        (Response(200, []), Unavailable),
        (Response(200, {"id": URN}), Unavailable),
        (Response(403, {}), NotEntitled),
        (Response(503), Unavailable),
    ],
)
def test_a_refusal_does_not_tell_that_it_is_gone(site, answer, kind):
    """Nothing was said about the post."""
    with pytest.raises(kind):
        read(site, Published(URN), site.answering(answer))


@pytest.mark.parametrize("author", [ORGANIZATION, LinkedInStandIn.options["author"]])
def test_update_changes_the_text_and_can_be_repeated(author):
    """A partial update of the commentary; nothing new appears."""
    site = place(author)
    published, changed = site.publish(make_post()), make_post(title="Atomic writes (again)")
    for _ in range(2):
        assert run(site.adapter.update(site.part(changed), published, site.http())) == published
    request, commentary = site.requests[-1], site.part(changed).payload["commentary"]
    assert request.headers["x-restli-method"] == "PARTIAL_UPDATE"
    assert request.json() == {"patch": {"$set": {"commentary": commentary}}}
    assert [post.text for post in site.standin.posts] == [commentary]


def test_update_refuses_what_linkedin_cannot_change(site):
    """Another link, or a post that is gone: said before anything is written."""
    published = site.publish(make_post())
    other = site.part(make_post(canonical_url="https://blog.example.org/posts/other/"))
    with pytest.raises(Rejected, match="cannot change a card") as caught:
        run(site.adapter.update(other, published, site.http()))
    assert caught.value.field == "link"
    site.standin.posts.clear()
    with pytest.raises(Rejected, match="no longer"):
        run(site.adapter.update(other, published, site.http()))
    assert {request.method for request in site.requests} == {"GET"}


def test_delete_can_be_repeated(site):
    """What is gone already is no refusal."""
    published = site.publish(make_post())
    for _ in range(2):
        run(site.adapter.delete(published, site.http()))
    assert site.standin.posts == []
    assert site.requests[-1].path == f"/rest/posts/{published.id}"


# ---------------------------------------------------------------------- refusals


def refused(site: Place, answer: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        site.publish(make_post(), site.answering(answer))
    return caught.value


def error(status: int, code: str = "", words: str = "words", path: str = "", **more: Any) -> Response:
    details = {"inputErrors": [{"description": "x", "input": {"inputPath": {"fieldPath": path}}, "code": "INVALID"}]}
    said = {"status": status, "message": words, **({"code": code} if code else {}), **more}
    return Response(status, said | ({"errorDetails": details} if path else {}))


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (duplicate(URN), Duplicate, "text"),
        (duplicate("urn:li:ugcPost:739", 400), Duplicate, "text"),
        (error(409, words=f"Content is a duplicate of {URN}"), Duplicate, "text"),
        (error(422, path="commentary"), Rejected, "text"),
        (error(422, path="content/article/source"), Rejected, "link"),
        (error(422, path="content/article/title"), Rejected, "title"),
        (error(400, "ILLEGAL_ARGUMENT"), Rejected, None),
        (error(400, "NONEXISTENT_VERSION"), NotEntitled, None),
        (error(400, "VERSION_MISSING"), NotEntitled, None),
        (error(426, "NONEXISTENT_VERSION", "Requested version 20250401 is not active"), NotEntitled, None),
        (Response(426), NotEntitled, None),
        (error(401, "EXPIRED_ACCESS_TOKEN"), Unauthorized, None),
        (error(401, "REVOKED_ACCESS_TOKEN"), Unauthorized, None),
        (error(403, "ACCESS_DENIED"), NotEntitled, None),
        (error(404, "NOT_FOUND"), Rejected, "id"),
        (error(409), OutcomeUnknown, None),
        (error(429), RateLimited, None),
        (error(500, "INTERNAL_SERVER_ERROR"), OutcomeUnknown, None),
        (Response(302, "", {"Location": "https://www.linkedin.com/login"}), OutcomeUnknown, None),
        (Response(422, {"errorDetails": "none", "message": None}), Rejected, None),
        (Response(422, "<html>"), Rejected, None),
        (Response(201, ""), OutcomeUnknown, None),
        (Response(201, "", {"x-restli-id": "urn:li:activity:1"}), OutcomeUnknown, None),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, None),
        (httpx.ConnectError("down"), Unavailable, None),
    ],
)
def test_what_a_refusal_means(answer, kind, field):
    """Each is the failure that says what has to happen next."""
    failure = refused(place(), answer)
    assert type(failure) is kind
    assert getattr(failure, "field", None) == field
    assert failure.next or kind in (RateLimited, Unavailable)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (error(426, "NONEXISTENT_VERSION"), "`version`"),
        (error(401), "60 days"),
        (error(403), "w_organization_social"),
    ],
)
def test_it_says_what_to_do(site, answer, says):
    """The option to set, the scopes to ask for, the reason for which a token ends."""
    assert says in refused(site, answer).next


def test_a_day_s_limit_ends_at_midnight_utc(site):
    """Unless LinkedIn names a time itself."""
    assert refused(site, error(429)).until == datetime(2026, 11, 4, tzinfo=UTC)
    assert refused(site, Response(429, {}, {"Retry-After": "90"})).until == NOW + timedelta(seconds=90)


def test_the_post_that_a_members_post_is_a_copy_of_is_named(site):
    """It is adopted. An organization's own list decides, since LinkedIn has named posts that were not there."""
    existing = Published(URN, f"https://www.linkedin.com/feed/update/{URN}")
    assert refused(place(), duplicate(URN)).existing == existing
    assert refused(place(), duplicate("something")).existing is None
    assert refused(site, duplicate(URN)).existing is None


@pytest.mark.parametrize("author", [ORGANIZATION, LinkedInStandIn.options["author"]])
def test_what_was_posted_before_is_adopted(tmp_path: Path, author: str):
    """Refused as a copy of what an earlier run, of another ledger, has left: recorded, not posted twice."""
    with Rig(tmp_path, LinkedIn, LinkedInStandIn, options={"author": author}) as rig:
        ((_, before),) = rig.publish()
        done = rig.run()
        assert (done.state, done.remote_id, done.error) == ("published", before.id, None)
        assert len(rig.received) == 1
