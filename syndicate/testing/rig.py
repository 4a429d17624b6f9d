"""What the contract suite is run on: a stand-in on loopback, a ledger on disk, a clock that is set by hand."""

from __future__ import annotations

import asyncio
import base64
import json
import pickle
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx

from ..adapter import Adapter, Attempt, Image, Part, Post, Published, Secret
from ..config import Target
from ..http import Http, make_client
from ..ledger import Ledger, is_postgresql, migrate, sqlite_path
from ..plan import Item, make_plan
from ..publish import Publisher
from ..report import Delivery
from ..sandbox import Fault, Sandbox, a_picture
from ..sandbox.server import Place
from ..secrets import redactor
from ..send import Means
from ..standin import Received, StandIn
from ..tokens import TokenStore
from .clock import Clock, Held, hold

T = TypeVar("T")

#: Seconds that one request may take in the suite, and that a lost one could still be under way.
DEADLINE = 1.0
SETTLE = 600.0
#: Seconds for which a claim on a PostgreSQL ledger holds in the suite: longer than any run of it takes.
LEASE = 60.0


def sample_post(**changes: Any) -> Post:
    """A small post with all that a platform may want: tags, cover, summary, code, a link."""
    values: dict[str, Any] = {
        "key": "url:https://blog.example.org/posts/contract",
        "source": "content/posts/contract.md",
        "title": "A post for the contract suite",
        "body": "Some *words* and a [link](https://blog.example.org/about/).\n\n```python\nprint('code')\n```\n",
        "canonical_url": "https://blog.example.org/posts/contract/",
        "base_url": "https://blog.example.org/posts/contract/",
        "summary": "What every adapter must do with a post.",
        "tags": ("python", "testing"),
        "date": datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        "cover": Image("https://blog.example.org/cover.png", "A cover"),
        "language": "en",
    }
    return Post(**{**values, **changes})


class Rig:
    """One adapter against its stand-in. A context manager.

    Args:
        folder: For the ledger and the tokens.
        options: Fields of the adapter besides those that the stand-in names.
        ledger: Address of the ledger; by default a file in `folder`.
    """

    def __init__(
        self,
        folder: Path,
        adapter: type[Adapter],
        standin: type[StandIn],
        *,
        options: Mapping[str, Any] | None = None,
        post: Post | None = None,
        ledger: str = "",
    ) -> None:
        self.clock = Clock()
        self.sandbox = Sandbox(standins={adapter.name: standin}, now=self.clock.time)
        self.post = post or sample_post()
        self.folder = folder
        self.ledger = ledger or f"sqlite:///{folder / 'ledger.db'}"
        if is_postgresql(self.ledger):
            migrate(self.ledger, folder)
        self._class = adapter
        self._options = {**standin.options, **(options or {})}
        self._held: list[Held] = []
        self.base_url = self.sandbox.base_url(adapter.name)

    def __enter__(self) -> Self:
        self.sandbox.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for held in self._held:
            held.let_go()
        self.sandbox.__exit__(kind, error, trace)

    @property
    def place(self) -> Place:
        """The stand-in, and the faults that it still has to play."""
        return self.sandbox.places[self._class.name]

    @property
    def received(self) -> list[Received]:
        """What a reader of the platform sees."""
        return self.place.standin.posts

    @property
    def writes(self) -> int:
        """Requests with an effect that have reached the platform."""
        return len(self.sandbox.writes())

    def play(self, kind: str, **details: Any) -> None:
        """A fault for the next write (or read)."""
        self.sandbox.play(self._class.name, Fault(kind, **details))

    def hold(self, when: Literal["before", "after"], *, given_up: bool = False) -> Held:
        """The next write waits, before its effect or between that and the answer, until it is let go.

        Args:
            given_up: Its deadline passes as soon as it waits: who sent it, in this process, waits no longer.
        """
        held = hold(self.place, when, (lambda: self.clock.leap(DEADLINE)) if given_up else None)
        self._held.append(held)
        return held

    def adapter(self, base_url: str | None = None) -> Adapter:
        return make_adapter(self._class, self._options, base_url or self.base_url)

    def ask(self, call: Callable[[Adapter, Http], Awaitable[T]]) -> T:
        """What `call` gets from the platform with an `Http` that is good for one attempt; past the ledger."""

        async def once() -> T:
            target = Target("place", self.adapter())
            store = TokenStore(self.folder / "tokens" / "place.json", self.clock.time)
            async with make_client(DEADLINE) as client:
                return await call(target.adapter, _http(client, target, self.clock, store, lambda: None))

        return asyncio.run(once())

    def publish(self, post: Post | None = None) -> list[tuple[Part, Published]]:
        """Sends all parts of a post, past the ledger: each with what the platform made of it."""
        done: list[tuple[Part, Published]] = []
        chosen = post or self.post
        for number, part in enumerate(self.adapter().render(chosen).parts):
            before = done[-1][1] if done else None
            attempt = Attempt(f"{chosen.key}#{number}", self.clock.now(), before)
            made = self.ask(partial(_publish, part, attempt))
            done.append((part, made))
        return done

    def run(self, *, post: Post | None = None, base_url: str | None = None, update: bool = False) -> Delivery:
        """One run of the tool: opens the ledger, plans, carries out, closes."""
        return run_once(
            self.ledger,
            self.adapter(base_url),
            post or self.post,
            clock=self.clock,
            tokens=self.folder / "tokens",
            update=update,
        )

    def settle(self) -> None:
        """Lets the time pass in which a lost request could still arrive."""
        self.clock.offset += DEADLINE + SETTLE + self.adapter().prevention.lag + 1

    def start(self) -> subprocess.Popen[bytes]:
        """The same run in a process of its own, to be killed."""
        job = (self._class, self._options, self.base_url, self.ledger, self.post, self.folder / "tokens")
        words = base64.b64encode(pickle.dumps(job)).decode()
        return subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-m", "syndicate.testing.worker", words],
            stdout=subprocess.DEVNULL,
        )

    def bury(self, process: subprocess.Popen[bytes]) -> None:
        """Kills a run, and lets the time pass in which its claim would still hold."""
        process.kill()
        process.wait()
        if is_postgresql(self.ledger):  # it goes by the database's clock, which no test sets
            import psycopg

            with psycopg.connect(self.ledger, autocommit=True) as db:
                db.execute("UPDATE syndicate.parts SET lease_until = now() - interval '1 second'")

    def wait_for(
        self, happened: Callable[[], bool], seconds: float = 20.0, process: subprocess.Popen[bytes] | None = None
    ) -> None:
        """Waits, in real time, for something that another thread, or `process`, does."""
        end = time.monotonic() + seconds
        while not happened():
            if process is not None and process.poll():
                raise AssertionError(f"the worker ended with {process.returncode}; what it said stands above")
            if time.monotonic() > end:
                raise AssertionError(f"did not happen within {seconds} s")
            time.sleep(0.005)


