"""What is particular to a ledger in PostgreSQL: leases, clocks, several machines, and what the server may say."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from syndicate.ledger import Busy, ClaimLost, Intent, migrate, open_ledger
from syndicate.sandbox import Fault, Sandbox

from .ledger_bridge import KEY, rows
from .postgres import Cluster
from .support import Project, clean_env, project

if TYPE_CHECKING:
    from syndicate.ledger.postgres import PostgresLedger

pytestmark = pytest.mark.slow


@pytest.fixture
def url(postgres_url: str) -> str:
    """The address of an empty ledger."""
    migrate(postgres_url, Path())
    return postgres_url


@pytest.fixture
def ledgers(url: str) -> Iterator[Callable[[], PostgresLedger]]:
    """Opens ledgers on one database, each as another machine would; closes them in the end."""
    from syndicate.ledger.postgres import PostgresLedger

    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(contextlib.closing(PostgresLedger(url, lease=60.0)))


def sql(url: str, statement: str) -> list[tuple[object, ...]]:
    """One statement, past the ledger."""
    with psycopg.connect(url, autocommit=True) as db:
        cursor = db.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def expire(url: str) -> None:
    """As if all leases had run out."""
    sql(url, "UPDATE syndicate.parts SET lease_until = now() - interval '1 second'")


def in_database(it: Project, url: str) -> Project:
    """The project, with its ledger in a database."""
    with it.config.open("a") as config:
        config.write(f"\n[state]\nurl = {json.dumps(url)}\n")
    return it


# ---------------------------------------------------------------------- leases


def test_busy_while_the_lease_lasts(ledgers: Callable[[], PostgresLedger], url: str) -> None:
    """Another machine's delivery is busy as long as its lease lasts, and free when that has passed or it was released."""
    one, two = ledgers(), ledgers()
    claim = one.claim(rows(parts=2))
    with pytest.raises(Busy):
        two.claim(rows(parts=2))
    assert [row.live for row in two.rows()] == [True, True]
    expire(url)
    assert [row.live for row in two.rows()] == [False, False]
    taken = two.claim(rows(parts=2))
    assert taken.fence == claim.fence + 1
    two.release(taken)
    assert one.claim(rows(parts=2)).fence == taken.fence + 1


def test_each_step_renews_the_lease(ledgers: Callable[[], PostgresLedger], url: str) -> None:
    """A claim holds for its lease from each sign of life on, by the database's clock."""
    ledger = ledgers()

    def left() -> float:
        ((seconds,),) = sql(
            url, "SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 FROM syndicate.parts"
        )
        assert isinstance(seconds, float)
        return seconds

    claim = ledger.claim(rows())
    steps: list[Callable[[], None]] = [
        lambda: ledger.intend(claim, 0, Intent(1.0, 2.0)),
        lambda: ledger.record(claim, 0, "unknown", 3.0),
    ]
    assert 55 < left() <= 60
    for step in steps:
        sql(url, "UPDATE syndicate.parts SET lease_until = clock_timestamp() + interval '3 seconds'")
        step()
        assert 55 < left() <= 60


def test_overtaken(ledgers: Callable[[], PostgresLedger], url: str) -> None:
    """Who was overtaken after its lease changes nothing any more: no intent, no outcome, no release."""
    one, two = ledgers(), ledgers()
    old = one.claim(rows())
    one.intend(old, 0, Intent(1.0, 2.0))
    expire(url)
    new = two.claim(rows())
    assert [row.state for row in new.rows] == ["unknown"]
    before = two.rows(), two.log()
    for step in (
        lambda: one.intend(old, 0, Intent(5.0, 6.0)),
        lambda: one.record(old, 0, "published", 7.0, remote_id="7"),
    ):
        with pytest.raises(ClaimLost):
            step()
    one.release(old)
    assert (two.rows(), two.log()) == before
    assert not one.holds(old)
    assert two.holds(new)


_RACER = """
import sys
from pathlib import Path
from syndicate.ledger import Busy, Row
from syndicate.ledger.postgres import PostgresLedger
ledger = PostgresLedger(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    row = Row(post_key=line.strip(), target="t", part=0, parts=1, adapter="devto", source="a.md", state="planned",
              payload={}, fingerprint="f")
    try:
        print("won", ledger.claim([row]).fence, flush=True)
    except Busy:
        print("busy", flush=True)
"""


