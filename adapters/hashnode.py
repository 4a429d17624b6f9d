"""Hashnode, through its GraphQL API of 2026 (https://gql-beta.hashnode.com).

The API that lived at gql.hashnode.com until May 2026 is gone. Every write, and every read of a publication, needs
Hashnode Pro on the publication. Errors come with HTTP 200 and `errors[].extensions.code`. Facts are from
gh:Hashnode/gql-skill (schema, mutations, limits). A published post cannot be deleted or scheduled.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

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
from ..errors import OutcomeUnknown, Rejected, Unavailable
from ..text import SPELT_OUT
from . import _hashnode_graphql as graphql
from ._article import compose
from ._hashnode_pictures import PICTURES, Store, reserve
from ._reading import Pages, is_missing
from ._slug import slug_of

if TYPE_CHECKING:
    from ..http import Http

_LARGEST = 100_000


@dataclass(frozen=True, kw_only=True)
class Hashnode(Adapter):
    """Posts in one Hashnode publication. Limits: request 100 KB, 15 tags; queries may be 25 s old."""

    name = "hashnode"
    title = "Hashnode"
    homepage = "https://hashnode.com"
    limits = Limits(text=_LARGEST, counter="bytes", tags=15, tag_chars=r"[\w .+#-]")
    # Footnotes, task lists, raw HTML and line breaks: unconfirmed, so what reads well either way is sent. Formulas
    # need a switch that the API has not; anchors get the prefix `heading-` (unconfirmed).
    dialect = Dialect(tables=True, strikethrough=True, embeds="percent", breaks=True)
    dedupe = Dedupe(kind="lookup", lag=25, note="the post's slug, then the publication's list; queries are cached")
    credentials = (("token",),)
    required = ("publication_id",)
    drafts = True
    uploads = PICTURES
    retired = {"gql.hashnode.com": "retired on 2026-05-13; it is https://gql-beta.hashnode.com now"}  # noqa: RUF012
    price = "Hashnode Pro plan"
    policy = "the publication needs Hashnode Pro; posts cannot be deleted through the API"

    base_url: str = option("https://gql-beta.hashnode.com", "root of the GraphQL API")
    token: Secret = secret("https://hashnode.com/settings/developer, “Access Token”")  # noqa: RUF009  a field
    publication_id: str = option("", "id of the publication: hashnode.com/<id>/dashboard")

    def render(self, post: Post) -> Draft:
        """The GraphQL request. The slug is fixed, so that `find` can ask for it."""
        article = compose(self, post)
        warnings = list(article.warnings)
        subtitle = text.fit(post.summary or "", 250)
        if post.summary and subtitle != post.summary:
            warnings.append("the subtitle is cut to 250 characters; the search engines' description is whole")
        if post.series:
            warnings.append(f"the series “{post.series}” is left out: the API takes only a series' id")
        cover = article.cover.url if article.cover else None
        optional: dict[str, Any] = {
            "subtitle": subtitle,
            "slug": slug_of(post),
            "originalArticleURL": post.canonical_url,
        }
        if post.draft:
            optional["coverImageOptions"] = {"coverImageURL": cover} if cover else None
            optional["metaTags"] = {"description": post.summary} if post.summary else None
            optional["settings"] = {"slugOverridden": True}
        else:
            optional |= {"coverImage": cover, "metaDescription": post.summary}
        wanted = {
            "publicationId": self.publication_id,
            "title": article.title,
            "contentMarkdown": article.body,
            "tags": [{"slug": slug, "name": name} for slug, name in _tag_slugs(article.tags).items()],
            **{name: value for name, value in optional.items() if value},
        }
        payload = {"query": graphql.DRAFT if post.draft else graphql.PUBLISH, "variables": {"input": wanted}}
        part = Part(payload=payload, text=article.body, count=0, limit=self.limits.text)
        part = replace(part, count=len(part.body()) + reserve(wanted))
        _within(part.count)
        return Draft((part,), tuple(warnings))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """`publishPost`, or `createDraft` for a draft."""
        return await self._write(part, http)

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`updatePost` or `updateDraft`. The slug, with it the address, and what the post lacks stay as they are."""
        draft = part.payload["query"] == graphql.DRAFT
        sent = part.payload["variables"]["input"]
        fixed = ("publicationId", "slug", "settings")
        wanted = {"draftId" if draft else "id": published.id, **{k: v for k, v in sent.items() if k not in fixed}}
        payload = {"query": graphql.UPDATE_DRAFT if draft else graphql.UPDATE, "variables": {"input": wanted}}
        return await self._write(replace(part, payload=payload), http)

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """`post` or `draft` by id. The answer may be 25 s old: what was updated just now can look as it was before.

        Compared are title, text, tags, and of subtitle, canonical URL, cover and description what was sent; not the
        slug, which may have got a suffix. A draft that was published by hand is a post with another id
        (unconfirmed), so what is no draft any more is looked for among the posts by its slug, and compared there.
        """
        sent, draft = part.payload["variables"]["input"], part.payload["query"] == graphql.DRAFT
        node = await self._node(http, "draft" if draft else "post", published.id)
        if node is None and draft and sent.get("slug"):
            data = await self._ask(http, graphql.BY_SLUG, id=sent["publicationId"], slug=sent["slug"])
            post = self._publication(data)["post"]
            if post and graphql.is_ours(post, sent, datetime.min.replace(tzinfo=UTC)):
                node = await self._node(http, "post", post["id"])
        return graphql.as_it_is(part, node) if node else None

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """By slug, then through the publication's whole list: a slug that was taken may come back with a suffix.

        What has the slug counts only with the same canonical URL or, without one, the same title since the attempt.
        """
        sent, draft = part.payload["variables"]["input"], part.payload["query"] == graphql.DRAFT
        since = attempt.started_at - timedelta(seconds=60)
        if sent.get("slug") and not draft:
            data = await self._ask(http, graphql.BY_SLUG, id=sent["publicationId"], slug=sent["slug"])
            post = self._publication(data)["post"]
            if post and graphql.is_ours(post, sent, since):
                return graphql.published_from(post)
        async for node in self._nodes(http, graphql.DRAFTS if draft else graphql.POSTS, "drafts" if draft else "posts"):
            if graphql.is_ours(node, sent, since):
                return graphql.published_from(node)
        return None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """The publication's posts, newest first."""
        async for node in self._nodes(http, graphql.POSTS, "posts"):
            yield Published(node["id"], node["url"], node["title"], node["canonicalUrl"])

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Views, reactions and responses of a published post."""
        post = (await self._ask(http, graphql.METRICS, id=published.id))["post"]
        if not post:
            raise Rejected(f"Hashnode has no published post {published.id}")
        return Metrics(views=post["views"], reactions=post["reactionCount"], comments=post["responseCount"])

    async def check(self, http: Http) -> Account:
        """Whose token it is, and whether the API may be used for the publication."""
        data = await self._ask(http, graphql.CHECK, id=self.publication_id)
        publication = self._publication(data)
        return Account(data["me"]["username"], f"{publication['title']}, {publication['url']}")

    async def _node(self, http: Http, kind: Literal["post", "draft"], id: str) -> dict[str, Any] | None:
        """What has the id, with its content; `None` when nothing has."""
        try:
            data = await self._ask(http, graphql.READ if kind == "post" else graphql.READ_DRAFT, id=id)
        except Rejected as refused:
            if is_missing(refused):
                return None
            raise
        if kind not in data:
            raise Unavailable(f"Hashnode answered without a {kind}")
        node: dict[str, Any] | None = data[kind]
        return node

    async def _nodes(self, http: Http, query: str, connection: str) -> AsyncIterator[dict[str, Any]]:
        after, pages = None, Pages(self.title)
        while True:
            data = await self._ask(http, query, id=self.publication_id, after=after)
            found = self._publication(data)[connection]
            for edge in found["edges"]:
                yield edge["node"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]
            pages.follow(after)

    def _publication(self, data: Mapping[str, Any]) -> Any:
        if not data["publication"]:
            said = f"Hashnode has no publication {self.publication_id!r}"
            raise Rejected(said, next="see `publication_id` in the config")
        return data["publication"]

    async def _write(self, part: Part, http: Http) -> Published:
        """Pictures first, then the one call that readers see."""
        part = await Store(http, self.base_url, partial(self._ask, http)).filled(part)
        _within(len(part.body()))
        explain = partial(graphql.explain, effect=True)
        answer = await http.write("POST", f"{self.base_url}/", part, headers=self._headers(), explain=explain)
        try:
            (payload,) = answer.json()["data"].values()
            (node,) = payload.values()
            return graphql.published_from(node)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise OutcomeUnknown(f"Hashnode answered {answer.status} without a post") from None

    async def _ask(self, http: Http, query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        explain = partial(graphql.explain, effect=False)
        answer = await http.post(f"{self.base_url}/", json=body, headers=self._headers(), explain=explain)
        said = answer.json_or_none()
        if not isinstance(said, dict) or not isinstance(said.get("data"), dict):
            raise Unavailable("Hashnode answered with something other than data")
        return dict(said["data"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.reveal()}"}


def _within(size: int) -> None:
    """Raises `Rejected` when a request of `size` bytes is too large."""
    if size > _LARGEST:
        said = f"the request has {size} bytes; Hashnode takes {_LARGEST}"
        raise Rejected(said, field="body", next="make the post shorter, or leave this target out")


def _tag_slugs(tags: tuple[str, ...]) -> dict[str, str]:
    """Slug → name, in order. Hashnode makes a tag of a slug that it does not know."""
    from slugify import slugify

    slugs = {SPELT_OUT.get(tag.lower()) or str(slugify(tag)): tag for tag in tags}
    return {slug: name for slug, name in slugs.items() if slug}
