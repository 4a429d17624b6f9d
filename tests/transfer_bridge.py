"""What the tests of the ledger's commands share."""

from __future__ import annotations

import io
from typing import Any

from syndicate.ledger import Ledger
from syndicate.ledger.portable import dump
from syndicate.ledger.transfer import contents

from .ledger_bridge import intend, rows
from .support import POST, Project

#: A project's own ledger.
HERE = "sqlite:///.syndicate/ledger.db"
#: A post that is a thread where posts are short.
LONG = POST.replace("Some *words*", "\n\n".join(f"Sentence {n} of a long text that goes on." for n in range(40)))


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
    dump(contents(ledger), file.write)
    return file.getvalue()


def use(it: Project, url: str) -> None:
    """Configures another ledger."""
    text = it.config.read_text().split("\n[state]")[0]
    it.config.write_text(f'{text}\n[state]\nurl = "{url}"\n')


def check(it: Project) -> dict[str, Any]:
    """What `ledger check --json` says; its exit code follows from the faults."""
    outcome = it.call("ledger", "check", "--json")
    said: dict[str, Any] = outcome.json()
    assert outcome.returncode == (1 if said["faults"] else 0), outcome
    return said
