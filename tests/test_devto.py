"""DEV: what is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from syndicate.adapters.devto import DevTo
from syndicate.adapters.devto_standin import DevToStandIn

from syndicate.adapter import Draft, Image, Published, Secret
from syndicate.errors import Rejected

from .adapter_bridge import NOW, Place, check_golden, make_post, run, sample_post, shared

KEY = "sandbox-dev-key"


@pytest.fixture
def site() -> Place:
    return Place(DevTo(api_key=Secret.of(KEY)), DevToStandIn)


def article(draft: Draft) -> dict:
    (part,) = draft.parts
    return part.payload["article"]


def test_publish_creates_the_article_a_reader_sees(site):
    """A published post arrives with its title, text, tags and canonical URL, and its id and URL come back."""
    published = site.publish(make_post())
    (shown,) = site.standin.posts
    assert Published(shown.id, site.standin.post_url(shown.id)) == published
    assert (shown.title, shown.tags, shown.draft) == ("Atomic writes", ("python", "linux"), False)
    assert shown.link == "https://blog.example.org/posts/atomic-writes/"
    assert shown.text.strip() == "Write to a file beside it, then rename."


def test_one_request_with_the_previewed_bytes_and_the_documented_headers(site):
    """Exactly one request leaves: the part's own bytes, with the key, the API version and a user agent."""
    post = make_post()
    site.publish(post)
    (request,) = site.requests
    assert (request.method, request.path) == ("POST", "/articles")
    assert site.adapter.render(post).parts[0].body() == request.body
    assert request.headers["api-key"] == KEY
    assert request.headers["accept"] == "application/vnd.forem.api-v1+json"
    assert request.headers["user-agent"]


@pytest.mark.parametrize("draft", [False, True])
def test_bodies_validate_against_forems_openapi(site, draft):
    """Creating and updating send what the API description allows.

    Its `tags` is a string; the controller permits an array only (`params.permit(tags: [])`), so that one type is
    put right here. Unknown fields are refused, which the description alone would let pass; `published_at` is
    permitted by the controller and missing in the description.
    """
    import jsonschema

    schema = json.loads(shared("contracts", "forem", "api_v1.json").read_text())["components"]["schemas"]["Article"]
    fields = schema["properties"]["article"]
    assert fields["properties"]["tags"] == {"type": "string"}
    fields["properties"] |= {
        "tags": {"type": "array", "items": {"type": "string"}},
        "published_at": {"type": "string", "format": "date-time"},
    }
    fields |= {"additionalProperties": False, "required": ["title", "body_markdown", "tags"]}
    schema |= {"additionalProperties": False, "required": ["article"]}
    site.adapter = replace(site.adapter, organization_id=7, schedule=True)
    post = make_post(
        draft=draft, summary="How.", series="Files", date=NOW, cover=Image("https://blog.example.org/c.png")
    )
    published = site.publish(post)
    jsonschema.validate(site.requests[0].json(), schema)
    part = site.part(post)
    run(site.adapter.update(part, published, site.http()))
    jsonschema.validate(site.requests[0].json(), schema)


def test_everything_the_post_says_is_sent(site):
    """Summary, series, cover and canonical URL each have their field; the organization is the target's option."""
    adapter = replace(site.adapter, organization_id=42)
    sent = article(
        adapter.render(
            make_post(summary="How to write.", series="Files", cover=Image("https://blog.example.org/c.png", "A disk"))
        )
    )
    assert {
        "description": "How to write.",
        "series": "Files",
        "main_image": "https://blog.example.org/c.png",
        "canonical_url": "https://blog.example.org/posts/atomic-writes/",
        "organization_id": 42,
        "published": True,
    }.items() <= sent.items()


def test_what_the_post_lacks_is_left_out(site):
    """No field is sent empty: an empty canonical URL would be taken as one."""
    sent = article(site.adapter.render(make_post(canonical_url=None, tags=())))
    assert {"title", "body_markdown", "published", "tags"} == set(sent)


def test_the_authors_text_for_this_target_replaces_the_body(site):
    """`text` in the front matter's overrides is what DEV gets."""
    assert article(site.adapter.render(make_post(text="Another text.")))["body_markdown"].strip() == "Another text."


def test_a_draft_is_not_shown_to_readers(site):
    """A draft is sent unpublished."""
    site.publish(make_post(draft=True))
    assert site.standin.posts[0].draft


