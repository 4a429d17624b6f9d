"""Every real post for five platforms, as a ratio to one bare parse of each by markdown-it-py in the same run.

`make bench` runs it where the collection of posts is (`SYNDICATE_SHARED`); elsewhere it says so.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from markdown_it import MarkdownIt

from syndicate.adapter import Post
from syndicate.errors import Rejected, UsageError
from syndicate.post import load
from syndicate.registry import adapter_class

SHARED = Path(os.environ.get("SYNDICATE_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
PLATFORMS = ("devto", "hashnode", "medium", "reddit", "twitter")
SITE = "https://blog.example.org"


def main() -> None:
    """Prints a table."""
    posts = list(_posts(SHARED / "corpus" / "posts"))
    if not posts:
        print(f"corpus: there are no posts in {SHARED}")
        return
    bare = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    began = time.process_time()
    for post in posts:
        bare.parse(post.body)
    once = time.process_time() - began
    print(f"{'one bare parse of each':32} {once:7.2f} s  x  1.00   ({len(posts)} posts)")
    classes = [adapter_class(name) for name in PLATFORMS]
    adapters = [cls(**dict.fromkeys(cls.required, "x")) for cls in classes]
    whole = 0.0
    for post in posts:
        for adapter in adapters:
            began = time.process_time()
            with contextlib.suppress(Rejected):
                adapter.render(post)
            whole += time.process_time() - began
    print(f"{'five platforms':32} {whole:7.2f} s  x {whole / once:5.2f}")


def _posts(folder: Path) -> list[Post]:
    found = []
    for path in sorted(folder.rglob("*.md*")):
        try:
            found.append(load(path, site_url=SITE, site_language="en", root=folder))
        except UsageError:
            continue
    return found


if __name__ == "__main__":
    main()
