"""What site generators and note-takers add to Markdown becomes plain Markdown, or is named in a warning."""

from __future__ import annotations

import pytest

from syndicate.markdown import Dialect, render

RICH = Dialect(tables=True, html=None, math="dollar")
BASE = "https://example.org/blog/2024/05/06/this/"


def text(source: str, dialect: Dialect = RICH, base_url: str | None = BASE, title: str | None = None) -> str:
    return render(source, dialect, base_url=base_url, title=title).text


def warnings(source: str, dialect: Dialect = RICH) -> str:
    return "\n".join(render(source, dialect, base_url=BASE).warnings)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('[a]({{< ref "posts/other.md#s" >}})', "[a](https://example.org/posts/other/#s)"),
        ('[a]({{% relref "/docs/_index.md" %}})', "[a](https://example.org/docs/)"),
        ('[a]({{< ref path="/x.zh.md" >}})', "[a](https://example.org/x/)"),
        ('[a]({{< relref "sibling.md" >}})', "[a](https://example.org/blog/2024/05/06/sibling/)"),
        ('{{< figure src="/i.png" alt="A" >}}', "![A](https://example.org/i.png)"),
        ('{{< figure src="/i.png" alt="A" caption="C" link="/l" >}}', "[![A](https://example.org/i.png)](https://example.org/l)\n\n*C*"),
        ("{{< youtube abc >}}", "<https://www.youtube.com/watch?v=abc>"),
        ('{{< youtube id="abc" autoplay="true" >}}', "<https://www.youtube.com/watch?v=abc>"),
        ("{{< vimeo 12 >}}", "<https://vimeo.com/12>"),
        ('{{< tweet user="a" id="1" >}}', "<https://x.com/a/status/1>"),
        ("{{< gist spf13 789 >}}", "<https://gist.github.com/spf13/789>"),
        ("Before\n{{< youtube abc >}}\nafter", "Before\n\n<https://www.youtube.com/watch?v=abc>\n\nafter"),
        ("{{< highlight go >}}\na := `{{ x }}`\n{{< /highlight >}}", "```go\na := `{{ x }}`\n```"),
        ('{{< highlight md "linenos=table" >}}\n```\nx\n```\n{{< /highlight >}}', "````md\n```\nx\n```\n````"),
        ('Run {{< highlight sh "hl_inline=true" >}}ls{{< /highlight >}} now.', "Run `ls` now."),
        ("{{< mermaid >}}\ngraph TD\n{{< /mermaid >}}", "```mermaid\ngraph TD\n```"),
        ('{{< details "More" >}}\n*in*\n{{< /details >}}', "<details><summary>More</summary>\n\n*in*\n\n</details>"),
        ("{{% notice warning %}}\nCareful.\n{{% /notice %}}", "> **Warning**\n>\n> Careful."),
        ('{{< admonition tip "Head" >}}\na\n\n- b\n{{< /admonition >}}', "> **Head**\n>\n> a\n>\n> - b"),
        ("{{< hint info >}}One line.{{< /hint >}}", "**Info:** One line."),
        ('{{< tabs >}}\n{{< tab "One" >}}\na\n{{< /tab >}}\n{{< /tabs >}}', "**One**\n\na"),
        ('{{< button href="/x" >}}Go{{< /button >}}', "[Go](https://example.org/x)"),
        ('[a]({{< ref "../b/index.md" >}})', "[a](https://example.org/blog/2024/05/06/b/)"),
        ('{{< alert "circle-info" >}}\na\n{{< /alert >}}', "> **Info**\n>\n> a"),
        ('{{< quote author="A" source="B" url="https://c" >}}\na\n\nb\n{{< /quote >}}', "> a\n>\n> b\n>\n> — [A, B](https://c)"),
        ('{{< details summary="See *it*" >}}\na\n{{< /details >}}', "<details><summary>See <em>it</em></summary>\n\na\n\n</details>"),
        ('{{< gist a 1 "x.py" >}}', "<https://gist.github.com/a/1#file-x-py>"),
        ("{{< box >}}**kept**{{< /box >}}", "**Note:** **kept**"),
        ("A {{< unknown x >}}*kept*{{< /unknown >}} b", "A *kept* b"),
        ("A {{< unknown x >}} b", "A b"),
        ("A {{</* youtube x */>}} b", "A {{< youtube x >}} b"),
        ("`{{< youtube x >}}`\n\n```\n{{< youtube x >}}\n```\n\n    {{< youtube x >}}", "`{{< youtube x >}}`\n\n```\n{{< youtube x >}}\n```\n\n    {{< youtube x >}}"),
    ],
)  # fmt: skip
def test_hugo(source: str, result: str) -> None:
    """Shortcodes become links, images, code, quotes; others leave what they enclose."""
    assert text(source) == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{% highlight ruby linenos %}\nputs '{{ x }}'\n{% endhighlight %}", "```ruby\nputs '{{ x }}'\n```"),
        ("{% raw %}{{ x }} {% y %}{% endraw %}", "{{ x }} {% y %}"),
        ("{% comment %}a {{ b }}{% endcomment %}Text", "Text"),
        ('{% assign b = "https://x.org/" %}\n[a]({{ b }}1) [c]\n\n[c]: {{b}}2', "[a](https://x.org/1) [c]\n\n[c]: https://x.org/2"),
        ("[a]({% post_url 2020-01-02-old-one %})", "[a](https://example.org/blog/2020/01/02/old-one/)"),
        ("[a]({% link assets/a.pdf %})", "[a](https://example.org/assets/a.pdf)"),
        ("[a]({% link _posts/x.md %}) b", "a b"),
        ("[a *b*]({{ page.foo }}) ![c]({{ page.img }}) d", "a *b* c d"),
        ("[a] b\n\n[a]: {{ page.x }}", "a b"),
        ('![a]({{ "/i.png" | relative_url }}) [b]({{ site.baseurl }}/c)', "![a](https://example.org/i.png) [b](https://example.org/c)"),
        ('{% include toc.html %}\n\nA {% include x.html y="1" %} b', "A b"),
        ("{% if a %}yes{% else %}no{% endif %}", "yesno"),
        ("{% embed https://x.org/y %}", "<https://x.org/y>"),
        ("{% youtube abc %}", "<https://www.youtube.com/watch?v=abc>"),
        ("{% gist a/1 x.md %}", "<https://gist.github.com/a/1#file-x-md>"),
        ("{% include refs.md %}\n[A `b`][] 文[c][d] [e][f] g[1][2] `[h][i]` [^1][^2]\n\n[f]: https://x", "A `b` 文c [e][f] g[1][2] `[h][i]` [^1][^2]\n\n[f]: https://x"),
        ("[c][d]", "[c][d]"),
        ("{% cta https://x.org %} Go {% endcta %}", "[Go](https://x.org)"),
        ("[a]({{ site.baseurl }}{% post_url x %}) b", "a b"),
        ("{% capture n %}\n**a**\n{% endcapture %}\n<p>{{ n | markdownify }}</p>", "<p>**a**</p>"),
        ("[a]({{ '/x' | prepend: site.baseurl | prepend: site.url }})", "[a](https://example.org/x)"),
        ("[a]({% link _posts/2020-01-02-old.md %}#b)", "[a](https://example.org/blog/2020/01/02/old/#b)"),
        ("{% github a/b no-readme %}", "<https://github.com/a/b>"),
        ("{% img left /i.png 20 30 Title %}", "![](https://example.org/i.png)"),
        ('{% callout "warning" %}\na\n{% endcallout %}', "> **Warning**\n>\n> a"),
        ("Text {{ variable }} stays.", "Text {{ variable }} stays."),
        ("{{ page.title }}: {{ site.url }}", "T: https://example.org"),
        ("${{ secrets.TOKEN }}", "${{ secrets.TOKEN }}"),
        ('{{ youtube(id="abc") }}', "<https://www.youtube.com/watch?v=abc>"),
        ('{% quote(author="x") %}\na\n{% end %}', "> a\n>\n> — x"),
        ('- a {% assign t = "1" %}\n- b', "- a\n- b"),
    ],
)  # fmt: skip
def test_liquid(source: str, result: str) -> None:
    """Liquid becomes what the site would show where that is certain; a link whose address is not becomes text."""
    assert text(source, title="T") == result


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("{{< unknown x >}}", "`{{< unknown x >}}`"),
        ("{{< foo >}}a{{< /foo >}}", "`foo`"),
        ("{% include x.html %}", "`{% include x.html %}`"),
        ("{% if x %}a{% endif %}", "`if`"),
        ("{% unless x %}", "`{% unless x %}`"),
        ("Text {{ foo.bar }}", "`{{ foo.bar }}`"),
        ("[label]({{ foo }})", "“label”"),
        ("{% endfor %}", "`{% endfor %}`"),
        ("{{< youtube abc >}}", "1 embed is shown as a plain link"),
        ('[a]({{< ref "x.md" >}})', "check them"),
        ("[[Page]]", "`[[Page]]`"),
        ("![[image.png]]", "`![[image.png]]`"),
        ("import A from 'a'\n\nx", "MDX"),
        ("<Foo>x</Foo>", "`<Foo>`"),
        ("<Foo bar />", "`<Foo />`"),
        (":::odd\nx\n:::", "`odd`"),
        (":::note\nno end", "`:::note`"),
        ("A[^1]\n\n[^1]: x\n[^2]: y", "2"),
    ],
)
def test_what_is_lost_is_named(source: str, named: str) -> None:
    """Nothing goes, and nothing is guessed, without a warning that quotes it."""
    assert named in warnings(source)


