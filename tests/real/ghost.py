"""A Ghost of the tests' own: a fresh site in a temporary folder, with its data in SQLite.

It has a proxy in front and knows itself by the proxy's address. A custom integration made in its Admin writes there, as
a person's would. It sends no mail and reaches no other machine.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt

from .node import node
from .proxy import Proxy
from .servers import Server, installed, temporary

#: Ghost makes none of them where it is told to keep its content.
_CONTENT = ("adapters", "data", "files", "images", "logs", "media", "public", "settings")


@dataclass(frozen=True)
class Ghost:
    """A running site: its proxy, itself, and the key of an integration."""

    proxy: Proxy
    server: Server
    admin_api_key: str

    def client(self) -> httpx.Client:
        """Talks to the Admin API as the integration, past the proxy."""
        id, _, secret = self.admin_api_key.partition(":")
        now = datetime.now(UTC)
        claims = {"iat": now, "exp": now + timedelta(minutes=5), "aud": "/admin/"}
        token = jwt.encode(claims, bytes.fromhex(secret), algorithm="HS256", headers={"kid": id})
        return _client(self.server, {"Authorization": f"Ghost {token}", "Accept-Version": "v6.0"})

    def posts(self, **query: str | int) -> list[dict[str, Any]]:
        """All posts, drafts too, newest first."""
        with self.client() as client:
            answer = client.get(
                "posts/", params={"limit": 100, "order": "created_at desc, id desc", "formats": "html", **query}
            )
            return list(answer.raise_for_status().json()["posts"])


def _client(server: Server, headers: dict[str, str]) -> httpx.Client:
    return httpx.Client(base_url=f"{server.url}/ghost/api/admin/", headers=headers, trust_env=False, timeout=60.0)


@contextmanager
def ghost() -> Iterator[Ghost]:
    """Makes the site, starts it, ends it. Skips where Ghost is not installed."""
    there = installed("ghost")
    data = temporary("ghost")
    content = data / "content"
    for name in _CONTENT:
        (content / name).mkdir(parents=True)
    (content / "themes").symlink_to(there / "content" / "themes")
    with Proxy() as proxy:

        def command(port: int) -> list[str | Path]:
            # It looks for itself in the folder that it is started in.
            start = 'cd "$1" && shift && export server__port="$1" && shift && exec "$@"'
            return ["sh", "-c", start, "ghost", there, str(port), *node("index.js")]

        with Server(command, data, env=_settings(data, content, proxy.url), ready="/ghost/api/admin/site/") as server:
            proxy.server = server.port
            yield Ghost(proxy, server, _set_up(server, proxy.url))


def _settings(data: Path, content: Path, url: str) -> dict[str, str]:
    """Of Ghost's configuration, by name (`__` for a dot). What asks others leads to a port where nobody listens."""
    nowhere = "http://127.0.0.1:9/"
    return {
        "NODE_ENV": "development",  # the others want MySQL
        "url": url,
        "server__host": "127.0.0.1",
        "server__shutdownTimeout": "100",  # milliseconds
        "database__client": "better-sqlite3",
        "database__connection__filename": str(data / "ghost.db"),
        "database__useNullAsDefault": "true",
        "paths__contentPath": str(content),
        "mail__transport": "stub",
        "logging__transports": '["stdout"]',
        "privacy__useTinfoil": "true",
        "security__staffDeviceVerification": "false",
        "sendWelcomeEmail": "false",
        "updateCheck__url": nowhere,
        "machinePayments__x402__enabled": "false",
        "backgroundJobs__emailAnalytics": "false",
    }


def _set_up(server: Server, url: str) -> str:
    """Makes the owner, logs in, makes an integration; returns its key."""
    owner = {"email": "owner@example.com", "password": secrets.token_hex(16)}
    with _client(server, {"Origin": url}) as client:
        made = {"setup": [{**owner, "name": "Owner", "blogTitle": "The tests' own"}]}
        client.post("authentication/setup/", json=made).raise_for_status()
        client.post("session/", json={"username": owner["email"], "password": owner["password"]}).raise_for_status()
        answer = client.post(
            "integrations/", params={"include": "api_keys"}, json={"integrations": [{"name": "syndicate"}]}
        )
        (integration,) = answer.raise_for_status().json()["integrations"]
    return next(str(key["secret"]) for key in integration["api_keys"] if key["type"] == "admin")
