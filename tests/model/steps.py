"""What a worker does next: `publish.Publisher._deliver` and `_parts`, `send.Sender.send` and `settle`.

Between two steps anything may happen and any time may pass. A step is yielded as (words, fault, world): a fault
is what need not happen for the work to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .events import arrivals, covered
from .ledger import become, claim, claimable, here, intend, put, record, release
from .state import IDLE, Protocol, Worker, World

Step = tuple[str, bool, World]

#: The code that each step models, as a function of the package; a test looks whether they are all there.
CODE: dict[str, tuple[str, ...]] = {
    "idle": ("publish:Publisher._deliver", "ledger.sql:SQLLedger.claim", "ledger.sql:SQLLedger._claim"),
    "turn": ("publish:Publisher._parts", "send:Sender.settle"),
    "write": ("send:Sender.send", "send:Sender._http", "ledger.sql:SQLLedger.intend"),
    "intended": ("http:Http.write", "http:Http._send"),
    "intended late": ("http:Http._send",),
    "checked": ("http:Http._send",),
    "sent": ("http:Http._send",),
    "sent wild": ("http:Http._send",),
    "ok": ("send:Sender._record_published", "ledger.sql:SQLLedger.record"),
    "dup": ("send:Sender._ours_after_all",),
    "later": ("send:Sender.send", "send:Sender._without_effect"),
    "refused": ("send:Sender._without_effect",),
    "doubt": ("send:Sender._doubt",),
    "look": ("adapter:Adapter.find", "send:Sender.settle"),
    "look sure": ("adapter:Adapter.find", "send:Sender.settle"),
    "look dup": ("adapter:Adapter.find", "send:Sender._ours_after_all"),
    "found": ("send:Sender._record_published",),
    "absent": ("send:Sender.settle", "send:Again"),
    "release": ("ledger.sql:SQLLedger.release",),
}


def steps(protocol: Protocol, world: World, me: int) -> Iterator[Step]:
    """Every step that worker `me` may take."""
    worker = world.workers[me]
    yield from STEPS[worker.pc](protocol, world, me, worker)
    if worker.pc != "idle":
        yield "is killed", True, _without(protocol, world, me)


def _without(protocol: Protocol, world: World, me: int) -> World:
    """The process is gone; its request, if it has left, goes on. The kernel frees a lock, a lease has to pass."""
    return become(_abandoned(world, me), me, IDLE)


def _abandoned(world: World, me: int) -> World:
    """Nobody waits for the answer any more."""
    pc = world.workers[me].pc
    if pc not in ("sent", "sent wild"):
        return world
    number = here(world, me)
    part = world.parts[number]
    part = part._replace(orphans=part.orphans + 1) if pc == "sent" else part._replace(wild=part.wild + 1)
    return put(world, number, part)


def _go(world: World, me: int, pc: str) -> World:
    _pc, view, holds = world.workers[me]
    return become(world, me, Worker(pc, view, holds))


def _stop(world: World, me: int) -> World:
    """The delivery ends (`Stop`, `ClaimLost`, or all is done); the claim is given back next."""
    if not world.workers[me].holds:
        return become(world, me, IDLE)  # `release` would change nothing
    return become(world, me, Worker("release", (), holds=True))


def _idle(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """`Publisher._deliver`: a run begins. Rows that it planned with may be old; those that `claim` returns count."""
    if claimable(protocol, world):
        after = claim(protocol, world, me)
        yield "claims the delivery", False, after
        if protocol.mode == "lease":  # the connection is cut after COMMIT: owned, and nobody knows
            yield "claims the delivery, the answer of COMMIT is lost", True, become(after, me, IDLE)


def _turn(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """`Publisher._parts` at its next row, and the beginning of `Sender.settle`."""
    view = worker.view
    while view and view[0] == "published":
        view = view[1:]
    world = become(world, me, Worker(worker.pc, view, worker.holds))
    if not view or view[0] == "sending":  # the latter in a variant only
        yield "has nothing to send", False, _stop(world, me)
    elif view[0] == "unknown":
        yield from _settle(protocol, world, me, worker.holds)
    else:
        yield f"finds part {here(world, me) + 1} {view[0]}", False, _go(world, me, "write")


def _settle(protocol: Protocol, world: World, me: int, holds: bool) -> Iterator[Step]:
    """`Sender.settle`: reads the clock, then decides how to go on."""
    part = world.parts[here(world, me)]
    if protocol.platform == "none" and protocol.parks:
        yield "cannot ask: a person decides", False, _stop(world, me)
        return
    # Whose claim is lost has read an older `settle_until`, which may have passed.
    clocks = {True} if not protocol.settles else {part.settled} if holds else {True, False}
    for passed in sorted(clocks):
        if protocol.platform == "key" and passed and (part.key == "open" or not protocol.key_window):
            yield "may use the key again", False, _go(world, me, "write")
        else:
            sure = passed and protocol.platform != "key"
            said = "sees that settle_until has passed" if sure else "may only look"
            yield said, False, _go(world, me, "look sure" if sure else "look")


def _look(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """`Adapter.find`. After a refusal as a copy: `Sender._ours_after_all`."""
    part = world.parts[here(world, me)]
    seen = part.effects > 0 and part.indexed and protocol.platform != "none"
    if seen:
        yield "finds the post", False, _go(world, me, "found")
    if not seen or protocol.lookup_misses:
        words = "misses the post that is there" if seen else "finds nothing"
        if worker.pc == "look":
            yield words, seen, _stop(world, me)
        else:
            yield words, seen, _go(world, me, "absent" if worker.pc == "look sure" else "refused")


def _write(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """`before_write`: the intent, in the transaction that compares the fence; uploads came before."""
    part = world.parts[here(world, me)]
    again = worker.view[0] == "unknown"
    if protocol.records_first:
        yield from _recorded(protocol, world, me, "published", "checked", compare=True)
    elif not protocol.intent:
        yield "goes on without an intent", False, _go(world, me, "intended")
    elif again and protocol.key_recheck and protocol.key_window and part.key != "open":
        yield "sees that the key has become too old", False, _stop(world, me)
    elif (after := intend(protocol, world, me)) is None:
        yield "is told at the intent that its claim is lost", False, _stop(world, me)
    else:
        yield "commits the intent", False, _go(after, me, "intended")
        if protocol.mode == "lease":
            yield "commits the intent, the answer of COMMIT is lost", True, after


def _intended(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """`http.Http._send`, `in_time`: the last look at a clock. It passes only before `settle_until`, if at all."""
    if not protocol.send_check:
        yield _leaving(protocol), False, _go(world, me, "sent" if protocol.prompt else "sent wild")
    else:
        if worker.pc == "intended":
            yield "checks that the intent is fresh", False, _go(world, me, "checked")
        yield "sees that the intent is old, and does not send", worker.pc == "intended", _go(world, me, "later")


def _checked(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    yield _leaving(protocol), False, _go(world, me, "sent" if covered(protocol) else "sent wild")


def _leaving(protocol: Protocol) -> str:
    return "lets the request leave" + ("" if covered(protocol) else ", at any later time")


def _sent(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """Waits for the answer, for `deadline` seconds at most (`http.Http._send`)."""
    for words, fault, part, answer in arrivals(protocol, world.parts[here(world, me)]):
        yield f"'s request {words}", fault, _go(put(world, here(world, me), part), me, answer)
    yield "times out while its request is on its way", True, _go(_abandoned(world, me), me, "doubt")


def _copy(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """The answer is `Duplicate`: `Sender._ours_after_all`."""
    yield "looks for what it is said to copy", False, _go(world, me, "look dup")


def _doubt(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """`Sender._doubt`: recorded as unknown, then looked for once (`may_decide=False`)."""
    if protocol.resends:
        yield "tries again", False, _go(world, me, "checked")
    elif protocol.platform == "none":
        yield from _recorded(protocol, world, me, "unknown", "", compare=protocol.fence_on_outcome)
    else:
        yield from _recorded(protocol, world, me, "unknown", "look", compare=protocol.fence_on_outcome)


def _done(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """`Sender._record_published`: after an answer, or after a lookup."""
    compare = protocol.fence_on_lookup if worker.pc == "found" else protocol.fence_on_outcome
    yield from _recorded(protocol, world, me, "published", "next", compare=compare)


def _absent(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """The end of `Sender.settle`: nothing arrived and nothing can; `Again`."""
    yield from _recorded(protocol, world, me, "planned", "", compare=protocol.fence_on_lookup)


def _nothing(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    """Certainly no effect: `Sender._without_effect`, or one more try within the run's patience (`once`)."""
    before = "unknown" if worker.view[0] == "unknown" else "planned"  # `_rest`
    if worker.pc == "later":
        yield from _recorded(protocol, world, me, before, "write", compare=protocol.fence_on_outcome)
    rest = "failed" if worker.pc == "refused" and before == "planned" else before
    yield from _recorded(protocol, world, me, rest, "", compare=protocol.fence_on_outcome)


