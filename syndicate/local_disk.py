"""Pictures of a post on disk: where they lie, and what is in them. Nothing outside the project is read."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import unquote

from .adapter import Post
from .errors import Rejected, Unavailable
from .local import Local, digest, local, may_show_own
from .pictures import Picture, is_picture, picture_of

#: Folders from which site generators serve files as they are, and others in which pictures of a site may lie.
_STATIC = ("static", "public")
_OTHERS = ("assets", "source", "src", "content", ".")
#: Bytes of a picture that are read at all.
_LARGEST = 64 * 1024 * 1024


class Disk:
    """The files around the post in `file`. `root`: the project's folder."""

    def __init__(self, file: Path, root: Path) -> None:
        self._folder = Path(os.path.abspath(file.parent))  # noqa: PTH100  links are not followed here
        #: Where Hexo's posts keep their pictures.
        self._own = self._folder / file.stem
        self._root = Path(os.path.realpath(root))
        above = [folder for folder in (self._folder, *self._folder.parents) if self._within(folder)]
        self._served = [folder / name for folder in above for name in (*_STATIC, *_OTHERS) if (folder / name).is_dir()]
        #: Where a picture was looked for, whether there is one or not.
        self.looked: set[Path] = set()
        #: Whether what is in none of these folders is nowhere.
        self._known = any((folder / name).is_dir() for folder in above for name in _STATIC)

    def find(self, url: str) -> Path | Literal[False] | None:
        """The file that the relative address `url` means; `None`: there is none; `False`: it cannot be told."""
        path = unquote(re.split(r"[?#]", url, maxsplit=1)[0])
        try:
            if not path.startswith("/"):
                beside = self._folder / path
                if (of_post := self._own / path) != beside and not beside.is_file() and self._is_file(of_post):
                    return of_post
                return False if not self._within(beside) else beside if self._is_file(beside) else None
            found = next(filter(self._is_file, (folder / path.lstrip("/") for folder in self._served)), None)
        except (OSError, ValueError):  # what no file can be called
            return None
        return found or (None if self._known else False)

    def pictures(self, post: Post) -> dict[str, str]:
        """The pictures of `post` that lie in the project: address as written → `Local.address`.

        Empty for those that no platform takes as an upload: a drawing (SVG), and what only has a picture's name.
        """
        found: dict[str, str] = {}
        plain: dict[str, str] = {}
        for url in self._written(post):
            file = self.find(url)
            if not file:
                continue
            real = Path(os.path.realpath(file))
            if not real.is_relative_to(self._root):  # since it was looked at
                continue
            path = PurePosixPath(real.relative_to(self._root).as_posix())
            content = _content(self._root, path)
            taken = content is not None and is_picture(content)
            found[url] = Local.of(path, content).address if content is not None and taken else ""
            plain.setdefault(unquote(url), found[url])
        return {**plain, **found}

    def _written(self, post: Post) -> Iterator[str]:
        """The relative addresses of the pictures of a post, the cover first."""
        from .check_text import Address, contents

        addresses = [Address("picture", post.cover.written, None)] if post.cover else []
        if may_show_own(post.body, ""):
            found = contents(post.body, base_url=None, title=post.title).addresses
            addresses += [one for one in found if one.kind == "picture"]
        yield from dict.fromkeys(one.url for one in addresses if one.relative)

    def _is_file(self, file: Path) -> bool:
        within = self._within(file)
        self.looked.add(file)
        return within and file.is_file()

    def _within(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self._root)


class Project:
    """The pictures of the project at `root`, and of other checkouts whose posts were named in this run.

    `mermaid`: the command that draws diagrams.
    """

    def __init__(self, root: Path, mermaid: str = "") -> None:
        self._roots = [root]
        self._mermaid = mermaid
        #: The files on which it hung what was found, those that are not there included.
        self.looked: set[Path] = set()

    def pictures(self, post: Post, path: Path, root: Path) -> dict[str, str]:
        """See `Disk.pictures`. `path`: the post's file, or its folder."""
        if root not in self._roots:
            self._roots.append(root)
        disk = Disk(path / "index.md" if path.is_dir() else path, root)
        found = disk.pictures(post)
        self.looked |= disk.looked
        return found

    def diagrams(self, post: Post) -> dict[str, str]:
        """The diagrams of a post, drawn as pictures, where something on this machine draws: see `diagrams`."""
        from .diagrams import drawn, program

        draw = program(self._mermaid)
        if draw is None:
            return {}
        root = Path(os.path.realpath(self._roots[0]))
        made: dict[str, str] = {}
        for name, file in drawn(post.body, root, draw).items():
            self.looked.add(file)
            path = PurePosixPath(file.relative_to(root).as_posix())
            content = _content(root, path)
            if content is not None and is_picture(content):
                made[name] = Local.of(path, content).address
        return made

    def read(self, url: str, *, limit: int) -> Picture:
        """See `read_picture`."""
        trouble: Rejected | Unavailable | None = None
        for root in self._roots:
            try:
                return read_picture(url, root, limit=limit)
            except Unavailable as changed:
                trouble = changed
            except Rejected as refused:
                trouble = trouble or refused
        assert trouble is not None
        raise trouble


def read_picture(url: str, root: Path, *, limit: int) -> Picture:
    """The picture that `url`, a `Local.address`, means in the project at `root`.

    Raises:
        Rejected: it is not there, or has more than `limit` bytes.
        Unavailable: it is another one than when the draft was made.
    """
    wanted = local(url)
    content = _content(Path(os.path.realpath(root)), wanted.path) if wanted else None
    if wanted is None or content is None:
        name = wanted.path if wanted else url
        said = f"the picture {name} is not in the project's folder"
        raise Rejected(said, field="images", next="put it there again, or take it out of the post")
    if digest(content) != wanted.digest:
        said = f"the picture {wanted.path} was changed since this was prepared; nothing was sent"
        raise Unavailable(said, next="look at the preview again, then run the same command again")
    return picture_of(content, url, limit=limit)


def _content(root: Path, path: PurePosixPath) -> bytes | None:
    """The bytes of a file below `root`; `None`: there is none, it is no file, too large, or lies elsewhere.

    What is read is what was looked at: a link that is put in its place, or in that of a folder above it, in between is
    not followed.
    """
    try:
        file = Path(os.path.realpath(root / path))
        if file == root or not file.is_relative_to(root):
            return None
        opened = _opened(root, file.relative_to(root).parts)
    except (OSError, ValueError):
        return None
    with os.fdopen(opened, "rb") as stream:
        there = os.fstat(stream.fileno())
        if not stat.S_ISREG(there.st_mode) or there.st_size > _LARGEST:
            return None
        content = stream.read(_LARGEST + 1)
        return content if len(content) <= _LARGEST else None


def _opened(root: Path, parts: Sequence[str]) -> int:
    """The file at the end of a path without links, as a descriptor. Raises `OSError` at a link."""
    plain = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            below = os.open(part, plain | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = below
        return os.open(parts[-1], plain, dir_fd=folder)
    finally:
        os.close(folder)
