"""The agenda moves with its ledger: copied, as a file, checked; nothing that waits is lost, nothing is called new again."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syndicate.errors import UsageError
from syndicate.ledger import Ledger, migrate, open_ledger
from syndicate.ledger.agenda import Agenda, FeedState
from syndicate.ledger.portable import load
from syndicate.ledger.schema import APPLICATION_ID, MIGRATIONS
from syndicate.ledger.transfer import compare, contents, copy

from .agenda_bridge import ENGINES, KEY, TARGET, entry, feed, place, url_of
from .support import Project, refused, tree
from .test_postgres import sql
from .transfer_bridge import HERE, check, send, told, use


@pytest.fixture(params=ENGINES)
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on each engine."""
    with closing(open_ledger(url_of(request.param, request, tmp_path / "there"), tmp_path)) as ledger:
        yield ledger


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Ledger]:
    """A SQLite ledger that has delivered and watched."""
    with closing(open_ledger("sqlite:///here.db", tmp_path)) as ledger:
        send(ledger, "a")
        watched(ledger.agenda)
        yield ledger


def watched(agenda: Agenda) -> None:
    """Two feeds with entries in every state, one without; places in every state."""
    states = ("seen", "filtered", "review", "held", "accepted", "edited")
    given = [
        entry(state, state=state, post="{}", post_key=f"id:{state}", noted_at=20.0 - n)
        for n, state in enumerate(states)
    ]
    agenda.poll(feed(etag="1"), given, [place(feed="blog", path="a.md", at=7.5), place(target="other", draft=True)])
    agenda.poll(feed("zeta"), [entry("b", feed="zeta", link=None)], [place("id:c", added_at=6.0)])
    agenda.polled([feed("empty", gone=True, error="410")])
    agenda.cancel("id:c", TARGET, reason="no")
    agenda.put_off(KEY, "other", retry_at=None, refused="too long")


def all_of(ledger: Ledger) -> tuple[Any, ...]:
    return ledger.agenda.feeds(), ledger.agenda.entries(), ledger.agenda.queue()


def carried(here: Ledger, there: Ledger) -> tuple[int, int, list[tuple[str, str]]]:
    """What a copy did to the agenda."""
    done = copy(lambda: contents(here), there)
    return done.noted_written, done.noted_equal, done.refused


def differing(here: Ledger, there: Ledger) -> tuple[int, int]:
    read = compare(lambda: contents(here), lambda: contents(there))
    return read.noted_differing, read.noted_extra


# ---------------------------------------------------------------------- copying


def test_a_copy(here: Ledger, there: Ledger) -> None:
    """All of it arrives as it was; a second copy does nothing; both sides have one digest."""
    assert carried(here, there) == (13, 0, [])
    assert all_of(there) == all_of(here)
    assert carried(here, there) == (0, 13, [])
    read = compare(lambda: contents(here), lambda: contents(there))
    assert (read.noted_differing, read.noted_extra) == (0, 0)
    assert read.here.sha256 == read.there.sha256
    assert str(read.here).endswith("3 feeds, 7 entries, 3 places in the queue")
    assert told(there) == told(here)


