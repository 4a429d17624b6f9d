"""A feed's entry → a `Post` like any other."""

from __future__ import annotations

import re

from ..adapter import Image, Post
from . import Entry, FeedTrouble

__all__ = ["to_post"]

_TITLE_WORDS = 12
_TITLE_LENGTH = 80


def to_post(entry: Entry, *, key: str, full_text: bool, feed_language: str | None) -> Post:
    """Makes a post of an entry.

    Args:
        entry: What the feed says.
        key: What the ledger knows the post by.
        full_text: Carry the whole text if the feed has it; else a summary and a link.
        feed_language: Taken where the entry names no language of its own.

    Raises:
        FeedTrouble: ``broken``: it has neither a text nor a link. ``refused``: it has no link, and a text that is longer
            or more deeply nested than any post.
    """
    from ..post.bounds import excess
    from ..post.language import tag
    from .to_markdown import to_markdown
    from .words import one_line, text_of

    warnings: list[str] = []
    body = ""
    if entry.html and full_text and entry.whole:
        try:
            body, lost = to_markdown(entry.html, entry.base)
            if found := excess(body):
                body = ""
                raise FeedTrouble(f"the text has {found}", kind="refused")
            warnings += lost
        except FeedTrouble as trouble:
            if not entry.link:
                raise
            warnings.append(f"{trouble.message}; only a link is posted")
    elif full_text and not entry.whole:
        warnings.append("the feed has a summary only; the post is an announcement with a link")
    text = text_of(entry.html)
    summary = entry.summary or (_shortened(text) if text else None)
    if not body:
        body = _announcement(entry, summary)
    title = entry.title
    if not title and text:
        title = _first_words(text)
        warnings.append("the entry has no title; its first words are used")
    title = title or one_line(entry.link or "")
    language = tag(entry.language or "") or tag(feed_language or "")
    return Post(
        key=key,
        source=entry.link or entry.id,
        title=title,
        body=body,
        canonical_url=_plain(entry.link),
        base_url=_plain(entry.link) or entry.base or None,
        summary=summary,
        tags=entry.tags,
        date=entry.published or entry.updated,
        cover=Image(entry.cover) if entry.cover else None,
        language=language,
        path=None,
        certain=True,
        warnings=tuple(warnings),
    )


def _announcement(entry: Entry, summary: str | None) -> str:
    """A summary and the way to the rest."""
    from ..markdown.links import destination
    from .escape import clean, marked, unmarked

    parts = [unmarked(marked(clean(summary)))] if summary else []
    if link := _plain(entry.link):
        parts.append(f"[Read the whole post]({destination(link)})")
    if not parts:
        raise FeedTrouble("the entry has neither a text nor a link", kind="broken")
    return "\n\n".join(parts) + "\n"


def _plain(link: str | None) -> str | None:
    """A link without what only counts where readers come from."""
    if not link or "utm_" not in link:
        return link
    address, mark, query = link.partition("?")
    query, hash, fragment = query.partition("#")
    kept = [pair for pair in query.split("&") if not pair.startswith("utm_")]
    return address + (mark + "&".join(kept) if kept else "") + hash + fragment


def _first_words(text: str) -> str:
    words = text.split()
    title = " ".join(words[:_TITLE_WORDS])
    if len(title) > _TITLE_LENGTH:
        title = title[:_TITLE_LENGTH].rpartition(" ")[0] or title[:_TITLE_LENGTH]
    return title if len(title) == len(" ".join(words)) else f"{title}…"


def _shortened(text: str, most: int = 300) -> str:
    """The first sentences of a text."""
    if len(text) <= most:
        return text
    cut = text[:most]
    end = max((match.end() for match in re.finditer(r"[.!?](?=\s)|[。！？]", cut)), default=0)
    if end > most // 3:
        return cut[:end]
    return f"{cut.rpartition(' ')[0] or cut}…"
