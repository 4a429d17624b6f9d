"""LinkedIn: what is sent, the card's picture, and what the account may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from syndicate.adapters.linkedin_standin import LinkedInStandIn

from syndicate.adapter import Image, Published, Secret
from syndicate.errors import NotEntitled, Rejected, Unauthorized, Unavailable
from syndicate.pictures import Picture
from syndicate.standin import Request, Response

from .adapter_bridge import NOW, Place, check_golden, make_http, make_post, run, sample_post
from .linkedin_bridge import APP, BASE, MEMBER, ORGANIZATION, TOKEN, place

COVER = Image("https://blog.example.org/cover.png", "A disk")


@pytest.fixture
def site() -> Place:
    return place()


@pytest.mark.parametrize("name", ["release", "plain"])
def test_golden(name):
    """What is sent for a sample post, field by field."""
    check_golden("linkedin", name, place(ORGANIZATION).adapter.render(sample_post(name, "linkedin")))


def test_golden_chinese(site):
    """Chinese tags become hashtags; full-width signs are not reserved."""
    post = make_post(title="原子写入（一）", body="先写到旁边的文件，再改名。\n", tags=("编程", "linux"), cover=COVER)
    check_golden("linkedin", "chinese", site.adapter.render(post))


def test_a_post_is_a_text_and_a_card(site):
    """It arrives as its author wrote it: text with hashtags, and a card that leads to the post."""
    published = site.publish(make_post(summary="How (not) to write."))
    (shown,) = site.standin.posts
    assert shown.text == "Atomic writes\n\nHow \\(not\\) to write.\n\n{hashtag|\\#|python} {hashtag|\\#|linux}"
    assert shown.extra["content"]["article"] == {
        "source": "https://blog.example.org/posts/atomic-writes/",
        "title": "Atomic writes",
        "description": "How (not) to write.",
    }
    assert published == Published(shown.id, f"https://www.linkedin.com/feed/update/{shown.id}")


def test_the_card_leads_readers_where_they_are_counted(site):
    """`link` has the target's own parameters."""
    post = make_post(link="https://blog.example.org/x?utm_source=linkedin")
    assert site.part(post).payload["content"]["article"]["source"] == post.link


def test_what_a_reader_sees_is_shown_without_escapes(site):
    """The preview is text, not markup."""
    part = site.part(make_post(title="C# (and [F#])"))
    assert part.text.startswith("C# (and [F#])\n\nWrite to a file")
    assert part.text.endswith("C# (and [F#])\n\nhttps://blog.example.org/posts/atomic-writes/")
    assert part.count == len(part.payload["commentary"])


def test_without_an_address_it_is_a_text_alone(site):
    """No card, and the author is told."""
    draft = site.adapter.render(make_post(canonical_url=None))
    assert "content" not in draft.parts[0].payload
    assert "nothing here leads to it" in draft.warnings[-1]
    site.publish(make_post(canonical_url=None))


def test_3000_is_kept_with_all_escapes(site):
    """What is sent counts, escapes and hashtags included: text that needs many is cut earlier, or refused."""
    post = make_post(summary="(" * 4000, title="t")
    part = site.part(post)
    assert len(part.payload["commentary"]) == part.count <= 3000
    with pytest.raises(Rejected):
        site.part(make_post(text="(" * 1501))
    assert site.part(make_post(text="(" * 1500)).count == 3000
    assert site.part(make_post(text="\U0001f389" * 1500)).count == 3000


def test_the_documented_headers(site):
    """One write, with the version, the protocol and the token."""
    site.publish(make_post())
    (request,) = site.requests
    assert (request.method, request.path) == ("POST", "/rest/posts")
    assert request.headers["linkedin-version"] == "202607"
    assert request.headers["x-restli-protocol-version"] == "2.0.0"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.body == site.part(make_post()).body()


