"""What a run did to its ledger's log and to its sockets, in order, as the kernel saw it; and ledgers that were killed."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from .postgres import lacking
from .support import Project, clean_env

_CALLS = "fsync,fdatasync,write,writev,pwrite64,pwritev,send,sendto,sendmsg,sendmmsg"
_LINE = re.compile(r"(?P<pid>\d+)\s+(?P<call>\w+)\(\d+<(?P<path>(?:[^>\\]|\\.)*)>(?P<rest>.*)")
_RESUMED = re.compile(r"(?P<pid>\d+)\s+<\.\.\. (?P<call>\w+) resumed>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Call:
    """One call to the kernel: bytes written to a file, a file's bytes put on the disk, bytes sent."""

    what: Literal["write", "sync", "send"]
    path: str
    data: bytes = b""


def traced(it: Project, code: str, *args: str) -> list[Call]:
    """Runs `code` (`python -c`) in a project under strace; skips where there is no strace, or it may not trace."""
    strace = shutil.which("strace") or lacking("strace")
    if subprocess.run([strace, "-qq", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system does not let a process be traced")
    log = it.folder / "strace"
    # Paths of descriptors (-y); all strings whole and in hexadecimal digits.
    words = [strace, "-f", "-y", "-qq", "-xx", "-s", "1000000", "-e", f"trace={_CALLS}", "-e", "signal=none"]
    subprocess.run(
        [*words, "-o", str(log), sys.executable, "-c", code, *args],
        cwd=it.folder,
        env=clean_env(it.folder, it.env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=True,
    )
    return list(_calls(log.read_text().splitlines()))


def _calls(lines: Sequence[str]) -> Iterator[Call]:
    begun: dict[str, str] = {}
    for line in lines:
        if found := _LINE.match(line):
            path, rest = _plain(found["path"]), found["rest"]
            if "sync" not in found["call"]:
                what: Literal["write", "send"] = "send" if path.startswith(("socket:", "TCP")) else "write"
                yield Call(what, path, b"".join(bytes.fromhex(t.replace("\\x", "")) for t in _TEXT.findall(rest)))
            elif "unfinished" in rest:
                begun[found["pid"]] = path
            elif rest.rstrip().endswith("= 0"):
                yield Call("sync", path)
        elif (found := _RESUMED.match(line)) and "sync" in found["call"] and line.rstrip().endswith("= 0"):
            yield Call("sync", begun.pop(found["pid"]))


def _plain(path: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), path)


def unsafe(calls: Sequence[Call], ledger: Path, requests: Sequence[tuple[str, str]]) -> list[str]:
    """What is wrong with the order of `calls`, in words.

    When the first bytes of a request leave, the row that says so must be in what of the ledger's log is on the disk,
    and the log's name in the folder.

    Args:
        requests: Target, and how its request begins.
    """
    wal = f"{ledger}-wal"
    wrong, waiting = [], list(requests)
    synced, loose, named = b"", b"", False
    for call in calls:
        if call.path == wal:
            if call.what == "sync":
                synced, loose = synced + loose, b""
            else:
                loose += call.data
        named = named or (call.what == "sync" and call.path == str(ledger.parent))
        if call.what != "send":
            continue
        for request in [r for r in waiting if call.data.startswith(r[1].encode())]:
            waiting.remove(request)
            target = request[0].encode()
            if not re.search(target + rb".{0,4}?" + target + rb".{0,80}?sending", synced, re.DOTALL):
                wrong.append(f"{request[1]}: no intent is on the disk")
            if not named:
                wrong.append(f"{request[1]}: the log's name is not on the disk")
    return wrong + [f"{request[1]}: not seen" for request in waiting]


_FILL = """
import os, signal, sys
from pathlib import Path
from syndicate.ledger import Intent, Row
from syndicate.ledger.agenda import FeedState, KnownEntry, Queued
from syndicate.ledger.sqlite import SQLiteLedger
ledger = SQLiteLedger(Path(sys.argv[1]))
for number in range(int(sys.argv[3]), int(sys.argv[4])):
    rows = [
        Row(post_key=f"id:{number}", target="t", part=part, parts=2, adapter="devto", source=f"{number}.md",
            state="planned", payload={"text": f"words {number} " * int(sys.argv[5])}, fingerprint="f", title=f"Title {number}")
        for part in range(2)
    ]
    claim = ledger.claim(rows)
    ledger.intend(claim, 0, Intent(ledger.now(), ledger.now() + 1.0))
    if number % 3:
        ledger.record(claim, 0, "published", 3.0, remote_id=str(number), remote_url=f"https://x.example/{number}")
        ledger.intend(claim, 1, Intent(ledger.now(), ledger.now() + 1.0))
    ledger.release(claim)
# So that the log has a page of every table.
entry = KnownEntry(feed="f", id="e", link="l", title="t", digest="d", words="w", state="accepted", post_key="k", post="{}")
place = Queued(post_key="k", target="t", source="s", title="t", post="{}")
ledger.agenda.poll(FeedState(name="f", url="u"), [entry], [place])
if sys.argv[2] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
ledger.close()
"""


def filled(path: Path, end: Literal["killed", "closed"]) -> Path:
    """A ledger of a closed process, with deliveries 0 to 8; after a `killed` one there are three more, in its log."""
    fill(path, "closed", 0, 9, words=50 if end == "closed" else 200)
    if end == "killed":  # pages of the former are in the file alone
        fill(path, "killed", 9, 12, words=200)
    assert Path(f"{path}-wal").exists() == (end == "killed")
    return path


def fill(path: Path, end: str, first: int, last: int, *, words: int) -> None:
    """Deliveries `first` to `last - 1`, by a process that ends as `end` says."""
    command = [sys.executable, "-c", _FILL, str(path), end, str(first), str(last), str(words)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == (-signal.SIGKILL if end == "killed" else 0), done.stderr
