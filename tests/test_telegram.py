"""Telegram: what is sent by a bot, what the answers mean."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from syndicate.adapters.telegram import Telegram
from syndicate.adapters.telegram_standin import TelegramStandIn

from syndicate.adapter import Published, Secret
from syndicate.errors import NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized, UsageError
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, check_golden, make_post, run, sample_post, shared

TOKEN = TelegramStandIn.options["token"]
CHAT = TelegramStandIn.options["chat_id"]
CJK = make_post(
    title="原子写入：先写到旁边，再改名", body="先写到旁边的文件，再改名。这样没人会读到一半。\n", tags=("文件",)
)


@pytest.fixture
def bot() -> Place:
    return Place(Telegram(token=Secret.of(TOKEN), chat_id=CHAT), TelegramStandIn)


def no(code: int, description: str, **parameters: Any) -> Response:
    said = {"ok": False, "error_code": code, "description": description}
    return Response(code, said | ({"parameters": parameters} if parameters else {}))


def assert_documented(method: str, body: dict[str, Any]) -> None:
    """`body` has the fields that the Bot API's list names, the required ones among them, in their types."""
    api = json.loads(shared("contracts", "telegram", "api.json").read_text())
    types = {"Integer": int, "String": str, "Boolean": bool, "LinkPreviewOptions": dict}

    def check(fields: list[dict[str, Any]], given: dict[str, Any]) -> None:
        known = {field["name"]: field for field in fields}
        assert set(given) <= set(known)
        assert {name for name, field in known.items() if field["required"]} <= set(given)
        for name, value in given.items():
            assert type(value) in {types.get(kind) for kind in known[name]["types"]}, name

    check(api["methods"][method]["fields"], body)
    check(api["types"]["LinkPreviewOptions"]["fields"], body.get("link_preview_options", {}))


def test_one_message_and_its_address(bot):
    """One request, the previewed bytes; the id names the chat, the address is the public channel's."""
    published = bot.publish(make_post())
    assert published == Published("-1001234567890/1", "https://t.me/sandbox_channel/1")
    (request,) = bot.requests
    assert (request.method, request.path) == ("POST", f"/bot{TOKEN}/sendMessage")
    assert request.body == bot.part(make_post()).body()
    assert bot.standin.posts[0].text == bot.part(make_post()).text


def test_a_private_channels_messages_have_an_address_for_members(bot):
    """By the channel's number, without the -100 before it. A chat with neither has none."""
    bot.standin.public = False
    bot.adapter = replace(bot.adapter, chat_id="-1001234567890")
    assert bot.publish(make_post()).url == "https://t.me/c/1234567890/1"
    small = {"ok": True, "result": {"message_id": 5, "chat": {"id": -4321}}}
    assert bot.publish(make_post(), bot.answering(Response(200, small))) == Published("-4321/5", None)


@pytest.mark.parametrize(
    "options", [{}, {"preview": "small", "silent": True}, {"preview": "none"}, {"chat_id": "-1001234567890"}]
)
def test_bodies_are_those_of_the_bot_api(bot, options):
    """Fields and types of sendMessage, editMessageText and deleteMessage."""
    bot.adapter = replace(bot.adapter, **options)
    published = bot.publish(make_post())
    assert_documented("sendMessage", bot.requests[0].json())
    run(bot.adapter.update(bot.part(make_post(title="New")), published, bot.http()))
    assert_documented("editMessageText", bot.requests[0].json())
    run(bot.adapter.delete(published, bot.http()))
    assert_documented("deleteMessage", bot.requests[0].json())


def test_title_lead_hashtags_and_link(bot):
    """The title is bold, signs are escaped, the card is that of the reader's link."""
    link = "https://blog.example.org/a/?b=1&utm_source=telegram"
    payload = bot.part(make_post(title="a < b & c", link=link)).payload
    lead = "Write to a file beside it, then rename."
    assert payload["text"] == f"<b>a &lt; b &amp; c</b>\n\n{lead}\n\n#python #linux\n\n{link.replace('&', '&amp;')}"
    assert payload["parse_mode"] == "HTML"
    assert payload["link_preview_options"] == {"prefer_large_media": True, "url": link}


def test_the_authors_own_text(bot):
    """As it is written: no markup comes of it; the link is added unless it holds one, and then makes the card."""
    post = make_post(text="Read <b>this</b>.")
    assert bot.part(post).payload["text"] == f"Read &lt;b&gt;this&lt;/b&gt;.\n\n{post.canonical_url}"
    other = bot.part(make_post(text="See https://example.org/a")).payload
    assert other["text"] == "See https://example.org/a"
    assert other["link_preview_options"] == {"prefer_large_media": True}


def test_4096_are_counted_as_readers_see_them(bot):
    """Without markup and escapes, in UTF-16; the author's own longer text is refused, a lead is cut."""
    url = make_post().canonical_url
    assert bot.part(make_post(text="<" * (4096 - 2 - len(url)))).count == 4096
    with pytest.raises(Rejected) as caught:
        bot.part(make_post(text="🎉" * 2049))
    assert caught.value.field == "text"
    part = bot.part(make_post(body="Words 🎉 and more " * 900))
    assert part.count == len(part.text.encode("utf-16-le")) // 2 <= 4096
    bot.publish(make_post(body="Words 🎉 & <more> " * 900))
    assert len(bot.standin.posts) == 1


