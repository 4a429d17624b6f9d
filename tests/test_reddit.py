"""What the Reddit adapter sends, and with which credentials."""

from __future__ import annotations

import subprocess
import sys

import pytest
from syndicate.adapters.reddit import Reddit

from syndicate.adapter import Published, Secret
from syndicate.errors import (
    Rejected,
    Unauthorized,
)
from syndicate.standin import Request, Response
from syndicate.tokens import TokenStore

from .adapter_bridge import NOW, Clock, attempt, check_golden, make_http, run, sample_post
from .reddit_bridge import BASE, ROOT, URL, adapter, by_password, post, publish, standin


def test_link_post_is_title_and_address():
    """A link post carries title and canonical URL, no text, and asks for refusal of a copy."""
    part = adapter().render(post()).parts[0]
    assert dict(part.payload) == {
        "api_type": "json",
        "kind": "link",
        "sr": "sandbox",
        "title": "A release",
        "url": URL,
        "resubmit": "false",
        "sendreplies": "true",
        "validate_on_submit": "true",
    }
    assert (part.count, part.limit, part.encoding) == (9, 300, "form")
    assert part.body().startswith(b"api_type=json&kind=link&sr=sandbox&title=A+release&url=https%3A%2F%2Fblog.example")


def test_link_post_carries_a_text_that_the_author_wrote_for_it():
    """Only `text` of the front matter goes beside a link; the body never does."""
    part = adapter().render(post(text="What changed, in short.")).parts[0]
    assert part.payload["text"].strip() == "What changed, in short."
    assert part.payload["url"] == URL


def test_link_post_without_an_address_is_refused_with_advice():
    """Without a canonical URL there is nothing to link to: the advice names both ways out."""
    with pytest.raises(Rejected) as caught:
        adapter().render(post(canonical_url=None))
    assert caught.value.field == "url"
    assert "canonical_url" in caught.value.next
    assert 'kind = "self"' in caught.value.next


def test_self_post_ends_with_where_it_came_from():
    """A self post is the body with the address of the original as its last line."""
    text = adapter(kind="self").render(post()).parts[0].payload["text"]
    assert "It is *out*." in text
    assert text.endswith(f"\n\nOriginally published at <{URL}>\n")


def test_a_picture_of_the_post_is_not_where_it_came_from():
    """An address that only begins as the original's says nothing of it."""
    text = adapter(kind="self").render(post(body=f"[below]({URL}#below) ![p]({URL}p.png)\n")).parts[0].payload["text"]
    assert text.endswith(f"\n\nOriginally published at <{URL}>\n")


def test_self_post_without_an_address_has_no_such_line():
    """A post that is published nowhere else gets no line about it, and no link is invented."""
    payload = adapter(kind="self").render(post(canonical_url=None)).parts[0].payload
    assert "Originally" not in payload["text"]
    assert "url" not in payload


def test_title_is_cut_with_a_warning():
    """301 characters become 300 at most, and the draft says so."""
    draft = adapter().render(post(title="word " * 60 + "x"))
    assert len(draft.parts[0].payload["title"]) <= 300
    assert any("title" in warning for warning in draft.warnings)


@pytest.mark.parametrize("body", ["x" * 40_001, "x" * 39_980], ids=["the body", "the body with the link"])
def test_text_that_is_too_long_is_refused(body: str):
    """A text of more than 40 000 characters, the line with the link included, is refused before it is sent."""
    with pytest.raises(Rejected, match="40000") as caught:
        adapter(kind="self").render(post(body=body))
    assert 'kind = "link"' in caught.value.next


@pytest.mark.parametrize(
    ("flair", "field"),
    [("17bf09c4-520c-11e7-8073-0ef8adb5ef68", "flair_id"), ("Show and tell", "flair_text")],
)
def test_flair_goes_as_id_or_as_text(flair: str, field: str):
    """What looks like a template's id is sent as one, anything else as the flair's text."""
    assert adapter(flair=flair).render(post()).parts[0].payload[field] == flair


def test_tags_are_not_a_matter_of_reddit():
    """Tags neither change the draft nor give warnings."""
    assert adapter().render(post(tags=("a", "b"))) == adapter().render(post())


@pytest.mark.parametrize("name", ["sandbox", "r/sandbox", "/r/sandbox/"])
def test_subreddit_may_be_written_as_people_write_it(name: str):
    """`r/` before the name is no part of it."""
    assert adapter(subreddit=name).render(post()).parts[0].payload["sr"] == "sandbox"


def test_drafts_hold_no_secret_and_need_none():
    """Rendering works without credentials and gives the same bytes as with them."""
    bare = Reddit(subreddit="sandbox", kind="self").render(post())
    full = by_password(kind="self").render(post())
    assert [part.body() for part in bare.parts] == [part.body() for part in full.parts]


def test_rendering_loads_no_network_code():
    """A dry run pays for neither httpx nor oauthlib nor asyncio."""
    code = (
        "import sys; from syndicate.adapter import Post; from syndicate.adapters.reddit import Reddit;"
        "Reddit(subreddit='x', kind='self').render(Post(key='k', source='s', title='T', body='B'));"
        "print([m for m in ('httpx', 'oauthlib', 'asyncio') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
    )


