"""Facebook Pages: looking for what a lost answer left, and listing what is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.errors import Unavailable
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, collect, make_post
from .facebook_bridge import PAGE, place, with_


@pytest.fixture
def site() -> Place:
    return place()


def test_finds_what_a_lost_answer_left(site):
    """With its id and its address."""
    published = site.publish(make_post())
    assert site.find(make_post()) == published


@pytest.mark.parametrize("tidied", ["{}\r\n", " {}", "{}  "])
def test_finds_it_although_facebook_tidied_the_text(site, tidied):
    """Other line ends and white space around the text do not hide it."""
    published = site.publish(make_post())
    site.standin.edit(published.id, tidied.format(site.standin.posts[0].text.replace("\n\n", "\n\n\n")))
    assert site.find(make_post()) == published


def test_does_not_find_anothers_or_an_older_one(site):
    """Another text is not ours, nor what was there more than a minute before the first try."""
    site.publish(make_post())
    assert site.find(make_post(title="Something else")) is None
    assert site.find(make_post(), at=NOW + timedelta(seconds=61)) is None
    assert site.find(make_post(), at=NOW + timedelta(seconds=59)) is not None


def test_the_same_text_with_another_link_is_left_to_a_person(site):
    """It may be ours, with a link that Facebook has changed: neither found nor absent."""
    site.publish(make_post())
    with pytest.raises(Unavailable, match="has this text, but leads to"):
        site.find(make_post(canonical_url="https://blog.example.org/posts/other/"))


def test_looks_further_than_one_page_and_no_further_than_needed(site):
    """By the cursor; it ends with a page that is older than the first try."""
    first = site.publish(make_post())
    for n in range(120):
        site.publish(make_post(title=f"Later {n}"))
    assert site.find(make_post()) == first
    assert [r.query.get("after") for r in site.requests] == [None, "100"]
    site.clock.pass_(3600)
    assert site.find(make_post(title="Not there"), at=site.clock.now()) is None
    assert len(site.requests) == 1


def test_finds_a_scheduled_post_before_and_after_its_time(site):
    """First in the list of what is scheduled, then in that of what is published: in that order, so that it cannot slip by."""
    post = make_post(date=NOW + timedelta(days=2))
    published = with_(site, schedule=True).publish(post)
    assert site.find(post).id == published.id
    assert [r.path for r in site.requests] == [f"/{PAGE}/scheduled_posts"]
    site.clock.pass_(3 * 86400)
    assert site.find(post).id == published.id
    assert [r.path for r in site.requests] == [f"/{PAGE}/scheduled_posts", f"/{PAGE}/published_posts"]


def test_a_draft_is_never_told_to_be_absent(site):
    """No list shows drafts, so a person looks; one that was published since is found."""
    post = make_post(draft=True)
    published = site.publish(post)
    with pytest.raises(Unavailable, match="lists no drafts"):
        site.find(post)
    site.standin.posts[0].draft = False
    assert site.find(post).id == published.id


@pytest.mark.parametrize(
    "answer",
    [
        Response(200, "<html>"),
        Response(200, {}),
        Response(200, []),
        Response(503),
        Response(200, {"data": [{"id": "1"}]}),
    ],
)
def test_an_unreadable_list_is_not_an_empty_list(site, answer):
    """What cannot be read is `Unavailable`."""
    with pytest.raises(Unavailable):
        site.find(make_post(), http=site.answering(answer))


def test_a_list_that_never_ends_is_no_list(site):
    """A cursor that comes back is not followed for ever."""
    body = {"data": [], "paging": {"next": "https://graph.facebook.com/x", "cursors": {"after": "same"}}}
    with pytest.raises(Unavailable, match="does not come to an end"):
        site.find(make_post(), http=site.answering(Response(200, body)))


def test_recent_leaves_out_what_is_hidden(site):
    """Newest first, with the link of the card to know a post by."""
    one, two = site.publish(make_post()), site.publish(make_post(title="Two"))
    site.standin.posts[0].extra["hidden"] = True
    (only,) = collect(site.adapter.recent(site.http()))
    assert (only.id, only.title, only.canonical_url) == (two.id, None, "https://blog.example.org/posts/atomic-writes/")
    assert only.id != one.id
