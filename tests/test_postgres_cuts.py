"""The line to the database is cut at every message of every transaction: all of it happened or none, and it goes on.

How many messages there are is counted in a run that nobody disturbs; then each is cut, in both directions: before
the server has it, and when the server has done what it was asked to and the client has not heard of it (the commit
that is executed and whose answer is lost is among these).
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from syndicate.adapter import Adapter, Post
from syndicate.errors import UsageError
from syndicate.ledger import Claim, Event, Intent, Row, migrate
from syndicate.registry import adapter_class, standin_class
from syndicate.testing.rig import Rig, sample_post

from .ledger_bridge import rows
from .postgres import Cluster
from .postgres_proxy import Cut, Proxy, Side

pytestmark = pytest.mark.slow

#: What no two runs have in common.
_OWN = {"post_key": "", "idem_key": "", "updated_at": 0.0}


@dataclass(frozen=True)
class Scene:
    """A ledger whose line can be cut, and one beside it that is not disturbed."""

    ledger: Any
    beside: Any
    proxy: Proxy

    def state(self, key: str) -> tuple[list[Row], list[Event]]:
        """What is recorded of a delivery, without what no two runs have in common."""
        events = [replace(event, at=0.0, post_key="") for event in self.beside.log(key)]
        return [replace(row, **_OWN) for row in self.beside.rows(key)], events


@pytest.fixture
def open_scene(postgres: Cluster, postgres_url: str) -> Iterator[Callable[[float], Scene]]:
    """Opens a scene; how long its ledger makes a broken connection anew, in seconds, is up to the test."""
    from syndicate.ledger.postgres import PostgresLedger

    migrate(postgres_url, Path())
    name = postgres_url.rpartition("/")[2]
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(Proxy(postgres.port))

        def scene(patience: float) -> Scene:
            through = postgres.url(name, port=proxy.port)
            ledger = stack.enter_context(contextlib.closing(PostgresLedger(through, patience=patience)))
            beside = stack.enter_context(contextlib.closing(PostgresLedger(postgres_url)))
            return Scene(ledger, beside, proxy)

        yield scene


def _claimed(scene: Scene, key: str) -> Claim:
    claim: Claim = scene.ledger.claim(rows(key=key, parts=2))
    return claim


def _sent(scene: Scene, key: str) -> Claim:
    claim = _claimed(scene, key)
    scene.ledger.intend(claim, 0, Intent(1.0, 2.0))
    return claim


def _left(scene: Scene, key: str) -> None:
    """A delivery that was being sent when its owner died: its lease is over."""
    claim = scene.beside.claim(rows(key=key, parts=2))
    scene.beside.intend(claim, 0, Intent(1.0, 2.0))
    scene.beside._db.execute(
        "UPDATE syndicate.parts SET lease_until = now() - interval '1 s' WHERE post_key = %s", (key,)
    )


def _released(scene: Scene, key: str) -> None:
    scene.ledger.release(_sent(scene, key))


#: What comes before, and the method itself, which gets what that returned.
METHODS: dict[str, tuple[Callable[[Scene, str], Any], Callable[[Any, str, Any], Any]]] = {
    "claim": (lambda _scene, _key: None, lambda ledger, key, _: ledger.claim(rows(key=key, parts=2))),
    "claim of what a dead one left": (_left, lambda ledger, key, _: ledger.claim(rows(key=key, parts=2))),
    "intend": (_claimed, lambda ledger, _key, claim: ledger.intend(claim, 0, Intent(1.0, 2.0))),
    "record": (
        _sent,
        lambda ledger, _key, claim: ledger.record(claim, 0, "published", 3.0, remote_id="7", remote_url="https://x/7"),
    ),
    "release": (_sent, lambda ledger, _key, claim: ledger.release(claim)),
    "rows": (_released, lambda ledger, key, _: ledger.rows(key)),
}


def _undisturbed(scene: Scene, method: str, key: str) -> tuple[Any, Any, list[Cut]]:
    """The state before, the state after, and all the cuts that there are."""
    before, act = METHODS[method]
    given = before(scene, key)
    was = scene.state(key)
    scene.proxy.arm(None)
    act(scene.ledger, key, given)
    seen = {side: list(kinds) for side, kinds in scene.proxy.seen.items()}
    sides: tuple[Side, ...] = ("client", "server")
    cuts = [
        Cut(side, number, reset=reset)
        for side in sides
        for number in range(1, len(seen[side]) + 1)
        for reset in (False, True)
    ]
    assert len(seen["server"]) >= 3, seen
    assert seen["server"][-1] == "Z"  # the end of an answer: nothing is missing
    return was, scene.state(key), cuts


@pytest.mark.parametrize("method", METHODS)
def test_cut_once(open_scene: Callable[[float], Scene], method: str) -> None:
    """Cut at any message, the method goes on by itself within seconds, and leaves what it leaves undisturbed.

    A commit that was executed and whose answer was lost is run again: nothing but the fence, the count of attempts
    and lines of the log may tell, and only after the two messages that are this answer.
    """
    scene = open_scene(20.0)
    _, after, cuts = _undisturbed(scene, method, "id:undisturbed")
    before, act = METHODS[method]
    told = []
    for number, cut in enumerate(cuts):
        key = f"id:{number}"
        given = before(scene, key)
        scene.proxy.arm(cut)
        began = time.monotonic()
        act(scene.ledger, key, given)
        assert scene.proxy.struck.is_set(), cut
        assert time.monotonic() - began < 5, cut
        now = scene.state(key)
        assert _but_for_a_repeat(now) == _but_for_a_repeat(after), cut
        if now != after:
            told.append(cut)
    assert len({cut.number for cut in told}) <= 2, told
    assert all(cut.side == "server" for cut in told)


def _but_for_a_repeat(state: tuple[list[Row], list[Event]]) -> tuple[list[Row], list[Event]]:
    """Without what a transaction leaves that is run twice."""
    rows, events = state
    once = [event for event, _ in itertools.groupby(replace(event, fence=0) for event in events)]
    return [replace(row, fence=0, attempts=min(row.attempts, 1)) for row in rows], once


@pytest.mark.parametrize("method", METHODS)
def test_cut_for_good(open_scene: Callable[[float], Scene], method: str) -> None:
    """When there is no line any more the method says so; what is recorded is as it was before it, or as after it.

    Which of the two depends on whether the server had the commit. Once there is a line again, the same ledger works.
    """
    scene = open_scene(0.0)
    was, after, cuts = _undisturbed(scene, method, "id:undisturbed")
    before, act = METHODS[method]
    found = set()
    for number, cut in enumerate(cuts):
        key = f"id:{number}"
        given = before(scene, key)
        scene.proxy.arm(replace(cut, for_good=True))
        with pytest.raises(UsageError) as caught:
            act(scene.ledger, key, given)
        assert caught.value.next, cut
        now = scene.state(key)
        assert now in (was, after), cut
        found.add(now == after)
        scene.proxy.arm(None)
        act(scene.ledger, key, given)
        assert _but_for_a_repeat(scene.state(key)) == _but_for_a_repeat(after), cut
    assert found == ({True, False} if was != after else {True})


def test_cut_while_opening(postgres: Cluster, postgres_url: str) -> None:
    """Cut at any message of its opening, a ledger is refused with words or opens; the next one opens."""
    from syndicate.ledger.postgres import PostgresLedger

    migrate(postgres_url, Path())
    with Proxy(postgres.port) as proxy:
        through = postgres.url(postgres_url.rpartition("/")[2], port=proxy.port)
        proxy.arm(None)
        PostgresLedger(through).close()
        seen = {side: len(kinds) for side, kinds in proxy.seen.items()}
        for side, count in seen.items():
            for number in range(1, count + 1):
                proxy.arm(Cut(side, number))
                with contextlib.suppress(UsageError), contextlib.closing(PostgresLedger(through)) as ledger:
                    assert ledger.rows() == []
                assert proxy.struck.is_set(), (side, number)
                PostgresLedger(through).close()
    assert seen["client"] > 5
    assert seen["server"] > 10


def _post(name: str) -> Post:
    url = f"https://blog.example.org/posts/{name}/"
    return sample_post(key=f"id:{name}", title=f"About {name}", canonical_url=url, base_url=url)


@pytest.mark.parametrize("name", ["devto", "twitter"])
def test_cut_in_a_publish(postgres: Cluster, tmp_path: Path, name: str) -> None:
    """Cut at any statement of a publish, each part reaches the platform once and is recorded as published.

    A statement is cut before the server has all of it, and when it was executed and the client does not know.
    """
    adapter: type[Adapter] = adapter_class(name)
    url = postgres.database()
    options = {"mode": "thread"} if name == "twitter" else {}
    with (
        Proxy(postgres.port) as proxy,
        Rig(tmp_path, adapter, standin_class(name), options=options, ledger=url) as rig,
    ):
        rig.ledger = postgres.url(url.rpartition("/")[2], port=proxy.port)
        proxy.arm(None)
        assert rig.run(post=_post("undisturbed")).state == "published"
        kinds: dict[Side, str] = {"client": "QS", "server": "C"}
        cuts = [
            Cut(side, number, reset=number % 2 == 0)
            for side, wanted in kinds.items()
            for number, kind in enumerate(proxy.seen[side], 1)
            if kind in wanted
        ]
        sent = rig.writes
        assert sent > 0
        for cut in cuts:
            post, before = _post(f"{cut.side}-{cut.number}"), rig.writes
            proxy.arm(cut)
            with contextlib.suppress(UsageError):  # while it was being opened: nothing was sent
                rig.run(post=post)
            assert proxy.struck.is_set(), cut
            assert rig.run(post=post).state == "published", cut
            assert rig.writes - before == sent, cut
