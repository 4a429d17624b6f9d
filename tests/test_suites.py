"""The examples of CommonMark's and GitHub's specifications pass the Markdown path unchanged where nothing had to change.

They are fetched by tests/real/install_suites.sh. What arrives is read by cmark-gfm, which the pipeline does not use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urljoin

import pytest
from cmarkgfm import markdown_to_html_with_extensions
from cmarkgfm.cmark import Options
from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.markdown import Dialect, Rendered, render
from syndicate.markdown.parse import Doc
from syndicate.registry import STANDINS, adapter_class, names

from .real.servers import installed

SUITES = ("commonmark", "gfm")
BASE = "https://blog.example.org/posts/one/"
EVERYTHING = Dialect(
    tables=True,
    footnotes=True,
    strikethrough=True,
    task_lists=True,
    html=None,
    math="dollar",
    anchors=True,
)
DIALECTS = {
    "everything": EVERYTHING,
    **{name: found for name in names(STANDINS) if (found := adapter_class(name).dialect).format != "plain"},
}

#: What the examples write is other syntax to somebody: a component of MDX, a note of Obsidian. A comment is not shown, so
#: it is not sent; what stood behind it on its line was HTML to the specification, and is text to whoever wrote it.
OTHER = (
    "<Warning>\n*bar*\n</Warning>\n",
    '![[foo]]\n\n[[foo]]: /url "title"\n',
    "<!-- foo -->*bar*\n*baz*\n",
    "[](./target.md)\n",  # a link to a file becomes one to its page
)
#: Of GitHub's: one tilde and three, which strike nothing out elsewhere or something here, and addresses without marks.
NOT_HTML = ("6.9 Autolinks (extension)", "6.5 Strikethrough (extension)")
THREE_TILDES = "This will ~~~not~~~ strike.\n"
EXTENSIONS = ("table", "strikethrough", "tasklist")
#: More than a language behind a fence.
_MORE = re.compile(r"^ *(?:`{3,}|~{3,}) *[^\s`]+[ ,{:]", re.MULTILINE)
#: An address that is no link, which becomes one in HTML.
_BARE = re.compile(r"<a\b.*?</a>|<(code|pre)>.*?</\1>|<[^>]*>", re.DOTALL)
_DEFINITION = re.compile(r"^[ >]*\[[^]]+\]:", re.MULTILINE)
#: Of what a browser follows, on one line.
_ADDRESS = re.compile(r"""<(?:a|img)\b[^<>\n]*?\s(?:href|src)\s*=\s*["']([^"'\s]*)["']""")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@cache
def examples(suite: str) -> list[dict[str, str]]:
    """In the order of the specification, with `section`, `markdown` and `html`. Skips where they are not fetched."""
    found: list[dict[str, str]] = json.loads((installed("suites") / f"{suite}.json").read_text("utf-8"))
    return found


def html(text: str, *, raw: bool = True) -> str:
    """As GitHub's parser has it."""
    options = (Options.CMARK_OPT_UNSAFE if raw else 0) | Options.CMARK_OPT_FOOTNOTES
    page: str = markdown_to_html_with_extensions(text, options, EXTENSIONS)
    return page


def parsed(page: str) -> list[object]:
    """Tags, attributes and texts in order, addresses absolute. Blanks count as one outside code; comments are nothing."""
    root = LexborHTMLParser(f"<body>{page}</body>").body
    return list(_joined(_walk(root, code=False))) if root else []


def _walk(node: LexborNode, *, code: bool) -> Iterator[object]:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            text = child.text_content or ""
            yield text if code else re.sub(r"\s+", " ", text)
        elif not tag.startswith("-"):
            # The one writes where a cell's text stands as `align`, the other as `style`.
            attributes = {} if tag in {"td", "th"} else dict(child.attributes)
            for name in {"href", "src"} & attributes.keys():
                attributes[name] = _absolute(attributes[name] or "")
            yield tag, attributes
            yield from _walk(child, code=code or tag in {"pre", "code"})
            yield f"/{tag}", None


def _joined(items: Iterator[object]) -> Iterator[object]:
    """Texts that stand side by side as one, without blanks at its ends: a comment was between them."""
    text = ""
    for item in items:
        if isinstance(item, str):
            text += item
            continue
        if text.strip():
            yield re.sub(r" +", " ", text).strip()
        text = ""
        yield item
    if text.strip():
        yield text.strip()


def _absolute(url: str) -> str:
    return url if _ABSOLUTE.match(url) or not url else urljoin(BASE, url.replace(";", "%3B")).replace("%3B", ";")


def shows(dialect: Dialect, text: str) -> bool:
    """Whether the dialect has all that an example holds."""
    if text == THREE_TILDES or text in OTHER:
        return False
    if dialect.html is not None and "raw HTML omitted" in html(text, raw=False):
        return False
    lacking = {
        *(("table",) if not dialect.tables else ()),
        *(("del",) if not dialect.strikethrough else ()),
        *(("input",) if not dialect.task_lists else ()),
        *(("img",) if not dialect.images else ()),
        *(f"h{level}" for level in range(dialect.headings + 1, 7)),
    }
    return lacking.isdisjoint(re.findall(r"<(\w+)", html(text)))


def may_change(dialect: Dialect, text: str, page: str) -> bool:
    """Whether something had to: an address that leads nowhere from elsewhere, a line break, what Liquid would run."""
    return (
        any(address and not _ABSOLUTE.match(address) for address in _ADDRESS.findall(page))
        or bool(_DEFINITION.search(text))
        or "<!--" in text
        or (not dialect.fence_titles and bool(_MORE.search(text)))
        or (dialect.breaks and "\n" in text.strip())
        or (dialect.liquid and bool(re.search("[`~]|{[{%]", text)))
    )


