"""DEV runs Liquid in an article: what a post shows as text must come out of it as that text.

Forem's steps are acted out here, from `markdown_processor/parser.rb`: it puts `{% raw %}` around the code that a
regular expression finds, defuses raw tags inside it, and hands the whole to Liquid, for which an unknown tag is the
end of the article.
"""

from __future__ import annotations

import re

import pytest
from syndicate.adapters.devto import DevTo

from .adapter_bridge import make_post, sample_post

_CODE = re.compile(r"\s*~{3}.*?~{3}|\s*`{3}.*?`{3}|`{2}.+?`{2}|`{1}.+?`{1}", re.DOTALL)
_LIQUID = re.compile(r"\{%-?\s*(\w+)(.*?)-?%\}|\{\{.*?\}\}", re.DOTALL)
_ENDRAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_KNOWN = {"embed", "katex", "endkatex", "details", "enddetails"}


def on_dev(markdown: str) -> str:
    """What Liquid leaves of an article; tags that DEV runs are kept as `<name>`."""

    def guard(match: re.Match[str]) -> str:
        code = match[0].replace("{% endraw %}", "{----% endraw %----}").replace("{% raw %}", "{----% raw %----}")
        fence = re.match(r"\s*`{3}", code)
        return f"\n{{% raw %}}\n{code}\n{{% endraw %}}\n" if fence else f"{{% raw %}}{code}{{% endraw %}}"

    rest, shown = _CODE.sub(guard, markdown), ""
    while match := _LIQUID.search(rest):
        shown, rest = shown + rest[: match.start()], rest[match.end() :]
        if match[1] == "raw":
            end = _ENDRAW.search(rest)
            assert end, "raw is never closed"
            shown, rest = shown + rest[: end.start()], rest[end.end() :]
        elif match[1]:
            assert match[1] in _KNOWN, f"Liquid syntax error: Unknown tag '{match[1]}'"
            shown += f"<{match[1]}>"
    return re.sub(r"\{----%(.*?)%----\}", r"{%\1%}", shown + rest)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("```jinja\n{% for x in y %}{{ x }}{% endfor %}\n```", ["{% for x in y %}{{ x }}{% endfor %}"]),
        ("```\n{% raw %}{{ x }}{% endraw %}\n```", ["{% raw %}{{ x }}{% endraw %}"]),
        ("~~~\n{{ x }}\n~~~", ["{{ x }}"]),
        ("````md\n```\n{% if x %}\n```\n````", ["{% if x %}"]),
        ("Text\n\n    {% if x %}\n    {{ y }}\n", ["{% if x %}", "{{ y }}"]),
        ("Use `{{ x }}` or `` {% if `x` %} ``.", ["{{ x }}", "{% if `x` %}"]),
        ("Write {{ x }} twice.", ["Write", "twice."]),
        ("- item\n\n  ```\n  {% if x %}\n  ```\n", ["{% if x %}"]),
        ("> ```\n> {{ x }}\n> ```\n", ["{{ x }}"]),
    ],
)
def test_code_with_template_syntax_is_shown_as_written(body, kept):
    """In fences of every kind, indented, inline, in lists and quotes; and nothing makes Liquid stumble."""
    (part,) = DevTo().render(make_post(body=body)).parts
    shown = on_dev(part.text)
    assert [text for text in kept if text not in shown] == []


def test_a_real_post_about_templates_survives():
    """Its code, its inline examples and its embed."""
    (part,) = DevTo().render(sample_post("release", "devto")).parts
    shown = on_dev(part.text)
    for code in ("{% raw %}\n<h1>{{ page.title }}</h1>", "{% endfor %}\n{% endraw %}", "`{% include nav.html %}`"):
        assert code in shown
    assert "<embed>" in shown


def test_acting_out_forem_sees_mistakes():
    """A second raw around code leaves an `endraw` over, and a bare tag is unknown: both would end the article."""
    for wrong in ("{% raw %}\n```\n{{ x }}\n```\n{% endraw %}", "Write {% nothing %}."):
        with pytest.raises(AssertionError):
            on_dev(wrong)
