"""The stand-ins of DEV, Hashnode and Medium refuse what the platforms refuse, and play faults only on writes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from syndicate.adapters.devto import DevTo
from syndicate.adapters.devto_standin import DevToStandIn
from syndicate.adapters.hashnode import Hashnode
from syndicate.adapters.hashnode_standin import HashnodeStandIn
from syndicate.adapters.medium import Medium
from syndicate.adapters.medium_standin import MediumStandIn

from syndicate.adapter import Secret
from syndicate.errors import Unauthorized
from syndicate.standin import Request

from .adapter_bridge import Place, make_post


def place(adapter, standin) -> Place:
    """A platform whose target is set up with the stand-in's own options."""
    secrets = {"api_key", "token"}
    options = {k: Secret.of(v) if k in secrets else v for k, v in standin.options.items()}
    return Place(adapter(**options), standin)


@pytest.fixture
def devto() -> Place:
    return place(DevTo, DevToStandIn)


@pytest.fixture
def hashnode() -> Place:
    return place(Hashnode, HashnodeStandIn)


@pytest.fixture
def medium() -> Place:
    return place(Medium, MediumStandIn)


def test_devto_reads_front_matter_as_forem_does(devto):
    """Front matter in the body overrides the fields, so a body that is not protected is noticed."""
    body = {"article": {"title": "Mine", "body_markdown": "---\ntitle: Stolen\n---\nText", "tags": []}}
    headers = {"api-key": "sandbox-dev-key", "user-agent": "test"}
    devto.standin.handle(Request("POST", "/articles", {}, headers, json.dumps(body).encode()))
    assert devto.standin.posts[0].title == "Stolen"


def test_devto_counts_only_visible_effects_as_writes(devto):
    """Faults are played on creating and updating, not on reading."""

    def request(method: str, path: str) -> Request:
        return Request(method, path, {}, {}, b"")

    assert devto.standin.writes(request("POST", "/articles"))
    assert devto.standin.writes(request("PUT", "/articles/1000"))
    assert not devto.standin.writes(request("GET", "/articles/me/all"))


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", {}, 404),
        ("PUT", "/articles/1", {"article": {}}, 404),
        ("POST", "/articles", {"title": "no wrapper"}, 422),
        ("POST", "/articles", {"article": {"title": "t", "body_markdown": "b", "tags": "a, b"}}, 422),
        ("POST", "/articles", {"article": {"title": "t" * 129, "body_markdown": "b"}}, 422),
        ("POST", "/articles", {"article": {"title": "t", "body_markdown": "b", "tags": ["not-one"]}}, 422),
        ("POST", "/articles", {"article": {"title": "t", "body_markdown": "b", "tags": list("abcde")}}, 422),
        ("POST", "/articles", {"article": {"title": "t", "body_markdown": "x" * 819_201}}, 422),
    ],
)
def test_devto_refuses_what_dev_refuses(devto, method, path, body, status):
    """A sandbox that takes everything would hide mistakes."""
    headers = {"api-key": "sandbox-dev-key", "user-agent": "test"}
    assert status == devto.standin.handle(Request(method, path, {}, headers, json.dumps(body).encode())).status
    assert not devto.standin.posts


def test_devto_refuses_a_client_without_a_name(devto):
    """As Forem does with "Forbidden Bots"."""
    assert devto.standin.handle(Request("GET", "/users/me", {}, {"api-key": "sandbox-dev-key"}, b"")).status == 403


def test_hashnode_counts_only_mutations_as_writes(hashnode):
    """Faults are played on what readers would see."""
    hashnode.publish(make_post())
    assert hashnode.standin.writes(hashnode.requests[0])
    hashnode.find(make_post())
    assert not hashnode.standin.writes(hashnode.requests[0])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"x" * 100_001, "BAD_USER_INPUT"),
        (b"{}", "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "mutation { removePost { id } }"}', "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_hashnode_refuses_what_hashnode_refuses(hashnode, body, code):
    """A sandbox that takes everything would hide mistakes."""
    said = hashnode.standin.handle(Request("POST", "/", {}, {"authorization": "Bearer sandbox-hashnode-token"}, body))
    assert (said.status, said.body["errors"][0]["extensions"]["code"]) == (200, code)


def test_hashnode_asks_for_the_token(hashnode):
    """Only a published post's numbers are public."""
    hashnode.adapter = replace(hashnode.adapter, token=Secret.of("another-token"))
    with pytest.raises(Unauthorized):
        hashnode.publish(make_post())
    assert not hashnode.standin.posts


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/posts", {}, 404),
        ("POST", "/users/5303d74c/posts", {"title": "t", "contentFormat": "markdown"}, 400),
        ("POST", "/users/5303d74c/posts", {"content": "c", "contentFormat": "rst"}, 400),
        ("POST", "/users/5303d74c/posts", {"content": "c", "contentFormat": "html", "publishStatus": "later"}, 400),
        ("POST", "/users/another/posts", {"content": "c", "contentFormat": "html"}, 403),
    ],
)
def test_medium_refuses_what_medium_refuses(medium, method, path, body, status):
    """A sandbox that takes everything would hide mistakes."""
    request = Request(method, path, {}, {"authorization": "Bearer sandbox-medium-token"}, json.dumps(body).encode())
    assert medium.standin.handle(request).status == status
    assert not medium.standin.posts


def test_medium_counts_only_stories_as_writes(medium):
    """Faults are played on what readers would see."""
    medium.publish(make_post())
    assert [medium.standin.writes(request) for request in medium.requests] == [False, True]
