"""Slack: what it is asked for: lost messages, one's own, the copy that is there now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from syndicate.adapters.slack import Slack
from syndicate.adapters.slack_standin import SlackStandIn, SlackWebhookStandIn

from syndicate.adapter import Published, Secret
from syndicate.errors import NotEntitled, Rejected, Unavailable
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, collect, make_post, run

CHANNEL = SlackStandIn.channel
TOKEN = SlackStandIn.options["token"]


@pytest.fixture
def bot() -> Place:
    return Place(Slack(token=Secret.of(TOKEN), channel=CHANNEL), SlackStandIn)


@pytest.fixture
def hook() -> Place:
    webhook = Secret.of(SlackWebhookStandIn.options["webhook"])
    return Place(Slack(webhook=webhook, base_url="https://sandbox.example/api"), SlackWebhookStandIn)


def no(code: str, **more) -> Response:
    return Response(200, {"ok": False, "error": code, **more})


# ------------------------------------------------------------------ looking


def test_what_was_posted_is_found(bot):
    """By its mark, with the id and the address that publishing gave."""
    published = bot.publish(make_post())
    assert bot.find(make_post(), NOW) == published
    asked = bot.requests[0]
    assert asked.query["oldest"] == f"{(NOW - timedelta(seconds=60)).timestamp():.6f}"
    assert asked.query["include_all_metadata"] == "true"


def test_an_edited_post_is_still_found(bot):
    """The mark is the post's, not its text's."""
    published = bot.publish(make_post())
    bot.standin.edit(bot.standin.posts[0].id, "Other words")
    assert bot.find(make_post(title="Other")) == published


def test_anothers_and_older_messages_are_not_ours(bot):
    """Another post, a person's message, the same post an hour before: none of them is what was lost."""
    bot.publish(make_post(key="another"))
    bot.publish(make_post(canonical_url=None, title="Plain"))
    bot.clock.pass_(3600)
    assert bot.find(make_post(key="new"), bot.clock.moment) is None
    assert bot.find(make_post(), bot.clock.moment) is None


def test_the_history_is_read_to_its_end(bot):
    """Page by page, by the cursor."""
    published = bot.publish(make_post())
    for number in range(205):
        bot.publish(make_post(key=f"other-{number}"))
    assert bot.find(make_post()) == published
    assert len([one for one in bot.requests if one.path == "/conversations.history"]) == 2


def test_a_history_that_goes_round_is_no_answer(bot):
    """A cursor that comes back would be followed for ever."""
    page = {"ok": True, "messages": [], "response_metadata": {"next_cursor": "again"}}
    with pytest.raises(Unavailable):
        bot.find(make_post(), http=bot.answering(Response(200, page)))


@pytest.mark.parametrize(
    "body", ["<html>", {"ok": True}, {"ok": True, "messages": [1]}, {"ok": True, "messages": [{}]}]
)
def test_a_history_that_cannot_be_read_is_not_empty(bot, body):
    """Absence is only told by a list."""
    with pytest.raises(Unavailable):
        bot.find(make_post(), http=bot.answering(Response(200, body)))


def test_recent_lists_the_apps_own_messages(bot, hook):
    """Newest first, with title and canonical URL; others' messages and what says that somebody joined are left out."""
    first = bot.publish(make_post())
    bot.clock.pass_(60)
    second = bot.publish(make_post(key="b", title="Pipes & files", canonical_url="https://blog.example.org/b/"))
    hook.standin = bot.standin
    hook.publish(make_post(key="c"))

    def answer(request):
        said = bot.standin.handle(request)
        if request.path == "/conversations.history":
            said.body["messages"].append({"ts": "1.0", "subtype": "channel_join", "user": "U0SANDBOX", "text": "hi"})
        return said

    listed = collect(bot.adapter.recent(bot.answering(answer)))
    assert [(one.id, one.url) for one in listed] == [(second.id, second.url), (first.id, first.url)]
    assert [one.title for one in listed] == ["Pipes & files", "Atomic writes"]
    assert listed[0].canonical_url == "https://blog.example.org/b/"


def test_links_of_many_messages_cost_one_request(bot):
    """Slack's permalinks differ in the time alone."""
    for number in range(3):
        bot.publish(make_post(key=str(number)))

    def answer(request):
        if request.path == "/chat.getPermalink":
            digits = request.query["message_ts"].replace(".", "")
            return Response(200, {"ok": True, "permalink": f"https://x.slack.com/archives/{CHANNEL}/p{digits}"})
        return bot.standin.handle(request)

    listed = collect(bot.adapter.recent(bot.answering(answer)))
    assert [bot.adapter.id_of(one.url) for one in listed] == [one.id for one in listed]
    assert len([one for one in bot.requests if one.path == "/chat.getPermalink"]) == 1


