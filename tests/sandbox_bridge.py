"""Speaks to the sandbox as any client would."""

from __future__ import annotations

import contextlib
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from syndicate.sandbox import Sandbox


class Answer:
    """An answer, read to its end."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {key.lower(): value for key, value in response.getheaders()}
        self.text = response.read().decode()

    def json(self) -> Any:
        return json.loads(self.text)


def ask(sandbox: Sandbox, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """One request."""
    address = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with contextlib.closing(connection):
        connection.request(method, path, content, {k.replace("_", "-"): v for k, v in headers.items()})
        return Answer(connection.getresponse())


def article(sandbox: Sandbox, title: str = "Title", body: str = "Text", **more: Any) -> Answer:
    """A new article at DEV's stand-in."""
    wanted = {"article": {"title": title, "body_markdown": body, "published": True, "tags": [], **more}}
    return ask(sandbox, "POST", "/devto/api/articles", wanted, api_key="sandbox-dev-key", User_Agent="test")
