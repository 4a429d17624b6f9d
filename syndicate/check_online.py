"""Whether the pictures of a post answer: asked for now, from public addresses alone, with no effect anywhere.

A post's author may not be who runs this, and pictures redirect: each address is looked up, checked and used as it was
checked, as for pictures that are uploaded (`syndicate.pictures`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

_MOST_HOPS = 5
_AT_ONCE = 8
#: Seconds for one picture, redirects included.
_EACH = 15.0
#: Bytes of a picture that tell what it is.
_BEGIN = 512
_MAGIC = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|....ftyp(?:avif|avis|heic|mif1)|BM....\0\0\0\0", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of asking for a picture. `status` is HTTP's, `bytes` its length where it was told.

    `message` says what is wrong; it is empty when a picture is there.
    """

    url: str
    status: int | None
    message: str = ""
    bytes: int | None = None


def ask(urls: Iterable[str], *, trusted: Collection[str] = (), deadline: float = 60.0) -> dict[str, Answer]:
    """Asks for each of `urls` once, side by side.

    Args:
        urls: http or https.
        trusted: Hosts that may be anywhere: those that the user named.
        deadline: Seconds for all of them; what has not been answered by then is said to be so.
    """
    wanted = list(dict.fromkeys(urls))
    if not wanted:
        return {}
    return {answer.url: answer for answer in asyncio.run(_ask(wanted, trusted, deadline))}


async def _ask(urls: list[str], trusted: Collection[str], deadline: float) -> list[Answer]:
    from .feed.fetch import make_feed_client

    slots = asyncio.Semaphore(_AT_ONCE)
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline
    async with make_feed_client(_EACH, _AT_ONCE) as client:

        async def one(url: str) -> Answer:
            async with slots:
                left = min(_EACH, end - loop.time())
                if left <= 0:
                    return Answer(url, None, "was not asked for: the time for all pictures was over")
                try:
                    async with asyncio.timeout(left):
                        return await _look(client, url, trusted)
                except TimeoutError:
                    return Answer(url, None, f"does not answer within {left:.0f} seconds")

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(url)) for url in urls]
    return [task.result() for task in tasks]


async def _look(client: httpx.AsyncClient, url: str, trusted: Collection[str]) -> Answer:
    """HEAD; and the first bytes, where a server takes no HEAD or its word alone does not make it a picture."""
    import httpx

    from .feed import FeedTrouble

    try:
        answer = await _one(client, "HEAD", url, trusted)
        if answer is None or (answer.message and answer.status != httpx.codes.TOO_MANY_REQUESTS):
            answer = await _one(client, "GET", url, trusted) or Answer(url, None, "does not answer")
        return answer
    except FeedTrouble as trouble:
        refused = "leads to an address that is not public, and was not asked for"
        return Answer(url, None, refused if trouble.kind == "refused" else "there is no such host")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError, ValueError):
        return Answer(url, None, "is no usable address")
    except httpx.HTTPError as error:
        return Answer(url, None, f"does not answer ({type(error).__name__})")


async def _one(client: httpx.AsyncClient, method: str, url: str, trusted: Collection[str]) -> Answer | None:
    """The answer to one method, redirects followed; `None`: the server breaks off at a HEAD."""
    import httpx

    at = httpx.URL(url)
    for _ in range(_MOST_HOPS + 1):
        if at.scheme not in ("http", "https") or not at.host:
            return Answer(url, None, "leads to what is not on the web")
        try:
            async with client.stream(method, **await _request(at, method, trusted)) as response:
                if not response.has_redirect_location:
                    return await _told(url, response, method)
                at = at.join(response.headers["location"]).copy_with(fragment=None)
        except httpx.RemoteProtocolError:
            if method == "HEAD":
                return None
            raise
    return Answer(url, None, f"is redirected more than {_MOST_HOPS} times")


async def _request(at: httpx.URL, method: str, trusted: Collection[str]) -> dict[str, Any]:
    """The request to the very address that was checked."""
    from .feed.guard import check_hop

    address = await check_hop(at, trusted=trusted)
    headers = {"Accept": "image/*,*/*;q=0.1", "Accept-Encoding": "identity", "Cache-Control": "no-cache"}
    if method == "GET":
        headers["Range"] = f"bytes=0-{_BEGIN - 1}"
    if address is None:
        return {"url": at, "headers": headers}
    # A kept connection is known by its address alone: another name there must not come by this one's.
    headers |= {"Host": at.netloc.decode("ascii"), "Connection": "close"}
    name = at.raw_host.decode("ascii").strip("[]")
    return {"url": at.copy_with(host=address), "headers": headers, "extensions": {"sni_hostname": name}}


async def _told(url: str, response: httpx.Response, method: str) -> Answer:
    status = response.status_code
    if not response.is_success:
        return Answer(
            url, status, f"is not there (HTTP {status})" if status in (404, 410) else f"answers HTTP {status}"
        )
    whole = response.headers.get("content-range", "").rpartition("/")[2] if status == 206 else ""
    length = whole or ("" if status == 206 else response.headers.get("content-length", ""))
    size = int(length) if length.isdecimal() and len(length) < 16 else None
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if method == "HEAD":
        return Answer(url, status, "" if kind.startswith("image/") else "is no picture", size)
    begin = b""
    async for piece in response.aiter_raw():
        begin += piece
        if len(begin) >= _BEGIN:
            break
    if _is_picture(begin, kind):
        return Answer(url, status, "", size)
    return Answer(url, status, f"is no picture but {kind or 'something without a name'}", size)


def _is_picture(begin: bytes, kind: str) -> bool:
    """What it is by its first bytes; of kinds that are not known here, by the server's word."""
    text = begin.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<"):
        return b"<svg" in text and not re.match(rb"<(?:!doctype\s+)?html", text, re.IGNORECASE)
    return bool(_MAGIC.match(begin)) or (bool(begin) and kind.startswith("image/"))
