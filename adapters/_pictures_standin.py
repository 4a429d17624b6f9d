"""What the stand-ins of platforms that take pictures share: forms that hold a file, and what kind of picture it is."""

from __future__ import annotations

import re

from ..standin import Request

#: First bytes → media type.
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


def file_of(request: Request) -> tuple[dict[str, str], str, bytes | None]:
    """A form (`multipart/form-data`) with one file: its other fields in order, the file's name and bytes.

    `None` for the bytes: it has no file. A field behind the file is left out, as S3 does.
    """
    boundary = re.search(r'boundary="?([^";]+)', request.headers.get("content-type", ""))
    fields: dict[str, str] = {}
    for piece in request.body.split(b"--" + boundary[1].encode())[1:-1] if boundary else []:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        said = head.decode("utf-8", "replace")
        if name := re.search(r'filename="([^"]*)"', said):
            return fields, name[1], content
        if name := re.search(r'name="([^"]*)"', said):
            fields[name[1]] = content.decode("utf-8", "replace")
    return fields, "", None


def kind_of(content: bytes) -> str | None:
    """The media type of a picture, as its first bytes say; `None`: it is none."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] == b"ftypavif":
        return "image/avif"
    return next((kind for start, kind in _MAGIC.items() if content.startswith(start)), None)
