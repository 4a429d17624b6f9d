"""What of a feed is new: old entries under new ids, the brake, the first pass, filters. No network, no ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.adapter import Post
from syndicate.config import FeedConfig
from syndicate.feed import Entry, Feed
from syndicate.ledger.agenda import KnownEntry
from syndicate.watch.sift import Sieve, Sifted

DAY = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def entry(number: int, **changes: Any) -> Entry:
    """The entry of a day, alike in nothing to those of other days."""
    text = changes.pop("text", f"The text of number {number}, which no other entry has.")
    title = changes.get("title", f"Post {number}")
    values: dict[str, Any] = {
        "id": f"id-{number}",
        "link": f"https://blog.example.org/{number}/",
        "title": title,
        "html": f"<p>{text}</p>",
        "whole": True,
        "words": hashlib.sha256(text.encode()).hexdigest(),
        "base": "https://blog.example.org/",
        "published": DAY + timedelta(days=number),
        **changes,
    }
    return Entry(digest=f"{values['title']} {values['link']} {text}", **values)


def feed(*entries: Entry) -> Feed:
    return Feed(title="A blog", entries=tuple(sorted(entries, key=lambda e: e.published or DAY, reverse=True)))


class Blog:
    """Passes over one feed, each with what the ones before it noted."""

    def __init__(self, **options: Any) -> None:
        self.config = FeedConfig(**{"name": "blog", "url": "https://x.example/", "targets": ("dev",), **options})
        self.known: dict[str, KnownEntry] = {}
        self.sent: Any = False

    def look(self, *entries: Entry, **options: Any) -> Sifted:
        def make(entry: Entry, key: str | None) -> Post | str:
            if not entry.html:
                return "no text"
            key = key or f"url:{entry.link}"
            return Post(key=key, source=entry.link or entry.id, title=entry.title, body=entry.html, tags=entry.tags)

        values: dict[str, Any] = {"first": not self.known, "now": 0.0, **options}
        sieve = Sieve(self.config, list(self.known.values()), make=make, sent=lambda _e, _p: self.sent, **values)
        sifted = sieve.sift(feed(*entries))
        self.known |= sifted.rows
        return sifted

    def state(self, id: str) -> str:
        return self.known[id].state


def titles(sifted: Sifted) -> list[str]:
    return [one.post.title for one in sifted.wanted]


def begun(*entries: Entry, **options: Any) -> Blog:
    blog = Blog(**options)
    blog.look(*(entries or (entry(1), entry(2))))
    return blog


def test_the_first_pass_takes_what_is_there_as_seen() -> None:
    """Nothing is wanted; the next entry is."""
    blog = Blog()
    assert titles(blog.look(entry(1), entry(2), entry(3), entry(4), entry(5))) == []
    assert {one.state for one in blog.known.values()} == {"seen"}
    assert titles(blog.look(entry(2), entry(3), entry(4), entry(5), entry(6))) == ["Post 6"]


def test_backfill_takes_the_newest_oldest_first() -> None:
    """As many as a person names, however many the brake lets through; also later, but none a second time."""
    blog = Blog(max_new=1)
    assert titles(blog.look(*map(entry, range(9)), backfill=3)) == ["Post 6", "Post 7", "Post 8"]
    assert titles(blog.look(*map(entry, range(9)), backfill=4)) == ["Post 5"]
    assert titles(blog.look(*map(entry, range(9)), backfill=4)) == []


def test_since_takes_those_from_then_on() -> None:
    """On the first pass too; older ones are seen, and so are those without a date, then."""
    since = DAY + timedelta(days=2)
    blog = Blog(since=since)
    undated = entry(9, published=None)
    assert titles(blog.look(entry(1), entry(2), entry(3), undated)) == ["Post 2", "Post 3"]
    assert blog.state("id-1") == blog.state("id-9") == "seen"
    assert titles(blog.look(entry(0), entry(2), entry(3), entry(4))) == ["Post 4"]


def test_the_brake_asks_instead_of_flooding() -> None:
    """Of four entries at once none goes out; three do."""
    blog = begun()
    assert titles(blog.look(*map(entry, range(1, 6)))) == ["Post 3", "Post 4", "Post 5"]
    sifted = blog.look(*map(entry, range(3, 10)))
    assert titles(sifted) == []
    assert [(one.title, one.what) for one in sifted.found] == [(f"Post {n}", "held") for n in range(6, 10)]
    assert "4 new entries at once (max_new = 3)" in sifted.found[0].reason
    assert blog.state("id-6") == "held"
    assert titles(blog.look(*map(entry, range(3, 10)))) == []


def test_a_brake_of_none_asks_about_each() -> None:
    """`max_new = 0`."""
    blog = begun(max_new=0)
    assert titles(blog.look(entry(1), entry(2), entry(3))) == []
    assert blog.state("id-3") == "held"


def test_review_waits_for_a_person() -> None:
    """Each new entry; an edit of it meanwhile changes what is approved, not that it waits."""
    blog = begun(review=True)
    assert titles(blog.look(entry(3))) == []
    assert blog.state("id-3") == "review"
    assert titles(blog.look(entry(3, text="Mended."))) == []
    assert (blog.state("id-3"), "Mended." in (blog.known["id-3"].post or "")) == ("review", True)


# ---------------------------------------------------------------------- ids that change


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "Another title"},
        {"link": "https://new.example/1/"},
        {"text": "Another text, with words that it did not have before.", "link": "https://new.example/1/"},
        {"title": "Another title", "link": "https://new.example/1/", "published": None},
        {"text": "Another text.", "words": ""},
        {"published": None, "text": "Another."},
    ],
    ids=["only the id", "title", "link", "text and link", "all but the text", "text", "text, no date"],
)
@pytest.mark.parametrize("first", ["seen", "accepted"])
def test_an_entry_under_a_new_id_is_the_same(changes: dict[str, Any], first: str) -> None:
    """The same text; or the same link or title with one more thing in common. It is never posted again."""
    blog = begun(entry(1)) if first == "seen" else begun(entry(0))
    if first == "accepted":
        assert titles(blog.look(entry(0), entry(1))) == ["Post 1"]
    sifted = blog.look(entry(1, id="new-1", **changes))
    assert [one for one in sifted.wanted if not one.edit] == []
    assert [one.what for one in sifted.found][:1] == ["known"]
    assert blog.state("new-1") == first
    # And back again, and once more.
    for id in ("id-1", "new-1"):
        again = blog.look(entry(1, id=id, **changes))
        assert [one for one in again.wanted if not one.edit] == []


def test_a_blog_that_changes_every_id_posts_nothing() -> None:
    """A hundred entries under new ids on a new domain, edits of links and all."""
    old = [entry(n) for n in range(100)]
    blog = begun(*old)
    moved = [entry(n, id=f"tag:new,{n}", link=f"https://new.example/{n}") for n in range(100)]
    assert titles(blog.look(*moved)) == []
    assert titles(blog.look(*moved, entry(200))) == ["Post 200"]


@pytest.mark.parametrize("dated", [True, False])
def test_a_column_with_one_title_is_posted_each_time(dated: bool) -> None:
    """A feed that serves only the newest of “Daily links”: each is new, or is asked about; none is taken for the last."""
    options = {} if dated else {"published": None}
    blog = begun(entry(1, title="Daily links", **options))
    sifted = blog.look(entry(2, title="Daily links", **options))
    assert [one.what for one in sifted.found] == ["held"]
    assert "is it that one?" in sifted.found[0].reason
    # While the old one is still there, there is no question.
    both = begun(entry(1, title="Daily links", **options))
    old = entry(1, title="Daily links", **options)
    assert titles(both.look(old, entry(2, title="Daily links", **options))) == ["Daily links"]


def test_a_link_that_all_entries_have_tells_nothing() -> None:
    """A feed whose entries all lead to the home page, one at a time: the next one is asked about, under its own key."""
    home = "https://blog.example.org/"
    blog = begun(entry(1, link=home))
    sifted = blog.look(entry(2, link=home))
    assert [one.what for one in sifted.found] == ["held"]
    assert blog.known["id-2"].post_key == "id:blog/id-2"


def test_two_entries_are_not_one_old_one() -> None:
    """Of two new entries like an old one that is gone, one is that one; the other is asked about, or new."""
    blog = begun(entry(1))
    sifted = blog.look(entry(1, id="a"), entry(1, id="b", title="Post 1"))
    assert [one.what for one in sifted.found].count("known") == 1
    assert len(sifted.wanted) <= 1


# ---------------------------------------------------------------------- edits


def test_an_edit_is_an_update() -> None:
    """Of an entry that went out; once, under the key that it has."""
    blog = begun()
    (first,) = blog.look(entry(3)).wanted
    (edit,) = blog.look(entry(3, text="Mended.", link="https://blog.example.org/moved/")).wanted
    assert (edit.edit, edit.waiting) == (True, False)
    assert edit.post.key == first.post.key
    assert blog.look(entry(3, text="Mended.", link="https://blog.example.org/moved/")).wanted == []


def test_an_edit_of_what_was_only_seen_changes_nothing() -> None:
    """It was never posted, and is not now."""
    blog = begun()
    sifted = blog.look(entry(1, text="Mended."), entry(2))
    assert (sifted.wanted, sifted.found) == ([], [])


def test_many_edits_at_once_are_asked_about() -> None:
    """A new theme changes the text of every entry: that is no news to send."""
    blog = begun()
    for n in range(3, 8):
        assert titles(blog.look(entry(n)))
    sifted = blog.look(*(entry(n, text=f"New theme {n}") for n in range(3, 8)))
    assert sifted.wanted == []
    assert blog.state("id-3") == "edited"


def test_without_update_an_edit_reaches_only_what_waits() -> None:
    """`update = false`: what has not gone out yet goes out as it is now, the rest stays."""
    blog = begun(update=False)
    blog.look(entry(3))
    (edit,) = blog.look(entry(3, text="Mended.")).wanted
    assert (edit.edit, edit.waiting) == (True, True)


def test_a_vanished_entry_changes_nothing() -> None:
    """Nor does its return."""
    blog = begun()
    blog.look(entry(1), entry(2), entry(3))
    assert blog.look(entry(1)).rows == {}
    assert blog.look(entry(1), entry(2), entry(3)).wanted == []


# ---------------------------------------------------------------------- filters, and what is known otherwise


@pytest.mark.parametrize(
    ("options", "changes", "why"),
    [
        ({"tags": ("go",)}, {"tags": ("Rust",)}, "tags"),
        ({"tags": ("go",)}, {"tags": ("Go", "rust")}, ""),
        ({"categories": ("news",)}, {}, "categories"),
        ({"tags": ("go",), "categories": ("news",)}, {"tags": ("go",)}, "categories"),
        ({"languages": ("en",)}, {"language": "zh"}, "zh"),
        ({"languages": ("en",)}, {"language": "en-GB"}, ""),
        ({"languages": ("zh-tw",)}, {"language": "zh"}, "zh"),
        ({"languages": ("en",)}, {}, "not known"),
    ],
)
def test_filters(options: dict[str, Any], changes: dict[str, Any], why: str) -> None:
    """An entry passes with one of the tags, one of the categories, one of the languages; else it is said why not."""
    blog = begun(**options)
    sifted = blog.look(entry(3, **changes))
    assert bool(sifted.wanted) == (why == "")
    assert blog.state("id-3") == ("filtered" if why else "accepted")
    assert why in sifted.found[-1].reason


def test_a_tag_that_is_added_later_counts() -> None:
    """What did not pass is looked at again when it changes."""
    blog = begun(tags=("go",))
    assert titles(blog.look(entry(3))) == []
    assert titles(blog.look(entry(3, tags=("go",), text="The same."))) == ["Post 3"]


def test_what_went_out_another_way_is_no_news() -> None:
    """A post that the ledger has at every target is known, and does not count for the brake or a review."""
    blog = begun(review=True, max_new=0)
    blog.sent = True
    sifted = blog.look(entry(3))
    assert (sifted.wanted, [one.what for one in sifted.found]) == ([], ["known"])
    assert blog.state("id-3") == "accepted"


def test_a_doubt_is_a_question() -> None:
    """What may have gone out another way waits for a person."""
    blog = begun()
    blog.sent = "a post of this title went out before: is it that one?"
    assert titles(blog.look(entry(3))) == []
    assert blog.known["id-3"].reason == blog.sent


# ---------------------------------------------------------------------- whatever happens

_PASSES = st.lists(
    st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from(["id", "new"]), st.sampled_from(["a", "b"])),
        unique_by=lambda one: one[0],
        max_size=8,
    ),
    min_size=1,
    max_size=12,
)


@given(_PASSES)
def test_no_entry_is_wanted_twice(passes: Sequence[list[tuple[int, str, str]]]) -> None:
    """Through appearing, vanishing, edits and new ids, in any order: each is wanted as new once at the most."""
    blog = Blog(max_new=100)
    wanted: list[str] = []
    for offered in passes:
        sifted = blog.look(
            *(entry(n, id=f"{id}-{n}", text=f"Number {n}, edition {edition}.") for n, id, edition in offered)
        )
        wanted += [one.post.key for one in sifted.wanted if not one.edit]
    assert len(wanted) == len(set(wanted))