def laid(dialect: Dialect, page: list[object]) -> list[object]:
    """A page; where Redcarpet reads it without its paragraphs, as that asks for empty lines in a list."""
    return page if dialect.reader == "commonmark" else [one for one in page if one not in [("p", {}), ("/p", None)]]


def unfinished(example: dict[str, str]) -> bool:
    """Whether its page is in pieces, or has what is another thing in later versions of the specification."""
    text = example["markdown"]
    if text.count("<") > text.count(">") or re.search("<style|<!--.*-->", text):
        return True
    return example["section"] in NOT_HTML or "://" in _BARE.sub("", example["html"])


def faults(dialect: Dialect, example: dict[str, str]) -> Iterator[str]:
    """What is wrong with what arrives."""
    text = example["markdown"]
    found = render(text, dialect, base_url=BASE).text
    if dialect.format == "html":
        page, arrived = example["html"], found
        if unfinished(example):
            return
    else:
        page, arrived = html(text), html(found)
        if found != text.strip("\n") and not may_change(dialect, text, page):
            yield "was changed"
    if laid(dialect, parsed(arrived)) != laid(dialect, parsed(page)):
        yield "says something else"
    for address in _ADDRESS.findall(arrived):
        if address and not _ABSOLUTE.match(address) and not (address.startswith("#") and dialect.anchors):
            yield f"leads nowhere ({address})"


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("suite", SUITES)
def test_examples_arrive(suite: str, name: str) -> None:
    """Byte for byte where nothing had to change; else as the same page, with absolute addresses.

    Each platform that takes markup is shown those of which it declares to show all.
    """
    dialect = DIALECTS[name]
    shown = [one for one in examples(suite) if shows(dialect, one["markdown"])]
    assert [f"{one['markdown']!r} {fault}" for one in shown for fault in faults(dialect, one)] == []
    assert len(shown) > (640 if dialect.html is None else 550)


def with_liquid(text: str) -> str:
    """An example with a tag in the place of words of its code."""
    pieces, at = [], 0
    for start, end in Doc(text).code:
        pieces += [text[at:start], re.sub(r"\b(?:foo|bar|aaa|code)\b", "{% x %}", text[start:end])]
        at = end
    return "".join(pieces) + text[at:]


@pytest.mark.parametrize("suite", SUITES)
def test_liquid_in_the_code_of_examples(suite: str) -> None:
    """Where the platform runs Liquid it is shown as written: marks around it, or another kind of block, are all that is new."""
    dialect, tried, wrong = DIALECTS["devto"], 0, []
    for one in examples(suite):
        text = with_liquid(one["markdown"])
        if text == one["markdown"] or not shows(dialect, text) or len(Doc(text).code) != len(Doc(one["markdown"]).code):
            continue
        tried += 1
        arrived = re.sub(r"\{% (?:end)?raw %\}", "", render(text, dialect, base_url=BASE).text)
        if parsed(html(arrived)) != parsed(html(text)):
            wrong.append(f"{text!r} became {arrived!r}")
    assert wrong == []
    assert tried > 60


@pytest.mark.parametrize(
    ("became", "fault"),
    [
        ("A *b*\n\n- c", ["was changed", "says something else"]),
        ("A  *b*", ["was changed"]),
        ("A b", ["was changed", "says something else"]),
    ],
)
def test_a_fault_is_found(became: str, fault: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is added, set otherwise or taken away in an example is named."""
    monkeypatch.setattr(f"{__name__}.render", lambda *_, **__: Rendered(became))
    assert list(faults(EVERYTHING, {"markdown": "A *b*\n", "html": "", "section": ""})) == fault


def test_a_relative_address_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was written, or joined to another page."""
    monkeypatch.setattr(f"{__name__}.render", lambda text, *_, **__: Rendered(text.strip()))
    assert list(faults(EVERYTHING, {"markdown": "[a](b)\n", "html": "", "section": ""})) == ["leads nowhere (b)"]
    monkeypatch.setattr(f"{__name__}.render", lambda *_, **__: Rendered("[a](https://blog.example.org/b)"))
    assert list(faults(EVERYTHING, {"markdown": "[a](b)\n", "html": "", "section": ""})) == ["says something else"]


LISTS = "- a\n- b\n\n<!-- mine -->\n\n- c\n"


@pytest.mark.parametrize(
    ("written", "dialect", "arrives"),
    [
        (LISTS, EVERYTHING, "- a\n- b\n\n<!-- -->\n\n- c"),
        (LISTS, Dialect(html=frozenset({"br"})), "- a\n- b\n\n<!-- -->\n\n- c"),
        (LISTS, Dialect(), "- a\n- b\n\n- c"),
        ("1. a\n\n<!-- mine -->\n\n- c\n", EVERYTHING, "1. a\n\n- c"),
        ("- a\n\n<!-- mine -->\n\n    code\n", EVERYTHING, "- a\n\n<!-- -->\n\n    code"),
        ("[[[a]]] and [[b]]\n\n[[[c]]]: /d\n", EVERYTHING, "[[[a]]] and b\n\n[[[c]]]: /d"),
        ('<a href="&ouml;">b</a>\n', EVERYTHING, f'<a href="{BASE}&ouml;">b</a>'),
        ("[b](/c;) [d](e?f;)\n", EVERYTHING, f"[b](https://blog.example.org/c;) [d]({BASE}e?f;)"),
    ],
)
def test_what_the_examples_brought_to_light(written: str, dialect: Dialect, arrives: str) -> None:
    """Lists that a comment parts stay two, an author's words in it are not sent; addresses keep their last sign."""
    assert render(written, dialect, base_url=BASE).text == arrives
