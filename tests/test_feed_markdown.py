"""HTML from feeds → Markdown: code to the byte, links absolute, and text that stays text."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from syndicate.feed import FeedTrouble
from syndicate.feed.to_markdown import to_markdown
from syndicate.feed.words import text_of
from syndicate.markdown import Dialect, render

BASE = "https://blog.example.org/posts/a/"
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
#: What any platform of ours shows at most.
RICH = Dialect(tables=True, footnotes=True, strikethrough=True, task_lists=True)


def md(html: str) -> str:
    return to_markdown(html, BASE)[0].rstrip("\n")


def shown(markdown: str) -> str:
    """What a reader sees of it."""
    return text_of(READER.render(markdown))


def codes(markdown: str) -> list[tuple[str, str]]:
    """Each block of code: its language and what it holds."""
    return [(token.info, token.content) for token in READER.parse(markdown) if token.type == "fence"]


# ------------------------------------------------------------------ text stays text

LITERAL = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a < b > c", "</p>", "<!-- x -->", "<?php ?>", "<Foo a=1 />",
    "*a* **b** _c_ __d__", "snake_case_name", "`code`", "``", "~~x~~", "[a](b)", "![a](b)", "[a]: b", "[^1]", "[^1]: x",
    "{{ site.url }}", '{{< figure src="x" >}}', "{{% x %}}", "{% raw %}x{% endraw %}", "{% include x %}", "{: .class }",
    "{#id}", "{::comment}", "{/* x */}", ":::", "::: note", ":::note x", "[[wiki]]", "![[embed]]", "[!note] x", "> [!note] x",
    "$x^2$", "$$", "$$x$$", "5$ and 6$", "# x", "#x", "x #", "## x ##", "1. x", "1) x", "12345678. x", "- x", "+ x", "* x",
    "> x", "---", "***", "___", "===", "=== x", "| a | b |", "a | b", "| --- |", "&amp;", "&lt;", "&#65;", "AT&T", "\\", "\\*",
    "a\\", "@someone", "http://a.example.org/_x_*y*", "<https://a.example.org>", "import x from 'y'", "export default x",
    "import os", "=={x}==", "x={1}", "    indented", "\ttab", "~~~", "```", "```js", "%%x%%", ": x", "a:b", "!x", "! [x]", "[x] x",
    "[ ] x", "x^2^", "H~2~O", "(c)", "“quoted”", "…", "<>", "</>", "1.", "-", "+", "#", ">", "^", "www.example.org",
]  # fmt: skip


@pytest.mark.parametrize("text", LITERAL)
@pytest.mark.parametrize(
    "around", ["<p>{}</p>", "<li>{}</li>", "<blockquote>{}</blockquote>", "<h2>{}</h2>", "<td>{}</td>"]
)
def test_what_is_text_in_the_feed_is_text_everywhere(text, around):
    """For CommonMark and for our own pipeline, which knows the syntax of site generators besides."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    html = around.format(escaped)
    if "<td>" in html:
        html = f"<table><tr><th>h</th></tr><tr>{html}</tr></table>"
    markdown = md(html)
    expected = " ".join((("h " if "<td>" in html else "") + text).split())
    assert shown(markdown) == expected
    rendered = render(markdown, RICH)
    assert shown(rendered.text) == expected
    assert rendered.warnings == ()


WORDS = st.text(
    st.sampled_from("ab1 \n*_`~[](){}<>#+-.!|$:@=^&%\\\"'/?;,\u00a0é中。“😀")
    # What the escaping, and the pipeline behind it, use as marks is replaced in a text before (see feed/escape.py).
    | st.characters(
        codec="utf-8",
        exclude_categories=("Cc",),
        exclude_characters="".join(map(chr, range(0xFDD0, 0xFDF0))),
        max_codepoint=0x10F7FF,
    ),
    max_size=40,
)


