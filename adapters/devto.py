"""DEV (dev.to) and other Forem sites, through the Forem API v1.

Facts are from Forem's source: `api/articles_controller.rb`, `article.rb`, `markdown_processor/parser.rb`,
`rack_attack.rb`. Two of its traps: `tags` must be an array (the published OpenAPI says string), and front matter at
the start of `body_markdown` overrides the other fields. There is no way to delete an article.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

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
from ..errors import Rejected, Unavailable
from ._article import compose
from ._devto_answers import as_it_is, explain, is_ours, published_from
from ._reading import Pages

if TYPE_CHECKING:
    from ..http import Http

#: Tags that Forem's scrubber lets through (`allowed_tags.rb`, RENDERED_MARKDOWN_SCRUBBER).
_HTML = (
    "a abbr add b blockquote br center cite code col colgroup dd del dl dt em figcaption h1 h2 h3 h4 h5 h6 hr img kbd "
    "li mark ol p pre q rp rt ruby small source span strong sub sup table tbody td tfoot th thead time tr u ul video"
)
_MENTION = re.compile(r"(?<![\w/@.`])@\w+")
_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class DevTo(Adapter):
    """Articles on DEV.

    Limits: title 128 characters, body 800 KiB, 4 tags of at most 30 letters and digits (unconfirmed), 7 mentions.
    Creating is limited to 9 in 30 s (1 in 5 minutes for an account younger than 3 days).
    """

    name = "devto"
    title = "DEV"
    homepage = "https://dev.to"
    limits = Limits(text=800 * 1024, counter="bytes", title=128, tags=4, tag_length=30, tag_chars="[a-z0-9]")
    dialect = Dialect(
        tables=True, footnotes=True, strikethrough=True, html=frozenset(_HTML.split()), math="katex", embeds="liquid",
        liquid=True, breaks=True, anchors=True, reader="redcarpet",
    )  # fmt: skip
    dedupe = Dedupe(
        kind="lookup", note="the list of one's own articles; DEV also refuses a second one with the same canonical URL"
    )
    credentials = (("api_key",),)
    drafts = True
    policy = "articles cannot be deleted through the API, only unpublished"

    base_url: str = option("https://dev.to/api", "root of the API; that of any Forem site")
    api_key: Secret = secret("https://dev.to/settings/extensions, “API Keys”")  # noqa: RUF009  a field
    organization_id: int | None = option(None, "publish under this organization, which the account must belong to")
    schedule: bool = option(False, "send the front matter's date, so that DEV publishes then; it must not be past")

    def render(self, post: Post) -> Draft:
        """The article. Its date is sent only with `schedule`: DEV refuses one more than 15 minutes past."""
        article = compose(self, post)
        body = _without_front_matter(article.body)
        warnings = list(article.warnings)
        mentions = len(_MENTION.findall(_CODE.sub("", body))) if body.count("@") > 7 else 0
        if mentions > 7:
            warnings.append(f"{mentions} @mentions: DEV refuses an article that mentions its users more than 7 times")
        fields = {
            "canonical_url": post.canonical_url,
            "description": post.summary,
            "series": post.series,
            "main_image": article.cover.url if article.cover else None,
            "organization_id": self.organization_id,
            "published_at": post.date.isoformat() if self.schedule and post.date else None,
        }
        payload = {
            "title": article.title,
            "body_markdown": body,
            "published": not post.draft,
            "tags": list(article.tags),
            **{name: value for name, value in fields.items() if value},
        }
        count = text.count(body, "bytes")
        part = Part(payload={"article": payload}, text=body, count=count, limit=self.limits.text)
        return Draft((part,), tuple(warnings))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """`POST /articles`."""
        answer = await http.write("POST", f"{self.base_url}/articles", part, headers=self._headers(), explain=explain)
        return published_from(answer)

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Goes through all of one's own articles, drafts and scheduled ones included.

        One with the same canonical URL is ours, however old. Without a canonical URL, one that was published since
        the attempt with the same title or body, or a draft (the list gives no date for it) with the same body.
        """
        sent = part.payload["article"]
        since = attempt.started_at - timedelta(seconds=60)
        async for item in self._mine(http):
            if is_ours(item, sent, since):
                return Published(str(item["id"]), item.get("url"))
        return None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """One's own published articles, newest first; drafts and scheduled ones are left out."""
        async for item in self._mine(http, "published"):
            url, canonical = item.get("url"), item.get("canonical_url")
            yield Published(str(item["id"]), url, item.get("title"), canonical if canonical != url else None)

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """`GET /articles/{id}`, which caches may answer; for drafts and scheduled ones the list of one's own articles.

        Compared are title, body, tags, and of canonical URL, description and cover what was sent; not series, date
        and organization, which the answer lacks or tells otherwise. A draft that was published by hand is as it was
        sent; an article that was unpublished, by its author or a moderator, is gone, since nobody can read it.
        """
        item = await self._public(published, http)
        if item is None:
            mine = (item async for item in self._mine(http) if str(item["id"]) == published.id)
            item = await anext(mine, None)
            if item is None or (part.payload["article"]["published"] and not item.get("published")):
                return None
        return as_it_is(part, item)

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`PUT /articles/{id}`. Fields that the post lacks stay as they are, a cover set by hand for one.

        It never unpublishes: what was sent as a draft may have been published by hand since.
        """
        article = {key: value for key, value in part.payload["article"].items() if (key, value) != ("published", False)}
        changed = replace(part, payload={"article": article})
        url = f"{self.base_url}/articles/{published.id}"
        return published_from(await http.write("PUT", url, changed, headers=self._headers(), explain=explain))

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Views, reactions and comments, from the list of one's own articles: only that one has the views."""
        async for item in self._mine(http):
            if str(item["id"]) == published.id:
                return Metrics(
                    views=item.get("page_views_count"),
                    reactions=item.get("public_reactions_count"),
                    comments=item.get("comments_count"),
                )
        raise Rejected(f"DEV has no article {published.id} of this account")

    async def check(self, http: Http) -> Account:
        """`GET /users/me`."""
        answer = await http.get(f"{self.base_url}/users/me", headers=self._headers(), explain=explain)
        me = answer.json_or_none()
        if not isinstance(me, dict):
            raise Unavailable("DEV answered with something other than an account")
        return Account(str(me.get("username")), f"{me.get('name')}, {urlsplit(self.base_url).netloc}")

    async def _public(self, published: Published, http: Http) -> dict[str, Any] | None:
        url = f"{self.base_url}/articles/{quote(published.id)}"
        try:
            answer = await http.get(url, headers=self._headers(), explain=explain)
        except Rejected:  # 404; whether it is there at all, the list says
            return None
        item = answer.json_or_none()
        if not isinstance(item, dict) or str(item.get("id")) != published.id or "body_markdown" not in item:
            raise Unavailable("DEV answered with something other than the article")
        return item

    async def _mine(self, http: Http, status: str = "all") -> AsyncIterator[dict[str, Any]]:
        """Until a page is empty: a Forem site may give fewer a page than asked for."""
        page = 1
        known: set[Any] = {None}
        pages = Pages(self.title)
        while True:
            answer = await http.get(
                f"{self.base_url}/articles/me/{status}",
                params={"page": page, "per_page": 100},
                headers=self._headers(),
                explain=explain,
            )
            items = answer.json_or_none()
            if not isinstance(items, list):
                raise Unavailable("DEV answered with something other than a list of articles")
            if not items:
                return
            pages.follow(tuple(item.get("id") for item in items))
            new = [item for item in items if item.get("id") not in known]
            for item in new:
                yield item
            known |= {item["id"] for item in new}
            page += 1

    def _headers(self) -> dict[str, str]:
        return {"api-key": self.api_key.reveal(), "Accept": "application/vnd.forem.api-v1+json"}


def _without_front_matter(body: str) -> str:
    """Forem reads `---` at the start as front matter, blank lines before it or not (`front_matter_parser`)."""
    start = body.lstrip()
    if not start.startswith("---"):
        return body
    line, _, rest = start.partition("\n")
    return f"***\n{rest}" if not line.strip("- \t\r") else f"\\{start}"
