"""WordPress: what is sent."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from syndicate.adapters.wordpress import WordPress
from syndicate.adapters.wordpress_standin import WordPressStandIn

from syndicate.adapter import Draft, Image, Published, Secret
from syndicate.errors import Duplicate, NotEntitled, Rejected, Unavailable
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, check_golden, make_post, run, sample_post

PASSWORD = WordPressStandIn.options["password"]
SITE = "https://www.example.org"
CHINESE = make_post(
    title="原子写入 <和> 重命名",
    body="先写到\n旁边的文件,再改名。\n\n| 步骤 | 结果 |\n|---|---:|\n| 写 | `fsync` |\n\n见注释[^1]。\n\n[^1]: 同一个文件系统。\n",
    canonical_url=None,
    summary="怎样写文件 & 不留下一半。",
    tags=("编程", "linux"),
    language="zh",
)


@pytest.fixture
def site() -> Place:
    return Place(WordPress(base_url=SITE, username="sandbox", password=Secret.of(PASSWORD)), WordPressStandIn)


def payload(draft: Draft) -> dict[str, Any]:
    (part,) = draft.parts
    return dict(part.payload)


def sent(site: Place, path: str = "/wp-json/wp/v2/posts") -> list[dict[str, Any]]:
    """The bodies of the requests to `path` that are not reads."""
    return [json.loads(one.body) for one in site.requests if one.method == "POST" and one.path == path]


def test_publish_creates_the_post_a_reader_sees(site):
    """A published post arrives with title, text, tags and slug, and its id and address come back."""
    published = site.publish(make_post(summary="How & why."))
    (shown,) = site.standin.posts
    assert published == Published(shown.id, site.standin.post_url(shown.id))
    assert (shown.title, shown.tags, shown.draft) == ("Atomic writes", ("python", "linux"), False)
    assert "<p>Write to a file beside it, then rename.</p>" in shown.text
    assert (shown.extra["slug"], shown.extra["excerpt"]) == ("atomic-writes", "How &amp; why.")


def test_one_write_after_everything_else(site):
    """The site is asked first, tags are made before the post, and the post is the last request, sent as Basic."""
    site.publish(make_post())
    made = [(one.method, one.path.removeprefix("/wp-json/wp/v2")) for one in site.requests]
    assert made[0] == ("GET", "/posts")
    assert made[-1] == ("POST", "/posts")
    assert [one for one in made if one[0] == "POST"] == [("POST", "/tags"), ("POST", "/tags"), ("POST", "/posts")]
    pair = b64encode(f"sandbox:{PASSWORD}".encode()).decode()
    assert {one.headers["authorization"] for one in site.requests} == {f"Basic {pair}"}


def test_tags_that_are_there_are_used(site):
    """Another spelling of the same name is the same tag, also when it turns up while ours is being made."""
    site.standin.terms["tags"] = {7: "Linux"}
    site.publish(make_post(tags=("linux", "R&D")))
    assert site.standin.terms["tags"] == {7: "Linux", 21: "R&D"}
    assert sent(site)[0]["tags"] == [7, 21]
    site.standin.posts.clear()
    handle = site.standin.handle

    def unseen(request):
        searched = request.method == "GET" and request.path.endswith("/tags")
        return Response(200, []) if searched else handle(request)

    site.publish(make_post(tags=("linux",)), site.answering(unseen))
    assert sent(site)[0]["tags"] == [7]


def test_categories_are_those_that_exist(site):
    """A category is looked up by its name; one that is not there is named, and nothing is sent."""
    site.adapter = replace(site.adapter, categories=("uncategorized",))
    site.publish(make_post())
    assert sent(site)[0]["categories"] == [1]
    site.adapter = replace(site.adapter, categories=("News",))
    with pytest.raises(Rejected, match="News") as caught:
        site.publish(make_post(key="other", title="Other", canonical_url=None))
    assert caught.value.field == "categories"
    assert len(site.standin.posts) == 1


def test_pictures_go_into_the_library_once(site):
    """Cover and pictures are uploaded, the cover with its text; a second post, or an update, uses what is there."""
    post = make_post(
        body='![One](https://img.example.net/a.png?x=1&y=2)\n\n![Ours](https://www.example.org/b.png) <img src="https://img.example.net/c.svg">\n',
        cover=Image("https://img.example.net/cover.png", "A {blue} disk"),
    )
    published = site.publish(post)
    first, cover = site.standin.media.values()
    assert (first["alt_text"], cover["alt_text"]) == ("", "A blue disk")
    (body,) = sent(site)
    assert body["featured_media"] == cover["id"]
    assert f'src="{first["source_url"]}"' in body["content"]
    assert "https://www.example.org/b.png" in body["content"]
    assert "https://img.example.net/c.svg" in body["content"]
    assert "{" not in body["content"].replace("{&quot;", "")
    run(site.adapter.update(site.part(post), published, site.http()))
    assert len(site.standin.media) == 2


def test_a_picture_that_cannot_be_taken_keeps_its_address(site):
    """Within the text that is no reason to hold the post back; without its cover it is not sent."""
    refused = Response(500, {"code": "rest_upload_sideload_error", "message": "Sorry, this type is not allowed."})
    handle = site.standin.handle

    def picky(request):
        return refused if request.method == "POST" and request.path.endswith("/media") else handle(request)

    post = make_post(body="![One](https://img.example.net/a.png?x=1&y=2)\n")
    site.publish(post, site.answering(picky))
    assert 'src="https://img.example.net/a.png?x=1&amp;y=2"' in sent(site)[0]["content"]
    with pytest.raises(Rejected) as caught:
        site.publish(replace(post, key="k2", title="2", cover=Image("https://a.example/c.png")), site.answering(picky))
    assert caught.value.field == "cover"
    assert len(site.standin.posts) == 1


def test_a_drawing_is_no_cover(site):
    """WordPress refuses SVG, so it is left out, with a warning."""
    draft = site.adapter.render(make_post(cover=Image("https://a.example/c.svg")))
    assert "featured_media" not in payload(draft)
    assert any("SVG" in warning for warning in draft.warnings)


def test_an_account_that_may_not_upload_is_told_so(site):
    """The role is the reason, so the whole target stops; `upload_images = false` is the way without."""
    site.standin.capabilities["upload_files"] = False
    post = make_post(body="![One](https://img.example.net/a.png)\n", cover=Image("https://a.example/c.png"))
    with pytest.raises(NotEntitled):
        site.publish(post)
    site.adapter = replace(site.adapter, upload_images=False)
    draft = site.adapter.render(post)
    assert any("cover is left out" in warning for warning in draft.warnings)
    assert "https://img.example.net/a.png" in payload(draft)["content"]
    site.publish(post)
    assert len(site.standin.posts) == 1


def test_the_original_is_named_where_it_is_elsewhere(site):
    """WordPress has no canonical field: a line at the end says so, unless the post's own address is on this site."""
    elsewhere = payload(site.adapter.render(make_post()))["content"]
    assert (
        'Originally published at <a href="https://blog.example.org/posts/atomic-writes/">blog.example.org' in elsewhere
    )
    for post, options in (
        (make_post(canonical_url="https://example.org/atomic-writes/"), {}),
        (make_post(canonical_url=None), {}),
        (make_post(), {"original_line": False}),
    ):
        assert "Originally" not in payload(replace(site.adapter, **options).render(post))["content"]


