"""What the commands do, without the parser: each prints and returns an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import UsageError
from ..ledger import sqlite_path
from ..plan import Item, Keep
from ..preview import as_json, outcomes, preview
from ..report import Delivery, Exit, exit_code
from ..routing import versions_of
from ..session import Session
from . import noop
from .output import say


def fail(error: UsageError) -> int:
    """Prints a usage error to standard error."""
    print(f"syndicate: {error.message}", file=sys.stderr)
    if error.next:
        print(f"  next: {error.next}", file=sys.stderr)
    return Exit.USAGE


def notes_of(session: Session) -> None:
    """What is odd about the config, on standard error."""
    for note in session.config.notes:
        print(f"syndicate: warning: {note}", file=sys.stderr)


def publish(
    posts: Sequence[Path],
    *,
    to: Sequence[str] = (),
    dry_run: bool = False,
    draft: bool = False,
    at: str | None = None,
    again: bool = False,
    open_pages: bool = False,
    json: bool = False,
    config: Path | None = None,
) -> int:
    """`syndicate publish`. A dry run is the same plan, not carried out.

    Args:
        at: A moment in words, see `schedule`.
        again: Prepare anew what a person posts by hand.
        open_pages: Open the pages on which a person posts, and copy the texts.
    """
    try:
        with Session.open(config, read_only=dry_run) as session:
            notes_of(session)
            moment = _moment(at, session.ledger.now()) if at is not None else None
            plan = session.plan(session.posts(posts), to=to, as_draft=draft, at=moment, again=again)
            if at is not None:
                _not_past(at, plan, session)
            if dry_run:
                deliveries = [item.delivery() for item in plan]
                say(as_json(deliveries) if json else preview(deliveries))
                return _dry_exit(deliveries)
            with progress_shown() as progress:
                deliveries = session.publish(plan, at=moment, progress=progress)
    except UsageError as error:
        return fail(error)
    output = as_json(deliveries) if json else outcomes(deliveries)
    say(output)
    if open_pages:
        from .pages import open_all

        open_all(deliveries)
    if all(d.action == "skip" and d.error is None for d in deliveries) and not session.config.notes:
        _remember(session, posts, output)
    # Whoever named a time got what they asked for.
    return exit_code(d for d in deliveries if at is None or not d.scheduled)


def _moment(at: str, now: float) -> float:
    from ..schedule import parse_moment

    return parse_moment(at, now=now)


def _not_past(at: str, plan: Sequence[Item], session: Session) -> None:
    """A time that is past is a slip, unless this very time was named before, or there is nothing to send."""
    now = session.ledger.now()
    moment = _moment(at, now)
    if at.strip().lower() == "now" or moment >= now:
        return
    for item in plan:
        place = session.queued.get((item.post.key, item.target.name))
        begun = any(row.state in ("published", "unknown", "sending") for row in item.rows)
        if item.action in ("create", "handoff") and not begun and (place is None or place.at != moment):
            raise UsageError(f"--at {at}: that is past; nothing was sent", next="`--at now` sends it right away")


def _remember(session: Session, posts: Sequence[Path], output: str) -> None:
    """The next run of the same command is answered from memory, as long as nothing has changed."""
    files = [file for post in posts for file in _files(post.absolute())]
    # Where a name means several versions, a further one would change the folder.
    folders = [post.absolute().parent for post in posts if not post.exists() and post.absolute().parent.is_dir()]
    # os.path, as what was looked for may be longer than a file's name can be.
    pictures = {str(file): os.path.exists(file) for file in session.looked}  # noqa: PTH110
    kept = [*map(str, (*files, *folders)), *(file for file, there in pictures.items() if there)]
    remember(session, output, kept, [file for file, there in pictures.items() if not there])


def remember(session: Session, output: str, files: Sequence[str] = (), absent: Sequence[str] = ()) -> None:
    """Keeps `output` for the next run of the same command, as long as the config, the ledger and `files` stay.

    `absent`: files that must not be there.
    """
    if not session.config.state_url.startswith("sqlite:"):
        return
    ledger = str(sqlite_path(session.config.state_url, session.config.root))
    inputs = [str(session.config.path), ledger, *files]
    # A config nearer than the one in use would win; a write-ahead log holds what the ledger's file does not yet.
    nearer = (folder / "syndicate.toml" for folder in (Path.cwd(), *Path.cwd().parents))
    nowhere = [f"{ledger}-wal", *absent, *(str(p) for p in nearer if not p.exists())]
    noop.remember(sys.argv[1:], output, inputs, nowhere)


def _files(post: Path) -> list[Path]:
    """What of a post decides: the file, or a bundle's page, or the versions that its name means."""
    if post.is_dir():
        return [post, *post.glob("index.*")]
    return [post] if post.exists() else versions_of(post)


