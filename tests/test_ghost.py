"""Ghost: what is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from syndicate.adapters._ghost_answers import card_in
from syndicate.adapters.ghost import Ghost
from syndicate.adapters.ghost_standin import GhostStandIn

from syndicate.adapter import Draft, Image, Published, Secret
from syndicate.errors import Duplicate, Rejected, Unauthorized, Unavailable
from syndicate.standin import Response

from .adapter_bridge import NOW, Place, check_golden, make_post, run, sample_post, shared

KEY = GhostStandIn.options["admin_api_key"]
SITE = "https://www.example.org"
COVER = Image("https://img.example.net/c.png?a=1&b=2", "A disk", "By <me>")
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
    return Place(Ghost(base_url=SITE, admin_api_key=Secret.of(KEY)), GhostStandIn)


def payload(draft: Draft) -> dict[str, Any]:
    (part,) = draft.parts
    (post,) = part.payload["posts"]
    return dict(post)


def sent(site: Place) -> dict[str, Any]:
    """The post in the last conversation's one write."""
    (write,) = [one for one in site.requests if one.method in ("POST", "PUT") and "/posts/" in one.path]
    (post,) = json.loads(write.body)["posts"]
    return dict(post)


def test_publish_creates_the_post_a_reader_sees(site):
    """A published post arrives with title, text, tags and slug, and its id and address come back."""
    published = site.publish(make_post(summary="How."))
    (shown,) = site.standin.posts
    assert published == Published(shown.id, site.standin.post_url(shown.id))
    assert (shown.title, shown.tags, shown.draft) == ("Atomic writes", ("python", "linux"), False)
    assert shown.text == "<p>Write to a file beside it, then rename.</p>"
    assert shown.link == "https://blog.example.org/posts/atomic-writes/"
    assert (shown.extra["slug"], shown.extra["custom_excerpt"]) == ("atomic-writes", "How.")


def test_one_write_with_a_token_of_its_own(site):
    """The site is asked first; each request carries a token that its key signed, for a few minutes, and no newsletter."""
    site.publish(make_post())
    *reads, write = site.requests
    assert {one.method for one in reads} == {"GET"}
    assert (write.method, write.path) == ("POST", "/ghost/api/admin/posts/")
    assert write.query == {"source": "html"}
    scheme, token = write.headers["authorization"].split()
    id, secret = KEY.split(":")
    claims = jwt.decode(token, bytes.fromhex(secret), algorithms=["HS256"], audience="/admin/")
    assert (scheme, jwt.get_unverified_header(token)) == ("Ghost", {"alg": "HS256", "typ": "JWT", "kid": id})
    assert 60 < claims["exp"] - claims["iat"] <= 300
    assert write.headers["accept-version"] == "v5.0"
    assert site.adapter.render(make_post()).parts[0].fingerprint


@pytest.mark.parametrize("key", ["no key", f"{KEY}\n", KEY.split(":")[1], "65f1:abc"])
def test_what_is_no_key_is_told_before_anything_is_sent(site, key):
    """Cut off, with a line end, the Content API's: the person is told where the right one is."""
    site.adapter = replace(site.adapter, admin_api_key=Secret.of(key))
    with pytest.raises(Unauthorized) as caught:
        site.publish(make_post())
    assert "Integrations" in caught.value.next
    assert site.requests == []


