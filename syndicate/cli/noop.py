"""Remembers that a `publish` or a pass of `watch` had nothing to do, so that cron's next one costs a few file look-ups.

Rendering is pure: as long as the posts, the config, the ledger and the code are the same files, the same command
has nothing to do again; a pass only has to ask the feeds whether they are as they were (see `still`). What is remembered names each of them with its size and time, as a build tool would; if
one differs, or is so young that its time cannot be trusted, the command runs in full. It can be deleted at any time.

Imports nothing that a bare interpreter has not loaded: that is the point.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable

#: Seconds that a file must be older than what is remembered of it: clocks of file systems are coarse.
_YOUNG = 2.0
_COMMANDS = (["publish"], ["watch"])


def recall(arguments: list[str]) -> str | None:
    """What was remembered of the same command when it had nothing to do, if that still holds."""
    path = _path(arguments)
    if path is None or arguments[:1] not in _COMMANDS:
        return None
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            if file.readline() != _key(arguments) + "\n":
                return None
            for line in file:
                if line == "\n":
                    return file.read()
                if _stamp(line.split("\t", 1)[0]) + "\n" != line:
                    return None
    except (OSError, ValueError):
        pass
    return None


def remember(arguments: list[str], output: str, inputs: Iterable[str], absent: Iterable[str]) -> None:
    """Keeps `output` for as long as the files `inputs` stay as they are and the files `absent` are not there."""
    path = _path(arguments)
    if path is None or arguments[:1] not in _COMMANDS:
        return
    code = [
        getattr(module, "__file__", None)
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in _roots()
    ]
    files = sorted({*inputs, *(file for file in code if file), *_folders()})
    newest = max((os.stat(file).st_mtime for file in files), default=0.0)
    lines = [_stamp(file) for file in [*files, *absent]]
    if newest > time.time() - _YOUNG or "\n" in "".join([_key(arguments), *lines]):
        return
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        draft = f"{path}.{os.getpid()}"
        with open(draft, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write("\n".join([_key(arguments), *lines, "", output]))
        os.replace(draft, path)
    except OSError:
        pass


def _folders() -> list[str]:
    """Where packages are installed: each install changes these folders. Not the one we run in."""
    return [folder for folder in sys.path if folder not in ("", os.getcwd()) and os.path.isdir(folder)]


def _roots() -> set[str]:
    """The packages whose code decides: this one and those that adapters come from."""
    from ..registry import ADAPTERS, names

    return {"syndicate", *(value.partition(":")[0].partition(".")[0] for value in names(ADAPTERS).values())}


def _key(arguments: list[str]) -> str:
    """The command: its words, where it runs, which config is named, which code runs it."""
    places = [os.environ.get(name) for name in ("SYNDICATE_CONFIG", "XDG_CONFIG_HOME", "HOME")]
    return repr((os.getcwd(), places, arguments, sys.prefix, __file__))


def _path(arguments: list[str]) -> str | None:
    home = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("HOME") and os.environ["HOME"] + "/.cache")
    if not home:
        return None
    import zlib  # for a file name only: the key stands in the file

    return f"{home}/syndicate/{zlib.crc32(_key(arguments).encode()):08x}"


def _stamp(file: str) -> str:
    try:
        status = os.stat(file)
    except OSError:
        return f"{file}\t-"
    return f"{file}\t{status.st_size}\t{status.st_mtime_ns}\t{status.st_ino}"
