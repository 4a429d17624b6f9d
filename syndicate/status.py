"""What the ledger says of deliveries, and a person's word on those whose outcome is unknown."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .adapter import Post
from .config import Target
from .errors import UsageError, word
from .ledger import Busy, Row, new_key
from .plan import plan_one
from .post import normalise_url
from .report import HANDOFF, Action, Delivery, Problem, recorded_parts, state_of
from .routing import versions_of
from .session import Session

_ACTIONS: dict[str, Action] = {
    "published": "skip",
    "unknown": "resolve",
    "sending": "wait",
    "planned": "create",
    "failed": "create",
    "waiting": "handoff",
}


#: Posts that are shown of a ledger when none is named: as many that are unfinished, and that changed last.
SHOWN = 20


def recorded(session: Session, paths: Sequence[Path], *, everything: bool = False) -> tuple[list[list[Row]], bool]:
    """The deliveries in the ledger, and whether it holds more posts.

    Those of the posts at `paths`; else those that are not finished and those that changed last, or `everything`.
    """
    keys = [session.post(one).key for path in paths for one in versions_of(path) or [path]]
    more = False
    if not keys and not everything:
        keys = session.ledger.newest(SHOWN)
        more = len(session.ledger.newest(len(keys) + 1)) > len(keys)
    rows = session.ledger.rows() if everything and not paths else [r for key in keys for r in session.ledger.rows(key)]
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row.post_key, row.target), []).append(row)
    return list(grouped.values()), more


def delivery_of(rows: Sequence[Row], kits: Path | None = None) -> Delivery:
    """A recorded delivery, and what the next run would do with it. `kits`: where what a person posts lies."""
    first, state = rows[0], state_of(rows)
    wrong = next((row for row in rows if row.error_kind), None)
    problem = Problem(wrong.error_kind or "", wrong.error_message or "", wrong.error_next or "") if wrong else None
    if state == "unknown" and problem is None:
        problem = Problem(
            "OutcomeUnknown",
            "the run that sent this ended before it had an answer",
            "`syndicate publish` looks for it; or `syndicate resolve POST TARGET --published URL | --not-published`",
        )
    if state == "waiting" and problem is None:
        from .byhand import kit_folder

        where = f"; prepared in {kit_folder(kits, first.post_key, first.source, first.target)}" if kits else ""
        problem = Problem(
            HANDOFF,
            f"you were asked to post this by hand{where}",
            f"`syndicate confirm {word(first.source)} {word(first.target)} URL`",
        )
    return Delivery(
        post=first.source,
        target=first.target,
        adapter=first.adapter,
        action=_ACTIONS[state],
        state=state,
        url=first.remote_url,
        remote_id=first.remote_id,
        parts=recorded_parts(rows),
        error=problem,
    )


def settle_by_person(session: Session, post: str, target_name: str, url: str | None) -> str:
    """Records what a person saw: the post stands at `url`, or (`None`) it was not published.

    Args:
        post: A path, or, for a post that is no longer there, its key or the source that `status` shows.

    Raises:
        UsageError: nothing is known of it, it was published already, or it is being sent right now.
    """
    (target,) = session.targets([target_name])
    if url is not None and not re.match(r"https?://[^/\s]+", url):
        raise UsageError(f"`{url}` is not an address", next="give the whole URL of the published post")
    found = _load(session, post)
    key = found.key if found else _recorded_key(session, post, target_name)
    rows = session.ledger.rows(key, target_name)
    if any(row.live for row in rows):
        raise UsageError(f"{post} is being sent to {target_name} right now", next="wait for that run to end")
    done = bool(rows) and all(row.state == "published" for row in rows)
    if done and url is None and len(rows) > 1:
        raise UsageError(
            f"{post} stands at {target_name} in {len(rows)} parts, which cannot be sent anew one by one",
            next="post it there by hand",
        )
    if done and url is not None and rows[0].remote_id:
        raise UsageError(
            f"{post} is recorded as published at {rows[0].remote_url or target_name}",
            next="nothing needs to be resolved",
        )
    if not rows and (url is None or found is None):
        raise UsageError(f"nothing was sent of {post} to {target_name}", next="`syndicate status` lists what was")
    wanted = rows or _wanted(session.shown(found) if found else None, target, rows)
    try:
        claim = session.ledger.claim(wanted)
    except Busy:
        raise UsageError(f"{post} is being sent to {target_name} right now", next="wait for that run to end") from None
    try:
        # What a person has recorded, a person may correct.
        open_part = next((row for row in claim.rows if row.state != "published"), claim.rows[0])
        cleared: dict[str, Any] = {
            "error_kind": None,
            "error_message": None,
            "error_next": None,
            "not_before": None,
        }
        if url is None:
            said = "a person looked: not published"
            cleared |= {"remote_id": None, "remote_url": None}
            if done:  # it was there and is gone: what is sent next is a new post, with a key of its own
                said = "a person looked: gone"
                cleared |= {"first_sent_at": None, "idem_key": new_key(session.ledger.now()), "kept": None}
            session.ledger.record(claim, open_part.part, "planned", session.ledger.now(), because=said, **cleared)
            where = f"gone from {rows[0].remote_url or target_name}" if done else "not published"
            return f"{post} → {target_name}: recorded as {where}; the next `publish` sends it"
        identify = getattr(target.adapter, "id_of", None)
        remote_id = identify(url) if identify else None
        cleared |= {"remote_id": remote_id, "remote_url": url}
        said = f"a person looked: published at {url}"
        session.ledger.record(claim, open_part.part, "published", session.ledger.now(), because=said, **cleared)
    finally:
        session.ledger.release(claim)
    return f"{post} → {target_name}: recorded as published at {url}"


def confirm_by_person(session: Session, post: str, target_name: str, url: str) -> str:
    """Records that a person has posted by hand what they were given: it stands at `url`.

    Raises:
        UsageError: as `settle_by_person`; the target takes no posts by hand; or `url` is no address of a post there.
    """
    (target,) = session.targets([target_name])
    place = target.adapter.place
    if place is None:
        raise UsageError(
            f"nothing is posted to {target_name} by hand", next="`syndicate resolve` records what became of a request"
        )
    if not re.fullmatch(place.address, url) and not _on_a_server_of_ones_own(target, url):
        raise UsageError(
            f"`{url}` is not the address of a post on {target.adapter.title}",
            next="copy it from there once it is posted",
        )
    found = _load(session, post)
    rows = session.ledger.rows(found.key if found else _recorded_key(session, post, target_name), target_name)
    if rows and all(row.state == "published" for row in rows) and rows[0].remote_url:
        if normalise_url(rows[0].remote_url) == normalise_url(url):
            return f"{post} → {target_name}: is recorded as published at {rows[0].remote_url}"
        raise UsageError(
            f"{post} is recorded as published at {rows[0].remote_url}",
            next=f"if that is wrong: `syndicate resolve {word(post)} {word(target_name)} --not-published`, then confirm again",
        )
    identify = getattr(target.adapter, "id_of", None)
    if (id := identify(url) if identify else None) is not None:
        others = [
            row for key, _ in session.ledger.holders(target_name, id) for row in session.ledger.rows(key, target_name)
        ]
        if other := next((row for row in others if not rows or row.post_key != rows[0].post_key), None):
            raise UsageError(
                f"{url} is recorded for {other.source} already",
                next="give the address of this post, or correct that one",
            )
    return settle_by_person(session, post, target_name, url)


def _on_a_server_of_ones_own(target: Target, url: str) -> bool:
    """Whether `url` stands below a `base_url` that is not the platform's own, as in the sandbox."""
    base = target.adapter.base_url
    return base != type(target.adapter).__dataclass_fields__["base_url"].default and url.startswith(f"{base}/")


def _load(session: Session, post: str) -> Post | None:
    """The post at a path; `None` when no such file exists. Its mistakes are told."""
    # os.path, as a key may be longer than a file's name can be.
    return session.post(Path(post)) if os.path.exists(post) else None  # noqa: PTH110


def _recorded_key(session: Session, post: str, target: str) -> str:
    keys = session.ledger.named(post, target)
    if len(keys) != 1:
        raise UsageError(f"{post}: no such post", next="give its path, or its name as `syndicate status` shows it")
    return keys[0]


def _wanted(post: Post | None, target: Target, rows: Sequence[Row]) -> list[Row]:
    """The rows of a delivery that was made by hand, as they would have been sent."""
    assert post is not None
    item = plan_one(post, target, tuple(rows), now=0.0, as_draft=False)
    if item.draft is None:
        why = item.error.message if item.error else "; ".join(item.notes)
        raise UsageError(f"{post.source} is not for {target.name}: {why}", next=item.error.next if item.error else "")
    return item.wanted_rows()
