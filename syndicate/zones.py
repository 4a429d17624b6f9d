"""Time zones by name: found, suggested, and what their clocks do. Pure, but for the zone files it reads.

The rules come from the system's zone files, or from the tzdata package; they are loaded when a zone is first asked for.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: Seconds. Zones have put their clocks on, and back, within a week, never within a day.
_STEP = 86400


def zone_of(name: str) -> ZoneInfo:
    """The zone. Raises what zoneinfo raises when there is none."""
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def find(name: str) -> ZoneInfo | None:
    """The zone, `None` when there is none."""
    try:
        return zone_of(name)
    except (LookupError, ValueError, OSError):  # what zoneinfo raises for no such file, odd names, folders
        return None


def nearest(name: str) -> str:
    """What to write for a zone that is not there."""
    if re.fullmatch(r"[A-Z]{2,5}", name):
        return "abbreviations mean several places; write one, such as `America/New_York`, or an offset"
    import difflib
    from zoneinfo import available_timezones

    word = name.strip().replace(" ", "_").casefold()
    zones = {zone.casefold(): zone for zone in sorted(available_timezones())}
    places = {zone.rpartition("/")[2]: zone for zone in zones} | {zone: zone for zone in zones}
    folder = any(zone.startswith(f"{word}/") for zone in zones)
    near = difflib.get_close_matches(word, places, n=1, cutoff=0.7) if not folder else []
    return f"did you mean `{zones[places[near[0]]]}`?" if near else "write a place such as `America/New_York`, or `UTC`"


def offset_at(zone: ZoneInfo, at: float) -> int:
    """Seconds by which the wall clock is ahead of UTC at an instant."""
    offset = datetime.fromtimestamp(math.floor(at), zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def first_change(zone: ZoneInfo, start: int, end: int) -> int | None:
    """The first instant after `start`, not after `end`, at which the offset is another than at `start`."""
    offset = offset_at(zone, start)
    while start < end:
        stop = min(start + _STEP, end)
        if offset_at(zone, stop) != offset:
            while stop - start > 1:
                middle = (start + stop) // 2
                start, stop = (middle, stop) if offset_at(zone, middle) == offset else (start, middle)
            return stop
        start = stop
    return None
