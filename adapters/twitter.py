"""X (Twitter), API v2: one post with a link, or the whole piece as a thread.

Every call costs money; the price of creating is part of the draft. Reading costs too, $0.001 a post of one's own:
looking for what was lost, listing for `adopt`, and comparing for drift (`read`), once a post and target. What an upload
costs is unconfirmed. Facts are from gh:xdevplatform/docs @2871328 (2026-08-22).
A text that X has seen before is refused with 403, for how long is not known, so `find` looks at the account's own
timeline. Editing (`edit_options`) gives a post a new id and needs Premium, quoting is gone from self-serve: neither
is used. Self-serve accounts may only answer who summoned them (2026-02-23); whether that also holds for answering
oneself, which a thread does, is unconfirmed.
"""
# ruff: noqa: RUF009  a credential is a field

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from .. import text
from ..adapter import (
    PREVIOUS,
    Account,
    Adapter,
    Attempt,
    Dedupe,
    Draft,
    Metrics,
    Part,
    Post,
    Published,
    Secret,
    option,
    secret,
)
from ..errors import Rejected
from ..handoff import Place, Rule
from ._oauth import Api, Authorize, bearer, request_token, signed
from ._pictures import pictures_in
from ._reading import Pages, is_missing
from ._twitter_answers import Seen, as_it_is, bare, created, explain, metrics, page, single
from ._twitter_media import PHOTOS, choose, media, shown, shows, uploaded
from ._twitter_text import LIMITS, PLAIN, announcement, cost, warnings_for

if TYPE_CHECKING:
    from ..http import Http
    from ..tokens import Token
    from ._twitter_thread import One

_CONSOLE = "https://console.x.com"
#: Every page of the documentation says `tweet.fields`; the OpenAPI of 2026-08 says `post.fields` (unconfirmed).
_FIELDS = "tweet.fields"
_SHOWN = "created_at,entities,note_tweet,referenced_tweets"


