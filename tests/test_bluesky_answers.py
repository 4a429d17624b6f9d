"""Bluesky: how its answers are read, sessions, and what else the adapter can do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from syndicate.adapters.bluesky import Bluesky
from syndicate.adapters.bluesky_standin import BlueskyStandIn

from syndicate.adapter import Attempt, Image, Metrics, Published, Secret
from syndicate.errors import Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable
from syndicate.standin import Response
from syndicate.tokens import TokenStore

from .adapter_bridge import NOW, Place, attempt, collect, make_http, make_post, run

URL = "https://blog.example.org/posts/atomic-writes/"
PASSWORD = BlueskyStandIn.options["app_password"]
PUT = "/xrpc/com.atproto.repo.putRecord"


@pytest.fixture
def place() -> Place:
    return Place(Bluesky(identifier="sandbox.test", app_password=Secret.of(PASSWORD)), BlueskyStandIn)


def answering(place: Place, path: str, answer):
    """The place, which gives `answer` to one method."""
    return place.answering(lambda request: answer if request.path.endswith(path) else place.standin.handle(request))


def error(status: int, name: str, said: str, headers=None) -> Response:
    return Response(status, {"error": name, "message": said}, headers or {})


REFUSALS = [
    (error(400, "InvalidRequest", "grapheme too big (maximum 300, got 301) at $.record.text"), Rejected, "text"),
    (error(400, "InvalidRequest", "Unknown something"), Rejected, None),
    (error(400, "BlobTooLarge", "This file is too large"), Rejected, "cover"),
    (error(400, "InvalidRequest", "blob too big (maximum 1000000, got 1000001)"), Rejected, "cover"),
    (error(400, "InvalidRequest", "Could not find repo: did:plc:abc"), Rejected, None),
    (error(400, "InvalidMimeType", "Wrong mimetype of blob"), Rejected, "cover"),
    (error(413, "PayloadTooLarge", "request entity too large"), Rejected, "cover"),
    (error(401, "AuthMissing", "Authentication Required"), Unauthorized, None),
    (error(401, "AccountTakedown", "Account has been taken down"), NotEntitled, None),
    (error(401, "AccountDeactivated", "Account is deactivated"), NotEntitled, None),
    (error(429, "RateLimitExceeded", "Rate Limit Exceeded"), RateLimited, None),
    (error(500, "InternalServerError", "Internal Server Error"), OutcomeUnknown, None),
    (error(502, "UpstreamFailure", "Upstream Failure"), OutcomeUnknown, None),
    (Response(200, "<html>soon</html>"), OutcomeUnknown, None),
    (Response(200, {}), OutcomeUnknown, None),
    (Response(301), OutcomeUnknown, None),
    (httpx.ReadTimeout("slow"), OutcomeUnknown, None),
    (httpx.ConnectError("no"), Unavailable, None),
]


@pytest.mark.parametrize(("answer", "kind", "field"), REFUSALS)
def test_each_answer_to_a_write_has_its_failure(place, answer, kind, field):
    """Every documented refusal, and every unclear end, becomes the failure that says what to do next."""
    with pytest.raises(Failure) as caught:
        place.publish(make_post(), answering(place, "putRecord", answer))
    assert (type(caught.value), getattr(caught.value, "field", None)) == (kind, field)
    assert caught.value.next
    assert PASSWORD not in f"{caught.value!r} {caught.value.next}"
    assert "sandbox-access" not in f"{caught.value!r} {caught.value.next}"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"RateLimit-Reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"Retry-After": "12", "RateLimit-Reset": "1"}, 12),
        ({}, None),
    ],
)
def test_a_rate_limit_says_until_when(place, headers, seconds):
    """`Retry-After` counts; without it the moment of the reset does."""
    with pytest.raises(RateLimited) as caught:
        place.publish(make_post(), answering(place, "putRecord", error(429, "RateLimitExceeded", "Slow", headers)))
    assert caught.value.until == (None if seconds is None else NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(401, "AuthenticationRequired", "Invalid identifier or password"), Unauthorized),
        (error(401, "AuthFactorTokenRequired", "A sign in code has been sent"), Unauthorized),
        (error(429, "RateLimitExceeded", "Rate Limit Exceeded"), RateLimited),
        (Response(200, "<html>"), Unavailable),
        (Response(200, {"accessJwt": "x"}), Unavailable),
        (Response(500), Unavailable),
    ],
)
def test_without_a_session_nothing_is_sent(place, answer, kind):
    """A password that is not accepted is said to be; what cannot be told now is tried later."""
    with pytest.raises(kind) as caught:
        place.publish(make_post(), answering(place, "createSession", answer))
    assert PASSWORD not in str(caught.value)
    assert not [request for request in place.requests if request.path == PUT]


def sessions(place: Place, tokens: TokenStore) -> list[str]:
    """Publishes once with kept tokens; which of a session's methods that took."""
    http, place.requests = make_http(place.standin, place.adapter.base_url, now=place.clock.now, tokens=tokens)
    run(place.adapter.publish(place.part(make_post()), attempt(), http))
    return [r.path.rpartition(".")[2] for r in place.requests if r.path.endswith(("createSession", "refreshSession"))]


