"""The slug of a post where the platform lets us choose it: always the same, so that it can be asked for."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..adapter import Post


def slug_of(post: Post) -> str:
    """The last path segment of the canonical URL, when it says something, else the title's slug. ASCII."""
    from slugify import slugify

    last = urlsplit(post.canonical_url or "").path.rstrip("/").rpartition("/")[2]
    slug = str(slugify(re.sub(r"\.(html?|php|md)$", "", last)))
    if slug and slug != "index" and not slug.replace("-", "").isdigit():
        return slug
    return str(slugify(post.title) or slugify(post.key))
