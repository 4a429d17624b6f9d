"""What becomes of each key of the front matter, in every shape that real posts have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath

import pytest

from syndicate.adapter import Image, Post
from syndicate.post import parse


def of(
    header: str, *, path: str = "posts/a.md", site_url: str | None = "https://b.org", title: str = "title: T"
) -> Post:
    return parse(
        f"---\n{title}\n{header}\n---\nText",
        source="a.md",
        site_url=site_url,
        site_language="en-US",
        root_relative=PurePosixPath(path),
    )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("title: One", "One"),
        ("name: Two", "Two"),
        ("name: Two\ntitle: One", "One"),
        ("title: ''\nname: Two", "Two"),
        ('title: "Tom &amp; Jerry &#8211; &lt;div&gt;"', "Tom & Jerry – <div>"),
        ("title: >\n  Over two\n  lines", "Over two lines"),
        ('title: "👩‍💻 codes"', "👩‍💻 codes"),
        ('title: "Nul\\0 and\\ttab"', "Nul and tab"),
        ("title: [odd]\nname: Two", "odd"),
        ("title: {a: b}\nname: Two", "Two"),
    ],
)
def test_title(header: str, expected: str) -> None:
    """`title`, then `name`, as one line of plain text with its entities read."""
    assert expected == of("", title=header).title


@pytest.mark.parametrize("key", ["description", "summary", "excerpt", "teaser", "subtitle", "tldr"])
def test_summary(key: str) -> None:
    """Every key that a summary is kept under, whole; a list is put together."""
    assert of(f"{key}: {'x' * 1868}").summary == "x" * 1868
    assert of(f"{key}:\n - One.\n - Two.").summary == "One. Two."
    assert of(f"zzz: a\n{key}: ''").summary is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("How **not** to use `fit()`, see [there](https://e.org/a_(b)).", "How not to use fit(), see there."),
        ("An *early* look at <https://e.org/a>.", "An early look at https://e.org/a."),
        (
            "What *args and **kwargs are, and a_b, 2 * 3 * 4, a[0](x)",
            "What *args and **kwargs are, and a_b, 2 * 3 * 4, a[0](x)",
        ),
    ],
)
def test_a_summary_has_no_markup(written: str, read: str) -> None:
    """No place shows any; signs that are none stay."""
    assert of(f"description: '{written}'").summary == read


def test_summary_order() -> None:
    """`description` comes before what a theme calls a summary."""
    assert of("tldr: c\nsummary: b\ndescription: a").summary == "a"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("tags: [Go, 'c++', Go, go]", ("Go", "c++")),
        ("tags: Go", ("Go",)),
        ("tags: web dev, go,", ("web dev", "go")),
        ("tags: web dev", ("web", "dev")),
        ("tags: a; b", ("a", "b")),
        ("tags: '#go #web'", ("go", "web")),
        ("tags:", ()),
        ("tags: null", ()),
        ("tags: [2024, 1.10, null, '']", ("2024", "1.10")),
        ("tags: [{label: Go, permalink: /go}, {x: y}]", ("Go",)),
        ("tags: []\nkeywords: [k]\ncategories: [c]", ("k",)),
        ("keywords: machine learning", ("machine learning",)),
        ("category: Web Development", ("Web Development",)),
        ("categories: a b\ncategory: c", ("a", "b")),
        ("tags: [[Go, web dev], [[note]]]", ("Go", "web dev")),
        ("tags: ['Go, web dev', css]", ("Go", "web dev", "css")),
        ("tags: '[Go, css]'", ("Go", "css")),
        ("tags: '前端，后端、数据'", ("前端", "后端", "数据")),
        ("tags: |\n  Go\n  css", ("Go", "css")),
        ("taxonomies: {categories: [c], tags: [z]}\nkeywords: k", ("z",)),
        ("taxonomies: {tags: [z]}\ntags: t", ("t",)),
    ],
)
def test_tags(header: str, expected: tuple[str, ...]) -> None:
    """Tags in every shape, each once, from the first key that has some."""
    post = of(header)
    assert expected == post.tags
    assert not [w for w in post.warnings if "tags" in w]


def test_tags_of_an_unknown_shape() -> None:
    """A shape that is not known is told, and the next key is tried."""
    post = of("tags: {a: b}\nkeywords: [k]")
    assert post.tags == ("k",)
    assert any("`tags`" in warning for warning in post.warnings)


EAST = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("date: 2024-05-06", datetime(2024, 5, 6, tzinfo=UTC)),
        ("date: 2024-05-06 07:08", datetime(2024, 5, 6, 7, 8, tzinfo=UTC)),
        ("date: 2024-05-06T07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("date: 2024-05-06T07:08:09.123+08:00", datetime(2024, 5, 6, 7, 8, 9, tzinfo=EAST)),
        ("date: 2024-05-06 07:08:09 +0800", datetime(2024, 5, 6, 7, 8, 9, tzinfo=EAST)),
        ("date: 2024-05-06 07:08:09 -0330", datetime(2024, 5, 6, 10, 38, 9, tzinfo=UTC)),
        ("date: 2024/5/6", datetime(2024, 5, 6, tzinfo=UTC)),
        (
            "date: Wed Dec 04 2024 05:43:40 GMT+0000 (Coordinated Universal Time)",
            datetime(2024, 12, 4, 5, 43, 40, tzinfo=UTC),
        ),
        ("date: Wed Dec 04 2024 13:43:40 GMT+0800 (x)", datetime(2024, 12, 4, 5, 43, 40, tzinfo=UTC)),
        ("date: Wed, 04 Dec 2024 05:43:40 GMT", datetime(2024, 12, 4, 5, 43, 40, tzinfo=UTC)),
        ("date: 2024-05-06 7:08 PM", datetime(2024, 5, 6, 19, 8, tzinfo=UTC)),
        ("date: Dec. 4, 2024 12:43 a.m.", datetime(2024, 12, 4, 0, 43, tzinfo=UTC)),
        ("date: 20240506", datetime(2024, 5, 6, tzinfo=UTC)),
        ("date: 2024年5月6日 07:08", datetime(2024, 5, 6, 7, 8, tzinfo=UTC)),
        ("pubDatetime: 2024-05-06T07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("pubDate: Jul 08 2022", datetime(2022, 7, 8, tzinfo=UTC)),
        ("date: September 2nd, 2024", datetime(2024, 9, 2, tzinfo=UTC)),
        ("published: 2024-05-06", datetime(2024, 5, 6, tzinfo=UTC)),
        ("published: false\ndatePublished: 2024-05-06", datetime(2024, 5, 6, tzinfo=UTC)),
        ("date:\npubDate: 2024-05-06", datetime(2024, 5, 6, tzinfo=UTC)),
    ],
)
def test_date(header: str, expected: datetime) -> None:
    """Every notation that real posts have becomes an aware datetime; UTC where no zone is named."""
    post = of(header)
    assert expected == post.date
    assert not [w for w in post.warnings if "date" in w]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-06", datetime(2024, 5, 6, tzinfo=UTC)),
        ("2024-05-06T07:08:09", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("2024-05-06T07:08:09+08:00", datetime(2024, 5, 6, 7, 8, 9, tzinfo=EAST)),
    ],
)
def test_date_of_toml(value: str, expected: datetime) -> None:
    """TOML has dates of its own."""
    text = f"+++\ntitle = 'T'\ndate = {value}\n+++\nText"
    post = parse(text, source="a", site_url=None, site_language=None, root_relative=PurePosixPath("a.md"))
    assert expected == post.date
    assert post.date is not None
    assert post.date.tzinfo


@pytest.mark.parametrize("path", ["2024-05-06-x.md", "b/2024-05-06-x/index.md", "b/2024/05/06/x.md", "2024-05-06.md"])
def test_date_of_the_path(path: str) -> None:
    """Without a date in the front matter, the one in the file's name or folders counts."""
    assert of("", path=path, site_url=None).date == datetime(2024, 5, 6, tzinfo=UTC)


