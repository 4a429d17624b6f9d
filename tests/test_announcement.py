"""What a short post says of a piece of writing: which words come from where."""

from __future__ import annotations

import pytest
from syndicate.adapters._announcement import announce

from .adapter_bridge import make_post

BODY = "Hello, readers!\n\nTL;DR: It is faster by half[^1].\n\n[^1]: On one machine.\n"


@pytest.mark.parametrize(
    ("summary", "lead"),
    [
        (None, "It is faster by half."),
        ("atomic  writes.", "It is faster by half."),
        ("What a rename does.", "What a rename does."),
    ],
)
def test_lead(summary: str | None, lead: str) -> None:
    """The summary, unless it only says the title again; else the first paragraph that says something."""
    assert announce(make_post(summary=summary, body=BODY), 500, "characters").lead == lead


def test_a_lead_that_says_the_title_is_left_out() -> None:
    """Nothing is said twice."""
    made = announce(make_post(summary="Atomic writes", body="Atomic writes!\n"), 500, "characters")
    assert (made.title, made.lead) == ("Atomic writes", "")
