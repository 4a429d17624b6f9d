"""Which addresses count as the Internet's, and which hosts a redirect may name."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from syndicate.feed import FeedTrouble
from syndicate.feed.guard import check_hop, is_public

PRIVATE = [
    "127.0.0.1", "127.255.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "198.18.0.5", "198.51.100.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::1", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_these_are_not_public(address):
    """Loopback, local, shared, reserved, and IPv6 in which one of those is hidden."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_these_are_public(address):
    """Also where IPv6 carries a public IPv4 address."""
    assert is_public(address)


def check(url: str, *, trusted=(), resolved=("93.184.215.14",), proxied=False, monkeypatch) -> str | None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return list(resolved)

    monkeypatch.setattr("syndicate.feed.guard._resolve", resolve)
    monkeypatch.setenv("https_proxy", "http://proxy.example.org:3128" if proxied else "")
    monkeypatch.setenv("http_proxy", "http://proxy.example.org:3128" if proxied else "")
    monkeypatch.setenv("no_proxy", "")
    return asyncio.run(check_hop(httpx.URL(url), trusted=trusted))


def test_the_address_that_was_checked_is_the_one_to_use(monkeypatch):
    """The first of those that the name has."""
    assert check("https://a.example.net/", monkeypatch=monkeypatch, resolved=["1.1.1.1", "1.0.0.1"]) == "1.1.1.1"


@pytest.mark.parametrize("name", ["Intra.example.net", "intra.example.net."])
def test_a_trusted_name_is_connected_to_by_name(monkeypatch, name):
    """Case and a last dot make no other name of it."""
    assert check("http://intra.example.net/x", trusted=[name], resolved=["10.0.0.1"], monkeypatch=monkeypatch) is None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::1]", "localhost."])
def test_loopback_in_every_spelling_is_refused(monkeypatch, host):
    """The system's resolver knows them all; loopback may be looked up in tests."""
    monkeypatch.setenv("http_proxy", "")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", 80))], raising=True)
    with pytest.raises(FeedTrouble) as caught:
        asyncio.run(check_hop(httpx.URL(f"http://{host}/")))
    assert caught.value.kind == "refused"


def test_a_name_that_does_not_exist_is_unavailable(monkeypatch):
    """It may exist again with the next pass."""

    async def resolve(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    monkeypatch.setattr("syndicate.feed.guard._resolve", resolve)
    with pytest.raises(FeedTrouble) as caught:
        asyncio.run(check_hop(httpx.URL("http://nowhere.example.net/")))
    assert caught.value.kind == "unavailable"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254", "127.1", "0x7f.1", "localhost", "metadata"])
def test_behind_a_proxy_what_the_address_itself_says_is_refused(monkeypatch, host):
    """The proxy resolves names, so only literal addresses and local names can be judged."""
    with pytest.raises(FeedTrouble) as caught:
        check(f"http://{host}/", proxied=True, resolved=["1.1.1.1"], monkeypatch=monkeypatch)
    assert caught.value.kind == "refused"


def test_behind_a_proxy_names_are_left_to_it(monkeypatch):
    """They may not resolve here at all."""
    assert check("https://a.example.net/", proxied=True, resolved=[], monkeypatch=monkeypatch) is None
