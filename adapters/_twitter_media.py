"""Pictures on X: which of them go with a post, how the draft names them, and how they get there.

At most 4 photos, or one GIF, a post; 5 MB, a GIF 15 MB; alternative text of at most 1,000 characters (gh:xdevplatform/docs
@2871328, media best practices and OpenAPI). An upload can be attached for 24 hours. That a GIF of more than 5 MB is taken
in one request, and that PNGs of several frames are not, is unconfirmed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .. import text
from ..adapter import Image, Part, Uploads
from ..errors import Failure, Rejected, Unavailable
from ._pictures import described, undescribed

if TYPE_CHECKING:
    from ..http import Answer
    from ._oauth import Api

#: Pictures a post; bytes of a photo and of a GIF; characters of an alternative text.
MOST = 4
PHOTOS = Uploads(size=5_000_000, types=("image/png", "image/jpeg", "image/gif", "image/webp"))
_GIF, _ALT = 15_000_000, 1000
#: Seconds between two looks at a picture that X is at work on.
_PAUSE = 3.0
_WORKING = {"pending", "in_progress"}
_NAME = re.compile(r"\{media:(\S+?)(?: (.*))?\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """The pictures that go with one post, and what of the others is to be said."""

    chosen: tuple[Image, ...]
    said: tuple[str, ...]


def shows(image: Image) -> bool:
    """Whether it is where it can be got from, and no drawing in SVG, of which X takes none."""
    return bool(re.match(r"https?://", image.url)) and not re.search(r"\.svgz?(?:[?#]|$)", image.url, re.IGNORECASE)


def choose(images: Sequence[Image], where: str) -> Choice:
    """The first that fit together."""
    wanted = [image for image in dict.fromkeys(images) if shows(image)]
    said = [f"{where}: {called(image)} is not attached, {_why_not(image)}" for image in images if not shows(image)]
    photos = [image for image in wanted if not _moves(image)] if len(wanted) > 1 else wanted
    photos = photos or wanted[:1]
    chosen = photos[:MOST]
    for image in wanted:
        if image not in chosen:
            why = "a GIF goes alone" if image not in photos else f"X takes {MOST} a post"
            said.append(f"{where}: {called(image)} is not attached, {why}")
    said += [f"{where}: {undescribed(image)}" for image in chosen if not described(image)]
    return Choice(tuple(replace(image, alt=described(image)) for image in chosen), tuple(said))


def called(image: Image) -> str:
    """A picture as a person knows it."""
    name = re.split(r"[?#]", image.url)[0].rpartition("/")[2] or image.url
    return f"“{' '.join(image.alt.split())[:60]}”" if image.alt.strip() else name or "a picture"


def media(images: Sequence[Image]) -> dict[str, Any]:
    """What stands in a draft for the ids of `images`: address and alternative text of each."""
    if not images:
        return {}
    alts = [text.fit(" ".join(image.alt.split()), _ALT) for image in images]
    names = [
        f"{{media:{image.url.replace(' ', '%20')} {alt}".rstrip() + "}" for image, alt in zip(images, alts, strict=True)
    ]
    return {"media": {"media_ids": names}}


def shown(words: str, payload: Mapping[str, Any]) -> str:
    """What a reader sees of a post: its words, and which pictures are below them."""
    pictures = [Image(*_parsed(name)) for name in (payload.get("media") or {}).get("media_ids") or ()]
    return "\n\n".join([words, *(f"[picture: {called(image).strip('“”')}]" for image in pictures)])


async def uploaded(part: Part, api: Api) -> Part:
    """`part` with the ids of its pictures, uploaded for it."""
    names = (part.payload.get("media") or {}).get("media_ids") or ()
    if not names:
        return part
    ids = [await _upload(*_parsed(name), api, alone=len(names) == 1) for name in names]
    return replace(part, payload={**part.payload, "media": {"media_ids": ids}})


async def _upload(url: str, alt: str, api: Api, *, alone: bool) -> str:
    gif = alone and _moves(Image(url))
    types = PHOTOS.types if alone else tuple(kind for kind in PHOTOS.types if kind != "image/gif")
    picture = await api.http.picture(url, limit=_GIF if gif else PHOTOS.size, types=types)
    category = "tweet_gif" if picture.media_type == "image/gif" else "tweet_image"
    file = {"media": (picture.name, picture.content, picture.media_type)}
    said = await _post(api, "/media/upload", form={"media_category": category}, files=file)
    try:
        id, state = str(said["data"]["id"]), _state(said)
    except (LookupError, TypeError):
        raise Unavailable("the answer to an upload could not be read") from None
    if state in _WORKING:
        waiting = replace(api, explain=lambda answer: _explain_status(answer) or api.explain(answer), at_work=True)
        await waiting.get("/media/upload", bool, command="STATUS", media_id=id)
    if alt:
        await _post(api, "/media/metadata", json={"id": id, "metadata": {"alt_text": {"text": alt}}})
    return id


def _state(body: Any) -> str:
    """A GIF may need some time; nothing is said of what is ready."""
    return str((body["data"].get("processing_info") or {}).get("state", "succeeded"))


def _explain_status(answer: Answer) -> Failure | None:
    """What is not ready is asked for again, as long as this run has patience."""
    try:
        state = _state(answer.json_or_none()) if answer.ok else ""
    except (LookupError, TypeError, AttributeError):
        state = ""
    if state in _WORKING:
        return Unavailable("X is still working on a picture", until=answer.after(_PAUSE))
    if state == "failed":
        return Rejected(
            "X could not make use of a picture", field="pictures", next="change the picture, or take it out"
        )
    return None


async def _post(api: Api, path: str, **sent: Any) -> Any:
    """What X says to a request that no reader sees anything of."""
    url = f"{api.base_url}{path}"

    async def send(headers: Mapping[str, str]) -> Answer:
        return await api.http.post(url, headers=headers, explain=api.explain, **sent)

    return (await api.authorize(api.http, "POST", url, send)).json_or_none()


def _parsed(name: str) -> tuple[str, str]:
    found = _NAME.fullmatch(name)
    return (found[1], found[2] or "") if found else (name, "")


def _moves(image: Image) -> bool:
    return bool(re.search(r"\.gif(?:[?#]|$)", image.url, re.IGNORECASE))


def _why_not(image: Image) -> str:
    return "X takes no SVG" if re.match(r"https?://", image.url) else "it isn't on the web"
