"""What the watch remembers, on both engines: feeds, entries, the queue; each change whole, and none undone by a late one."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syndicate.errors import UsageError
from syndicate.ledger import Ledger, open_ledger
from syndicate.ledger.agenda import Agenda
from syndicate.ledger.sqlite import SQLiteLedger

from .agenda_bridge import ENGINES, KEY, TARGET, entry, feed, opener, place, process, url_of
from .ledger_bridge import intend, rows


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request.param, request, tmp_path)


@pytest.fixture
def ledgers(url: str) -> Iterator[Callable[[], Ledger]]:
    with opener(url) as one:
        yield one


@pytest.fixture
def ledger(ledgers: Callable[[], Ledger]) -> Ledger:
    return ledgers()


@pytest.fixture
def agenda(ledger: Ledger) -> Agenda:
    return ledger.agenda


# ---------------------------------------------------------------------- feeds and entries


def test_a_poll(agenda: Agenda, ledgers: Callable[[], Ledger]) -> None:
    """What a poll found is there for every other process, as it was given, in the order in which it was noted."""
    full = feed(
        moved_to="https://new.example/feed",
        etag='W/"1"',
        last_modified="Mon, 02 Nov 2026 12:00:00 GMT",
        not_before=7.25,
        gone=True,
        error="410",
    )
    accepted = entry("b", state="accepted", post_key=KEY, post="{}", published=2.5, reason="why", same_as="x")
    queued = place(path="a.md", feed="blog", draft=True, at=99.5, chosen=True, retry_at=1.25, tries=3, reason="r")
    agenda.poll(full, [accepted, entry("a"), entry("c", noted_at=9.0)], [queued])
    other = ledgers().agenda
    assert other.feeds() == {"blog": full}
    assert other.entries() == [entry("c", noted_at=9.0), accepted, entry("a")]
    assert other.queue() == [queued]


def test_a_later_poll(agenda: Agenda) -> None:
    """An entry that is found again is replaced, but for when it was first noted, and keeps its place in the order."""
    agenda.poll(feed(), [entry("a"), entry("b")])
    changed = entry("a", title="Another", digest="e", state="filtered", link=None, noted_at=50.0)
    agenda.poll(feed(etag="2"), [changed, entry("c", noted_at=50.0)])
    assert agenda.feeds() == {"blog": feed(etag="2")}
    assert agenda.entries() == [replace(changed, noted_at=10.0), entry("b"), entry("c", noted_at=50.0)]


def test_one_id_in_two_feeds(agenda: Agenda) -> None:
    """An id is known within its feed; of one id given twice the latter counts."""
    agenda.poll(feed(), [entry("a", title="first"), entry("a")])
    agenda.poll(feed("other"), [entry("a", feed="other", state="held")])
    assert agenda.entries("blog") == [entry("a")]
    assert agenda.entries("other") == [entry("a", feed="other", state="held")]
    assert agenda.entries("third") == []
    assert agenda.entries(states=("held", "review")) == agenda.entries("other")
    assert agenda.entries("blog", ("held",)) == []


@pytest.mark.parametrize("known", ["accepted", "edited"])
@pytest.mark.parametrize("late", ["seen", "filtered", "review", "held"])
def test_a_late_poll_undoes_nothing(agenda: Agenda, known: Any, late: Any) -> None:
    """A pass that was overtaken does not take back what another accepted; the rest of what it found is recorded."""
    done = entry("a", state=known, post_key=KEY, post="{}", digest="new")
    agenda.poll(feed(), [done])
    agenda.poll(feed(etag="late"), [entry("a", state=late), entry("b", state=late)])
    assert agenda.entries() == [done, entry("b", state=late)]
    assert agenda.feeds()["blog"].etag == "late"
    assert agenda.decide(replace(done, state=late))
    assert agenda.entries()[0] == replace(done, state=late)


def test_accepted_and_edited(agenda: Agenda) -> None:
    """A poll does record an edit of an accepted entry, one that waits for a person too."""
    for state in ("accepted", "edited", "accepted"):
        agenda.poll(feed(), [entry("a", state=state, digest=state)])
        assert agenda.entries() == [entry("a", state=state, digest=state)]


def test_a_decision(agenda: Agenda) -> None:
    """A person's word changes the entry and queues it in one step; the feed is as it was, and there is always one."""
    agenda.poll(feed(), [entry("a", state="review", post="{}")])
    agenda.decide(entry("a", state="accepted", post="{}", noted_at=99.0), [place(feed="blog")])
    assert agenda.entries() == [entry("a", state="accepted", post="{}")]
    assert agenda.queue() == [place(feed="blog")]
    assert agenda.feeds() == {"blog": feed()}
    agenda.decide(entry("a", feed="unknown"))
    assert set(agenda.feeds()) == {"blog", "unknown"}


