"""Facebook Pages: the copy that is there now, changing it, taking it out, and its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syndicate.adapter import Published
from syndicate.errors import NotEntitled, Rejected

from .adapter_bridge import NOW, Place, make_post, run
from .facebook_bridge import place, with_


@pytest.fixture
def site() -> Place:
    return place()


def read(site: Place, published: Published, post: Any = None, http: Any = None) -> Any:
    return run(site.adapter.read(site.part(post or make_post()), published, http or site.http()))


def test_an_edit_by_hand_is_told(site):
    """The text as it is now, in the payload and in what a reader sees."""
    published = site.publish(make_post())
    assert read(site, published) == site.part(make_post())
    site.standin.edit(published.id, "Mine.")
    copy = read(site, published)
    assert copy.payload == {**site.part(make_post()).payload, "message": "Mine."}
    assert (copy.text, copy.count) == ("Mine.\n\nhttps://blog.example.org/posts/atomic-writes/", 5)


@pytest.mark.parametrize("end", ["removed", "hidden", "unpublished"])
def test_what_readers_do_not_see_is_gone(site, end):
    """Deleted, hidden from the Page, or taken back into the drafts."""
    published = site.publish(make_post())
    (shown,) = site.standin.posts
    shown.extra["hidden"], shown.draft = end == "hidden", end == "unpublished"
    if end == "removed":
        site.standin.remove(published.id)
    assert read(site, published) is None


def test_a_post_that_the_token_may_not_see_is_not_gone(site):
    """Facebook says the same of both, so a look at the Page's list decides."""
    published = site.publish(make_post())
    site.standin.remove(published.id)
    site.standin.granted.discard("pages_read_engagement")
    with pytest.raises(NotEntitled):
        read(site, published)


def test_a_draft_or_scheduled_post_is_as_it_was_sent_before_and_after(site):
    """Also once it was published; another time, set by hand, is an edit."""
    post = make_post(date=NOW + timedelta(days=2))
    published = with_(site, schedule=True).publish(post)
    assert read(site, published, post) == site.part(post)
    site.standin.posts[0].extra["scheduled"] += 3600
    assert read(site, published, post).payload["scheduled_publish_time"] == int(post.date.timestamp()) + 3600
    site.clock.pass_(5 * 86400)
    assert read(site, published, post) == site.part(post)
    draft = make_post(draft=True, title="Draft")
    published = site.publish(draft)
    assert read(site, published, draft) == site.part(draft)
    site.standin.posts[-1].draft = False
    assert read(site, published, draft) == site.part(draft)


def test_update_changes_the_text_and_can_be_repeated(site):
    """Nothing new appears; then the copy is as it was sent."""
    published, changed = site.publish(make_post()), make_post(title="Atomic writes, again")
    for _ in range(2):
        assert run(site.adapter.update(site.part(changed), published, site.http())) == published
    assert [post.text for post in site.standin.posts] == [site.part(changed).payload["message"]]
    assert site.requests[-1].json() == {"message": site.part(changed).payload["message"]}
    assert read(site, published, changed) == site.part(changed)


def test_update_moves_what_is_still_scheduled(site):
    """The time goes along until it has come."""
    post = make_post(date=NOW + timedelta(days=2))
    published = with_(site, schedule=True).publish(post)
    later = replace(post, date=NOW + timedelta(days=3))
    run(site.adapter.update(site.part(later), published, site.http()))
    assert site.standin.posts[0].extra["scheduled"] == int(later.date.timestamp())
    site.clock.pass_(4 * 86400)
    run(site.adapter.update(site.part(later), published, site.http()))
    assert set(site.requests[-1].json()) == {"message"}


def test_update_refuses_what_facebook_cannot_change(site):
    """Another link, or a post that is gone: said before anything is written."""
    published = site.publish(make_post())
    other = site.part(make_post(canonical_url="https://blog.example.org/posts/other/"))
    with pytest.raises(Rejected, match="cannot change a link") as caught:
        run(site.adapter.update(other, published, site.http()))
    assert caught.value.field == "link"
    site.standin.posts.clear()
    with pytest.raises(Rejected, match="no longer"):
        run(site.adapter.update(other, published, site.http()))
    assert {request.method for request in site.requests} == {"GET"}


def test_delete_takes_the_post_out(site):
    """Then it is neither shown nor found; a second time Facebook refuses."""
    published = site.publish(make_post())
    run(site.adapter.delete(published, site.http()))
    assert (site.standin.posts, site.find(make_post())) == ([], None)
    with pytest.raises(Rejected) as caught:
        run(site.adapter.delete(published, site.http()))
    assert caught.value.field == "id"


def test_metrics(site):
    """Reactions and comments; views where read_insights is granted, by the name that they have since 2025."""
    published = site.publish(make_post())
    metrics = run(site.adapter.metrics(published, site.http()))
    assert (metrics.views, metrics.reactions, metrics.comments) == (0, 0, 0)
    assert site.requests[-1].query == {"metric": "post_media_view"}
    site.standin.granted.discard("read_insights")
    metrics = run(site.adapter.metrics(published, site.http()))
    assert (metrics.views, metrics.reactions, metrics.comments) == (None, 0, 0)
