"""Changes to a source, collected and then made at once; and the report of what could not be carried."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from . import marks

#: How many of a kind a warning names.
MOST = 8


class Edits:
    """Replacements of spans of one source. Where two overlap the one that begins first, else the longer, counts.

    What is taken away is away, also where the one before reaches into it.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._list: list[tuple[int, int, str]] = []

    def __bool__(self) -> bool:
        return bool(self._list)

    def __iter__(self) -> Iterator[tuple[int, int, str]]:
        """Begin, end and new text of each, in the order in which they were made."""
        return iter(self._list)

    def replace(self, start: int, end: int, text: str) -> None:
        self._list.append((start, end, text))

    def insert(self, at: int, text: str) -> None:
        """Insertions at one place appear in the order in which they were made."""
        self._list.append((at, at, text))

    def inside(self, start: int, end: int) -> str:
        """The source from `start` to `end` with the changes made inside it so far."""
        return _apply(self.source, [e for e in self._list if start <= e[0] and e[1] <= end], start, end)

    def apply(self) -> str:
        return _apply(self.source, self._list, 0, len(self.source)) if self._list else self.source


def _apply(source: str, edits: list[tuple[int, int, str]], start: int, end: int) -> str:
    out: list[str] = []
    at = start
    for first, last, text in sorted(edits, key=lambda e: (e[0], e[0] != e[1], -e[1])):
        if first >= at:
            out += (piece for piece in (source[at:first], text) if piece)
            at = last
            if not text and first < last and source[at : at + 1] == "\n" and _ends_blank(out):
                at += 1  # what was taken away leaves no second empty line
        elif not text and last > at:
            at = last
    out.append(source[at:end])
    return "".join(out)


def _ends_blank(out: list[str]) -> bool:
    tail = ""
    for piece in reversed(out):
        tail = piece[-2:] + tail
        if len(tail) > 1:
            break
    return tail[-2:] in {"\n\n", "\n", ""}


class Report:
    """Warnings in the order in which they first came up. Those of one kind are one line with a count."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._items: dict[str, dict[str, None]] = {}

    def add(self, message: str) -> None:
        """A warning as it stands; said once."""
        self._counts.setdefault(message, 0)

    def tally(self, template: str) -> None:
        """One more of a kind: `{n}` in the template is the count, ``{one|many}`` the form of a word."""
        self._counts[template] = self._counts.get(template, 0) + 1

    def collect(self, template: str, item: str) -> None:
        """One more of a kind whose members are named: `{items}` in the template, `{all}` for every one of them."""
        self._counts.setdefault(template, 0)
        self._items.setdefault(template, {})[item] = None

    def add_all(self, other: Report) -> None:
        """What another says, as if it had been said here."""
        for template, n in other._counts.items():
            self._counts[template] = self._counts.get(template, 0) + n
            for item in other._items.get(template, ()):
                self.collect(template, item)

    def messages(self) -> tuple[str, ...]:
        return tuple(marks.restore(marks.reveal(self._message(t, n))) for t, n in self._counts.items())

    def _message(self, template: str, n: int) -> str:
        if items := self._items.get(template):
            if "{all}" in template:  # what is no longer there
                return template.replace("{all}", ", ".join(items))
            shown = ", ".join(islice(items, MOST)) + (f" and {len(items) - MOST} more" if len(items) > MOST else "")
            return template.replace("{items}", shown)
        return _worded(template, n) if n else template


def _worded(template: str, n: int) -> str:
    import re

    text = re.sub(r"\{([^{}|]*)\|([^{}|]*)\}", lambda m: m[1] if n == 1 else m[2], template)
    return text.replace("{n}", str(n))
