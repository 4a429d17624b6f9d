"""`ledger check` on ledgers that were altered: what cannot be is named, with a repair, and nothing is changed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox

from .support import POST, Outcome, Project, project
from .transfer_bridge import LONG, check


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
