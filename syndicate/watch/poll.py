"""Asks many feeds at once: a limit on all of them together and one a host, and nothing read that has not changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..config import Watch
from ..errors import unexpected
from ..feed import Ask, Feed, FeedTrouble, Fetched
from ..feed.fetch import fetch, make_feed_client

if TYPE_CHECKING:
    import httpx

#: Documents that are parsed at once: it is work for one core, and each may be as large as the limit.
_READERS = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A feed that is to be asked, by its name in the config."""

    name: str
    ask: Ask


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it: an answer, and its feed where there is a new one; or what went wrong."""

    fetched: Fetched | None = None
    feed: Feed | None = None
    trouble: FeedTrouble | None = None


def poll(
    asked: Sequence[Asked], settings: Watch, *, trusted: frozenset[str], now: Callable[[], float]
) -> list[Answered]:
    """Asks each of them, and reads what has changed. Raises nothing but bugs.

    Args:
        trusted: Hosts that the config names: only to those may an answer lead, where they are not public.
        now: Seconds since the epoch.
    """
    return asyncio.run(_poll(asked, settings, trusted, now)) if asked else []


async def _poll(
    asked: Sequence[Asked], settings: Watch, trusted: frozenset[str], now: Callable[[], float]
) -> list[Answered]:
    hosts: dict[str, asyncio.Semaphore] = {}
    for question in asked:
        hosts.setdefault(_host(question), asyncio.Semaphore(settings.per_host))
    everywhere, readers = asyncio.Semaphore(settings.connections), asyncio.Semaphore(_READERS)

    async def one(client: httpx.AsyncClient, question: Asked) -> Answered:
        async with hosts[_host(question)], everywhere:
            try:
                fetched = await fetch(
                    client,
                    question.ask,
                    now=now,
                    limit=settings.max_bytes,
                    timeout=settings.timeout,
                    trusted=trusted,
                )
            except Exception as error:  # noqa: BLE001  one feed's trouble must not cut the others short
                return Answered(trouble=_trouble(error))
            if fetched.status != "changed":
                return Answered(fetched)
            async with readers:
                return await asyncio.to_thread(_read, fetched, now())

    async with make_feed_client(settings.timeout, settings.connections) as client, asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(client, question)) for question in asked]
    return [task.result() for task in tasks]


def _host(asked: Asked) -> str:
    return urlsplit(asked.ask.url).netloc.rpartition("@")[2].lower()


def _read(fetched: Fetched, now: float) -> Answered:
    from ..feed.read import read

    try:
        return Answered(fetched, read(fetched, now=now))
    except Exception as error:  # noqa: BLE001  a parser may fail in any way
        return Answered(fetched, trouble=_trouble(error))


def _trouble(error: Exception) -> FeedTrouble:
    return error if isinstance(error, FeedTrouble) else FeedTrouble(unexpected(error).message, kind="broken")
