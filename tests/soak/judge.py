"""What the platforms hold, against what the script says that they should; and whether the ledger is at rest.

Of the tool only `ledger check` is used; the ledger's tables are read with SQL of the judge's own.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from .documents import html_of, marks_of, named_in
from .platforms import Written
from .server import Seen, Stands
from .settings import PLACES, SLACK, Place
from .world import Source, Story

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(slots=True)
class Verdict:
    """Numbers of deliveries, but for `duplicates`: posts too many, and `asked`: questions without a reason.

    `lost`: not there. `unwanted`: there, though it should not be. `early`: before it might be, outside the window, or
    too close to the one before. `text`: not as it was last offered, or not whole. `stuck`: the ledger still has to do
    something. `unsound`: what `ledger check` found.
    """

    deliveries: int = 0
    published: int = 0
    updates: int = 0
    duplicates: int = 0
    lost: int = 0
    unwanted: int = 0
    early: int = 0
    text: int = 0
    stuck: int = 0
    asked: int = 0
    impolite: int = 0
    failed: int = 0
    unsound: int = 0
    #: In words, for whoever has to find out why.
    examples: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return sum(getattr(self, name) for name in BAD)

    def blame(self, what: str, said: str) -> None:
        setattr(self, what, getattr(self, what) + 1)
        self.examples.append(f"{what}: {said}")


BAD = (*("duplicates", "lost", "unwanted", "early", "text", "stuck", "asked", "impolite", "failed", "unsound"),)


def judge(sources: Iterable[Source], seen: Seen) -> Verdict:
    """Every entry at every target of its feed, and the distances between posts."""
    verdict = Verdict()
    posts: dict[tuple[str, str], list[Stands]] = {}
    for target, standing in seen.posts.items():
        for stands in standing:
            mark = _mark(stands.history[0])
            posts.setdefault((target, mark or ""), []).append(stands)
            verdict.updates += len(stands.history) - 1
            if mark is None:
                verdict.blame("unwanted", f"{target}: {stands.history[0]}")
    known: dict[str, Story] = {}
    for source in sources:
        for story in source.stories:
            known[story.mark] = story
            for target in PLACES:
                _one(verdict, source, story, target, posts.get((target, story.mark), []))
    for target, place in PLACES.items():
        if place.every is not None:
            _distances(verdict, target, place.every, seen.posts.get(target, []))
    return verdict


def expected(source: Source, story: Story, target: str) -> bool:
    """Whether the script wants it there in the end."""
    wanted = story.fate == "post" and story.tagged and not story.cancelled and story.born is not None
    return wanted and target in source.targets


def _mark(written: Written) -> str | None:
    found = marks_of(written.text)
    return found.entry if found else named_in(written.title)


def _one(verdict: Verdict, source: Source, story: Story, target: str, there: list[Stands]) -> None:
    if not expected(source, story, target):
        for stands in there:
            verdict.blame("unwanted", f"{_told(story, target)}; there: {_history(there)}; {stands.history[0].title}")
        return
    verdict.deliveries += 1
    if not there:
        verdict.blame("lost", _told(story, target))
        return
    verdict.published += 1
    for _ in there[1:]:
        verdict.blame("duplicates", f"{_told(story, target)}; there: {_history(there)}")
    for stands in there:
        if why := _too_early(story, PLACES[target], stands.history[0].at):
            verdict.blame("early", f"{_told(story, target)}: {why}; there: {_history(there)}")
    if why := _wrong_text(source, story, PLACES[target], there[0].history):
        verdict.blame("text", f"{_told(story, target)}: {why}; there: {_history(there)}")


def _told(story: Story, target: str) -> str:
    return (
        f"{story.mark} at {target} (born {_when(story.born)}, dated {_when(story.published)}, question {story.question},"
        f" approved {_when(story.approved_at)}, at {_when(story.at)}{', file' if story.file else ''}, {story.fate})"
    )


def _history(there: list[Stands]) -> str:
    said = []
    for stands in there:
        for written in stands.history:
            found = marks_of(written.text)
            said.append(f"#{stands.id} {_when(written.at)} text {found.version if found else '?'} {written.title[-6:]}")
    return ", ".join(said)


def _when(at: float | None) -> str:
    return datetime.fromtimestamp(at, ZoneInfo("UTC")).strftime("%a %d %H:%M:%S") if at is not None else "–"


def _too_early(story: Story, place: Place, at: float) -> str:
    """Why it should not have gone out yet; empty when it might."""
    if not story.file and story.born is not None and at < story.born:
        return "before it was there"
    if story.published > at + SLACK and not story.file:
        return "before its date"
    if story.at is not None and at < story.at - SLACK:
        return "before the time that a person named"
    if story.question == "must" and (story.approved_at is None or at < story.approved_at):
        return "before a person had said yes"
    if place.window is not None and story.at is None and not any(_is_open(place.window, at - s) for s in (0, SLACK)):
        return "outside the window"
    return ""


def _is_open(window: tuple[str, str, tuple[tuple[int, int], ...]], at: float) -> bool:
    zone, days, spans = window
    clock = datetime.fromtimestamp(at, ZoneInfo(zone))
    begin, end = (_DAYS.index(day) for day in days.split("-"))
    return begin <= clock.weekday() <= end and any(first <= clock.hour < last for first, last in spans)


def _distances(verdict: Verdict, target: str, every: float, posts: list[Stands]) -> None:
    ordered = sorted(posts, key=lambda stands: stands.history[0].at)
    for before, after in itertools.pairwise(ordered):
        first, second = before.history[0], after.history[0]
        if second.at - first.at < every - SLACK:
            said = f"{second.at - first.at:.0f} s after {_mark(first)} instead of {every:.0f} s"
            verdict.blame("early", f"{_mark(second)} at {target}, {_when(second.at)}: {said}")


def _wrong_text(source: Source, story: Story, place: Place, history: tuple[Written, ...]) -> str:
    """What is wrong with what stands there, or ever stood there; empty when nothing is."""
    last = history[-1]
    changes = source.update and place.updates
    if changes and last.title != story.title:
        return f"its title is {last.title!r}, not {story.title!r}"
    if not source.full_text:
        return ""
    for written in history:
        found = marks_of(written.text)
        if found is None or not found.whole or not _says(written.text, story, found.version):
            return f"this is not a text of its: {written.text!r}"
    found = marks_of(last.text)
    if changes and found is not None and found.version != story.texts[-1]:
        return f"version {found.version} stands there, not {story.texts[-1]}"
    return ""


def _says(text: str, story: Story, version: int) -> bool:
    """Whether each word of that version is in the text, in their order."""
    wanted = re.findall(r"\w+", re.sub(r"<[^>]*>|&\w+;", " ", html_of(story.mark, version)))
    there = iter(re.findall(r"\w+", text))
    return version in story.texts and all(word in there for word in wanted)


def at_rest(path: Path) -> Iterator[str]:
    """What the ledger has still to do, by its own tables."""
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        for row in db.execute("SELECT post_key, target, state, at, reason FROM queue WHERE state <> 'cancelled'"):
            yield f"in the queue: {row}"
        wanted = "SELECT post_key, target, state, error_message FROM parts WHERE state <> 'published'"
        for row in db.execute(wanted):
            yield f"not published: {row}"
        wanted = "SELECT feed, id, state, reason FROM entries WHERE same_as IS NULL AND state IN ('review', 'held', 'edited')"
        for row in db.execute(wanted):
            yield f"waits for a person: {row}"
        for row in db.execute("SELECT name, error FROM feeds WHERE error IS NOT NULL OR gone"):
            yield f"a feed: {row}"


def unsound(path: Path, now: float) -> list[str]:
    """What `ledger check` finds fault with."""
    from syndicate.ledger.check import Counts, check
    from syndicate.ledger.sqlite import SQLiteLedger

    ledger = SQLiteLedger(path, read_only=True, now=lambda: now)
    with contextlib.closing(ledger):
        return [f"{one.what}; {one.repair}" for one in check(ledger, Counts()) if one.fault]
