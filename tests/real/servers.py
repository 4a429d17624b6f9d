"""What real servers have in common: where they are installed, how they are started, and how they end.

`tests/real/install.sh` puts each into a folder of its own below build/servers (or $SYNDICATE_SERVERS), with a file
`.installed` in it; where that failed, `NAME.failed` beside it says why. Their data is in a temporary folder, theirs
alone, which is gone when they end, even when the tests were killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]

# Runs the server and outlives whoever is killed: when its standard input ends, it ends the server and removes the folder.
_KEEPER = """
import os, select, shutil, signal, subprocess, sys, time
folder, *words = sys.argv[1:]
with open(folder + "/log", "ab") as log:
    server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
while server.poll() is None and not select.select([sys.stdin], [], [], 0.05)[0]:
    pass
died = server.returncode
for how in (signal.SIGTERM, signal.SIGKILL):
    try:
        os.killpg(server.pid, how)
        server.wait(3)
        break
    except ProcessLookupError:
        break
    except subprocess.TimeoutExpired:
        pass
if died is None:
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(0 if died is None else 1)
"""


def folder() -> Path:
    """Where the servers are installed."""
    return Path(os.environ.get("SYNDICATE_SERVERS") or ROOT / "build" / "servers").absolute()


def installed(name: str) -> Path:
    """The folder of a server. Skips the test where it is not installed, and says why; fails it in CI."""
    there = folder() / name
    if not (there / ".installed").exists():
        reason = folder() / f"{name}.failed"
        lacking(
            name, reason.read_text("utf-8", "replace").strip() if reason.exists() else "`make real-servers` does that"
        )
    return there


def lacking(name: str, why: str) -> NoReturn:
    """Skips the test for want of a server; fails it in CI."""
    said = f"{name} is not installed: {why}"
    if os.environ.get("CI"):
        pytest.fail(said)
    pytest.skip(said)


def temporary(name: str) -> Path:
    """A folder for the data of one server."""
    return Path(tempfile.mkdtemp(prefix=f"syndicate-{name}-"))


def clean_env(data: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which nothing of the person who runs the tests is left."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(data), "LC_ALL": "C.UTF-8", "TZ": "UTC", **(more or {})}


class Server:
    """A running server on loopback; a context manager, which takes `data` with it when it ends.

    Args:
        command: The words that start it on a port.
        data: A folder of its own (see `temporary`); what it says goes to `log` there.
        ready: A path that it answers, with any status below 500, once it is ready.
        seconds: How long that may take.

    Raises:
        RuntimeError: it does not start; its own words are in the message.
    """

    def __init__(
        self,
        command: Callable[[int], Sequence[str | Path]],
        data: Path,
        *,
        env: Mapping[str, str] | None = None,
        ready: str = "/",
        seconds: float = 90.0,
    ) -> None:
        self.data = data
        try:
            for _ in range(3):
                self.port = _free_port()
                self._keeper = subprocess.Popen(
                    [sys.executable, "-S", "-c", _KEEPER, str(data), *map(str, command(self.port))],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=clean_env(data, env),
                    cwd=data,
                    start_new_session=True,  # Ctrl-C is for the tests; the keeper ends the server
                )
                if self._answers(ready, seconds):
                    return
                if not self._in_use():  # else somebody was quicker to take the port
                    break
                self._end()
            raise RuntimeError(f"it did not start: {self.log()[-3000:]}")
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """Its address, past any proxy."""
        return f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        """What it has said so far."""
        log = self.data / "log"
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def close(self) -> None:
        """Ends it for good and removes its folder."""
        if hasattr(self, "_keeper"):
            self._end()
        shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _end(self) -> None:
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait(30)

    def _in_use(self) -> bool:
        said = self.log().lower()
        return "address already in use" in said or "eaddrinuse" in said

    def _answers(self, path: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        with httpx.Client(trust_env=False, timeout=5.0) as client:
            while time.monotonic() < end and self._keeper.poll() is None:
                with contextlib.suppress(httpx.HTTPError):
                    if client.get(self.url + path).status_code < 500:
                        return True
                time.sleep(0.05)
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