def test_the_date_is_sent_only_when_the_target_schedules(site):
    """In UTC, so that WordPress publishes then; a date that is past dates the post back."""
    later = NOW + timedelta(days=2)
    assert "date_gmt" not in payload(site.adapter.render(make_post(date=later)))
    site.adapter = replace(site.adapter, schedule=True)
    site.publish(make_post(date=later))
    extra = site.standin.posts[0].extra
    assert (extra["date_gmt"], extra["status"]) == ("2026-11-05T12:00:00", "future")


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({}, "atomic-writes"),
        ({"canonical_url": "https://a.example/2026/11/"}, "atomic-writes"),
        ({"canonical_url": "https://a.example/x/Grüße_an-alle.html?x=1"}, "grusse-an-alle"),
        ({"canonical_url": None, "title": "2024"}, "2024-post"),
        ({"canonical_url": None, "title": "Feed"}, "feed-post"),
        ({"canonical_url": None, "title": "???", "key": "!"}, "post-bb7208bc9b5d7c04"),
    ],
)
def test_the_slug_is_one_that_sites_keep(site, changes, slug):
    """The canonical URL's last segment, else the title; ASCII, no number, no word that WordPress needs itself."""
    assert payload(site.adapter.render(make_post(**changes)))["slug"] == slug
    assert len(payload(site.adapter.render(make_post(canonical_url=None, title="word " * 90)))["slug"]) <= 150