def test_a_session_is_kept_and_renewed(place, tmp_path):
    """300 sessions a day are allowed: one is begun, used as long as it lasts, then renewed, by later runs too."""

    def kept() -> TokenStore:
        return TokenStore(tmp_path / "bluesky.json", place.clock)

    assert sessions(place, kept()) == ["createSession"]
    assert sessions(place, kept()) == []
    place.clock.pass_(7200)
    assert sessions(place, kept()) == ["refreshSession"]
    assert sessions(place, kept()) == []
    place.standin.tokens.clear()  # a server may end them earlier
    assert sessions(place, kept()) == ["refreshSession"]
    place.standin.tokens.clear()
    place.standin.refresh = ""  # 90 days later, or revoked
    assert sessions(place, kept()) == ["refreshSession", "createSession"]
    assert place.standin.sessions == 2
    stored = (tmp_path / "bluesky.json").read_text()
    assert PASSWORD not in stored


def test_another_password_begins_another_session(place, tmp_path):
    """What was kept for another account or password is not used."""
    store = TokenStore(tmp_path / "bluesky.json", place.clock)
    sessions(place, store)
    place.adapter = replace(place.adapter, app_password=Secret.of("aaaa-bbbb-cccc-dddd"))
    with pytest.raises(Unauthorized):
        sessions(place, store)


def test_a_token_that_ends_right_before_the_write_is_renewed(place):
    """The refusal of a token had no effect, so the record is written with the next one."""

    def handle(request):
        if request.path == PUT and request.headers["authorization"].endswith("-1"):
            return error(400, "ExpiredToken", "Token has expired")
        return place.standin.handle(request)

    place.publish(make_post(), place.answering(handle))
    assert len(place.standin.posts) == 1


def test_an_upload_that_cannot_be_read_sends_nothing(place):
    """No blob, no record."""
    for answer in (Response(200, {}), Response(200, "<html>"), Response(500)):
        with pytest.raises(Unavailable):
            place.publish(make_post(cover=Image("https://a.org/c.png")), answering(place, "uploadBlob", answer))
    assert place.standin.posts == []


def test_find_looks_under_the_key(place):
    """What this attempt wrote is found, edited or not; another attempt's is not, nor what is gone."""
    published = place.publish(make_post())
    assert place.find(make_post()) == published
    place.standin.edit(place.standin.posts[0].id, "Another text")
    assert place.find(make_post()) == published
    other = Attempt("attempt-2", NOW)
    assert run(place.adapter.find(place.part(make_post()), other, place.http())) is None
    place.standin.posts.clear()
    assert place.find(make_post()) is None
    assert [request for request in place.requests if place.standin.writes(request)] == []


@pytest.mark.parametrize(
    "answer", [Response(200, {}), error(400, "InvalidRequest", "Could not locate record"), Response(502)]
)
def test_an_unreadable_look_up_is_not_an_absence(place, answer):
    """Only RecordNotFound says that it is not there; an account that this server does not know is another matter."""
    with pytest.raises(Failure):
        place.find(make_post(), http=answering(place, "getRecord", answer))


def test_recent_lists_what_one_has_posted(place):
    """Newest first, over pages; the card's title and address, else the last link; answers are not posts."""
    for number in range(101):
        run(
            place.adapter.publish(
                place.part(make_post(title=f"Post {number}")),
                Attempt(f"k{number}", NOW + timedelta(minutes=number)),
                place.http(),
            )
        )
    listed = collect(place.adapter.recent(place.http()))
    assert [one.title for one in listed] == [f"Post {number}" for number in range(100, -1, -1)]
    assert {one.canonical_url for one in listed} == {URL}
    assert listed[0].url == f"https://bsky.app/profile/sandbox.test/post/{place.standin.posts[-1].id}"
    kept = place.standin.posts[-1].extra["record"]
    del kept["embed"]
    kept["facets"] = [{"features": [{"uri": "https://a.org/"}]}]
    first = collect(place.adapter.recent(place.http()))[0]
    assert (first.title, first.canonical_url) == (None, "https://a.org/")
    kept["reply"] = {"root": {}, "parent": {}}
    assert len(collect(place.adapter.recent(place.http()))) == 100


def test_a_list_that_goes_in_circles_is_a_failure(place):
    """A cursor that comes back would be followed for ever."""
    http = answering(place, "listRecords", Response(200, {"records": [], "cursor": "3l"}))
    with pytest.raises(Unavailable):
        collect(place.adapter.recent(http))


