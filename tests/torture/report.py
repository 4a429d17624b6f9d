"""What came of a run, as a Markdown table for people and as JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .driver import Result
from .judge import Verdict

_COLUMNS = ("deliveries", "published", "unknown", "duplicates", "lost", "wrong_id", "stuck", "after_doubt")
_HEADS = (
    *("deliveries", "published", "unknown, waiting for a person", "**duplicates**", "**lost**", "wrong id", "stuck"),
    "sent again in doubt",
)


def markdown(result: Result) -> str:
    """The numbers, and the first examples of what went wrong."""
    settings = result.settings
    what = "a task queue that retries" if settings.control else settings.ledger.partition(":")[0]
    lines = [
        f"{what}, seed {settings.seed}, {settings.workers} workers, {result.seconds:.0f} s",
        "",
        f"| class | {' | '.join(_HEADS)} |",
        f"|---|{'---:|' * len(_HEADS)}",
    ]
    total = Verdict()
    for cls, verdict in result.verdicts.items():
        for name in _COLUMNS:
            setattr(total, name, getattr(total, name) + getattr(verdict, name))
        lines.append(_line(f"`{cls}`", verdict))
    lines += [_line("all", total), "", "| what happened | times |", "|---|---:|"]
    lines += [f"| {name} | {times:,} |" for name, times in sorted(result.played.items()) if times]
    examples = [example for verdict in result.verdicts.values() for example in verdict.examples[:5]]
    if examples and not settings.control:
        lines += ["", *(f"- {example}" for example in examples)]
    return "\n".join(lines) + "\n"


def _line(name: str, verdict: Verdict) -> str:
    return f"| {name} | {' | '.join(f'{getattr(verdict, column):,}' for column in _COLUMNS)} |"


def as_json(result: Result) -> str:
    settings = result.settings
    told: Mapping[str, Any] = {
        "control": settings.control,
        "ledger": "postgresql" if settings.ledger.startswith("postgres") else "sqlite",
        "seed": settings.seed,
        "workers": settings.workers,
        "seconds": round(result.seconds, 1),
        "bad": result.bad,
        "classes": {cls: asdict(verdict) for cls, verdict in result.verdicts.items()},
        "played": dict(sorted(result.played.items())),
    }
    return json.dumps(told, indent=2) + "\n"


def write(result: Result, path: Path) -> None:
    """Writes JSON to a `.json` file. In a Markdown file only what stands between the marks of this kind of run.

    The marks are `<!-- torture NAME -->` and `<!-- end -->`, NAME one of sqlite, postgresql, control.
    """
    if path.suffix == ".json":
        path.write_text(as_json(result))
        return
    name = "control" if result.settings.control else json.loads(as_json(result))["ledger"]
    before = path.read_text() if path.exists() else f"<!-- torture {name} --><!-- end -->\n"
    marks = re.compile(rf"(<!-- torture {name} -->).*?(<!-- end -->)", re.DOTALL)
    path.write_text(marks.sub(lambda found: f"{found[1]}\n{markdown(result)}{found[2]}", before))
