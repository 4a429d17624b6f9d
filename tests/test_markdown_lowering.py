"""What a platform cannot show becomes the nearest thing that it can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.markdown import Dialect, render

ALL = Dialect(tables=True, footnotes=True, strikethrough=True, task_lists=True, html=None, math="dollar", anchors=True)


def text(source: str, **lacks: object) -> str:
    return render(source, replace(ALL, **lacks), base_url="https://example.org/").text  # type: ignore[arg-type]


def warnings(source: str, **lacks: object) -> tuple[str, ...]:
    return render(source, replace(ALL, **lacks), base_url="https://example.org/").warnings  # type: ignore[arg-type]


def test_tables_become_aligned_text() -> None:
    """Columns line up as a monospaced font shows them: Chinese and Japanese characters are two wide."""
    source = (
        "| 名前 | Value | R |\n|:-----|:-----:|--:|\n| 日本語 | **b** | 1 |\n| x \\| y | [l](u) | 22 |\n| é👍 | | |"
    )
    shown = (
        "```\n"
        "名前    Value   R\n"
        "------  -----  --\n"
        "日本語    b     1\n"
        "x | y     l    22\n"
        "é👍\n"
        "```"
    )  # fmt: skip
    assert text(source, tables=False) == shown
    assert warnings(source, tables=False) == (
        "1 table is shown as text in a code block",
        "links inside tables lost their addresses",
    )


def test_a_picture_in_a_table_is_named() -> None:
    """In code it is only its alternative text, and that is said; where there are tables it stays."""
    source = "| a |\n|---|\n| ![b](https://example.org/c.png) |"
    assert warnings(source, tables=False)[1:] == ("images inside tables are named, not shown",)
    assert text(source, tables=True) == source
    assert warnings(source, tables=True) == ()


def test_a_table_stays_in_its_list_or_quote() -> None:
    """The code block that it becomes is where the table was."""
    assert text("- a\n\n  | x |\n  |---|\n  | y |\n\n- b", tables=False) == "- a\n\n  ```\n  x\n  -\n  y\n  ```\n\n- b"
    assert text("> | x |\n> |---|\n> | y |", tables=False) == "> ```\n> x\n> -\n> y\n> ```"


def test_footnotes_become_numbered_notes() -> None:
    """Numbered in the order in which the text refers to them, each note once, with all its blocks."""
    source = (
        "A[^b] and[^a] and[^b].\n\n[^a]: First ~~x~~.\n[^b]: Second\n    line.\n\n    Para `c`.\n\n        code\n\nEnd."
    )
    assert text(source, footnotes=False, strikethrough=False) == (
        "A[1] and[2] and[1].\n\nEnd.\n\n---\n\n1.  Second\n    line.\n\n    Para `c`.\n\n        code\n2.  First x."
    )
    assert text("A[^1].\n\n[^1]: n\n\n[1]: /x", footnotes=False).startswith("A(1).")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("~~gone~~ ~~**b** c~~ a~b", "gone **b** c a~b"),
        ("`~~x~~` and\n\n    ~~y~~", "`~~x~~` and\n\n    ~~y~~"),
    ],
)
def test_strikethrough(source: str, result: str) -> None:
    """The tildes go, and a warning says so: without them the text says something else."""
    assert text(source, strikethrough=False) == result
    assert len(warnings("~~x~~", strikethrough=False)) == 1


def test_task_lists() -> None:
    """Boxes are characters then; brackets elsewhere stay."""
    source = "- [ ] a\n- [x] b\n  1. [X] c\n\n[ ] not one\n\n- d [x]"
    assert text(source, task_lists=False) == "- ☐ a\n- ☑ b\n  1. ☑ c\n\n[ ] not one\n\n- d [x]"


@pytest.mark.parametrize(
    ("source", "none", "katex"),
    [
        ("$a_1$ and $x$", "`a_1` and `x`", "{% katex inline %} a_1 {% endkatex %} and {% katex inline %} x {% endkatex %}"),
        ("$$\nx = 1\n$$", "```latex\nx = 1\n```", "{% katex %}\nx = 1\n{% endkatex %}"),
        ("text\n$$\nx = 1\n$$\ntext", "text\n```latex\nx = 1\n```\ntext", "text\n{% katex %}\nx = 1\n{% endkatex %}\ntext"),
        ("- $$x^2$$\n\n  $$\n  y\n  $$", "- ```latex\n  x^2\n  ```\n\n  ```latex\n  y\n  ```", "- {% katex %}\n  x^2\n  {% endkatex %}\n\n  {% katex %}\n  y\n  {% endkatex %}"),
    ],
)  # fmt: skip
def test_math(source: str, none: str, katex: str) -> None:
    """Formulas become code, or the platform's own tag."""
    assert text(source) == source
    assert text(source, math="none") == none
    assert text(source, math="katex") == katex
    assert "as code" in warnings(source, math="none")[0]
    assert warnings(source, math="katex") == ()


@pytest.mark.parametrize(
    "source",
    [
        "$5 and $6, US$20,000–US$30, 10$, $1.50/$2",
        "$HOME/$USER and $PATH:$HOME or ${A}/${B}",
        "from $start here to $end there",
        "`$a_1$` and \\$a_1\\$",
        "cost $ 5 $ each",
    ],
)
def test_prices_and_variables_are_no_math(source: str) -> None:
    """A dollar sign alone makes no formula."""
    assert text(source, math="none") == source


