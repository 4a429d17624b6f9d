"""What nobody in the project does: requests arrive or are lost, a lookup catches up, time passes.

Time is the order of events. There are no seconds: `settle_until` passes at any moment at which the assumptions
allow it, and so do a lease and the life of a key.
"""

from __future__ import annotations

from collections.abc import Iterator

from .ledger import here, put
from .state import Part, Protocol, World

Event = tuple[str, bool, World]


def covered(protocol: Protocol) -> bool:
    """Whether a request leaves at most so late that `settle_until` of its intent covers it."""
    return protocol.prompt or (protocol.send_check and protocol.short_pause)


def arrivals(protocol: Protocol, part: Part) -> Iterator[tuple[str, bool, Part, str]]:
    """What may become of a request for `part`: (words, whether that is a fault, the part after it, the answer)."""
    there = part.effects > 0
    if there and protocol.platform == "key" and part.key != "expired":
        yield "is known by its key", False, part, "ok"
        yield "is known by its key, the answer is lost", True, part, "doubt"
    elif there and protocol.platform == "rejects":
        yield "is refused as a copy", False, part, "dup"
        yield "is refused as a copy, the answer is lost", True, part, "doubt"
    else:
        posted = part._replace(effects=part.effects + 1, indexed=False)
        yield "is posted", False, posted, "ok"
        yield "is posted, the answer is lost or a 5xx", True, posted, "later" if protocol.clear_5xx else "doubt"
        if protocol.platform == "rejects":  # a proxy sent it twice, and passes the second answer on
            yield "is posted, and answered as a copy of itself", True, posted, "dup"
    yield "is lost, or answered 5xx without effect", True, part, "doubt"
    yield "cannot be made, or is answered 429", True, part, "later"
    yield "is refused", True, part, "refused"


def events(protocol: Protocol, world: World) -> Iterator[Event]:
    """Every event outside the workers."""
    if world.leased:
        alive = any(worker.holds for worker in world.workers)
        yield "the lease passes", alive, world._replace(leased=False)
    for number, part in enumerate(world.parts):
        for words, fault, after in _part(protocol, world, number, part):
            yield words if protocol.parts == 1 else f"part {number + 1}: {words}", fault, after


def _part(protocol: Protocol, world: World, number: int, part: Part) -> Iterator[Event]:
    for field, left in (("orphans", part.orphans), ("wild", part.wild)):
        if left:
            fewer = part._replace(**{field: left - 1})
            ends = {(words, fault, after) for words, fault, after, _answer in arrivals(protocol, fewer)}
            for words, fault, after in sorted(ends):
                yield f"the late request {words}", fault, put(world, number, after)
    if not part.indexed:
        yield "the lookup catches up", False, put(world, number, part._replace(indexed=True))
    if part.settled and part.key in ("unused", "expired"):
        return
    under_way = _under_way(protocol, world, number, part)
    late, slow = _late(world, number)
    if not part.settled and not under_way and (part.indexed or not protocol.waits_for_lag):
        yield "settle_until passes", slow, put(late, number, part._replace(settled=True))
    if part.key == "open":
        yield "the key becomes too old to be used again", False, put(world, number, part._replace(key="closing"))
    # An intent inside the window ends before it: who has not sent by now sees that it is too late.
    if part.key == "closing" and not under_way:
        yield "the platform forgets the key", slow, put(late, number, part._replace(key="expired"))
    if part.key == "loose":
        yield "the platform forgets the key", False, put(world, number, part._replace(key="expired"))


def _late(world: World, number: int) -> tuple[World, bool]:
    """`world` after `settle_until`, and whether somebody was so slow as to be surprised by that: a fault."""
    slow = [worker.pc == "intended" and here(world, me) == number for me, worker in enumerate(world.workers)]
    if not any(slow):
        return world, False
    workers = zip(world.workers, slow, strict=True)
    late = tuple(worker._replace(pc="intended late") if was else worker for worker, was in workers)
    return world._replace(workers=late), True


def _under_way(protocol: Protocol, world: World, number: int, part: Part) -> bool:
    """Whether a request for the part may still leave or arrive, of those that the assumptions give a limit."""
    if part.orphans:
        return True
    for me, worker in enumerate(world.workers):
        if worker.pc in ("idle", "release") or here(world, me) != number:
            continue
        if worker.pc == "sent" or (worker.pc == "checked" and covered(protocol)):
            return True
        if protocol.prompt and (worker.pc == "intended" or (worker.pc in ("write", "later") and part.key != "unused")):
            return True
    return False
