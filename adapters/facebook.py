"""Facebook Pages, through the Graph API: a link with a few words, or a text.

Facts are from doc: developers.facebook.com pages-api/posts, graph-api/reference/page (v26.0) and
gh:facebook/facebook-business-sdk-codegen @ad2b0b6. A Page token from a long-lived user token does not expire, that the
API takes it in the header, and 63,206 characters are unconfirmed. Nothing keeps Facebook from taking the same post
twice (506 and 368 did at times), and it posts while it answers 500: see `_facebook_refusals.py`. So the Page's own
lists are looked through, which show about 600 posts a year (said of `feed`; of `published_posts` unconfirmed).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

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
from ..errors import NotEntitled, Rejected, Unauthorized, Unavailable
from ._announcement import announce
from ._article import same_address
from ._facebook_answers import FIELDS, TOTALS, Seen, created, latest, page, post_id, shown, totals
from ._facebook_refusals import explain, explain_write
from ._oauth import Api, bearer
from ._reading import Pages, is_missing, same_line, same_text

if TYPE_CHECKING:
    from ..http import Http

_OBTAIN = (
    "a Page token: GET /me/accounts with a long-lived user token of somebody who may create content on the Page, "
    "permissions pages_manage_posts, pages_read_engagement, pages_show_list (read_insights for views)"
)


@dataclass(frozen=True, kw_only=True)
class Facebook(Adapter):
    """One Page. Plain text, at most 63,206 characters; a link becomes a card of the page's own OpenGraph tags."""

    name = "facebook"
    title = "Facebook"
    homepage = "https://www.facebook.com"
    limits = Limits(text=63_206, tags=3, tag_chars=r"\w")
    dialect = Dialect(format="plain")
    dedupe = Dedupe(
        kind="lookup", lag=60.0, note="the Page's scheduled and published posts: text and link; 60 s is unconfirmed"
    )
    credentials = (("token",),)
    required = ("page_id",)
    drafts = True
    policy = "app review for Pages of others; a link cannot be changed later"

    base_url: str = option("https://graph.facebook.com/v26.0", "root of the API, with its version")
    page_id: str = option("", "id of the Page, a number: see “Page transparency” on the Page")
    token: Secret = secret(_OBTAIN)  # noqa: RUF009  a field
    kind: Literal["link", "text"] = option(
        "link", "`link`: a few words and a card; `text`: words with the link in them"
    )
    schedule: bool = option(
        False, "send the front matter's date, so that Facebook publishes then: 10 minutes to 30 days ahead"
    )

    def render(self, post: Post) -> Draft:
        """A draft is for the Page's editors alone; that Business Suite lists it with its drafts is unconfirmed."""
        card = self.kind == "link"
        if card and not post.to_read:
            raise Rejected(
                "a link post needs the post's address",
                field="link",
                next='set `canonical_url` in the front matter, or `kind = "text"` for this target',
            )
        said = announce(post, self.limits.text, "characters", hashtags=self.limits.tags, link=not card)
        payload: dict[str, Any] = {"message": said.text}
        if card:
            payload["link"] = post.to_read
        if post.draft:
            payload |= {"published": False, "unpublished_content_type": "DRAFT"}
        elif self.schedule and post.date:
            payload |= {"published": False, "scheduled_publish_time": int(post.date.timestamp())}
        count = text.count(said.text, "characters")
        return Draft((Part(payload=payload, text=shown(payload), count=count, limit=self.limits.text),), said.warnings)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """`POST /{page}/feed`. The id is `PAGE_POST`."""
        path = f"/{self._page}/feed?fields=id,permalink_url"
        return await self._api(http, writing=True).write("POST", path, created, part)

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Looks for text and link in the list of scheduled posts, then of published ones, back to the first try.

        In that order: what is published meanwhile moves from the first to the second. A post with the same text and
        another link may be ours, if Facebook has changed the link, or not: `Unavailable`, so that a person looks.
        So does a draft that is not found, since no list shows drafts (`ads_posts` is said to have stopped).
        """
        sent, doubtful = part.payload, None
        since = attempt.started_at - timedelta(seconds=60)
        lists = ["published_posts"] if sent.get("published", True) else ["scheduled_posts", "published_posts"]
        for name in lists:
            async for seen in self._posts(http, name, since):
                if not same_line(seen.text, sent["message"]):
                    continue
                if "link" not in sent or same_address(seen.link, sent["link"]):
                    return Published(seen.id, seen.url)
                doubtful = seen
        if doubtful:
            raise Unavailable(f"{doubtful.url or doubtful.id} has this text, but leads to {doubtful.link or 'nothing'}")
        if "unpublished_content_type" in part.payload:
            raise Unavailable("Facebook lists no drafts; look in the Page's planner")
        return None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """The Page's published posts, newest first, but for hidden ones; the canonical URL is the card's link."""
        async for seen in self._posts(http, "published_posts", None):
            if seen.shown:
                yield seen.published

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """The text, and of one that is still scheduled the time. A link cannot be changed, so it is not compared.

        Gone: deleted, hidden, or unpublished after it was published. A draft that was published is as it was sent.
        """
        seen = await self._one(published, http)
        if seen is None or (part.payload.get("published", True) and not seen.shown):
            return None
        there: dict[str, Any] = {} if same_text(seen.text, part.payload["message"]) else {"message": seen.text}
        if "scheduled_publish_time" in part.payload and not seen.shown and seen.scheduled:
            there["scheduled_publish_time"] = seen.scheduled
        payload = {**part.payload, **there}
        if payload == part.payload:
            return part
        return replace(part, payload=payload, text=shown(payload), count=text.count(payload["message"], "characters"))

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`POST /{post}` with the text, and the time of one that is still scheduled. It never publishes a draft.

        Facebook lets an app change what the app itself has made.
        """
        seen = await self._one(published, http)
        if seen is None:
            raise Rejected("Facebook no longer has this post", field="id", next="look at it on Facebook")
        if "link" in part.payload and not same_address(seen.link, part.payload["link"]):
            raise Rejected(
                f"Facebook cannot change a link; it still leads to {seen.link or 'nothing'}",
                field="link",
                next="delete the post on Facebook and publish again, or leave it",
            )
        names = ("message",) if seen.shown else ("message", "scheduled_publish_time")
        changes = {name: part.payload[name] for name in names if name in part.payload}
        edit = Part(payload=changes, text="", count=0, limit=0)
        await self._api(http, writing=True).write("POST", f"/{quote(published.id)}", bool, edit)
        return Published(seen.id, seen.url)

    async def delete(self, published: Published, http: Http) -> None:
        """What is gone already is refused as unknown (100/33), and so is what the token may not see."""
        await self._api(http, writing=True).write("DELETE", f"/{quote(published.id)}", bool)

    async def metrics(self, published: Published, http: Http) -> Metrics:
        """Reactions and comments; views (`post_media_view`, since 2025-11) where the token has read_insights."""
        api, path = self._api(http), f"/{quote(published.id)}"
        reactions, comments = await api.get(path, totals, fields=TOTALS)
        try:
            views = await api.get(f"{path}/insights", latest, metric="post_media_view")
        except (NotEntitled, Rejected):
            views = None
        return Metrics(views, reactions, comments)

    async def check(self, http: Http) -> Account:
        """Whose token it is, whether it may post (`can_post`), and whether the lists can be read.

        A Page token's permissions are not shown anywhere but in `debug_token`, which wants the token in the URL.
        """
        api = self._api(http)
        id, name = await api.get("/me", lambda me: (str(me["id"]), str(me.get("name"))), fields="id,name")
        if id != self._page:
            raise Unauthorized(
                f"the token is {name}'s ({id}), not the Page's ({self._page})",
                next="take the Page's own token: GET /me/accounts",
            )
        can, public = await api.get(
            f"/{self._page}",
            lambda it: (it.get("can_post"), it.get("is_published")),
            fields="name,can_post,is_published",
        )
        warnings = []
        if can is False:
            warnings.append("the token may not post: pages_manage_posts, or the task CREATE_CONTENT, is lacking")
        if public is False:
            warnings.append("the Page is not public, so nobody sees its posts")
        try:
            await api.get(f"/{self._page}/published_posts", page, fields=FIELDS, limit=1)
        except NotEntitled:
            warnings.append("its posts cannot be listed: pages_read_engagement is lacking")
        return Account(name, f"Page {id}", warnings=tuple(warnings))

    def id_of(self, url: str) -> str | None:
        return post_id(url, self._page)

    @property
    def _page(self) -> str:
        return self.page_id.strip().strip("/")

    def _api(self, http: Http, *, writing: bool = False) -> Api:
        from ..tokens import Token

        authorize = bearer(Token(self.token.reveal()), None)
        return Api(http, self.base_url, authorize, explain_write if writing else explain)

    async def _one(self, published: Published, http: Http) -> Seen | None:
        """`None` when it is gone. Facebook says the same of what a token may not see, so that is looked at too."""
        api = self._api(http)
        try:
            return await api.get(f"/{quote(published.id)}", Seen.of, fields=FIELDS)
        except Rejected as refused:
            if not is_missing(refused):
                raise
        await api.get(f"/{self._page}/published_posts", page, fields=FIELDS, limit=1)
        return None

    async def _posts(self, http: Http, name: str, since: datetime | None) -> AsyncIterator[Seen]:
        """One of the Page's lists; until a whole page is older than `since`, as one post may be pinned."""
        query: dict[str, str | int] = {"fields": FIELDS, "limit": 100}
        pages = Pages(self.title)
        while True:
            posts, more = await self._api(http).get(f"/{self._page}/{name}", page, **query)
            new = [seen for seen in posts if since is None or seen.created >= since.astimezone(UTC)]
            for seen in new:
                yield seen
            if not more or (posts and not new):
                return
            pages.follow(more)
            query["after"] = more