def squeezed(text: str) -> str:
    """Whitespace aside: HTML has only one kind of it."""
    return re.sub(r"\s+", "", text)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@settings(max_examples=250, deadline=None)
@given(WORDS)
def test_any_text_comes_back_as_it_was(text):
    """A paragraph of anything, through the converter and a Markdown reader."""
    visible = squeezed(text_of(f"<p>{escaped(text)}</p>"))
    assert squeezed(shown(md(f"<p>{escaped(text)}</p>"))) == visible


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS, WORDS, st.sampled_from(["b", "em", "del", "code", "a href='/x'"]))
def test_any_text_around_and_in_markup_comes_back_as_it_was(before, inside, after, tag):
    """No mark of emphasis is left over, whatever stands beside it."""
    html = f"<p>{escaped(before)}<{tag}>{escaped(inside)}</{tag.split()[0]}>{escaped(after)}</p>"
    assert squeezed(shown(md(html))) == squeezed(text_of(html))


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=4))
def test_our_own_pipeline_sees_nothing_in_it_either(texts):
    """Template tags, math, callouts and wikilinks are text when they come from a feed."""
    html = "".join(f"<p>{escaped(text)}</p>" for text in texts)
    rendered = render(md(html), RICH)
    assert squeezed(shown(rendered.text)) == squeezed(text_of(html))


def test_markup_inside_text_is_never_live():
    """Neither what was escaped, nor what a sanitiser is there for."""
    html = (
        "<p onclick='x'>a</p><script>alert(1)</script><style>x</style><object data='javascript:x'></object>"
        "<a href='javascript:alert(1)'>j</a><a href='data:text/html,x'>d</a><iframe src='javascript:1'></iframe>"
        "<p>&lt;script&gt;alert(2)&lt;/script&gt;</p><svg><script>3</script></svg><form><input value='x'></form>"
    )
    found = READER.render(md(html))
    assert "<script" not in found
    assert "javascript" not in found
    assert "alert(1)" not in found
    assert "alert(2)" in found


def test_the_same_html_gives_the_same_markdown():
    """And Markdown that was rendered again gives itself."""
    html = "<h2>T</h2><p>a <b>b</b></p><ul><li>x<ol><li>y</li></ol></li></ul><table><tr><th>a</th></tr><tr><td>1</td></tr></table>"
    once = md(html)
    assert once == md(html)
    assert md(READER.render(once)) == md(READER.render(md(READER.render(once))))


# ------------------------------------------------------------------ code

CODE = "a < b && c\n\n\tx  = `y`\n```\n<b>{{ z }}</b>  \n"
IN_HTML = CODE.replace("&", "&amp;").replace("<", "&lt;")
LINES = "".join(f"<span class='line'><span class='cl'>{line}\n</span></span>" for line in IN_HTML.split("\n")[:-1])
NUMBERS = "".join(f"<span class='lnt'>{n}\n</span>" for n in range(1, 7))

