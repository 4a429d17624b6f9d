"""One WordPress site: its addresses, its lists, and what a post names there: tags, categories, pictures."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ..adapter import Part, Secret, Uploads
from ..errors import Duplicate, Rejected, Unavailable
from ._reading import Pages
from ._site import LARGEST, Upload, is_inline, names_in, placed, stamp, uploaded
from ._wordpress_answers import explain

if TYPE_CHECKING:
    from ..http import Http


#: AVIF since WordPress 6.5, WebP since 5.8; a site whose PHP cannot read them refuses them.
PICTURES = Uploads(size=LARGEST, types=("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"))


@dataclass(frozen=True, slots=True)
class Site:
    """The REST API of the site at `root`. `plain`: it has no pretty permalinks."""

    root: str
    username: str
    password: Secret
    http: Http
    plain: bool = False

    def url(self, route: str, **query: str) -> str:
        if self.plain:
            return f"{self.root}/?{urlencode({'rest_route': f'/wp/v2/{route}', **query})}"
        return f"{self.root}/wp-json/wp/v2/{route}" + (f"?{urlencode(query)}" if query else "")

    @property
    def headers(self) -> dict[str, str]:
        pair = f"{self.username}:{self.password.reveal()}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    async def get(self, route: str, **query: str) -> Any:
        """What is there, as JSON; `None` when it is something else."""
        return (await self.http.get(self.url(route, **query), headers=self.headers, explain=explain)).json_or_none()

    async def posts(self, **query: str) -> AsyncIterator[dict[str, Any]]:
        """All posts of a list, as their author sees them. Raises `Unavailable` when it does not come to its end."""
        page, pages = 1, Pages("WordPress")
        while True:
            url = self.url("posts", context="edit", per_page="100", page=str(page), **query)
            answer = await self.http.get(url, headers=self.headers, explain=explain)
            items = answer.json_or_none()
            if not isinstance(items, list):
                raise Unavailable("WordPress answered with something other than a list of posts")
            pages.follow(tuple(item["id"] for item in items))
            for item in items:
                yield item
            if page >= int(answer.headers.get("x-wp-totalpages") or 1):
                return
            page += 1

    async def filled(self, part: Part) -> Part:
        """`part` with what its names become: ids of tags, categories and cover, addresses of pictures.

        What is missing is made. A lost answer to that leaves no second one: names of tags are unique, and a picture is
        looked for by its slug.

        Raises:
            Failure: a category is not there, or something cannot be made, or not now.
        """
        ids: dict[str, list[int]] = {}
        for field, ask in (("tags", self._tag), ("categories", self._category)):
            if names := part.payload.get(field):
                ids[field] = [await ask(name[1:-1].partition(":")[2]) for name in names]
        part = replace(part, payload={**part.payload, **ids})
        names = names_in(part)
        if not names:
            return part
        done = await uploaded(part, self.http, self._upload, await self._media(part), PICTURES)
        values: dict[str, Any] = {}
        for name, one in names.items():
            id, address = done.get(stamp(one.url), (0, one.kept or ""))
            values[name] = escape(address) if is_inline(name) else id
        return placed(part, values)

    async def _category(self, name: str) -> int:
        if (known := await self._term("categories", name)) is not None:
            return known
        said = f"the site has no category “{name}”"
        raise Rejected(said, field="categories", next="make it in WordPress, or change `categories` in the config")

    async def _tag(self, name: str) -> int:
        if (known := await self._term("tags", name)) is not None:
            return known
        try:
            made = await self.http.post(self.url("tags"), json={"name": name}, headers=self.headers, explain=explain)
        except Duplicate as there:
            if not there.existing:
                raise
            return int(there.existing.id)
        return int(_made(made.json_or_none(), "id")["id"])

    async def _term(self, kind: str, name: str) -> int | None:
        terms = await self.get(kind, search=name, per_page="100")
        if not isinstance(terms, list):
            raise Unavailable(f"WordPress answered with something other than a list of {kind}")
        same = [term for term in terms if unescape(str(term.get("name"))).casefold() == name.casefold()]
        return int(same[0]["id"]) if same else None

    async def _media(self, part: Part) -> dict[str, tuple[int, str]]:
        """What the library has already of the pictures in `part`: by `stamp`, id and address."""
        marks = (stamp(one.url) for one in names_in(part).values())
        slugs = {f"picture-{mark}": mark for mark in marks}
        items = await self.get("media", slug=",".join(slugs), per_page="100")
        found = [item for item in items if item.get("slug") in slugs] if isinstance(items, list) else []
        return {slugs[item["slug"]]: (int(item["id"]), str(item["source_url"])) for item in found}

    async def _upload(self, upload: Upload) -> tuple[int, str]:
        """`POST /media`. Its slug is fixed, so that it is found the next time; of words in brackets WordPress makes nothing."""
        answer = await self.http.post(
            self.url("media"),
            files={"file": (upload.name, upload.content, upload.media_type)},
            form={"alt_text": escape(upload.alt, quote=False), "slug": f"picture-{upload.stamp}"},
            headers=self.headers,
            explain=explain,
        )
        made = _made(answer.json_or_none(), "source_url")
        return int(made["id"]), str(made["source_url"])


def _made(body: Any, needed: str) -> dict[str, Any]:
    if not isinstance(body, dict) or not body.get("id") or not body.get(needed):
        raise Unavailable("WordPress answered with something other than what was made")
    return body
