"""The vocabulary of the model: what the world looks like, and which steps a protocol takes.

All values are immutable tuples of small values, so a world is its own key in the set of visited ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Mode = Literal["lock", "lease"]
Platform = Literal["lookup", "rejects", "key", "none"]

#: States of a ledger's row that the model knows. `waiting` is missing: nothing is ever sent for it.
ROW_STATES = ("planned", "sending", "unknown", "published", "failed")


class Part(NamedTuple):
    """One row of the ledger, and what the platform and the network hold of it.

    `settled`: `settle_until` plus the platform's lag has passed. `key`: how old the row's first try is, measured
    by the life of its idempotency key (`unused`, `open`, `closing`, `loose`, `expired`; see `events`).
    `effects`: posts on the platform. `indexed`: a lookup shows them. `orphans`, `wild`: requests that are on
    their way with nobody waiting for the answer; the wild ones left so late that `settle_until` does not cover them.
    """

    state: str = "planned"
    settled: bool = True
    key: str = "unused"
    effects: int = 0
    indexed: bool = True
    orphans: int = 0
    wild: int = 0


class Worker(NamedTuple):
    """One process. `pc`: the step it is at. `view`: the states of this part and those after it, as its claim
    returned them. `holds`: its fence and its name are those in the rows.
    """

    pc: str = "idle"
    view: tuple[str, ...] = ()
    holds: bool = False


class World(NamedTuple):
    """Everything. `leased`: the owner in the rows has a lease that has not passed (unused with a kernel lock)."""

    parts: tuple[Part, ...]
    workers: tuple[Worker, ...]
    leased: bool = False


IDLE = Worker()


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Which steps are taken; every variant runs through the same code. The defaults are the protocol.

    Two fields are assumptions about the world, not steps: `prompt` (no process is suspended between deciding and
    the moment when the bytes leave) and `short_pause` (nor between the last check and that moment).
    """

    mode: Mode
    platform: Platform = "lookup"
    parts: int = 1
    prompt: bool = False
    short_pause: bool = True

    busy: bool = True  # a claim is refused while its owner lives
    takeover: bool = True  # a claim makes what a gone owner was sending `unknown`
    reruns: bool = False  # ... or plans it anew at once, as a task queue does
    intent: bool = True  # `sending` is committed before the request leaves
    records_first: bool = False  # `published` is
    fence_on_intent: bool = True
    fence_on_outcome: bool = True
    fence_on_lookup: bool = True
    send_check: bool = True  # right before the bytes leave: the intent is not older than `deadline`
    resends: bool = False  # a retry library around the write
    clear_5xx: bool = False  # a 5xx counts as "nothing happened"
    settles: bool = True  # absence counts only after `settle_until`
    waits_for_lag: bool = True
    restarts: bool = False  # settling is counted anew from when a doubt is noticed
    lookup_misses: bool = False  # the lookup may miss a post, and counts all the same
    parks: bool = True  # without a lookup, a person decides
    key_window: bool = True  # a key is used again only inside its window
    key_recheck: bool = True  # ... which is looked at again when the intent is committed


def start(protocol: Protocol, workers: int) -> World:
    """Nothing was sent, nobody is at work."""
    return World((Part(),) * protocol.parts, (IDLE,) * workers)


def canonical(world: World) -> World:
    """Workers are alike: worlds that differ in their order only are one."""
    parts, workers, leased = world
    return World(parts, tuple(sorted(workers)), leased)  # `_replace` takes three times as long, and a third of a search