@pytest.mark.parametrize("options", [{}, {"html_card": True}, {"upload_images": False}, {"author": "me"}])
@pytest.mark.parametrize("draft", [False, True])
def test_bodies_validate_against_ghost_s_schema(site, draft, options):
    """Creating and updating send what Ghost's own schemas allow, and the stand-in takes it."""
    import jsonschema
    from referencing import Registry, Resource

    folder = shared("contracts", "ghost", "schemas")
    schemas = {name: json.loads((folder / f"{name}.json").read_text()) for name in ("posts", "posts-add", "posts-edit")}
    registry = Registry().with_resource("posts", Resource.from_contents(schemas["posts"]))
    site.adapter = replace(site.adapter, schedule=True, **options)
    post = make_post(draft=draft, summary="How.", date=NOW + timedelta(days=1), cover=COVER)
    published = site.publish(post)
    jsonschema.validate({"posts": [sent(site)]}, schemas["posts-add"], registry=registry)
    run(site.adapter.update(site.part(post), published, site.http()))
    jsonschema.validate({"posts": [sent(site)]}, schemas["posts-edit"], registry=registry)


def test_everything_the_post_says_is_sent(site):
    """Summary, cover with text and caption, author; nothing is sent empty."""
    site.adapter = replace(site.adapter, author="jane", upload_images=False)
    assert {
        "custom_excerpt": "How.",
        "feature_image": COVER.url,
        "feature_image_alt": "A disk",
        "feature_image_caption": "By &lt;me&gt;",
        "authors": [{"slug": "jane"}],
        "status": "published",
    }.items() <= payload(site.adapter.render(make_post(summary="How.", cover=COVER))).items()
    bare = payload(replace(site.adapter, author="").render(make_post(canonical_url=None, tags=())))
    assert set(bare) == {"title", "html", "slug", "status", "tags", "codeinjection_foot"}


@pytest.mark.parametrize(
    ("url", "options", "set_"),
    [
        ("https://blog.example.org/x/", {}, True),
        ("https://example.org/x/", {}, False),
        ("https://www.example.org/x/", {}, False),
        ("https://blog.example.org/x/", {"canonical": False}, False),
    ],
)
def test_the_canonical_url_is_another_site_s(site, url, options, set_):
    """A post's own address on this site is none."""
    fields = payload(replace(site.adapter, **options).render(make_post(canonical_url=url)))
    assert ("canonical_url" in fields) is set_


def test_addresses_are_sent_as_ghost_takes_them(site):
    """Signs that a URI may not hold are percent-encoded, what is encoded already stays; a repeat reads as sent."""
    post = make_post(
        canonical_url="https://blog.example.org/Ein Gruß%20/?a=b&c=ü", cover=Image("https://www.example.org/ü.png")
    )
    fields = payload(site.adapter.render(post))
    assert fields["canonical_url"] == "https://blog.example.org/Ein%20Gru%C3%9F%20/?a=b&c=%C3%BC"
    assert fields["feature_image"] == "https://www.example.org/%C3%BC.png"
    published = site.publish(post)
    assert run(site.adapter.read(site.part(post), published, site.http())) == site.part(post)


def test_what_ghost_s_form_cannot_hold_is_a_card(site):
    """Tables, the author's own tags, code in lists and notes are HTML cards; headings and paragraphs are none."""
    body = "## One\n\n|a|b|\n|---|---|\n|1|2|\n\nText[^1] <kbd>x</kbd>\n\n- a\n\n      code\n\n[^1]: why\n"
    html = payload(site.adapter.render(make_post(body=body)))["html"]
    assert html.startswith('<h2 id="one">One</h2>\n<!--kg-card-begin: html-->\n<table>')
    assert html.count("<!--kg-card-begin: html-->") == html.count("<!--kg-card-end: html-->") == 4
    assert "footnote-backref" not in html
    whole = payload(replace(site.adapter, html_card=True).render(make_post(body=body)))
    assert "html" not in whole
    assert "kg-card" not in card_in(whole["lexical"])
    assert "footnote-backref" in card_in(whole["lexical"])


