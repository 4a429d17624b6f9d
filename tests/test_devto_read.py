"""DEV: the copy that is there now, against what was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from syndicate.adapters.devto import DevTo
from syndicate.adapters.devto_standin import DevToStandIn

from syndicate.adapter import Image, Part, Post, Published, Secret
from syndicate.errors import Failure, Rejected, Unavailable
from syndicate.standin import Request, Response

from .adapter_bridge import NOW, Place, make_post, run

FULL = make_post(
    title="Pipes → files, and 2 > 1",
    summary="How to write a file so that nobody ever reads the half of it.",
    cover=Image("https://blog.example.org/c%20over.png?v=1&w=2"),
    series="Files",
)


@pytest.fixture
def site() -> Place:
    return Place(DevTo(api_key=Secret.of("sandbox-dev-key")), DevToStandIn)


def read(site: Place, post: Post, published: Published) -> Part | None:
    return run(site.adapter.read(site.part(post), published, site.http()))


def shown(site: Place, post: Post, published: Published, **there) -> Part | None:
    """What `read` makes of an article that shows other fields than the stand-in's."""

    def answer(request: Request) -> Response:
        said = site.standin.handle(request)
        return Response(said.status, {**said.body, **there})

    return run(site.adapter.read(site.part(post), published, site.answering(answer)))


def test_one_request_for_what_is_public(site):
    """An article that readers see is asked for alone, and is as it was sent with all its fields."""
    published = site.publish(FULL)
    assert read(site, FULL, published) == site.part(FULL)
    assert [(request.method, request.path) for request in site.requests] == [("GET", f"/articles/{published.id}")]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("title", "Pipes, files"),
        ("body_markdown", "Something else."),
        ("tags", ["python"]),
        ("tags", []),
        ("canonical_url", "https://elsewhere.example/post"),
        ("description", "Another summary."),
    ],
)
def test_each_field_that_was_changed_is_told(site, name, there):
    """The part that comes back differs in that field alone."""
    published = site.publish(FULL)
    sent = site.part(FULL).payload["article"]
    copy = shown(site, FULL, published, **{name: there})
    assert copy.payload == {"article": {**sent, name: there}}
    assert copy.text == (there if name == "body_markdown" else site.part(FULL).text)
    assert copy.count == len(copy.text.encode())


def test_a_canonical_url_that_was_taken_away_is_told(site):
    """DEV then shows the article's own address."""
    published = site.publish(FULL)
    copy = shown(site, FULL, published, canonical_url=published.url)
    assert copy.payload["article"]["canonical_url"] is None


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (None, None),
        (
            "https://media2.dev.to/w=1000/https%3A%2F%2Felsewhere.example%2Fother.png",
            "https://elsewhere.example/other.png",
        ),
    ],
)
def test_another_cover_is_told(site, there, told):
    """None at all, or another one behind the address of the resized copy."""
    published = site.publish(FULL)
    copy = shown(site, FULL, published, cover_image=there)
    assert copy.payload["article"]["main_image"] == told


@pytest.mark.parametrize(
    "there",
    [
        {"title": "  Pipes   files, and 2 > 1"},
        {"body_markdown": "\r\nWrite to a file beside it, then rename.  \r\n"},
        {"tags": ["Linux", "python"]},
        {"tags": "linux, python", "tag_list": ["linux", "python"]},
        {"tags": None, "tag_list": "linux, python"},
        {"canonical_url": "https://Blog.example.org/posts/atomic-writes"},
        {"description": "How to write a file so that nobody ever reads…"},
        {"description": FULL.summary + "\n"},
        {"cover_image": "https://media2.dev.to/dynamic/image/of-another-kind"},
    ],
)
def test_what_dev_tidies_is_no_change(site, there):
    """Signs that a title may not hold, line ends, the order of tags, a summary cut short, a cover of DEV's own."""
    published = site.publish(FULL)
    assert shown(site, FULL, published, **there) == site.part(FULL)


def test_what_was_not_sent_is_not_compared(site):
    """A cover, a summary or a canonical URL that a person added there is theirs; updates leave it alone too."""
    post = make_post(canonical_url=None)
    published = site.publish(post)
    added = {"canonical_url": "https://a.example/", "description": "Begun.", "cover_image": "https://a.example/c.png"}
    assert shown(site, post, published, **added) == site.part(post)


@pytest.mark.parametrize("draft", [True, False])
def test_what_is_not_public_yet_is_read_from_the_list(site, draft):
    """A draft, or an article whose time has not come: only the list of one's own has it."""
    site.adapter = replace(site.adapter, schedule=not draft)
    post = make_post(draft=draft, date=NOW + timedelta(days=2))
    published = site.publish(post)
    assert read(site, post, published) == site.part(post)
    assert [request.path for request in site.requests] == [f"/articles/{published.id}", "/articles/me/all"]
    site.standin.edit(published.id, "Another text.")
    assert read(site, post, published).text == "Another text."
    site.standin.remove(published.id)
    assert read(site, post, published) is None


def test_a_draft_that_was_published_by_hand_is_as_it_was_sent(site):
    """That is what drafts are for."""
    post = make_post(draft=True)
    published = site.publish(post)
    site.standin.posts[0].draft = False
    assert read(site, post, published) == site.part(post)


def test_an_article_that_was_unpublished_is_gone(site):
    """By its author or by a moderator: nobody can read it."""
    published = site.publish(make_post())
    site.standin.posts[0].draft = True
    assert read(site, make_post(), published) is None


@pytest.mark.parametrize("body", ["<html>", {"id": 1}, [], {"id": 1000}])
def test_what_is_no_article_is_not_compared(site, body):
    """A proxy's page, or another article, says nothing about ours."""
    published = site.publish(make_post())
    with pytest.raises(Unavailable):
        run(site.adapter.read(site.part(make_post()), published, site.answering(Response(200, body))))


def test_another_site_does_not_tell_that_it_is_gone(site):
    """404 for the article and for the list: this is not a Forem site's API."""
    published = site.publish(make_post())
    with pytest.raises(Rejected):
        run(site.adapter.read(site.part(make_post()), published, site.answering(Response(404, {"error": "not found"}))))


def test_a_refused_key_does_not_tell_that_it_is_gone(site):
    """No answer about the article was given."""
    published = site.publish(make_post())
    with pytest.raises(Failure):
        run(site.adapter.read(site.part(make_post()), published, site.answering(site.standin.refusal("auth", ""))))


def test_after_an_update_it_is_as_it_was_sent(site):
    """What `update` sends is what `read` compares with afterwards."""
    published = site.publish(FULL)
    changed = replace(FULL, title="Another title", body="Use fsync too.\n", tags=("c",), summary="Shorter.")
    assert read(site, changed, published) != site.part(changed)
    run(site.adapter.update(site.part(changed), published, site.http()))
    assert read(site, changed, published) == site.part(changed)
