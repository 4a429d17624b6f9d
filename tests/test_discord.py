"""Discord: what is sent through a webhook."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from syndicate.adapters.discord import Discord, escaped
from syndicate.adapters.discord_standin import DiscordStandIn

from syndicate.adapter import Image, Published, Secret
from syndicate.errors import Rejected, UsageError

from .adapter_bridge import Place, check_golden, make_post, run, sample_post, shared

HOOK = DiscordStandIn.options["webhook"]
TOKEN = HOOK.rpartition("/")[2]
CJK = make_post(
    title="原子写入：先写到旁边，再改名", body="先写到旁边的文件，再改名。这样没人会读到一半。\n", tags=("文件",)
)


@pytest.fixture
def hook() -> Place:
    return Place(Discord(webhook=Secret.of(HOOK)), DiscordStandIn)


def payload(place: Place, post, **options) -> dict[str, Any]:
    (part,) = replace(place.adapter, **options).render(post).parts
    return dict(part.payload)


def request_schema(name: str) -> dict[str, Any]:
    """A body of the OpenAPI description, with unknown fields refused."""
    schema = json.loads(shared("contracts", "discord", "openapi.json").read_text())
    body = schema["components"]["schemas"][name]
    body["additionalProperties"] = False
    schema["components"]["schemas"]["RichEmbed"]["additionalProperties"] = False
    return {**body, "components": schema["components"]}


def test_one_message_that_is_waited_for(hook):
    """The webhook is asked for its server, then one write with `wait=true`; id and address come back."""
    published = hook.publish(make_post())
    (shown,) = hook.standin.posts
    assert published == Published(
        shown.id, f"https://discord.com/channels/200000000000000001/200000000000000002/{shown.id}"
    )
    asked, sent = hook.requests
    assert (asked.method, sent.method, sent.query) == ("GET", "POST", {"wait": "true"})
    assert sent.body == hook.part(make_post()).body()


@pytest.mark.parametrize(
    ("options", "forum"),
    [
        ({}, False),
        ({"mode": "text"}, False),
        ({"username": "Release bot"}, False),
        ({"forum": True, "forum_tags": ("200000000000000007",)}, True),
    ],
)
def test_bodies_validate_against_discords_openapi(hook, options, forum):
    """Creating and updating send what the description allows, and nothing that it does not know."""
    import jsonschema

    hook.adapter, hook.standin.forum = replace(hook.adapter, **options), forum
    for post in (make_post(cover=Image("https://blog.example.org/c.png")), make_post(text="Own words.")):
        published = hook.publish(post)
        jsonschema.validate(hook.requests[-1].json(), request_schema("IncomingWebhookRequestPartial"))
        run(hook.adapter.update(hook.part(post), published, hook.http()))
        jsonschema.validate(hook.requests[-1].json(), request_schema("IncomingWebhookUpdateRequestPartial"))


def test_a_card_has_title_lead_link_picture_and_tags(hook):
    """One embed; the link is the reader's; nobody is mentioned."""
    link = "https://blog.example.org/posts/atomic-writes/?utm_source=discord"
    sent = payload(hook, make_post(link=link, cover=Image("https://blog.example.org/c.png")))
    assert sent == {
        "embeds": [
            {
                "title": "Atomic writes",
                "description": "Write to a file beside it, then rename.",
                "url": link,
                "image": {"url": "https://blog.example.org/c.png"},
                "footer": {"text": "#python #linux"},
            }
        ],
        "allowed_mentions": {"parse": []},
    }


def test_as_text_the_link_ends_it(hook):
    """Title in bold, lead, tags, link: Discord makes a card of it by itself."""
    sent = payload(hook, make_post(), mode="text")
    lead = "Write to a file beside it, then rename."
    assert (
        sent["content"]
        == f"**Atomic writes**\n\n{lead}\n\n#python #linux\n\nhttps://blog.example.org/posts/atomic-writes/"
    )
    assert "embeds" not in sent


def test_the_authors_own_text_is_left_as_it_is(hook):
    """With its markup; the card under it has no lead. In a text the link is added unless it holds one."""
    post = make_post(text="Read **this** <@1>.")
    sent = payload(hook, post)
    assert sent["content"] == "Read **this** <@1>."
    assert set(sent["embeds"][0]) == {"title", "url"}
    assert payload(hook, post, mode="text")["content"] == f"Read **this** <@1>.\n\n{post.canonical_url}"


def test_a_post_without_a_title_is_text(hook):
    """A card needs a title to carry the link."""
    sent = payload(hook, make_post(title="", tags=()))
    assert sent["content"] == "Write to a file beside it, then rename.\n\nhttps://blog.example.org/posts/atomic-writes/"


@pytest.mark.parametrize("mode", ["card", "text"])
def test_own_text_of_more_than_2000_is_refused(hook, mode):
    """Only its author can shorten it."""
    with pytest.raises(Rejected) as caught:
        payload(hook, make_post(text="x" * 2001), mode=mode)
    assert caught.value.field == "text"


