"""A worker: runs of the tool, one after the other, on random posts, as cron jobs on several machines would be.

All that the tool does is its own code from the config on: session, plan, publisher, HTTP, ledger. Put in from
outside are constants (the lease), the clock of this machine, and a disk that is full for moments.
"""

from __future__ import annotations

import contextlib
import random
import resource
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from syndicate.errors import UsageError
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.report import Delivery
from syndicate.session import Session

from .board import Board, die_with_parent
from .settings import CLASSES, LEASE, Settings

#: Posts in one run of the tool.
_BATCH = (1, 4)
#: How often a run takes what the one before left open along: people try again at once.
_AGAIN = 0.6
#: How often a run meets a full disk, and how many bytes are left on it then, in the write-ahead log and elsewhere.
_FULL = 0.12
_LEFT = 64 * 1024


def work(settings: Settings, board: Board, worker: int, seed: str) -> None:
    """Runs the tool until all is settled."""
    die_with_parent()
    _set_clock(board, worker)
    _shorten_lease()
    chance = random.Random(seed)
    left: list[int] = []
    while not board.stop.value:
        again = left if chance.random() < _AGAIN else []
        numbers = list(dict.fromkeys([*again, *board.open_posts(chance, chance.randint(*_BATCH))]))
        if not numbers:
            time.sleep(0.02)
            continue
        full = settings.disk_full and not board.calm.value and chance.random() < _FULL
        board.count(worker, "runs")
        try:
            with _disk(settings, chance.randrange(_LEFT) if full else None):
                deliveries = _run(settings, board, worker, numbers)
        except UsageError as error:
            board.count_trouble(worker, error.message)
            time.sleep(0.02)
            continue
        for delivery in deliveries:
            if delivery.error and delivery.error.kind == UsageError.__name__:
                board.count_trouble(worker, delivery.error.message)
            if _is_settled(delivery):
                board.settle(_number(delivery.post), _class(delivery.target))
        left = [number for number in numbers if board.is_open(number)][: _BATCH[1]]


def last_look(settings: Settings) -> None:
    """One more run over all posts, on a quiet day: whatever it sends has been sent before, or was forgotten."""
    _shorten_lease()
    with Session.open(settings.config) as session:
        posts = session.posts([settings.post(number) for number in range(settings.posts)])
        session.carry_out(session.plan(posts))


def _run(settings: Settings, board: Board, worker: int, numbers: list[int]) -> list[Delivery]:
    doing: dict[str, str] = {}

    def progress(target: str, word: str) -> None:
        """Told of the action before, and of the state after."""
        if word == "published" and doing.get(target) in ("create", "resolve"):
            board.count(worker, "deliveries")
        doing[target] = word

    with Session.open(settings.config) as session:
        posts = session.posts([settings.post(number) for number in numbers])
        plan = session.plan(posts)
        return session.carry_out(plan, progress=progress)


def _is_settled(delivery: Delivery) -> bool:
    """Whether the tool has nothing left to do: it is there, or only a person can say."""
    return delivery.state == "published" or (delivery.state == "unknown" and _class(delivery.target) == "none")


def _number(source: str) -> int:
    return int(Path(source).stem.rpartition("-")[2])


def _class(target: str) -> str:
    assert target in CLASSES
    return target


def _set_clock(board: Board, worker: int) -> None:
    """This process's time of day. The ledger takes the steady clock of the machine beside it, as it always does."""

    def now() -> float:
        return board.wall_clock(worker)

    time.time = now
    given = SQLiteLedger.__init__.__kwdefaults__
    assert "now" in given
    given["now"] = now


def _shorten_lease() -> None:
    """A lease of the length of `LEASE`, where PostgreSQL is used."""
    if (module := sys.modules.get("syndicate.ledger.postgres")) is not None:
        module.PostgresLedger.__init__.__kwdefaults__["lease"] = LEASE


@contextlib.contextmanager
def _disk(settings: Settings, left: int | None) -> Iterator[None]:
    """With `left` bytes: no file of this process grows beyond where the ledger's log now ends, and so much more.

    The kernel refuses what goes further (`RLIMIT_FSIZE`), in the middle of a write if need be. Needs no rights.
    """
    if left is None:
        yield
        return
    end = _end_of_log(settings.folder / "ledger.db-shm")
    resource.setrlimit(resource.RLIMIT_FSIZE, (end + left, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _end_of_log(index: Path) -> int:
    """Where in the write-ahead log the next frame goes: the log is written from its start again and again.

    Read from SQLite's index of it (sqlite.org/walformat.html, 2.1: `mxFrame`).
    """
    try:
        with index.open("rb") as file:
            (frames,) = struct.unpack_from("=I", file.read(20), 16)
    except (OSError, struct.error):  # there is none before the first write
        return 0
    return 32 + int(frames) * (4096 + 24)
