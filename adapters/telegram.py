"""Telegram: an announcement in one channel or group, through a bot.

A bot cannot read what it has sent, so what was lost stays unknown until somebody looks. Facts are from the Bot API 10.1
(2026-06-11; gh:PaulSonOfLars/telegram-bot-api-spec). The token stands in the path of every request: all that is said of
an answer goes through `hiding`. HTML is the safer of the two markups: three signs have to be escaped, not eighteen.
That lengths count in UTF-16 units, as positions do, is unconfirmed.
"""
# ruff: noqa: RUF009  a credential is a field

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from ..adapter import (
    Account,
    Adapter,
    Attempt,
    Dedupe,
    Dialect,
    Draft,
    Limits,
    Part,
    Post,
    Published,
    Secret,
    option,
    secret,
)
from ..errors import (
    Failure,
    NotEntitled,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    UsageError,
)
from ._announcement import announce, joined
from ._hidden_address import hiding, utf16
from ._unmeant import Guard

if TYPE_CHECKING:
    from ..http import Answer, Explain, Http

_TEXT = 4096
_TOKEN = re.compile(r"\d{3,20}:[\w-]{20,}")
#: Members of a group are notified; readers of a channel are led to a stranger.
_GUARD = Guard(re.compile(r"(?<!\w)@\w{2,32}(?!\w)", re.ASCII), files=True)
_ADMIN = "make the bot an administrator of the channel with the right to post messages, then publish again"
_NO_RIGHT = re.compile(r"administrator rights|not enough rights|have no rights|need administrator|CHAT_WRITE_FORBIDDEN")


