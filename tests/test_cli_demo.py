"""`demo` and `sandbox`: the first thing that a newcomer runs works anywhere and leaves nothing behind."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from .support import ABLE, HANDS, POST, SITE, clean_env, shared, syndicate, tree

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to stand in, with a place for temporary files beside it."""
    (tmp_path / "here").mkdir()
    (tmp_path / "tmp").mkdir()
    return tmp_path / "here"


def _demo(folder: Path, *words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return syndicate("demo", *words, cwd=folder, env={"TMPDIR": str(folder.parent / "tmp"), **env})


def _assert_shown(done: subprocess.CompletedProcess[str]) -> None:
    """A publication for each platform, with a link; nothing the second time; what to do next."""
    assert (done.returncode, done.stderr) == (0, "")
    for name in ABLE:
        assert re.search(rf"^  {name} +published.* https?://\S+$", done.stdout, re.MULTILINE), name
    assert f"{len(ABLE)} of {len(ABLE)} had nothing to do" in done.stdout
    assert "0 requests with an effect" in done.stdout
    assert "syndicate init" in done.stdout


def test_demo(folder: Path) -> None:
    """It publishes to all of them, then to none, and leaves no file anywhere."""
    _assert_shown(_demo(folder))
    assert tree(folder.parent) == {}


def test_demo_with_a_post(folder: Path) -> None:
    """It takes a post of one's own, wherever that lies and whatever its front matter asks for, and leaves it alone."""
    orders = "syndicate: {targets: [nowhere], devto: {skip: true}}\ndraft: true\ntitle:"
    (folder / "mine.md").write_text(POST.replace("title:", orders, 1))
    before = tree(folder.parent)
    _assert_shown(_demo(folder, "mine.md"))
    assert tree(folder.parent) == before


def test_demo_with_a_real_post(folder: Path) -> None:
    """It takes a real post, and says what was lost of it."""
    done = _demo(folder, shared("corpus", "posts", "hugo-seed", "open-source-going-global.md"))
    _assert_shown(done)
    assert "! the title is cut" in done.stdout


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"no title", b"---\ntitle: 'x\n---\ntext"])
def test_demo_with_a_bad_post(folder: Path, content: bytes | None) -> None:
    """A post that is none is told as elsewhere: exit 2, no traceback, nothing left behind."""
    if content is not None:
        (folder / "bad.md").write_bytes(content)
    before = tree(folder.parent)
    done = _demo(folder, "bad.md")
    assert done.returncode == 2
    assert "bad.md" in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(folder.parent) == before


def test_demo_in_the_middle_of_a_project(folder: Path) -> None:
    """A config that is there, good or bad, and the environment's secrets do not matter."""
    (folder / "syndicate.toml").write_text("[targets.x]\nadapter = 'nonsense'\n")
    before = tree(folder.parent)
    _assert_shown(_demo(folder, SYNDICATE_CONFIG="nowhere.toml", SYNDICATE_DEVTO_API_KEY="real"))
    assert tree(folder.parent) == before


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_behind_a_proxy(folder: Path, variable: str) -> None:
    """A proxy that the environment names is not asked for what is on this machine."""
    _assert_shown(_demo(folder, **{variable: "http://127.0.0.1:9"}))


@contextmanager
def _running(folder: Path, words: Sequence[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A command that goes on until Ctrl-C, and what it said up to the line that says so."""
    with subprocess.Popen(
        [sys.executable, "-m", "syndicate", *words],
        cwd=folder,
        env=clean_env(folder, {"TMPDIR": str(folder.parent / "tmp")}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        try:
            yield process, said
        finally:
            process.kill()


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def test_demo_keep(folder: Path) -> None:
    """With `--keep` the links stay up until Ctrl-C, which ends it quietly; then nothing is left."""
    with _running(folder, ["demo", "--keep"]) as (process, said):
        links = re.findall(r"published.* (http://127\S+)", said)
        assert len(links) >= 4
        for link in links:
            assert "<article>" in _get(link)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=20)
    assert process.returncode in (0, 130)
    assert complaint == ""
    assert tree(folder.parent) == {}


def test_sandbox_prints_a_config_that_works(folder: Path) -> None:
    """What `sandbox` prints is a config: pasted into a file, it publishes to all, and leaves the rest to a person."""
    with _running(folder, ["sandbox", "--port", "0"]) as (process, said):
        assert process.stdout is not None
        assert "http://127.0.0.1:" in said
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "\n" and sum(text.startswith("[targets.") for text in lines) == len(ABLE) + len(HANDS):
                break
        (folder / "syndicate.toml").write_text(f'[site]\nurl = "{SITE}"\n\n' + "".join(lines))
        (folder / "post.md").write_text(POST)
        done = syndicate("publish", "post.md", "--json", cwd=folder)
        assert done.returncode == 3
        assert done.stdout.count('"state": "published"') == len(ABLE)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=20)
    assert process.returncode in (0, 130)
    assert complaint == ""


def test_sandbox_on_a_port_in_use(folder: Path) -> None:
    """A port that is taken is named: exit 2."""
    with _running(folder, ["sandbox", "--port", "0"]) as (_, said):
        found = re.search(r"127\.0\.0\.1:(\d+)", said)
        assert found
        done = syndicate("sandbox", "--port", found[1], cwd=folder)
    assert done.returncode == 2
    assert found[1] in done.stderr
    assert "Traceback" not in done.stderr
