"""Discord: an announcement in one channel, through a webhook.

A webhook's messages can be read, edited and deleted by their ids, and not listed: what was lost stays unknown until
somebody looks. Facts are from gh:discord/discord-api-spec (`openapi.json`, 2026-07-18) and the developer documentation.
Whether Discord counts characters or UTF-16 units is unconfirmed; here it is the latter, which is never less.
"""
# ruff: noqa: RUF009  a credential is a field

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlencode

from .. import text
from ..adapter import (
    Account,
    Adapter,
    Attempt,
    Dedupe,
    Dialect,
    Draft,
    Limits,
    Metrics,
    Part,
    Post,
    Published,
    Secret,
    option,
    secret,
)
from ..errors import OutcomeUnknown, Rejected, Unavailable, UsageError
from ._announcement import announce, joined
from ._discord_answers import as_it_is, explain, message
from ._discord_answers import shown as _shown
from ._hidden_address import hiding, utf16
from ._reading import is_missing

if TYPE_CHECKING:
    from ..http import Answer, Explain, Http

_CONTENT, _TITLE, _DESCRIPTION, _THREAD, _NAME = 2000, 256, 4096, 100, 80
#: A card takes 6,000 characters all in all.
_FOOTER = 6000 - _TITLE - _DESCRIPTION
_HOOK = re.compile(r"(?:.*/)?(\d{5,25})/([\w.-]{20,})/?")
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, kw_only=True)
class Discord(Adapter):
    """Announcements through one webhook. Text 2,000 characters; of a card the title 256, the description 4,096."""

    name = "discord"
    title = "Discord"
    homepage = "https://discord.com"
    limits = Limits(text=_DESCRIPTION, title=_TITLE, tags=10)
    dialect = Dialect(format="plain", images=False)
    dedupe = Dedupe(kind="none", note="a webhook cannot list its messages")
    credentials = (("webhook",),)
    retired: ClassVar[Mapping[str, str]] = {"discordapp.com": "since 2020-11; use https://discord.com/api/v10"}
    policy = "a webhook of the channel, made by somebody who may manage webhooks there; nobody is mentioned"

    base_url: str = option("https://discord.com/api/v10", "root of the API")
    webhook: Secret = secret("address of the webhook: the channel's settings, Integrations, Webhooks")
    mode: Literal["card", "text"] = option("card", "`card`: title, lead, cover and link as an embed; `text`: as text")
    username: str | None = option(None, "post under this name instead of the webhook's own, at most 80 characters")
    thread_id: str | None = option(None, "post into this thread of the channel")
    forum: bool = option(False, "the channel is a forum: each post opens a thread under its title")
    forum_tags: tuple[str, ...] = option((), "ids of the tags that such a thread gets, at most 5")

    def render(self, post: Post) -> Draft:
        """A card, or a text; the author's own text goes as it is, as the author may want Discord's markup there."""
        if self.username is not None and not 1 <= utf16(self.username) <= _NAME:
            raise Rejected(f"`username` takes 1 to {_NAME} characters", field="username", next="choose another name")
        payload: dict[str, Any] = {}
        if self.mode == "card" and post.title.strip():
            room, size = (_CONTENT, utf16) if post.text else (_TITLE + _DESCRIPTION, _size)
            made = announce(post, room, size, hashtags=self.limits.tags, link=False)
            card, said = _card(post, made.lead, made.tags)
            payload = ({"content": made.own} if made.own else {}) | {"embeds": [card]}
            shown = _shown(made.own, card)
            count, limit = (
                (utf16(made.own), _CONTENT) if made.own else (utf16(card.get("description", "")), _DESCRIPTION)
            )
            said = [*made.warnings, *said]
        else:
            size = utf16 if post.text else _size
            made = announce(post, _CONTENT - len("****"), size, hashtags=self.limits.tags)
            bold = f"**{escaped(made.title)}**" if made.title else ""
            shown = joined(made.own, bold, escaped(made.lead), escaped(" ".join(made.tags)), made.link)
            payload["content"], count, limit, said = shown, utf16(shown), _CONTENT, [*made.warnings]
        payload["allowed_mentions"] = {"parse": []}
        if self.username is not None:
            payload["username"] = self.username
        if self.forum:
            payload["thread_name"] = text.fit(post.title.strip() or shown, _THREAD, utf16)
            payload |= {"applied_tags": list(self.forum_tags[:5])} if self.forum_tags else {}
        return Draft((Part(payload=payload, text=shown, count=count, limit=limit),), tuple(said))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """One message; the webhook is asked before in which server it is, for the message's address."""
        server = (await self._webhook(http)).get("guild_id") or "@me"
        query = {"wait": "true"} | ({"thread_id": self.thread_id} if self.thread_id else {})
        answer = await http.write("POST", f"{self._url()}?{urlencode(query)}", part, explain=self._judge(effect=True))
        made = answer.json_or_none()
        if not isinstance(made, dict) or not made.get("id") or not made.get("channel_id"):
            raise OutcomeUnknown(f"Discord answered {answer.status} without a message")
        room, id = str(made["channel_id"]), str(made["id"])
        # A thread's messages are found only with the thread.
        own = f"{room}/{id}" if self.thread_id or self.forum else id
        return Published(own, f"https://discord.com/channels/{server}/{room}/{id}")

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:  # noqa: ARG002  the contract's
        """A webhook cannot list its messages."""
        return None

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        try:
            there = message(await self._message(published, http))
        except Rejected as refused:
            if is_missing(refused) or (refused.field == "thread_id" and "/" in published.id):
                return None
            raise
        return as_it_is(part, there)

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """Name, thread and tags stay as they were made; the rest is replaced, also by nothing."""
        content, cards = part.payload.get("content"), part.payload.get("embeds", [])
        payload = {"content": content, "embeds": cards, "allowed_mentions": {"parse": []}}
        url = self._message_url(published)
        await http.write("PATCH", url, replace(part, payload=payload), explain=self._judge(effect=True))
        return published

    async def delete(self, published: Published, http: Http) -> None:
        """What is gone already is deleted."""
        try:
            await http.write("DELETE", self._message_url(published), explain=self._judge(effect=True))
        except Rejected as refused:
            if not is_missing(refused):
                raise

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Reactions; Discord does not say who has read a message."""
        there = message(await self._message(published, http))
        return Metrics(reactions=sum(int(one.get("count") or 0) for one in there.get("reactions") or []))

    async def check(self, http: Http) -> Account:
        """The webhook as its address shows it."""
        hook = await self._webhook(http)
        said = () if hook.get("type", 1) == 1 else ("this is no incoming webhook: nothing can be posted with it",)
        return Account(str(hook.get("name") or "(no name)"), f"posts into channel {hook['channel_id']}", warnings=said)

    def id_of(self, url: str) -> str | None:
        """From a link to a message, `…/channels/SERVER/CHANNEL/MESSAGE`."""
        found = re.search(r"/channels/(?:\d+|@me)/(\d+)/(\d+)", url)
        if not found:
            return None
        return f"{found[1]}/{found[2]}" if self.thread_id or self.forum else found[2]

    # ------------------------------------------------------------------ helpers

    def _hook(self) -> tuple[str, str]:
        """The webhook's id and token, from its whole address or the end of it."""
        found = _HOOK.fullmatch(self.webhook.reveal().strip().partition("?")[0])
        if not found:
            said = "the `webhook` of this target is not the address of a webhook"
            raise UsageError(said, next="paste all of it: https://discord.com/api/webhooks/…")
        return found[1], found[2]

    def _url(self) -> str:
        return f"{self.base_url}/webhooks/{'/'.join(self._hook())}"

    def _message_url(self, published: Published) -> str:
        thread, _, id = published.id.rpartition("/")
        return f"{self._url()}/messages/{id}" + (f"?{urlencode({'thread_id': thread})}" if thread else "")

    def _judge(self, *, effect: bool) -> Explain:
        return hiding(explain, self._hook()[1], effect=effect)

    async def _message(self, published: Published, http: Http) -> Answer:
        return await http.get(self._message_url(published), explain=self._judge(effect=False))

    async def _webhook(self, http: Http) -> Mapping[str, Any]:
        body = (await http.get(self._url(), explain=self._judge(effect=False))).json_or_none()
        if not isinstance(body, dict) or not body.get("channel_id"):
            raise Unavailable("Discord answered with something other than a webhook")
        return body