def test_nothing_is_made_twice_without_a_ledger(site):
    """What is there already is named instead, as ours, made by hand or found as a draft of ours."""
    published = site.publish(make_post())
    with pytest.raises(Duplicate) as caught:
        site.publish(make_post(title="Another title"))
    assert caught.value.existing == published
    site.standin.posts[0].text = "<p>Written by hand.</p>"
    with pytest.raises(Duplicate) as caught:
        site.publish(make_post())
    assert caught.value.existing == published


def test_what_only_looks_alike_is_not_ours(site):
    """Another post of ours, or one by hand with another title or still a draft, under our slug: ours is made beside it."""
    site.publish(make_post(key="another"))
    second = site.publish(make_post())
    kept = site.standin.posts[1]
    assert (second.id, kept.extra["slug"]) == (kept.id, "atomic-writes-2")
    for title, status in (("Another title", "publish"), ("Atomic writes", "draft")):
        site.standin.posts.clear()
        site.publish(make_post(title=title))
        site.standin.posts[0].text = "By hand."
        site.standin.posts[0].extra["status"] = status
        site.publish(make_post())
        assert len(site.standin.posts) == 2


def test_plain_permalinks_have_their_own_way_in(site):
    """The same requests at `/?rest_route=`."""
    site.adapter = replace(site.adapter, plain_permalinks=True)
    published = site.publish(make_post())
    assert {one.path for one in site.requests} == {"/"}
    assert site.find(make_post()) == published


def test_a_site_that_answers_with_pages_is_not_written_to(site):
    """Something else than the API answers with 200: nothing is sent."""
    with pytest.raises(Unavailable):
        site.publish(make_post(), site.answering(Response(200, "<html>")))
    assert [one.method for one in site.requests] == ["GET"]


def test_limits_and_refusals(site):
    """No title, or too long a text, is refused with the field; a draft stays one; tags beyond 30 are told."""
    for field, post in (("title", make_post(title=" ")), ("body", make_post(body="é" * (5 * 1024 * 1024)))):
        with pytest.raises(Rejected) as caught:
            site.adapter.render(post)
        assert caught.value.field == field
    assert payload(site.adapter.render(make_post(draft=True)))["status"] == "draft"
    draft = site.adapter.render(make_post(tags=tuple(f"t{n}" for n in range(40)), series="S"))
    assert len(payload(draft)["tags"]) == 30
    assert len(draft.warnings) == 11


def test_braces_in_a_text_stay_as_they_are(site):
    """Names stand for what is only known when it is sent; a text that holds the same words is not touched."""
    url = "https://img.example.net/a.png"
    words = f'{{status}} {{tag:python}} {{image:{url}}} src="{{image:{url}}}"'
    post = make_post(body=f"`{words}`\n\n![One]({url})\n", title="{status}", date=NOW - timedelta(days=9))
    site.adapter = replace(site.adapter, schedule=True)
    published = site.publish(post)
    text = sent(site)[0]["content"]
    assert f"{{status}} {{tag:python}} {{image:{url}}} src=&quot;{{image:{url}}}&quot;" in text
    assert f'src="{{image:{url}}}"' not in text
    assert site.standin.posts[0].title == "{status}"
    assert run(site.adapter.read(site.part(post), published, site.http())) == site.part(post)


def test_drafts_and_representations_hold_no_secret(site):
    """The password is only in the requests' header."""
    draft = site.adapter.render(make_post())
    assert PASSWORD not in repr(draft) + draft.parts[0].body().decode() + repr(site.adapter)


@pytest.mark.parametrize("name", ["release", "plain"])
def test_real_posts_render_as_recorded(site, name):
    """A change in what WordPress would get shows up as a change of a recorded file."""
    check_golden("wordpress", name, site.adapter.render(sample_post(name, "wordpress")))


def test_chinese_renders_as_recorded(site):
    """Lines are joined without a space, the slug is in Latin letters, notes and tables are there."""
    check_golden("wordpress", "chinese", site.adapter.render(CHINESE))