def test_a_decision_on_what_was_edited_since(agenda: Agenda) -> None:
    """A word on what is not there any more changes nothing, and that is said."""
    edited = entry("a", state="review", post="{}", digest="new")
    agenda.poll(feed(), [edited])
    assert not agenda.decide(entry("a", state="accepted", post="{}", digest="old"), [place(feed="blog")])
    assert (agenda.entries(), agenda.queue()) == ([edited], [])


def test_by_name(agenda: Agenda) -> None:
    """What a person calls an entry: id, link or post; only those that can be sent, and nothing else that looks alike."""
    held = entry("a", state="held", post="{}", post_key="url:x")
    agenda.poll(feed(), [held, entry("b", link="https://blog.example.org/a"), entry("%", post="{}", link=None)])
    for name in ("a", "https://blog.example.org/a", "url:x"):
        assert agenda.named(name) == [held]
    assert [agenda.named(name) for name in ("b", "", "A", "_")] == [[]] * 4


def test_odd_texts(agenda: Agenda) -> None:
    """Whatever a feed says is recorded and found again: NUL, half a character, SQL, an id longer than a page."""
    long = "".join(chr(0x4E00 + number % 20000) for number in range(40_000))
    odd = ["a\0b", "\ud83d", "'; DROP TABLE entries; --", ":feed %(feed)s ? $1 {x}", "🎉\u202e", long]
    for _ in range(2):
        agenda.poll(
            feed("böse\0", error="\udfff"),
            [entry(text, feed="böse\0", title=text, link=text, post_key=text, post="{}") for text in odd],
            [place(text, post=text) for text in odd],
        )
    assert [found.id for found in agenda.entries()] == ["a\ufffdb", "?", *odd[2:]]
    assert [found.post for found in agenda.queue()] == ["a\ufffdb", "?", *odd[2:]]
    assert len(agenda.named(long)) == 1
    assert len(agenda.named("a\0b")) == 1
    agenda.done(long, TARGET)
    assert len(agenda.queue()) == len(odd) - 1


# ---------------------------------------------------------------------- the queue


def test_queued_again(agenda: Agenda) -> None:
    """A newer version takes the place of the older: when it goes out, how often it was tried, and its order stay."""
    agenda.enqueue([place(at=50.0, chosen=True, feed="blog"), place("id:b")])
    agenda.put_off(KEY, TARGET, retry_at=60.0)
    newer = place(post="{}", title="New", source="b.md", path="b.md", draft=True, at=1.0, added_at=99.0)
    agenda.enqueue([newer])
    kept = {"at": 50.0, "chosen": True, "added_at": 5.0, "feed": "blog", "retry_at": 60.0, "tries": 1}
    assert agenda.queue() == [replace(newer, **kept), place("id:b")]
    agenda.enqueue([place(feed="other")])
    assert agenda.queue(KEY)[0].feed == "other"


def test_refused_and_edited(agenda: Agenda) -> None:
    """What was refused waits, with the reason, until it is queued again: then it is tried as if for the first time."""
    agenda.enqueue([place()])
    agenda.put_off(KEY, TARGET, retry_at=None, refused="too long")
    assert agenda.queue() == [place(state="refused", reason="too long", tries=1)]
    agenda.enqueue([place(post='{"body": "shorter"}')])
    assert agenda.queue() == [place(post='{"body": "shorter"}')]


