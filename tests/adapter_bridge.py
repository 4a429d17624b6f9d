"""Drives an adapter against its stand-in in one process: no sockets, no sleeping, an injected clock."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import httpx
import pytest

from syndicate.adapter import Adapter, Attempt, Draft, Part, Post, Published
from syndicate.http import Http
from syndicate.pictures import Picture
from syndicate.sandbox import a_picture
from syndicate.standin import Request, StandIn
from syndicate.tokens import TokenStore

T = TypeVar("T")

#: When the tests happen.
NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that only moves when told to. Call it for seconds since the epoch (what stand-ins take)."""

    moment: datetime = NOW

    def __call__(self) -> float:
        return self.moment.timestamp()

    def now(self) -> datetime:
        return self.moment

    def pass_(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def run(coro: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine."""
    return asyncio.run(coro)


def make_http(
    standin: StandIn | Callable[[Request], Any],
    base_url: str,
    *,
    now: Callable[[], datetime] | None = None,
    before_write: Callable[[], None] = lambda: None,
    redact: Callable[[str], str] = lambda text: text,
    tokens: TokenStore | None = None,
    patience: float = 0.0,
    pictures: Callable[[str, int], Awaitable[Picture]] = a_picture,
) -> tuple[Http, list[Request]]:
    """An `Http` whose requests under `base_url` are answered by `standin`, and the list that they are kept in.

    `standin` may also be a function from a request to a `Response` or an `httpx` exception to raise. A request
    to anywhere else fails the test. Reads are not repeated unless `patience` says so; nothing ever sleeps. An
    `Http` is good for one attempt, as in the core: make one per `publish`.
    """
    clock = now or (lambda: NOW)
    handle = standin.handle if isinstance(standin, StandIn) else standin
    base = httpx.URL(base_url)
    prefix = base.path.rstrip("/")
    requests: list[Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        url = request.url
        inside = (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port)
        if not inside or not (url.path == prefix or url.path.startswith(f"{prefix}/")):
            raise AssertionError(f"a request left for {url}")
        seen = Request(
            method=request.method,
            path=url.path[len(prefix) :],
            query=dict(parse_qsl(url.query.decode(), keep_blank_values=True)),
            headers={k.lower(): v for k, v in request.headers.items()},
            body=request.content,
        )
        requests.append(seen)
        said = handle(seen)
        if isinstance(said, Exception):
            raise said
        body = said.body
        if body is None or isinstance(body, bytes | str):
            return httpx.Response(said.status, content=body or b"", headers=dict(said.headers))
        return httpx.Response(said.status, json=body, headers=dict(said.headers))

    async def sleep(_: float) -> None:
        return None

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), headers={"User-Agent": "syndicate/test"})
    http = Http(
        client,
        deadline=5.0,
        now=clock,
        sleep=sleep,
        before_write=before_write,
        tokens=tokens or TokenStore(None, lambda: clock().timestamp()),
        redact=redact,
        patience=patience,
        pictures=pictures,
    )
    return http, requests


def attempt(key: str = "attempt-1", *, at: datetime = NOW, previous: Published | None = None) -> Attempt:
    """A try that began at `at`."""
    return Attempt(key=key, started_at=at, previous=previous)


def make_post(**changes: Any) -> Post:
    """A short post that every platform takes as it is."""
    fields: dict[str, Any] = {
        "key": "https://blog.example.org/posts/atomic-writes",
        "source": "posts/atomic-writes.md",
        "title": "Atomic writes",
        "body": "Write to a file beside it, then rename.\n",
        "canonical_url": "https://blog.example.org/posts/atomic-writes/",
        "tags": ("python", "linux"),
        "base_url": "https://blog.example.org/posts/atomic-writes/",
    }
    return Post(**{**fields, **changes})


class Place:
    """A platform with one account, the adapter that talks to it, and the requests of its last conversation."""

    def __init__(self, adapter: Adapter, standin: type[StandIn]) -> None:
        self.clock = Clock()
        self.adapter = adapter
        self.standin = standin(f"http://sandbox/{adapter.name}", self.clock)
        self.requests: list[Request] = []

    def http(self, pictures: Callable[[str, int], Awaitable[Picture]] = a_picture) -> Http:
        http, self.requests = make_http(self.standin, self.adapter.base_url, now=self.clock.now, pictures=pictures)
        return http

    def answering(self, answer: Any) -> Http:
        """An `Http` that gets `answer`: a `Response`, an exception to raise, or a function from the request to one."""
        handle = answer if callable(answer) else lambda _: answer
        http, self.requests = make_http(handle, self.adapter.base_url, now=self.clock.now)
        return http

    def part(self, post: Post) -> Part:
        """The one part of the post's draft."""
        (part,) = self.adapter.render(post).parts
        return part

    def publish(self, post: Post, http: Http | None = None) -> Published:
        return run(self.adapter.publish(self.part(post), attempt(), http or self.http()))

    def find(self, post: Post, at: datetime = NOW, http: Http | None = None) -> Published | None:
        return run(self.adapter.find(self.part(post), attempt(at=at), http or self.http()))


def collect(items: Any) -> list[Any]:
    """What an async iterator gives, as a list."""

    async def gather() -> list[Any]:
        return [item async for item in items]

    return asyncio.run(gather())


def sample_post(name: str, target: str) -> Post:
    """The post `tests/posts/<name>.md`, read as the command line reads it."""
    from syndicate.post import load

    root = Path(__file__).parent
    post = load(root / "posts" / f"{name}.md", site_url="https://blog.example.org", site_language="en", root=root)
    return post.for_target(target)


def check_golden(platform: str, name: str, draft: Draft) -> None:
    """Compares a draft with `tests/golden/<platform>/<name>.json`; SYNDICATE_UPDATE_GOLDEN=1 writes that file."""
    path = Path(__file__).parent / "golden" / platform / f"{name}.json"
    shown = {
        "warnings": list(draft.warnings),
        "cost": draft.cost,
        "parts": [{"payload": p.payload, "count": p.count, "limit": p.limit} for p in draft.parts],
    }
    if os.environ.get("SYNDICATE_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == shown


def shared(*parts: str) -> Path:
    """A file of the material beside the project (or in $SYNDICATE_SHARED); skips the test where it is absent."""
    beside = Path(__file__).resolve().parents[1].parent / "shared"
    path = Path(os.environ.get("SYNDICATE_SHARED", beside)).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path
