"""Pure text work: counting as a platform counts, fitting, splitting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Counter = Literal["characters", "bytes", "graphemes", "weighted"]

_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'…]", re.IGNORECASE)


def count(text: str, counter: Counter) -> int:
    """The length of `text` in the platform's unit."""
    if counter == "bytes":
        return len(text.encode())
    if counter == "weighted":
        import unicodedata

        text = unicodedata.normalize("NFC", text)
        total = 0
        spans = urls(text)
        for start, end in spans:
            total += 23 - sum(_weight(c) for c in text[start:end])
        return total + sum(_weight(c) for c in text)
    return len(text)


def _weight(c: str) -> int:
    o = ord(c)
    return 1 if o <= 4351 or 8192 <= o <= 8205 or 8208 <= o <= 8223 or 8242 <= o <= 8247 else 2


def fit(text: str, limit: int, counter: Counter = "characters", *, ellipsis: str = "…") -> str:
    """`text` if it fits into `limit`, else its beginning, cut at a sentence, else a word, else a grapheme."""
    if count(text, counter) <= limit:
        return text
    while text and count(text + ellipsis, counter) > limit:
        text = text[: text.rfind(" ")] if " " in text.strip() else text[:-1]
    return text.rstrip() + ellipsis


def split(blocks: Sequence[str], limit: int, counter: Counter) -> list[str]:
    """Packs `blocks` into as few pieces of at most `limit` as their order allows, joined by blank lines."""
    pieces: list[str] = []
    current = ""
    for block in blocks:
        rest = block
        while rest:
            joined = f"{current}\n\n{rest}" if current else rest
            if count(joined, counter) <= limit:
                current, rest = joined, ""
            elif current:
                pieces.append(current)
                current = ""
            else:
                head = fit(rest, limit, counter, ellipsis="")
                pieces.append(head)
                rest = rest[len(head) :].lstrip()
    return [*pieces, current] if current else pieces


def urls(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of what X makes a link of, bare domains such as `example.com` included."""
    return [m.span() for m in _URL.finditer(text)]


def clean_tags(
    tags: Sequence[str], *, most: int, length: int | None = None, chars: str = r"[\w-]"
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags a platform takes, and a warning for each that was changed or left out."""
    kept: list[str] = []
    warnings: list[str] = []
    allowed = re.compile(chars)
    for tag in tags:
        name = "".join(c for c in tag.lstrip("#") if allowed.fullmatch(c))
        if name.casefold() in (k.casefold() for k in kept):
            continue
        if not name or (length is not None and len(name) > length) or len(kept) == most:
            warnings.append(f"tag left out: {tag!r}")
            continue
        if name != tag.lstrip("#"):
            warnings.append(f"tag {tag!r} became {name!r}")
        kept.append(name)
    return tuple(kept), tuple(warnings)
