"""Pictures on Mastodon: how a draft names them, how they get there, and whether those of a status are the ones sent.

`POST /api/v2/media` answers 202 while it is at work on a large one, or on a GIF, of which it makes a film; until then
`GET /api/v1/media/:id` answers 206, and no status takes it. 30 uploads in 30 minutes; an upload that no status takes is
dropped after a while. Mastodon itself makes smaller what has many pixels. From gh:mastodon/mastodon (`Api::V2::MediaController`,
`MediaAttachment`, `UpdateStatusService`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..adapter import Image, Part, Uploads
from ..errors import Failure, Rejected, Unavailable
from ._reading import same_line

if TYPE_CHECKING:
    from ..http import Answer, Explain
    from ._oauth import Api

#: What an instance takes if it says nothing else: less than 16 MiB (`less_than`). Newer ones take HEIC and AVIF too.
PICTURES = Uploads(size=16 * 1024 * 1024 - 1, types=("image/png", "image/jpeg", "image/gif", "image/webp"))
#: Characters of a description.
ALT = 1500
#: Seconds between two looks at a picture that it is at work on.
_PAUSE = 3.0
_NAME = re.compile(r"\{media:(\S*?)(?: (.*))?\}", re.DOTALL)
_OR = 'or set `pictures = "never"` for this target'
_ADVICE = f"change the picture, {_OR}"


def named(image: Image) -> str:
    """What stands in a draft for the id of a picture: its address and alternative text."""
    return f"{{media:{image.url.replace(' ', '%20')} {image.alt}".rstrip() + "}"


def alt_of(name: str) -> str:
    found = _NAME.fullmatch(name)
    return (found and found[2]) or ""


def names_of(payload: Mapping[str, Any]) -> Sequence[str]:
    """The pictures of a draft."""
    names: Sequence[str] = payload.get("media_ids") or ()
    return names


def same_pictures(sent: Sequence[str], there: Sequence[str]) -> bool:
    """Whether there are as many, with the same alternative texts. What they show is not compared."""
    return len(sent) == len(there) and all(
        same_line(alt_of(one), alt_of(other)) for one, other in zip(sent, there, strict=True)
    )


def described(status: Mapping[str, Any]) -> list[str]:
    """The pictures (films, sounds) of a status, named as in a draft."""
    found = status.get("media_attachments") or ()
    return [named(Image(str(one.get("url") or ""), " ".join((one.get("description") or "").split()))) for one in found]


@dataclass(frozen=True, slots=True)
class Media:
    """The uploads of one attempt. `size`: bytes that the instance takes."""

    api: Api
    size: int

    async def attached(self, part: Part) -> Part:
        """`part` with the ids of its pictures, uploaded for it."""
        ids = [await self._upload(name) for name in names_of(part.payload)]
        return replace(part, payload={**part.payload, "media_ids": ids}) if ids else part

    async def _upload(self, name: str) -> str:
        found = _NAME.fullmatch(name)
        try:
            picture = await self.api.http.picture(found[1] if found else name, limit=self.size, types=PICTURES.types)
        except Rejected as refused:
            raise Rejected(refused.message, field="pictures", next=f"{refused.next}; {_OR}") from None
        url = f"{self.api.base_url}/api/v2/media"
        file = {"file": (picture.name, picture.content, picture.media_type)}
        alt = {"description": alt_of(name)} if alt_of(name) else None
        explain = _explained(self.api.explain)

        async def send(headers: Mapping[str, str]) -> Answer:
            return await self.api.http.post(url, files=file, form=alt, headers=headers, explain=explain)

        answer = await self.api.authorize(self.api.http, "POST", url, send)
        body = answer.json_or_none()
        if not isinstance(body, dict) or "id" not in body:
            raise Unavailable(f"Mastodon's answer to an upload could not be read (HTTP {answer.status})")
        if answer.status == 202:
            waiting = replace(self.api, explain=explain, at_work=True)
            await waiting.get(f"/api/v1/media/{quote(str(body['id']))}", bool)
        return str(body["id"])


def _explained(explain: Explain) -> Explain:
    """What is not ready is asked for again, as long as this run has patience; a refusal is of the picture."""

    def said(answer: Answer) -> Failure | None:
        if answer.status == 206:
            said = "Mastodon is still at work on a picture"
            return Unavailable(said, until=answer.after(_PAUSE), next="run the same command again")
        if answer.status == 413:
            return Rejected(f"Mastodon: the picture is too large ({answer.words()})", field="pictures", next=_ADVICE)
        failure = explain(answer)
        if isinstance(failure, Rejected) and answer.status == 422:
            return Rejected(failure.message, field="pictures", next=_ADVICE)
        return failure

    return said