def test_read_says_what_was_changed_there(place):
    """As sent, mentions looked up or not; edited in text, tags or card; gone."""
    post = make_post(text="Thanks @friend.example.com and @nobody.example.com", cover=Image("https://a.org/c.png"))
    published, part = place.publish(post), place.part(post)
    assert run(place.adapter.read(part, published, place.http())) == part
    kept = place.standin.posts[0].extra["record"]
    for change in ({"tags": ["other"]}, {"langs": ["fr"]}, {"embed": None}):
        place.standin.posts[0].extra["record"] = {**kept, **change}
        edited = run(place.adapter.read(part, published, place.http()))
        (name,) = change
        assert edited.payload["record"][name] == change[name]
        assert edited.text == part.text
    other = {**kept["embed"], "external": {**kept["embed"]["external"], "uri": "https://a.org/"}}
    place.standin.posts[0].extra["record"] = {**kept, "embed": other}
    assert run(place.adapter.read(part, published, place.http())) != part
    place.standin.posts[0].extra["record"] = kept
    place.standin.edit(place.standin.posts[0].id, "Words")
    edited = run(place.adapter.read(part, published, place.http()))
    assert (edited.text, edited.payload["record"]["text"], edited.count) == ("Words", "Words", 5)
    place.standin.posts.clear()
    assert run(place.adapter.read(part, published, place.http())) is None


def test_update_keeps_key_and_date(place):
    """The record is written over, with the date that it has; repeated, it stays the same; a missing one is said to be."""
    published = place.publish(make_post())
    place.clock.pass_(86400)
    for _ in range(2):
        assert run(place.adapter.update(place.part(make_post(title="New")), published, place.http())) == published
    (shown,) = place.standin.posts
    assert (shown.text.split("\n")[0], shown.extra["record"]["createdAt"]) == ("New", "2026-11-03T12:00:00.000Z")
    place.standin.posts.clear()
    with pytest.raises(Rejected) as caught:
        run(place.adapter.update(place.part(make_post()), published, place.http()))
    assert caught.value.field == "id"
    assert place.standin.posts == []


def test_delete_can_be_repeated(place):
    """The record goes, and only that one; deleting it again is no failure."""
    published = place.publish(make_post())
    run(place.adapter.publish(place.part(make_post(title="Other")), Attempt("other", NOW), place.http()))
    for _ in range(2):
        run(place.adapter.delete(published, place.http()))
    (left,) = place.standin.posts
    assert left.title == "Other"
    assert set(json.loads(place.requests[-1].body)) == {"repo", "collection", "rkey"}


def test_metrics(place):
    """Likes and answers; a post that the index does not show is said to be missing."""
    published = place.publish(make_post())
    assert run(place.adapter.metrics(published, place.http())) == Metrics(None, 0, 0)
    place.standin.posts.clear()
    with pytest.raises(Rejected) as caught:
        run(place.adapter.metrics(published, place.http()))
    assert caught.value.field == "id"


def test_check_names_the_account(place):
    """Handle, DID and server; an account that is not active cannot post; the main password is warned of."""
    account = run(place.adapter.check(place.http()))
    assert (account.name, account.detail, account.warnings) == (
        "@sandbox.test",
        f"{place.standin.did}, bsky.social",
        (),
    )
    session = {"did": place.standin.did, "handle": "sandbox.test", "active": False, "status": "suspended"}
    with pytest.raises(NotEntitled, match="suspended"):
        run(place.adapter.check(answering(place, "getSession", Response(200, session))))
    place.standin.options = {"identifier": "sandbox.test", "app_password": "correct horse battery"}
    main = replace(place.adapter, app_password=Secret.of("correct horse battery"), identifier="@sandbox.test")
    (said,) = run(main.check(place.http())).warnings
    assert "correct" not in said
    assert "app password" in said


def test_an_account_without_a_valid_handle_goes_by_its_did(place):
    """A handle that lost its domain leads nowhere; the DID does."""
    session = {"did": place.standin.did, "handle": "handle.invalid"}
    published = place.publish(make_post(), answering(place, "getSession", Response(200, session)))
    assert published.url is not None
    assert published.url.startswith(f"https://bsky.app/profile/{place.standin.did}/post/")


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://bsky.app/profile/me.bsky.social/post/3l7abc", "at://me.bsky.social/app.bsky.feed.post/3l7abc"),
        ("https://bsky.app/profile/did:plc:abc/post/3l7abc?x=1", "at://did:plc:abc/app.bsky.feed.post/3l7abc"),
        ("at://did:plc:abc/app.bsky.feed.post/3l7abc", "at://did:plc:abc/app.bsky.feed.post/3l7abc"),
        ("https://bsky.app/profile/me.bsky.social", None),
    ],
)
def test_id_of_an_address(place, url, id):
    """The page's address names whose record it is, and its key."""
    assert place.adapter.id_of(url) == id


def test_what_a_person_recorded_can_be_read_and_updated(place):
    """An id with a handle, as it comes from a page's address, works like one with a DID."""
    published, part = place.publish(make_post()), place.part(make_post())
    by_page = Published(place.adapter.id_of(published.url), published.url)
    assert run(place.adapter.read(part, by_page, place.http())) == part
    assert run(place.adapter.update(part, by_page, place.http())) == published
    assert run(place.adapter.metrics(by_page, place.http())) == Metrics(None, 0, 0)
    with pytest.raises(Rejected):
        run(place.adapter.read(part, Published("123"), place.http()))
