"""Deliveries from one ledger to another: nothing is lost on the way, nothing that was used is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syndicate.errors import UsageError
from syndicate.ledger import Ledger, Recorded, migrate, open_ledger
from syndicate.ledger.transfer import compare, copy, same_place

from .ledger_bridge import rows
from .transfer_bridge import send, told


@pytest.fixture(params=["sqlite", "postgresql"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on each engine."""
    url = "sqlite:///there.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    migrate(url, tmp_path)
    with closing(open_ledger(url, tmp_path)) as ledger:
        yield ledger


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Ledger]:
    """A SQLite ledger."""
    with closing(open_ledger("sqlite:///here.db", tmp_path)) as ledger:
        yield ledger


# ---------------------------------------------------------------------- copying


def test_a_copy(here: Ledger, there: Ledger) -> None:
    """Published, interrupted and planned deliveries arrive as they are, with their logs; a second copy does nothing."""
    send(here, "a", parts=3)
    send(here, "b", remote=None)
    here.release(here.claim(rows(key="id:c")))
    assert copy(here.deliveries, there).written == 3
    assert told(there) == told(here)
    assert {row.post_key: row.state for row in there.rows()} == {
        "id:a": "planned",
        "id:b": "sending",
        "id:c": "planned",
    }
    again = copy(here.deliveries, there)
    assert (again.written, again.equal, again.refused) == (0, 3, [])
    read = compare(here.deliveries, there.deliveries)
    assert (read.differing, read.extra) == (0, 0)
    assert read.here.sha256 == read.there.sha256
    assert (read.here.deliveries, read.here.parts, read.here.events) == (3, 5, 3)


def test_posts_at_several_targets(here: Ledger, there: Ledger) -> None:
    """Lines of the log stay with their target."""
    for target in ("dev", "medium"):
        send(here, "a", target=target)
    for written in (2, 0):
        assert copy(here.deliveries, there).written == written
    assert told(there) == told(here)


def test_a_copy_is_usable(here: Ledger, there: Ledger) -> None:
    """What was interrupted is unknown to whoever claims it in the copy, and the fence goes on from where it was."""
    send(here, "a", remote=None)
    fence = here.rows()[0].fence
    copy(here.deliveries, there)
    claim = there.claim(rows("a", key="id:a"))
    assert claim.fence == fence + 1
    assert claim.rows[0].state == "unknown"
    assert claim.rows[0].settle_until == here.rows()[0].settle_until


