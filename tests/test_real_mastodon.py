"""Mastodon's adapter at mastodon-mock, a server that was not written by who wrote the adapter.

What the mock does as Mastodon does: keys, the account's list, sources, edits, deletion, refusals, limits. What it does not, so
that nothing here proves it: it keeps keys for ever (Mastodon: an hour), counts every character of an address (23),
leaves language, hashtags and pictures as they were in an edit, shows hashtags as plain text and turns `*` and backticks
into emphasis, never answers 429 nor takes long over a picture, and knows nothing of an application's scopes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from syndicate.adapter import Image, Post
from syndicate.errors import Rejected, Unauthorized
from syndicate.registry import adapter_class
from syndicate.sandbox.picture import PIXEL
from syndicate.testing.rig import sample_post

from .real.deliveries import Deliveries, created, live, loses, loses_a_change
from .real.mastodon import Mastodon, mastodon

pytestmark = pytest.mark.slow

COVER = Image("https://blog.example.org/cover.png", "A cover: “two” & three 漢字")


@pytest.fixture(scope="module")
def instance() -> Iterator[Mastodon]:
    """A running instance with an account that has no statuses but those of these tests."""
    with mastodon() as running:
        yield running


@pytest.fixture
def it(instance: Mastodon, tmp_path: Path) -> Deliveries:
    return _deliveries(instance, tmp_path)


@pytest.fixture
def pictured(instance: Mastodon, tmp_path: Path) -> Deliveries:
    """The same with a picture in each status."""
    return _deliveries(instance, tmp_path, pictures="always")


def _deliveries(instance: Mastodon, folder: Path, **options: str) -> Deliveries:
    def count(post: Post) -> int:
        (part,) = it.adapter.render(post).parts
        return sum(status["text"] == part.payload["status"] for status in instance.statuses())

    given = {"access_token": instance.token, **options}
    it = Deliveries(folder, adapter_class("mastodon"), given, proxy=instance.proxy, count=count)
    return it


def _post(name: str, **changes: object) -> Post:
    there = f"https://blog.example.org/posts/{name}/"
    values = {"title": f"A post named {name}", **changes}
    return sample_post(key=f"url:{there}", canonical_url=there, base_url=there, **values)


def _is_write(method: str, path: str) -> bool:
    return (method, path) == ("POST", "/api/v1/statuses")


def test_a_life(it: Deliveries) -> None:
    """Created once, found, read as it was sent, edited, deleted; the instance agrees at each step."""
    post = _post("life")
    live(it, post, replace(post, title="A post with another title"))


def test_a_picture(pictured: Deliveries, instance: Mastodon) -> None:
    """Uploaded with its alternative text, attached once, read as it was sent."""
    post = _post("picture", cover=COVER)
    published = created(pictured, post)
    (status,) = [one for one in instance.statuses() if one["id"] == published.id]
    (shown,) = status["media_attachments"]
    assert (shown["type"], shown["description"]) == ("image", COVER.alt)
    with instance.client() as client:
        there = client.get(shown["url"].replace(instance.proxy.url, instance.server.url))
    assert there.content == PIXEL
    assert pictured.read(post, published) == pictured.part(post)
    another = replace(post, cover=Image(COVER.url, "Another"))
    assert pictured.read(another, published) != pictured.part(another)


def test_answer_to_a_picture_lost(pictured: Deliveries) -> None:
    """The picture was uploaded, the status made, and nobody told us: no second one."""
    loses(pictured, _post("picture-lost", cover=COVER), "answer", _is_write, writes=1)


def test_the_address_holds_the_id(it: Deliveries) -> None:
    """A person who gives the status' address has named the status."""
    published = created(it, _post("address"))
    assert published.url is not None
    assert it.adapter.id_of(published.url) == published.id  # type: ignore[attr-defined]


def test_answer_lost(it: Deliveries) -> None:
    """The status was made and nobody told us: no second one."""
    loses(it, _post("answer-lost"), "answer", _is_write, writes=1)


def test_request_lost(it: Deliveries) -> None:
    """The request never arrived: it is sent again, once."""
    loses(it, _post("request-lost"), "request", _is_write, writes=1)


def test_answer_to_a_change_lost(it: Deliveries) -> None:
    """A change whose answer was lost is made again, on the same status."""
    post = _post("change-lost")
    loses_a_change(it, post, replace(post, title="Changed and lost"), lambda method, _: method == "PUT")


def test_the_key_alone_prevents_a_second_one(it: Deliveries) -> None:
    """The same part sent twice with one attempt's key is one status, without any lookup."""
    post = _post("key")
    first, second = it.publish(post, "one key"), it.publish(post, "one key")
    assert first == second
    assert it.count(post) == 1


def test_another_key_is_another_status(it: Deliveries) -> None:
    """Nothing but the key keeps the instance from a second one: without it there would be two."""
    post = _post("two-keys")
    assert it.publish(post, "this key").id != it.publish(post, "that key").id
    assert it.count(post) == 2


def test_what_the_instance_says_of_itself(it: Deliveries, instance: Mastodon) -> None:
    """Its limits and its account are read from a server that we did not write; a text beyond them is objected to."""
    rules = it.ask(lambda adapter, http: adapter.requirements(http))  # type: ignore[attr-defined]
    assert (rules["max_characters"], rules["characters_reserved_per_url"]) == (500, 23)
    part = it.part(_post("rules"))
    assert not it.adapter.objections(part, rules)  # type: ignore[attr-defined]
    assert it.adapter.objections(replace(part, payload={**part.payload, "status": "a" * 501}), rules)  # type: ignore[attr-defined]
    account = it.ask(lambda adapter, http: adapter.check(http))  # type: ignore[attr-defined]
    assert account.name == f"@writer@{httpx.URL(instance.proxy.url).netloc.decode()}"


def test_refusals(it: Deliveries, instance: Mastodon, tmp_path: Path) -> None:
    """A text that is too long is refused for what it is, a token that is none as a matter of credentials."""
    part = it.part(_post("refused"))
    with pytest.raises(Rejected, match="too long"):
        it.publish(replace(part, payload={**part.payload, "status": "a" * 501}))
    stranger = Deliveries(
        tmp_path, adapter_class("mastodon"), {"access_token": "nobody's"}, proxy=instance.proxy, count=it.count
    )
    with pytest.raises(Unauthorized):
        stranger.publish(part)
    with pytest.raises(Unauthorized):
        stranger.ask(lambda adapter, http: adapter.check(http))  # type: ignore[attr-defined]
    assert it.count(_post("refused")) == 0
