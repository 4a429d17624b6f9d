"""Finding, listing, changing and removing what is on Reddit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from syndicate.adapters.reddit import Reddit
from syndicate.adapters.reddit_standin import RedditStandIn

from syndicate.adapter import Post, Published
from syndicate.errors import (
    Failure,
    Rejected,
    Unavailable,
)
from syndicate.kit import kit
from syndicate.standin import Received, Response
from syndicate.tokens import TokenStore

from .adapter_bridge import NOW, attempt, collect, make_http, run
from .reddit_bridge import BASE, URL, adapter, answering, by_password, in_200, post, publish, standin


def found(place: Any, which: Reddit, what: Post, *, at: datetime = NOW) -> Published | None:
    http, requests = make_http(place, BASE)
    result = run(which.find(which.render(what).parts[0], attempt(at=at), http))
    assert not [r for r in requests if r.method == "POST" and "access_token" not in r.path]
    return result


@pytest.mark.parametrize("kind", ["link", "self"])
def test_finds_what_a_lost_answer_left(kind: str):
    """After a lost answer the post is found: a link by its address, a self post by its title."""
    place = standin()
    what = post(title="Tips & <tricks> ", canonical_url="https://blog.example/?a=1&b=2")
    published = publish(place, adapter(kind=kind), what)
    assert found(place, adapter(kind=kind), what) == Published(
        published.id, published.url, what.title, what.canonical_url
    )


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("link", {"which": {"subreddit": "elsewhere"}}),
        ("link", {"what": {"canonical_url": "https://blog.example/other"}}),
        ("self", {"what": {"title": "Another title"}}),
        ("self", {"which": {"subreddit": "elsewhere"}}),
        ("self", {"which": {"kind": "link"}}),
    ],
)
def test_does_not_take_another_post_for_ours(kind: str, other: dict[str, Any]):
    """Another subreddit, another link, another title, another kind: not ours."""
    place = standin()
    publish(place, adapter(**({"kind": kind} | other.get("which", {}))), post(**other.get("what", {})))
    assert found(place, adapter(kind=kind), post()) is None


def test_does_not_take_an_old_post_for_ours():
    """What was there more than a minute before the first try is not what the try left."""
    place = standin()
    publish(place, adapter(), post())
    assert found(place, adapter(), post(), at=NOW + timedelta(seconds=59)) is not None
    assert found(place, adapter(), post(), at=NOW + timedelta(seconds=61)) is None


def test_looks_further_than_one_page():
    """An account that posts a lot does not hide the post behind the first hundred."""
    place = standin()
    publish(place, adapter(), post())
    fill(place, 250)
    assert found(place, adapter(), post()) is not None


def fill(place: RedditStandIn, count: int) -> None:
    for number in range(count):
        extra = {"subreddit": "sandbox", "kind": "self", "flair": "", "fullname": f"t3_z{number}"}
        place.posts.append(Received(f"z{number}", f"Filler {number}", "…", at=NOW.timestamp(), extra=extra))


def test_case_of_the_subreddit_and_a_final_slash_do_not_hide_a_post():
    """Reddit shows the subreddit's own spelling; an address with and without a final slash is one page."""
    place = standin()
    publish(place, adapter(), post())
    place.posts[0].extra["subreddit"] = "SandBox"
    place.posts[0].link = f"{URL}/"
    assert found(place, adapter(), post()) is not None


@pytest.mark.parametrize(
    "answer", [Response(200, "<html>"), Response(200, {"data": {}}), Response(200, []), Response(503)]
)
def test_unreadable_list_is_not_an_empty_list(answer: Response):
    """What cannot be read is Unavailable: "absent" is only said after having looked."""
    place = standin()
    with pytest.raises(Unavailable):
        found(lambda r: answer if r.path.startswith("/user/") else place.handle(r), adapter(), post())


def test_recent_lists_the_subreddit_newest_first():
    """The account's own posts in the subreddit, with what is needed to adopt them."""
    place = standin()
    publish(place, adapter(), post())
    publish(place, adapter(subreddit="elsewhere"), post())
    publish(place, adapter(kind="self"), post(title="Second"))
    http, _ = make_http(place, BASE)
    assert [(p.title, p.canonical_url) for p in collect(adapter().recent(http))] == [
        ("Second", URL),
        ("A release", URL),
    ]


