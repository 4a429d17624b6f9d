"""Texts that are made to take long, of any length: each is a whole post.

`KINDS` has a function of the length for each; `largest` is the longest of a kind that is not refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count

from syndicate.errors import UsageError
from syndicate.post import bounds, frontmatter

Kind = Callable[[int], str]

HEAD = "---\ntitle: T\n---\n"

#: One of these, again and again.
REPEATED = (
    *("[", "[]", "![", "[a](", "[a](b) ", "[a][b] ", "[a](<b", '[a](b "', ">", "> ", "> a\n", "- ", "- a\n"),
    *("- a\n\n", "1. ", "> - 1. ", "*a **b ", "*", "* ", "*a ", "_a ", "a_b__c___", "~~a "),
    *("*_a_* **b*c** _d*_ ", "`", "`a` ", "`a ``b ", "```\n", "```\na\n```\n", "~~~\n", "<div>", "<div>\n"),
    *("<div>\n\n", "<span>", "<a ", "<", "<a", "<b>x</b> ", "<details><summary>a</summary>\n\n"),
    *("<table><tr><td>a", "<pre>\n", "<script>\n", '<img src="a">', "a<br>\n"),
    *('<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>\n\n', "<!--", "<!-- a --> "),
    *("<!-- a -->\n", "a <!-- b\n\n", "<![CDATA[", "<?a ", "<!A ", "[a]: u\n", "[a]: <\n", '[a]: u "\n', "[^a]"),
    *("^[a", "{{< ", "{{< a >}}", "{{< a >}}\n\n", "{{% a %}}\n", '{{< figure src="a.png" >}}\n\n'),
    *("{{< youtube abcdefghijk >}}\n\n", "{{< highlight go >}}\n", "{{< note >}}a{{< /note >}}\n", '{{< a b="'),
    *("{% if x %}", "{% a %}\n", "{% raw %}", "{% raw %}a{% endraw %}", "{% highlight go %}\n", "{%", "%}"),
    *("{{ a }} ", "{{", "}}", "{% link a.md %} ", "{% include a.html b=c %}\n", "<Foo a={", "<Foo>\n"),
    *("<Foo a={1}/>\n", "{a} ", "{", "<Tabs><TabItem value='a'>\n\nb\n\n</TabItem>", "import a from 'b'\n"),
    *("export const a = {\n", "{/* ", "{/* a */}\n", "&amp;", "&", "&#x41;", "\\", "\\*"),
    *("|a|b|\n|-|-|\n|c|d|\n\n", "|", "a|b\n", "|-|\n", "$", "$a", "$a$ ", "$$\n", "$$\na\n$$\n", "\\("),
    *("\\[\n", ":::note\n", ":::note\na\n:::\n", "> [!NOTE]\n> a\n\n", ":", "!!! note\n    a\n\n", ":smile:"),
    *("[[a|b]] ", "[[", "![[a]]\n", "{: .a}\n", "a\n{: .a #b}\n\n", "# a {#b}\n", "[[toc]]\n", "# a\n"),
    *("# T\n\n", "a\n===\n", "a\n-\n", "#", "---\n", "***\n", "word ", "a\n", "a  \n", "\t", "    a\n"),
    *("    a\n\n", "\xa0", "a\n\n", "a\r", "https://e.org/a ", "<https://e.org/a> ", "www.a.b ", "a@b.c "),
    *("@a ", "#a ", ".", "[a](/b) ", "![a](b.png) ", "😀", "👩\u200d👩\u200d👧", "\u202eabc ", "\u202e", "🇦🇧"),
    *("\x00", "a\x00", "\ue000", "\ufdd0", "中文，", "中**文**，", "中", "한국 ", "ไทย", "\u200b", "\u2028", "a\ufe0f"),
    *("\U0001f3f4\U000e0067\U000e0062", "a\n\n<!-- part -->\n\n", "<!--more-->\n\n", "tl;dr ", "\u2026", "A. "),
    *("@a@b.c ", "$5 ", "[a](#b) ", "- [ ] a\n", "- [x] ", "https://gist.github.com/a/b\n\n"),
    *("https://x.com/a/status/1\n\n", "https://youtu.be/abcdefghijk\n\n", "%[https://a.b]\n\n", "%["),
    *('![](a.png align="left")\n\n', "```mermaid\na\n```\n\n", '```js title="a" {1,2}\n'),
)

#: The one as often as the other, within one another.
NESTED = (
    ("[", "]"),
    ("[", "](u)"),
    ("*a ", "b* "),
    ("**a _b ", "b_ b** "),
    ("<div>\n", "</div>\n"),
    ("<div>\n\n", "</div>\n\n"),
    ("<b>", "</b>"),
    ("{{< a >}}\n", "{{< /a >}}\n"),
    ("<Foo>\n\n", "</Foo>\n\n"),
    (":::note\n", ":::\n"),
)


def repeated(piece: str, length: int) -> str:
    return HEAD + (piece * (length // len(piece) + 1))[: length - len(HEAD)]


def nested(opening: str, closing: str, length: int) -> str:
    half = (length - len(HEAD)) // 2
    return HEAD + opening * (half // len(opening)) + closing * (half // len(closing))


def growing(piece: Callable[[int], str], length: int) -> str:
    """Each piece has its number."""
    pieces, size = [HEAD], len(HEAD)
    for number in count(1):
        pieces.append(piece(number))
        if (size := size + len(pieces[-1])) >= length:
            break
    return "".join(pieces)[:length]


def around(before: str, piece: str, after: str, length: int) -> str:
    """A header or a body of its own, which is filled up."""
    return before + piece * max((length - len(before) - len(after)) // len(piece), 1) + after


_GROWING: dict[str, Callable[[int], str]] = {
    "lists in lists": lambda n: "  " * (n % 300) + "- a\n",
    "runs of stars": lambda n: "*" * (n % 200) + "a ",
    "runs of backticks": lambda n: "`" * n + " ",
    "runs of backticks, tags": lambda n: "`" * (n % 400) + "{% a %} ",
    "fences": lambda n: "`" * (n % 500 + 3) + "\n",
    "definitions": lambda n: f"[{n}]: u\n",
    "notes": lambda n: f"[^{n}]: u\n\n",
    "notes in notes": lambda n: f"[^{n}]: a[^{n + 1}]\n\n",
    "used": lambda n: f"[x][a{n}] a[^{n}]\n\n[a{n}]: u\n[^{n}]: u\n\n",
    "anchors": lambda n: f"# a {{#b{n}}}\n\n[a](#b{n})\n\n",
    "shortcodes": lambda n: f"{{{{< a{n} >}}}}\n\n",
    "components": lambda n: f"<A{n} b={{{n}}}>\n\n",
    "wikilinks": lambda n: f"[[a{n}|b]] ",
}

_AROUND: dict[str, tuple[str, str, str]] = {
    "a line": (HEAD, "a", "\n"),
    "blanks": (HEAD + "a", " ", "b"),
    "blank lines": (HEAD + "a", "\n", "b"),
    "marks on a letter": (HEAD + "a", "\u0301", ""),
    "an emoji": (HEAD + "👩", "\u200d👩", ""),
    "attributes": (HEAD + "<a ", "b=c ", ">"),
    "arguments": (HEAD + "{{< a ", "b=c ", ">}}"),
    "an entity": (HEAD + "&#", "1", ";"),
    "an address": (HEAD + "https://e.example/", "a", ""),
    "a picture": (HEAD + "![a](data:image/png;base64,", "A", ")"),
    "a row": (HEAD + "|a|\n|-|\n", "|x", "\n"),
    "columns": (HEAD, "|a", f"\n{'|-' * 3_000}\n"),
    "short rows": (HEAD + "|a" * 99 + "|\n" + "|-" * 99 + "|\n", "|\n", ""),
    "a heading": ("# ", "*a ", "\n\nx\n"),
    "a block of code": (HEAD + "```\n", "{% endraw %}\n", "```\n"),
    "an export": (HEAD + "export const a = `", "a\n", ""),
    "the title": ("---\ntitle: ", "a ", "\n---\nx\n"),
    "the title, often": (f"---\ntitle: {'x' * 900}\n---\n", "{{ page.title }} ", ""),
    "the summary": ("---\ntitle: x\ndescription: '", "[a](b*`", "'\n---\nx\n"),
    "the date": ("---\ntitle: x\ndate: ", "1", "\n---\nx\n"),
    "the tags": ("---\ntitle: x\ntags: [", "a, ", "b]\n---\nx\n"),
    "tags as a text": ("---\ntitle: x\ntags: ", "a ", "\n---\nx\n"),
    "the cover": ("---\ntitle: x\ncover: '", "![a](", "'\n---\nx\n"),
    "YAML, lists": ("---\ntitle: x\na: ", "[", "\n---\nx\n"),
    "YAML, mappings": ("---\ntitle: x\na: ", "{a: ", "\n---\nx\n"),
    "YAML, a key": ("---\ntitle: x\n", "k: v\n", "---\nx\n"),
    "YAML, a quote": ("---\ntitle: x\na: '", "b\n", ""),
    "YAML, not closed": ("---\n", "a: b\n", ""),
    "YAML, aliases": ("---\ntitle: x\na: &a [x]\nb: [", "*a, ", "x]\n---\nx\n"),
    "TOML, lists": ("+++\ntitle='x'\na=", "[", "\n+++\nx\n"),
    "TOML, a key": ("+++\ntitle='x'\n[", "a.", "a]\n+++\nx\n"),
    "TOML, tables": ("+++\ntitle='x'\n", "[[a]]\n", "+++\nx\n"),
    "TOML, a number": ("+++\ntitle='x'\na=", "1", "\n+++\nx\n"),
    "JSON, lists": ('{"title":"x","a":', "[", "}\nx\n"),
    "JSON, a key": ('{"title":"x"', ',"k":1', "}\nx\n"),
    "JSON, half characters": ('{"title":"', "\\ud800", '"}\nx\n'),
    "Pelican": ("Title: x\n", "k: v\n", "\nx\n"),
    "Pelican, one value": ("Title: x\n", "    more\n", "\nx\n"),
    "byte order marks": ("", "\ufeff", ""),
    "nothing": ("", "\n", ""),
}


def _laughs(length: int) -> str:
    """A few lines that stand for 9³⁰ values."""
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 31)]
    return f"---\ntitle: x\na0: &a0 [x]\n{''.join(lines)}tags: *a30\n---\n".ljust(length, "x")


KINDS: dict[str, Kind] = {
    **{ascii(piece)[1:-1]: partial(repeated, piece) for piece in REPEATED},
    **{ascii(opening + closing)[1:-1]: partial(nested, opening, closing) for opening, closing in NESTED},
    **{name: partial(growing, piece) for name, piece in _GROWING.items()},
    **{name: partial(around, *pieces) for name, pieces in _AROUND.items()},
    "YAML, aliases of aliases": _laughs,
}


def largest(kind: Kind) -> str:
    """About the longest text of a kind that is not refused for having too much of something."""
    low, high = 64, bounds.MOST
    if not _refused(kind(high)):
        return kind(high)
    while high - low > low // 16 + 64:
        middle = (low + high) // 2
        low, high = (low, middle) if _refused(kind(middle)) else (middle, high)
    return kind(low)


def _refused(text: str) -> bool:
    try:
        frontmatter.read(text, source="a.md")
    except UsageError as error:
        return "at most" in error.message
    return False
