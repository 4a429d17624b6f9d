"""Where static site generators want a page, and what they call the things in its front matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..adapter import Post
from ..errors import Rejected
from ._article import Article


@dataclass(frozen=True, slots=True)
class Generator:
    """`path`: where its pages go. `configs`: files by which it is known. `names`: its words for our fields."""

    path: str
    configs: tuple[str, ...]
    names: Mapping[str, str]


GENERATORS = {
    "hugo": Generator(
        "content/posts/{slug}.md",
        ("hugo.toml", "hugo.yaml", "config.toml", "config.yaml", "hugo.json", "config/_default/hugo.toml"),
        {"date": "date", "cover": "images", "canonical": "canonicalURL", "language": "lang"},
    ),
    "jekyll": Generator(
        "_posts/{date}-{slug}.md",
        ("_config.yml", "_config.yaml", "_config.toml"),
        {"date": "date", "cover": "image", "canonical": "canonical_url", "language": "lang"},
    ),
    "astro": Generator(
        "src/content/blog/{slug}.md",
        ("astro.config.mjs", "astro.config.ts", "astro.config.js", "astro.config.mts"),
        {"date": "pubDate", "cover": "heroImage", "canonical": "canonicalURL", "language": "lang"},
    ),
}


def page(template: str, post: Post, slug: str) -> str:
    """A path or an address of the post's page.

    Raises:
        Rejected: the template asks for what the post has not, or for what nobody knows.
    """
    date = post.date
    values = {
        "slug": slug,
        "language": post.language or "",
        **(
            {"date": f"{date:%Y-%m-%d}", "year": f"{date:%Y}", "month": f"{date:%m}", "day": f"{date:%d}"}
            if date
            else {}
        ),
    }

    def value(found: re.Match[str]) -> str:
        if found[1] in ("date", "year", "month", "day") and not date:
            raise Rejected("the page's path needs a date", field="date", next="add `date` to the front matter")
        if found[1] not in values:
            raise Rejected(f"`{found[0]}` is nothing that a post has", field="path", next="mend `path` or `url`")
        return values[found[1]]

    return re.sub(r"\{(\w+)\}", value, template)


def front_matter(generator: str, post: Post, article: Article, *, canonical: str | None) -> str:
    """The YAML that stands before the text, fence and all."""
    import yaml

    names = GENERATORS[generator].names
    fields: dict[str, Any] = {"title": article.title}
    if post.date:
        fields[names["date"]] = post.date
    if post.summary:
        fields["description"] = post.summary
    if article.tags:
        fields["tags"] = list(article.tags)
    if post.series:
        fields["series"] = [post.series] if generator == "hugo" else post.series
    if article.cover:
        fields[names["cover"]] = [article.cover.url] if generator == "hugo" else article.cover.url
    if canonical:
        fields[names["canonical"]] = canonical
    if post.language:
        fields[names["language"]] = post.language
    if post.draft:
        fields |= {"published": False} if generator == "jekyll" else {"draft": True}
    written = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False)
    return f"---\n{written}---\n\n"
