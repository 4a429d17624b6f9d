"""WordPress's adapter at a real WordPress: Debian's 6.8 with its data in SQLite, mostly as an author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html import unescape
from pathlib import Path

import pytest

from syndicate.adapter import Image, Post
from syndicate.errors import NotEntitled, Unauthorized
from syndicate.registry import adapter_class
from syndicate.testing.rig import sample_post

from .adapter_bridge import sample_post as post_of_the_corpus
from .real.deliveries import Deliveries, created, live, loses, loses_a_change
from .real.pictures import drawn, illustrated, kinds
from .real.wordpress import WordPress, wordpress

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[WordPress]:
    """A running site, with nothing in it but what these tests publish, and WordPress's own first post."""
    with wordpress() as running:
        yield running


@pytest.fixture
def it(site: WordPress, tmp_path: Path) -> Deliveries:
    return _deliveries(site, tmp_path)


def _deliveries(site: WordPress, folder: Path, role: str = "author", **options: object) -> Deliveries:
    def count(post: Post) -> int:
        titles = [unescape(there["title"]["raw"]) for there in site.posts() if there["status"] != "trash"]
        return titles.count(post.title)

    given = {"username": role, "password": site.passwords[role], **options}
    return Deliveries(folder, adapter_class("wordpress"), given, proxy=site.proxy, count=count)


def _post(name: str, **changes: object) -> Post:
    there = f"https://blog.example.org/posts/{name}/"
    values = {"title": f"A post named “{name}” & <others>", "cover": None, **changes}
    return sample_post(key=f"url:{there}", canonical_url=there, base_url=there, **values)


def _is_write(method: str, path: str) -> bool:
    return method == "POST" and path.partition("?")[0] == "/wp-json/wp/v2/posts"


def test_a_life(it: Deliveries, site: WordPress) -> None:
    """Created once, found, read as it was sent, changed, deleted; the site agrees at each step."""
    post = _post("life", cover=Image("https://blog.example.org/pictures/life.png", "A picture of life"))
    published = live(
        it, post, replace(post, title="Another title", body="Other *words*.\n", tags=("testing", "wordpress"))
    )
    assert published.id not in {str(there["id"]) for there in site.posts()}, "it is in the bin"


def test_answer_lost(it: Deliveries) -> None:
    """The post was made and nobody told us: no second one, though WordPress would take it as `-2`."""
    loses(it, _post("answer-lost"), "answer", _is_write, writes=1)


def test_request_lost(it: Deliveries) -> None:
    """The request never arrived: it is sent again, once."""
    loses(it, _post("request-lost"), "request", _is_write, writes=1)


def test_answer_to_a_change_lost(it: Deliveries) -> None:
    """A change whose answer was lost is made again, on the same post."""
    post = _post("change-lost")
    loses_a_change(
        it, post, replace(post, title="Changed & lost"), lambda method, path: method == "POST" and "/posts/" in path
    )


def test_nothing_but_the_lookup_prevents_a_second_one(it: Deliveries, site: WordPress) -> None:
    """WordPress takes the same slug again, as `-2`: what the lookup is for."""
    post = _post("again")
    published = created(it, post)
    (there,) = [there for there in site.posts() if str(there["id"]) == published.id]
    fields = {name: there[name]["raw"] for name in ("title", "content")}
    with site.client() as client:
        again = client.post("/posts", json={**fields, "slug": there["slug"], "status": "publish"})
    assert (again.status_code, again.json()["slug"]) == (201, f"{there['slug']}-2")
    assert it.count(post) == 2


def test_answer_lost_where_the_slug_was_taken(it: Deliveries, site: WordPress) -> None:
    """Ours becomes `taken-2`, nobody tells us, and it is found under that name; the other post is left alone."""
    post = _post("taken")
    with site.client() as client:
        other = client.post(
            "/posts", json={"title": "Older", "content": "Older.", "slug": "taken", "status": "publish"}
        )
    assert other.json()["slug"] == "taken"
    loses(it, post, "answer", _is_write, writes=1)
    (ours,) = [there for there in site.posts() if unescape(there["title"]["raw"]) == post.title]
    assert ours["slug"] == "taken-2"
    found = it.find(post)
    assert found is not None
    assert found.id == str(ours["id"]) != str(other.json()["id"])