def test_date_of_the_permalink() -> None:
    """A date in the post's address counts too."""
    assert of("permalink: /en/2024/05/06/").date == datetime(2024, 5, 6, tzinfo=UTC)
    assert of("permalink: /2024/13/45/").date is None


@pytest.mark.parametrize(
    "value",
    [
        "2024-13-45",
        "20241345",
        "1714979289",
        "06/05/2024",
        "soon",
        "0001-01-01T00:00:00Z",
        "[a]",
        "ſep 1 2024",
        "2024-05-06T25:00",
    ],
)
def test_a_date_that_cannot_be_read(value: str) -> None:
    """A warning, not an error; the file's name is the next best."""
    post = of(f"date: {value}", path="2020-02-02-x.md")
    assert post.date == datetime(2020, 2, 2, tzinfo=UTC)
    assert any(warning.startswith("`date: ") for warning in post.warnings)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("cover_image: https://c.org/a b.png", Image("https://c.org/a%20b.png")),
        ("cover_image: //c.org/a.png", Image("https://c.org/a.png")),
        ("image: /img/a.png", Image("https://b.org/img/a.png")),
        ("banner: a.png", Image("https://b.org/posts/a/a.png")),
        ("socialImage: ./a.png", Image("https://b.org/posts/a/a.png")),
        ("hero: ../a.png", Image("https://b.org/posts/a.png")),
        ("featured_image: /a.png", Image("https://b.org/a.png")),
        ("main_image: /a.png", Image("https://b.org/a.png")),
        ("cover: /a.png", Image("https://b.org/a.png")),
        ("cover: {image: /a.png, alt: A &amp; B, caption: C}", Image("https://b.org/a.png", "A & B", "C")),
        ("cover: {image: a.png, relative: true}", Image("https://b.org/posts/a/a.png")),
        ("cover: {image: img/a.png, relative: false}", Image("https://b.org/img/a.png")),
        ("cover: {light: /l.png, dark: /d.png, alt: x}", Image("https://b.org/l.png", "x")),
        ("image: {src: /a.png, alt: x}", Image("https://b.org/a.png", "x")),
        ("image: {url: /a.png}\nimage_alt: y", Image("https://b.org/a.png", "y")),
        ("image: {path: /a.png}", Image("https://b.org/a.png")),
        ("hero: {image: {file: /a.png, alt: x}}", Image("https://b.org/a.png", "x")),
        ("image: {feature: /a.png}", Image("https://b.org/a.png")),
        ("ogImage: /a.png", Image("https://b.org/a.png")),
        ("thumbnail: /a.png\nbanner: /b.png", Image("https://b.org/b.png")),
        ("cover: '![A](/a.png \"B\")'", Image("https://b.org/a.png", "A")),
        ("cover: '{static}/a.png'", Image("https://b.org/a.png")),
        ("images: [/a.png, /b.png]", Image("https://b.org/a.png")),
        ("cover_image:\nimage: ''", None),
    ],
)
def test_cover(header: str, expected: Image | None) -> None:
    """The cover in every shape, absolute: against the post's page, or against the site."""
    assert expected == of(header).cover