@pytest.mark.parametrize("mode", ["card", "text"])
def test_limits_count_what_is_sent(hook, mode):
    """Escapes and pairs of UTF-16 count; what is too long is cut, and a cut title is said."""
    post = make_post(title="🎉 *stars* and_more " * 40, body="_words_ 🎉 [x] " * 900, tags=())
    draft = replace(hook.adapter, mode=mode).render(post)
    (part,) = draft.parts
    card = part.payload.get("embeds", [{}])[0]
    for name, most in (("title", 256), ("description", 4096)):
        assert len(card.get(name, "").encode("utf-16-le")) // 2 <= most
    assert len(part.payload.get("content", "").encode("utf-16-le")) // 2 <= 2000
    assert part.count <= part.limit
    assert any("title is cut" in warning for warning in draft.warnings) == (mode == "card")


def test_a_local_cover_is_left_out_with_a_warning(hook):
    """Discord fetches it from the web."""
    draft = hook.adapter.render(make_post(cover=Image("cover.png")))
    assert "image" not in draft.parts[0].payload["embeds"][0]
    assert any("cover.png" in warning for warning in draft.warnings)


@pytest.mark.parametrize(
    ("plain", "sent"),
    [
        ("What *args and __init__ mean", r"What \*args and \_\_init\_\_ mean"),
        ("a <b> ~c~ `d` |e| [f]", r"a \<b\> \~c\~ \`d\` \|e\| \[f\]"),
        ("see https://a.example/b_c_d for _it_", r"see https://a.example/b_c_d for \_it\_"),
        ("# 1 thing", r"\# 1 thing"),
        ("1. thing", r"\1. thing"),
        ("C# and #hash", "C# and #hash"),
        ("原子写入", "原子写入"),
    ],
)
def test_plain_text_is_shown_as_it_is(plain, sent):
    """No markup comes of a title or a lead; links stay whole."""
    assert escaped(plain) == sent


def test_a_thread_and_a_forum(hook):
    """`thread_id` goes into the address, a forum's thread gets the title; ids then hold the thread."""
    hook.adapter = replace(hook.adapter, thread_id="200000000000000009")
    published = hook.publish(make_post())
    assert hook.requests[-1].query == {"wait": "true", "thread_id": "200000000000000009"}
    assert published.id == f"200000000000000009/{hook.standin.posts[0].id}"
    hook.adapter, hook.standin.forum = replace(hook.adapter, thread_id=None, forum=True, forum_tags=("7",)), True
    published = hook.publish(make_post(title="t" * 120))
    assert len(hook.requests[-1].json()["thread_name"]) <= 100
    assert hook.requests[-1].json()["applied_tags"] == ["7"]
    assert run(hook.adapter.read(hook.part(make_post(title="t" * 120)), published, hook.http())) is not None
    assert hook.requests[-1].query == {"thread_id": published.id.partition("/")[0]}


def test_a_forum_that_nobody_told_of_is_refused_with_the_way_out(hook):
    """Discord wants a thread there."""
    hook.standin.forum = True
    with pytest.raises(Rejected) as caught:
        hook.publish(make_post())
    assert "forum = true" in caught.value.next


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_username_that_discord_does_not_take(hook, name):
    """1 to 80 characters."""
    with pytest.raises(Rejected) as caught:
        payload(hook, make_post(), username=name)
    assert caught.value.field == "username"


@pytest.mark.parametrize("given", [HOOK, HOOK.replace("discord.com", "discordapp.com"), HOOK[32:], f" {HOOK}/?x=1\n"])
def test_a_webhook_is_its_address_or_the_end_of_it(hook, given):
    """Its id and token count, whatever host stands before them."""
    hook.adapter = replace(hook.adapter, webhook=Secret.of(given))
    hook.publish(make_post())
    assert len(hook.standin.posts) == 1


@pytest.mark.parametrize("given", ["https://discord.com/api/webhooks/1/short", "s3cret words", "https://example.org/"])
def test_what_is_no_webhook_is_refused_without_showing_it(hook, given):
    """Nothing is sent, and the message does not repeat what may be a secret."""
    hook.adapter = replace(hook.adapter, webhook=Secret.of(given))
    with pytest.raises(UsageError) as caught:
        hook.publish(make_post())
    assert given not in caught.value.message + caught.value.next
    assert hook.requests == []


def test_drafts_and_what_is_kept_hold_no_secret(hook):
    """The token is only in the address of the request."""
    said = repr(hook.adapter.render(make_post())) + repr(hook.adapter) + repr(hook.publish(make_post()))
    assert TOKEN not in said


@pytest.mark.parametrize("mode", ["card", "text"])
@pytest.mark.parametrize("name", ["release", "plain"])
def test_real_posts_render_as_recorded(hook, name, mode):
    """A change in what Discord would get shows up as a change of a recorded file."""
    check_golden("discord", f"{name}-{mode}", replace(hook.adapter, mode=mode).render(sample_post(name, "discord")))


def test_a_chinese_post_renders_as_recorded(hook):
    """Full-width signs and letters without spaces are kept whole."""
    check_golden("discord", "cjk", hook.adapter.render(CJK))
