"""The posts of one run: files of the project, and entries of feeds by their links, with the pictures that lie here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .adapter import Post
from .config import Config
from .errors import UsageError
from .known import Known
from .local import has_diagrams, may_show_own
from .post import load
from .registry import suggestion
from .routing import versions_of

if TYPE_CHECKING:
    from .local_disk import Project


class Reader:
    """Reads posts as a config says, under the keys that the ledger knows them by."""

    def __init__(self, config: Config, known: Known) -> None:
        self.config = config
        self._known = known
        #: Where the posts that were read stand, by their source: file and project.
        self._files: dict[str, tuple[Path, Path]] = {}

    @cached_property
    def project(self) -> Project:
        """The pictures on disk."""
        from .local_disk import Project

        return Project(self.config.root, self.config.mermaid)

    @property
    def looked(self) -> frozenset[Path]:
        """Where pictures on disk were looked for in this run, whether there are any or not."""
        project = vars(self).get("project")
        return frozenset(project.looked) if project else frozenset()

    def posts(self, paths: Sequence[Path]) -> list[Post]:
        """Reads posts. Raises `UsageError` for bad ones, all at once, and for two files that are one post."""
        found: dict[str, Post] = {}
        mistakes: list[UsageError] = []
        unique: dict[str, Path] = {}
        for path in paths:
            for one in versions_of(path) or [path]:
                unique.setdefault(os.path.realpath(one), one)
        for path in unique.values():
            try:
                post = self.post(path, pictures=True)
            except UsageError as error:
                mistakes.append(error)
                continue
            if (other := found.get(post.key)) is not None:
                mistakes.append(
                    UsageError(
                        f"{other.source} and {post.source} are the same post ({post.key})",
                        next="give them different `canonical_url`s, or publish one of them",
                    )
                )
            found[post.key] = post
        if mistakes:
            said = "\n".join(error.message for error in mistakes)
            raise UsageError(said, next="; ".join(dict.fromkeys(e.next for e in mistakes if e.next)))
        return list(found.values())

    def post(self, path: Path, *, pictures: bool = False) -> Post:
        """Reads one post: a file, or an entry of a feed by its link. Raises `UsageError`.

        `pictures`: to be sent, so look for those of its pictures that lie in the project.
        """
        if (entry := self._known.entry(path)) is not None:
            return entry
        root = _project(path.absolute(), self.config.root)
        site = self.config
        post = load(
            path, site_url=site.site_url, site_language=site.site_language, root=root, variables=site.site_variables
        )
        self._files[post.source] = path, root
        if pictures:
            post = self.shown(post)
        for name in (*(post.targets or ()), *post.overrides):
            if name not in self.config.targets:
                raise UsageError(
                    f"{path}: the front matter's `syndicate` names a target `{name}` that does not exist",
                    next=suggestion(name, list(self.config.targets)),
                )
        return self._known.recognised(post, root)

    def shown(self, post: Post) -> Post:
        """A post that was read here, with what is known of its pictures that lie in the project."""
        if post.source not in self._files:
            return post
        path, root = self._files[post.source]
        found: dict[str, str] = {}
        if may_show_own(post.body, post.cover.written if post.cover else ""):
            found |= self.project.pictures(post, path, root)
        if has_diagrams(post.body) and any(target.uploads for target in self.config.targets.values()):
            found |= self.project.diagrams(post)
        return replace(post, on_disk=found) if found else post


def _project(path: Path, root: Path) -> Path:
    """The folder that a post's path is told from: the config's, else the checkout's it stands in, else its own."""
    if path.is_relative_to(root):
        return root
    return next((folder for folder in path.parents if (folder / ".git").exists()), path.parent)
