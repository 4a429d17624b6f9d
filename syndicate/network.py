"""Carries a plan out over the network: one client, one `Http` an attempt, one redactor for all secrets."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from .config import Config
from .http import Http, make_client
from .ledger import Ledger
from .plan import Item
from .publish import Publisher
from .report import Delivery
from .secrets import redactor
from .send import Means
from .tokens import TokenStore


def carry_out(
    config: Config,
    ledger: Ledger,
    plan: Sequence[Item],
    *,
    tokens: Path,
    update: bool = False,
    progress: Callable[[str, str], None] | None = None,
) -> list[Delivery]:
    """Publishes (or updates) what `plan` says, over real HTTP. `tokens`: folder for renewed access tokens."""
    return asyncio.run(_carry_out(config, ledger, plan, tokens, update, progress))


async def _carry_out(
    config: Config,
    ledger: Ledger,
    plan: Sequence[Item],
    tokens: Path,
    update: bool,
    progress: Callable[[str, str], None] | None,
) -> list[Delivery]:
    # httpx logs every URL at INFO, and a URL can be a secret.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    targets = {item.target.name: item.target for item in plan}
    stores = {name: TokenStore(tokens / f"{name}.json", time.time) for name in targets}
    given = [value for target in targets.values() for value in target.secrets()]

    def redact(text: str) -> str:
        renewed = [value for store in stores.values() for value in store.values()]
        return redactor([*given, *renewed])(text)

    def now() -> datetime:
        return datetime.fromtimestamp(ledger.now(), UTC)

    async with make_client(config.deadline) as client:

        def connect(target: str, before_write: Callable[[], None]) -> Http:
            return Http(
                client,
                deadline=config.deadline,
                now=now,
                sleep=asyncio.sleep,
                before_write=before_write,
                tokens=stores[target],
                redact=redact,
                blame=targets[target].blame,
                patience=config.patience / 2,
            )

        means = Means(
            ledger=ledger,
            connect=connect,
            now=now,
            deadline=config.deadline,
            settle=config.settle,
            patience=config.patience,
        )
        publisher = Publisher(means, **({"progress": progress} if progress else {}))
        return await (publisher.update(plan) if update else publisher.publish(plan))
