"""Real posts of the corpus as they arrive at every place: limits, links, front matter, HTML, marks of each place's own."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email.policy import default
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from syndicate.adapters._bluesky_text import length as bluesky_length
from syndicate.adapters._linkedin_text import plain as linkedin_plain
from syndicate.adapters._mastodon_text import length as mastodon_length
from syndicate.adapters._original import _LINES

from syndicate.adapter import Draft, Post
from syndicate.errors import Rejected, UsageError
from syndicate.kit import kit
from syndicate.post import load
from syndicate.registry import adapter_class, names

from .support import SHARED

pytestmark = pytest.mark.slow

CORPUS = SHARED / "corpus" / "posts"
if not CORPUS.is_dir():
    pytest.skip(f"{CORPUS} is not here (set SYNDICATE_SHARED)", allow_module_level=True)

AUTHOR = {"author_name": "Zoë Ängström", "author_bio": "Zoë writes about tools.", "author_email": "zoe@example.org"}
#: Adapter and options; kits beside them. Shorts are what a reader sees between others' posts.
SHORT: dict[str, dict[str, Any]] = {
    "bluesky": {"identifier": "a.example"},
    "discord": {},
    "discord text": {"mode": "text"},
    "facebook": {"page_id": "1"},
    "facebook text": {"page_id": "1", "kind": "text"},
    "linkedin": {"author": "urn:li:person:a"},
    "mastodon": {"base_url": "https://m.example"},
    "slack": {"channel": "C0123456789"},
    "telegram": {"chat_id": "@c"},
    "twitter": {},
}
WHOLE: dict[str, dict[str, Any]] = {
    "devto": {},
    "folder": {"folder": "/site", "feed": "index.xml"},
    "folder jekyll": {"folder": "/site", "generator": "jekyll"},
    "folder astro": {"folder": "/site", "generator": "astro"},
    "ghost": {"base_url": "https://g.example"},
    "github": {"repository": "a/b"},
    "hashnode": {"publication_id": "p"},
    "medium": {},
    "reddit": {"subreddit": "a"},
    "reddit self": {"subreddit": "a", "kind": "self"},
    "slack full": {"channel": "C0123456789", "mode": "full"},
    "wordpress": {"base_url": "https://w.example", "username": "a"},
}
KITS = ("dzone", "hackernews", "hackernoon", "infoq", "opensource", "stackoverflow", "techcrunch")
ALL = (*SHORT, *WHOLE, *KITS)

#: Posts with tables, notes, raw HTML, shortcodes, scripts; the rest are every sixteenth.
CHOSEN = (
    "biome-v2-4.mdx", "text.md", "transforms.md", "version-071.mdx", "v10.8.0", "go-release-tools",
    "agent-system-design-openclaw", "reflections-on-a-year", "2018-06-08", "2024-06-07", "metrics.md", "sunlight",
    "thankyou", "trait-system-refactor", "2023-Rust-Annual", "relnotes-interest-group",
)  # fmt: skip
#: HTML that its authors did not close.
BROKEN = ("activityindicator.md", "get-started-without-a-framework.md")


def adapter(name: str) -> Any:
    options = {**SHORT, **WHOLE}.get(name, AUTHOR)
    return adapter_class(name.split(maxsplit=1)[0])(**options)


@cache
def posts() -> tuple[Post, ...]:
    """The sample, each with a link that counts readers."""
    found = []
    for source in sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        paths = sorted([*source.rglob("*.md"), *source.rglob("*.mdx")])
        for number, path in enumerate(paths):
            if number % 16 and not any(name in str(path) for name in CHOSEN):
                continue
            try:
                post = load(path, site_url="https://blog.example.org", site_language="en", root=source)
            except UsageError:
                continue
            found.append(replace(post, link=f"{post.canonical_url}?utm_source=t&utm_medium=x"))
    return tuple(found)


@cache
def results(name: str) -> tuple[tuple[Post, Draft | Rejected], ...]:
    """What each post becomes there, or why it is refused."""
    place, made = adapter(name), []
    for post in posts():
        mine = post if place.tracking else replace(post, link=None)
        try:
            made.append((mine, kit(place, mine) if place.manual else place.render(mine)))
        except Rejected as refused:
            made.append((mine, refused))
    return tuple(made)


def sent(name: str) -> Iterator[tuple[Post, Draft, Any]]:
    """Post, draft and the payload of its first part."""
    for post, draft in results(name):
        if isinstance(draft, Draft):
            yield post, draft, draft.parts[0].payload


def test_every_adapter_is_tried() -> None:
    """A new place is added here too; the sample is large enough to say something."""
    known = {name for name in names("syndicate.adapters") if adapter_class(name).__module__.startswith("syndicate.")}
    assert {name.split()[0] for name in ALL} == known
    assert len(posts()) >= 35


@pytest.mark.parametrize("name", ALL)
def test_limits_hold_and_refusals_help(name: str) -> None:
    """Every part is within its limit and can be sent as JSON; a refusal says why, and what to do."""
    for post, draft in results(name):
        if isinstance(draft, Rejected):
            assert draft.message, post.source
            assert draft.next, post.source
            continue
        assert len(draft.parts) <= adapter(name).limits.parts, post.source
        for part in draft.parts:
            assert part.count <= part.limit, post.source
            json.dumps(part.payload, allow_nan=False, ensure_ascii=False).encode()


_TEMPLATE = re.compile(r"\{\{[<%]|\{%")
_CODE = re.compile(
    r"^ *>? ?(?P<mark>`{3,}|~{3,}).*?^\s*>?\s*(?P=mark)[`~]*\s*$|(?P<tick>`+).*?(?P=tick)", re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize("name", ALL)
def test_no_template_syntax_is_left_without_a_warning(name: str) -> None:
    """What a generator would have run is gone from what readers see, or a warning quotes it. Code may hold anything."""
    for post, draft, _ in sent(name):
        prose = re.sub(r"<(pre|code)\b.*?</\1>", "", "\n\n".join(part.text for part in draft.parts), flags=re.DOTALL)
        prose = re.sub(r"\{%-?\s*(end)?(raw|katex|embed)\b.*?%\}", "", _CODE.sub("", prose))
        for left in _TEMPLATE.findall(prose):
            assert any(left in warning for warning in draft.warnings), (post.source, left)


#: How the line about the original begins, in any language.
ORIGINALLY = "|".join(re.escape(line.removesuffix("{}").strip()) for line in _LINES.values())


def canonical_of(name: str, payload: Any) -> list[str | None]:
    """What the place is told to be the original's address: fields, and lines about it."""
    match name.split(maxsplit=1)[0]:
        case "devto":
            return [payload["article"].get("canonical_url")]
        case "hashnode":
            return [payload["variables"]["input"].get("originalArticleURL")]
        case "medium":
            return [payload.get("canonicalUrl")]
        case "ghost":
            return [payload["posts"][0].get("canonical_url")]
        case "folder":
            head = yaml.safe_load(payload["content"].split("---\n", 2)[1])
            return [head.get("canonicalURL") or head.get("canonical_url")]
        case "wordpress":
            return [
                unescape(found) for found in re.findall(rf'(?:{ORIGINALLY})\s*<a href="([^"]*)"', payload["content"])
            ]
        case "dzone" | "opensource":
            whole = payload["files"].get("post.html") or payload["files"]["post.md"]
            return [unescape(found) for found in re.findall(r'Originally published at <(?:a href=")?([^">]*)', whole)]
        case "reddit":
            if payload["kind"] == "link":
                return [payload["url"]]
            return re.findall(r"Originally published at <([^>]*)>", payload["text"])[-1:]
    return []