@dataclass(frozen=True, kw_only=True)
class Telegram(Adapter):
    """Messages of one bot in one chat. 4,096 characters without the markup; about 20 a minute in a group."""

    name = "telegram"
    title = "Telegram"
    homepage = "https://telegram.org"
    #: Characters of a hashtag: `is_hashtag_letter` in gh:tdlib/td, MessageEntity.cpp. Vowel signs are none.
    limits = Limits(text=_TEXT, tags=5, tag_chars=r"[\w·\u200c]")
    dialect = Dialect(format="plain", images=False)
    dedupe = Dedupe(kind="none", note="a bot cannot read what it has sent")
    credentials = (("token",),)
    required = ("chat_id",)
    policy = "the bot has to be an administrator of the channel; it can delete a message for 48 hours"

    base_url: str = option("https://api.telegram.org", "root of the Bot API, or a server of one's own")
    token: Secret = secret("from @BotFather, as 123456789:ABC…")
    chat_id: str = option("", "`@name` of a public channel or group, or the number of a private one, as text")
    preview: Literal["large", "small", "none"] = option("large", "how the card of the link is shown")
    silent: bool = option(False, "notify readers without a sound")

    def render(self, post: Post) -> Draft:
        """Title, lead, hashtags and link, or the author's own text, which is shown as it is written."""
        chars = self.limits.tag_chars
        made = announce(post, _TEXT, utf16, hashtags=self.limits.tags, tag_chars=chars, tag_marks=False, guard=_GUARD)
        bold = f"<b>{_html(made.title)}</b>" if made.title else ""
        said = joined(_html(made.own), bold, _html(made.lead), _html(" ".join(made.tags)), _html(made.link))
        card: dict[str, Any] = (
            {"is_disabled": True} if self.preview == "none" else {f"prefer_{self.preview}_media": True}
        )
        if made.link and self.preview != "none":
            card["url"] = made.link
        payload: dict[str, Any] = {
            "chat_id": int(self.chat_id) if re.fullmatch(r"-?\d+", self.chat_id) else self.chat_id,
            "text": said,
            "parse_mode": "HTML",
            "link_preview_options": card,
        }
        if self.silent:
            payload["disable_notification"] = True
        part = Part(payload=payload, text=made.text, count=utf16(made.text), limit=_TEXT)
        return Draft((part,), made.warnings)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """`sendMessage`. The id is `CHAT/MESSAGE`: a message's number counts within its chat."""
        made = await self._write("sendMessage", part, http)
        chat = made.get("chat") if isinstance(made, dict) else None
        if not isinstance(chat, dict) or not made.get("message_id") or not chat.get("id"):
            raise OutcomeUnknown("Telegram answered without a message")
        id = made["message_id"]
        # A private channel's messages have an address for its members: its number without the -100 before it.
        hidden = str(chat["id"]).removeprefix("-100") if str(chat["id"]).startswith("-100") else ""
        place = chat.get("username") or (f"c/{hidden}" if hidden else "")
        return Published(f"{chat['id']}/{id}", f"https://t.me/{place}/{id}" if place else None)

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:  # noqa: ARG002  the contract's
        """A bot cannot read what it has sent."""
        return None

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`editMessageText`; a text that is there already is what was wanted."""
        kept = {name: part.payload[name] for name in ("text", "parse_mode", "link_preview_options")}
        try:
            await self._write("editMessageText", replace(part, payload={**_address(published), **kept}), http)
        except Rejected as refused:
            if refused.field != "unchanged":
                raise
        return published

    async def delete(self, published: Published, http: Http) -> None:
        """`deleteMessage`, for 48 hours. What is gone already is deleted."""
        gone = Part(payload=_address(published), text="", count=0, limit=0)
        try:
            await self._write("deleteMessage", gone, http)
        except Rejected as refused:
            if refused.field != "id":
                raise

    async def check(self, http: Http) -> Account:
        """`getMe`, `getChat`, and `getChatMember` for the bot itself."""
        me = await self._get("getMe", http)
        chat = await self._get("getChat", http, chat_id=self.chat_id)
        member = await self._get("getChatMember", http, chat_id=self.chat_id, user_id=me["id"])
        status, channel = member.get("status"), chat.get("type") == "channel"
        said = []
        if status in ("left", "kicked") or (channel and status != "administrator"):
            said.append(f"the bot is {status or 'nobody'} there: {_ADMIN}")
        elif channel and member.get("can_post_messages") is False:
            said.append(f"the bot may not post messages there: {_ADMIN}")
        name = f"@{chat['username']}" if chat.get("username") else self.chat_id
        detail = f"posts into {chat.get('type', 'chat')} {chat.get('title') or name} ({name}) as {status}"
        return Account(f"@{me.get('username')}", detail, warnings=tuple(said))

    def id_of(self, url: str) -> str | None:
        """From a link to a message: `https://t.me/NAME/ID`, or `https://t.me/c/NUMBER/ID` for a private chat."""
        found = re.search(r"//t\.me/(?:c/(\d+)|(\w+))/(\d+)", url)
        if not found:
            return None
        return f"-100{found[1]}/{found[3]}" if found[1] else f"@{found[2]}/{found[3]}"

    # ------------------------------------------------------------------ helpers

    def _url(self, method: str) -> str:
        return f"{self.base_url}/bot{self._token()}/{method}"

    def _token(self) -> str:
        token = self.token.reveal().strip()
        if not _TOKEN.fullmatch(token):
            raise UsageError(
                "the `token` of this target is not a bot's token", next="copy it from @BotFather: 123456789:ABC…"
            )
        return token

    def _judge(self, *, effect: bool) -> Explain:
        token = self._token()
        return hiding(explain, token, token.partition(":")[2], effect=effect)

    async def _get(self, method: str, http: Http, **query: str | int) -> dict[str, Any]:
        answer = await http.get(self._url(method), params=query, explain=self._judge(effect=False))
        body = answer.json_or_none()
        if not isinstance(body, dict) or not isinstance(body.get("result"), dict):
            raise Unavailable("Telegram answered with something other than a result")
        return dict(body["result"])

    async def _write(self, method: str, part: Part, http: Http) -> Any:
        answer = await http.write("POST", self._url(method), part, explain=self._judge(effect=True))
        body = answer.json_or_none()
        if not isinstance(body, dict) or body.get("ok") is not True:
            raise OutcomeUnknown(f"Telegram answered {answer.status} without a result")
        return body.get("result")


def explain(answer: Answer, effect: bool) -> Failure | None:  # noqa: ARG001  as `hiding` calls it
    """`{"ok": false, "error_code", "description", "parameters"}`; a 5xx is left to its status."""
    body = answer.json_or_none()
    if not isinstance(body, dict) or body.get("ok") is not False or answer.status >= 500:
        return None
    words = str(body.get("description") or "")
    said, given = f"Telegram: {words or answer.status}", body.get("parameters") or {}
    code = body.get("error_code") or answer.status
    if code == 429:
        wait = given.get("retry_after")
        return RateLimited(said, until=answer.after(wait) if isinstance(wait, int | float) else answer.retry_at)
    if code in (401, 404):
        return Unauthorized(said, next="copy the bot's token from @BotFather, then publish again")
    if code == 403 or _NO_RIGHT.search(words):
        return NotEntitled(said, next=_ADMIN)
    if moved := given.get("migrate_to_chat_id"):
        return Rejected(said, field="chat_id", next=f'the group has become another: set `chat_id = "{moved}"`')
    if "message is not modified" in words:
        return Rejected(said, field="unchanged")
    if re.search(r"message (to \w+ )?not found|MESSAGE_ID_INVALID", words):
        return Rejected(said, field="id", next="the message is not there any more")
    if "chat not found" in words:
        return Rejected(said, field="chat_id", next="see that `chat_id` is right and the bot is in that chat")
    return Rejected(said, field="text" if "too long" in words or "entities" in words else None)


def _html(plain: str) -> str:
    return escape(plain, quote=False)


def _address(published: Published) -> dict[str, Any]:
    chat, _, id = published.id.rpartition("/")
    return {"chat_id": int(chat) if re.fullmatch(r"-?\d+", chat) else chat, "message_id": int(id)}
