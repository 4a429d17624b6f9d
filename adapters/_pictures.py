"""Which picture goes with a short post about a piece of writing, and what it is called there."""

from __future__ import annotations

import re
from dataclasses import replace

from .. import text
from ..adapter import Dialect, Image, Post
from ..markdown import render

_PLAIN = Dialect(format="plain")
_WEB = re.compile(r"https?://")
_DRAWING = re.compile(r"\.svgz?(?:[?#]|$)", re.IGNORECASE)
#: What stands at the top of many a text, and shows nothing of it.
_BADGE = re.compile(r"//(?:img\.)?shields\.io/|/badges?[/.]", re.IGNORECASE)
#: What a program wrote where a description belongs: the name of a file, or of its kind.
_NO_ALT = re.compile(
    r"\S+\.(?:avif|bmp|gif|heic|jpe?g|png|svg|tiff?|webp)|(?:IMG|DSC|DSCN|PXL|MVIMG)[_-]?\d[\w-]*|"
    r"(?:alt(?: text)?|image|img|photo|picture|screen ?shot|untitled|截图|图片)[\s_-]*\d*|"
    r"(?:screen ?shot|bildschirmfoto|capture d.écran)\s(?:\D{0,5}\s)?\d{4}-\d\d-\d\d\b.*|"
    r"[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f-]{17}",
    re.IGNORECASE,
)


def picture_for(post: Post, alt: int) -> tuple[Image | None, list[str]]:
    """The cover, else the first picture of the text; and what is to be said of it.

    `None`: there is none, or it cannot be uploaded, which is said. `alt`: characters that an alternative text may have.
    """
    if post.cover:
        image: Image | None = post.cover
    else:
        shown = pictures_in(post)
        image = next((one for one in shown if not why_not(one)), shown[0] if shown else None)
    if image is None:
        return None, []
    if why := why_not(image):
        return None, [f"the {'cover' if post.cover else 'picture'} {called(image)} is left out: {why}"]
    whole = described(image)
    fitted = text.fit(whole, alt)
    said = [] if whole else [undescribed(image)]
    if fitted != whole:
        said.append(f"the alternative text of {called(image)} is cut: “{fitted}”")
    return replace(image, alt=fitted), said


def described(image: Image) -> str:
    """Its alternative text in one line; empty where that is but the name of a file."""
    alt = " ".join(image.alt.split())
    return "" if _NO_ALT.fullmatch(alt) else alt


def undescribed(image: Image) -> str:
    """What is to be said of a picture without an alternative text."""
    alt = " ".join(image.alt.split())
    return f"the picture {called(image)} has no alternative text" + (f": “{alt}” describes nothing" if alt else "")


def is_badge(image: Image) -> bool:
    """Whether it is one of those that tell of builds and versions."""
    return bool(_BADGE.search(image.url))


def why_not(image: Image) -> str:
    """Why a picture cannot be uploaded; empty if it can, as far as its address tells."""
    if not _WEB.match(image.url):
        return "it isn't on the web"
    return "it is a drawing (SVG), which is not taken" if _DRAWING.search(image.url) else ""


def called(image: Image) -> str:
    """A picture as a person knows it: the name of its file, else its alternative text."""
    return re.split(r"[?#]", image.url)[0].rstrip("/").rpartition("/")[2] or f"“{' '.join(image.alt.split())[:60]}”"


def pictures_in(post: Post) -> list[Image]:
    """The pictures of a text in order, but for badges."""
    blocks = render(post.body, _PLAIN, base_url=post.base_url, title=post.title, pictures=post.pictures).blocks
    found = [Image(block.address, block.alt) for block in blocks if block.kind == "image"]
    return [image for image in found if not is_badge(image)]
