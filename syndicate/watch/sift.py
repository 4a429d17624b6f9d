"""What of a feed is new: entries × what is known → what is to be noted, queued, or asked about. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..adapter import Post
from ..config import FeedConfig
from ..feed import Entry, Feed
from ..ledger.agenda import EntryState, KnownEntry
from ..post.snapshot import dump
from .report import Found, What
from .twins import Twins, key_of, link_of, slid_in

#: Makes the post of an entry under a key, or the one that follows from it; a text says why there is none.
Make = Callable[[Entry, "str | None"], "Post | str"]

_REVIEW = "the feed has `review = true`"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A post that is to go out. `edit`: it did before, or waits, and has changed. `waiting`: only where it waits."""

    entry: KnownEntry
    post: Post
    edit: bool = False
    waiting: bool = False


@dataclass(slots=True)
class Sifted:
    """`rows`: to be noted, by id. `wanted`: oldest first. `found`: what a person is told."""

    rows: dict[str, KnownEntry] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """`doubt`: why a person has to say whether it is to go out."""

    entry: Entry
    old: KnownEntry | None
    post: Post
    doubt: str = ""


class Sieve:
    """Sifts one feed.

    Args:
        config: The feed's part of the config.
        known: What is known of its entries.
        make: See `Make`. Called only for what may go out.
        sent: Whether the ledger has a post at every target of the feed; else why it may have it, in words.
        now: Seconds since the epoch.
        first: Whether this is the first pass over the feed: then what is there counts as seen.
        backfill: How many of the newest entries are wanted all the same.
        language: Of entries that say none; `None`: not known.
    """

    def __init__(
        self,
        config: FeedConfig,
        known: Sequence[KnownEntry],
        *,
        make: Make,
        sent: Callable[[Entry, Post], bool | str],
        now: float,
        first: bool,
        backfill: int = 0,
        language: str | None = None,
    ) -> None:
        self._config = config
        self._known = {one.id: one for one in known}
        self._make = make
        self._sent = sent
        self._now = now
        self._first = first
        self._backfill = backfill
        self._language = language
        self._out = Sifted()
        self._new_ones: list[_Candidate] = []
        self._edits: list[_Candidate] = []

    def sift(self, feed: Feed) -> Sifted:
        """Goes through the feed, oldest entry first."""
        self._language = feed.language or self._language
        chosen = {entry.id for entry in feed.entries[: self._backfill]}
        before, present = list(self._known.values()), {entry.id for entry in feed.entries}
        twins = Twins(before, present)
        for entry in reversed(feed.entries):
            old, doubt = self._root(entry.id), ""
            if old is None and not self._first:
                old, doubt = twins.of(entry)
                old = self._renamed(entry, old) if old else None
                if old is None and self._config.since is None:
                    doubt = doubt or slid_in(entry, before, present)
            if old is None:
                self._unknown(entry, None, doubt, chosen=entry.id in chosen)
            elif entry.id in chosen and old.state in ("seen", "filtered"):
                self._unknown(entry, old, "", chosen=True)
            elif old.digest != entry.digest:
                self._changed(entry, old)
        self._brake(self._new_ones, chosen, "held", "new entries")
        self._brake(self._edits, chosen, "edited", "entries were edited")
        return self._out

    def _root(self, id: str) -> KnownEntry | None:
        """What is known of the entry, under the id that it has come to have."""
        found = self._known.get(id)
        for _ in range(len(self._known)):
            if found is None or found.same_as is None:
                return found
            found = self._known.get(found.same_as)
        return found

    def _note(self, row: KnownEntry) -> KnownEntry:
        self._known[row.id] = self._out.rows[row.id] = row
        return row

    def _renamed(self, entry: Entry, old: KnownEntry) -> KnownEntry:
        """What is known of the entry goes on under its new id; its digest stays, so that an edit is noticed too."""
        self._note(replace(old, same_as=entry.id))
        self._out.found.append(Found.of(entry, "known", f"known before as {old.id}"))
        return self._note(replace(old, id=entry.id))

    def _row(self, entry: Entry, old: KnownEntry | None, state: EntryState, reason: str = "") -> KnownEntry:
        """The entry as it is now. What it is known by, and what of it went out, stays."""
        return KnownEntry(
            feed=self._config.name,
            id=old.id if old else entry.id,
            link=link_of(entry),
            title=entry.title,
            digest=entry.digest,
            words=entry.words,
            state=state,
            post_key=old.post_key if old else None,
            post=old.post if old else None,
            published=entry.published.timestamp() if entry.published else None,
            reason=reason or None,
            noted_at=old.noted_at if old else self._now,
        )

    # ------------------------------------------------------------------ one entry

    def _unknown(self, entry: Entry, old: KnownEntry | None, doubt: str, *, chosen: bool) -> None:
        """One that may be new to the readers."""
        if not chosen and self._too_old(entry):
            self._note(self._row(entry, old, "seen"))
            return
        # Where a link may be another post's, the entry's own id tells them apart.
        made = self._make(entry, key_of(self._config.name, entry, by_link=False) if doubt else None)
        why = made if isinstance(made, str) else self._left_out(entry, made)
        if isinstance(made, str) or why:
            self._note(self._row(entry, old, "filtered", why))
            self._out.found.append(Found.of(entry, "unusable" if isinstance(made, str) else "filtered", why))
            return
        sent = self._sent(entry, made)
        if sent is True:
            self._note(self._holding(self._row(entry, old, "accepted"), made))
            self._out.found.append(Found.of(entry, "known", "it went out before"))
            return
        self._new_ones.append(_Candidate(entry, old, made, doubt or sent or ""))

    def _too_old(self, entry: Entry) -> bool:
        since = self._config.since
        if since is None or entry.published is None:
            return self._first
        return entry.published < since

    def _left_out(self, entry: Entry, post: Post) -> str:
        """Why the filters leave it out; empty when they do not."""
        tags = {tag.casefold() for tag in (*entry.tags, *post.tags)}
        for name, wanted in (("tags", self._config.tags), ("categories", self._config.categories)):
            if wanted and not tags & set(wanted):
                return f"none of the feed's `{name}`"
        if not self._config.languages:
            return ""
        language = entry.language or post.language or self._language
        if language is None:
            return "its language is not known; set `site.language`"
        low = language.lower()
        fits = low in self._config.languages or low.split("-")[0] in self._config.languages
        return "" if fits else f"it is in `{low}`"

    def _changed(self, entry: Entry, old: KnownEntry) -> None:
        """One that is known, and is not as it was."""
        if old.state == "filtered":
            self._unknown(entry, old, "", chosen=False)
            return
        if old.state == "seen":
            self._note(self._row(entry, old, "seen"))
            return
        made = self._make(entry, old.post_key)
        if isinstance(made, str):
            self._note(self._row(entry, old, old.state, old.reason or ""))
            self._out.found.append(Found.of(entry, "unusable", f"the edit is left out: {made}"))
        elif old.state == "accepted" and self._config.update:
            self._edits.append(_Candidate(entry, old, made))
        else:
            row = self._note(self._holding(self._row(entry, old, old.state, old.reason or ""), made))
            if old.state == "accepted":
                self._out.wanted.append(Wanted(row, made, edit=True, waiting=True))

    @staticmethod
    def _holding(row: KnownEntry, post: Post) -> KnownEntry:
        return replace(row, post=dump(post), post_key=row.post_key or post.key)

    # ------------------------------------------------------------------ all of them

    def _brake(self, some: Sequence[_Candidate], chosen: set[str], held: EntryState, words: str) -> None:
        """Lets few go, and asks about many: a flood is a blog that changed its ids or its pages, not news."""
        most = self._config.max_new
        counted = sum(one.entry.id not in chosen for one in some)
        flood = f"{counted} {words} at once (max_new = {most})" if counted > most else ""
        for one in some:
            asked = one.doubt or (flood if one.entry.id not in chosen else "")
            review = _REVIEW if self._config.review and held == "held" else ""
            state: EntryState = held if asked else "review" if review else "accepted"
            row = self._note(self._holding(self._row(one.entry, one.old, state, asked or review), one.post))
            what: What = "held" if asked else "review" if review else "edited" if held == "edited" else "new"
            self._out.found.append(Found.of(one.entry, what, asked or review))
            if state == "accepted":
                self._out.wanted.append(Wanted(row, one.post, edit=held == "edited"))
