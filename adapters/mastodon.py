"""Mastodon: one status about the post, with a link, on any instance.

Facts are from gh:mastodon/documentation and from Mastodon's source: `StatusLengthValidator`, `PostStatusService`,
`RateLimitExceededError`. A key (`Idempotency-Key`) is kept for an hour, for the account, whatever the text; two requests
with one key at the same moment may both be taken, which the core's wait excludes. After the hour the account's own
statuses tell. Other servers that speak this API (Pleroma, Akkoma, GoToSocial) may know no keys (unconfirmed).

Mastodon makes the link card itself, from the page's own tags, and takes no card for a status with a content warning. A
status with a picture shows none either. So a picture is only uploaded where no link is in the text, or when it is asked
for (`pictures`). A second try uploads anew; the attempt's key answers it with the first status, and the uploads that are
left over are dropped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from re import search
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

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
from ..errors import Failure, Rejected
from ._announcement import announce
from ._mastodon_answers import SCOPES, Seen, as_it_is, beyond, created, explain, lacking, limits_of, page
from ._mastodon_media import ALT, PICTURES, Media, named, names_of
from ._mastodon_text import GUARD, language_of, length, links, mentions
from ._oauth import Api, bearer
from ._pictures import picture_for
from ._reading import Pages, is_missing, same_text

if TYPE_CHECKING:
    from ..http import Http

_STATUSES = "/api/v1/statuses"


@dataclass(frozen=True, kw_only=True)
class Mastodon(Adapter):
    """Statuses of one account. 500 characters unless the instance takes more; 300 requests in 5 minutes."""

    name = "mastodon"
    title = "Mastodon"
    homepage = "https://joinmastodon.org"
    #: 5 hashtags are this adapter's own measure. Their characters: `Tag::HASHTAG_NAME_RE`.
    limits = Limits(text=500, counter="graphemes", tags=5, tag_chars=r"[\w·・\u200c]")
    dialect = Dialect(format="plain", images=False)
    uploads = PICTURES
    dedupe = Dedupe(
        kind="key", lag=30.0, window=3600.0, listed=True,
        note="an Idempotency-Key, kept for an hour; then the account's own statuses, by text; 30 s is unconfirmed",
    )  # fmt: skip
    credentials = (("access_token",),)
    required = ("base_url",)
    policy = "each instance has rules of its own (`/about`); many want accounts run by programs marked as automated"

    base_url: str = option("", "address of the instance, such as https://mastodon.social")
    access_token: Secret = secret(  # noqa: RUF009  a field
        f"on the instance, Preferences, Development, a new application with the scopes {SCOPES}; it does not expire"
    )
    max_characters: int = option(500, "what the instance takes; `syndicate doctor` shows it")
    visibility: Literal["public", "unlisted", "private"] = option(
        "public", "`unlisted` keeps it out of public timelines, `private` is for followers only"
    )
    spoiler_text: str = option("", "a content warning before the text; it counts, and there is no link card then")
    pictures: Literal["auto", "always", "never"] = option(
        "auto",
        "upload the cover, or else the first picture, in place of a link card; `auto`: if no link is in the text",
    )

    @property
    def pictures_taken(self) -> Uploads | None:
        return None if self.pictures == "never" else self.uploads

    def render(self, post: Post) -> Draft:
        before = length(self.spoiler_text)
        made = announce(
            post,
            self.max_characters - before,
            length,
            hashtags=self.limits.tags,
            tag_chars=self.limits.tag_chars,
            guard=GUARD,
        )
        said = list(made.warnings)
        if not post.canonical_url:
            said.append("the post has no canonical URL, so nothing here leads to it")
        if names := mentions(made.text):
            said.append(f"the text mentions {', '.join(names)}: Mastodon notifies those accounts")
        picture = None
        if self.pictures == "always" or (self.pictures == "auto" and not links(made.text)):
            picture, more = picture_for(post, ALT)
            said += more
        optional = {
            "language": language_of(post.language) if post.language else None,
            "spoiler_text": self.spoiler_text,
            "media_ids": [named(picture)] if picture else [],
        }
        payload: dict[str, Any] = {"status": made.text, "visibility": self.visibility}
        payload |= {name: value for name, value in optional.items() if value}
        count = before + length(made.text)
        return Draft((Part(payload=payload, text=made.text, count=count, limit=self.max_characters),), tuple(said))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        """Its pictures, then `POST /api/v1/statuses` with the attempt's key: for an hour, it gets the same status."""
        whole = await self._with_pictures(part, http)
        return await self._api(http, {"Idempotency-Key": attempt.key}).write("POST", _STATUSES, created, whole)

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Looks through the account's own statuses from a minute before the first try on.

        The same words are ours. Some forks show a text in another form, so what leads to the same place is asked for as
        it was written.
        """
        since = attempt.started_at - timedelta(seconds=60)
        async for seen in self._mine(http, since):
            if seen.says(part.payload):
                return seen.published
            source = await self._source(http, seen.published.id) if seen.leads_where(part.payload) else None
            if source and same_text(part.payload["status"].strip(), source[0].strip()):
                return seen.published
        return None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """The account's statuses but for boosts, answers and direct messages, newest first.

        A status has no title; its canonical URL is its last link.
        """
        async for seen in self._mine(http):
            if not (seen.answers or seen.private):
                yield seen.published

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """The text as it was written (`/source`, since Mastodon 3.5), else as it is shown; how its pictures are described."""
        try:
            seen = await self._api(http).get(f"{_STATUSES}/{quote(published.id)}", Seen.of)
        except Rejected as refused:
            if is_missing(refused):
                return None
            raise
        if source := await self._source(http, published.id):
            return as_it_is(part, *source, seen.pictures)
        there = part.payload["status"] if seen.says(part.payload) else seen.shown.text
        return as_it_is(part, there, seen.spoiler, seen.pictures)

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`PUT /api/v1/statuses/:id`. Who may see it stays as it is; media (see `read`) and polls added by hand go.

        A status keeps only what `media_ids` names. Whether what it has is still the post's picture cannot be told: the
        picture is uploaded anew.
        """
        whole = await self._with_pictures(part, http)
        changed = replace(whole, payload={k: v for k, v in whole.payload.items() if k != "visibility"})
        return await self._api(http).write("PUT", f"{_STATUSES}/{quote(published.id)}", created, changed)

    async def delete(self, published: Published, http: Http) -> None:
        """30 in 30 minutes."""
        await self._api(http).write("DELETE", f"{_STATUSES}/{quote(published.id)}", bool)

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Favourites and answers, as far as this instance knows of them."""

        def numbers(body: Any) -> Metrics:
            return Metrics(reactions=body.get("favourites_count"), comments=body.get("replies_count"))

        return await self._api(http).get(f"{_STATUSES}/{quote(published.id)}", numbers)

    async def check(self, http: Http) -> Account:
        """Whose the token is, and whether the application has the scopes that are needed, where the instance says so."""
        me = await self._api(http).get("/api/v1/accounts/verify_credentials", lambda body: (body["username"], body))
        warnings: list[str] = []
        try:
            scopes = await self._api(http).get("/api/v1/apps/verify_credentials", lambda body: body.get("scopes"))
        except Failure:  # older than Mastodon 4.3, or another server
            scopes = None
        if scopes and (missing := lacking(scopes, pictures=self.pictures_taken is not None)):
            warnings.append(f"the application lacks {', '.join(missing)}: give it those, then make a new token")
        if moved := me[1].get("moved"):
            warnings.append(f"this account has moved to {moved.get('url')}: nobody follows it here")
        host = urlsplit(self.base_url).netloc
        detail = f"scopes {' '.join(scopes) if isinstance(scopes, list) else scopes}" if scopes else "token accepted"
        return Account(f"@{me[0]}@{host}", detail, warnings=tuple(warnings))

    async def requirements(self, http: Http) -> Mapping[str, Any]:
        """The instance's limits: `/api/v2/instance`, else version 1; nothing for a server that has neither."""
        for version in ("v2", "v1"):
            try:
                return await self._api(http).get(f"/api/{version}/instance", limits_of)
            except Rejected:
                continue
        return {}

    def objections(self, part: Part, rules: Mapping[str, Any]) -> Sequence[str]:
        """Text or alternative texts are longer than the instance takes; an address is counted by its own measure."""
        return beyond(part.payload, rules, urlsplit(self.base_url).netloc)

    def id_of(self, url: str) -> str | None:
        """From `https://INSTANCE/@NAME/ID` and its older forms. The same status has other ids on other instances."""
        parts = urlsplit(url)
        found = search(r"/(?:@[^/]+|statuses|notice)/([0-9A-Za-z]+)/?$", parts.path)
        return found[1] if found and parts.netloc.lower() == urlsplit(self.base_url).netloc.lower() else None

    def _api(self, http: Http, headers: Mapping[str, str] | None = None) -> Api:
        from ..tokens import Token

        return Api(http, self.base_url, bearer(Token(self.access_token.reveal()), None), explain, headers or {})

    async def _with_pictures(self, part: Part, http: Http) -> Part:
        """`part` with its pictures uploaded, each no larger than the instance takes."""
        if not names_of(part.payload):
            return part
        size = (await self.requirements(http)).get("image_size_limit", PICTURES.size) - 1
        return await Media(self._api(http), min(size, PICTURES.size)).attached(part)

    async def _source(self, http: Http, id: str) -> tuple[str, str] | None:
        """Text and content warning as they were written; `None` when this server has none such."""
        try:
            return await self._api(http).get(
                f"{_STATUSES}/{quote(id)}/source", lambda body: (str(body["text"]), str(body.get("spoiler_text") or ""))
            )
        except Rejected:
            return None

    async def _mine(self, http: Http, since: datetime | None = None) -> AsyncIterator[Seen]:
        me = await self._api(http).get("/api/v1/accounts/verify_credentials", lambda body: str(body["id"]))
        query: dict[str, str | int] = {"limit": 40, "exclude_reblogs": "true"}
        pages = Pages(self.title)
        while True:
            statuses = await self._api(http).get(f"/api/v1/accounts/{quote(me)}/statuses", page, **query)
            for seen in statuses:
                if since and seen.at < since:
                    return
                yield seen
            if not statuses:
                return
            query["max_id"] = statuses[-1].published.id
            pages.follow(query["max_id"])
