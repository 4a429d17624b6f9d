"""WordPress, one's own site, through its REST API with an application password.

The same slug is taken again, as `slug-2`, so a marker in the content (a comment that readers do not see, which WordPress
keeps) tells what is ours. Before a post is made it is looked for: what is there already is not made again. Core has no
field for a canonical URL: where that is another site's, a line at the end says so. Facts are from WordPress's source
(`class-wp-rest-posts-controller.php` and its neighbours) and from trying WordPress 6.8 in 2026-11.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

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
from ._original import tells
from ._reading import is_missing
from ._site import (
    cover_name,
    is_drawing,
    is_elsewhere,
    marker_of,
    named,
    site_slug,
)
from ._site_html import content_of, within
from ._wordpress_answers import as_it_is, explain, is_ours, published_from, raw
from ._wordpress_blocks import as_blocks, custom, original
from ._wordpress_site import PICTURES, Site

if TYPE_CHECKING:
    from ..http import Http

#: As many posts may have had a slug before ours.
_SIBLINGS = 60


@dataclass(frozen=True, kw_only=True)
class WordPress(Adapter):
    """Posts of one site. The limit is PHP's own, `post_max_size`, which a site may set otherwise."""

    name = "wordpress"
    title = "WordPress"
    homepage = "https://wordpress.org"
    limits = Limits(text=8 * 1024 * 1024, counter="bytes", tags=30, tag_length=200, tag_chars=r"[\w .+#/&'-]")
    # Checkboxes of task lists are taken out for all but editors; line ends in paragraphs would show.
    dialect = Dialect(
        format="html", tables=True, footnotes=True, strikethrough=True, html=None, embeds="pasted", breaks=True,
        anchors=True,
    )  # fmt: skip
    dedupe = Dedupe(kind="lookup", note="a marker in the content, looked for under a fixed slug, drafts included")
    credentials = (("password",),)
    required = ("base_url", "username")
    drafts = True
    uploads = PICTURES
    policy = "your own site: the account needs the role Author at least"

    base_url: str = option("", "address of the site, such as https://blog.example.org")
    username: str = option("", "the account's login name")
    password: Secret = secret(  # noqa: RUF009  a field
        "an application password: /wp-admin/profile.php of the site, “Application Passwords” (only over https)"
    )
    categories: tuple[str, ...] = option((), "names of categories, which exist")
    upload_images: bool = option(True, "put the cover and the post's pictures into the site's media library")
    original_line: bool = option(True, "end with “Originally published at …” where the canonical URL is another site's")
    schedule: bool = option(False, "send the front matter's date: WordPress publishes then, or dates it back")
    plain_permalinks: bool = option(False, "the site has no pretty permalinks, so its API is at /?rest_route=")

    @property
    def pictures_taken(self) -> Uploads | None:
        return self.uploads if self.upload_images else None

    def render(self, post: Post) -> Draft:
        """Content as WordPress's blocks. Slug fixed; tags, categories and pictures by name until it is sent."""
        why = self._uncovered(post.cover)
        content = content_of(self, replace(post, cover=None) if why else post)
        html = as_blocks(content.blocks)
        url = post.canonical_url or ""
        if self.original_line and is_elsewhere(url, self.base_url) and not tells(unescape(html), url):
            html += original(url, post.language)
        count = within(html, self)
        warnings = list(content.warnings)
        if why:
            warnings.append(f"the cover is left out: {why}")
        if post.series:
            warnings.append(f"the series “{post.series}” is left out: WordPress has none")
        date = post.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if self.schedule and post.date else None
        fields = {
            "excerpt": escape(post.summary or "", quote=False),
            "tags": [f"{{tag:{tag}}}" for tag in content.tags],
            "categories": [f"{{category:{name}}}" for name in self.categories],
            "featured_media": cover_name(content.cover) if content.cover else None,
            "date_gmt": date,
        }
        body = named(html, self.base_url, post) if self.upload_images else html
        payload = {
            "title": escape(content.title, quote=False),
            "content": body + custom(marker_of(post)),
            "status": "draft" if post.draft else "publish",
            "slug": site_slug(post),
            **{name: value for name, value in fields.items() if value},
        }
        return Draft((Part(payload=payload, text=html, count=count, limit=self.limits.text),), tuple(warnings))

    def _uncovered(self, cover: Image | None) -> str:
        """Why a cover that is on the web cannot be the post's picture there."""
        if cover is None or not cover.url.startswith(("https://", "http://")):
            return ""
        if not self.upload_images:
            return "it takes `upload_images`"
        return "it is a drawing (SVG)" if is_drawing(cover.url) else ""

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """`POST /posts`, when the site does not have it yet; tags and pictures before it.

        Raises:
            Duplicate: it is there, from an earlier try or made by hand under the same slug with the same title.
        """
        async for item in self._siblings(part, http):
            if is_ours(item, part.payload):
                raise Duplicate("the site has this post already", existing=Published(str(item["id"]), item.get("link")))
        site = self._site(http)
        sent = await site.filled(part)
        return published_from(await http.write("POST", site.url("posts"), sent, headers=site.headers, explain=explain))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Among the posts with our slug or `slug-2` and so on, drafts and scheduled ones included; see `is_ours`."""
        since = attempt.started_at - timedelta(seconds=60)
        async for item in self._siblings(part, http):
            if is_ours(item, part.payload, since):
                return Published(str(item["id"]), item.get("link"))
        return None

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """`GET /posts/{id}`. Compared are title, content, excerpt and tags; not cover, categories, date and slug.

        A draft that was published by hand is as it was sent; what is in the trash, or no longer public, is gone.
        """
        try:
            item = await self._site(http).get(f"posts/{quote(published.id)}", context="edit", _embed="wp:term")
        except Rejected as refused:
            if is_missing(refused):
                return None
            raise
        if (
            not isinstance(item, dict)
            or str(item.get("id")) != published.id
            or not isinstance(item.get("content"), dict)
        ):
            raise Unavailable("WordPress answered with something other than the post")
        hidden = ("trash",) if part.payload["status"] == "draft" else ("trash", "draft", "pending", "private")
        return None if item.get("status") in hidden else as_it_is(part, item)

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`POST /posts/{id}`. The address stays; what was sent as a draft is not taken back from readers."""
        kept = {"slug"} | ({"status"} if part.payload["status"] == "draft" else set())
        changed = replace(part, payload={key: value for key, value in part.payload.items() if key not in kept})
        site = self._site(http)
        sent = await site.filled(changed)
        url = site.url(f"posts/{quote(published.id)}")
        return published_from(await http.write("POST", url, sent, headers=site.headers, explain=explain))

    async def delete(self, published: Published, http: Http) -> None:
        """`DELETE /posts/{id}`, not into the trash. One that is gone is deleted."""
        site = self._site(http)
        url = site.url(f"posts/{quote(published.id)}", force="true")
        try:
            await http.write("DELETE", url, headers=site.headers, explain=explain)
        except Rejected as refused:
            if not is_missing(refused):
                raise

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """The site's published posts, newest first, whoever wrote them."""
        async for item in self._site(http).posts(status="publish", orderby="date", order="desc"):
            yield Published(str(item["id"]), item.get("link"), unescape(raw(item, "title")))

    async def check(self, http: Http) -> Account:
        """`GET /users/me`: the role, and whether it may publish and upload."""
        me = await self._site(http).get("users/me", context="edit")
        if not isinstance(me, dict) or not me.get("name"):
            raise Unavailable("WordPress answered with something other than an account")
        may = me.get("capabilities") or {}
        needed = ("publish_posts", "upload_files") if self.upload_images else ("publish_posts",)
        warnings = tuple(f"the account's role does not allow `{name}`" for name in needed if not may.get(name))
        roles = ", ".join(str(role) for role in me.get("roles") or ()) or "no role"
        return Account(str(me["name"]), f"{roles}, {urlsplit(self.base_url).netloc}", warnings=warnings)

    async def _siblings(self, part: Part, http: Http) -> AsyncIterator[dict[str, Any]]:
        slug = part.payload["slug"]
        slugs = [slug, *(f"{slug}-{number}" for number in range(2, _SIBLINGS))]
        async for item in self._site(http).posts(slug=",".join(slugs), status="any", orderby="id"):
            yield item

    def _site(self, http: Http) -> Site:
        return Site(self.base_url.rstrip("/"), self.username, self.password, http, plain=self.plain_permalinks)