def test_an_author_that_is_no_urn_is_refused_before_anything_is_sent():
    """With the form that it has to have."""
    site = place("12345")
    with pytest.raises(Rejected, match="author") as caught:
        site.publish(make_post())
    assert "urn:li:person:" in caught.value.next
    assert site.requests == []


# ---------------------------------------------------------------------- the card's picture


def test_the_cover_is_uploaded_before_the_post(site):
    """Two steps, then the post with the picture's URN in the place of its name; the preview's fingerprint stays."""
    site.publish(make_post(cover=COVER))
    assert [request.path for request in site.requests] == ["/rest/images", "/upload/C4E000000001", "/rest/posts"]
    start, upload, post = site.requests
    assert start.json() == {"initializeUploadRequest": {"owner": MEMBER}}
    assert (upload.headers["content-type"], upload.body[:4]) == ("image/png", b"\x89PNG")
    assert post.json()["content"]["article"]["thumbnail"] == "urn:li:image:C4E000000001"
    named = site.part(make_post(cover=COVER)).payload["content"]["article"]["thumbnail"]
    assert named == "{cover:https://blog.example.org/cover.png}"


@pytest.mark.parametrize(
    ("changes", "cover", "told"),
    [({"thumbnail": False}, COVER, False), ({}, Image("images/cover.png"), True), ({}, None, False)],
)
def test_a_card_without_a_picture(changes, cover, told):
    """Turned off, or not on the web: nothing is uploaded; the latter is said."""
    site = place(**changes)
    site.publish(make_post(cover=cover))
    assert [request.path for request in site.requests] == ["/rest/posts"]
    assert any("on the web" in said for said in site.adapter.render(make_post(cover=cover)).warnings) == told


def uploading(site: Place, answer: Any, kind: str = "image/png") -> Any:
    """An `Http` of a LinkedIn that answers the upload of a picture of that kind with `answer`."""

    def handle(request: Request) -> Any:
        return answer if request.path.startswith("/upload/") else site.standin.handle(request)

    async def picture(_url: str, _limit: int) -> Picture:
        return Picture(b"bytes", kind, "cover")

    http, site.requests = make_http(handle, BASE)
    http._pictures = picture
    return http


@pytest.mark.parametrize(
    ("answer", "kind", "failure"),
    [
        (Response(405, "Method Not Allowed"), "image/png", Rejected),
        (Response(413), "image/png", Rejected),
        (Response(201), "image/webp", Rejected),
        (Response(503), "image/png", Unavailable),
        (Response(401), "image/png", Unauthorized),
    ],
)
def test_a_picture_that_is_not_taken_stops_the_post(site, answer, kind, failure):
    """What was previewed has the picture, so nothing is posted; what to do is said."""
    with pytest.raises(failure) as caught:
        site.publish(make_post(cover=COVER), uploading(site, answer, kind))
    assert site.standin.posts == []
    if failure is Rejected:
        assert (caught.value.field, "thumbnail = false" in caught.value.next) == ("cover", True)


@pytest.mark.parametrize(
    "where",
    ["https://evil.example/x", "https://www.linkedin.com.evil.example/x", "http://www.linkedin.com/x", "", None],
)
def test_the_token_goes_to_linkedin_alone(site, where):
    """An upload is not sent to a place that is not LinkedIn's, nor in the clear."""
    value = {"uploadUrl": where, "image": "urn:li:image:1"}
    with pytest.raises(Unavailable):
        site.publish(make_post(cover=COVER), site.answering(Response(200, {"value": value})))
    assert len(site.requests) == 1


# ---------------------------------------------------------------------- the account


def test_check_says_who_what_and_until_when():
    """With the app's credentials: name, scopes, and the day on which the token ends."""
    site = place(**APP)
    account = run(site.adapter.check(site.http()))
    assert (account.name, account.detail) == ("Sandbox Member", f"{MEMBER}, version 202607")
    assert (account.expires_at, account.warnings) == (NOW + timedelta(days=60), ())
    assert {request.path for request in site.requests} == {"/v2/userinfo", "/oauth/v2/introspectToken"}


