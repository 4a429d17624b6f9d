"""Every real post for five platforms, as a ratio to one bare parse of each by markdown-it-py in the same run.

`make bench` runs it where the collection of posts is (`SYNDICATE_SHARED`); elsewhere it says so. Processor time; each
post is parsed and rendered in turn, so that both are slowed down alike by whatever else the machine does.

What is reached is 2.9. Parsing with positions takes 0.7 of it, parsing anew what stages have changed 0.6, freeing all
of that 0.15; looking for what is to be changed, and changing it, takes the rest.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from syndicate.adapter import Adapter, Post
from syndicate.errors import Rejected, UsageError
from syndicate.post import load
from syndicate.registry import adapter_class

SHARED = Path(os.environ.get("SYNDICATE_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
#: With what each takes a whole post, or says what it says about one.
PLATFORMS: dict[str, dict[str, Any]] = {
    "devto": {},
    "hashnode": {"publication_id": "5f1d2c3b4a59687766554433"},
    "medium": {},
    "reddit": {"subreddit": "programming", "kind": "self"},
    "twitter": {},
}
SITE = "https://blog.example.org"
_ONCE = "{{ x }} [[y]] <b>before</b> the *clock* runs: ~~~~ `{%`\n"


@dataclass
class Spent:
    """Seconds of processor time, and how many drafts were made in it."""

    seconds: float = 0.0
    drafts: int = 0


@dataclass
class Times:
    """One bare parse of each post, and each platform."""

    bare: float = 0.0
    platforms: dict[str, Spent] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return sum(spent.seconds for spent in self.platforms.values()) / self.bare


def main() -> None:
    """Prints a table."""
    posts = load_posts()
    if not posts:
        print(f"corpus: there are no posts in {SHARED}")
        return
    times = measure(posts)
    print(f"{'one bare parse of each':32} {times.bare:7.2f} s  x  1.00   ({len(posts)} posts)")
    for name, spent in times.platforms.items():
        print(f"  {name:30} {spent.seconds:7.2f} s  x {spent.seconds / times.bare:5.2f}   ({spent.drafts} drafts)")
    whole = sum(spent.seconds for spent in times.platforms.values())
    print(f"{'five platforms':32} {whole:7.2f} s  x {times.ratio:5.2f}   (wanted: 2.00)")


def measure(posts: Sequence[Post]) -> Times:
    """What the first platform does for the others counts as its own."""
    bare = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    adapters = {name: adapter_class(name)(**options) for name, options in PLATFORMS.items()}
    times = Times(platforms={name: Spent() for name in adapters})
    once = Post(key="once", source="once.md", title="Once", body=_ONCE)  # what is imported late is imported now
    bare.parse(once.body)
    for adapter in adapters.values():
        _drafted(adapter, once)
    gc.collect()
    gc.freeze()  # what else the process holds is not looked through again and again
    for post in posts:
        began = time.process_time()
        bare.parse(post.body)
        times.bare += time.process_time() - began
        for name, adapter in adapters.items():
            began = time.process_time()
            drafted = _drafted(adapter, post)
            times.platforms[name].seconds += time.process_time() - began
            times.platforms[name].drafts += drafted
    gc.unfreeze()
    return times


def _drafted(adapter: Adapter, post: Post) -> bool:
    """Whether the platform takes it: one that does not has looked at it, too."""
    try:
        adapter.render(post)
    except Rejected:
        return False
    return True


def load_posts(*, every: int = 1) -> list[Post]:
    """Each `every`-th post of the collection; none where it is not."""
    folder, found = SHARED / "corpus" / "posts", []
    for path in sorted(folder.rglob("*.md*"))[::every]:
        try:
            found.append(load(path, site_url=SITE, site_language="en", root=folder))
        except UsageError:
            continue
    return found


if __name__ == "__main__":
    main()
