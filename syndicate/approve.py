"""A person's word on what the watch has queued or stopped: approve an entry, turn it down, take a delivery back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .errors import UsageError
from .ledger.agenda import EntryState, KnownEntry, Queued
from .plan import plan_one
from .post import normalise_url
from .post.snapshot import load
from .registry import suggestion
from .report import Delivery
from .schedule import due
from .session import Session
from .waiting import place

_WAITING: tuple[EntryState, ...] = ("review", "held", "edited")


def waiting(session: Session, feed: str | None = None) -> list[KnownEntry]:
    """The entries that wait for a person, oldest first. Raises `UsageError`: there is no such feed."""
    if feed is not None and feed not in session.config.feeds:
        raise UsageError(f"there is no feed `{feed}`", next=suggestion(feed, list(session.config.feeds)))
    entries = session.ledger.agenda.entries(feed, _WAITING)
    return [entry for entry in entries if entry.same_as is None]


def chosen(session: Session, posts: Sequence[str], feed: str | None, *, everything: bool) -> list[KnownEntry]:
    """Those of the waiting entries that a person names by link, id or title; or all. Raises `UsageError`."""
    entries = waiting(session, feed)
    if everything:
        return entries
    found: dict[tuple[str, str], KnownEntry] = {}
    for name in posts:
        meant = [entry for entry in entries if name in _names(entry) or normalise_url(name) == entry.link]
        if not meant:
            raise UsageError(f"{name}: no such entry waits", next="`syndicate approve` lists those that do")
        found |= {(entry.feed, entry.id): entry for entry in meant}
    return list(found.values())


def _names(entry: KnownEntry) -> tuple[str | None, ...]:
    return (entry.id, entry.link, entry.title, entry.post_key)


def places(session: Session, entry: KnownEntry) -> list[Queued]:
    """Where an entry goes when it is let go. Raises `UsageError`: its feed or its text is not there any more."""
    feed = session.config.feeds.get(entry.feed)
    if feed is None:
        raise UsageError(
            f"{entry.link or entry.id}: the config has no feed `{entry.feed}` any more",
            next="put it back, or say --reject",
        )
    post = load(entry.post or "{}")
    names = [name for name in feed.targets if post.targets is None or name in post.targets]
    if entry.state == "edited":  # an edit is an update: it makes no new post
        agenda = session.ledger.agenda
        there = {row.target for row in session.ledger.rows(post.key)} | {one.target for one in agenda.queue(post.key)}
        names = [name for name in names if name in there]
    now = session.ledger.now()
    at = entry.published if entry.published is not None and entry.published > now else None
    return [place(post, name, feed=feed.name, at=at, added_at=now) for name in names]


def let_go(session: Session, entry: KnownEntry) -> str:
    """Puts an entry into the queue."""
    wanted = places(session, entry)
    if not session.ledger.agenda.decide(replace(entry, state="accepted", reason=None), wanted):
        return f"{entry.link or entry.id}: it was edited just now, so it still waits; look at it again"
    names = ", ".join(one.target for one in wanted) or "no target"
    return f"{entry.link or entry.id}: approved; goes out to {names} with the next `syndicate watch`"


def turn_down(session: Session, entry: KnownEntry) -> str:
    """Leaves an entry, or an edit, as if it had not come."""
    state: EntryState = "accepted" if entry.state == "edited" else "seen"
    if not session.ledger.agenda.decide(replace(entry, state=state, reason=None)):
        return f"{entry.link or entry.id}: it was edited just now, so it still waits; look at it again"
    return f"{entry.link or entry.id}: turned down"


def planned(session: Session, entries: Sequence[KnownEntry]) -> list[Delivery]:
    """What approving them would send."""
    now = session.ledger.now()
    plan = []
    for entry in entries:
        for one in places(session, entry):
            if (target := session.config.targets.get(one.target)) is not None:
                rows = tuple(session.ledger.rows(one.post_key, one.target))
                plan.append(plan_one(load(one.post), target, rows, now=now, as_draft=False))
    return [item.delivery() for item in session.held_back(plan, now=now)]


def expected(session: Session, listed: Sequence[Queued]) -> dict[tuple[str, str], float]:
    """When each place in the queue goes out, where that is not now; seconds since the epoch."""
    now, agenda = session.ledger.now(), session.ledger.agenda
    sent: dict[str, float | None] = {}
    times: dict[tuple[str, str], float] = {}
    for one in sorted(listed, key=lambda one: (one.at or one.added_at, one.added_at)):
        target = session.config.targets.get(one.target)
        if one.state != "queued" or target is None:
            continue
        if one.target not in sent:
            last_sent = agenda.last_sent(one.target)
            sent[one.target] = None if last_sent is None else min(last_sent, now)
        last = sent[one.target]
        # Behind one that waits itself: as it will look when that one has gone out.
        then = max(now, last or now)
        moment = due(target.timing, now=then, at=one.at, chosen=one.chosen, last_sent=last)
        moment = max(moment, one.retry_at or 0.0)
        sent[one.target] = max(moment, now)
        if moment > now:
            times[one.post_key, one.target] = moment
    return times


def take_back(session: Session, post: str, target: str) -> str:
    """Takes back what was to go out and has not been sent. Raises `UsageError` when there is nothing to take back."""
    ledger = session.ledger
    keys = _keys(session, post)
    queued = [one for key in keys for one in ledger.agenda.queue(key, target)]
    rows = [row for key in keys for row in ledger.rows(key, target)]
    if any(row.live for row in rows):
        raise UsageError(f"{post} is being sent to {target} right now", next="wait for that run to end")
    if any(row.state in ("unknown", "sending") for row in rows):
        raise UsageError(
            f"{post} may have been published to {target} already",
            next="`syndicate watch` looks for it; or `syndicate resolve`",
        )
    there = next((row for row in rows if row.state == "published"), None)
    if there is not None and not any(one.state == "queued" for one in queued):
        raise UsageError(
            f"{post} is published at {there.remote_url or target}", next="delete it there; nothing is sent again"
        )
    if there is not None:  # an edit of it: what comes later is not taken back with it
        for one in queued:
            ledger.agenda.done(one.post_key, target)
        return f"{post} → {target}: the edit is taken back; what is published stays"
    taken = [ledger.agenda.cancel(one.post_key, target, reason="taken back") for one in queued]
    if any(taken):
        return f"{post} → {target}: taken back"
    planned = [row for row in rows if row.state in ("planned", "failed", "waiting")]
    if not planned:
        session.targets([target])
        raise UsageError(f"{post} is not to go out to {target}", next="`syndicate queue` lists what is")
    row = planned[0]
    ledger.agenda.enqueue(
        [
            Queued(
                post_key=row.post_key,
                target=target,
                source=row.source,
                title=row.title,
                post="{}",
                path=row.path,
                state="cancelled",
                added_at=ledger.now(),
            )
        ],
        anew=True,
    )
    return f"{post} → {target}: taken back"


def _keys(session: Session, post: str) -> list[str]:
    """The keys that a person may mean: of a file, of what the queue or the ledger calls so."""
    if os.path.exists(post):  # noqa: PTH110  a link may be longer than a file's name can be
        return [session.post(Path(post)).key]
    agenda = session.ledger.agenda
    names = {post, normalise_url(post)}
    queued = [p.post_key for p in agenda.queue() if names & {p.source, p.post_key, normalise_url(p.source)}]
    entries = [entry.post_key or "" for name in sorted(names) for entry in agenda.named(name)]
    return list(dict.fromkeys([*queued, *session.ledger.named(post), *entries]))
