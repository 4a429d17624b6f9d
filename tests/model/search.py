"""Breadth-first search through every interleaving, and what is asked of the worlds that it finds."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .events import events
from .state import Protocol, World, canonical, start
from .steps import steps

Verdict = Literal["safe", "duplicate", "loss", "stuck"]
#: (who: the number of a worker, or -1; what happens; whether it is a fault; the world after it)
Move = tuple[int, str, bool, World]


def moves(protocol: Protocol, world: World) -> Iterator[Move]:
    """Everything that can happen next."""
    for me in range(len(world.workers)):
        for words, fault, after in steps(protocol, world, me):
            yield me, words, fault, after
    for words, fault, after in events(protocol, world):
        yield -1, words, fault, after


def wrong(world: World) -> Verdict | None:
    """What must hold in every world.

    `duplicate`: a part is on the platform more than once. `loss`: the ledger says `published`, nothing is on the
    platform, nothing is on its way, and nobody is at work who could still put it there.
    """
    if any(part.effects > 1 for part in world.parts):
        return "duplicate"
    if any(worker.pc != "idle" for worker in world.workers):
        return None
    lost = any(p.state == "published" and not (p.effects or p.orphans or p.wild) for p in world.parts)
    return "loss" if lost else None


def done(protocol: Protocol, world: World) -> bool:
    """Whether the work is done: every part published, and there exactly once; or in the hands of a person.

    A person gets what is `unknown` where the platform has no lookup, or where an idempotency key has become too
    old and the lookup (which has had its time) shows nothing. What comes after it in a thread waits for that.
    """
    for part in world.parts:
        if part.orphans or part.wild:
            return False
        if part.state == "unknown":
            too_old = part.key in ("closing", "loose", "expired") and part.settled and not part.effects
            return protocol.platform == "none" or (protocol.platform == "key" and too_old)
        if part.state != "published" or part.effects != 1:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Result:
    """What a search found. `trace`: a shortest way to a wrong world, and how many faults are in it."""

    verdict: Verdict
    states: int
    trace: tuple[str, ...] = ()
    faults: int = 0


def explore(protocol: Protocol, workers: int, *, limit: int = 5_000_000) -> Result:
    """Searches all worlds that can be reached; stops at the first wrong one, which is a nearest one.

    Raises:
        RuntimeError: more than `limit` worlds. Nothing is left out silently.
    """
    first = canonical(start(protocol, workers))
    came_from: dict[World, World | None] = {first: None}
    # Where a world can be reached from without a fault: for the way back.
    back: dict[World, list[World]] = {}
    queue = deque([first])
    while queue:
        world = queue.popleft()
        for _who, _words, fault, reached in moves(protocol, world):
            after = canonical(reached)
            if not fault:
                back.setdefault(after, []).append(world)
            if after in came_from:
                continue
            came_from[after] = world
            if (verdict := wrong(after)) is not None:
                return Result(verdict, len(came_from), *_told(protocol, workers, _way(came_from, after)))
            queue.append(after)
        if len(came_from) > limit:
            raise RuntimeError(f"more than {limit} worlds")
    hopeful = [world for world in came_from if done(protocol, world)]
    reaches = set(hopeful)
    while hopeful:
        for before in back.get(hopeful.pop(), ()):
            if before not in reaches:
                reaches.add(before)
                hopeful.append(before)
    stuck = next((world for world in came_from if world not in reaches), None)  # the nearest: dicts keep their order
    if stuck is not None:
        return Result("stuck", len(came_from), *_told(protocol, workers, _way(came_from, stuck)))
    return Result("safe", len(came_from))


def _way(came_from: dict[World, World | None], world: World) -> list[World]:
    way, at = [world], came_from[world]
    while at is not None:
        way.append(at)
        at = came_from[at]
    return way[::-1]


def _told(protocol: Protocol, workers: int, way: list[World]) -> tuple[tuple[str, ...], int]:
    """The way in words. Worlds in the search are sorted; walked once more unsorted, workers keep their letters."""
    world, told, faults = start(protocol, workers), [], 0
    for wanted in way[1:]:
        found = [move for move in moves(protocol, world) if canonical(move[3]) == wanted]
        who, words, fault, world = min(found, key=lambda move: move[2])
        faults += fault
        told.append(words if who < 0 else "ABCDEFGH"[who] + ("" if words.startswith("'") else " ") + words)
    return tuple(told), faults