def test_interrupted(here: Ledger, there: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that ends in the middle has no feed without its entries; run again, it goes on."""
    poll, left = type(there.agenda).poll, 1

    def dies(agenda: Agenda, *given: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        poll(agenda, *given)

    with monkeypatch.context() as patch:
        patch.setattr(type(there.agenda), "poll", dies)
        with pytest.raises(KeyboardInterrupt):
            carried(here, there)
    assert (set(there.agenda.feeds()), len(there.agenda.entries())) == ({"blog"}, 6)
    assert differing(here, there) == (6, 0)
    assert carried(here, there) == (6, 7, [])
    assert all_of(there) == all_of(here)


def test_the_source_went_on(here: Ledger, there: Ledger) -> None:
    """A feed that the source has asked since, entries that it accepted, tries and what was taken back: replaced."""
    carried(here, there)
    here.agenda.poll(feed(checked_at=9.0), [entry("seen", title="New"), entry("new", state="held")])
    here.agenda.decide(entry("b", feed="zeta", link=None, state="accepted", post_key="id:b", post="{}"))
    here.agenda.put_off(KEY, TARGET, retry_at=5.0)
    here.agenda.cancel(KEY, "other", reason="no")
    assert carried(here, there) == (6, 8, [])
    assert all_of(there) == all_of(here)


def test_the_destination_went_on(here: Ledger, there: Ledger) -> None:
    """What the destination has asked, accepted or taken back since is left as it is, and named."""
    carried(here, there)
    there.agenda.poll(feed(checked_at=9.0))
    there.agenda.decide(entry("b", feed="zeta", link=None, state="accepted"))
    there.agenda.cancel(KEY, TARGET, reason="no")
    there.agenda.done("id:c", TARGET)
    there.agenda.poll(feed("only"), [entry("x", feed="only")])
    before = all_of(there)
    assert carried(here, there) == (
        1,
        9,
        [
            ("the feed blog", "the destination has gone on since"),
            ("the entry b of zeta", "the two ledgers have it differently"),
            ("https://blog.example.org/a → dev, in the queue", "the two ledgers have it differently"),
        ],
    )
    there.agenda.done("id:c", TARGET)
    assert all_of(there) == before
    assert differing(here, there) == (4, 2)


def test_accepted_is_never_taken_back(here: Ledger, there: Ledger) -> None:
    """However much later the source asked the feed, what the destination has accepted stays accepted."""
    carried(here, there)
    there.agenda.decide(entry("held", state="accepted", noted_at=17.0))
    here.agenda.poll(feed(checked_at=99.0), [entry("held", state="held", title="New")])
    _, _, left = carried(here, there)
    assert [what for what, _ in left] == ["the entry held of blog"]
    assert [found.id for found in there.agenda.entries(states=("accepted",))] == ["accepted", "held"]
    assert there.agenda.feeds()["blog"].checked_at == 99.0


def test_seen_apart(here: Ledger, there: Ledger) -> None:
    """Two ledgers that each met an entry by themselves are not merged in it."""
    there.agenda.poll(feed(checked_at=0.5), [entry("seen", noted_at=1.0)])
    _, _, left = carried(here, there)
    assert left == [("the entry seen of blog", "the two ledgers have it differently")]
    assert there.agenda.entries()[0].noted_at == 1.0


# ---------------------------------------------------------------------- as a file


def test_there_and_back(here: Ledger, there: Ledger) -> None:
    """A file of it, read into an empty ledger on either engine, is written as the same bytes again."""
    here.agenda.enqueue([replace(place("id:odd", title="naïve “🎉” \t\n"), post='{"a": "\\u0000"}')])
    file = told(here)
    copy(lambda: load(io.BytesIO(file), "file"), there)
    assert told(there) == file
    kinds = [next(iter(json.loads(line))) for line in file.splitlines()]
    assert kinds == ["syndicate", "delivery", *["feed"] * 3, *["entry"] * 7, *["queued"] * 4, "end"]


def test_a_file_of_format_1(here: Ledger, there: Ledger) -> None:
    """A file that an earlier version wrote is still read; it may hold deliveries only."""
    head, delivery, one_feed, *_ = told(here).splitlines(keepends=True)
    head = head.replace(b":2}", b":1}")

    def of(*lines: bytes) -> io.BytesIO:
        digest = hashlib.sha256(b"".join(lines)).hexdigest()
        end = json.dumps({"end": {"deliveries": 1, "sha256": digest}}).encode() + b"\n"
        return io.BytesIO(b"".join([head, *lines, end]))

    copy(lambda: load(of(delivery), "file"), there)
    assert there.rows() == here.rows()
    assert all_of(there) == ({}, [], [])
    with pytest.raises(UsageError, match="line 3"):
        list(load(of(delivery, one_feed), "file"))


def _changed(number: int, change: Callable[[dict[str, Any]], object]) -> Callable[[list[bytes]], list[bytes]]:
    def altered(lines: list[bytes]) -> list[bytes]:
        value = json.loads(lines[number])
        change(next(iter(value.values())))
        lines[number] = json.dumps(value).encode() + b"\n"
        return lines

    return altered


#: In the file of `here`: a delivery, three feeds, seven entries, three places.
FEED, ENTRY, PLACE = 2, 5, 12


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: [*lines[:FEED], lines[FEED + 1], lines[FEED], *lines[FEED + 2 :]], "line 4: out of order"),
        (lambda lines: [*lines[:ENTRY], lines[ENTRY], *lines[ENTRY:]], "line 7: out of order"),
        (lambda lines: [*lines[:FEED], *lines[FEED + 1 :]], "line 5: an entry of a feed that is not there"),
        (lambda lines: [*lines[:PLACE], *lines[1:]], "line 13: out of order"),
        (lambda lines: [*lines[:PLACE], b'{"thing":{}}\n'], "line 13: neither a delivery, nor a feed"),
        (lambda lines: [*lines[:PLACE], b'{"queued":{},"feed":{}}\n'], "line 13: neither a delivery, nor a feed"),
        (lambda lines: [*lines[:PLACE], b'{"queued":[]}\n'], "`queued` must hold objects"),
        (_changed(FEED, lambda it: it.pop("etag")), "`feed`: missing or unknown: etag"),
        (_changed(FEED, lambda it: it.update(gone=1)), "`feed.gone`: not a value"),
        (_changed(FEED, lambda it: it.update(url=None)), "`feed.url`: not a value"),
        (_changed(ENTRY, lambda it: it.update(state="new")), "`entry.state`: not a value"),
        (_changed(ENTRY, lambda it: it.update(noted_at="now")), "`entry.noted_at`: not a value"),
        (_changed(ENTRY, lambda it: it.update(title="\ud800")), "half a character"),
        (_changed(PLACE, lambda it: it.update(tries=-1)), "`queued.tries`: not a value"),
        (_changed(PLACE, lambda it: it.update(post=None)), "`queued.post`: not a value"),
        (lambda lines: lines[:-1], "altered, or lines are missing"),
    ],
)
def test_files_that_are_wrong(here: Ledger, change: Callable[[list[bytes]], list[bytes]], words: str) -> None:
    """What is not what `export` wrote is refused with the line and the reason."""
    *lines, end = told(here).splitlines(keepends=True)
    with pytest.raises(UsageError) as caught:
        list(load(io.BytesIO(b"".join([*change(lines), end])), "file"))
    assert words in caught.value.message


# ---------------------------------------------------------------------- the commands


@pytest.fixture
def watching(it: Project) -> Project:
    """A project with a ledger that has published and watched."""
    assert it.call("publish", "post.md").returncode == 0
    with closing(open_ledger(HERE, it.folder)) as ledger:
        watched(ledger.agenda)
    return it


def test_to_a_shared_ledger_and_back(watching: Project, postgres_url: str) -> None:
    """Copied, exported and imported by command; each says how much of the watch went along."""
    copied = watching.call("ledger", "copy", "--from", HERE, "--to", postgres_url)
    assert copied.returncode == 0
    assert "of the watch (feeds, entries, queue): 13 copied, 0 there already\n" in copied.stdout
    assert "10 lines of the log, 3 feeds, 7 entries, 3 places in the queue; sha256" in copied.stdout
    use(watching, postgres_url)
    exported = watching.call("ledger", "export", "a.jsonl")
    assert "3 feeds, 7 entries, 3 places in the queue" in exported.stdout
    use(watching, "sqlite:///back.db")
    assert "13 copied, 0 there already" in watching.call("ledger", "import", "a.jsonl").stdout
    assert "0 copied, 13 there already" in watching.call("ledger", "import", "a.jsonl").stdout
    for url in (HERE, "sqlite:///back.db"):
        use(watching, url)
        assert watching.call("ledger", "export").stdout == (watching.folder / "a.jsonl").read_text()


def test_both_used(watching: Project) -> None:
    """What both sides have differently is named; nothing of it is changed; exit 1."""
    assert watching.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///b.db").returncode == 0
    with closing(open_ledger("sqlite:///b.db", watching.folder)) as ledger:
        ledger.agenda.polled([feed(checked_at=99.0), feed("more")])
        before = all_of(ledger)
    outcome = watching.call("ledger", "copy", "--from", HERE, "--to", "sqlite:///b.db")
    assert outcome.returncode == 1
    assert "syndicate: the feed blog: the destination has gone on since; not changed" in outcome.stderr
    assert "syndicate: of the watch: 1 of 13 differ" in outcome.stderr
    assert "of the watch: 1 only in the destination, left as they are" in outcome.stdout
    assert "go on with one of the two ledgers" in outcome.stderr
    with closing(open_ledger("sqlite:///b.db", watching.folder, read_only=True)) as ledger:
        assert all_of(ledger) == before


def test_sound(watching: Project) -> None:
    """What the watch writes is sound, a place for a post that is out already included; `check` tells how much it saw."""
    with closing(open_ledger(HERE, watching.folder)) as ledger:
        row = ledger.rows()[0]
        ledger.agenda.enqueue([place(row.post_key, row.target)])
    said = check(watching)
    assert (said["faults"], said["notes"]) == ([], [])
    assert [said[name] for name in ("feeds", "entries", "queued")] == [3, 7, 4]
    text = watching.call("ledger", "check").stdout
    assert "5 parts, 3 feeds, 7 entries, 4 in the queue looked at: sound" in text


NOW = "(julianday('now') - 2440587.5) * 86400.0"


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (
            "UPDATE queue SET post = 'not json' WHERE target = 'other'",
            "in the queue: its snapshot is not a JSON object",
        ),
        ("UPDATE queue SET post = '[]' WHERE target = 'other'", "in the queue: its snapshot is not a JSON object"),
        ("UPDATE queue SET tries = -1 WHERE target = 'other'", "in the queue: tried -1 times"),
        (f"UPDATE queue SET retry_at = {NOW} + 40 * 86400 WHERE target = 'other'", "in the queue: put off for 40 days"),
        (
            f"UPDATE queue SET added_at = {NOW} + 3 * 86400 WHERE target = 'other'",
            "in the queue: added 3 days from now",
        ),
        (
            "UPDATE entries SET post_key = NULL WHERE id = 'accepted'",
            "the entry accepted of blog: `accepted`, but of no",
        ),
        ("UPDATE entries SET post_key = '' WHERE id = 'edited'", "the entry edited of blog: `edited`, but of no post"),
        ("UPDATE entries SET post = NULL WHERE id = 'held'", "the entry held of blog: `held`, but there is nothing"),
        (
            "UPDATE entries SET post = '{' WHERE id = 'seen'",
            "the entry seen of blog: its snapshot is not a JSON object",
        ),
        (f"UPDATE feeds SET checked_at = {NOW} + 3 * 86400 WHERE name = 'blog'", "blog was asked 3 days from now"),
    ],
)
def test_impossible(watching: Project, statement: str, what: str) -> None:
    """Each impossible state is the one fault that is found, with a repair; nothing is changed."""
    with closing(sqlite3.connect(watching.ledger, isolation_level=None)) as db:
        assert db.execute(statement).rowcount == 1
    before = tree(watching.folder)
    (fault,) = check(watching)["faults"]
    assert what in fault["what"]
    assert fault["repair"]
    assert tree(watching.folder) == before


def test_twice_in_a_database(it: Project, postgres_url: str) -> None:
    """Rows that only the lock keeps single are looked at, too."""
    migrate(postgres_url, Path())
    use(it, postgres_url)
    with closing(open_ledger(postgres_url, Path())) as ledger:
        watched(ledger.agenda)
    for table, where in (("entries", "id = 'seen'"), ("queue", "target = 'other'")):
        ((names,),) = sql(
            postgres_url,
            "SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_schema = 'syndicate'"
            f" AND table_name = '{table}' AND column_name <> 'number'",
        )
        whole = f"syndicate.{table}"
        sql(postgres_url, f"INSERT INTO {whole} ({names}) SELECT {names} FROM {whole} WHERE {where}")
    found = [fault["what"] for fault in check(it)["faults"] if "setting" not in fault["what"]]
    assert "the entry seen of blog: it is there twice" in found
    assert "in the queue: it is there twice" in found


def test_put_off_by_itself(watching: Project) -> None:
    """A feed that is not to be asked for months is worth knowing, and no fault."""
    with closing(sqlite3.connect(watching.ledger, isolation_level=None)) as db:
        db.execute(f"UPDATE feeds SET not_before = {NOW} + 90 * 86400 WHERE name = 'blog'")
    said = check(watching)
    assert said["faults"] == []
    assert [note["what"] for note in said["notes"]] == ["the feed blog is not asked for 90 days"]


# ---------------------------------------------------------------------- ledgers of before


def _of_schema_2(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        for step in MIGRATIONS[:2]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 2")


def test_an_older_file(tmp_path: Path) -> None:
    """A ledger of before the watch reads as one without feeds, and is not touched; written, it has them."""
    path = tmp_path / "old.db"
    _of_schema_2(path)
    before = tree(tmp_path)
    with closing(open_ledger("sqlite:///old.db", tmp_path, read_only=True)) as ledger:
        assert (ledger.rows(), *all_of(ledger)) == ([], {}, [], [])
        assert (ledger.agenda.unfinished(), ledger.agenda.last_sent("dev")) == ([], None)
    assert tree(tmp_path) == before
    with closing(open_ledger("sqlite:///old.db", tmp_path)) as ledger:
        send(ledger, "a")
        ledger.agenda.poll(feed(), [entry()], [place()])
    with closing(open_ledger("sqlite:///old.db", tmp_path, read_only=True)) as ledger:
        assert all_of(ledger) == ({"blog": feed()}, [entry()], [place()])
        assert len(ledger.rows()) == 1


def test_an_older_database(it: Project, postgres_url: str) -> None:
    """A database of before the watch is not used as it is; `ledger migrate` adds the tables, and keeps what was there."""
    from syndicate.ledger.postgres_schema import MIGRATIONS as STEPS

    for statement in STEPS[0]:
        sql(postgres_url, statement)
    sql(postgres_url, "UPDATE syndicate.schema_version SET version = 1")
    use(it, postgres_url)
    refused(it.call("status"), None, "the ledger's schema is 1, this version writes 2", "syndicate ledger migrate")
    assert "brought from schema 1 to 2" in it.call("ledger", "migrate").stdout
    assert it.call("publish", "post.md").returncode == 0
    with closing(open_ledger(postgres_url, Path())) as ledger:
        ledger.agenda.polled([FeedState(name="blog", url="u")])
        assert (set(ledger.agenda.feeds()), len(ledger.rows())) == ({"blog"}, 5)
        with ledger.agenda.alone() as free:
            assert free
