"""What came of a run, as Markdown tables for people and as JSON for programs."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

from .driver import Result

_ROWS = {
    "deliveries": "entry and target that should meet",
    "published": "of them there",
    "updates": "updates",
    "duplicates": "**posted twice**",
    "lost": "**lost**",
    "early": "**too early**",
    "unwanted": "posted though it should not be",
    "text": "not the text that it should be",
    "stuck": "stuck",
    "asked": "asked without a reason",
    "impolite": "feeds asked before they wanted to be",
    "failed": "runs that failed",
    "unsound": "faults that `ledger check` found",
}
_MARKS = re.compile(r"(<!-- soak -->).*?(<!-- end -->)", re.DOTALL)


def markdown(result: Result) -> str:
    """The numbers, and the first examples of what went wrong."""
    settings = result.settings
    took = f"{result.days:.1f} simulated days in {result.seconds:.0f} s"
    lines = [
        f"{settings.feeds} feeds, {settings.passes} passes, seed {settings.seed}; {took}",
        "",
        "| | |",
        "|---|---:|",
        *(f"| {words} | {getattr(result.verdict, name):,} |" for name, words in _ROWS.items()),
        "",
        "| what happened | times |",
        "|---|---:|",
        *(f"| {name} | {times:,} |" for name, times in sorted(result.played.items()) if times),
    ]
    if result.verdict.examples:
        lines += ["", *(f"- {example}" for example in result.verdict.examples[:20])]
    return "\n".join(lines) + "\n"


def as_json(result: Result) -> str:
    told = {
        "feeds": result.settings.feeds,
        "passes": result.settings.passes,
        "seed": result.settings.seed,
        "seconds": round(result.seconds, 1),
        "days": round(result.days, 2),
        "bad": result.bad,
        **asdict(result.verdict),
        "played": dict(sorted(result.played.items())),
    }
    return json.dumps(told, indent=2) + "\n"


def write(result: Result, path: Path) -> None:
    """Writes JSON to a `.json` file; in a Markdown file what stands between `<!-- soak -->` and `<!-- end -->`."""
    if path.suffix == ".json":
        path.write_text(as_json(result))
        return
    before = path.read_text() if path.exists() else "<!-- soak --><!-- end -->\n"
    path.write_text(_MARKS.sub(lambda found: f"{found[1]}\n{markdown(result)}{found[2]}", before))
