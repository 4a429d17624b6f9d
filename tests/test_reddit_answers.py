"""What Reddit's refusals mean, in the shapes that it has for them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

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
from syndicate.standin import Request, Response

from .adapter_bridge import NOW
from .reddit_bridge import adapter, answering, in_200, in_400, post, publish, standin


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (in_200("ALREADY_SUB"), Duplicate, "url"),
        (in_200("SUBREDDIT_NOTALLOWED", field="sr"), NotEntitled, None),
        (in_200("VERIFIED_USER_REQUIRED", field=None), NotEntitled, None),
        (in_200("SUBREDDIT_NOEXIST", field="sr"), Rejected, "sr"),
        (in_200("USER_REQUIRED", field=None), Unauthorized, None),
        (in_200("TOO_LONG", field="title"), Rejected, "title"),
        (in_200("NO_LINKS", field="sr"), Rejected, "sr"),
        (in_200("NO_SELFS", field="sr"), Rejected, "sr"),
        (in_200("BAD_URL"), Rejected, "url"),
        (in_200("DOMAIN_BANNED"), Rejected, "url"),
        (in_200("SOMETHING_NEW", field=None), Rejected, None),
        (in_400("SUBMIT_VALIDATION_TITLE_BLACKLISTED_STRING"), Rejected, "title"),
        (in_400("SUBREDDIT_NOEXIST", field="sr"), Rejected, "sr"),
        (in_400("ALREADY_SUB", field="url"), Duplicate, "url"),
        (Response(400, "Bad Request"), Rejected, None),
        (Response(401, {"message": "Unauthorized", "error": 401}), Unauthorized, None),
        (Response(403, {"message": "words", "error": 403}), NotEntitled, None),
        (Response(403, "<html>blocked</html>"), NotEntitled, None),
        (Response(404, {"message": "Not Found"}), Rejected, None),
        (Response(429, {"message": "Too Many Requests"}), RateLimited, None),
        (Response(302, "", {"Location": "https://www.reddit.com/login"}), OutcomeUnknown, None),
        (Response(500, "oops"), OutcomeUnknown, None),
        (Response(503, "<html>"), OutcomeUnknown, None),
        (Response(200, "<html>not what was asked for"), OutcomeUnknown, None),
        (Response(200, {"json": {"errors": [], "data": {}}}), OutcomeUnknown, None),
        (Response(200, {"json": {"errors": []}}), OutcomeUnknown, None),
        (Response(200, []), OutcomeUnknown, None),
        (httpx.ConnectError("down"), Unavailable, None),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, None),
        (httpx.RemoteProtocolError("gone"), OutcomeUnknown, None),
    ],
    ids=repr,
)
def test_refusals_are_named_by_what_to_do_next(answer: Response | Exception, kind: type[Failure], field: str | None):
    """Each answer to a submission, in either shape, is one failure; the platform's words and field are kept."""
    with pytest.raises(Failure) as caught:
        publish(answering(answer), adapter(), post())
    assert type(caught.value) is kind
    assert getattr(caught.value, "field", None) == field
    if isinstance(answer, Response) and b"words" in json.dumps(answer.body).encode():
        assert "words" in caught.value.message


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (in_200("RATELIMIT", "You are doing that too much. Try again in 9 minutes.", "ratelimit"), 540),
        (in_200("RATELIMIT", "Take a break for 14 minutes before trying again.", "ratelimit"), 840),
        (in_200("RATELIMIT", "Try again in 6 seconds.", "ratelimit"), 6),
        (in_200("RATELIMIT", "Try again in 2 milliseconds.", "ratelimit"), 0.002),
        (in_200("RATELIMIT", "Try again in 1 hour.", "ratelimit"), 3600),
        (in_200("RATELIMIT", "Later, please.", "ratelimit"), 600),
        (in_400("RATELIMIT", "Take a break for 3 minutes."), 180),
        (in_200("QUOTA_FILLED", "You've submitted too many links recently."), 3600),
        (Response(429, "", {"x-ratelimit-reset": "66"}), 66),
        (Response(429, "", {"Retry-After": "12", "x-ratelimit-reset": "66"}), 12),
        (Response(429, "", {"x-ratelimit-reset": "soon"}), None),
    ],
    ids=repr,
)
def test_how_long_to_wait(answer: Response, seconds: float | None):
    """The wait is read from the words or the headers, whichever Reddit gave."""
    with pytest.raises(RateLimited) as caught:
        publish(answering(answer), adapter(), post())
    assert caught.value.until == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_standin_refuses_what_reddit_refuses():
    """A second submission of a link is ALREADY_SUB, a wait is RATELIMIT, a closed subreddit is not entitled."""
    place = standin()
    publish(place, adapter(), post())
    with pytest.raises(Duplicate):
        publish(place, adapter(), post(title="Again"))
    with pytest.raises(NotEntitled):
        publish(place, adapter(subreddit="nobody"), post())
    place.wait = "9 minutes"
    with pytest.raises(RateLimited) as caught:
        publish(place, adapter(), post(canonical_url="https://blog.example/other"))
    assert caught.value.until == NOW + timedelta(minutes=9)
    assert len(place.posts) == 1


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("content", Rejected), ("auth", Unauthorized), ("entitlement", NotEntitled), ("rate", RateLimited)],
)
def test_refusals_of_the_standin_mean_what_they_are_called(kind: Any, failure: type[Failure]):
    """What the sandbox plays as a refusal is read as that kind of failure, with the server's wait."""
    with pytest.raises(Failure) as caught:
        publish(answering(standin().refusal(kind, "120" if kind == "rate" else "")), adapter(), post())
    assert type(caught.value) is failure
    if kind == "rate":
        assert caught.value.until == NOW + timedelta(seconds=120)


def test_standin_takes_no_default_user_agent():
    """The stand-in throttles clients that do not name themselves, as Reddit does."""
    request = Request("GET", "/api/v1/me", {}, {"user-agent": "python-httpx/0.28"}, b"")
    assert standin().handle(request).status == 429
