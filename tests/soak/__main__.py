"""`python -m tests.soak`: see docs/soak.md."""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import report
from .driver import run
from .settings import Settings


def main(arguments: list[str]) -> int:
    """Runs, prints the report. 1: something was posted twice, lost, early, or is otherwise not as the script says."""
    options = _parser().parse_args(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"soak: seed {seed}", flush=True)
    with _folder(options.folder, keep=options.keep) as folder:
        result = run(Settings(folder=folder, feeds=options.feeds, passes=options.passes, seed=seed))
    print(report.markdown(result))
    if options.report:
        report.write(result, options.report)
    return 1 if result.bad else 0


@contextlib.contextmanager
def _folder(where: Path | None, *, keep: bool) -> Iterator[Path]:
    if keep:
        yield Path(tempfile.mkdtemp(prefix="soak-", dir=where)).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="soak-", dir=where) as folder:
        yield Path(folder).resolve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--feeds", type=int, default=50, help="how many are watched")
    parser.add_argument("--passes", type=int, default=200, help="how many are made before the quiet phase")
    parser.add_argument(
        "--seed", type=int, help="repeats the script, and the kills as far as processes can be repeated"
    )
    parser.add_argument("--folder", type=Path, help="where the run's own folder is made; default: the system's")
    parser.add_argument("--keep", action="store_true", help="leaves that folder, with the ledger, behind")
    parser.add_argument("--report", type=Path, help="a .json file, or a Markdown file with marks for the numbers")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