def make_adapter(cls: type[Adapter], options: Mapping[str, Any], base_url: str) -> Adapter:
    """An adapter with its secrets given outright."""
    fields = cls.__dataclass_fields__
    values = {key: Secret.of(value) if fields[key].metadata.get("secret") else value for key, value in options.items()}
    return cls(base_url=base_url, **values)


def open_ledger(url: str, clock: Clock) -> Ledger:
    """The ledger at `url`, by `clock` where it is on this machine."""
    if is_postgresql(url):
        from ..ledger.postgres import PostgresLedger

        return PostgresLedger(url, lease=LEASE)
    from ..ledger.sqlite import SQLiteLedger

    return SQLiteLedger(sqlite_path(url, Path()), now=clock.time, steady=lambda: ("suite", clock.time()))


def run_once(url: str, adapter: Adapter, post: Post, *, clock: Clock, tokens: Path, update: bool = False) -> Delivery:
    """Plans and carries out one post at one target, as the command does."""
    ledger = open_ledger(url, clock)
    try:
        target = Target("place", adapter)
        plan = make_plan([post], [target], ledger.rows(post.key), now=clock.time())
        with asyncio.Runner(loop_factory=clock.loop) as runner:
            (delivery,) = runner.run(_carry_out(ledger, target, plan, clock, tokens, update))
        json.dumps(delivery.as_json())
        return delivery
    finally:
        ledger.close()


async def _carry_out(
    ledger: Ledger, target: Target, plan: list[Item], clock: Clock, tokens: Path, update: bool
) -> list[Delivery]:
    store = TokenStore(tokens / "place.json", clock.time)
    async with make_client(DEADLINE) as client:

        def connect(_target: str, before_write: Callable[[], None]) -> Http:
            return _http(client, target, clock, store, before_write)

        means = Means(
            ledger=ledger,
            connect=connect,
            now=clock.now,
            sleep=clock.sleep,
            deadline=DEADLINE,
            settle=SETTLE,
            kits=tokens.parent / "kits",
        )
        publisher = Publisher(means)
        return await (publisher.update(plan) if update else publisher.publish(plan))


async def _publish(part: Part, attempt: Attempt, adapter: Adapter, http: Http) -> Published:
    return await adapter.publish(part, attempt, http)


def _http(
    client: httpx.AsyncClient, target: Target, clock: Clock, store: TokenStore, before_write: Callable[[], None]
) -> Http:
    return Http(
        client,
        deadline=DEADLINE,
        now=clock.now,
        sleep=clock.sleep,
        before_write=before_write,
        tokens=store,
        redact=redactor(target.secrets()),
        pictures=a_picture,
        uploads=target.adapter.uploads is not None,
    )
