"""What X's refusals mean, and what the stand-in refuses."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from syndicate.adapters.twitter_standin import TwitterStandIn

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

from .adapter_bridge import NOW, make_post
from .twitter_bridge import adapter, answering, problem, publish, standin

DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
PROBLEMS = "https://api.x.com/2/problems/"


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (problem(400, "words", f"{PROBLEMS}invalid-request", parameter="text"), Rejected, "text"),
        (problem(400, "words", errors=[{"parameters": {"reply.x": []}, "message": "no"}]), Rejected, "reply.x"),
        (Response(400, "what?"), Rejected, None),
        (problem(401, "words"), Unauthorized, None),
        (problem(402, "words"), NotEntitled, None),
        (problem(403, DUPLICATE), Duplicate, "text"),
        (problem(403, "Your Tweet text is too long."), Rejected, "text"),
        (problem(403, "words", f"{PROBLEMS}unsupported-authentication"), Unauthorized, None),
        (problem(403, "words", f"{PROBLEMS}client-forbidden"), NotEntitled, None),
        (problem(403, "Reply to this conversation is not allowed."), NotEntitled, None),
        (problem(403, "You are not permitted to perform this action."), NotEntitled, None),
        (Response(403, "<html>"), NotEntitled, None),
        (problem(404, "words", f"{PROBLEMS}resource-not-found"), Rejected, "id"),
        (problem(429, "words", f"{PROBLEMS}usage-capped"), NotEntitled, None),
        (problem(429, "words"), RateLimited, None),
        (Response(301, "", {"Location": "https://x.com"}), OutcomeUnknown, None),
        (Response(500, "oops"), OutcomeUnknown, None),
        (Response(503, "<html>"), OutcomeUnknown, None),
        (Response(201, "<html>"), OutcomeUnknown, None),
        (Response(201, {"data": {}}), OutcomeUnknown, None),
        (Response(200, {"errors": [{"detail": "?"}]}), OutcomeUnknown, None),
        (httpx.ConnectTimeout("down"), Unavailable, None),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, None),
        (httpx.ReadError("gone"), OutcomeUnknown, None),
    ],
    ids=repr,
)
def test_refusals_are_named_by_what_to_do_next(answer: Any, kind: type[Failure], field: str | None):
    """Each answer to a new post is one failure; the platform's words and field are kept."""
    with pytest.raises(Failure) as caught:
        publish(answering(answer), adapter(), make_post())
    assert type(caught.value) is kind
    assert getattr(caught.value, "field", None) == field
    assert caught.value.next
    if isinstance(answer, Response) and isinstance(answer.body, dict) and answer.body.get("detail") == "words":
        assert "words" in caught.value.message


def test_a_token_from_before_pictures() -> None:
    """What a token that was made without `media.write` lacks is among what is to be looked at."""
    with pytest.raises(NotEntitled) as caught:
        publish(answering(problem(403, "You are not permitted to perform this action.")), adapter(), make_post())
    assert "media.write" in (caught.value.next or "")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "{+840}"}, 840),
        ({"x-rate-limit-reset": "{+840}"}, 840),
        (
            {
                "x-rate-limit-remaining": "12",
                "x-rate-limit-reset": "{+840}",
                "x-app-limit-24hour-remaining": "0",
                "x-app-limit-24hour-reset": "{+40000}",
            },
            40_000,
        ),
        ({"x-rate-limit-reset": "soon", "Retry-After": "30"}, 30),
        ({}, None),
    ],
    ids=str,
)
def test_how_long_to_wait(headers: dict[str, str], seconds: int | None):
    """The wait ends with the window that is used up: of 15 minutes, or of a day."""
    filled = {k: re.sub(r"\{\+(\d+)\}", lambda m: str(int(NOW.timestamp()) + int(m[1])), v) for k, v in headers.items()}
    with pytest.raises(RateLimited) as caught:
        publish(answering(Response(429, "", filled)), adapter(), make_post())
    assert caught.value.until == (None if seconds is None else NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("content", Rejected), ("auth", Unauthorized), ("entitlement", NotEntitled), ("rate", RateLimited)],
)
def test_refusals_of_the_standin_mean_what_they_are_called(kind: Any, failure: type[Failure]):
    """What the sandbox plays as a refusal is read as that kind of failure, with the server's wait."""
    with pytest.raises(Failure) as caught:
        publish(answering(standin().refusal(kind, "120" if kind == "rate" else "")), adapter(), make_post())
    assert type(caught.value) is failure
    if kind == "rate":
        assert caught.value.until == NOW + timedelta(seconds=120)


def test_standin_refuses_a_second_time():
    """The same text again is Duplicate, which may be our own earlier success."""
    place = standin()
    publish(place, adapter(), make_post())
    with pytest.raises(Duplicate):
        publish(place, adapter(), make_post())
    assert len(place.posts) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x", "title": "y"}, 400),
        ({"text": "x", "reply": {"in_reply_to_tweet_id": "{previous}"}}, 400),
        ({"text": "x", "reply": {"in_reply_to_tweet_id": "1", "more": 1}}, 400),
        ({"text": "x", "reply": {"in_reply_to_tweet_id": "1"}}, 403),
        ({"text": " "}, 400),
        ({}, 400),
        ([], 400),
        ({"text": "x" * 281}, 403),
        ({"text": "x" * 280}, 201),
        ({"text": "中" * 141}, 403),
        ({"text": "x" * 257 + " https://example.com/" + "y" * 50}, 403),
        ({"text": "x" * 256 + " https://example.com/" + "y" * 50}, 201),
    ],
)
def test_standin_is_as_strict_as_x(body: Any, status: int):
    """Unknown keys, placeholders, unknown posts and weighted lengths are refused."""
    headers = {"authorization": f"Bearer {TwitterStandIn.options['access_token']}"}
    request = Request("POST", "/tweets", {}, headers, json.dumps(body).encode())
    assert standin().handle(request).status == status
