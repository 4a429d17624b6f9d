"""The platforms, in a process of their own that outlives every worker, and the faults that they play at random."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from syndicate.sandbox import Fault, Sandbox
from syndicate.sandbox.faults import Queue

from .platforms import STANDINS, title_of
from .settings import CLASSES, DEADLINE, LATE, Settings

#: How often a write, and a read, meets a fault; what kinds there are.
_WRITES = 0.24
_READS = 0.06
_ON_WRITES = ("drop_after", "drop_before", "late", "late", "slow", "error_before", "error_after", "rate", "garbage")
_ON_READS = ("drop_before", "error_before", "slow", "garbage")
#: Seconds between two outages, and how long one lasts: connections are refused.
_OUTAGE_EVERY = (2.0, 8.0)
_OUTAGE = (0.02, 0.15)


@dataclass(frozen=True, slots=True)
class Effect:
    """A post that stands on a platform. `at`: seconds since the epoch, by the platforms' clock."""

    title: str
    id: str
    at: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request to make a post, as it came in; `status` is what it was answered, `None` for nothing."""

    title: str
    at: float
    fault: str | None
    status: int | None


@dataclass(slots=True)
class Seen:
    """What the platforms have to say in the end, by class; and how many faults of each kind they played."""

    effects: dict[str, list[Effect]] = field(default_factory=dict)
    arrivals: dict[str, list[Arrival]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)


class RandomFaults(Queue):
    """A fault for some of the requests, until `calm`."""

    def __init__(self, seed: str, played: Counter[str]) -> None:
        super().__init__()
        self._chance = random.Random(seed)
        self._played = played
        self.calm = False

    def take(self, *, writes: bool) -> Fault | None:
        with self._lock:
            if self.calm or self._chance.random() >= (_WRITES if writes else _READS):
                return None
            kind = self._chance.choice(_ON_WRITES if writes else _ON_READS)
            self._played[f"{kind} ({'write' if writes else 'read'})"] += 1
            late = LATE if kind == "late" else (DEADLINE * 1.2, DEADLINE * 2)
            return Fault(kind, seconds=self._chance.uniform(*late), retry_after=self._chance.choice("0112"))


def serve(settings: Settings, parent: Connection) -> None:
    """Tells the parent the address, then does as it says: `calm` ends the faults, `dump` is answered by a `Seen`."""
    played: Counter[str] = Counter()
    sandbox = Sandbox(_free_port(), standins=STANDINS, now=time.time)
    for name, place in sandbox.places.items():
        place.faults = RandomFaults(f"{settings.seed}-{name}", played)
    calm = threading.Event()
    outages = threading.Thread(target=_outages, args=(sandbox, settings.seed, played, calm))
    with sandbox:
        parent.send(sandbox.url)
        outages.start()
        while True:
            try:
                word = parent.recv()
            except EOFError:
                word = "end"
            if word in ("calm", "end"):
                calm.set()
                outages.join()
                for place in sandbox.places.values():
                    assert isinstance(place.faults, RandomFaults)
                    place.faults.calm = True
            if word == "end":
                return
            parent.send(_dump(sandbox, played) if word == "dump" else None)


def _outages(sandbox: Sandbox, seed: int, played: Counter[str], calm: threading.Event) -> None:
    """Stops listening for moments; connections that are open go on."""
    chance = random.Random(f"{seed}-outages")
    server = sandbox._server
    again: threading.Thread | None = None
    while not calm.wait(chance.uniform(*_OUTAGE_EVERY)):
        played["connections refused"] += 1
        server.shutdown()
        server.socket.close()
        if again is not None:
            again.join()
        time.sleep(chance.uniform(*_OUTAGE))
        server.socket = socket.create_server(server.server_address, backlog=128)
        again = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        again.start()


def _free_port() -> int:
    """A port that no outgoing connection is given while nobody listens on it: below those that Linux gives out."""
    while True:
        port = random.randrange(10_000, 30_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _dump(sandbox: Sandbox, played: Counter[str]) -> Seen:
    seen = Seen(faults=Counter(played))
    for cls in CLASSES:
        posts = list(sandbox.places[f"torture-{cls}"].standin.posts)
        seen.effects[cls] = [Effect(post.title, post.id, post.at) for post in posts]
        seen.arrivals[cls] = []
        for write in sandbox.writes(f"torture-{cls}"):
            if (name := title_of(write.request)) is None:
                seen.faults["request cut short"] += 1
            else:
                seen.arrivals[cls].append(Arrival(name, write.at, write.fault, write.status))
    return seen
