"""Every real post of the corpus, rendered for all five platforms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from syndicate.adapter import Adapter, Draft, Post
from syndicate.errors import Rejected, UsageError
from syndicate.post import load
from syndicate.registry import adapter_class

from .fidelity.source import without_labels
from .support import SHARED

pytestmark = pytest.mark.slow

CORPUS = SHARED / "corpus" / "posts"
if not CORPUS.is_dir():
    pytest.skip(f"{CORPUS} is not here (set SYNDICATE_SHARED)", allow_module_level=True)

WHOLE = {
    "devto": {},
    "hashnode": {"publication_id": "p"},
    "medium": {},
    "reddit": {"subreddit": "test", "kind": "self"},
}
SHORT = {
    "reddit link": {"subreddit": "test"},
    "twitter": {},
    "twitter thread": {"mode": "thread"},
}
ALL = {**WHOLE, **SHORT}

#: What a generator or a platform would run if it were left in a text.
TEMPLATE = re.compile(r"\{\{[<%]|\{%")
FENCE = re.compile(r"^(?P<indent> *>? ?)(?P<mark>`{3,}|~{3,}).*?^\s*>?\s*(?P=mark)[`~]*\s*$", re.MULTILINE | re.DOTALL)


@cache
def posts() -> list[Post]:
    """Every post that can be read; those without a title or a text are not posts."""
    found = []
    for source in sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        for path in sorted([*source.rglob("*.md"), *source.rglob("*.mdx")]):
            try:
                found.append(load(path, site_url="https://blog.example.org", site_language="en", root=source))
            except UsageError:
                continue
    return found


@cache
def drafts(name: str) -> dict[str, Draft | Rejected]:
    """What each post becomes, or why it is refused."""
    cls = adapter_class(name.split(maxsplit=1)[0])
    adapter: Adapter = cls(**ALL[name])
    made: dict[str, Draft | Rejected] = {}
    for post in posts():
        try:
            made[post.key] = adapter.render(post)
        except Rejected as refused:
            made[post.key] = refused
    return made


def sent(name: str) -> Iterator[tuple[Post, Draft]]:
    for post in posts():
        draft = drafts(name)[post.key]
        if isinstance(draft, Draft):
            yield post, draft


def test_the_corpus_is_read() -> None:
    """Nearly every file is a post that can be read."""
    assert len(posts()) >= 320


@pytest.mark.parametrize("name", ALL)
def test_nothing_crashes_and_refusals_have_a_reason(name: str) -> None:
    """Each post is rendered, or refused with a reason and advice; only what is too long is refused."""
    refused = [draft for draft in drafts(name).values() if isinstance(draft, Rejected)]
    assert all(failure.message and failure.next for failure in refused)
    # A long article is no thread, and some are longer than Reddit takes.
    most = {"twitter thread": 0.75, "reddit": 0.08}.get(name, 0.0)
    assert len(refused) <= most * len(posts()), [failure.message for failure in refused]


@pytest.mark.parametrize("name", ALL)
def test_every_limit_holds(name: str) -> None:
    """Parts, titles and tags are within what the adapter declares, counted anew."""
    limits = adapter_class(name.split(maxsplit=1)[0]).limits
    for post, draft in sent(name):
        assert all(part.count <= part.limit for part in draft.parts), post.source
        assert len(draft.parts) <= limits.parts
        payload = draft.parts[0].payload
        fields = payload.get("article") or payload.get("variables", {}).get("input") or payload
        if limits.title and "title" in fields:
            assert len(fields["title"]) <= limits.title
        assert len(fields.get("tags") or ()) <= limits.tags


@pytest.mark.parametrize("name", ALL)
def test_no_template_syntax_is_left_without_a_warning(name: str) -> None:
    """What a generator would have run is gone from the text, or a warning quotes it. Code may hold anything."""
    for post, draft in sent(name):
        prose = re.sub(r"(`+).*?\1", "", FENCE.sub("", "\n\n".join(part.text for part in draft.parts)), flags=re.DOTALL)
        prose = re.sub(r"\{%-?\s*(end)?(raw|katex|embed)\b.*?%\}", "", prose)  # put there for the platform
        for left in TEMPLATE.findall(prose):
            assert any(left in warning for warning in draft.warnings), (post.source, left)


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    """What was made of the corpus is not carried through the tests that follow."""
    yield
    for cached in (posts, drafts, visible):
        cached.cache_clear()


class _Words(HTMLParser):
    """The words that a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


@cache
def visible(markdown: str) -> Counter[str]:
    """Words of at least three letters, by a parser and a renderer that the pipeline does not use."""
    parser = _Words()
    parser.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
    return Counter(re.findall(r"[^\W\d_]{3,}", " ".join(parser.text)))


def neutral(body: str) -> str:
    """A body without what is no text of the author's: template tags, imports, attributes, comments."""
    body = re.sub(r"\{\{[<%].*?[%>]\}\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|\{:.*?\}|\{#.*?\}", " ", body, flags=re.DOTALL)
    body = re.sub(r"^(import|export)\s.*$", "", body, flags=re.MULTILINE)
    return re.sub(r"^\[[^\]]+\]:.*$|\]\([^)]*\)", "]", body, flags=re.MULTILINE)


@pytest.mark.parametrize("name", WHOLE)
def test_the_words_are_still_there(name: str) -> None:
    """At least 99 of 100 words of the corpus arrive, and no post loses a tenth of its own."""
    total = lost = 0
    worst: list[tuple[float, str]] = []
    for post, draft in sent(name):
        wanted = visible(neutral(without_labels(post.body)))
        payload = draft.parts[0].payload
        arrived = Counter(re.findall(r"[^\W\d_]{3,}", f"{post.title} {draft.parts[0].text} {payload}"))
        missing = sum((wanted - arrived).values())
        total += sum(wanted.values())
        lost += missing
        if wanted:
            worst.append((missing / sum(wanted.values()), post.source))
    worst.sort(reverse=True)
    assert lost <= total * 0.01, (lost, total, worst[:8])
    assert worst[0][0] < 0.1, worst[:8]


def test_the_first_example() -> None:
    """A real Hugo post keeps its headings, links and lists on every platform that takes the whole text."""
    path = Path(CORPUS / "hugo-seed" / "open-source-going-global.md")
    post = load(path, site_url="https://blog.example.org", site_language="en", root=path.parent)
    for name, options in WHOLE.items():
        text = adapter_class(name)(**options).render(post).parts[0].text
        assert "## Going Global Challenge" in text, name
        assert "https://nsddd.top/posts/openim-remote-work-culture/" in text, name
        assert "**TechCrunch**" in text, name
