"""atheris looks for texts that break a promise, for a few seconds: the harness works, and nothing is near the surface.

`make fuzz` lets it look for longer.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from .fuzz.__main__ import WORDS, atheris

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this Python here"),
]


@pytest.mark.parametrize("name", WORDS)
def test_nothing_is_found_in_a_few_seconds(name: str, tmp_path: Path) -> None:
    """The same texts each time: libFuzzer is told how many, and from where to begin."""
    done = atheris(name, tmp_path / name, "-runs=400", "-seed=1", quiet=True)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, said[-3000:]
    assert "400 runs" in said


def test_what_breaks_a_promise_is_found(tmp_path: Path) -> None:
    """A text that is no post is written to a file, and the exit code says so."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "seed").write_bytes(b"break")
    done = atheris("broken", tmp_path / "broken", "-runs=10", "-seed=1", quiet=True)
    assert done.returncode != 0
    assert b"the harness is tried" in done.stdout
    assert list(tmp_path.glob("broken-crash-*"))
