"""The config of what runs unattended: feeds, how they are watched, and when targets take posts."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.cli import init
from syndicate.config import Config, FeedConfig, Watch, load
from syndicate.errors import UsageError
from syndicate.registry import ADAPTERS, adapter_class, names
from syndicate.schedule import Timing, Window

DEV = '[targets.dev]\nadapter = "devto"\n'


def _load(folder: Path, text: str) -> Config:
    path = folder / "syndicate.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def _mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        _load(folder, text)
    return [line.strip() for line in caught.value.message.splitlines()[1:]]


def _feed(folder: Path, lines: str) -> FeedConfig:
    text = f'{DEV}[feeds.blog]\nurl = "https://b.example/feed"\ntargets = ["dev"]\n{lines}\n'
    return _load(folder, text).feeds["blog"]


# ---------------------------------------------------------------------- when a target takes posts


def test_timing(tmp_path: Path) -> None:
    """`window` and `every` of a target reach it; without them it takes a post at any time."""
    text = DEV + 'every = "6h"\nwindow = { zone = "America/New_York", days = "Tue-Thu", hours = "08-11" }\n'
    window = Window("America/New_York", frozenset({1, 2, 3}), ((480, 660),))
    assert _load(tmp_path, text).targets["dev"].timing == Timing(window, 21600.0)
    assert _load(tmp_path, DEV).targets["dev"].timing == Timing()


def test_mistakes_in_timing(tmp_path: Path) -> None:
    """Each mistake in them is told with its key, all at once."""
    text = DEV + 'every = "0s"\nwindow = { zone = "America/NewYork", day = "Mon", hours = "8" }\n'
    text += '[targets.other]\nadapter = "devto"\nevery = "daily"\nwindow = "Tue-Thu"\n'
    found = _mistakes(tmp_path, text)
    assert [line.partition(": ")[0] for line in found] == [
        *(f"targets.dev.window.{key}" for key in ("day", "zone", "hours")),
        "targets.dev.every",
        *("targets.other.window", "targets.other.every"),
    ]
    assert "did you mean `days`?" in found[0]
    assert "did you mean `America/New_York`?" in found[1]


@pytest.mark.parametrize("name", list(names(ADAPTERS)))
def test_no_adapter_has_an_option_that_every_target_has(name: str) -> None:
    """What the core reads of every target is no option of an adapter: it would get the other's value."""
    options = {field.name for field in dataclasses.fields(adapter_class(name))}
    assert not options & {"adapter", "languages", "window", "every"}


# ---------------------------------------------------------------------- [watch]


def test_watch_by_default(tmp_path: Path) -> None:
    """Nothing has to be said about it."""
    assert _load(tmp_path, DEV).watch == Watch(3, 30.0, 10485760, 100, 4, ())
    assert _load(tmp_path, "[watch]\n").watch == Watch()


def test_watch(tmp_path: Path) -> None:
    """Everything that it may say is read; hosts are told apart as names are, without case or a last dot."""
    text = """[watch]
    max_new = 0
    timeout = "1m"
    max_bytes = "500 kB"
    connections = 20
    per_host = 1
    hosts = ["Wiki.Internal.", "10.0.0.5", "::1", "[fd00::2]", "localhost"]
    """
    hosts = ("wiki.internal", "10.0.0.5", "::1", "fd00::2", "localhost")
    assert _load(tmp_path, text).watch == Watch(0, 60.0, 500_000, 20, 1, hosts)
    assert _load(tmp_path, "[watch]\nmax_bytes = 4096\n").watch.max_bytes == 4096
    assert _load(tmp_path, '[watch]\nmax_bytes = "1.5MiB"\n').watch.max_bytes == 1572864


@pytest.mark.parametrize(
    "line",
    [
        *("max_new = -1", "max_new = true", "max_new = 1.5", 'max_new = "3"'),
        *('timeout = "0s"', 'timeout = "soon"', "timeout = -1"),
        *("max_bytes = 0", 'max_bytes = "10"', 'max_bytes = "lots"', 'max_bytes = "9999999GiB"', "max_bytes = 1.5"),
        *("connections = 0", "per_host = 0"),
        *('hosts = "wiki"', 'hosts = [""]', 'hosts = ["https://wiki"]', 'hosts = ["wiki:80"]', 'hosts = ["a b"]'),
        "max_mew = 3",
    ],
)
def test_mistakes_in_watch(tmp_path: Path, line: str) -> None:
    """What cannot be meant is a mistake with its key."""
    (mistake,) = _mistakes(tmp_path, f"[watch]\n{line}\n")
    assert mistake.startswith(f"watch.{line.partition(' ')[0]}: ")


# ---------------------------------------------------------------------- [feeds]


