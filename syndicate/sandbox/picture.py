"""A picture in the place of all others: what adapters upload in the sandbox comes from no other machine."""

from __future__ import annotations

import base64

from ..pictures import Picture, picture_of

#: The smallest PNG: one grey pixel.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")


async def a_picture(url: str, limit: int) -> Picture:
    """A picture for an adapter to upload, whatever its address; nothing is fetched."""
    return picture_of(PIXEL, url, limit=limit)
