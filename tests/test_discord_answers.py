"""Discord: what its answers mean, and what stands there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from syndicate.adapters.discord import Discord
from syndicate.adapters.discord_standin import DiscordStandIn

from syndicate.adapter import Secret
from syndicate.errors import Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable
from syndicate.standin import Request, Response

from .adapter_bridge import NOW, Place, make_post, run

HOOK = DiscordStandIn.options["webhook"]
TOKEN = HOOK.rpartition("/")[2]


@pytest.fixture
def hook() -> Place:
    return Place(Discord(webhook=Secret.of(HOOK)), DiscordStandIn)


def to_the_write(place: Place, answer: Any) -> Any:
    """An `Http` whose write is answered by `answer`, its reads by the stand-in."""

    def handle(request: Request) -> Any:
        return place.standin.handle(request) if request.method == "GET" else answer

    return place.answering(handle)


def no(status: int, code: int, **more) -> Response:
    return Response(status, {"message": "Said so", "code": code, **more})


@pytest.mark.parametrize(
    ("answer", "failure", "field"),
    [
        (no(404, 10015), Unauthorized, None),
        (no(401, 50027), Unauthorized, None),
        (Response(401, {"message": "401: Unauthorized", "code": 0}), Unauthorized, None),
        (no(403, 50013), NotEntitled, None),
        (no(404, 10003), Rejected, "thread_id"),
        (no(400, 220001), Rejected, None),
        (no(400, 220003), Rejected, None),
        (no(400, 50006), Rejected, None),
        (no(400, 40062, retry_after=3), RateLimited, None),
        (no(500, 0), OutcomeUnknown, None),
        (no(503, 130000), OutcomeUnknown, None),
        (Response(204), OutcomeUnknown, None),
        (Response(200, "<html>"), OutcomeUnknown, None),
        (Response(200, {"id": "1"}), OutcomeUnknown, None),
    ],
)
def test_refusals(hook, answer, failure, field):
    """By the code where there is one, else by the status; a success without a message leaves it open."""
    with pytest.raises(failure) as caught:
        hook.publish(make_post(), to_the_write(hook, answer))
    assert type(caught.value) is failure
    assert caught.value.next
    assert getattr(caught.value, "field", None) == field


def test_what_is_wrong_in_a_body_is_named_by_its_path(hook):
    """Discord nests its errors as the body is nested."""
    leaf = {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}]}
    answer = no(400, 50035, errors={"embeds": {"0": {"title": leaf}}})
    with pytest.raises(Rejected, match=r"embeds\.0\.title: Must be 256") as caught:
        hook.publish(make_post(), to_the_write(hook, answer))
    assert caught.value.field == "embeds.0.title"
    with pytest.raises(Rejected):
        hook.publish(make_post(), to_the_write(hook, no(400, 50035, errors="odd")))


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Response(429, {"message": "slow", "retry_after": 0.75, "global": False}, {"Retry-After": "1"}), 0.75),
        (Response(429, {"message": "slow", "retry_after": 64}), 64),
        (Response(429, "<html>", {"Retry-After": "30"}), 30),
    ],
)
def test_a_rate_limit_says_until_when(hook, answer, seconds):
    """In fractions of a second in the body; in the header where there is no such body."""
    with pytest.raises(RateLimited) as caught:
        hook.publish(make_post(), to_the_write(hook, answer))
    assert caught.value.until == NOW + timedelta(seconds=seconds)


def test_a_webhook_that_is_gone_is_known_before_anything_is_sent(hook):
    """The read before the write is refused: nothing left."""
    hook.adapter = replace(hook.adapter, webhook=Secret.of(HOOK.replace("3/", "4/")))
    with pytest.raises(Unauthorized):
        hook.publish(make_post())
    assert [request.method for request in hook.requests] == ["GET"]


def test_no_piece_of_the_webhook_is_told(hook):
    """A redirect, a page of an error and a lost connection hold the path, which is the secret."""
    path = f"/api/v10/webhooks/200000000000000003/{TOKEN}"
    for answer in (
        Response(302, "", {"Location": f"https://elsewhere.example{path}?wait=true"}),
        Response(403, f"denied: {path}"),
        no(400, 50035, errors={"content": {"_errors": [{"message": f"at {path}"}]}}),
        httpx.ConnectError(f"no route to {path}"),
        httpx.ReadError(f"lost at {path}"),
    ):
        with pytest.raises(Failure) as caught:
            hook.publish(make_post(), to_the_write(hook, answer))
        assert TOKEN not in str(caught.value) + caught.value.next
        assert caught.value.message


# ------------------------------------------------------------------ the copy there


@pytest.mark.parametrize("mode", ["card", "text"])
@pytest.mark.parametrize("text", [None, "Own words."])
def test_a_message_is_as_it_was_sent(hook, mode, text):
    """Cards that Discord makes of links, and what it adds to ours, are no change."""
    hook.adapter = replace(hook.adapter, mode=mode)
    post = make_post(title="Pipes & *files*", text=text)
    published = hook.publish(post)

    def answer(request: Request) -> Response:
        said = hook.standin.handle(request)
        link = {"type": "article", "title": "Some page", "url": "https://example.org/"}
        said.body["embeds"] = [link, *said.body["embeds"]] if mode == "card" else [link]
        return said

    assert run(hook.adapter.read(hook.part(post), published, hook.answering(answer))) == hook.part(post)


@pytest.mark.parametrize(
    ("name", "there"), [("title", "Other"), ("description", "Other."), ("url", "https://x.example/")]
)
def test_each_field_of_a_card_that_was_changed_is_told(hook, name, there):
    """The part that comes back differs in that field alone, and so does what is shown of it."""
    published = hook.publish(make_post())

    def answer(request: Request) -> Response:
        said = hook.standin.handle(request)
        said.body["embeds"][0][name] = there
        return said

    sent = hook.part(make_post()).payload
    copy = run(hook.adapter.read(hook.part(make_post()), published, hook.answering(answer)))
    assert copy.payload == {**sent, "embeds": [{**sent["embeds"][0], name: there}]}
    assert there in copy.text


def test_a_card_that_was_taken_away_is_told(hook):
    """A moderator can take embeds off a message."""
    published = hook.publish(make_post())

    def answer(request: Request) -> Response:
        said = hook.standin.handle(request)
        said.body["embeds"] = []
        return said

    copy = run(hook.adapter.read(hook.part(make_post()), published, hook.answering(answer)))
    assert copy.payload["embeds"][0]["title"] is None


def test_a_deleted_message_is_gone(hook):
    """And so is one whose thread was deleted; a webhook that is gone tells nothing."""
    published = hook.publish(make_post())
    part = hook.part(make_post())
    hook.standin.remove(published.id)
    assert run(hook.adapter.read(part, published, hook.http())) is None
    in_thread = replace(published, id=f"200000000000000009/{published.id}")
    assert run(hook.adapter.read(part, in_thread, hook.answering(no(404, 10003)))) is None
    for answer, failure in (
        (no(404, 10003), Rejected),
        (no(404, 10015), Unauthorized),
        (Response(200, []), Unavailable),
    ):
        with pytest.raises(failure):
            run(hook.adapter.read(part, published, hook.answering(answer)))


def test_an_update_replaces_all_of_it(hook):
    """From a card to a text and back, nothing of the former is left; repeating it is safe."""
    card, text = replace(hook.adapter, mode="card"), replace(hook.adapter, mode="text")
    published = hook.publish(make_post())
    for adapter in (text, text, card):
        (part,) = adapter.render(make_post(title="New")).parts
        assert run(adapter.update(part, published, hook.http())) == published
        assert run(adapter.read(part, published, hook.http())) == part
        shown = hook.standin.posts[0].extra["given"]
        assert (bool(shown["content"]), bool(shown["embeds"])) == (adapter is text, adapter is card)


def test_deleting_twice_is_deleting(hook):
    """What is gone already is no failure; a webhook that is gone is."""
    published = hook.publish(make_post())
    run(hook.adapter.delete(published, hook.http()))
    assert hook.standin.posts == []
    run(hook.adapter.delete(published, hook.http()))
    with pytest.raises(Unauthorized):
        run(hook.adapter.delete(published, hook.answering(no(404, 10015))))


def test_metrics_are_reactions(hook):
    """Summed over their kinds; there are no views."""
    published = hook.publish(make_post())
    hook.standin.posts[0].extra["reactions"] = [{"count": 2}, {"count": 5}]
    assert run(hook.adapter.metrics(published, hook.http())).reactions == 7


def test_what_was_lost_is_not_looked_for(hook):
    """A webhook has no list: no request, no answer; a person decides."""
    hook.publish(make_post())
    assert hook.find(make_post()) is None
    assert hook.requests == []
    assert hook.adapter.prevention.kind == "none"


def test_check_names_the_webhook(hook):
    """Its name and channel; one of another kind cannot post."""
    account = run(hook.adapter.check(hook.http()))
    assert (account.name, account.warnings) == ("Sandbox", ())
    assert "200000000000000002" in account.detail
    follower = Response(200, {"type": 2, "name": "News", "channel_id": "1"})
    assert run(hook.adapter.check(hook.answering(follower))).warnings
    with pytest.raises(Unavailable):
        run(hook.adapter.check(hook.answering(Response(200, {"id": "1"}))))


def test_an_id_from_a_link(hook):
    """The thread's too, where the target posts into one."""
    url = "https://discord.com/channels/1/22/333"
    assert hook.adapter.id_of(url) == "333"
    assert replace(hook.adapter, forum=True).id_of(url) == "22/333"
    assert hook.adapter.id_of("https://discord.com/channels/1/22") is None