def escaped(plain: str) -> str:
    """Plain text for Discord's Markdown; links stay what they are."""
    done, at = "", 0
    for link in (*_LINK.finditer(plain), None):
        end = link.start() if link else len(plain)
        done += re.sub(r"([\\*_~`|<>\[\]])", r"\\\1", plain[at:end])
        at = link.end() if link else end
        done += link[0] if link else ""
    return re.sub(r"^(#{1,3} |-# |[-+] |\d+\. )", r"\\\1", done)


def _size(plain: str) -> int:
    return utf16(escaped(plain))


def _card(post: Post, lead: str, tags: tuple[str, ...]) -> tuple[dict[str, Any], list[str]]:
    """An embed: title, lead, link, picture, tags; and what was changed or left out."""
    title = text.fit(" ".join(post.title.split()), _TITLE, _size)
    said = [f"the title is cut: “{title}”"] if title != " ".join(post.title.split()) else []
    card: dict[str, Any] = {"title": escaped(title)} if title else {}
    if lead:
        card["description"] = escaped(text.fit(lead, _DESCRIPTION, _size))
    if post.to_read:
        card["url"] = post.to_read
    if post.cover and _LINK.match(post.cover.url):
        card["image"] = {"url": post.cover.url}
    elif post.cover:
        said.append(f"the cover {post.cover.url} isn't on the web, so it is left out")
    if tags:
        card["footer"] = {"text": text.fit(" ".join(tags), _FOOTER, utf16)}
    return card, said
