"""Telegram in the sandbox: one public channel, and one bot that is an administrator there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn

_CHAT = -1001234567890
_BOT = {"id": 123456789, "is_bot": True, "first_name": "Sandbox", "username": "sandbox_bot"}
_TAG = re.compile(r"</?(b|i|a|code|pre)\b[^>]*>")
_LONGEST = 48 * 3600


class TelegramStandIn(StandIn):
    """`public` is whether the channel has a name; `member` what the bot is there. Faults can be set on both."""

    name = "telegram"
    options: ClassVar[Mapping[str, Any]] = {
        "token": "123456789:sandbox-telegram-token-0000000",
        "chat_id": "@sandbox_channel",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.public = True
        self.member: dict[str, Any] = {"status": "administrator", "can_post_messages": True}
        self._made = 0

    def handle(self, request: Request) -> Response:
        bot, _, method = request.path.strip("/").partition("/")
        if bot != f"bot{self.options['token']}":
            return _no(401, "Unauthorized")
        given = request.query if request.method == "GET" else request.json()
        if not isinstance(given, Mapping):
            return _no(400, "Bad Request: can't parse JSON")
        if method == "getMe":
            return _yes(_BOT)
        if given.get("chat_id") not in (str(_CHAT), _CHAT, *(["@sandbox_channel"] if self.public else [])):
            return _no(400, "Bad Request: chat not found")
        match method:
            case "getChat":
                return _yes(self._chat())
            case "getChatMember":
                return _yes({"user": _BOT, **self.member})
            case "sendMessage":
                return self._send(given, request.body)
            case "editMessageText":
                return self._edit(given)
            case "deleteMessage":
                return self._delete(given)
        return _no(404, "Not Found")

    def writes(self, request: Request) -> bool:
        return request.path.rpartition("/")[2] in ("sendMessage", "editMessageText", "deleteMessage")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _no(401, "Unauthorized")
            case "entitlement":
                return _no(403, "Forbidden: bot is not a member of the channel chat")
            case "rate":
                said = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
                if retry_after.isdigit():
                    return Response(429, {**said, "parameters": {"retry_after": int(retry_after)}})
                return Response(429, said, {"Retry-After": retry_after} if retry_after else {})
        return _no(400, "Bad Request: message is too long")

    def _send(self, given: Mapping[str, Any], raw: bytes) -> Response:
        if self.member["status"] != "administrator":
            return _no(400, "Bad Request: need administrator rights in the channel chat")
        text, wrong = _parsed(given)
        if wrong:
            return _no(400, wrong)
        self._made += 1
        link = given.get("link_preview_options", {}).get("url")
        post = Received(id=str(self._made), title="", text=text, format="plain", link=link, at=self.now(), raw=raw)
        self.posts.append(post)
        return _yes(self._shown(post))

    def _edit(self, given: Mapping[str, Any]) -> Response:
        kept = next((post for post in self.posts if post.id == str(given.get("message_id"))), None)
        if kept is None:
            return _no(400, "Bad Request: message to edit not found")
        text, wrong = _parsed(given)
        if wrong or text == kept.text:
            same = "Bad Request: message is not modified: specified new message content and reply markup are the same"
            return _no(400, wrong or same)
        kept.text, kept.link = text, given.get("link_preview_options", {}).get("url")
        return _yes(self._shown(kept))

    def _delete(self, given: Mapping[str, Any]) -> Response:
        kept = next((post for post in self.posts if post.id == str(given.get("message_id"))), None)
        if kept is None:
            return _no(400, "Bad Request: message to delete not found")
        if self.now() - kept.at > _LONGEST:
            return _no(400, "Bad Request: message can't be deleted for everyone")
        self.posts.remove(kept)
        return Response(200, {"ok": True, "result": True})

    def _chat(self) -> dict[str, Any]:
        chat = {"id": _CHAT, "type": "channel", "title": "Sandbox"}
        return chat | ({"username": "sandbox_channel"} if self.public else {})

    def _shown(self, post: Received) -> dict[str, Any]:
        return {"message_id": int(post.id), "chat": self._chat(), "date": int(post.at), "text": post.text}


def _parsed(given: Mapping[str, Any]) -> tuple[str, str]:
    """The text as readers see it, and what is wrong with it."""
    text = given.get("text", "")
    if given.get("parse_mode") == "HTML":
        if re.search(r"<|&(?!(lt|gt|amp|quot|#\d+);)", _TAG.sub("", text)):
            return "", "Bad Request: can't parse entities: Unsupported start tag"
        text = unescape(_TAG.sub("", text))
    if not text.strip():
        return "", "Bad Request: message text is empty"
    too_long = len(text.encode("utf-16-le")) // 2 > 4096
    return text, "Bad Request: message is too long" if too_long else ""


def _yes(result: Mapping[str, Any]) -> Response:
    return Response(200, {"ok": True, "result": dict(result)})


def _no(code: int, description: str) -> Response:
    return Response(code, {"ok": False, "error_code": code, "description": description})