def test_the_date_is_sent_only_when_the_target_schedules(site):
    """DEV refuses a date that is past, so the front matter's date travels only with `schedule`."""
    later = NOW + timedelta(days=2)
    assert "published_at" not in article(site.adapter.render(make_post(date=later)))
    site.adapter = replace(site.adapter, schedule=True)
    site.publish(make_post(date=later))
    assert site.standin.posts[0].extra["published_at"] == "2026-11-05T12:00:00+00:00"


def test_a_scheduled_date_that_is_past_is_dev_s_to_refuse(site):
    """The refusal names the date, so that a person knows what to change."""
    site.adapter = replace(site.adapter, schedule=True)
    with pytest.raises(Rejected) as caught:
        site.publish(make_post(date=NOW - timedelta(days=1)))
    assert caught.value.field == "date"


def test_a_long_title_is_cut_with_a_warning(site):
    """128 characters are kept at most, and the author is told."""
    draft = site.adapter.render(make_post(title="Atomic writes and more " * 8))
    assert len(article(draft)["title"]) <= 128
    assert any("128" in warning and "title" in warning for warning in draft.warnings)
    assert not site.adapter.render(make_post(title="t" * 128)).warnings


def test_tags_are_cleaned_with_warnings(site):
    """At most four, lower case letters and digits only; each change is said."""
    draft = site.adapter.render(make_post(tags=("Python", "Web Dev", "x" * 31, "a", "b", "c")))
    tags = article(draft)["tags"]
    assert isinstance(tags, list)
    assert tags[:2] == ["python", "webdev"]
    assert len(tags) == 4
    assert any("Web Dev".lower() in warning.lower() for warning in draft.warnings)
    assert any("x" * 31 in warning for warning in draft.warnings)


def test_tags_keep_their_sense(site):
    """C, C++ and C# stay three tags where no signs are allowed, and the author is told."""
    draft = site.adapter.render(make_post(tags=("C", "C++", "C#")))
    assert article(draft)["tags"] == ["c", "cpp", "csharp"]
    assert len(draft.warnings) == 2


def test_tags_fit_the_joined_limit(site):
    """Four of the longest tags, joined as Forem joins them, stay within its 126 characters."""
    tags = article(site.adapter.render(make_post(tags=tuple(letter * 30 for letter in "abcd"))))["tags"]
    assert len(", ".join(tags)) <= 126
    assert len(tags) == 4


def test_a_local_cover_is_left_out_with_a_warning(site):
    """DEV has no upload, so a cover that isn't on the web cannot be sent."""
    draft = site.adapter.render(make_post(cover=Image("cover.png")))
    assert "main_image" not in article(draft)
    assert any("cover.png" in warning for warning in draft.warnings)


def test_a_body_over_800_kib_is_refused(site):
    """Bytes count, not characters; nothing is cut."""
    with pytest.raises(Rejected) as caught:
        site.adapter.render(make_post(body="é" * (410 * 1024)))
    assert caught.value.field == "body"


def test_a_post_without_title_is_refused(site):
    """DEV takes no article without one."""
    with pytest.raises(Rejected) as caught:
        site.adapter.render(make_post(title=" "))
    assert caught.value.field == "title"


@pytest.mark.parametrize(("body", "warned"), [("@a @b @c @d @e @f @g @h", True), ("`@a @b @c @d @e @f @g @h`", False)])
def test_more_than_seven_mentions_are_announced(site, body, warned):
    """DEV refuses them; mentions in code are none, nor are e-mail addresses."""
    warnings = site.adapter.render(make_post(body=f"{body} me@example.org")).warnings
    assert warned == any("@mentions" in warning for warning in warnings)


@pytest.mark.parametrize(
    "body",
    [
        "---\ntitle: Stolen\npublished: false\n---\n\nText\n",
        "\n\n---\n\ntitle: Stolen\n\n---\n\nText\n",
        "--- title: Stolen ---\n\nText\n",
    ],
)
def test_a_body_that_begins_with_dashes_is_not_read_as_front_matter(site, body):
    """Forem would let front matter in the body override title and state; the article keeps its own."""
    site.publish(make_post(body=body))
    (shown,) = site.standin.posts
    assert (shown.title, shown.draft) == ("Atomic writes", False)
    assert "Text" in shown.text


def test_drafts_and_representations_hold_no_secret(site):
    """The key is only in the request's header."""
    draft = site.adapter.render(make_post())
    assert KEY not in repr(draft) + draft.parts[0].body().decode() + repr(site.adapter)


@pytest.mark.parametrize("name", ["release", "plain"])
def test_real_posts_render_as_recorded(site, name):
    """A change in what DEV would get shows up as a change of a recorded file."""
    check_golden("devto", name, site.adapter.render(sample_post(name, "devto")))