BLOCKS = {
    "markdown-it": f'<pre><code class="language-go">{IN_HTML}</code></pre>',
    "lang-": f'<pre class="lang-go"><code>{IN_HTML}</code></pre>',
    "GitHub": f'<div class="highlight highlight-source-go"><pre>{IN_HTML}</pre></div>',
    "SyntaxHighlighter": f'<pre class="brush: go; gutter: false">{IN_HTML}</pre>',
    "Hugo": f'<div class="highlight"><pre tabindex="0" class="chroma"><code class="language-go" data-lang="go">{LINES}</code></pre></div>',
    "Hugo, numbered": (
        '<div class="highlight"><div class="chroma"><table class="lntable"><tr><td class="lntd"><pre class="chroma">'
        f'<code>{NUMBERS}</code></pre></td><td class="lntd"><pre class="chroma"><code class="language-go">{LINES}</code></pre></td></tr>'
        "</table></div></div>"
    ),
    "Hugo, numbered in line": "<pre><code class='language-go'>"
    + "".join(
        f"<span class='line'><span class='ln'>{n}</span><span>{line}\n</span></span>"
        for n, line in enumerate(IN_HTML.split("\n")[:-1])
    )
    + "</code></pre>",
    "Rouge": (
        '<div class="language-go highlighter-rouge"><div class="highlight"><pre class="highlight"><code>'
        f'<span class="n">{IN_HTML}</span></code></pre></div></div>'
    ),
    "Rouge, numbered": (
        '<div class="language-go highlighter-rouge"><div class="highlight"><pre class="highlight"><code><table class="rouge-table">'
        '<tbody><tr><td class="rouge-gutter gl"><pre class="lineno">1\n2\n</pre></td>'
        f'<td class="rouge-code"><pre>{IN_HTML}</pre></td></tr></tbody></table></code></pre></div></div>'
    ),
    "Pygments": f'<div class="highlight" data-lang="go"><pre><span></span>{IN_HTML}</pre></div>',
    "Pygments, numbered": (
        '<table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre>1\n2</pre></div></td><td class="code">'
        f'<div class="highlight lang-go"><pre><span></span>{IN_HTML}</pre></div></td></tr></table>'
    ),
    "Pandoc": f'<div class="sourceCode"><pre class="sourceCode go"><code class="sourceCode go">{IN_HTML}</code></pre></div>',
    "line breaks": "<pre class='language-go'>" + IN_HTML.replace("\n", "<br>") + "</pre>",
    "in a figure": f'<figure class="highlight"><pre><code class="language-go" data-lang="go">{IN_HTML}</code></pre></figure>',
}


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize(
    "around", ["{}", "<ul><li>x{}</li></ul>", "<blockquote>{}</blockquote>", "<ol><li><p>x</p>{}<p>y</p></li></ol>"]
)
def test_code_keeps_every_byte_and_its_language(name, around):
    """Whatever has coloured and numbered it, wherever it stands."""
    found = codes(md(around.format(BLOCKS[name])))
    assert found == [("go", CODE)]


@pytest.mark.parametrize("code", ["\n a\n\n", "a", "\t\n x\n", "`" * 5 + "\n", "~~~\n", "{% raw %}\n", " \n\nx  \n"])
def test_odd_code_is_code_too(code):
    """Blank lines at the beginning, fences inside, template tags."""
    html = READER.render(f"``````\n{code}``````" if code.endswith("\n") else f"``````\n{code}\n``````")
    assert codes(md(html)) == [("", code if code.endswith("\n") else code + "\n")]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a <code>x*y_z</code> b", "a `x*y_z` b"),
        ("<code>a`b</code>", "``a`b``"),
        ("<code>`a`</code>", "`` `a` ``"),
        ("<code>&lt;T&gt; {{ x }}</code>", "`<T> {{ x }}`"),
        ("<kbd>Ctrl</kbd>+<tt>x</tt>", "`Ctrl`+`x`"),
        ('<a href="/d"><code>f()</code></a>', "[`f()`](https://blog.example.org/d)"),
        ('<code><a href="/d">f()</a></code>', "[`f()`](https://blog.example.org/d)"),
        ("<strong><code>x</code></strong>", "**`x`**"),
        ("<p><code>a<br>b</code></p>", "```\na\nb\n```"),
    ],
)
def test_code_in_a_line(html, expected):
    """Its characters are not escaped."""
    assert md(html) == expected


