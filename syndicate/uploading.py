"""What a preview says of the pictures of the project that a draft names; what of that cannot be sent. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import PurePosixPath

from .adapter import Draft, Post, Uploads
from .errors import Rejected
from .local import LARGEST, local, locals_in

_UPLOADED = re.compile(r"(?:a picture|\d+ pictures) of the project (?:is|are) uploaded: ")


def is_told(warning: str) -> bool:
    """Whether this is the word on what is uploaded: nothing is lost by that."""
    return bool(_UPLOADED.match(warning))


def told(draft: Draft, post: Post, taken: Uploads | None) -> Draft:
    """The draft, with a word on the pictures of the project that are uploaded for it.

    Addresses that look like those of `syndicate.local` and are not may stand in a text; whoever writes a feed can make
    them up. Nothing is uploaded for them.

    Args:
        taken: What the platform takes; `None`: nothing is uploaded there.

    Raises:
        Rejected: a picture is too large to be made smaller, or an address was made up where pictures are uploaded.
    """
    found = locals_in("\n".join(json.dumps(part.payload) for part in draft.parts))
    if not found:
        return draft
    known = {one.digest for one in map(local, post.pictures.values()) if one}
    if strangers := [one for one in found if one.digest not in known]:
        said = f"{strangers[0].address} stands for a picture in a preview only, and leads nowhere"
        if taken is not None:
            raise Rejected(f"{said}; it is written in the post", field="images", next="give the picture's own address")
        return replace(draft, warnings=(*draft.warnings, f"{said}; it is sent as it is written"))
    if taken is None:
        return draft
    most = max(taken.size, LARGEST)
    if enormous := next((one for one in found if one.size > most), None):
        said = f"{enormous.path} has {enormous.size:,} bytes; what has up to {most:,} can be made smaller"
        raise Rejected(said, field="images", next="make it smaller yourself, or take it out")
    names = ", ".join(
        f"{one.path} ({one.size:,} bytes, made smaller{_unless(one.path)})" if one.size > taken.size else str(one.path)
        for one in found
    )
    what = "a picture of the project is" if len(found) == 1 else f"{len(found)} pictures of the project are"
    return replace(draft, warnings=(*draft.warnings, f"{what} uploaded: {names}"))


def _unless(path: PurePosixPath) -> str:
    """What of a picture that is made smaller only its bytes tell, which are read when it is sent."""
    return " unless it moves" if path.suffix.lower() in (".gif", ".webp", ".avif") else ""
