"""When a post may go out: windows on a zone's wall clock, distances, and moments that people write. Pure.

Instants are seconds since the epoch.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .errors import UsageError
from .zones import find, first_change, nearest, offset_at, zone_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = 1440
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  of a wall clock
_AHEAD = 366 * 86400
_MOMENT = (
    r"(\d{4}-\d{2}-\d{2})(?:T|\s+)(\d{1,2}:\d{2}(?::\d{2})?)\s*"
    r"(Z\b|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?(?:\s*([A-Z][\w+/ -]*))?"
)
_SHAPE = "write it as `2026-12-01 09:00 America/New_York` or `2026-12-01T09:00:00-05:00`"


@dataclass(frozen=True, slots=True)
class Window:
    """Hours on some days of the week, on the wall clock of `zone`.

    `days`: 0 is Monday. `spans`: minutes of the day, end exclusive; one that ends before it begins goes on after
    midnight and belongs to the day on which it begins. Raises `ValueError` for a window that can never open.
    """

    zone: str
    days: frozenset[int]
    spans: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("days of the week, 0 to 6, at least one")
        if not self.spans or any(not (0 <= a < _DAY and 0 <= b <= _DAY and a != b) for a, b in self.spans):
            raise ValueError("spans within a day, each with a beginning and another end, at least one")

    def open(self, at: float) -> bool:
        """Whether the wall clock shows a time inside the window at the instant `at`."""
        return self._covers(math.floor(at) + offset_at(zone_of(self.zone), at))

    def next_open(self, at: float) -> float:
        """`at` when it is open then, else the next instant at which it opens.

        An opening time that the clocks skip counts from the end of the gap, if the window covers what the clock
        shows then; one that they show twice counts from the first time.
        """
        if self.open(at):
            return at
        zone, now = zone_of(self.zone), math.floor(at)
        for _ in range(100):  # each round ends at a change of the clocks: decades of them
            offset = offset_at(zone, now)
            opening = self._opening(now + offset) - offset
            change = first_change(zone, now, opening)
            if change is None:
                return float(opening)
            now = change
        raise AssertionError(f"no opening of {self} after {at}")

    def _covers(self, wall: int) -> bool:
        day, minute = wall // 86400, wall % 86400 // 60
        today, yesterday = ((day + n) % 7 in self.days for n in (3, 2))  # the epoch was a Thursday
        return any(
            (today and a <= minute < b) if a < b else (today and minute >= a) or (yesterday and minute < b)
            for a, b in self.spans
        )

    def _opening(self, wall: int) -> int:
        """The next time on the wall clock, `wall` included, that is inside, if nobody touches the clock."""
        if self._covers(wall):
            return wall
        days = (day for day in range(wall // 86400, wall // 86400 + 8) if (day + 3) % 7 in self.days)
        starts = (day * 86400 + start * 60 for day in days for start, _ in self.spans)
        return min(start for start in starts if start > wall)


@dataclass(frozen=True, slots=True)
class Timing:
    """When a target takes new posts: within `window`, and not sooner than `every` seconds after the one before."""

    window: Window | None = None
    every: float | None = None


def due(timing: Timing, *, now: float, at: float | None, chosen: bool, last_sent: float | None) -> float:
    """The earliest instant, `now` or later, at which a new post may go to a target; it is due when that is `now`.

    Args:
        timing: The target's rules.
        now: The present.
        at: Not earlier than this.
        chosen: A person named `at` for this very post: the window does not count then, the distance does.
        last_sent: When the target was last sent a post. One that seems to lie ahead, by a clock that was set, counts
            as now.
    """
    earliest = now if at is None else max(now, at)
    if timing.every is not None and last_sent is not None:
        earliest = max(earliest, min(last_sent, now) + timing.every)
    return earliest if timing.window is None or chosen else timing.window.next_open(earliest)


def parse_window(table: object) -> Window:
    """A window from `{ zone = "America/New_York", days = "Tue-Thu", hours = "08-11" }`.

    `days`: `Mon,Wed`, `Fri-Mon` or `daily`, all by default. `hours`: `8-11,14:30-16`, `22-02`, all by default. Raises
    `ValueError` with a line for each mistake, which begins with the key (`window.days: …`).
    """
    if not isinstance(table, dict):
        example = '{ zone = "America/New_York", days = "Tue-Thu", hours = "08-11" }'
        raise ValueError(f"window: a table such as {example}, not {table!r}")  # noqa: TRY004  all mistakes are one kind
    from .registry import suggestion

    known = ["zone", "days", "hours"]
    mistakes = [f"window.{key}: unknown key; {suggestion(str(key), known)}" for key in table if key not in known]
    name, days, hours = table.get("zone"), table.get("days", "daily"), table.get("hours", "00-24")
    if name is None:
        mistakes.append('window.zone: missing; the place whose clock counts, such as "America/New_York"')
    elif not isinstance(name, str):
        mistakes.append(f'window.zone: a name such as "America/New_York", not {name!r}')
    elif find(name) is None:
        mistakes.append(f"window.zone: there is no time zone {name!r}; {nearest(name)}")
    found = _days(days) if isinstance(days, str) else None
    if not found:
        mistakes.append(f'window.days: days such as "Tue-Thu", "Mon,Wed" or "daily", not {days!r}')
    spans = _spans(hours) if isinstance(hours, str) else None
    if not spans:
        mistakes.append(f'window.hours: hours such as "08-11", "8:30-11,14-16" or "22-02", not {hours!r}')
    if mistakes or not found or not spans:
        raise ValueError("\n".join(mistakes))
    return Window(str(name), found, spans)


def parse_moment(text: str, *, now: float) -> float:
    """The instant that a person means by `text`; a past one is as good as any.

    `2026-12-01 09:00 America/New_York`, `2026-12-01T09:00:00-05:00`, `2026-12-01T14:00Z`, what `told` returns, or
    `now`. A local time that the clocks show twice means the first; with an offset (`2026-11-01 01:30-05:00`) either
    can be meant. Raises `UsageError` for what is none, has no zone, is skipped by the clocks there, or is more than
    366 days ahead.
    """
    text = text.strip()
    if text.lower() == "now":
        return now
    match = re.fullmatch(_MOMENT, text, re.ASCII | re.IGNORECASE)
    try:
        wall = datetime.fromisoformat(f"{match[1]}T{match[2]:0>5}") if match else None
    except ValueError:
        wall = None
    if match is None or wall is None:
        raise UsageError(f"{text!r} is not a time", next=_SHAPE)
    _, _, offset, name = match.groups()
    if offset is None and name is None:
        raise UsageError(f"{text!r}: the time zone is missing", next=_SHAPE)
    if re.match(r"[ap]m\b", name or "", re.IGNORECASE):
        raise UsageError(f"{text!r}: the hour goes from 00 to 23", next=_SHAPE)
    zone = find(name) if name else None
    if name and zone is None:
        raise UsageError(f"{text!r}: there is no time zone {name!r}", next=nearest(name))
    local = int((wall - _EPOCH).total_seconds())
    too_far = UsageError(f"{text!r} is more than a year ahead, or before 1970", next="check the year")
    if not 86400 < local < now + _AHEAD + 86400:  # what is not of this age may be beyond what zones can tell
        raise too_far
    moment = local - _seconds(offset) if offset else _instant(wall, local, zone)
    if offset and zone is not None and offset_at(zone, moment) != local - moment:
        raise UsageError(
            f"{text!r}: the clocks of {name} show something else then: {told(moment, name)}",
            next="leave out the offset or the zone",
        )
    if moment - now > _AHEAD:
        raise too_far
    return float(moment)


def told(at: float, zone: str | None = None) -> str:
    """An instant for people, to the minute: `2026-12-01 09:00-05:00 America/New_York`; in the machine's zone if none."""
    moment = datetime.fromtimestamp(math.floor(at), zone_of(zone) if zone else UTC)
    moment = moment if zone else moment.astimezone()
    return f"{moment.isoformat(' ', 'minutes')} {zone or moment.tzname() or ''}".rstrip()


