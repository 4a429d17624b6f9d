"""`syndicate adopt`: shows what the accounts have posted of the local posts, and records it when it is confirmed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..adopt import Listing, Match, adopted, exit_of, listings, matches
from ..discover import Found, discover
from ..errors import UsageError
from ..preview import document, plain
from ..report import Problem
from ..session import Session
from .commands import fail
from .output import say

_UNCONFIRMED = "nothing was recorded: say --yes to record them"


def adopt(
    posts: Sequence[Path],
    *,
    to: Sequence[str] = (),
    yes: bool = False,
    dry_run: bool = False,
    json: bool = False,
    config: Path | None = None,
) -> int:
    """Reads the accounts of the targets `to`, or all, and adopts; a dry run only shows."""
    try:
        with Session.open(config, read_only=dry_run) as session:
            targets = session.targets(to)
            local = Found(tuple(session.posts(posts))) if posts else discover(session)
            read = listings(session, targets)
            found = [match for listing in read for match in matches(session, local.posts, listing)]
            open_ones = sum(match.state == "found" for match in found)
            if not json:
                say("\n".join(_told(local, read, found)))
            confirmed = bool(open_ones) and not dry_run and (yes or (not json and _confirmed(open_ones)))
            if confirmed:
                found = list(adopted(session, found))
    except UsageError as error:
        return fail(error)
    asked = not dry_run and not confirmed and bool(open_ones)
    if json:
        notes = [*local.notes, *([_UNCONFIRMED] if asked else [])]
        rest = {"targets": [one.as_json() for one in read], "posts": len(local.posts), "notes": notes}
        say(document({"matches": [match.as_json() for match in found], **rest}))
    elif confirmed:
        say("\n".join(_recorded(found)))
    elif dry_run:
        say("Dry run: nothing was recorded.")
    elif asked:
        say(_UNCONFIRMED if not _terminal() else "nothing was recorded")
    unconfirmed = Problem("Handoff", _UNCONFIRMED, "") if asked and (json or not _terminal()) else None
    return exit_of(read, found, unconfirmed)


def _terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _confirmed(number: int) -> bool:
    if not _terminal():
        return False
    import typer

    try:
        return typer.confirm(f"Record {'this one' if number == 1 else f'these {number}'} as published?", err=True)
    except typer.Abort:
        return False


def _told(local: Found, read: Sequence[Listing], found: Sequence[Match]) -> list[str]:
    """What was read, what was left out, and what was found."""
    lines = [f"! {plain(note)}" for note in local.notes]
    for listing in read:
        lines += _account(listing, [match for match in found if match.target is listing.target])
    return lines


def _account(listing: Listing, found: Sequence[Match]) -> list[str]:
    name, title = listing.target.name, listing.target.adapter.title
    if not listing.able:
        next = f"`syndicate resolve POST {name} --published URL` records one post"
        return [f"{name}: {title} has no list of one's own posts", f"    next: {next}"]
    if listing.error:
        lines = [f"{name}: {listing.error.kind}", f"  ✗ {plain(listing.error.message)}"]
        return [*lines, *([f"    next: {listing.error.next}"] if listing.error.next else [])]
    known = sum(match.state == "known" for match in found)
    new = sum(match.state == "found" for match in found)
    said = f"{len(listing.posts)} posts there" if listing.posts else "the account's list is empty"
    lines = [f"{name}: {said}, {new} to adopt, {known} known already"]
    return lines + [line for match in found if match.state != "known" for line in _match(match)]


def _match(match: Match) -> list[str]:
    where = plain(", ".join(one.url or one.id for one in match.there[:5]))
    head = f"  {match.post.source} → {match.target.name}  "
    lines = [
        head + (f"{where}  by its {match.by}" if match.state in ("found", "adopted") else f"{match.state}: {where}")
    ]
    lines += [f"    ! {plain(match.message)}"] if match.message else []
    if match.state == "ambiguous" and match.problem:
        lines.append(f"    next: {match.problem.next}")
    return lines


def _recorded(found: Sequence[Match]) -> list[str]:
    """What became of those that were confirmed, where it is not what was shown before."""
    number = sum(match.state == "adopted" for match in found)
    late = [line for match in found if match.state == "busy" for line in _match(match)]
    return [f"recorded {number} as published", *late]
