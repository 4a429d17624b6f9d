"""Reddit: pictures of the project in a self post, from their uploads to what is read of them."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import pytest
from syndicate.adapters.reddit import Reddit

from syndicate.adapter import Image, Part, Post, Published
from syndicate.audience import for_target
from syndicate.config import Target
from syndicate.errors import Failure, Rejected, Unavailable
from syndicate.local import Local
from syndicate.sandbox.picture import PIXEL
from syndicate.standin import Request, Response

from .adapter_bridge import attempt, check_golden, collect, make_http, run
from .reddit_bridge import BASE, URL, adapter, post, publish, standin

PICTURES = {
    "b.png": Local.of(PurePosixPath("content/b.png"), b"b").address,
    "im%20ages/图.png": Local.of(PurePosixPath("content/im ages/图.png"), b"z").address,
    "copy.png": Local.of(PurePosixPath("content/b"), b"b").address,
}
BODY = """\
Text ![in text](b.png) here, [the file](b.png).

![alone "x" [y]](b.png "A title")

![one](copy.png) ![two](<im%20ages/图.png>)

| a | b |
|---|---|
| ![cell](b.png) | 2 |

- item ![li](b.png)
- other

> ![quote](<im%20ages/图.png>)

<img src='b.png'>

![remote](https://img.example.net/r.png)

See ![ref][r] and `a[1]` [r].

```
![code](b.png)

[r]: b.png
```

The end.

[r]: copy.png
"""
MARK = "https://picture.invalid/"


def with_pictures(body: str = BODY, which: Reddit | None = None, **changes: Any) -> Post:
    """A post as the adapter gets it."""
    place = Target("place", which or adapter(kind="self"))
    base = {"base_url": "https://blog.example/release/", "on_disk": PICTURES}
    return for_target(post(**{"body": body, **base, **changes}), place)


def text(body: str, **changes: Any) -> str:
    return str(adapter(kind="self").render(with_pictures(body, canonical_url=None, **changes)).parts[0].payload["text"])


def read(place: Any, what: Post, published: Published) -> Part | None:
    http, _ = make_http(place, BASE)
    which = adapter(kind="self")
    return run(which.read(which.render(what).parts[0], published, http))


def test_each_picture_has_a_line_of_its_own():
    """Between blocks only: what stands in a sentence, a list, a quote or a table follows behind it; its words stay there."""
    b, z, copy = PICTURES.values()
    expected = f"""\
Text in text here, [the file](https://blog.example/release/b.png).

![in text]({b})

![alone "x" \\[y\\] (A title)]({b})

![one]({copy})

![two]({z})

| a | b |
|---|---|
| cell | 2 |

![cell]({b})

- item li
- other

![li]({b})

> quote

![quote]({z})

![]({b})

[remote](https://img.example.net/r.png)

See ref and `a[1]` r.

![ref]({copy})

![r]({copy})

```
![code](b.png)

[r]: b.png
```

The end."""
    body = BODY.replace("[r].", "![r].")
    assert text(body).strip() == expected
    warnings = adapter(kind="self").render(with_pictures(body)).warnings
    assert warnings == (
        "1 image is shown as a link",
        "6 pictures stand behind the paragraph, list, quote or table that shows it: Reddit has none within these",
    )


@pytest.mark.parametrize("base_url", ["https://blog.example/release/", None])
def test_nothing_else_changes(base_url: str | None):
    """A text without pictures of the project is as it was; with some, the other blocks are."""
    body = "A *b* `c`\n\n- d\n\n      e\n\n1. f\n\n\ttab\n\n[l]: https://x.example\n\n[l] <https://y.example>\n"
    plain = text(body, on_disk={}, base_url=base_url)
    assert text(body, base_url=base_url) == plain
    assert (
        text(f"{body}\n![p](b.png)\n", base_url=base_url).replace(f"![p]({PICTURES['b.png']})", "").strip()
        == plain.strip()
    )


def test_a_self_post_shows_its_pictures():
    """Uploaded once each, by their bytes; the text goes as rich text, in place of Markdown; no stand-in leaves."""
    place, which, what = standin(), adapter(kind="self"), with_pictures()
    http, requests = make_http(place, BASE)
    run(which.publish(which.render(what).parts[0], attempt(), http))
    assert list(place.media.uploaded.values()) == [PIXEL, PIXEL]
    assert all(MARK.encode() not in one.body for one in requests)
    (submit,) = [one for one in requests if one.path == "/api/submit"]
    form = submit.form()
    assert "text" not in form
    blocks = json.loads(form["richtext_json"])["document"]
    first, second = place.media.uploaded
    shown = [(block["id"], block.get("c")) for block in blocks if block["e"] == "img"]
    assert shown[:4] == [(first, "in text"), (first, 'alone "x" [y] (A title)'), (first, "one"), (second, "two")]
    assert (first, None) in shown, "without a description there is no caption"
    assert (form["kind"], form["title"], form["sr"]) == ("self", "A release", "sandbox")


def test_the_token_stays_with_reddit():
    """The store gets its own form, with the file behind it; the other requests are as PRAW's recorded ones."""
    place = standin()
    http, requests = make_http(place, BASE)
    which = adapter(kind="self")
    run(which.publish(which.render(with_pictures("![a](b.png)\n")).parts[0], attempt(), http))
    lease, stored, converted, _ = [one for one in requests if "access_token" not in one.path]
    assert (lease.path, lease.form()) == (
        "/api/media/asset.json",
        {"api_type": "json", "filepath": "b.png", "mimetype": "image/png"},
    )
    assert "authorization" not in stored.headers
    assert stored.body.index(b'name="key"') < stored.body.index(b'name="policy"') < stored.body.index(b'name="file"')
    assert converted.form()["output_mode"] == "rtjson"
    assert converted.form()["markdown_text"].startswith('![img](sandbox000001 "")\n\n')


def test_it_is_as_it_was_sent_while_reddit_is_at_work_and_after():
    """First there is a word in a picture's place, then a link to it, with its caption or without."""
    place, what = standin(), with_pictures()
    published = publish(place, adapter(kind="self"), what)
    sent = adapter(kind="self").render(what).parts[0]
    words: list[str] = []

    def listening(request: Request) -> Response:
        said = place.handle(request)
        words.append(json.dumps(said.body))
        return said

    for age in (0, 60):
        place.posts[0].at -= age
        assert read(listening, what, published) == sent
    assert any("*Processing img" in word for word in words)
    assert "https://preview.redd.it/" in words[-1]


BEFORE = "One *two* `a_b` <https://x.example/y>.\n\n![p](b.png)\n\n```py\nx = 1\n\ny = 2\n```\n"


@pytest.mark.parametrize(
    ("tidied", "same"),
    [
        ("One _two_ `a_b` [https://x.example/y](https://x.example/y).\n\n{}\n\n    x = 1\n\n    y = 2\n", True),
        ('One *two* `a_b` https://x.example/y .\n\n![img](abc123 "p")\n\n```\nx = 1\n\ny = 2\n```', True),
        ("One *two* `a_b` <https://x.example/z>.\n\n{}\n\n```\nx = 1\n\ny = 2\n```", False),
        ("One *two* `a_b` <https://x.example/y>.\n\n{}\n\n```\nx = 1\n\ny = 3\n```", False),
        ("One *two* `a_b` <https://x.example/y>.\n\n```\nx = 1\n\ny = 2\n```", False),
        ("{}\n\nOne *two* `a_b` <https://x.example/y>.\n\n```\nx = 1\n\ny = 2\n```", False),
        ("One *two* `a_b` <https://x.example/y>.\n\n[p](https://img.example/p.png)\n\n```\nx = 1\n\ny = 2\n```", False),
    ],
)
def test_marks_may_come_back_as_others(tidied: str, same: bool):
    """Of a text with pictures, words, code, links and the pictures' places count."""
    place, what = standin(), with_pictures(BEFORE, canonical_url=None)
    published = publish(place, adapter(kind="self"), what)
    place.posts[0].at -= 60
    place.posts[0].text = tidied.format("[p](https://preview.redd.it/sandbox000001.png?width=1&s=0)")
    copy = read(place, what, published)
    assert copy is not None
    assert (copy == adapter(kind="self").render(what).parts[0]) is same


@pytest.mark.parametrize("told", ["<{}>", "{}", "[{}]({})"])
def test_where_it_came_from_is_known_in_any_form(told: str):
    """The line about the original may come back with a link of another form; `adopt` goes by its address."""
    place, which = standin(), adapter(kind="self")
    publish(place, which, with_pictures("![a](b.png)\n"))
    place.posts[0].text = place.posts[0].text.replace(f"<{URL}>", told.format(URL, URL))
    http, _ = make_http(place, BASE)
    assert [one.canonical_url for one in collect(which.recent(http))] == [URL]


def test_an_update_brings_its_own_pictures():
    """Rich text for a text with pictures, plain for one that has none any more."""
    place, which = standin(), adapter(kind="self")
    published = publish(place, which, with_pictures())
    for body, field in ((f"New.\n\n{BODY}", "richtext_json"), ("None.\n", "text")):
        what = with_pictures(body)
        http, requests = make_http(place, BASE)
        run(which.update(which.render(what).parts[0], published, http))
        (edit,) = [one for one in requests if one.path == "/api/editusertext"]
        assert set(edit.form()) == {"api_type", "thing_id", field, "validate_on_submit"}
        assert MARK.encode() not in edit.body
        assert read(place, what, published) == which.render(what).parts[0]


def test_a_long_description_is_cut():
    """A caption is no place for a paragraph; one that stays in the text beside its picture is not cut there."""
    long = "word " * 60 + "end"
    for body, told in ((f"![{long}](b.png)\n", 1), (f"Text ![{long}](b.png)\n", 0)):
        draft = adapter(kind="self").render(with_pictures(body))
        (line,) = [line for line in draft.parts[0].payload["text"].split("\n") if line.startswith("![")]
        assert len(line.split("](")[0]) <= 182
        assert sum("cut to 180" in warning for warning in draft.warnings) == told
        assert ("end" in draft.parts[0].payload["text"]) is not bool(told)


def test_a_link_takes_no_pictures():
    """Neither as its text nor as its cover."""
    which = adapter(kind="link")
    cover = Image("https://blog.example/c.png", written="b.png")
    what = with_pictures(which=which, text="![a](b.png) Why.", cover=cover)
    assert MARK not in json.dumps(which.render(what).parts[0].payload)
    assert "https://blog.example/release/b.png" in which.render(what).parts[0].payload["text"]


def answering(path: str, answer: Response) -> Any:
    place = standin()
    return lambda request: answer if request.path == path else place.handle(request)


@pytest.mark.parametrize(
    ("path", "answer", "failure"),
    [
        ("/api/media/asset.json", Response(200, {"args": {}}), Unavailable),
        ("/api/media/asset.json", Response(200, {"json": {"errors": [["BAD_MIMETYPE", "no", "mimetype"]]}}), Rejected),
        ("/api/media/asset.json", Response(403, {"message": "Forbidden"}), Failure),
        ("/store", Response(400, "<Error><Code>EntityTooLarge</Code></Error>"), Rejected),
        ("/store", Response(403, "<Error><Code>AccessDenied</Code></Error>"), Unavailable),
        ("/api/convert_rte_body_format", Response(200, {"output": {}}), Unavailable),
        ("/api/convert_rte_body_format", Response(200, {"output": {"document": [{"e": "par", "c": []}]}}), Rejected),
        ("/api/convert_rte_body_format", Response(500, "no"), Unavailable),
    ],
)
def test_what_is_refused_before_the_post_leaves_none(path: str, answer: Response, failure: type[Failure]):
    """Uploads and the form of the text are made before anything is seen: a refusal of either is told, and nothing is sent."""
    seen: list[Request] = []
    handle = answering(path, answer)

    def watch(request: Request) -> Response:
        seen.append(request)
        return handle(request)

    with pytest.raises(failure):
        publish(watch, adapter(kind="self"), with_pictures("![a](b.png)\n"))
    assert "/api/submit" not in [request.path for request in seen]


def test_pictures_render_as_recorded():
    """The draft names the files."""
    check_golden("reddit", "pictures", adapter(kind="self").render(with_pictures()))
