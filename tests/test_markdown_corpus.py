"""The pipeline on real posts: nothing crashes, nothing is lost in silence, code and addresses are what they were."""

from __future__ import annotations

import html
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from syndicate.markdown import Dialect, Rendered, render

from .fidelity.source import without_labels

SHARED = Path(os.environ.get("SYNDICATE_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
POSTS = sorted((SHARED / "corpus" / "posts").rglob("*.md*"))
BASE = "https://example.org/posts/this/"
DIALECTS = {
    "rich": Dialect(
        tables=True, footnotes=True, strikethrough=True, task_lists=True, html=None, math="dollar", anchors=True
    ),
    "liquid": Dialect(
        tables=True, strikethrough=True, html=None, math="katex", embeds="liquid", liquid=True, breaks=True
    ),
    "forum": Dialect(tables=True, strikethrough=True, images=False),
    "poor": Dialect(fences=False, headings=2),
    "plain": Dialect(format="plain"),
}

pytestmark = [
    pytest.mark.skipif(not POSTS, reason="the corpus of real posts is not beside this checkout"),
    pytest.mark.slow,
]


@cache
def body(path: Path) -> str:
    """The post without front matter, cut off crudely."""
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    match = re.match(r"\s*(---|\+\+\+)\n.*?\n\1\s*(?:\n|$)", text, re.DOTALL)
    return text[match.end() :] if match else text


@cache
def rendered(path: Path, dialect: str) -> Rendered:
    return render(body(path), DIALECTS[dialect], base_url=BASE, title="No such title")


@cache
def reader() -> MarkdownIt:
    """A parser that shares nothing with the pipeline."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


@cache
def parsed(text: str) -> list[Token]:
    """What `reader` makes of a text; several tests look at it, and the originals are the same for each dialect."""
    return reader().parse(text)


def page(text: str) -> str:
    """The same as HTML."""
    html: str = reader().renderer.render(parsed(text), reader().options, {})
    return html


class Words(HTMLParser):
    """The words that a browser would show."""

    INLINE = frozenset({"a", "b", "code", "del", "em", "i", "img", "kbd", "s", "span", "strong", "sub", "sup"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden = 0
        self.text: list[str] = []
        self.feed(page)
        self.close()
        self.words = re.findall(r"\w+", "".join(self.text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"script", "style", "svg"}
        self.text.append("" if tag in self.INLINE else " ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style", "svg"} and self.hidden > 0
        self.text.append("" if tag in self.INLINE else " ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)


@cache
def words(text: str) -> list[str]:
    """What a reader of the Markdown sees."""
    return Words(page(text)).words


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    """Half a gigabyte of tokens is not carried through the tests that follow."""
    yield
    for cached in (body, rendered, parsed, words):
        cached.cache_clear()


#: What only a site generator understands: none of these words are the author's.
MACHINERY = re.compile(
    r"\{%-?\s*comment.*?endcomment\s*-?%\}|\{%.*?%\}|\{\{<.*?>\}\}|^(?:import|export) .*?['\";]$(?=.*\n\n)"
    r"|^<[A-Z]\w*\n.*?^/>",
    re.DOTALL | re.MULTILINE,
)


def outside_code(text: str) -> str:
    """`text` with everything that the independent parser takes for code blanked."""
    lines = text.split("\n")
    for token in parsed(text):
        if token.type in {"fence", "code_block"} and token.map:
            lines[token.map[0] : token.map[1]] = [""] * (token.map[1] - token.map[0])
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", "\n".join(lines), flags=re.DOTALL)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_words_survive(dialect: str) -> None:
    """At least 99.9 % of the words that a reader of the original sees are there, over all posts."""
    kept = total = 0
    worst: list[tuple[int, str, list[str]]] = []
    for path in POSTS:
        source = MACHINERY.sub("", without_labels(body(path)))
        if re.search(r"markdown\s*=", source):  # Markdown inside HTML: the addresses of its links are none of the words
            source = re.sub(r"\]\([^()\s]*\)", "", source)
        shown = words(source)
        text = rendered(path, dialect).text
        there = re.findall(r"\w+", text) if dialect == "plain" else words(text)
        missing = Counter(shown) - Counter(there)
        total += len(shown)
        kept += len(shown) - missing.total()
        worst.append((missing.total(), str(path.relative_to(SHARED)), list(missing)[:12]))
    print(dialect, f"{kept / total:.4%}", *sorted(worst, reverse=True)[:8], sep="\n  ")
    assert kept / total >= 0.999


@pytest.mark.parametrize("dialect", ["rich", "liquid", "forum"])
def test_code_survives_byte_for_byte(dialect: str) -> None:
    """Each block of code of the original is there, unchanged, in the same order."""
    for path in POSTS:
        before = code_blocks(body(path))
        after = code_blocks(rendered(path, dialect).text)
        if "{% highlight" in body(path) or "<Code" in body(path):
            continue
        assert before == [c for c in after if c in set(before)][: len(before)], path


def code_blocks(text: str) -> list[str]:
    return [t.content for t in parsed(text) if t.type in {"fence", "code_block"}]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_template_syntax_without_a_warning(dialect: str) -> None:
    """Whatever is left of shortcodes and Liquid outside code is quoted in a warning."""
    for path in POSTS:
        result = rendered(path, dialect)
        for left in re.findall(r"\{\{[<%].*?[>%]\}\}|\{%.*?%\}", outside_code(result.text)):
            ours = left in {"{% raw %}", "{% endraw %}", "{% endkatex %}"} or left.startswith(("{% embed", "{% katex"))
            assert ours or any(left in w for w in result.warnings), (path, left)


@pytest.mark.parametrize("dialect", ["rich", "liquid", "forum", "poor"])
def test_addresses_are_absolute(dialect: str) -> None:
    """Every link and image leads somewhere from anywhere."""
    for path in POSTS:
        for token in parsed(rendered(path, dialect).text):
            for child in token.children or ():
                url = str(child.attrs.get("href") or child.attrs.get("src") or "")
                fine = not url or re.match(r"[a-z][a-z0-9+.-]*:", url, re.IGNORECASE)
                assert fine or (dialect == "rich" and url.startswith("#")), (path, url)


def test_rich_text_says_the_same() -> None:
    """Where a platform shows all, a post without generator syntax is the same page, but for its addresses."""
    compared = 0
    for path in POSTS:
        source = body(path)
        if re.search(
            r"\{|\[\[|<!--|:::|^(?:im|ex)port |<[A-Z]|markdown=|\$|<(?:img|a|video|iframe)\b", source, re.MULTILINE
        ):
            continue
        compared += 1
        pages = [absolute(page(text)) for text in (source, rendered(path, "rich").text)]
        if HIDDEN.search(source):  # of emphasis that CommonMark does not see the words are the same
            pages = [re.sub(r"</?strong>|\*\*", "", one) for one in pages]
        assert pages[0] == pages[1], path
    assert compared > 50


#: ``**重点：**文字``
HIDDEN = re.compile(r"[^\w\s*]\*\*[^\W\d_]|[\u3040-\u9fff\uac00-\ud7af]\*\*[^\w\s*]")


def absolute(page: str) -> str:
    """HTML with its addresses resolved."""

    def resolved(match: re.Match[str]) -> str:
        url = html.unescape(match[2])
        url = f"https://{url}" if url.startswith("www.") else url
        return f'{match[1]}="{urljoin(BASE, url)}"'

    return re.sub(r'\b(href|src)="([^"]*)"', resolved, page).strip()
