"""Runs the contract suite on every adapter and both kinds of ledger, and writes what happened as a table.

`make matrix` runs it; docs/faults.md is what it wrote last. A test sees to it that the table names every case and
every adapter that there is now.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOC = ROOT / "docs" / "faults.md"
SUITES = {"SQLite": "tests/test_contract.py", "PostgreSQL": "tests/test_contract_postgres.py"}

_MARKS = {"passed": "✓", "skipped": "–", "failed": "✗"}
_HEAD = """# Every adapter, every fault

What the contract suite (`syndicate.testing`) found, case by case: ✓ holds, ✗ does not, – does not apply to that
adapter. Each case runs the tool's own code against the platform's stand-in over HTTP, with a ledger on disk, and is
judged by what the platform holds afterwards. The first mark of a cell is a ledger in SQLite; the second, for adapters of
each way to prevent a second post, one in PostgreSQL.

`make matrix` runs it and writes this page.
"""


class Collector:
    """A plugin that keeps each case's words and outcome."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.outcomes: dict[tuple[str, str], str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        for item in items:
            self.words.setdefault(item.name, " ".join((item.obj.__doc__ or "").split()))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        case, place = report.nodeid.split("::")[-1], report.nodeid.split("::")[-2]
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[case, place] = report.outcome


def columns(found: Collector) -> list[str]:
    return list(dict.fromkeys(place for _, place in found.outcomes))


def lines(suites: list[Collector]) -> Iterator[str]:
    places = columns(suites[0])
    yield "| case | " + " | ".join(place.removeprefix("Test") for place in places) + " |"
    yield "|---|" + "---|" * len(places)
    for case, words in suites[0].words.items():
        cells = [
            "".join(_MARKS[suite.outcomes[case, place]] for suite in suites if (case, place) in suite.outcomes)
            for place in places
        ]
        yield f"| `{case.removeprefix('test_')}`: {words} | " + " | ".join(cells) + " |"


def main() -> int:
    suites = []
    for path in SUITES.values():
        found = Collector()
        pytest.main(["-q", "-p", "no:cacheprovider", str(ROOT / path)], plugins=[found])
        suites.append(found)
    outcomes = [outcome for suite in suites for outcome in suite.outcomes.values()]
    held, failed = outcomes.count("passed"), outcomes.count("failed")
    table = "\n".join(lines(suites))
    DOC.write_text(f"{_HEAD}\n{held} cases hold, {failed} do not.\n\n{table}\n", encoding="utf-8")
    print(f"{held} cases hold, {failed} do not: {DOC.relative_to(ROOT)}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
