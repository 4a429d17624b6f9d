"""Claims a second, eight processes at once, against a bare loop of the same SQL on the same engine and machine.

`make bench-ledger`, or `python benchmarks/ledger.py [postgresql://…]` with an empty database. Ratios of one run:
rounds of both are interleaved, and the best of each counts.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

from syndicate.ledger import Row, migrate, open_ledger
from syndicate.ledger.sql import _GIVEN, _QUOTED, _columns

PROCESSES = 8
CLAIMS = 60
ROUNDS = 4


def row(key: str) -> Row:
    return Row(
        post_key=key,
        target="dev",
        part=0,
        parts=1,
        adapter="devto",
        source="post.md",
        state="planned",
        payload={"article": {"title": "A title", "body_markdown": "words " * 200}},
        fingerprint="f" * 64,
        title="A title",
        path="post.md",
    )


def ours(url: str, keys: list[str]) -> None:
    with contextlib.closing(open_ledger(url, Path())) as ledger:
        yield_to_all()
        for key in keys:
            ledger.claim([row(key)])


def bare_sqlite(url: str, keys: list[str]) -> None:
    """What a claim is in SQL: look, insert, own; then read what is there."""
    with contextlib.closing(sqlite3.connect(url[10:], timeout=30, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = FULL")
        yield_to_all()
        for key in keys:
            given = _columns(row(key))
            db.execute("BEGIN IMMEDIATE")
            db.execute("SELECT * FROM parts WHERE post_key = ? AND target = 'dev'", (key,)).fetchall()
            db.execute(f"INSERT INTO parts ({_QUOTED}) VALUES ({_GIVEN})", given)
            db.execute("UPDATE parts SET owner = 'me', fence = 1 WHERE post_key = ? AND target = 'dev'", (key,))
            db.execute("COMMIT")
            db.execute("SELECT * FROM parts WHERE post_key = ? AND target = 'dev'", (key,)).fetchall()


def bare_postgresql(url: str, keys: list[str]) -> None:
    """The same with the lock on the delivery and the settings of the transaction."""
    import psycopg

    from syndicate.ledger.postgres import _LIMITS, _LOCK, _SAFE, _spelt

    look = "SELECT *, lease_until > clock_timestamp() FROM syndicate.parts WHERE post_key = %s AND target = 'dev'"
    insert = _spelt(f"INSERT INTO syndicate.parts ({_QUOTED}) VALUES ({_GIVEN})")
    own = (
        "UPDATE syndicate.parts SET owner = 'me', fence = 1, lease_until = clock_timestamp() + interval '2 minutes'"
        " WHERE post_key = %s AND target = 'dev'"
    )
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as db:
        yield_to_all()
        for key in keys:
            given = _columns(row(key))
            with db.transaction():
                db.execute(_SAFE)
                db.execute(_LIMITS)
                db.execute(_spelt(_LOCK), {"key": key, "target": "dev"})
                db.execute(look, (key,)).fetchall()
                db.execute(insert, given)
                db.execute(own, (key,))
            db.execute(look, (key,)).fetchall()


_barrier: Barrier | None = None


def yield_to_all() -> None:
    """All processes begin together, with their imports and connections behind them."""
    assert _barrier is not None
    _barrier.wait()


def _one(work: Callable[[str, list[str]], None], url: str, keys: list[str], barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier
    work(url, keys)
    barrier.wait()


def rate(work: Callable[[str, list[str]], None], url: str) -> float:
    """Claims a second of all processes together."""
    context = get_context("spawn")
    barrier = context.Barrier(PROCESSES + 1)
    runs = [[os.urandom(8).hex() for _ in range(CLAIMS)] for _ in range(PROCESSES)]
    crew = [context.Process(target=_one, args=(work, url, keys, barrier)) for keys in runs]
    for process in crew:
        process.start()
    barrier.wait()
    start = time.perf_counter()
    barrier.wait()
    seconds = time.perf_counter() - start
    for process in crew:
        process.join()
    return PROCESSES * CLAIMS / seconds


def engines(folder: str) -> Iterator[tuple[str, str, Callable[[str, list[str]], None]]]:
    yield "SQLite", f"sqlite:///{folder}/ledger.db", bare_sqlite
    for url in sys.argv[1:2]:
        yield "PostgreSQL", url, bare_postgresql


def main() -> None:
    """Prints a table."""
    with tempfile.TemporaryDirectory() as folder:
        for name, url, bare in engines(folder):
            migrate(url, Path())
            best = {"bare SQL": 0.0, "the ledger": 0.0}
            for _ in range(ROUNDS):
                best["bare SQL"] = max(best["bare SQL"], rate(bare, url))
                best["the ledger"] = max(best["the ledger"], rate(ours, url))
            for what, claims in best.items():
                print(f"{name:12} {what:12} {claims:8.0f} claims/s  x {claims / best['bare SQL']:5.2f}")


if __name__ == "__main__":
    main()