def _days(text: str) -> frozenset[int] | None:
    """`Tue-Thu`, `Mon, Wednesday`, `Fri-Mon`, `daily`; `None` for anything else."""
    if text.strip().lower() == "daily":
        return frozenset(range(7))
    found: set[int] = set()
    for part in text.lower().split(","):
        first, *rest = (_day(word.strip()) for word in re.split("[-–]", part))
        last = rest[0] if rest else first
        if first is None or last is None or len(rest) > 1:
            return None
        found |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return frozenset(found)


def _day(word: str) -> int | None:
    return next((n for n, name in enumerate(_DAYS) if len(word) >= 3 and name.startswith(word)), None)


def _spans(text: str) -> tuple[tuple[int, int], ...] | None:
    """`08-11`, `8:30-11, 14-16`, `22-02`; `None` for anything else."""
    spans = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?\s*", part, re.ASCII)
        if match is None:
            return None
        a, a_minute, b, b_minute = (int(number or 0) for number in match.groups())
        start, end = a * 60 + a_minute, b * 60 + b_minute
        if max(a_minute, b_minute) > 59 or start >= _DAY or end > _DAY or start == end:
            return None
        spans.append((start, end or _DAY))
    return tuple(spans)


def _seconds(offset: str) -> int:
    """`-05:00`, `-0500`, `-05` or `Z` in seconds."""
    if offset in {"Z", "z"}:
        return 0
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    return (hours * 3600 + minutes * 60) * (-1 if offset[0] == "-" else 1)


def _instant(wall: datetime, local: int, zone: ZoneInfo | None) -> int:
    """When the clocks of `zone` first show `wall`, which is `local` seconds after their epoch."""
    both = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    first, second = (local - int((offset or timedelta()).total_seconds()) for offset in both)
    if zone is None or first <= second:
        return first
    change = first_change(zone, second, first) or first
    gap = [_EPOCH + timedelta(seconds=change + offset_at(zone, at)) for at in (change - 1, change)]
    before, after = (f"`{moment:%Y-%m-%d %H:%M} {zone.key}`" for moment in (gap[0] - timedelta(minutes=1), gap[1]))
    shown = "%H:%M" if gap[0].date() == gap[1].date() else "%Y-%m-%d %H:%M"
    raise UsageError(
        f"{wall:%Y-%m-%d %H:%M} does not exist in {zone.key}: its clocks go from {gap[0]:{shown}} to {gap[1]:{shown}}",
        next=f"write {before} or {after}",
    )
