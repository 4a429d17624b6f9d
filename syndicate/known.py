"""Which post of the ledger a file is, where its own word does not say; and entries of feeds, called by their links."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from .adapter import Post
from .errors import UsageError
from .ledger import Ledger
from .post import normalise_url

#: Seconds by which the dates of a file and of its entry in a feed may differ: one may lack its time, or its zone.
_SAME_POST = 24 * 3600.0


class Known:
    """What the ledger knew when it was first asked."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def entry(self, path: Path) -> Post | None:
        """The post that came through a feed and is called so, as it was at the last poll; `None`: that is no link.

        Raises:
            UsageError: no such entry was queued.
        """
        name = re.sub(r"^(https?):/(?!/)", r"\1://", str(path))  # paths lose the second slash
        if "://" not in name:
            return None
        from .post.snapshot import load

        agenda = self._ledger.agenda
        entries = [entry for entry in agenda.named(normalise_url(name)) or agenda.named(name) if entry.post]
        if not entries:
            raise UsageError(f"{name}: no entry of a feed that was queued", next="give a file, or the link of an entry")
        return load(entries[-1].post or "")

    def recognised(self, post: Post, root: Path) -> Post:
        """The post under the key that the ledger knows it by: sent before, and since then the site's address has
        changed, a canonical URL was added, or the file was moved (another one with its title is no longer there); or
        it came through a feed.
        """
        if post.path is None or self._ledger.rows(post.key):
            return post
        for key, path in self._ledger.known_as(post.path, post.title, certain=post.certain):
            if path == post.path or not (root / path).exists():
                return replace(post, key=key)
        through = None if post.certain else self._through_a_feed(post, root)
        return replace(post, key=through) if through else post

    @cached_property
    def _dated(self) -> dict[str, list[tuple[str, float]]]:
        """Keys and dates of the feeds' entries, by title."""
        found: dict[str, list[tuple[str, float]]] = {}
        for entry in self._ledger.agenda.entries():
            if entry.post_key and entry.published is not None:
                found.setdefault(entry.title.casefold(), []).append((entry.post_key, entry.published))
        return found

    def _through_a_feed(self, post: Post, root: Path) -> str | None:
        """The key of the entry that is this post: its title's, of about its date, and no other file's."""
        if post.date is None:
            return None
        at = post.date.timestamp()
        apart = {key: abs(published - at) for key, published in self._dated.get(post.title.casefold(), ())}
        alike = [key for key, seconds in apart.items() if seconds <= _SAME_POST and not self._anothers(key, post, root)]
        return min(alike, key=lambda key: apart[key], default=None)

    def _anothers(self, key: str, post: Post, root: Path) -> bool:
        """Whether the post under a key was sent from another file, which is still there: a column has one title."""
        paths = {row.path for row in self._ledger.rows(key)} - {None, post.path}
        return any((root / path).exists() for path in paths if path)
