"""The local files of a blog whose feed is watched: the file of an entry says more than the feed does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..adapter import Post
from ..discover import markdown_files
from ..errors import UsageError
from ..feed import Entry
from ..post import normalise_url
from ..session import Session

#: Files that are looked at; more are no blog but somebody's whole disk.
_MOST = 20_000


class Files:
    """The project's posts, read when the first entry asks for them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_url: dict[str, list[Post]] | None = None
        self._by_title: dict[str, list[Post]] = {}

    def of(self, entry: Entry) -> Post | None:
        """The post in the file from which the site made this entry; `None` where there is none, or more than one.

        Its URL is the entry's; or, where the file's URL is only a guess, its title is, and no other's.
        """
        if not entry.link or entry.shared_link:
            return None
        if self._by_url is None:
            self._by_url = {}
            self._read()
        found = self._by_url.get(normalise_url(entry.link), [])
        if not found and entry.title:
            found = [post for post in self._by_title.get(entry.title.casefold(), []) if not post.certain]
        if len(found) != 1:
            return None
        post = found[0]
        # The site shows it: it is no draft any more, and this is where it stands.
        warnings = tuple(warning for warning in post.warnings if not warning.startswith("canonical URL guessed"))
        canonical = post.canonical_url if post.certain else entry.link
        return replace(post, draft=False, canonical_url=canonical, base_url=canonical, warnings=warnings)

    def at(self, path: str) -> Post | None:
        """The post in a file of the project; `None` when it is not there, or is no post any more."""
        file = self._session.config.root / path
        if not file.is_file():
            return None
        try:
            return self._session.post(file, pictures=True)
        except UsageError:
            return None

    def _read(self) -> None:
        root = self._session.config.root
        if root in (Path.home(), Path(root.anchor)):
            return
        assert self._by_url is not None
        for number, file in enumerate(markdown_files(root)):
            if number == _MOST:
                return
            try:
                post = self._session.post(file)
            except UsageError:
                continue
            if post.canonical_url:
                self._by_url.setdefault(normalise_url(post.canonical_url), []).append(post)
            self._by_title.setdefault(post.title.casefold(), []).append(post)
