"""Runs of the core for one adapter at a real server: a ledger on disk, and a clock that is set by hand.

The flows that every server is put through are here too; what differs from platform to platform is told by its test.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from syndicate.adapter import Adapter, Attempt, Part, Post, Published
from syndicate.audience import for_target
from syndicate.config import Target
from syndicate.http import Http, make_client
from syndicate.ledger import new_key
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.pictures import Picture
from syndicate.plan import make_plan
from syndicate.publish import Publisher
from syndicate.report import Delivery, Exit, exit_code
from syndicate.sandbox import a_picture
from syndicate.secrets import redactor
from syndicate.send import Means
from syndicate.testing.clock import Clock
from syndicate.testing.rig import make_adapter
from syndicate.tokens import TokenStore

from .proxy import Proxy

T = TypeVar("T")

#: Seconds that one request may take: real ones, on a machine that may be busy.
DEADLINE = 30.0
#: Seconds that a lost request could still be under way; the clock is set on by them, nobody waits.
SETTLE = 600.0


class Deliveries:
    """What `syndicate publish` and `update` do with one post at one target, in this process.

    Args:
        folder: For the ledger and the tokens.
        options: Fields of the adapter, its secrets among them.
        proxy: What stands in front of the server.
        count: How many posts a reader, or the account's owner, sees there with this post's words.
    """

    def __init__(
        self,
        folder: Path,
        adapter: type[Adapter],
        options: Mapping[str, Any],
        *,
        proxy: Proxy,
        base_url: str | None = None,
        count: Callable[[Post], int],
    ) -> None:
        self.folder = folder
        self.clock = Clock()
        self.proxy = proxy
        self.adapter = make_adapter(adapter, options, base_url or proxy.url)
        self.count = count
        self.pictures: Callable[[str, int], Awaitable[Picture]] = a_picture
        proxy.reset()

    def run(self, post: Post, *, update: bool = False) -> Delivery:
        """Opens the ledger, plans, carries out, closes. A draft is sent as one."""
        ledger = SQLiteLedger(
            self.folder / "ledger.db", now=self.clock.time, steady=lambda: ("test", self.clock.time())
        )
        try:
            target = Target("place", self.adapter)
            plan = make_plan([post], [target], ledger.rows(post.key), now=self.clock.time(), as_draft=post.draft)
            (delivery,) = asyncio.run(self._carry_out(ledger, target, plan, update))
            return delivery
        finally:
            ledger.close()

    async def _carry_out(self, ledger: SQLiteLedger, target: Target, plan: Any, update: bool) -> list[Delivery]:
        async with make_client(DEADLINE) as client:
            means = Means(
                ledger=ledger,
                connect=lambda _target, before_write: self._http(client, target, before_write),
                now=self.clock.now,
                sleep=self.clock.sleep,
                deadline=DEADLINE,
                settle=SETTLE,
            )
            publisher = Publisher(means)
            return await (publisher.update(plan) if update else publisher.publish(plan))

    def ask(self, call: Callable[[Adapter, Http], Awaitable[T]]) -> T:
        """What `call` gets from the server with an `Http` that is good for one attempt; past the ledger."""

        async def once() -> T:
            async with make_client(DEADLINE) as client:
                return await call(self.adapter, self._http(client, Target("place", self.adapter), lambda: None))

        return asyncio.run(once())

    def publish(self, part: Post | Part, key: str | None = None) -> Published:
        """Sends one part, past the ledger, with a fresh key or with `key`."""
        chosen = part if isinstance(part, Part) else self.part(part)
        return self.ask(partial(_publish, chosen, Attempt(key or new_key(self.clock.time()), self.clock.now())))

    def find(self, post: Post) -> Published | None:
        """What the adapter's `find` says of the post's one part, as after a first try a minute ago."""
        return self.ask(partial(_find, self.part(post), Attempt(post.key, self.clock.now())))

    def read(self, post: Post, published: Published) -> Part | None:
        return self.ask(partial(_read, self.part(post), published))

    def delete(self, published: Published) -> None:
        self.ask(partial(_delete, published))

    def part(self, post: Post) -> Part:
        """The one part of the post's draft."""
        (part,) = self.adapter.render(for_target(post, Target("place", self.adapter))).parts
        return part

    def settle(self) -> None:
        """Lets the time pass in which a lost request could still arrive."""
        self.clock.offset += DEADLINE + SETTLE + self.adapter.prevention.lag + 1

    def _http(self, client: Any, target: Target, before_write: Callable[[], None]) -> Http:
        return Http(
            client,
            deadline=DEADLINE,
            now=self.clock.now,
            sleep=self.clock.sleep,
            before_write=before_write,
            tokens=TokenStore(self.folder / "tokens.json", self.clock.time),
            redact=redactor(target.secrets()),
            pictures=self.pictures,
        )


