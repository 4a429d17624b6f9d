"""Mastodon: what is sent, and that it is counted as Mastodon counts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from syndicate.adapters._mastodon_text import length
from syndicate.adapters.mastodon import Mastodon
from syndicate.adapters.mastodon_standin import MastodonStandIn

from syndicate.adapter import Image, Published, Secret
from syndicate.errors import Rejected

from .adapter_bridge import Place, check_golden, make_post, run, sample_post, shared

TOKEN = "sandbox-mastodon-token"
URL = "https://blog.example.org/posts/atomic-writes/"


@pytest.fixture
def place() -> Place:
    return Place(Mastodon(base_url="https://social.example", access_token=Secret.of(TOKEN)), MastodonStandIn)


def test_the_status_a_reader_sees(place):
    """Title, lead, hashtags and link arrive as one status; its id and address come back."""
    published = place.publish(make_post(summary="How to write a file so that nobody reads half of it."))
    (shown,) = place.standin.posts
    assert shown.text == (
        "Atomic writes\n\nHow to write a file so that nobody reads half of it.\n\n#python #linux\n\n" + URL
    )
    assert (shown.link, shown.tags) == (URL, ("python", "linux"))
    assert Published(shown.id, place.standin.post_url(shown.id)) == published


def test_one_request_with_the_previewed_bytes_and_the_key(place):
    """Exactly one request leaves: the part's own bytes, the token, and the attempt's key as Idempotency-Key."""
    post = make_post()
    place.publish(post)
    (request,) = place.requests
    assert (request.method, request.path) == ("POST", "/api/v1/statuses")
    assert request.body == place.part(post).body()
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["idempotency-key"] == "attempt-1"


def test_bodies_validate_against_the_openapi(place):
    """Creating and editing send what the API description allows, and no field that it does not name."""
    import jsonschema

    document = json.loads(shared("contracts", "mastodon", "schema.json").read_text())
    adapter = replace(place.adapter, spoiler_text="Files", visibility="unlisted")
    place.adapter = adapter
    published = place.publish(make_post(language="zh-cn"))
    created = place.requests[0].json()
    schema = {"$ref": "#/components/schemas/TextStatus", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(created)
    named = document["components"]["schemas"]["BaseStatus"]["properties"]
    assert set(created) <= {*named, "status"}
    assert set(created) == {"status", "visibility", "language", "spoiler_text"}
    run(adapter.update(place.part(make_post()), published, place.http()))
    edit = document["paths"]["/api/v1/statuses/{id}"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(place.requests[0].json()) <= set(edit["properties"])
    jsonschema.Draft202012Validator(edit).validate(place.requests[0].json())


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("a" * 7, 7),
        ("漢字と\U0001f469\u200d\U0001f4bb e\u0301", 6),
        ("see https://blog.example.org/a/very/long/path/of/all?with=a&query=too now", 4 + 23 + 4),
        ("http://a.io", 23),
        ("example.org/without/a/scheme", 28),
        ("@writer@mastodon.example, hi", 11),
        ("@writer and me@example.org", 26),
        ("https://mastodon.social/@writer@mastodon.example", 23),
    ],
)
def test_counted_as_mastodon_counts(said, count):
    """Graphemes; 23 for what has a scheme; of a remote mention the name."""
    assert length(said) == count


def test_the_content_warning_counts(place):
    """500 are shared by warning and text, and a post that fills them is taken."""
    adapter = replace(place.adapter, spoiler_text="w" * 100)
    part = adapter.render(make_post(summary="Word " * 200)).parts[0]
    assert 400 < part.count <= 500
    assert part.count == 100 + length(part.text)
    place.adapter = adapter
    place.publish(make_post(summary="Word " * 200))
    assert place.standin.posts[0].extra["spoiler_text"] == "w" * 100


def test_a_larger_instance_gets_more(place):
    """`max_characters` is the room; the author's own text that is longer is refused with what to do."""
    post = make_post(text="Word " * 150)
    with pytest.raises(Rejected) as caught:
        place.adapter.render(post)
    assert (caught.value.field, bool(caught.value.next)) == ("text", True)
    (part,) = replace(place.adapter, max_characters=5000).render(post).parts
    assert (part.text, part.limit) == (f"{('Word ' * 150).strip()}\n\n{URL}", 5000)


def test_the_link_is_the_one_for_readers(place):
    """What counts readers stands in the text; without any address the author is told."""
    part = place.part(make_post(link=f"{URL}?utm_source=mastodon"))
    assert part.text.endswith(f"{URL}?utm_source=mastodon")
    said = place.adapter.render(make_post(canonical_url=None)).warnings
    assert any("canonical" in warning for warning in said)


def test_mentions_are_announced(place):
    """Who would be notified is said before it happens."""
    said = place.adapter.render(make_post(text="Thanks @writer@mastodon.example and @me")).warnings
    assert any("@writer@mastodon.example, @me" in warning for warning in said)


@pytest.mark.parametrize(("tag", "sent"), [("en", "en"), ("pt-br", "pt"), ("zh-cn", "zh-CN"), ("zh-hant", "zh")])
def test_the_language_is_one_that_mastodon_knows(place, tag, sent):
    """ISO 639-1, but for the regions of Chinese that it tells apart."""
    assert place.part(make_post(language=tag)).payload["language"] == sent
    assert "language" not in place.part(make_post()).payload


def test_nothing_that_is_lacking_is_sent(place):
    """No empty language or warning; the cover is the page's own affair."""
    payload = place.part(make_post(cover=Image("https://blog.example.org/c.png"))).payload
    assert set(payload) == {"status", "visibility"}


def test_no_secret_is_shown(place):
    """The token is only in the request's header."""
    draft = place.adapter.render(make_post())
    assert TOKEN not in repr(draft) + draft.parts[0].body().decode() + repr(place.adapter)


@pytest.mark.parametrize("name", ["release", "plain"])
def test_golden(place, name):
    """A change in what Mastodon would get shows up as a change of a recorded file."""
    check_golden("mastodon", name, place.adapter.render(sample_post(name, "mastodon")))


def test_golden_chinese(place):
    """A text without spaces is cut between words, and keeps the limit."""
    lead = "写入一个文件而不让任何人读到一半，需要先写到旁边的临时文件，再改名。"
    post = make_post(title="原子写入", summary=lead * 20, tags=("编程", "Linux"), language="zh-cn")
    check_golden("mastodon", "chinese", place.adapter.render(post))