def test_update_replaces_the_text_of_a_self_post():
    """The text is changed in place, twice if need be, and nothing new appears."""
    place, which = standin(), adapter(kind="self")
    published = publish(place, which, post())
    part = which.render(post(body="Corrected.")).parts[0]
    for _ in range(2):
        http, _ = make_http(place, BASE)
        assert run(which.update(part, published, http)).id == published.id
    assert [p.text for p in place.posts] == [part.payload["text"]]


def test_update_refuses_what_reddit_cannot_change():
    """Links and titles stay as they are: said before anything is written."""
    place = standin()
    link = publish(place, adapter(), post())
    text = publish(place, adapter(kind="self"), post())
    http, requests = make_http(place, BASE)
    with pytest.raises(Rejected, match="a link post cannot be edited"):
        run(adapter().update(adapter().render(post(title="New")).parts[0], link, http))
    with pytest.raises(Rejected, match="cannot change a title") as caught:
        run(adapter().update(adapter(kind="self").render(post(title="New")).parts[0], text, http))
    assert caught.value.field == "title"
    assert not [r for r in requests if r.path == "/api/editusertext"]


def test_update_of_what_is_gone():
    """An edit of a deleted post is refused with a reason."""
    place, which = standin(), adapter(kind="self")
    published = publish(place, which, post())
    place.posts.clear()
    http, _ = make_http(place, BASE)
    with pytest.raises(Rejected, match="no longer"):
        run(which.update(which.render(post()).parts[0], published, http))


def test_delete_removes_the_post():
    """After deleting, the post is neither shown nor found."""
    place = standin()
    published = publish(place, adapter(), post())
    http, _ = make_http(place, BASE)
    run(adapter().delete(published, http))
    assert place.posts == []
    assert found(place, adapter(), post()) is None


def test_metrics_and_account_and_requirements():
    """Score, comments, who the credentials belong to, and the rules that say something."""
    place = standin()
    published = publish(place, adapter(), post())
    http, _ = make_http(place, BASE)
    metrics = run(adapter().metrics(published, http))
    account = run(adapter().check(http))
    rules = run(adapter().requirements(http))
    assert (metrics.views, metrics.reactions, metrics.comments) == (None, 1, 0)
    assert (account.name, "1234 karma" in account.detail) == ("u/sandbox-user", True)
    assert rules == {"body_restriction_policy": "none", "guidelines_text": "Be kind."}


def test_handoff_is_reddit_s_own_form_filled_in():
    """By hand a person gets the form, with link and title in it; or with the title, and the text to paste."""
    link = kit(adapter(), post()).parts[0].payload
    assert link["open"] == (
        "https://www.reddit.com/r/sandbox/submit?url=https%3A%2F%2Fblog.example%2Frelease&title=A%20release"
    )
    assert (link["copy"], "text.md" in link["files"]) == ("https://blog.example/release", False)
    text = kit(adapter(kind="self"), post()).parts[0].payload
    assert text["open"] == "https://www.reddit.com/r/sandbox/submit?selftext=true&title=A%20release"
    assert text["copy"] == adapter(kind="self").render(post()).parts[0].payload["text"]
    assert any("`text.md`" in step for step in text["steps"])


def test_no_secret_in_what_an_adapter_shows():
    """`repr` of the adapter and every failure on the way show no credential."""
    which = by_password()
    secrets = [*map(str, RedditStandIn.options.values()), RedditStandIn.password, RedditStandIn.username]
    secrets.remove("sandbox")
    said = [repr(which), repr(which.render(post()))]
    for answer in (
        Response(500, "x"),
        Response(401, "x"),
        in_200("BAD_URL"),
        httpx.ReadTimeout("x"),
        Response(200, "x"),
    ):
        with pytest.raises(Failure) as caught:
            publish(answering(answer), which, post())
        said.append(f"{caught.value!r} {caught.value.next} {caught.value.__cause__!r}")
    assert not [secret for secret in secrets if any(secret in text for text in said)]


def test_default_address_asks_www_for_tokens():
    """The API lives at oauth.reddit.com, the tokens come from www.reddit.com."""
    asked: list[str] = []

    class Recorder:
        tokens = TokenStore(None, lambda: NOW.timestamp())

        async def post(self, url: str, **_: Any) -> Any:
            asked.append(url)
            raise Unavailable("far enough")

    with pytest.raises(Unavailable):
        run(adapter(base_url="https://oauth.reddit.com").check(Recorder()))  # type: ignore[arg-type]
    assert asked == ["https://www.reddit.com/api/v1/access_token"]
