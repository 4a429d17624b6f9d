"""Slack: what is sent, by the bot and by the webhook."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from syndicate.adapters.slack import Slack
from syndicate.adapters.slack_standin import SlackStandIn, SlackWebhookStandIn

from syndicate.adapter import Published, Secret
from syndicate.errors import Rejected, UsageError

from .adapter_bridge import Place, attempt, check_golden, make_post, run, sample_post

CHANNEL = SlackStandIn.channel
TOKEN = SlackStandIn.options["token"]
HOOK = SlackWebhookStandIn.options["webhook"]
CJK = make_post(
    title="原子写入：先写到旁边，再改名",
    body="先写到旁边的文件，再改名。这样没人会读到一半。\n",
    tags=("文件",),
    language="zh",
)


@pytest.fixture
def bot() -> Place:
    return Place(Slack(token=Secret.of(TOKEN), channel=CHANNEL), SlackStandIn)


@pytest.fixture
def hook() -> Place:
    return Place(Slack(webhook=Secret.of(HOOK), base_url="https://sandbox.example/api"), SlackWebhookStandIn)


def blocks(place: Place, post) -> list[dict]:
    return place.part(post).payload["blocks"]


def test_one_message_with_the_documented_headers(bot):
    """One write; bearer token, JSON with its charset; then the permalink is asked for. The id names the channel."""
    published = bot.publish(make_post())
    (shown,) = bot.standin.posts
    assert published == Published(f"{CHANNEL}/{shown.id}", bot.standin.post_url(shown.id))
    sent, asked = bot.requests
    assert (sent.method, sent.path, asked.path) == ("POST", "/chat.postMessage", "/chat.getPermalink")
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"
    assert sent.headers["content-type"] == "application/json; charset=utf-8"


def test_the_key_becomes_a_uuid_that_stays(bot):
    """`client_msg_id` stands in braces in the preview, and is the same UUID for all tries at one part."""
    part = bot.part(make_post())
    assert part.payload["client_msg_id"] == "{client_msg_id}"
    sent = []
    for key in ("one", "one", "two"):
        run(bot.adapter.publish(part, attempt(key), bot.http()))
        sent.append(str(UUID(bot.requests[0].json()["client_msg_id"])))
    assert sent[0] == sent[1] != sent[2]
    assert {**bot.requests[0].json(), "client_msg_id": "{client_msg_id}"} == json.loads(part.body())


def test_the_mark_is_the_posts_own_and_outlives_an_edit(bot):
    """The metadata hold the same id for a post that was edited, another for another post."""

    def mark(post):
        return bot.part(post).payload["metadata"]["event_payload"]["id"]

    post = make_post()
    assert mark(post) == mark(replace(post, title="Other", body="Other.\n")) != mark(replace(post, key="other"))
    assert bot.part(post).payload["metadata"]["event_payload"]["url"] == post.canonical_url


def test_an_announcement_has_title_lead_link_and_tags(bot):
    """A header, the lead as plain text, the link with its host as the words, the tags; the link is the reader's."""
    post = make_post(link="https://blog.example.org/posts/atomic-writes/?utm_source=slack&utm_medium=social")
    header, lead, link, tags = blocks(bot, post)
    assert header == {"type": "header", "text": {"type": "plain_text", "text": "Atomic writes", "emoji": False}}
    assert lead["text"] == {"type": "plain_text", "text": "Write to a file beside it, then rename.", "emoji": False}
    address = "https://blog.example.org/posts/atomic-writes/?utm_source=slack&amp;utm_medium=social"
    assert link["text"] == {"type": "mrkdwn", "text": f"<{address}|blog.example.org>"}
    assert tags["elements"][0]["text"] == "python · linux"


def test_signs_are_escaped_where_slack_reads_markup(bot):
    """`&`, `<` and `>` are written as entities in the text, so that no mention and no link comes of them."""
    payload = bot.part(make_post(title="a < b & <!channel>", body="x > y.\n")).payload
    assert "a &lt; b &amp; &lt;!channel&gt;" in payload["text"]
    assert payload["blocks"][0]["text"]["text"] == "a < b & <!channel>"


def test_the_authors_own_text_stands_alone(bot):
    """`text` replaces title, lead and tags; the link is added unless it holds one."""
    own = blocks(bot, make_post(text="Read *this* & that."))
    assert own[0]["text"] == {"type": "mrkdwn", "text": "Read *this* &amp; that."}
    assert len(own) == 2
    assert len(blocks(bot, make_post(text="See https://example.org/a"))) == 1


def test_own_text_counts_as_slack_counts(bot):
    """3,000 characters with the signs escaped; more is refused, since only the author can shorten it."""
    link = make_post().canonical_url
    assert bot.part(make_post(text="&" * 500 + link)).count == 2500 + len(link)
    with pytest.raises(Rejected) as caught:
        bot.part(make_post(text="&" * 700))
    assert caught.value.field == "text"


def test_a_long_title_is_cut_with_a_warning(bot):
    """150 characters are what a header takes."""
    draft = bot.adapter.render(make_post(title="Atomic writes and more " * 10))
    assert len(draft.parts[0].payload["blocks"][0]["text"]["text"]) <= 150
    assert any("150" in warning for warning in draft.warnings)


