"""Addresses for pictures that only the project has, until a platform has taken them. Pure; part of the contract.

Where a post names such a picture, a draft for a platform that takes uploads has an address that leads nowhere
(`.invalid`, RFC 2606), and tells which file is meant, how large it is, and what is in it. `Http.picture` gives the
bytes; an adapter uploads them and sends the platform's address in its place. So the preview, which asks nobody, has the
text of the request but for those addresses, and a picture that was changed since is not sent.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

_HOST = "https://picture.invalid/"
#: Bytes of a picture that may be made smaller.
LARGEST = 32 * 1024 * 1024
#: What can be an image by a path, or bring one; most posts have none.
_OWN = re.compile(r"!\[|\b(?i:src)\s*=|\{\{[<%]|\{%|^\[[^\]\n]+\]:", re.MULTILINE)
_DIAGRAM = re.compile(r"^[ >\t]*(?:`{3,}|~{3,})[ \t]*mermaid\b", re.MULTILINE)
_ADDRESS = re.compile(rf"{re.escape(_HOST)}([0-9a-f]{{16}})-(\d{{1,12}})/([\w./~%-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Local:
    """A picture of the project. `path` within it; `digest`: 16 hex digits of its bytes' SHA-256; `size` in bytes."""

    path: PurePosixPath
    digest: str
    size: int

    @classmethod
    def of(cls, path: PurePosixPath, content: bytes) -> Local:
        return cls(path, digest(content), len(content))

    @property
    def address(self) -> str:
        # A name that is no UTF-8 is one all the same.
        return f"{_HOST}{self.digest}-{self.size}/{quote(str(self.path), errors='surrogateescape')}"


def may_show_own(body: str, cover: str) -> bool:
    """Whether a post with this text and cover, as they are written, may show pictures by their paths. Quick."""
    return bool(cover and "://" not in cover) or bool(_OWN.search(body))


def has_diagrams(body: str) -> bool:
    """Whether a text may hold diagrams that can be drawn. Quick."""
    return "mermaid" in body and bool(_DIAGRAM.search(body))


def digest(content: bytes) -> str:
    """What tells a picture's bytes."""
    return hashlib.sha256(content).hexdigest()[:16]


def local(url: str) -> Local | None:
    """The picture that an address of a draft means; `None` for one that is on the web."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return None
    return Local(PurePosixPath(unquote(found[3], errors="surrogateescape")), found[1], int(found[2]))


def locals_in(text: str) -> tuple[Local, ...]:
    """The pictures whose addresses stand in a text, each once, in order."""
    found = (local(match[0]) for match in _ADDRESS.finditer(text))
    return tuple(dict.fromkeys(one for one in found if one is not None))
