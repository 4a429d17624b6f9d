"""Medium: how its answers are read, finding our own, and what else the adapter can do."""

from __future__ import annotations

import httpx
import pytest
from syndicate.adapters.medium import Medium
from syndicate.adapters.medium_standin import MediumStandIn

from syndicate.adapter import Account, Secret
from syndicate.errors import Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable
from syndicate.kit import kit
from syndicate.standin import Response

from .adapter_bridge import Place, attempt, make_post, run

TOKEN = "sandbox-medium-token"


@pytest.fixture
def site() -> Place:
    return Place(Medium(token=Secret.of(TOKEN)), MediumStandIn)


def but_for_me(answer: Response | Exception):
    """Answers every request with `answer`, but for the one that asks who the author is."""
    me = Response(200, {"data": {"id": "5303d74c", "username": "sandbox", "name": "Sandbox"}})
    return lambda request: me if request.path == "/me" else answer


def refusal(code: int, message: str) -> dict:
    return {"errors": [{"message": message, "code": code}]}


REFUSALS = [
    (400, refusal(2002, "Post content is missing."), Rejected),
    (401, refusal(6003, "Token was invalid."), Unauthorized),
    (403, refusal(6021, "User is not allowed to publish here."), NotEntitled),
    (403, "<html>blocked</html>", Unauthorized),
    (404, refusal(6000, "Not found"), Rejected),
    (429, "Too Many Requests", RateLimited),
    (500, refusal(7000, "Oops"), OutcomeUnknown),
    (503, "", OutcomeUnknown),
    (302, "", OutcomeUnknown),
    (201, "<html>", OutcomeUnknown),
    (201, {"data": {}}, OutcomeUnknown),
    (201, [], OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "body", "kind"), REFUSALS)
def test_each_answer_to_a_write_has_its_failure(site, status, body, kind):
    """Every documented refusal, and every unclear end, becomes the failure that says what to do next."""
    with pytest.raises(Failure) as caught:
        site.publish(make_post(), site.answering(but_for_me(Response(status, body))))
    assert type(caught.value) is kind
    assert caught.value.next


def test_a_refused_token_names_the_way_that_is_left(site):
    """Nobody can renew a token: the advice is the import page."""
    site.adapter = Medium(token=Secret.of("another-token"))
    with pytest.raises(Unauthorized) as caught:
        site.publish(make_post())
    assert "https://medium.com/p/import" in caught.value.next


@pytest.mark.parametrize("response", [Response(503, ""), Response(200, "<html>"), Response(200, {"data": {}})])
def test_nothing_is_sent_when_the_author_is_not_known(site, response):
    """A failed look at the account is no write: certainly nothing happened."""
    http = site.answering(response)
    with pytest.raises(Unavailable):
        site.publish(make_post(), http)
    assert {request.method for request in site.requests} == {"GET"}
    assert not http.in_doubt


def test_a_lost_answer_is_unknown(site):
    """Nothing can tell afterwards whether the story is there."""
    with pytest.raises(OutcomeUnknown):
        site.publish(make_post(), site.answering(but_for_me(httpx.ReadTimeout("slow"))))


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("content", Rejected), ("auth", Unauthorized), ("entitlement", NotEntitled), ("rate", RateLimited)],
)
def test_the_stand_ins_refusals_are_understood(site, kind, failure):
    """What the sandbox can play is what the adapter tells apart."""
    with pytest.raises(failure):
        site.publish(make_post(), site.answering(but_for_me(site.standin.refusal(kind, "7"))))


# ------------------------------------------------------------------ what Medium cannot do


def test_medium_cannot_be_asked_and_says_so(site):
    """No lookup is declared, and `find` asks nobody; updates, metrics and lists are absent."""
    site.publish(make_post())
    part = site.part(make_post())
    assert run(site.adapter.find(part, attempt(), site.http())) is None
    assert site.requests == []
    assert Medium.dedupe.kind == "none"
    assert not any(hasattr(site.adapter, ability) for ability in ("update", "delete", "recent", "metrics"))


def test_without_a_token_a_person_imports_the_story(site):
    """The page on which the job is finished by hand, the address to paste there, and the text as a page to copy from."""
    payload = kit(site.adapter, make_post()).parts[0].payload
    assert payload["open"] == "https://medium.com/p/import"
    assert payload["copy"] == make_post().canonical_url
    assert "<p>Write to a file beside it, then rename.</p>" in payload["files"]["post.html"]
    with pytest.raises(Rejected, match="address"):
        kit(site.adapter, make_post(canonical_url=None))


def test_check_names_the_account(site):
    """Good credentials have a name."""
    assert run(site.adapter.check(site.http())) == Account("sandbox", "Sandbox")
