"""Pictures of the project on Hashnode: uploaded to its store, and shown from its CDN.

`createImageUploadURL` gives a form that S3 takes with the file behind it; what lies there is shown from
`https://cdn.hashnode.com/<key>`. At most 8 MB, no SVG. Facts: gh:Hashnode/gql-skill, references/mutations.md and recipes.md.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..adapter import Part, Uploads
from ..errors import Unavailable
from ..local import Local, local, locals_in
from ._reading import same_text, tidy
from ._s3 import store

if TYPE_CHECKING:
    from ..http import Http

UPLOAD = (
    "mutation Upload($input: CreateImageUploadInput!) { createImageUploadURL(input: $input) { "
    "presignedPost { url fields } } }"
)
PICTURES = Uploads(size=8_000_000, types=("image/png", "image/jpeg", "image/gif", "image/webp"))
CDN = "https://cdn.hashnode.com/"
#: Bytes that an address there may have; those that were seen have some 80.
_LONGEST = 200
_ANY = re.compile(r"https://picture\.invalid/[\w./~%-]+")
_SHOWN = re.escape(CDN) + r"[^\s()<>\"]+"
#: Fields that name the cover, in a post and in a draft.
_COVERS = ("coverImage", "coverImageURL")

#: Sends a GraphQL operation with its variables, and gives the answer's `data`.
Ask = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Store:
    """Where pictures go, for one attempt. `base_url`: the API's, whose token goes nowhere else."""

    http: Http
    base_url: str
    ask: Ask

    async def filled(self, part: Part) -> Part:
        """`part` with the addresses of its pictures, which are uploaded, each once.

        Raises:
            Failure: one cannot be had, made to fit, or taken, or not now.
        """
        wanted = part.payload["variables"]["input"]
        there: dict[str, str] = {}
        for picture in _pictures(wanted):
            if picture.digest not in there:
                there[picture.digest] = await self._upload(picture)
        return _with(part, there) if there else part

    async def _upload(self, picture: Local) -> str:
        file = await self.http.picture(picture.address, limit=PICTURES.size, types=PICTURES.types)
        answer = await self.ask(UPLOAD, input={"contentType": file.media_type})
        try:
            form = answer["createImageUploadURL"]["presignedPost"]
            url, fields = str(form["url"]), {str(name): str(value) for name, value in form["fields"].items()}
            key = fields["key"]
        except (LookupError, TypeError, AttributeError):
            raise Unavailable("Hashnode answered without a place for a picture") from None
        await store(self.http, self.base_url, url, fields, (file.name, file.content, file.media_type))
        return CDN + quote(key, safe="/%~")


def reserve(wanted: Mapping[str, Any]) -> int:
    """Bytes that the request with `wanted` may grow by when the addresses on the CDN are put in."""
    text = f"{wanted['contentMarkdown']}\n{_cover(wanted)}"
    return sum(max(0, _LONGEST - len(found[0])) for found in _ANY.finditer(text) if local(found[0]))


def same_markdown(sent: str, there: str) -> bool:
    """Whether a text is what was sent, with an address of the CDN for each picture that was uploaded for it."""
    if not locals_in(sent):
        return same_text(sent, there)
    sent, there = tidy(sent), tidy(there)
    wanted, end = "", 0
    for found in _ANY.finditer(sent):
        wanted += re.escape(sent[end : found.start()]) + (_SHOWN if local(found[0]) else re.escape(found[0]))
        end = found.end()
    return bool(re.fullmatch(wanted + re.escape(sent[end:]), there))


def _pictures(wanted: Mapping[str, Any]) -> tuple[Local, ...]:
    return locals_in(f"{wanted['contentMarkdown']}\n{_cover(wanted)}")


def _cover(wanted: Mapping[str, Any]) -> str:
    options = wanted.get("coverImageOptions") or {}
    return str(wanted.get("coverImage") or options.get("coverImageURL") or "")


def _with(part: Part, there: Mapping[str, str]) -> Part:
    """`part` with the addresses of what was uploaded: digest → address."""

    def at(found: re.Match[str]) -> str:
        own = local(found[0])
        return there.get(own.digest, found[0]) if own else found[0]

    variables = part.payload["variables"]
    wanted = {**variables["input"], "contentMarkdown": _ANY.sub(at, variables["input"]["contentMarkdown"])}
    cover = _cover(wanted)
    sent = replace(part, payload={**part.payload, "variables": {**variables, "input": wanted}})
    return sent.filled({cover: _ANY.sub(at, cover)}, fields=_COVERS) if cover else sent