def test_taken_back(agenda: Agenda) -> None:
    """What a person took back stays so: a poll, a decision or a pass that is under way does not bring it back."""
    assert not agenda.cancel(KEY, TARGET, reason="no")
    agenda.enqueue([place(), place(target="other")])
    assert agenda.cancel(KEY, TARGET, reason="not this one")
    agenda.enqueue([place(post="{}")])
    agenda.poll(feed(), [], [place(post="{}")])
    agenda.decide(entry(state="accepted"), [place(post="{}")])
    agenda.put_off(KEY, TARGET, retry_at=9.0)
    agenda.put_off(KEY, TARGET, retry_at=None, refused="why")
    assert agenda.queue(target=TARGET) == [place(state="cancelled", reason="not this one", post="{}")]
    assert agenda.queue(KEY, "other") == [place(target="other")]
    assert agenda.cancel(KEY, TARGET, reason="again")
    agenda.enqueue([place(at=7.0, added_at=8.0)], anew=True)
    assert agenda.queue(KEY, TARGET) == [place(at=7.0, added_at=8.0)]


def test_done(agenda: Agenda) -> None:
    """What is done is gone, unless a newer version has come meanwhile."""
    agenda.enqueue([place(), place(target="other")])
    agenda.done(KEY, TARGET, post="older")
    assert len(agenda.queue()) == 2
    agenda.done(KEY, TARGET, post=place().post)
    agenda.done(KEY, "other")
    agenda.done(KEY, "other")
    assert agenda.queue() == []


def test_the_queues_order(agenda: Agenda) -> None:
    """By the time they were added; of one moment in the order given."""
    agenda.enqueue([place("z"), place("y"), place("x", added_at=1.0)])
    agenda.enqueue([place("a")])
    assert [found.post_key for found in agenda.queue()] == ["x", "z", "y", "a"]


# ---------------------------------------------------------------------- what the deliveries say


def test_unfinished(ledger: Ledger) -> None:
    """Deliveries with a part that is planned, under way or in doubt; not what is done, refused or left to a person."""
    for state in ("planned", "published", "unknown", "failed", "waiting"):
        claim = ledger.claim(rows(key=f"id:{state}", parts=2))
        ledger.record(claim, 0, "published", 1.0)
        ledger.record(claim, 1, state, 1.0)
    intend(ledger, ledger.claim(rows(key="id:sending", target="other")))
    assert ledger.agenda.unfinished() == [("id:planned", "dev"), ("id:sending", "other"), ("id:unknown", "dev")]


def test_last_sent(ledger: Ledger) -> None:
    """When the newest post left that is, or may be, there: its first part counts, at its first try."""
    assert ledger.agenda.last_sent("dev") is None
    states = {"published": 10.0, "unknown": 30.0, "failed": 50.0, "planned": 60.0}
    for state, at in states.items():
        claim = ledger.claim(rows(key=f"id:{state}", parts=2))
        for part in (0, 1):
            intend(ledger, claim, part, at=at + part * 100)
            ledger.record(claim, part, state, at)
    assert abs((ledger.agenda.last_sent("dev") or 0.0) - _told(ledger, "id:unknown")) < 0.5
    assert ledger.agenda.last_sent("other") is None


def _told(ledger: Ledger, key: str) -> float:
    return ledger.rows(key)[0].first_sent_at or 0.0


def test_last_sent_by_a_clock_that_was_wrong(path: Path) -> None:
    """A post that was sent while the wall clock stood hours ahead is told as the others: by the clock that nobody sets."""
    wall, seconds, boot = 1000.0, 100.0, "one"
    with closing(SQLiteLedger(path, now=lambda: wall, steady=lambda: (boot, seconds))) as ledger:

        def send(key: str) -> None:
            claim = ledger.claim(rows(key=key))
            intend(ledger, claim, at=wall)
            ledger.release(claim)

        send("id:first")
        wall, seconds = 37_000.0, 200.0
        send("id:ahead")
        wall, seconds = 1200.0, 300.0
        assert ledger.agenda.last_sent("dev") == 1100.0
        send("id:last")
        assert ledger.agenda.last_sent("dev") == 1200.0
        wall, seconds, boot = 1300.0, 10.0, "two"
        assert ledger.agenda.last_sent("dev") == max(row.first_sent_at or 0.0 for row in ledger.rows()) == 37_000.0


# ---------------------------------------------------------------------- whole or not at all

