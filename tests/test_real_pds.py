"""Bluesky's adapter at a real PDS. Few tests, so that it is started once or twice, whichever workers take them.

Nothing of Bluesky's stands behind it: numbers, and what apps show, are not there to be asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from syndicate.adapter import Attempt, Image, Post, Published
from syndicate.errors import Rejected, Unauthorized
from syndicate.ledger import new_key
from syndicate.ledger.sqlite import SQLiteLedger
from syndicate.registry import adapter_class
from syndicate.testing.rig import sample_post

from .adapter_bridge import sample_post as post_of_the_corpus
from .real.deliveries import Deliveries, created, live, loses, loses_a_change
from .real.pds import PDS, POSTS, pds

pytestmark = pytest.mark.slow


class _Deliveries(Deliveries):
    """Looks for a post under the key that the ledger has for it."""

    def find(self, post: Post) -> Published | None:
        ledger = SQLiteLedger(self.folder / "ledger.db", now=self.clock.time, steady=lambda: ("test", 0.0))
        try:
            (row,) = ledger.rows(post.key)
        finally:
            ledger.close()
        attempt = Attempt(row.idem_key, self.clock.now())
        return self.ask(lambda adapter, http: adapter.find(self.part(post), attempt, http))


@pytest.fixture(scope="module")
def server() -> Iterator[PDS]:
    """A running server, whose account has no posts but those of these tests."""
    with pds() as running:
        yield running


def _deliveries(server: PDS, folder: Path, **options: object) -> _Deliveries:
    def count(post: Post) -> int:
        (part,) = it.adapter.render(post).parts
        return [there["value"]["text"] for there in server.posts()].count(part.text)

    given = {"identifier": server.handle, "app_password": server.app_password, **options}
    folder.mkdir(exist_ok=True)
    it = _Deliveries(folder, adapter_class("bluesky"), given, proxy=server.proxy, count=count)
    return it


def _post(name: str, **changes: object) -> Post:
    there = f"https://blog.example.org/posts/{name}/"
    values = {"title": f"A post named “{name}” & <others>", "cover": None, **changes}
    return sample_post(key=f"url:{there}", canonical_url=there, base_url=there, **values)


def _is_write(method: str, path: str) -> bool:
    return (method, path) == ("POST", "/xrpc/com.atproto.repo.putRecord")


def test_one_post_whatever_is_lost(server: PDS, tmp_path: Path) -> None:
    """Created once, found, read as it was sent, changed, deleted; with an answer or a request lost there is one post."""

    def it(name: str) -> _Deliveries:
        return _deliveries(server, tmp_path / name)

    post = _post("life", cover=Image("https://blog.example.org/pictures/life.png", "A picture of life"))
    live(it("live"), post, replace(post, title="A post with another title"))
    loses(it("answer"), _post("answer-lost"), "answer", _is_write, writes=1)
    loses(it("request"), _post("request-lost"), "request", _is_write, writes=1)
    post = _post("change-lost")
    loses_a_change(it("change"), post, replace(post, title="Changed and lost"), _is_write)
    _picture_alone(server, _deliveries(server, tmp_path / "picture", pictures="always"))


def _picture_alone(server: PDS, it: _Deliveries) -> None:
    """A picture in the place of a card: blob, alternative text and shape are there; a change keeps it."""
    post = _post("picture", cover=Image("https://blog.example.org/pictures/one.png", "A picture of “one” 漢字"))
    published = created(it, post)
    for shown in (post, replace(post, title="Another title")):
        assert it.run(shown, update=True).error is None
        assert it.read(shown, published) == it.part(shown)
        (there,) = [there["value"] for there in server.posts() if there["uri"] == published.id]
        assert there["embed"]["$type"] == "app.bsky.embed.images"
        (image,) = there["embed"]["images"]
        assert (image["alt"], image["aspectRatio"]) == ("A picture of “one” 漢字", {"width": 1, "height": 1})
        assert _picture(server, image["image"]) == "image/png"
        assert post.to_read in there["text"]


def test_what_the_server_does(server: PDS, tmp_path: Path) -> None:
    """Keys, records, pictures, changes by hand, sessions, refusals: the server does what the adapter takes for granted."""
    it = _deliveries(server, tmp_path)
    _one_key(server, it)
    _records(server, it)
    _by_hand(server, it)
    _sessions(server, it)
    _refusals(server, it, tmp_path / "strangers")
    account = it.ask(lambda adapter, http: adapter.check(http))  # type: ignore[attr-defined]
    assert (account.name, account.warnings) == (f"@{server.handle}", ())
    assert server.did in account.detail


def _one_key(server: PDS, it: Deliveries) -> None:
    """The same part with the same key is one record, and the second is no change; another key is another record."""
    post, key = _post("key"), new_key(it.clock.time())
    first, revision = it.publish(post, key), _revision(server)
    assert it.publish(post, key) == first
    assert (it.count(post), _revision(server)) == (1, revision)
    assert it.publish(post).id != first.id
    assert it.count(post) == 2
    assert first.url is not None
    assert it.adapter.id_of(first.url) == f"at://{server.handle}/{POSTS}/{first.id.rpartition('/')[2]}"  # type: ignore[attr-defined]

    # createRecord would be no way: a key that is there is an error of the server's own.
    (there,) = [there for there in server.posts() if there["uri"] == first.id]
    again = {"repo": server.did, "collection": POSTS, "rkey": first.id.rpartition("/")[2], "record": there["value"]}
    with server.client() as client:
        assert client.post("com.atproto.repo.createRecord", json=again).status_code == 500
    assert it.count(post) == 2


def _records(server: PDS, it: Deliveries) -> None:
    """What is sent is what is there: text, facets by byte, languages, tags, the link card with its picture."""
    cover = Image("https://blog.example.org/pictures/one.png", "A picture of one")
    chinese = _post(
        "标题", title="先写，再改名 👩‍👩‍👧‍👦", body="先写到旁边的*文件*。\n", summary=None, tags=("编程", "linux")
    )
    posts = [
        replace(post_of_the_corpus("plain", "bluesky"), cover=cover, draft=False),
        replace(post_of_the_corpus("release", "bluesky"), draft=False),
        replace(chinese, language="zh-Hant", cover=cover),
        _post("linked", text="See https://example.com/a and example.org 漢字 #python, it is “new”."),
        _post("long", title="漢" * 400, summary="字" * 400),
        _post("family", title="👩‍👩‍👧‍👦" * 200, summary=None),
        _post("many", tags=tuple(f"tag{number}" for number in range(20))),
    ]
    for post in posts:
        published = created(it, post)
        assert it.read(post, published) == it.part(post), post.title
        (there,) = [there["value"] for there in server.posts() if there["uri"] == published.id]
        part = it.part(post)
        assert there["text"] == part.text
        sent = part.payload["record"]
        assert there.get("facets", []) == sent.get("facets", [])
        for facet in there.get("facets", []):
            said = there["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
            (feature,) = facet["features"]
            assert said.lstrip("#") in (
                feature.get("tag"),
                feature.get("uri", "").removeprefix("https://"),
                feature.get("uri"),
            )
        card = there["embed"]["external"]
        assert card["uri"] in (post.to_read, quote(post.to_read or "", safe="/:%"))
        if post.cover and post.cover.url.startswith("http"):
            assert _picture(server, card["thumb"]) == "image/png"


def _by_hand(server: PDS, it: Deliveries) -> None:
    """What another app wrote over it is told from what was sent; and it is among the account's posts."""
    post = _post("by-hand")
    published = created(it, post)
    (there,) = [there["value"] for there in server.posts() if there["uri"] == published.id]
    body = {"repo": server.did, "collection": POSTS, "rkey": published.id.rpartition("/")[2]}
    with server.client() as client:
        edited = {**body, "record": {**there, "text": "Edited"}}
        client.post("com.atproto.repo.putRecord", json=edited).raise_for_status()
    copy = it.read(post, published)
    assert copy is not None
    assert (copy.text, copy == it.part(post)) == ("Edited", False)

    async def recent(adapter: Any, http: Any) -> list[Published]:
        return [one async for one in adapter.recent(http)]

    (listed,) = [one for one in it.ask(recent) if one.id == published.id]
    assert listed.canonical_url == post.to_read


