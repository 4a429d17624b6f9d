"""The live rules of a place, asked for before anything new is sent there: a subreddit's, an instance's limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from .errors import Failure, Rejected, UsageError, unexpected
from .plan import Item
from .report import Problem
from .send import Means


class Ruled(Protocol):
    """An adapter with `requirements` and `objections`; see `syndicate.adapter`."""

    async def requirements(self, http: Any) -> Mapping[str, Any]: ...

    def objections(self, part: Any, rules: Mapping[str, Any]) -> Sequence[str]: ...


def ruled(adapter: object) -> Ruled | None:
    """`adapter`, if its place has rules that can be asked for and checked."""
    able = hasattr(adapter, "requirements") and hasattr(adapter, "objections")
    return cast("Ruled", adapter) if able else None


class Rules:
    """What the places of one run ask for, each asked once."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._known: dict[str, Mapping[str, Any]] = {}

    async def against(self, item: Item) -> Problem | None:
        """Why the place would refuse a post that is new to it. What was begun before is gone on with."""
        adapter = ruled(item.adapter)
        begun = any(row.state in ("published", "unknown", "sending") for row in item.rows)
        if adapter is None or begun or item.draft is None:
            return None
        name = item.target.name
        try:
            if name not in self._known:
                self._known[name] = await adapter.requirements(self._means.connect(name, _refuse))
            rules = self._known[name]
            said = [line for part in item.draft.parts for line in adapter.objections(part, rules)]
        except UsageError:
            raise
        except Failure as failure:
            message = f"the rules of the place could not be read, so nothing was sent: {failure.message}"
            return Problem(failure.kind, message, failure.next)
        except Exception as error:  # noqa: BLE001  an adapter may break in any way; nothing was sent
            return Problem.of(unexpected(error))
        if not said:
            return None
        return Problem(Rejected.__name__, "; ".join(dict.fromkeys(said)), Rejected.advice)


def _refuse() -> None:
    raise RuntimeError("`requirements` only reads")
