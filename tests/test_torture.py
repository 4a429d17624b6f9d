"""The torture run in small, for CI; and that its judge, and its control, can find fault."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .postgres import lacking, programs
from .torture.judge import Recorded, judge
from .torture.server import Arrival, Effect, Seen
from .torture.settings import CLASSES, title

_ROOT = Path(__file__).resolve().parents[1]


def _good() -> tuple[list[Recorded], Seen]:
    """Two posts, on every platform once, and recorded as they are."""
    numbers = range(2)
    recorded = [Recorded(title(number), cls, "published", f"id{number}") for cls in CLASSES for number in numbers]
    effects = {cls: [Effect(title(number), f"id{number}", 1.0) for number in numbers] for cls in CLASSES}
    arrivals = {cls: [Arrival(title(number), 1.0, None, 201) for number in numbers] for cls in CLASSES}
    return recorded, Seen(effects, arrivals)


def _verdict(recorded: Sequence[Recorded], seen: Seen, cls: str = "slug") -> dict[str, int]:
    """The numbers of one class that are not zero; in the others nothing may be found."""
    verdicts = judge(2, recorded, seen)
    assert not any(verdict.bad for name, verdict in verdicts.items() if name != cls)
    verdict = verdicts[cls]
    names = ("published", "unknown", "duplicates", "lost", "wrong_id", "stuck", "after_doubt")
    assert bool(verdict.examples) == bool(verdict.bad)
    return {name: getattr(verdict, name) for name in names if getattr(verdict, name)}


def _with(recorded: Sequence[Recorded], cls: str, **changes: Any) -> list[Recorded]:
    """The first post at `cls` recorded otherwise."""
    return [replace(row, **changes) if (row.cls, row.title) == (cls, title(0)) else row for row in recorded]


def test_the_judge_finds_nothing_where_nothing_is_wrong() -> None:
    """Each delivery once on its platform, and published under its id."""
    recorded, seen = _good()
    assert _verdict(recorded, seen) == {"published": 2}


def test_the_judge_counts_posts_too_many() -> None:
    """Two copies more than there should be are two duplicates, of a delivery that is published all the same."""
    recorded, seen = _good()
    seen.effects["slug"] += [Effect(title(1), "again", 2.0), Effect(title(1), "and again", 3.0)]
    assert _verdict(recorded, seen) == {"published": 2, "duplicates": 2}


def test_the_judge_misses_what_is_not_there() -> None:
    """Published by the ledger's word alone is lost."""
    recorded, seen = _good()
    del seen.effects["slug"][0]
    assert _verdict(recorded, seen) == {"published": 1, "lost": 1}


def test_the_judge_misses_what_is_not_recorded() -> None:
    """A delivery that the ledger knows nothing of is lost, whether or not it is there."""
    recorded, seen = _good()
    assert _verdict([row for row in recorded if (row.cls, row.title) != ("slug", title(0))], seen) == {
        "published": 1,
        "lost": 1,
    }


def test_the_judge_compares_ids() -> None:
    """Recorded under the id of another post."""
    recorded, seen = _good()
    assert _verdict(_with(recorded, "slug", remote_id="id1"), seen) == {"published": 1, "wrong_id": 1}


@pytest.mark.parametrize("state", ["planned", "sending", "unknown", "failed", "waiting"])
def test_the_judge_sees_what_is_stuck(state: str) -> None:
    """Where the platform can be asked, nothing may stay open: not even as unknown."""
    recorded, seen = _good()
    assert _verdict(_with(recorded, "slug", state=state, remote_id=None), seen) == {"published": 1, "stuck": 1}


@pytest.mark.parametrize("there", [True, False])
def test_the_judge_leaves_to_a_person_what_nobody_can_look_up(there: bool) -> None:
    """Unknown is right where the platform cannot be asked, on the platform once or not at all."""
    recorded, seen = _good()
    if not there:
        del seen.effects["none"][0]
    recorded = _with(recorded, "none", state="unknown", remote_id=None)
    assert _verdict(recorded, seen, "none") == {"published": 1, "unknown": 1}


@pytest.mark.parametrize(("status", "bad"), [(None, 1), (500, 1), (201, 1), (429, 0)])
def test_the_judge_watches_what_is_sent_in_doubt(status: int | None, bad: int) -> None:
    """Where nobody can look, a second request is right only after a refusal that certainly did nothing."""
    recorded, seen = _good()
    first = Arrival(title(0), 0.5, None, status)
    seen.arrivals["none"].insert(0, first)
    assert _verdict(recorded, seen, "none").get("after_doubt", 0) == bad


def _torture(folder: Path, *options: str) -> dict[str, Any]:
    """A run, and its report."""
    report = folder / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", "--folder", folder, "--report", report, *options],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert report.exists(), done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def _total(report: dict[str, Any], name: str) -> int:
    return sum(verdict[name] for verdict in report["classes"].values())


def _assert_once(report: dict[str, Any]) -> None:
    assert report["bad"] == 0
    assert _total(report, "published") + _total(report, "unknown") == _total(report, "deliveries") == 300
    assert report["played"]["kill -9"] >= 10
    assert "workers that failed" not in {name for name, times in report["played"].items() if times}


@pytest.mark.slow
def test_torture_on_sqlite(tmp_path: Path) -> None:
    """Killed, stopped, lied to, with wrong clocks and full disks: every delivery once, or for a person to decide."""
    report = _torture(tmp_path, "--deliveries", "300", "--seed", "1")
    _assert_once(report)
    assert report["played"]["disk full"] > 0


@pytest.mark.slow
def test_torture_on_postgresql(tmp_path: Path) -> None:
    """The same on a database that is restarted in the middle."""
    if programs() is None:
        lacking("a PostgreSQL server")
    report = _torture(tmp_path, "--deliveries", "300", "--seed", "1", "--ledger", "postgresql")
    _assert_once(report)


@pytest.mark.slow
def test_the_control_posts_twice(tmp_path: Path) -> None:
    """What retries without the protocol is caught: the run can fail, and its faults are ones that matter."""
    report = _torture(tmp_path, "--deliveries", "300", "--seed", "1", "--control")
    assert _total(report, "duplicates") > 10
    assert report["classes"]["key"]["duplicates"] == 0
