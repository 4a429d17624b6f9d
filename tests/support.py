"""What the tests of the tool's outer surface share: projects in a folder, and two ways to run the command."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from syndicate.ledger import Row, open_ledger
from syndicate.registry import STANDINS, adapter_class, names
from syndicate.sandbox import Sandbox
from syndicate.standin import Request, Response

#: Material that is not part of the project: real posts and platforms' contracts.
SHARED = Path(os.environ.get("SYNDICATE_SHARED") or Path(__file__).resolve().parents[1].parent / "shared")

#: The targets of most of the tests' projects, in the order in which they stand in the config.
FIVE = ("devto", "hashnode", "medium", "reddit", "twitter")

#: Every platform to which a program may post, and those where a person does.
ABLE = tuple(name for name in names(STANDINS) if not adapter_class(name).manual)
HANDS = tuple(name for name in names(STANDINS) if adapter_class(name).manual)

SITE = "https://blog.example.org"
POST = f"""---
title: Hello, world
canonical_url: {SITE}/posts/hello/
description: A first post.
tags: [python, testing]
---
Some *words* and a [link]({SITE}/about/).

```python
print("code")
```
"""


def shared(*parts: str) -> Path:
    """A path below `SHARED`; skips the test where it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not here (set SYNDICATE_SHARED)")
    return path


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        """The one document on standard output. Fails when there is anything else."""
        return json.loads(self.stdout)

    def deliveries(self) -> dict[str, dict[str, Any]]:
        """`--json` by target."""
        return {delivery["target"]: delivery for delivery in self.json()["deliveries"]}


@dataclass(frozen=True)
class Project:
    """A folder with a config for a sandbox. `env` holds the secrets that the config reads from the environment."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "syndicate.toml"

    @property
    def ledger(self) -> Path:
        return self.folder / ".syndicate" / "ledger.db"

    def post(self, text: str = POST, name: str = "post.md") -> Path:
        """Writes a post."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def call(self, *args: str | Path, env: Mapping[str, str] | None = None) -> Outcome:
        """The command in this process."""
        return call(*args, cwd=self.folder, env={**self.env, **(env or {})})

    def run(self, *args: str | Path, env: Mapping[str, str] | None = None, timeout: float = 60) -> Outcome:
        """The command in a process of its own."""
        done = syndicate(*args, cwd=self.folder, env={**self.env, **(env or {})}, timeout=timeout)
        return Outcome(done.returncode, done.stdout, done.stderr)

    def rows(self) -> list[Row]:
        """What the ledger holds."""
        with contextlib.closing(open_ledger(f"sqlite:///{self.ledger}", self.folder, read_only=True)) as ledger:
            return ledger.rows()

    def states(self) -> dict[str, list[str]]:
        """The states of the parts, by target."""
        found: dict[str, list[str]] = {}
        for row in self.rows():
            found.setdefault(row.target, []).append(row.state)
        return found


def project(
    folder: Path,
    sandbox: Sandbox,
    adapters: Sequence[str] | None = None,
    *,
    secrets: str = "file",
    options: Mapping[str, Mapping[str, Any]] | None = None,
    **publish: str,
) -> Project:
    """Writes `syndicate.toml` for a running sandbox, one target an adapter, called as it is.

    Args:
        folder: Where to write it.
        sandbox: Where its targets lead.
        adapters: Which of the stand-ins; all of them by default.
        secrets: `file`: references to files; `env`: to variables that `Project.env` holds.
        options: More options, by target; an `adapter` other than the target's name included.
        publish: Keys of `[publish]`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    env: dict[str, str] = {}
    lines = ["[site]", f'url = "{SITE}"', 'language = "en"', "", "[publish]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in publish.items()]
    more = dict(options or {})
    for target in adapters if adapters is not None else FIVE:
        given = dict(more.get(target, {}))
        adapter = given.pop("adapter", target)
        lines += ["", f"[targets.{target}]"]
        for key, value in {**sandbox.target(adapter), **given}.items():
            if key not in sandbox.secrets(adapter):
                lines.append(f"{key} = {json.dumps(value)}")
            elif secrets == "file":
                file = folder / "secrets" / f"{target}.{key}"
                file.parent.mkdir(exist_ok=True)
                file.write_text(f"{value}\n")
                lines.append(f'{key} = {{ file = "secrets/{file.name}" }}')
            else:
                variable = f"TEST_{target}_{key}".upper()
                env[variable] = value
                lines.append(f'{key} = {{ env = "{variable}" }}')
    (folder / "syndicate.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Project(folder, env)


def clean_env(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which nothing of the person who runs the tests is left."""
    names = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR")  # PYTHONPATH: where the wheel is tested from
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {**kept, "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8", "TZ": "UTC", **(more or {})}


def syndicate(
    *args: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
    before: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """`python -m syndicate …` in a process of its own and a clean environment. `before`: words of a wrapper."""
    return subprocess.run(
        [*before, sys.executable, "-m", "syndicate", *map(str, args)],
        cwd=cwd,
        env=clean_env(cwd, env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def start(*args: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """The same, without waiting for its end."""
    return subprocess.Popen(
        [sys.executable, "-m", "syndicate", *map(str, args)],
        cwd=cwd,
        env=clean_env(cwd, env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


def call(*args: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Outcome:
    """The command in this process, in a clean environment. What would be a traceback is raised."""
    from syndicate.__main__ import main

    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["syndicate", *map(str, args)]),
        mock.patch.dict(os.environ, clean_env(cwd, env), clear=True),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as exit:
            code = exit.code
    return Outcome(int(code or 0) if isinstance(code, int | None) else 1, out.getvalue(), err.getvalue())


def refused(outcome: Outcome, sandbox: Sandbox | None, *words: str) -> None:
    """Asserts exit 2 with a message that holds `words`; nothing on standard output; no request."""
    assert outcome.returncode == 2, outcome
    assert outcome.stdout == ""
    assert "Traceback" not in outcome.stderr
    assert outcome.stderr.count("syndicate: ") == 1
    for word in words:
        assert word in outcome.stderr
    if sandbox is not None:
        assert sandbox.seen == []


def intercept(
    sandbox: Sandbox, name: str, handle: Callable[[Request, Callable[[Request], Response]], Response | None]
) -> None:
    """Puts `handle` in front of a stand-in: it gets each request and the stand-in's own answer to it.

    `None` closes the connection without an answer.
    """
    standin = sandbox.places[name].standin
    original = standin.handle
    standin.handle = lambda request: handle(request, original)  # type: ignore[assignment,method-assign,return-value]


def mortal() -> list[str]:
    """Words before a command that make file permissions count for it, even when the tests run as root."""
    if os.geteuid() != 0:
        return []
    words = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"]
    if not shutil.which("setpriv") or subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root may read and write everything, and there is no setpriv to give that up")
    return words


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@contextlib.contextmanager
def quick_to_give_up(seconds: float = 0.1) -> Iterator[None]:
    """Shortens, in this process, how long a ledger that is locked is waited for."""
    from syndicate.ledger.sqlite import SQLiteLedger

    with mock.patch.dict(SQLiteLedger.__init__.__kwdefaults__, busy_timeout=seconds):
        yield
