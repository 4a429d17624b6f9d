"""The X adapter and its stand-in, ready to use, for the tests of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syndicate.adapters.twitter import Twitter
from syndicate.adapters.twitter_standin import TwitterStandIn

from syndicate.adapter import Post, Published, Secret
from syndicate.standin import Request, Response

from .adapter_bridge import NOW, attempt, make_http, run

BASE = "http://sandbox.test/twitter/2"
ROOT = "http://sandbox.test/twitter"
URL = "https://blog.example.org/posts/atomic-writes/"
KEYS = ("api_key", "api_key_secret", "access_token", "access_token_secret")


def adapter(**changes: Any) -> Twitter:
    given = {"access_token": TwitterStandIn.options["access_token"], "base_url": BASE} | changes
    plain = ("base_url", "mode", "numbering", "pictures")
    return Twitter(**{k: v if k in plain or isinstance(v, Secret) else Secret.of(v) for k, v in given.items()})


def renewing(**changes: Any) -> Twitter:
    client = {"client_id": TwitterStandIn.client_id, "refresh_token": TwitterStandIn.refresh}
    return adapter(**({"access_token": Secret()} | client | changes))


def standin(clock: Callable[[], float] | None = None) -> TwitterStandIn:
    return TwitterStandIn(ROOT, clock or (lambda: NOW.timestamp()))


def publish(place: Any, which: Twitter, what: Post, **more: Any) -> Published:
    http, _ = make_http(place, BASE, **more)
    return run(which.publish(which.render(what).parts[0], attempt(), http))


def publish_all(place: Any, which: Twitter, what: Post) -> list[Published]:
    """A whole thread, each part answering the one before."""
    done: list[Published] = []
    for part in which.render(what).parts:
        http, _ = make_http(place, BASE)
        done.append(run(which.publish(part, attempt(previous=done[-1] if done else None), http)))
    return done


def answering(answer: Response | Exception, path: str = "/tweets") -> Callable[[Request], Any]:
    """An X that gives `answer` to every request for `path`."""
    place = standin()
    return lambda request: answer if request.path == path else place.handle(request)


def problem(status: int, detail: str, kind: str = "about:blank", **more: Any) -> Response:
    return Response(status, {"title": "Title", "detail": detail, "type": kind, "status": status, **more})
