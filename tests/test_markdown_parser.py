"""What makes the pipeline fast changes nothing: quicker rules, blocks that are known, stages that platforms share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from syndicate.markdown import Rendered, first_paragraph, math, render
from syndicate.markdown.edits import Report
from syndicate.markdown.links import Links
from syndicate.markdown.parse import Doc
from syndicate.markdown.parser import MAX_NESTING
from syndicate.markdown.stages import stages

from .test_markdown_robust import DIALECTS, POSTS, SCRAPS

BASE = "https://example.org/a/b/"
#: Where one block ends and the next begins, what a block looks like from below, and what is defined elsewhere.
TEXTS = (
    (Path(__file__).parents[1] / "benchmarks" / "post.md").read_text("utf-8"),
    "a\nb | c\n--|--\nd | e\n\nf\n---\n\ng\n# h\n1. i\n2) j\n",
    "[a]: /b\n[a]: /c\n'd'\n\n> [e]: /f\n\n[a] and [e][a] and ![g][e]\n\n- [h]: /i\n\n  [h]\n",
    "- a\n\n\n  b\n-\n\n      c\n\n    d\n\n1.\n2. e\n\n\tf\n",
    "| a | `b\\|c` |\n|:-|-:|\n| d\\|e | **f** |\n\ng|h\n-|-\ni",
    "> - a\n>   b\nc\n> ```\n> d\n\n```\ne\n",
    "$$\na\n$$\n\nb $c_1$ d\n\n$$\ne",
    "a[^1] b\n\n[^1]: c\n\n    d\n\n[^2]: e\n",
    "*a **b* c** ~~d~~ <e@f.gh> <b>i</b> &amp; \\* j  \nk\\\nl [m](<n o> 'p') [q](r(s)t) [u](v\\)w)",
    "[a](b)c] ![[d](e)](f) [[g]](h) `i [j`](k) [l [m](n) o](p)",
)


class Slow(MarkdownIt):
    """markdown-it-py as it is, but for what the pipeline asks of links."""

    def normalizeLink(self, url: str) -> str:
        return url

    def validateLink(self, url: str) -> bool:
        return True

    def normalizeLinkText(self, link: str) -> str:
        return link


def slow() -> Slow:
    md = Slow("commonmark", {"maxNesting": MAX_NESTING})
    md.enable(["table", "strikethrough"]).use(footnote_plugin, inline=False, move_to_end=False)
    md.inline.ruler.before("escape", "math_inline", math.inline_rule())
    md.block.ruler.before("fence", "math_block", math.block_rule(), {"alt": ["paragraph", "blockquote", "list"]})
    md.core.ruler.disable("text_join")
    return md


def told(tokens: list[Token]) -> list[object]:
    """All that tokens say, without the notes on positions."""
    return [
        (
            t.type,
            t.tag,
            t.nesting,
            t.attrs,
            t.map,
            t.level,
            t.content,
            t.markup,
            t.info,
            t.hidden,
            told(t.children or []),
        )
        for t in tokens
    ]


def known(doc: Doc) -> dict[str, Any]:
    """What the pipeline reads of a document beside its tokens."""
    return {
        "places": [
            [doc.at(inline, i) for i in range(len(inline.content) + 1)] for inline, _ in doc.inlines() if inline.content
        ],
        "notes": [(t.meta.get("column"), t.meta.get("columns")) for t in doc.tokens],
        "spans": [[c.meta.get("span") for c in inline.children or ()] for inline, _ in doc.inlines()],
        "code": doc.code,
        "definitions": doc.env.get("definitions") or [],
        "references": doc.env.get("references") or {},
        "html": doc.has_html,
    }


@pytest.mark.parametrize("text", TEXTS)
def test_quick_rules(text: str) -> None:
    """Rules that are asked only where they can find something find what markdown-it-py finds."""
    assert told(Doc(text).tokens) == told(slow().parse(text))


@settings(max_examples=200, deadline=None)
@given(POSTS)
def test_quick_rules_on_anything(text: str) -> None:
    """The same for whatever may stand in a post."""
    text = text.replace("\r\n", "\n").replace("\0", "")
    assert told(Doc(text).tokens) == told(slow().parse(text))


@settings(max_examples=200, deadline=None)
@given(POSTS | st.sampled_from(TEXTS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8), SCRAPS), max_size=6))
def test_known_blocks(text: str, edits: list[tuple[float, int, str]]) -> None:
    """A text that was changed, parsed with what is known of its former forms, is as if parsed for the first time."""
    text = text.replace("\r\n", "\n").replace("\0", "")
    doc = Doc(text)
    for where, size, scrap in edits:
        at = int(where * len(text))
        text = (text[:at] + scrap + text[at + size :]).replace("\r\n", "\n").replace("\0", "")
        doc, fresh = Doc(text, doc), Doc(text)
        assert (told(doc.tokens), known(doc)) == (told(fresh.tokens), known(fresh))


#: What a line with links is made of, and what may make something else of it.
LINKS = st.lists(
    st.sampled_from(
        [
            *(
                "[a](b)",
                "![c](d.png)",
                "[f](#g)",
                "[h](<i j>)",
                "[k](l 'm')",
                "[n](o(p))",
                "[e]",
                "[q][e]",
                "[e]: /r\n",
            ),
            *('<a href="s">', "<t>", "(u)", "[v](w|x)", "[y](\nz)", "|", "|-|-|\n", "\n", "\n\n", "> ", "- ", "1. "),
            *(
                "    ",
                "\t",
                "# ",
                "---\n",
                "`",
                "*",
                "_",
                "~~",
                "$",
                "$$",
                "\\",
                "é",
                "a ",
                "[",
                "](",
                ")",
                "[^1]",
                "[^1]: ",
            ),
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(LINKS)
def test_other_addresses(text: str) -> None:
    """A text whose links were made absolute is as if parsed for the first time."""
    pictures = {"d.png": "https://example.org/e.png", "b": "https://example.org/f|g"}
    doc = Links(BASE, anchors=False, report=Report(), pictures=pictures).absolute(Doc(text))
    fresh = Doc(doc.source)
    assert (told(doc.tokens), known(doc)) == (told(fresh.tokens), known(fresh))


def alone(source: str, number: int) -> Rendered:
    """What a platform makes of a post that no other has seen."""
    stages.cache_clear()
    return render(source, DIALECTS[number], base_url=BASE, title="a", pictures={"u": "https://example.org/u.png"})


@settings(max_examples=100, deadline=None)
@given(POSTS, st.permutations(range(len(DIALECTS))))
def test_platforms_share(source: str, order: list[int]) -> None:
    """Texts and warnings are the same whichever platforms had the post before."""
    wanted = [alone(source, number) for number in order]
    stages.cache_clear()
    for number, one in zip(order, wanted, strict=True):
        first_paragraph(source)
        pictures = {"u": "https://example.org/u.png"}
        assert render(source, DIALECTS[number], base_url=BASE, title="a", pictures=pictures) == one


def test_other_places() -> None:
    """What depends on address, title or pictures is not taken from a post that had others."""
    body = "# T\n\n[a](b) ![c](d) {{ page.title }} {{ page.url }}\n"
    made = [
        render(body, DIALECTS[0], base_url=base, title=title, pictures=pictures).text
        for base in (BASE, "https://example.net/", None)
        for title in ("T", "U")
        for pictures in ({}, {"d": "https://example.org/e.png"})
    ]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("blocks", [0, 1, 9, 10, 11, 39, 40, 200])
@pytest.mark.parametrize("between", ["![x](y.png)", "## A heading", "> a quote\n> of two lines", "- a\n- list", "Hi!"])
def test_first_paragraph_far_down(blocks: int, between: str) -> None:
    """The first paragraph is found however much is before and behind it, with a link that is defined at the very end."""
    paragraph = "The [first one][ref] is here, *at last*.\n\n"
    text = (
        f"{between}\n\n" * blocks + paragraph + "The second one is not meant.\n\n" * 60 + "[ref]: https://example.org\n"
    )
    assert first_paragraph(text) == "The first one is here, at last."
