"""mastodon-mock, a server that speaks Mastodon's API and keeps what it is told, as a server of the tests' own.

It is no Mastodon: tests/test_real_mastodon.py says what it does otherwise.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .proxy import Proxy
from .servers import Server, installed, temporary


@dataclass(frozen=True)
class Mastodon:
    """A running instance: its proxy, itself, and the token of its one account."""

    proxy: Proxy
    server: Server
    token: str

    def client(self) -> httpx.Client:
        """Talks to it as the account, past the proxy."""
        return httpx.Client(
            base_url=self.server.url,
            headers={"Authorization": f"Bearer {self.token}"},
            trust_env=False,
            timeout=60.0,
        )

    def statuses(self) -> list[dict[str, Any]]:
        """The account's statuses, newest first, each with the `text` that was sent."""
        with self.client() as client:
            me = client.get("/api/v1/accounts/verify_credentials").raise_for_status().json()
            found = client.get(f"/api/v1/accounts/{me['id']}/statuses", params={"limit": 40}).raise_for_status().json()
            for status in found:
                status["text"] = client.get(f"/api/v1/statuses/{status['id']}/source").raise_for_status().json()["text"]
            return list(found)


@contextmanager
def mastodon() -> Iterator[Mastodon]:
    """Starts it with an empty account, ends it. Skips where it is not installed."""
    python = installed("mastodon") / "bin" / "python"
    data = temporary("mastodon")
    token = secrets.token_hex(16)
    with Proxy() as proxy:
        (data / "config.toml").write_text(
            f"""\
domain = "{proxy.url.partition("//")[2]}"
url_scheme = "http"
media_storage_path = "{data}/media"

[database]
path = "{data}/statuses.db"

[auth]
enforce_scopes = true

[[seed.accounts]]
username = "writer"
access_token = "{token}"
""",
            "utf-8",
        )

        def command(port: int) -> list[str | Path]:
            words = ["-m", "mastodon_mock", "serve", "--config", str(data / "config.toml"), "--log-level", "warning"]
            return [python, *words, "--host", "127.0.0.1", "--port", str(port)]

        with Server(command, data, ready="/api/v2/instance") as server:
            proxy.server = server.port
            yield Mastodon(proxy, server, token)
