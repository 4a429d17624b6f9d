"""The Reddit adapter and its stand-in, ready to use, for the tests of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syndicate.adapters.reddit import Reddit
from syndicate.adapters.reddit_standin import RedditStandIn

from syndicate.adapter import Post, Published, Secret
from syndicate.standin import Request, Response

from .adapter_bridge import NOW, attempt, make_http, run

BASE = "http://sandbox.test/reddit/api"
ROOT = "http://sandbox.test/reddit"
URL = "https://blog.example/release"


def adapter(**changes: Any) -> Reddit:
    options = {k: v if k == "subreddit" else Secret.of(v) for k, v in RedditStandIn.options.items()}
    return Reddit(**({"base_url": BASE} | options | changes))


def by_password(password: str = RedditStandIn.password, **changes: Any) -> Reddit:
    account = {"username": Secret.of(RedditStandIn.username), "password": Secret.of(password)}
    return adapter(refresh_token=Secret(), **account, **changes)


def post(**changes: Any) -> Post:
    given = {"key": URL, "source": "release.md", "title": "A release", "body": "It is *out*.\n", "canonical_url": URL}
    return Post(**(given | changes))


def standin(clock: Callable[[], float] | None = None) -> RedditStandIn:
    return RedditStandIn(ROOT, clock or (lambda: NOW.timestamp()))


def publish(place: Any, which: Reddit, what: Post, **more: Any) -> Published:
    http, _ = make_http(place, BASE, **more)
    return run(which.publish(which.render(what).parts[0], attempt(), http))


def answering(submit: Response | Exception) -> Callable[[Request], Any]:
    """A Reddit that hands out tokens and answers every submission with `submit`."""
    place = standin()
    return lambda request: submit if request.path == "/api/submit" else place.handle(request)


def in_200(code: str, words: str = "words", field: str | None = "url") -> Response:
    return Response(200, {"json": {"errors": [[code, words, field]]}})


def in_400(reason: str, words: str = "words", field: str = "title") -> Response:
    said = {"fields": [field], "explanation": words, "error_type": "SUBMIT_VALIDATION_ERROR", "reason": reason}
    return Response(400, {**said, "message": "Bad Request"})
