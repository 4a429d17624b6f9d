"""Links and images become absolute, and nothing else changes."""

from __future__ import annotations

import pytest

from syndicate.markdown import Dialect, render

RICH = Dialect(tables=True, html=None)
BASE = "https://example.org/posts/this/"


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("[a](other/)", "[a](https://example.org/posts/this/other/)"),
        ("[a](../other/ 'T')", "[a](https://example.org/posts/other/ 'T')"),
        ("[a](/x?y=1&z=2#f)", "[a](https://example.org/x?y=1&z=2#f)"),
        ("[a](#sec)", "[a](https://example.org/posts/this/#sec)"),
        ("[a](//cdn.org/x)", "[a](https://cdn.org/x)"),
        ("[a](www.x.org)", "[a](https://www.x.org)"),
        ("[a](<my file.pdf>)", "[a](<https://example.org/posts/this/my%20file.pdf>)"),
        ("[a](/x_(y))", "[a](https://example.org/x_(y))"),
        ("[a](/x\\)y)", "[a](<https://example.org/x)y>)"),
        ("[a](\n  /x\n  'T')", "[a](\n  https://example.org/x\n  'T')"),
        ("[a [b] `]` c](/x)", "[a [b] `]` c](https://example.org/x)"),
        ("[![alt *em*](i.png)](/l)", "[![alt *em*](https://example.org/posts/this/i.png)](https://example.org/l)"),
        ("![a](i.png 'T')", "![a](https://example.org/posts/this/i.png 'T')"),
        ("[a]: /x 'T'\n\n[a] [b][a] [a][]", "[a]: https://example.org/x 'T'\n\n[a] [b][a] [a][]"),
        ("[a]:\n  <i j>\n\n[a]", "[a]:\n  <https://example.org/posts/this/i%20j>\n\n[a]"),
        ("> [a]: /x\n> [b](/y)\n\n[a]", "> [a]: https://example.org/x\n> [b](https://example.org/y)\n\n[a]"),
        ("- > 1. [a](/x)\n  >    [b](y)", "- > 1. [a](https://example.org/x)\n  >    [b](https://example.org/posts/this/y)"),
        ("| [a\\|b](/x) | `[c](/y)` |\n|-|-|", "| [a\\|b](https://example.org/x) | `[c](/y)` |\n|-|-|"),
        ("# [h](/x) #", "# [h](https://example.org/x) #"),
        ('<a href="/x">t</a> <img src=i.png alt="a>b">', '<a href="https://example.org/x">t</a> <img src=https://example.org/posts/this/i.png alt="a>b">'),
        ("<p>\n<a class='c' href='/x'>t</a>\n</p>", "<p>\n<a class='c' href='https://example.org/x'>t</a>\n</p>"),
        ("[z](@/blog/post.md#s)", "[z](https://example.org/blog/post/#s)"),
        ("[z](@/blog/post/index.pt-BR.md)", "[z](https://example.org/pt-BR/blog/post/)"),
        ("[z](@/blog/_index.md) [y](@/index.tr.md)", "[z](https://example.org/blog/) [y](https://example.org/tr/)"),
        ("[a](/x&amp;lt;y)", "[a](https://example.org/x&amp;lt;y)"),
    ],
)  # fmt: skip
def test_made_absolute(source: str, result: str) -> None:
    """Every way to write an address, in every place where one can stand."""
    assert render(source, RICH, base_url=BASE).text == result


@pytest.mark.parametrize(
    "source",
    [
        "[a](https://x.org/y) [b](mailto:a@b.c) <https://x.org> [c]() [d](tel:1)",
        "`[a](/x)` and\n\n```\n[a](/x)\n```\n\n    [a]: /x",
        "\\[a](/x) and [a] (/x) and [no](unclosed",
        "Write [text](https://x.org/a_(b)_c) or <b>no link</b>.",
        "[a](https://x.org/?q=[x]|y)",
    ],
)
def test_left_alone(source: str) -> None:
    """Absolute addresses, code, and what only looks like a link."""
    result = render(source, RICH, base_url=BASE)
    assert result.text == source
    assert result.warnings == ()


def test_anchors_stay_where_the_platform_has_them() -> None:
    """`#section` works there under the same name; what is no section of the text is the post's own."""
    text = "## A *b*, `c`\n\n[a](#a-b-c) [b](#comments) [c](#d-1)\n\n## D\n\n## D\n\n<p id=e>[e](#e) [f](#%C3%A9)</p>\n\n## É"
    result = render(text, Dialect(anchors=True, html=None), base_url=BASE)
    assert result.text == text.replace("#comments", "https://example.org/posts/this/#comments")
    assert result.warnings == ()


def test_without_a_site_relative_links_are_named() -> None:
    """They stay as they are, and one warning lists them."""
    result = render("[a](/x) ![b](y.png) [c](https://z)", RICH)
    assert result.text == "[a](/x) ![b](y.png) [c](https://z)"
    (warning,) = result.warnings
    assert "/x" in warning
    assert "y.png" in warning


@pytest.mark.parametrize(
    ("written", "page"),
    [
        ("other.md#x", "/docs/other/#x"),
        ("../guide/x.mdx?q", "/guide/x/?q"),
        ("/docs/index.md", "/docs/"),
        ("./sub/README.md", "/docs/sub/"),
    ],
)
def test_links_to_source_files_lead_to_their_pages(written: str, page: str) -> None:
    """A link to a file is written from the post's folder, not from its page; what it became is said, to be checked."""
    result = render(f"[a]({written})", RICH, base_url="https://example.org/docs/post/")
    assert result.text == f"[a](https://example.org{page})"
    assert f"check them: {written}" in result.warnings[0]


def test_blanks_in_an_address_are_encoded() -> None:
    """What is between pointed brackets may hold blanks; not every reader of Markdown knows these."""
    result = render("![a](<b c.png>)", RICH, base_url="https://example.org/p/")
    assert result.text == "![a](<https://example.org/p/b%20c.png>)"


def test_a_change_that_would_alter_the_text_is_not_made() -> None:
    """If the text says anything else with the new address, the author's stays, with a warning."""
    table = "| a |\n|---|\n| [x](y) |"
    result = render(table, RICH, base_url="https://example.org/a|b/")
    assert result.text == table
    assert any("left as they are written" in w for w in result.warnings)
