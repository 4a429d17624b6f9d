"""What note-takers, kramdown's themes and Hashnode's editor add, and what only looks like it."""

from __future__ import annotations

import re

import pytest

from syndicate.markdown import Dialect, render

RICH = Dialect(tables=True, footnotes=True, html=None, math="dollar")
POOR = Dialect()
BASE = "https://example.org/p/"


def text(source: str, dialect: Dialect = RICH) -> str:
    return render(source, dialect, base_url=BASE).text


def said(source: str) -> str:
    return "\n".join(render(source, RICH, base_url=BASE).warnings)


@pytest.mark.parametrize(
    ("source", "rich", "poor"),
    [
        ("a ==b c== d", "a <mark>b c</mark> d", "a **b c** d"),
        ("字==重点==字", "字<mark>重点</mark>字", "字**重点**字"),
        ("a %%hidden%% b\n\n%%\nmore\n%%\n\nc", "a b\n\nc", "a b\n\nc"),
        ("a^[a note, [l](/x)] b", "a[^note-1] b\n\n[^note-1]: a note, [l](https://example.org/x)", "a[1] b\n\n---\n\n1.  a note, [l](https://example.org/x)"),
        ("![a|100](/i.png) ![b|10x20](/i.png)", "![a](https://example.org/i.png) ![b](https://example.org/i.png)", None),
        ("![[my_pic.png]] ![[b c.png|300]] ![[d.jpg|Words]]", f"![my pic]({BASE}my_pic.png) ![b c](<{BASE}b%20c.png>) ![Words]({BASE}d.jpg)", None),
        ("a %%\nnot for\n\nreaders\n%%\n\nb", "a\n\nb", None),
        ("a^[see [[Page|text]].] b", "a[^note-1] b\n\n[^note-1]: see text.", None),
        ("a\n\n%%[newsletter]\n\nb", "a\n\nb", None),
        ("A paragraph ^37066d\n\nb", "A paragraph\n\nb", None),
        ("[[toc]]\n\n[TOC]\n\na", "a", None),
        ("> [!my-type]\n> a\n\n> [!note|right] b", "> **My type**\n>\n> a\n\n> **b**", None),
        ("> tip\n{: .prompt-tip }\n\nb", "> **Tip**\n>\n> tip\n\nb", None),
        ("a\nb\n{: .notice--warning}", "> **Warning**\n>\n> a\n> b", None),
        ("{: .note }\n> a", "> **Note**\n>\n> a", None),
        ("T\n: one\n: two *x*\n\nb", "**T**\n\n- one\n- two *x*\n\nb", None),
        ("HTML.\n\n*[HTML]: Hyper", "HTML.", None),
        ('![](https://x/i.png align="left" width="60")', "![](https://x/i.png)", None),
        ("[a]({static}/i.pdf) [b]({filename}other.md#x) [c]({tag}go) [d](|static|/e.png)", "[a](https://example.org/i.pdf) [b](https://example.org/other/#x) [c](https://example.org/tag/go.html) [d](https://example.org/e.png)", None),
        (":::caution[A `b`]\nx\n:::", "> **A `b`**\n>\n> x", None),
        ("::: code-group\n\n```js\nx\n```\n\n:::", "```js\nx\n```", None),
    ],
)  # fmt: skip
def test_what_is_added(source: str, rich: str, poor: str | None) -> None:
    """Highlights, notes, embeds, callouts by class and lists of terms become what the platform can show."""
    assert re.sub(r" +(?=\n)|(?<=\n)\n+(?=\n)", "", text(source)).strip() == rich
    if poor is not None:
        assert text(source, POOR).strip() == poor


@pytest.mark.parametrize(
    "source",
    [
        "if a==b and c==d: x == y",
        "======= and a ==== b",
        "100%% sure, `%%time`, 5 %% 3",
        "    %% in code\n    ==x==",
        "x^[2] and a^2 and [^1]\n\n[^1]: b",
        "e.g. 2 ^10\n\nand x ^yes no",
        "[toc]\n\n[toc]: https://x",
        "Time: 10:30\n:smile: and\n:colon",
        "> [!x](https://y)",
        "a {: .red } b",
        "Say `==a==`, `^[b c]`, `%%d%%`.",
        "a *[b]: c",
        "![a|b](https://x/i.png)",
        "[x](https://y/{filename}z)",
    ],
)
def test_what_only_looks_like_it(source: str) -> None:
    """Operators, code, formulas and links stay to the byte."""
    expected = "a b" if source == "a {: .red } b" else source
    assert text(source).strip("\n") == expected.strip("\n")


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("a %%my secret%% b", "“my secret”"),
        ("![[pic.png]]", "`![[pic.png]]`"),
        ("HTML\n\n*[HTML]: Hyper Text", "“HTML: Hyper Text”"),
        ("a ^abc123", "`^abc123`"),
        ("T\n: d", "1 list of terms is"),
        ("[a]({filename}b.md)", "check them"),
        ("* x\n{:toc}", "`* x {:toc}`"),
    ],
)
def test_what_goes_is_named(source: str, named: str) -> None:
    """Nothing is taken away or guessed in silence."""
    assert named in said(source)


def test_a_widget_of_a_blog_is_named() -> None:
    """`%%[newsletter]` is a form of that blog; it is no text."""
    assert "`%%[newsletter]`" in said("a\n\n%%[newsletter]")
