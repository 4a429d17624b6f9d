"""What Facebook's refusals mean, by code and subcode."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

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

from .adapter_bridge import NOW, Place, make_post, run
from .facebook_bridge import place


@pytest.fixture
def site() -> Place:
    return place()


def error(code: int, sub: int | None = None, words: str = "words", status: int = 400, **more: Any) -> Response:
    said = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1", **more}
    return Response(status, {"error": said | ({"error_subcode": sub} if sub else {})})


def refused(site: Place, answer: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        site.publish(make_post(), site.answering(answer))
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (error(190, 463), Unauthorized, None),
        (error(190, status=401), Unauthorized, None),
        (error(102), Unauthorized, None),
        (
            error(190, words="pages_show_list permission(s) must be granted before impersonating a user's page."),
            NotEntitled,
            None,
        ),
        (error(3), NotEntitled, None),
        (error(10, status=403), NotEntitled, None),
        (error(200, status=403), NotEntitled, None),
        (error(283), NotEntitled, None),
        (error(299), NotEntitled, None),
        (error(2635), NotEntitled, None),
        (error(200, 1404078), NotEntitled, None),
        (error(4), RateLimited, None),
        (error(17), RateLimited, None),
        (error(32), RateLimited, None),
        (error(613), RateLimited, None),
        (error(80001), RateLimited, None),
        (error(368, 1390008), RateLimited, None),
        (error(368), NotEntitled, None),
        (error(368, words="This was already posted"), Duplicate, "text"),
        (error(506), Duplicate, "text"),
        (error(324, 1366051), Duplicate, None),
        (error(368, 1346003), Rejected, None),
        (error(100, words="(#100) Param message must be shorter"), Rejected, "text"),
        (error(100, words="(#100) link URL is not properly formatted"), Rejected, "link"),
        (error(100, error_data={"blame_field_specs": [["link"]]}), Rejected, "link"),
        (error(100, words="(#100) The specified scheduled publish time is invalid."), Rejected, "date"),
        (error(100, words="(#100) something"), Rejected, None),
        (error(100, 33), Rejected, "id"),
        (error(100, 1609005), Rejected, "link"),
        (error(1500), Rejected, "link"),
        (error(4711), Rejected, None),
        (error(1), OutcomeUnknown, None),
        (error(2, status=400), OutcomeUnknown, None),
        (error(2, status=500), OutcomeUnknown, None),
        (error(4711, is_transient=True), OutcomeUnknown, None),
        (error(190, 463, status=500), OutcomeUnknown, None),
        (error(32, status=503), OutcomeUnknown, None),
        (Response(500, "oops"), OutcomeUnknown, None),
        (Response(302, "", {"Location": "https://www.facebook.com/login"}), OutcomeUnknown, None),
        (Response(200, "<html>"), OutcomeUnknown, None),
        (Response(200, {"success": True}), OutcomeUnknown, None),
        (Response(404, "<html>"), Rejected, None),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, None),
        (httpx.ConnectError("down"), Unavailable, None),
    ],
)
def test_what_a_refusal_means(site, answer, kind, field):
    """Each is the failure that says what has to happen next; with a 5xx nothing that is said is believed."""
    failure = refused(site, answer)
    assert type(failure) is kind
    assert getattr(failure, "field", None) == field
    assert failure.next or kind in (RateLimited, Unavailable)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (error(190, 460), "the password was changed"),
        (error(190, 463), "it has expired"),
        (error(190, 459), "security check"),
        (error(190, 492), "no role on the Page"),
        (error(190, 12345), "/me/accounts"),
        (error(200), "pages_manage_posts, pages_read_engagement"),
        (error(10, words="(#10) requires the 'pages_read_user_content' permission"), "pages_read_user_content"),
        (error(2635), "`base_url`"),
    ],
)
def test_it_says_what_to_do(site, answer, says):
    """The subcode's own advice, and the permissions that are asked for by name."""
    assert says in refused(site, answer).next


def test_the_words_for_people_come_first(site):
    """`error_user_msg` where there is one; code and subcode stand beside, to be looked up."""
    failure = refused(site, error(368, 1346003, words="(#368) x", error_user_msg="This looks abusive."))
    assert failure.message == "Facebook: This looks abusive. (code 368/1346003, HTTP 400)"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"X-Business-Use-Case-Usage": '{"1": [{"type": "pages", "estimated_time_to_regain_access": 7}]}'}, 7 * 60),
        ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 0}]}'}, None),
        ({"X-Business-Use-Case-Usage": "not JSON"}, None),
        ({"X-Business-Use-Case-Usage": "[1]"}, None),
        ({"Retry-After": "90"}, 90),
        ({}, None),
    ],
)
def test_until_when_a_rate_limit_holds(site, headers, wait):
    """The usage header tells minutes."""
    answer = error(32)
    failure = refused(site, Response(answer.status, answer.body, headers))
    assert isinstance(failure, RateLimited)
    assert failure.until == (NOW + timedelta(seconds=wait) if wait else None)


@pytest.mark.parametrize("answer", [error(1), error(2, status=500), error(4711, is_transient=True)])
def test_a_read_that_failed_changes_nothing(site, answer):
    """The same codes on a read: `Unavailable`, and nothing is told of the post."""
    with pytest.raises(Unavailable):
        site.find(make_post(), http=site.answering(answer))
    with pytest.raises(Unavailable):
        run(site.adapter.read(site.part(make_post()), Published("1_2"), site.answering(answer)))


def test_facebook_posts_although_it_answers_500(site):
    """Seven times code 2, seven posts: none is told to have failed, and the look finds it."""

    def posts_and_fails(request: Any) -> Response:
        site.standin.handle(request)
        return error(2, status=500, words="An unexpected error has occurred. Please retry your request later.")

    assert isinstance(refused(site, posts_and_fails), OutcomeUnknown)
    assert site.find(make_post()).id == site.standin.posts[0].id


def test_without_a_permalink_the_address_is_made_of_the_id(site):
    """An address that opens, for a post that was made."""
    published = site.publish(make_post(), site.answering(Response(200, {"id": "1_2"})))
    assert published == Published("1_2", "https://www.facebook.com/1_2")