# ------------------------------------------------------------------ everything else


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="../b/?x=1&amp;y=2">t</a>', "[t](https://blog.example.org/posts/b/?x=1&y=2)"),
        ('<a href="#part">t</a>', "[t](https://blog.example.org/posts/a/#part)"),
        ('<a href="//cdn.example.org/x">t</a>', "[t](https://cdn.example.org/x)"),
        ('<a href="mailto:a@example.org">t</a>', "[t](mailto:a@example.org)"),
        ('<a href="/a_(b)">t</a>', "[t](https://blog.example.org/a_(b))"),
        ('<a href="/x y|z{{a}}">t</a>', "[t](https://blog.example.org/x%20y%7Cz%7B%7Ba%7D%7D)"),
        ('<a name="x"></a>t', "t"),
        ('<a href="ftp://x/">t</a>', "t"),
        (
            '<a href="/p"><img src="i.png" alt="A"></a>',
            "[![A](https://blog.example.org/posts/a/i.png)](https://blog.example.org/p)",
        ),
        (
            '<a href="/p"><div><img src="/i.png" alt="A"></div></a>',
            "[![A](https://blog.example.org/i.png)](https://blog.example.org/p)",
        ),
        ('<a href="/p"><h3>T</h3><p>x</p></a>', "### T\n\nx\n\n<https://blog.example.org/p>"),
    ],
)
def test_links_are_absolute(html, expected):
    """Or text, where they lead nowhere on the web."""
    assert md(html) == expected


