"""Text that looks like Liquid on a platform that runs Liquid."""

from __future__ import annotations

import pytest

from syndicate.markdown import Dialect, render

LIQUID = Dialect(tables=True, html=None, math="katex", embeds="liquid", liquid=True, breaks=True)


def text(source: str) -> str:
    return render(source, LIQUID, base_url="https://example.org/p/").text


@pytest.mark.parametrize(
    "source",
    [
        "```js\n{{ x }} {% y %}\n```",
        "~~~\n{% raw %}{{ x }}{% endraw %}\n~~~",
        "`{{ x }}` and ``{% y %} ` z``",
        "> ```\n> {{ x }}\n> ```",
        "{% embed https://x.org/y %}",
        "{% youtube abc %}\n{% github a/b no-readme %}",
        "{% details Title %}\n\ntext\n\n{% enddetails %}",
        "{% katex %}\na_b\n{% endkatex %}",
        "A lone ` backtick without any Liquid.",
        "    indented code without Liquid",
        "```\n// ~~~\n```",
        "A [`code` item], [one][`x`].\n\n```\n{{ x }}\n```\n\n[`code` item]: https://x.org\n[`x`]: https://y.org",
    ],
)
def test_left_alone(source: str) -> None:
    """The platform puts code between raw tags itself, and its own tags are to be run."""
    assert text(source) == source


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("Text {{ x }} here.", "Text {% raw %}{{ x }}{% endraw %} here."),
        ("{% raw %}{% if x %}{% endraw %}", "{% raw %}{% if x %}{% endraw %}"),
        ("A {{< unclosed and {%", "A {% raw %}{{{% endraw %}< unclosed and {% raw %}{%{% endraw %}"),
        ("${{ x }}", "${% raw %}{{ x }}{% endraw %}"),
        ("[a](https://x.org/{{y}}z)", "a"),
        ("`a` ` {{ x }}", "`a` &#96; {% raw %}{{ x }}{% endraw %}"),
        ("a ` lone\n\n```\nx\n```", "a &#96; lone\n\n```\nx\n```"),
        ("a \\` lone and `code`", "a &#96; lone and `code`"),
        ("    {{ x }}\n\n      y", "```\n{{ x }}\n\n  y\n```"),
        ("- a\n\n      {{ x }}\n      z", "- a\n\n  ```\n  {{ x }}\n  z\n  ```"),
        ("````md\n```\n{{ x }}\n```\n````", "~~~md\n```\n{{ x }}\n```\n~~~"),
        ("````md\n```\nx\n```\n````", "~~~md\n```\nx\n```\n~~~"),
        ("~~~~\n~~~\nx\n~~~\n~~~~", "```\n~~~\nx\n~~~\n```"),
        ("```\n{%- endraw -%}\n```", "```\n{% endraw %}\n```"),
        ("{{< youtube abc >}}", "{% embed https://www.youtube.com/watch?v=abc %}"),
        ("See {{< youtube abc >}} there", "See <https://www.youtube.com/watch?v=abc> there"),
        ("{% include x.html %}\n\nText", "Text"),
        ("{% link _posts/x.md %} {% link user/post-1a %}", " {% link user/post-1a %}".strip()),
    ],
)
def test_protected(source: str, result: str) -> None:
    """Text goes between raw tags; code is written such that the platform finds all of it."""
    assert text(source).strip() == result


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("```\n{%- endraw -%}\n```", "another spelling"),
        ("````\n```\n~~~\n{{ x }}\n````", "both kinds of fences"),
        ("```` ``` {{ x }} ``` ````", "inside code"),
        ("Text {{ x }}", "`{{ x }}`"),
    ],
)
def test_what_cannot_be_made_sure_is_told(source: str, named: str) -> None:
    """Where the code's text had to change, or may be cut in two, a warning says so."""
    assert any(named in w for w in render(source, LIQUID).warnings)


def test_other_platforms_are_not_bothered() -> None:
    """Without Liquid there is nothing to protect."""
    source = "```\n{{ x }}\n```\n\n    {{ y }}\n\n`{% z %}` and ` alone"
    assert render(source, Dialect()).text == source
