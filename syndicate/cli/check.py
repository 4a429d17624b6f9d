"""`syndicate check`: what is wrong with posts, and what each platform would make of them. Writes and sends nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from .. import config as configuration
from ..adapter import Post
from ..check import examine, stand_in
from ..check_findings import Finding
from ..check_mistakes import line_of, mistakes, without_place
from ..check_report import Row, document, lines
from ..config import Config, Target
from ..config_values import is_address
from ..errors import UsageError
from ..local import may_show_own
from ..local_disk import Disk
from ..post import load, text_of
from ..post.frontmatter import FrontMatter, read
from ..registry import ADAPTERS, adapter_class, names, suggestion
from ..report import first_of
from ..routing import versions_of
from .commands import fail
from .output import say

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
        config: Where it is, if it is not one that is found. Without any, all platforms stand for themselves.
        site: The site's address, in the place of the config's.
    """
    try:
        if site is not None and not is_address(site):
            raise UsageError(f"--site {site}: that is no address", next="write it as https://blog.example.org")
        run = _Run(_settings(config), site, only)
    except UsageError as error:
        return fail(error)
    rows = run.rows(posts)
    if online:
        rows = run.asked(rows)
    say(document(rows) if json else "\n".join(lines(rows)))
    return first_of(row.exit(strict=strict) for row in rows)


def _settings(given: Path | None) -> Config | None:
    """The config, where there is one."""
    try:
        path = configuration.find(given)
    except UsageError:
        if given is not None or os.environ.get("SYNDICATE_CONFIG"):
            raise
        return None
    return configuration.load(path)


class _Run:
    """One call: where posts are looked up, and against what they are held."""

    def __init__(self, config: Config | None, site: str | None, only: Sequence[str]) -> None:
        self.config = config
        self.site_url = site or (config.site_url if config else None)
        self.site_language = config.site_language if config else None
        self.configured = dict(config.targets) if config else {}
        self.made_up: dict[str, Target] = {}
        self.named = bool(only)
        self.targets = self._named(only) if only else list(self.configured.values()) or list(self._all())

    def _named(self, only: Sequence[str]) -> list[Target]:
        """Raises `UsageError` for a name that nothing has."""
        found: dict[str, Target] = {}
        for name in only:
            own = {key: one for key, one in self.configured.items() if name in (key, one.adapter.name)}
            if not own and name not in names(ADAPTERS):
                known = [*self.configured, *(other for other in names(ADAPTERS) if other not in self.configured)]
                raise UsageError(f"there is no platform `{name}`", next=suggestion(name, known))
            found |= own or {name: self._stand_in(name)}
        return list(found.values())

    def _all(self) -> Iterator[Target]:
        """All that is installed. One that breaks must not take the others with it."""
        for name in names(ADAPTERS):
            try:
                yield self._stand_in(name)
            except Exception as error:  # noqa: BLE001  whoever installed it may not have written it
                print(f"syndicate: warning: `{name}` cannot be used: {type(error).__name__}", file=sys.stderr)

    def _stand_in(self, name: str) -> Target:
        self.made_up[name] = stand_in(adapter_class(name))
        return self.made_up[name]

    def rows(self, paths: Sequence[Path]) -> list[Row]:
        """What is found of each file, each once."""
        unique: dict[str, Path] = {}
        for path in paths:
            for one in versions_of(path) or [path]:
                unique.setdefault(os.path.realpath(one), one)
        seen: dict[str, str] = {}
        return [self._row(path, seen) for path in unique.values()]

    def _row(self, path: Path, seen: dict[str, str]) -> Row:
        # os.path, as a path may be longer than a file's name can be.
        file = next((path / name for name in _PAGES if os.path.isfile(path / name)), path)
        root = self._root(path.absolute())
        try:
            variables = self.config.site_variables if self.config else {}
            post = load(path, site_url=self.site_url, site_language=self.site_language, root=root, variables=variables)
            front = read(text_of(file), source=str(file))
        except UsageError as error:
            return Row(post=str(file), findings=tuple(self._mistakes(file, error)))
        wrong = [*self._unknown(post, front), *_twice(post, seen)]
        disk = Disk(file, root)
        if may_show_own(post.body, post.cover.written if post.cover else ""):
            post = replace(post, on_disk=disk.pictures(post))
        found = examine(post, front, self._for(post), on_disk=disk.find, made_up=self.made_up, now=datetime.now(UTC))
        return Row(
            post=str(file),
            title=post.title,
            findings=(*wrong, *found.findings),
            platforms=found.platforms,
            pictures=found.pictures,
        )

    def _root(self, path: Path) -> Path:
        """The folder of the project: the config's, else the checkout's that the post stands in, else the current one.

        A post that stands elsewhere has its own.
        """
        if self.config and path.is_relative_to(self.config.root):
            return self.config.root
        here = Path.cwd()
        own = here if path.is_relative_to(here) else path.parent
        return next((folder for folder in path.parents if (folder / ".git").exists()), own)

    def _mistakes(self, file: Path, error: UsageError) -> Iterator[Finding]:
        """All that is wrong with a file; `error` is what came up first."""
        source = str(file)
        try:
            text = text_of(file)
        except UsageError:
            found = [error]
        else:
            known = {"site_url": self.site_url, "site_language": self.site_language}
            found = mistakes(text, source=source, path=PurePosixPath(file.name), **known) or [error]
        for one in found:
            yield Finding("error", without_place(one.message, source), line_of(one.message, source), next=one.next)

    def _for(self, post: Post) -> list[Target]:
        """The targets for a post. What takes answers but no posts is left out, unless it was meant."""
        return [
            target
            for target in self.targets
            if self.named
            or target.name not in self.made_up
            or target.adapter.place is None
            or target.adapter.place.form != "answer"
            or post.overrides.get(target.name, {}).get("text")
        ]

    def _unknown(self, post: Post, front: FrontMatter) -> Iterator[Finding]:
        """Names of targets that the config does not have; without one, they are anybody's."""
        if not self.configured:
            return
        for name in dict.fromkeys((*(post.targets or ()), *post.overrides)):
            if name not in self.configured:
                line = front.line_of("syndicate", "targets" if name in (post.targets or ()) else name)
                said = f"the front matter's `syndicate` names a target `{name}` that does not exist"
                yield Finding("error", said, line, next=suggestion(name, list(self.configured)))

    def asked(self, rows: Sequence[Row]) -> list[Row]:
        """The rows with what became of asking for the pictures; what is there need not be put there."""
        from ..check_online import ask

        hosts = {urlsplit(self.site_url).hostname or ""} if self.site_url else set()
        trusted = {*hosts, *(self.config.watch.hosts if self.config else ())}
        answers = ask((one.url for row in rows for one in row.pictures), trusted=trusted)
        there = {url for url, answer in answers.items() if not answer.message}
        return [
            replace(
                row,
                answers={one.url: answers[one.url] for one in row.pictures},
                findings=tuple(one for one in row.findings if one.until not in there),
            )
            for row in rows
        ]


def _twice(post: Post, seen: dict[str, str]) -> Iterator[Finding]:
    """Two files that are one post."""
    other = seen.setdefault(post.key, post.source)
    if other != post.source:
        said = f"it is the same post as {other} ({post.key})"
        yield Finding("error", said, next="give them different `canonical_url`s, or publish one of them")
