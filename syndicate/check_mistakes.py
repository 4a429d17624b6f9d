"""Why a file is no post: every mistake in it, each with its line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from .errors import UsageError
from .post import directives, fields, frontmatter, identity, parse


def mistakes(
    text: str, *, source: str, site_url: str | None, site_language: str | None, path: PurePosixPath
) -> list[UsageError]:
    """All that `parse` would object to, one after another. Empty for a post.

    What a header's own parser objects to hides what comes after it. The arguments are those of `parse`.
    """
    found: dict[str, UsageError] = {}
    try:
        front = frontmatter.read(text, source=source)
    except UsageError as error:
        return [error]
    try:
        parse(text, source=source, site_url=site_url, site_language=site_language, root_relative=path)
    except UsageError as error:
        found[error.message] = error
    if not front.body.strip():
        said = f"{source}:{front.body_line}: the post has no text"
        found.setdefault(said, UsageError(said, next="write it below the front matter"))
    for values in _probes(front.values):
        probe = fields.Fields(replace(front, values=values), source=source)
        try:
            directives.directives(probe)
        except UsageError as error:
            found.setdefault(error.message, error)
    try:
        identity.canonical(
            fields.Fields(front, source=source), site_url=site_url, path=path, site_language=site_language
        )
    except UsageError as error:
        found.setdefault(error.message, error)
    return sorted(found.values(), key=lambda error: line_of(error.message, source) or 0)


def line_of(message: str, source: str) -> int | None:
    """The line that a message about `source` names."""
    named = re.match(rf"{re.escape(source)}:(\d+): ", message)
    return int(named[1]) if named else None


def without_place(message: str, source: str) -> str:
    """A message about `source` without its name and line."""
    return re.sub(rf"^{re.escape(source)}(?::\d+)?: ", "", message)


def _probes(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The header's order to this program, a key at a time: its reader stops at the first mistake."""
    for name, orders in values.items():
        if fields.fold(name) != "syndicate" or not isinstance(orders, Mapping):
            continue
        for key, value in orders.items():
            if isinstance(value, Mapping) and value:
                yield from ({name: {key: {inner: held}}} for inner, held in value.items())
            else:
                yield {name: {key: value}}
