"""Texts of well-formed pieces of every syntax that real posts hold, one within another, for hypothesis.

What stands in code looks like all of these, and has to stay as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

#: Lines of code with the signs of everything that is changed elsewhere.
FALSE_FRIENDS = (
    *(
        "{{< figure src='a.png' >}}",
        "{% raw %}",
        "{% endraw %}",
        "{{ site.title }}",
        ":::note",
        ":::",
        "> [!NOTE]",
        "[^1]",
    ),
    *(
        "[^1]: x",
        "[[wiki|link]]",
        "![[a.png]]",
        "<Foo bar={1} />",
        "import a from 'b'",
        "export const a = 1",
        "<!-- a -->",
    ),
    *(
        "<div>&amp;</div>",
        "$x_1$",
        "$$",
        "~~a~~",
        "| a | b |",
        "|---|---|",
        "# not a heading",
        "[a](/b)",
        "![a](b.png)",
    ),
    *(
        "{: .class}",
        "    indented",
        "\ttab",
        "a  ",
        "<details>",
        "`one`",
        "``two``",
        "!!! note",
        "- [ ] a",
        "---",
        "+++",
        "中文**b**",
    ),
    *(
        "{{% notice %}}",
        "{{</* ref */>}}",
        "@[x](y)",
        "%[https://a.example]",
        "&nbsp;",
        "\\*",
        "https://a.example",
        "{#id}",
    ),
)
#: Template tags that are text, as their author has quoted them.
LITERALS = ("{{</* literal */>}}", "{% raw %}{{ a }}{% endraw %}", "{{< raw >}}<b>a</b>{{< /raw >}}")
CODE = st.lists(st.sampled_from(FALSE_FRIENDS), min_size=1, max_size=5).map("\n".join)

_WORDS = (
    "one",
    "two",
    "three",
    "Größe",
    "中文",
    "한국",
    "עברית",
    "👩‍👩‍👧",
    "a_b",
    "1.10",
    "C#",
    "it's",
    "x",
    "&amp;",
    "3 < 4",
)
_WORD = st.sampled_from(_WORDS)
_MARKUP = st.sampled_from((
    *("*em*", "**strong**", "`code {{< x >}}`", "``a ` {% b %}``", "[link](/there)", "[far](https://a.example/b?c=d#e)"),
    *("![alt](pic.png)", '![](a.png "t")', "note[^n]", "[[wiki|label]]", "$a_1 + b$", "<kbd>K</kbd>", "~~gone~~", "a<br>b"),
    *("<https://a.example>", "[ref][r]", "<!-- hidden -->", "{{ page.title }}", '[a]({{< ref "b.md" >}})', "{{< unknown x=1 >}}"),
    *("{% link a.md %}", "[a]({% post_url 2024-01-02-a %})", "{{</* literal */>}}", "<Badge text='new' />", "{/* hidden */}"),
    *("==marked==", ":smile:", "H~2~O", "\\*no em\\*", "*a **b** c*", "[*a* `b`](c)", "<sub>2</sub>", '<a href="/x">y</a>'),
))  # fmt: skip
INLINE = st.lists(st.one_of(_WORD, _WORD, _MARKUP), min_size=1, max_size=6).map(" ".join)

_LEAVES = st.one_of(
    INLINE,
    st.lists(INLINE, min_size=2, max_size=3).map("\n".join),
    st.builds("{} {}".format, st.sampled_from(("#", "##", "###", "######")), INLINE),
    INLINE.map("{}\n---".format),
    st.just("***"),
    st.builds("| {0} | b |\n|:--|---|\n| c | {1} |".format, _WORD, _WORD),
    st.just("$$\na^2\n$$"),
    st.just("<div>\n<p>a</p>\n</div>"),
    st.just("<table><tr><td>a</td><td>b</td></tr></table>"),
    st.just("<!-- a\ncomment -->"),
    st.just('<img src="a.png" alt="b">'),
    st.just('<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>'),
    st.sampled_from((
        *('{{< figure src="a.png" caption="A b" >}}', "{{< youtube abcdefghijk >}}", "{{< gist a b >}}", "{{% toc %}}"),
        *("{% include a.html %}", "{% youtube abcdefghijk %}", "{% embed https://a.example %}", "%[https://a.example]"),
        *("https://youtu.be/abcdefghijk", "<Foo a={1} />", "import A from 'a'", "export const a = 1;", "<!--more-->"),
        *("[[toc]]", "{{< unknown >}}", "{% unknown %}", "![[a.png]]", "- [ ] open\n- [x] done", "[TOC]", "{: .lead}"),
        *("{% raw %}{{ a }}{% endraw %}", "{{< raw >}}<b>a</b>{{< /raw >}}", "term\n: what it is", '![](a.png align="left")'),
    )),
)  # fmt: skip


def fence(code: str, mark: str = "```", info: str = "") -> str:
    """A block of code whose fence is longer than any in it."""
    return f"{mark}{info}\n{code}\n{mark}"


CODES = st.builds(
    fence, CODE, st.sampled_from(("```", "~~~", "`````")), st.sampled_from(("", "py", "html", "js {1,2}"))
)


def _indented(prefix: str, first: str, text: str) -> str:
    head, *rest = text.split("\n")
    return "\n".join([first + head, *(prefix + line if line else prefix.rstrip() for line in rest)])


#: What a text can stand in.
CONTAINERS: tuple[Callable[[str], str], ...] = (
    lambda text: _indented("> ", "> ", text),
    lambda text: _indented("  ", "- ", text),
    lambda text: _indented("   ", "1. ", text),
    lambda text: _indented("> ", "> [!NOTE]\n> ", text),
    ":::note\n\n{}\n\n:::".format,
    "<details><summary>S</summary>\n\n{}\n\n</details>".format,
    '<Tabs>\n<TabItem value="a">\n\n{}\n\n</TabItem>\n</Tabs>'.format,
    "{{{{< notice tip >}}}}\n\n{}\n\n{{{{< /notice >}}}}".format,
    "{{% if a %}}\n\n{}\n\n{{% endif %}}".format,
    "<div align='center'>\n\n{}\n\n</div>".format,
)


def contained(text: str, around: Sequence[int]) -> str:
    """`text` within so many of the containers, by number, the innermost first."""
    for number in around:
        text = CONTAINERS[number % len(CONTAINERS)](text)
    return text


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(contained, inner, st.lists(st.integers(0, len(CONTAINERS) - 1), min_size=1, max_size=1))


def _documents(leaf: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    blocks = st.recursive(
        leaf, lambda inner: _containers(st.lists(inner, min_size=1, max_size=3).map("\n\n".join)), max_leaves=6
    )
    return st.lists(blocks, min_size=1, max_size=4).map("\n\n".join).map("{}\n\n[^n]: A note.\n\n[r]: /ref\n".format)


#: Whole texts, with code in them.
DOCUMENTS = _documents(st.one_of(_LEAVES, _LEAVES, CODES))
#: Without anything that is code.
PROSE = _documents(_LEAVES)
