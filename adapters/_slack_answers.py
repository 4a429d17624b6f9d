"""What Slack answers: messages in a channel's history, refusals with status 200, and a webhook's words.

Errors are those of docs.slack.dev: chat.postMessage, conversations.history, “Sending messages using incoming webhooks”.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING, Any

from ..adapter import Part
from ..errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable
from ._reading import same_line

if TYPE_CHECKING:
    from ..http import Answer

_APPS = "https://api.slack.com/apps"
_AUTH = {"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired"}
#: “It's possible some aspect of the operation succeeded before the error was raised.”
_UNCLEAR = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}
_RATE = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_INVITE = "type `/invite @NAME-OF-THE-APP` in the channel, then publish again"
_ADMIN = "ask an admin of the workspace, then publish again"
_ENTITLED = {
    "not_in_channel": _INVITE,
    "org_login_required": "the workspace is being moved to an organization: wait for that, then publish again",
    "team_added_to_org": "the workspace is being moved to an organization: wait for that, then publish again",
    "not_allowed_token_type": f"take the bot token (xoxb-…) of the app at {_APPS}",
}
_ENTITLED |= dict.fromkeys(
    ("restricted_action", "posting_to_general_channel_denied", "ekm_access_denied", "access_denied", "no_permission",
     "enterprise_is_restricted", "team_access_not_granted", "cant_update_message", "cant_delete_message",
     "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "action_prohibited"),
    _ADMIN,
)  # fmt: skip
_FIELDS = {
    "channel_not_found": "channel",
    "is_archived": "channel",
    "channel_is_archived": "channel",
    "message_not_found": "id",
    "msg_too_long": "body",
    "msg_blocks_too_long": "body",
    "invalid_blocks": "blocks",
}
_NEXT = {
    "channel_not_found": "see that `channel` is its id (C…), and that the app was invited if it is private",
    "is_archived": "unarchive the channel, or set another one",
    "channel_is_archived": "unarchive the channel, or make a webhook for another one",
    "msg_blocks_too_long": 'make the post shorter, or set `mode = "announcement"` for this target',
}
#: Codes that say by their name that nothing was done; any other may mean anything.
_REFUSAL = re.compile(
    r"(invalid|no|not|missing|cannot|cant|too_many|is|as_user|metadata|slack_connect|restricted_action)_\w+"
    r"|\w+_(not_found|too_long|denied|disabled|blocked|closed|archived|prohibited)"
)
_NO_HOOK = {"invalid_token", "no_service", "no_service_id", "no_active_hooks", "no_team", "team_disabled"}


def explain(answer: Answer, effect: bool) -> Failure | None:
    """A refusal of the Web API. `effect`: of a call that readers see."""
    body = answer.json_or_none()
    if not isinstance(body, dict) or body.get("ok") is not False or answer.status >= 500:
        return None
    code = str(body.get("error") or "")
    said = f"Slack: {code or '(no error named)'}"
    if details := "; ".join(str(one) for one in (body.get("response_metadata") or {}).get("messages") or []):
        said += f" ({details[:300]})"
    if code == "missing_scope":
        needed = body.get("needed") or "?"
        return NotEntitled(
            f"{said}: needs {needed}, has {body.get('provided') or '?'}",
            next=f"add the scope to the app at {_APPS} (OAuth & Permissions), and install it again",
        )
    if code in _AUTH:
        return Unauthorized(said, next=f"copy the bot token (xoxb-…) of the app at {_APPS}, then publish again")
    if code in _RATE or answer.status == 429:
        return RateLimited(said, until=answer.retry_at)
    if code in _ENTITLED:
        return NotEntitled(said, next=_ENTITLED[code])
    if code.startswith("duplicate_"):
        return Duplicate(said)
    if code in _FIELDS or (code not in _UNCLEAR and _REFUSAL.fullmatch(code)):
        return Rejected(said, field=_FIELDS.get(code), next=_NEXT.get(code, ""))
    return OutcomeUnknown(said) if effect else Unavailable(said)


def explain_hook(answer: Answer, effect: bool) -> Failure | None:  # noqa: ARG001  as `hiding` calls it
    """A refusal of an incoming webhook: one word, with a 4xx (which one is unconfirmed)."""
    code = answer.text.strip()
    said = f"Slack: {code} (HTTP {answer.status})"
    if not 400 <= answer.status < 500 or answer.status == 429 or not re.fullmatch(r"[a-z_]{3,60}", code):
        return None
    if code in _NO_HOOK:
        return Unauthorized(said, next=f"make a new incoming webhook for the app at {_APPS}, then publish again")
    if code in _ENTITLED:
        return NotEntitled(said, next=_ENTITLED[code])
    return Rejected(said, field=_FIELDS.get(code), next=_NEXT.get(code, ""))


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a channel's history. `mark` and `url` are those that `Slack.render` puts into its metadata."""

    ts: str
    text: str
    title: str
    mark: str | None
    url: str | None
    author: frozenset[str]
    reactions: int
    replies: int

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Message:
        blocks = [block for block in data.get("blocks") or [] if isinstance(block, dict)]
        heads = [str(block["text"]["text"]) for block in blocks if block.get("type") == "header"]
        event = (data.get("metadata") or {}).get("event_payload") or {}
        links = re.findall(r"<(https?://[^|>]+)", str(data.get("text") or ""))
        return cls(
            ts=str(data["ts"]),
            text=str(data.get("text") or ""),
            title=unescape(heads[0]) if heads else "",
            mark=event.get("id"),
            url=event.get("url") or (unescape(links[-1]) if links else None),
            # What says that somebody joined has an author too.
            author=frozenset()
            if data.get("subtype") not in (None, "bot_message")
            else frozenset(str(data[name]) for name in ("user", "bot_id") if data.get(name)),
            reactions=sum(int(one.get("count") or 0) for one in data.get("reactions") or []),
            replies=int(data.get("reply_count") or 0),
        )


def messages(body: Any) -> tuple[list[Message], str]:
    """One page of a history, and the cursor of the next, empty at the end. Raises `Unavailable` for anything else."""
    try:
        found = [Message.of(one) for one in body["messages"] if one.get("subtype") != "tombstone"]
        return found, str((body.get("response_metadata") or {}).get("next_cursor") or "")
    except (LookupError, TypeError, AttributeError, ValueError):
        raise Unavailable("Slack answered with something other than messages") from None


def as_it_is(part: Part, message: Message) -> Part:
    """`part` with the text that the message shows; as it was sent where only Slack's tidying differs.

    Blocks are not compared: Slack makes others of `markdown` blocks, and nobody but the app can edit its messages.
    """
    if same_line(_tidied(message.text), _tidied(str(part.payload["text"]))):
        return part
    shown = unescape(re.sub(r"<(https?://[^|>]+)(?:\|[^>]*)?>", r"\1", message.text))
    return replace(part, payload={**part.payload, "text": message.text}, text=shown, count=len(shown))


def _tidied(said: str) -> str:
    """Without what Slack changes: it puts links into `<…>`, and names emoji (`:tada:`)."""
    plain = unescape(re.sub(r"<(https?://[^|>]+)(?:\|[^>]*)?>", r"\1", said))
    return re.sub(r":[a-z0-9_+'-]+:|[\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff]", "", plain)
