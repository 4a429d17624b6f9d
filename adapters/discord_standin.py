"""Discord in the sandbox: one server with one channel and one webhook; shapes and limits are those of its OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn

_SERVER, _CHANNEL, _HOOK = "200000000000000001", "200000000000000002", "200000000000000003"
_TOKEN = "sandbox-discord-webhook-token"  # noqa: S105  made up, for loopback
_FIRST = 1_300_000_000_000_000_000
_EMBED = {"title": 256, "description": 4096, "url": 2048}


class DiscordStandIn(StandIn):
    """Kept in `extra` of a post: `content`, `embeds`, `channel` (a thread has its own).

    `forum` makes the channel one in which each message needs a thread.
    """

    name = "discord"
    options: ClassVar[Mapping[str, Any]] = {"webhook": f"https://discord.com/api/webhooks/{_HOOK}/{_TOKEN}"}
    forum = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made = 0

    def handle(self, request: Request) -> Response:
        match request.method, request.path.strip("/").split("/"):
            case method, ["webhooks", id, token, *rest] if (id, token) == (_HOOK, _TOKEN):
                return self._known(method, rest, request)
            case _, ["webhooks", id, _, *_] if id == _HOOK:
                return _no(401, 50027, "Invalid Webhook Token")
            case _, ["webhooks", *_]:
                return _no(404, 10015, "Unknown Webhook")
        return Response(404, {"message": "404: Not Found", "code": 0})

    def writes(self, request: Request) -> bool:
        return request.method in ("POST", "PATCH", "DELETE")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _no(404, 10015, "Unknown Webhook")
            case "entitlement":
                return _no(403, 50013, "Missing Permissions")
            case "rate":
                said: dict[str, Any] = {"message": "You are being rate limited.", "global": False}
                if retry_after.replace(".", "").isdigit():
                    return Response(429, {**said, "retry_after": float(retry_after)})
                return Response(429, said, {"Retry-After": retry_after} if retry_after else {})
        return _invalid({"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be shorter."}]}})

    def _known(self, method: str, rest: list[str], request: Request) -> Response:
        match method, rest:
            case "GET", []:
                hook = {"id": _HOOK, "type": 1, "name": "Sandbox", "channel_id": _CHANNEL, "guild_id": _SERVER}
                return Response(200, {**hook, "token": _TOKEN})
            case "POST", []:
                return self._create(request)
            case _, ["messages", id]:
                thread = request.query.get("thread_id", _CHANNEL)
                kept = next((p for p in self.posts if p.id == id and p.extra["channel"] == thread), None)
                if kept is None:
                    return _no(404, 10008, "Unknown Message")
                if method == "DELETE":
                    self.posts.remove(kept)
                    return Response(204)
                return self._patch(kept, request) if method == "PATCH" else Response(200, self._shown(kept))
        return Response(404, {"message": "404: Not Found", "code": 0})

    def _create(self, request: Request) -> Response:
        given, thread = request.json(), request.query.get("thread_id")
        if not isinstance(given, dict):
            return _no(400, 50109, "The request body contains invalid JSON.")
        if wrong := _wrong(given):
            return _invalid(wrong)
        if not given.get("content") and not given.get("embeds"):
            return _no(400, 50006, "Cannot send an empty message")
        if self.forum and not thread and not given.get("thread_name"):
            return _no(400, 220001, "Webhooks posted to forum channels must have a thread_name or thread_id")
        if given.get("thread_name") and not self.forum:
            return _no(400, 220003, "Webhooks can only create threads in forum channels")
        self._made += 1
        id = str(_FIRST + self._made)
        post = Received(id=id, title="", text="", at=self.now(), raw=request.body)
        post.extra = {"channel": thread or (id if given.get("thread_name") else _CHANNEL), "given": given}
        self._keep(post, given)
        self.posts.append(post)
        return Response(200, self._shown(post)) if request.query.get("wait") == "true" else Response(204)

    def _patch(self, post: Received, request: Request) -> Response:
        given = request.json() or {}
        if wrong := _wrong(given):
            return _invalid(wrong)
        self._keep(post, {**post.extra["given"], **given})
        return Response(200, self._shown(post))

    def _keep(self, post: Received, given: Mapping[str, Any]) -> None:
        """A reader sees the text, or else the card's description."""
        card = (given.get("embeds") or [{}])[0]
        post.extra |= {"given": given, "of_card": not given.get("content")}
        post.text = given.get("content") or card.get("description") or ""
        post.title, post.link = card.get("title", ""), card.get("url")

    def _shown(self, post: Received) -> dict[str, Any]:
        given = post.extra["given"]
        embeds = [{"type": "rich", **one} for one in given.get("embeds") or []]
        content = given.get("content") or ""
        if post.extra["of_card"] and embeds:
            embeds[0]["description"] = post.text.strip()
        else:
            content = post.text.strip()
        said = {"id": post.id, "type": 0, "channel_id": post.extra["channel"], "content": content, "embeds": embeds}
        return {**said, "webhook_id": _HOOK, "reactions": post.extra.get("reactions", [])}


def _no(status: int, code: int, message: str) -> Response:
    return Response(status, {"message": message, "code": code})


def _invalid(errors: Mapping[str, Any]) -> Response:
    return Response(400, {"message": "Invalid Form Body", "code": 50035, "errors": errors})


def _wrong(given: Mapping[str, Any]) -> dict[str, Any]:
    """Discord's nested errors; empty when nothing is wrong."""

    def too_long(most: int) -> dict[str, Any]:
        return {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": f"Must be {most} or fewer in length."}]}

    limits = {"content": 2000, "username": 80, "thread_name": 100}
    wrong = {name: too_long(most) for name, most in limits.items() if len(given.get(name) or "") > most}
    for number, card in enumerate(given.get("embeds") or []):
        long = {name: too_long(most) for name, most in _EMBED.items() if len(card.get(name) or "") > most}
        if long:
            wrong["embeds"] = {str(number): long}
    return wrong
