"""What can be told of a SQLite file and the write-ahead log beside it before SQLite opens them.

SQLite takes a log for as long as its checksums hold and drops the rest without a word: that is how a crash in the
middle of a commit is undone, but a log that was cut afterwards loses commits the same way. And it reads pages that
the file should have as if they were damage of one table. So both are told before. The log's index (`-shm`), which a
killed process leaves behind, says how much of the log was committed.

Formats: sqlite.org/fileformat2.html, 4; sqlite.org/walformat.html, 2.

To be called before a process has a connection to the file: closing any descriptor of a file gives up all locks that
the process has on it (sqlite.org/howtocorrupt.html, 2.2).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_WAL_HEADER = 32
_FRAME_HEADER = 24
#: Two copies of the index's header, and what is already in the database.
_INDEX = 2 * 48 + 4
_INDEX_FORMAT = 3007000


@dataclass(frozen=True, slots=True)
class _Index:
    """The header of a log's index: frames committed and frames that are already in the file, and of which log."""

    page: int
    frames: int
    backfilled: int
    salt: bytes


def cut(path: Path) -> bool:
    """Whether the log beside the file at `path` lacks something that was committed to it.

    Without an index, or with one of another log, nothing can be told: `False`. A log that another process uses is
    read again when it was begun anew meanwhile.
    """
    index = _index(path)
    while index is not None:
        size, salt = _log(path)
        again = _index(path)
        if again == index:
            needed = _WAL_HEADER + index.frames * (_FRAME_HEADER + index.page)
            # A log begun anew has other salts, and its index may not have reached the disk before the power failed.
            other = size >= _WAL_HEADER and salt != index.salt
            return index.backfilled < index.frames and size < needed and not other
        index = again
    return False


def covers(path: Path, page: int, pages: int) -> bool:
    """Whether each of the first `pages` pages, of `page` bytes, is whole in the file at `path` or in its log.

    A file may be shorter than its header says while its log has the rest: after a kill in the middle of a checkpoint.
    """
    whole = path.stat().st_size // page
    logged = set()
    try:
        with Path(f"{path}-wal").open("rb") as log:
            salt = log.read(_WAL_HEADER)[16:24]
            while len(head := log.read(_FRAME_HEADER)) == _FRAME_HEADER and head[8:16] == salt:
                if len(log.read(page)) < page:
                    break
                logged.add(int.from_bytes(head[:4], "big"))
    except FileNotFoundError:
        pass
    return all(number in logged for number in range(whole + 1, pages + 1))


def _log(path: Path) -> tuple[int, bytes]:
    """The log's size in bytes, and the salts in its header."""
    try:
        with Path(f"{path}-wal").open("rb") as log:
            header = log.read(_WAL_HEADER)
            return log.seek(0, 2), header[16:24]
    except FileNotFoundError:
        return 0, b""


def _index(path: Path) -> _Index | None:
    """What the index says; `None` when there is none, or none that is whole.

    A process that is just changing it makes its two copies differ for a moment: it is looked at a few times.
    """
    for _ in range(100):
        try:
            with Path(f"{path}-shm").open("rb") as file:
                data = file.read(_INDEX)
        except FileNotFoundError:
            return None
        if len(data) < _INDEX:
            return None
        if data[:48] == data[48:96] and (found := _read(data)) is not None:
            return found
    return None


def _read(data: bytes) -> _Index | None:
    words = struct.unpack("=12I", data[:48])  # in the machine's own order; the salts as they stand in the log
    one = two = 0
    for first, second in zip(words[:10:2], words[1:10:2]):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    initialised, page = data[12], struct.unpack("=H", data[14:16])[0]
    if words[0] != _INDEX_FORMAT or not initialised or (one, two) != words[10:12]:
        return None
    return _Index(
        page=65536 if page == 1 else page,
        frames=words[4],
        backfilled=struct.unpack("=I", data[96:100])[0],
        salt=data[32:40],
    )
