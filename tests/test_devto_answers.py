"""DEV: how its answers are read, finding our own, and what else the adapter can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from syndicate.adapters.devto import DevTo
from syndicate.adapters.devto_standin import DevToStandIn

from syndicate.adapter import Metrics, Published, Secret
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

KEY = "sandbox-dev-key"


@pytest.fixture
def site() -> Place:
    return Place(DevTo(api_key=Secret.of(KEY)), DevToStandIn)


REFUSALS = [
    (401, {"error": "unauthorized", "status": 401}, Unauthorized, None),
    (403, "Forbidden Bots", Unauthorized, None),
    (403, {"error": "Your account is suspended", "status": 403}, NotEntitled, None),
    (404, {"error": "not found", "status": 404}, Rejected, None),
    (422, {"error": "Title is too long (maximum is 128 characters for full_post)"}, Rejected, "title"),
    (422, {"error": "Tag list exceed the maximum of 4 tags"}, Rejected, "tags"),
    (422, {"error": "Body markdown is too long"}, Rejected, "body"),
    (422, {"error": "param is missing or the value is empty: article"}, Rejected, None),
    (422, {"error": "Canonical url has already been taken. Email yo@dev.to"}, Duplicate, "canonical_url"),
    (422, {"error": "Title has already been used in the last five minutes"}, Duplicate, "title"),
    (429, {"error": "Rate limit reached, try again in 30 seconds", "status": 429}, RateLimited, None),
    (500, "<html>oops</html>", OutcomeUnknown, None),
    (502, "", OutcomeUnknown, None),
    (301, "", OutcomeUnknown, None),
    (201, "<html>soon</html>", OutcomeUnknown, None),
    (201, {"type_of": "article"}, OutcomeUnknown, None),
    (200, [], OutcomeUnknown, None),
]


@pytest.mark.parametrize(("status", "body", "kind", "field"), REFUSALS)
def test_each_answer_to_a_write_has_its_failure(site, status, body, kind, field):
    """Every documented refusal, and every unclear end, becomes the failure that says what to do next."""
    with pytest.raises(Failure) as caught:
        site.publish(make_post(), site.answering(Response(status, body)))
    assert kind is type(caught.value)
    assert field == getattr(caught.value, "field", None)
    assert caught.value.next


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError("no"), Unavailable),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.RemoteProtocolError("cut"), OutcomeUnknown),
    ],
)
def test_a_lost_answer_is_unknown_and_a_lost_connection_is_not(site, fault, kind):
    """Only what certainly did nothing may be tried again."""
    with pytest.raises(kind):
        site.publish(make_post(), site.answering(fault))


@pytest.mark.parametrize(("headers", "seconds"), [({}, 30), ({"Retry-After": "12"}, 12)])
def test_a_rate_limit_says_until_when(site, headers, seconds):
    """The header counts; without it the words do."""
    response = Response(429, {"error": "Rate limit reached, try again in 30 seconds", "status": 429}, headers)
    with pytest.raises(RateLimited) as caught:
        site.publish(make_post(), site.answering(response))
    assert NOW + timedelta(seconds=seconds) == caught.value.until


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("content", Rejected), ("auth", Unauthorized), ("entitlement", NotEntitled), ("rate", RateLimited)],
)
def test_the_stand_ins_refusals_are_understood(site, kind, failure):
    """What the sandbox can play is what the adapter tells apart."""
    with pytest.raises(failure):
        site.publish(make_post(), site.answering(site.standin.refusal(kind, "7")))


def test_a_wrong_key_is_unauthorized(site):
    """The stand-in asks for the key it handed out."""
    site.adapter = DevTo(api_key=Secret.of("another-key"))
    with pytest.raises(Unauthorized):
        site.publish(make_post())
    assert not site.standin.posts


def test_a_second_article_with_the_same_canonical_url_is_a_duplicate(site):
    """DEV refuses it among published articles; two drafts may share one."""
    site.publish(make_post(draft=True))
    site.publish(make_post(draft=True, title="Another title"))
    site.clock.pass_(301)
    site.publish(make_post())
    site.clock.pass_(301)
    with pytest.raises(Duplicate):
        site.publish(make_post())
    assert len(site.standin.posts) == 3


def test_the_same_title_within_five_minutes_is_a_duplicate(site):
    """And after five minutes it is not."""
    site.publish(make_post(canonical_url=None))
    with pytest.raises(Duplicate):
        site.publish(make_post(canonical_url=None))
    site.clock.pass_(301)
    assert site.publish(make_post(canonical_url=None))


# ------------------------------------------------------------------ finding our own


def test_what_was_published_is_found_by_its_canonical_url(site):
    """After a lost answer the article is recognised, however its address is spelt."""
    published = site.publish(make_post(canonical_url="https://Blog.example.org/posts/atomic-writes"))
    assert published == site.find(make_post())
    assert all(request.method == "GET" for request in site.requests)


def test_absent_means_absent(site):
    """Nothing there, and something else there: neither is ours."""
    assert site.find(make_post()) is None
    site.publish(make_post(title="Other", canonical_url="https://blog.example.org/other"))
    assert site.find(make_post()) is None


def test_a_hand_made_draft_is_not_the_article_that_was_to_be_published(site):
    """A draft with the same canonical URL and another text was there before; one with our text is ours."""
    site.publish(make_post(draft=True, body="Notes.\n"))
    assert site.find(make_post()) is None
    assert site.find(make_post(draft=True)) is not None


def test_without_a_canonical_url_the_title_counts_since_the_attempt(site):
    """An article of the same title from before the attempt is another one."""
    published = site.publish(make_post(canonical_url=None))
    assert published == site.find(make_post(canonical_url=None), at=NOW + timedelta(seconds=30))
    assert site.find(make_post(canonical_url=None), at=NOW + timedelta(minutes=5)) is None


def test_without_a_canonical_url_a_draft_is_known_by_its_text(site):
    """The list gives no date for a draft, so a title alone proves nothing."""
    draft = make_post(canonical_url=None, draft=True)
    published = site.publish(draft)
    assert published == site.find(draft)
    assert site.find(replace(draft, body="Other text.\n")) is None


def test_every_page_is_looked_at(site):
    """The list is read to its empty end, so "absent" can be trusted."""
    first = site.publish(make_post())
    for number in range(120):
        site.clock.pass_(301)
        site.publish(make_post(title=f"Post {number}", canonical_url=f"https://blog.example.org/{number}"))
    assert first == site.find(make_post())
    assert site.find(make_post(canonical_url="https://blog.example.org/none")) is None
    assert [request.query["page"] for request in site.requests] == ["1", "2", "3"]


def test_a_page_that_is_no_list_is_not_taken_for_absent(site):
    """A proxy's page must not let the article be sent again."""
    with pytest.raises(Unavailable):
        site.find(make_post(), http=site.answering(Response(200, "<html>")))


