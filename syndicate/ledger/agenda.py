"""What the watch remembers beside the deliveries: feeds, their entries, and the queue of what is to go out.

An entry's states, and who changes them::

    (new) ─▶ seen       nothing is to be done: it was there at the first pass, or is older than `since`
          ─▶ filtered   does not pass the feed's filters; looked at again when it changes
          ─▶ review ─┐  waits for a person, as the feed has `review = true`
          ─▶ held ───┤  waits for a person: the brake stopped it, or it may be an older entry under a new id
          ─▶ accepted ◀┘  it is in the queue, or went out
    accepted ─▶ edited ─▶ accepted    a later edit of it waits for a person

A place in the queue is one post for one target. It is there until what it asks for is done: then it is taken out
(`done`). `cancelled` ones stay, so that nothing queues them again; `refused` ones wait for an edit or a person.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

EntryState = Literal["seen", "filtered", "review", "held", "accepted", "edited"]
QueueState = Literal["queued", "cancelled", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """One feed as it was at the last poll. Times are seconds since the epoch.

    `url`: as the config had it; when the config says another, everything else but `name` starts afresh, and the
    entries stay known. `moved_to`: where a permanent redirect led. `not_before`: the feed, or its server, does not
    want to be asked earlier. `gone`: it answered 410 and is not asked again. `begun`: the first pass has been made. `ttl`:
    seconds for which it wants to be left alone after each answer.
    `error`: what went wrong at the last poll; `None` when nothing did. `checked_at`: when all this was last recorded.
    """

    name: str
    url: str
    moved_to: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_before: float | None = None
    gone: bool = False
    begun: bool = False
    ttl: float | None = None
    checked_at: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """One entry of a feed. `id`: its own, else its link. `post`: a snapshot (JSON) where it may be sent.

    `link` is normalised. `digest` is that of all that is sent; `words` that of the text alone (empty when it is too
    short to tell it from another). `published`: its date, as the feed gives it. `reason`: why it waits, in words.
    `same_as`: the id of the entry that this one turned out to be, under a new id. `noted_at`: when it was first seen.
    """

    feed: str
    id: str
    link: str | None
    title: str
    digest: str
    words: str
    state: EntryState
    post_key: str | None = None
    post: str | None = None
    published: float | None = None
    reason: str | None = None
    same_as: str | None = None
    noted_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One post that is to go to one target. Times are seconds since the epoch.

    `at`: not earlier; `None`: as soon as the target's window and distance allow. `chosen`: a person named that time
    for this post, so it counts whatever the target's window says. `path`: the file within the project that is read
    anew when it is due; `post` (JSON) is how it was when it was queued. `feed`: which feed it came from. `retry_at`:
    not tried again before; `tries`: how often it was tried in vain. `reason`: why it was refused.
    """

    post_key: str
    target: str
    source: str
    title: str
    post: str
    path: str | None = None
    feed: str | None = None
    draft: bool = False
    state: QueueState = "queued"
    at: float | None = None
    chosen: bool = False
    added_at: float = 0.0
    retry_at: float | None = None
    tries: int = 0
    reason: str | None = None


class Agenda(ABC):
    """The seam behind which an engine keeps it. Every method is one transaction, durable when it returns."""

    @abstractmethod
    def feeds(self) -> dict[str, FeedState]:
        """All feeds that were ever polled, by name."""

    @abstractmethod
    def entries(self, feed: str | None = None, states: Sequence[EntryState] = ()) -> list[KnownEntry]:
        """Known entries of a feed or of all, in these states or in any, in the order in which they were noted."""

    @abstractmethod
    def named(self, name: str) -> list[KnownEntry]:
        """The entries with a snapshot that a person may call `name`: id, link (normalised), key of the post."""

    @abstractmethod
    def poll(self, feed: FeedState, entries: Sequence[KnownEntry] = (), queue: Sequence[Queued] = ()) -> None:
        """Records what a poll of a feed found, all of it or nothing: the feed, entries (put in the place of what was
        known under their ids; `noted_at` stays), places in the queue (as `enqueue`).

        An entry that is `accepted` or `edited` is left as it is when this would make it anything else: another pass,
        which was overtaken, knew less of it. Out of these only `decide` leads.
        """

    @abstractmethod
    def polled(self, feeds: Sequence[FeedState]) -> None:
        """Records many feeds at which nothing was new, at once."""

    @abstractmethod
    def decide(self, entry: KnownEntry, queue: Sequence[Queued] = ()) -> bool:
        """Records a person's word on an entry, and what it puts into the queue (as `enqueue`).

        Returns `False`, and records nothing, where the entry was edited since it was read.
        """

    @abstractmethod
    def queue(self, post_key: str | None = None, target: str | None = None) -> list[Queued]:
        """Places in the queue in every state, by the time they were added; all when nothing is named."""

    @abstractmethod
    def enqueue(self, places: Sequence[Queued], *, anew: bool = False) -> None:
        """Puts places into the queue. One that is there keeps `at`, `chosen` and `added_at`, and takes the new
        snapshot; a refused one becomes queued again; a cancelled one stays so. `anew`: replaces whatever was there.
        """

    @abstractmethod
    def cancel(self, post_key: str, target: str, *, reason: str) -> bool:
        """Takes a delivery back; it stays `cancelled`. Returns whether there was one."""

    @abstractmethod
    def done(self, post_key: str, target: str, *, post: str | None = None) -> None:
        """Takes a place out of the queue. `post`: only if that is still its snapshot, and no newer one to be sent."""

    @abstractmethod
    def put_off(self, post_key: str, target: str, *, retry_at: float | None, refused: str | None = None) -> None:
        """Tries it not before `retry_at`, one try more; or `refused`: not at all until it is edited, and why.

        A place that was cancelled meanwhile stays so.
        """

    @abstractmethod
    def unfinished(self) -> list[tuple[str, str]]:
        """Deliveries (post, target) in the ledger with a part that is `planned`, `sending` or `unknown`."""

    @abstractmethod
    def last_sent(self, target: str) -> float | None:
        """When the last post that was, or may have been, published to a target was first sent."""

    @abstractmethod
    def alone(self) -> AbstractContextManager[bool]:
        """Holds the right to make a pass for as long as the block lasts; yields whether it was free.

        Nothing hangs on it but that two passes do not do the same work: what is sent is guarded by claims. It is
        free again however its holder dies: at once, or in a shared ledger after minutes without `poll`, `polled`,
        `done` and `put_off`. A ledger that was opened for reading holds nothing, and yields `True`.
        """
