"""DEV reads Markdown with Redcarpet: what that takes for something else is written so that it does not.

What Redcarpet makes of each was looked at with Redcarpet 3.5.1 in Forem's setting.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.markdown import Dialect, render
from syndicate.registry import adapter_class

DEV: Dialect = adapter_class("devto").dialect


def text(source: str) -> str:
    return render(source, DEV, base_url="https://example.org/p/").text


@pytest.mark.parametrize(
    ("source", "arrives"),
    [
        ('```js title="a.js" {1,3}\nx\n```', "`a.js`\n\n```js\nx\n```"),
        ("```rust,hl_lines=2 3,name=src/lib.rs\nx\n```", "`src/lib.rs`\n\n```rust\nx\n```"),
        ("```{.python .numberLines}\nx\n```", "```python\nx\n```"),
        ("``` rust\nx\n```", "``` rust\nx\n```"),
    ],
)
def test_a_fence_says_its_language_only(source: str, arrives: str) -> None:
    """With more behind it Redcarpet takes the first fence for text, and the last for the first one of all that follows."""
    assert text(source) == arrives


@pytest.mark.parametrize(
    ("source", "arrives"),
    [
        ("1. a\n\n   ```sh\n   x\n\n    y\n   ```\n\n2. b", "1.  a\n\n    ```sh\n    x\n\n     y\n    ```\n\n2. b"),
        ("1. a\n   ```sh\n   x\n   ```\n2. b", "1.  a\n\n    ```sh\n    x\n    ```\n2. b"),
        ("- a\n  - b\n\n    c\n- d", "-   a\n    -   b\n\n        c\n- d"),
        ("* a\n    * b\n        * c\n\n          d", "* a\n    * b\n        *   c\n\n            d"),
        ("10. a\n\n    b\n11. c", "10. a\n\n    b\n11. c"),
        ("> - a\n>\n>   b\n> - c", "> -   a\n>\n>     b\n> - c"),
        ("- a\n- b\n  - c", "- a\n- b\n  - c"),
    ],
)
def test_what_goes_on_in_an_item_is_indented_by_four(source: str, arrives: str) -> None:
    """With less the list ends there, and the next number is 1 again; a list of lines and lists stays as it is."""
    assert text(source) == arrives
    as_it_was = render(source, replace(DEV, reader="commonmark"), base_url="https://example.org/p/").text
    assert _code(text(source)) == _code(as_it_was)


def test_code_between_two_steps_is_in_the_first() -> None:
    """CommonMark counts on behind it; Redcarpet would not."""
    source = "1. one\n```sh\na\n```\n2. two\n```sh\nb\n```\n3. three\n\n```sh\nc\n```"
    assert text(source) == (
        "1. one\n\n    ```sh\n    a\n    ```\n2. two\n\n    ```sh\n    b\n    ```\n3. three\n\n```sh\nc\n```"
    )


@pytest.mark.parametrize(
    ("source", "arrives"),
    [
        ("| a |\n|---|\n| `x \\| *y*` |", "| a |\n|---|\n| <code>x &#124; &#42;y&#42;</code> |"),
        ("| a |\n|---|\n| p \\| q |", "| a |\n|---|\n| p &#124; q |"),
        ("text\n| a |\n|---|\n| b |", "text\n\n| a |\n|---|\n| b |"),
        ("1) a\n2) b", "1. a\n2. b"),
        ("1. a\n\n1) b", "1. a\n\n1) b"),
        ("a\\\nb", "a  \nb"),
    ],
)
def test_what_redcarpet_does_not_know(source: str, arrives: str) -> None:
    """Escaped pipes, tables right below text, numbers with a parenthesis, breaks by a backslash."""
    assert text(source) == arrives


def _code(markdown: str) -> list[str]:
    from markdown_it import MarkdownIt

    return [t.content for t in MarkdownIt("commonmark").parse(markdown) if t.type in {"fence", "code_block"}]