@pytest.mark.parametrize("name", ["release", "plain"])
@pytest.mark.parametrize("kind", ["link", "self"])
def test_golden(name: str, kind: str):
    """The draft of a real post is, to the byte, what is kept beside the tests."""
    check_golden("reddit", f"{name}-{kind}", adapter(kind=kind).render(sample_post(name, "reddit")))


def test_submission_arrives_and_is_named():
    """The stand-in has the post, and what is returned names it by fullname and address."""
    place = standin()
    published = publish(place, adapter(flair="News"), post())
    (kept,) = place.posts
    assert (kept.title, kept.link, kept.extra["subreddit"], kept.extra["flair"]) == (
        "A release",
        URL,
        "sandbox",
        "News",
    )
    assert published == Published(f"t3_{kept.id}", f"{ROOT}/posts/{kept.id}")


def test_one_write_and_the_tool_s_own_user_agent():
    """A token is fetched first, the submission is the last request, and all of them name the tool as Reddit wants."""
    http, requests = make_http(standin(), BASE)
    which = adapter()
    run(which.publish(which.render(post()).parts[0], attempt(), http))
    assert [request.path for request in requests] == ["/api/v1/access_token", "/api/submit"]
    assert {request.headers["user-agent"] for request in requests} == {which.user_agent}
    assert which.user_agent.startswith("python:syndicate:v")
    assert requests[0].headers["authorization"].startswith("Basic ")


def test_what_is_sent_is_what_was_previewed():
    """The body of the request has the fingerprint of the draft."""
    http, requests = make_http(standin(), BASE)
    part = adapter(kind="self").render(post(body="äöü & <b> +1")).parts[0]
    run(adapter(kind="self").publish(part, attempt(), http))
    assert requests[-1].body == part.body()


def test_password_instead_of_a_refresh_token():
    """A `script` app works with name and password; nothing of them is kept with the token."""
    place = standin()
    tokens = TokenStore(None, place.now)
    publish(place, by_password(), post(), tokens=tokens)
    assert len(place.posts) == 1
    assert tokens.values() == ["sandbox-reddit-access-1"]


def test_wrong_password_is_told_with_status_200():
    """`invalid_grant` means that the credentials are off, whatever the status; the password is not in the error."""
    with pytest.raises(Unauthorized) as caught:
        publish(standin(), by_password("a-wrong-password"), post())
    assert "invalid_grant" in caught.value.message
    assert "a-wrong-password" not in f"{caught.value!r} {caught.value.next}"


def test_another_password_drops_the_token_of_the_one_before():
    """A kept token belongs to the account that it was got for."""
    place, tokens = standin(), TokenStore(None, lambda: NOW.timestamp())
    publish(place, by_password(), post(), tokens=tokens)
    with pytest.raises(Unauthorized):
        publish(place, by_password("another-password"), post(title="Second"), tokens=tokens)


@pytest.mark.parametrize("field", ["client_id", "client_secret", "refresh_token"])
def test_credentials_that_are_not_accepted(field: str):
    """A wrong client or refresh token is Unauthorized, and says what to do."""
    with pytest.raises(Unauthorized) as caught:
        publish(standin(), adapter(**{field: Secret.of("wrong-and-secret")}), post())
    assert "authorise" in caught.value.next
    assert "wrong-and-secret" not in str(caught.value)


def test_token_is_kept_for_the_next_run(tmp_path):
    """A second run uses the token of the first as long as it lives, then renews it."""
    clock = Clock()
    place = standin(clock)
    for title, passed, paths in (
        ("One", 0, ["/api/v1/access_token", "/api/submit"]),
        ("Two", 1800, ["/api/submit"]),
        ("Three", 1800, ["/api/v1/access_token", "/api/submit"]),
    ):
        clock.pass_(passed)
        tokens = TokenStore(tmp_path / "reddit.json", clock)
        http, requests = make_http(place, BASE, now=clock.now, tokens=tokens)
        which = adapter(kind="self")
        run(which.publish(which.render(post(title=title)).parts[0], attempt(), http))
        assert [request.path for request in requests] == paths


def test_refused_token_is_renewed_once_and_the_write_made_again():
    """A 401 certainly did nothing: the post is made with a fresh token, and only once."""
    place, tokens = standin(), TokenStore(None, lambda: NOW.timestamp())
    publish(place, adapter(), post(title="First", canonical_url="https://blog.example/first"), tokens=tokens)
    place.tokens.clear()
    http, requests = make_http(place, BASE, tokens=tokens)
    run(adapter().publish(adapter().render(post()).parts[0], attempt(), http))
    assert [r.path for r in requests] == ["/api/submit", "/api/v1/access_token", "/api/submit"]
    assert [p.title for p in place.posts] == ["First", "A release"]


def test_token_that_is_refused_twice_is_an_error():
    """There is one renewal, no loop."""
    seen: list[str] = []

    def handle(request: Request) -> Response:
        seen.append(request.path)
        return Response(401, {"message": "Unauthorized"}) if request.path == "/api/submit" else place.handle(request)

    place = standin()
    with pytest.raises(Unauthorized):
        publish(handle, adapter(), post())
    assert seen.count("/api/submit") == 2