@pytest.mark.parametrize(
    "source",
    [
        "a <!-- more --> b",
        "# H {#id}",
        "p\n{: .x }",
        "{% comment %}x{% endcomment %}",
        "> [!NOTE]\n> x",
        ":::note\nx\n:::",
        "{% highlight c %}\nx\n{% endhighlight %}",
        "${{ x }}",
    ],
)
def test_what_loses_nothing_is_silent(source: str) -> None:
    """A reader misses nothing, so there is nothing to say."""
    assert warnings(source) == ""


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("import A from 'a'\nimport {\n  B,\n} from \"b\"\n\nexport const c = {\n  d: 1,\n\n  e: 2,\n};\n\nText", "Text"),
        ("import A from 'a'\nText right below", "Text right below"),
        ("import os is Python.\n\nexport PATH=/x is shell.", "import os is Python.\n\nexport PATH=/x is shell."),
        ("<Tabs>\n<TabItem value='a' label='Alpha'>\n\n**x**\n\n</TabItem>\n</Tabs>", "**Alpha**\n\n**x**"),
        ("A <Mark color={'red'}>word</Mark> {/* note */} b", "A word b"),
        ("{/* when `x` changes */}\n\n`{/* y */}`", "`{/* y */}`"),
        ("<Code lang='sh' code={`\nls -l\n`} />", "```sh\nls -l\n```"),
        ("<img src={require('./i.png').default} style={{a: 1}} alt=\"A\" />", '<img src="https://example.org/blog/2024/05/06/this/i.png" alt="A" />'),
        ("Use Vec<T> or `<Foo />`.\n\n```jsx\n<Foo a={{b: 1}} />\n```", "Use Vec<T> or `<Foo />`.\n\n```jsx\n<Foo a={{b: 1}} />\n```"),
        (":::note\nText.\n:::", "> **Note**\n>\n> Text."),
        (":::tip[My *tip*]\n\nText.\n\n:::\nafter", "> **My *tip***\n>\n> Text.\n\nafter"),
        ("::: warning Title here\na\n\n```\ncode\n```\n:::", "> **Title here**\n>\n> a\n>\n> ```\n> code\n> ```"),
        ("- x\n\n  :::info\n  in a list\n  :::", "- x\n\n  > **Info**\n  >\n  > in a list"),
        ("::::note\nouter\n:::tip\ninner\n:::\n::::", "> **Note**\n>\n> outer\n>\n> > **Tip**\n> >\n> > inner"),
        ("    :::sh\n    code", "    :::sh\n    code"),
        ("> [!WARNING]\n> Careful.", "> **Warning**\n>\n> Careful."),
        ("> [!tip]- A title\n> body", "> **A title**\n>\n> body"),
        ("> [!NOTE]", "> **Note**"),
        ("> [!x](y)", "> [!x](https://example.org/blog/2024/05/06/this/y)"),
    ],
)  # fmt: skip
def test_mdx_and_callouts(source: str, result: str) -> None:
    """Imports go, components leave what they enclose, callouts become quotes with a label."""
    lines = [line.rstrip() for line in text(source).split("\n")]
    shown = "\n".join(line for n, line in enumerate(lines) if line.strip("> ") or lines[n + 1 : n + 2] != [""])
    assert shown.removesuffix("\n>").rstrip("\n") == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("# H {#my-id}\n\n## I {: #id .c }", "# H\n\n## I"),
        ('p *e*{: .red} [l](https://x){:target="_blank"}\n{: .note }', "p *e* [l](https://x)"),
        ("* TOC\n{:toc}\n\nText", "Text"),
        ("Elixir {:ok, x} and Rust {:#?} and {#not a heading}", "Elixir {:ok, x} and Rust {:#?} and {#not a heading}"),
        ("- **<!--x-->****a** b **<!--y-->**", "- **a** b"),
        ("a\n\n<!-- more -->\n\nb <!-- c\nd --> e", "a\n\nb e"),
        ("<div>\n<!-- x -->\n<p>t</p>\n</div>", "<div>\n<p>t</p>\n</div>"),
        ('![alt](https://x/i.png align="center")', "![alt](https://x/i.png)"),
        ("[[Page]] [[Page#Part|label]] [[A b#C]]", "Page label A b > C"),
        ("[[Feature #1]]\n\n[Feature #1]: https://x", "[[Feature #1]]\n\n[Feature #1]: https://x"),
        ("[[x]](https://y) a[[0, 1]] [[ -f x ]] [[nodiscard]] `[[x]]`", "[[x]](https://y) a[[0, 1]] [[ -f x ]] [[nodiscard]] `[[x]]`"),
    ],
)  # fmt: skip
def test_attributes_comments_and_wikilinks(source: str, result: str) -> None:
    """Kramdown's attributes and comments go; a wikilink is its label, and what only looks like one stays."""
    assert text(source).replace("\n\n\n", "\n\n") == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('<aside markdown="1" class="q">\n  <img src="https://x/i.png">\nA *b* [c](https://y)\n</aside>', '<aside class="q">\n\n<img src="https://x/i.png"> A *b* [c](https://y)\n\n</aside>'),
        ("<div markdown=1>\n  - a\n    - b\n</div>", "<div>\n\n- a\n  - b\n\n</div>"),
        ('<div markdown="0">\n*a*\n</div>', "<div>\n*a*\n</div>"),
        ('<div markdown = "1" class = "q">\n*a*\n</div>', '<div class = "q">\n\n*a*\n\n</div>'),
        ('> <p markdown="span">*a*</p>', "> *a*"),
        ('a\n<p markdown="1" class="q">\n*b*\n</p>\n</aside>', "a\n\n*b*\n\n</aside>"),
    ],
)  # fmt: skip
def test_markdown_inside_html(source: str, result: str) -> None:
    """Where the author asked for it, it is set apart with empty lines, so that everyone reads it as Markdown."""
    assert text(source) == result


