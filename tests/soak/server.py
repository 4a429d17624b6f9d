"""The feeds and the platforms, in a process of their own that outlives every worker, and the platforms' faults."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from syndicate.sandbox import Fault, Sandbox
from syndicate.sandbox.faults import Queue
from syndicate.standin import Received

from .board import Board
from .documents import marks_of, named_in
from .feeds import Answer, FeedServer, Served
from .platforms import STANDINS, Platform, Written
from .settings import DEADLINE, LATE

#: How often a write, and a read, meets a fault; what kinds there are.
_WRITES = 0.22
_READS = 0.06
_ON_WRITES = (
    *("drop_after", "drop_before", "late", "slow", "error_before", "error_after", "error_after", "rate", "garbage"),
)
_ON_READS = ("drop_before", "error_before", "garbage")
_RETRY_AFTER = ("0", "1", "600", "3600")


@dataclass(frozen=True, slots=True)
class Stands:
    """A post that stands on a platform, as it was made, and after each update."""

    id: str
    history: tuple[Written, ...]


@dataclass(slots=True)
class Seen:
    """What the platforms have to say in the end, by target; and how many faults of each kind they played."""

    posts: dict[str, list[Stands]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)


class _RandomFaults(Queue):
    """A fault for some of the requests, while it is not calm."""

    def __init__(self, seed: str, played: Counter[str], board: Board) -> None:
        super().__init__()
        self._chance = random.Random(seed)
        self._played = played
        self._board = board

    def take(self, *, writes: bool) -> Fault | None:
        with self._lock:
            if writes:
                self._board.write_arrived()
            if self._board.calm.value or self._chance.random() >= (_WRITES if writes else _READS):
                return None
            kind = self._chance.choice(_ON_WRITES if writes else _ON_READS)
            self._played[f"{kind} ({'write' if writes else 'read'})"] += 1
            seconds = self._chance.uniform(*LATE) if kind == "late" else DEADLINE * 1.3
            return Fault(kind, seconds=seconds, retry_after=self._chance.choice(_RETRY_AFTER))


def serve(seed: int, board: Board, parent: Connection) -> None:
    """Tells the parent both addresses, then does as it says, and answers each time.

    `("answers", {path: Answer})`; `("served", None)`: what the feeds served since then, when every request has come
    to its end; `("out", None)`: which entries stand on some platform; `("dump", None)`: a `Seen`.
    """
    played: Counter[str] = Counter()
    sandbox = Sandbox(_free_port(), standins=STANDINS, now=board.now)
    for name, place in sandbox.places.items():
        place.faults = _RandomFaults(f"{seed}-{name}", played, board)
    Platform.after_effect = staticmethod(board.write_done)
    feeds = FeedServer(board.now)
    doors = _Doors(sandbox)
    with sandbox:
        parent.send((sandbox.url, feeds.url))
        while True:
            try:
                word, said = parent.recv()
            except EOFError:
                doors.open()
                return
            if word == "answers":
                assert isinstance(said, Mapping)
                feeds.answers.update(said)
                if board.refusing.value:
                    doors.shut()
                    played["no platform reachable for a pass"] += 1
                parent.send(None)
            elif word == "served":
                doors.open()
                _come_to_rest(sandbox, feeds)
                served, feeds.served = feeds.served, []
                parent.send(served)
            elif word == "out":
                parent.send({_mark(post) for name in STANDINS for post in list(sandbox.places[name].standin.posts)})
            else:
                parent.send(Seen({name: _posts(sandbox, name) for name in STANDINS}, Counter(played)))


def _posts(sandbox: Sandbox, name: str) -> list[Stands]:
    return [Stands(post.id, tuple(post.extra["history"])) for post in list(sandbox.places[name].standin.posts)]


def _mark(post: Received) -> str | None:
    found = marks_of(post.text)
    return found.entry if found else named_in(post.title)


class _Doors:
    """The platforms' listening socket: while it is shut, connections are refused."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._server = sandbox._server
        self._shut = False

    def shut(self) -> None:
        self._server.shutdown()
        self._server.socket.close()
        self._shut = True

    def open(self) -> None:
        if self._shut:
            self._shut = False
            self._server.socket = socket.create_server(self._server.server_address, backlog=128)
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()


def _come_to_rest(sandbox: Sandbox, feeds: FeedServer) -> None:
    """Waits until each request that was made has had its effect. Nobody may be making one."""
    for server in (sandbox._server, feeds):  # whoever connected before this was taken up before it
        with (
            socket.create_connection(("127.0.0.1", server.server_address[1])) as connection,
            contextlib.suppress(OSError),
        ):
            connection.sendall(b"GET /nothing HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            while connection.recv(4096):
                pass
    until = time.monotonic() + 10
    while any("process_request_thread" in thread.name for thread in threading.enumerate()):
        if time.monotonic() > until:
            raise RuntimeError("a request does not come to its end")
        time.sleep(0.002)


def _free_port() -> int:
    """A port that no outgoing connection is given while nobody listens on it: below those that Linux gives out."""
    while True:
        port = random.randrange(10_000, 30_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


__all__ = ["Answer", "Seen", "Served", "Stands", "serve"]
