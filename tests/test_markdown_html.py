"""Raw HTML where a platform shows none, or only some of its tags."""

from __future__ import annotations

import re

import pytest

from syndicate.markdown import Dialect, render

NONE = Dialect(tables=True, strikethrough=True)
SOME = Dialect(
    html=frozenset({"a", "b", "br", "code", "details", "figcaption", "img", "kbd", "p", "pre", "summary"}), tables=True
)


def text(source: str, dialect: Dialect = NONE) -> str:
    return render(source, dialect, base_url="https://example.org/p/").text


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("<b>x</b> <strong>y</strong> <i>z</i> <em>w</em> <del>v</del>", "**x** **y** *z* *w* ~~v~~"),
        ("<code>x*y &lt;T&gt;</code> <kbd>Ctrl</kbd> <code>a`b</code>", "`x*y <T>` `Ctrl` ``a`b``"),
        ("x<sup>2</sup> H<sub>2</sub>O 1<sup>st</sup> a<sup>b*c*</sup>", "x² H₂O 1^(st) ab*c*"),
        ('<a href="/x">link *em*</a> <a name="y">none</a>', "[link *em*](https://example.org/x) none"),
        ('<img src="/i.png" alt="A [b]"> <img alt="no address">', "![A b](https://example.org/i.png) "),
        ("a<br>b<br/>\nc", "a  \nb  \nc"),
        ("> a<br>b", "> a  \n> b"),
        ("| a |\n|---|\n| b<br>c |", "| a |\n|---|\n| b c |"),
        ("## a<br>b", "## a b"),
        ("<q>a</q> <abbr title='Hyper'>H</abbr> <u>u</u> <span>s</span>", "“a” H (Hyper) u s"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
        (
            '<B>x</B> <A HREF="/y">z</A> <IMG SRC="/i.png">',
            "**x** [z](https://example.org/y) ![](https://example.org/i.png)",
        ),
        ("lone <b>open and close</i> here", "lone open and close here"),
        ("<b> spaced </b> a<b>*</b>b 中<b>（文）</b>字", "spaced  a*b 中（文）字"),
        ("Vec<T> and <my-tag x>", "Vec\\<T> and \\<my-tag x>"),
        ("`<b>x</b>`\n\n    <b>y</b>\n\n```\n<b>z</b>\n```", "`<b>x</b>`\n\n    <b>y</b>\n\n```\n<b>z</b>\n```"),
    ],
)
def test_inline(source: str, result: str) -> None:
    """A pair of tags becomes marks, a break a break; what has no equal leaves its text; code is untouched."""
    assert text(source).strip() == result.strip()


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('<div align="center">\n  <img src="/l.png" alt="L">\n  <p>A <b>b</b> *c* <a href="x">d</a></p>\n</div>', "![L](https://example.org/l.png)\n\nA **b** \\*c\\* [d](https://example.org/p/x)"),
        ("<h2>A &amp; b</h2>\n<p>1. c<br>d</p>\n<hr>", "## A & b\n\n1\\. c  \nd\n\n---"),
        ("<ul>\n<li>a</li>\n<li>b<ol start='3'><li>c<li>d</ol></li>\n</ul>", "- a\n- b\n  3. c\n  4. d"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("a\n\n<aside>\n<p>b</p>\n</aside>\n\nc", "a\n\n> b\n\nc"),
        ('a\n<aside markdown="1" class="q">\n  *b*\n  <p markdown="1">c</p>\n</aside>', "a\n\n> *b*\n>\n> c"),
        ("<aside>\n\n- a\n- b\n\n</aside>", "> - a\n> - b"),
        ("<video src='/v.mp4' controls></video>", "<https://example.org/v.mp4>"),
        ('<script async src="https://platform.twitter.com/widgets.js"></script>\n\na', "a"),
        ('<script src="https://asciinema.org/a/1.js" id="x"></script>', "<https://asciinema.org/a/1>"),
        ("<pre><code class='language-py'>a = \"&lt;\"\n  b ``` c</code></pre>", '````py\na = "<"\n  b ``` c\n````'),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1|2<td><code>x</code></table>", "| A | B |\n| --- | --- |\n| 1\\|2 | `x` |"),
        ("<details>\n<summary>More</summary>\n\n*md*\n\n</details>", "**More**\n\n*md*"),
        ("<div>\n<noscript><img src=i.png alt=c></noscript><script>x</script></div>", "![c](https://example.org/p/i.png)"),
        ("<dl><dt>T</dt><dd>D</dd></dl>", "**T**\n\nD"),
        ("<figure><img src='a.png'><figcaption>C</figcaption></figure>", "![](https://example.org/p/a.png)\n\n*C*"),
        ("<iframe src='https://www.youtube.com/embed/abc?x=1' title='A film'></iframe>", "[A film](https://www.youtube.com/watch?v=abc)"),
        ("<p><video controls><source src='/v.mp4'></video></p>", "<https://example.org/v.mp4>"),
        ("- a\n  <div>b</div>\n\n  c", "- a\n  \n  b\n\n  c"),
        ("> <p>a</p>\n> <p>b</p>", "> a\n>\n> b"),
        ("<script>x()</script>\n\n<style>p {}</style>\n\na", "a"),
        ("<div>\n\n**md** inside\n\n</div>", "**md** inside"),
        ("<p>a_b _c_ `d` [e] &lt;f&gt; ~~g~~</p>", "a_b \\_c\\_ \\`d\\` \\[e\\] &lt;f> \\~~g\\~~"),
        ("<p><a href='https://x.org/?a=1&list=2'>a &list &amp;lt; b</a></p>", "[a &list &amp;lt; b](https://x.org/?a=1&list=2)"),
        ("<!DOCTYPE html>\n<?php x ?>\n\n<![CDATA[y]]>\n\na", "a"),
        ("<p>open\n<li>stray</td></ul>", "open\n- stray"),
    ],
)  # fmt: skip
def test_blocks(source: str, result: str) -> None:
    """A block of HTML becomes Markdown that shows the same; its text stays text."""
    shown = re.sub(r"(?<! ) \n", "\n", text(source))
    assert shown.strip().replace("\n\n\n", "\n\n") == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("<kbd>x</kbd> <b>y</b> <u>z</u>", "<kbd>x</kbd> <b>y</b> z"),
        ("<details>\n<summary>S</summary>\n\na\n\n</details>", "<details>\n<summary>S</summary>\n\na\n\n</details>"),
        ("<div>\n    <p>a <b>b</b> *c*</p>\n</div>", "<p>a <b>b</b> *c*</p>"),
        ("<div>\n    <pre>\n  x\n    </pre>\n</div>", "\n    <pre>\n  x\n    </pre>\n"),
        ("<section><p>a</p><script>x()</script></section>", "<p>a</p>"),
        ("<div>plain <kbd>x</kbd></div>", "plain <kbd>x</kbd>"),
        ("- a\n  <div>\n    <p>b</p>\n  </div>", "- a\n  <p>b</p>"),
        ("<p><iframe src='https://x.org/'></iframe></p>", '<p><a href="https://x.org/">https://x.org/</a></p>'),
    ],
)
def test_some_tags_stay(source: str, result: str) -> None:
    """Tags that the platform shows stay as they are written, the others go."""
    assert text(source, SOME).strip() == result.strip()