I = "https://blog.example.org/i.png"  # noqa: E741


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="/i.png" alt="a ] *b*">', f"![a \\] \\*b\\*]({I})"),
        ('<img data-src="/i.png" src="data:image/gif;base64,R0lG" alt="a">', f"![a]({I})"),
        ('<img data-src="/i.png" src="/dot.gif" alt="a">', f"![a]({I})"),
        ('<img srcset="/s.png 320w, /i.png 1280w" src="data:image/gif;base64,R0lG" alt="a">', f"![a]({I})"),
        ('<picture><source srcset="/i.png 2x"><img alt="a"></picture>', f"![a]({I})"),
        (f'<img src="data:," alt=""><noscript><img src="{I}" alt="a"></noscript>', f"![a]({I})"),
        (f'<img src="{I}" alt="a"><noscript><img src="{I}" alt="a"></noscript>', f"![a]({I})"),
        ('<img src="/t.gif" width="1" height="1">x', "x"),
        ('<img src="/t.gif" style="width:1px;height:1px">x', "x"),
        ('<img src="/e.png" class="emoji" alt="😀">', "😀"),
        ('<figure><img src="/i.png" alt="a"><figcaption>C</figcaption></figure>', f"![a]({I})\n\n*C*"),
        ("<img alt='only this'>", "only this"),
    ],
)
def test_pictures_are_shown_from_where_they_are(html, expected):
    """Lazy ones too; what only counts readers is not shown."""
    assert md(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p><b>你好。</b>世界</p>", "**你好**。世界"),
        ("x<b>“q”</b>y", "x“**q**”y"),
        ("<b>a </b>b", "**a** b"),
        ("<b>a</b><b>b</b>", "**ab**"),
        ("<b><strong>a</strong></b>", "**a**"),
        ("<strong><div>a</div><div>b</div></strong>", "**a**\n\n**b**"),
        ("<i></i>a<b> </b>b", "a b"),
        ("<del>a</del>", "~~a~~"),
        ("x<sup>2</sup> H<sub>2</sub>O", "x² H₂O"),
        ("<q>a</q>", "“a”"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
        ("a<br>b", "a  \nb"),
        ("<hr>", "---"),
        ("<p>&nbsp;</p><p>a</p><p></p>", "a"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ('<ul><li><input type="checkbox" checked> a</li><li><input type="checkbox"> b</li></ul>', "- [x] a\n- [ ] b"),
        ("<dl><dt>T</dt><dd>D</dd></dl>", "**T**\n\nD"),
        ("<details><summary>S</summary><p>x</p></details>", "**S**\n\nx"),
        ('<h2 id="x">T <a href="#x" class="anchor">#</a></h2>', "## T"),
        ('<h2 id="x">T<a class="headerlink" href="#x">¶</a></h2>', "## T"),
        ('<h2 id="x"><a href="#x">T</a></h2>', "## T"),
        ('<h2>T <a href="/x#y">more</a></h2>', "## T [more](https://blog.example.org/x#y)"),
        ("<p style='display:none'>a</p>b", "b"),
        (
            "<table><tr><th>a|b</th><th>c</th></tr><tr><td><code>x|y</code></td><td>1<br>2</td></tr></table>",
            "| a\\|b | c |\n| --- | --- |\n| `x\\|y` | 1 2 |",
        ),
        ("<table role='presentation'><tr><td><p>a</p></td><td><p>b</p></td></tr></table>", "a\n\nb"),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\n\nb"),
        ('<iframe src="https://www.youtube.com/embed/abc"></iframe>', "<https://www.youtube.com/watch?v=abc>"),
        ('<iframe src="https://e.example.org/x" title="A film"></iframe>', "[A film](https://e.example.org/x)"),
        ('<video controls><source src="/v.mp4"></video>', "<https://blog.example.org/v.mp4>"),
        ('<script src="https://gist.github.com/a/123.js"></script>', "<https://gist.github.com/a/123>"),
        ('<span class="katex"><math><annotation encoding="application/x-tex">x^2</annotation></math>x2</span>', "$x^2$"),
        ("", ""),
        ("<p></p>", ""),
        ("just text", "just text"),
    ],
)  # fmt: skip
def test_what_readers_need_is_kept_in_the_nearest_form(html, expected):
    """One construct each."""
    assert re.sub(r"\n\n(?= *(?:-|\d+\.) )", "\n", md(html)) == expected


def test_what_is_lost_is_said():
    """Embeds, pictures without an address, code in tables."""
    html = (
        '<iframe src="https://e.example.org/"></iframe><img src="data:image/png;base64,x"><svg></svg>'
        "<table><tr><td>a</td><td><pre>b\nc</pre></td></tr></table>"
    )
    warnings = "\n".join(to_markdown(html, BASE)[1])
    for words in ("1 embed is", "1 picture has", "`<svg>`", "1 block of code in a table"):
        assert words in warnings


NOTES = {
    "Hugo": (
        '<p>A<sup id="fnref:1"><a href="#fn:1" class="footnote-ref" role="doc-noteref">1</a></sup>'
        ' b<sup id="fnref:x"><a href="#fn:x" class="footnote-ref">2</a></sup>.</p>'
        '<div class="footnotes" role="doc-endnotes"><hr><ol>'
        '<li id="fn:1"><p>One <em>note</em>.&#160;<a href="#fnref:1" class="footnote-backref">&#x21a9;&#xfe0e;</a></p></li>'
        '<li id="fn:x"><p>Two</p><pre><code>x\n\ny</code></pre><p><a href="#fnref:x">↩</a></p></li></ol></div>'
    ),
    "GitHub": (
        '<p>A<sup><a href="#user-content-fn-1" id="user-content-fnref-1" data-footnote-ref>1</a></sup>'
        ' b<sup><a href="#user-content-fn-2" id="user-content-fnref-2" data-footnote-ref>2</a></sup>.</p>'
        '<section data-footnotes class="footnotes"><h2 class="sr-only">Footnotes</h2><ol>'
        '<li id="user-content-fn-1"><p>One <em>note</em>. <a href="#user-content-fnref-1" data-footnote-backref>↩</a></p></li>'
        '<li id="user-content-fn-2"><p>Two</p><pre><code>x\n\ny</code></pre></li></ol></section>'
    ),
    "markdown-it": (
        '<p>A<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup>'
        ' b<sup class="footnote-ref"><a href="#fn2" id="fnref2">[2]</a></sup>.</p><hr class="footnotes-sep">'
        '<section class="footnotes"><ol class="footnotes-list"><li id="fn1" class="footnote-item">'
        '<p>One <em>note</em>. <a href="#fnref1" class="footnote-backref">↩︎</a></p></li>'
        '<li id="fn2" class="footnote-item"><p>Two</p><pre><code>x\n\ny</code></pre></li></ol></section>'
    ),
    "Pandoc, absolute": (
        f'<p>A<a href="{BASE}#fn1" class="footnote-ref" id="fnref1" role="doc-noteref"><sup>1</sup></a>'
        f' b<a href="{BASE}#fn2" class="footnote-ref" id="fnref2"><sup>2</sup></a>.</p>'
        '<aside id="footnotes" class="footnotes"><hr /><ol><li id="fn1"><p>One <em>note</em>.'
        f'<a href="{BASE}#fnref1" class="footnote-back" role="doc-backlink">↩︎</a></p></li>'
        '<li id="fn2"><p>Two</p><pre><code>x\n\ny</code></pre></li></ol></aside>'
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_footnotes_are_footnotes_again(name):
    """References, notes with code in them; no dead links, no arrows, no heading of an empty section."""
    expected = "A[^1] b[^2].\n\n[^1]: One *note*.\n\n[^2]: Two\n\n    ```\n    x\n\n    y\n    ```"
    assert md(NOTES[name]).replace("\u00a0", "") == expected
    plain = render(md(NOTES[name]), Dialect()).text
    assert "A[1] b[2]." in plain


def test_a_reference_to_a_note_that_is_not_there_leads_to_the_page():
    """A feed may carry the beginning only."""
    assert (
        md('A<sup><a href="#fn:1" class="footnote-ref">1</a></sup>') == "A[1](https://blog.example.org/posts/a/#fn:1)"
    )


# ------------------------------------------------------------------ attacks

HOSTILE = {
    "100,000 divs": "<div>" * 100_000,
    "repeated formatting": "".join(f"<p><b id={i}>" for i in range(60_000)),
    "100,000 attributes": "<div " + " ".join(f"a{i}=1" for i in range(100_000)) + ">",
    "attributes in names": "<div " + " ".join(f"a{i}<" for i in range(100_000)) + ">",
    "attributes without blanks": "<div " + "/".join(f"a{i}" for i in range(100_000)) + ">",
    "too long": "x" * 2_000_001,
    "too many": "<br>" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_html_that_would_hang_a_parser_is_refused(name):
    """nh3 alone takes half a minute on some of these, and gigabytes on others."""
    began = time.process_time()
    with pytest.raises(FeedTrouble) as caught:
        to_markdown(HOSTILE[name], BASE)
    assert caught.value.kind == "refused"
    assert time.process_time() - began < 5


HEAVY = {
    "code": "<code>x</code>" * 29_000,
    "bold": "<b>x</b>" * 29_000,
    "bold points": "<b>.</b>x" * 29_000,
    "pictures": "<img src=a>" * 2_900,
    "links": "<a href=b>x</a>" * 29_000,
    "notes": "".join(f'<sup><a href="#f{i}">1</a></sup><p id=f{i}>x</p>' for i in range(9_000)),
    "references": "<p id=a>x</p>" + '<sup><a href="#a">1</a></sup>' * 14_000,
    "numbers": "1. " * 400_000,
    "marks": "*_#" * 300_000,
    "greater": "&gt;" * 300_000,
    "cells": "<table><tr>" + "<td>x" * 55_000,
    "deep lists": ("<ul><li>" * 90 + "x" + "</li></ul>" * 90) * 150,
    "deep code": ("<ul><li>" * 50 + "<pre>" + "\n" * 9_000 + "x</pre>" + "</li></ul>" * 50) * 5,
    "backticks": f"<code>{'`' * 500_000}</code>",
    "srcset": f'<img srcset="{"a, " * 300_000}">',
    "unclosed": "<a " * 50_000,
    "quotes": '<a b="' * 50_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_what_is_let_through_is_converted_in_seconds(name):
    """Much of one thing is no reason to take for ever."""
    began = time.process_time()
    refused = contextlib.suppress(FeedTrouble) if name in {"unclosed", "quotes"} else contextlib.nullcontext()
    with refused:
        to_markdown(HEAVY[name], BASE)
    assert time.process_time() - began < 8