@pytest.mark.parametrize(
    "name", [*(name for name in WHOLE if name not in {"github", "slack full"}), "dzone", "opensource"]
)
def test_the_canonical_address_is_never_altered(name: str) -> None:
    """It is there, without parameters that count readers."""
    for post, _, payload in sent(name):
        said = canonical_of(name, payload)
        assert set(said) <= {post.canonical_url}, post.source
        if not said:  # a line is left out where the text has the address already
            assert name in {"dzone", "opensource", "reddit self", "wordpress"}
            assert re.search(rf"{re.escape(post.canonical_url or '')}(?![\w/?#])", str(payload)), post.source


@pytest.mark.parametrize("name", SHORT)
def test_readers_are_led_there_once(name: str) -> None:
    """The address that counts readers stands in the text or in the card, not in both, and not twice."""
    for post, _, payload in sent(name):
        address = post.to_read or ""
        shown = {
            key: value
            for key, value in payload.items()
            if key not in ("metadata", "link_preview_options") and (key != "text" or "blocks" not in payload)
        }
        said = unescape(json.dumps(shown, ensure_ascii=False))
        assert said.count(address) == 1, post.source


@pytest.mark.parametrize("name", SHORT)
def test_the_text_stands_by_itself(name: str) -> None:
    """No markup, no marks of notes, no badge, no sentence that leads to a list which is not there."""
    for post, draft, _ in sent(name):
        text = draft.parts[0].text.replace(post.title, "")
        paragraphs = re.sub(r"\\(.)", r"\1", text).split("\n\n")
        assert not re.search(r"\]\(https?:|\[\^|<!--|!\[", text), post.source
        assert not any(re.match(r"(?i)tl;?dr|\[image", paragraph) for paragraph in paragraphs), post.source
        assert not any(paragraph.rstrip("*").endswith((":", "：")) for paragraph in paragraphs), post.source


