"""`publish`, `status` and `watch` from cron: a well-formed call is read here, everything else by typer.

typer costs as much as the whole dry run of a post. What this reads, it reads as typer would (a test compares
them); for anything it does not know, `--help` and mistakes above all, it says `None` and typer takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_FLAGS = {
    "publish": {
        "--dry-run": "dry_run",
        "--draft": "draft",
        "--json": "json",
        "--again": "again",
        "--open": "open_pages",
    },
    "status": {"--all": "everything", "--online": "online", "--json": "json"},
    "watch": {"--dry-run": "dry_run", "--json": "json"},
}
_VALUES = {
    "publish": {"--to": "to", "--config": "config"},
    "status": {"--config": "config"},
    "watch": {"--config": "config", "--every": "every"},
}


def parse(arguments: Sequence[str]) -> tuple[str, list[str], dict[str, Any]] | None:
    """Command, posts and options of a well-formed call; `None` for one that typer should read."""
    if not arguments or arguments[0] not in _FLAGS:
        return None
    command, rest = arguments[0], list(arguments[1:])
    posts: list[str] = []
    options: dict[str, Any] = {}
    while rest:
        word = rest.pop(0)
        if word in _FLAGS[command]:
            options[_FLAGS[command][word]] = True
        elif word in _VALUES[command] and rest and not rest[0].startswith("-"):
            name, value = _VALUES[command][word], rest.pop(0)
            if name == "to":
                options.setdefault("to", []).append(value)
            else:
                options[name] = value
        elif word.startswith("-") or not word:
            return None
        else:
            posts.append(word)
    if (command == "publish" and not posts) or (command == "watch" and posts):
        return None
    return command, posts, options


def run(arguments: Sequence[str]) -> int | None:
    """Runs a well-formed call and returns its exit code; `None` when typer should."""
    parsed = parse(arguments)
    if parsed is None:
        return None
    from pathlib import Path

    command, posts, options = parsed
    if "config" in options:
        options["config"] = Path(options["config"])
    if command == "watch":
        from . import watch

        return watch.watch(**options)
    from . import commands

    code: int = getattr(commands, command)([Path(post) for post in posts], **options)
    return code
