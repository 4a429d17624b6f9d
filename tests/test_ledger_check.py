"""`ledger check`: ledgers that came about by the tool's own doing are sound; what cannot be is named, with a repair."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from syndicate.ledger.schema import APPLICATION_ID, MIGRATIONS
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Sandbox
from syndicate.standin import Response

from .ledger_bridge import die, intend, rows
from .support import POST, Outcome, Project, intercept, project

LONG = POST.replace("Some *words*", "\n\n".join(f"Sentence {n} of a long text that goes on." for n in range(40)))


def check(it: Project) -> dict[str, Any]:
    """What `ledger check --json` says; its exit code follows from the faults."""
    outcome = it.call("ledger", "check", "--json")
    said: dict[str, Any] = outcome.json()
    assert outcome.returncode == (1 if said["faults"] else 0), outcome
    return said


# ---------------------------------------------------------------------- sound


def test_what_publish_makes_is_sound(it: Project, sandbox: Sandbox) -> None:
    """All platforms, published; then changed and updated; then once more with nothing to do."""
    assert it.call("publish", "post.md").returncode == 0
    assert check(it)["faults"] == []
    it.post(POST.replace("Some", "Other"))
    it.call("update", "post.md")
    it.call("publish", "post.md")
    assert sandbox.seen
    assert check(it) == {"ledger": str(it.ledger), "deliveries": 5, "parts": 5, "faults": [], "notes": []}


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
    assert check(it) | {"ledger": ""} == {"ledger": "", "deliveries": 2, "parts": 2, "faults": [], "notes": []}
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
    assert "brought from schema 1 to 2" in it.call("ledger", "migrate").stdout
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


# ---------------------------------------------------------------------- impossible


@pytest.fixture(scope="module")
def _published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("check")
    with Sandbox() as sandbox:
        it = project(folder, sandbox, ["devto", "twitter"], options={"twitter": {"mode": "thread"}})
        it.post(LONG)
        it.post(POST.replace("hello", "second").replace("Hello", "Second"), "second.md")
        assert it.call("publish", "post.md", "second.md").returncode == 0
        yield folder


@pytest.fixture
def published(_published: Path, tmp_path: Path) -> Project:
    """A copy of a project with two posts at two targets, one of them a thread."""
    shutil.copytree(_published, tmp_path / "copy")
    return Project(tmp_path / "copy")


def alter(it: Project, *statements: str) -> None:
    """Changes the ledger behind the tool's back."""
    with closing(sqlite3.connect(it.ledger, isolation_level=None)) as db:
        for statement in statements:
            assert db.execute(statement).rowcount > 0, statement


SECOND = "WHERE source = 'second.md' AND target = 'devto'"
THREAD = "WHERE source = 'post.md' AND target = 'twitter'"
SECOND_LOG = "WHERE post_key LIKE '%second%' AND target = 'devto'"
NOW = "(julianday('now') - 2440587.5) * 86400.0"


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        ([f"DELETE FROM parts {THREAD} AND part = 1"], "parts missing or too many: 1, 3"),
        ([f"UPDATE parts SET parts = 9 {THREAD}"], "of 9"),
        ([f"UPDATE parts SET parts = 9 {THREAD} AND part = 0"], " or 9"),
        ([f"UPDATE parts SET part = 7 {SECOND}"], "parts missing or too many: 8 of 1"),
        ([f"UPDATE parts SET state = 'planned', remote_id = NULL {THREAD} AND part = 0"], "published, though part 1"),
        ([f"UPDATE parts SET fence = 9 {THREAD} AND part = 0"], "different claims"),
        ([f"UPDATE parts SET remote_id = NULL, remote_url = NULL {SECOND}"], "neither its id nor its address"),
        (
            [f"UPDATE parts SET state = 'unknown', settle_until = NULL, boot = NULL {SECOND}"],
            "`unknown` without settle_until",
        ),
        ([f"UPDATE parts SET state = 'sending', first_sent_at = NULL {SECOND}"], "`sending` without first_sent_at"),
        ([f"UPDATE parts SET fingerprint = 'abc' {SECOND}"], "the fingerprint is not that of the payload"),
        ([f"""UPDATE parts SET payload = '{{"a":1}}' {SECOND}"""], "the fingerprint is not that of the payload"),
        ([f"UPDATE parts SET state = 'planned' {SECOND}"], "`planned`, though the platform's id of it is known"),
        ([f"UPDATE parts SET state = 'failed' {SECOND}"], "`failed`, though the platform's id of it is known"),
        (["UPDATE parts SET remote_id = 'one' WHERE target = 'devto'"], "recorded at"),
        ([f"UPDATE parts SET remote_id = 'one' {THREAD} AND part < 2"], "recorded at"),
        ([f"UPDATE parts SET settle_until = {NOW} + 40 * 86400, boot = NULL {SECOND}"], "waits for a lost request"),
        ([f"UPDATE parts SET not_before = {NOW} + 40 * 86400 {SECOND}"], "put off for 40 days"),
        ([f"UPDATE parts SET updated_at = {NOW} + 2 * 86400 {SECOND}"], "changed 2 days from now"),
        ([f"DELETE FROM log {SECOND_LOG} AND what = 'published'"], "published, but the log does not say so"),
        ([f"UPDATE parts SET fence = 0 {SECOND}"], "claimed 0 times; its log knows of 1"),
        ([f"DELETE FROM log {SECOND_LOG} AND what = 'sending'"], "sent 1 times; its log knows of 0"),
        (
            [
                f"DELETE FROM log {SECOND_LOG} AND what = 'published'",
                f"UPDATE parts SET state = 'planned', remote_id = NULL {SECOND}",
            ],
            "`planned`, but the last line of its log is `sending`",
        ),
    ],
)
def test_impossible(published: Project, statements: list[str], what: str) -> None:
    """Each impossible state is found and named, with a repair; nothing is changed; without the change there is none."""
    assert check(published)["faults"] == []
    alter(published, *statements)
    before = published.ledger.read_bytes()
    said = check(published)
    found = [fault for fault in said["faults"] if what in fault["what"]]
    assert found, said["faults"]
    assert all(fault["repair"] for fault in said["faults"])
    assert "{" not in found[0]["repair"]
    assert published.ledger.read_bytes() == before


