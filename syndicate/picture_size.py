"""Pictures that are too large for a platform, or of a kind that it does not take: made to fit, as a person would."""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from .errors import Rejected
from .pictures import Picture

if TYPE_CHECKING:
    from PIL import Image

#: Pixels that are decoded at all: some 200 MB of memory.
_MOST_PIXELS = 50_000_000
#: Each try has 0.8 of the width before; below the narrowest nothing can be read.
_SHRINK, _NARROWEST = 0.8, 320
_JPEG, _PNG = "image/jpeg", "image/png"
_SUFFIX = {_JPEG: ".jpg", _PNG: ".png"}


def fitted(picture: Picture, *, limit: int, types: Collection[str]) -> Picture:
    """`picture` in at most `limit` bytes, as one of `types` (none: any); upright, without what a camera notes in it.

    What is transparent stays so as a PNG, if that suffices; else it gets a white ground. Makes the same bytes of the same
    picture.

    Raises:
        Rejected: it moves (it would stand still), it cannot be read, or not be made small enough.
    """
    from PIL import Image, UnidentifiedImageError

    advice = "make it smaller yourself, or take it out"
    name = picture.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on odd metadata; how many pixels there are is looked at here
            opened = Image.open(io.BytesIO(picture.content))
            if getattr(opened, "n_frames", 1) > 1:
                said = f"{name} moves; as it is, {_too(picture, limit)}, and made to fit it would stand still"
                raise Rejected(said, field="images", next=advice)
            width, height = opened.size
            if width * height > _MOST_PIXELS:
                said = f"{name} has {width} × {height} pixels, which is too much to make it smaller"
                raise Rejected(said, field="images", next=advice)
            for content, media_type in _smaller(opened, types):
                if len(content) <= limit:
                    return Picture(content, media_type, name.rpartition(".")[0] + _SUFFIX[media_type])
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        said = f"{name} cannot be read as a picture, so it cannot be made to fit; as it is, {_too(picture, limit)}"
        raise Rejected(said, field="images", next=advice) from None
    raise Rejected(f"{name} cannot be made smaller than {limit:,} bytes", field="images", next=advice)


def _too(picture: Picture, limit: int) -> str:
    size = len(picture.content)
    return (
        f"it has {size:,} bytes, of which {limit:,} are taken" if size > limit else f"{picture.media_type} is not taken"
    )


def _smaller(opened: Image.Image, types: Collection[str]) -> Iterator[tuple[bytes, str]]:
    """The picture as it might fit, ever smaller."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(opened)
    clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    drawn = upright.convert("RGBA" if clear else "RGB")
    kinds = [kind for kind in (_PNG, _JPEG) if not types or kind in types]
    width, height = drawn.size
    # What was drawn, and what is transparent, is best as a PNG, while that is small enough.
    if _PNG in kinds and (clear or opened.format in ("PNG", "GIF")):
        for step in range(3):
            yield _encoded(_scaled(drawn, _SHRINK**step), "PNG", optimize=True), _PNG
    if _JPEG in kinds:
        flat = Image.new("RGB", drawn.size, "white")
        flat.paste(drawn, mask=drawn.getchannel("A") if clear else None)
        drawn = flat
    share = 1.0
    while width * share >= min(width, _NARROWEST) and height * share >= 1:
        if _JPEG in kinds:
            yield _encoded(_scaled(drawn, share), "JPEG", quality=85, optimize=True, progressive=True), _JPEG
        else:
            yield _encoded(_scaled(drawn, share), "PNG", optimize=True), _PNG
        share *= _SHRINK


def _scaled(picture: Image.Image, share: float) -> Image.Image:
    from PIL import Image

    if share == 1.0:
        return picture
    width, height = (max(1, round(side * share)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image, kind: str, **options: int | bool) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **options)
    return made.getvalue()
