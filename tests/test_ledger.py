"""The ledger: who may change what, and that a claim that was lost changes nothing."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syndicate.ledger import Busy, ClaimLost
from syndicate.ledger.sqlite import SQLiteLedger

from .ledger_bridge import KEY, TARGET, die, intend, rows

# ---------------------------------------------------------------------- transitions


def test_a_new_delivery(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A claim adds the parts as planned, each with an attempt key of its own, and the fence starts at 1."""
    ledger = ledgers()
    claim = ledger.claim(rows(parts=3))
    assert (claim.fence, [row.state for row in claim.rows]) == (1, ["planned"] * 3)
    assert len({row.idem_key for row in claim.rows}) == 3
    assert all(row.live and row.attempts == 0 for row in claim.rows)
    assert [row.payload for row in claim.rows] == [{"text": f"words {n}"} for n in range(3)]


def test_sent_and_published(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Intent, then the outcome; afterwards it belongs to nobody."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    intend(ledger, claim, at=10.0)
    (row,) = ledger.rows()
    assert (row.state, row.attempts, row.first_sent_at, row.settle_until) == ("sending", 1, 10.0, 640.0)
    ledger.record(claim, 0, "published", 11.0, remote_id="7", remote_url="https://x.example/7")
    ledger.release(claim)
    (row,) = ledger.rows()
    assert (row.state, row.remote_id, row.remote_url, row.updated_at) == ("published", "7", "https://x.example/7", 11.0)
    assert not row.live


def test_first_try_counts(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A second try keeps when the first one left, and moves when the last one can still arrive."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    intend(ledger, claim, at=10.0)
    ledger.record(claim, 0, "unknown", 11.0)
    intend(ledger, claim, at=50.0)
    (row,) = ledger.rows()
    assert (row.attempts, row.first_sent_at, row.settle_until) == (2, 10.0, 680.0)


def test_what_was_published_is_not_sent(ledgers: Callable[[], SQLiteLedger]) -> None:
    """An intent for a part that is published, or waits for a person, is refused."""
    ledger = ledgers()
    claim = ledger.claim(rows(parts=2))
    ledger.record(claim, 0, "published", 1.0)
    ledger.record(claim, 1, "waiting", 1.0)
    for part in (0, 1, 2):
        with pytest.raises(ClaimLost):
            intend(ledger, claim, part)
    assert [row.state for row in ledger.rows()] == ["published", "waiting"]


@pytest.mark.parametrize("state", ["planned", "failed", "waiting"])
def test_replanned_before_anything_was_sent(ledgers: Callable[[], SQLiteLedger], state: Any) -> None:
    """As long as nothing has been sent, a new claim takes the post as it is now; the attempt key stays."""
    ledger = ledgers()
    claim = ledger.claim(rows("old", parts=3))
    ledger.record(claim, 0, state, 1.0)
    ledger.release(claim)
    again = ledger.claim(rows("new", parts=2))
    assert [row.payload["text"] for row in again.rows] == ["new 0", "new 1"]
    assert [row.idem_key for row in again.rows] == [row.idem_key for row in claim.rows[:2]]
    assert [row.parts for row in again.rows] == [2, 2]


@pytest.mark.parametrize("state", ["sending", "unknown", "published"])
def test_kept_once_something_was_sent(ledgers: Callable[[], SQLiteLedger], state: Any) -> None:
    """Once a part may have been sent, the delivery stays as it was begun, whatever the post is now."""
    ledger = ledgers()
    claim = ledger.claim(rows("old", parts=3))
    intend(ledger, claim)
    if state != "sending":
        ledger.record(claim, 0, state, 1.0)
    ledger.release(claim)
    again = ledger.claim(rows("new", parts=1))
    assert [row.payload["text"] for row in again.rows] == ["old 0", "old 1", "old 2"]


def test_deliveries_are_apart(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Another target and another post are other deliveries, with fences of their own."""
    ledger = ledgers()
    ledger.claim(rows())
    ledger.claim(rows())
    assert ledger.claim(rows(target="other")).fence == 1
    assert ledger.claim(rows(key="id:b")).fence == 1
    assert len(ledger.rows()) == 3
    assert [row.target for row in ledger.rows(KEY)] == ["dev", "other"]
    assert [row.post_key for row in ledger.rows(target="dev")] == ["id:b", KEY]
    assert len(ledger.rows(KEY, "other")) == 1
    assert ledger.rows("id:none") == []


def test_unknown_columns_are_refused(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A record names columns of a row; what is fixed, or is none, is a mistake of the caller."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    for name in ("fence", "post_key", "state = 'published' --", "live"):
        with pytest.raises((ValueError, TypeError)):
            ledger.record(claim, 0, "planned", 1.0, **{name: 1})


# ---------------------------------------------------------------------- fences, owners, death


def test_a_lost_claim_changes_nothing(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Whoever holds an old fence can neither announce, nor record, nor release."""
    first, second = ledgers(), ledgers()
    old = first.claim(rows())
    first.release(old)
    new = second.claim(rows())
    before = second.rows()
    with pytest.raises(ClaimLost):
        intend(first, old)
    with pytest.raises(ClaimLost):
        first.record(old, 0, "published", 5.0, remote_id="stolen")
    first.release(old)
    assert second.rows() == before
    assert (first.holds(old), second.holds(new)) == (False, True)
    intend(second, new)


def test_a_lost_claim_of_the_same_owner(ledgers: Callable[[], SQLiteLedger]) -> None:
    """Also within one process a later claim voids the earlier one."""
    ledger = ledgers()
    old = ledger.claim(rows())
    new = ledger.claim(rows())
    assert new.fence == old.fence + 1
    with pytest.raises(ClaimLost):
        intend(ledger, old)
    ledger.release(old)
    intend(ledger, new)


def test_busy_while_the_owner_lives(ledgers: Callable[[], SQLiteLedger]) -> None:
    """What a live process holds nobody else gets, and a reader sees that it lives."""
    first, second = ledgers(), ledgers()
    claim = first.claim(rows())
    with pytest.raises(Busy):
        second.claim(rows())
    assert [row.live for row in second.rows()] == [True]
    assert first.holds(claim)
    first.release(claim)
    assert second.claim(rows()).fence == claim.fence + 1


def test_busy_changes_nothing(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A claim that was refused leaves rows, fence and log as they were."""
    first, second = ledgers(), ledgers()
    claim = first.claim(rows("mine"))
    before, log = first.rows(), first.log()
    with pytest.raises(Busy):
        second.claim(rows("theirs", parts=2))
    assert (first.rows(), first.log()) == (before, log)
    intend(first, claim)


@pytest.mark.parametrize("sent", [False, True])
def test_a_dead_owner_frees(ledgers: Callable[[], SQLiteLedger], *, sent: bool) -> None:
    """What a dead process held is free; what it was sending is unknown from then on, and the log says so."""
    first, second = ledgers(), ledgers()
    claim = first.claim(rows(parts=2))
    if sent:
        intend(first, claim, at=10.0)
    die(first)
    assert [row.live for row in second.rows()] == [False, False]
    taken = second.claim(rows("new", parts=2))
    assert taken.fence == claim.fence + 1
    assert [row.state for row in taken.rows] == ["unknown" if sent else "planned", "planned"]
    assert [row.payload["text"] for row in taken.rows] == (["words 0", "words 1"] if sent else ["new 0", "new 1"])
    if sent:
        assert second.log()[-1].what == "unknown"
        assert taken.rows[0].first_sent_at == 10.0


@pytest.mark.slow
def test_killed_process_frees(path: Path) -> None:
    """The kernel frees the lock of a process that was killed, at once and with its children still there."""
    # A process of its own, written out: it claims, announces, leaves a child behind and waits to be killed.
    code = f"""
import subprocess, sys, time
from pathlib import Path
from syndicate.ledger import Intent, Row
from syndicate.ledger.sqlite import SQLiteLedger
ledger = SQLiteLedger(Path({str(path)!r}))
row = Row(post_key={KEY!r}, target={TARGET!r}, part=0, parts=1, adapter="devto", source="a.md", state="planned",
          payload={{}}, fingerprint="f")
claim = ledger.claim([row])
ledger.intend(claim, 0, Intent(1.0, 2.0))
wait = "import sys; print(flush=True); sys.stdin.read()"
pipe = subprocess.PIPE
child = subprocess.Popen([sys.executable, "-S", "-c", wait], stdin=pipe, stdout=pipe, close_fds=False)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        with contextlib.closing(SQLiteLedger(path)) as ledger:
            with pytest.raises(Busy):
                ledger.claim(rows())
            process.kill()
            process.wait()
            assert [row.state for row in ledger.claim(rows()).rows] == ["unknown"]
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, 9)


def test_owners_leave_no_files(ledgers: Callable[[], SQLiteLedger], path: Path) -> None:
    """A process takes its lock's file along; that of a dead one is cleared by the next claim."""
    first, second = ledgers(), ledgers()
    first.claim(rows())
    die(first)
    owners = path.with_name(path.name + ".owners")
    assert len(list(owners.iterdir())) == 1
    second.release(second.claim(rows()))
    second.close()
    assert list(owners.iterdir()) == []


def test_half_a_character(ledgers: Callable[[], SQLiteLedger]) -> None:
    """A platform's words may hold half a character: the outcome is recorded all the same."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    ledger.record(claim, 0, "failed", 2.0, error_kind="Rejected", error_message="no \ud83d", error_next="")
    (row,) = ledger.rows()
    assert (row.state, row.error_message) == ("failed", "no ?")
