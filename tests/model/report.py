"""The results as they stand in `docs/model.md`: a table, and a shortest way to the failure of each variant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .fairness import endless
from .search import Result, explore
from .variants import FAILING, SAFE, VARIANTS, Variant

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "model.md"

_HEAD = "| liveness | platform | what is special | workers | parts | faults | states | result | steps |\n"
_RULE = "|---|---|---|--:|--:|--:|--:|---|--:|"
_FAIR = "| liveness | platform | parts | states, workers told apart | every fair run ends |\n|---|---|--:|--:|---|"


def fair_variants() -> list[Variant]:
    """The variants for which it is searched whether a fair run can go on for ever: two workers, and small."""
    return [variant for variant in SAFE if variant.size == "fast" and variant.workers == 2 and not variant.note]


def results(variants: Iterable[Variant]) -> dict[str, Result]:
    """Runs the searches."""
    return {variant.name: explore(variant.protocol, variant.workers) for variant in variants}


def line(variant: Variant, result: Result) -> str:
    """One line of the table. `faults`: those of the shortest way to the failure."""
    protocol = variant.protocol
    safe = result.verdict == "safe"
    faults, steps = ("any", "") if safe else (str(result.faults), str(len(result.trace)))
    verdict = result.verdict if safe else f"**{result.verdict}**"
    cells = [protocol.mode, protocol.platform, variant.note, variant.workers, protocol.parts, faults]
    return "| " + " | ".join(map(str, [*cells, f"{result.states:,}", verdict, steps])) + " |"


def table(found: dict[str, Result]) -> str:
    """The table of what was searched."""
    return _HEAD + "\n".join([_RULE, *(line(v, found[v.name]) for v in VARIANTS if v.name in found)])


def fair_line(variant: Variant, worlds: int, *, ends: bool) -> str:
    """One line of the table on fair runs."""
    protocol = variant.protocol
    return f"| {protocol.mode} | {protocol.platform} | {protocol.parts} | {worlds:,} | {'yes' if ends else 'no'} |"


def fair_table() -> str:
    """The table on fair runs."""
    lines = [_FAIR]
    for variant in fair_variants():
        worlds, stay = endless(variant.protocol, variant.workers)
        lines.append(fair_line(variant, worlds, ends=not stay))
    return "\n".join(lines)


def traces(found: dict[str, Result]) -> str:
    """A shortest way to each failure; steps of one actor in a row stand together."""
    told = []
    for variant in FAILING:
        result = found[variant.name]
        head = f"**{variant.note}** ({variant.protocol.mode}, {variant.protocol.platform}): {result.verdict}"
        told.append(f"{head}\n\n> {_joined(result.trace)}\n")
    return "\n".join(told).rstrip()


def _joined(trace: tuple[str, ...]) -> str:
    said: list[str] = []
    before = ""
    for step in trace:
        who, _, what = step.partition(" ")
        if who == before and who in ("A", "B", "C"):
            said[-1] += f", {what}"
        else:
            said.append(step)
        before = who
    return " → ".join(said)


def written(text: str, found: dict[str, Result]) -> str:
    """The document with its generated sections made anew."""
    sections = {"table": table(found), "fair": fair_table(), "traces": traces(found)}
    for name, section in sections.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        text, times = pattern.subn(lambda _: f"{begin}\n\n{section}\n\n{end}", text)  # noqa: B023  used at once
        assert times == 1, f"{name}: no such section"
    return text
