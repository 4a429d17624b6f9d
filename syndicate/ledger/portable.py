"""A ledger as lines of JSON: a header, a line for each delivery in order, and an end that says what came before it.

    {"syndicate":"ledger","format":1}
    {"delivery":{"parts":[…],"log":[…]}}
    {"end":{"deliveries":1,"sha256":"…"}}

The digest is over the bytes of the deliveries' lines: a file that was cut or altered is noticed, and the same
deliveries have the same digest whichever engine holds them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import UnionType
from typing import IO, Any, Literal, NoReturn, TypeVar, get_args, get_origin, get_type_hints

from ..errors import UsageError
from .record import Event, Recorded, Row
from .schema import COLUMNS

FORMAT = 1
#: Bytes of a line; a delivery is at most a few of the platforms' longest texts.
LONGEST = 64 * 1024 * 1024

_HEADER = {"syndicate": "ledger", "format": FORMAT}
_ELSE = "use another copy of the file; nothing was written"
_ROW = {name: get_type_hints(Row)[name] for name in COLUMNS}
_EVENT = {name: get_type_hints(Event)[name] for name in Event.__slots__}
_T = TypeVar("_T", Row, Event)


class Tally:
    """How much went by, and the digest of its lines."""

    def __init__(self) -> None:
        self.deliveries = self.parts = self.events = 0
        self._digest = hashlib.sha256()

    def add(self, recorded: Recorded, line: bytes) -> None:
        self.deliveries += 1
        self.parts += len(recorded.rows)
        self.events += len(recorded.events)
        self._digest.update(line)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def __str__(self) -> str:
        counts = ((self.deliveries, "delivery", "deliveries"), (self.parts, "part", "parts"))
        told = [f"{number} {one if number == 1 else many}" for number, one, many in counts]
        return ", ".join([*told, f"{self.events} line{'' if self.events == 1 else 's'} of the log"])


def key_of(recorded: Recorded) -> tuple[str, str]:
    """Which delivery it is: post and target. In the order of these a ledger hands them out."""
    return recorded.rows[0].post_key, recorded.rows[0].target


def plain(recorded: Recorded) -> Recorded:
    """The delivery without what an engine cannot keep: who holds it, and NUL characters, which PostgreSQL lacks."""
    rows = tuple(_without_nul(replace(row, live=False), _ROW) for row in recorded.rows)
    return Recorded(rows, tuple(_without_nul(event, _EVENT) for event in recorded.events))


def _without_nul(value: _T, names: Iterable[str]) -> _T:
    changes: dict[str, Any] = {
        name: held.replace("\0", "\ufffd")
        for name in names
        if isinstance(held := getattr(value, name), str) and "\0" in held
    }
    return replace(value, **changes) if changes else value


def line_of(recorded: Recorded) -> bytes:
    """A delivery as a line. The order of a payload's keys stays: its fingerprint hangs on it."""
    recorded = plain(recorded)
    parts = [{name: getattr(row, name) for name in _ROW} for row in recorded.rows]
    log = [{name: getattr(event, name) for name in _EVENT} for event in recorded.events]
    return _line({"delivery": {"parts": parts, "log": log}})


def _line(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode()


def dump(deliveries: Iterable[Recorded], write: Callable[[bytes], object]) -> Tally:
    """Writes deliveries, which come in order, as a whole file."""
    tally = Tally()
    write(_line(_HEADER))
    for recorded in deliveries:
        line = line_of(recorded)
        tally.add(recorded, line)
        write(line)
    write(_line(_end(tally)))
    return tally


def _end(tally: Tally) -> dict[str, Any]:
    return {"end": {"deliveries": tally.deliveries, "sha256": tally.sha256}}


def load(file: IO[bytes], name: str) -> Iterator[Recorded]:
    """The deliveries of a file, from its beginning. It is sound only when this has come to its end without an error.

    Args:
        file: Can seek.
        name: What it is called in messages.

    Raises:
        UsageError: not such a file, from a newer version, cut, altered; with the number of the line.
    """
    file.seek(0)
    lines = _Lines(file, name)
    lines.header()
    tally = Tally()
    before: tuple[str, str] | None = None
    while (found := lines.next()) and "end" not in found:
        try:
            recorded = _recorded(found)
        except _Wrong as wrong:
            lines.refuse(str(wrong))
        if before is not None and key_of(recorded) <= before:
            lines.refuse("out of order, or a delivery that was there before")
        before = key_of(recorded)
        tally.add(recorded, lines.raw)
        yield recorded
    if not found:
        lines.refuse("the end is missing: the file was cut")
    if found != _end(tally):
        lines.refuse("the end does not agree with what stands before it: the file was altered, or lines are missing")
    if file.read(1):
        lines.refuse("something follows the end")


class _Lines:
    """A file's lines, counted."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name
        self._number = 0
        self.raw = b""

    def refuse(self, what: str, advice: str = _ELSE) -> NoReturn:
        raise UsageError(f"{self._name}, line {self._number}: {what}", next=advice)

    def header(self) -> None:
        found = self.next()
        if not found or found.get("syndicate") != "ledger":
            self.refuse("not a ledger that `syndicate ledger export` wrote", "check the file's name")
        if found != _HEADER:
            known = f"its format is {found.get('format')!r}, this version knows {FORMAT}"
            self.refuse(known, "update syndicate; nothing was written")

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


class _Wrong(Exception):
    """What is wrong with a delivery's line, in words."""


def _recorded(found: Mapping[str, Any]) -> Recorded:
    delivery = found.get("delivery")
    if len(found) != 1 or not isinstance(delivery, dict) or set(delivery) != {"parts", "log"}:
        raise _Wrong("neither a delivery with `parts` and `log` nor the end")
    if not isinstance(delivery["parts"], list) or not isinstance(delivery["log"], list) or not delivery["parts"]:
        raise _Wrong("`parts` and `log` must be lists, and there must be a part")
    rows = tuple(Row(**_checked("parts", part, _ROW)) for part in delivery["parts"])
    events = tuple(Event(**_checked("log", event, _EVENT)) for event in delivery["log"])
    keys = {(row.post_key, row.target) for row in rows} | {(event.post_key, event.target) for event in events}
    if len(keys) != 1:
        raise _Wrong("one delivery has one `post_key` and one `target`")
    if [row.part for row in rows] != sorted({row.part for row in rows}):
        raise _Wrong("the same part twice, or parts out of order")
    recorded = plain(Recorded(rows, events))
    try:
        line_of(recorded)
    except (ValueError, RecursionError):
        raise _Wrong("a number out of range, half a character (a lone surrogate), or nested too deep") from None
    return recorded


def _checked(where: str, given: object, hints: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _Wrong(f"`{where}` must hold objects")
    if odd := sorted(set(given) ^ set(hints)):
        raise _Wrong(f"`{where}`: missing or unknown: {', '.join(odd)}")
    for name, hint in hints.items():
        most = 2**63 if name == "fence" else 2**31  # as the databases' columns take
        if not any(_fits(given[name], kind, most) for kind in _either(hint)):
            raise _Wrong(f"`{where}.{name}`: not a value that a ledger can hold")
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
