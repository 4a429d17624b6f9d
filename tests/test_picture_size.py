"""Pictures made to fit: smaller, of another kind, upright, in the colours that were meant; the same bytes each time."""

from __future__ import annotations

import contextlib
import io
import random
from typing import Any

import pytest
from PIL import Image, ImageCms

from syndicate.errors import Rejected
from syndicate.picture_size import fitted
from syndicate.pictures import Picture


def picture(kind: str, image: Image.Image, **options: Any) -> Picture:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return Picture(made.getvalue(), f"image/{kind.lower()}", f"a.{kind.lower()}")


def noise(mode: str = "RGB", width: int = 900, height: int = 600) -> Image.Image:
    """A picture that packs badly."""
    return Image.frombytes(mode, (width, height), random.Random(1).randbytes(width * height * len(mode)))


def opened(made: Picture) -> Image.Image:
    return Image.open(io.BytesIO(made.content))


def test_photo_is_made_smaller() -> None:
    """A photo keeps as many pixels as fit, in its shape, and the same bytes come of it each time."""
    large = picture("JPEG", noise(), quality=95)
    made = fitted(large, limit=100_000, types=())
    assert len(made.content) <= 100_000 < len(large.content)
    assert (made.media_type, made.name) == ("image/jpeg", "a.jpg")
    width, height = opened(made).size
    assert width >= 320
    assert abs(width / height - 1.5) < 0.02
    assert fitted(large, limit=100_000, types=()) == made


def test_photo_stands_upright() -> None:
    """What a camera only notes, that it was turned, is done; what else it notes, such as where, is left out."""
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N"}
    made = fitted(picture("JPEG", noise(), quality=95, exif=exif), limit=200_000, types=())
    assert opened(made).size[0] < opened(made).size[1]
    assert not opened(made).getexif()


def test_transparency() -> None:
    """It stays where a PNG suffices; where none does, or none is taken, the ground is white."""
    clear = noise("RGBA", 400, 300)
    smaller = fitted(picture("PNG", clear), limit=400_000, types=())
    assert (smaller.media_type, opened(smaller).mode) == ("image/png", "RGBA")
    flat = fitted(picture("PNG", Image.new("RGBA", (50, 50))), limit=400_000, types=("image/jpeg",))
    assert flat.media_type == "image/jpeg"
    assert opened(flat).getpixel((25, 25)) == (255, 255, 255)


def test_other_kinds_are_turned() -> None:
    """A WebP for a platform that takes none becomes what it takes."""
    made = fitted(picture("WEBP", noise(width=100, height=80)), limit=500_000, types=("image/png", "image/jpeg"))
    assert made.media_type in ("image/png", "image/jpeg")
    assert opened(made).size == (100, 80)


def test_what_cannot_be_made_to_fit() -> None:
    """What moves would stand still; broken or enormous ones, and a limit that nothing meets, are refused with advice."""
    frames = [noise(width=60, height=60) for _ in range(3)]
    moving = picture("GIF", frames[0], save_all=True, append_images=[Image.new("RGB", (60, 60)), *frames])
    enormous = picture("PNG", Image.new("1", (9000, 9000)))
    for bad, limit, said in (
        (moving, 100, "a.gif moves"),
        (Picture(b"\x89PNG\r\n\x1a\nbroken", "image/png", "a.png"), 5, "cannot be read"),
        (Picture(picture("PNG", noise()).content[:5000], "image/png", "a.png"), 50, "cannot be"),
        (enormous, 100, "9000 × 9000"),
        (picture("JPEG", noise()), 100, "cannot be made smaller than 100"),
    ):
        with pytest.raises(Rejected, match=said) as refused:
            fitted(bad, limit=limit, types=())
        assert "yourself" in refused.value.next


def test_grey_of_16_bits() -> None:
    """Its shades stay what they were, and do not all become white."""
    grey = Image.new("I;16", (256, 8))
    for x in range(256):
        grey.paste(x * 257, (x, 0, x + 1, 8))
    made = opened(fitted(picture("PNG", grey), limit=100_000, types=("image/png",)))
    assert [made.convert("L").getpixel((x, 4)) for x in (0, 64, 128, 255)] == [0, 64, 128, 255]


def test_photo_with_another_view() -> None:
    """What phones put behind a photo (a second view, its brightness) does not move."""
    both = picture("MPO", noise(width=200, height=100), save_all=True, append_images=[noise(width=50, height=50)])
    assert opened(both).format == "MPO"
    assert opened(fitted(both, limit=20_000, types=())).size == (200, 100)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_what_moves_stays_as_it_is(kind: str) -> None:
    """None of the kinds that may move is made to stand still."""
    frames = [noise(width=60, height=60), Image.new("RGB", (60, 60))]
    with pytest.raises(Rejected, match="moves"):
        fitted(picture(kind, frames[0], save_all=True, append_images=frames[1:]), limit=100, types=())


def test_colours_are_those_that_were_meant() -> None:
    """A profile in which red and green are swapped is reckoned with, as those who show the picture may not read it."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    other = swapped.replace("sRGB".encode("utf-16-be"), "mine".encode("utf-16-be"))
    red = Image.new("RGB", (60, 40), (250, 10, 10))
    for wanted, icc in (((250, 10, 10), profile), ((10, 250, 10), other), ((250, 10, 10), b"none" * 99)):
        made = opened(fitted(picture("PNG", red, icc_profile=icc), limit=100_000, types=("image/png",)))
        pixel = made.getpixel((9, 9))
        assert isinstance(pixel, tuple)
        assert all(abs(is_there - meant) < 12 for is_there, meant in zip(pixel, wanted, strict=True)), pixel
        assert "icc_profile" not in made.info


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_broken_pictures_are_refused(kind: str) -> None:
    """Whatever is wrong with its bytes: a picture is made of them, or they are refused with advice."""
    chance = random.Random(3)
    whole = picture(kind, noise(width=60, height=40), **({} if kind == "GIF" else {"exif": b"Exif\0\0MM\0*\0\0\0\x08"}))
    for _ in range(150):
        content = bytearray(whole.content)
        for _ in range(5):
            content[chance.randrange(12, len(content))] = chance.randrange(256)
        with contextlib.suppress(Rejected):
            fitted(Picture(bytes(content), whole.media_type, "a"), limit=4000, types=())


def test_large_photo_takes_little() -> None:
    """What has more pixels than any platform shows is cut down first: tries at all of them would take minutes."""
    made = opened(fitted(picture("PNG", Image.new("L", (7000, 7000), 90)), limit=10_000_000, types=("image/jpeg",)))
    assert made.size == (4000, 4000)