def live(it: Deliveries, post: Post, changed: Post) -> Published:
    """A post's life: created, not created again, found, read, changed, deleted. Each step is looked at there."""
    published = created(it, post)
    assert it.run(post).action == "skip"
    found = it.find(post)
    assert found is not None
    assert found.id == published.id
    assert it.read(post, published) == it.part(post)
    assert it.count(post) == 1

    delivery = it.run(changed, update=True)
    assert (delivery.state, delivery.error) == ("published", None), _told(delivery)
    assert it.read(changed, published) == it.part(changed)
    assert it.read(post, published) != it.part(post)
    assert (it.count(post), it.count(changed)) == (0, 1)

    it.delete(published)
    assert it.count(changed) == 0
    assert it.read(changed, published) is None
    assert it.find(changed) is None
    return published


def created(it: Deliveries, post: Post) -> Published:
    """The post, published as one part."""
    delivery = it.run(post)
    assert (delivery.state, delivery.error, delivery.action) == ("published", None, "create"), _told(delivery)
    assert delivery.remote_id
    assert delivery.url
    return Published(delivery.remote_id, delivery.url)


def loses(
    it: Deliveries, post: Post, what: Literal["request", "answer"], when: Callable[[str, str], bool], writes: int
) -> None:
    """The answer or the request is lost on the way: in the end there is exactly one post.

    `when` tells the write among the requests; `writes` is how many of them the server may have been given in the end.
    """
    it.proxy.lose(what, when)
    delivery = it.run(post)
    assert it.proxy.lost, ("nothing was lost: this proves nothing", _told(delivery))
    assert it.count(post) == (1 if what == "answer" else 0)
    sent = _writes(it, when)
    if what == "request":  # an answer that was lost may be found right away
        assert (delivery.state, exit_code([delivery])) == ("unknown", Exit.PERSON), _told(delivery)
    assert it.run(post).state in ("unknown", "published")
    assert _writes(it, when) == sent
    for _ in range(2):
        it.settle()
        delivery = it.run(post)
    assert (delivery.state, delivery.error) == ("published", None), _told(delivery)
    assert it.run(post).action == "skip"
    assert it.count(post) == 1
    assert _writes(it, when) == writes


def loses_a_change(it: Deliveries, post: Post, changed: Post, when: Callable[[str, str], bool]) -> None:
    """The answer to a change is lost: said again, it is done, and there is still one post."""
    created(it, post)
    it.proxy.lose("answer", when)
    delivery = it.run(changed, update=True)
    assert it.proxy.lost, ("nothing was lost: this proves nothing", _told(delivery))
    assert (it.count(post), it.count(changed)) == (0, 1)
    it.settle()
    delivery = it.run(changed, update=True)
    assert (delivery.state, delivery.error) == ("published", None), _told(delivery)
    assert it.run(changed).action == "skip"
    assert (it.count(post), it.count(changed)) == (0, 1)


def _told(delivery: Delivery) -> tuple[object, ...]:
    """What a failed assertion shows of it."""
    return (delivery.action, delivery.state, delivery.error, delivery.warnings)


def _writes(it: Deliveries, when: Callable[[str, str], bool]) -> int:
    return sum(when(*request) for request in it.proxy.passed)


async def _publish(part: Part, attempt: Attempt, adapter: Adapter, http: Http) -> Published:
    return await adapter.publish(part, attempt, http)


async def _find(part: Part, attempt: Attempt, adapter: Adapter, http: Http) -> Published | None:
    return await adapter.find(part, attempt, http)


async def _read(part: Part, published: Published, adapter: Adapter, http: Http) -> Part | None:
    copy: Part | None = await adapter.read(part, published, http)  # type: ignore[attr-defined]
    return copy


async def _delete(published: Published, adapter: Adapter, http: Http) -> None:
    await adapter.delete(published, http)  # type: ignore[attr-defined]
