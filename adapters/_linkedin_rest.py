"""Requests to LinkedIn's versioned API, and to what stands beside it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from ..adapter import Part, Published, Secret, Uploads
from ..errors import Duplicate, Failure, NotEntitled, Rejected, Unavailable
from ._linkedin_answers import Grant, Seen, created, explain, explain_introspection, grant, listing
from ._linkedin_card import CARD_ALT, card_of, without_card_alt
from ._reading import Pages, is_missing

if TYPE_CHECKING:
    from ..http import Answer, Http

T = TypeVar("T")

HOME = "https://api.linkedin.com"
#: Stands in a payload for the URN of the picture that lies at the address in it.
COVER = re.compile(r"\{cover:(.*)\}", re.DOTALL)
#: How many bytes a picture may have is a guess, only its pixels are documented.
PICTURES, _PIXELS = Uploads(size=8_000_000, types=("image/png", "image/jpeg", "image/gif")), 36_152_320
_LINKEDIN = re.compile(r"https://[\w.-]+\.linkedin\.com/")
_OR = 'or set `thumbnail = false` (or `pictures = "never"`) for this target'
_ADVICE = f"use another picture, {_OR}"


@dataclass(frozen=True, slots=True)
class Rest:
    """The API as one author has it, one attempt long."""

    http: Http
    base_url: str
    author: str
    version: str
    token: Secret

    @property
    def posts_url(self) -> str:
        return f"{self.base_url}/rest/posts"

    def post_url(self, urn: str) -> str:
        return f"{self.posts_url}/{quote(urn, safe='')}"

    def headers(self, method: str = "") -> dict[str, str]:
        """`method`: what Rest.li would have to guess from the request."""
        version = {"LinkedIn-Version": self.version, "X-Restli-Protocol-Version": "2.0.0"}
        return self._bearer() | version | ({"X-RestLi-Method": method} if method else {})

    async def member(self) -> dict[str, Any]:
        """Whose token it is: `sub`, `name`. Needs the scopes openid and profile."""
        answer = await self.http.get(f"{self.base_url}/v2/userinfo", headers=self._bearer(), explain=explain)
        return _read(answer, dict, "an account")

    async def one(self, urn: str) -> Seen | None:
        """A post as readers see it; `None` when it is gone."""
        try:
            answer = await self.http.get(self.post_url(urn), headers=self.headers(), explain=explain)
        except Rejected as refused:
            if is_missing(refused):
                return None
            raise
        return _read(answer, Seen.of, "a post")

    async def page(self, order: str, start: int = 0) -> tuple[list[Seen], int]:
        """A part of the author's posts, newest first by `order`, and how many were looked at for it."""
        query = {"q": "author", "author": self.author, "count": 100, "start": start, "sortBy": order}
        url = f"{self.posts_url}?{urlencode(query)}"
        answer = await self.http.get(url, headers=self.headers("FINDER"), explain=explain)
        return _read(answer, listing, "a list of posts")

    async def posts(self, order: str, since: datetime | None = None) -> AsyncIterator[Seen]:
        """All of them: until a page is empty, as one may hold fewer than asked for, or unchanged `since`."""
        start, pages = 0, Pages("LinkedIn")
        while True:
            posts, count = await self.page(order, start)
            for seen in posts:
                yield seen
            old = since is not None and posts and all(seen.changed < since.astimezone(UTC) for seen in posts)
            if not count or old:
                return
            start += count
            pages.follow(tuple(seen.urn for seen in posts) or start)

    async def upload(self, name: str) -> str:
        """The URN of the picture that `name` stands for.

        LinkedIn may still be at work on it when the post is made, which it takes (unconfirmed). The bytes go by `PUT`, as
        in the Images API's own example.
        """
        found = COVER.fullmatch(name)
        try:
            url = found[1] if found else name
            picture = await self.http.picture(url, limit=PICTURES.size, types=PICTURES.types)
        except Rejected as refused:
            raise Rejected(refused.message, field="cover", next=f"{refused.next}; {_OR}") from None
        width, height = picture.dimensions or (0, 0)
        if width * height >= _PIXELS:
            said = f"{picture.name} has {width} × {height} pixels, LinkedIn takes {_PIXELS:,} at most"
            raise Rejected(said, field="cover", next=_ADVICE)
        wanted = {"initializeUploadRequest": {"owner": self.author}}
        url = f"{self.base_url}/rest/images?action=initializeUpload"
        answer = await self.http.post(url, json=wanted, headers=self.headers(), explain=explain)
        where, urn = _read(answer, _upload, "an upload")
        # The token goes along: to LinkedIn alone.
        home = urlsplit(self.base_url)
        if not where.startswith(f"{home.scheme}://{home.netloc}/") and not _LINKEDIN.match(where):
            raise Unavailable(f"LinkedIn wants the picture at {urlsplit(where).netloc}, which is not LinkedIn's")
        headers = self._bearer() | {"Content-Type": picture.media_type}
        try:
            await self.http.post(where, content=picture.content, headers=headers, method="PUT")
        except Rejected as refused:
            raise Rejected(
                f"LinkedIn: the picture was refused ({refused.message})", field="cover", next=_ADVICE
            ) from None
        return urn

    async def create(self, part: Part) -> Published:
        """`POST /rest/posts`.

        An organization's own list says whether what it is a copy of is there: LinkedIn has named posts that were not.
        Where the field for the alternative text of a card's picture is refused, which then is all that has happened, the
        card goes without it.
        """

        def refused(answer: Answer) -> Failure | None:
            failure = explain(answer)
            if isinstance(failure, Duplicate) and self.author.startswith("urn:li:organization:"):
                failure.existing = None
            return failure

        async def send(part: Part) -> Published:
            headers = self.headers()
            return created(await self.http.write("POST", self.posts_url, part, headers=headers, explain=refused))

        try:
            return await send(part)
        except (Rejected, NotEntitled) as failure:
            named = f"{failure.message} {getattr(failure, 'field', '')}"
            if CARD_ALT not in named or CARD_ALT not in card_of(part.payload):
                raise
        return await send(replace(part, payload=without_card_alt(part.payload)))

    async def grant(self, client_id: Secret, client_secret: Secret) -> Grant | None:
        """What the token may do and when it ends; `None` without the app's own credentials."""
        if not (client_id.present and client_secret.present):
            return None
        home = "https://www.linkedin.com" if self.base_url == HOME else self.base_url
        form = {"client_id": client_id.reveal(), "client_secret": client_secret.reveal(), "token": self.token.reveal()}
        answer = await self.http.post(f"{home}/oauth/v2/introspectToken", form=form, explain=explain_introspection)
        return _read(answer, grant, "what the token may do")

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.reveal()}"}


def _upload(body: Any) -> tuple[str, str]:
    """Where a picture goes, and the URN that it has then."""
    return str(body["value"]["uploadUrl"]), str(body["value"]["image"])


def _read(answer: Answer, read: Callable[[Any], T], what: str) -> T:
    try:
        return read(answer.json())
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Unavailable(f"LinkedIn answered with something other than {what} (HTTP {answer.status})") from None
