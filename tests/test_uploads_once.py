"""Uploads under faults: what stands in for a picture never leaves, one post at the end, no upload without need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote_plus

import pytest

from syndicate.adapter import Attempt, Image, Part, Post, Published
from syndicate.http import Http
from syndicate.local import Local
from syndicate.registry import STANDINS, adapter_class, names, standin_class
from syndicate.report import Exit, exit_code
from syndicate.testing import sample_post
from syndicate.testing.rig import Rig

FILES = {"b.png": b"b", "im ages/图.png": b"z", "we(ird)'q&x;#%.png": b"w", "/img/cover.png": b"cover"}
#: Every place in which a text may name a picture, whether it shows it there or not.
EVERYWHERE = """\
# A heading ![h](b.png)

Text ![in text](b.png) 文![字](<im ages/图.png>)字, [the file](b.png), `![code](b.png)`, ~~![gone](b.png)~~.

![odd name](we%28ird%29'q&x;%23%25.png "A *title*") ![unnamed](/img/cover.png)

[![larger](b.png)](b.png)

| a | ![head](b.png) |
|---|---|
| <img src="b.png"> | ![cell](im%20ages/%E5%9B%BE.png) |

- item ![li](b.png)

  > ![quote](b.png)

<figure><img src='b.png' srcset="b.png 2x" data-src="b.png"><figcaption>![caption](b.png)</figcaption></figure>

<picture><source srcset="b.png"><img alt='src="b.png"' src=b.png></picture>

<video poster="b.png" src="b.mp4"></video> <a href="b.png">file</a> <input type=image src="b.png">

<p style="background: url(b.png)">styled</p>

![by reference][r], [the same, as a link][r], ![[b.png]], {{< figure src="b.png" link="b.png" caption="![c](b.png)" >}}

A note.[^1]

```
![code](b.png)
```

<!-- part -->

The end. <!-- ![hidden](b.png) -->

[r]: b.png "T"
[^1]: ![noted](b.png)
"""
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "bluesky": [{}, {"pictures": "always"}],
    "folder": [{}, {"feed": "static/feed.xml"}],
    "ghost": [{}, {"html_card": True}, {"upload_images": False}],
    "linkedin": [{}, {"author": "urn:li:organization:2414183", "pictures": "always"}],
    "mastodon": [{}, {"pictures": "always"}],
    "reddit": [{}, {"kind": "self"}],
    "slack": [{}, {"mode": "full"}],
    "twitter": [{}, {"mode": "thread"}, {"pictures": "always"}],
    "wordpress": [{}, {"upload_images": False}],
}
EVERY = [
    pytest.param(name, options, id=f"{name}-{number}")
    for name in names(STANDINS)
    if not adapter_class(name).manual
    for number, options in enumerate(OPTIONS.get(name, [{}]))
]
#: One way to upload of each adapter that does.
UPLOADING = [
    pytest.param(name, OPTIONS.get(name, [{}])[at], id=name)
    for name, at in [
        ("bluesky", 1), ("ghost", 0), ("hashnode", 0), ("linkedin", 1), ("mastodon", 1), ("reddit", 1), ("twitter", 1),
        ("wordpress", 0),
    ]
]  # fmt: skip


def with_pictures(body: str = "Text.\n\n![A](b.png)\n\nMore.\n", **changes: Any) -> Post:
    there: dict[str, str] = {}
    for written, content in FILES.items():
        there[written] = there[quote(written)] = Local.of(PurePosixPath(written.strip("/")), content).address
    cover = Image("https://blog.example.org/img/cover.png", "The {cover}", written="/img/cover.png")
    return replace(sample_post(body=body, cover=cover), on_disk=there, **changes)


def rig_of(folder: Path, name: str, options: dict[str, Any], post: Post) -> Rig:
    folder.mkdir(exist_ok=True)
    return Rig(folder, adapter_class(name), standin_class(name), options=options, post=post)


def left(rig: Rig) -> Iterator[str]:
    """Whatever went out: addresses and bodies of all requests, as they are and unpacked; files that were written."""
    for seen in rig.sandbox.seen:
        body = seen.request.body.decode("utf-8", "replace")
        yield f"{seen.request.path} {seen.request.query} {body} {unquote_plus(body)}"
    for one in rig.received:
        yield f"{one.text} {one.link} {one.extra}"


@pytest.mark.parametrize(("name", "options"), EVERY)
@pytest.mark.parametrize("bare", [False, True], ids=["whole", "bare"])
def test_no_stand_in_leaves(tmp_path: Path, name: str, options: dict[str, Any], bare: bool) -> None:
    """Wherever a text names a picture of the project: in a post, an update, and with no address that it has anywhere.

    `bare`: without what an article could be told by, and an own summary with the picture in it.
    """
    own: dict[str, Any] = {"summary": "Sums ![up](b.png)", "title": "Of ![b](b.png)"}
    post = with_pictures(EVERYWHERE, **({"canonical_url": None, "base_url": None, **own} if bare else {}))
    with rig_of(tmp_path, name, options, post) as rig:
        delivery = rig.run()
        if delivery.error is None:
            assert delivery.state == "published"
            assert rig.run().action == "skip"
            rig.run(post=replace(post, body=f"{EVERYWHERE}\n![one more](b.png)\n"), update=True)
        else:
            assert (bare, rig.writes, delivery.error.kind) == (True, 0, "Rejected"), delivery.error
        assert not [text for text in left(rig) if "picture.invalid" in text]


@pytest.mark.parametrize(("name", "options"), UPLOADING)
def test_whatever_is_lost_before_the_post(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    """Each request but the post's, its answer lost: nothing was posted by it, and the same run posts, once.

    A token whose renewal was lost may be void: that is left to a later run.
    """
    with rig_of(tmp_path / "whole", name, options, with_pictures()) as rig:
        assert rig.run().state == "published"
        before = [seen for seen in rig.sandbox.seen if not seen.write]
        asked = len(before)
        assert any(len(seen.request.body) > 60 for seen in before), "an upload"
    for number in range(asked):
        with rig_of(tmp_path / str(number), name, options, with_pictures()) as rig:
            if number:
                rig.play("slow", seconds=0.0, times=number, reads=True)
            rig.play("drop_after", reads=True)
            delivery = rig.run()
            if before[number].request.path.endswith("access_token"):
                assert (delivery.state, exit_code([delivery]), rig.writes) == ("planned", Exit.LATER, 0)
                rig.clock.offset += 3600
                delivery = rig.run()
            assert (delivery.state, delivery.error) == ("published", None), before[number].request
            assert (rig.writes, len(rig.received)) == (1, 1)
            assert not [text for text in left(rig) if "picture.invalid" in text]


@pytest.mark.parametrize(("name", "options"), UPLOADING)
@pytest.mark.parametrize("fault", ["drop_after", "error_before", "garbage"])
def test_nothing_is_posted_without_its_pictures(tmp_path: Path, name: str, options: dict[str, Any], fault: str) -> None:
    """A platform that answers nothing usable but to posts: left to a later run, the outcome known; tried a few times."""
    with rig_of(tmp_path, name, options, with_pictures()) as rig:
        rig.play(fault, times=1000, reads=True)
        delivery = rig.run()
        assert delivery.error is not None
        assert (delivery.state, exit_code([delivery]), rig.writes) == ("planned", Exit.LATER, 0), delivery.error
        assert len(rig.sandbox.seen) <= 30
        rig.place.faults.clear()
        rig.clock.offset += 3600
        assert rig.run().state == "published"
        assert len(rig.received) == 1


@pytest.mark.parametrize(("name", "options"), UPLOADING)
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_after", "garbage"])
def test_the_post_s_own_answer_is_lost(tmp_path: Path, name: str, options: dict[str, Any], fault: str) -> None:
    """With pictures of the project: unknown, or found; after the settling time there is one, without another upload
    where the first has arrived."""
    with rig_of(tmp_path, name, options, with_pictures()) as rig:
        rig.play(fault)
        assert rig.run().state in ("published", "unknown")
        for _ in range(2):
            rig.settle()
            delivery = rig.run()
        assert (delivery.state, delivery.error) == ("published", None)
        assert len(rig.received) == 1
        assert not [text for text in left(rig) if "picture.invalid" in text]


@pytest.mark.parametrize(("name", "options"), UPLOADING)
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_after"])
def test_an_update_s_answer_is_lost(tmp_path: Path, name: str, options: dict[str, Any], fault: str) -> None:
    """The same update again settles it: what it left there itself, with the platform's pictures, is no edit by hand."""
    with rig_of(tmp_path, name, options, with_pictures()) as rig:
        if not rig.adapter().updates:
            pytest.skip(f"{name} updates nothing")
        assert rig.run().state == "published"
        changed = with_pictures("Text.\n\n![A](b.png)\n\nMore, and still more.\n")
        if adapter_class(name).dialect.format == "plain":
            changed = replace(changed, title="Another title")
        rig.play(fault)
        assert rig.run(post=changed, update=True).error is not None
        delivery = rig.run(post=changed, update=True)
        assert (delivery.state, delivery.error) == ("published", None)
        assert rig.run(post=changed).action == "skip"
        assert len(rig.received) == 1
        assert not [text for text in left(rig) if "picture.invalid" in text]


class Forgetful(adapter_class("mastodon")):  # type: ignore[misc]
    """An adapter that says it uploads, and does not."""

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        return await self._api(http).write("POST", "/api/v1/statuses", lambda body: Published(body["id"], None), part)


def test_the_core_holds_back_what_an_adapter_forgot(tmp_path: Path) -> None:
    """A write that names a picture as the preview does never leaves, whoever wrote the adapter; nothing is in doubt."""
    options = {**standin_class("mastodon").options, "pictures": "always"}
    with Rig(tmp_path, Forgetful, standin_class("mastodon"), options=options, post=with_pictures()) as rig:
        delivery = rig.run()
        assert delivery.error is not None
        assert "img/cover.png would have been named" in delivery.error.message
        assert (delivery.state, rig.writes) == ("failed", 0)


def test_what_the_platform_is_at_work_on_is_not_uploaded_again(tmp_path: Path) -> None:
    """A film that is made of a GIF takes its time: it is asked for until it is there, in the run that uploaded it."""
    with rig_of(tmp_path, "mastodon", {"pictures": "always"}, sample_post()) as rig:
        rig.place.standin.busy = 8  # type: ignore[attr-defined]
        delivery = rig.run()
        assert (delivery.state, delivery.error) == ("published", None)
        assert len(rig.place.standin.media) == 1  # type: ignore[attr-defined]