# ------------------------------------------------------------------ the other abilities


def test_recent_lists_newest_first_with_titles_and_canonical_urls(site):
    """DEV gives an article without canonical URL its own address; that is none."""
    site.publish(make_post())
    site.clock.pass_(60)
    site.publish(make_post(title="Second", canonical_url=None))
    listed = collect(site.adapter.recent(site.http()))
    assert [(item.title, item.canonical_url) for item in listed] == [
        ("Second", None),
        ("Atomic writes", "https://blog.example.org/posts/atomic-writes/"),
    ]


def test_update_makes_the_copy_equal_and_may_be_repeated(site):
    """The same article changes, and no other appears."""
    published = site.publish(make_post())
    part = site.part(make_post(title="Atomic writes, again", body="Use fsync too.\n"))
    for _ in range(2):
        assert published == run(site.adapter.update(part, published, site.http()))
    (shown,) = site.standin.posts
    assert (shown.title, shown.text.strip()) == ("Atomic writes, again", "Use fsync too.")


def test_update_never_unpublishes(site):
    """What was sent as a draft may have been published on DEV since."""
    published = site.publish(make_post(draft=True))
    site.standin.posts[0].extra["published"] = True
    part = site.part(make_post(draft=True, body="Use fsync too.\n"))
    run(site.adapter.update(part, published, site.http()))
    assert not site.standin.posts[0].draft


def test_metrics_are_those_of_the_article(site):
    """The list of one's own articles counts views too; an unknown article is refused."""
    published = site.publish(make_post())
    assert Metrics(views=0, reactions=0, comments=0) == run(site.adapter.metrics(published, site.http()))
    with pytest.raises(Rejected):
        run(site.adapter.metrics(Published("404"), site.http()))


def test_check_names_the_account(site):
    """Good credentials have a name; what is no account is not taken for one."""
    assert run(site.adapter.check(site.http())).name == "sandbox"
    with pytest.raises(Unavailable):
        run(site.adapter.check(site.answering(Response(200, "<html>"))))
