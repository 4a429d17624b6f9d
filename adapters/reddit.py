"""Reddit: a link to the post, or the post itself, in one subreddit.

New apps need Reddit's approval since November 2025 (Responsible Builder Policy); existing credentials work. Facts
are from PRAW's source and recorded answers (gh:praw-dev/praw @7b69758).
`resubmit=false` no longer keeps a link from being submitted twice (praw#1964), so `find` is what prevents copies.
"""
# ruff: noqa: RUF009  a credential is a field

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from .. import __version__, text
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
    Uploads,
    option,
    secret,
)
from ..errors import NotEntitled, Rejected, Unauthorized
from ._article import compose, same_address
from ._oauth import Api
from ._original import said_in, tells
from ._reading import Pages
from ._reddit_answers import Submission, first, listing, only, submitted
from ._reddit_login import connected
from ._reddit_page import PAGE, newest
from ._reddit_pictures import PICTURES, Studio, laid_out, same_words
from ._reddit_rules import flairs, objections

if TYPE_CHECKING:
    from ..http import Http

_HOME = "https://oauth.reddit.com"
_APPS = "https://www.reddit.com/prefs/apps"
_TITLE, _TEXT = 300, 40_000
_SHORTER = 'set `kind = "link"` for this target, or write a shorter `text` for it in the front matter'
_FLAIR_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Reddit(Adapter):
    """One subreddit, through one account. Title at most 300 characters, text 40 000 (unconfirmed)."""

    name = "reddit"
    title = "Reddit"
    homepage = "https://www.reddit.com"
    limits = Limits(text=_TEXT, title=_TITLE)
    # Fences, tables and tildes are what new Reddit and the apps show. Old Reddit shows a fence as one line of
    # code; indenting instead would lose the language and break code in lists for everybody else. An image on
    # the web becomes a link: only uploads are shown.
    dialect = Dialect(tables=True, strikethrough=True, fences=True, images=False)
    dedupe = Dedupe(kind="lookup", lag=60.0, note="the account's submissions: subreddit, title or link, time")
    credentials = (
        ("client_id", "client_secret", "refresh_token"),
        ("client_id", "client_secret", "username", "password"),
    )
    required = ("subreddit",)
    policy = (
        "a new app needs approval (Responsible Builder Policy); read the subreddit's rules on self-promotion; "
        "titles and links cannot be changed later"
    )
    place = PAGE
    tracking = False
    uploads = PICTURES

    base_url: str = option(_HOME, "address of the API")
    client_id: Secret = secret(f"the app's id, under its name on {_APPS}")
    client_secret: Secret = secret(f"the app's secret on {_APPS}")
    refresh_token: Secret = secret("permanent refresh token, scopes identity, submit, read, edit, history")
    username: Secret = secret("instead of a refresh token: the account that owns a `script` app")
    password: Secret = secret("instead of a refresh token: its password (no two-factor authentication)")
    subreddit: str = option("", "name of the subreddit, without `r/`")
    kind: Literal["link", "self"] = option("link", "`link` submits the canonical URL, `self` the text")
    flair: str | None = option(None, "id of a flair template, or a flair's text where the subreddit allows it")
    user_agent: str = option(
        f"python:syndicate:v{__version__} (cross-posting tool)", "Reddit wants one that is the app's own"
    )

    @property
    def pictures_taken(self) -> Uploads | None:
        """A link has no pictures."""
        return self.uploads if self.kind == "self" else None

    @property
    def updates(self) -> bool:
        """Reddit changes neither titles nor links."""
        return self.kind == "self"

    def render(self, post: Post) -> Draft:
        link = self.kind == "link"
        if link and not post.canonical_url:
            raise Rejected(
                "a link post needs the post's address",
                field="url",
                next='set `canonical_url` in the front matter, or `kind = "self"` for this target',
            )
        # Reddit has flairs in place of tags. A link post carries text only when the author wrote one for it.
        try:
            article = compose(self, replace(post, tags=(), cover=None, body="" if link else post.body))
        except Rejected as refused:
            if refused.field == "body":
                refused.next = _SHORTER
            raise
        body, warnings = laid_out(article.body, article.warnings)
        if not link and post.canonical_url and not tells(body, post.canonical_url):
            body = f"{body.rstrip()}\n\n{said_in(post.language, f'<{post.canonical_url}>')}\n"
        if (size := text.count(body, "characters")) > _TEXT:
            said = f"the body has {size} characters with the line about the original; Reddit takes {_TEXT}"
            raise Rejected(said, field="body", next=_SHORTER)
        payload = {"api_type": "json", "kind": self.kind, "sr": self._sr, "title": article.title}
        if link and post.canonical_url:
            payload |= {"url": post.canonical_url, "resubmit": "false"}
        if body or not link:
            payload["text"] = body
        if self.flair:
            payload["flair_id" if _FLAIR_ID.fullmatch(self.flair) else "flair_text"] = self.flair
        payload |= {"sendreplies": "true", "validate_on_submit": "true"}
        count, limit = (size, _TEXT) if size else (text.count(article.title, "characters"), _TITLE)
        part = Part(payload=payload, text=_shown(payload), count=count, limit=limit, encoding="form")
        return Draft((part,), warnings)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """One submission, after its pictures. Its id is the fullname, `t3_…`."""
        api = self._api(http)
        return await api.write("POST", "/api/submit?raw_json=1", submitted, await Studio(api).filled(part))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Looks through the account's submissions back to a minute before the first try."""
        wanted, since = part.payload, (attempt.started_at - timedelta(seconds=60)).timestamp()
        async for seen in self._submissions(http):
            if seen.created < since:
                return None
            if seen.subreddit.casefold() != wanted["sr"].casefold():
                continue
            if wanted["kind"] == "link":
                same = same_address(seen.url, wanted["url"])
            else:
                same = seen.is_self and seen.title.split() == wanted["title"].split()
            if same:
                return seen.published
        return None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """The account's submissions to the subreddit that readers see, newest first; Reddit lists 1000 at most."""
        async for seen in self._submissions(http):
            if seen.subreddit.casefold() == self._sr.casefold() and not seen.gone:
                yield seen.published

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """`GET /api/info`. Only a text can be changed, and a link post be given one; titles and links stay.

        What was deleted, removed by a moderator or held back by a filter is gone.
        """
        now = await self._api(http).get("/api/info", first, id=published.id, raw_json=1)
        if now is None or now.gone:
            return None
        if same_words(part.payload.get("text"), now.text):
            return part
        payload = {**part.payload, "text": now.text}
        return replace(
            part, payload=payload, text=_shown(payload), count=text.count(now.text, "characters"), limit=_TEXT
        )

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """Replaces the text of a self post. Reddit changes neither titles nor links."""
        if part.payload["kind"] != "self":
            raise Rejected("a link post cannot be edited", next="leave it, or delete it on Reddit and publish again")
        now = await self._api(http).get("/api/info", only, id=published.id, raw_json=1)
        if now.title.split() != part.payload["title"].split():
            raise Rejected(
                f"Reddit cannot change a title; it is still {now.title!r}",
                field="title",
                next="give the post its old title for this target",
            )
        edit = {
            "api_type": "json",
            "thing_id": published.id,
            "text": part.payload["text"],
            "validate_on_submit": "true",
        }
        api = self._api(http)
        await api.write("POST", "/api/editusertext?raw_json=1", bool, await Studio(api).filled(_form(edit)))
        return now.published

    async def delete(self, published: Published, http: Http) -> None:
        """Reddit answers 200 `{}` also for what is gone already."""
        await self._api(http).write("POST", "/api/del?raw_json=1", bool, _form({"id": published.id}))

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Score and comments; views are not in the API."""
        now = await self._api(http).get("/api/info", only, id=published.id, raw_json=1)
        return Metrics(reactions=now.score, comments=now.comments)

    async def check(self, http: Http) -> Account:
        name, karma = await self._api(http).get("/api/v1/me", lambda me: (me["name"], me.get("total_karma", "?")))
        return Account(name=f"u/{name}", detail=f"{karma} karma; posts to r/{self._sr}")

    async def requirements(self, http: Http) -> Mapping[str, Any]:
        """The subreddit's rules for submissions, named as Reddit names them; those that say something.

        `flairs`: ids and texts of its flairs, where the credentials may see them (scope flair).
        """
        api = self._api(http)
        rules = await api.get(f"/api/v1/{quote(self._sr)}/post_requirements", dict, raw_json=1)
        with contextlib.suppress(NotEntitled, Rejected, Unauthorized):
            rules["flairs"] = await api.get(f"/r/{quote(self._sr)}/api/link_flair_v2", flairs, raw_json=1)
        return {rule: value for rule, value in rules.items() if value not in (None, "", [], {}, False)}

    def objections(self, part: Part, rules: Mapping[str, Any]) -> list[str]:
        return objections(part.payload, rules)

    def id_of(self, url: str) -> str | None:
        """The fullname, from an address of Reddit's (`…/comments/ID/…`) or its short form (`redd.it/ID`)."""
        found = re.search(r"(?:/comments/|//redd\.it/)([0-9a-z]+)", url)
        return f"t3_{found[1]}" if found else None

    def page_values(self) -> dict[str, str]:
        """For the address of the form."""
        return {"subreddit": self._sr, "selftext": "true" if self.kind == "self" else ""}

    async def seen(self, part: Part, http: Http) -> Published | None:
        """The newest submission of the link to the subreddit, whoever made it. Needs no credentials (unconfirmed)."""
        return await newest(part, http, self._site, self._sr, self.user_agent)

    @property
    def _sr(self) -> str:
        return self.subreddit.strip("/").removeprefix("r/")

    @property
    def _site(self) -> str:
        """Where people, and requests for tokens, go."""
        return "https://www.reddit.com" if self.base_url == _HOME else self.base_url

    def _api(self, http: Http) -> Api:
        app, account = (self.client_id, self.client_secret), (self.username, self.password)
        return connected(http, self.base_url, self._site, app, account, self.refresh_token, self.user_agent)

    async def _submissions(self, http: Http) -> AsyncIterator[Submission]:
        api = self._api(http)
        name = await api.get("/api/v1/me", lambda me: str(me["name"]))
        query: dict[str, str | int] = {"sort": "new", "limit": 100, "raw_json": 1}
        pages = Pages(self.title)
        while True:
            found, after = await api.get(f"/user/{quote(name)}/submitted", listing, **query)
            for submission in found:
                yield submission
            if not after:
                return
            pages.follow(after)
            query["after"] = after


def _shown(payload: Mapping[str, str]) -> str:
    """What a reader sees of a submission: subreddit and title, link, text."""
    return "\n\n".join(
        filter(None, (f"r/{payload['sr']}: {payload['title']}", payload.get("url"), payload.get("text")))
    )


def _form(payload: Mapping[str, str]) -> Part:
    return Part(payload=payload, text="", count=0, limit=0, encoding="form")
