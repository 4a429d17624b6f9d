"""LinkedIn, through the versioned Posts API: a few words and a card that leads to the post.

Facts are from doc: learn.microsoft.com linkedin posts-api, images-api, little-text-format, token-introspection (2026-05)
and share-on-linkedin. A version lives about 12 months (202607 is current). Unconfirmed: how the 3,000 characters of a
text are counted (see `_linkedin_text.size`), and that a second post is refused for as long as the first is there. After a post was deleted, LinkedIn has refused the next one as a copy of
posts that do not exist (composio#2710).

A post has a card or a picture. A picture takes the place of the card where there is no address to lead to, or when it is
asked for (`pictures = "always"`); then the address stands in the text. Neither can be changed afterwards.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
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
    Uploads,
    option,
    secret,
)
from ..errors import NotEntitled, Rejected
from ._announcement import announce
from ._linkedin_answers import explain, urn_of
from ._linkedin_card import card_of, same_link, shown, under, upload_of
from ._linkedin_rest import HOME, PICTURES, Rest
from ._linkedin_text import little, plain, size
from ._reading import same_line, same_text

if TYPE_CHECKING:
    from ..http import Http

_APPS = "https://www.linkedin.com/developers/apps"
_LISTED = Dedupe(kind="lookup", lag=60.0, note="the organization's posts: text and link; 60 s is unconfirmed")


@dataclass(frozen=True, kw_only=True)
class LinkedIn(Adapter):
    """Posts of one member or one organization. At most 3,000 characters, escapes included."""

    name = "linkedin"
    title = "LinkedIn"
    homepage = "https://www.linkedin.com"
    limits = Limits(text=3000, tags=5, tag_chars=r"[^\W_]")
    dialect = Dialect(format="plain")
    uploads = PICTURES
    dedupe = Dedupe(
        kind="none",
        note="a member's posts cannot be listed, but a second one is refused and its first adopted; an organization's "
        "are looked through",
    )
    credentials = (("token",),)
    required = ("author",)
    policy = (
        "members: the app's product “Share on LinkedIn”; organizations: “Community Management API”, after a review; "
        "tokens last 60 days"
    )

    base_url: str = option(HOME, "address of the API")
    author: str = option("", "who posts: urn:li:person:… or urn:li:organization:…")
    token: Secret = secret(  # noqa: RUF009  a field
        f"{_APPS}, “OAuth 2.0 tools”: a member's token, scopes w_member_social, openid, profile; for an organization "
        "w_organization_social and r_organization_social"
    )
    client_id: Secret = secret(f"{_APPS}, “Auth”: with `client_secret`, `doctor` tells when the token ends")  # noqa: RUF009
    client_secret: Secret = secret(f"{_APPS}, “Auth”")  # noqa: RUF009
    version: str = option("202607", "version of the API, a month of the last twelve: YYYYMM")
    visibility: Literal["PUBLIC", "CONNECTIONS"] = option("PUBLIC", "`CONNECTIONS`: a member's connections alone")
    thumbnail: bool = option(True, "upload the cover for the card")
    pictures: Literal["auto", "always", "never"] = option(
        "auto",
        "upload the cover, or else the first picture, in place of the card, the link being in the text; "
        "`auto`: if there is no link",
    )

    @property
    def prevention(self) -> Dedupe:
        return _LISTED if self._organization else self.dedupe

    @property
    def pictures_taken(self) -> Uploads | None:
        return self.uploads if self.thumbnail or self.pictures != "never" else None

    def render(self, post: Post) -> Draft:
        """Without an address it has no card. LinkedIn fetches nothing for one: it shows what is sent."""
        content, told = under(post, pictures=self.pictures, thumbnail=self.thumbnail)
        limits = self.limits
        said = announce(
            post, limits.text, size, hashtags=limits.tags, tag_chars=limits.tag_chars, link="media" in content
        )
        warnings = [*said.warnings, *told]
        payload: dict[str, Any] = {
            "author": self._author,
            "commentary": little(said.text),
            "visibility": self.visibility,
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        payload |= {"content": content} if content else {}
        if not post.to_read:
            warnings.append("the post has no canonical URL, so nothing here leads to it")
        part = Part(payload=payload, text=shown(payload), count=size(said.text), limit=self.limits.text)
        return Draft((part,), tuple(warnings))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """The picture, then `POST /rest/posts`. What a member's post is a copy of counts as ours."""
        rest = self._rest(http)
        name = upload_of(part.payload)
        return await rest.create(
            part.filled({name: await rest.upload(name)}, fields=["thumbnail", "id"]) if name else part
        )

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Looks through an organization's posts, back to the first try: text and link. A member's cannot be listed."""
        if not self._organization:
            return None
        since = attempt.started_at - timedelta(seconds=60)
        sent, link = plain(part.payload["commentary"]), card_of(part.payload).get("source")
        async for seen in self._rest(http).posts("LAST_MODIFIED", since):
            if seen.created >= since and same_line(seen.text, sent) and same_link(seen.source, link):
                return Published(seen.urn, seen.published.url)
        return None

    @property
    def recent(self) -> Callable[[Http], AsyncIterator[Published]]:
        """An organization's posts, newest first: the title is the card's, the canonical URL where it leads.

        A member's posts cannot be listed (`r_member_social` is given to nobody), so there it is absent; so is `read`.
        """
        self._listed("recent")

        async def posts(http: Http) -> AsyncIterator[Published]:
            async for seen in self._rest(http).posts("CREATED"):
                yield seen.published

        return posts

    @property
    def read(self) -> Callable[[Part, Published, Http], Awaitable[Part | None]]:
        """An organization's post: its text. A card cannot be changed, so it is not compared."""
        self._listed("read")

        async def copy(part: Part, published: Published, http: Http) -> Part | None:
            seen = await self._rest(http).one(published.id)
            if seen is None:
                return None
            if same_text(seen.text, plain(part.payload["commentary"])):
                return part
            payload = {**part.payload, "commentary": seen.commentary}
            return replace(part, payload=payload, text=shown(payload), count=size(seen.text))

        return copy

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """Replaces the text. The card stays as it was; one that leads elsewhere is refused where it can be read."""
        rest = self._rest(http)
        if self._organization:
            seen = await rest.one(published.id)
            if seen is None:
                raise Rejected("LinkedIn no longer has this post", field="id", next="look at it on LinkedIn")
            if not same_link(seen.source, card_of(part.payload).get("source")):
                raise Rejected(
                    f"LinkedIn cannot change a card; it still leads to {seen.source or 'nothing'}",
                    field="link",
                    next="delete the post on LinkedIn and publish again, or leave it",
                )
        patch = {"patch": {"$set": {"commentary": part.payload["commentary"]}}}
        edit = Part(payload=patch, text="", count=0, limit=0)
        headers = rest.headers("PARTIAL_UPDATE")
        await http.write("POST", rest.post_url(published.id), edit, headers=headers, explain=explain)
        return published

    async def delete(self, published: Published, http: Http) -> None:
        """204, also for what is gone already."""
        rest = self._rest(http)
        await http.write("DELETE", rest.post_url(published.id), headers=rest.headers("DELETE"), explain=explain)

    async def check(self, http: Http) -> Account:
        """Whose token it is (`openid`, `profile`), when it ends and what it may do (with `client_id`)."""
        rest, name, warnings = self._rest(http), self._author, []
        try:
            me = await rest.member()
            name, member = str(me.get("name")), f"urn:li:person:{me.get('sub')}"
            if not self._organization and member != self._author:
                warnings.append(f"the token is of {member}: set `author` to that")
        except NotEntitled:
            warnings.append("whose token it is cannot be told: the scopes openid and profile are lacking")
        if self._organization:
            try:
                await rest.page("CREATED")
            except NotEntitled:
                warnings.append("its posts cannot be listed: r_organization_social, or a role on its page, is lacking")
        held = await rest.grant(self.client_id, self.client_secret)
        if held is None:
            warnings.append(
                f"a token lasts 60 days: `client_id` and `client_secret` let this say when it ends, or see {_APPS}"
            )
        else:
            needed = ("w_organization_social", "r_organization_social") if self._organization else ("w_member_social",)
            warnings += [f"the token lacks the scope {scope}" for scope in needed if scope not in held.scopes]
        ends = held.expires_at if held else None
        return Account(name, f"{self._author}, version {self.version}", ends, tuple(warnings))

    def id_of(self, url: str) -> str | None:
        """From `…/feed/update/urn:li:share:ID`, or `…/posts/NAME-share-ID-…`."""
        return urn_of(url)

    @property
    def _author(self) -> str:
        return self.author.strip()

    @property
    def _organization(self) -> bool:
        return self._author.startswith("urn:li:organization:")

    def _listed(self, ability: str) -> None:
        """Makes `ability` absent for a member."""
        if not self._organization:
            raise AttributeError(ability)

    def _rest(self, http: Http) -> Rest:
        if not re.fullmatch(r"urn:li:(person|organization):[\w-]+", self._author):
            raise Rejected(
                f"`author` is no URN of a member or an organization: {self._author!r}",
                field="author",
                next="set `author` for this target, as urn:li:person:… or urn:li:organization:…",
            )
        return Rest(http, self.base_url, self._author, self.version, self.token)