def _dry_exit(deliveries: Sequence[Delivery]) -> int:
    """Nothing was tried, so only what cannot succeed or waits for a person counts: a refusal, an unknown."""
    return exit_code(d for d in deliveries if d.action in ("refuse", "resolve"))


def update(
    posts: Sequence[Path],
    *,
    to: Sequence[str] = (),
    dry_run: bool = False,
    ours: bool = False,
    theirs: bool = False,
    json: bool = False,
    config: Path | None = None,
) -> int:
    """`syndicate update`. `ours`, `theirs`: what to do where the platform's copy was edited by hand."""
    from ..update import announced
    from .drift import can_ask, settled

    if ours and theirs:
        return fail(UsageError("say one of --ours and --theirs", next="neither: you are asked, or nothing is sent"))
    keep: Keep | None = "ours" if ours else "theirs" if theirs else None
    try:
        with Session.open(config, read_only=dry_run) as session:
            notes_of(session)
            plan = session.plan(session.posts(posts), to=to, keep=keep)
            if dry_run:
                deliveries = [announced(item) for item in plan if item.action == "update"]
                say(as_json(deliveries) if json else preview(deliveries))
                return Exit.DONE

            def carry_out(items: Sequence[Item]) -> list[Delivery]:
                with progress_shown() as progress:
                    return session.carry_out(items, update=True, progress=progress)

            deliveries = carry_out(plan)
            if not json and can_ask():
                deliveries = settled(plan, deliveries, carry_out)
    except UsageError as error:
        return fail(error)
    say(as_json(deliveries) if json else outcomes(deliveries, updated=True))
    return exit_code(deliveries)


def status(
    posts: Sequence[Path],
    *,
    everything: bool = False,
    online: bool = False,
    json: bool = False,
    config: Path | None = None,
) -> int:
    """`syndicate status`: reads the ledger, and with `online` the platforms; writes nothing.

    Without `online` always 0: it is a report.
    """
    from ..status import delivery_of, recorded

    code = Exit.DONE
    try:
        with Session.open(config, read_only=True) as session:
            groups, more = recorded(session, posts, everything=everything)
            deliveries = [delivery_of(rows, session.config.kits_path) for rows in groups]
            if online:
                from ..drift import compared, exit_of

                found = compared(groups, session.config.targets, session.look)
                deliveries = [replace(one, online=there) for one, there in zip(deliveries, found, strict=True)]
                code = exit_of(found)
    except UsageError as error:
        return fail(error)
    if json:
        say(as_json(deliveries, **({"more": True} if more else {})))
    else:
        said = outcomes(deliveries) if deliveries else "nothing is recorded yet"
        say(f"{said}\n… and more posts: `--all` shows them, `syndicate status POST` one of them" if more else said)
    return code


def log(post: str | None, *, json: bool = False, config: Path | None = None) -> int:
    """`syndicate log`: reads the ledger, nothing else. Always 0: it is a report."""
    from ..history import history, table

    try:
        with Session.open(config, read_only=True) as session:
            entries = history(session, post)
    except UsageError as error:
        return fail(error)
    if json:
        from .ledger_commands import document

        say(document({"log": [entry.as_json() for entry in entries]}))
    for line in table(entries) if not json else ():
        say(line)
    if not entries and not json:
        say("nothing was sent yet")
    return Exit.DONE


def confirm(post: str, target: str, *, url: str, config: Path | None = None) -> int:
    """`syndicate confirm`: what a person posted by hand stands at `url`."""
    from ..status import confirm_by_person

    try:
        with Session.open(config) as session:
            say(confirm_by_person(session, post, target, url))
    except UsageError as error:
        return fail(error)
    return Exit.DONE


def resolve(post: str, target: str, *, url: str | None, config: Path | None = None) -> int:
    """`syndicate resolve`: `url` where it was published, or `None` for not published."""
    from ..status import settle_by_person

    try:
        with Session.open(config) as session:
            say(settle_by_person(session, post, target, url))
    except UsageError as error:
        return fail(error)
    return Exit.DONE


@contextlib.contextmanager
def progress_shown() -> Iterator[Callable[[str, str], None] | None]:
    """A line a target while it works, on a terminal; quiet in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from .progress import shown

    with shown() as step:
        yield step
