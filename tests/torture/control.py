"""The control: a task queue that retries, as most are, against the same platforms, faults and kills.

A job is claimed with a lease, run, and marked as done; when it fails, or its lease ends, it is run again. The HTTP
client and the adapters are the tool's, the idempotency key included; what is missing is the protocol.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from syndicate.adapter import Attempt
from syndicate.config import load
from syndicate.errors import Duplicate, Failure
from syndicate.http import Http, make_client
from syndicate.post import load as read_post
from syndicate.tokens import TokenStore

from .board import Board, die_with_parent
from .settings import CLASSES, DEADLINE, SETTLE, Settings

#: Seconds for which a job is its worker's; until it is tried again; and how often it is tried.
_LEASE = DEADLINE + SETTLE
_PAUSE = 0.5
_TRIES = 25

_CLAIM = """
UPDATE jobs SET state = 'running', run_at = ?1 + ?2, tries = tries + 1 WHERE id = (
    SELECT id FROM jobs WHERE state IN ('queued', 'running') AND run_at <= ?1 AND class = ?3 ORDER BY run_at LIMIT 1
) RETURNING id, post
"""


def make_queue(settings: Settings) -> None:
    """A job for every delivery."""
    with _database(settings.folder) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "CREATE TABLE jobs (id INTEGER PRIMARY KEY, post INTEGER, class TEXT, state TEXT DEFAULT 'queued',"
            " run_at REAL DEFAULT 0, tries INTEGER DEFAULT 0, remote_id TEXT)"
        )
        db.execute("CREATE INDEX due ON jobs (class, run_at) WHERE state IN ('queued', 'running')")
        jobs = [(post, cls) for post in range(settings.posts) for cls in CLASSES]
        db.execute("BEGIN")
        db.executemany("INSERT INTO jobs (post, class) VALUES (?, ?)", jobs)
        db.execute("COMMIT")


def work(settings: Settings, board: Board, worker: int, seed: str) -> None:
    """Runs jobs, one of every class at a time, until all are done."""
    die_with_parent()
    asyncio.run(_work(settings, board, worker, random.Random(seed)))


async def _work(settings: Settings, board: Board, worker: int, chance: random.Random) -> None:
    async with make_client(DEADLINE) as client, asyncio.TaskGroup() as group:
        for cls in CLASSES:
            group.create_task(_lane(settings, board, worker, cls, client, chance))


async def _lane(
    settings: Settings, board: Board, worker: int, cls: str, client: httpx.AsyncClient, chance: random.Random
) -> None:
    """Claim, run, mark as done; what fails in any way is run again."""
    adapter = load(settings.config).targets[cls].adapter
    with _database(settings.folder) as db:
        while not board.stop.value:
            job = db.execute(_CLAIM, (time.monotonic(), _LEASE, cls)).fetchone()
            if job is None:
                # Whoever marked some of them as done may have been killed before it said so here.
                for (number,) in db.execute(
                    "SELECT post FROM jobs WHERE class = ? AND state IN ('done', 'failed')", (cls,)
                ):
                    board.settle(number, cls)
                await asyncio.sleep(chance.uniform(0.01, 0.05))
                continue
            id, number = job
            post = read_post(settings.post(number), site_url=None, site_language=None, root=settings.folder)
            (part,) = adapter.render(post).parts
            done: str | None = None
            try:
                done = (await adapter.publish(part, Attempt(f"job-{id}", datetime.now(UTC)), _http(client))).id
            except Duplicate:
                done = ""
            except Failure:
                db.execute(
                    "UPDATE jobs SET run_at = ?, state = CASE WHEN tries < ? THEN 'queued' ELSE 'failed' END WHERE id = ?",
                    (time.monotonic() + _PAUSE, _TRIES, id),
                )
                continue
            db.execute("UPDATE jobs SET state = 'done', remote_id = ? WHERE id = ?", (done, id))
            board.settle(number, cls)
            board.count(worker, "deliveries")


def _http(client: httpx.AsyncClient) -> Http:
    return Http(
        client,
        deadline=DEADLINE,
        now=lambda: datetime.now(UTC),
        sleep=asyncio.sleep,
        before_write=lambda: None,
        tokens=TokenStore(None, time.time),
        redact=str,
    )


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(folder / "queue.db", isolation_level=None, timeout=30)) as db:
        yield db