def test_a_feed_by_default(tmp_path: Path) -> None:
    """An address and a target are enough; the brake is that of `[watch]`."""
    assert _feed(tmp_path, "") == FeedConfig("blog", "https://b.example/feed", ("dev",))
    assert _feed(tmp_path, "").max_new == 3
    assert _feed(tmp_path, "[watch]\nmax_new = 7").max_new == 7


def test_a_feed(tmp_path: Path) -> None:
    """Everything that it may say is read; words to compare are folded."""
    found = _feed(
        tmp_path,
        """
        tags = ["Python", "STRASSE", "python"]
        categories = ["News"]
        language = "EN"
        since = 2026-12-01T09:00:00+08:00
        full_text = false
        review = true
        update = false
        max_new = 0
        """,
    )
    assert found == FeedConfig(
        name="blog",
        url="https://b.example/feed",
        targets=("dev",),
        tags=("python", "strasse"),
        categories=("news",),
        languages=("en",),
        since=datetime(2026, 12, 1, 1, tzinfo=UTC),
        full_text=False,
        review=True,
        update=False,
        max_new=0,
    )
    assert _feed(tmp_path, 'languages = ["en", "pt-BR"]').languages == ("en", "pt-br")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        ('"2026-12-01"', datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-12-01T09:30:00", datetime(2026, 12, 1, 9, 30, tzinfo=UTC)),
        ("2026-12-01T09:30:00-05:00", datetime(2026, 12, 1, 14, 30, tzinfo=UTC)),
        ('"2026-12-01T09:30:00-05:00"', datetime(2026, 12, 1, 14, 30, tzinfo=UTC)),
    ],
)
def test_since(tmp_path: Path, value: str, expected: datetime) -> None:
    """A date is its midnight in UTC, as a text or as TOML has it; a time with an offset is that instant."""
    found = _feed(tmp_path, f"since = {value}").since
    assert found == expected
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize("reference", ['{ env = "BLOG_FEED" }', '{ file = "feed" }'])
def test_an_address_that_is_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str) -> None:
    """It is read when it is asked for; a missing one, or what is no address, is told by its place, never by its value."""
    monkeypatch.delenv("BLOG_FEED", raising=False)
    text = f'{DEV}[feeds.blog]\nurl = {reference}\ntargets = ["dev"]\n'
    config = _load(tmp_path, text)
    feed = config.feeds["blog"]
    assert feed.secrets() == []
    with pytest.raises(UsageError, match=r"secret is missing: the (environment variable BLOG_FEED|file feed)"):
        _ = feed.address
    for value in ("https://b.example/feed?token=abc", "ftp://b.example/abc"):
        monkeypatch.setenv("BLOG_FEED", value)
        (tmp_path / "feed").write_text(value + "\n")
        if value.startswith("https"):
            assert feed.address == value
            assert feed.secrets() == [value]
            assert "abc" not in repr(config)
            continue
        with pytest.raises(UsageError, match="no address") as caught:
            _ = feed.address
        assert "abc" not in caught.value.message + caught.value.next


def test_an_address_with_a_secret_in_it_is_remarked_on(tmp_path: Path) -> None:
    """A password or a token in the file works, and the note names the key and not the value."""
    for url in ("https://me:s3cret@b.example/", "https://b.example/?feed=1&access_token=s3cret"):
        (note,) = _load(tmp_path, f'{DEV}[feeds.blog]\nurl = "{url}"\ntargets = ["dev"]\n').notes
        assert "feeds.blog.url" in note
        assert "s3cret" not in note
    assert _load(tmp_path, f'{DEV}[feeds.b]\nurl = "https://b.example/tokens"\ntargets = ["dev"]\n').notes == ()
    (mistake,) = _mistakes(tmp_path, f'{DEV}[feeds.b]\nurl = "ftp://me:s3cret@b.example/"\ntargets = ["dev"]\n')
    assert "s3cret" not in mistake


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ('"HTTPS://B.example/feed#top"', True),
        ('"https://b.example/Feed"', False),
        ('"https://b.example/feed?tag=x"', False),
        ('{ env = "A" }', False),
    ],
)
def test_one_feed_once(tmp_path: Path, other: str, same: bool) -> None:
    """An address that two feeds share is a mistake that names the first; another path or query is another feed."""
    text = f'{DEV}[feeds.a]\nurl = "https://b.example/feed"\ntargets = ["dev"]\n[feeds.b]\nurl = {other}\n'
    text += 'targets = ["dev"]\n'
    if not same:
        assert len(_load(tmp_path, text).feeds) == 2
        return
    (mistake,) = _mistakes(tmp_path, text)
    assert mistake.startswith("feeds.b.url: the same as that of feeds.a")


def test_one_secret_once(tmp_path: Path) -> None:
    """Two feeds whose address stands in the same place are the same feed."""
    text = "".join(f'[feeds.{name}]\nurl = {{ env = "A" }}\ntargets = ["dev"]\n' for name in "ab")
    assert _mistakes(tmp_path, DEV + text) == [
        "feeds.b.url: the same as that of feeds.a; one feed may have many targets"
    ]


