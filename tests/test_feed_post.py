"""Entries → posts: the whole text or an announcement, and what both carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.adapter import Image
from syndicate.feed import Entry, FeedTrouble
from syndicate.feed.post import to_post
from syndicate.post.snapshot import dump, load

LINK = "https://blog.example.org/posts/1/"
ENTRY = Entry(
    id="urn:1",
    link=LINK,
    title="A title",
    html='<p>The <b>text</b> with a <a href="../2/">link</a>.</p>',
    whole=True,
    digest="d",
    words="",
    base=LINK,
    summary="In short.",
    tags=("go",),
    language="de",
    published=datetime(2024, 1, 1, tzinfo=UTC),
    cover="https://blog.example.org/i.png",
)


def post(entry: Entry, *, full_text: bool = True, feed_language: str | None = None):
    return to_post(entry, key="k", full_text=full_text, feed_language=feed_language)


def test_the_whole_text_is_carried_when_it_is_wanted_and_there():
    """With all that the entry says of itself."""
    made = post(ENTRY)
    assert made.body == "The **text** with a [link](https://blog.example.org/posts/2/).\n"
    assert (made.key, made.source, made.title, made.summary) == ("k", LINK, "A title", "In short.")
    assert made.canonical_url == made.base_url == LINK
    assert (made.tags, made.language, made.date) == (("go",), "de", ENTRY.published)
    assert made.cover == Image("https://blog.example.org/i.png")
    assert (made.path, made.certain, made.warnings) == (None, True, ())


def test_an_announcement_is_a_summary_and_a_link():
    """What the summary says stays text."""
    made = post(replace(ENTRY, summary="*Not* <b>markup</b> {{ x }}"), full_text=False)
    assert made.body == f"\\*Not\\* &lt;b>markup&lt;/b> \\{{\\{{ x }}}}\n\n[Read the whole post]({LINK})\n"
    assert made.warnings == ()


def test_a_feed_with_summaries_only_gives_announcements_and_says_so():
    """The whole text was wanted."""
    made = post(replace(ENTRY, whole=False, html="<p>Short.</p>", summary=None))
    assert made.body == f"Short.\n\n[Read the whole post]({LINK})\n"
    assert len(made.warnings) == 1


def test_a_text_that_cannot_be_converted_is_announced():
    """It is too deep for any converter; the post still has a page."""
    made = post(replace(ENTRY, html="<div>" * 1000 + "x"))
    assert "[Read the whole post]" in made.body
    assert "deep" in made.warnings[0]


def test_without_a_title_the_first_words_are_it():
    """A note of a microblog."""
    words = " ".join(f"word{n}" for n in range(30))
    made = post(replace(ENTRY, title="", html=f"<p>{words}</p>"))
    assert made.title.startswith("word0 word1")
    assert made.title.endswith("…")
    assert len(made.title) <= 81
    assert made.warnings


@pytest.mark.parametrize("full_text", [True, False])
def test_nothing_at_all_is_no_post(full_text):
    """Neither a text nor a link."""
    with pytest.raises(FeedTrouble) as caught:
        post(replace(ENTRY, html="", link=None, summary=None, whole=False), full_text=full_text)
    assert caught.value.kind == "broken"


def test_what_counts_readers_is_not_part_of_the_address():
    """`utm_*` is put there for the feed's readers."""
    link = "https://a.example.org/p?utm_source=rss&id=3&utm_medium=feed#x"
    assert post(replace(ENTRY, link=link)).canonical_url == "https://a.example.org/p?id=3#x"


@pytest.mark.parametrize(
    ("own", "feeds", "expected"), [("de", "en", "de"), (None, "en-US", "en-us"), (None, None, None)]
)
def test_the_language_is_the_entrys_else_the_feeds(own, feeds, expected):
    """As a tag of ours."""
    assert post(replace(ENTRY, language=own), feed_language=feeds).language == expected


def test_a_post_comes_back_from_its_text_as_it_was():
    """Every field, dates with their zone; what a later version added is left out."""
    made = replace(post(ENTRY), targets=("a",), overrides={"a": {"title": "x"}}, warnings=("w",))
    assert load(dump(made)) == made
    assert load(dump(made).replace("{", '{"later": 1, ', 1)) == made
