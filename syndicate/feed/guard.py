"""Where a redirect may lead: to public addresses, and to hosts that the config names. Nothing else is asked.

A feed's server chooses where its redirects go; the machine that runs this can reach places that the server cannot:
loopback, the local network, a cloud's metadata service. A name is resolved once, all its addresses have to be public,
and the request goes to the very address that was checked, so that a second look-up cannot tell another one.

Where an HTTP proxy is in use, it resolves the name: only what the URL itself says can be checked.

198.18.0.0/15, which transparent proxies hand out for every name ("fake IP"), counts as not public: behind it the proxy
connects wherever the name really leads, to this machine's loopback too, and nothing can be checked here. Who runs one
names the redirect's target in the config.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from . import FeedTrouble

if TYPE_CHECKING:
    import httpx

__all__ = ["check_hop", "is_public"]

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_NEXT = "if that is where the feed is, make it the feed's `url` in the config"


async def check_hop(url: httpx.URL, *, trusted: Collection[str] = ()) -> str | None:
    """The address to connect to for a redirect to `url`; `None`: connect by name.

    Args:
        url: An http or https URL, as it will be asked for.
        trusted: Host names that the config names; they may be anywhere.

    Raises:
        FeedTrouble: ``refused`` when it is not public; ``unavailable`` when there is no such name.
    """
    host = _bare(url.raw_host.decode("ascii"))
    if host in {_bare(name) for name in trusted} or _bare(url.host) in {_bare(name) for name in trusted}:
        return None
    if _is_proxied(url, host):
        literal = _literal(host)
        if _is_local_name(host) or (literal is not None and not is_public(literal)):
            raise _refused(host)
        return None
    try:
        literal = _literal(host)
        found = [literal] if literal else await _resolve(host, url.port or (443 if url.scheme == "https" else 80))
    except (OSError, UnicodeError):
        raise FeedTrouble(f"redirects to {host}, and there is no such name") from None
    if not found or not all(is_public(address) for address in found):
        raise _refused(host)
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the Internet's. What an IPv6 address carries of IPv4 counts as well."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if carried := _carried(ip):
            return is_public(str(carried))
        if ip.teredo or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local)


def _carried(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which packets for `ip` may go in the end: mapped, 6to4, NAT64, compatible."""
    if found := ip.ipv4_mapped or ip.sixtofour:
        return found
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _literal(host: str) -> str | None:
    """`host` as an address, in all spellings that the system's resolver knows: 127.1, 0x7f000001, [::1]."""
    try:
        return str(ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _is_local_name(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or not ("." in host or ":" in host or _literal(host))


def _is_proxied(url: httpx.URL, host: str) -> bool:
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    return bool(proxies.get(url.scheme) or proxies.get("all")) and not proxy_bypass(host)


def _bare(host: str) -> str:
    return host.lower().strip("[]").rstrip(".")


def _refused(host: str) -> FeedTrouble:
    return FeedTrouble(f"redirects to {host}, whose address is not a public one", kind="refused", next=_NEXT)