def test_all_mistakes_in_feeds_at_once(tmp_path: Path) -> None:
    """Every mistake is told with its key; a target that has a mistake of its own is still one that exists."""
    text = """
    [targets.dev]
    adapter = "devto"
    base_url = 5
    [feeds]
    text = "https://b.example/feed"
    [feeds.empty]
    [feeds.wrong]
    url = "b.example/feed"
    targets = ["dve", "dev"]
    tags = "python"
    categories = [""]
    language = "en"
    languages = ["en"]
    since = 09:00:00
    full_text = "no"
    review = 1
    update = "yes"
    max_new = -1
    lagnuage = "en"
    [feeds.other]
    url = { enf = "X" }
    targets = []
    since = "yesterday"
    language = 5
    """
    found = _mistakes(tmp_path, text)
    keys = [line.partition(": ")[0] for line in found if line.startswith("feeds.")]
    wrong = ("url", "targets", "tags", "categories", "language", "since")
    wrong += ("full_text", "review", "update", "max_new", "lagnuage")
    assert sorted(keys) == sorted(
        [
            *("feeds.text", "feeds.empty.url", "feeds.empty.targets"),
            *(f"feeds.wrong.{key}" for key in wrong),
            *(f"feeds.other.{key}" for key in ("url", "targets", "since", "language")),
        ]
    )
    said = "\n".join(found)
    for hint in (
        "there is no target `dve`; did you mean `dev`?",
        "did you mean `language`?",
        "where its entries go: dev",
    ):
        assert hint in said


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_date_out_of_all_calendars(tmp_path: Path, since: str) -> None:
    """A time that has no equal in UTC is a mistake, not a traceback."""
    (mistake,) = _mistakes(
        tmp_path, f'{DEV}[feeds.b]\nurl = "https://b.example/"\ntargets = ["dev"]\nsince = {since}\n'
    )
    assert mistake.startswith("feeds.b.since: ")


@pytest.mark.parametrize("url", ["https://", "http:///feed", "https://b.example/a b", "feed://b.example/", "file:///x"])
def test_what_is_no_address(tmp_path: Path, url: str) -> None:
    """A feed is fetched over HTTP from a host."""
    (mistake,) = _mistakes(tmp_path, f'{DEV}[feeds.b]\nurl = "{url}"\ntargets = ["dev"]\n')
    assert mistake == f"feeds.b.url: an address with https://, not {url!r}"


# ---------------------------------------------------------------------- the example


def test_the_example_says_all_of_it(tmp_path: Path) -> None:
    """Every key of `[watch]` and of a feed stands in it as it is by default, and may be switched on."""
    text = init.text(active=True)
    watch, _, feed = text.partition("[watch]\n")[2].partition("[feeds.blog]\n")
    assert _lines(watch).keys() == {field.name for field in dataclasses.fields(Watch)}
    assert _load(tmp_path, "[watch]\n" + "\n".join(_lines(watch).values())).watch == Watch()
    assert _lines(feed).keys() == {field.name for field in dataclasses.fields(FeedConfig)} - {"name"}
    target = re.findall(r'targets = \["(\w+)"\]', feed)[0]
    assert target in _load(tmp_path, init.text()).targets
    whole = "\n".join(['[targets.devto]\nadapter = "devto"\n[feeds.blog]', *_lines(feed).values()])
    found = _load(tmp_path, whole.replace(f'"{target}"', '"devto"')).feeds["blog"]
    same = ("full_text", "review", "update", "max_new")
    plain = FeedConfig("blog", "https://b.example/", ("devto",))
    assert [getattr(found, key) for key in same] == [getattr(plain, key) for key in same]


def test_the_example_says_when_targets_take_posts(tmp_path: Path) -> None:
    """What it shows of `window` and `every` is what a target may have."""
    lines = re.findall(r"^#   ((?:window|every) = (?:\{.*\}|\S+))", init.text(), re.MULTILINE)
    assert len(lines) == 2
    timing = _load(tmp_path, DEV + "\n".join(lines)).targets["dev"].timing
    assert timing.window is not None
    assert timing.every


def test_the_example_switched_on_has_a_feed(tmp_path: Path) -> None:
    """With all switched on, the feed and its targets are there."""
    config = _load(tmp_path, init.text(active=True))
    assert set(config.feeds["blog"].targets) <= set(config.targets)
    assert _load(tmp_path, init.text()).feeds == {}


def _lines(section: str) -> dict[str, str]:
    """The settings of a section, by key, each out of its comment."""
    found = (line.removeprefix("# ") for line in section.splitlines())
    return {line.partition(" ")[0]: line for line in found if re.match(r"\w+ = ", line)}
