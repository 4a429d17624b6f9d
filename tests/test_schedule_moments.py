"""Moments as people write and read them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.errors import UsageError
from syndicate.schedule import parse_moment, told

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
NINE = datetime(2026, 12, 1, 14, tzinfo=UTC).timestamp()


def refused(text: str, *, now: float = NOW) -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        parse_moment(text, now=now)
    assert caught.value.next
    return caught.value.message, caught.value.next


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01 09:00 America/New_York",
        "2026-12-01T09:00:00-05:00",
        "2026-12-01T14:00Z",
        "  2026-12-01t14:00:00 z ",
        "2026-12-01 14:00 UTC",
        "2026-12-01 14:00 Zulu",
        "2026-12-01 9:00 -05:00",
        "2026-12-01 09:00-0500",
        "2026-12-01 09:00-05",
        "2026-12-01 09:00-05:00 America/New_York",
        "2026-12-01 09:00 Etc/GMT+5",
        "2026-12-01 19:30+05:30",
        "2026-12-01 22:00 Asia/Shanghai",
    ],
)
def test_ways_to_write_it(text: str) -> None:
    """A zone's name or an offset, a blank or a T, with or without seconds: the same instant."""
    assert parse_moment(text, now=NOW) == NINE


def test_now_and_the_past() -> None:
    """`now` is now, and a moment that is past is one."""
    assert parse_moment("now", now=NOW) == parse_moment(" NOW ", now=NOW) == NOW
    assert parse_moment("2016-12-31 23:59 UTC", now=NOW) == datetime(2016, 12, 31, 23, 59, tzinfo=UTC).timestamp()


def test_an_hour_that_comes_twice() -> None:
    """The first one is meant, unless the offset says the second."""
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC).timestamp()
    assert parse_moment("2026-11-01 01:30 America/New_York", now=NOW) == first
    assert parse_moment("2026-11-01 01:30-04:00 America/New_York", now=NOW) == first
    assert parse_moment("2026-11-01 01:30-05:00 America/New_York", now=NOW) == first + 3600


@pytest.mark.parametrize(
    ("text", "said", "next"),
    [
        (
            "2027-03-14 02:30 America/New_York",
            "its clocks go from 02:00 to 03:00",
            "write `2027-03-14 01:59 America/New_York` or `2027-03-14 03:00 America/New_York`",
        ),
        (
            "2027-10-03 02:00 Australia/Lord_Howe",
            "its clocks go from 02:00 to 02:30",
            "write `2027-10-03 01:59 Australia/Lord_Howe` or `2027-10-03 02:30 Australia/Lord_Howe`",
        ),
        (
            "2011-12-30 23:59 Pacific/Apia",
            "its clocks go from 2011-12-30 00:00 to 2011-12-31 00:00",
            "write `2011-12-29 23:59 Pacific/Apia` or `2011-12-31 00:00 Pacific/Apia`",
        ),
    ],
)
def test_a_time_that_the_clocks_skip(text: str, said: str, next: str) -> None:
    """It is refused, with when the clocks are put on and the times around, which both are good."""
    now = NOW if text.startswith("2027") else datetime(2011, 12, 1, tzinfo=UTC).timestamp()
    message, advice = refused(text, now=now)
    assert said in message
    assert next == advice
    before, after = (parse_moment(word, now=now) for word in advice.split("`")[1::2])
    assert after - before == 60


@pytest.mark.parametrize("text", ["2026-12-01 09:00", "2026-12-01T09:00:00"])
def test_no_zone(text: str) -> None:
    """A time of nowhere in particular is refused, with the way to write it."""
    message, next = refused(text)
    assert "the time zone is missing" in message
    for word in next.split("`")[1::2]:
        assert parse_moment(word, now=NOW) == NINE


@pytest.mark.parametrize(
    ("text", "next"),
    [
        ("2026-12-01 09:00 America/NewYork", "did you mean `America/New_York`?"),
        ("2026-12-01 09:00 new york", "did you mean `America/New_York`?"),
        ("2026-12-01 09:00 Europa/Berlin", "did you mean `Europe/Berlin`?"),
        ("2026-12-01 09:00 CEST", "abbreviations"),
        ("2026-12-01 09:00 Middle Earth", "write a place"),
        ("2026-12-01 09:00 America", "write a place"),
    ],
)
def test_unknown_zones(text: str, next: str) -> None:
    """A zone that there is not is refused, with the nearest one."""
    message, advice = refused(text)
    assert "there is no time zone" in message
    assert next in advice


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "tomorrow",
            "2026-12-01",
            "09:00 UTC",
            "01.12.2026 09:00 UTC",
            "2026-13-01 09:00 UTC",
            "2026-12-01 24:01Z",
        ),
        *("2026-02-29 09:00 UTC", "2026-12-01 09:60 UTC", "2026-12-01 09:00+99:99", "2026-12-01 09:00 UTC, please"),
        "٢٠٢٦-12-01 09:00 UTC",
    ],
)
def test_what_is_no_time(text: str) -> None:
    """Anything else is refused, with the way to write it."""
    message, next = refused(text)
    assert message == f"{text!r} is not a time"
    assert "America/New_York" in next


def test_half_past_nine_in_the_evening() -> None:
    """A clock of twelve hours is not guessed at."""
    for text in ("2026-12-01 9:30 pm America/New_York", "2026-12-01 9:30PM"):
        assert "the hour goes from 00 to 23" in refused(text)[0]


def test_an_offset_that_is_not_the_zones() -> None:
    """Where both are given they have to agree."""
    message, _ = refused("2026-12-01 09:00-04:00 America/New_York")
    assert "2026-12-01 08:00-05:00 America/New_York" in message


@pytest.mark.parametrize(
    "text",
    [
        *("2027-11-22 12:01 UTC", "2062-12-01 09:00Z", "9999-12-31 23:59-12:00", "9999-12-31 23:59 America/New_York"),
        *("0001-01-01 00:00+14:00 Asia/Shanghai", "0001-01-01 00:00 Asia/Shanghai"),
    ],
)
def test_years_that_are_slips(text: str) -> None:
    """More than 366 days ahead, or of an age without such clocks, it is a slip of the pen."""
    message, next = refused(text)
    assert "more than a year ahead, or before 1970" in message
    assert next == "check the year"


def test_a_year_ahead_is_not_too_far() -> None:
    """366 days are allowed, to the minute."""
    assert parse_moment("2027-11-21 12:00 UTC", now=NOW) == NOW + 366 * 86400


# ---------------------------------------------------------------------- as they are told


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock is Berlin's."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_told(berlin: None) -> None:
    """With offset and zone, to the minute; without a zone, in the machine's own."""
    assert told(NINE + 59.9, "America/New_York") == "2026-12-01 09:00-05:00 America/New_York"
    assert told(NINE, "UTC") == "2026-12-01 14:00+00:00 UTC"
    assert told(NINE) == "2026-12-01 15:00+01:00 CET"
    assert os.environ["TZ"] == "Europe/Berlin"


@settings(max_examples=100, deadline=None)
@given(
    minute=st.integers(int(NOW // 60) - 20 * 525600, int(NOW // 60) + 366 * 1440),
    zone=st.sampled_from(["America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"]),
)
def test_what_is_told_can_be_written(minute: int, zone: str) -> None:
    """What is shown, copied into `--at`, is the same instant, in hours that come twice too."""
    moment = minute * 60.0
    assert parse_moment(told(moment, zone), now=NOW) == moment
    assert told(moment, zone).startswith(datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"))
