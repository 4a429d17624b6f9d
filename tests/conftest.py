"""No test talks to anything but this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


def _here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes any connection beyond loopback, and any look-up of a name, fail the test.

    `pytest.fail` raises what `except Exception` does not catch, so the code under test cannot hide it.
    """

    def guarded(name: str) -> None:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *args: Any) -> Any:
            address = args[-1]
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _here(address[0]):
                pytest.fail(f"a test reached for the network: {name}({address!r})")
            return original(self, *args)

        monkeypatch.setattr(socket.socket, name, call)

    for name in ("connect", "connect_ex", "sendto"):
        guarded(name)

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **more: Any) -> Any:
        if not _here(host):
            pytest.fail(f"a test looked up {host!r}")
        return look_up(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