def test_all_tags_stay() -> None:
    """`html=None`: nothing is touched but comments."""
    source = "<div>\n<x-y>a</x-y>\n</div>\n\n<b>c</b> Vec<T>"
    assert text(source, Dialect(html=None)) == source


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("<ins>a</ins>", "`<ins>`"),
        ("<script>a</script>", "`<script>`"),
        ("a <foo> b", "`<foo>`"),
        ("<iframe src='https://x.org'></iframe>", "1 embed"),
    ],
)
def test_what_is_lost_is_named(source: str, named: str) -> None:
    """What a reader would miss is in a warning; a layout's `div` and `span` are nothing to miss."""
    assert any(named in w for w in render(source, NONE).warnings)
    assert render("<div><span>a</span></div>", NONE).warnings == ()


def test_embedded_frames_become_embeds() -> None:
    """Where the platform has a tag for that."""
    frame = "<iframe src='https://player.vimeo.com/video/12'></iframe>"
    assert text(frame, Dialect(embeds="liquid", liquid=True)) == "{% embed https://vimeo.com/12 %}"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<details>\n<summary>More <b>bold</b></summary>\n</details>", "**More bold**"),
        ("<figure>\n<figcaption>Fig. <em>one</em> `*` <b>b</b></figcaption>\n</figure>", "*Fig. one \\`\\*\\` **b***"),
        ("| a |\n|---|\n| <ul><li>x</li><li>y</li></ul> |", "| a |\n|---|\n| • x • y |"),
    ],
)
def test_what_is_within_marks_does_not_end_them(source: str, shown: str) -> None:
    """Bold in a bold summary, a list in a cell: as one would write it in Markdown."""
    assert render(source, Dialect(tables=True)).text == shown


def test_a_film_that_is_a_link_is_said_once() -> None:
    """It was no tag around a text."""
    source = '<video controls src="https://example.org/v.mp4"></video>'
    assert render(source, Dialect()).warnings == ("1 embed is shown as a plain link",)
