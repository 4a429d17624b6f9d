"""OAuth 1.0a and OAuth 2 for X: signatures, renewal, rotation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from syndicate.adapters.twitter import Twitter
from syndicate.adapters.twitter_standin import TwitterStandIn

from syndicate.adapter import Secret
from syndicate.errors import (
    Failure,
    RateLimited,
    Unauthorized,
    Unavailable,
    UsageError,
)
from syndicate.standin import Request, Response
from syndicate.tokens import TokenStore

from .adapter_bridge import Clock, attempt, make_http, make_post, run
from .twitter_bridge import BASE, KEYS, adapter, answering, publish, renewing, standin


def signature(request: Request, url: str, secrets: tuple[str, str]) -> tuple[str, str]:
    """The signature in a request's header, and the one that RFC 5849 asks for (a JSON body is not part of it)."""
    header = dict(re.findall(r'(\w+)="([^"]*)"', request.headers["authorization"]))
    given = {unquote(k): unquote(v) for k, v in header.items()}
    sent = given.pop("oauth_signature")
    pairs = sorted((quote(k, safe="~"), quote(v, safe="~")) for k, v in {**given, **request.query}.items())
    joined = "&".join(f"{k}={v}" for k, v in pairs)
    base = "&".join(quote(part, safe="~") for part in (request.method, url, joined))
    key = "&".join(quote(secret, safe="~") for secret in secrets).encode()
    return sent, base64.b64encode(hmac.new(key, base.encode(), hashlib.sha1).digest()).decode()


def test_oauth_1_signs_writes_and_reads():
    """With the four values of OAuth 1.0a every request is signed, its query included, and holds no secret."""
    which = adapter(**{key: f"value-of-{key}" for key in KEYS})
    place = standin()
    http, requests = make_http(place, BASE)
    part = which.render(make_post()).parts[0]
    run(which.publish(part, attempt(), http))
    run(which.find(part, attempt(), http))
    assert [(r.method, r.path) for r in requests] == [
        ("POST", "/tweets"),
        ("GET", "/users/me"),
        ("GET", f"/users/{place.user_id}/tweets"),
    ]
    for request in requests:
        sent, right = signature(
            request, f"{BASE}{request.path}", ("value-of-api_key_secret", "value-of-access_token_secret")
        )
        assert sent == right
        assert "_secret" not in request.headers["authorization"]
    assert requests[2].query["start_time"] == "2026-11-03T11:59:00Z"


def test_access_token_alone_is_used_as_it_is():
    """Without a refresh token nothing is renewed: one try, and Unauthorized says so."""
    http, requests = make_http(standin(), BASE)
    with pytest.raises(Unauthorized):
        which = adapter(access_token="expired-token")
        run(which.publish(which.render(make_post()).parts[0], attempt(), http))
    assert [request.path for request in requests] == ["/tweets"]


def test_no_credentials_name_the_place_to_put_them():
    """A missing access token is a mistake of the configuration, found before anything leaves."""
    http, requests = make_http(standin(), BASE)
    lacking = Twitter(base_url=BASE, access_token=Secret(where="the environment variable X_TOKEN"))
    with pytest.raises(UsageError, match="X_TOKEN"):
        run(lacking.publish(lacking.render(make_post()).parts[0], attempt(), http))
    assert requests == []


@pytest.mark.parametrize("secret", [None, "client-secret"], ids=["public client", "confidential client"])
def test_refresh_token_gets_an_access_token(secret: str | None):
    """A public client names itself in the body, a confidential one by HTTP Basic."""
    place = standin()
    which = renewing(**({"client_secret": secret} if secret else {}))
    http, requests = make_http(place, BASE)
    run(which.publish(which.render(make_post()).parts[0], attempt(), http))
    assert [request.path for request in requests] == ["/oauth2/token", "/tweets"]
    form, header = requests[0].form(), requests[0].headers.get("authorization", "")
    assert form.get("client_id") == (None if secret else TwitterStandIn.client_id)
    assert header.startswith("Basic ") == bool(secret)
    assert form["refresh_token"] == TwitterStandIn.refresh


def test_expired_token_is_renewed_and_the_write_made_again(tmp_path):
    """A 401 certainly did nothing. The rotated refresh token is on disk before the write is made again."""
    place, kept = standin(), tmp_path / "x.json"
    which = renewing(access_token="expired-token")

    def handle(request: Request) -> Response:
        if request.path == "/tweets" and "expired" not in request.headers["authorization"]:
            assert json.loads(kept.read_text())["token"]["refresh"] == "sandbox-x-refresh-1"
        return place.handle(request)

    http, requests = make_http(handle, BASE, tokens=TokenStore(kept, place.now))
    run(which.publish(which.render(make_post()).parts[0], attempt(), http))
    assert [request.path for request in requests] == ["/tweets", "/oauth2/token", "/tweets"]
    assert len(place.posts) == 1


def test_rotated_refresh_token_is_used_next_time(tmp_path):
    """Each refresh token is good once: the next run, two hours later, uses the one that came back."""
    clock = Clock()
    place = standin(clock)
    for number, passed in ((1, 0), (2, 7200), (3, 7200)):
        clock.pass_(passed)
        tokens = TokenStore(tmp_path / "x.json", clock)
        publish(place, renewing(), make_post(title=f"Number {number}"), now=clock.now, tokens=tokens)
        assert tokens.values() == [f"sandbox-x-access-{number}", f"sandbox-x-refresh-{number}"]
    assert len(place.posts) == 3


def test_refresh_token_that_is_used_up():
    """A void refresh token is Unauthorized with advice, and the token is not in the message."""
    with pytest.raises(Unauthorized) as caught:
        publish(standin(), renewing(refresh_token="a-void-refresh-token"), make_post())
    assert "invalid" in caught.value.message
    assert "authorise" in caught.value.next
    assert "a-void-refresh-token" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Response(503, "<html>"), Unavailable),
        (Response(200, "<html>"), Unavailable),
        (Response(200, []), Unavailable),
        (Response(200, {"token_type": "bearer"}), Unavailable),
        (Response(200, {"access_token": "x", "token_type": "bearer", "expires_in": "soon"}), Unavailable),
        (Response(429, "", {"Retry-After": "5"}), RateLimited),
        (Response(403, {"error": "unauthorized_client"}), Unauthorized),
        (httpx.ReadTimeout("slow"), Unavailable),
    ],
    ids=repr,
)
def test_token_endpoint_in_trouble(answer: Any, failure: type[Failure]):
    """Without a token nothing was posted: that is never an unknown outcome."""
    http, requests = make_http(answering(answer, "/oauth2/token"), BASE)
    which = renewing()
    part = which.render(make_post()).parts[0]
    with pytest.raises(Failure) as caught:
        run(which.publish(part, attempt(), http))
    assert type(caught.value) is failure
    assert not http.in_doubt
    assert [request.path for request in requests] == ["/oauth2/token"]
