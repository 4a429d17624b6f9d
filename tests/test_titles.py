"""Nothing is shown twice: not the title, not the cover, not where a post was published first."""

from __future__ import annotations

from typing import Any

import pytest

from syndicate.adapter import Adapter, Image, Post
from syndicate.audience import for_target
from syndicate.config import Target
from syndicate.markdown import Dialect, render
from syndicate.registry import adapter_class

URL = "https://blog.example.org/posts/one/"
COVER = f"{URL}c.png"
#: One that shows all HTML, one that shows none, one without markup.
DIALECTS = (Dialect(html=None), Dialect(), Dialect(format="plain"))


def post(body: str, **changes: Any) -> Post:
    values: dict[str, Any] = {"title": "A title", "canonical_url": URL, "base_url": URL, **changes}
    return Post(key="path:one.md", source="one.md", body=body, **values)


def adapter(name: str, **options: Any) -> Adapter:
    values = {"github": {"repository": "a/b"}, "reddit": {"kind": "self", "subreddit": "test"}}.get(name, {})
    if name in ("ghost", "wordpress"):
        values = {"base_url": "https://site.example"}
    return adapter_class(name)(**{**values, **options})


def payload(name: str, one: Post, **options: Any) -> str:
    """All that is sent, as one text."""
    (part,) = adapter(name, **options).render(one).parts
    return str(dict(part.payload))


# ------------------------------------------------------------------ title


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("A title", "# A title"),
        ("A title", "#   a   TITLE   #"),
        ("A title", "A title\n======="),
        ("A title", "# A title {#id}"),
        ("A title", "# A *title*"),
        ("A title", "## A title"),
        ("Hello, world!", "# Hello world"),
        ("Hello 🎉", "# Hello"),
        ("Hello", "# :tada: Hello 🎉"),
        ("“Hello” — it’s me", '# "Hello" - it\'s me'),
        ("Tom & Jerry", "# Tom &amp; Jerry"),
        ("Use `fit` now", "# Use `fit` now"),
        ("Use fit now", "# Use `fit` now"),
        ("Café", "# Cafe\u0301"),
        ("🎉", "# 🎉"),
        ("A title", "<h1>A title</h1>"),
        ("A & title", '<h1 align="center">\n  A &amp; <em>title</em>\n</h1>'),
        ("A title", "<!-- x -->\n\n# A title"),
    ],
)
def test_the_title_is_not_repeated(title: str, heading: str, dialect: Dialect) -> None:
    """Whatever signs, emoji, marks and kind of heading it is written with."""
    assert render(f"{heading}\n\nText\n\n## More", dialect, title=title).text.startswith("Text\n\n")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("C", "# C++\n\nText"),
        ("C#", "# C\n\nText"),
        ("C", "# C#\n\nText"),
        ("🎉", "# 🎈\n\nText"),
        ("A title", "# Another title\n\nText"),
        ("A title", "# Part one\n\n# A title\n\nText"),
        ("A title", "Text\n\n## A title\n\nText"),
        ("A title", "> # A title\n\nText"),
        ("A title", "# [A title](https://example.org/)\n\nText"),
        ("A title", "# ![](https://example.org/a.png) A title\n\nText"),
        ("A title", "<h1>Another</h1>\n\n# A title\n\nText"),
        ("A title", "```\n# A title\n```\n\nText"),
    ],
)
def test_another_heading_stays(title: str, body: str) -> None:
    """One that says something else, or more; one that is a part of the text."""
    assert render(body, DIALECTS[0], title=title).text == body


def test_what_stands_around_the_title_stays() -> None:
    """A picture above it, HTML around it, the same heading further down."""
    assert render("![a](https://e.org/a.png)\n\n# T\n\nText", DIALECTS[0], title="T").text.endswith("a.png)\n\nText")
    assert render("<div>\n<h1>T</h1>\n<p>x</p>\n</div>\n", DIALECTS[0], title="T").text == "<div>\n<p>x</p>\n</div>"
    assert render("Text\n\n# T\n\nMore\n\n# T", DIALECTS[0], title="T").text == "Text\n\nMore\n\n# T"
    assert render("# T\n\nText", DIALECTS[0]).text == "# T\n\nText"


def test_another_title_for_a_target_takes_the_place_of_the_heading() -> None:
    """The post's own title is not shown below it; another heading is."""
    overrides = {"devto": {"title": "Shorter"}}
    target = Target("devto", adapter("devto"))
    assert for_target(post("# A title\n\nText", overrides=overrides), target).body == "Text"
    assert for_target(post("# Another\n\nText", overrides=overrides), target).body == "# Another\n\nText"
    assert for_target(post("# A title\n\nText"), target).body == "# A title\n\nText"


