"""Rendering a post, as a ratio to one bare parse of it by markdown-it-py in the same run. `make bench` runs it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from markdown_it import MarkdownIt

from syndicate.markdown import Dialect, render

ROUNDS = 9
DIALECTS = {
    "all that Markdown has": Dialect(tables=True, footnotes=True, strikethrough=True, html=None),
    "joined lines, math and Liquid": Dialect(tables=True, breaks=True, math="katex", liquid=True, embeds="liquid"),
    "nothing but CommonMark": Dialect(images=False),
    "plain text": Dialect(format="plain"),
}


def main() -> None:
    """Prints a table."""
    source = (Path(__file__).parent / "post.md").read_text().split("---\n", 2)[2] * 4
    bare = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    once = _best(lambda _: bare.parse(source))
    print(f"{'one bare parse':32} {once * 1000:7.1f} ms  x  1.00   ({len(source):,} characters)")
    for name, dialect in DIALECTS.items():
        # A word more each time: what was parsed before is remembered.
        seconds = _best(
            lambda n, d=dialect, k=name: render(f"{source}\n\n{k} {n}.", d, base_url="https://example.org/")
        )
        print(f"{name:32} {seconds * 1000:7.1f} ms  x {seconds / once:5.2f}")


def _best(work: Callable[[int], object]) -> float:
    times = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
