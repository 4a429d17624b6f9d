"""Pictures that an adapter uploads: fetched within limits, from public addresses alone."""

from __future__ import annotations

import asyncio
import base64
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from syndicate.config import Config
from syndicate.errors import Rejected, Unavailable
from syndicate.network import _trusted
from syndicate.pictures import Picture, fetch_picture, picture_of
from syndicate.sandbox.picture import PIXEL

HOST = "https://pics.example.org"
TRUSTED = ("pics.example.org", "127.0.0.1")


class Pieces(httpx.AsyncByteStream):
    """A body that comes from the network piece by piece."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), 400):
            yield self._content[start : start + 400]


def fetch(answer: Callable[[httpx.Request], httpx.Response], url: str = f"{HOST}/a.jpeg?token=t0ken") -> Picture:
    """The picture at `url`, of a host that the config names."""

    def streamed(request: httpx.Request) -> httpx.Response:
        made = answer(request)
        content = made.extensions.get("raw") or made.content
        return httpx.Response(made.status_code, headers=made.headers, stream=Pieces(content))

    async def once() -> Picture:
        async with httpx.AsyncClient(transport=httpx.MockTransport(streamed)) as client:
            return await fetch_picture(client, url, limit=1000, deadline=2.0, trusted=TRUSTED)

    return asyncio.run(once())


def test_fetched() -> None:
    """The bytes decide what it is, whatever its name and its server say; the name gets the fitting suffix."""
    picture = fetch(lambda _: httpx.Response(200, content=PIXEL, headers={"Content-Type": "text/plain"}))
    assert (picture.content, picture.media_type, picture.name) == (PIXEL, "image/png", "a.png")


def test_redirects_are_followed() -> None:
    """A picture that has moved is found, a few times over."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/b.png":
            return httpx.Response(200, content=PIXEL)
        return httpx.Response(302, headers={"Location": f"{HOST}/b.png"})

    assert fetch(answer).name == "b.png"
    with pytest.raises(Unavailable, match="redirected"):
        fetch(lambda _: httpx.Response(302, headers={"Location": f"{HOST}/again"}))


@pytest.mark.parametrize("place", ["http://169.254.169.254/x", "http://10.0.0.1/x.png", "file:///etc/passwd"])
def test_no_private_address(place: str) -> None:
    """A redirect into a private network, or out of the web, is refused before anything is asked there."""
    with pytest.raises(Rejected):
        fetch(lambda _: httpx.Response(302, headers={"Location": place}))
    with pytest.raises(Rejected):
        fetch(lambda _: httpx.Response(200, content=PIXEL), place)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (httpx.Response(404), Rejected, "HTTP 404"),
        (httpx.Response(503), Unavailable, "HTTP 503"),
        (httpx.Response(200, content=b"<svg/>"), Rejected, "no picture"),
        (httpx.Response(200, content=PIXEL + b"x" * 1000), Rejected, "1,000 bytes"),
    ],
)
def test_trouble(answer: httpx.Response, kind: type[Exception], words: str) -> None:
    """What is missing, later, no picture or too large is told, without the query, which may hold a token."""
    with pytest.raises(kind, match=words) as caught:
        fetch(lambda _: answer)
    assert "t0ken" not in str(caught.value)


def test_lost_connection() -> None:
    """A server that breaks off is one that may answer later."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone")

    with pytest.raises(Unavailable, match="ReadError"):
        fetch(answer)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
    ],
)
def test_kinds(start: bytes, kind: str) -> None:
    """The kinds that platforms take are known by their first bytes."""
    assert picture_of(start, "https://a.example/%E5%9B%BE.x", limit=100).media_type == kind


def test_hosts_that_the_config_names() -> None:
    """The site's host and the targets' may be anywhere: whoever writes the config chose them."""
    assert "blog.internal" in _trusted(Config(Path("x"), site_url="https://blog.internal/x"), ())


def test_pixel_is_a_picture() -> None:
    """What stands for all pictures in the contract suite is one."""
    assert base64.b64encode(PIXEL).startswith(b"iVBOR")


def packed(content: bytes, encoding: str = "gzip") -> httpx.Response:
    """An answer whose body is compressed, though nobody asked for that."""
    return httpx.Response(200, headers={"Content-Encoding": encoding}, extensions={"raw": content}, stream=Pieces(b""))


def test_packed_all_the_same() -> None:
    """A server that compresses without being asked is understood."""
    assert fetch(lambda _: packed(gzip.compress(PIXEL))).content == PIXEL


def test_bomb() -> None:
    """What is small only on its way is not unpacked further than the limit; nor is what is packed in another way."""
    bomb = gzip.compress(PIXEL + b"\0" * 50_000_000)[:900]
    tracemalloc.start()
    with pytest.raises((Rejected, Unavailable)):
        fetch(lambda _: packed(bomb))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    for encoding in ("br", "gzip, gzip"):
        with pytest.raises(Rejected, match="packed"):
            fetch(lambda _, encoding=encoding: packed(PIXEL, encoding))  # type: ignore[misc]


@pytest.mark.parametrize("url", ["http://[::1/x.png", "https://a.example:port/x", "https://\x00/x"])
def test_addresses_that_are_none(url: str) -> None:
    """A cover's address may be anything: it is refused in words, as the cover."""
    with pytest.raises(Rejected) as caught:
        fetch(lambda _: httpx.Response(200, content=PIXEL), url)
    assert caught.value.field == "cover"


def test_a_redirect_that_is_none() -> None:
    """Nor does a server's word break anything."""
    for location in ("http://[::1", "https://a.example:port/"):
        with pytest.raises(Unavailable):
            fetch(lambda _, to=location: httpx.Response(302, headers={"Location": to}))  # type: ignore[misc]
    with pytest.raises(Unavailable):
        fetch(lambda _: httpx.Response(302))
