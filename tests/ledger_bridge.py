"""Rows as a plan makes them, and what the tests of the ledger do with them."""

from __future__ import annotations

import os

from syndicate.adapter import Part
from syndicate.ledger import Claim, Intent, Ledger, Row
from syndicate.ledger.sqlite import SQLiteLedger

KEY, TARGET = "url:https://blog.example.org/a", "dev"


def rows(text: str = "words", *, parts: int = 1, target: str = TARGET, key: str = KEY) -> list[Row]:
    """A delivery as a plan wants it."""
    made = [Part(payload={"text": f"{text} {n}"}, text=text, count=len(text), limit=100) for n in range(parts)]
    return [
        Row(
            post_key=key,
            target=target,
            part=number,
            parts=parts,
            adapter="devto",
            source="a.md",
            state="planned",
            payload=part.payload,
            text=part.text,
            count=part.count,
            limit=part.limit,
            fingerprint=part.fingerprint,
        )
        for number, part in enumerate(made)
    ]


def die(ledger: SQLiteLedger) -> None:
    """As if the process had been killed: the lock is gone, the rows are as they were."""
    assert ledger._owner is not None
    os.close(ledger._owner._descriptor)
    ledger._owner = None
    ledger._db.close()


def intend(ledger: Ledger, claim: Claim, part: int = 0, at: float = 1.0) -> None:
    ledger.intend(claim, part, Intent(at, at + 630))
