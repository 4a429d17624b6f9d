"""Entry points → adapter and stand-in classes: the only place that turns a name into code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from .errors import UsageError

if TYPE_CHECKING:
    from .adapter import Adapter
    from .standin import StandIn

ADAPTERS = "syndicate.adapters"
STANDINS = "syndicate.standins"


@cache
def names(group: str) -> dict[str, str]:
    """`{name: "module:Class"}` of everything installed in the entry-point group, by name."""
    found: dict[str, str] = {}
    for name, value in _scan(group):
        found.setdefault(name, value)
    if not found:
        from importlib.metadata import entry_points

        found = {point.name: point.value for point in entry_points(group=group)}
    return dict(sorted(found.items()))


def adapter_class(name: str) -> type[Adapter]:
    """The adapter class called `name`. Raises `UsageError` with a suggestion when there is none."""
    cls: type[Adapter] = _load(ADAPTERS, name, "adapter")
    return cls


def standin_class(name: str) -> type[StandIn]:
    """The sandbox stand-in for the adapter called `name`. Raises `UsageError` when there is none."""
    cls: type[StandIn] = _load(STANDINS, name, "stand-in")
    return cls


def suggestion(word: str, known: list[str]) -> str:
    """`did you mean …?` when something known is near, else the list of what is known."""
    import difflib

    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"known: {', '.join(known) or '(nothing)'}"


def _load(group: str, name: str, what: str) -> Any:
    value = names(group).get(name)
    if value is None:
        raise UsageError(f"there is no {what} `{name}`", next=suggestion(name, list(names(group))))
    module, _, attribute = value.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _scan(group: str) -> Iterator[tuple[str, str]]:
    """Reads `entry_points.txt` beside the installed packages.

    importlib.metadata does the same, but importing it and its mail parser costs as much as four bare
    interpreters at every start; it stays the fallback for packages inside zip files.
    """
    for folder in sys.path:
        try:
            entries = [e.path for e in os.scandir(folder or ".") if e.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue
        for path in entries:
            try:
                with open(os.path.join(path, "entry_points.txt"), encoding="utf-8") as file:
                    lines = file.read().splitlines()
            except OSError:
                continue
            section = ""
            for line in lines:
                stripped = line.strip()
                if stripped.startswith("["):
                    section = stripped.strip("[] ")
                elif section == group and "=" in stripped:
                    name, _, value = stripped.partition("=")
                    yield name.strip(), value.strip()
