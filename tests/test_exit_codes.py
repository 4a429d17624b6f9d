"""Which exit code follows from what became of each delivery."""

from __future__ import annotations

import itertools

import pytest

from syndicate.report import Delivery, Problem, exit_code

# ---------------------------------------------------------------------- exit codes


def _with(kind: str | None) -> Delivery:
    error = Problem(kind, "said", "next") if kind else None
    return Delivery(post="a.md", target="t", adapter="a", action="create", state="planned", error=error)


_KINDS = {
    None: 0,
    "Rejected": 1,
    "Duplicate": 1,
    "Bug": 1,
    "UsageError": 2,
    "OutcomeUnknown": 3,
    "Unauthorized": 3,
    "NotEntitled": 3,
    "Handoff": 3,
    "RateLimited": 75,
    "Unavailable": 75,
    "Busy": 75,
}


@pytest.mark.parametrize(("kind", "code"), _KINDS.items())
def test_exit_code_of_one(kind: str | None, code: int) -> None:
    """Each kind of problem has its exit code."""
    assert exit_code([_with(kind)]) == code


def test_exit_code_of_several() -> None:
    """Of several the first of 2, 3, 1, 75, 0 counts, in whatever order they came; nothing at all is 0."""
    for some in itertools.permutations(["UsageError", "OutcomeUnknown", "Rejected", "RateLimited", None]):
        deliveries = [_with(kind) for kind in some]
        for number in range(len(deliveries) + 1):
            codes = [_KINDS[kind] for kind in some[:number]]
            expected = next((code for code in (2, 3, 1, 75) if code in codes), 0)
            assert exit_code(deliveries[:number]) == expected


def test_a_kind_of_a_third_party() -> None:
    """A failure of a name that nobody knows counts as failed, never as done."""
    assert exit_code([_with("Strange")]) == 1
