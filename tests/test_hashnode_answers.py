"""Hashnode: how its answers are read, finding our own, and what else the adapter can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from syndicate.adapters.hashnode import Hashnode
from syndicate.adapters.hashnode_standin import HashnodeStandIn

from syndicate.adapter import Image, Metrics, Published, Secret
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

from .adapter_bridge import NOW, Place, collect, make_post, run

LATER = NOW + timedelta(minutes=10)
TOKEN = "sandbox-hashnode-token"
PUBLICATION = "5f9a1c2b3d4e5f6a7b8c9d0e"


@pytest.fixture
def site() -> Place:
    return Place(Hashnode(token=Secret.of(TOKEN), publication_id=PUBLICATION), HashnodeStandIn)


def failed(code: str | None, message: str = "no") -> dict:
    return {"data": None, "errors": [{"message": message, "extensions": {"code": code} if code else {}}]}


NO_PRO = "Publication does not have an active Pro plan. Upgrade in your dashboard to access this via the API."
REFUSALS = [
    (200, failed("UNAUTHENTICATED"), Unauthorized),
    (401, failed("UNAUTHENTICATED"), Unauthorized),
    (200, failed("FORBIDDEN", NO_PRO), NotEntitled),
    (200, failed("FORBIDDEN", "You may not publish here"), NotEntitled),
    (200, failed("NOT_FOUND"), Rejected),
    (200, failed("BAD_USER_INPUT"), Rejected),
    (400, failed("GRAPHQL_VALIDATION_FAILED"), Rejected),
    (200, failed("BAD_USER_INPUT", "Slug is already taken"), Duplicate),
    (200, failed("INTERNAL_SERVER_ERROR"), OutcomeUnknown),
    (200, failed("SOMETHING_NEW"), OutcomeUnknown),
    (200, failed(None), OutcomeUnknown),
    (500, failed("INTERNAL_SERVER_ERROR"), OutcomeUnknown),
    (502, "<html>bad gateway</html>", OutcomeUnknown),
    (301, "<html>The API has moved</html>", OutcomeUnknown),
    (200, "<html>The API has moved</html>", OutcomeUnknown),
    (200, {"data": {"publishPost": None}}, OutcomeUnknown),
    (200, {"data": {"publishPost": {"post": {"url": "https://x"}}}}, OutcomeUnknown),
    (429, "Too Many Requests", RateLimited),
]


@pytest.mark.parametrize(("status", "body", "kind"), REFUSALS)
def test_each_answer_to_a_write_has_its_failure(site, status, body, kind):
    """Errors count whatever the status says, and every unclear end is unknown."""
    with pytest.raises(Failure) as caught:
        site.publish(make_post(), site.answering(Response(status, body)))
    assert type(caught.value) is kind
    assert caught.value.next


def test_the_missing_plan_is_named_with_the_way_out(site):
    """A publication without Pro is not a fault of the post, and trying again does not help."""
    site.standin.pro = False
    with pytest.raises(NotEntitled) as caught:
        site.publish(make_post())
    assert "Pro" in caught.value.next
    with pytest.raises(NotEntitled):
        run(site.adapter.check(site.http()))


@pytest.mark.parametrize(
    "response",
    [
        Response(200, failed("INTERNAL_SERVER_ERROR")),
        Response(200, "<html>The API has moved</html>"),
        Response(200, {"data": None}),
        Response(200, {"data": {"publication": None}, "errors": [{"message": "half an answer"}]}),
        Response(503, ""),
    ],
)
def test_a_read_that_fails_is_not_taken_for_absent(site, response):
    """Half an answer, a page instead of data, a server error: the post may still be there."""
    with pytest.raises(Unavailable):
        site.find(make_post(), http=site.answering(response))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(httpx.ConnectTimeout("no"), Unavailable), (httpx.ReadTimeout("slow"), OutcomeUnknown)],
)
def test_a_lost_answer_is_unknown_and_a_lost_connection_is_not(site, fault, kind):
    """Only what certainly did nothing may be tried again."""
    with pytest.raises(kind):
        site.publish(make_post(), site.answering(fault))


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("content", Rejected), ("auth", Unauthorized), ("entitlement", NotEntitled), ("rate", RateLimited)],
)
def test_the_stand_ins_refusals_are_understood(site, kind, failure):
    """What the sandbox can play is what the adapter tells apart."""
    with pytest.raises(failure):
        site.publish(make_post(), site.answering(site.standin.refusal(kind, "7")))


def test_a_publication_that_does_not_exist_is_named(site):
    """A typing mistake in the config is a refusal that says where to look."""
    site.adapter = replace(site.adapter, publication_id="elsewhere")
    with pytest.raises(Rejected):
        site.publish(make_post())
    with pytest.raises(Rejected, match="elsewhere"):
        run(site.adapter.check(site.http()))


# ------------------------------------------------------------------ finding our own


def test_what_was_published_is_found_by_its_slug(site):
    """After a lost answer one query is enough."""
    published = site.publish(make_post())
    assert site.find(make_post(), at=LATER) == published
    assert len(site.requests) == 1


def test_a_slug_that_was_taken_does_not_hide_our_post(site):
    """Another post had the slug, so ours came back with a suffix: the canonical URL tells them apart."""
    site.publish(make_post(canonical_url="https://blog.example.org/other/atomic-writes"))
    ours = site.publish(make_post())
    assert [post.extra["slug"] for post in site.standin.posts] == ["atomic-writes", "atomic-writes-1"]
    assert site.find(make_post()) == ours


def test_another_post_with_the_slug_is_not_ours(site):
    """Adopting it would lose our post."""
    site.publish(make_post(canonical_url="https://blog.example.org/other/atomic-writes"))
    assert site.find(make_post()) is None


def test_without_a_canonical_url_title_and_time_count(site):
    """A post of the same title from before the attempt is another one."""
    post = make_post(canonical_url=None)
    published = site.publish(post)
    assert site.find(post) == published
    assert site.find(post, at=LATER) is None


def test_drafts_are_looked_for_among_drafts(site):
    """A draft has no address, and is found by its canonical URL."""
    assert site.find(make_post(draft=True)) is None
    published = site.publish(make_post(draft=True))
    assert site.find(make_post(draft=True)) == published
    assert site.find(make_post()) is None


def test_every_page_is_looked_at(site):
    """The list is followed to its end."""
    site.publish(make_post(title="Taken", canonical_url="https://blog.example.org/x/atomic-writes"))
    ours = site.publish(make_post())
    for number in range(120):
        site.publish(make_post(title=f"Post {number}", canonical_url=f"https://blog.example.org/p{number}"))
    assert site.find(make_post()) == ours
    assert len(site.requests) == 1 + 3


# ------------------------------------------------------------------ the other abilities


def test_recent_lists_published_posts_newest_first(site):
    """Drafts are not among them."""
    site.publish(make_post())
    site.publish(make_post(title="Second", canonical_url=None))
    site.publish(make_post(title="Third", draft=True))
    assert [(item.title, item.canonical_url) for item in collect(site.adapter.recent(site.http()))] == [
        ("Second", None),
        ("Atomic writes", "https://blog.example.org/posts/atomic-writes/"),
    ]


@pytest.mark.parametrize("draft", [False, True])
def test_update_makes_the_copy_equal_and_keeps_its_address(site, draft):
    """The same post or draft changes; the slug does not, even when the title does."""
    published = site.publish(make_post(draft=draft))
    changed = make_post(
        draft=draft, title="Use fsync too", body="Use fsync too.\n", summary="How.", tags=("c",),
        cover=Image("https://blog.example.org/c.png"),
    )  # fmt: skip
    part = site.part(changed)
    for _ in range(2):
        assert run(site.adapter.update(part, published, site.http())) == published
    (shown,) = site.standin.posts
    assert (shown.title, shown.text.strip(), shown.tags) == ("Use fsync too", "Use fsync too.", ("c",))
    assert shown.extra["slug"] == "atomic-writes"
    assert shown.link == make_post().canonical_url


def test_updating_what_is_gone_is_refused(site):
    """A draft that was published by hand is no draft any more: a person has to look."""
    published = site.publish(make_post(draft=True))
    site.standin.posts.clear()
    part = site.part(make_post(draft=True))
    with pytest.raises(Rejected):
        run(site.adapter.update(part, published, site.http()))


def test_metrics_and_check(site):
    """Numbers of a post, and the account with its publication."""
    published = site.publish(make_post())
    assert run(site.adapter.metrics(published, site.http())) == Metrics(views=0, reactions=0, comments=0)
    with pytest.raises(Rejected):
        run(site.adapter.metrics(Published("none"), site.http()))
    account = run(site.adapter.check(site.http()))
    assert (account.name, account.detail) == ("sandbox", "Sandbox, http://sandbox/hashnode")