def test_a_block_of_html_stays_one() -> None:
    """An empty line would end it, and make code of what is indented behind it."""
    assert text("  <div>\n    <p>a</p>\n      {{< donate >}}\n    </div>") == "  <div>\n    <p>a</p>\n    </div>"


def test_empty_lines_are_the_authors() -> None:
    """What is taken away leaves none behind; the author's own stay."""
    assert text("a\n\n\n\nb\n\n{% comment %}x{% endcomment %}\n\nc\n\n<!-- y -->\n\n:::tip\nd\n:::\n\ne") == (
        "a\n\n\n\nb\n\nc\n\n> **Tip**\n>\n> d\n\ne"
    )


def test_ref_without_a_site() -> None:
    """The path that the file name gives is kept, and named as leading nowhere."""
    result = render('[a]({{< ref "posts/x.md" >}})', RICH)
    assert result.text == "[a](/posts/x/)"
    assert any("/posts/x/" in w for w in result.warnings)


def test_what_zola_quotes_is_shown() -> None:
    """Calls between `/*` and `*/` are text on its pages."""
    assert (
        render('{{/* youtube(id="x") */}} and {%/* quote() */%}', Dialect()).text
        == '{{ youtube(id="x") }} and {% quote() %}'
    )


def test_a_link_of_hexo_keeps_its_title() -> None:
    """Only the site knows where it leads; its words belong to the sentence."""
    result = render("{% post_link a-slug 'The other post' %} says so.", Dialect())
    assert result.text == "The other post says so."
    assert "“The other post”" in result.warnings[0]


