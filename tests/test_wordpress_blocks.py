"""WordPress's blocks, and the HTML that the adapters for one's own site share."""

from __future__ import annotations

import re

import pytest
from syndicate.adapters._site_compare import same_html
from syndicate.adapters._site_html import blocks_of
from syndicate.adapters._wordpress_blocks import as_blocks


def blocks(markdown: str) -> str:
    return as_blocks(blocks_of(markdown))


@pytest.mark.parametrize(
    ("markdown", "content"),
    [
        ("One\n", "<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->"),
        ("## Two\n", '<!-- wp:heading -->\n<h2 class="wp-block-heading" id="two">Two</h2>\n<!-- /wp:heading -->'),
        (
            "#### Two\n",
            '<!-- wp:heading {"level":4} -->\n<h4 class="wp-block-heading" id="two">Two</h4>\n<!-- /wp:heading -->',
        ),
        (
            "```c++\nx\n```\n",
            '<!-- wp:code {"className":"language-c++"} -->\n<pre class="wp-block-code language-c++"><code>x\n</code></pre>\n<!-- /wp:code -->',
        ),
        (
            "> a\n>\n> b\n",
            (
                '<!-- wp:quote -->\n<blockquote class="wp-block-quote">\n<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->\n'
                "<!-- wp:paragraph -->\n<p>b</p>\n<!-- /wp:paragraph -->\n</blockquote>\n<!-- /wp:quote -->"
            ),
        ),
        (
            "---\n",
            '<!-- wp:separator -->\n<hr class="wp-block-separator has-alpha-channel-opacity"/>\n<!-- /wp:separator -->',
        ),
        (
            '![a](https://x.example/a.png "c & d")\n',
            (
                '<!-- wp:image -->\n<figure class="wp-block-image"><img src="https://x.example/a.png" alt="a"/>'
                '<figcaption class="wp-element-caption">c &amp; d</figcaption></figure>\n<!-- /wp:image -->'
            ),
        ),
        ("<div>\n\ntext\n\n</div>\n", "<!-- wp:html -->\n<div>\n<p>text</p>\n</div>\n<!-- /wp:html -->"),
        ("1. a\n\n   b\n", "<!-- wp:html -->\n<ol>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ol>\n<!-- /wp:html -->"),
    ],
)
def test_each_kind_is_wordpress_s_own_block(markdown, content):
    """In the form that the block's own editor writes; what has no block is one of custom HTML."""
    assert blocks(markdown) == content


def test_lists_are_blocks_of_blocks():
    """Each list and each item is a block, whatever its depth; they open and close in order."""
    content = blocks("3. one\n   - two\n4. three\n")
    assert re.findall(r"<!-- (/?wp:[\w-]+)(?: (\{.*?\}))? -->", content) == [
        ("wp:list", '{"ordered":true,"start":3}'),
        ("wp:list-item", ""),
        ("wp:list", ""),
        ("wp:list-item", ""),
        ("/wp:list-item", ""),
        ("/wp:list", ""),
        ("/wp:list-item", ""),
        ("wp:list-item", ""),
        ("/wp:list-item", ""),
        ("/wp:list", ""),
    ]
    assert '<ol start="3" class="wp-block-list">' in content
    assert blocks("- a\n\n- b\n") == blocks("- a\n- b\n")


def test_shortcodes_are_text():
    """WordPress runs them in code, too, and its filter for authors decodes `&amp;#39;`: both are written otherwise."""
    content = blocks("A `[gallery ids=1]` [/x] and [link](https://a.example/[b]) `&#39;` [1]\n")
    assert "<code>&#091;gallery ids=1]</code> &#091;/x]" in content
    assert "<code>&#038;#39;</code> [1]" in content
    assert 'href="https://a.example/%5Bb%5D"' in content
    assert same_html(
        content,
        "<p>A <code>[gallery ids=1]</code> [/x] and <a href='https://a.example/%5Bb%5D'>link</a> <code>&amp;#39;</code> [1]</p>",
    )


def test_tables_have_their_columns():
    """Alignment is a class, as the block has it."""
    content = blocks("|a|b|\n|---|--:|\n|1|2|\n")
    assert content.startswith('<!-- wp:table {"hasFixedLayout":false} -->\n<figure class="wp-block-table"><table>')
    assert content.count('class="has-text-align-right" data-align="right"') == 2


def test_notes_lead_there_and_back():
    """Footnotes are links in both directions; a second reference has the note's number."""
    *_, notes = blocks_of("a[^x] b[^x]\n\n[^x]: why\n")
    first = blocks_of("a[^x] b[^x]\n\n[^x]: why\n")[0].html
    assert first.count('href="#fn1"') == 2
    assert first.count(">[1]</a>") == 2
    assert '<li id="fn1"' in notes.html
    assert 'href="#fnref1"' in notes.html
    assert not notes.simple


@pytest.mark.parametrize(
    ("markdown", "kind", "simple"),
    [
        ("text <kbd>x</kbd>", "paragraph", False),
        ("text <b>x</b> ~~y~~ <br> <!-- z -->", "paragraph", False),
        ("text <b>x</b> ~~y~~ <br>", "paragraph", True),
        ("text ![a](b.png)", "paragraph", False),
        ("[![a](b.png)](c.html)", "image", False),
        ("![a](b.png)", "image", True),
        ("- a\n  - b", "list", True),
        ("- a\n\n      code", "list", False),
        ("> - a", "quote", False),
        ("> a", "quote", True),
        ("<details>\n<summary>a</summary>\n\nb\n\n</details>", "other", False),
    ],
)
def test_what_an_editor_can_hold_is_known(markdown, kind, simple):
    """One block each: what stands between the author's own tags belongs to them."""
    (block,) = blocks_of(markdown)
    assert (block.kind, block.simple) == (kind, simple)


def test_tags_that_are_not_closed_take_the_rest():
    """So no piece is torn out of them; tags whose end may be left out, and comments, open nothing."""
    assert len(blocks_of("<div>\n\na\n\nb\n")) == 1
    assert len(blocks_of("<p>\n\na\n\n<!-- <div> -->\n\n<br/>\n\n</div>\n\nb\n")) == 6


MARKS = {"b": "strong", "strong": "strong", "em": "em"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("<p>a <b><em>b</em></b></p>", "<p>a <em><strong>b</strong></em></p>", True),
        ("<p>a <b>b</b></p>", "<p>a b</p>", False),
        ("<p>a</p>\n\n<p>b</p>", "<div>a</div><p>b</p>", True),
        ("<p>a</p>", "<p>a b</p>", False),
        ('<img src="{image:https://x.example/a.png}">', '<img src="https://y.example/z.png">', True),
        ('<img src="https://x.example/a.png">', '<img src="https://y.example/z.png">', False),
        ("<pre>a\n  b</pre>", "<pre>a\r\n  b\n</pre>", True),
        ("<pre>a\n  b</pre>", "<pre>a\n b</pre>", False),
        ("é &amp; “x”", "é &#38; &ldquo;x&rdquo;", True),
    ],
)
def test_html_is_compared_as_a_reader_sees_it(one, other, same):
    """Words, marks however nested, pictures, and code with its indentation."""
    assert same_html(one, other, {"img": "img", "pre": "pre"}, MARKS) is same
