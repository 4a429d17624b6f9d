"""What came of it, as Markdown tables for people, which the test reads too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .corpus import Piece
from .judge import Verdict

_MARKS = re.compile(r"(<!-- fidelity -->).*?(<!-- end -->)", re.DOTALL)
_ROW = re.compile(r"^\| `([\w ]+)` \|(.*)\|$", re.MULTILINE)


@dataclass
class Figure:
    """Posts that one platform takes of one source, added up."""

    posts: int = 0
    words: int = 0
    lost: int = 0
    declared: int = 0
    code: int = 0
    links: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, one: Piece, verdict: Verdict) -> None:
        self.posts += 1
        self.words += verdict.total
        self.lost += verdict.lost.total()
        self.declared += verdict.declared.total()
        self.code += len(one.written.code)
        self.links += len(one.written.links)
        self.faults += [f"{one.name}: {fault}" for fault in verdict.faults()]

    @property
    def kept(self) -> float:
        return 1 - self.lost / self.words if self.words else 1.0

    @property
    def shown(self) -> str:
        """As the table has it, never rounded up: `100`, or `99.97 (−12)` with the words that are lost."""
        if not self.posts:
            return "–"
        return "100" if not self.lost else f"{int(self.kept * 10_000) / 100:.2f} (−{self.lost:,})"


def total(figures: Iterable[Figure]) -> Figure:
    """All sources of one platform."""
    whole = Figure()
    for one in figures:
        for name in ("posts", "words", "lost", "declared", "code", "links", "faults"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
    return whole


def markdown(found: Mapping[str, Mapping[str, Figure]], folders: Mapping[str, int]) -> str:
    """The figures by platform and source (`folders`: how many posts each has), and the first faults."""
    lines = [
        f"{sum(folders.values())} posts.",
        "",
        "| platform | posts | words | kept, % | left out, and said | blocks of code | links | faults |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, figures in found.items():
        all = total(figures.values())
        cells = (all.posts, all.words, all.shown, all.declared, all.code, all.links, len(all.faults))
        lines.append(
            f"| {name} | " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"
        )
    lines += [
        "",
        "Words kept by source, in per cent:",
        "",
        "| platform | " + " | ".join(f"{folder} ({number})" for folder, number in folders.items()) + " |",
        "|---|" + "---:|" * len(folders),
    ]
    for name, figures in found.items():
        lines.append(f"| `{name}` | " + " | ".join(figures.get(one, Figure()).shown for one in folders) + " |")
    faults = [
        f"- {name}, {fault}" for name, figures in found.items() for one in figures.values() for fault in one.faults
    ]
    return "\n".join([*lines, *(["", *faults[:40]] if faults else [])]) + "\n"


def write(text: str, path: Path) -> None:
    """Puts the tables between `<!-- fidelity -->` and `<!-- end -->`."""
    before = path.read_text("utf-8") if path.exists() else "<!-- fidelity --><!-- end -->\n"
    path.write_text(_MARKS.sub(lambda found: f"{found[1]}\n{text}{found[2]}", before), "utf-8")


def kept(page: str) -> dict[str, dict[str, int | None]]:
    """How many words the page says are lost, by platform and source; `None`: no post of that source is taken."""
    (heading,) = re.findall(r"^\| platform \| (.*\(\d+\)) \|$", page, re.MULTILINE)
    folders = [cell.partition(" (")[0] for cell in heading.split(" | ")]
    return {
        name: dict(zip(folders, (_lost(cell.strip()) for cell in cells.split("|")), strict=True))
        for name, cells in _ROW.findall(page)
    }


def _lost(cell: str) -> int | None:
    if cell == "–":
        return None
    found = re.fullmatch(r"100|\d+\.\d\d \(−([\d,]+)\)", cell)
    assert found, cell
    return int((found[1] or "0").replace(",", ""))
