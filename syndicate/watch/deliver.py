"""What is due of the queue, and what earlier runs left unfinished: planned and carried out as by `publish`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..adapter import Draft, Post
from ..doubt import in_doubt, put_off
from ..errors import NotEntitled, Unauthorized, word
from ..ledger import Row
from ..ledger.agenda import Queued
from ..plan import Item, part_of, plan_one
from ..post.snapshot import load
from ..report import BUSY, HANDOFF, Delivery, Problem, is_kit
from ..session import Session
from ..waiting import keep_up
from .local import Files

#: Actions for which nothing is sent with credentials.
_IDLE = ("skip", "handoff", "wait")
#: Seconds after which a delivery is tried again whose credentials or entitlement were refused.
_MENDED = 3600.0
_NO_FILE = "it was to be posted by hand, and its file is not here, so that nothing can be sent"
_NOT_HERE = "it was published from the file {}, which is not here: `syndicate update` sends the edit where that file is"


@dataclass(frozen=True, slots=True)
class Due:
    """What a pass has to do: the plan; and places whose target the config no longer has."""

    plan: tuple[Item, ...]
    lost: tuple[Queued, ...] = ()


def due(session: Session, files: Files, more: Sequence[Queued] = (), *, now: float) -> Due:
    """The plan of a pass. Reads the ledger and the posts' files.

    Args:
        more: Places that a dry run would have put into the queue.
    """
    agenda, targets = session.ledger.agenda, session.config.targets
    places = {(place.post_key, place.target): place for place in agenda.queue()}
    for place in more:  # as `Agenda.enqueue` does
        there = places.get((place.post_key, place.target))
        kept = replace(there, post=place.post, state="queued") if there and there.state != "cancelled" else there
        places[place.post_key, place.target] = kept or place
    waiting = [place for place in places.values() if place.state == "queued" and (place.retry_at or 0.0) <= now]
    waiting.sort(key=lambda place: (place.at or place.added_at, place.added_at))
    plan = [_planned(session, files, place, now) for place in waiting if place.target in targets]
    for key, target in agenda.unfinished():
        if (key, target) not in places and target in targets:
            rows = tuple(session.ledger.rows(key, target))
            if not any(_for_person(row) and row.updated_at + _MENDED > now for row in rows):
                plan.append(_resumed(session, files, rows, now))
    lost = tuple(place for place in waiting if place.target not in targets)
    return Due(tuple(session.held_back(plan, now=now, queue=places)), lost)


def _planned(session: Session, files: Files, place: Queued, now: float) -> Item:
    """What to do about one place in the queue: with the file as it is now where it is still there."""
    post = load(place.post)
    notes: tuple[str, ...] = ()
    if place.path is not None:
        current = files.at(place.path)
        if place.feed is not None and not _in_full(session, place):
            pass  # what goes out is an announcement, not the file
        elif current is not None and current.key == place.post_key:
            # Where it came through a feed, that knows better where it stands and that it is out.
            post = current if place.feed is None else _as_in_feed(current, post)
        else:
            notes = (f"{place.path} is not there any more, or is another post; this is how it was when it was queued",)
    rows = tuple(session.ledger.rows(place.post_key, place.target))
    item = plan_one(post, session.config.targets[place.target], rows, now=now, as_draft=place.draft)
    item = replace(item, notes=(*notes, *item.notes))
    if item.action == "update" and post.path is None and (path := next((r.path for r in rows if r.path), None)):
        return replace(item, action="skip", notes=(_NOT_HERE.format(path),))
    return item


def _in_full(session: Session, place: Queued) -> bool:
    feed = session.config.feeds.get(place.feed or "")
    return feed is None or feed.full_text


def _as_in_feed(current: Post, queued: Post) -> Post:
    return replace(current, draft=queued.draft, canonical_url=queued.canonical_url, base_url=queued.base_url)


def _for_person(row: Row) -> bool:
    return row.error_kind in (Unauthorized.__name__, NotEntitled.__name__)


def _resumed(session: Session, files: Files, rows: tuple[Row, ...], now: float) -> Item:
    """What to do about a delivery that another run began: with its file where it is there, else as it was begun."""
    first, target = rows[0], session.config.targets[rows[0].target]
    post = files.at(first.path) if first.path is not None else None
    if post is not None and post.key == first.post_key:
        return plan_one(post, target, rows, now=now, as_draft=first.draft)
    begun = Post(
        key=first.post_key,
        source=first.source,
        title=first.title,
        body="",
        path=first.path,
        certain=first.certain,
        draft=first.draft,
    )
    item = Item(post=begun, target=target, action="create", draft=Draft(tuple(map(part_of, rows))), rows=rows)
    if any(row.live for row in rows):
        return replace(item, action="wait", error=BUSY)
    if any(row.state in ("unknown", "sending") for row in rows):
        doubt = in_doubt(target.adapter)
        return replace(item, action="resolve", error=doubt, due=not target.by_hand, later=doubt)
    if target.by_hand:
        return replace(item, action="handoff")
    if is_kit(first.payload):  # prepared for a person, no request
        error = Problem(
            HANDOFF, _NO_FILE, f"`syndicate cancel {word(first.source)} {word(first.target)}` takes it back"
        )
        return replace(item, action="resolve", error=error, for_person=True)
    if (later := put_off(rows, now)) is not None:
        return replace(item, action="wait", error=later)
    return item


def carry_out(
    session: Session, plan: Sequence[Item], *, now: float, progress: Callable[[str, str], None] | None = None
) -> list[Delivery]:
    """Publishes, settles and updates what the plan says; keeps the queue. The deliveries, in the plan's order."""
    deliveries = [item.delivery() for item in plan]
    lacking = {item.target.name: item.target.missing_secrets() for item in plan}
    for update in (False, True):
        mine = [n for n, item in enumerate(plan) if (item.action == "update") == update]
        # One target's missing secret must not keep the others waiting, as it would keep a person's `publish`.
        able = [n for n in mine if not lacking[plan[n].target.name] or plan[n].action in _IDLE or plan[n].for_person]
        done = session.carry_out([plan[n] for n in able], update=update, progress=progress) if able else []
        for number, delivery in zip(able, done, strict=True):
            deliveries[number] = delivery
        for number in set(mine) - set(able):
            places = ", ".join(lacking[plan[number].target.name])
            missing = Problem("UsageError", f"a secret is missing: {places}", f"set {places}")
            deliveries[number] = replace(deliveries[number], error=missing)
    keep_up(session.ledger.agenda, session.queued, zip(plan, deliveries, strict=True), now=now)
    return deliveries


def tell(item: Item) -> Delivery:
    """How one item looks to a dry run."""
    from ..update import announced

    return announced(item) if item.action == "update" else item.delivery()


def news(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Those of which something is to be told: not what merely waits for its time, or was done before."""
    return [delivery for delivery in deliveries if not _silent(delivery)]


def _silent(delivery: Delivery) -> bool:
    if delivery.error is not None:
        return delivery.scheduled
    return delivery.action == "skip" and delivery.state == "published"
