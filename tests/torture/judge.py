"""What became of every delivery, from what the platforms hold and what the ledger's tables say, row by row.

Nothing of the tool is used here: the tables are read with SQL of the judge's own.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .server import Seen
from .settings import CLASSES, title

_PARTS = "SELECT title, target, state, remote_id FROM {}parts"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One delivery as the ledger, or the control's queue, has it."""

    title: str
    cls: str
    state: str
    remote_id: str | None


@dataclass(slots=True)
class Verdict:
    """Numbers of deliveries of one class, but for `duplicates`: posts too many on the platform.

    `unknown`: waiting for a person, and rightly so. `wrong_id`: recorded under an id that is another's. `lost`:
    recorded as published and not there, or not recorded at all. `stuck`: neither published nor for a person.
    `after_doubt`: sent again, although the request before may have had an effect (only where nobody can look).
    """

    deliveries: int = 0
    published: int = 0
    unknown: int = 0
    duplicates: int = 0
    lost: int = 0
    wrong_id: int = 0
    stuck: int = 0
    after_doubt: int = 0
    #: In words, for whoever has to find out why.
    examples: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return self.duplicates + self.lost + self.wrong_id + self.stuck + self.after_doubt


def judge(posts: int, recorded: Iterable[Recorded], seen: Seen) -> dict[str, Verdict]:
    """A verdict for every class, `posts` deliveries in each."""
    known: dict[tuple[str, str], list[Recorded]] = {}
    for row in recorded:
        known.setdefault((row.cls, row.title), []).append(row)
    return {cls: _class(posts, cls, known, seen) for cls in CLASSES}


def _class(posts: int, cls: str, known: Mapping[tuple[str, str], list[Recorded]], seen: Seen) -> Verdict:
    verdict = Verdict()
    there: dict[str, list[str]] = {}
    for effect in seen.effects[cls]:
        there.setdefault(effect.title, []).append(effect.id)
    sent_after_doubt = _after_doubt(seen, cls) if cls == "none" else Counter()
    for name in map(title, range(posts)):
        ids, rows = there.get(name, []), known.get((cls, name), [])
        verdict.deliveries += 1
        verdict.duplicates += max(0, len(ids) - 1)
        verdict.after_doubt += sent_after_doubt[name]
        fault = _one(verdict, cls, rows, ids)
        if fault or len(ids) > 1 or sent_after_doubt[name]:
            verdict.examples.append(
                f"{cls}, {name}: {fault or 'sent again'}; recorded: {rows}; there: {ids}; {_history(seen, cls, name)}"
            )
    return verdict


def _history(seen: Seen, cls: str, name: str) -> str:
    """What came in and what it did, with seconds since the first request."""
    arrivals = [arrival for arrival in seen.arrivals[cls] if arrival.title == name]
    start = min((arrival.at for arrival in arrivals), default=0.0)
    said = [(a.at, f"request, {a.fault or 'no fault'}, answered {a.status}") for a in arrivals]
    said += [(effect.at, f"post {effect.id}") for effect in seen.effects[cls] if effect.title == name]
    return "; ".join(f"{at - start:.3f} s: {words}" for at, words in sorted(said))


def _one(verdict: Verdict, cls: str, rows: list[Recorded], ids: list[str]) -> str:
    """Counts one delivery; returns what is wrong with it, but for posts too many."""
    if len(rows) != 1:
        verdict.lost += 1
        return f"{len(rows)} records"
    (row,) = rows
    if row.state == "published" and not ids:
        verdict.lost += 1
        return "lost"
    if row.state == "published" and row.remote_id not in ids:
        verdict.wrong_id += 1
        return "another's id"
    if row.state == "published":
        verdict.published += 1
    elif row.state == "unknown" and cls == "none":
        verdict.unknown += 1
    else:
        verdict.stuck += 1
        return "stuck"
    return ""


def _after_doubt(seen: Seen, cls: str) -> Counter[str]:
    """By title, how often a request followed one that was answered with anything but 429, or not at all."""
    found: Counter[str] = Counter()
    doubtful: set[str] = set()
    for arrival in seen.arrivals[cls]:
        found[arrival.title] += arrival.title in doubtful
        if arrival.status != 429:
            doubtful.add(arrival.title)
    return found


def read_sqlite(path: Path) -> list[Recorded]:
    """The tool's table of parts."""
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return [Recorded(*row) for row in db.execute(_PARTS.format(""))]


def read_postgresql(url: str) -> list[Recorded]:
    """The same, of a database."""
    import psycopg

    with psycopg.connect(url) as db:
        rows: list[tuple[Any, ...]] = db.execute(_PARTS.format("syndicate.")).fetchall()
    return [Recorded(*row) for row in rows]


def read_queue(path: Path, seen: Seen) -> list[Recorded]:
    """The control's table of jobs. A job that the platform called a copy has no id: any will do."""
    states = {"done": "published"}
    any_id = {(cls, effect.title): effect.id for cls in CLASSES for effect in seen.effects[cls]}
    found = []
    with contextlib.closing(sqlite3.connect(path)) as db:
        for post, cls, state, remote_id in db.execute("SELECT post, class, state, remote_id FROM jobs"):
            id = remote_id or any_id.get((cls, title(post)))
            found.append(Recorded(title(post), cls, states.get(state, state), id))
    return found
