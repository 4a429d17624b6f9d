"""Whether a post is for a target, and how it looks there: languages, drafts, what its author wants different. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .adapter import Post
from .config import Target
from .local import local


def left_out(post: Post, target: Target, source_is_draft: bool, as_draft: bool) -> str:
    """Why a post that was never sent is not for this target; empty when it is."""
    if post.overrides.get(target.name, {}).get("skip"):
        return "the post's front matter says to skip this target"
    if target.languages and not post.language:
        return f"its language is not known, and this target takes {', '.join(target.languages)}; set `lang`"
    if target.languages and post.language and not takes(target.languages, post.language):
        return f"the post is in `{post.language}`; this target takes {', '.join(target.languages)}"
    if source_is_draft and not as_draft:
        return "the post is marked as a draft; `--draft` sends it as one"
    if as_draft and not target.adapter.drafts:
        return f"{target.adapter.title} has no drafts that only you can see"
    return ""


def takes(languages: Sequence[str], language: str) -> bool:
    """Whether a post in `language` is meant by `languages`: `en` takes `en-gb` too, `zh-tw` only itself."""
    return language in languages or language.split("-", maxsplit=1)[0] in languages


def for_target(post: Post, target: Target) -> Post:
    """The post with what its author wants different there, and the link that leads to it from there.

    Where pictures are uploaded, those of the project have the addresses that say so.
    """
    title = post.title
    post = post.for_target(target.name)
    if post.title != title:
        from .markdown.titles import without

        # The heading there would be a second title.
        post = replace(post, body=without(post.body, title))
    taken = {written: there for written, there in post.on_disk.items() if there} if target.uploads else {}
    if taken:
        cover = post.cover
        if cover and (there := taken.get(cover.written)):
            cover = replace(cover, url=there)
        post = replace(post, pictures=taken, cover=cover)
    elif post.pictures:  # queued for what took uploads then
        from .check_text import absolute

        cover = post.cover
        if cover and local(cover.url):
            cover = replace(cover, url=absolute(cover.written, post.base_url) or cover.written)
        post = replace(post, pictures={}, cover=cover)
    if target.utm is None or not post.canonical_url:
        return post
    from .tracking import tagged

    link = tagged(post.canonical_url, target.utm, adapter=target.adapter.name, target=target.name)
    return replace(post, link=link)
