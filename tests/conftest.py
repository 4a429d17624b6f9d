"""No test talks to anything but this machine; and the fixtures that several files use."""

from __future__ import annotations

import functools
import gc
import ipaddress
import os
import socket
import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .postgres import postgres, postgres_url  # noqa: F401  fixtures for all tests
from .support import Project, project

if TYPE_CHECKING:
    from syndicate.ledger.sqlite import SQLiteLedger
    from syndicate.sandbox import Sandbox


#: Memory that looks like a disk, and bytes that have to be free in it.
_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30


#: What takes long as one test, or as one file whose tests share what they make: it begins first, so that no worker
#: is left with it when the others have ended.
_LONG = (
    *("test_soak", "test_torture", "test_third_party", "test_model", "test_markdown_corpus", "test_corpus_render"),
    *("test_durability", "test_postgres_cuts", "test_feed_corpus"),
)


def pytest_configure(config: pytest.Config) -> None:
    """Two things that cost the suite much of its time are dear only here.

    Ledgers of tests are synced to memory where there is enough of it: a disk that others write to is slow, and tests of
    what is on the disk when look at the calls, which are the same. Garbage is looked for less often: a worker holds
    thousands of tests, and half a million tokens of a corpus, that are none.
    """
    gc.set_threshold(50_000, 20, 20)
    if "PYTEST_DEBUG_TEMPROOT" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    there = os.statvfs(_MEMORY)
    if there.f_bavail * there.f_frsize >= _ROOM and not there.f_flag & os.ST_NOEXEC:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_MEMORY)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first; otherwise the order stays."""
    places = {name: number for number, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.path.stem, len(_LONG)))


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
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.fixture(scope="session", autouse=True)
def _one_ssl_context() -> Iterator[None]:
    """The certificates that httpx trusts are read once, not for each of thousands of clients (20 ms each).

    Nothing here speaks TLS, and nothing changes such a context.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _prompt_servers() -> Iterator[None]:
    """Servers in this process send the second piece of an answer at once, and end at once when they are told to.

    Otherwise Nagle's algorithm holds the piece back until the client has acknowledged the first one, which takes Linux
    40 ms; and a server looks only so often whether it is to end.
    """
    serve = socketserver.BaseServer.serve_forever

    def serve_forever(server: socketserver.BaseServer, _poll_interval: float = 0.5) -> None:
        serve(server, 0.01)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socketserver.StreamRequestHandler, "disable_nagle_algorithm", True)
        patch.setattr(socketserver.BaseServer, "serve_forever", serve_forever)
        yield


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The stand-ins of all platforms, on loopback."""
    from syndicate.sandbox import Sandbox

    with Sandbox() as running:
        yield running


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project with a target for each platform, and a good post, `post.md`."""
    made = project(tmp_path / "project", sandbox)
    made.post()
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a ledger may be made."""
    return tmp_path / "state" / "ledger.db"


@pytest.fixture
def ledgers(path: Path) -> Iterator[Callable[[], SQLiteLedger]]:
    """Opens ledgers on one file, each as another process would; closes them in the end."""
    from syndicate.ledger.sqlite import SQLiteLedger

    with ExitStack() as stack:

        def one() -> SQLiteLedger:
            ledger = SQLiteLedger(path, busy_timeout=0.2, now=lambda: 100.0)
            stack.callback(ledger.close)
            return ledger

        yield one