class Tags(HTMLParser):
    """What is wrong with the tags of a piece of HTML, by the rules of HTML 5."""

    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905
    OPTIONAL = frozenset("p li dt dd tr td th tbody thead tfoot option".split())  # noqa: SIM905
    BLOCKS = frozenset("aside blockquote details div dl figure h1 h2 h3 h4 h5 h6 hr ol p pre section table ul".split())  # noqa: SIM905

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self.open if tag not in self.OPTIONAL]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BLOCKS and self.open[-1:] == ["p"]:
            self.wrong.append(f"<{tag}> in a paragraph")
            self.open.pop()
        if tag == "a" and "a" in self.open:
            self.wrong.append("a link in a link")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The slash means nothing."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID or tag not in self.open:
            self.wrong.append(f"</{tag}> closes nothing")
            return
        while (last := self.open.pop()) != tag:
            if last not in self.OPTIONAL:
                self.wrong.append(f"</{tag}> closes <{last}>")


def html_of(name: str, payload: Any) -> str:
    """The HTML that the place shows; empty where it makes its own."""
    match name:
        case "ghost":
            return str(payload["posts"][0]["html"])
        case "wordpress":
            return str(payload["content"])
        case "telegram":
            return str(payload["text"])
    return str(payload["files"]["post.html"].partition("</title>")[2])


