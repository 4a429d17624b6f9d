"""The model of the publishing protocol: it holds in every world, can fail, and speaks of this code."""

from __future__ import annotations

import importlib
from dataclasses import fields, replace
from functools import cache
from itertools import product
from operator import attrgetter
from pathlib import Path
from typing import get_args

import pytest

from syndicate.ledger import Busy, ClaimLost, Intent, State
from syndicate.ledger.sqlite import SQLiteLedger

from .ledger_bridge import die, intend, rows
from .model import ledger as transactions
from .model.fairness import endless
from .model.real import Scene, expected, run
from .model.report import DOCUMENT, fair_line, fair_variants, line, traces
from .model.search import Result, done, explore, moves, wrong
from .model.state import IDLE, ROW_STATES, Part, Platform, Protocol, Worker, World, canonical, start
from .model.steps import CODE, STEPS
from .model.variants import FAILING, SAFE, VARIANTS, Variant

LOCK = Protocol(mode="lock")


@cache
def explored(variant: Variant) -> Result:
    return explore(variant.protocol, variant.workers)


def documented() -> str:
    return DOCUMENT.read_text("utf-8")


def searched(variants: list[Variant]) -> list:
    marks = {"fast": [], "slow": [pytest.mark.slow]}
    return [pytest.param(v, id=v.name, marks=marks[v.size]) for v in variants if v.size in marks]


# ---------------------------------------------------------------------- what holds


@pytest.mark.parametrize("variant", searched(SAFE))
def test_no_duplicate_no_loss_nothing_stuck(variant: Variant) -> None:
    """In every world that can be reached, with any number of faults, and from each there is a way to the end.

    The document has the numbers.
    """
    result = explored(variant)
    assert (result.verdict, result.trace) == ("safe", ())
    assert line(variant, result) in documented()


@pytest.mark.parametrize(
    "variant",
    [pytest.param(v, id=v.name, marks=[pytest.mark.slow] * (v.protocol.mode == "lease")) for v in fair_variants()],
)
def test_every_fair_run_ends(variant: Variant) -> None:
    """When faults cease, the work is done, whatever order things happen in. The document has the numbers."""
    worlds, stay = endless(variant.protocol, variant.workers)
    assert stay == []
    assert fair_line(variant, worlds, ends=True) in documented()


# ---------------------------------------------------------------------- what fails


@pytest.mark.parametrize("variant", searched(FAILING))
def test_a_step_left_out_is_a_failure(variant: Variant) -> None:
    """Each variant fails, in the way that is expected, and the way there can be told."""
    result = explored(variant)
    assert result.verdict == variant.expected, result.trace
    assert len(result.trace) >= 3


def test_each_step_is_left_out_by_some_variant() -> None:
    """No switch of the protocol is there that no search shows to be needed."""
    needed = {"mode", "platform", "parts", "prompt", "restarts"}
    needed |= {f.name for f in fields(Protocol) for v in FAILING if getattr(v.protocol, f.name) != f.default}
    assert needed == {field.name for field in fields(Protocol)}


def test_variants_have_names_of_their_own() -> None:
    """Results are kept by name."""
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)


def test_a_fair_run_without_end_is_seen() -> None:
    """Where nobody takes over what a dead process left, runs come and go for ever."""
    _, stay = endless(replace(LOCK, takeover=False), 2)
    assert stay
    assert {world.parts[0].state for world in stay} == {"sending"}


def test_a_search_that_is_too_big_says_so() -> None:
    """Nothing is left out silently."""
    with pytest.raises(RuntimeError, match="more than 100 worlds"):
        explore(replace(LOCK, mode="lease"), 2, limit=100)


def test_what_is_wrong_and_what_is_done() -> None:
    """The definitions, on worlds made by hand."""
    here = World((Part(state="published", effects=1),), (IDLE,))
    gone = World((Part(state="published"),), (IDLE,))
    coming = World((Part(state="published", orphans=1),), (IDLE,))
    busy = gone._replace(workers=(Worker("checked", ("planned",), holds=True),))
    twice = World((Part(state="unknown", effects=2),), (IDLE,))
    assert [wrong(world) for world in (here, gone, coming, busy, twice)] == [None, "loss", None, None, "duplicate"]
    parked = World((Part(state="unknown", effects=1),), (IDLE,))
    assert done(LOCK, here)
    assert not done(LOCK, gone)
    assert not done(LOCK, coming)
    assert not done(LOCK, parked)
    assert done(replace(LOCK, platform="none"), parked)
    assert not done(replace(LOCK, platform="key"), parked._replace(parts=(Part(state="unknown", key="open"),)))
    assert done(replace(LOCK, platform="key"), parked._replace(parts=(Part(state="unknown", key="closing"),)))


