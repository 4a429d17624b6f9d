"""`syndicate watch`: one pass, or one after the other; what it tells, and its exit code."""

from __future__ import annotations

import json as json_
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from ..config import duration
from ..errors import UsageError
from ..preview import outcomes, plain, preview
from ..report import Delivery, Exit, exit_code, first_of
from ..session import Session
from ..watch import watch as make_pass
from ..watch.report import FeedReport, Found, Report
from .commands import fail, notes_of, progress_shown, remember
from .output import say

#: Seconds between two passes, at the least.
_LEAST = 10.0
_SHOWN = {
    "new": "new",
    "edited": "edited",
    "review": "to be approved",
    "held": "held",
    "known": "known",
    "unusable": "left out",
}


def watch(
    *,
    every: str | None = None,
    dry_run: bool = False,
    backfill: int = 0,
    json: bool = False,
    config: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Makes a pass and returns its exit code; with `every`, a duration, one pass after the other for ever."""
    if every is None:
        try:
            return _pass(dry_run=dry_run, backfill=backfill, json=json, config=config)
        except UsageError as error:
            return fail(error)
    seconds = duration(every)
    if seconds is None or seconds < _LEAST:
        return fail(UsageError(f"--every {every}: a duration of 10 s or more", next='write it as "15m"'))
    if dry_run:
        return fail(UsageError("--every does not go with --dry-run", next="look once, without --every"))
    begun = False
    while True:
        try:
            _pass(dry_run=False, backfill=0 if begun else backfill, json=json, config=config, line=True)
        except UsageError as error:
            code = fail(error)
            if not begun:
                return code
            # A config that is being edited, or a database that restarts, ends that pass, not the watch.
        begun = True
        sleep(seconds)


def _pass(*, dry_run: bool, backfill: int, json: bool, config: Path | None, line: bool = False) -> int:
    """Makes a pass, tells of it, and returns its exit code. Raises `UsageError`: it could not be made."""
    with Session.open(config, read_only=dry_run) as session:
        notes_of(session)
        with progress_shown() as progress:
            report = make_pass(session, dry_run=dry_run, backfill=backfill, progress=progress)
    _warn(report)
    if not (json or line or dry_run or backfill):
        _remember(session, report)
    if json:
        say(_document(report, indent=None if line else 2))
    else:
        told = _told(report, dry_run)
        if told or sys.stdout.isatty():
            say(told or ("nothing new, nothing due" if report.feeds else "no feed in the config, and nothing due"))
    return _exit(report, dry_run)


def _remember(session: Session, report: Report) -> None:
    """A pass in which every feed was unchanged, and nothing is queued or unfinished, needs no more than to ask again."""
    quiet = report.still and not report.notes and not session.config.notes
    if quiet and report.feeds and all(feed.status == "unchanged" and not feed.waiting for feed in report.feeds):
        remember(session, json_.dumps([asdict(ask) for ask in report.still]))


def _exit(report: Report, dry_run: bool) -> int:
    deliveries = report.deliveries
    if dry_run:
        deliveries = [d for d in deliveries if d.action in ("refuse", "resolve")]
    # What waits for its time is as it should be.
    counted = [d for d in deliveries if not d.scheduled]
    person = [Exit.PERSON] if report.notes else []
    return first_of([exit_code(counted), *(feed.exit for feed in report.feeds), *person])


def _document(report: Report, indent: int | None) -> str:
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    document = {
        "deliveries": [delivery.as_json() for delivery in report.deliveries],
        "feeds": [feed.as_json() for feed in report.feeds],
        "busy": report.busy,
        "notes": list(report.notes),
    }
    return json_.dumps(document, ensure_ascii=ascii_only, indent=indent)


def _warn(report: Report) -> None:
    """What is wrong, a line each, on standard error."""
    if report.busy:
        print("syndicate: another pass is going on; this one did nothing", file=sys.stderr)
    for feed in report.feeds:
        for line in _troubles(feed):
            print(f"syndicate: feed `{feed.name}`: {plain(line)}", file=sys.stderr)
    for note in report.notes:
        print(f"syndicate: {plain(note)}", file=sys.stderr)


def _troubles(feed: FeedReport) -> list[str]:
    lines = [f"warning: {warning}" for warning in feed.warnings]
    if feed.status == "failed":
        lines.append(feed.message + (f"\n  next: {feed.next}" if feed.next else ""))
    if feed.status == "gone":
        lines.append("it is gone for good (410) and is not asked any more; take it out of the config, or mend its URL")
    return lines


def _told(report: Report, dry_run: bool) -> str:
    """What happened; empty when nothing did, so that cron has nothing to send."""
    from ..watch.deliver import news

    lines: list[str] = []
    for feed in report.feeds:
        if feed.message and feed.status == "first":
            lines.append(f"{feed.name}: {feed.message}")
        lines += [f"{feed.name}: {_entry(one)}" for one in feed.found if one.what in _SHOWN]
        if feed.waiting:
            what = "entry waits" if feed.waiting == 1 else "entries wait"
            lines.append(f"{feed.name}: {feed.waiting} {what} for you: `syndicate approve` shows them")
    deliveries: Sequence[Delivery] = report.deliveries if dry_run else news(report.deliveries)
    if dry_run:
        lines.append(preview(deliveries))
    elif deliveries:
        lines.append(outcomes(deliveries, updated=True))
    return "\n".join(lines)


def _entry(one: Found) -> str:
    reason = f" ({plain(one.reason)})" if one.reason else ""
    return f"{_SHOWN[one.what]}: {plain(one.title or one.name)}{reason}"
