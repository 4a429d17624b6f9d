"""The platforms, and how each reads what it is sent: its own syntax is written down here, and in docs/fidelity.md."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from syndicate.adapter import Adapter, Draft
from syndicate.registry import adapter_class

from . import page
from .page import Page
from .source import body


@dataclass(frozen=True)
class Place:
    """An adapter with its options. `read`: the page that its readers see. `whole`: it takes the whole post."""

    adapter: str
    read: Callable[[Draft], Page]
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    whole: bool = True

    def made(self) -> Adapter:
        return adapter_class(self.adapter)(**self.options)


def _markdown(draft: Draft) -> Page:
    return page.markdown(draft.parts[0].text)


def _hashnode(draft: Draft) -> Page:
    """`%[…]` shows a card of its address."""
    return page.markdown(re.sub(r"^([ >]*)%\[(\S+)\]$", r"\1<\2>", draft.parts[0].text, flags=re.MULTILINE))


def _wordpress(draft: Draft) -> Page:
    """An embed is a card of its address."""
    text = re.sub(
        r'(<div class="wp-block-embed__wrapper">)\s*(\S+)\s*(</div>)', r'\1<a href="\2">\2</a>\3', draft.parts[0].text
    )
    return page.html(text)


def _ghost(draft: Draft) -> Page:
    """Ghost names headings by a rule of its own; links to them lead to what they say."""
    text = draft.parts[0].text
    names = {}
    for name, said in re.findall(r'<h[1-6] id="([^"]*)">(.*?)</h[1-6]>', text, re.DOTALL):
        words = html.unescape(re.sub(r"<[^>]*>", "", said)).strip().lower()
        bare = re.sub(r"\s+", "-", "".join(c for c in words if c not in "][!\"#$%&'()*+,./:;<=>?@\\^_{|}~"))
        names.setdefault(quote(re.sub(r"^-|-{2,}|-$", "", bare), safe="-!*'()."), name)
    return page.html(re.sub(r'(<a href="#)([^"]*)', lambda m: m[1] + names.get(html.unescape(m[2]), m[2]), text))


def _forem(draft: Draft) -> Page:
    """Forem runs Liquid first: `raw` and `katex` show what they hold, `embed` a card of its address."""
    text = re.sub(r"\{%-?\s*(?:end)?(?:raw|katex)(?:\s+inline)?\s*-?%\}", "", draft.parts[0].text)
    return page.markdown(re.sub(r"\{%\s*embed\s+(\S+)\s*%\}", r"<\1>", text))


def _hugo(draft: Draft) -> Page:
    """Hugo shows a shortcode in comment marks as it is without them."""
    text = re.sub(r"\{\{([<%])/\*(.*?)\*/([>%])\}\}", r"{{\1\2\3}}", draft.parts[0].text, flags=re.DOTALL)
    return page.markdown(body(text))


def _jekyll(draft: Draft) -> Page:
    """Jekyll's Liquid: as above, and an output of a string shows the string."""
    text = re.sub(r"\{\{ '(\{%.*?%\})' \}\}", r"\1", draft.parts[0].text)
    return page.markdown(re.sub(r"^\{% (?:end)?raw %\}\n?", "", body(text), flags=re.MULTILINE))


def _slack(draft: Draft) -> Page:
    (text,) = (block["text"] for block in draft.parts[0].payload["blocks"] if block["type"] == "markdown")
    return page.markdown(text)


def _plain(draft: Draft) -> Page:
    return page.plain("\n\n".join(part.text for part in draft.parts))


def _thread(draft: Draft) -> Page:
    """The texts, then the alternative texts of the pictures that go with them."""
    names = [name for part in draft.parts for name in part.payload.get("media", {}).get("media_ids", ())]
    alts = [name.removesuffix("}").partition(" ")[2] for name in names]
    return page.plain("\n\n".join([*(part.text for part in draft.parts), *alts]))


def _kit(name: str) -> Callable[[Draft], Page]:
    """The file that a person hands in."""

    def read(draft: Draft) -> Page:
        text = draft.parts[0].payload["files"][name]
        return page.html(text) if name.endswith(".html") else page.markdown(text)

    return read


_FOLDER = {"folder": "/srv/site"}
_SITE = {"base_url": "https://site.example.org"}

#: Those that take the whole post.
WHOLE = {
    "devto": Place("devto", _forem),
    "hashnode": Place("hashnode", _hashnode, {"publication_id": "p"}),
    "medium": Place("medium", _markdown),
    "github": Place("github", _markdown, {"repository": "owner/name"}),
    "reddit": Place("reddit", _markdown, {"subreddit": "test", "kind": "self"}),
    "ghost": Place("ghost", _ghost, _SITE),
    "wordpress": Place("wordpress", _wordpress, {**_SITE, "username": "me"}),
    "hugo": Place("folder", _hugo, {**_FOLDER, "generator": "hugo"}),
    "jekyll": Place("folder", _jekyll, {**_FOLDER, "generator": "jekyll", "path": "{slug}.md"}),
    "astro": Place("folder", lambda draft: page.markdown(body(draft.parts[0].text)), {**_FOLDER, "generator": "astro"}),
    "dzone": Place("dzone", _kit("post.html")),
    "hackernoon": Place("hackernoon", _kit("post.html")),
    "opensource": Place("opensource", _kit("post.md")),
    "slack": Place("slack", _slack, {"channel": "C0123456789", "mode": "full"}),
    "thread": Place("twitter", _thread, {"mode": "thread"}),
}

#: Those that take a few words about it.
SHORT = {
    "x": Place("twitter", _plain, whole=False),
    "reddit link": Place("reddit", _plain, {"subreddit": "test"}, whole=False),
    "mastodon": Place("mastodon", _plain, {"base_url": "https://social.example"}, whole=False),
    "bluesky": Place("bluesky", _plain, {"identifier": "me.example"}, whole=False),
    "linkedin": Place("linkedin", _plain, whole=False),
    "facebook": Place("facebook", _plain, {"page_id": "1"}, whole=False),
    "slack announcement": Place("slack", _plain, {"channel": "C0123456789"}, whole=False),
    "discord": Place("discord", _plain, whole=False),
    "telegram": Place("telegram", _plain, {"chat_id": "@me"}, whole=False),
    "github link": Place("github", _markdown, {"repository": "owner/name", "kind": "link"}, whole=False),
    "hackernews": Place("hackernews", _plain, whole=False),
    "infoq": Place("infoq", _plain, whole=False),
    "techcrunch": Place("techcrunch", _plain, whole=False),
}
