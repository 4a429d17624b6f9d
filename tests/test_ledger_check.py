"""`ledger check` on ledgers that came about by the tool's own doing: sound, with notes on what is in doubt."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from syndicate.ledger.schema import APPLICATION_ID, MIGRATIONS
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Sandbox
from syndicate.standin import Response

from .ledger_bridge import die, intend, rows
from .support import POST, Project, intercept, project
from .transfer_bridge import LONG, check

#: What is counted of one post at all platforms, without a watch.
FIVE = {"deliveries": 5, "parts": 5, "feeds": 0, "entries": 0, "queued": 0}

# ---------------------------------------------------------------------- sound


def test_what_publish_makes_is_sound(it: Project, sandbox: Sandbox) -> None:
    """All platforms, published; then changed and updated; then once more with nothing to do."""
    assert it.call("publish", "post.md").returncode == 0
    assert check(it)["faults"] == []
    it.post(POST.replace("Some", "Other"))
    it.call("update", "post.md")
    it.call("publish", "post.md")
    assert sandbox.seen
    assert check(it) == {"ledger": str(it.ledger), **FIVE, "faults": [], "notes": []}


def test_a_thread_that_was_cut_is_sound(tmp_path: Path, sandbox: Sandbox) -> None:
    """A thread whose second part was lost on its way, settled later: parts published, unknown and planned."""
    it = project(tmp_path / "p", sandbox, ["twitter"], options={"twitter": {"mode": "thread"}})
    it.post(LONG)
    posted = 0

    def lose(request: Any, answer: Any) -> Response | None:
        nonlocal posted
        posted += request.method == "POST"
        return None if posted == 2 and request.method == "POST" else answer(request)

    intercept(sandbox, "twitter", lose)
    assert it.call("publish", "post.md").returncode == 3
    states = it.states()["twitter"]
    assert states[:3] == ["published", "unknown", "planned"]
    said = check(it)
    assert said["faults"] == []
    (note,) = said["notes"]
    assert (note["part"], note["what"]) == (2, "not known whether it was published")
    assert "syndicate resolve post.md twitter --published URL | --not-published" in note["repair"]


def test_outcomes_by_people_are_sound(tmp_path: Path, sandbox: Sandbox) -> None:
    """Handed to a person, lost and said not to be there, recorded by hand without having been sent by the tool."""
    it = project(tmp_path / "p", sandbox, ["medium", "devto"])
    it.post()
    token = next((it.folder / "secrets").glob("medium.*"))
    kept = token.read_text()
    token.write_text("")
    assert it.call("publish", "post.md", "--to", "medium").returncode == 3
    assert it.states() == {"medium": ["waiting"]}
    assert check(it)["faults"] == []
    assert it.call("resolve", "post.md", "medium", "--published", "https://medium.com/p/0123456789ab").returncode == 0
    assert it.call("resolve", "post.md", "devto", "--published", "https://dev.to/me/hello-1").returncode == 0
    looked_at = FIVE | {"deliveries": 2, "parts": 2}
    assert check(it) | {"ledger": ""} == {"ledger": "", **looked_at, "faults": [], "notes": []}
    token.write_text(kept)
    it.post(POST.replace("hello", "second").replace("Hello", "Second"), "second.md")
    intercept(sandbox, "medium", lambda request, answer: None if request.method == "POST" else answer(request))
    assert it.call("publish", "second.md", "--to", "medium").returncode == 3
    assert len(check(it)["notes"]) == 1
    assert it.call("resolve", "second.md", "medium", "--not-published").returncode == 0
    said = check(it)
    assert (said["faults"], said["notes"]) == ([], [])


def test_what_was_adopted_is_sound(it: Project) -> None:
    """Posts that the accounts had before there was a ledger, recorded by `adopt`: never sent, and no fault."""
    assert it.call("publish", "post.md").returncode == 0
    shutil.rmtree(it.ledger.parent)
    it.call("adopt", "--yes")
    said = check(it)
    assert said["deliveries"] > 0
    assert said["faults"] == []


def test_refused_and_put_off_are_sound(tmp_path: Path, sandbox: Sandbox) -> None:
    """A platform that refuses, one that asks to wait; the post is then edited and planned anew."""
    it = project(tmp_path / "p", sandbox, ["devto", "hashnode"], patience="0s")
    it.post()
    intercept(sandbox, "devto", lambda _request, _answer: Response(422, {"error": "no", "status": 422}))
    intercept(sandbox, "hashnode", lambda _request, _answer: Response(429, {"errors": []}, {"Retry-After": "900"}))
    for text in (POST, POST.replace("Some", "Other")):
        it.post(text)
        it.call("publish", "post.md")
        assert check(it)["faults"] == []
    assert it.states()["devto"] == ["failed"]


def test_a_dead_process_is_a_note(it: Project) -> None:
    """A part that a process left `sending` when it died is told with what settles it; a running one is told apart."""
    ledger = SQLiteLedger(it.ledger)
    claim = ledger.claim(rows())
    intend(ledger, claim, at=ledger.now())
    assert [note["what"] for note in check(it)["notes"]] == ["a run is sending or settling it right now"]
    die(ledger)
    said = check(it)
    assert said["faults"] == []
    assert [note["what"] for note in said["notes"]] == ["interrupted while it was sent"]
    assert "`syndicate publish a.md` looks for it" in said["notes"][0]["repair"]


def test_a_shorter_post_is_sound(it: Project) -> None:
    """Parts that were planned for an older text and given up leave no doubt behind, nor do those planned again."""
    with closing(SQLiteLedger(it.ledger)) as ledger:
        for parts in (3, 1, 2):
            claim = ledger.claim(rows(parts=parts))
            intend(ledger, claim, at=ledger.now())
            ledger.record(claim, 0, "failed" if parts != 1 else "planned", ledger.now(), first_sent_at=None)
            if parts == 3:
                intend(ledger, claim, 1, at=ledger.now())
                ledger.record(claim, 1, "failed", ledger.now())
            ledger.release(claim)
    assert check(it)["faults"] == []


def test_an_old_schema_is_sound(it: Project) -> None:
    """A ledger of schema 1 is checked as it is, and after it was brought up to date."""
    it.call("publish", "post.md")
    old = it.folder / "old.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
        db.execute("ATTACH ? AS new", (str(it.ledger),))
        for table in ("parts", "log"):
            names = ", ".join(f'"{row[1]}"' for row in db.execute(f"PRAGMA main.table_info({table})"))
            db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
    shutil.move(old, it.ledger)
    assert check(it)["faults"] == []
    assert "brought from schema 1 to 3" in it.call("ledger", "migrate").stdout
    assert check(it)["deliveries"] == 5
    assert check(it)["faults"] == []


def test_a_shared_ledger(it: Project, postgres_url: str) -> None:
    """The same on PostgreSQL: a copied ledger has no fault of its own; a server that may lose commits is one."""
    it.call("publish", "post.md")
    url = f"sqlite:///{it.ledger}"
    assert it.call("ledger", "copy", "--from", url, "--to", postgres_url).returncode == 0
    with it.config.open("a") as file:
        file.write(f'\n[state]\nurl = "{postgres_url}"\n')
    said = check(it)
    assert [fault for fault in said["faults"] if fault["post"]] == []
    assert any("`fsync` is `off`" in fault["what"] for fault in said["faults"])  # as the tests' server is set
    assert said["deliveries"] == 5
