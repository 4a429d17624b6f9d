"""One cron-safe pass: polls the feeds, queues what is new, delivers what is due, settles what is unknown.

What a poll finds is recorded together with its place in the queue, in one transaction, before anything is sent: a
pass that dies at any point is gone on with by the next one, even if the feed has dropped the entry meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..config import FeedConfig
from ..errors import UsageError, word
from ..feed import Ask
from ..ledger.agenda import FeedState, Queued
from ..report import Delivery
from ..session import Session
from .report import FeedReport, Report
from .state import after, as_configured, not_now, question, shown, worded

if TYPE_CHECKING:
    from .local import Files
    from .poll import Answered

_Progress = Callable[[str, str], None]


def watch(session: Session, *, dry_run: bool = False, backfill: int = 0, progress: _Progress | None = None) -> Report:
    """Makes one pass. A dry run asks the feeds too, but records and sends nothing.

    Args:
        backfill: How many of each feed's newest entries are to go out though they were there before.

    Raises:
        UsageError: the config has neither feeds nor targets, or the ledger cannot be used.
    """
    if not session.config.feeds:
        session.targets()
    if dry_run:
        return _Pass(session, dry_run, backfill).made(progress)
    with session.ledger.agenda.alone() as free:
        return _Pass(session, dry_run, backfill).made(progress) if free else Report(busy=True)


class _Pass:
    def __init__(self, session: Session, dry_run: bool, backfill: int) -> None:
        self._session = session
        self._agenda = session.ledger.agenda
        self._dry_run = dry_run
        self._backfill = backfill
        self._now = session.ledger.now()
        self._local: Files | None = None
        self._asked: list[tuple[FeedConfig, FeedState]] = []
        #: What a dry run would have put into the queue.
        self._places: list[Queued] = []

    def made(self, progress: _Progress | None) -> Report:
        feeds = self._feeds()
        if not self._places and not self._agenda.queue() and not self._agenda.unfinished():
            return Report(feeds, still=self._still())
        deliveries, notes = self._delivered(progress)
        return Report(feeds, deliveries, notes)

    def _still(self) -> list[Ask]:
        """What was asked, where that is no secret and the answer can be told from an older one."""
        asks = [question(feed, state, whole=False) for feed, state in self._asked]
        telling = all(ask.etag or ask.last_modified for ask in asks)
        secret = any(not isinstance(feed.url, str) for feed, _ in self._asked)
        return asks if telling and not secret else []

    @property
    def _files(self) -> Files:
        if self._local is None:
            from .local import Files

            self._local = Files(self._session)
        return self._local

    # ------------------------------------------------------------------ feeds

    def _feeds(self) -> list[FeedReport]:
        """Asks the feeds that want to be asked, and records what is new."""
        config = self._session.config
        if not config.feeds:
            return []
        known = self._agenda.feeds()
        reports: dict[str, FeedReport] = {}
        asked: list[tuple[FeedConfig, FeedState]] = []
        for feed in config.feeds.values():
            try:
                state = as_configured(feed, known.get(feed.name))
            except UsageError as error:
                reports[feed.name] = _failed(feed, "usage", error.message, error.next)
                continue
            if not self._backfill and (why := not_now(state, self._now)):
                reports[feed.name] = FeedReport(name=feed.name, url=shown(feed), status=why)
            else:
                asked.append((feed, state))
        self._asked = asked
        learned: list[FeedState] = []
        for (feed, state), answered in zip(asked, self._polled(asked), strict=True):
            now_known = after(feed, state, answered, self._now)
            if answered.feed is not None and answered.feed.cut and not state.begun:
                # What it lacks now would be taken for new later.
                said = "the document is cut short; the first pass waits for a whole one"
                reports[feed.name] = _failed(feed, "broken", said, "look whether the feed is well-formed to its end")
            elif answered.feed is None:
                # Nothing is written where nothing was learned: so a pass costs no more than its requests.
                if replace(now_known, checked_at=state.checked_at) != state:
                    learned.append(now_known)
                reports[feed.name] = _told(feed, now_known, answered)
            else:
                reports[feed.name] = self._sifted(feed, answered, now_known, first=not state.begun)
        if learned and not self._dry_run:
            self._agenda.polled(learned)
        waiting = self._waiting()
        return [
            replace(reports[name], waiting=waiting[name] + _asked(reports[name], self._dry_run)) for name in reports
        ]

    def _waiting(self) -> Counter[str]:
        """How many entries of each feed wait for a person."""
        entries = self._agenda.entries(states=("review", "held", "edited"))
        return Counter(entry.feed for entry in entries if entry.same_as is None)

    def _polled(self, asked: Sequence[tuple[FeedConfig, FeedState]]) -> list[Answered]:
        from .poll import Asked, poll

        # What has not changed is to be read once more for what it offered before.
        questions = [Asked(feed.name, question(feed, state, whole=bool(self._backfill))) for feed, state in asked]
        return poll(questions, self._session.config.watch, trusted=self._trusted(asked), now=self._session.ledger.now)

    def _trusted(self, asked: Sequence[tuple[FeedConfig, FeedState]]) -> frozenset[str]:
        """Every host that the config names."""
        config = self._session.config
        urls = [feed.address for feed, _ in asked] + [target.adapter.base_url for target in config.targets.values()]
        named = {urlsplit(url).hostname or "" for url in [*urls, config.site_url or ""]}
        return frozenset({*named, *config.watch.hosts} - {""})

    def _sifted(self, feed: FeedConfig, answered: Answered, state: FeedState, *, first: bool) -> FeedReport:
        from .entries import Maker
        from .sift import Sieve

        assert answered.feed is not None
        maker = Maker(self._session, feed, self._files)
        sieve = Sieve(
            feed,
            self._agenda.entries(feed.name),
            make=maker.post,
            sent=maker.sent,
            now=self._now,
            first=first,
            backfill=self._backfill,
            language=self._session.config.site_language,
        )
        sifted = sieve.sift(answered.feed)
        places = maker.places(sifted.wanted, now=self._now)
        if self._dry_run:
            self._places += places
        else:
            self._agenda.poll(state, list(sifted.rows.values()), places)
        seen = sum(row.state == "seen" for row in sifted.rows.values())
        there = f"{seen} {'entry' if seen == 1 else 'entries'}"
        return FeedReport(
            name=feed.name,
            url=shown(feed),
            status="first" if first else "changed",
            message=f"first pass: {there} that it has already will not be posted" if first else "",
            entries=len(answered.feed.entries),
            found=tuple(sifted.found),
            warnings=answered.feed.warnings,
        )

    # ------------------------------------------------------------------ deliveries

    def _delivered(self, progress: _Progress | None) -> tuple[list[Delivery], list[str]]:
        """Does what is due. What became of it, and what a person has to see to."""
        from .deliver import carry_out, due, tell

        found = due(self._session, self._files, self._places, now=self._now)
        notes = [
            f"{place.source} waits for target `{place.target}`, which the config does not have; "
            f"`syndicate cancel {word(place.source)} {word(place.target)}` takes it back"
            for place in found.lost
        ]
        if self._dry_run:
            return [tell(item) for item in found.plan], notes
        return carry_out(self._session, found.plan, now=self._now, progress=progress), notes


def _told(feed: FeedConfig, state: FeedState, answered: Answered) -> FeedReport:
    if (trouble := answered.trouble) is not None:
        return _failed(feed, trouble.kind, worded(feed, trouble), trouble.next)
    return FeedReport(name=feed.name, url=shown(feed), status="gone" if state.gone else "unchanged")


def _failed(feed: FeedConfig, kind: str, message: str, next: str) -> FeedReport:
    return FeedReport(name=feed.name, url=shown(feed), status="failed", kind=kind, message=message, next=next)


def _asked(report: FeedReport, dry_run: bool) -> int:
    """Entries of a dry run that would wait for a person; those of a pass are recorded."""
    return sum(one.what in ("review", "held") for one in report.found) if dry_run else 0