def _recorded(protocol: Protocol, world: World, me: int, state: str, then: str, *, compare: bool) -> Iterator[Step]:
    """One `record`; `then` is the next step, empty when the delivery ends with it."""
    after = record(protocol, world, me, state, compare=compare)
    if after is None:
        yield f"is told that its claim is lost ({state} is not recorded)", False, _stop(world, me)
        return
    if then == "next":
        worker = after.workers[me]
        done = become(after, me, worker._replace(pc="turn", view=worker.view[1:]))
    else:
        done = _go(after, me, then) if then else _stop(after, me)
    yield f"records {state}" + (", to try again" if then == "write" else ""), False, done
    if protocol.mode == "lease" and after != world:  # done once more, on a fresh connection
        yield f"records {state}, the answer of COMMIT is lost", True, after


def _release(protocol: Protocol, world: World, me: int, worker: Worker) -> Iterator[Step]:
    yield "gives the delivery back", False, release(world, me)


STEPS: dict[str, Callable[[Protocol, World, int, Worker], Iterator[Step]]] = {
    "idle": _idle,
    "turn": _turn,
    "write": _write,
    "intended": _intended,
    "intended late": _intended,
    "checked": _checked,
    "sent": _sent,
    "sent wild": _sent,
    "ok": _done,
    "found": _done,
    "dup": _copy,
    "later": _nothing,
    "refused": _nothing,
    "doubt": _doubt,
    "look": _look,
    "look sure": _look,
    "look dup": _look,
    "absent": _absent,
    "release": _release,
}
