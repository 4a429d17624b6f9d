"""Bluesky: one post whose link card leads to the article, written as a record of the AT Protocol.

A post has a card or a picture under it. Bluesky makes no card by itself: this one's picture is the cover, uploaded. A
picture takes its place where there is no address to lead to, or when it is asked for (`pictures = "always"`); then the
address stands in the text. Of the project, or on the web, a picture that is too large is made smaller.

Facts are from the lexicons and from gh:bluesky-social/atproto @d6296a1. The record's key and its date are made of the
attempt, so each try writes the same record to the same place (`putRecord`): the second is a no-op or the first's
correction, never a second post. A key that is used again by `createRecord` would be a 500.

A session (access 2 hours, refresh 90 days) is kept and renewed, since only 300 a day may be begun (30 in 5 minutes).
Writes cost 2 of 5,000 points an hour and 35,000 a day; 1,000 pictures a day. On https://bsky.social all accounts of
Bluesky's own servers can be reached; others name their server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from re import match
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from .. import text
from ..adapter import (
    Account,
    Adapter,
    Attempt,
    Dedupe,
    Dialect,
    Draft,
    Image,
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
from ..errors import NotEntitled, Rejected
from ._announcement import announce
from ._bluesky_answers import (
    COLLECTION,
    PASSWORDS,
    Me,
    as_it_is,
    described,
    id_of,
    listed,
    metrics,
    place_of,
    written,
)
from ._bluesky_embed import ALT, PICTURES, card, picture, uploaded
from ._bluesky_server import Server
from ._bluesky_text import did_of, facets, good_tag, handles, known, language_of, length, moment_of, record_key
from ._pictures import picture_for
from ._reading import Pages

if TYPE_CHECKING:
    from ..http import Http

#: What the server, or the attempt, says when the record is written.
_DID, _KEY, _NOW = "{bluesky:did}", "{bluesky:rkey}", "{bluesky:now}"
#: Hashtags in the text; the record's own, which only searches see (lexicon: 8).
_HASHTAGS, _TAGS = 4, 8


@dataclass(frozen=True, kw_only=True)
class Bluesky(Adapter):
    """Posts of one account: 300 graphemes and 3000 bytes; the link is in the card, not in the text."""

    name = "bluesky"
    title = "Bluesky"
    homepage = "https://bsky.app"
    limits = Limits(text=300, counter="graphemes", tags=_HASHTAGS + _TAGS, tag_length=64, tag_chars=r"\w")
    dialect = Dialect(format="plain", images=False)
    uploads = PICTURES
    dedupe = Dedupe(
        kind="key", window=3650 * 86400.0, note="one record key for all tries: writing the same record again is a no-op"
    )
    credentials = (("app_password",),)
    required = ("identifier",)
    policy = "accounts run by programs are to say so in their profile; unwanted mentions and replies are spam"

    base_url: str = option("https://bsky.social", "the account's server (PDS)")
    identifier: str = option("", "the account's handle, such as name.bsky.social")
    app_password: Secret = secret(f"{PASSWORDS}; not the account's own password")  # noqa: RUF009  a field
    cover: bool = option(True, "show the post's cover in the link card")
    pictures: Literal["auto", "always", "never"] = option(
        "auto",
        "show the cover, or else the first picture, in place of the link card, the link being in the text; "
        "`auto`: if there is no link",
    )

    @property
    def pictures_taken(self) -> Uploads | None:
        return self.uploads if self.cover or self.pictures != "never" else None

    def render(self, post: Post) -> Draft:
        """The body of `putRecord`. What only the server or the attempt can say stands in braces."""
        embed, about = self._embed(post)
        made = announce(
            replace(post, tags=post.tags[:_HASHTAGS]),
            self.limits.text,
            length,
            hashtags=_HASHTAGS,
            link="images" in (embed or {}),
        )
        said = [*made.warnings, *about]
        shown = {tag.lstrip("#").casefold() for tag in made.tags}
        rest = [tag for tag in (post.tags if post.text else post.tags[_HASHTAGS:]) if tag.casefold() not in shown]
        tags, changed = text.clean_tags(rest, most=_TAGS, length=self.limits.tag_length, chars=r"[\w -]")
        tags = tuple(tag for tag in tags if good_tag(tag))
        if tags and not post.text:
            said.append(f"tags that are found, but not shown: {', '.join(tags)}")
        if names := handles(made.text):
            told = ", ".join(f"@{name}" for name in names)
            said.append(f"the text mentions {told}: Bluesky notifies these accounts, where there are such")
        optional = {
            "facets": facets(made.text),
            "langs": [language_of(post.language)] if post.language else [],
            "tags": list(tags),
            "embed": embed,
        }
        record: dict[str, Any] = {"$type": COLLECTION, "text": made.text}
        record |= {name: value for name, value in optional.items() if value}
        payload = {"repo": _DID, "collection": COLLECTION, "rkey": _KEY, "record": {**record, "createdAt": _NOW}}
        part = Part(payload=payload, text=made.text, count=length(made.text), limit=self.limits.text)
        return Draft((part,), (*said, *changed))

    def _embed(self, post: Post) -> tuple[dict[str, Any] | None, list[str]]:
        """A picture, or the link card; and what is to be said of it."""
        image: Image | None = None
        said: list[str] = []
        if self.pictures == "always" or (self.pictures == "auto" and not post.to_read):
            image, said = picture_for(post, ALT)
        if not post.to_read:
            said.append("the post has no canonical URL, so nothing here leads to it")
        if image:
            return picture(image), said
        if not post.to_read:
            return None, said
        made, more = card(post, cover=self.cover)
        return made, list(dict.fromkeys([*said, *more]))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        """Uploads the picture, looks up who is mentioned, then `com.atproto.repo.putRecord`."""
        server = self._server(http)
        key, now = record_key(attempt.moment, attempt.key), moment_of(attempt.moment)
        return await self._put(part, await server.me(), key, now, server)

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:  # noqa: ARG002  the contract's
        """The record under the attempt's key: nothing else can be there."""
        server, key = self._server(http), record_key(attempt.moment, attempt.key)
        me = await server.me()
        return me.published(key) if await server.record(me.did, key) else None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """The account's posts but for answers, newest first: title and URL are those of the link card."""
        server = self._server(http)
        me = await server.me()
        query: dict[str, str | int] = {"repo": me.did, "collection": COLLECTION, "limit": 100}
        pages = Pages(self.title)
        while True:
            records, more = await server.api.get("com.atproto.repo.listRecords", listed, **query)
            for key, record in records:
                if "reply" not in record:
                    yield described(me.published(key), record)
            if not more:
                return
            pages.follow(more)
            query["cursor"] = more

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """The record as it is now; what pictures show, and which words are links, is not compared."""
        there = await self._server(http).record(*place_of(published.id))
        return as_it_is(part, there) if there else None

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """Writes the record anew, with the date that it has. Whether apps show such an edit is unconfirmed.

        Bluesky's own app offers no editing; its index takes the changed record in the place of the old one.
        """
        server, key = self._server(http), place_of(published.id)[1]
        me = await server.me()
        there = await server.record(me.did, key)
        if there is None:
            raise Rejected("the post is not there any more", field="id", next="look at it on Bluesky")
        return await self._put(part, me, key, str(there["createdAt"]), server)

    async def delete(self, published: Published, http: Http) -> None:
        """1 point. A record that is not there counts as deleted."""
        repo, key = place_of(published.id)
        body = Part(payload={"repo": repo, "collection": COLLECTION, "rkey": key}, text="", count=0, limit=0)
        await self._server(http).api.write("POST", "com.atproto.repo.deleteRecord", bool, body)

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Likes and answers, from Bluesky's index, which the account's server asks."""
        server = self._server(http)
        uri = (await server.me()).published(place_of(published.id)[1]).id
        return await server.api.get("app.bsky.feed.getPosts", metrics, uris=uri)

    async def check(self, http: Http) -> Account:
        """Whose session it is. App passwords do not expire."""
        me = await self._server(http).me()
        if me.status:
            raise NotEntitled(f"Bluesky: the account is {me.status}", next="log in at https://bsky.app and see why")
        main = not match(r"(?:[a-z0-9]{4}-){3}[a-z0-9]{4}\Z", self.app_password.reveal())
        said = (f"`app_password` does not look like an app password: make one at {PASSWORDS}",) if main else ()
        return Account(f"@{me.handle}", f"{me.did}, {urlsplit(self.base_url).netloc}", warnings=said)

    def id_of(self, url: str) -> str | None:
        """From `https://bsky.app/profile/NAME/post/KEY`, NAME being a handle or a DID."""
        return id_of(url)

    def _server(self, http: Http) -> Server:
        return Server(http, self.base_url, self.identifier, self.app_password)

    async def _put(self, part: Part, me: Me, key: str, created_at: str, server: Server) -> Published:
        """Gets what only the server can say, then writes the record."""
        record = part.payload["record"]
        values: dict[str, Any] = {_DID: me.did, _KEY: key, _NOW: created_at}
        for handle in handles(record["text"]):
            if did := await server.did(handle):
                values[did_of(handle)] = did
        sent = known(record, values)
        if embed := record.get("embed"):
            sent["embed"] = await uploaded(embed, server)
        whole = replace(part, payload={**part.payload, "record": sent})
        whole = whole.filled(values, fields=["repo", "rkey", "createdAt", "did"])
        return me.published(await server.api.write("POST", "com.atproto.repo.putRecord", written, whole))
