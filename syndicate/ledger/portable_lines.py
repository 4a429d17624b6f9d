"""The lines of a portable ledger: read one by one, and what may stand in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import UnionType
from typing import IO, Any, Literal, NoReturn, get_args, get_origin

from ..errors import UsageError

FORMAT = 2
#: Bytes of a line; a delivery is at most a few of the platforms' longest texts.
LONGEST = 64 * 1024 * 1024

HEADERS = {number: {"syndicate": "ledger", "format": number} for number in (1, FORMAT)}
_ELSE = "use another copy of the file; nothing was written"


class Lines:
    """A file's lines, counted."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name
        self._number = 0
        self.raw = b""

    def refuse(self, what: str, advice: str = _ELSE) -> NoReturn:
        raise UsageError(f"{self._name}, line {self._number}: {what}", next=advice)

    def header(self) -> int:
        """The number of the file's format."""
        found = self.next()
        if not found or found.get("syndicate") != "ledger":
            self.refuse("not a ledger that `syndicate ledger export` wrote", "check the file's name")
        form = next((number for number, header in HEADERS.items() if found == header), 0)
        if not form:
            known = f"its format is {found.get('format')!r}, this version knows {' and '.join(map(str, HEADERS))}"
            self.refuse(known, "update syndicate; nothing was written")
        return form

    def next(self) -> dict[str, Any]:
        """The next line; empty at the file's end."""
        self.raw = self._file.readline(LONGEST)
        self._number += 1
        if not self.raw:
            return {}
        if not self.raw.endswith(b"\n"):
            self.refuse("cut short" if len(self.raw) < LONGEST else f"longer than {LONGEST} bytes")
        try:
            found = json.loads(self.raw.decode(), parse_constant=_no_number)
        except (ValueError, RecursionError):
            self.refuse("not JSON")
        if not isinstance(found, dict) or len(found) == 0:
            self.refuse("not a JSON object")
        return found


class Wrong(Exception):
    """What is wrong with a line, in words."""


def checked(where: str, given: object, hints: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Wrong(f"`{where}` must hold objects")
    if odd := sorted(set(given) ^ set(hints)):
        raise Wrong(f"`{where}`: missing or unknown: {', '.join(odd)}")
    for name, hint in hints.items():
        most = 2**63 if name == "fence" else 2**31  # as the databases' columns take
        if not any(_fits(given[name], kind, most) for kind in _either(hint)):
            raise Wrong(f"`{where}.{name}`: not a value that a ledger can hold")
    times = {name for name, hint in hints.items() if float in _either(hint) and given[name] is not None}
    return {name: float(given[name]) if name in times else given[name] for name in hints}


def _either(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if isinstance(hint, UnionType) else (hint,)


def _fits(value: Any, kind: Any, most: int) -> bool:
    """Whether `value` may stand where a field of `Row` or `Event` is of this kind."""
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) is not None:
        return isinstance(value, dict)
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind is float:
        return isinstance(value, int | float) and abs(value) < 2**63  # neither infinite nor not a number
    return isinstance(value, kind) and (kind is not int or 0 <= value < most)


def _no_number(_constant: str) -> NoReturn:
    raise ValueError
