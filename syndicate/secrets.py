"""Secrets: held by reference, shown to nobody, taken out of every text that leaves the program."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import quote, quote_plus

from .errors import UsageError


class Secret:
    """A credential that is read when it is needed and never shows itself.

    Args:
        read: Returns the value, or `None` when there is none.
        where: Names the place a person can put it (an environment variable, a file), never the value.
    """

    __slots__ = ("_read", "where")

    def __init__(self, read: Callable[[], str | None] | None = None, where: str = "") -> None:
        self._read = read or (lambda: None)
        self.where = where

    @classmethod
    def of(cls, value: str) -> Secret:
        """A secret with a known value, for tests and the sandbox."""
        return cls(lambda: value, "given")

    @property
    def present(self) -> bool:
        return bool(self._read())

    def reveal(self) -> str:
        """The value. Raises `UsageError` with the name of the place, when there is none."""
        value = self._read()
        if not value:
            raise UsageError(f"a secret is missing: {self.where}", next=f"set {self.where}")
        return value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Secret cannot be pickled")


def redactor(values: Iterable[str]) -> Callable[[str], str]:
    """A function that takes the given secrets (also quoted for URLs, JSON and HTML, and in base64) out of a text."""
    needles: set[str] = set()
    for value in values:
        if len(value) >= 4:
            needles |= {value, quote(value, safe=""), quote_plus(value), b64encode(value.encode()).decode()}
            needles |= {
                quote(value),
                escape(value),
                json.dumps(value)[1:-1],
                json.dumps(value, ensure_ascii=False)[1:-1],
            }
    ordered = sorted(needles, key=len, reverse=True)

    def redact(text: str) -> str:
        for needle in ordered:
            text = text.replace(needle, "***")
        return text

    return redact