@pytest.mark.parametrize("platform", get_args(Platform))
def test_all_that_the_faults_are_about_happens(platform: Platform) -> None:
    """The search meets kills, late and lost requests, lost answers, 429, refusals, lost commits and lost leases."""
    protocol = Protocol(mode="lease", platform=platform)
    first = canonical(start(protocol, 2))
    seen, stack, said = {first}, [first], set()
    while stack:
        for _who, words, _fault, after in moves(protocol, stack.pop()):
            said.add(words)
            if (world := canonical(after)) not in seen:
                seen.add(world)
                stack.append(world)
    text = "\n".join(said)
    for happening in (
        *("is killed", "answer of COMMIT is lost", "the lease passes", "its claim is lost", "settle_until passes"),
        *("times out while its request is on its way", "the late request is posted", "is lost, or answered 5xx"),
        *("posted, the answer is lost or a 5xx", "answered 429", "is refused", "the intent is old"),
    ):
        assert happening in text, happening
    own = {"lookup": "finds the post", "rejects": "refused as a copy", "key": "known by its key", "none": "a person"}
    assert own[platform] in text


# ---------------------------------------------------------------------- that it speaks of this code


def test_states_are_the_ledgers() -> None:
    """A row's states in the model are those of the code; nothing is sent for the one that is left out."""
    assert {*ROW_STATES, "waiting"} == set(get_args(State))


def test_steps_name_code_that_is_there() -> None:
    """Each step of a worker names the functions that it models, and they exist."""
    assert CODE.keys() == STEPS.keys()
    for name in {name for names in CODE.values() for name in names}:
        module, _, path = name.partition(":")
        assert attrgetter(path)(importlib.import_module(f"syndicate.{module}")), name


@pytest.mark.parametrize("before", ROW_STATES)
def test_transactions_do_what_the_ledgers_do(before: str, path: Path) -> None:
    """Claim, intent, outcome and the refusal of an old claim, on the ledger and in the model, from each state."""
    world = World((Part(state=before),), (IDLE, IDLE))
    old = SQLiteLedger(path, now=lambda: 1.0)
    claim = old.claim(rows())
    if before != "planned":
        intend(old, claim)
    if before not in ("planned", "sending"):
        old.record(claim, 0, before, 2.0)
    new = SQLiteLedger(path, now=lambda: 1.0)
    with pytest.raises(Busy):
        new.claim(rows())
    held = transactions.claim(LOCK, world, 0)
    assert not transactions.claimable(LOCK, held)
    die(old)
    world = transactions.claim(LOCK, world, 1)
    taken = new.claim(rows())
    assert [row.state for row in taken.rows] == list(world.workers[1].view)
    intended = transactions.intend(LOCK, world, 1)
    if intended is None:
        with pytest.raises(ClaimLost):
            new.intend(taken, 0, Intent(5.0, 9.0))
        intended = world
    else:
        new.intend(taken, 0, Intent(5.0, 9.0))
    assert [row.state for row in new.rows()] == [intended.parts[0].state]
    late = SQLiteLedger(path, now=lambda: 1.0)
    new.release(taken)
    late.claim(rows())
    lost = transactions.claim(LOCK, transactions.release(intended, 1), 0)
    lost = transactions.become(lost, 1, Worker("ok", ("planned",)))
    assert transactions.record(LOCK, lost, 1, "published") is None
    assert transactions.intend(LOCK, lost, 1) is None
    for call in (lambda: new.intend(taken, 0, Intent(5.0, 9.0)), lambda: new.record(taken, 0, "published", 1.0)):
        with pytest.raises(ClaimLost):
            call()
    late.close()
    new.close()


_BEGINNINGS = [("planned", "settled"), ("failed", "settled")]
_BEGINNINGS += list(product(("unknown", "sending"), ("early", "settled", "old")))
SCENES = [
    Scene(platform=platform, state=state, moment=moment, shown=shown, answer=answer)
    for platform in get_args(Platform)
    for state, moment in _BEGINNINGS
    for shown in (False, True)
    for answer in ("ok", "dup", "later", "refused", "doubt")
    if (shown or answer != "dup") and not (shown and state in ("planned", "failed") and answer != "dup")
]


@pytest.mark.slow
@pytest.mark.parametrize("platform", get_args(Platform))
def test_runs_end_as_in_the_model(platform: Platform, path: Path) -> None:
    """`Publisher` on a ledger leaves the row as the model says, and sends as often, whatever it starts from."""
    compared = 0
    for number, scene in enumerate(scene for scene in SCENES if scene.platform == platform):
        if not (ends := expected(scene)):
            continue  # such a platform does not answer so
        assert {run(scene, path, f"post {number}", die)} == ends, scene
        compared += 1
    assert compared > 20


# ---------------------------------------------------------------------- the document


def test_the_document_lists_what_is_searched() -> None:
    """A line in the table for each variant, and no other; the small searches give the numbers that stand there."""
    section = documented().partition("<!-- begin table -->")[2].partition("<!-- end table -->")[0]
    lines = [text for text in section.splitlines() if text.startswith(("| lock", "| lease"))]
    assert len(lines) == len(VARIANTS)
    for variant, text in zip(VARIANTS, lines, strict=True):
        if variant.size == "fast":
            assert text == line(variant, explored(variant))
        assert f"| {variant.protocol.mode} | {variant.protocol.platform} | {variant.note} | {variant.workers} |" in text
        assert variant.expected in text


def test_the_document_tells_how_each_variant_fails() -> None:
    """The ways to failure in the document are those that the search finds."""
    assert traces({variant.name: explored(variant) for variant in FAILING}) in documented()
