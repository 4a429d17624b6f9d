"""The feeds' documents: RSS 2.0 and Atom, as generators write them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from html import escape

_WORDS = (
    *("release", "parser", "queue", "ledger", "window", "socket", "kernel", "buffer", "commit", "branch", "merge"),
    *("deploy", "latency", "cache", "index", "schema", "thread", "signal", "driver", "module", "compiler", "linker"),
    *("backend", "request", "retry", "budget", "metric", "trace", "memory", "page"),
)
_MARK = re.compile(r"(mk\d{3}n\d{4})([btz])(\d+)")


@dataclass(frozen=True, slots=True)
class Offered:
    """One entry as a feed offers it. `id`: `None` where it has none of its own. `published`: seconds since the epoch."""

    id: str | None
    permalink: bool
    link: str
    title: str
    html: str
    published: float
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What a text says of where it is from: which entry, which version of it, and whether its end is there."""

    entry: str
    version: int
    whole: bool


def marker(feed: int, number: int) -> str:
    return f"mk{feed:03}n{number:04}"


def title_of(mark: str, version: int) -> str:
    chance = random.Random(f"{mark} title {version}")
    return f"The {chance.choice(_WORDS)} & the {chance.choice(_WORDS)}, {mark}t{version}"


def html_of(mark: str, version: int) -> str:
    """A text that begins and ends with what tells it, with enough words to be known by."""
    chance = random.Random(f"{mark} text {version}")
    some = [" ".join(chance.choice(_WORDS) for _ in range(12)) for _ in range(4)]
    return (
        f"<p>{mark}b{version} {some[0]}, <em>{some[1]}</em>.</p>\n<ul><li>{some[2]}</li><li>2 &lt; 3 &amp; 4</li></ul>"
        f'\n<pre><code class="language-python">x = "{mark}"\n</code></pre>\n<p>{some[3]} {mark}z{version}</p>'
    )


def marks_of(text: str) -> Marks | None:
    """What a text that arrived somewhere says of itself; `None` when that is nothing."""
    found = _MARK.findall(text)
    begun = next(((mark, int(version)) for mark, kind, version in found if kind == "b"), None)
    return Marks(*begun, (begun[0], "z", str(begun[1])) in found) if begun else None


def named_in(title: str) -> str | None:
    """The entry that a title was made for."""
    return next((mark for mark, kind, _ in _MARK.findall(title) if kind == "t"), None)


def rss(name: str, home: str, entries: Sequence[Offered], *, ttl: int | None = None) -> bytes:
    """`ttl`: minutes."""
    items = []
    for entry in entries:
        guid = f'<guid isPermaLink="{str(entry.permalink).lower()}">{escape(entry.id)}</guid>' if entry.id else ""
        tags = "".join(f"<category>{escape(tag)}</category>" for tag in entry.tags)
        items.append(
            f"<item><title>{escape(entry.title)}</title><link>{escape(entry.link)}</link>{guid}{tags}"
            f"<pubDate>{formatdate(entry.published, usegmt=True)}</pubDate>"
            f"<content:encoded><![CDATA[{entry.html}]]></content:encoded></item>"
        )
    wait = f"<ttl>{ttl}</ttl>" if ttl else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{name}</title><link>{home}</link><description>{name}</description><language>en</language>{wait}\n"
        + "\n".join(items)
        + "\n</channel></rss>\n"
    ).encode()


def atom(name: str, home: str, entries: Sequence[Offered]) -> bytes:
    """Without a `ttl`: Atom has none. An entry's id, which Atom asks for, is its link where it has none."""
    items = []
    for entry in entries:
        when = datetime.fromtimestamp(entry.published, UTC).isoformat()
        tags = "".join(f'<category term="{escape(tag)}"/>' for tag in entry.tags)
        items.append(
            f"<entry><title>{escape(entry.title)}</title><id>{escape(entry.id or entry.link)}</id>"
            f'<link rel="alternate" href="{escape(entry.link)}"/>{tags}'
            f"<published>{when}</published><updated>{when}</updated>"
            f'<content type="html">{escape(entry.html)}</content></entry>'
        )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f'<title>{name}</title><id>urn:{name}</id><link href="{home}"/><updated>2026-10-30T00:00:00Z</updated>\n'
        + "\n".join(items)
        + "\n</feed>\n"
    ).encode()
