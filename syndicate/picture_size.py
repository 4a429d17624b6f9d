"""Pictures that are too large for a platform, or of a kind that it does not take: made to fit, as a person would."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from .errors import Rejected
from .pictures import Picture

if TYPE_CHECKING:
    from PIL import Image

#: Pixels that are decoded at all: with what is made of them, some 500 MB of memory. One picture at a time.
_MOST_PIXELS = 50_000_000
_ONE_AT_A_TIME = threading.Lock()
#: Pixels that are kept of what has to be made to fit: no platform shows more, and tries at it would take minutes.
_KEPT_PIXELS = 16_000_000
#: Each try has 0.8 of the width before; below the narrowest nothing can be read.
_SHRINK, _NARROWEST = 0.8, 320
_JPEG, _PNG = "image/jpeg", "image/png"
_SUFFIX = {_JPEG: ".jpg", _PNG: ".png"}
#: What is opened. A JPEG of several pictures (MPO) does not move: beside the photo it has other views, or its brightness.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
_ORIENTATION = 0x0112


def fitted(picture: Picture, *, limit: int, types: Collection[str]) -> Picture:
    """`picture` in at most `limit` bytes, as one of `types` (none: any); upright, without what a camera notes in it.

    What is transparent stays so as a PNG, if that suffices; else it gets a white ground. Colours are those of sRGB, which
    every platform shows. Makes the same bytes of the same picture.

    Raises:
        Rejected: it moves (it would stand still), it cannot be read, or not be made small enough.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on odd metadata; how many pixels there are is looked at here
        return _fitted(picture, limit, types)


def _fitted(picture: Picture, limit: int, types: Collection[str]) -> Picture:
    from PIL import Image

    advice = "make it smaller yourself, or take it out"
    name = picture.name
    try:
        opened = Image.open(io.BytesIO(picture.content), formats=_FORMATS)
        if opened.format != "MPO" and getattr(opened, "is_animated", False):
            said = f"{name} moves; as it is, {_too(picture, limit)}, and made to fit it would stand still"
            raise Rejected(said, field="images", next=advice)
        width, height = opened.size
        if width * height > _MOST_PIXELS:
            said = f"{name} has {width} × {height} pixels, which is too much to make it smaller"
            raise Rejected(said, field="images", next=advice)
        for content, media_type in _smaller(opened, limit, types):
            if len(content) <= limit:
                return Picture(content, media_type, name.rpartition(".")[0] + _SUFFIX[media_type])
    except Rejected:
        raise
    except Exception:  # noqa: BLE001  broken pictures fail in many ways
        said = f"{name} cannot be read as a picture, so it cannot be made to fit; as it is, {_too(picture, limit)}"
        raise Rejected(said, field="images", next=advice) from None
    raise Rejected(f"{name} cannot be made smaller than {limit:,} bytes", field="images", next=advice)


def _too(picture: Picture, limit: int) -> str:
    size = len(picture.content)
    return (
        f"it has {size:,} bytes, of which {limit:,} are taken" if size > limit else f"{picture.media_type} is not taken"
    )


def _smaller(opened: Image.Image, limit: int, types: Collection[str]) -> Iterator[tuple[bytes, str]]:
    """The picture as it might fit, ever smaller."""
    from PIL import Image

    painted = opened.format in ("PNG", "GIF")
    drawn = _drawn(opened)
    clear = drawn.mode == "RGBA"
    kinds = [kind for kind in (_PNG, _JPEG) if not types or kind in types]
    width, height = drawn.size
    # What was drawn, and what is transparent, is best as a PNG, while that is small enough.
    if _PNG in kinds and (clear or painted):
        for step in range(3):
            content = _encoded(_scaled(drawn, _SHRINK**step), "PNG", optimize=True)
            yield content, _PNG
            if len(content) > 3 * limit:
                break  # the next two would not do either
    if _JPEG in kinds and clear:
        flat = Image.new("RGB", drawn.size, "white")
        flat.paste(drawn, mask=drawn.getchannel("A"))
        drawn = flat
    share = 1.0
    while width * share >= min(width, _NARROWEST) and height * share >= 1:
        if _JPEG in kinds:
            yield _encoded(_scaled(drawn, share), "JPEG", quality=85, optimize=True, progressive=True), _JPEG
        else:
            yield _encoded(_scaled(drawn, share), "PNG", optimize=True), _PNG
        share *= _SHRINK


