"""What a run may cost: deliveries that would exceed it wait for a person. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .plan import Item
from .report import OVER_BUDGET, Problem


def within(plan: Sequence[Item], budget: float | None) -> list[Item]:
    """The plan, in which what `budget` (US dollars a run; `None`: no limit) does not suffice for waits.

    In the plan's order; what costs nothing goes on. Of a thread the parts that are there already are paid. What is in
    doubt costs what sending it again would; where the budget does not suffice for that, it is only looked for.
    """
    if budget is None:
        return list(plan)
    spent = 0.0
    kept: list[Item] = []
    for item in plan:
        cost = item.cost
        if cost and spent + cost > budget + 1e-9:
            said = f"costs about ${cost:.3f}; of this run's budget of ${budget:.2f}, ${budget - spent:.2f} is left"
            never = cost > budget + 1e-9  # in no other run either
            advice = "raise `publish.budget`, or " + ("leave it out" if never else "run again: each run has its own")
            problem = Problem(OVER_BUDGET, said, advice)
            if item.action == "resolve":
                kept.append(replace(item, due=False, later=problem))
            else:
                kept.append(replace(item, action="wait", error=problem, for_person=never))
            continue
        spent += cost
        kept.append(item)
    return kept
