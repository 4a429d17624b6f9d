"""Whatever a post holds, rendering ends, soon, and without a trace of the pipeline's own marks."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.markdown import Dialect, first_paragraph, render

DIALECTS = (
    Dialect(tables=True, footnotes=True, strikethrough=True, task_lists=True, html=None, math="dollar", anchors=True),
    Dialect(
        tables=True, html=frozenset({"p", "b", "details"}), math="katex", embeds="liquid", liquid=True, breaks=True
    ),
    Dialect(tables=True, strikethrough=True, images=False),
    Dialect(fences=False, headings=1, breaks=True),
    Dialect(format="plain"),
)

#: What the syntaxes are made of: put together at random they make every kind of broken post.
MARKS = """
    * ** _ ` `` ``` ~~~ [ ] ( ) ![ ](u) < > <b> </b> <div> </div> <!-- --> {{< >}} {% %} {{ }} $ $$ \\ [^1] [^1]: :::note :::
    # --- === a b c 中 。 &amp; ~~ [x]:/u [x] <a href='/x'> </a> <pre> </pre> <table> <td> </table> <![x {/* */} <Foo> </Foo>
    ==a== %%a%% ^[a] ::a{#b} {:.prompt-tip} {: .note} {{<figure src=a caption=b>}} <Note> </Note> <Card title='a b' /> {a} **： ：** {#a} (#a)
    [[a|b]] [!NOTE] {: .x} <br> raw endraw highlight /highlight <script> <details> <summary> \\| | <img src= import 'y' |---|
"""
SPACES = ("> ", "- ", "1. ", "    ", "\t", " ", "\n", "\n", "\n\n", "\n\n", "  \n", "\r\n", "\0", "\u00a0", "\u2028")
SCRAPS = st.sampled_from([*MARKS.split(), *SPACES])
POSTS = st.lists(SCRAPS, max_size=40).map("".join)


@settings(max_examples=150, deadline=None)
@given(POSTS, st.sampled_from(DIALECTS), st.sampled_from(["https://example.org/a/b/", None]))
def test_never_fails(source: str, dialect: Dialect, base_url: str | None) -> None:
    """No exception, and none of the characters or addresses that stand in for something on the way."""
    result = render(source, dialect, base_url=base_url, title="a")
    assert not re.search("[\ufdd0-\ufdef]|unresolved-tag", result.text)
    assert "\n" not in first_paragraph(source)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab *_`[]()<>!#>-+|:~\\\n\t1.中", max_size=120))
def test_plain_markdown_is_kept(source: str) -> None:
    """Without a site and with everything shown, a text is what it was, but for empty lines around it."""
    source = source.replace("<", "").replace(":::", "")
    # Not so a generator's own: wikilinks, definitions, abbreviations, admonitions.
    if "[[" in source or re.search(r"^[ \t>]*(?::|\*\[|!!!)", source, re.MULTILINE):
        return
    dialect = Dialect(tables=True, strikethrough=True, html=None, anchors=True)
    assert render(source, dialect).text == source.strip("\n")


@settings(max_examples=150, deadline=None)
@given(POSTS, st.sampled_from(DIALECTS[:3]))
def test_fenced_code_survives(source: str, dialect: Dialect) -> None:
    """A fence in the middle of anything that is closed before it comes out as it went in."""
    code = "```py\n{{< x >}} {% y %} {{ z }} <b> [a](/b) ~~c~~ :::d\n```"
    assert code in render(f"{code}\n\n{source}", dialect, base_url="https://example.org/").text


BOMBS = {
    "quotes": ">" * 50_000,
    "lists": "".join("  " * i + "- a\n" for i in range(400)),
    "brackets": "[" * 50_000,
    "images": "![[" * 20_000,
    "links": "[a](" * 20_000,
    "emphasis": "*a **b " * 20_000,
    "ticks": "".join("`" * i + " " for i in range(300)),
    "divs": "<div>" * 20_000,
    "comments": "<!--" * 20_000,
    "sections": "<![CDATA[" * 10_000,
    "shortcodes": "{{< " * 20_000,
    "tags": "{% if x %}" * 10_000,
    "callouts": ":::note\n" * 5_000 + ":::\n" * 5_000,
    "components": "<Foo a={" * 10_000,
    "dollars": "$$\n" * 20_000,
    "rows": "| a |\n|---|\n" + "| b |\n" * 20_000,
    "footnotes": "[^a]" * 20_000 + "\n\n[^a]: x",
    "imports": "import a from 'b'\n" * 5_000,
    "words": "word " * 100_000,
    "lone closings": "{{< a >}}\n" * 10_000 + "{{< /b >}}\n" * 10_000,
    "lone ends": '<Ab b="">\n' * 5_000 + "</Bb>\n" * 5_000,
    "nested components": "<Ab>\n" * 2_000 + "</Ab>\n" * 2_000,
    "nested callouts": "<Note>\n" * 2_000 + "</Note>\n" * 2_000,
    "many callouts": "{{% note %}}\na\n{{% /note %}}\n\n" * 5_000,
    "arguments": '{{< a title="b" text="c d" >}}\n\n' * 5_000,
    "wide emphasis": "**中：**文 `a` " * 10_000,
    "classes": "> a\n{: .prompt-tip }\n\n" * 5_000,
    "one class": "{:" + " .note" * 50_000,
    "notes": "^[a b" * 20_000 + "]",
    "highlights": "==a %%b ^c " * 20_000,
    "names": "## a {#b}\n\n[c](#b)\n\n" * 2_000,
    "terms": "a\n: b\n\n" * 3_000,
    "expressions": "import a from 'b'\n\n" + "{a.b} " * 20_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_hostile_input_ends(name: str) -> None:
    """Nesting and repetition that no one writes takes seconds at most, not minutes."""
    started = time.perf_counter()
    for dialect in DIALECTS:
        render(BOMBS[name], dialect, base_url="https://example.org/")
    assert time.perf_counter() - started < 60