def test_a_tag_that_is_left_is_told_by_its_name() -> None:
    """So that it can be found in the text."""
    (warning,) = [w for w in render("a {% include note.html", Dialect()).warnings if "is left" in w]
    assert "`{% include`" in warning


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('a\n\n!!! warning "Don\'t"\n    Do **not**.\n\n    ```\n    # x\n    ```\n\nb', "a\n\n> **Don't**\n>\n> Do **not**.\n>\n> ```\n> # x\n> ```\n\nb"),
        ("!!! note\n    One\n    two.\nb", "> **Note**\n>\n> One\n> two.\n\nb"),
        ('!!! tip ""\n\n    Bare.', "> Bare."),
        ("!!! info inline end\n    A\n\n    !!! danger\n        B\n\n    c", "> **Info**\n>\n> A\n>\n> > **Caution**\n> >\n> > B\n>\n> c"),
        ('??? question "Why?"\n    So.', "<details><summary>Why?</summary>\n\nSo.\n\n</details>"),
        ("```\n!!! note\n    a\n```", "```\n!!! note\n    a\n```"),
        ("Wow!!! note this\n\n!!! really\n", "Wow!!! note this\n\n!!! really"),
    ],
)  # fmt: skip
def test_admonitions_of_python_markdown(source: str, shown: str) -> None:
    """What is indented below `!!! kind "Title"` is in a quote, below `???` folded; in code it is code."""
    assert render(source, Dialect(html=None)).text == shown
