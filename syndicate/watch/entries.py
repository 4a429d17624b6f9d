"""An entry → the post that goes out for it, under the key that the ledger may know it by; and its places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..adapter import Post
from ..config import FeedConfig
from ..feed import Entry, FeedTrouble
from ..ledger.agenda import Queued
from ..session import Session
from ..waiting import place
from .local import Files
from .sift import Wanted
from .twins import key_of, link_of

#: Seconds between the sending of a post and its date in the feed within which a like title tells that it is that post:
#: less than a day, as some columns have one title every day. What is further apart is asked about.
_ABOUT_THEN = 15 * 3600.0


class Maker:
    """Makes the posts of one feed's entries."""

    def __init__(self, session: Session, feed: FeedConfig, files: Files) -> None:
        self._session = session
        self._feed = feed
        self._files = files

    def post(self, entry: Entry, key: str | None) -> Post | str:
        """The post under `key`, or the one that follows; a text says why there is none. See `sift.Make`."""
        if (file := self._files.of(entry)) is not None:
            post = replace(file, key=key) if key else file
            return post if self._feed.full_text else self._announced(post, entry)
        if key is None and link_of(entry):
            key = self._published_from_elsewhere(entry)
        return self._through_the_feed(entry, key or key_of(self._feed.name, entry))

    def _through_the_feed(self, entry: Entry, key: str) -> Post | str:
        from ..feed.post import to_post

        language = self._session.config.site_language
        try:
            return to_post(entry, key=key, full_text=self._feed.full_text, feed_language=language)
        except FeedTrouble as trouble:
            return trouble.message

    def _announced(self, post: Post, entry: Entry) -> Post | str:
        """The post, of which only a summary and a link go out."""
        made = self._through_the_feed(replace(entry, summary=post.summary or entry.summary), post.key)
        return made if isinstance(made, str) else replace(post, body=made.body)

    def sent(self, entry: Entry, post: Post) -> bool | str:
        """Whether the ledger has the post at every target; else why it may have it. See `sift.Sieve`."""
        if rows := self._session.ledger.rows(post.key):
            return set(self._targets(post)) <= {row.target for row in rows}
        if entry.title and post.path is None:
            for key, path in self._namesakes(entry):
                return f"a post of this title went out before, from {path} ({key}): is it that one?"
        return False

    def _published_from_elsewhere(self, entry: Entry) -> str | None:
        """The key of a post that was sent from a file which is not here, where its URL was only guessed."""
        at = entry.published.timestamp() if entry.published else self._session.ledger.now()
        for key, _path in self._namesakes(entry):
            sent = [row.first_sent_at or row.updated_at for row in self._session.ledger.rows(key)]
            if any(abs(when - at) <= _ABOUT_THEN for when in sent):
                return key
        return None

    def _namesakes(self, entry: Entry) -> list[tuple[str, str]]:
        """Key and path of posts with this title that were sent from files under a guessed URL."""
        return self._session.ledger.known_as("\0", entry.title, certain=True) if entry.title else []

    def _targets(self, post: Post) -> list[str]:
        return [name for name in self._feed.targets if post.targets is None or name in post.targets]

    def places(self, wanted: Sequence[Wanted], *, now: float) -> list[Queued]:
        """What the sieve lets through, for each target; an edit only where the post is, or waits, already."""
        agenda, ledger = self._session.ledger.agenda, self._session.ledger
        found: list[Queued] = []
        for number, one in enumerate(wanted):
            names = self._targets(one.post)
            if one.edit:
                there = {queued.target for queued in agenda.queue(one.post.key)}
                if not one.waiting:
                    there |= {row.target for row in ledger.rows(one.post.key)}
                names = [name for name in names if name in there]
            date = one.entry.published
            found += [
                place(
                    one.post,
                    name,
                    feed=self._feed.name,
                    at=date if date is not None and date > now else None,
                    # The queue's order is that in which they appeared.
                    added_at=now + number / 1000,
                )
                for name in names
            ]
        return found