def test_tags_and_pictures(it: Deliveries, site: WordPress) -> None:
    """Tags that are known are taken, others made; the cover is uploaded once, also when two posts have it."""
    with site.client() as client:
        known = client.post("/tags", json={"name": "Known & old"}).json()
        cover = Image("https://blog.example.org/pictures/one.png", "A picture of one")
        first = created(it, _post("pictures-1", tags=("Known & old", "fresh"), cover=cover))
        second = created(it, _post("pictures-2", tags=("fresh",), cover=cover))
        one, two = (client.get(f"/posts/{made.id}", params={"context": "edit"}).json() for made in (first, second))
        tags = {tag["id"]: unescape(tag["name"]) for tag in client.get("/tags", params={"per_page": 100}).json()}
        assert known["id"] in one["tags"]
        assert sorted(tags[id] for id in one["tags"]) == ["Known & old", "fresh"]
        assert [tags[id] for id in two["tags"]] == ["fresh"]
        assert one["featured_media"] == two["featured_media"] != 0
        picture = client.get(f"/media/{one['featured_media']}").json()
        assert picture["alt_text"] == "A picture of one"
        assert (
            client.get(picture["source_url"].replace(site.proxy.url, site.server.url)).headers["content-type"]
            == "image/png"
        )


def test_project_pictures(it: Deliveries, site: WordPress) -> None:
    """Pictures that only the project has lie in the media library; a reader of the page gets each of them."""
    it.pictures = drawn
    post = illustrated(_post("illustrated"))
    published = created(it, post)
    with site.client() as client:
        there = client.get(f"/posts/{published.id}", params={"context": "edit"}).json()
        raw = there["content"]["raw"]
        sources = re.findall(r'<img[^>]*? src="([^"]*)"', raw)
        assert kinds(sources) == [".png", ".jpg", ".gif", ".webp", ".avif", ".png", ".png"]
        for url in sources:
            answer = client.get(url.replace(site.proxy.url, site.server.url))
            assert answer.headers["content-type"].startswith("image/"), url
        cover = client.get(f"/media/{there['featured_media']}").json()
        assert unescape(cover["alt_text"]) == "A cover & <more>"
        assert "picture.invalid" not in there["content"]["rendered"] + raw
        assert "a.webp" not in raw
        assert it.read(post, published) == it.part(post)
        media = len(client.get("/media", params={"per_page": 100}).json())
        changed = replace(post, body=post.body.replace("The end.", "The very end."))
        assert it.run(changed, update=True).error is None
        assert it.read(changed, published) == it.part(changed)
        assert len(client.get("/media", params={"per_page": 100}).json()) == media, "nothing is uploaded again"


@pytest.mark.parametrize("name", ["plain", "release"])
def test_wordpress_keeps_what_is_sent(it: Deliveries, name: str) -> None:
    """What WordPress's filters leave of a whole post, for an author, reads as it was sent; so does all else of it."""
    post = replace(post_of_the_corpus(name, "wordpress"), draft=False)
    published = created(it, post)
    assert it.read(post, published) == it.part(post)


def test_a_change_by_hand_is_seen(it: Deliveries, site: WordPress) -> None:
    """What was edited on the site is told from what WordPress does by itself; in its bin the post is gone."""
    post = _post("by-hand")
    published = created(it, post)
    with site.client() as client:
        client.post(f"/posts/{published.id}", json={"title": "Edited"}).raise_for_status()
        there = it.read(post, published)
        assert there is not None
        assert there != it.part(post)
        assert there.payload["title"] == "Edited"
        client.delete(f"/posts/{published.id}").raise_for_status()
    assert it.read(post, published) is None


