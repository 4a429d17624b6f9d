"""What a reader finds on a page: words, blocks of code, addresses. Markdown by cmark-gfm, HTML by lexbor."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category, normalize

from cmarkgfm import markdown_to_html_with_extensions
from cmarkgfm.cmark import Options
from selectolax.lexbor import LexborHTMLParser, LexborNode

_INLINE = frozenset((  # noqa: SIM905
    "a abbr b bdi bdo big cite code del dfn em font i img input ins kbd label mark math nobr q rp ruby s samp small span "
    "strike strong sub sup tt u var wbr"
).split())  # fmt: skip
_HIDDEN = frozenset("script style template head svg canvas textarea select title iframe".split())  # noqa: SIM905
#: A word is a run of letters and digits; of Chinese and Japanese, which have no blanks, each character.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
#: Numbers and arrows of footnotes are no words of the author's.
_NOTES = "sup.footnote-ref, a.footnote-backref"
_FIRST = ":is(video, audio):not([src]) > source:first-of-type"


@dataclass(frozen=True, slots=True)
class Page:
    """`prose`: the text outside code, one block a line. `code`, `spans`: code in blocks and in lines.

    `pictures`: their alternative texts. `links`: addresses of links and pictures; `images`: of pictures. `ids`: what an anchor may name.
    """

    words: tuple[str, ...]
    prose: str
    code: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    table_links: tuple[str, ...] = ()
    linked_pictures: tuple[str, ...] = ()
    ids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    @property
    def counted(self) -> Counter[str]:
        return Counter(self.words)


def words(text: str) -> tuple[str, ...]:
    """The words of a text; `²` counts as `2`."""
    return tuple(_WORD.findall(normalize("NFKC", text)))


def plain(text: str) -> Page:
    """A text without markup."""
    return Page(words(text), text)


def markdown(text: str, *, without: str = "") -> Page:
    """A text in GitHub's Markdown. A first heading that says what `without` says is not on the page.

    It has to be of the first level, or what the text begins with.
    """
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    page: str = markdown_to_html_with_extensions(text, options, ["table", "strikethrough", "tasklist"])
    return html(page, without=without)


def html(text: str, *, without: str = "") -> Page:
    """A text in HTML. See `markdown`."""
    root = LexborHTMLParser(text).body
    if root is None:
        return Page((), "")
    for note in root.css(_NOTES):
        note.decompose()
    first = root.css_first("h1, h2, h3, h4, h5, h6")
    title = words(without.casefold())
    if title and first is not None and words("".join(_text(first)).casefold()) == title:
        opens = words("".join(_text(root)).casefold())[: len(title)] == title
        if first.tag == "h1" or opens:
            first.decompose()
    elements = [node for node in root.traverse() if node.tag and node.tag not in {"-comment", "-text"}]
    return Page(
        words=words("".join(_text(root))),
        prose="".join(_text(root, code=False)),
        code=tuple(node.text(deep=True) for node in elements if node.tag == "pre"),
        spans=tuple(node.text(deep=True) for node in elements if node.tag == "code"),
        pictures=tuple(node.attributes.get("alt") or "" for node in elements if node.tag == "img"),
        links=tuple(value for node in elements for value in _addresses(node)),
        images=tuple(value for node in elements if node.tag == "img" for value in _addresses(node)),
        table_links=tuple(value for link in root.css("table a, table img") for value in _addresses(link)),
        linked_pictures=tuple(value for link in root.css("a img") for value in _addresses(link)),
        ids=frozenset(name for node in elements for name in _ids(node)),
        tags=frozenset(node.tag or "" for node in elements),
    )


def _addresses(node: LexborNode) -> Iterator[str]:
    """Of several forms of one video the first counts, of a picture the one for every browser."""
    if node.tag in {"a", "img", "video", "audio"} or (node.tag == "source" and node.css_matches(_FIRST)):
        yield from (value for name in ("href", "src") if (value := node.attributes.get(name)))


def _ids(node: LexborNode) -> Iterator[str]:
    """Names under which a link finds the element; a heading has one that sites make of its text."""
    yield from (value for name in ("id", "name") if (value := node.attributes.get(name)))
    if re.fullmatch("h[1-6]", node.tag or ""):
        yield name_of("".join(_text(node)))


def name_of(heading: str) -> str:
    """What sites call it: letters with their marks, digits and dashes."""
    kept = (
        c for c in heading.strip().lower() if c in " _-" or (category(c)[0] in "LNM" and not "\ufe00" <= c <= "\ufe0f")
    )
    return "".join(kept).replace(" ", "-")


def _text(node: LexborNode, *, code: bool = True) -> Iterator[str]:
    """What is shown, alternative texts of pictures included; blocks are set apart."""
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            yield child.text_content or ""
        elif tag == "img":
            yield f" {child.attributes.get('alt') or ''} "
        elif tag not in _HIDDEN and (code or tag not in {"pre", "code", "kbd", "samp", "tt"}):
            apart = "" if tag in _INLINE else "\n"
            yield apart
            yield from _text(child, code=code)
            yield apart
        else:
            yield " "
