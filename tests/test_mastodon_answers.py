"""Mastodon: how its answers are read, whose the token is, and what the instance takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from syndicate.adapters.mastodon import Mastodon
from syndicate.adapters.mastodon_standin import MastodonStandIn

from syndicate.adapter import Metrics, Published, Secret
from syndicate.errors import Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, attempt, make_post, run

BASE = "https://social.example"


@pytest.fixture
def place() -> Place:
    return Place(Mastodon(base_url=BASE, access_token=Secret.of("sandbox-mastodon-token")), MastodonStandIn)


def changing(place: Place, path: str, change):
    """The place, with `change` of what it answers to `path`."""

    def handle(request):
        answer = place.standin.handle(request)
        return change(answer) if request.path.endswith(path) else answer

    return place.answering(handle)


REFUSALS = [
    (401, {"error": "The access token is invalid"}, Unauthorized, None),
    (403, {"error": "This action is outside the authorized scopes"}, Unauthorized, None),
    (403, {"error": "Your login is currently disabled"}, NotEntitled, None),
    (403, {"error": "Your login is missing a confirmed e-mail address"}, NotEntitled, None),
    (404, {"error": "Record not found"}, Rejected, "id"),
    (404, "<html>no such page</html>", Rejected, None),
    (410, {"error": "Gone"}, Rejected, "id"),
    (422, {"error": "Validation failed: Text character limit of 500 exceeded"}, Rejected, "text"),
    (422, {"error": "Validation failed: Text can't be blank"}, Rejected, "text"),
    (422, {"error": "Validation failed: Language is invalid"}, Rejected, None),
    (429, {"error": "Too many requests"}, RateLimited, None),
    (500, "<html>oops</html>", OutcomeUnknown, None),
    (503, {"error": "There was a temporary problem serving your request"}, OutcomeUnknown, None),
    (301, "", OutcomeUnknown, None),
    (200, "<html>soon</html>", OutcomeUnknown, None),
    (200, {"error": "?"}, OutcomeUnknown, None),
    (200, [], OutcomeUnknown, None),
]


@pytest.mark.parametrize(("status", "body", "kind", "field"), REFUSALS)
def test_each_answer_to_a_write_has_its_failure(place, status, body, kind, field):
    """Every documented refusal, and every unclear end, becomes the failure that says what to do next."""
    with pytest.raises(Failure) as caught:
        place.publish(make_post(), place.answering(Response(status, body)))
    assert (type(caught.value), getattr(caught.value, "field", None)) == (kind, field)
    assert caught.value.next


@pytest.mark.parametrize(
    ("fault", "kind"), [(httpx.ConnectError("no"), Unavailable), (httpx.ReadTimeout("slow"), OutcomeUnknown)]
)
def test_only_what_certainly_did_nothing_may_be_tried_again(place, fault, kind):
    """A lost answer is unknown; a lost connection is not."""
    with pytest.raises(kind):
        place.publish(make_post(), place.answering(fault))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Reset": "2026-11-03T12:04:00.123456Z"}, 240.123456),
        ({"Retry-After": "12"}, 12),
        ({"X-RateLimit-Reset": "soon", "Retry-After": "7"}, 7),
        ({"X-RateLimit-Reset": "2126-11-03T12:04:00Z"}, 86400),
    ],
)
def test_a_rate_limit_says_until_when(place, headers, seconds):
    """The reset is a moment in ISO 8601; one that cannot be meant is bounded."""
    with pytest.raises(RateLimited) as caught:
        place.publish(make_post(), place.answering(Response(429, {"error": "Too many requests"}, headers)))
    assert NOW + timedelta(seconds=seconds) == caught.value.until


def test_metrics(place):
    """Favourites and answers; views are not told."""
    published = place.publish(make_post())
    assert run(place.adapter.metrics(published, place.http())) == Metrics(None, 0, 0)


def test_check_names_account_and_scopes(place):
    """Whose the token is; a scope that is lacking and a moved account are warnings."""
    account = run(place.adapter.check(place.http()))
    assert (account.name, account.detail, account.warnings) == ("@sandbox@social.example", "scopes read write", ())
    place.standin.scopes = ["read:statuses", "profile"]
    assert "write:statuses" in run(place.adapter.check(place.http())).warnings[0]

    def moved(answer):
        return Response(200, {**answer.body, "moved": {"url": "https://other.example/@me"}})

    (said,) = run(replace(place.adapter).check(changing(place, "accounts/verify_credentials", moved))).warnings[1:]
    assert "https://other.example/@me" in said


@pytest.mark.parametrize(
    "answer", [Response(401, {"error": "The access token is invalid"}), Response(404), Response(200, {})]
)
def test_check_works_where_scopes_are_not_told(place, answer):
    """Older servers do not say what an application may do: no warning."""
    account = run(place.adapter.check(changing(place, "apps/verify_credentials", lambda _: answer)))
    assert (account.name, account.warnings) == ("@sandbox@social.example", ())


def test_the_instance_s_own_limits_are_kept(place):
    """A text that is longer than this instance takes is objected to, with the option to set; else nothing is."""
    rules = run(place.adapter.requirements(place.http()))
    assert rules["max_characters"] == 500
    place.adapter = replace(place.adapter, max_characters=1000)
    part = place.part(make_post(summary="A sentence of some words. " * 30))
    (said,) = place.adapter.objections(part, rules)
    assert f"counts {part.count}" in said
    assert "`max_characters = 500`" in said
    for other in ({}, {"max_characters": 5000}, {"max_characters": part.count}):
        assert list(place.adapter.objections(part, other)) == []
    short = place.part(make_post(text="See https://a.org/", canonical_url=None))
    assert place.adapter.objections(short, {"max_characters": 30, "characters_reserved_per_url": 40})


def test_older_instances_are_asked_in_their_way(place):
    """Version 1 of the description, a fork's own field, and a server that has neither."""
    old = {"/api/v1/instance": Response(200, {"max_toot_chars": 1234})}
    http = place.answering(lambda request: old.get(request.path, Response(404, {"error": "Not found"})))
    assert run(place.adapter.requirements(http)) == {"max_characters": 1234}
    assert run(place.adapter.requirements(place.answering(Response(404)))) == {}
    with pytest.raises(Unavailable):
        run(place.adapter.requirements(place.answering(Response(503))))


@pytest.mark.parametrize(
    ("url", "id"),
    [
        (f"{BASE}/@me/113400", "113400"),
        (f"{BASE}/users/me/statuses/113400", "113400"),
        (f"{BASE}/web/statuses/113400/", "113400"),
        (f"{BASE}/notice/AbC1", "AbC1"),
        ("https://other.example/@me/113400", None),
        (f"{BASE}/@me", None),
    ],
)
def test_id_of_an_address(place, url, id):
    """The id is in the address; another instance has another id for it."""
    assert place.adapter.id_of(url) == id


def test_failures_show_no_token(place):
    """Whatever goes wrong, the token is not in what is said."""
    for answer in (Response(401, {"error": "The access token is invalid"}), Response(500, "x"), httpx.ReadTimeout("x")):
        with pytest.raises(Failure) as caught:
            run(place.adapter.publish(place.part(make_post()), attempt(), place.answering(answer)))
        assert "sandbox-mastodon-token" not in f"{caught.value!r} {caught.value.next}"


def test_published_without_an_address(place):
    """Where `url` is empty the status's `uri` names it."""
    body = {"id": 7, "url": None, "uri": "https://social.example/users/me/statuses/7"}
    assert place.publish(make_post(), place.answering(Response(200, body))) == Published("7", body["uri"])
