"""One conditional GET of a feed: redirects by hand, a body limit, and one time limit for all of it.

Feed addresses can hold tokens: messages name host and path only, and httpx's own log lines are silenced.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from . import Ask, FeedTrouble, Fetched

if TYPE_CHECKING:
    import httpx

__all__ = ["fetch", "make_feed_client"]

_MOST_HOPS = 5
_LONGEST_WAIT = 7 * 86400.0
_PERMANENT = frozenset((301, 308))
_REDIRECTS = _PERMANENT | {302, 303, 307}
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)


def make_feed_client(timeout: float, connections: int = 100) -> httpx.AsyncClient:
    """The client for all feeds of a pass: no redirects, no cookies kept, gzip at most.

    Args:
        timeout: Seconds for one step of a request; `fetch` limits the whole of it.
        connections: How many may be open at once.
    """
    import logging
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    from .. import USER_AGENT

    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(
        headers={"User-Agent": USER_AGENT, "Accept": _ACCEPT, "Accept-Encoding": "gzip"},
        timeout=timeout,
        # httpcore looks at all idle connections for each of them with every request; most hosts are asked once a pass.
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=min(connections, 20)),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        # What runs on this machine is not asked for through a proxy elsewhere.
        mounts=dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]")),
    )


async def fetch(
    client: httpx.AsyncClient,
    ask: Ask,
    *,
    now: Callable[[], float],
    limit: int = 10 * 1024 * 1024,
    timeout: float = 30.0,  # noqa: ASYNC109  one limit for all of it is the point
    trusted: Collection[str] = (),
) -> Fetched:
    """Asks for a feed, once.

    Args:
        client: From `make_feed_client`.
        ask: The address, and what is known of the last answer.
        now: Seconds since the epoch.
        limit: Bytes that the body may have, as sent and decompressed.
        timeout: Seconds for everything: look-ups, redirects, headers and body.
        trusted: Host names to which a redirect may lead even if they are not public.

    Raises:
        FeedTrouble: See there. `until` is filled in when the server names a time.
    """
    import httpx

    place = _place(ask.url)
    try:
        async with asyncio.timeout(timeout):
            return await _follow(client, ask, now, limit, trusted)
    except FeedTrouble as trouble:
        trouble.message = f"{place}: {trouble.message}"
        trouble.args = (trouble.message,)
        raise
    except TimeoutError:
        raise FeedTrouble(f"{place}: no whole answer within {timeout:g} seconds") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError):
        raise FeedTrouble(f"{place}: not a usable address", kind="broken", next="check the feed's `url`") from None
    except httpx.HTTPError as error:
        raise FeedTrouble(f"{place}: no answer ({type(error).__name__})") from None


async def _follow(
    client: httpx.AsyncClient, ask: Ask, now: Callable[[], float], limit: int, trusted: Collection[str]
) -> Fetched:
    import httpx

    headers = {}
    if ask.etag and ask.etag.isascii() and ask.etag.isprintable():
        headers["If-None-Match"] = ask.etag
    if ask.last_modified and ask.last_modified.isascii() and ask.last_modified.isprintable():
        headers["If-Modified-Since"] = ask.last_modified
    url, permanent, seen = ask.url, True, {ask.url}
    _check(httpx.URL(url))
    if ask.found:
        request = await _hop(client, httpx.URL(url), headers, trusted)
    else:
        trusted = (httpx.URL(url).host, *trusted)
        request = client.build_request("GET", url, headers=headers)
    while True:
        response = await client.send(request, stream=True)
        try:
            if response.status_code not in _REDIRECTS:
                return await _answer(response, url, url if permanent and len(seen) > 1 else None, permanent, now, limit)
            permanent = permanent and response.status_code in _PERMANENT
            location = response.headers.get("location", "")
        finally:
            await response.aclose()
        here = httpx.URL(url)
        hop = here.join(location.strip()).copy_with(fragment=None)
        url = str(hop)
        if not location or hop.scheme not in {"http", "https"}:
            raise FeedTrouble("redirects to what is no web address", kind="broken")
        _check(hop)
        if here.scheme == "https" and hop.scheme == "http":
            raise FeedTrouble(f"redirects from https to http ({_place(url)})", kind="refused")
        if url in seen:
            raise FeedTrouble(f"redirects in a circle ({_place(url)})", kind="broken")
        if len(seen) > _MOST_HOPS:
            raise FeedTrouble(f"redirects more than {_MOST_HOPS} times", kind="broken")
        seen.add(url)
        request = await _hop(client, hop, headers, trusted)


def _check(url: httpx.URL) -> None:
    """Raises `UnicodeError` for an address at which no server can be."""
    if not re.fullmatch(r"[\w.:-]+", url.host) or not 0 <= (url.port or 0) < 65536:
        raise UnicodeError


async def _hop(
    client: httpx.AsyncClient, url: httpx.URL, headers: dict[str, str], trusted: Collection[str]
) -> httpx.Request:
    """The request for a redirect's target, to the address that was found to be public."""
    from .guard import check_hop

    address = await check_hop(url, trusted=trusted)
    if address is None:
        return client.build_request("GET", url, headers=headers)
    # A kept connection is known by its address alone: another name there must not come by this one's.
    pinned = {**headers, "Host": url.netloc.decode("ascii"), "Connection": "close"}
    name = url.raw_host.decode("ascii")
    return client.build_request(
        "GET", url.copy_with(host=address), headers=pinned, extensions={"sni_hostname": name.strip("[]")}
    )


async def _answer(
    response: httpx.Response, url: str, moved_to: str | None, lasting: bool, now: Callable[[], float], limit: int
) -> Fetched:
    status = response.status_code
    until = _until(response.headers.get("retry-after"), now)
    if status == 304 and {"if-none-match", "if-modified-since"} & response.request.headers.keys():
        await response.aread()  # else the connection is not used again
        return Fetched(
            status="unchanged",
            url=url,
            moved_to=moved_to,
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
            until=until,
        )
    if status == 410 and lasting:
        return Fetched(status="gone", url=url, until=until)
    if not 200 <= status < 300 or status in {204, 205, 206}:
        raise FeedTrouble(f"HTTP {status}", until=until)
    from .body import read_body

    return Fetched(
        status="changed",
        url=url,
        body=await read_body(response, limit),
        content_type=response.headers.get("content-type", ""),
        moved_to=moved_to,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        until=until,
    )


def _until(retry_after: str | None, now: Callable[[], float]) -> float | None:
    """`Retry-After`, in seconds or as a date, as a moment at most seven days ahead."""
    if not retry_after:
        return None
    at = now()
    if retry_after.strip().isdecimal():
        return at + min(float(retry_after[:20]), _LONGEST_WAIT)
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(moment, at), at + _LONGEST_WAIT)


def _place(url: str) -> str:
    """Host and path of an address: its query, its user and its password may be secrets."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}" or "?"
    except ValueError:
        return "?"
