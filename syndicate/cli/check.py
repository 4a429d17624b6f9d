"""`syndicate check`: what is wrong with posts, and what each platform would make of them. Writes and sends nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from .. import config as configuration
from ..check import Checked, Finding, examine, stand_in
from ..config import Config, Target
from ..config_values import is_address
from ..errors import UsageError
from ..registry import ADAPTERS, adapter_class, names, suggestion
from ..report import Exit, first_of
from .commands import fail
from .output import say

if TYPE_CHECKING:
    from ..adapter import Post
    from ..check_online import Answer
    from ..post.frontmatter import FrontMatter

#: Files that are a folder's post.
_PAGES = ("index.md", "index.mdx")


def check(
    posts: Sequence[Path],
    *,
    only: Sequence[str] = (),
    online: bool = False,
    strict: bool = False,
    json: bool = False,
    config: Path | None = None,
    site: str | None = None,
) -> int:
    """Looks at each post and tells what it finds.

    Args:
        posts: Files, or folders with an `index.md`.
        only: Platforms or targets.
        online: Ask for the pictures.
        strict: Whether warnings count.
        json: One document in the place of lines.
        config: The config; without one that is given or found, all platforms stand for themselves.
        site: The site's address, in the place of the config's.
    """
    from ..check_report import Row, document, lines

    try:
        settings = _settings(config)
        if site is not None and not is_address(site):
            raise UsageError(f"--site {site}: that is no address", next="write it as https://blog.example.org")
        run = _Run(settings, site, only)
        rows = run.rows(posts)
    except UsageError as error:
        return fail(error)
    if online:
        rows = run.asked(rows)
    say(document(rows) if json else "\n".join(lines(rows, online=online)))
    return first_of(_exit(row, strict=strict) for row in rows)


def _settings(given: Path | None) -> Config | None:
    try:
        path = configuration.find(given)
    except UsageError:
        if given is not None or os.environ.get("SYNDICATE_CONFIG"):
            raise
        return None
    return configuration.load(path)