@pytest.mark.parametrize(
    ("answer", "failure", "field"),
    [
        (no(401, "Unauthorized"), Unauthorized, None),
        (no(404, "Not Found"), Unauthorized, None),
        (no(403, "Forbidden: bot was kicked from the channel chat"), NotEntitled, None),
        (no(400, "Bad Request: need administrator rights in the channel chat"), NotEntitled, None),
        (no(400, "Bad Request: not enough rights to send text messages to the chat"), NotEntitled, None),
        (no(400, "Bad Request: chat not found"), Rejected, "chat_id"),
        (no(400, "Bad Request: message is too long"), Rejected, "text"),
        (no(400, "Bad Request: can't parse entities: Unexpected end tag"), Rejected, "text"),
        (no(400, "Bad Request: something else"), Rejected, None),
        (no(500, "Internal Server Error"), OutcomeUnknown, None),
        (Response(502, "<html>"), OutcomeUnknown, None),
        (Response(200, {"ok": True, "result": True}), OutcomeUnknown, None),
        (Response(200, {"ok": True, "result": {"message_id": 0, "chat": {"id": 1}}}), OutcomeUnknown, None),
        (Response(200, "<html>"), OutcomeUnknown, None),
    ],
)
def test_refusals(bot, answer, failure, field):
    """By number and words; a success without a message leaves it open."""
    with pytest.raises(failure) as caught:
        bot.publish(make_post(), bot.answering(answer))
    assert type(caught.value) is failure
    assert caught.value.next
    assert getattr(caught.value, "field", None) == field


def test_a_rate_limit_says_until_when(bot):
    """In `parameters.retry_after`, seconds."""
    with pytest.raises(RateLimited) as caught:
        bot.publish(make_post(), bot.answering(no(429, "Too Many Requests: retry after 35", retry_after=35)))
    assert caught.value.until == NOW + timedelta(seconds=35)


def test_a_group_that_moved_is_named(bot):
    """A group that became a supergroup has another number."""
    with pytest.raises(Rejected) as caught:
        bot.publish(
            make_post(), bot.answering(no(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100777))
        )
    assert "-100777" in caught.value.next


def test_what_was_lost_is_not_looked_for(bot):
    """A bot cannot read: no request, no answer; a person decides. Nor is there `read` or `recent`."""
    assert bot.find(make_post()) is None
    assert bot.requests == []
    assert bot.adapter.prevention.kind == "none"
    assert not hasattr(bot.adapter, "read")
    assert not hasattr(bot.adapter, "recent")


def test_an_update_is_safe_to_repeat(bot):
    """The text is replaced; “not modified” is what was wanted; another refusal is one."""
    published = bot.publish(make_post())
    changed = bot.part(make_post(title="New"))
    for _ in range(2):
        assert run(bot.adapter.update(changed, published, bot.http())) == published
    assert bot.standin.posts[0].text == changed.text
    bot.standin.remove("1")
    with pytest.raises(Rejected) as caught:
        run(bot.adapter.update(changed, published, bot.http()))
    assert caught.value.field == "id"


def test_deleting(bot):
    """What is gone already is deleted; after 48 hours Telegram refuses."""
    published = bot.publish(make_post())
    run(bot.adapter.delete(published, bot.http()))
    assert bot.standin.posts == []
    run(bot.adapter.delete(published, bot.http()))
    late = bot.publish(make_post())
    bot.clock.pass_(48 * 3600 + 1)
    with pytest.raises(Rejected):
        run(bot.adapter.delete(late, bot.http()))


def test_a_message_of_a_public_channel_by_its_link(bot):
    """What a person gives to `resolve` can be updated afterwards."""
    bot.publish(make_post())
    assert bot.adapter.id_of("https://t.me/c/1234567890/1") == "-1001234567890/1"
    id = bot.adapter.id_of("https://t.me/sandbox_channel/1")
    run(bot.adapter.update(bot.part(make_post(title="New")), Published(id), bot.http()))
    assert "New" in bot.standin.posts[0].text
    assert bot.adapter.id_of("https://t.me/sandbox_channel") is None


def test_check_tells_who_and_where(bot):
    """The bot, the channel, and that it may post there; nothing is written."""
    account = run(bot.adapter.check(bot.http()))
    assert (account.name, account.warnings) == ("@sandbox_bot", ())
    assert account.detail == "posts into channel Sandbox (@sandbox_channel) as administrator"
    assert {request.method for request in bot.requests} == {"GET"}


@pytest.mark.parametrize(
    "member", [{"status": "left"}, {"status": "member"}, {"status": "administrator", "can_post_messages": False}]
)
def test_check_warns_where_the_bot_may_not_post(bot, member):
    """A channel's posts come from its administrators."""
    bot.standin.member = member
    (said,) = run(bot.adapter.check(bot.http())).warnings
    assert "administrator" in said


@pytest.mark.parametrize("given", ["123:short", f"bot{TOKEN}", f"{TOKEN}/../x", "987654321"])
def test_what_is_no_token_never_becomes_a_part_of_an_address(bot, given):
    """Nothing is sent, and the message does not repeat it."""
    bot.adapter = replace(bot.adapter, token=Secret.of(given))
    with pytest.raises(UsageError) as caught:
        bot.publish(make_post())
    assert given not in caught.value.message + caught.value.next
    assert bot.requests == []


@pytest.mark.parametrize("name", ["release", "plain"])
def test_real_posts_render_as_recorded(bot, name):
    """A change in what Telegram would get shows up as a change of a recorded file."""
    check_golden("telegram", name, bot.adapter.render(sample_post(name, "telegram")))


def test_a_chinese_post_renders_as_recorded(bot):
    """Full-width signs and letters without spaces are kept whole."""
    check_golden("telegram", "cjk", bot.adapter.render(CJK))
