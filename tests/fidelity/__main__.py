"""`python -m tests.fidelity`: see docs/fidelity.md."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from . import report
from .corpus import pieces, verdicts
from .places import SHORT, WHOLE, Place
from .report import Figure, total

#: Of all words over the corpus, for each platform.
LEAST = 0.999
_SHARED = Path(os.environ.get("SYNDICATE_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")


def main(arguments: list[str]) -> int:
    """Prints the tables. 1: something was lost without a word, or more than one word in a thousand; 2: no corpus."""
    options = _parser().parse_args(arguments)
    if not options.corpus.is_dir():
        print(f"fidelity: there is no corpus at {options.corpus} (--corpus, or set SYNDICATE_SHARED)", file=sys.stderr)
        return 2
    posts = pieces(options.corpus, every=options.every)
    found: dict[str, Mapping[str, Figure]] = {}
    wrong: list[str] = []
    for name in options.platform or [*WHOLE, *SHORT]:
        figures = _figures(options.corpus, options.every, {**WHOLE, **SHORT}[name])
        wrong += [f"{name}, {fault}" for fault in total(figures.values()).faults]
        if total(figures.values()).kept < LEAST:
            wrong.append(f"{name}: only {total(figures.values()).shown} % of the words are kept")
        if name in WHOLE:
            found[name] = figures
    tables = report.markdown(found, Counter(one.folder for one in posts))
    print(tables)
    if wrong:
        print(*wrong, sep="\n")
    if options.report:
        report.write(tables, options.report)
    return 1 if wrong else 0


def _figures(corpus: Path, every: int, place: Place) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for one, verdict in verdicts(pieces(corpus, every=every), place):
        figures.setdefault(one.folder, Figure()).add(one, verdict)
    return figures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=_SHARED / "corpus" / "posts", help="a folder a source")
    parser.add_argument("--platform", action="append", choices=[*WHOLE, *SHORT], help="only this one; may be repeated")
    parser.add_argument("--every", type=int, default=1, help="only each such post")
    parser.add_argument("--report", type=Path, help="a Markdown file with marks for the tables")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