def test_cover_without_a_site() -> None:
    """A path that nothing can complete stays as it was written, with a warning."""
    post = of("image: /a.png", site_url=None)
    assert post.cover == Image("/a.png")
    assert any("`image: /a.png` is relative" in warning for warning in post.warnings)


@pytest.mark.parametrize("value", ["{image: '', alt: x}", "{image: , url: }", "false", "''", "[]"])
def test_a_cover_that_a_theme_left_empty(value: str) -> None:
    """It is absent, as any empty value is."""
    post = of(f"cover: {value}\nimage: /a.png")
    assert post.cover is not None
    assert post.cover.url == "https://b.org/a.png"
    assert not any("cover" in warning for warning in post.warnings)


@pytest.mark.parametrize(
    "value",
    [
        "'{{ site.url }}/a.png'",
        "'[[a.png]]'",
        "'<img src=a.png>'",
        "'@/assets/a.png'",
        "data:image/png;base64,AA==",
        "{tagline: x}",
        "'http://['",
    ],
)
def test_a_cover_that_cannot_be_carried(value: str) -> None:
    """What is no address on the web is reported, and the next key is tried."""
    post = of(f"cover: {value}\nimage: /a.png")
    assert post.cover == Image("https://b.org/a.png")
    assert any("`cover" in warning for warning in post.warnings)


@pytest.mark.parametrize(
    ("header", "path", "expected"),
    [
        ("lang: zh_CN", "a.md", "zh-cn"),
        ("language: de", "content/fr/a.md", "de"),
        ("locale: en_US.UTF-8", "a.md", "en-us"),
        ("language: Go", "a.md", "en-us"),
        ("", "posts/a.zh.md", "zh"),
        ("", "content/fr/index.pt-BR.md", "pt-br"),
        ("", "content/zh/a.md", "zh"),
        ("", "docs/zh-cn/guide/a.md", "zh-cn"),
        ("", "_posts/zh-Hans/a.md", "zh-hans"),
        ("", "content/english/a.md", "en-us"),
        ("", "posts/js/io/a.ts.md", "en-us"),
    ],
)
def test_language(header: str, path: str, expected: str) -> None:
    """The front matter, else the file's suffix, else a folder named after a language, else the site's."""
    assert expected == of(header, path=path).language


@pytest.mark.parametrize(
    ("header", "expected"),
    [("series: Tour", "Tour"), ("series: {name: Tour, order: 3}", "Tour"), ("series: [Tour, B]", "Tour"),
     ("series: [{name: Tour}]", "Tour"), ("series: {order: 3}", None), ("series:", None)],
)  # fmt: skip
def test_series(header: str, expected: str | None) -> None:
    """A text, a mapping with a name, or the first of a list."""
    assert expected == of(header).series


@pytest.mark.parametrize(
    ("header", "path", "expected"),
    [("draft: true", "a.md", True), ("draft: 'yes'", "a.md", True), ("draft: false", "a.md", False),
     ("published: false", "a.md", True), ("published: true", "a.md", False), ("published: 2024-05-06", "a.md", False),
     ("draft: false\npublished: false", "a.md", True), ("status: draft", "a.md", True), ("", "_drafts/a.md", True),
     ("publish: false", "a.md", True), ("private: true", "a.md", True), ("unlisted: true", "a.md", False),
     ("draft: perhaps", "a.md", True), ("", "a.md", False)],
)  # fmt: skip
def test_draft(header: str, path: str, expected: bool) -> None:
    """Whatever says that a post is not ready is believed."""
    assert expected is of(header, path=path).draft


def test_what_a_site_does_not_list() -> None:
    """It is shown elsewhere all the same, and a warning says so."""
    assert any(warning.startswith("`unlisted: true` keeps") for warning in of("unlisted: true").warnings)
    assert not any("unlisted" in warning for warning in of("unlisted: false").warnings)
