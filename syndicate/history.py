"""What `log` shows: every attempt, when, what became of it, and what decided that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .errors import UsageError
from .ledger import Event, Ledger
from .secrets import redactor
from .session import Session

#: What a person reads for what the log says.
_WORDS = {
    "sending": "a request left",
    "published": "published",
    "unknown": "outcome unknown",
    "planned": "did not arrive",
    "failed": "refused",
    "waiting": "handed to a person",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `post` as `status` names it, `at` in local time, `part` from 1, without secrets."""

    at: str
    post: str
    key: str
    target: str
    part: int
    outcome: str
    detail: str
    who: str
    claim: int

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def history(session: Session, post: str | None = None) -> list[Entry]:
    """What the log says of a post, or all of it; the oldest first.

    Args:
        session: May be read-only.
        post: A path, or a post's key or name as `status` shows it.

    Raises:
        UsageError: nothing is known by that name; the file at that path is no post.
    """
    keys = _keys(session, post) if post is not None else [None]
    redact = redactor(value for target in session.config.targets.values() for value in target.secrets())
    events = [event for key in keys for event in session.ledger.log(key)]
    if len(keys) > 1:
        events.sort(key=lambda event: event.at)
    return list(_entries(session.ledger, events, redact))


def _keys(session: Session, post: str) -> Sequence[str]:
    if os.path.exists(post):  # noqa: PTH110  a key may be longer than a file's name can be
        return [session.post(Path(post)).key]
    if not (keys := session.ledger.named(post)):
        raise UsageError(f"{post}: no such post", next="give its path, or its name as `syndicate status` shows it")
    return keys


def _entries(ledger: Ledger, events: Iterable[Event], redact: Callable[[str], str]) -> Iterable[Entry]:
    names: dict[str, str] = {}
    for event in events:
        if event.post_key not in names:
            rows = ledger.rows(event.post_key)
            names[event.post_key] = rows[0].source if rows else event.post_key
        yield Entry(
            at=_local(event.at),
            post=names[event.post_key],
            key=event.post_key,
            target=event.target,
            part=event.part + 1,
            outcome=event.what,
            detail=redact(event.detail),
            who=event.who,
            claim=event.fence,
        )


def _local(at: float) -> str:
    try:
        return datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):  # no clock shows this
        return str(at)


def table(entries: Sequence[Entry]) -> Iterable[str]:
    """The entries as lines for a person, in columns; a post's parts are numbered where it has several."""
    threads = {(entry.key, entry.target) for entry in entries if entry.part > 1}
    cells = [
        [
            entry.at,
            _shown(entry.post),
            _shown(f"{entry.target} part {entry.part}" if (entry.key, entry.target) in threads else entry.target),
            _WORDS.get(entry.outcome, entry.outcome),
            _shown(entry.who),
            _shown(entry.detail),
        ]
        for entry in entries
    ]
    widths = [max((len(line[column]) for line in cells), default=0) for column in range(5)]
    for line in cells:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        yield "  ".join([*(cell for cell in padded if cell), line[-1]]).rstrip()


def _shown(text: str) -> str:
    """On one line, and without what moves a terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
