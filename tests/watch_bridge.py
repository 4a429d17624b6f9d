"""A blog whose feed is watched: a project, its stand-ins, a server for its feed, and a clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from syndicate.sandbox import Sandbox

from .feed_bridge import FeedServer, item, rss
from .support import SITE, Outcome, Project, project
from .time_machine import Clock

PATH = "/index.xml"


def post(n: int | str, text: str = "", **more: str) -> str:
    """An item with a text of its own, that no other has."""
    words = text or f"The text of number {n}, with words enough that one can tell it from every other by them: {n} {n}."
    return item(n, text=f"<p>{words}</p>", **more)


def link(n: int | str) -> str:
    return f"{SITE}/posts/{n}/"


@dataclass
class Blog:
    """`serve` puts a feed up, `watch` makes a pass."""

    it: Project
    feeds: FeedServer
    sandbox: Sandbox
    clock: Clock
    path: str = PATH
    served: list[str] = field(default_factory=list)

    def serve(self, *items: str, **more: str) -> None:
        self.served = list(items)
        self.feeds.put(self.path, rss(*items), **more)

    def add(self, *items: str) -> None:
        """Puts new items before the others, as blogs do."""
        self.serve(*items, *self.served)

    def watch(self, *words: str | Path) -> Outcome:
        return self.it.call("watch", *words)

    def feed(self, *words: str) -> dict[str, Any]:
        """A pass, and what it says of the feed `blog`."""
        done = self.watch("--json", *words)
        return next(one for one in done.json()["feeds"] if one["name"] == "blog")

    def begin(self, *items: str) -> None:
        """The first pass, over what is there before."""
        self.serve(*(items or (post("old"),)))
        assert self.watch().returncode == 0

    def at(self, target: str) -> list[str]:
        """Titles of what stands at a target, oldest first."""
        return [one.title for one in self.sandbox.places[target].standin.posts]

    def configure(self, **options: Any) -> None:
        """Writes the feed's table, in the place of the one before."""
        text = self.it.config.read_text().partition("\n[feeds.blog]")[0]
        values = {"url": self.feeds.url(self.path), "targets": list(self.it_targets), **options}
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        self.it.config.write_text("\n".join([text, "[feeds.blog]", *lines, ""]))

    it_targets: tuple[str, ...] = ("devto", "reddit")


def blog(folder: Path, feeds: FeedServer, sandbox: Sandbox, clock: Clock, **options: Any) -> Blog:
    """A project with two targets, and a feed."""
    made = Blog(project(folder, sandbox, ["devto", "reddit"]), feeds, sandbox, clock)
    made.configure(**options)
    return made


def dated(clock: Clock, **ago: float) -> str:
    """A moment that long before now, as RSS has it."""
    from datetime import UTC, datetime, timedelta

    return format_datetime(datetime.fromtimestamp(clock.at, UTC) - timedelta(**ago))
