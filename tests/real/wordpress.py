"""A WordPress of the tests' own: a fresh site in a temporary folder, served by PHP itself, with data in SQLite.

It has a proxy in front and knows itself by the proxy's address. It sends no mail, asks nobody for updates, and runs no
jobs of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .proxy import Proxy
from .servers import Server, clean_env, installed, lacking, temporary

_SITE = Path(__file__).with_name("site")


#: Who has an account, named like the role. An author may do what the tool needs; an editor's HTML is not filtered.
ROLES = ("author", "editor", "contributor")


@dataclass(frozen=True)
class WordPress:
    """A running site: its proxy, itself, and an application password for each of `ROLES`."""

    proxy: Proxy
    server: Server
    passwords: dict[str, str]

    def client(self) -> httpx.Client:
        """Talks to the REST API as the author, past the proxy."""
        return self._client("author")

    def _client(self, role: str) -> httpx.Client:
        who = (role, self.passwords[role])
        return httpx.Client(base_url=f"{self.server.url}/wp-json/wp/v2", auth=who, trust_env=False, timeout=60.0)

    def posts(self) -> list[dict[str, Any]]:
        """Everybody's posts as they were written, drafts too, and what is in the bin."""
        with self._client("editor") as client:
            query = {
                "status": "publish,future,draft,pending,private,trash",
                "context": "edit",
                "per_page": "100",
                "_fields": "id,slug,status,date_gmt,title,content.raw",
            }
            answer = client.get("/posts", params=query)
            answer.raise_for_status()
            return list(answer.json())


@contextmanager
def wordpress() -> Iterator[WordPress]:
    """Makes the site, starts it, ends it. Skips where WordPress is not installed."""
    there = installed("wordpress")
    if (php := shutil.which("php")) is None:
        lacking("wordpress", "there is no PHP")
    data = temporary("wordpress")
    with Proxy() as proxy:
        for name in ("plugins", "themes", "uploads", "mu-plugins"):
            (data / "content" / name).mkdir(parents=True)
        (data / "database").mkdir()
        shutil.copy(_SITE / "quiet.php", data / "content" / "mu-plugins")
        dropin = (there / "sqlite" / "db.copy").read_text("utf-8")
        dropin = dropin.replace("{SQLITE_IMPLEMENTATION_FOLDER_PATH}", str(there / "sqlite"))
        (data / "content" / "db.php").write_text(dropin, "utf-8")
        env = {
            "SYNDICATE_WP_CODE": str(there / "code"),
            "SYNDICATE_WP_CONFIG": str(_SITE / "config.php"),
            "SYNDICATE_WP_DATA": str(data),
            "SYNDICATE_WP_HOME": proxy.url,
        }
        # The same code for each request: compiled once.
        quick = [
            "-d",
            "opcache.enable_cli=1",
            "-d",
            "opcache.validate_timestamps=0",
            "-d",
            "display_errors=0",
            "-d",
            "log_errors=1",
        ]
        try:
            done = subprocess.run(
                [php, *quick, str(_SITE / "setup.php"), *ROLES],
                env=clean_env(data, env),
                cwd=data,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                stdin=subprocess.DEVNULL,
            )
            if done.returncode:
                raise RuntimeError(f"WordPress could not be set up: {done.stdout}{done.stderr}")
            passwords = json.loads(done.stdout)["passwords"]
        except BaseException:
            shutil.rmtree(data, ignore_errors=True)
            raise

        def command(port: int) -> list[str | Path]:
            return [php, *quick, "-S", f"127.0.0.1:{port}", "-t", there / "code", _SITE / "router.php"]

        with Server(command, data, env=env, ready="/wp-json/") as server:
            proxy.server = server.port
            yield WordPress(proxy, server, passwords)
