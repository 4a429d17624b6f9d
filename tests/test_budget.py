"""What a run may cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.budget import within
from syndicate.report import Exit
from tests.plan_bridge import Editable, a_post, a_target, plan, recorded


def actions(budget: float | None, *costs: float) -> list[str]:
    """What becomes of deliveries that cost so much, in order."""
    item = plan(a_post())
    assert item.draft is not None
    items = [replace(item, draft=replace(item.draft, cost=cost)) for cost in costs]
    return [kept.action for kept in within(items, budget)]


@pytest.mark.parametrize(
    ("budget", "costs", "expected"),
    [
        (None, (9.0, 9.0), ["create", "create"]),
        (0.5, (0.2, 0.2, 0.2), ["create", "create", "wait"]),
        (0.4, (0.2, 0.2), ["create", "create"]),
        (0.1, (0.2, 0.0, 0.1), ["wait", "create", "create"]),
        (0.0, (0.015, 0.0), ["wait", "create"]),
    ],
)
def test_stops_before_it_is_exceeded(budget: float | None, costs: tuple[float, ...], expected: list[str]) -> None:
    """What the budget does not suffice for waits; what is cheaper, or free, goes on. A sum that fits exactly fits."""
    assert actions(budget, *costs) == expected


def test_says_what_and_asks_a_person() -> None:
    """The price, what is left and what to do are told, and the run exits with 3."""
    (held,) = within([plan(a_post())], 0.1)
    delivery = held.delivery()
    assert delivery.error is not None
    assert delivery.error.exit is Exit.PERSON
    assert "$0.500" in delivery.error.message
    assert "$0.10 is left" in delivery.error.message
    assert "publish.budget" in delivery.error.next


def test_what_is_paid_already_costs_nothing() -> None:
    """An update, and what is published, take nothing of the budget."""
    post, target = a_post(), a_target(Editable)
    done = plan(post, target, recorded(post, "published", target=target))
    changed = plan(replace(post, body="new"), target, recorded(post, "published", target=target))
    assert [item.action for item in within([done, changed], 0.0)] == ["skip", "update"]
