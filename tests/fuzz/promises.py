"""What has to hold of any text, whatever it holds."""

from __future__ import annotations

import re
from functools import cache
from pathlib import PurePosixPath
from zlib import crc32

from syndicate.adapter import Post
from syndicate.check import stand_in
from syndicate.check_mistakes import mistakes
from syndicate.check_text import contents
from syndicate.config import Target
from syndicate.errors import Bug, Rejected, UsageError
from syndicate.markdown import Dialect, Rendered, first_paragraph, render
from syndicate.plan import rendered as made
from syndicate.post import parse
from syndicate.post.snapshot import dump, load
from syndicate.registry import STANDINS, adapter_class, names

SOURCE = "fuzz.md"
SITES = ("https://blog.example.org/a/", None)
#: What stands in for something on the way through the pipeline.
MARKS = re.compile("[\ufdd0-\ufdef]|unresolved-tag:")


@cache
def targets() -> tuple[Target, ...]:
    """One of each platform."""
    return tuple(stand_in(adapter_class(name)) for name in names(STANDINS))


@cache
def dialects() -> dict[str, Dialect]:
    """Those that the adapters declare, each once, by the name of the first."""
    found: dict[Dialect, str] = {}
    for target in targets():
        found.setdefault(target.adapter.dialect, target.name)
    return {name: dialect for dialect, name in found.items()}


def read(text: str, site: str | None = SITES[0]) -> Post | UsageError:
    """The post, or why it is none."""
    try:
        return parse(
            text, source=SOURCE, site_url=site, site_language="en", root_relative=PurePosixPath("posts", SOURCE)
        )
    except UsageError as error:
        return error


def front(text: str) -> Post | None:
    """A text is a post that can be encoded, stored and read again; or a `UsageError` says where, why and what to do."""
    site = SITES[crc32(text.encode("utf-8", "replace")) % 2]
    post = read(text, site)
    if isinstance(post, UsageError):
        assert post.message.startswith(f"{SOURCE}:"), post.message
        assert post.next, post.message
        told = mistakes(text, source=SOURCE, site_url=site, site_language="en", path=PurePosixPath(SOURCE))
        assert all(one.next for one in told)
        return None
    assert post.title.strip()
    assert post.body.strip()
    dump(post).encode("utf-8")
    assert load(dump(post)) == post
    return post


def pipeline(body: str) -> None:
    """A text is rendered for a platform; which one follows from the text."""
    number = crc32(body.encode("utf-8", "replace"))
    dialect = list(dialects().values())[number % len(dialects())]
    site = SITES[number % 2]
    rendered(body, dialect, site)
    assert "\n" not in first_paragraph(body)
    contents(body, base_url=site, title="A title")
    target = targets()[number % len(targets())]
    if body.strip():
        sent(post_of(body, site), target)


def sent(post: Post, target: Target) -> None:
    """A post is made into a draft for a platform, or refused; nothing else may come."""
    try:
        made(target.adapter, post, by_hand=target.by_hand)
    except Rejected:
        return
    except Bug as bug:
        raise bug.__cause__ or bug from bug


def rendered(body: str, dialect: Dialect, site: str | None = SITES[0]) -> Rendered:
    """The text in a dialect: the same each time, without our marks and with a word about each tag that is left."""
    result = render(body, dialect, base_url=site, title="A title")
    assert result == render(body, dialect, base_url=site, title="A title"), "not the same the second time"
    if not MARKS.search(body):
        shown = [result.text, *(block.text + block.address + block.alt for block in result.blocks)]
        assert not any(MARKS.search(text) for text in shown), "marks of the pipeline are left"
        assert not any(MARKS.search(text) for text in result.warnings), "marks of the pipeline are in a warning"
    return result


def post_of(body: str, site: str | None) -> Post:
    return Post(key="k", source=SOURCE, title="A title", body=body, canonical_url=site, base_url=site)
