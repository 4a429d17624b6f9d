"""A pass of `watch` that is remembered as one with nothing to do: are the feeds still as they were?

No config, no ledger and no adapter is loaded. Whatever is not plainly as it was is left to a pass in full.
"""

from __future__ import annotations

import asyncio
import json
import time

from ..feed import Ask, FeedTrouble
from ..feed.fetch import fetch, make_feed_client

#: Seconds for one feed. A slow one is waited for by the pass in full, as long as the config says.
_TIMEOUT = 20.0
#: Feeds that are asked here; more of them are asked by the pass in full, which knows how many at once.
MOST = 20


def unchanged(remembered: str) -> bool:
    """Whether every feed answers that it is as it was. `remembered`: JSON, an `Ask` for each."""
    try:
        asks = [Ask(**one) for one in json.loads(remembered)]
    except (ValueError, TypeError):
        return False
    return 0 < len(asks) <= MOST and asyncio.run(_all(asks))


async def _all(asks: list[Ask]) -> bool:
    async with make_feed_client(_TIMEOUT) as client:
        return all(await asyncio.gather(*(_one(client, ask) for ask in asks)))


async def _one(client: object, ask: Ask) -> bool:
    try:
        answer = await fetch(client, ask, now=time.time, timeout=_TIMEOUT)  # type: ignore[arg-type]
    except FeedTrouble:
        return False
    return answer.status == "unchanged" and answer.until is None and answer.moved_to is None
