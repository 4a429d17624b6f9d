"""GitHub Discussions: the post, or a pointer to it, as a discussion in one repository.

GitHub refuses no copy, and `clientMutationId` is an echo, so a hidden comment at the end of the text (which readers do not
see) names the post, and `find` looks through the repository's newest discussions for it. 80 writes a minute, 500 an hour.
Facts: docs.github.com/graphql, its guide to discussions and to rate limits (2026-11); lengths are unconfirmed.
"""
# ruff: noqa: RUF009  a credential is a field

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
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
from ..errors import NotEntitled, Rejected, Unavailable
from . import _github_graphql as graphql
from ._article import compose
from ._original import original_in, said_in, tells
from ._reading import Pages, is_missing, same_line, same_text

if TYPE_CHECKING:
    from ..http import Http

#: What GitHub's sanitiser lets through (gh:gjtorikian/html-pipeline, its allow list), as far as posts use it.
_HTML = (
    "a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q s "
    "samp source span strike strong sub summary sup table tbody td tfoot th thead tr tt ul var video"
)
_MENTION = re.compile(r"(?<![\w/@.`])@[A-Za-z\d][A-Za-z\d-]*\b(?![\w.@/])")
_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)|`[^`\n]*`", re.DOTALL)
_SHORTER = 'set `kind = "link"` for this target'


@dataclass(frozen=True, kw_only=True)
class GitHub(Adapter):
    """Discussions in one category of one repository. Title 256, text 65,536 characters."""

    name = "github"
    title = "GitHub Discussions"
    homepage = "https://github.com"
    limits = Limits(text=65_536, title=256)
    dialect = Dialect(
        tables=True, footnotes=True, strikethrough=True, task_lists=True, html=frozenset(_HTML.split()), math="dollar",
        breaks=True, anchors=False, diagrams=frozenset({"mermaid"}),
    )  # fmt: skip
    dedupe = Dedupe(kind="lookup", lag=10.0, note="a hidden mark in the text, looked for in the newest discussions")
    credentials = (("token",),)
    required = ("repository",)
    policy = "only in repositories of your own project; announcements need write access"

    base_url: str = option("https://api.github.com/graphql", "the GraphQL endpoint; that of GitHub Enterprise")
    token: Secret = secret("https://github.com/settings/tokens: discussions: write, or `public_repo`")
    repository: str = option("", "OWNER/NAME")
    category: str = option("Announcements", "the category, by its name")
    kind: Literal["full", "link"] = option("full", "`full`: the whole post; `link`: its summary and the way to it")

    def render(self, post: Post) -> Draft:
        """The text, where it came from, and the hidden mark."""
        if self.repository.count("/") != 1:
            said = f"`repository` is {self.repository!r}"
            raise Rejected(said, field="repository", next='write it as "OWNER/NAME"')
        whole = self.kind == "full"
        lead = post if whole else replace(post, body=post.text or post.summary or "")
        try:
            article = compose(self, replace(lead, tags=(), cover=post.cover if whole else None))
        except Rejected as refused:
            if refused.field == "body":
                refused.next = _SHORTER
            raise
        pieces = [f"![{article.cover.alt}]({article.cover.url})" if article.cover else "", article.body.strip()]
        if post.canonical_url and whole:
            if not tells(article.body, post.canonical_url):
                pieces.append(f"*{said_in(post.language, f'<{post.canonical_url}>')}*")
        elif post.to_read:
            pieces.append(f"Read it: {post.to_read}")
        mark = f"<!-- syndicate:{sha256(post.key.encode()).hexdigest()[:20]} -->"
        body = "\n\n".join([*filter(None, pieces), mark]) + "\n"
        if (size := text.count(body, "characters")) > self.limits.text:
            said = f"the text has {size} characters; GitHub takes {self.limits.text}"
            raise Rejected(said, field="body", next=_SHORTER)
        warnings = list(article.warnings)
        if names := sorted(set(_MENTION.findall(_CODE.sub("", body)))):
            warnings.append(f"GitHub notifies whom the text mentions: {', '.join(names)}")
        fields = {"repositoryId": "{repository}", "categoryId": "{category}", "title": article.title, "body": body}
        payload = {"query": graphql.CREATE, "variables": {"input": fields}}
        return Draft((Part(payload=payload, text=body, count=size, limit=self.limits.text),), tuple(warnings))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """`createDiscussion`, with the ids of repository and category as they are now."""
        place = await self._place(http)
        known = {node["name"]: node["id"] for node in place["discussionCategories"]["nodes"]}
        category = {name.casefold(): id for name, id in known.items()}.get(self.category.casefold())
        if category is None:
            advice = f"set `category` to one of {', '.join(known) or '(none: turn discussions on)'}"
            raise Rejected(f"{self.repository} has no category {self.category!r}", field="category", next=advice)
        sent = part.filled({"{repository}": place["id"], "{category}": category}, fields=["repositoryId", "categoryId"])
        answer = await http.write("POST", self.base_url, sent, headers=self._headers(), explain=graphql.explain)
        return Published(**graphql.made(answer, "createDiscussion"))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Goes through the newest discussions, back to a minute before the first try, for the mark."""
        mark, since = _mark(part.payload["variables"]["input"]["body"]), attempt.started_at - timedelta(seconds=60)
        async for one in self._discussions(http):
            if datetime.fromisoformat(one["createdAt"]) < since:
                return None
            if _mark(one["body"]) == mark:
                return Published(one["id"], one["url"])
        return None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """One's own discussions in the repository, newest first."""
        async for one in self._discussions(http):
            if one["viewerDidAuthor"]:
                yield Published(one["id"], one["url"], one["title"], original_in(one["body"]))

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """Title and text as they stand there now."""
        one = await self._one(published, http)
        if one is None:
            return None
        sent = part.payload["variables"]["input"]
        changed = {} if same_line(sent["title"], one["title"]) else {"title": one["title"]}
        changed |= {} if same_text(sent["body"], one["body"]) else {"body": one["body"]}
        if not changed:
            return part
        payload = {**part.payload, "variables": {"input": {**sent, **changed}}}
        return replace(part, payload=payload, text=one["body"], count=text.count(one["body"], "characters"))

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        sent = part.payload["variables"]["input"]
        fields = {"discussionId": published.id, "title": sent["title"], "body": sent["body"]}
        answer = await http.write(
            "POST", self.base_url, _part(graphql.UPDATE, fields), headers=self._headers(), explain=graphql.explain
        )
        return Published(**graphql.made(answer, "updateDiscussion"))

    async def delete(self, published: Published, http: Http) -> None:
        part = _part(graphql.DELETE, {"id": published.id})
        await http.write("POST", self.base_url, part, headers=self._headers(), explain=graphql.explain)

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Upvotes and comments; views are not in the API."""
        one = await self._one(published, http)
        if one is None:
            raise Rejected(f"GitHub has no discussion {published.id}")
        return Metrics(reactions=one["upvoteCount"], comments=one["comments"]["totalCount"])

    async def check(self, http: Http) -> Account:
        """Who the token belongs to, and whether the repository's category is there."""
        viewer, place = await self._ask(http, graphql.VIEWER), await self._place(http)
        names = [node["name"] for node in place["discussionCategories"]["nodes"]]
        warnings = []
        if self.category.casefold() not in map(str.casefold, names):
            warnings.append(f"{self.repository} has no category {self.category!r}, but {', '.join(names) or 'none'}")
        detail = f"{self.repository}, {str(place.get('viewerPermission')).lower()} access; category {self.category}"
        return Account(str(viewer["viewer"]["login"]), detail, warnings=tuple(warnings))

    async def _place(self, http: Http) -> dict[str, Any]:
        owner, _, name = self.repository.partition("/")
        place = (await self._ask(http, graphql.PLACE, owner=owner, name=name)).get("repository")
        if not place:
            raise Rejected(f"GitHub has no repository {self.repository}", field="repository", next="check its name")
        if not place.get("hasDiscussionsEnabled"):
            said = f"{self.repository} has no discussions"
            raise NotEntitled(said, next="turn them on in the repository's settings, under Features")
        return dict(place)

    async def _one(self, published: Published, http: Http) -> dict[str, Any] | None:
        try:
            return (await self._ask(http, graphql.ONE, id=published.id)).get("node") or None
        except Rejected as refused:
            if is_missing(refused):
                return None
            raise

    async def _discussions(self, http: Http) -> AsyncIterator[dict[str, Any]]:
        owner, _, name = self.repository.partition("/")
        after: str | None = None
        pages = Pages(self.title)
        while True:
            data = await self._ask(http, graphql.LIST, owner=owner, name=name, after=after)
            found = (data.get("repository") or {}).get("discussions")
            if not isinstance(found, dict):
                raise Unavailable("GitHub answered with something other than discussions")
            for one in found["nodes"]:
                yield one
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]
            pages.follow(after)

    async def _ask(self, http: Http, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query, which has no effect."""
        body = {"query": query, "variables": variables}
        answer = await http.post(self.base_url, json=body, headers=self._headers(), explain=_read_only)
        said = answer.json_or_none()
        if not isinstance(said, dict) or not isinstance(said.get("data"), dict):
            raise Unavailable("GitHub answered with something other than data")
        return dict(said["data"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.reveal()}"}


def _read_only(answer: Any) -> Any:
    """The same for a query: what is unclear had no effect."""
    from ..errors import OutcomeUnknown

    failure = graphql.explain(answer)
    return Unavailable(failure.message) if isinstance(failure, OutcomeUnknown) else failure


def _mark(body: str) -> str | None:
    found = re.search(r"<!-- syndicate:(\w+) -->", body)
    return found[1] if found else None


def _part(query: str, fields: dict[str, Any]) -> Part:
    return Part(payload={"query": query, "variables": {"input": fields}}, text="", count=0, limit=0)
