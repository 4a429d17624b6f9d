"""Ghost's adapter at a real Ghost 6. Few tests, so that it is started once or twice, whichever workers take them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from syndicate.adapter import Image, Post
from syndicate.errors import Rejected, Unauthorized
from syndicate.registry import adapter_class
from syndicate.testing.rig import sample_post

from .adapter_bridge import sample_post as post_of_the_corpus
from .real.deliveries import Deliveries, created, live, loses, loses_a_change
from .real.ghost import Ghost, ghost
from .real.pictures import drawn, illustrated, kinds

pytestmark = pytest.mark.slow

_CHINESE = """\
先写到
旁边的*文件*，再改名 & `fsync`。

| 步骤 | 结果 |
|---|---:|
| 写 | 1 |

见注释[^1]，[下](#写--नमस्ते)。

<https://x.com/jack/status/20>

<https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10>

## 写 & नमस्ते

[^1]: 同一个文件系统。
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Ghost]:
    """A running site, with nothing in it but what these tests publish, and Ghost's own first post."""
    with ghost() as running:
        yield running


def _deliveries(site: Ghost, folder: Path, **options: object) -> Deliveries:
    def count(post: Post) -> int:
        return [there["title"] for there in site.posts()].count(post.title)

    given = {"admin_api_key": site.admin_api_key, **options}
    folder.mkdir(exist_ok=True)
    return Deliveries(folder, adapter_class("ghost"), given, proxy=site.proxy, count=count)


def _post(name: str, **changes: object) -> Post:
    there = f"https://blog.example.org/posts/{name}/"
    values = {"title": f"A post named “{name}” & <others>", "cover": None, **changes}
    return sample_post(key=f"url:{there}", canonical_url=there, base_url=there, **values)


def _creates(method: str, path: str) -> bool:
    return method == "POST" and path.partition("?")[0] == "/ghost/api/admin/posts/"


def _changes(method: str, path: str) -> bool:
    return method == "PUT" and path.startswith("/ghost/api/admin/posts/")


@pytest.mark.parametrize("html_card", [False, True])
def test_one_post_whatever_is_lost(site: Ghost, tmp_path: Path, html_card: bool) -> None:
    """Created once, found, read as it was sent, changed, deleted; with an answer or a request lost there is one post."""

    def it(name: str) -> Deliveries:
        return _deliveries(site, tmp_path / name, html_card=html_card)

    name = f"card-{html_card}".lower()
    post = _post(f"life-{name}", cover=Image("https://blog.example.org/pictures/life.png", "A picture of life"))
    live(it("live"), post, replace(post, title=f"Another {name}", body="Other *words*.\n", tags=("testing", "ghost")))
    loses(it("answer"), _post(f"answer-{name}"), "answer", _creates, writes=1)
    loses(it("request"), _post(f"request-{name}"), "request", _creates, writes=1)
    post = _post(f"change-{name}")
    loses_a_change(it("change"), post, replace(post, title=f"Changed & lost {name}"), _changes)
    kept = it("kept")
    whole = [post_of_the_corpus(corpus, "ghost") for corpus in ("plain", "release")]
    for number, post in enumerate([*whole, _post("标题", title="先写 <再> 改名", body=_CHINESE, language="zh")]):
        own = replace(post, key=f"{name} {number}", title=f"{post.title} {name}", draft=False)
        published = created(kept, own)
        assert kept.read(own, published) == kept.part(own), own.title
    if not html_card:
        (there,) = [there for there in site.posts() if there["id"] == published.id]
        _looks_made_there(str(there["html"]))


def _looks_made_there(html: str) -> None:
    """Embeds are cards of Ghost's own, and a link within the page leads to a heading by Ghost's name for it."""
    assert html.count('<figure class="kg-card kg-embed-card">') == 2
    (link,) = re.findall(r'href="#([^"]*)">下<', html)
    assert f'<h2 id="{link}">' in html


