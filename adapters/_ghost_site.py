"""One Ghost site: its Admin API, the token that each request carries, its lists, and uploads of pictures."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ..adapter import Part, Secret, Uploads
from ..errors import Unauthorized, Unavailable
from ._ghost_answers import KEY, explain, posts_in, tag_in
from ._reading import Pages
from ._site import LARGEST, Upload, is_inline, names_in, placed, stamp, uploaded

if TYPE_CHECKING:
    from ..http import Answer, Http

#: Stands for what only the moment of sending tells: `scheduled`, or `published` when the date is past.
STATUS = "{status}"
#: Seconds; Ghost takes tokens that live for 5 minutes at most.
_LIFE = 240
#: Ghost takes what it can make smaller sizes of (`uploads.images` in its config; SVG keeps its address).
PICTURES = Uploads(size=LARGEST, types=("image/png", "image/jpeg", "image/gif", "image/webp"))
#: Addresses, but for those of the smaller copies that Ghost makes of a picture and names in `srcset`.
_UPLOADED = re.compile(r"https?://(?![^\s\"'<>()]*/content/images/size/)[^\s\"'<>()]+")


@dataclass(frozen=True, slots=True)
class Site:
    """The Admin API of the site at `root`."""

    root: str
    key: Secret
    http: Http

    def url(self, route: str, **query: str) -> str:
        return f"{self.root}/ghost/api/admin/{route}" + (f"?{urlencode(query)}" if query else "")

    @property
    def headers(self) -> dict[str, str]:
        """A token made with the key's secret, good for a few minutes by this machine's clock.

        Raises:
            Unauthorized: the key is none.
        """
        import jwt

        id, _, secret = self.key.reveal().partition(":")
        if not re.fullmatch(r"[0-9a-f]+", id) or not re.fullmatch(r"(?:[0-9a-f]{2}){32,}", secret):
            raise Unauthorized("this is no Admin API key: it has the form `id:secret`, both in hexadecimal", next=KEY)
        now = int(datetime.now(UTC).timestamp())
        # A clock that is a little ahead would make a token that is not good yet.
        claims = {"iat": now - 30, "exp": now - 30 + _LIFE, "aud": "/admin/"}
        token = jwt.encode(claims, bytes.fromhex(secret), algorithm="HS256", headers={"kid": id})
        return {"Authorization": f"Ghost {token}", "Accept-Version": "v5.0"}

    async def get(self, route: str, **query: str) -> Answer:
        return await self.http.get(self.url(route, **query), headers=self.headers, explain=explain)

    async def posts(self, **query: str) -> AsyncIterator[dict[str, Any]]:
        """All posts of a list. Raises `Unavailable` when it does not come to its end."""
        page: int | None = 1
        pages = Pages("Ghost")
        while page:
            posts, page = posts_in(await self.get("posts/", limit="100", page=str(page), **query))
            for post in posts:
                yield post
            if page:
                pages.follow(page)

    async def filled(self, part: Part, status: str, there: str = "") -> Part:
        """`part` with what its names become: tags as they are spelt there, the addresses of uploads, `status`.

        A picture within the text that cannot be taken keeps its address. `there`: text that may hold addresses of what
        was uploaded before, such as the post as it stands.
        """
        known: dict[str, str] = {}
        names = names_in(part)
        for address in _UPLOADED.findall(there):
            known |= {
                mark: address for mark in map(stamp, (one.url for one in names.values())) if f"-{mark}" in address
            }
        done = await uploaded(part, self.http, self._upload, known, PICTURES)
        addresses = {name: done.get(stamp(one.url), one.kept or "") for name, one in names.items()}
        pictures = {name: escape(at) if is_inline(name) else at for name, at in addresses.items()}
        (post,) = placed(part, pictures).payload["posts"]
        more = {"status": status} if post.get("status") == STATUS else {}
        return replace(part, payload={"posts": [{**post, "tags": await self._tags(post["tags"]), **more}]})

    async def _tags(self, names: Sequence[str]) -> list[str]:
        """Ghost tells tags by their exact spelling: beside `Python`, `python` would be a second one."""
        if not names:
            return []
        tags = [tag_in(name) for name in names]
        asked = ",".join("name:~'{}'".format(tag.replace("'", "\\'")) for tag in tags)
        body = (await self.get("tags/", filter=asked, limit="100", fields="name")).json_or_none()
        there = body.get("tags") if isinstance(body, dict) else None
        if not isinstance(there, list):
            raise Unavailable("Ghost answered with something other than a list of tags")
        spelt = {str(tag["name"]).casefold(): str(tag["name"]) for tag in there}
        exact = {str(tag["name"]) for tag in there}
        return [tag if tag in exact else spelt.get(tag.casefold(), tag) for tag in tags]

    async def _upload(self, upload: Upload) -> str:
        """`POST /images/upload/`. A repeat leaves a second file, which nothing shows: Ghost has no list of them."""
        answer = await self.http.post(
            self.url("images/upload/"),
            files={"file": (upload.name, upload.content, upload.media_type)},
            form={"purpose": "image", "ref": upload.name},
            headers=self.headers,
            explain=explain,
        )
        try:
            return str(answer.json()["images"][0]["url"])
        except (ValueError, KeyError, IndexError, TypeError):
            raise Unavailable("Ghost answered with something other than a picture") from None
