"""Finds the posts of a project: the Markdown files below its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .adapter import Post
from .errors import UsageError
from .session import Session

_SUFFIXES = (".md", ".mdx", ".markdown")
#: Folders of what others wrote, and of what a generator made; hidden ones besides.
LEFT_OUT = ("node_modules", "themes", "public")


@dataclass(frozen=True, slots=True)
class Found:
    """`posts`: those that stand for themselves. `notes`: what was left out and why, a line each."""

    posts: tuple[Post, ...]
    notes: tuple[str, ...] = ()


def discover(session: Session) -> Found:
    """Reads every post below the config's folder. What is no post is counted, and so are files that are one post.

    Raises:
        UsageError: there is none.
    """
    root = session.config.root
    by_key: dict[str, list[Post]] = {}
    mistakes: list[str] = []
    for file in markdown_files(root):
        try:
            post = session.post(file)
        except UsageError as error:
            mistakes.append(error.message.splitlines()[0])
            continue
        by_key.setdefault(post.key, []).append(post)
    if not by_key:
        raise UsageError(f"there is no post below {root}", next="name the posts: `syndicate adopt POST...`")
    notes = [
        f"{' and '.join(post.source for post in posts)} are the same post ({key}) and were left out"
        for key, posts in by_key.items()
        if len(posts) > 1
    ]
    if mistakes:
        notes.append(f"{len(mistakes)} Markdown files are no posts and were left out; the first: {mistakes[0]}")
    return Found(tuple(posts[0] for posts in by_key.values() if len(posts) == 1), tuple(notes))


def markdown_files(root: Path) -> Iterator[Path]:
    """The Markdown files below `root`, in the order of their paths, but for hidden folders and `LEFT_OUT`."""
    for folder, below, files in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith(".") and name not in LEFT_OUT)
        for name in sorted(files):
            if name.lower().endswith(_SUFFIXES) and not name.startswith("."):
                yield Path(folder, name)
