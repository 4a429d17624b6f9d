"""Medium: what is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syndicate.adapters.medium import Medium
from syndicate.adapters.medium_standin import MediumStandIn

from syndicate.adapter import Draft, Image, Published, Secret
from syndicate.errors import NotEntitled, Rejected

from .adapter_bridge import Place, check_golden, make_post, sample_post

TOKEN = "sandbox-medium-token"


@pytest.fixture
def site() -> Place:
    return Place(Medium(token=Secret.of(TOKEN)), MediumStandIn)


def sent(draft: Draft) -> dict:
    (part,) = draft.parts
    return dict(part.payload)


def test_publish_creates_the_story_a_reader_sees(site):
    """A story arrives with title, text, tags and canonical URL, and its id and URL come back."""
    published = site.publish(make_post())
    (shown,) = site.standin.posts
    assert published == Published(shown.id, site.standin.post_url(shown.id))
    assert (shown.title, shown.tags, shown.draft) == ("Atomic writes", ("python", "linux"), False)
    assert shown.link == "https://blog.example.org/posts/atomic-writes/"
    assert shown.text.strip() == "# Atomic writes\n\nWrite to a file beside it, then rename."


def test_the_author_is_asked_for_first_and_one_write_follows(site):
    """The account's id is read, then the part's own bytes leave, once."""
    site.publish(make_post())
    assert [(r.method, r.path) for r in site.requests] == [("GET", "/me"), ("POST", "/users/5303d74c/posts")]
    assert site.requests[1].body == site.adapter.render(make_post()).parts[0].body()
    assert {r.headers["authorization"] for r in site.requests} == {f"Bearer {TOKEN}"}


def test_a_publication_has_its_own_address(site):
    """With `publication_id` the story goes there; one the account does not write in refuses it."""
    site.adapter = replace(site.adapter, publication_id=site.standin.publication)
    site.publish(make_post())
    assert [r.path for r in site.requests] == [f"/publications/{site.standin.publication}/posts"]
    site.adapter = replace(site.adapter, publication_id="not-mine")
    with pytest.raises(NotEntitled):
        site.publish(make_post())


def test_the_fields_are_those_of_the_archived_api(site):
    """Exactly the documented names; nothing is sent empty."""
    fields = sent(site.adapter.render(make_post()))
    assert fields.pop("content").strip() == "# Atomic writes\n\nWrite to a file beside it, then rename."
    assert fields == {
        "title": "Atomic writes",
        "contentFormat": "markdown",
        "tags": ["python", "linux"],
        "publishStatus": "public",
        "canonicalUrl": "https://blog.example.org/posts/atomic-writes/",
    }


def test_without_a_canonical_url_none_is_sent(site):
    """An empty one would be taken as one."""
    assert "canonicalUrl" not in sent(site.adapter.render(make_post(canonical_url=None)))


def test_a_draft_is_not_shown_to_readers(site):
    """A draft is sent as one."""
    site.publish(make_post(draft=True))
    assert site.standin.posts[0].draft


def test_the_cover_opens_the_story(site):
    """Medium takes the first picture as the story's; a local one is announced and left out."""
    with_cover = sent(site.adapter.render(make_post(cover=Image("https://blog.example.org/c.png", "A disk"))))
    assert with_cover["content"].startswith("# Atomic writes\n\n![A disk](https://blog.example.org/c.png)\n\nWrite")
    draft = site.adapter.render(make_post(cover=Image("c.png")))
    assert "c.png" not in sent(draft)["content"]
    assert any("c.png" in warning for warning in draft.warnings)


def test_title_and_cover_are_text_not_markup(site):
    """Signs in a title, brackets in an alternative text and parentheses in an address survive Markdown."""
    cover = Image("https://blog.example.org/c_(1).png", "A [disk]")
    content = sent(site.adapter.render(make_post(title="What *args means in C#: <T>", cover=cover)))["content"]
    assert content.splitlines()[0] == r"# What \*args means in C\#: &lt;T>"
    assert r"![A \[disk\]](https://blog.example.org/c_%281%29.png)" in content


def test_a_long_title_is_cut_in_the_field_and_whole_in_the_story(site):
    """Medium ignores a title over 100 characters, so the field is cut, and the author is told."""
    title = "Atomic writes and more " * 5
    draft = site.adapter.render(make_post(title=title.strip()))
    assert len(sent(draft)["title"]) <= 100
    assert sent(draft)["content"].startswith(f"# {title.strip()}\n")
    assert any("100" in warning for warning in draft.warnings)
    site.publish(make_post(title=title.strip()))
    assert site.standin.posts[0].title


def test_three_tags_of_25_characters(site):
    """Medium takes the first three and silently drops the rest: the author is told which."""
    draft = site.adapter.render(make_post(tags=("x" * 26, "Web Development", "python", "linux", "files")))
    assert sent(draft)["tags"] == ["Web Development", "python", "linux"]
    assert any("x" * 26 in warning for warning in draft.warnings)
    assert any("files" in warning for warning in draft.warnings)


def test_a_post_without_title_is_refused(site):
    """A story needs one."""
    with pytest.raises(Rejected) as caught:
        site.adapter.render(make_post(title=""))
    assert caught.value.field == "title"


def test_a_body_beyond_all_measure_is_refused(site):
    """No limit is documented; this one only keeps absurd requests from leaving."""
    with pytest.raises(Rejected) as caught:
        site.adapter.render(make_post(body="x" * 1_000_001))
    assert caught.value.field == "body"


def test_drafts_and_representations_hold_no_secret(site):
    """The token is only in the request's header."""
    draft = site.adapter.render(make_post())
    assert TOKEN not in repr(draft) + draft.parts[0].body().decode() + repr(site.adapter)


@pytest.mark.parametrize("name", ["release", "plain"])
def test_real_posts_render_as_recorded(site, name):
    """A change in what Medium would get shows up as a change of a recorded file."""
    check_golden("medium", name, site.adapter.render(sample_post(name, "medium")))