def test_check_without_the_apps_credentials_says_what_would_help(site):
    """That tokens last 60 days, and how to see when this one ends."""
    account = run(site.adapter.check(site.http()))
    assert account.expires_at is None
    assert "60 days" in account.warnings[0]
    assert "client_id" in account.warnings[0]


def test_check_names_each_scope_that_is_lacking():
    """For an organization two are needed, and its list is tried."""
    site = place(ORGANIZATION, **APP)
    assert run(site.adapter.check(site.http())).warnings == ()
    site.standin.scopes = {"w_member_social"}
    warnings = " ".join(run(site.adapter.check(site.http())).warnings)
    for lacking in ("openid", "w_organization_social", "r_organization_social", "cannot be listed"):
        assert lacking in warnings
    member = place(**APP)
    member.standin.scopes = {"openid"}
    assert run(member.adapter.check(member.http())).warnings == ("the token lacks the scope w_member_social",)


def test_check_of_a_token_that_is_another_members():
    """The right `author` is named."""
    site = place("urn:li:person:somebodyElse")
    assert "set `author` to that" in run(site.adapter.check(site.http())).warnings[0]


def test_check_of_a_token_that_has_ended():
    """The introspection tells it even where the API would still answer."""
    site = place(**APP)
    site.clock.pass_(61 * 86400)
    with pytest.raises(Unauthorized, match="the token is expired"):
        run(site.adapter.check(site.http()))


@pytest.mark.parametrize("wrong", ["client_id", "client_secret"])
def test_check_with_an_app_that_is_not_the_tokens(wrong):
    """What is off is named; it is not the token."""
    site = place(**APP | {wrong: Secret.of("another-one")})
    with pytest.raises(Unauthorized) as caught:
        run(site.adapter.check(site.http()))
    assert "`client_id`" in caught.value.next


def test_the_introspection_stands_at_another_host():
    """api.linkedin.com has the API, www.linkedin.com the tokens; a sandbox has both."""
    asked: list[str] = []

    class Recorder:
        async def get(self, url: str, **_: Any) -> Any:
            asked.append(url)
            raise NotEntitled("no openid")

        async def post(self, url: str, **_: Any) -> Any:
            asked.append(url)
            raise Unavailable("far enough")

    which = replace(place(**APP).adapter, base_url="https://api.linkedin.com")
    with pytest.raises(Unavailable):
        run(which.check(Recorder()))  # type: ignore[arg-type]
    assert asked == ["https://api.linkedin.com/v2/userinfo", "https://www.linkedin.com/oauth/v2/introspectToken"]


@pytest.mark.parametrize(
    ("url", "urn"),
    [
        ("https://www.linkedin.com/feed/update/urn:li:share:739/", "urn:li:share:739"),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A739", "urn:li:ugcPost:739"),
        ("https://www.linkedin.com/posts/somebody_a-title-share-739-AbCd/", "urn:li:share:739"),
        ("https://www.linkedin.com/posts/somebody_a-title-ugcPost-739-x?utm=1", "urn:li:ugcPost:739"),
        ("https://www.linkedin.com/posts/somebody_a-title-activity-739-AbCd/", None),
        ("https://www.linkedin.com/feed/update/urn:li:activity:739/", None),
        ("https://www.linkedin.com/in/somebody", None),
    ],
)
def test_the_urn_in_an_address(site, url, urn):
    """`activity` names another object, by which the API finds no post."""
    assert site.adapter.id_of(url) == urn


def test_no_secret_in_what_is_shown():
    """`repr` of the adapter, drafts and bodies of posts show no credential."""
    site = place(**APP)
    site.publish(make_post(cover=COVER))
    shown = f"{site.adapter!r}{site.adapter.render(make_post())!r}{[r.body for r in site.requests]}"
    secrets = [TOKEN, LinkedInStandIn.client_id, LinkedInStandIn.client_secret]
    assert not [secret for secret in secrets if secret in shown]
