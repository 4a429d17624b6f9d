"""Pictures that an adapter uploads: fetched from the web, within limits, never from a private network.

A feed's author chooses its pictures' addresses, and what is uploaded becomes public: an address of this machine's own
network is refused unless the config names its host.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from .errors import Rejected, Unavailable
from .local import local

if TYPE_CHECKING:
    import httpx

_MOST_HOPS = 5
#: First bytes → media type. What a server says of a picture is often wrong.
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"GIF89a", "image/gif", ".gif"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes, its media type as its bytes say, and a file name with a fitting suffix."""

    content: bytes
    media_type: str
    name: str

    @property
    def dimensions(self) -> tuple[int, int] | None:
        """Width and height in pixels, as it is shown; `None`: they cannot be told."""
        from .picture_size import dimensions

        return dimensions(self.content)


def picture_of(content: bytes, url: str, *, limit: int) -> Picture:
    """Checks what came from `url`. Raises `Rejected`: no picture, or more than `limit` bytes."""
    advice = "change the picture, or take it out"
    if len(content) > limit:
        raise Rejected(f"{_shown(url)} has more than {limit:,} bytes", field="cover", next=advice)
    kind = _kind(content)
    if kind is None:
        raise Rejected(f"{_shown(url)} is no picture (PNG, JPEG, GIF, WebP, AVIF)", field="cover", next=advice)
    media_type, suffix = kind
    stem = unquote(urlsplit(url).path).rsplit("/", 1)[-1].rsplit(".", 1)[0]
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in stem).strip("-") or "picture"
    return Picture(content, media_type, name[:80] + suffix)


def is_picture(content: bytes) -> bool:
    """Whether these are the bytes of a picture, of a kind that platforms take."""
    return _kind(content) is not None


def _kind(content: bytes) -> tuple[str, str] | None:
    """Media type and suffix."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", ".webp"
    if content[4:12] == b"ftypavif":
        return "image/avif", ".avif"
    return next(((kind, suffix) for start, kind, suffix in _MAGIC if content.startswith(start)), None)


async def fetch_picture(
    client: httpx.AsyncClient, url: str, *, limit: int, deadline: float, trusted: Collection[str]
) -> Picture:
    """Fetches the picture at `url`.

    Args:
        client: Follows no redirects by itself.
        url: http or https.
        limit: Bytes that it may have.
        deadline: Seconds for all of it.
        trusted: Hosts that may be anywhere: those that the config names.

    Raises:
        Rejected: there is none, it is too large, it is no picture, or its host is not public.
        Unavailable: it cannot be had now.
    """
    import asyncio  # here, as whoever only looks at a picture's first bytes needs none

    import httpx

    from .feed import FeedTrouble
    from .feed.guard import check_hop

    try:
        at = httpx.URL(url)
    except httpx.InvalidURL:
        said = f"{_shown(url)} is no address of a picture"
        raise Rejected(said, field="cover", next="give its https:// address") from None
    try:
        async with asyncio.timeout(deadline):
            for _ in range(_MOST_HOPS):
                if at.scheme not in ("http", "https"):
                    raise Rejected(f"{_shown(url)} is not on the web", field="cover", next="give its https:// address")
                address = await check_hop(at, trusted=trusted)
                async with client.stream("GET", **_pinned(at, address)) as answer:
                    if answer.is_redirect:
                        at = at.join(answer.headers["location"])
                        continue
                    if answer.status_code >= 500 or answer.status_code == 429:
                        raise Unavailable(f"{_shown(url)} cannot be had now: HTTP {answer.status_code}")
                    if not answer.is_success:
                        said = f"there is no picture at {_shown(url)}: HTTP {answer.status_code}"
                        raise Rejected(said, field="cover", next="put the picture on the web, or take it out")
                    return picture_of(await _content(answer, url, limit), str(at), limit=limit)
    except FeedTrouble as trouble:
        if trouble.kind != "refused":
            raise Unavailable(f"{_shown(url)} cannot be had: there is no such host") from None
        said = f"{_shown(url)} leads to an address that is not public"
        raise Rejected(said, field="cover", next="name its host in `watch.hosts`, if that is meant") from None
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, KeyError) as error:
        raise Unavailable(f"{_shown(url)} could not be fetched ({type(error).__name__})") from None
    raise Unavailable(f"{_shown(url)}: redirected more than {_MOST_HOPS} times")


async def _content(answer: httpx.Response, url: str, limit: int) -> bytes:
    """The picture's bytes. Decompressed by ourselves: a server that packs them all the same may have packed a bomb."""
    from .feed import FeedTrouble
    from .feed.body import read_body

    try:
        return await read_body(answer, limit)
    except FeedTrouble as trouble:
        if trouble.kind == "unavailable":
            raise Unavailable(f"{_shown(url)} could not be fetched: {trouble.message}") from None
        said = f"{_shown(url)} has more than {limit:,} bytes, or is packed in a way that was not asked for"
        raise Rejected(said, field="cover", next="change the picture, or take it out") from None


def _pinned(url: httpx.URL, address: str | None) -> dict[str, Any]:
    """The request to the address that was checked, in the place of the name."""
    plain = {"Accept": "image/*", "Accept-Encoding": "identity"}
    if address is None:
        return {"url": url, "headers": plain}
    # A kept connection is known by its address alone: another name there must not come by this one's.
    host = {"Host": url.netloc.decode("ascii"), "Connection": "close"}
    name = url.raw_host.decode("ascii").strip("[]")
    return {"url": url.copy_with(host=address), "headers": plain | host, "extensions": {"sni_hostname": name}}


def _shown(url: str) -> str:
    """An address without its query, which may hold a token; the path of a picture of the project."""
    if there := local(url):
        return str(there.path)
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the cover's address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