_POLLS = """
import os, signal, sys
from pathlib import Path
from syndicate.ledger import open_ledger
from syndicate.ledger.agenda import FeedState, KnownEntry, Queued
class Dying(list):
    def __iter__(self):
        yield from super().__iter__()
        os.kill(os.getpid(), signal.SIGKILL)
agenda = open_ledger(sys.argv[1], Path()).agenda
entries = [KnownEntry(feed="blog", id=str(n), link=None, title="t", digest="d", words="", state="accepted") for n in range(50)]
places = [Queued(post_key=str(n), target="t", source="s", title="t", post="{}") for n in range(50)]
agenda.poll(FeedState(name="blog", url="u"), entries, Dying(places) if sys.argv[2] == "within" else places)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
@pytest.mark.parametrize("when", ["within", "after"])
def test_killed(agenda: Agenda, url: str, when: str) -> None:
    """A process that is killed in a poll leaves nothing of it; right after it, all of it."""
    with process(_POLLS, url, when) as polling:
        polling.communicate(timeout=60)
    assert polling.returncode == -signal.SIGKILL
    expected = (0, 0, 0) if when == "within" else (1, 50, 50)
    assert (len(agenda.feeds()), len(agenda.entries()), len(agenda.queue())) == expected


def test_an_error_within(agenda: Agenda) -> None:
    """What cannot be written takes the rest of its poll with it, and the agenda can be used afterwards."""
    agenda.poll(feed(), [entry("a")], [place()])
    with pytest.raises(UsageError):
        agenda.poll(feed(etag="2"), [entry("a", state="accepted"), entry("b")], [place("id:b", state="strange")])
    assert (agenda.feeds(), agenda.entries(), agenda.queue()) == ({"blog": feed()}, [entry("a")], [place()])
    agenda.poll(feed(etag="3"))
    assert agenda.feeds()["blog"].etag == "3"


def test_only_read(url: str) -> None:
    """A ledger that was opened for reading reads, writes nothing, and holds nobody off."""
    with closing(open_ledger(url, Path(), read_only=True)) as reader:
        assert (reader.agenda.feeds(), reader.agenda.queue(), reader.agenda.unfinished()) == ({}, [], [])
        with pytest.raises(UsageError):
            reader.agenda.polled([feed()])
        with closing(open_ledger(url, Path())) as writer, reader.agenda.alone() as free, writer.agenda.alone() as also:
            assert (free, also) == (True, True)


def test_no_ledger(tmp_path: Path) -> None:
    """Where there is none, a dry run finds nothing, makes nothing and cannot write."""
    agenda = open_ledger("sqlite:///none.db", tmp_path, read_only=True).agenda
    assert (agenda.feeds(), agenda.entries(), agenda.named("a"), agenda.queue()) == ({}, [], [], [])
    assert (agenda.unfinished(), agenda.last_sent("dev")) == ([], None)
    with agenda.alone() as free:
        assert free
    steps: list[Callable[[], object]] = [
        lambda: agenda.poll(feed()),
        lambda: agenda.polled([feed()]),
        lambda: agenda.decide(entry()),
        lambda: agenda.enqueue([place()], anew=True),
        lambda: agenda.cancel(KEY, TARGET, reason="r"),
        lambda: agenda.done(KEY, TARGET),
        lambda: agenda.put_off(KEY, TARGET, retry_at=None),
    ]
    for step in steps:
        with pytest.raises(NotImplementedError):
            step()
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------- quick


def test_many_feeds(agenda: Agenda, url: str) -> None:
    """A thousand unchanged feeds are recorded, and read, in milliseconds."""
    feeds = [feed(f"f{number:04}", etag="x" * 30) for number in range(1000)]
    agenda.polled(feeds)
    writing, reading = [], []
    for _ in range(5):
        began = time.process_time()
        agenda.polled(feeds)
        between = time.process_time()
        assert list(agenda.feeds().values()) == feeds
        writing.append(between - began)
        reading.append(time.process_time() - between)
    assert min(reading) < 0.02
    assert min(writing) < (0.05 if url.startswith("sqlite") else 0.5)


@pytest.mark.slow
def test_not_loaded_for_nothing(tmp_path: Path) -> None:
    """Who uses deliveries alone does not pay for the agenda's code."""
    code = """
import sys
from pathlib import Path
from syndicate.ledger import open_ledger
for read_only in (True, False):
    open_ledger("sqlite:///a.db", Path(sys.argv[1]), read_only=read_only).rows()
print([name for name in sys.modules if "agenda" in name])
"""
    with process(code, str(tmp_path)) as running:
        assert running.communicate(timeout=60)[0] == "[]\n"
