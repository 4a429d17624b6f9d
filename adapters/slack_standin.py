"""Slack in the sandbox: one workspace, one channel, one app's bot in it, and one incoming webhook.

Limits are those of docs.slack.dev. A repeated `client_msg_id` posts again: that Slack keeps it from that is unconfirmed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any, ClassVar, Literal
from uuid import UUID

from ..standin import Received, Request, Response, StandIn

_KINDS = {"header": 150, "section": 3000, "markdown": 12_000, "context": 3000}
#: What a message's blocks may be all in all, as JSON (bolt-js#2509).
_ALL_BLOCKS = 13_200
_METHODS = ("/chat.postMessage", "/chat.update", "/chat.delete")


class SlackStandIn(StandIn):
    """Kept in `extra` of a post: `blocks`, `metadata`, `bot` (whether the app posted it by its token)."""

    name = "slack"
    options: ClassVar[Mapping[str, Any]] = {"token": "xoxb-sandbox-slack-token", "channel": "C0SANDBOX0"}
    #: Path of the webhook, behind `/services/`.
    hook = "T0SANDBOX/B0SANDBOX/sandbox-slack-hook"
    channel = "C0SANDBOX0"
    #: What `x-oauth-scopes` says.
    scopes = "chat:write,channels:history,channels:read"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room: dict[str, Any] = {"id": self.channel, "name": "sandbox", "is_member": True, "is_archived": False}
        self._last = 0.0

    def handle(self, request: Request) -> Response:
        if request.path.startswith("/services/"):
            return self._hooked(request)
        if request.headers.get("authorization") != f"Bearer {self.options.get('token')}":
            return _no("invalid_auth")
        given = request.query if request.method == "GET" else request.json()
        if not isinstance(given, Mapping):
            return _no("invalid_json")
        if "channel" in given and given["channel"] != self.channel:
            return _no("channel_not_found")
        match request.path.strip("/"):
            case "auth.test":
                me = {"team": "Sandbox", "user": "syndicate", "user_id": "U0SANDBOX", "bot_id": "B0SANDBOX"}
                return Response(200, {"ok": True, **me}, {"x-oauth-scopes": self.scopes})
            case "conversations.info":
                return Response(200, {"ok": True, "channel": self.room})
            case "conversations.history":
                return self._history(given)
            case "chat.getPermalink":
                return Response(200, {"ok": True, "permalink": self.post_url(given.get("message_ts", ""))})
            case "chat.postMessage":
                return self._post_message(given, request.body)
            case "chat.update" | "chat.delete" as method:
                kept = next((post for post in self.posts if post.id == given.get("ts")), None)
                if kept is None:
                    return _no("message_not_found")
                return self._update(kept, given) if method == "chat.update" else self._delete(kept)
        return _no("unknown_method")

    def writes(self, request: Request) -> bool:
        return request.path in _METHODS or request.path.startswith("/services/")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _no("invalid_auth")
            case "entitlement":
                return _no("restricted_action")
            case "rate":
                headers = {"Retry-After": retry_after} if retry_after else {}
                return Response(429, {"ok": False, "error": "ratelimited"}, headers)
        return _no("invalid_blocks")

    def _post_message(self, given: Mapping[str, Any], raw: bytes) -> Response:
        if self.room["is_archived"]:
            return _no("is_archived")
        if not self.room["is_member"]:
            return _no("not_in_channel")
        try:
            UUID(given.get("client_msg_id", str(UUID(int=0))))
        except ValueError:
            return _no("invalid_arg_value")
        if wrong := _wrong(given):
            return _no(wrong)
        return Response(200, {"ok": True, "channel": self.channel, "ts": self._keep(given, raw, bot=True)})

    def _update(self, kept: Received, given: Mapping[str, Any]) -> Response:
        if not kept.extra["bot"]:
            return _no("cant_update_message")
        if wrong := _wrong(given):
            return _no(wrong)
        kept.text, kept.title = unescape(given["text"]), _title(given)
        kept.extra |= {"blocks": given.get("blocks", []), "metadata": given.get("metadata", kept.extra["metadata"])}
        return Response(200, {"ok": True, "channel": self.channel, "ts": kept.id, "text": given["text"]})

    def _delete(self, kept: Received) -> Response:
        self.posts.remove(kept)
        return Response(200, {"ok": True, "channel": self.channel, "ts": kept.id})

    def _hooked(self, request: Request) -> Response:
        given = request.json()
        if request.path != f"/services/{self.hook}":
            return Response(403, "invalid_token")
        if not isinstance(given, dict):
            return Response(400, "invalid_payload")
        if wrong := _wrong(given):
            return Response(400, wrong)
        self._keep(given, request.body, bot=False)
        return Response(200, "ok")

    def _keep(self, given: Mapping[str, Any], raw: bytes, *, bot: bool) -> str:
        self._last = max(self._last + 1e-6, round(self.now(), 6))
        metadata = given.get("metadata") or {}
        links = re.findall(r"<(https?://[^|>]+)\|", json.dumps(given.get("blocks", [])))
        link = metadata.get("event_payload", {}).get("url") or (unescape(links[-1]) if links else None)
        extra = {"blocks": given.get("blocks", []), "metadata": metadata, "bot": bot}
        post = Received(id=f"{self._last:.6f}", title=_title(given), text=unescape(given["text"]), format="plain",
                        link=link, at=self._last, raw=raw, extra=extra)  # fmt: skip
        self.posts.append(post)
        return post.id

    def _history(self, query: Mapping[str, str]) -> Response:
        oldest, latest = float(query.get("oldest") or 0), float(query.get("latest") or "inf")
        inclusive = query.get("inclusive") == "true"
        found = [
            post
            for post in self.posts[::-1]
            if oldest < float(post.id) < latest or (inclusive and float(post.id) in (oldest, latest))
        ]
        begin, size = int(query.get("cursor") or 0), int(query.get("limit", 100))
        metadata = query.get("include_all_metadata") == "true"
        page = [self._shown(post, metadata=metadata) for post in found[begin : begin + size]]
        more = begin + size < len(found)
        said = {"ok": True, "messages": page, "has_more": more}
        return Response(200, said | {"response_metadata": {"next_cursor": str(begin + size) if more else ""}})

    def _shown(self, post: Received, *, metadata: bool) -> dict[str, Any]:
        """As the API shows it: signs escaped, links in `<…>`, `markdown` blocks turned into others."""
        text = re.sub(r"https?://[^\s<>]+", r"<\g<0>>", escape(post.text, quote=False))
        blocks = [
            {"type": "rich_text", "elements": []} if block["type"] == "markdown" else {"block_id": "b", **block}
            for block in post.extra["blocks"]
        ]
        author = {"user": "U0SANDBOX", "bot_id": "B0SANDBOX"} if post.extra["bot"] else {"bot_id": "B0HOOK"}
        said = {"type": "message", "ts": post.id, "text": text, "blocks": blocks, **author}
        return said | ({"metadata": post.extra["metadata"]} if metadata and post.extra["metadata"] else {})


class SlackWebhookStandIn(SlackStandIn):
    """The same workspace for one who has the webhook alone."""

    options: ClassVar[Mapping[str, Any]] = {"webhook": f"https://hooks.slack.com/services/{SlackStandIn.hook}"}

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return Response(404, "no_service")
            case "entitlement":
                return Response(403, "action_prohibited")
            case "rate":
                return super().refusal(kind, retry_after)
        return Response(400, "invalid_blocks")


def _no(code: str) -> Response:
    return Response(200, {"ok": False, "error": code})


def _title(given: Mapping[str, Any]) -> str:
    return next((block["text"]["text"] for block in given.get("blocks", []) if block["type"] == "header"), "")


def _wrong(given: Mapping[str, Any]) -> str:
    """What is wrong with a message; empty when nothing is."""
    text, blocks = given.get("text"), given.get("blocks", [])
    if not text or not isinstance(text, str):
        return "no_text"
    if len(text) > 40_000:
        return "msg_too_long"
    if len(blocks) > 50 or any(block.get("type") not in _KINDS for block in blocks):
        return "invalid_blocks"
    for block in blocks:
        inner = block.get("elements", [{}])[0] if block["type"] == "context" else block
        said = inner.get("text")
        said = said.get("text") if isinstance(said, dict) else said
        if not said or len(said) > _KINDS[block["type"]]:
            return "msg_blocks_too_long" if block["type"] == "markdown" else "invalid_blocks"
    return "msg_blocks_too_long" if len(json.dumps(blocks, ensure_ascii=False)) > _ALL_BLOCKS else ""
