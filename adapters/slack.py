"""Slack: one message in one channel, by an app's bot token, or by an incoming webhook.

With `channel` it is the bot: what it posted can be looked for, read, updated and deleted. Without, it is the webhook,
which answers `ok` and no id: none of that. Facts are from docs.slack.dev (chat.*, conversations.history, block-kit,
incoming webhooks) and gh:slackapi/python-slack-sdk @ae87985.
`client_msg_id` stands in chat.postMessage's list of errors and nowhere else; that it keeps a message from being posted
twice is unconfirmed, so the lookup goes by the message's metadata. `msg_blocks_too_long` comes at about 13,200
characters in all (bolt-js#2509). Apps that are sold outside the Marketplace may ask for a history once a minute, for 15
messages. What a webhook refuses with, and that it takes `unfurl_links`, is unconfirmed.
"""
# ruff: noqa: RUF009  a credential is a field

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, TypeVar

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
from ..errors import NotEntitled, OutcomeUnknown, Rejected, UsageError
from ._hidden_address import hiding
from ._slack_answers import as_it_is, explain_hook
from ._slack_api import HOME, Bot, hook
from ._slack_blocks import HEADER, MARKDOWN, TAG_CHARS, TAGS, announcement, full

if TYPE_CHECKING:
    from ..http import Http

T = TypeVar("T")
_KEY = "{client_msg_id}"
_HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{7,}")