def test_one_card_is_sent_in_ghost_s_own_form(site):
    """Kept byte for byte: Ghost is not asked to make anything of it."""
    site.adapter = replace(site.adapter, html_card=True)
    post = make_post(body='A <kbd>&amp;</kbd>\n\n![One](https://img.example.net/a.png "t")\n')
    published = site.publish(post)
    assert site.requests[-1].query == {}
    (image,) = site.standin.images
    assert f'<img src="{image}" alt="One" />' in site.standin.posts[0].text
    assert run(site.adapter.read(site.part(post), published, site.http())) == site.part(post)
    site.standin.posts[0].text += "<p>More.</p>"
    copy = run(site.adapter.read(site.part(post), published, site.http()))
    assert "More." in copy.text
    assert "More." in card_in(copy.payload["posts"][0]["lexical"])


def test_tags_are_spelt_as_they_are_there(site):
    """Ghost would make a second tag of another spelling."""
    site.publish(make_post(key="1", canonical_url=None, title="1x", tags=("Python", "O'Neil")))
    site.publish(make_post(tags=("python", "C++")))
    assert sent(site)["tags"] == ["Python", "C++"]
    (asked,) = [one.query["filter"] for one in site.requests if one.path.endswith("/tags/")]
    assert asked == "name:~'python',name:~'C++'"


def test_pictures_are_uploaded_once(site):
    """Cover and pictures; an update finds their addresses in the post as it stands."""
    body = '![One](https://img.example.net/a.png?x=1&y=2)\n\n![Ours](https://www.example.org/b.png)\n\n<img alt="" src="https://img.example.net/c.svg">\n'
    post = make_post(body=body, cover=COVER)
    published = site.publish(post)
    first, cover = site.standin.images
    assert sent(site)["feature_image"] == cover
    assert f'src="{first}"' in sent(site)["html"]
    assert "https://www.example.org/b.png" in sent(site)["html"]
    assert "https://img.example.net/c.svg" in sent(site)["html"]
    run(site.adapter.update(site.part(post), published, site.http()))
    assert sent(site)["feature_image"] == cover
    assert f'src="{first}"' in sent(site)["html"]
    assert len(site.standin.images) == 2


@pytest.mark.parametrize("url", ["https://a.example/c.svg", "https://example.org/c.png"])
def test_a_cover_that_is_a_drawing_or_there_already_keeps_its_address(site, url):
    """Ghost takes any address for it; there is nothing to upload."""
    assert payload(site.adapter.render(make_post(cover=Image(url))))["feature_image"] == url


def test_a_picture_that_cannot_be_taken_keeps_its_address(site):
    """Within the text that is no reason to hold the post back; without its cover it is not sent."""
    said = {"errors": [{"message": "Please select a valid image.", "type": "UnsupportedMediaTypeError"}]}
    handle = site.standin.handle

    def picky(request):
        return Response(415, said) if "/images/" in request.path else handle(request)

    site.publish(make_post(body="![One](https://img.example.net/a.png?x=1&y=2)\n"), site.answering(picky))
    assert 'src="https://img.example.net/a.png?x=1&amp;y=2"' in sent(site)["html"]
    with pytest.raises(Rejected, match="valid image"):
        site.publish(make_post(key="2", title="2", cover=COVER), site.answering(picky))
    assert len(site.standin.posts) == 1


