"""Asks a person what to do with posts that were edited on the platform by hand, once each; for `update`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..plan import Item, Keep
from ..preview import outcomes
from ..report import Delivery

_ANSWERS: dict[str, Keep | None] = {"o": "ours", "t": "theirs", "s": None}


def can_ask() -> bool:
    """Whether a person sits at both ends."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def settled(
    plan: Sequence[Item], deliveries: Sequence[Delivery], again: Callable[[Sequence[Item]], list[Delivery]]
) -> list[Delivery]:
    """The deliveries, after those that were found edited were carried out `again` as a person wants them.

    Nothing is held or open while they think: what they were shown is compared with what stands there then.
    """
    done = list(deliveries)
    left = [number for number, delivery in enumerate(done) if _edited(delivery)]
    while left:
        number = left.pop(0)
        keep = _ask(done[number])
        if keep is None:
            continue
        shown = tuple(w for w in done[number].warnings if w not in plan[number].warnings)
        (done[number],) = again([replace(plan[number], keep=keep, shown=shown)])
        if _edited(done[number]):  # once more since then
            left.insert(0, number)
    return done


def _edited(delivery: Delivery) -> bool:
    return delivery.error is not None and delivery.error.kind == "Edited"


def _ask(delivery: Delivery) -> Keep | None:
    """What to keep; `None` for neither now. Whoever goes away has answered that."""
    import typer

    print(outcomes([delivery], updated=True), file=sys.stderr)
    while True:
        try:
            answer = typer.prompt("Send [o]urs over it, keep [t]heirs, or [s]kip it", default="s", err=True)
        except typer.Abort:
            return None
        if (letter := str(answer).strip().lower()[:1]) in _ANSWERS:
            return _ANSWERS[letter]
