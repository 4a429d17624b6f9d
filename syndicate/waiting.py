"""What is not to go out yet: the queue, a target's window and distance, and what a person took back.

`held_back` is pure and serves the preview and the run alike; `settled` tells what becomes of a place in the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .adapter import Post
from .errors import NotEntitled, OutcomeUnknown, Unauthorized, UsageError, word
from .ledger.agenda import Agenda, Queued
from .plan import Item
from .report import OVER_BUDGET, PICTURE_MISSING, SCHEDULED, Delivery, Problem

#: Seconds after which a pass tries again what only a person can mend, so that it goes on by itself afterwards.
_MENDED = 3600.0
#: Seconds for which each pass looks for a picture that the site does not have yet; after that ever more seldom, as a
#: pass tells of it each time. `_SELDOM`: between two looks, at most.
_DEPLOYED, _SELDOM = 3600.0, 24 * 3600.0

_BEGUN = ("published", "unknown", "sending")
#: Problems that pass, or that the ledger keeps track of: the place stays as it is.
_PASSES = (SCHEDULED, OVER_BUDGET, PICTURE_MISSING, "Busy", "RateLimited", "Unavailable", OutcomeUnknown.__name__)
_FOR_PERSON = (Unauthorized.__name__, NotEntitled.__name__, UsageError.__name__)


def held_back(
    plan: Sequence[Item],
    queue: Mapping[tuple[str, str], Queued],
    last_sent: Callable[[str], float | None],
    *,
    now: float,
    at: float | None = None,
) -> list[Item]:
    """The plan, in which what is not due yet waits.

    Args:
        queue: Places by post and target.
        last_sent: When the last post was sent to a target; seconds since the epoch.
        now: Seconds since the epoch.
        at: When a person wants these posts to go out; it takes the place of what the queue says.
    """
    sent: dict[str, float] = {}
    held: list[Item] = []
    for item in plan:
        there = queue.get((item.post.key, item.target.name))
        timing = item.target.timing
        plain = there is None and at is None and timing.window is None and timing.every is None
        begun = any(row.state in _BEGUN for row in item.rows)
        # What a person was given before does not wait for its time again.
        handed = any(row.state == "waiting" for row in item.rows) and (
            there is None or there.state != "cancelled" or at
        )
        # What is in doubt is looked for at any time; if it is not there, it waits for its time again.
        lost = item.action == "resolve" and not any(row.state == "published" for row in item.rows)
        if plain or handed or (begun and not lost) or item.action not in ("create", "handoff", "resolve"):
            held.append(item)
            continue
        if there is not None and there.state == "cancelled" and at is None and not begun:
            taken = "taken back; `syndicate publish POST --at now` sends it after all"
            held.append(replace(item, action="skip", draft=None, notes=(taken,), error=None))
            continue
        from .schedule import due, told

        name = item.target.name
        if timing.every is not None and name not in sent and (last := last_sent(name)) is not None:
            sent[name] = min(last, now)
        chosen = at is not None or (there is not None and there.chosen)
        wanted = at if at is not None else there.at if there is not None else None
        # Behind one that waits itself: as it will look when that one has gone out.
        then = max(now, sent.get(name, now))
        moment = due(timing, now=then, at=wanted, chosen=chosen, last_sent=sent.get(name))
        if moment <= now:
            sent[name] = now
            held.append(item)
            continue
        if begun:
            held.append(replace(item, due=False))
            continue
        sent[name] = moment
        zone = timing.window.zone if timing.window else None
        said = f"goes out {told(moment, zone)}, with the first `syndicate watch` from then on"
        advice = f"`syndicate queue` lists it; `syndicate cancel {word(item.post.source)} {word(name)}` takes it back"
        held.append(replace(item, action="wait", error=Problem(SCHEDULED, said, advice)))
    return held


def place(
    post: Post,
    target: str,
    *,
    added_at: float,
    at: float | None = None,
    chosen: bool = False,
    feed: str | None = None,
) -> Queued:
    """A place in the queue; see `Queued`."""
    from .post.snapshot import dump

    return Queued(
        post_key=post.key,
        target=target,
        source=post.source,
        title=post.title,
        post=dump(post),
        path=post.path,
        feed=feed,
        draft=post.draft,
        at=at,
        chosen=chosen,
        added_at=added_at,
    )


def places(plan: Sequence[Item], *, now: float, at: float | None) -> list[Queued]:
    """A place in the queue for everything in `plan` that waits for its time."""
    return [
        place(item.post, item.target.name, added_at=now, at=at, chosen=at is not None)
        for item in plan
        if item.error is not None and item.error.kind == SCHEDULED
    ]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a place in the queue. `stay`: nothing; `later`: not before `retry_at`; `refused`: see `reason`."""

    what: Literal["done", "stay", "later", "refused"]
    retry_at: float | None = None
    reason: str | None = None


def settled(delivery: Delivery, *, now: float, for_person: bool = False, since: float | None = None) -> Fate:
    """What becomes of the place in the queue whose delivery came to this.

    `for_person`: no later run will do better by itself. `since`: when it was to go out.
    """
    problem = delivery.error
    if problem is None:
        return Fate("stay" if delivery.action in ("wait", "resolve") else "done")
    if problem.kind == "Handoff":
        return Fate("done")
    if problem.kind in _FOR_PERSON or (problem.kind == OVER_BUDGET and for_person):
        return Fate("later", now + _MENDED)
    if problem.kind == PICTURE_MISSING and since is not None and (age := now - since) > _DEPLOYED:
        return Fate("later", now + min(max(_MENDED, age / 2), _SELDOM))
    if problem.kind in _PASSES:
        return Fate("stay")
    return Fate("refused", reason=problem.message)


def keep_up(
    agenda: Agenda,
    queue: Mapping[tuple[str, str], Queued],
    tried: Iterable[tuple[Item, Delivery]],
    *,
    now: float,
) -> None:
    """Records for each place in the `queue` what became of it when it was `tried`."""
    for item, delivery in tried:
        key, target = item.post.key, item.target.name
        if (key, target) not in queue:
            continue
        there = queue[key, target]
        fate = settled(delivery, now=now, for_person=item.for_person, since=there.at or there.added_at)
        taken_back = queue[key, target].state == "cancelled" and delivery.state == "skipped"
        if fate.what == "done" and not taken_back:
            agenda.done(key, target, post=queue[key, target].post)  # what was edited meanwhile is not done
        elif fate.what in ("later", "refused"):
            agenda.put_off(key, target, retry_at=fate.retry_at, refused=fate.reason)
