"""Real feeds, and real posts as a feed would carry them."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from syndicate.errors import UsageError
from syndicate.feed import FeedTrouble, Fetched
from syndicate.feed.post import to_post
from syndicate.feed.read import read
from syndicate.feed.to_markdown import to_markdown
from syndicate.feed.words import text_of
from syndicate.markdown import Dialect, render
from syndicate.post import frontmatter
from syndicate.post.snapshot import dump, load

from .support import shared

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
URL = "https://feeds.example.org/a/feed.xml"


def feeds() -> list[Path]:
    return [path for path in sorted(shared("corpus", "feeds").rglob("*")) if path.suffix in {".xml", ".json"}]


def test_every_feed_is_read_or_said_to_be_broken():
    """Within two seconds each; ids are unique and links are absolute."""
    read_well = 0
    for path in feeds():
        began = time.process_time()
        try:
            found = read(Fetched(status="changed", url=URL, body=path.read_bytes()), now=0)
        except FeedTrouble as trouble:
            assert trouble.kind == "broken", path  # noqa: PT017  most of these are no feeds
            continue
        finally:
            assert time.process_time() - began < 2, path
        read_well += 1
        ids = [entry.id for entry in found.entries]
        assert all(ids), path
        assert len(ids) == len(set(ids)), path
        for entry in found.entries:
            for url in (entry.link, entry.cover, entry.base):
                assert url is None or re.match(r"https?://[^\s<>]+$", url), (path, url)
            assert "\n" not in entry.title, path
    assert read_well >= 140


def test_real_feeds_are_not_refused():
    """No limit is set so low that a feed from the corpus meets it; all XML that has entries gives them."""
    for path in feeds():
        if path.suffix == ".xml" and re.search(rb"<(?:item|entry)[\s>]", path.read_bytes()):
            try:
                read(Fetched(status="changed", url=URL, body=path.read_bytes()), now=0)
            except FeedTrouble as trouble:
                # Fragments of feeds, without a feed around them.
                assert "FirstEntry" in path.name, (path, trouble.message)  # noqa: PT017


def test_entries_become_posts_that_any_platform_can_show():
    """No live script, no relative link, no word lost; and the post comes back from the queue as it was."""
    converted = 0
    for path in feeds():
        try:
            found = read(Fetched(status="changed", url=URL, body=path.read_bytes()), now=0)
        except FeedTrouble:
            continue
        for entry in found.entries:
            if not (entry.link or text_of(entry.html)):
                continue
            post = to_post(entry, key="k", full_text=True, feed_language=found.language)
            assert load(dump(post)) == post
            if not entry.whole:
                continue
            converted += 1
            html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(post.body)
            assert not re.search(r"<(?:script|iframe|style|object|svg)\b", html), path
            for url in re.findall(r"(?:href|src)=\"([^\"]*)\"", html):
                assert re.match(r"https?:|mailto:", url), (path, url)
            there = re.findall(r"\w+", text_of(html))
            missing = [word for word in re.findall(r"\w+", text_of(entry.html)) if word not in there]
            assert len(missing) <= 1, (path, missing)  # letters drawn in SVG
            shown = render(post.body, Dialect(tables=True, footnotes=True), base_url=post.base_url)
            assert not any("template" in warning or "Liquid" in warning for warning in shown.warnings), path
    assert converted > 50


def codes(markdown: str) -> list[tuple[str, str]]:
    found = [
        token for token in READER.parse(markdown) if token.type in {"fence", "code_block"} and token.content.strip()
    ]
    return [((token.info.split() or [""])[0], token.content.removesuffix("\n")) for token in found]


@pytest.mark.slow
def test_posts_that_came_through_a_feed_keep_their_code():
    """Rendered to HTML and back, every block of code has its language and each of its bytes."""
    blocks = posts = 0
    for path in sorted(shared("corpus", "posts").rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            body = frontmatter.read(text, source="post.md").body
        except UsageError:
            continue
        if "<pre" in body:
            continue
        html = READER.render(body)
        again = to_markdown(html, "https://blog.example.org/p/")[0]
        expected = [(language if re.fullmatch(r"[\w+#.-]*", language) else "", code) for language, code in codes(body)]
        assert codes(again) == expected, path
        posts += 1
        blocks += len(expected)
    assert posts > 250
    assert blocks > 1000
