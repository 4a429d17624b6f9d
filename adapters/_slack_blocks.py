"""Slack's blocks of a post, within their limits; facts as in `slack`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from .. import text
from ..adapter import Adapter, Part, Post
from ..errors import Rejected
from ._announcement import announce, joined
from ._article import compose

#: Characters of a section; of all `markdown` blocks of a message; of a header.
SECTION, MARKDOWN, HEADER = 3000, 12_000, 150
TAGS, TAG_CHARS = 10, r"[\w .+#/&'-]"
_SHORTER = 'set `mode = "announcement"` for this target, or write a shorter `text` for it in the front matter'


def escaped(plain: str) -> str:
    """Plain text for mrkdwn: the three signs that begin mentions, links and entities."""
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def announcement(post: Post) -> tuple[Part, list[str]]:
    """Title, lead, link and tags, or the author's own text; and what was changed or left out."""
    made = announce(post, SECTION, lambda value: len(escaped(value)))
    heading, said = _heading(made.title)
    tags, changed = text.clean_tags(() if made.own else post.tags, most=TAGS, chars=TAG_CHARS)
    blocks = [
        *heading,
        *([_section("mrkdwn", escaped(made.own))] if made.own else []),
        # What the post says is shown as it is: `*args` stays what it is.
        *([_section("plain_text", made.lead)] if made.lead else []),
        *_ending(made.link, tags),
    ]
    shown = joined(made.text, " · ".join(tags))
    payload = {"text": escaped(made.text), "blocks": blocks}
    count = len(escaped(made.own)) if made.own else len(made.lead)
    return Part(payload=payload, text=shown, count=count, limit=SECTION), [*made.warnings, *said, *changed]


def full(adapter: Adapter, post: Post) -> tuple[Part, list[str]]:
    """The whole post in a `markdown` block; its title and lead are what a notification says."""
    try:
        article = compose(adapter, replace(post, cover=None))
    except Rejected as refused:
        if refused.field == "body":
            refused.next = _SHORTER
        raise
    body = article.body.strip("\n")
    if not body:
        raise Rejected("there is no text", field="body", next=_SHORTER)
    brief = announce(replace(post, text=None, title=article.title), SECTION, lambda value: len(escaped(value)))
    heading, _ = _heading(article.title)
    blocks = [*heading, {"type": "markdown", "text": body}, *_ending(brief.link, article.tags)]
    shown = joined(article.title, body, brief.link, " · ".join(article.tags))
    payload = {"text": escaped(brief.text), "blocks": blocks}
    return Part(payload=payload, text=shown, count=len(body), limit=MARKDOWN), list(article.warnings)


def _heading(title: str) -> tuple[list[dict[str, Any]], list[str]]:
    fitted = text.fit(title, HEADER)
    said = [f"the title is cut to {HEADER} characters: “{fitted}”"] if fitted != title else []
    return ([{"type": "header", "text": _plain(fitted)}] if fitted else []), said


def _ending(link: str, tags: tuple[str, ...]) -> list[dict[str, Any]]:
    """A link, not a button: a click on one is sent to the app too, and marked as failed where nobody listens."""
    blocks: list[dict[str, Any]] = []
    if link:
        address = escaped(link.replace("|", "%7C"))
        blocks.append(_section("mrkdwn", f"<{address}|{escaped(urlsplit(link).netloc or link)}>"))
    if tags:
        blocks.append({"type": "context", "elements": [_plain(" · ".join(tags))]})
    return blocks


def _section(kind: str, value: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain(value) if kind == "plain_text" else {"type": kind, "text": value}}


def _plain(value: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": value, "emoji": False}
