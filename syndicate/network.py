"""Carries a plan out over the network: one client, one `Http` an attempt, one redactor for all secrets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from .config import Config, Target
from .http import Http, make_client
from .ledger import Ledger
from .local import local
from .plan import Item
from .publish import Publisher
from .report import Delivery
from .secrets import redactor
from .send import Means
from .tokens import TokenStore

if TYPE_CHECKING:
    from .local_disk import Project
    from .pictures import Picture
    from .session import Pictures

_T = TypeVar("_T")
#: Makes the `Http` of one attempt at a target; what is called right before a write leaves.
_Connect = Callable[[str, Callable[[], None]], Http]


def carry_out(
    config: Config,
    ledger: Ledger,
    plan: Sequence[Item],
    *,
    tokens: Path,
    update: bool = False,
    progress: Callable[[str, str], None] | None = None,
    pictures: Pictures | None = None,
    project: Project | None = None,
) -> list[Delivery]:
    """Publishes (or updates) what `plan` says, over real HTTP.

    `tokens`: folder for renewed access tokens. `pictures`: where pictures come from, if not from their addresses.
    `project`: has those on disk.
    """
    return asyncio.run(_carry_out(config, ledger, plan, tokens, update, progress, pictures, project))


def look(
    config: Config,
    ledger: Ledger,
    targets: Sequence[Target],
    ask: Callable[[Target, Http], Awaitable[_T]],
    *,
    tokens: Path,
) -> list[_T]:
    """What `ask` tells of each of `targets`, side by side, over real HTTP that cannot write."""

    def refuse() -> None:
        raise RuntimeError("this only reads")

    async def all_of_them() -> list[_T]:
        async with _reach(config, ledger, targets, tokens) as connect, asyncio.TaskGroup() as group:
            asked = [group.create_task(_one(ask, target, connect(target.name, refuse))) for target in targets]
        return [task.result() for task in asked]

    return asyncio.run(all_of_them())


async def _one(ask: Callable[[Target, Http], Awaitable[_T]], target: Target, http: Http) -> _T:
    return await ask(target, http)


async def _carry_out(
    config: Config,
    ledger: Ledger,
    plan: Sequence[Item],
    tokens: Path,
    update: bool,
    progress: Callable[[str, str], None] | None,
    pictures: Pictures | None,
    project: Project | None,
) -> list[Delivery]:
    async with _reach(config, ledger, [item.target for item in plan], tokens, pictures, project) as connect:
        means = Means(
            ledger=ledger,
            connect=connect,
            now=lambda: _now(ledger),
            deadline=config.deadline,
            settle=config.settle,
            patience=config.patience,
            kits=config.kits_path,
        )
        publisher = Publisher(means, **({"progress": progress} if progress else {}))
        return await (publisher.update(plan) if update else publisher.publish(plan))


def _now(ledger: Ledger) -> datetime:
    return datetime.fromtimestamp(ledger.now(), UTC)


@contextlib.asynccontextmanager
async def _reach(
    config: Config,
    ledger: Ledger,
    wanted: Iterable[Target],
    tokens: Path,
    pictures: Pictures | None = None,
    project: Project | None = None,
) -> AsyncIterator[_Connect]:
    """The run's one client, for as long as the block lasts."""
    # httpx logs every URL at INFO, and a URL can be a secret.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    targets = {target.name: target for target in wanted}
    stores = {name: TokenStore(tokens / f"{name}.json", time.time) for name in targets}
    given = [value for target in targets.values() for value in target.secrets()]

    def redact(text: str) -> str:
        renewed = [value for store in stores.values() for value in store.values()]
        return redactor([*given, *renewed])(text)

    async with make_client(config.deadline) as client:
        trusted = _trusted(config, targets.values())

        async def picture(url: str, limit: int) -> Picture:
            from .pictures import fetch_picture

            if local(url) and project is not None:
                return await asyncio.to_thread(project.read, url, limit=limit)
            return await fetch_picture(client, url, limit=limit, deadline=config.deadline, trusted=trusted)

        def connect(target: str, before_write: Callable[[], None]) -> Http:
            return Http(
                client,
                deadline=config.deadline,
                now=lambda: _now(ledger),
                sleep=asyncio.sleep,
                before_write=before_write,
                tokens=stores[target],
                redact=redact,
                blame=targets[target].blame,
                patience=config.patience / 2,
                pictures=pictures or picture,
                uploads=targets[target].adapter.uploads is not None,
            )

        yield connect


def _trusted(config: Config, targets: Iterable[Target]) -> set[str]:
    """The hosts that the config names: pictures may be fetched from them wherever they are."""
    urls = [config.site_url or "", *(target.adapter.base_url for target in targets)]
    return {*config.watch.hosts, *(host for url in urls if (host := urlsplit(url).hostname))}