def _sessions(server: PDS, it: Deliveries) -> None:
    """A session is begun once, goes on when it has ended, and one that the server does not know is begun anew."""
    begun = [path for _, path in server.proxy.passed if path.endswith("createSession")]
    assert len(begun) == 1
    it.clock.offset += 3 * 3600  # by its date the access token has ended
    created(it, _post("session-renewed"))
    assert any(path.endswith("refreshSession") for _, path in server.proxy.passed)
    kept = it.folder / "tokens.json"
    for broken in ({"access": "nobody's"}, {"access": "nobody's", "refresh": "nobody's"}):
        kept.write_text(json.dumps(_changed(json.loads(kept.read_text()), broken)))
        created(it, _post(f"session-broken-{len(broken)}"))
    assert len([path for _, path in server.proxy.passed if path.endswith("createSession")]) == 2


def _refusals(server: PDS, it: Deliveries, folder: Path) -> None:
    """A password that is none is a matter of credentials, whatever is asked for; a record that is wrong is refused."""
    post = _post("refused")
    part = it.part(post)
    record = {**part.payload["record"], "text": "x" * 301}
    with pytest.raises(Rejected, match="grapheme too big"):
        it.publish(replace(part, payload={**part.payload, "record": record}))
    for wrong in ({"app_password": "aaaa-bbbb-cccc-dddd"}, {"identifier": "nobody.test"}):
        stranger = _deliveries(server, folder, **wrong)
        with pytest.raises(Unauthorized):
            stranger.publish(post)
        with pytest.raises(Unauthorized):
            stranger.ask(lambda adapter, http: adapter.check(http))  # type: ignore[attr-defined]
    assert it.count(post) == 0


def _changed(value: Any, new: dict[str, str]) -> Any:
    """`value` with `new` wherever one of its names stands."""
    if isinstance(value, dict):
        return {name: new[name] if name in new else _changed(inner, new) for name, inner in value.items()}
    return [_changed(inner, new) for inner in value] if isinstance(value, list) else value


def _revision(server: PDS) -> str:
    with server.client() as client:
        return str(client.get("com.atproto.sync.getLatestCommit", params={"did": server.did}).json()["rev"])


def _picture(server: PDS, blob: dict[str, Any]) -> str:
    """The media type that readers get a picture as."""
    query = {"did": server.did, "cid": blob["ref"]["$link"]}
    return httpx.get(f"{server.server.url}/xrpc/com.atproto.sync.getBlob", params=query, trust_env=False).headers[
        "content-type"
    ]
