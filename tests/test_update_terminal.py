"""`update` asks a person what to do with what was edited on the platform by hand."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable

import pytest

from syndicate.sandbox import Sandbox

from .support import Project, clean_env
from .versions_bridge import HERE, THERE, TO, changed, edit, log, there


def on_a_terminal(
    it: Project, answers: list[str], before_answer: Callable[[], None] = lambda: None
) -> tuple[int, str, str]:
    """Runs the update with a person at the keyboard; returns its exit code, its output, and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "syndicate", "update", "post.md"],
        cwd=it.folder,
        env=clean_env(it.folder, {"TERM": "dumb", **it.env}),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    shown = b""
    for number, answer in enumerate(answers, 1):
        while shown.count(b"[s]kip it") < number:
            shown += os.read(ours, 4096)
        before_answer()
        os.write(ours, answer.encode())
    said, _ = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, said, shown.decode("utf-8", "replace")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answers", "code", "here", "detail"),
    [
        (["o\n"], 0, True, "sent over what was edited there"),
        (["what?\n", "ours\n"], 0, True, "sent over what was edited there"),
        (["t\n"], 0, False, "kept what was edited there"),
        (["s\n"], 3, False, ""),
        (["\n"], 3, False, ""),
        (["\x04"], 3, False, ""),
    ],
)
def test_a_person_is_asked(
    it: Project, sandbox: Sandbox, answers: list[str], code: int, *, here: bool, detail: str
) -> None:
    """Both changes are shown, and the answer is taken: ours, theirs, or neither; going away is neither."""
    changed(it, sandbox)
    ended, said, shown = on_a_terminal(it, answers)
    assert f"+    {THERE}" in shown
    assert f"+    {HERE}" in shown
    assert (ended, HERE in there(sandbox).text, THERE in there(sandbox).text) == (code, here, not here)
    assert ("Edited" in said) == (code == 3)
    if detail:
        assert log(it)[-1].detail == detail


@pytest.mark.slow
def test_edited_once_more_while_they_think(it: Project, sandbox: Sandbox) -> None:
    """The answer holds for what was shown: what was edited there since is shown and asked about too."""
    changed(it, sandbox)
    more = iter(["And more.", None])

    def edited() -> None:
        if text := next(more):
            edit(sandbox, text=text)

    code, _, shown = on_a_terminal(it, ["o\n", "s\n"], edited)
    assert code == 3
    assert "+    And more." in shown
    assert "And more." in there(sandbox).text


@pytest.mark.slow
def test_nobody_else_waits_while_they_think(it: Project, sandbox: Sandbox) -> None:
    """While a person is asked no delivery is held: another run may work on it."""
    changed(it, sandbox)
    seen: list[int] = []
    on_a_terminal(it, ["s\n"], lambda: seen.append(it.call("update", "post.md", *TO, "--ours").returncode))
    assert seen == [0]
