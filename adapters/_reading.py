"""What the adapters' `read` and `recent` share: comparing a copy with what was sent, and listings that end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

from ..errors import Rejected, Unavailable


def same_text(one: str | None, other: str | None) -> bool:
    """Whether two texts differ only in what platforms tidy: line ends, white space at them, how letters are composed."""
    return tidy(one) == tidy(other)


def same_line(one: str | None, other: str | None) -> bool:
    """The same for a title or a summary, which has no line ends of its own."""
    return tidy(one).split() == tidy(other).split()


def same_names(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two lists of tags hold the same ones: order and case don't count."""
    return {name.casefold() for name in one} == {name.casefold() for name in other}


def tidy(value: str | None) -> str:
    """A text without what platforms change of it by themselves."""
    lines = normalize("NFC", value or "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def is_missing(refused: Rejected) -> bool:
    """Whether a read was refused since nothing has that id: `explain` then names the field `id`."""
    return refused.field == "id"


class Pages:
    """The cursors of one listing: one that comes back would be followed for ever."""

    def __init__(self, platform: str) -> None:
        self._platform = platform
        #: The first page is asked for without a cursor.
        self._seen: set[Any] = {None}

    def follow(self, cursor: Any) -> None:
        """To be called with what asks for the next page. Raises `Unavailable`: the end was not reached."""
        if cursor in self._seen:
            raise Unavailable(f"{self._platform}'s list does not come to an end: the same page was named again")
        self._seen.add(cursor)
