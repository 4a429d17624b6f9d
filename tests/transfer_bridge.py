"""What the tests of moving a ledger share."""

from __future__ import annotations

import io

from syndicate.ledger import Ledger
from syndicate.ledger.portable import dump

from .ledger_bridge import intend, rows
from .support import Project

#: A project's own ledger.
HERE = "sqlite:///.syndicate/ledger.db"


def send(ledger: Ledger, name: str, *, remote: str | None = "7", parts: int = 1, target: str = "dev") -> None:
    """A delivery that was begun, and with `remote` published."""
    claim = ledger.claim(rows(name, key=f"id:{name}", parts=parts, target=target))
    intend(ledger, claim, at=ledger.now())
    if remote is not None:
        ledger.record(claim, 0, "published", ledger.now(), remote_id=remote, remote_url=f"https://x.example/{remote}")
    ledger.release(claim)


def told(ledger: Ledger) -> bytes:
    """The ledger as a file."""
    file = io.BytesIO()
    dump(ledger.deliveries(), file.write)
    return file.getvalue()


def use(it: Project, url: str) -> None:
    """Configures another ledger."""
    text = it.config.read_text().split("\n[state]")[0]
    it.config.write_text(f'{text}\n[state]\nurl = "{url}"\n')