def test_one_wins(url: str) -> None:
    """Of three processes that claim a new delivery at the same moment one wins, each of many times."""
    racers = [
        subprocess.Popen([sys.executable, "-c", _RACER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = []
    with contextlib.ExitStack() as stack:
        ends = []
        for racer in racers:
            stack.enter_context(racer)
            assert racer.stdin is not None
            assert racer.stdout is not None
            stack.callback(racer.stdin.close)
            ends.append((racer.stdin, racer.stdout))
        assert [out.readline() for _, out in ends] == ["ready\n"] * 3
        for number in range(100):
            for into, _ in ends:
                into.write(f"id:{number}\n")
                into.flush()
            said.append(sorted(out.readline().strip() for _, out in ends))
    assert said == [["busy", "busy", "won 1"]] * 100


def test_the_server_starts_anew(ledgers: Callable[[], PostgresLedger], postgres: Cluster) -> None:
    """A ledger goes on by itself after the server has crashed and is back; what was committed is there."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    postgres.restart("immediate")
    ledger.intend(claim, 0, Intent(1.0, 2.0))
    postgres.restart("fast")
    ledger.record(claim, 0, "published", 3.0, remote_id="7")
    postgres.restart("immediate")
    assert [(row.state, row.remote_id) for row in ledger.rows()] == [("published", "7")]


# ---------------------------------------------------------------------- clocks

_ASTRAY = """
import sys, time
real = time.time
time.time = lambda: real() + {}
sys.argv = ["syndicate", "publish", "post.md", "--json"]
from syndicate.__main__ import main
main()
"""


def test_clocks_hours_apart(tmp_path: Path, sandbox: Sandbox, url: str) -> None:
    """What one machine sent is not settled earlier by another whose clock is hours ahead: the database's clock counts."""
    it = in_database(project(tmp_path / "p", sandbox, ["hashnode"], deadline="1s", settle="10m"), url)
    it.post()

    def publish(hours: float) -> dict[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", _ASTRAY.format(hours * 3600)],
            cwd=it.folder,
            env=clean_env(it.folder),
            capture_output=True,
            timeout=60,
            check=False,
        )
        (delivery,) = json.loads(done.stdout)["deliveries"]
        return {key: delivery[key] for key in ("action", "state")}

    sandbox.play("hashnode", Fault("drop_before"))
    assert publish(-5)["state"] == "unknown"
    for hours in (5, 0, -5):
        assert publish(hours)["state"] == "unknown"
    assert len(sandbox.writes()) == 1
    sql(url, "UPDATE syndicate.parts SET settle_until = extract(epoch FROM now()) - 3600")
    assert publish(-5)["state"] == "published"
    assert len(sandbox.writes()) == 2


@pytest.mark.parametrize("hours", [-9, 0, 9])
def test_now_is_the_databases(url: str, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    """`now` is the database's clock, wherever this machine's stands."""
    import time

    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + hours * 3600)
    with contextlib.closing(open_ledger(url, Path())) as ledger:
        ((now,),) = sql(url, "SELECT extract(epoch FROM clock_timestamp())::float8")
        assert isinstance(now, float)
        assert abs(ledger.now() - now) < 1


# ---------------------------------------------------------------------- texts


def test_odd_texts(ledgers: Callable[[], PostgresLedger]) -> None:
    """Payloads come back as they were given, whatever they hold; a NUL in a title or an error stops nothing."""
    odd = "“ä” 世界 🎉 e\u0301 \u202e \ufeff \x01 \x7f \\ '; DROP TABLE parts; -- %s :key $1 {x}"
    payload = {"text": f"{odd} \0", "list": [1, None, True, {"x": []}], "n": 0.5}
    (row,) = rows()
    ledger = ledgers()
    given = replace(row, payload=payload, title=f"{odd}\0", text=f"{odd}\0", path=odd)
    claim = ledger.claim([given])
    ledger.record(claim, 0, "failed", 3.0, error_message=f"no\0 {odd}", error_next=odd)
    (kept,) = ledger.rows(KEY)
    assert kept.payload == payload
    assert kept.title == f"{odd}\ufffd"
    assert kept.error_message == f"no\ufffd {odd}"
    assert (kept.path, kept.error_next) == (odd, odd)
    assert ledger.known_as(odd, "another", certain=False) == []
    assert ledger.log()[-1].detail == f"no\ufffd {odd}"


def test_half_a_character(ledgers: Callable[[], PostgresLedger]) -> None:
    """Half of a surrogate pair, which JSON may hold and UTF-8 may not, keeps no outcome from being recorded."""
    ledger = ledgers()
    claim = ledger.claim(rows())
    ledger.intend(claim, 0, Intent(1.0, 2.0))
    ledger.record(claim, 0, "failed", 3.0, error_message="cut \ud83d here")
    assert [row.state for row in ledger.rows()] == ["failed"]