def test_what_ghost_does(site: Ghost, tmp_path: Path) -> None:
    """Slugs that are taken or changed, tags, pictures, drafts, schedules, changes by hand, keys: Ghost does what is told."""
    it = _deliveries(site, tmp_path)
    _slugs(site, it)
    _tags_and_pictures(site, it)
    _project_pictures(site, it)
    _project_pictures(site, _deliveries(site, tmp_path / "card", html_card=True))
    _drafts(site, it)
    _by_hand(site, it)
    _scheduled(site, _deliveries(site, tmp_path / "scheduled", schedule=True))
    _strangers(site, tmp_path / "strangers")
    account = it.ask(lambda adapter, http: adapter.check(http))  # type: ignore[attr-defined]
    assert account.name == "The tests' own"
    assert "6." in account.detail


def _slugs(site: Ghost, it: Deliveries) -> None:
    """Ghost takes a slug again, as `taken-2`: only the lookup prevents a second post. The other post is left alone."""
    post = _post("taken")
    with site.client() as client:
        made = client.post("posts/", json={"posts": [{"title": "Older", "slug": "taken", "status": "published"}]})
    (other,) = made.raise_for_status().json()["posts"]
    assert other["slug"] == "taken"
    loses(it, post, "answer", _creates, writes=1)
    (ours,) = [there for there in site.posts() if there["title"] == post.title]
    assert ours["slug"] == "taken-2"
    found = it.find(post)
    assert found is not None
    assert found.id == ours["id"] != other["id"]

    # A fresh site has a page `about`, and pages and posts share their slugs.
    for name in ("about", "rss", "ghost", "2024", "Ein_Gruß.c--d", "中文-标题", "a" * 300):
        post = _post(name, title=f"Slug {name}", tags=())
        published = created(it, post)
        (there,) = [there for there in site.posts() if there["id"] == published.id]
        sent = it.part(post).payload["posts"][0]["slug"]
        assert there["slug"] == ("about-2" if name == "about" else sent), name
        found = it.find(post)
        assert found is not None
        assert found.id == published.id


def _tags_and_pictures(site: Ghost, it: Deliveries) -> None:
    """A tag that is there is taken whatever its case; the cover lies in the site's own storage, and readers get it."""
    with site.client() as client:
        client.post("tags/", json={"tags": [{"name": "Known & old"}]}).raise_for_status()
        cover = Image("https://blog.example.org/pictures/one.png", "A picture of one")
        published = created(it, _post("pictures", tags=("known & old", "fresh"), cover=cover))
        (there,) = [there for there in site.posts() if there["id"] == published.id]
        assert [tag["name"] for tag in there["tags"]] == ["Known & old", "fresh"]
        assert there["feature_image"].startswith(f"{site.proxy.url}/content/images/")
        assert there["feature_image_alt"] == "A picture of one"
        assert there["canonical_url"] == "https://blog.example.org/posts/pictures/"
        for url in (there["feature_image"], there["url"]):
            assert httpx.get(url, trust_env=False).status_code == 200
        assert it.read(_post("pictures", tags=("known & old", "fresh"), cover=cover), published) is not None


def _project_pictures(site: Ghost, it: Deliveries) -> None:
    """Pictures that only the project has lie in the site's storage; a reader of the page gets each of them."""
    it.pictures, card = drawn, "card" if it.part(_post("x")).payload["posts"][0].get("lexical") else "blocks"
    post = illustrated(_post(f"illustrated-{card}"))
    published = created(it, post)
    (there,) = [there for there in site.posts() if there["id"] == published.id]
    sources = re.findall(r'<img[^>]*? src="([^"]*)"', there["html"])
    assert kinds(sources) == [".png", ".jpg", ".gif", ".webp", ".jpg", ".png", ".png"], "Ghost takes no AVIF"
    for url in (*sources, there["feature_image"]):
        assert url.startswith(f"{site.proxy.url}/content/images/")
        assert httpx.get(url, trust_env=False).headers["content-type"].startswith("image/")
    page = httpx.get(there["url"], trust_env=False).text
    assert "picture.invalid" not in page
    assert "a.webp" not in page
    assert all(source in page for source in sources)
    assert it.read(post, published) == it.part(post)
    changed = replace(post, body=post.body.replace("The end.", "The very end."))
    assert it.run(changed, update=True).error is None
    assert it.read(changed, published) == it.part(changed)
    (now,) = [now for now in site.posts() if now["id"] == published.id]
    assert re.findall(r'<img[^>]*? src="([^"]*)"', now["html"]) == sources, "nothing is uploaded again"
    it.delete(published)


