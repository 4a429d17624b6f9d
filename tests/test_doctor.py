"""`doctor`: is every target ready. It asks, and changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from syndicate.adapter import Account
from syndicate.config import Config, Target
from syndicate.doctor import examine, lines
from syndicate.errors import NotEntitled, Unauthorized, Unavailable
from syndicate.ledger import open_ledger
from syndicate.report import Exit
from syndicate.sandbox import Fault, Sandbox
from syndicate.session import Session
from tests.plan_bridge import Closed, Place, a_target
from tests.support import ABLE, HANDS, project, tree

SECRET = "t0ken-of-a-place"
ACCOUNT = Account("somebody", "writer")


@dataclass(frozen=True, kw_only=True)
class Asked(Place):
    """A place that says what it is told to say."""

    answer: Any = ACCOUNT
    rules: Any = None
    retired: ClassVar[Mapping[str, str]] = {"old.example": "since 2026-05; https://place.example/api"}

    async def check(self, _http: Any) -> Account:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[no-any-return]

    async def requirements(self, _http: Any) -> Mapping[str, Any]:
        return self.rules or {}


class Here(Session):
    """A session whose targets are asked in this process."""

    def look(self, targets: Any, ask: Any) -> Any:
        async def all_of_them() -> list[Any]:
            return [await ask(target, None) for target in targets]

        return asyncio.run(all_of_them())


def found(target: Target, tmp_path: Path) -> Any:
    """What is found of one target."""
    with Here(Config(tmp_path / "syndicate.toml"), open_ledger("sqlite:///l.db", tmp_path)) as session:
        (finding,) = examine(session, [target])
        return finding


def asked(tmp_path: Path, **changes: Any) -> Any:
    target = a_target(Asked)
    return found(replace(target, adapter=replace(target.adapter, **changes)), tmp_path)


def test_ready(tmp_path: Path) -> None:
    """Account, what it may do, and the rules of the place are told; there is no problem."""
    finding = asked(tmp_path, rules={"title_max": 300, "words": ["a", "b"]})
    assert (finding.state, finding.account, finding.problem) == ("ready", "somebody", None)
    shown = "\n".join(lines(finding))
    assert "ready, as somebody" in shown
    assert "rule title_max: 300" in shown
    assert 'rule words: ["a", "b"]' in shown


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Unauthorized("no"), Exit.PERSON),
        (NotEntitled("no plan"), Exit.PERSON),
        (Unavailable("later"), Exit.LATER),
        (KeyError("x"), Exit.FAILED),
    ],
)
def test_not_ready(tmp_path: Path, failure: Exception, code: Exit) -> None:
    """What the platform says decides who acts; a broken adapter is told as such."""
    finding = asked(tmp_path, answer=failure)
    assert (finding.state, finding.problem.exit) == ("failed", code)
    assert "next:" in "\n".join(lines(finding)) or code is Exit.LATER


def test_credentials_that_end(tmp_path: Path) -> None:
    """Two weeks before their end a warning says when; afterwards a person must act."""
    now = datetime.now(UTC)
    soon = asked(tmp_path, answer=Account("x", expires_at=now + timedelta(days=5, hours=1)))
    assert soon.problem is None
    assert "5 days" in soon.warnings[0]
    late = asked(tmp_path, answer=Account("x", expires_at=now - timedelta(days=1)))
    assert late.problem.exit is Exit.PERSON
    fine = asked(tmp_path, answer=Account("x", expires_at=now + timedelta(days=60)))
    assert fine.warnings == ()
    assert "credentials end on" in "\n".join(lines(fine))


def test_retired_endpoint(tmp_path: Path) -> None:
    """An address that answers no more is named, with what has taken its place; nothing is asked there."""
    finding = asked(tmp_path, base_url="https://old.example/api", answer=AssertionError("asked"))
    assert finding.problem.exit is Exit.USAGE
    assert "since 2026-05" in finding.problem.message


def test_missing_secrets(tmp_path: Path) -> None:
    """Where to put what is missing, and where a person gets it."""
    finding = found(a_target(Asked, token=""), tmp_path)
    assert finding.problem.exit is Exit.USAGE
    assert "the variable TOKEN" in finding.problem.message
    assert "from the place" in finding.problem.next


def test_by_hand_and_unasked(tmp_path: Path) -> None:
    """A place where a person posts needs nothing; one that cannot be asked is said to be so."""
    assert found(a_target(Closed, token=""), tmp_path).state == "by hand"
    assert found(a_target(Place), tmp_path).state == "unasked"


def test_no_terminal_is_obeyed(tmp_path: Path) -> None:
    """What a platform calls an account cannot move the cursor."""
    assert "\x1b" not in "\n".join(lines(asked(tmp_path, answer=Account("a\x1b[2Jb"))))


def test_the_whole_command(tmp_path: Path, sandbox: Sandbox) -> None:
    """Every platform of the sandbox is ready; nothing is written there, nor here but for access tokens that are renewed."""
    made = project(tmp_path, sandbox, (*ABLE, *HANDS))
    before = tree(tmp_path)
    outcome = made.call("doctor")
    assert outcome.returncode == 0, outcome
    count = len(ABLE) + len(HANDS)
    assert f"{count} of {count} targets are ready; nothing was sent" in outcome.stdout
    assert sandbox.writes() == []
    assert {name: file for name, file in tree(tmp_path).items() if "/tokens/" not in name} == before


def test_bad_credentials_of_one(tmp_path: Path, sandbox: Sandbox) -> None:
    """One target's trouble is told beside the others; no secret is shown; exit 3. `--json` says the same."""
    made = project(tmp_path, sandbox, ("devto", "mastodon"))
    sandbox.play("devto", Fault("auth", times=3, reads=True))
    outcome = made.call("doctor", "--json")
    assert outcome.returncode == 3
    told = {target["target"]: target for target in outcome.json()["targets"]}
    assert (told["devto"]["state"], told["mastodon"]["state"]) == ("failed", "ready")
    assert told["devto"]["error"]["kind"] == "Unauthorized"
    for name in ("devto", "mastodon"):
        for key in sandbox.secrets(name):
            assert str(sandbox.target(name).get(key, "\0")) not in outcome.stdout + outcome.stderr


def test_only_some(tmp_path: Path, sandbox: Sandbox) -> None:
    """`--to` asks only these; one that is not there is a mistake."""
    made = project(tmp_path, sandbox, ("devto", "reddit"))
    assert [t["target"] for t in made.call("doctor", "--to", "reddit", "--json").json()["targets"]] == ["reddit"]
    assert made.call("doctor", "--to", "redit").returncode == 2
    assert json.loads(made.call("doctor", "--json").stdout)["targets"][0]["rules"] is None