@dataclass(frozen=True, kw_only=True)
class Twitter(Adapter):
    """Posts of one account. 280 weighted characters a post, 100 posts in 15 minutes."""

    name = "twitter"
    title = "X"
    homepage = "https://x.com"
    limits = LIMITS
    dialect = PLAIN
    uploads = PHOTOS
    dedupe = Dedupe(
        kind="lookup", lag=30.0, note="the account's own timeline, compared by text and links; 30 s is unconfirmed"
    )
    credentials = (
        ("access_token",),
        ("client_id", "refresh_token"),
        ("api_key", "api_key_secret", "access_token", "access_token_secret"),
    )
    price = "$0.015 a post, $0.20 with a link (since 2026-04-20)"
    policy = (
        "automated accounts carry a bot label; no identical content on several accounts; at most one cashtag; "
        "self-serve accounts may answer only who summoned them, so a thread may be refused (unconfirmed)"
    )
    # Free, for those who do not want to pay. The rules for programs do not hold for a person's own posts.
    place = Place(
        form="sent",
        page="https://x.com/intent/post?text={text}",
        steps=(
            "Log in to X and open the page: the text is filled in. Post it.",
            "Answer your own post with `text-2.txt`, that one with the next file, and so on to the last.",
            "Add the pictures that the preview names below a text, each with its description.",
        ),
        rules=(Rule(says="The same text is not posted from several accounts"),),
        address=r"https://(?:[\w-]+\.)?(?:x|twitter)\.com/\w+/status/\d+\S*",
        checked="2026-11",
    )

    base_url: str = option("https://api.x.com/2", "root of the API")
    mode: Literal["post", "thread"] = option(
        "post", "`post`: title, lead and link; `thread`: the whole text, with a break where a line is `<!-- part -->`"
    )
    numbering: bool = option(False, "end each part of a thread in its number, such as (2/7)")
    pictures: Literal["auto", "always", "never"] = option(
        "auto",
        "upload pictures: those of a thread's text, with the part in which they stand; for a post the cover, or the "
        "first picture, `auto`: if there is no link of which X makes a card",
    )
    access_token: Secret = secret(f"{_CONSOLE}: an OAuth 2.0 user token (2 hours), or the one of OAuth 1.0a")
    client_id: Secret = secret(f"{_CONSOLE}, OAuth 2.0: renews the access token, with `refresh_token`")
    client_secret: Secret = secret(f"{_CONSOLE}, OAuth 2.0: only for a confidential client")
    refresh_token: Secret = secret(
        "from the authorisation, scopes tweet.read, tweet.write, users.read, media.write, offline.access; each is good once"
    )
    api_key: Secret = secret(f"{_CONSOLE}, OAuth 1.0a consumer keys")
    api_key_secret: Secret = secret(f"{_CONSOLE}, OAuth 1.0a consumer keys")
    access_token_secret: Secret = secret(f"{_CONSOLE}, OAuth 1.0a: turns OAuth 1.0a on; does not expire")

    def render(self, post: Post) -> Draft:
        from ._twitter_thread import One, thread

        if self.mode == "thread":
            posts, said = thread(post, numbering=self.numbering, pictures=self.pictures != "never")
        else:
            only, said = announcement(post)
            posts = [One(only)]
        if self.pictures == "always" or (self.pictures == "auto" and self.mode == "post" and not post.to_read):
            posts[0], more = _with_picture(posts[0], post)
            said += more
        if not post.canonical_url:
            said.append("the post has no canonical URL, so nothing here leads to it")
        texts = [one.text for one in posts]
        answers = {"reply": {"in_reply_to_tweet_id": PREVIOUS}}
        payloads = [
            {"text": one.text} | media(one.pictures) | (answers if number else {}) for number, one in enumerate(posts)
        ]
        parts = tuple(
            Part(
                payload=payload,
                text=shown(words, payload),
                count=text.count(words, LIMITS.counter),
                limit=LIMITS.text,
            )
            for words, payload in zip(texts, payloads, strict=True)
        )
        return Draft(parts, (*said, *warnings_for(texts)), cost(texts), tuple(cost([one]) for one in texts))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        """One post; from the second part of a thread on, an answer to the part before. Its pictures come first."""
        api, before = self._api(http), _before(part, attempt)
        filled = part.filled({PREVIOUS: before}, fields=["in_reply_to_tweet_id"])
        return await api.write("POST", "/tweets", created, await uploaded(filled, api))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Looks through the timeline from a minute before the first try on. $0.001 a post read, $0.010 the account."""
        before, wanted = _before(part, attempt), bare(part.payload["text"])
        async for seen in self._timeline(http, 100, attempt.started_at - timedelta(seconds=60)):
            if bare(seen.text) == wanted and seen.answers in (None, before):
                return seen.published
        return None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """The account's posts but for reposts, newest first; X lists 3200 at most.

        A post has no title; its canonical URL is its last link. Small pages: each post read costs $0.001.
        """
        async for seen in self._timeline(http, 20):
            if not seen.repost:
                yield seen.published

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """Costs $0.001 a post (as one of one's own; unconfirmed for a look-up by id), twice that for one that was edited.

        Each edit makes a post with a new id, and the old id goes on showing the old text; so the newest is asked for.
        """
        seen = await self._one(http, published.id)
        if seen and seen.newest != published.id:
            seen = await self._one(http, seen.newest)
        return as_it_is(part, seen) if seen else None

    async def delete(self, published: Published, http: Http) -> None:
        """Costs $0.010."""
        await self._api(http).write("DELETE", f"/tweets/{quote(published.id)}", bool)

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Views, likes and answers. $0.001."""
        fields = {_FIELDS: "public_metrics"}
        return await self._api(http).get(f"/tweets/{quote(published.id)}", metrics, **fields)

    async def check(self, http: Http) -> Account:
        """$0.010."""
        _, name = await self._me(http)
        return Account(f"@{name}", f"OAuth {'1.0a' if self.access_token_secret.present else '2.0'}; {self.price}")

    def id_of(self, url: str) -> str | None:
        """From `https://x.com/NAME/status/ID`, which also stood at twitter.com."""
        found = re.search(r"/status/(\d+)", url)
        return found[1] if found else None

    def _api(self, http: Http) -> Api:
        return Api(http, self.base_url, self._authorize(), explain)

    def _authorize(self) -> Authorize:
        from ..tokens import Token

        if self.access_token_secret.present:
            keys = (self.api_key, self.api_key_secret, self.access_token, self.access_token_secret)
            return signed(*(key.reveal() for key in keys))
        if not (self.refresh_token.present and self.client_id.present):
            return bearer(Token(self.access_token.reveal()), None)
        access = self.access_token.reveal() if self.access_token.present else ""
        return bearer(Token(access, self.refresh_token.reveal()), self._renew)

    async def _renew(self, http: Http, old: Token) -> Token:
        """Lasts 2 hours. The answer brings the next refresh token; the old one may be void from then on."""
        client, grant = self.client_id.reveal(), {"grant_type": "refresh_token", "refresh_token": old.refresh or ""}
        confidential = self.client_secret.present
        return await request_token(
            http,
            f"{self.base_url}/oauth2/token",
            grant if confidential else grant | {"client_id": client},
            auth=(client, self.client_secret.reveal()) if confidential else None,
            refresh=old.refresh,
        )

    async def _me(self, http: Http) -> tuple[str, str]:
        return await self._api(http).get("/users/me", lambda body: (body["data"]["id"], body["data"]["username"]))

    async def _one(self, http: Http, id: str) -> Seen | None:
        try:
            return await self._api(http).get(f"/tweets/{quote(id)}", single, **{_FIELDS: _SHOWN})
        except Rejected as refused:
            if is_missing(refused):
                return None
            raise

    async def _timeline(self, http: Http, size: int, since: datetime | None = None) -> AsyncIterator[Seen]:
        me, _ = await self._me(http)
        query: dict[str, str | int] = {"max_results": size, _FIELDS: _SHOWN}
        pages = Pages(self.title)
        if since:
            query["start_time"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        while True:
            posts, more = await self._api(http).get(f"/users/{quote(me)}/tweets", page, **query)
            for post in posts:
                yield post
            if not more:
                return
            pages.follow(more)
            query["pagination_token"] = more


def _with_picture(one: One, post: Post) -> tuple[One, tuple[str, ...]]:
    """A post with the cover, else with the first picture, if it has none yet."""
    if one.pictures:
        return one, ()
    found = pictures_in(post)
    choice = choose([post.cover] if post.cover else ([one for one in found if shows(one)] or found)[:1], "the post")
    return replace(one, pictures=choice.chosen), choice.said


def _before(part: Part, attempt: Attempt) -> str | None:
    if "reply" not in part.payload:
        return None
    if attempt.previous is None:
        raise Rejected("it is not known which post this part of the thread answers")
    return attempt.previous.id
