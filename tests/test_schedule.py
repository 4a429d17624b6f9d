"""Windows on a wall clock, across every change of it; and when a target takes the next post."""

from __future__ import annotations

import functools
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.schedule import Timing, Window, due, parse_window

ZONES = (
    *("America/New_York", "Europe/London", "Asia/Shanghai", "Africa/Casablanca"),
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # left out 30 December 2011
)
NEW_YORK = parse_window({"zone": "America/New_York", "days": "Tue-Thu", "hours": "08-11"})


def at(text: str, zone: str = "UTC", *, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def shows(window: Window, moment: float) -> bool:
    """Whether a person who looks at the clock on the wall would say that the window is open."""
    local = datetime.fromtimestamp(moment, ZoneInfo(window.zone))
    minute, today = local.hour * 60 + local.minute, local.weekday()
    for start, end in window.spans:
        if start < end and today in window.days and start <= minute < end:
            return True
        if start > end and today in window.days and minute >= start:
            return True
        if start > end and (today - 1) % 7 in window.days and minute < end:
            return True
    return False


def looked_for(window: Window, moment: float) -> float:
    """The next opening, found by looking at the clock each minute: windows and clocks change on whole ones."""
    if shows(window, moment):
        return moment
    minute = moment // 60 * 60
    for _ in range(22 * 1440):
        minute += 60
        if shows(window, minute):
            return minute
    raise AssertionError(f"{window} does not open within three weeks of {moment}")


@functools.cache
def changes(zone: str) -> list[int]:
    """When the clocks of a zone were, or will be, put on or back since 1985: the first second after each."""

    def offset(moment: int) -> timedelta | None:
        return datetime.fromtimestamp(moment, ZoneInfo(zone)).utcoffset()

    found, step = [], 12 * 3600
    for start in range(int(at("1985-01-01")), int(at("2031-01-01")), step):
        low, high = start, start + step
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        found.append(high)
    return found


half_hours = st.integers(0, 47).map(lambda n: n * 30)
spans = st.tuples(half_hours, half_hours, st.sampled_from([0, 15])).map(lambda s: (s[0], s[1] + s[2]))
all_spans = st.lists(spans.filter(lambda s: s[0] != s[1]), min_size=1, max_size=3).map(tuple)
all_days = st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def windows_and_moments(draw: st.DrawFn) -> tuple[Window, float]:
    """A window, and a moment in the days around a change of its zone's clocks."""
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(changes(zone)))
    moment = change + draw(st.one_of(st.integers(-7200, 7200), st.floats(-4 * 86400, 4 * 86400)))
    return Window(zone, draw(all_days), draw(all_spans)), moment


# ---------------------------------------------------------------------- windows


def test_the_zones_have_changes_to_look_at() -> None:
    """The tests below run over what they say: all zones, Apia's lost day and Lord Howe's half hours."""
    assert all(len(changes(zone)) >= 10 for zone in ZONES)
    assert at("2011-12-30T10:00") in changes("Pacific/Apia")


@settings(max_examples=150, deadline=None)
@given(windows_and_moments())
def test_the_next_opening_is_the_one_on_the_wall(case: tuple[Window, float]) -> None:
    """Around every change of the clocks it is the first instant at which the wall clock is inside, to the second."""
    window, moment = case
    opening = window.next_open(moment)
    assert looked_for(window, moment) == opening
    assert window.open(opening)
    assert window.open(moment) == shows(window, moment)
    assert opening == moment or not window.open(opening - 0.5)


@settings(max_examples=100, deadline=None)
@given(windows_and_moments(), st.floats(0, 10 * 86400))
def test_later_never_opens_earlier(case: tuple[Window, float], later: float) -> None:
    """Who asks later gets the same opening or a later one, and an opening is its own next one."""
    window, moment = case
    opening = window.next_open(moment)
    assert moment <= opening <= window.next_open(moment + later)
    assert window.next_open(opening) == opening


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_the_clocks(zone: str) -> None:
    """At each change, an hour's span before it, over it, in what it skips or repeats, and after it opens rightly."""
    for change in changes(zone):
        wall = datetime.fromtimestamp(change, ZoneInfo(zone))
        for shift in (-90, -45, -15, 0, 30):
            start = (wall.hour * 60 + wall.minute + shift) % 1440
            window = Window(zone, frozenset(range(7)), ((start, (start + 60) % 1440 or 1440),))
            for moment in (change - 5400, change - 1800, change - 1, change, change + 1800):
                assert looked_for(window, moment) == window.next_open(moment), (wall, start, moment - change)


def test_a_usual_week() -> None:
    """Tuesday to Thursday, eight to eleven in New York, by summer and by winter time."""
    for day, hour in (("2026-07-07", "12:00"), ("2026-12-01", "13:00")):  # both are Tuesdays
        opening = at(f"{day}T{hour}")
        assert NEW_YORK.next_open(opening - 3600) == opening
        assert NEW_YORK.next_open(opening + 3 * 3600 - 1) == opening + 3 * 3600 - 1
        assert NEW_YORK.next_open(opening + 3 * 3600) == opening + 86400
        assert NEW_YORK.next_open(opening + 2 * 86400 + 4 * 3600) == opening + 7 * 86400


