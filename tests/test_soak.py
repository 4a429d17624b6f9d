"""The soak in small, for CI; and that its judge finds fault where something is planted."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .soak.documents import atom, html_of, marks_of, named_in, rss, title_of
from .soak.judge import BAD, Verdict, at_rest, judge
from .soak.platforms import Written
from .soak.server import Seen, Stands
from .soak.settings import PLACES, START, Settings
from .soak.world import Source, Story, World

_ROOT = Path(__file__).resolve().parents[1]
#: The morning of a day, in New York: the window of `daily` is open.
_DAY = START + 86400 + 4 * 3600


def _story(number: int, **changes: Any) -> Story:
    """One entry that is to go out, and was there an hour ago."""
    story = Story(1, number, f"slug-{number}", _DAY - 7200, "post", born=_DAY - 3600, version=1, confirmed=1)
    for name, value in changes.items():
        setattr(story, name, value)
    return story


def _source(*stories: Story, targets: tuple[str, ...] = ("board",)) -> Source:
    return Source(1, "rss", 10, targets, "guid", stories=list(stories))


def _stands(story: Story, *, at: float = _DAY, text: int = 0, title: str | None = None, id: str = "1") -> Stands:
    written = Written(at, title or story.title, html_of(story.mark, text), "https://f001.example/")
    return Stands(id, (written,))


def _found(source: Source, **posts: list[Stands]) -> dict[str, int]:
    """What the judge finds fault with."""
    verdict = judge([source], Seen({**{name: [] for name in PLACES}, **posts}))
    assert bool(verdict.examples) == bool(verdict.bad)
    return {name: getattr(verdict, name) for name in BAD if getattr(verdict, name)}


def test_the_judge_finds_nothing_where_nothing_is_wrong() -> None:
    """Each entry once at each target, none of those that are not to go out."""
    new, old = _story(0), _story(1, fate="seen")
    source = _source(new, old, targets=("board", "daily"))
    assert _found(source, board=[_stands(new)], daily=[_stands(new)]) == {}


def test_the_judge_counts_posts_too_many() -> None:
    """Two copies more than there should be are two duplicates; at one target, whatever the others have."""
    story = _story(0)
    posts = [_stands(story, id=id) for id in ("1", "2", "3")]
    assert _found(_source(story, targets=("board", "keyed")), board=posts, keyed=[_stands(story)]) == {"duplicates": 2}


def test_the_judge_misses_what_is_not_there() -> None:
    """At one of two targets it is lost."""
    story = _story(0)
    assert _found(_source(story, targets=("board", "keyed")), keyed=[_stands(story)]) == {"lost": 1}


@pytest.mark.parametrize(
    "changes", [{"fate": "seen"}, {"fate": "reject"}, {"tagged": False}, {"cancelled": True}, {"born": None}]
)
def test_the_judge_sees_what_should_not_be_there(changes: dict[str, Any]) -> None:
    """Seen at the first pass, turned down, filtered, taken back, never in the feed."""
    story = _story(0, **changes)
    assert _found(_source(story), board=[_stands(story)]) == {"unwanted": 1}


def test_the_judge_sees_what_is_at_another_target() -> None:
    """One that the feed does not have."""
    story = _story(0)
    assert _found(_source(story), board=[_stands(story)], keyed=[_stands(story)]) == {"unwanted": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"born": _DAY + 60},
        {"published": _DAY + 60},
        {"at": _DAY + 60, "file": True},
        {"question": "must"},
        {"question": "must", "approved_at": _DAY + 60},
    ],
)
def test_the_judge_sees_what_is_early(changes: dict[str, Any]) -> None:
    """Before it was there, before its date, before the time that a person named, and before they said yes."""
    story = _story(0, **changes)
    assert _found(_source(story), board=[_stands(story)]) == {"early": 1}
    assert _found(_source(story), board=[_stands(story, at=_DAY + 70)]) == (
        {"early": 1} if changes == {"question": "must"} else {}
    )


def test_the_judge_looks_at_windows() -> None:
    """Across the night in which New York's clocks go back: 16:30 there is 20:30 UTC before, 21:30 UTC after."""
    before, after = _story(0, published=START, born=START), _story(1, published=START, born=START)
    saturday = START + 86400 + 11.5 * 3600  # 16:30 EDT on 31 October
    source = _source(before, after, targets=("daily",))
    right = [_stands(before, at=saturday), _stands(after, at=saturday + 25 * 3600)]
    assert _found(source, daily=right) == {}
    assert _found(source, daily=[right[0], _stands(after, at=saturday + 23 * 3600)]) == {"early": 1}