def _drafts(site: Ghost, it: Deliveries) -> None:
    """A draft is found though no reader sees it, and an update of what was published by hand does not hide it."""
    post = _post("draft", draft=True)
    published = created(it, post)
    found = it.find(post)
    assert found is not None
    assert found.id == published.id
    assert it.read(post, published) == it.part(post)
    _put(site, published.id, status="published")
    assert it.read(post, published) == it.part(post)
    assert it.run(replace(post, title="A draft no more"), update=True).state == "published"
    (there,) = [there for there in site.posts() if there["id"] == published.id]
    assert (there["status"], there["title"]) == ("published", "A draft no more")


def _by_hand(site: Ghost, it: Deliveries) -> None:
    """What was edited on the site is told from what Ghost does by itself; a post that was taken back is gone."""
    post = _post("by-hand")
    published = created(it, post)
    _put(site, published.id, title="Edited")
    there = it.read(post, published)
    assert there is not None
    assert there.payload["posts"][0]["title"] == "Edited"
    _put(site, published.id, status="draft")
    assert it.read(post, published) is None


def _scheduled(site: Ghost, it: Deliveries) -> None:
    """Ghost keeps a post for its date, and it is found meanwhile; a date that is past is the post's date."""
    post = _post("scheduled", date=datetime(2199, 1, 2, 3, 4, 5, tzinfo=UTC))
    published = created(it, post)
    (there,) = [there for there in site.posts() if there["id"] == published.id]
    assert (there["status"], there["published_at"]) == ("scheduled", "2199-01-02T03:04:05.000Z")
    found = it.find(post)
    assert found is not None
    assert found.id == published.id
    assert it.read(post, published) == it.part(post)

    past = created(it, _post("past", date=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)))
    (there,) = [there for there in site.posts() if there["id"] == past.id]
    assert (there["status"], there["published_at"]) == ("published", "2020-01-02T03:04:05.000Z")


def _strangers(site: Ghost, folder: Path) -> None:
    """A key that is none is a matter of credentials, whatever is asked for, and makes nothing."""
    id, _, secret = site.admin_api_key.partition(":")
    post = _post("stranger")
    for key in (f"{id}:{'0' * 64}", f"{'0' * 24}:{secret}"):
        stranger = _deliveries(site, folder, admin_api_key=key)
        assert key not in json.dumps(stranger.part(post).payload)
        with pytest.raises(Unauthorized):
            stranger.publish(post)
        with pytest.raises(Unauthorized):
            stranger.find(post)
        with pytest.raises(Unauthorized):
            stranger.ask(lambda adapter, http: adapter.check(http))  # type: ignore[attr-defined]
        assert stranger.count(post) == 0
    it = _deliveries(site, folder)
    part = it.part(_post("refused"))
    (sent,) = part.payload["posts"]
    with pytest.raises(Rejected, match="custom_excerpt"):
        it.publish(replace(part, payload={"posts": [{**sent, "custom_excerpt": "x" * 301}]}))


def _put(site: Ghost, id: str, **fields: str) -> None:
    """An edit by hand."""
    with site.client() as client:
        (there,) = client.get(f"posts/{id}/").raise_for_status().json()["posts"]
        changed = {"posts": [{"updated_at": there["updated_at"], **fields}]}
        client.put(f"posts/{id}/", json=changed).raise_for_status()
