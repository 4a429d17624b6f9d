"""A place's live rules are asked for before anything new is sent there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from syndicate.adapter import Part
from syndicate.errors import Unauthorized, Unavailable
from syndicate.report import Exit, Problem
from syndicate.rules import Rules
from syndicate.send import Means
from tests.plan_bridge import Place, a_post, a_target, plan, recorded

ASKED: list[str] = []


@dataclass(frozen=True, kw_only=True)
class Ruled(Place):
    """A place that takes no word twice as long as it says; and may not answer."""

    async def requirements(self, http: Any) -> Mapping[str, Any]:
        ASKED.append("asked")
        if isinstance(http, Exception):
            raise http
        return {"longest": http}

    def objections(self, part: Part, rules: Mapping[str, Any]) -> Sequence[str]:
        return ["it is too long"] if part.count > rules["longest"] else []


def against(http: Any, *, times: int = 1, rows: Any = (), cls: type[Place] = Ruled) -> Problem | None:
    """What stands against a post at a place that answers so."""
    ASKED.clear()
    means = Means(
        ledger=SimpleNamespace(), connect=lambda *_: http, now=lambda: datetime(2026, 11, 1, tzinfo=UTC), kits=Path()
    )  # type: ignore[arg-type]
    rules = Rules(means)
    post, target = a_post(), a_target(cls)
    given = recorded(post, *rows, target=target) if rows else ()
    item = plan(post, target, given)
    results = [asyncio.run(rules.against(item)) for _ in range(times)]
    return results[-1]


def test_obeyed() -> None:
    """A post that keeps the rules goes on."""
    assert against(1000) is None


def test_broken() -> None:
    """One that does not is refused in words, before anything is sent: exit 1."""
    problem = against(1)
    assert problem is not None
    assert (problem.kind, problem.exit, problem.message) == ("Rejected", Exit.FAILED, "it is too long")


def test_asked_once_a_run() -> None:
    """However many posts a target gets, its rules are asked for once."""
    against(1000, times=3)
    assert ASKED == ["asked"]


@pytest.mark.parametrize(("failure", "code"), [(Unauthorized("no"), Exit.PERSON), (Unavailable("later"), Exit.LATER)])
def test_rules_that_cannot_be_read(failure: Exception, code: Exit) -> None:
    """Then nothing is sent, and the reason decides who acts."""
    problem = against(failure)
    assert problem is not None
    assert problem.exit is code
    assert "nothing was sent" in problem.message


def test_what_was_begun_goes_on() -> None:
    """An unknown outcome is settled whatever the rules say now."""
    assert against(1, rows=("unknown",)) is None
    assert ASKED == []


def test_places_without_rules() -> None:
    """They are not asked."""
    assert against(1, cls=Place) is None
