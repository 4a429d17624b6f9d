"""`syndicate queue`, `cancel` and `approve`: what is to go out, and a person's word on it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..ledger.agenda import KnownEntry, Queued
from ..preview import document, plain, preview
from ..report import Exit
from ..schedule import told
from ..session import Session
from .commands import fail
from .output import say


def queue(*, everything: bool = False, json: bool = False, config: Path | None = None) -> int:
    """Lists what waits for its time, and what waits for a person. Always 0: it is a report."""
    from ..approve import expected, waiting

    try:
        with Session.open(config, read_only=True) as session:
            places = [p for p in session.ledger.agenda.queue() if everything or p.state != "cancelled"]
            times = expected(session, places)
            entries = waiting(session)
    except UsageError as error:
        return fail(error)
    if json:
        listed = [_place_json(place, times.get((place.post_key, place.target))) for place in places]
        say(document({"queue": listed, "waiting": [_entry_json(entry) for entry in entries]}))
        return Exit.DONE
    lines = [_place(place, times.get((place.post_key, place.target))) for place in places]
    lines += [_entry(entry) for entry in entries]
    say("\n".join(lines) or "the queue is empty")
    return Exit.DONE


def _place(place: Queued, due: float | None) -> str:
    when = {"cancelled": "taken back", "refused": "refused; an edit, or `publish --at now`, tries it again"}.get(
        place.state, f"goes out {told(due)}" if due is not None else "goes out with the next `syndicate watch`"
    )
    lines = [f"{plain(place.source)} → {place.target}  {when}"]
    if place.reason and place.state == "refused":
        lines.append(f"  ✗ {plain(place.reason)}")
    return "\n".join(lines)


def _place_json(place: Queued, due: float | None) -> dict[str, Any]:
    return {
        "post": place.source,
        "title": place.title,
        "target": place.target,
        "state": place.state,
        "at": place.at,
        "due": due,
        "feed": place.feed,
        "reason": place.reason,
    }


def _entry(entry: KnownEntry) -> str:
    name = entry.link or entry.id
    return f"{entry.feed}: {plain(entry.title or name)}\n  {plain(name)}\n  waits for you: {plain(entry.reason or '')}"


def _entry_json(entry: KnownEntry) -> dict[str, Any]:
    return {
        "feed": entry.feed,
        "id": entry.id,
        "link": entry.link,
        "title": entry.title,
        "state": entry.state,
        "reason": entry.reason,
    }


def cancel(post: str, target: str, *, config: Path | None = None) -> int:
    """Takes a delivery back that has not been sent."""
    from ..approve import take_back

    try:
        with Session.open(config) as session:
            say(take_back(session, post, target))
    except UsageError as error:
        return fail(error)
    return Exit.DONE


def approve(
    posts: Sequence[str],
    *,
    everything: bool = False,
    feed: str | None = None,
    reject: bool = False,
    dry_run: bool = False,
    json: bool = False,
    config: Path | None = None,
) -> int:
    """Lets entries go that wait for a person, or (`reject`) not; without a name, lists them."""
    from ..approve import chosen, let_go, planned, turn_down, waiting

    try:
        with Session.open(config, read_only=dry_run or not (posts or everything)) as session:
            if not posts and not everything:
                return _listed(waiting(session, feed), json)
            entries = chosen(session, posts, feed, everything=everything)
            if dry_run:
                deliveries = [] if reject else planned(session, entries)
                rows = [delivery.as_json() for delivery in deliveries]
                say(document({"deliveries": rows}) if json else preview(deliveries))
                return Exit.DONE
            done = [turn_down(session, entry) if reject else let_go(session, entry) for entry in entries]
    except UsageError as error:
        return fail(error)
    if json:
        say(document({"approved" if not reject else "rejected": [_entry_json(entry) for entry in entries]}))
    else:
        say("\n".join(done) or "nothing waits for you")
    return Exit.DONE


def _listed(entries: Sequence[KnownEntry], json: bool) -> int:
    if json:
        say(document({"waiting": [_entry_json(entry) for entry in entries]}))
    elif entries:
        say("\n".join(map(_entry, entries)))
        print("syndicate: `syndicate approve POST…` lets them go, `--reject` does not", file=sys.stderr)
    else:
        say("nothing waits for you")
    return Exit.DONE
