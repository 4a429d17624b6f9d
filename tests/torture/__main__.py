"""`python -m tests.torture`: see docs/torture.md."""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from syndicate.ledger import open_ledger

from . import report
from .driver import Result, run
from .settings import Settings


def main(arguments: list[str]) -> int:
    """Runs, prints the report. 1: something was sent twice, lost, or is stuck; for the control: nothing was."""
    options = _parser().parse_args(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"torture: seed {seed}", flush=True)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="torture-", dir=options.folder)))
        ledger, restart = f"sqlite:///{folder}/ledger.db", None
        if options.ledger == "postgresql" and not options.control:
            ledger, restart = stack.enter_context(_cluster())
        elif options.ledger != "sqlite" and not options.control:
            ledger = options.ledger
        settings = Settings(
            folder=folder,
            ledger=ledger,
            deliveries=options.deliveries,
            workers=options.workers,
            seed=seed,
            control=options.control,
            clock_steps=options.clock_steps and not options.control,
            disk_full=options.disk_full and ledger.startswith("sqlite:"),
            limit=options.limit,
        )
        result = _with_ledger(settings, restart)
    print(report.markdown(result))
    if options.report:
        report.write(result, options.report)
    if settings.control:
        return 0 if sum(verdict.duplicates for verdict in result.verdicts.values()) else 1
    return 1 if result.bad else 0


def _with_ledger(settings: Settings, restart: Callable[[], None] | None) -> Result:
    if settings.ledger.startswith("postgres"):
        from syndicate.ledger import migrate

        migrate(settings.ledger, settings.folder)
    open_ledger(settings.ledger, settings.folder).close()
    return run(settings, restart)


@contextlib.contextmanager
def _cluster() -> Iterator[tuple[str, Callable[[], None]]]:
    """A database server of its own, in a temporary folder."""
    from tests.postgres import Cluster

    with contextlib.closing(Cluster()) as cluster:
        yield cluster.database(), cluster.restart


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000, help="how many, a fifth to each class of platforms")
    parser.add_argument("--workers", type=int, default=4, help="processes at once")
    parser.add_argument("--seed", type=int, help="repeats the schedule as far as processes can be repeated")
    parser.add_argument(
        "--ledger", default="sqlite", help="sqlite; postgresql, for a server of its own that is restarted; or a URL"
    )
    parser.add_argument("--control", action="store_true", help="a task queue that retries, in the tool's place")
    parser.add_argument("--clock-steps", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--disk-full", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds after which the faults end")
    parser.add_argument("--folder", type=Path, help="where the run's own folder is made; default: the system's")
    parser.add_argument("--report", type=Path, help="a .json file, or a Markdown file with marks for the numbers")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
