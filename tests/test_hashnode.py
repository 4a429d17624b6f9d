"""Hashnode: what is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from syndicate.adapters.hashnode import Hashnode
from syndicate.adapters.hashnode_standin import HashnodeStandIn

from syndicate.adapter import Draft, Image, Published, Secret
from syndicate.errors import Rejected

from .adapter_bridge import NOW, Place, check_golden, collect, make_post, run, sample_post, shared

TOKEN = "sandbox-hashnode-token"
PUBLICATION = "5f9a1c2b3d4e5f6a7b8c9d0e"


@pytest.fixture
def site() -> Place:
    return Place(Hashnode(token=Secret.of(TOKEN), publication_id=PUBLICATION), HashnodeStandIn)


def sent(draft: Draft) -> dict:
    (part,) = draft.parts
    return part.payload["variables"]["input"]


@cache
def live_schema():
    from graphql import build_schema

    return build_schema(shared("contracts", "hashnode", "schema.2026.graphql").read_text())


def mistakes(body: dict) -> list[str]:
    """What the live schema has against a request: in its query, and in the variables' types."""
    from graphql import OperationDefinitionNode, parse, validate
    from graphql.execution.values import get_variable_values

    document = parse(body["query"])
    found = [error.message for error in validate(live_schema(), document)]
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    values = get_variable_values(live_schema(), operation.variable_definitions or (), body["variables"])
    return found + ([error.message for error in values] if isinstance(values, list) else [])


def test_publish_creates_the_post_a_reader_sees(site):
    """A published post arrives with its title, text, tags and canonical URL, and its id and URL come back."""
    published = site.publish(make_post())
    (shown,) = site.standin.posts
    assert published == Published(shown.id, site.standin.post_url(shown.id))
    assert (shown.title, shown.tags, shown.draft) == ("Atomic writes", ("python", "linux"), False)
    assert shown.link == "https://blog.example.org/posts/atomic-writes/"
    assert shown.text.strip() == "Write to a file beside it, then rename."


def test_one_request_with_the_previewed_bytes(site):
    """Exactly one request leaves: the part's own bytes, with the token as bearer."""
    site.publish(make_post())
    (request,) = site.requests
    assert request.body == site.adapter.render(make_post()).parts[0].body()
    assert (request.method, request.headers["authorization"]) == ("POST", f"Bearer {TOKEN}")


def test_every_operation_validates_against_the_live_schema(site):
    """Queries, input fields and variables' types: all operations of the adapter, as they leave."""
    full = make_post(summary="How.", cover=Image("https://blog.example.org/c.png"), series="Files", date=NOW)
    bodies = []

    def keep(coroutine_of) -> None:
        run(coroutine_of(site.http()))
        bodies.extend(request.json() for request in site.requests)

    for post in (full, replace(full, draft=True)):
        part = site.part(post)
        published = site.publish(post)
        bodies.extend(request.json() for request in site.requests)
        keep(lambda http, part=part, published=published: site.adapter.update(part, published, http))
        elsewhere = replace(post, canonical_url="https://blog.example.org/none")
        site.find(elsewhere)
        bodies.extend(request.json() for request in site.requests)
    keep(site.adapter.check)
    keep(lambda http: site.adapter.metrics(Published(site.standin.posts[0].id), http))
    collect(site.adapter.recent(site.http()))
    bodies.extend(request.json() for request in site.requests)
    names = {body["query"].split("(")[0].split("{")[0].strip() for body in bodies}
    assert names == {
        "mutation Publish", "mutation Update", "mutation Draft", "mutation UpdateDraft",
        "query BySlug", "query Posts", "query Drafts", "query Metrics", "query Check",
    }  # fmt: skip
    assert [problem for body in bodies for problem in mistakes(body)] == []


def test_the_schema_check_sees_mistakes(site):
    """A field of the retired API, and a variable of the wrong type, do not pass it."""
    part = site.part(make_post())
    body = json.loads(part.body())
    body["variables"]["input"] |= {"coverImageOptions": {}, "tags": "python"}
    assert len(mistakes(body)) == 2
    assert mistakes({"query": "mutation { removePost { id } }", "variables": {}})