# ------------------------------------------------------------------ cover


@pytest.mark.parametrize(
    ("name", "times"),
    [("devto", 1), ("hashnode", 1), ("medium", 1), ("github", 1), ("ghost", 1), ("wordpress", 1), ("folder", 2)],
)
@pytest.mark.parametrize("body", ["![A cat](c.png)\n\nText", "# A title\n\n![A cat](./c.png)\n\nText"])
def test_the_cover_is_shown_once(name: str, times: int, body: str) -> None:
    """A text that begins with it does so no more where the platform shows it; a theme of one's own may not."""
    sent = payload(name, post(body, cover=Image(COVER)))
    assert sent.count("c.png") == times
    if name in ("medium", "github", "ghost", "wordpress"):
        assert "A cat" in sent
    both = payload(name, post(body.replace("c.png", "d.png"), cover=Image(COVER)))
    assert both.count("c.png") == 1
    assert both.count("d.png") == 1


def test_a_cover_that_the_author_described_keeps_their_words() -> None:
    """The front matter's come before those of the text."""
    one = post("![A cat](c.png)\n\nText", cover=Image(COVER, alt="Our cat"))
    assert payload("github", one).count("Our cat") == 1
    assert "A cat" not in payload("github", one)


@pytest.mark.parametrize(
    "body",
    [
        "Text\n\n![A](c.png)\n\nText",
        "## Part\n\n![A](c.png)\n\nText",
        "See ![A](c.png) here.",
        "> ![A](c.png)\n\nText",
        "[![A](c.png)](https://example.org/)\n\nText",
    ],
)
def test_a_cover_within_the_text_stays(body: str) -> None:
    """It belongs to what is said there."""
    assert payload("devto", post(body, cover=Image(COVER))).count("c.png") == 2


def test_a_cover_that_is_left_out_stays_in_the_text() -> None:
    """WordPress shows none without uploads, and no drawings."""
    assert "c.png" in payload("wordpress", post("![A](c.png)\n\nText", cover=Image(COVER)), upload_images=False)
    assert payload("wordpress", post("![A](c.svg)\n\nText", cover=Image(f"{URL}c.svg"))).count("c.svg") == 1
    assert "c.png" in payload("devto", post("![A](c.png)\n\nText"))


# ------------------------------------------------------------------ where it was published first


@pytest.mark.parametrize(
    ("name", "language", "line"),
    [
        ("github", None, f"*Originally published at <{URL}>*"),
        ("github", "de-at", f"*Ursprünglich veröffentlicht auf <{URL}>*"),
        ("github", "fi", f"*Originally published at <{URL}>*"),
        ("reddit", "fr", f"Publié à l’origine sur <{URL}>"),
        ("reddit", "zh-tw", f"原文發布於 <{URL}>"),
        ("wordpress", "zh-cn", f'<em>原文发布于 <a href="{URL}">blog.example.org</a>.</em>'),
        ("wordpress", "en-gb", f'<em>Originally published at <a href="{URL}">blog.example.org</a>.</em>'),
    ],
)
def test_the_original_is_named(name: str, language: str | None, line: str) -> None:
    """Where there is no field for it, at the end, in the post's language; in English where no other is known."""
    (part,) = adapter(name).render(post("Text", language=language)).parts
    assert line in part.text


@pytest.mark.parametrize("name", ["github", "reddit", "wordpress"])
@pytest.mark.parametrize(
    "own",
    [
        f"*Originally published at [my blog]({URL}).*",
        f"Zuerst erschienen: {URL.removesuffix('/')}.",
        f"This first appeared on <{URL.replace('https', 'http')}>",
        f'<p>First on <a href="{URL}">my blog</a></p>',
    ],
)
def test_the_authors_own_line_is_not_doubled(name: str, own: str) -> None:
    """In whatever words, where it leads to the original; a place in the post, or a picture of it, is no such line."""
    (part,) = adapter(name).render(post(f"Text\n\n{own}", language="en")).parts
    assert part.text.count("Originally published") == own.count("Originally published")
    (part,) = adapter(name).render(post("See [above](#part) and [there](c.png).\n\n## Part", language="en")).parts
    assert part.text.count("Originally published") == 1


@pytest.mark.parametrize("name", ["devto", "hashnode", "medium", "ghost"])
def test_a_field_makes_the_line_needless(name: str) -> None:
    """What has a field for the canonical URL gets it there."""
    sent = payload(name, post("Text"), **({"publication_id": "p"} if name == "hashnode" else {}))
    assert sent.count(URL) == 1
    assert "Originally" not in sent
