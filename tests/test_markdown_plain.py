"""Plain text, for places that show no markup at all."""

from __future__ import annotations

from syndicate.markdown import Block, Dialect, render

PLAIN = Dialect(format="plain")


def blocks(source: str) -> list[tuple[str, str]]:
    return [(b.kind, b.text) for b in render(source, PLAIN, base_url="https://example.org/").blocks]


def test_blocks_make_up_the_text() -> None:
    """The text is its blocks with an empty line between."""
    result = render("# H\n\na *b*\n\n- c\n- d\n\n```\ne\n```", PLAIN)
    assert result.blocks == (
        Block("heading", "H"),
        Block("paragraph", "a b"),
        Block("list", "• c\n• d"),
        Block("code", "e"),
    )
    assert result.text == "H\n\na b\n\n• c\n• d\n\ne"


def test_marks_go_and_characters_stay() -> None:
    """Emphasis, code marks, escapes, entities: what a reader sees is left."""
    (block,) = blocks("**b** _i_ `c*d` \\*e\\* &amp; &copy; ~~s~~ a<br>n\nl  \nm <b>h</b>")
    assert block == ("paragraph", "b i c*d *e* & © s a\nn l\nm h")


def test_links_leave_their_text() -> None:
    """The address goes, unless it is the text; one warning says how many went."""
    result = render("[a](https://x.org) <https://y.org> <a@b.org> [b *c*][r] https://z.org\n\n[r]: /w", PLAIN)
    assert result.text == "a https://y.org a@b.org b c https://z.org"
    assert result.warnings == ("2 links lost their addresses",)
    assert render("[a](x)", PLAIN).warnings == ("1 link lost its address",)


def test_lists() -> None:
    """Bullets, numbers as they count, boxes, and what is inside an item below it."""
    source = "- a\n  - b\n    c\n- [x] d\n- [ ] e\n\n7. f\n8. g\n\n   h\n\n   > i"
    assert blocks(source) == [
        ("list", "• a\n  • b c\n☑ d\n☐ e"),
        ("list", "7. f\n8. g\n   h\n   > i"),
    ]


def test_quotes_and_rules() -> None:
    """A quote is marked line by line."""
    assert blocks("> a\n> b\n>\n> > c\n\n---") == [("quote", "> a b\n>\n> > c"), ("rule", "———")]


def test_code_is_verbatim_and_a_block_of_its_own() -> None:
    """Without fences, with its indentation, wherever it stands."""
    source = "- a\n\n  ```py\n  if x:\n\n      y\n  ```\n\n  b\n- c\n\n> d\n>\n>     e"
    assert blocks(source) == [
        ("list", "• a"),
        ("code", "if x:\n\n    y"),
        ("list", "  b\n• c"),
        ("quote", "> d"),
        ("code", "e"),
    ]


def test_pictures_are_named() -> None:
    """Each is a block beside its paragraph; one warning counts them."""
    result = render("![A *cat*](c.png) caption\n\ntext ![](d.png) more\n\n[![e](f.png)](g)", PLAIN)
    assert [(b.kind, b.text) for b in result.blocks] == [
        ("image", "[image: A cat]"),
        ("paragraph", "caption"),
        ("paragraph", "text more"),
        ("image", "[image]"),
        ("image", "[image: e]"),
    ]
    assert "3 images are named, not shown" in result.warnings


def test_tables_and_notes() -> None:
    """Rows as lines; footnotes behind the text."""
    assert blocks("| a | **b** |\n|---|---|\n| `c` | d |") == [("list", "a | b\nc | d")]
    assert blocks("a[^1]\n\n[^1]: n") == [("paragraph", "a[1]"), ("rule", "———"), ("list", "1. n")]


def test_math_and_embeds() -> None:
    """A formula is its source, an embed its address."""
    assert blocks("$x^2$\n\n$$\ny\n$$\n\n{{< youtube abc >}}") == [
        ("paragraph", "x^2"),
        ("code", "y"),
        ("paragraph", "https://www.youtube.com/watch?v=abc"),
    ]


def test_template_syntax_in_code_is_text() -> None:
    """And quoted syntax in prose."""
    assert render("`{{ x }}` {% raw %}{% y %}{% endraw %}", PLAIN).text == "{{ x }} {% y %}"
