"""A folder on this machine, spoken to as if it were a server: so that what writes files keeps the publishing protocol.

At `file://localhost/ROOT`, the folder's path:

``GET …/PATH``     `{"path", "content"}`: the file: 200, or 404. With `?entry=ID` the `{"entry"}` of a feed; of a
                   folder `{"path", "folder"}`
``POST``           `{"path", "content"}`: a new file, 201; 409 if there is one. Or `{"feed", "entry"}`: an entry into an Atom or
                   RSS file, 201; 409 if it has one with that id, 404 if there is no feed
``PUT``            the same, in the place of what is there: 200
``DELETE …/PATH``  204, or 404

A file is there whole or not at all, and on disk before the answer. What the system refuses is 403 (no permission), 507 (no
space) or 400 (a name that it does not take); a path that leads out of the root is 400.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx

_STATUS = {errno.EACCES: 403, errno.EPERM: 403, errno.EROFS: 403, errno.ENOSPC: 507, errno.EDQUOT: 507}


class Disk(httpx.AsyncBaseTransport):
    """A transport for `file:` URLs."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        trace = request.extensions.get("trace")
        if trace is not None:  # whoever waited too long must not write
            await trace("disk.send_request_headers.started", {})
        try:
            return _handle(request)
        except OSError as error:
            status = _STATUS.get(error.errno or 0, 400)
            return _refusal(status, error.strerror or type(error).__name__)


def _handle(request: httpx.Request) -> httpx.Response:
    place = Path(unquote(request.url.raw_path.decode("ascii").partition("?")[0]))
    if request.method == "GET":
        return _file(place, request.url.params.get("entry"))
    if request.method == "DELETE":
        if not place.is_file():
            return _refusal(404, "no such file")
        place.unlink()
        return httpx.Response(204)
    wanted = json.loads(request.content)
    if not place.is_dir():
        return _refusal(404, "no such folder")
    anew = request.method == "POST"
    if "entry" in wanted:
        return _entry(_within(place, wanted["feed"]), wanted["entry"], anew=anew)
    file = _within(place, wanted["path"])
    _make(file.parent)
    if not _write(file, wanted["content"].encode(), anew=anew):
        return _refusal(409, "there is a file already")
    return httpx.Response(201 if anew else 200, json={"path": wanted["path"]})


def _file(place: Path, entry: str | None) -> httpx.Response:
    if place.is_dir():
        return httpx.Response(200, json={"path": place.name, "folder": True})
    if not place.is_file():
        return _refusal(404, "no such file")
    content = place.read_bytes()
    if entry is None:
        return httpx.Response(200, json={"path": place.name, "content": content.decode("utf-8", "replace")})
    from .feed.entries_file import entry_of

    try:
        found = entry_of(content, entry)
    except ValueError as error:
        return _refusal(422, str(error))
    return httpx.Response(200, json={"entry": found}) if found else _refusal(404, "no such entry")


def _within(root: Path, path: str) -> Path:
    """The file at a path below the root, links followed. Raises `OSError`."""
    file = root / path
    if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root)) or file == root:
        raise OSError(errno.EINVAL, "the path leads out of the folder")
    return Path(os.path.realpath(file))  # a link stays one


def _make(folder: Path) -> None:
    """Makes a folder and those above it, each on disk before anything is in it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _write(file: Path, content: bytes, *, anew: bool) -> bool:
    """Writes a file whole. With `anew` it returns whether there was none."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.name[:40]}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        # As an editor would have made it, or as it is.
        os.chmod(draft, 0o644 if anew or not file.exists() else stat.S_IMODE(file.stat().st_mode))  # noqa: PTH101
        if anew:
            try:
                os.link(draft, file)  # unlike a rename, it leaves alone what is there
            except FileExistsError:
                return False
        else:
            os.replace(draft, file)
        _sync(file.parent)
    finally:
        Path(draft).unlink(missing_ok=True)
    return True


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entry(feed: Path, entry: dict[str, Any], *, anew: bool) -> httpx.Response:
    from .feed.entries_file import entry_of, with_entry

    if not feed.is_file():
        return _refusal(404, "there is no feed")
    with _alone(feed.parent):
        before = feed.read_bytes()
        try:
            if anew and entry_of(before, entry["id"]):
                return _refusal(409, "the feed has this entry already")
            after = with_entry(before, entry)
        except ValueError as error:
            return _refusal(422, str(error))
        _write(feed, after, anew=False)
    return httpx.Response(201 if anew else 200, json={"id": entry["id"]})


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Another run that puts an entry into the same feed waits: else one of the two would be lost."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _refusal(status: int, said: str) -> httpx.Response:
    return httpx.Response(status, json={"error": said})
