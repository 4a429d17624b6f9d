"""A payload's names for what only the platform can say, and posts that hold the same words: those are sent as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl

import pytest

from syndicate.adapter import Part
from syndicate.pictures import picture_of
from syndicate.sandbox import Sandbox
from syndicate.sandbox.picture import PIXEL
from tests.support import ABLE, SITE, Project, project

COVER = f"{SITE}/c.png"
PLAIN = f"""---
title: A title
canonical_url: {SITE}/posts/hello/
description: A summary
date: 2026-11-01
cover: {COVER}
tags: [python]
---
A text.
"""
NAME = re.compile(r"\{[^{}]+\}")


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{at}.{number}")
    else:
        yield at, value


def payloads(made: Project, *more: str) -> list[Any]:
    outcome = made.call("publish", "post.md", "--json", *more)
    ((_, delivery),) = outcome.deliveries().items()
    assert delivery["error"] is None, delivery
    return [part["payload"] for part in delivery["parts"]]


@pytest.mark.parametrize("name", ABLE)
def test_a_post_may_hold_the_names(tmp_path: Path, sandbox: Sandbox, name: str) -> None:
    """Title, summary and text that hold every name that the adapter uses are sent to the byte as they were previewed."""
    feed = {"feed": "index.xml"} if name == "folder" else {}
    made = project(tmp_path, sandbox, (name,), options={name: feed})
    # A page's entry in a feed has a name for the date that the post lacks.
    text = PLAIN.replace("date: 2026-11-01\n", "") if name == "folder" else PLAIN
    made.post(text)
    plain = dict(leaves(payloads(made, "--dry-run")))
    used = sorted({value for value in plain.values() if isinstance(value, str) and NAME.fullmatch(value)})
    words = " ".join(used) or "{cover}"
    title = f"On {words}" if name in ("ghost", "wordpress") else (used or [words])[0]
    told = text.replace("A title", json.dumps(title)).replace("A summary", json.dumps(words))
    made.post(told.replace("A text.", f"{words}\n\nA second time: {words}\n"))
    shown = payloads(made, "--dry-run")

    async def fetched(_client: Any, url: str, *, limit: int, **_: Any) -> Any:
        return picture_of(PIXEL, url, limit=limit)

    with mock.patch("syndicate.pictures.fetch_picture", fetched):
        assert payloads(made) == shown
    for number, (payload, write) in enumerate(zip(shown, sandbox.writes(name), strict=True)):
        body = write.request.body.decode()
        sent = dict(leaves(json.loads(body))) if body.startswith("{") else dict(leaves(dict(parse_qsl(body))))
        for at, value in leaves(payload):
            if not NAME.fullmatch(str(plain.get(f".{number}{at}"))):
                assert sent[at] == value, at


def test_filled() -> None:
    """Only a whole value of a named field is a name; the fingerprint stays."""
    part = Part(
        payload={"id": "{id}", "text": "{id}", "more": [{"id": "{id}"}, {"id": "a {id}"}]}, text="", count=0, limit=0
    )
    filled = part.filled({"{id}": 7}, fields=["id"])
    assert filled.payload == {"id": 7, "text": "{id}", "more": [{"id": 7}, {"id": "a {id}"}]}
    assert part.filled({}, fields=["id"]) is part
