"""Slack: what its refusals mean, and what it tells of the place."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from syndicate.adapters.slack import Slack
from syndicate.adapters.slack_standin import SlackStandIn, SlackWebhookStandIn

from syndicate.adapter import Secret
from syndicate.errors import (
    Duplicate,
    Failure,
    NotEntitled,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)
from syndicate.standin import Request, Response

from .adapter_bridge import NOW, Place, make_post, run

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


@pytest.mark.parametrize(
    ("code", "failure", "field"),
    [
        ("invalid_auth", Unauthorized, None),
        ("not_authed", Unauthorized, None),
        ("token_revoked", Unauthorized, None),
        ("token_expired", Unauthorized, None),
        ("account_inactive", Unauthorized, None),
        ("not_in_channel", NotEntitled, None),
        ("restricted_action", NotEntitled, None),
        ("org_login_required", NotEntitled, None),
        ("not_allowed_token_type", NotEntitled, None),
        ("channel_not_found", Rejected, "channel"),
        ("is_archived", Rejected, "channel"),
        ("msg_too_long", Rejected, "body"),
        ("msg_blocks_too_long", Rejected, "body"),
        ("invalid_blocks", Rejected, "blocks"),
        ("invalid_metadata_format", Rejected, None),
        ("too_many_attachments", Rejected, None),
        ("duplicate_message_not_found", Duplicate, None),
        ("ratelimited", RateLimited, None),
        ("message_limit_exceeded", RateLimited, None),
        ("fatal_error", OutcomeUnknown, None),
        ("internal_error", OutcomeUnknown, None),
        ("service_unavailable", OutcomeUnknown, None),
        ("request_timeout", OutcomeUnknown, None),
        ("something_unheard_of", OutcomeUnknown, None),
    ],
)
def test_refusals_that_come_with_200(bot, code, failure, field):
    """`ok: false` is judged by its code; one that does not say that nothing was done leaves the outcome open."""
    with pytest.raises(failure) as caught:
        bot.publish(make_post(), bot.answering(no(code)))
    assert type(caught.value) is failure
    assert code in caught.value.message
    assert caught.value.next
    assert getattr(caught.value, "field", None) == field


@pytest.mark.parametrize("code", ["internal_error", "something_unheard_of"])
def test_an_unclear_read_is_no_unknown_outcome(bot, code):
    """Nothing can have happened: it can be asked again."""
    with pytest.raises(Unavailable):
        bot.find(make_post(), http=bot.answering(no(code)))


def test_a_missing_scope_is_named(bot):
    """With the scopes that there are, and where to add it."""
    with pytest.raises(NotEntitled, match=r"needs chat:write, has channels:read") as caught:
        bot.publish(make_post(), bot.answering(no("missing_scope", needed="chat:write", provided="channels:read")))
    assert "install it again" in caught.value.next


def test_details_of_a_refusal_are_told(bot):
    """`response_metadata.messages` says which block is wrong."""
    told = {"messages": ["[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"]}
    with pytest.raises(Rejected, match="json-pointer:/blocks/0"):
        bot.publish(make_post(), bot.answering(no("invalid_blocks", response_metadata=told)))


@pytest.mark.parametrize("status", [200, 429])
def test_a_rate_limit_says_until_when(bot, status):
    """`Retry-After` in seconds."""
    said = Response(status, {"ok": False, "error": "ratelimited"}, {"Retry-After": "30"})
    with pytest.raises(RateLimited) as caught:
        bot.publish(make_post(), bot.answering(said))
    assert caught.value.until == NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    "answer",
    [
        Response(503, {"ok": False, "error": "invalid_blocks"}),
        Response(200, "<html>"),
        Response(200, {"ok": True}),
        Response(200, []),
    ],
)
def test_what_cannot_be_read_leaves_it_open(bot, answer):
    """A 5xx whatever it says, and a 2xx without a message."""
    with pytest.raises(OutcomeUnknown):
        bot.publish(make_post(), bot.answering(answer))


@pytest.mark.parametrize(
    ("status", "words", "failure"),
    [
        (403, "invalid_token", Unauthorized),
        (404, "no_service", Unauthorized),
        (404, "no_team", Unauthorized),
        (403, "action_prohibited", NotEntitled),
        (403, "posting_to_general_channel_denied", NotEntitled),
        (404, "channel_not_found", Rejected),
        (410, "channel_is_archived", Rejected),
        (400, "invalid_payload", Rejected),
        (400, "no_text", Rejected),
        (500, "rollup_error", OutcomeUnknown),
        (200, "<html>", OutcomeUnknown),
        (200, "", OutcomeUnknown),
    ],
)
def test_a_webhooks_words(hook, status, words, failure):
    """One word with a 4xx; anything but `ok` with a 200 leaves it open."""
    with pytest.raises(failure) as caught:
        hook.publish(make_post(), hook.answering(Response(status, words)))
    assert type(caught.value) is failure
    assert caught.value.next


def test_no_piece_of_a_webhook_is_told(hook):
    """A redirect and a page of an error repeat the path, which is the secret."""
    path = f"/services/{SlackStandIn.hook}"
    for answer in (
        Response(302, "", {"Location": f"https://elsewhere.example{path}"}),
        Response(404, f"Not found: {path}"),
        Response(403, {"error": f"denied {path}"}),
    ):
        with pytest.raises(Failure) as caught:
            hook.publish(make_post(), hook.answering(answer))
        assert "sandbox-slack-hook" not in str(caught.value) + caught.value.next
        assert caught.value.message


# ------------------------------------------------------------------ the place


def test_check_tells_who_and_where(bot):
    """Account, workspace, channel and scopes; nothing to warn of, and nothing written."""
    account = run(bot.adapter.check(bot.http()))
    assert account.name == "syndicate in Sandbox"
    assert "#sandbox" in account.detail
    assert "chat:write" in account.detail
    assert account.warnings == ()
    assert not any(bot.standin.writes(request) for request in bot.requests)


def test_check_warns_of_what_is_lacking(bot):
    """Scopes without which nothing can be posted or looked for, and a channel without the app."""
    bot.standin.scopes = "channels:read"
    bot.standin.room["is_member"] = False
    said = "\n".join(run(bot.adapter.check(bot.http())).warnings)
    assert "chat:write" in said
    assert "channels:history" in said
    assert "/invite" in said


def test_a_webhook_is_checked_without_a_request(hook):
    """Anything that could be asked would post."""
    account = run(hook.adapter.check(hook.http()))
    assert "without posting" in account.detail
    assert run(hook.adapter.requirements(hook.http())) == {}
    assert hook.requests == []


@pytest.mark.parametrize(
    ("name", "value", "said"), [("is_member", False, "/invite"), ("is_archived", True, "archived")]
)
def test_what_the_channel_would_refuse_is_known_before(bot, name, value, said):
    """An app that was not invited, and an archived channel."""
    part = bot.part(make_post())
    assert bot.adapter.objections(part, run(bot.adapter.requirements(bot.http()))) == []
    bot.standin.room[name] = value
    (why,) = bot.adapter.objections(part, run(bot.adapter.requirements(bot.http())))
    assert said in why


def test_without_the_scope_to_ask_nothing_is_held_against_a_post(bot):
    """`channels:read` is good to have; posting does not need it."""
    rules = run(bot.adapter.requirements(bot.answering(no("missing_scope", needed="channels:read"))))
    assert rules == {}
    assert bot.adapter.objections(bot.part(make_post()), rules) == []
    with pytest.raises(Rejected):
        run(bot.adapter.requirements(bot.answering(no("channel_not_found"))))


def test_the_stand_in_refuses_what_slack_refuses(bot):
    """Too long a header, no text, a channel or a webhook that is not there."""
    header = {"type": "header", "text": {"type": "plain_text", "text": "t"}}
    sent = {"channel": CHANNEL, "text": "x", "blocks": [header]}

    def said(body, path="/chat.postMessage"):
        headers = {"authorization": f"Bearer {TOKEN}"}
        return bot.standin.handle(Request("POST", path, {}, headers, json.dumps(body).encode())).body

    assert said(sent)["ok"] is True
    assert said({**sent, "text": ""})["error"] == "no_text"
    assert said({**sent, "channel": "C0NOWHERE0"})["error"] == "channel_not_found"
    assert said({**sent, "client_msg_id": "no uuid"})["error"] == "invalid_arg_value"
    long = {"type": "header", "text": {"type": "plain_text", "text": "t" * 151}}
    assert said({**sent, "blocks": [long]})["error"] == "invalid_blocks"
    assert said({**sent, "blocks": [{"type": "markdown", "text": "t" * 12_001}]})["error"] == "msg_blocks_too_long"
    assert said(sent, "/services/T0/B0/other") == "invalid_token"