def test_interrupted(here: Ledger, there: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that ends in the middle has whole deliveries; run again, it goes on and the sides are equal."""
    for name in "abcde":
        send(here, name, parts=2)
    store, left = there.store, 2

    def dies(recorded: Recorded) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        store(recorded)

    with monkeypatch.context() as patch:
        patch.setattr(there, "store", dies)
        with pytest.raises(KeyboardInterrupt):
            copy(here.deliveries, there)
    assert [len(delivery.rows) for delivery in there.deliveries()] == [2, 2]
    assert compare(here.deliveries, there.deliveries).differing == 3
    done = copy(here.deliveries, there)
    assert (done.written, done.equal) == (3, 2)
    assert told(there) == told(here)


def test_the_source_went_on(here: Ledger, there: Ledger) -> None:
    """What the source did after the first copy replaces what the destination had, unused."""
    send(here, "a", remote=None)
    copy(here.deliveries, there)
    send_again = here.claim(rows("a", key="id:a"))
    here.record(send_again, 0, "published", here.now(), remote_id="9", remote_url="https://x.example/9")
    here.release(send_again)
    assert copy(here.deliveries, there).written == 1
    assert told(there) == told(here)


def test_the_destination_went_on(here: Ledger, there: Ledger) -> None:
    """What the destination did after the copy is never undone by the old ledger."""
    send(here, "a", remote=None)
    copy(here.deliveries, there)
    claim = there.claim(rows("a", key="id:a"))
    there.record(claim, 0, "published", there.now(), remote_id="9")
    there.release(claim)
    before = told(there)
    done = copy(here.deliveries, there)
    assert done.written == 0
    assert done.refused == [("a.md → dev", "the destination has gone on since")]
    assert told(there) == before


@pytest.mark.parametrize("more", [1, 3])
def test_both_were_used(here: Ledger, there: Ledger, more: int) -> None:
    """Two ledgers that both sent are not merged, however far one of them is ahead; what else there is, is copied."""
    send(here, "a", remote=None)
    copy(here.deliveries, there)
    send(there, "a", remote="9")
    for _ in range(more):
        here.release(here.claim(rows("a", key="id:a")))
    send(here, "b")
    before = there.rows("id:a"), there.log("id:a")
    done = copy(here.deliveries, there)
    assert done.written == 1
    assert [why for _, why in done.refused] == ["both were used"]
    assert (there.rows("id:a"), there.log("id:a")) == before


def test_same_age_but_different(here: Ledger, there: Ledger) -> None:
    """Deliveries that claim the same past and differ all the same are left alone."""
    send(here, "a")
    (found,) = here.deliveries()
    there.store(Recorded((replace(found.rows[0], remote_id="other"),), found.events))
    assert [why for _, why in copy(here.deliveries, there).refused] == ["both were used"]
    assert there.rows()[0].remote_id == "other"


def test_only_there(here: Ledger, there: Ledger) -> None:
    """What only the destination has stays, and is counted, wherever it stands in the order."""
    for name in "ace":
        send(there, name)
    send(here, "b")
    assert copy(here.deliveries, there).written == 1
    assert compare(here.deliveries, there.deliveries).extra == 3
    assert len(there.rows()) == 4


def test_compare_sees_every_difference(here: Ledger, there: Ledger) -> None:
    """A missing delivery, a changed row and a lost line of the log each count."""
    for name in "abc":
        send(here, name)
    copy(here.deliveries, there)
    a, b, _ = here.deliveries()
    there.store(Recorded(a.rows, a.events[:1]))
    there.store(Recorded((replace(b.rows[0], attempts=5),), b.events))
    read = compare(here.deliveries, there.deliveries)
    assert read.differing == 2
    assert read.here.sha256 != read.there.sha256
    send(here, "d")
    assert compare(here.deliveries, there.deliveries).differing == 3


def test_not_while_it_is_used(here: Ledger, there: Ledger) -> None:
    """A delivery that a live run holds, on either side, stops the copy before it is touched."""
    send(here, "a")
    copy(here.deliveries, there)
    for ledger, where in ((here, "the source"), (there, "the destination")):
        claim = ledger.claim(rows("a", key="id:a"))
        with pytest.raises(UsageError, match=where):
            copy(here.deliveries, there)
        ledger.release(claim)


def test_a_clock_read_twice(here: Ledger, there: Ledger) -> None:
    """`settle_until`, which a ledger works out anew after a step of the clock, makes two sides no different; a wait
    that has really changed is copied."""
    send(here, "a", remote=None)
    (found,) = here.deliveries()
    for drift, written in ((0.001, 0), (3600.0, 1)):
        row = found.rows[0]
        there.store(Recorded((replace(row, settle_until=(row.settle_until or 0.0) + drift),), found.events))
        assert copy(here.deliveries, there).written == written
        assert compare(here.deliveries, there.deliveries).differing == 0


def test_a_null_character(here: Ledger, there: Ledger) -> None:
    """What PostgreSQL cannot hold makes no difference that would be refused for ever."""
    send(here, "a")
    (found,) = here.deliveries()
    here.store(Recorded((replace(found.rows[0], title="a\0b"),), found.events))
    for written in (1, 0):
        assert copy(here.deliveries, there).written == written
    assert compare(here.deliveries, there.deliveries).differing == 0


def test_one_place_by_two_names(tmp_path: Path, postgres_url: str) -> None:
    """A link, a hard link, or another spelling of the same database is the same ledger; another database is not."""
    open_ledger("sqlite:///a.db", tmp_path).close()
    (tmp_path / "soft.db").symlink_to("a.db")
    (tmp_path / "hard.db").hardlink_to(tmp_path / "a.db")
    for other in ("sqlite:///./a.db", f"sqlite:///{tmp_path}/a.db", "sqlite:///soft.db", "sqlite:///hard.db"):
        assert same_place("sqlite:///a.db", other, tmp_path)
    assert not same_place("sqlite:///a.db", "sqlite:///b.db", tmp_path)
    assert not same_place("sqlite:///a.db", postgres_url, tmp_path)
    assert same_place(postgres_url, postgres_url.replace("postgresql:", "postgres:") + "?application_name=x", tmp_path)


def test_two_databases(postgres: Any, tmp_path: Path) -> None:
    """Two databases of one server are two ledgers."""
    assert not same_place(postgres.database(), postgres.database(), tmp_path)
