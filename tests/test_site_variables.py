"""`[site.variables]` and the front matter stand for what a site's templates would put into a post's text."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from syndicate.config import load
from syndicate.errors import UsageError
from syndicate.post import parse

VARIABLES = {"title": "My blog", "author.name": "Ann", "cdn": "https://cdn.x", "metadata.version": "2.1"}


def body(text: str, **front: str) -> str:
    header = "".join(f"{key}: {value}\n" for key, value in {"title": "T", **front}.items())
    return parse(
        f"---\n{header}---\n{text}",
        source="a.md",
        site_url="https://e.org",
        site_language=None,
        root_relative=PurePosixPath("a.md"),
        variables=VARIABLES,
    ).body


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ site.title }} {{site.author.name|upcase}} {{- metadata.version -}}", "My blog ANN 2.1"),
        ("![a]({{ site.cdn }}/a.png)", "![a](https://cdn.x/a.png)"),
        ('{{< param "title" >}} {{% siteparam title %}}', "My blog My blog"),
        ("{{ page.title }} {{ page.author | escape }}", "T Li"),
        ('{{ site.title | default: "x" }}', "My blog"),
    ],
)
def test_known_variables(text: str, filled: str) -> None:
    """Jekyll's and Hugo's spelling, harmless filters, names with dots."""
    assert body(text, author="Li") == filled


@pytest.mark.parametrize(
    "text",
    [
        "`{{ site.title }}`\n\n```\n{{ site.title }}\n```\n\n    {{ site.title }}",
        "{% raw %}{{ site.title }}{% endraw %} {% highlight c %}{{ site.title }}{% endhighlight %}",
        '{{</* param "title" */>}} {{ site.unknown }} {{ title }} {{ site.title | replace: "a", "b" }}',
        "${{ site.title }} a={{ site.title }}",
        '{% include x.html a="{{ site.title }}',
    ],
)
def test_all_else_stays(text: str) -> None:
    """Code, quoted syntax, unknown names and filters are left as they are, to the byte."""
    assert body(text) == text or text.startswith("{% include")


def test_in_the_config(tmp_path: Path) -> None:
    """A table of texts and numbers, others within; anything else is a mistake that names its key."""
    path = tmp_path / "syndicate.toml"
    path.write_text('[site.variables]\ntitle = "My blog"\nyear = 2026\nauthor = { name = "Ann" }\n')
    assert load(path).site_variables == {"title": "My blog", "year": "2026", "author.name": "Ann"}
    path.write_text("[site]\nvariables = { a = [1], b = true }\n")
    with pytest.raises(UsageError, match=r"site\.variables\.a: a text expected.*\n.*site\.variables\.b: a text"):
        load(path)
    path.write_text('[site]\nvariables = "x"\n')
    with pytest.raises(UsageError, match=r"site\.variables: a table such as"):
        load(path)
