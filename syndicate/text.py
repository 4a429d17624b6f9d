"""Pure text work: counting as a platform counts, fitting, splitting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Counter = Literal["characters", "bytes", "graphemes", "weighted"]


def count(text: str, counter: Counter) -> int:
    """The length of `text` in the platform's unit."""
    raise NotImplementedError


def fit(text: str, limit: int, counter: Counter = "characters", *, ellipsis: str = "…") -> str:
    """`text` if it fits into `limit`, else its beginning, cut at a sentence, else a word, else a grapheme."""
    raise NotImplementedError


def split(blocks: Sequence[str], limit: int, counter: Counter) -> list[str]:
    """Packs `blocks` into as few pieces of at most `limit` as their order allows, joined by blank lines."""
    raise NotImplementedError


def urls(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of what X makes a link of, bare domains such as `example.com` included."""
    raise NotImplementedError


def clean_tags(
    tags: Sequence[str], *, most: int, length: int | None = None, chars: str = r"[\w-]"
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags a platform takes, and a warning for each that was changed or left out."""
    raise NotImplementedError
