"""Locales, closed outputs and full disks around a run: what is done and recorded stays whole."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox

from .support import POST, Outcome, Project, clean_env, tree


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"}])
def test_output_that_cannot_be_encoded(it: Project, sandbox: Sandbox, variables: dict[str, str]) -> None:
    """Under cron's plain locale the report is printed as well as it can be, and `--json` stays JSON."""
    it.post(POST.replace("Hello, world", "Grüße, 世界 🎉"))
    surroundings = {"PYTHONUTF8": "0", **variables}
    dry = it.run("publish", "post.md", "--dry-run", env=surroundings)
    assert (dry.returncode, dry.stderr) == (0, "")
    assert "devto" in dry.stdout
    published = it.run("publish", "post.md", "--json", env=surroundings)
    assert (published.returncode, published.stderr) == (0, "")
    assert published.deliveries()["devto"]["parts"][0]["payload"]["article"]["title"] == "Grüße, 世界 🎉"
    assert it.run("status", env=surroundings).returncode == 0


def _shell(it: Project, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=it.folder,
        env=clean_env(it.folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("shell", [">&-", "> /dev/full", "2>&-", "| true"])
def test_output_that_goes_nowhere(it: Project, sandbox: Sandbox, shell: str) -> None:
    """Closed or full outputs change nothing of what is done, and end in no traceback."""
    if shell == "> /dev/full" and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    command = f"'{sys.executable}' -m syndicate publish post.md --json {shell}"
    done = _shell(it, command)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert it.states() == {name: ["published"] for name in ("devto", "hashnode", "medium", "reddit", "twitter")}
    if shell == "2>&-":
        assert Outcome(done.returncode, done.stdout, "").deliveries()
    assert it.run("publish", "post.md").returncode == 0
    assert len(sandbox.writes()) == 5


@pytest.mark.slow
def test_warnings_stay_off_standard_output(it: Project) -> None:
    """With standard error closed a warning is not put into the JSON document."""
    text = it.config.read_text().replace('{ file = "secrets/devto.api_key" }', '"sandbox-dev-key"')
    it.config.write_text(text)
    command = f"'{sys.executable}' -m syndicate publish post.md --dry-run --json 2>&-"
    done = _shell(it, command)
    assert set(Outcome(done.returncode, done.stdout, "").deliveries()) >= {"devto"}


def _schema_version(path: Path) -> int:
    with sqlite3.connect(path) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_everything_above_is_refused_before_anything_is_written(it: Project, sandbox: Sandbox) -> None:
    """A refused call leaves no file behind but, at most, an empty ledger."""
    before = tree(it.folder)
    it.call("publish", "nothing.md")
    it.call("publish", "post.md", "--to", "zzz")
    after = tree(it.folder)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) <= {".syndicate/ledger.db"}
    assert _schema_version(it.ledger) >= 1 if it.ledger.exists() else True