def test_an_hour_that_is_skipped() -> None:
    """A time that is skipped counts from the end of the gap where the window goes on, else from the next day."""
    gap = at("2027-03-14T03:00", "America/New_York")
    assert parse_window({"zone": "America/New_York", "hours": "02:30-04"}).next_open(gap - 60) == gap
    next_day = at("2027-03-15T02:00", "America/New_York")
    assert parse_window({"zone": "America/New_York", "hours": "02-03"}).next_open(gap - 60) == next_day
    only = parse_window({"zone": "America/New_York", "days": "Sun", "hours": "02-03"})
    assert only.next_open(gap - 60) == at("2027-03-21T02:00", "America/New_York")


def test_an_hour_that_comes_twice() -> None:
    """It opens at the first occurrence; what the clock shows again is open again."""
    window = parse_window({"zone": "America/New_York", "hours": "01:15-01:45"})
    first = at("2026-11-01T01:15", "America/New_York")
    assert window.next_open(first - 600) == first
    assert window.next_open(first + 1800) == first + 3600 == at("2026-11-01T01:15", "America/New_York", fold=1)


def test_a_day_that_never_was() -> None:
    """Apia had no Friday between 29 and 31 December 2011: Friday's window opens a week later."""
    friday = parse_window({"zone": "Pacific/Apia", "days": "Fri", "hours": "09-10"})
    assert friday.next_open(at("2011-12-29T20:00", "Pacific/Apia")) == at("2012-01-06T09:00", "Pacific/Apia")


def test_summer_time_of_a_week() -> None:
    """Boa Vista put its clocks on for one week in 2000: an opening a week away is still told by that week's clock."""
    window = parse_window({"zone": "America/Boa_Vista", "days": "Sat", "hours": "23:15-23:25"})
    before = at("2000-10-07T23:30", "America/Boa_Vista")
    assert looked_for(window, before) == window.next_open(before) == at("2000-10-15T02:15")


def test_over_midnight() -> None:
    """A span over midnight belongs to the day on which it begins."""
    window = parse_window({"zone": "UTC", "days": "Fri", "hours": "22-02"})
    assert window.open(at("2026-12-05T01:59"))  # a Saturday
    assert not window.open(at("2026-12-05T02:00"))
    assert not window.open(at("2026-12-04T01:00"))
    assert window.next_open(at("2026-12-05T02:00")) == at("2026-12-11T22:00")


@pytest.mark.parametrize(
    ("days", "spans"), [((), ((0, 60),)), ((7,), ((0, 60),)), ((1,), ()), ((1,), ((60, 60),)), ((1,), ((1440, 60),))]
)
def test_no_window_that_never_opens(days: tuple[int, ...], spans: tuple[tuple[int, int], ...]) -> None:
    """A window without a day or an hour cannot be made."""
    with pytest.raises(ValueError, match="at least one"):
        Window("UTC", frozenset(days), spans)


# ---------------------------------------------------------------------- as the config has them


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("Tue-Thu", {1, 2, 3}),
        ("Mon,Wed", {0, 2}),
        ("Fri-Mon", {4, 5, 6, 0}),
        ("daily", set(range(7))),
        ("mon - wed, SUNDAY", {0, 1, 2, 6}),
        ("Sat-Sat", {5}),
        ("Tues, Thurs", {1, 3}),
    ],
)
def test_days(days: str, expected: set[int]) -> None:
    """Names, ranges that may go round the week's end, and lists of both."""
    assert parse_window({"zone": "UTC", "days": days}) == Window("UTC", frozenset(expected), ((0, 1440),))


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("08-11", [(480, 660)]),
        ("08:30-11:00", [(510, 660)]),
        ("8-11,14-16", [(480, 660), (840, 960)]),
        ("22-02", [(1320, 120)]),
        ("22-00", [(1320, 1440)]),
        ("0-24", [(0, 1440)]),
        ("9 – 9:05", [(540, 545)]),
    ],
)
def test_hours(hours: str, expected: list[tuple[int, int]]) -> None:
    """With or without minutes, several, and over midnight; every day unless the days are named."""
    assert parse_window({"zone": "UTC", "hours": hours}) == Window("UTC", frozenset(range(7)), tuple(expected))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("Tue-Thu", ["window: a table such as"]),
        ({}, ["window.zone: missing"]),
        ({"zone": 5}, ["window.zone: a name"]),
        ({"zone": "America/NewYork"}, ["window.zone: there is no time zone", "`America/New_York`"]),
        ({"zone": "berlin"}, ["`Europe/Berlin`"]),
        ({"zone": "America"}, ["write a place"]),
        ({"zone": "../etc/passwd"}, ["window.zone: there is no time zone"]),
        ({"zone": "PST"}, ["abbreviations mean several places"]),
        ({"zone": "UTC", "dyas": "Mon"}, ["window.dyas: unknown key; did you mean `days`?"]),
        *(({"zone": "UTC", "days": days}, ["window.days: "]) for days in ("", "Mo", "Mon-", "Mon-Tue-Wed", "1-5", 3)),
        *(
            ({"zone": "UTC", "hours": hours}, ["window.hours: "])
            for hours in ("", "8", "8-8", "25-26", "08:60-09", "24-02", "8-24:30", "8am-9am", 8)
        ),
        ({"days": "x", "hours": "y"}, ["window.zone: ", "window.days: ", "window.hours: "]),
    ],
)
def test_mistakes_in_a_window(table: object, said: list[str]) -> None:
    """Each mistake is a line that names its key and shows what is right."""
    with pytest.raises(ValueError, match="window") as caught:
        parse_window(table)
    for words in said:
        assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == max(1, len([words for words in said if words.startswith("window")]))