def test_deep_headings_become_bold_lines() -> None:
    """Apart from the paragraphs around them; bold inside bold is not doubled."""
    source = "# A\n### B **c**\ntext\n#### D #\n\n> ### E"
    assert text(source, headings=2) == "# A\n\n**B c**\n\ntext\n\n**D**\n\n> **E**"
    assert text("Two\nlines\n---\n\nx", headings=1) == "**Two\nlines**\n\nx"


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("![alt](/i.png 'T')", "[alt](https://example.org/i.png 'T')"),
        ("![](/i.png)", "[image](https://example.org/i.png)"),
        ("![a [b]](/i.png) ![c][r]\n\n[r]: /r.png", "[a [b]](https://example.org/i.png) [c][r]\n\n[r]: https://example.org/r.png"),
        ("[![badge](/b.svg) text](/l)", "[badge text](https://example.org/l)"),
        ("`![x](y)`", "`![x](y)`"),
    ],
)  # fmt: skip
def test_images_become_links(source: str, result: str) -> None:
    """With the alternative text as the label; inside a link only the text is left."""
    assert text(source, images=False) == result


def test_fences_become_indented_code() -> None:
    """The code keeps every byte; after a list the fence stays, as indented code would join the list."""
    assert text("a\n```py\nx\n\n  y\n```\nb", fences=False) == "a\n\n    x\n\n      y\n\nb"
    assert text("1. a\n   ~~~\n   x\n   ~~~", fences=False) == "1. a\n   \n       x"
    assert text("- a\n\n```\nx\n```", fences=False) == "- a\n\n```\nx\n```"
    assert "fence" in warnings("- a\n\n```\nx\n```", fences=False)[0]


def test_diagrams_are_told() -> None:
    """No platform draws them from code by itself."""
    assert warnings("```mermaid\ngraph TD\n```") == ("1 diagram is shown as code",)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("soft\nwrapped \n  text", "soft wrapped text"),
        ("hard  \nbreak\\\nhere<br>\nthere", "hard  \nbreak\\\nhere<br> there"),
        ("> a\n> b\nc", "> a b c"),
        ("- a\n  b\n  - c\nd", "- a b\n  - c d"),
        ("> 1. a\n>    b\n>\n> c", "> 1. a b\n>\n> c"),
        ("中文\n中文。\n下 English\n中 한국어\n한국어", "中文中文。下 English 中 한국어 한국어"),
        ("a `code\nspan` [li\nnk](x\n'T') **bo\nld**", "a `code\nspan` [li nk](https://example.org/x\n'T') **bo ld**"),
        ("```\na\nb\n```\n\n    c\n    d\n\n| a |\n|---|\n| b |\n\nx\ny\n===", "```\na\nb\n```\n\n    c\n    d\n\n| a |\n|---|\n| b |\n\nx y\n==="),
        ("{% embed https://x.org %}\ntext", "<https://x.org>\n\ntext"),
    ],
)  # fmt: skip
def test_hard_wrapped_text_is_joined(source: str, result: str) -> None:
    """Where the platform shows each line end as a break; Chinese and Japanese lines join without a space."""
    assert text(source, breaks=True) == result


def test_a_note_in_a_table_that_became_code_has_its_number() -> None:
    """The same as its note at the end, not its label."""
    source = "A[^x].\n\n| a |\n|---|\n| b[^long] |\n\n[^long]: L.\n[^x]: X."
    shown = text(source, tables=False, footnotes=False)
    assert "b[2]" in shown
    assert shown.endswith("1.  X.\n2.  L.")


def test_a_caption_below_a_picture_stays_there() -> None:
    """Where a line's end is a break, the lines of a text are joined, but not that of a picture with what stands below."""
    assert text("![a](/b.png)\n*Caption\nof it.*", breaks=True) == ("![a](https://example.org/b.png)\n*Caption of it.*")
    assert text("See ![a](/b.png)\nhere.", breaks=True) == "See ![a](https://example.org/b.png) here."


def test_diagrams_are_drawn_where_they_are() -> None:
    """GitHub draws Mermaid: nothing is lost there, and nothing is said."""
    source = "```mermaid\ngraph LR\n```\n\n```dot\ndigraph {}\n```"
    assert warnings(source, diagrams=frozenset({"mermaid"})) == ("1 diagram is shown as code",)
    assert warnings(source) == ("2 diagrams are shown as code",)


@pytest.mark.parametrize(
    ("info", "shown"),
    [
        ('js title="src/a.js" {1,3-4} showLineNumbers', "`src/a.js`\n\n```js"),
        ("rust,no_run", "```rust"),
        ("js:src/app.js", "`src/app.js`\n\n```js"),
        ('ts filename="Two words"', "**Two words**\n\n```ts"),
        ("jsx{1,3}", "```jsx"),
        ("c++", "```c++"),
        (" foo", "``` foo"),
    ],
)
def test_a_title_of_code_stands_above_it(info: str, shown: str) -> None:
    """What only a generator reads behind a fence is no language; where it is read it stays."""
    source = f"a\n\n```{info}\nx\n```"
    assert text(source) == f"a\n\n{shown}\nx\n```"
    assert text(source, fence_titles=True) == source
    assert text(source.replace("a", "In `src/a.js`:", 1)).count("src/a.js") == 1
    assert text(f"- {source[3:]}".replace("\n", "\n  ")).startswith(
        f"- {shown.replace(chr(10), chr(10) + '  ')}".replace("\n  \n", "\n\n")
    )
