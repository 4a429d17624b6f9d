"""A PostgreSQL server of the tests' own: in a temporary folder, as a user that is not root, gone when they end.

Fixtures: `postgres`, the server, one a pytest worker, started when the first test asks for it; `postgres_url`, a
fresh empty database in it. Where there is no server to start they skip; with `CI` set they fail.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

#: The role that owns the databases of the tests; no superuser, and over TCP only with its password.
ROLE = "syndicate"

_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "log_min_messages": "warning",
}

# Outlives whoever is killed: when its standard input ends, it ends the server and removes the folder.
_KEEPER = """
import os, shutil, signal, sys, time
sys.stdin.buffer.read()
try:
    pid = int(open(sys.argv[1] + "/data/postmaster.pid").readline())
    os.kill(pid, signal.SIGQUIT)
    for _ in range(500):
        os.kill(pid, 0)
        time.sleep(0.01)
except (OSError, ValueError):
    pass
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


def lacking(what: str) -> NoReturn:
    """Skips the test for want of something that tests/system.sh installs; fails it in CI."""
    said = f"{what} is not installed (`make test` installs it)"
    if os.environ.get("CI"):
        pytest.fail(said)
    pytest.skip(said)


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`: the newest of Debian's, else one on the PATH."""

    def number(folder: Path) -> float:
        try:
            return float(folder.parent.name)
        except ValueError:
            return 0.0

    if given := os.environ.get("SYNDICATE_POSTGRES_BIN"):
        folders = [Path(given)]
    else:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=number, reverse=True)
        if found := shutil.which("initdb"):
            folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


class Cluster:
    """A server on loopback and on a socket in its folder. Made and started at once; `close` ends it.

    Args:
        settings: Of `postgresql.conf`, in the place of those that make it fast and unsafe (`{"fsync": "on"}`).

    Raises:
        RuntimeError: it does not start; its own words are in the message.
    """

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        found = programs()
        if found is None:
            raise RuntimeError("there is no PostgreSQL server on this machine")
        self._programs = found
        self._settings = {**_FAST, **(settings or {})}
        self._numbers = itertools.count(1)
        self._server: subprocess.Popen[bytes] | None = None
        # Not in pytest's folder, which nobody else may enter; and a socket's path is short.
        self.folder = Path(tempfile.mkdtemp(prefix="syndicate-postgres-", dir=_roomy()))
        self._keeper = subprocess.Popen(
            [sys.executable, "-S", "-c", _KEEPER, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._user: dict[str, Any] = {}
            if os.geteuid() == 0:  # the server refuses to be root's
                nobody = pwd.getpwnam("nobody")
                os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
                self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            self.port = _free_port()
            self.password = secrets.token_hex(12)
            self._initdb()
            self.start()
            self.admin(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{self.password}'")
        except BaseException:
            self.close()
            raise

    def _initdb(self) -> None:
        words = ["--no-sync", "--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256"]
        words += ["--encoding=UTF8", "--locale=C", "-D", str(self.folder / "data")]
        done = subprocess.run(
            [self._programs / "initdb", *words],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            **self._user,
        )
        if done.returncode:
            raise RuntimeError(f"initdb: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Starts it on the port that it had, and waits until it takes connections."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder), **self._settings}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        for _ in range(5):
            with (self.folder / "log").open("ab") as log:
                self._server = subprocess.Popen(
                    [self._programs / "postgres", "-D", str(self.folder / "data"), "-p", str(self.port), *words],
                    env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C is for the tests; the keeper ends the server
                    **self._user,
                )
            if self._ready(self._server):
                return
            if "Address already in use" not in self.log():
                break
            self.port = _free_port()  # somebody was quicker
        raise RuntimeError(f"postgres did not start: {self.log()[-2000:]}")

    def _ready(self, server: subprocess.Popen[bytes]) -> bool:
        end = time.monotonic() + 30
        while time.monotonic() < end and server.poll() is None:
            with contextlib.suppress(OSError, IndexError):
                lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
                if int(lines[0]) == server.pid and lines[7].strip() == "ready":  # what pg_ctl waits for
                    return True
            time.sleep(0.02)
        return False

    def log(self) -> str:
        """What the server has said so far."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def stop(self, mode: str = "immediate") -> None:
        """Ends it as pg_ctl would: `smart` waits for sessions, `fast` ends them, `immediate` is a crash."""
        if self._server is not None:
            signals = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
            self._server.send_signal(signals[mode])
            self._server.wait(30)
            self._server = None

    def restart(self, mode: str = "immediate") -> None:
        """Ends it and starts it again, on the same port."""
        self.stop(mode)
        self.start()

    def close(self) -> None:
        """Ends it for good and removes its folder."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        if self._server is not None:
            self._server.wait(30)
        self._keeper.wait(300)  # hundreds of databases are many files

    def url(self, name: str, *, role: str = ROLE, password: str | None = None, port: int | None = None) -> str:
        """The address of a database, as a person would write it."""
        return f"postgresql://{role}:{password or self.password}@127.0.0.1:{port or self.port}/{name}"

    def database(self, more: str = "") -> str:
        """Makes a fresh database that `ROLE` owns, with `more` after CREATE DATABASE; returns its address."""
        name = f"test_{next(self._numbers)}"
        self.admin(f"CREATE DATABASE {name} OWNER {ROLE} {more}")
        return self.url(name)

    def admin(self, sql: str, values: tuple[Any, ...] = (), *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Runs one statement as the superuser; returns its rows."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname=database, autocommit=True
        ) as db:
            cursor = db.execute(sql.encode(), values or None)
            return cursor.fetchall() if cursor.description else []


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running server. What a test changes of it beyond its own database, it puts back."""
    if programs() is None:
        lacking("a PostgreSQL server")
    if importlib.util.find_spec("psycopg") is None:
        lacking("psycopg (of the extra `test`)")
    with contextlib.closing(Cluster()) as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres: Cluster) -> str:
    """The address of a fresh, empty database."""
    return postgres.database()


def _roomy() -> str:
    """Memory where there is room for a server's files: making a database is ten times as fast there."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > 2**30 else "/tmp"