@dataclass(frozen=True, kw_only=True)
class Slack(Adapter):
    """Messages in one channel. Header 150 characters, section 3,000, Markdown 12,000 a message."""

    name = "slack"
    title = "Slack"
    homepage = "https://slack.com"
    limits = Limits(text=MARKDOWN, title=HEADER, tags=TAGS, tag_chars=TAG_CHARS)
    # What a `markdown` block shows; images become links there.
    dialect = Dialect(tables=True, strikethrough=True, task_lists=True, images=False)
    dedupe = Dedupe(kind="lookup", lag=10.0, note="the channel's history, by a message's metadata; 10 s is unconfirmed")
    credentials = (("token",), ("webhook",))
    policy = "an app of the workspace, invited into the channel; one message a second and channel"

    base_url: str = option(HOME, "root of the Web API")
    token: Secret = secret("https://api.slack.com/apps: bot token (xoxb-…), scopes chat:write, channels:history")
    webhook: Secret = secret("instead: address of an incoming webhook; its posts cannot be looked for nor changed")
    channel: str = option("", "id of the channel (C…, in its details), for the token; a webhook has its own")
    mode: Literal["announcement", "full"] = option(
        "announcement", "`announcement`: title, lead and link; `full`: the whole post"
    )
    unfurl: bool = option(True, "let Slack show a card of the link")

    @property
    def prevention(self) -> Dedupe:
        return self.dedupe if self.channel else Dedupe(kind="none", note="an incoming webhook cannot be asked")

    @property
    def updates(self) -> bool:
        """A webhook answers no id by which a message could be changed."""
        return bool(self.channel)

    def render(self, post: Post) -> Draft:
        if self.channel and not _CHANNEL.fullmatch(self.channel):
            raise Rejected(
                f"`channel` is the id of a channel, such as C0123456789, not {self.channel!r}",
                field="channel",
                next="copy the id from the end of the channel's details",
            )
        part, said = full(self, post) if self.mode == "full" else announcement(post)
        payload = {**part.payload, "unfurl_links": self.unfurl}
        if self.channel:
            event = {"id": sha256(post.key.encode()).hexdigest()[:32]}
            if post.canonical_url:
                event["url"] = post.canonical_url
            metadata = {"event_type": "syndicate_post", "event_payload": event}
            payload = {"channel": self.channel, **payload, "metadata": metadata, "client_msg_id": _KEY}
        return Draft((replace(part, payload=payload),), tuple(said))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        """`chat.postMessage`; its id is `CHANNEL/TS`. Of a webhook's message there is no id but the attempt's key."""
        if not self.channel:
            url, token = self._hook()
            judge = hiding(explain_hook, url, token, effect=True)
            answer = await http.write("POST", url, part, explain=judge)
            if answer.text.strip() != "ok":
                raise OutcomeUnknown(f"Slack answered {answer.status} with something other than `ok`")
            return Published(attempt.key)
        from uuid import NAMESPACE_URL, uuid5  # 2 ms, for what is sent only

        sent = part.filled({_KEY: str(uuid5(NAMESPACE_URL, attempt.key))}, fields=["client_msg_id"])
        bot = self._bot(http)
        made = await bot.write("chat.postMessage", sent)
        if not made.get("ts"):
            raise OutcomeUnknown("Slack answered without a message")
        channel, ts = str(made.get("channel") or self.channel), str(made["ts"])
        return Published(f"{channel}/{ts}", await bot.link(channel, ts))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Looks through the channel from a minute before the first try on, for the post's own mark."""
        if not self.channel:
            return None
        channel, wanted = part.payload["channel"], part.payload["metadata"]["event_payload"]["id"]
        since = (attempt.started_at - timedelta(seconds=60)).timestamp()
        bot = self._bot(http)
        async for message in bot.history(channel, oldest=f"{since:.6f}"):
            if message.mark == wanted:
                return Published(f"{channel}/{message.ts}", await bot.link(channel, message.ts))
        return None

    # Of a webhook these two are absent, so that nobody asks it.

    @property
    def read(self) -> Callable[[Part, Published, Http], Awaitable[Part | None]]:
        """One message by its time. What the app itself did not delete is there until somebody removes it."""
        return self._of_the_bot(self._read)

    @property
    def recent(self) -> Callable[[Http], AsyncIterator[Published]]:
        """The app's own messages in the channel, newest first; links cost one request, as they differ in the time."""
        return self._of_the_bot(self._recent)

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`chat.update`, with text, blocks and metadata."""
        channel, ts = self._place(published)
        kept = {name: part.payload[name] for name in ("text", "blocks", "metadata")}
        await self._bot(http).write("chat.update", replace(part, payload={"channel": channel, "ts": ts, **kept}))
        return published

    async def delete(self, published: Published, http: Http) -> None:
        """`chat.delete`; what is gone already is deleted."""
        channel, ts = self._place(published)
        gone = Part(payload={"channel": channel, "ts": ts}, text="", count=0, limit=0)
        try:
            await self._bot(http).write("chat.delete", gone)
        except Rejected as refused:
            if refused.field != "id":
                raise

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Reactions and replies; Slack does not say who has read a message."""
        message = await self._bot(http).one(*self._place(published))
        if message is None:
            raise Rejected("Slack no longer has this message", field="id", next="look at the channel")
        return Metrics(reactions=message.reactions, comments=message.replies)

    async def check(self, http: Http) -> Account:
        """`auth.test`, whose header names the scopes, and `conversations.info`."""
        if not self.channel:
            self._hook()
            return Account("incoming webhook", "cannot be asked without posting")
        answer = await self._bot(http).get("auth.test")
        me = answer.json()
        scopes = {one.strip() for one in answer.headers.get("x-oauth-scopes", "").split(",") if one.strip()}
        said = []
        if scopes and "chat:write" not in scopes:
            said.append("the token lacks the scope chat:write: nothing can be posted")
        if scopes and not scopes & _HISTORY:
            said.append("the token lacks channels:history (groups:history): a lost message cannot be looked for")
        room = await self.requirements(http)
        said += self.objections(Part(payload={}, text="", count=0, limit=0), room)
        where = f"#{room['name']}" if room.get("name") else self.channel
        detail = f"posts into {where}" + (f"; scopes {', '.join(sorted(scopes))}" if scopes else "")
        return Account(f"{me.get('user') or me.get('user_id')} in {me.get('team')}", detail, warnings=tuple(said))

    async def requirements(self, http: Http) -> Mapping[str, Any]:
        """What the channel is, where the token may ask (channels:read, groups:read)."""
        if not self.channel:
            return {}
        try:
            room = (await self._bot(http).get("conversations.info", channel=self.channel)).json().get("channel")
        except NotEntitled:
            return {}
        asked = ("name", "is_member", "is_archived", "is_private")
        return {name: room[name] for name in asked if name in room} if isinstance(room, dict) else {}

    def objections(self, part: Part, rules: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002  the contract's
        where = f"#{rules.get('name')}"
        said = [f"{where} is archived"] if rules.get("is_archived") else []
        if rules.get("is_member") is False:
            said.append(f"the app is not in {where}: type `/invite @NAME-OF-THE-APP` there")
        return said

    def id_of(self, url: str) -> str | None:
        """`CHANNEL/TS`, from a link to a message (`…/archives/C…/p1700000000000001`)."""
        found = re.search(r"/archives/([CGD][A-Z0-9]+)/p(\d{10})(\d{6})", url)
        return f"{found[1]}/{found[2]}.{found[3]}" if found else None

    # ------------------------------------------------------------------ helpers

    def _of_the_bot(self, ability: T) -> T:
        if not self.channel:
            raise AttributeError("an incoming webhook cannot be asked")
        return ability

    async def _read(self, part: Part, published: Published, http: Http) -> Part | None:
        message = await self._bot(http).one(*self._place(published))
        return as_it_is(part, message) if message else None

    async def _recent(self, http: Http) -> AsyncIterator[Published]:
        bot = self._bot(http)
        me = (await bot.get("auth.test")).json()
        ours = {str(me[name]) for name in ("user_id", "bot_id") if me.get(name)}
        pattern: tuple[str, str] | None = None
        async for message in bot.history(self.channel):
            if not message.author & ours:
                continue
            mark = f"/p{message.ts.replace('.', '')}"
            link = pattern[0].replace(pattern[1], mark) if pattern else await bot.link(self.channel, message.ts)
            pattern = (link, mark) if link and mark in link else pattern
            yield Published(f"{self.channel}/{message.ts}", link, message.title or None, message.url)

    def _bot(self, http: Http) -> Bot:
        return Bot(http, self.base_url, self.token)

    def _place(self, published: Published) -> tuple[str, str]:
        """Channel and time of a message: a target that moved to another channel still knows where its posts are."""
        channel, slash, ts = published.id.partition("/")
        if not slash or not self.channel:
            raise Rejected(
                "what a webhook has posted cannot be reached", field="id", next="delete it in Slack, or leave it"
            )
        return channel, ts

    def _hook(self) -> tuple[str, str]:
        if self.token.present and not self.webhook.present:
            raise UsageError("a token needs a `channel`", next="set `channel` to the channel's id (C…)")
        return hook(self.webhook, self.base_url)