def test_a_namesake_is_told_once(published: Project) -> None:
    """Posts under one id are one fault, at the first of them, that names the others."""
    alter(published, "UPDATE parts SET remote_id = 'one' WHERE target = 'devto'")
    (fault,) = check(published)["faults"]
    assert fault["post"] == "post.md"
    assert "second" in fault["what"]


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE parts SET not_before = {NOW} + 30 * 86400 {SECOND}",
        f"UPDATE parts SET settle_until = {NOW} + 30 * 86400, boot = NULL {SECOND}",
        f"UPDATE parts SET updated_at = {NOW} + 3600 {SECOND}",
    ],
)
def test_odd_but_possible(published: Project, statement: str) -> None:
    """A month's rate limit and clocks an hour apart are no faults."""
    alter(published, statement)
    assert check(published)["faults"] == []


def test_a_long_settle_is_no_fault(published: Project) -> None:
    """Who configures a wait of 60 days is not told that it is impossible."""
    published.config.write_text(published.config.read_text().replace("[publish]", '[publish]\nsettle = "60d"'))
    alter(published, f"UPDATE parts SET settle_until = {NOW} + 59 * 86400, boot = NULL {SECOND}")
    assert check(published)["faults"] == []


def test_what_a_person_reads(published: Project) -> None:
    """The text form names the delivery, the part, what is wrong and what to do; the last line is the verdict."""
    assert published.call("ledger", "check").stdout.endswith("parts looked at: sound\n")
    alter(published, f"UPDATE parts SET state = 'unknown' {SECOND}")
    outcome: Outcome = published.call("ledger", "check")
    assert outcome.returncode == 1
    assert "fault: second.md → devto, part 1: `unknown`, but the last line of its log is `published`" in outcome.stdout
    assert "note: second.md → devto, part 1: not known whether it was published" in outcome.stdout
    assert "syndicate resolve second.md devto --published URL" in outcome.stdout
    assert outcome.stdout.endswith("looked at: 1 fault\n")


def test_damage_that_the_engine_sees(published: Project) -> None:
    """A broken index is told in SQLite's words; a row that cannot be read makes the ledger unusable: exit 2."""
    alter(published, f"UPDATE parts SET payload = 'not json' {SECOND}")
    outcome = published.call("ledger", "check")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "not a sound ledger" in outcome.stderr
    with closing(sqlite3.connect(published.ledger, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_schema SET sql = replace(sql, '(source)', '(title)') WHERE name = 'parts_by_source'")
    outcome = published.call("ledger", "check")
    assert outcome.returncode == 2
    assert "parts_by_source" in outcome.stdout
    assert "not a sound ledger" in outcome.stderr


def test_no_ledger(it: Project) -> None:
    """A ledger that is not there is not sound: exit 2, and none is made."""
    outcome = it.call("ledger", "check")
    assert outcome.returncode == 2
    assert "there is no ledger" in outcome.stderr
    assert not it.ledger.exists()