def test_the_whole_post_is_one_markdown_block(bot):
    """`full`: Markdown between header and link; its text is what a notification says."""
    bot.adapter = replace(bot.adapter, mode="full")
    post = make_post(body="Write to a *file*.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n")
    header, body, _link, _tags = blocks(bot, post)
    assert header["text"]["text"] == "Atomic writes"
    assert body == {"type": "markdown", "text": post.body.strip()}
    assert bot.part(post).payload["text"].startswith("Atomic writes\n\nWrite to a file.")
    bot.publish(post)
    assert len(bot.standin.posts) == 1


def test_a_whole_post_that_is_too_long_is_refused(bot):
    """12,000 characters are taken in all Markdown blocks together; the way out is named."""
    bot.adapter = replace(bot.adapter, mode="full")
    assert bot.part(make_post(body="x" * 12_000)).count == 12_000
    with pytest.raises(Rejected) as caught:
        bot.part(make_post(body="x" * 12_001))
    assert 'mode = "announcement"' in caught.value.next


@pytest.mark.parametrize("channel", ["#general", "general", "c0123456789"])
def test_a_channel_by_name_is_refused_before_anything_is_sent(bot, channel):
    """Only with the id can a message be looked for."""
    with pytest.raises(Rejected) as caught:
        replace(bot.adapter, channel=channel).render(make_post())
    assert caught.value.field == "channel"


def test_a_permalink_that_cannot_be_had_is_no_failure(bot):
    """The message is there: it is published, without an address."""

    def answer(request):
        if request.path == "/chat.getPermalink":
            return SlackStandIn.refusal(bot.standin, "auth", "")
        return bot.standin.handle(request)

    published = bot.publish(make_post(), bot.answering(answer))
    assert published == Published(f"{CHANNEL}/{bot.standin.posts[0].id}", None)


def test_a_webhook_gets_the_same_blocks_and_nothing_else(bot, hook):
    """No channel, no key, no metadata: a webhook knows none. Its message has no id but ours."""
    published = hook.publish(post := make_post())
    assert (published, hook.requests[0].path) == (Published("attempt-1"), f"/services/{SlackStandIn.hook}")
    assert set(hook.requests[0].json()) == {"text", "blocks", "unfurl_links"}
    assert blocks(hook, post) == blocks(bot, post)
    assert (hook.adapter.prevention.kind, hook.adapter.updates) == ("none", False)
    assert not any(hasattr(hook.adapter, ability) for ability in ("read", "recent"))
    assert (bot.adapter.prevention.kind, bot.adapter.updates) == ("lookup", True)


@pytest.mark.parametrize("given", [HOOK, f"/services/{SlackStandIn.hook}", SlackStandIn.hook, f" {HOOK} \n"])
def test_a_webhook_is_its_address_or_the_end_of_it(hook, given):
    """Under another `base_url`, the sandbox's, only the path counts."""
    hook.adapter = replace(hook.adapter, webhook=Secret.of(given))
    hook.publish(make_post())
    assert len(hook.standin.posts) == 1


def test_a_webhook_goes_to_its_own_host():
    """With the default `base_url` the address is taken as it is, or completed; GovSlack has another host."""
    from syndicate.adapters._slack_api import HOME, hook

    gov = "https://hooks.slack-gov.com/services/T0/B0/xyz"
    assert hook(Secret.of(gov), HOME)[0] == gov
    assert hook(Secret.of("T0/B0/xyz"), HOME)[0] == "https://hooks.slack.com/services/T0/B0/xyz"


@pytest.mark.parametrize("given", ["http://hooks.slack.com/services/a/b/c", "https://example.org/x", "s3cret thing"])
def test_what_is_no_webhook_is_refused_without_showing_it(hook, given):
    """Nothing is sent, and the message does not repeat what may be a secret."""
    hook.adapter = replace(hook.adapter, webhook=Secret.of(given))
    with pytest.raises(UsageError) as caught:
        hook.publish(make_post())
    assert given not in caught.value.message + caught.value.next
    assert hook.requests == []


def test_a_token_without_a_channel_is_told_so():
    """Rather than that a webhook is missing."""
    with pytest.raises(UsageError, match="needs a `channel`"):
        Place(Slack(token=Secret.of(TOKEN)), SlackStandIn).publish(make_post())


def test_drafts_and_representations_hold_no_secret(bot, hook):
    """The token is only in a request's header, the webhook only in its address."""
    for place in (bot, hook):
        said = repr(place.adapter.render(make_post())) + repr(place.adapter)
        assert TOKEN not in said
        assert "sandbox-slack-hook" not in said


@pytest.mark.parametrize("mode", ["announcement", "full"])
@pytest.mark.parametrize("name", ["release", "plain"])
def test_real_posts_render_as_recorded(bot, name, mode):
    """A change in what Slack would get shows up as a change of a recorded file."""
    bot.adapter = replace(bot.adapter, mode=mode)
    check_golden("slack", f"{name}-{mode}", bot.adapter.render(sample_post(name, "slack")))


def test_a_chinese_post_renders_as_recorded(bot):
    """Full-width signs and letters without spaces are kept whole."""
    check_golden("slack", "cjk", bot.adapter.render(CJK))
