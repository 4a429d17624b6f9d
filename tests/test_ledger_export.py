"""`ledger export` and `ledger import`: a ledger as a file, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syndicate.sandbox import Sandbox

from .support import POST, Project, clean_env, project, refused, tree
from .transfer_bridge import use


@pytest.fixture
def sent(it: Project) -> Project:
    """A project with one post, published at all targets."""
    assert it.call("publish", "post.md").returncode == 0
    return it


def test_export_and_import(sent: Project, tmp_path: Path, postgres_url: str) -> None:
    """A file of the ledger, read into an empty one on either engine, is exported as the same bytes."""
    outcome = sent.call("ledger", "export", "a.jsonl")
    assert outcome.stdout.startswith("a.jsonl: 5 deliveries, 5 parts, 10 lines of the log; sha256 ")
    written = (sent.folder / "a.jsonl").read_bytes()
    assert sent.call("ledger", "export").stdout.encode() == written
    for url in (f"sqlite:///{tmp_path}/other/new.db", postgres_url):
        use(sent, url)
        read = sent.call("ledger", "import", "a.jsonl")
        assert (read.returncode, "5 deliveries copied" in read.stdout) == (0, True)
        assert sent.call("ledger", "export", "-").stdout.encode() == written
        assert "0 deliveries copied, 5 there already" in sent.call("ledger", "import", "a.jsonl").stdout
        assert "nothing to do" in sent.call("publish", "post.md").stdout
    refused(sent.call("ledger", "export", "a.jsonl"), None, "it is there already")
    assert (sent.folder / "a.jsonl").read_bytes() == written
    assert [path.name for path in sent.folder.glob("*.new")] == []


@pytest.mark.slow
def test_through_a_pipe(sent: Project, sandbox: Sandbox, tmp_path: Path) -> None:
    """`export - | import -`, in any locale; nothing but the lines is on standard output."""
    sent.post(POST.replace("Some", "Überaus — 🎉"))
    assert sent.call("update", "post.md", "--to", "devto").returncode == 0
    other = project(tmp_path / "other", sandbox, ["devto"])
    words = ["-m", "syndicate", "ledger"]
    env = clean_env(sent.folder, {"PYTHONIOENCODING": "ascii"})
    exported = subprocess.run(
        [sys.executable, *words, "export"], cwd=sent.folder, env=env, capture_output=True, check=True
    )
    assert "🎉".encode() in exported.stdout
    imported = subprocess.run(
        [sys.executable, *words, "import", "-"], cwd=other.folder, env=env, input=exported.stdout, check=False
    )
    assert imported.returncode == 0
    assert other.call("ledger", "export").stdout.encode() == exported.stdout


def test_an_older_file_changes_nothing(sent: Project) -> None:
    """A file from before the last run is refused where the ledger has gone on, and what it lacks is left."""
    sent.call("ledger", "export", "old.jsonl")
    sent.post(POST.replace("Some", "Other"))
    assert sent.call("update", "post.md", "--to", "devto").returncode == 0
    before = sent.call("ledger", "export").stdout
    outcome = sent.call("ledger", "import", "old.jsonl")
    assert outcome.returncode == 1
    assert "post.md → devto: the destination has gone on since; not changed" in outcome.stderr
    assert sent.call("ledger", "export").stdout == before


def _end(lines: list[str]) -> list[str]:
    """The lines with a right end, so that only what stands before it can be wrong."""
    digest = hashlib.sha256("".join(lines[1:-1]).encode()).hexdigest()
    counts = {"deliveries": len(lines) - 2, "feeds": 0, "entries": 0, "queued": 0}
    return [*lines[:-1], json.dumps({"end": {**counts, "sha256": digest}}) + "\n"]


def _part(change: Callable[[dict[str, Any]], object]) -> Callable[[list[str]], list[str]]:
    def altered(lines: list[str]) -> list[str]:
        delivery = json.loads(lines[2])
        change(delivery["delivery"])
        return _end([*lines[:2], json.dumps(delivery) + "\n", *lines[3:]])

    return altered


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: [], "line 1: not a ledger that"),
        (lambda lines: lines[1:], "line 1: not a ledger that"),
        (lambda lines: ["\x00\xff\n"], "line 1: not JSON"),
        (lambda lines: [lines[0].replace(":2}", ":3}"), *lines[1:]], "its format is 3, this version knows 1 and 2"),
        (lambda lines: lines[:-1], "the end is missing: the file was cut"),
        (lambda lines: [*lines[:3], lines[3][:40]], "line 4: cut short"),
        (lambda lines: [*lines[:2], "[" * 100_000 + "\n", *lines[2:]], "line 3: not JSON"),
        (lambda lines: [*lines[:2], "[]\n", *lines[2:]], "line 3: not a JSON object"),
        (lambda lines: [*lines[:2], "{}\n", *lines[2:]], "line 3: not a JSON object"),
        (lambda lines: [*lines[:2], *lines[3:]], "altered, or lines are missing"),
        (lambda lines: [line.replace("Hello", "Hallo") for line in lines], "altered, or lines are missing"),
        (lambda lines: _end([lines[0], lines[1], lines[1], lines[-1]]), "line 3: out of order"),
        (lambda lines: [*lines, lines[1]], "something follows the end"),
        (_part(lambda d: d["parts"].clear()), "line 3: `parts` and `log` must be lists"),
        (_part(lambda d: d.pop("log")), "line 3: neither a delivery"),
        (_part(lambda d: d["parts"].append(7)), "`parts` must hold objects"),
        (_part(lambda d: d["parts"].append(d["parts"][0])), "the same part twice"),
        (_part(lambda d: d["parts"][0].pop("state")), "missing or unknown: state"),
        (_part(lambda d: d["parts"][0].update(colour="red")), "missing or unknown: colour"),
        (_part(lambda d: d["parts"][0].update(state="gone")), "`parts.state`: not a value"),
        (_part(lambda d: d["parts"][0].update(state=[])), "`parts.state`: not a value"),
        (_part(lambda d: d["parts"][0].update(fence=True)), "`parts.fence`: not a value"),
        (_part(lambda d: d["parts"][0].update(part=-1)), "`parts.part`: not a value"),
        (_part(lambda d: d["parts"][0].update(attempts=2**31)), "`parts.attempts`: not a value"),
        (_part(lambda d: d["parts"][0].update(draft=1)), "`parts.draft`: not a value"),
        (_part(lambda d: d["parts"][0].update(updated_at=None)), "`parts.updated_at`: not a value"),
        (_part(lambda d: d["parts"][0].update(updated_at=float("inf"))), "line 3: not JSON"),
        (_part(lambda d: d["parts"][0].update(payload=["a"])), "`parts.payload`: not a value"),
        (_part(lambda d: d["parts"][0].update(title="\ud800")), "half a character"),
        (_part(lambda d: d["log"][0].update(target="other")), "one `post_key` and one `target`"),
        (_part(lambda d: d["log"][0].update(at="now")), "`log.at`: not a value"),
    ],
)
def test_files_that_are_no_ledgers(
    sent: Project, sandbox: Sandbox, change: Callable[[list[str]], list[str]], words: str
) -> None:
    """What is not what `export` wrote is refused with the line and the reason, before anything is written or made."""
    lines = sent.call("ledger", "export").stdout.splitlines(keepends=True)
    (sent.folder / "a.jsonl").write_text("".join(change(lines)), encoding="latin-1" if words.endswith("JSON") else None)
    use(sent, "sqlite:///new.db")
    sandbox.seen.clear()
    refused(sent.call("ledger", "import", "a.jsonl"), sandbox, "a.jsonl", words)
    assert not (sent.folder / "new.db").exists()


def test_export_never_half(sent: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while the file is written leaves no file, neither under its name nor another."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = tree(sent.folder)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        refused(sent.call("ledger", "export", "a.jsonl"), None, "a.jsonl: cannot be written (No space left on device)")
    assert tree(sent.folder) == before
