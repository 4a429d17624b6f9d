"""What stands in the way of a delivery, in words: an outcome that is not known, a wait, a half. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from .adapter import Adapter
from .errors import OutcomeUnknown, word
from .ledger import Row
from .report import HANDOFF, Problem


def put_off(rows: Sequence[Row], now: float) -> Problem | None:
    """The platform asked to be left alone for a while, which is not over yet."""
    until = max((row.not_before or 0.0 for row in rows), default=0.0)
    if until <= now:
        return None
    when = datetime.fromtimestamp(until, UTC).astimezone().isoformat(timespec="seconds")
    return Problem("RateLimited", f"the platform asked to wait until {when}", "run the same command again then")


def half_there(rows: Sequence[Row], adapter: Adapter) -> Problem:
    """A program has sent a part of what a person is to post now: all of it would be there twice."""
    there = [row for row in rows if row.state == "published"]
    where = next((row.remote_url for row in there if row.remote_url), None) or adapter.title
    said = (
        f"{len(there)} of {len(rows)} parts stand there already: {where}; nothing is prepared, as it would be all of it"
    )
    advice = f"post the rest there, then `syndicate resolve {word(rows[0].source)} {word(rows[0].target)} --published URL` a part"
    return Problem(HANDOFF, said, advice)


def unasked() -> Problem:
    """A program sent it, and what it would ask with is gone."""
    said = "it is not known whether this was published, and without credentials nobody can be asked"
    return Problem(OutcomeUnknown.__name__, said, OutcomeUnknown.advice)


def in_doubt(adapter: Adapter) -> Problem:
    """An earlier try may have had its effect."""
    if adapter.prevention.kind == "none":
        message = f"it is not known whether this was published, and {adapter.title} cannot be asked"
        return Problem(OutcomeUnknown.__name__, message, OutcomeUnknown.advice)
    message = "it is not known whether this was published; `syndicate publish` looks before anything else"
    return Problem(OutcomeUnknown.__name__, message, f"`syndicate publish`; or {OutcomeUnknown.advice}")
