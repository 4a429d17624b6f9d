"""Who is alive: a lock that the kernel frees when a process dies, however it dies.

Holds on one machine and a local disk only; a ledger shared between machines needs leases instead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path


class Owner:
    """This process as an owner of deliveries. Its file is locked before its name stands in any row."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.name = os.urandom(12).hex()
        self._path = folder / self.name
        # O_CLOEXEC is Python's default: a child must not keep the lock alive.
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def alive(self, name: str) -> bool:
        """Whether the owner called `name` still runs. The file of a dead one is removed."""
        if name == self.name:
            return True
        return alive(self._folder, name, sweep=True)

    def close(self) -> None:
        """Gives the name up. Rows must have been released before."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)


def sole(path: Path) -> int | None:
    """Locks the file at `path`, which stays: a descriptor that holds the lock until it is closed; `None`: it is held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def alive(folder: Path, name: str, *, sweep: bool = False) -> bool:
    """Whether the owner called `name` runs: whether its file is there and locked."""
    if not name.isalnum():  # never one of ours, and perhaps a path out of the folder
        return False
    path = folder / name
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        if sweep:
            path.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)