def test_everything_the_post_says_is_sent(site):
    """Summary, cover and canonical URL each have their field."""
    draft = site.adapter.render(make_post(summary="How to write.", cover=Image("https://blog.example.org/c.png")))
    assert {
        "publicationId": PUBLICATION,
        "subtitle": "How to write.",
        "metaDescription": "How to write.",
        "coverImage": "https://blog.example.org/c.png",
        "originalArticleURL": "https://blog.example.org/posts/atomic-writes/",
        "slug": "atomic-writes",
        "tags": [{"slug": "python", "name": "python"}, {"slug": "linux", "name": "linux"}],
    }.items() <= sent(draft).items()
    assert draft.warnings == ()


def test_a_draft_has_its_own_input(site):
    """`createDraft` names cover and description differently, and only its owner sees it."""
    post = make_post(draft=True, summary="How.", cover=Image("https://blog.example.org/c.png"))
    wanted = sent(site.adapter.render(post))
    assert wanted["coverImageOptions"] == {"coverImageURL": "https://blog.example.org/c.png"}
    assert wanted["metaTags"] == {"description": "How."}
    assert not {"coverImage", "metaDescription"} & set(wanted)
    published = site.publish(post)
    assert site.standin.posts[0].draft
    assert published.id == site.standin.posts[0].id


@pytest.mark.parametrize(
    ("url", "title", "slug"),
    [
        ("https://b.example/posts/Atomic_Writes.html?x=1", "T", "atomic-writes"),
        ("https://b.example/2026/11/03/", "Über Dateien & C++", "uber-dateien-c"),
        ("https://b.example/posts/index.html", "Files", "files"),
        ("https://b.example/release-1.2", "T", "release-1-2"),
        (None, "Files, again", "files-again"),
    ],
)
def test_the_slug_is_fixed_and_says_something(site, url, title, slug):
    """The canonical URL's last segment, unless it is a date or an index; else the title."""
    assert sent(site.adapter.render(make_post(canonical_url=url, title=title)))["slug"] == slug


def test_a_title_without_letters_still_gets_a_slug(site):
    """The post's identity serves then, so that `find` has something to ask for."""
    wanted = sent(site.adapter.render(make_post(canonical_url=None, title="🎉🎉", key="posts/party.md")))
    assert wanted["slug"] == "posts-party-md"


def test_tags_get_slugs_that_keep_their_sense(site):
    """At most fifteen; C, C++ and C# stay three tags; two spellings are one."""
    tags = sent(site.adapter.render(make_post(tags=("C", "C++", "C#", "Web Dev", "web-dev"))))["tags"]
    assert [tag["slug"] for tag in tags] == ["c", "cpp", "csharp", "web-dev"]
    draft = site.adapter.render(make_post(tags=tuple(f"tag{n}" for n in range(17))))
    assert len(sent(draft)["tags"]) == 15
    assert any("tag15" in warning for warning in draft.warnings)


def test_what_hashnode_cannot_take_is_said(site):
    """A local cover, a series' name and a subtitle that is too long are each announced."""
    warnings = site.adapter.render(make_post(cover=Image("c.png"), series="Files", summary="word " * 60)).warnings
    assert len(warnings) == 3
    assert [word for word in ("c.png", "Files", "subtitle") if not any(word in w for w in warnings)] == []


@pytest.mark.parametrize("body", ["é" * 50_001, '"' * 60_000])
def test_a_request_over_100_kb_is_refused(site, body):
    """The whole request counts, in bytes and with its quoting."""
    with pytest.raises(Rejected) as caught:
        site.adapter.render(make_post(body=body))
    assert caught.value.field == "body"


def test_a_post_without_title_is_refused(site):
    """Hashnode takes no post without one."""
    with pytest.raises(Rejected) as caught:
        site.adapter.render(make_post(title=""))
    assert caught.value.field == "title"


def test_rendering_needs_no_publication():
    """A preview works before anything is set up."""
    assert sent(Hashnode().render(make_post()))["publicationId"] == ""


def test_drafts_and_representations_hold_no_secret(site):
    """The token is only in the request's header."""
    draft = site.adapter.render(make_post())
    assert TOKEN not in repr(draft) + draft.parts[0].body().decode() + repr(site.adapter)


@pytest.mark.parametrize("name", ["release", "plain"])
def test_real_posts_render_as_recorded(site, name):
    """A change in what Hashnode would get shows up as a change of a recorded file."""
    check_golden("hashnode", name, site.adapter.render(sample_post(name, "hashnode")))
