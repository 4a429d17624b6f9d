"""Posts that stand at a platform, and a ledger that does not know of them: what the tests of `adopt` share."""

from __future__ import annotations

import contextlib
from typing import Any

from syndicate.ledger import Event, open_ledger

from .support import POST, Outcome, Project

OTHER = POST.replace("Hello, world", "Another one").replace("/hello/", "/another/")
LISTED = ("devto", "hashnode", "reddit", "twitter")


def forget(it: Project) -> None:
    """Loses the ledger, as a machine that never had it."""
    for file in it.ledger.parent.glob("ledger.db*"):
        if file.is_file():
            file.unlink()


def published(it: Project, *names: str, text: str = POST) -> None:
    """Puts a post at the platforms without a trace here."""
    it.post(text)
    assert it.call("publish", "post.md", *(w for name in names for w in ("--to", name))).returncode == 0
    forget(it)


def told(outcome: Outcome) -> dict[tuple[str, str], dict[str, Any]]:
    """The matches of `--json`, by post and target."""
    return {(match["post"], match["target"]): match for match in outcome.json()["matches"]}


def log(it: Project) -> list[Event]:
    with contextlib.closing(open_ledger(f"sqlite:///{it.ledger}", it.folder, read_only=True)) as ledger:
        return ledger.log()