# ------------------------------------------------------------------ the copy there


@pytest.mark.parametrize("mode", ["announcement", "full"])
def test_a_message_is_as_it_was_sent(bot, mode):
    """Escapes, links in `<…>`, emoji by their names and other blocks are Slack's tidying."""
    bot.adapter = replace(bot.adapter, mode=mode)
    post = make_post(title="Pipes & <files> 🎉", link="https://blog.example.org/a?b=1&c=2")
    published = bot.publish(post)
    part = bot.part(post)
    assert run(bot.adapter.read(part, published, bot.http())) == part
    bot.standin.edit(bot.standin.posts[0].id, bot.standin.posts[0].text.replace("🎉", ":tada:"))
    assert run(bot.adapter.read(part, published, bot.http())) == part
    assert len(bot.requests) == 1


def test_another_text_is_told(bot):
    """The part that comes back has the text that stands there."""
    published = bot.publish(make_post())
    bot.standin.edit(bot.standin.posts[0].id, "a < b https://example.org/")
    copy = run(bot.adapter.read(bot.part(make_post()), published, bot.http()))
    assert copy.text == "a < b https://example.org/"
    assert copy.payload["blocks"] == bot.part(make_post()).payload["blocks"]


def test_a_deleted_message_is_gone(bot):
    """Also one that left a tombstone, because it had answers."""
    published = bot.publish(make_post())
    part, ts = bot.part(make_post()), published.id.partition("/")[2]
    stone = {"ok": True, "messages": [{"ts": ts, "subtype": "tombstone", "text": "This message was deleted."}]}
    assert run(bot.adapter.read(part, published, bot.answering(Response(200, stone)))) is None
    bot.standin.remove(ts)
    assert run(bot.adapter.read(part, published, bot.http())) is None


def test_an_update_replaces_text_and_blocks(bot):
    """At the same place; repeating it changes nothing more; the mark stays."""
    published = bot.publish(make_post())
    changed = make_post(title="Another title")
    for _ in range(2):
        assert run(bot.adapter.update(bot.part(changed), published, bot.http())) == published
    assert set(bot.requests[0].json()) == {"channel", "ts", "text", "blocks", "metadata"}
    (shown,) = bot.standin.posts
    assert shown.title == "Another title"
    assert run(bot.adapter.read(bot.part(changed), published, bot.http())) == bot.part(changed)
    assert bot.find(changed) == published


def test_a_message_is_updated_where_it_is(bot):
    """A target that was pointed to another channel since then still reaches it."""
    published = bot.publish(make_post())
    bot.adapter = replace(bot.adapter, channel="C0ANOTHER0")
    run(bot.adapter.update(bot.part(make_post(title="New")), published, bot.http()))
    assert bot.standin.posts[0].title == "New"


def test_deleting_twice_is_deleting(bot):
    """What is gone already is no failure; what may not be deleted is."""
    published = bot.publish(make_post())
    run(bot.adapter.delete(published, bot.http()))
    assert bot.standin.posts == []
    run(bot.adapter.delete(published, bot.http()))
    with pytest.raises(NotEntitled):
        run(bot.adapter.delete(published, bot.answering(no("cant_delete_message"))))


def test_what_a_webhook_posted_cannot_be_reached(bot, hook):
    """Neither by the webhook nor by a token that was given later."""
    published = hook.publish(make_post())
    for place in (hook, bot):
        with pytest.raises(Rejected):
            run(place.adapter.delete(published, place.http()))
        assert place.requests == []


def test_metrics_are_reactions_and_replies(bot):
    """Summed over the kinds of reactions; there are no views."""
    published = bot.publish(make_post())

    def answer(request):
        said = bot.standin.handle(request)
        said.body["messages"][0] |= {"reactions": [{"count": 2}, {"count": 3}], "reply_count": 4}
        return said

    metrics = run(bot.adapter.metrics(published, bot.answering(answer)))
    assert (metrics.views, metrics.reactions, metrics.comments) == (None, 5, 4)


def test_an_id_from_a_permalink(bot):
    """The time is written without its dot there."""
    url = "https://team.slack.com/archives/C0123ABCD/p1355517523000008?thread_ts=1.2"
    assert bot.adapter.id_of(url) == "C0123ABCD/1355517523.000008"
    assert bot.adapter.id_of("https://example.org/") is None


def test_a_message_that_never_was_is_gone(bot):
    """A history that goes to that moment without it."""
    assert run(bot.adapter.read(bot.part(make_post()), Published(f"{CHANNEL}/1.000000"), bot.http())) is None