def _drawn(opened: Image.Image) -> Image.Image:
    """What is seen, upright, as RGB or, where anything may be transparent, RGBA; no more pixels than are kept."""
    from PIL import Image

    profile, turned = opened.info.get("icc_profile"), _orientation(opened)
    share = min(1.0, (_KEPT_PIXELS / (opened.width * opened.height)) ** 0.5)
    size = (max(1, round(opened.width * share)), max(1, round(opened.height * share)))
    if share < 1.0:
        opened.draft(None, size)  # a JPEG need not be unpacked as a whole
    drawn: Image.Image = opened
    if drawn.mode.startswith("I"):  # 16 bits of grey, where 8 are shown
        drawn.load()
        drawn = drawn.convert("I").point(lambda grey: grey / 256).convert("L")
    clear = drawn.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in opened.info
    if clear:
        drawn = drawn.convert("RGBA")
    elif drawn.mode not in ("RGB", "L", "CMYK"):
        drawn = drawn.convert("RGB")
    if drawn.size != size:
        drawn = drawn.resize(size, Image.Resampling.LANCZOS)
    if profile:
        drawn = _in_srgb(drawn, profile)
    drawn = drawn.convert("RGBA" if clear else "RGB")
    if turned:
        drawn = drawn.transpose(turned)
    drawn.info = {}
    return drawn


def _orientation(opened: Image.Image) -> Image.Transpose | None:
    """How a camera was held, where that is only noted."""
    from PIL import Image

    if opened.format == "PNG" and "exif" not in opened.info:
        return None  # it would be decoded to look for notes behind the picture
    turn = Image.Transpose
    ways = (
        turn.FLIP_LEFT_RIGHT,
        turn.ROTATE_180,
        turn.FLIP_TOP_BOTTOM,
        turn.TRANSPOSE,
        turn.ROTATE_270,
        turn.TRANSVERSE,
        turn.ROTATE_90,
    )
    try:
        noted = opened.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  notes that cannot be read say nothing
        return None
    return ways[noted - 2] if noted in range(2, 9) else None


def _in_srgb(drawn: Image.Image, profile: bytes) -> Image.Image:
    """The colours that a profile means, for those who do not read profiles; as it was, if it makes no sense."""
    try:
        from PIL import ImageCms
    except ImportError:  # a Pillow that was built without it
        return drawn
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = meant.profile.xcolor_space.strip()
        if (drawn.mode, space) not in {("RGB", "RGB"), ("RGBA", "RGB"), ("L", "GRAY"), ("CMYK", "CMYK")}:
            return drawn
        if (meant.profile.profile_description or "").startswith("sRGB"):
            return drawn
        made = ImageCms.profileToProfile(
            drawn, meant, ImageCms.createProfile("sRGB"), outputMode="RGBA" if drawn.mode == "RGBA" else "RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return drawn
    return made or drawn


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


def dimensions(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a picture, as it is shown; `None`: it cannot be read. Nothing is decoded."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = Image.open(io.BytesIO(content), formats=_FORMATS)
            width, height = opened.size
            turned = _orientation(opened)
    except Exception:  # noqa: BLE001  broken pictures fail in many ways
        return None
    turn = Image.Transpose
    on_its_side = turned in (turn.TRANSPOSE, turn.ROTATE_270, turn.TRANSVERSE, turn.ROTATE_90)
    return (height, width) if on_its_side else (width, height)
