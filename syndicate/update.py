"""Makes what was published before equal to the post as it is now, where the platform can."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from .adapter import Part, Published
from .errors import Failure, OutcomeUnknown, UsageError
from .http import Http
from .ledger import Busy, Claim, ClaimLost, Row
from .plan import Item, not_updated
from .report import BUSY, Delivery, Problem
from .send import Means, outcome

_Update = Callable[[Part, Published, Http], Awaitable[Published]]


async def update(means: Means, item: Item) -> Delivery:
    """Carries out one planned update; repeating it is safe, so an unclear end needs no settling."""
    if item.action != "update" or item.draft is None:
        return not_updated(item)
    try:
        claim = means.ledger.claim(item.wanted_rows())
    except Busy:
        return replace(item.delivery(), action="wait", error=BUSY)
    try:
        problem = await _parts(means, item, claim, item.draft.parts)
    finally:
        with contextlib.suppress(UsageError):  # what went wrong before matters more
            means.ledger.release(claim)
    if problem is None:
        item = replace(item, notes=())  # what the plan said of it has been done
    return outcome(item, means.ledger.rows(claim.post_key, claim.target), problem)


async def _parts(means: Means, item: Item, claim: Claim, parts: Sequence[Part]) -> Problem | None:
    call: _Update = getattr(item.adapter, "update")  # noqa: B009  the plan saw that it is there

    def before_write() -> None:
        if not means.ledger.holds(claim):
            raise ClaimLost

    async def once(row: Row, part: Part) -> Published:
        at = Published(row.remote_id or "", row.remote_url)
        return await call(part, at, means.connect(item.target.name, before_write))

    for row, part in zip(claim.rows, parts, strict=True):
        if row.fingerprint == part.fingerprint:
            continue
        if not row.remote_id:
            return Problem("Rejected", "the platform's id of this post is not known", f"edit it at {row.remote_url}")
        try:
            published = await means.patiently(partial(once, row, part))
        except ClaimLost:
            return BUSY
        except OutcomeUnknown as failure:
            message = f"the update may or may not have arrived ({failure.message})"
            return Problem("Unavailable", message, "run `syndicate update` again: repeating it is safe")
        except Failure as failure:
            return Problem.of(failure)
        means.ledger.record(
            claim,
            row.part,
            "published",
            means.now().timestamp(),
            remote_id=published.id or row.remote_id,
            remote_url=published.url or row.remote_url,
            payload=part.payload,
            fingerprint=part.fingerprint,
            text=part.text,
            count=part.count,
            limit=part.limit,
        )
    return None
