"""A Bluesky PDS of the tests' own, with a directory of identities (PLC) beside it, and one account.

Both are in one process (pds_node/server.mjs) and reach no other machine. Nothing of Bluesky's stands behind it: it keeps
records, and no index answers questions about them (`app.bsky.*`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .node import node
from .proxy import Proxy
from .servers import Server, installed, temporary

_SERVER = Path(__file__).with_name("pds_node") / "server.mjs"
POSTS = "app.bsky.feed.post"


@dataclass(frozen=True)
class PDS:
    """A running server: its proxy, itself, and the account. `session`: an access token of the account's own."""

    proxy: Proxy
    server: Server
    handle: str
    did: str
    app_password: str
    session: str

    def client(self) -> httpx.Client:
        """Talks to the server as the account, past the proxy."""
        return _client(self.server, {"Authorization": f"Bearer {self.session}"})

    def posts(self) -> list[dict[str, Any]]:
        """The account's posts, newest first: `{"uri", "cid", "value"}`."""
        with self.client() as client:
            query: dict[str, str | int] = {"repo": self.did, "collection": POSTS, "limit": 100}
            answer = client.get("com.atproto.repo.listRecords", params=query)
            return list(answer.raise_for_status().json()["records"])


def _client(server: Server, headers: dict[str, str]) -> httpx.Client:
    return httpx.Client(base_url=f"{server.url}/xrpc/", headers=headers, trust_env=False, timeout=60.0)


@contextmanager
def pds() -> Iterator[PDS]:
    """Starts it, makes the account and its app password, ends it. Skips where it is not installed."""
    there = installed("pds")
    data = temporary("pds")

    def command(port: int) -> list[str | Path]:
        return node(_SERVER, there, data, str(port))

    with Proxy() as proxy, Server(command, data, env={"LOG_ENABLED": "0"}, ready="/xrpc/_health") as server:
        proxy.server = server.port
        handle = "writer.test"
        account = {"handle": handle, "email": "writer@example.com", "password": secrets.token_hex(16)}
        with _client(server, {}) as client:
            made = client.post("com.atproto.server.createAccount", json=account).raise_for_status().json()
            own = {"Authorization": f"Bearer {made['accessJwt']}"}
            answer = client.post("com.atproto.server.createAppPassword", json={"name": "syndicate"}, headers=own)
            password = answer.raise_for_status().json()["password"]
        yield PDS(proxy, server, handle, made["did"], password, made["accessJwt"])
