"""The calls to Slack that `slack` makes: with a bot token, and the address of an incoming webhook."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..adapter import Part, Secret
from ..errors import Failure, OutcomeUnknown, Unavailable, UsageError
from ._hidden_address import hiding
from ._reading import Pages
from ._slack_answers import Message, explain, messages

if TYPE_CHECKING:
    from ..http import Answer, Http

HOME = "https://slack.com/api"
_HOOK = re.compile(r"/?(?:services/)?([\w-]+/[\w-]+/([\w-]+))/?")


@dataclass(frozen=True, slots=True)
class Bot:
    """The Web API, by a bot token."""

    http: Http
    base_url: str
    token: Secret

    async def get(self, method: str, **query: str | int) -> Answer:
        """An answer that says `ok`. Raises a `Failure` for every other."""
        judge = hiding(explain, self.token.reveal(), effect=False)
        answer = await self.http.get(f"{self.base_url}/{method}", params=query, headers=self._headers(), explain=judge)
        if not _ok(answer.json_or_none()):
            raise Unavailable("Slack answered with something other than an outcome")
        return answer

    async def write(self, method: str, part: Part) -> dict[str, Any]:
        judge = hiding(explain, self.token.reveal(), effect=True)
        # Without a charset Slack answers with a warning.
        headers = {**self._headers(), "Content-Type": "application/json; charset=utf-8"}
        answer = await self.http.write("POST", f"{self.base_url}/{method}", part, headers=headers, explain=judge)
        body = answer.json_or_none()
        if not _ok(body):
            raise OutcomeUnknown(f"Slack answered {answer.status} with something other than an outcome")
        return dict(body)

    async def one(self, channel: str, ts: str) -> Message | None:
        """The message of that time; `None` when there is none."""
        query = {"channel": channel, "oldest": ts, "latest": ts, "inclusive": "true", "include_all_metadata": "true"}
        found, _ = messages((await self.get("conversations.history", limit=1, **query)).json())
        return next((message for message in found if message.ts == ts), None)

    async def history(self, channel: str, oldest: str = "") -> AsyncIterator[Message]:
        """All messages of a channel that came after `oldest` (seconds since the epoch), newest first."""
        query: dict[str, str | int] = {"channel": channel, "include_all_metadata": "true", "limit": 200}
        query |= {"oldest": oldest} if oldest else {}
        pages = Pages("Slack")
        while True:
            found, cursor = messages((await self.get("conversations.history", **query)).json())
            for message in found:
                yield message
            if not cursor:
                return
            pages.follow(cursor)
            query["cursor"] = cursor

    async def link(self, channel: str, ts: str) -> str | None:
        """`chat.getPermalink`. The message is there whether or not this can be told."""
        try:
            said = (await self.get("chat.getPermalink", channel=channel, message_ts=ts)).json()
        except Failure:
            return None
        return str(said["permalink"]) if said.get("permalink") else None

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.reveal()}"}


def hook(webhook: Secret, base_url: str) -> tuple[str, str]:
    """A webhook's address, and the piece of it that is secret by itself. Another `base_url` is the sandbox's.

    Raises:
        UsageError: it is no such address.
    """
    given = urlsplit(webhook.reveal().strip())
    found = _HOOK.fullmatch(given.path)
    if not found or given.scheme not in ("", "https"):
        said = "the `webhook` of this target is not the address of an incoming webhook"
        raise UsageError(said, next="paste all of it: https://hooks.slack.com/services/…")
    root = f"https://{given.netloc or 'hooks.slack.com'}" if base_url == HOME else base_url
    return f"{root}/services/{found[1]}", found[2]


def _ok(body: Any) -> bool:
    return isinstance(body, dict) and body.get("ok") is True