@pytest.mark.parametrize("name", ["ghost", "wordpress", "telegram", "hackernoon", "dzone"])
def test_html_is_sound(name: str) -> None:
    """Tags are closed in order; prose is escaped once; code keeps its language."""
    for post, _, payload in sent(name):
        html = html_of(name, payload)
        if not post.source.endswith(BROKEN):
            assert Tags(html).wrong == [], post.source
        prose = re.sub(r"<(pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)
        assert ("&amp;amp;" in prose) <= ("&amp;amp;" in post.body), post.source
        if name in ("ghost", "wordpress"):
            fenced = re.findall(r"^```(rust|go|yaml|json|bash|js|ts)\n", post.body, re.MULTILINE)
            assert all(f"language-{word}" in html for word in fenced), post.source


@pytest.mark.parametrize("name", [name for name in WHOLE if name.startswith("folder")])
def test_front_matter_is_what_a_generator_reads(name: str) -> None:
    """YAML with the title and the tags as they are, and a date that is one."""
    for post, _, payload in sent(name):
        opening, head, _ = payload["content"].split("---\n", 2)
        fields = yaml.safe_load(head)
        assert opening == ""
        assert fields["title"] == post.title
        assert all(isinstance(tag, str) for tag in fields.get("tags", ()))
        dates = [fields[key] for key in ("date", "pubDate") if key in fields]
        assert len(dates) == bool(post.date)
        assert all(isinstance(day, date) for day in dates), post.source


def test_facets_of_bluesky() -> None:
    """Each covers, by UTF-8 byte, exactly the word that it means; nobody is mentioned by chance."""
    for post, _, payload in sent("bluesky"):
        record = payload["record"]
        whole = record["text"].encode()
        assert bluesky_length(record["text"]) <= 300
        assert len(whole) <= 3000
        for facet in record.get("facets", ()):
            word = whole[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
            (feature,) = facet["features"]
            assert feature.get("tag", word.lstrip("#")) == word.lstrip("#"), post.source
            assert word in feature.get("uri", word), post.source
            assert "did" not in feature, post.source


def test_counts_of_mastodon() -> None:
    """An address counts 23, whatever its length; a Chinese character one."""
    for post, draft, payload in sent("mastodon"):
        count = draft.parts[0].count
        assert count == mastodon_length(payload["status"]) <= 500
        apart = payload["status"].replace(post.to_read, "")
        if "http" not in apart and "@" not in apart and apart.isprintable():
            assert count == len(apart) + 23


def test_escapes_of_linkedin() -> None:
    """What a reader sees is the text, and nothing that is reserved stands bare: there LinkedIn would cut it."""
    for post, draft, payload in sent("linkedin"):
        bare = re.sub(r"\{hashtag\|\\#\|\w+\}|\\.", "", payload["commentary"])
        assert not re.search(r"[\\|{}@\[\]()<>#*_~]", bare), post.source
        assert draft.parts[0].text.startswith(linkedin_plain(payload["commentary"])), post.source


@pytest.mark.parametrize("name", ["discord", "discord text"])
def test_limits_of_discord(name: str) -> None:
    """In UTF-16 units: title 256, description 4096, footer 2048, content 2000."""

    def size(value: str) -> int:
        return len(value.encode("utf-16-le")) // 2

    for post, _, payload in sent(name):
        assert size(payload.get("content", "")) <= 2000, post.source
        for card in payload.get("embeds", ()):
            assert size(card.get("title", "")) <= 256, post.source
            assert size(card.get("description", "")) <= 4096, post.source
            assert size(card.get("footer", {}).get("text", "")) <= 2048, post.source


@pytest.mark.parametrize("name", ["slack", "slack full"])
def test_limits_of_slack(name: str) -> None:
    """Blocks are 50 at most and none is empty; header 150, section 3000, Markdown 12000 characters."""
    most = {"header": 150, "section": 3000, "markdown": 12_000}
    for post, _, payload in sent(name):
        assert len(payload["blocks"]) <= 50
        for block in payload["blocks"]:
            if block["type"] in most:
                words = block["text"] if isinstance(block["text"], str) else block["text"]["text"]
                assert 0 < len(words) <= most[block["type"]], post.source


@pytest.mark.parametrize("name", ["infoq", "techcrunch"])
def test_pitches_are_letters(name: str) -> None:
    """A mail program reads subject, sender and text as they were meant."""
    for post, _, payload in sent(name):
        letter = email.message_from_string(payload["files"]["pitch.eml"], policy=default)
        assert str(letter["Subject"]).endswith(post.title), post.source
        assert not str(letter["Subject"]).startswith(" ")
        assert letter["From"] == "Zoë Ängström <zoe@example.org>"
        assert letter.get_content().replace("\r\n", "\n") == payload["files"]["pitch.txt"]  # type: ignore[attr-defined]
        assert not re.search(r"[!?。！？]\.", payload["files"]["pitch.txt"]), post.source
