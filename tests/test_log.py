"""`syndicate log`: every attempt, its time, what became of it, and what decided that; no secret."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.sandbox import Sandbox
from syndicate.standin import Response

from .ledger_bridge import intend, rows
from .support import POST, Project, intercept, project, refused, tree

SECOND = POST.replace("hello", "second").replace("Hello", "Second")


def lose(sandbox: Sandbox, name: str, *, arrives: bool) -> None:
    """Loses the answer to the next write, and with `arrives=False` the request too."""
    left = 1

    def handle(request: Any, answer: Any) -> Response | None:
        nonlocal left
        if request.method != "POST" or left == 0:
            return answer(request)
        left = 0
        if arrives:
            answer(request)
        return None

    intercept(sandbox, name, handle)


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project with two targets and two posts."""
    made = project(tmp_path / "project", sandbox, ["devto", "medium"])
    made.post()
    made.post(SECOND, "second.md")
    return made


def test_every_attempt(it: Project, sandbox: Sandbox) -> None:
    """A line for each step of both posts, the oldest first, with who wrote it; a post can be named in three ways."""
    it.call("publish", "post.md", "second.md")
    said = it.call("log", "--json").json()["log"]
    assert [entry["outcome"] for entry in said if entry["target"] == "devto"] == ["sending", "published"] * 2
    assert [entry["at"] for entry in said] == sorted(entry["at"] for entry in said)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", entry["at"]) for entry in said)
    assert all(re.fullmatch(r".+:\d+", entry["who"]) for entry in said)
    mine = [entry for entry in said if entry["post"] == "post.md"]
    assert len(mine) == 4
    for name in ("post.md", mine[0]["key"], it.folder / "post.md"):
        assert it.call("log", name, "--json").json()["log"] == mine
    (it.folder / "post.md").unlink()
    assert it.call("log", "post.md", "--json").json()["log"] == mine


def test_what_decided_an_unknown(it: Project, sandbox: Sandbox) -> None:
    """A lost answer, then what was found; and what a person saw: the evidence stands in the log."""
    lose(sandbox, "devto", arrives=True)
    lose(sandbox, "medium", arrives=False)
    it.call("publish", "post.md")
    assert it.call("resolve", "post.md", "medium", "--not-published").returncode == 0
    said = it.call("log", "post.md", "--json").json()["log"]
    devto = [(entry["outcome"], entry["detail"]) for entry in said if entry["target"] == "devto"]
    assert [outcome for outcome, _ in devto] == ["sending", "unknown", "published"]
    assert "the answer was lost" in devto[1][1]
    assert devto[2][1].startswith("looked for and found: http")
    medium = [(entry["outcome"], entry["detail"]) for entry in said if entry["target"] == "medium"]
    assert medium[-1] == ("planned", "a person looked: not published")


def test_what_a_person_reads(it: Project, sandbox: Sandbox) -> None:
    """Columns that stand below each other, words instead of states, the evidence last."""
    lose(sandbox, "devto", arrives=True)
    it.call("publish", "post.md", "--to", "devto")
    it.call("publish", "second.md", "--to", "medium")
    lines = it.call("log").stdout.splitlines()
    assert [line.split("  ")[3].strip() if "second" in line else "" for line in lines] == [
        *("", "", ""),
        *("a request left", "published"),
    ]
    starts = {
        line.index(word)
        for line, word in zip(
            lines, ("a request", "outcome unknown", "published", "a request", "published"), strict=True
        )
    }
    assert len(starts) == 1
    assert {line.index("devto") if "devto  " in line else line.index("medium") for line in lines} == {38}
    assert "looked for and found: " in lines[2]


def test_parts_of_a_thread(tmp_path: Path, sandbox: Sandbox) -> None:
    """Parts are numbered from 1 where there are several."""
    it = project(tmp_path / "thread", sandbox, ["twitter"], options={"twitter": {"mode": "thread"}})
    it.post(POST.replace("Some", "\n\n".join(f"Sentence {n} that goes on for a while." for n in range(30))))
    assert it.call("publish", "post.md").returncode == 0
    lines = it.call("log").stdout.splitlines()
    assert "twitter part 1  a request left" in lines[0]
    assert "twitter part 2  a request left" in lines[2]


def test_a_shared_ledger(it: Project, postgres_url: str) -> None:
    """The same lines from PostgreSQL."""
    it.call("publish", "post.md", "second.md")
    before = it.call("log", "--json").stdout
    assert it.call("ledger", "copy", "--from", f"sqlite:///{it.ledger}", "--to", postgres_url).returncode == 0
    with it.config.open("a") as file:
        file.write(f'\n[state]\nurl = "{postgres_url}"\n')
    of_all = it.call("log", "--json").json()["log"]
    assert sorted(map(str, of_all)) == sorted(map(str, json.loads(before)["log"]))
    assert len(it.call("log", "second.md").stdout.splitlines()) == 4


def test_secrets_are_taken_out(it: Project) -> None:
    """What a platform may have repeated of a secret is not shown; nor does a letter move the terminal's cursor."""
    secret = next((it.folder / "secrets").glob("devto.*")).read_text().strip()
    with closing(SQLiteLedger(it.ledger)) as ledger:
        claim = ledger.claim(rows())
        intend(ledger, claim, at=ledger.now())
        ledger.record(claim, 0, "failed", ledger.now(), because=f"key {secret}\n\x1b[2J is wrong")
        ledger.release(claim)
    for words in (["log"], ["log", "--json"], ["log", "a.md"]):
        said = it.call(*words).stdout
        assert secret not in said
        assert "key ***" in said
        assert "\x1b" not in said


def test_a_time_that_no_clock_shows(it: Project) -> None:
    """A damaged time is printed as it is, and spoils nothing."""
    with closing(SQLiteLedger(it.ledger, now=lambda: 1e300)) as ledger:
        intend(ledger, ledger.claim(rows()))
    assert it.call("log").stdout.startswith("1e+300  a.md  dev  a request left")


def test_nothing_yet(it: Project) -> None:
    """Without a ledger, or for a post that was never sent, there is nothing to show; nothing is made."""
    before = tree(it.folder)
    assert it.call("log").stdout == "nothing was sent yet\n"
    assert it.call("log", "post.md").stdout == "nothing was sent yet\n"
    assert it.call("log", "--json").json() == {"log": []}
    assert tree(it.folder) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["log", "none.md"], "none.md: no such post"),
        (["log", "x" * 5000], "no such post"),
        (["log", "secrets"], "secrets"),
        (["log", "--config", "none.toml"], "no such config file"),
    ],
)
def test_wrong_input(it: Project, sandbox: Sandbox, words: list[str], said: str) -> None:
    """Exit 2 and one message."""
    refused(it.call(*words), sandbox, said)
