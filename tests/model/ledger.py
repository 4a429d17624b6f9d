"""The ledger's transactions, each one step: `syndicate.ledger.sqlite.SQLiteLedger`, or an engine with leases.

A fence number is only ever compared with the one in the rows, and a claim changes it and the owner together. So
"my fence and my name are those in the rows" is one bit a worker, `Worker.holds`, which a later claim takes away.
"""

from __future__ import annotations

from .state import IDLE, Part, Protocol, Worker, World


def claimable(protocol: Protocol, world: World) -> bool:
    """Whether `claim` would not raise `Busy`: the kernel's lock of the owner is free, or its lease has passed."""
    if not protocol.busy:
        return True
    return not world.leased if protocol.mode == "lease" else not any(worker.holds for worker in world.workers)


def claim(protocol: Protocol, world: World, me: int) -> World:
    """`claim`: a new fence, a new owner; what a gone owner was sending is `unknown` from now on."""
    parts = tuple(_taken_over(protocol, part) if part.state == "sending" else part for part in world.parts)
    workers = [worker._replace(holds=False) if worker.holds else worker for worker in world.workers]
    workers[me] = Worker("turn", tuple(part.state for part in parts), holds=True)
    return World(parts, tuple(workers), protocol.mode == "lease")


def _taken_over(protocol: Protocol, part: Part) -> Part:
    if protocol.reruns:
        return part._replace(state="planned")
    if not protocol.takeover:
        return part
    part = part._replace(state="unknown")
    return _count_anew(part) if protocol.restarts else part


def _count_anew(part: Part) -> Part:
    """`settle_until` counts from now: it covers every request that has left, however late."""
    return part._replace(settled=False, orphans=part.orphans + part.wild, wild=0)


def intend(protocol: Protocol, world: World, me: int) -> World | None:
    """`intend`: `sending`, and `settle_until` counts from now. `None`: `ClaimLost`."""
    worker, number = world.workers[me], here(world, me)
    part = world.parts[number]
    if part.state == "published" or (protocol.fence_on_intent and not worker.holds):
        return None
    key = {"unused": "open", "closing": "closing" if protocol.prompt else "loose"}.get(part.key, part.key)
    part = _count_anew(part)._replace(state="sending", key=key if protocol.platform == "key" else "unused")
    # A request that left before this moment is now covered by the new `settle_until`.
    workers = tuple(
        other._replace(pc="sent") if other.pc == "sent wild" and here(world, i) == number else other
        for i, other in enumerate(world.workers)
    )
    return _renewed(protocol, put(world, number, part)._replace(workers=workers), worker)


def record(protocol: Protocol, world: World, me: int, state: str, *, compare: bool = True) -> World | None:
    """`record`: a new state. `None`: `ClaimLost`."""
    worker, number = world.workers[me], here(world, me)
    if compare and not worker.holds:
        return None
    part = world.parts[number]._replace(state=state)
    if state in ("planned", "failed"):
        part = part._replace(key="unused")  # `first_sent_at` is empty again
    if state == "unknown" and protocol.restarts:
        part = _count_anew(part)
    return _renewed(protocol, put(world, number, part), worker)


def release(world: World, me: int) -> World:
    """`release`, and the run is over."""
    leased = world.leased and not world.workers[me].holds
    return become(world, me, IDLE)._replace(leased=leased)


def _renewed(protocol: Protocol, world: World, worker: Worker) -> World:
    return World(world.parts, world.workers, True) if protocol.mode == "lease" and worker.holds else world


def here(world: World, me: int) -> int:
    """The number of the part that a worker is at."""
    return len(world.parts) - len(world.workers[me].view)


def put(world: World, number: int, part: Part) -> World:
    """`world` with another part in the place of `number`."""
    parts, workers, leased = world
    return World((*parts[:number], part, *parts[number + 1 :]), workers, leased)


def become(world: World, me: int, worker: Worker) -> World:
    """`world` with another worker in the place of `me`."""
    parts, workers, leased = world
    return World(parts, (*workers[:me], worker, *workers[me + 1 :]), leased)
