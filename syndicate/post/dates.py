"""The date of a post, from the front matter, the file's name or its address."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from .fields import Fields, short, truth

_KEYS = ("date", "published", "pubDate", "datePublished", "publishDate", "published_at", "pubDatetime", "publishedDate")

_CLOCK = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s?([ap])\.?m\.?)?)?"
_ZONE = r"\s*(Z|UTC|GMT|(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}{_ZONE}$", re.IGNORECASE | re.ASCII)
# Of JavaScript, of e-mail, and of Astro's templates: `Wed Dec 04 2024 05:43:40 GMT+0000 (…)`, `Jul 08 2022`.
_DAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_REST = rf"\s+(\d{{4}}){_CLOCK}{_ZONE}\s*(?:\([^()]*\))?$"
_MONTH_FIRST = re.compile(rf"{_DAY}{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?{_REST}", re.IGNORECASE | re.ASCII)
_DAY_FIRST = re.compile(rf"{_DAY}(\d{{1,2}})(?:st|nd|rd|th)?\.?\s+{_MONTH},?{_REST}", re.IGNORECASE | re.ASCII)

_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)$", re.ASCII)
_HAN = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII)

_IN_PATH = re.compile(r"(?:^|/)(\d{4})([-_/])(\d{1,2})\2(\d{1,2})(?=[-_./]|$)", re.ASCII)


def parse_date(value: Any) -> datetime | None:
    """An aware datetime from what front matter holds; UTC where no zone is named. `None`: it cannot be read.

    Years before 1900 are no dates of posts: Hugo writes year 1 for "none".
    """
    try:
        if isinstance(value, datetime):
            found = value
        elif isinstance(value, date):
            found = datetime.combine(value, time())
        elif isinstance(value, str) and (read := _from_text(value.strip())):
            found = read
        else:
            return None
    except ValueError:
        return None
    if not 1900 <= found.year <= 9998:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _from_text(text: str) -> datetime | None:
    text = _HAN.sub(r"\1-\2-\3", _DIGITS.sub(r"\1-\2-\3", text))
    if match := _ISO.match(text):
        year, month, day, *rest = match.groups()
    elif match := _MONTH_FIRST.match(text):
        name, day, year, *rest = match.groups()
        month = str(_MONTHS.index(name.lower()) + 1)
    elif match := _DAY_FIRST.match(text):
        day, name, year, *rest = match.groups()
        month = str(_MONTHS.index(name.lower()) + 1)
    else:
        return None
    hour, minute, second, half, zone = rest
    clock = (_hour(int(hour or 0), half), int(minute or 0), int(second or 0))
    return datetime(int(year), int(month), int(day), *clock, tzinfo=_zone(zone))


def _hour(hour: int, half: str | None) -> int:
    """The hour of a clock with twelve."""
    return hour if half is None or hour > 12 else hour % 12 + 12 * (half.lower() == "p")


def _zone(text: str | None) -> tzinfo:
    parts = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text or "")
    if not parts:
        return UTC
    offset = timedelta(hours=int(parts[2]), minutes=int(parts[3] or 0))
    return timezone(-offset if parts[1] == "-" else offset)


def date_in(path: str) -> datetime | None:
    """The last date in a path: `2024-05-06-slug.md`, `2024/05/06/slug`."""
    for year, _, month, day in reversed(_IN_PATH.findall(path)):
        if found := parse_date(f"{year}-{month}-{day}"):
            return found
    return None


def post_date(fields: Fields, *places: str) -> datetime | None:
    """When the post was written: the first key that can be read, else a date in one of `places` (paths)."""
    for key, value in fields.find(*_KEYS):
        if key.lower() == "published" and truth(value) is not None:
            continue
        if found := parse_date(value):
            return found
        fields.warn(f"`{key}: {short(value)}` is not a date that can be read; write it as YYYY-MM-DD")
    return next((found for place in places if (found := date_in(place))), None)
