"""What a run may cost: deliveries that would exceed it wait for a person. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .plan import Item
from .report import OVER_BUDGET, Problem


def within(plan: Sequence[Item], budget: float | None) -> list[Item]:
    """The plan, in which what `budget` (US dollars a run; `None`: no limit) does not suffice for waits.

    In the plan's order; what costs nothing goes on. Of a thread the parts that are there already are paid.
    """
    if budget is None:
        return list(plan)
    spent = 0.0
    kept: list[Item] = []
    for item in plan:
        cost = item.draft.cost if item.draft and item.action == "create" else 0.0
        if cost and spent + cost > budget + 1e-9:
            said = f"costs about ${cost:.3f}; of this run's budget of ${budget:.2f}, ${budget - spent:.2f} is left"
            advice = "raise `publish.budget`, or name fewer posts or targets"
            kept.append(replace(item, action="wait", error=Problem(OVER_BUDGET, said, advice)))
            continue
        spent += cost
        kept.append(item)
    return kept