# ---------------------------------------------------------------------- when it is due

NOW = at("2026-12-02T14:00")  # a Wednesday, nine in the morning in New York


def test_due_now() -> None:
    """Without rules, and inside the window, a post is due at once; a time that is past delays nothing."""
    for timing in (Timing(), Timing(NEW_YORK), Timing(NEW_YORK, every=3600)):
        assert due(timing, now=NOW, at=None, chosen=False, last_sent=None) == NOW
        assert due(timing, now=NOW, at=NOW - 5, chosen=True, last_sent=NOW - 3600) == NOW


def test_due_later() -> None:
    """The time that is named, the distance and the window each hold it back, and the last of them counts."""
    tomorrow = at("2026-12-03T13:00")
    assert due(Timing(), now=NOW, at=NOW + 60, chosen=True, last_sent=None) == NOW + 60
    assert due(Timing(every=7200), now=NOW, at=NOW + 60, chosen=True, last_sent=NOW - 3600) == NOW + 3600
    assert due(Timing(NEW_YORK), now=NOW + 7200, at=None, chosen=False, last_sent=None) == tomorrow
    assert due(Timing(NEW_YORK), now=NOW, at=NOW + 7200, chosen=False, last_sent=None) == tomorrow
    assert due(Timing(NEW_YORK, every=10800), now=NOW, at=None, chosen=False, last_sent=NOW - 60) == tomorrow


def test_a_person_overrules_the_window_but_not_the_distance() -> None:
    """A time that somebody named for this post counts outside the window; the distance keeps its word."""
    night = at("2026-12-05T03:00")
    assert due(Timing(NEW_YORK), now=NOW, at=night, chosen=True, last_sent=None) == night
    assert due(Timing(NEW_YORK, every=3600), now=night, at=night, chosen=True, last_sent=night - 60) == night + 3540


def test_a_clock_that_was_set_back() -> None:
    """A last post that lies ahead counts as sent now."""
    assert due(Timing(every=3600), now=NOW, at=None, chosen=False, last_sent=NOW + 86400) == NOW + 3600


@settings(max_examples=100, deadline=None)
@given(
    case=windows_and_moments(),
    every=st.none() | st.floats(1, 3 * 86400),
    after=st.none() | st.floats(-86400, 3 * 86400),
    ago=st.none() | st.floats(-86400, 3 * 86400),
    chosen=st.booleans(),
)
def test_due_is_the_first_moment_that_every_rule_allows(
    case: tuple[Window, float], every: float | None, after: float | None, ago: float | None, chosen: bool
) -> None:
    """What is due is allowed by all rules, nothing before it is, and asked then again it is due then."""
    window, now = case
    planned = None if after is None else now + after
    last = None if ago is None else now - ago

    def allowed(moment: float) -> bool:
        return (
            moment >= now
            and (planned is None or moment >= planned)
            and (every is None or last is None or moment >= min(last, now) + every)
            and (chosen or shows(window, moment))
        )

    found = due(Timing(window, every), now=now, at=planned, chosen=chosen, last_sent=last)
    assert allowed(found)
    before = (now + (found - now) * part / 50 for part in range(50))
    assert not any(allowed(moment) for moment in before if moment < found)
    if last is None or last <= now:
        assert due(Timing(window, every), now=found, at=planned, chosen=chosen, last_sent=last) == found


@pytest.mark.slow
def test_a_config_without_a_window_loads_no_zones() -> None:
    """Start-up is felt on every cron run: zoneinfo is loaded by those who have a window."""
    code = "import sys, syndicate.config, syndicate.schedule as s; assert s.due(s.Timing(every=1.0), now=5.0, at=None, "
    code += "chosen=False, last_sent=1.0) == 5.0; assert not {'zoneinfo', 'difflib'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_instants_before_the_epoch_and_far_ahead() -> None:
    """The arithmetic of days holds on both sides of 1970."""
    for year in (1965, 2099):
        moment = datetime(year, 7, 1, tzinfo=UTC).timestamp()
        assert looked_for(NEW_YORK, moment) == NEW_YORK.next_open(moment)
