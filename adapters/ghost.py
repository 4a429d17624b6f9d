"""Ghost, one's own site, through its Admin API with the key of a custom integration.

The same slug is taken again, as `slug-2`, so a marker tells what is ours: a comment in the page's own code injection, which
readers do not see and Ghost keeps as it is. Before a post is made it is looked for: what is there already is not made
again. Ghost makes its own form (Lexical) of the HTML; what that cannot hold, tables among it, goes into HTML cards. No
e-mail is ever sent: Ghost sends one only when asked for with a newsletter's name. Facts are from Ghost's source
(`api/endpoints/posts.js`, `models/post.js`, `@tryghost/admin-api-schema`) and from trying Ghost 6 in 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

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
    Part,
    Post,
    Published,
    Secret,
    Uploads,
    option,
    secret,
)
from ..errors import Duplicate, Rejected, Unavailable
from ._embeds import figure
from ._ghost_anchors import renamed
from ._ghost_answers import as_it_is, card, explain, in_ascii, is_ours, post_in, posts_in, published_from
from ._ghost_site import PICTURES, STATUS, Site
from ._reading import is_missing
from ._site import cover_name, is_drawing, is_elsewhere, marker_of, named, site_slug
from ._site_html import Block, content_of, within

if TYPE_CHECKING:
    from ..http import Http

_CARD = "<!--kg-card-begin: html-->\n{}\n<!--kg-card-end: html-->"


@dataclass(frozen=True, kw_only=True)
class Ghost(Adapter):
    """Posts of one site. Limits: title 255 characters, excerpt 300, request 50 MB (`express.json`)."""

    name = "ghost"
    title = "Ghost"
    homepage = "https://ghost.org"
    limits = Limits(
        text=50 * 1024 * 1024, counter="bytes", title=255, tags=30, tag_length=191, tag_chars=r"[\w .+#/&'-]"
    )
    dialect = Dialect(
        format="html", tables=True, footnotes=True, strikethrough=True, html=None, embeds="pasted", breaks=True,
        anchors=True,
    )  # fmt: skip
    dedupe = Dedupe(
        kind="lookup", note="a marker in the page's code injection, looked for under a fixed slug, drafts included"
    )
    credentials = (("admin_api_key",),)
    required = ("base_url",)
    drafts = True
    uploads = PICTURES
    policy = "your own site: readers get no e-mail of what is sent from here"

    base_url: str = option(
        "", "address of the site, such as https://blog.example.org (on Ghost(Pro): the ghost.io one)"
    )
    admin_api_key: Secret = secret(  # noqa: RUF009  a field
        "Ghost Admin, Settings, Integrations, a custom integration: its Admin API key, `id:secret`"
    )
    html_card: bool = option(False, "one HTML card: kept byte for byte, but edited there as HTML only")
    canonical: bool = option(True, "set the canonical URL where it is another site's")
    upload_images: bool = option(True, "put the cover and the post's pictures into the site's own storage")
    author: str = option("", "slug of the author; by default the site's owner")
    schedule: bool = option(False, "send the front matter's date: Ghost publishes then, or dates it back")

    @property
    def pictures_taken(self) -> Uploads | None:
        return self.uploads if self.upload_images else None

    def render(self, post: Post) -> Draft:
        """Slug fixed; pictures by name until they are sent."""
        content = content_of(self, post)
        html = _html(content.blocks, whole=self.html_card)
        count = within(html, self)
        warnings = list(content.warnings)
        excerpt = text.fit(post.summary or "", 300)
        if excerpt != (post.summary or ""):
            warnings.append("the excerpt is cut to 300 characters")
        if post.series:
            warnings.append(f"the series “{post.series}” is left out: Ghost has none")
        cover, elsewhere = content.cover, is_elsewhere(post.canonical_url, self.base_url)
        date = post.date if self.schedule and not post.draft else None
        dated = date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if date else None
        fields = {
            "custom_excerpt": excerpt,
            "canonical_url": in_ascii(post.canonical_url) if self.canonical and elsewhere else None,
            "feature_image": self._cover(cover) if cover else None,
            "feature_image_alt": text.fit(cover.alt, 191) if cover else None,
            "feature_image_caption": escape(cover.caption, quote=False) if cover else None,
            "published_at": dated,
            "authors": [{"slug": self.author}] if self.author else None,
        }
        body = named(html, self.base_url, post) if self.upload_images else html
        sent = {
            "title": content.title,
            **({"lexical": card(body)} if self.html_card else {"html": body}),
            "slug": site_slug(post),
            "status": "draft" if post.draft else STATUS if dated else "published",
            "tags": [f"{{tag:{tag}}}" for tag in content.tags],
            "codeinjection_foot": marker_of(post),
            **{name: value for name, value in fields.items() if value},
        }
        part = Part(payload={"posts": [sent]}, text=html, count=count, limit=self.limits.text)
        return Draft((part,), tuple(warnings))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        """`POST /posts/`, when the site does not have it yet; pictures before it.

        Raises:
            Duplicate: it is there, from an earlier try or made by hand under the same slug with the same title.
        """
        (sent,) = part.payload["posts"]
        site = self._site(http)
        async for item in self._siblings(sent["slug"], site):
            if is_ours(item, sent):
                raise Duplicate("the site has this post already", existing=Published(str(item["id"]), item.get("url")))
        filled = await site.filled(part, _status(sent, attempt.started_at))
        url = site.url("posts/", **_source(sent))
        return published_from(await http.write("POST", url, filled, headers=site.headers, explain=explain))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Among the posts with our slug or `slug-2` and so on, drafts and scheduled ones included; see `is_ours`."""
        (sent,) = part.payload["posts"]
        since = attempt.started_at - timedelta(seconds=60)
        async for item in self._siblings(sent["slug"], self._site(http)):
            if is_ours(item, sent, since):
                return Published(str(item["id"]), item.get("url"))
        return None

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """`GET /posts/{id}/`. Compared are title, text, tags, and of the rest what was sent; not date, slug and author.

        The text comes back in Ghost's own words, so what a reader sees is compared: words, links, pictures, headings,
        lists, emphasis. A draft that was published by hand is as it was sent; a post that was taken back is gone.
        """
        item = await self._post(published, http)
        (sent,) = part.payload["posts"]
        return (
            None
            if item is None or (sent["status"] != "draft" and item.get("status") == "draft")
            else as_it_is(part, item)
        )

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`PUT /posts/{id}/`, over what was just read: Ghost refuses it when somebody saved in between.

        The address, the code injection and what the post lacks stay as they are; what was sent as a draft is not taken
        back from readers.
        """
        item = await self._post(published, http)
        if item is None:
            raise Rejected(f"Ghost has no post {published.id}", field="id", next="it was deleted there")
        (sent,) = part.payload["posts"]
        kept = {"slug", "codeinjection_foot"} | ({"status"} if sent["status"] == "draft" else set())
        wanted = {key: value for key, value in sent.items() if key not in kept} | {"updated_at": item["updated_at"]}
        changed = replace(part, payload={"posts": [wanted]})
        status = "published" if item["status"] == "sent" else item["status"]
        site = self._site(http)
        there = f"{item.get('html')} {item.get('feature_image')}"
        filled = await site.filled(changed, status, there)
        url = site.url(f"posts/{quote(published.id)}/", **_source(sent))
        return published_from(await http.write("PUT", url, filled, headers=site.headers, explain=explain))

    async def delete(self, published: Published, http: Http) -> None:
        """`DELETE /posts/{id}/`. One that is gone is deleted."""
        site = self._site(http)
        try:
            url = site.url(f"posts/{quote(published.id)}/")
            await http.write("DELETE", url, headers=site.headers, explain=explain)
        except Rejected as refused:
            if not is_missing(refused):
                raise

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """The site's published posts, newest first, whoever wrote them."""
        query = {"filter": "status:[published,sent]", "order": "published_at desc,id desc"}
        async for item in self._site(http).posts(**query, fields="id,uuid,url,title,canonical_url,published_at"):
            yield Published(str(item["id"]), item.get("url"), item.get("title"), item.get("canonical_url"))

    async def check(self, http: Http) -> Account:
        """`GET /site/`, which anybody may, then a post's id, which takes the key."""
        site = self._site(http)
        about = (await site.get("site/")).json_or_none()
        about = about.get("site") if isinstance(about, dict) else None
        if not isinstance(about, dict) or not about.get("title"):
            raise Unavailable("Ghost answered with something other than a site")
        posts_in(await site.get("posts/", limit="1", fields="id"))
        return Account(str(about["title"]), f"{about.get('url')}, Ghost {about.get('version')}")

    async def _siblings(self, slug: str, site: Site) -> AsyncIterator[dict[str, Any]]:
        query = f"slug:~^'{slug}'+status:[draft,published,scheduled,sent]"
        async for item in site.posts(filter=query, order="created_at desc,id desc"):
            yield item

    async def _post(self, published: Published, http: Http) -> dict[str, Any] | None:
        try:
            answer = await self._site(http).get(f"posts/{quote(published.id)}/", formats="html", include="tags")
        except Rejected as refused:
            if is_missing(refused):
                return None
            raise
        item = post_in(answer)
        if item is None or item["id"] != published.id:
            raise Unavailable("Ghost answered with something other than the post")
        return item

    def _cover(self, cover: Image) -> str:
        kept = not self.upload_images or is_drawing(cover.url) or not is_elsewhere(cover.url, self.base_url)
        return in_ascii(cover.url) if kept else cover_name(cover)

    def _site(self, http: Http) -> Site:
        return Site(self.base_url.rstrip("/"), self.admin_api_key, http)


def _html(blocks: Sequence[Block], *, whole: bool) -> str:
    """What Ghost's own form can hold as it is, all else in HTML cards. `whole`: it will be in one."""
    shown = [(block.embed and figure(block.embed)) or block.html for block in blocks]
    if whole:
        return "\n".join(shown)
    fits = [block.simple and block.kind not in ("table", "other") for block in blocks]
    html = renamed("\n".join(html if fit else _CARD.format(html) for html, fit in zip(shown, fits)))
    # A note's way back leads to an id in the text, which is lost there.
    return re.sub(r' <a href="#fnref[^"]*" class="footnote-backref">[^<]*</a>', "", html)


def _source(sent: Mapping[str, Any]) -> dict[str, str]:
    return {"source": "html"} if "html" in sent else {}


def _status(sent: Mapping[str, Any], now: datetime) -> str:
    """Ghost schedules nothing for the next two minutes."""
    date = sent.get("published_at")
    return "scheduled" if date and datetime.fromisoformat(date) > now + timedelta(minutes=3) else "published"
