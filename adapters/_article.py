"""What the adapters for whole posts share: title, body, tags and cover cut to `limits`, and comparing addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from .. import text
from ..adapter import Adapter, Image, Post
from ..errors import Rejected
from ..markdown import render


@dataclass(frozen=True, slots=True)
class Article:
    """A post as one platform can take it. `cover` is on the web; `warnings` say what was changed or left out."""

    title: str
    body: str
    tags: tuple[str, ...]
    cover: Image | None
    warnings: tuple[str, ...]


def compose(adapter: Adapter, post: Post, *, cover_shown: bool = True) -> Article:
    """`post` in the dialect and within the limits that `adapter` declares.

    `cover_shown`: the platform shows the cover above the text, so that it need not stand at its top once more.

    Raises:
        Rejected: there is no title, or the body is longer than `limits.text`: cutting it would mutilate the post.
    """
    limits = adapter.limits
    if not post.title.strip():
        raise Rejected(f"{adapter.title} needs a title", field="title", next="add a `title` to the front matter")
    cover = post.cover if post.cover and re.match(r"https?://", post.cover.url) else None
    body = render(
        post.text or post.body,
        adapter.dialect,
        base_url=post.base_url,
        title=post.title,
        pictures=post.pictures,
        cover=cover.url if cover and cover_shown else None,
    )
    size = text.count(body.text, limits.counter)
    if size > limits.text:
        raise Rejected(
            f"the body has {size} {limits.counter}; {adapter.title} takes {limits.text}",
            field="body",
            next="make the post shorter, or leave this target out",
        )
    warnings = list(body.warnings)
    title = text.fit(post.title, limits.title) if limits.title else post.title
    if title != post.title:
        warnings.append(f"the title is cut to {limits.title} characters: “{title}”")
    # Where capitals are no tag characters, they are folded, not taken out.
    capitals = bool(re.fullmatch(limits.tag_chars, "A"))
    names = post.tags if capitals else tuple(tag.lower() for tag in post.tags)
    tags, changed = text.clean_tags(names, most=limits.tags, length=limits.tag_length, chars=limits.tag_chars)
    warnings += changed
    if cover and not cover.alt:
        cover = replace(cover, alt=body.cover_alt)
    if post.cover and not cover:
        warnings.append(f"the cover {post.cover.url} isn't on the web, so it is left out")
    return Article(title, body.text, tags, cover, tuple(warnings))


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two URLs name one page: scheme, case of the host, a slash at the end and the anchor don't count."""
    return bool(one and other) and _core(one) == _core(other)


def _core(url: str | None) -> tuple[str, str, str]:
    parts = urlsplit((url or "").strip())
    return parts.netloc.lower(), parts.path.rstrip("/"), parts.query
