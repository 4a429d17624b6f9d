"""Where on disk the pictures of a post lie. Only looks whether they are there, and only within the project."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

#: Folders from which site generators serve files as they are, and others in which pictures of a site may lie.
_STATIC = ("static", "public")
_OTHERS = ("assets", "source", "src", ".")


class Disk:
    """The files around the post in `file`. `root`: the project's folder."""

    def __init__(self, file: Path, root: Path) -> None:
        self._folder = Path(os.path.abspath(file.parent))  # noqa: PTH100  links are not followed here
        self._root = Path(os.path.realpath(root))
        above = [folder for folder in (self._folder, *self._folder.parents) if self._within(folder)]
        self._served = [folder / name for folder in above for name in (*_STATIC, *_OTHERS) if (folder / name).is_dir()]
        #: Whether what is in none of these folders is nowhere.
        self._known = any((folder / name).is_dir() for folder in above for name in _STATIC)

    def find(self, url: str) -> Path | Literal[False] | None:
        """The file that the relative address `url` means; `None`: there is none; `False`: it cannot be told."""
        path = unquote(re.split(r"[?#]", url, maxsplit=1)[0])
        try:
            if not path.startswith("/"):
                beside = self._folder / path
                return False if not self._within(beside) else beside if beside.is_file() else None
            there = (folder / path.lstrip("/") for folder in self._served)
            found = next((file for file in there if self._within(file) and file.is_file()), None)
        except (OSError, ValueError):  # what no file can be called
            return None
        return found or (None if self._known else False)

    def _within(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self._root)
