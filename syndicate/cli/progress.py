"""Progress on a terminal: one line a target, drawn by rich on standard error."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

_WORKING = ("create", "resolve", "update")


@contextlib.contextmanager
def shown() -> Iterator[Callable[[str, str], None]]:
    """Yields what `Publisher` calls with a target's name and a word; draws until the block ends."""
    columns = (SpinnerColumn(finished_text="·"), TextColumn("{task.fields[target]}"), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def step(target: str, word: str) -> None:
            if target not in tasks:
                tasks[target] = progress.add_task(word, total=1, target=target)
            progress.update(tasks[target], description=word, completed=0 if word in _WORKING else 1)

        yield step