@pytest.mark.parametrize(
    ("date", "status"), [(NOW + timedelta(days=2), "scheduled"), (NOW - timedelta(days=900), "published")]
)
def test_the_date_is_sent_only_when_the_target_schedules(site, date, status):
    """Ghost publishes then, or dates the post back; which of the two it is, the moment of sending tells."""
    assert "published_at" not in payload(site.adapter.render(make_post(date=date)))
    site.adapter = replace(site.adapter, schedule=True)
    assert payload(site.adapter.render(make_post(date=date)))["status"] == "{status}"
    published = site.publish(make_post(date=date))
    extra = site.standin.posts[0].extra
    assert (extra["status"], extra["published_at"]) == (status, date.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    run(site.adapter.update(site.part(make_post(date=date, title="New")), published, site.http()))
    assert (site.standin.posts[0].title, site.standin.posts[0].extra["status"]) == ("New", status)


def test_nothing_is_made_twice_without_a_ledger(site):
    """What is there already is named instead, as ours, or as made by hand."""
    published = site.publish(make_post())
    with pytest.raises(Duplicate) as caught:
        site.publish(make_post(title="Another title"))
    assert caught.value.existing == published
    site.standin.posts[0].extra["codeinjection_foot"] = None
    for post in (make_post(), make_post(title="Another title")):  # by its title; by its canonical URL
        with pytest.raises(Duplicate) as caught:
            site.publish(post)
        assert caught.value.existing == published


def test_what_only_looks_alike_is_not_ours(site):
    """Another post of ours, or one by hand with another title or still a draft, under our slug: ours is made beside it."""
    site.publish(make_post(key="another"))
    second = site.publish(make_post())
    kept = site.standin.posts[1]
    assert (second.id, kept.extra["slug"]) == (kept.id, "atomic-writes-2")
    for title, status in (("Another title", "published"), ("Atomic writes", "draft")):
        site.standin.posts.clear()
        site.publish(make_post(title=title))
        site.standin.posts[0].extra |= {"codeinjection_foot": None, "status": status, "canonical_url": None}
        site.publish(make_post())
        assert len(site.standin.posts) == 2


def test_a_site_that_answers_with_pages_is_not_written_to(site):
    """Something else than the API answers with 200: nothing is sent."""
    with pytest.raises(Unavailable):
        site.publish(make_post(), site.answering(Response(200, "<html>")))
    assert [one.method for one in site.requests] == ["GET"]


def test_limits_and_refusals(site):
    """No title, or too long a text, is refused with the field; what is cut is told; a draft stays one."""
    for field, post in (("title", make_post(title=" ")), ("body", make_post(body="é" * (26 * 1024 * 1024)))):
        with pytest.raises(Rejected) as caught:
            site.adapter.render(post)
        assert caught.value.field == field
    draft = site.adapter.render(make_post(draft=True, title="Word " * 90, summary="Word. " * 90, series="S"))
    fields = payload(draft)
    assert (len(fields["title"]) <= 255, len(fields["custom_excerpt"]) <= 300, fields["status"]) == (
        True,
        True,
        "draft",
    )
    assert len(draft.warnings) == 3


def test_braces_in_a_text_stay_as_they_are(site):
    """Names stand for what is only known when it is sent; a text that holds the same words is not touched."""
    url = "https://img.example.net/a.png"
    words = f'{{status}} {{tag:python}} {{image:{url}}} src="{{image:{url}}}"'
    post = make_post(body=f"`{words}`\n\n![One]({url})\n", title="{status}", date=NOW - timedelta(days=9))
    site.adapter = replace(site.adapter, schedule=True)
    published = site.publish(post)
    text = sent(site)["html"]
    assert f"{{status}} {{tag:python}} {{image:{url}}} src=&quot;{{image:{url}}}&quot;" in text
    assert f'src="{{image:{url}}}"' not in text
    assert site.standin.posts[0].title == "{status}"
    assert run(site.adapter.read(site.part(post), published, site.http())) == site.part(post)


def test_drafts_and_representations_hold_no_secret(site):
    """The key signs the requests and is in none of them."""
    draft = site.adapter.render(make_post())
    site.publish(make_post())
    shown = repr(draft) + draft.parts[0].body().decode() + repr(site.adapter) + repr(site.requests)
    assert KEY.split(":")[1] not in shown


@pytest.mark.parametrize("name", ["release", "plain"])
def test_real_posts_render_as_recorded(site, name):
    """A change in what Ghost would get shows up as a change of a recorded file."""
    check_golden("ghost", name, site.adapter.render(sample_post(name, "ghost")))


def test_chinese_renders_as_recorded(site):
    """Lines are joined without a space, the slug is in Latin letters, notes and tables are there."""
    check_golden("ghost", "chinese", site.adapter.render(CHINESE))
