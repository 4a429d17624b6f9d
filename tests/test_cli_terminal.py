"""On a terminal a run shows what it is doing, on standard error, and leaves standard output to the report."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading

import pytest

from syndicate.sandbox import Fault, Sandbox

from .support import FIVE, Project, clean_env

pytestmark = pytest.mark.slow


def _on_a_terminal(it: Project, *words: str, term: str = "xterm") -> tuple[int, str, str]:
    """Runs the command with its standard error on a terminal; returns its exit code, output, and what was drawn."""
    ours, theirs = pty.openpty()
    drawn = bytearray()

    def read() -> None:
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other side is closed
                return
            if not piece:
                return
            drawn.extend(piece)

    reader = threading.Thread(target=read)
    process = subprocess.Popen(
        [sys.executable, "-m", "syndicate", *words],
        cwd=it.folder,
        env=clean_env(it.folder, {"TERM": term, "COLUMNS": "100", **it.env}),
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    reader.start()
    said, _ = process.communicate(timeout=60)
    reader.join(20)
    os.close(ours)
    return process.returncode, said, drawn.decode("utf-8", "replace")


def test_progress(it: Project, sandbox: Sandbox) -> None:
    """Each target is named while it works; the document on standard output stays one document."""
    for name in FIVE:
        sandbox.play(name, Fault("slow", seconds=0.5))
    code, said, drawn = _on_a_terminal(it, "publish", "post.md", "--json")
    assert code == 0
    assert len(json.loads(said)["deliveries"]) == len(FIVE)
    assert all(name in drawn for name in FIVE)
    assert "Traceback" not in drawn
    assert "s3cret" not in drawn


def test_progress_of_an_update(it: Project, sandbox: Sandbox) -> None:
    """An update shows its progress in the same way."""
    assert it.run("publish", "post.md").returncode == 0
    it.post((it.folder / "post.md").read_text() + "\nMore.\n")
    sandbox.play("devto", Fault("slow", seconds=0.5))
    code, said, drawn = _on_a_terminal(it, "update", "post.md")
    assert code == 0
    assert "updated" in said
    assert "devto" in drawn


def test_failures_are_reported_below_it(it: Project, sandbox: Sandbox) -> None:
    """The report comes whole after what was drawn."""
    sandbox.play("devto", Fault("refuse"))
    code, said, drawn = _on_a_terminal(it, "publish", "post.md")
    assert code == 1
    assert "✗ DEV: Title is too long" in said
    assert "Traceback" not in drawn


def test_nothing_to_draw(it: Project, sandbox: Sandbox) -> None:
    """A dry run, and a second run, draw nothing."""
    assert _on_a_terminal(it, "publish", "post.md", "--dry-run")[2] == ""
    assert it.run("publish", "post.md").returncode == 0
    code, _, drawn = _on_a_terminal(it, "publish", "post.md")
    assert code == 0
    assert re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]", "", drawn) == ""


def test_a_plain_terminal(it: Project) -> None:
    """A terminal that can draw nothing gets no control codes that it would show as rubbish."""
    code, said, drawn = _on_a_terminal(it, "publish", "post.md", term="dumb")
    assert code == 0
    assert "published" in said
    assert "\x1b" not in drawn
