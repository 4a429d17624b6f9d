"""The same steps taken by the code itself, to compare: one run of `Publisher` on a SQLite ledger, and of the model.

What the platform answers and shows is set by hand; nothing is killed and no time passes during the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from syndicate.adapter import Adapter, Attempt, Dedupe, Dialect, Draft, Limits, Part, Post, Published
from syndicate.config import Target
from syndicate.errors import Duplicate, Failure, OutcomeUnknown, Rejected, Unavailable
from syndicate.http import Http
from syndicate.ledger import Intent
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.plan import plan_one
from syndicate.publish import Publisher
from syndicate.send import Means

from .search import moves
from .state import IDLE, Platform, Protocol, World
from .state import Part as ModelPart

POST = Post(key="url:https://blog.example.org/a", source="a.md", title="A", body="words", path="a.md")
SENT_AT, DEADLINE, SETTLE, WINDOW = 1000.0, 30.0, 600.0, 10_000.0
#: The moment of the run: before `settle_until`, after it, after the life of the key.
MOMENTS = {"early": SENT_AT + 10, "settled": SENT_AT + 700, "old": SENT_AT + 20_000}
FAILURES: dict[str, type[Failure]] = {
    "dup": Duplicate,
    "later": Unavailable,
    "refused": Rejected,
    "doubt": OutcomeUnknown,
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How a run begins, and what the platform does. `shown`: the post is there and the lookup shows it."""

    platform: Platform
    state: str
    moment: str = "settled"
    shown: bool = False
    answer: str = "ok"


class Wire:
    """In the place of `Http`: records the intent, then answers as it is told."""

    def __init__(self, before_write: Callable[[], None], answer: str) -> None:
        self._before_write = before_write
        self._answer = answer
        self.in_doubt = False

    def write(self) -> None:
        self._before_write()
        self.in_doubt = self._answer in ("ok", "doubt")
        if self._answer != "ok":
            raise FAILURES[self._answer]("as the test wants it")


@dataclass(frozen=True, kw_only=True)
class Scripted(Adapter):
    """An adapter for a platform that is set by hand."""

    name = "scripted"
    title = "Scripted"
    homepage = "https://example.org"
    limits = Limits(text=100)
    dialect = Dialect()
    dedupe = Dedupe(kind="none")  # an instance has its own
    id: str = ""
    shown: bool = False

    def render(self, post: Post) -> Draft:
        return Draft((Part(payload={"text": post.body}, text=post.body, count=5, limit=100),))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        cast("Wire", http).write()
        return Published(self.id, f"https://example.org/{self.id}")

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        return Published(self.id) if self.shown else None


def run(scene: Scene, path: Path, name: str, die: Callable[[SQLiteLedger], None]) -> tuple[str, int]:
    """What `Publisher` makes of it: the row's state in the end, and how many requests left. `name`: of the post."""
    post = replace(POST, key=name)
    kind = "lookup" if scene.platform == "rejects" else scene.platform
    dedupe = Dedupe(kind=kind, window=WINDOW if kind == "key" else 0.0)
    adapter = type("Here", (Scripted,), {"dedupe": dedupe})(base_url="https://example.org", id=name, shown=scene.shown)
    target, moment = Target("here", adapter), MOMENTS[scene.moment]
    item = plan_one(post, target, (), now=moment, as_draft=False)
    _prepare(scene, path, item.wanted_rows(), die)
    ledger = SQLiteLedger(path, now=lambda: moment)
    sent = 0

    def connect(_target: str, before_write: Callable[[], None]) -> Any:
        def counted() -> None:
            nonlocal sent
            before_write()
            sent += 1

        return Wire(counted, scene.answer)

    means = Means(
        ledger=ledger,
        connect=connect,
        now=lambda: datetime.fromtimestamp(moment, UTC),
        deadline=DEADLINE,
        settle=SETTLE,
        patience=0.0,
    )
    item = plan_one(post, target, tuple(ledger.rows(name)), now=moment, as_draft=False)
    asyncio.run(Publisher(means).publish([item]))
    (row,) = ledger.rows(name)
    ledger.close()
    return row.state, sent


def _prepare(scene: Scene, path: Path, rows: Any, die: Callable[[SQLiteLedger], None]) -> None:
    """A former run that left the row as the scene begins."""
    ledger = SQLiteLedger(path, now=lambda: SENT_AT)
    claim = ledger.claim(rows)
    if scene.state == "planned":
        ledger.release(claim)
    else:
        ledger.intend(claim, 0, Intent(SENT_AT, SENT_AT + DEADLINE + SETTLE))
        if scene.state != "sending":
            ledger.record(claim, 0, cast("Any", scene.state), SENT_AT)
    die(ledger)


def expected(scene: Scene) -> set[tuple[str, int]]:
    """What the model makes of it: every end of a run in which nothing else happens."""
    sent_before = scene.state in ("unknown", "sending")
    age = {"early": "open", "settled": "open", "old": "closing"}[scene.moment]
    part = ModelPart(
        state=scene.state,
        settled=not sent_before or scene.moment != "early",
        key=age if scene.platform == "key" and sent_before else "unused",
        effects=int(scene.shown),
    )
    protocol = Protocol(mode="lock", platform=scene.platform)
    ends: set[tuple[str, int]] = set()
    stack = [(World((part,), (IDLE,)), 0, True)]
    while stack:
        world, sent, begins = stack.pop()
        pc = world.workers[0].pc
        if pc == "idle" and not begins:
            ends.add((world.parts[0].state, sent))
            continue
        # A run claims once, and once more after `Again`.
        begins = pc == "absent" or (begins and pc != "idle")
        stack += [(after, sent + (after.workers[0].pc == "sent"), begins) for after in _calm(protocol, world, scene)]
    return ends


def _calm(protocol: Protocol, world: World, scene: Scene) -> Iterator[World]:
    """The moves of the scene: nobody is killed, time stands still, the platform does as it is told."""
    waits = world.workers[0].pc == "sent"
    for who, words, fault, after in moves(protocol, world):
        if who < 0 or "to try again" in words or "times out" in words or "killed" in words:
            continue
        if not waits and not fault:
            yield after
        if waits and after.workers[0].pc == scene.answer:
            effects = [(before.effects, part.effects) for before, part in zip(world.parts, after.parts, strict=True)]
            if scene.answer == "ok" or all(before == now for before, now in effects):
                yield after
