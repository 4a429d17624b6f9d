"""The script: what the feeds offer from pass to pass, what people do, and therefore what has to go out, and when.

It knows nothing of the ledger. Of the watch it is told one thing: which documents have certainly been taken note of
(`confirm`), since what was never seen by anybody cannot go out. Only what is confirmed falls off a feed's end,
vanishes, or changes once more.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from .documents import Offered, atom, html_of, marker, rss, title_of
from .feeds import STORMS, Answer, Weather
from .settings import MAX_NEW, Settings

#: The first feed's; its posts are files in the project.
SITE = "https://f000.example"
_TAG = "go"
_FLOOD = 10
_HOUR = 3600.0


@dataclass(slots=True)
class Story:
    """One entry. Times are simulated.

    `shown`: which of its `titles` and `texts` is offered now. `fate`: `seen` (it was there at the first pass), `post`,
    `reject` (a person turns it down). `tagged`: passes its feed's filter. `question`: whether a person is asked before
    it goes out: `must`, `may`, `no`. `at`: when a person wants it to go out; `cancelled`: taken back.
    """

    feed: int
    number: int
    slug: str
    published: float
    fate: Literal["seen", "post", "reject"]
    titles: list[int | str] = field(default_factory=lambda: [0])
    texts: list[int] = field(default_factory=lambda: [0])
    tagged: bool = True
    question: Literal["must", "may", "no"] = "no"
    born: float | None = None
    hidden: bool = False
    version: int = 1
    confirmed: int = 0
    approve_after: float = 0.0
    approved_at: float | None = None
    file: bool = False
    appears: float = 0.0
    at: float | None = None
    cancelled: bool = False
    #: Whether nobody may have noticed yet that it is there to go out: the brake counts it.
    is_news: bool = False

    @property
    def mark(self) -> str:
        return marker(self.feed, self.number)

    @property
    def title(self) -> str:
        last = self.titles[-1]
        return last if isinstance(last, str) else title_of(self.mark, last)

    @property
    def html(self) -> str:
        return html_of(self.mark, self.texts[-1])

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed == self.version


@dataclass(slots=True)
class Source:
    """One feed. `size`: how many entries it offers. `ids`, `domain`, `place`: how often each has changed."""

    number: int
    kind: Literal["rss", "atom"]
    size: int
    targets: tuple[str, ...]
    id_style: Literal["guid", "permalink", "none"]
    review: bool = False
    tags: bool = False
    full_text: bool = True
    update: bool = True
    ttl: int | None = None
    zipped: bool = False
    stories: list[Story] = field(default_factory=list)
    ids: int = 0
    domain: int = 0
    place: int = 0
    weather: Weather = "fine"
    weather_left: int = 0
    retry_after: int = 0
    begun: bool = False
    #: What its document held, in the pass that goes on: entries and their versions.
    offered: list[tuple[Story, int]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"f{self.number:03}"

    @property
    def home(self) -> str:
        return f"https://{self.name}{f'-{self.domain}' if self.domain else ''}.example"

    def path(self, place: int | None = None) -> str:
        place = self.place if place is None else place
        return f"/{self.name}{f'/{place}' if place else ''}"

    def visible(self) -> list[Story]:
        """What is offered, newest first."""
        return [story for story in reversed(self.stories) if not story.hidden and story.born is not None][: self.size]

    @property
    def slow_lane(self) -> bool:
        """Whether it goes to a target that takes few posts."""
        return bool({"paced", "office"} & set(self.targets))


@dataclass(frozen=True, slots=True)
class Errand:
    """What a person does at the command line. `at`: for `publish --at`."""

    what: Literal["publish", "schedule", "cancel"]
    story: Story
    at: float | None = None


class World:
    """All feeds. The same seed and the same confirmations make the same script."""

    def __init__(self, settings: Settings, now: float) -> None:
        self._settings = settings
        self._chance = random.Random(settings.seed)
        self.played: Counter[str] = Counter()
        self.calm = False
        self.sources = [self._source(number, now) for number in range(settings.feeds)]
        self._to_cancel: list[Story] = []

    def _source(self, number: int, now: float) -> Source:
        chance = self._chance
        role = number % 12
        targets = ["board"]
        targets += ["keyed"] if role % 3 == 0 else []
        targets += ["daily"] if role in (0, 5) else []
        targets = ["paced"] if number in (4, 16) else ["office", "board"] if number == 7 else targets
        source = Source(
            number=number,
            kind="atom" if chance.random() < 0.4 else "rss",
            size=chance.randint(7, 14) if role not in (3, 9) else 16,
            targets=tuple(targets),
            id_style="permalink" if number == 0 else chance.choice(("guid", "guid", "permalink", "none")),
            review=role in (1, 8),
            tags=role == 2,
            full_text=role != 10,
            update=role != 11,
            zipped=chance.random() < 0.3,
        )
        source.ttl = 45 if source.kind == "rss" and chance.random() < 0.2 else None
        for index in range(chance.randint(2, source.size)):
            story = self._story(source, now - (source.size + 1 - index) * 20 * _HOUR, "seen")
            story.born = now
        # The server of some is down when they are asked for the first time.
        if chance.random() < 0.25:
            source.weather, source.weather_left = chance.choice(STORMS), chance.randint(1, 3)
        return source

    def _story(self, source: Source, published: float, fate: Literal["seen", "post", "reject"]) -> Story:
        number = len(source.stories)
        slug = f"{marker(source.number, number)}"
        story = Story(source.number, number, slug, float(int(published)), fate)
        source.stories.append(story)
        return story

    # ------------------------------------------------------------------ a step

    def step(self, now: float) -> list[Errand]:
        """What happens before a pass. Returns what a person does meanwhile."""
        errands: list[Errand] = []
        for source in self.sources:
            if not self.calm:
                self._change_weather(source)
                if source.begun:
                    self._happen(source, now)
                    errands += self._write_files(source, now) if source.number == 0 else []
            else:
                source.weather = "fine"
            self._appear(source, now)
        errands += [Errand("cancel", story) for story in self._to_cancel if story.cancelled]
        self._to_cancel = [errand.story for errand in errands if errand.what == "schedule" and errand.story.cancelled]
        return errands

    def _change_weather(self, source: Source) -> None:
        chance = self._chance
        if source.weather_left:
            source.weather_left -= 1
        elif chance.random() < 0.05:
            slow = any(one.weather == "slow" for one in self.sources)
            source.weather = chance.choice([kind for kind in STORMS if kind != "slow" or not slow])
            source.weather_left = chance.randint(0, 3)
        else:
            source.weather = "fine"
        if source.weather == "503":
            source.retry_after = chance.choice((30, 600, 3600, 7200))

    def _happen(self, source: Source, now: float) -> None:
        chance = self._chance
        settled = all(story.is_confirmed for story in source.visible())
        rates = {
            self._new_ones: 0.03 if source.slow_lane else 0.09,
            self._edit_text: 0.05,
            self._edit_title: 0.015,
            self._revert: 0.01,
            self._tag: 0.04,
            self._vanish: 0.02,
            self._come_back: 0.05,
            self._move_feed: 0.002,
            self._repeat_title: 0.01,
        }
        if settled:
            rates |= {self._change_ids: 0.008, self._change_domain: 0.003, self._flood: 0.003}
        for act, rate in rates.items():
            if chance.random() < rate:
                act(source, now)

    # ------------------------------------------------------------------ new entries

    def _unconfirmed(self, source: Source) -> int:
        """New ones that nobody may have seen yet."""
        return sum(story.is_news for story in source.stories)

    def _room(self, source: Source, more: int) -> bool:
        """Whether `more` entries push nothing off the end that was not seen as it is."""
        visible = source.visible()
        falling = visible[max(0, source.size - more) :]
        return all(story.is_confirmed for story in falling)

    def _new_ones(self, source: Source, now: float) -> None:
        many = 1 if source.slow_lane or self._chance.random() < 0.7 else 2
        if self._unconfirmed(source) + many <= MAX_NEW and self._room(source, many):
            for _ in range(many):
                self._new(source, now)

    def _new(self, source: Source, now: float) -> Story:
        chance = self._chance
        story = self._story(source, now - chance.uniform(0, 1800), "post")
        story.born, story.is_news = now, True
        if source.number != 0 and chance.random() < 0.06:
            story.published = float(int(now + chance.uniform(1, 12) * _HOUR))
            self.played["entries with a date ahead"] += 1
        if source.review:
            story.question = "must"
            story.fate = "reject" if chance.random() < (1.0 if source.number % 12 == 8 else 0.2) else "post"
            story.approve_after = now + chance.uniform(0, 6) * _HOUR
        if source.tags:
            story.tagged = chance.random() < 0.5
        self.played["entries that appeared"] += 1
        return story

    def _flood(self, source: Source, now: float) -> None:
        if source.size < _FLOOD + 2 or source.review or source.tags or not self._room(source, _FLOOD):
            return
        for story in source.stories:
            if story.is_news and story.question == "no":
                story.question = "may"
        for _ in range(_FLOOD):
            story = self._new(source, now)
            story.question = "must"
            story.approve_after = now + self._chance.uniform(0, 6) * _HOUR
        self.played["floods of ten"] += 1

    def _repeat_title(self, source: Source, now: float) -> None:
        """A column: a new entry under the title of one that is gone from the feed."""
        visible = source.visible()
        gone = [s for s in source.stories if s.born is not None and s not in visible and isinstance(s.titles[-1], int)]
        if not gone or source.number == 0 or source.review or source.tags or not source.full_text:
            return
        if self._unconfirmed(source) + 1 <= MAX_NEW and self._room(source, 1):
            old = self._chance.choice(gone)
            if any(s.title == old.title for s in source.stories if s is not old) or now - old.published < 20 * _HOUR:
                return
            story = self._new(source, now)
            story.published = float(int(now))
            story.titles = [old.title]
            story.question = "must"
            # The one whose title it has must not come back before somebody has looked.
            old.hidden = True
            self.played["columns with an old title"] += 1

    def _write_files(self, source: Source, now: float) -> list[Errand]:
        """Posts that are files first, published by hand, and appear in the feed later."""
        chance = self._chance
        if chance.random() >= 0.12 or self._unconfirmed(source) + 1 > MAX_NEW:
            return []
        story = self._story(source, now, "post")
        story.file, story.is_news, story.appears = True, True, now + chance.uniform(0.2, 3) * _HOUR
        self.played["posts that are files"] += 1
        luck = chance.random()
        if luck < 0.5:
            self.played["published by hand"] += 1
            return [Errand("publish", story)]
        if luck < 0.85:
            story.at = float(int(now + chance.uniform(2, 12) * _HOUR))
            story.cancelled = luck > 0.75
            self.played["scheduled by hand, and taken back" if story.cancelled else "scheduled by hand"] += 1
            return [Errand("schedule", story, story.at)]
        return []

    def _appear(self, source: Source, now: float) -> None:
        """Files whose page is there by now."""
        for story in source.stories:
            if story.file and story.born is None and (story.appears <= now or self.calm) and self._room(source, 1):
                source.stories.remove(story)  # the newest of the feed
                source.stories.append(story)
                story.born, story.published = now, float(int(now))

    # ------------------------------------------------------------------ what changes

    def _pick(self, source: Source) -> Story | None:
        """One that may change: seen as it is, and few others wait to be seen."""
        waiting = sum(not s.is_confirmed and s.confirmed > 0 for s in source.stories if s.born is not None)
        some = [story for story in source.visible() if story.is_confirmed]
        return self._chance.choice(some) if some and waiting < MAX_NEW else None

    def _edit_text(self, source: Source, now: float) -> None:
        if (story := self._pick(source)) is not None:
            story.texts.append(max(story.texts) + 1)
            self._changed(story, "texts edited")

    def _edit_title(self, source: Source, now: float) -> None:
        if (story := self._pick(source)) is not None:
            numbers = [number for number in story.titles if isinstance(number, int)]
            story.titles.append(max(numbers, default=0) + 1)
            self._changed(story, "titles edited")

    def _revert(self, source: Source, now: float) -> None:
        story = self._pick(source)
        if story is not None and len(story.texts) > 1:
            story.texts.append(story.texts[-2])
            self._changed(story, "edits taken back")

    def _tag(self, source: Source, now: float) -> None:
        """An entry that the filter left out gets the tag."""
        story = self._pick(source) if source.tags else None
        if story is not None and not story.tagged and self._unconfirmed(source) < MAX_NEW:
            story.tagged = story.is_news = True
            self._changed(story, "entries tagged later")

    def _changed(self, story: Story, what: str) -> None:
        story.version += 1
        self.played[what] += 1

    def _vanish(self, source: Source, now: float) -> None:
        if (story := self._pick(source)) is not None and len(source.visible()) > 1:
            story.hidden = True
            self.played["entries that vanished"] += 1

    def _come_back(self, source: Source, now: float) -> None:
        hidden = [story for story in source.stories if story.hidden and story.is_confirmed]
        if hidden and self._room(source, 1):
            self._chance.choice(hidden).hidden = False
            self.played["entries that came back"] += 1

    def _move_feed(self, source: Source, now: float) -> None:
        source.place += 1
        self.played["feeds moved (301)"] += 1

    def _change_ids(self, source: Source, now: float) -> None:
        if source.id_style == "guid":
            source.ids += 1
            self._all_changed(source)
            self.played["feeds whose ids all changed"] += 1

    def _change_domain(self, source: Source, now: float) -> None:
        if source.number:
            source.domain += 1
            self._all_changed(source)
            self.played["feeds whose domain changed"] += 1

    def _all_changed(self, source: Source) -> None:
        for story in source.visible():
            story.version += 1

    # ------------------------------------------------------------------ what is offered

    def answers(self) -> dict[str, Answer]:
        """What each feed's server says from now on; notes what its document holds."""
        found: dict[str, Answer] = {}
        for source in self.sources:
            visible = source.visible()
            source.offered = [(story, story.version) for story in visible]
            entries = [self._entry(source, story) for story in visible]
            made = atom(source.name, source.home, entries) if source.kind == "atom" else self._rss(source, entries)
            kind = f"application/{source.kind}+xml; charset=utf-8"
            found[source.path()] = Answer(made, source.weather, kind, None, source.retry_after, source.zipped)
            for place in range(source.place):
                found[source.path(place)] = Answer(moved_to=source.path())
            if source.weather != "fine":
                self.played[f"feed: {source.weather}"] += 1
        return found

    @staticmethod
    def _rss(source: Source, entries: list[Offered]) -> bytes:
        return rss(source.name, source.home, entries, ttl=source.ttl)

    def _entry(self, source: Source, story: Story) -> Offered:
        link = f"{source.home}/posts/{story.slug}/"
        own = {"guid": f"urn:{source.name}:{source.ids}:{story.slug}", "permalink": link, "none": None}
        tags = (_TAG, "misc") if source.tags and story.tagged else ("misc",)
        id = own[source.id_style]
        return Offered(
            id, source.id_style == "permalink", link, story.title, story.html, published=story.published, tags=tags
        )

    def confirm(self, name: str) -> None:
        """The document of the pass that goes on has been taken note of, for good."""
        source = self.sources[int(name[1:])]
        source.begun = True
        for story, version in source.offered:
            story.confirmed = max(story.confirmed, version)
            story.is_news = story.is_news and not story.is_confirmed

    # ------------------------------------------------------------------ what a person says

    def verdicts(self, now: float, out: set[str]) -> dict[str, str]:
        """By entry, what a person says who is asked whether it is to go out: `approve`, `reject`, `later`.

        `out`: what stands on a platform already. A `!` before it: there was no reason to ask.
        """
        return {story.mark: self._verdict(story, now, out) for story in self.stories()}

    @staticmethod
    def _verdict(story: Story, now: float, out: set[str]) -> str:
        if story.fate == "reject":
            return "reject"
        if story.fate == "seen" or story.mark in out or story.cancelled:
            return "!reject"
        if story.question == "no":
            return "!approve"
        return "approve" if now >= story.approve_after else "later"

    def decided(self, mark: str, verdict: str, at: float) -> None:
        """A person said so."""
        story = next(story for story in self.stories() if story.mark == mark)
        if verdict.endswith("approve") and story.approved_at is None:
            story.approved_at = at

    def stories(self) -> Iterable[Story]:
        return (story for source in self.sources for story in source.stories)