def test_the_judge_measures_distances() -> None:
    """Two posts to `paced` are three hours apart, whichever was noted first."""
    one, two = _story(0), _story(1)
    source = _source(one, two, targets=("paced",))
    assert _found(source, paced=[_stands(two, at=_DAY + 3 * 3600), _stands(one)]) == {}
    assert _found(source, paced=[_stands(two, at=_DAY + 3 * 3600 - 60), _stands(one)]) == {"early": 1}


def test_the_judge_compares_texts() -> None:
    """The last version where there are updates, a whole one anywhere."""
    story = _story(0, texts=[0, 1])
    source = _source(story, targets=("board", "keyed"))
    assert _found(source, board=[_stands(story, text=1)], keyed=[_stands(story)]) == {}
    assert _found(source, board=[_stands(story)], keyed=[_stands(story)]) == {"text": 1}
    other = _stands(story, text=1, title="Another")
    assert _found(source, board=[other], keyed=[_stands(story)]) == {"text": 1}
    whole = html_of(story.mark, 1)
    cut = Stands("1", (Written(_DAY, story.title, whole[: len(whole) // 2], None),))
    assert _found(source, board=[_stands(story, text=1)], keyed=[cut]) == {"text": 1}


def test_the_judge_reads_what_the_ledger_has_still_to_do(tmp_path: Path) -> None:
    """A place in the queue, a part that is unknown, an entry that waits for a person, a feed that failed."""
    from syndicate.ledger.agenda import FeedState, KnownEntry, Queued
    from syndicate.ledger.sqlite import SQLiteLedger

    path = tmp_path / "ledger.db"
    ledger = SQLiteLedger(path)
    assert list(at_rest(path)) == []
    entry = KnownEntry(feed="f", id="i", link=None, title="T", digest="d", words="", state="held", post="{}")
    place = Queued(post_key="k", target="board", source="s", title="T", post="{}")
    ledger.agenda.poll(FeedState(name="f", url="u", error="HTTP 500"), [entry], [place])
    ledger.close()
    assert [said.partition(":")[0] for said in at_rest(path)] == ["in the queue", "waits for a person", "a feed"]
    with sqlite3.connect(path) as db:
        db.execute("UPDATE queue SET state = 'cancelled'")
    assert [said.partition(":")[0] for said in at_rest(path)] == ["waits for a person", "a feed"]


def test_a_verdict_is_bad_by_each_of_its_faults() -> None:
    """Whatever is counted as a fault makes the run fail."""
    for name in BAD:
        assert replace(Verdict(), **{name: 1}).bad == 1


def test_marks_tell_texts_apart() -> None:
    """Which entry, which version, and whether its end is there; also when a feed's document carries it."""
    story = _story(3)
    found = marks_of(html_of(story.mark, 2))
    assert found is not None
    assert (found.entry, found.version, found.whole) == (story.mark, 2, True)
    assert marks_of("nothing") is None
    assert named_in(title_of(story.mark, 1)) == story.mark


def test_the_script_is_repeated_by_its_seed(tmp_path: Path) -> None:
    """Two worlds of one seed offer the same, pass by pass; a third of another seed does not."""

    def offered(seed: int) -> list[dict[str, bytes]]:
        world = World(Settings(folder=tmp_path, feeds=12, seed=seed), START)
        documents = []
        for number in range(30):
            world.step(START + number * 1800)
            documents.append({path: answer.body for path, answer in world.answers().items()})
            for source in world.sources:
                world.confirm(source.name)
        return documents

    first = offered(1)
    assert first == offered(1)
    assert first != offered(2)
    assert first[0] != first[-1]


@pytest.mark.parametrize("kind", [rss, atom])
def test_the_feeds_are_feeds(kind: Any, tmp_path: Path) -> None:
    """The tool reads from them what the script wrote: nothing odd in them hides a fault of the tool."""
    from syndicate.feed import Fetched
    from syndicate.feed.read import read

    world = World(Settings(folder=tmp_path, feeds=1), START)
    source = world.sources[0]
    entries = [world._entry(source, story) for story in source.visible()]
    feed = read(
        Fetched(status="changed", url="https://f000.example/feed", body=kind("f", "https://f.example/", entries)),
        now=START,
    )
    assert [(e.title, e.link, e.published and e.published.timestamp()) for e in feed.entries] == [
        (e.title, e.link, e.published) for e in entries
    ]
    assert feed.warnings == ()


@pytest.mark.slow
def test_soak(tmp_path: Path) -> None:
    """Twelve feeds, forty passes, killed and lied to: every entry that should be out is, once, and none early."""
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.soak", "--feeds", "12", "--passes", "40", "--seed", "1"),
            *("--folder", tmp_path, "--report", report),
        ],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert report.exists(), done.stdout + done.stderr
    found = json.loads(report.read_text())
    assert {name: found[name] for name in BAD if found[name]} == {}, "\n".join(found["examples"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert found["published"] == found["deliveries"] > 40
    assert found["played"]["kill -9: watch"] >= 5
