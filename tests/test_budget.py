"""What a run may cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from syndicate.adapter import Draft
from syndicate.budget import within
from syndicate.report import OVER_BUDGET, Exit
from syndicate.sandbox import Sandbox
from syndicate.sandbox.faults import Fault
from tests.feed_bridge import FeedServer
from tests.plan_bridge import Editable, a_post, a_target, plan, recorded
from tests.support import project
from tests.time_machine import Clock, travelling
from tests.watch_bridge import Blog
from tests.watch_bridge import post as entry


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


def test_of_a_thread_the_rest_is_paid_for() -> None:
    """What is there already is not paid for twice; what is left costs what it costs."""
    post = a_post(body="one\ntwo\nthree")
    item = plan(post, rows=recorded(post, "published", "published", "planned"))
    assert item.draft is not None
    even = replace(item, draft=replace(item.draft, cost=0.3))
    assert even.cost == pytest.approx(0.1)
    priced = replace(item, draft=replace(item.draft, cost=0.23, costs=(0.015, 0.015, 0.2)))
    assert priced.cost == pytest.approx(0.2)
    assert [kept.action for kept in within([priced], 0.2)] == ["create"]
    assert [kept.action for kept in within([priced], 0.1)] == ["wait"]


def test_what_may_be_sent_again_is_paid_for() -> None:
    """In doubt, it may be sent once more: where the budget does not suffice for that, it is only looked for."""
    post = a_post()
    lost = plan(post, rows=recorded(post, "unknown"))
    kept = within([lost, lost], 0.5)
    assert [item.due for item in kept] == [True, False]
    assert kept[1].later is not None
    assert kept[1].later.kind == OVER_BUDGET


def test_prices_of_parts() -> None:
    """They add up to the draft's, whether they differ or not."""
    draft = plan(a_post(body="one\ntwo")).draft
    assert draft is not None
    assert sum(draft.prices) == pytest.approx(draft.cost)
    assert Draft(draft.parts, (), 0.3, (0.1, 0.2)).prices == (0.1, 0.2)


# ---------------------------------------------------------------------- in runs


@pytest.fixture
def clock() -> Iterator[Clock]:
    made = Clock(0)
    made.set("2026-11-02T12:00:00+00:00")
    with travelling(made):
        yield made


@pytest.fixture
def blog(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Blog]:
    """A blog whose posts go to X, at $0.20 each."""
    with FeedServer() as feeds:
        made = Blog(project(tmp_path / "p", sandbox, ["twitter"], budget="0.45"), feeds, sandbox, clock)
        text = made.it.config.read_text().replace('budget = "0.45"', "budget = 0.45")
        made.it.config.write_text(text)
        made.it_targets = ("twitter",)
        made.configure()
        yield made


def test_the_watch_goes_on_with_what_the_budget_held_back(blog: Blog) -> None:
    """What a pass cannot pay for is told once, with exit 3, and goes out with the next."""
    blog.begin()
    blog.add(entry(3), entry(2), entry(1))
    dry = blog.watch("--dry-run", "--json").json()["deliveries"]
    first = blog.watch("--json")
    told = first.json()["deliveries"]
    assert [d["action"] for d in told] == [d["action"] for d in dry] == ["create", "create", "wait"]
    assert first.returncode == 3
    assert told[2]["error"]["kind"] == OVER_BUDGET
    assert blog.watch().returncode == 0
    assert len(blog.sandbox.writes("twitter")) == 3
    assert blog.watch().stdout == ""


def test_the_watch_does_not_nag_about_what_it_can_never_pay(blog: Blog) -> None:
    """One that costs more than any run may is told once an hour; a larger budget lets it go."""
    blog.it.config.write_text(blog.it.config.read_text().replace("budget = 0.45", "budget = 0.1"))
    blog.begin()
    blog.add(entry(1))
    assert blog.watch().returncode == 3
    quiet = blog.watch()
    assert (quiet.returncode, quiet.stdout) == (0, "")
    blog.it.config.write_text(blog.it.config.read_text().replace("budget = 0.1", "budget = 0.45"))
    blog.clock.go(minutes=61)
    assert blog.watch().returncode == 0
    assert len(blog.sandbox.writes("twitter")) == 1


def test_what_waits_for_its_time_costs_nothing_now(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """A post whose window is shut takes nothing from one that goes out."""
    shut = {"adapter": "twitter"}
    made = project(tmp_path, sandbox, ("shut", "twitter"), options={"shut": shut})
    window = 'window = { zone = "UTC", days = "Tue", hours = "08-11" }\n'
    text = made.config.read_text().replace("[targets.shut]\n", f"[targets.shut]\n{window}")
    made.config.write_text(text.replace("[publish]\n", "[publish]\nbudget = 0.3\n"))
    made.post()
    told = made.call("publish", "post.md", "--json").deliveries()
    assert told["shut"]["error"]["kind"] == "Scheduled"
    assert told["twitter"]["state"] == "published"


def test_what_is_lost_is_not_sent_again_over_budget(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """It is looked for, and as it is not there, it waits for a run that may pay for it."""
    made = project(tmp_path, sandbox, ("twitter",))
    made.post()
    sandbox.play("twitter", Fault("drop_before"))
    made.call("publish", "post.md")
    plain = made.config.read_text()
    made.config.write_text(plain.replace("[publish]\n", "[publish]\nbudget = 0.1\n"))
    clock.go(hours=1)
    before = len(sandbox.writes())
    outcome = made.call("publish", "post.md", "--json")
    assert outcome.returncode == 3
    assert outcome.deliveries()["twitter"]["error"]["kind"] == OVER_BUDGET
    assert len(sandbox.writes()) == before
    made.config.write_text(plain)
    assert made.call("publish", "post.md").returncode == 0
    assert len(sandbox.places["twitter"].standin.posts) == 1