def test_a_draft(it: Deliveries, site: WordPress) -> None:
    """A draft is found though no reader sees it, and an update of what was published by hand does not hide it."""
    post = _post("draft", draft=True)
    published = created(it, post)
    (there,) = [there for there in site.posts() if str(there["id"]) == published.id]
    assert there["status"] == "draft"
    found = it.find(post)
    assert found is not None
    assert found.id == published.id
    assert it.read(post, published) == it.part(post)

    with site.client() as client:
        client.post(f"/posts/{published.id}", json={"status": "publish"}).raise_for_status()
    assert it.read(post, published) == it.part(post)
    assert it.run(replace(post, title="A draft no more"), update=True).state == "published"
    (there,) = [there for there in site.posts() if str(there["id"]) == published.id]
    assert (there["status"], there["title"]["raw"]) == ("publish", "A draft no more")


def test_reserved_slugs(it: Deliveries, site: WordPress) -> None:
    """Slugs that WordPress changes by itself are not sent: what was sent is what the post has."""
    for name in ("2024", "feed", "embed", "rss2", "Ein_Gruß.c--d", "中文-标题", "a" * 300):
        post = _post(name, title=name, tags=())
        published = created(it, post)
        (there,) = [there for there in site.posts() if str(there["id"]) == published.id]
        assert there["slug"] == it.part(post).payload["slug"], name


def test_wrong_credentials(site: WordPress, tmp_path: Path) -> None:
    """A password that is none is a matter of credentials, whatever is asked for, and makes nothing."""
    it = _deliveries(site, tmp_path, password="abcd efgh ijkl mnop qrst uvwx")
    post = _post("stranger")
    for ask in (
        lambda: it.publish(post),
        lambda: it.find(post),
        lambda: it.ask(lambda adapter, http: adapter.check(http)),
    ):
        with pytest.raises(Unauthorized):
            ask()
    assert it.count(post) == 0


def test_an_editor(site: WordPress, tmp_path: Path) -> None:
    """WordPress filters and escapes nothing of an editor's: the same post, the same life."""
    it = _deliveries(site, tmp_path, "editor")
    post = _post("editor")
    live(it, post, replace(post, title="Another <title>", body="Other *words* & `<code>`.\n"))


def test_who_may_not_publish(site: WordPress, tmp_path: Path) -> None:
    """A contributor is told that the role does not allow it; nothing is published."""
    it = _deliveries(site, tmp_path, "contributor")
    post = _post("contributor")
    with pytest.raises(NotEntitled, match="not allowed to publish"):
        it.publish(post)
    assert it.ask(lambda adapter, http: adapter.check(http)).warnings
    assert it.count(post) == 0


def test_without_pretty_permalinks(site: WordPress, tmp_path: Path) -> None:
    """The API under `?rest_route=`, as a site without them has it."""
    it = _deliveries(site, tmp_path, plain_permalinks=True)
    post = _post("plain-permalinks")
    published = created(it, post)
    assert all(path.startswith("/?rest_route=") for _, path in site.proxy.passed)
    found = it.find(post)
    assert found is not None
    assert found.id == published.id
    it.delete(published)
    assert it.count(post) == 0


def test_scheduled(site: WordPress, tmp_path: Path) -> None:
    """WordPress keeps a post for its date, and it is found meanwhile."""
    it = _deliveries(site, tmp_path, schedule=True)
    post = _post("scheduled", date=datetime(2199, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=8))))
    published = created(it, post)
    (there,) = [there for there in site.posts() if str(there["id"]) == published.id]
    assert (there["status"], there["date_gmt"]) == ("future", "2199-01-01T19:04:05")
    found = it.find(post)
    assert found is not None
    assert found.id == published.id
    assert it.read(post, published) == it.part(post)


def test_the_account(it: Deliveries) -> None:
    """Its name, its role, and nothing to warn of: an author may do all that the tool does."""
    account = it.ask(lambda adapter, http: adapter.check(http))
    assert (account.name, account.warnings) == ("author", ())
    assert "author" in account.detail
