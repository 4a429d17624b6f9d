"""Each dialect of front matter, and what is said about a broken one."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from syndicate.adapter import Post
from syndicate.errors import UsageError
from syndicate.post import parse


def of(text: str) -> Post:
    return parse(
        text,
        source="a.md",
        site_url="https://blog.example.org",
        site_language="en",
        root_relative=PurePosixPath("posts/a.md"),
    )


def refusal(text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        of(text)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Hello\ntags: [a, b]\n---\nText",
        "--- \ntitle: Hello\ntags:\n  - a\n  - b\n...\nText",
        '+++\ntitle = "Hello"\n[taxonomies]\ntags = ["a", "b"]\n+++\nText',
        '{"title": "Hello", "tags": ["a", "b"]}\nText',
        '{\n  "title": "Hello",\n  "tags": ["a", "b"]\n}\n\nText',
        '```ic-metadata\n{"title": "Hello", "tags": ["a", "b"]}\n```\nText',
        ';;;\n{"title": "Hello", "tags": ["a", "b"]}\n;;;\nText',
        ';;;\n"title": "Hello",\n"tags": ["a", "b"]\n;;;\nText',
        '---json\n{"title": "Hello", "tags": ["a", "b"]}\n---\nText',
        "---toml\ntitle = 'Hello'\ntags = ['a', 'b']\n---\nText",
        "---yaml\ntitle: Hello\ntags: [a, b]\n---\nText",
        "Title: Hello\nTags: a, b\nSlug: x\n\nText",
        "title: Hello\ntags:\n- a\n- b\n---\nText",
        "title: Hello\ntags: a\n      b\n---\nText",
        "\ufeff\n \n---\ntitle: Hello\ntags: a b\n---\nText",
    ],
    ids=[
        "yaml",
        "yaml-dots",
        "toml",
        "json",
        "json-lines",
        "ic-metadata",
        "json-fence",
        "middleman",
        "eleventy-json",
        "eleventy-toml",
        "eleventy-yaml",
        "pelican",
        "hexo",
        "meta",
        "bom",
    ],
)
def test_dialects(text: str) -> None:
    """The same post in every dialect is the same post."""
    post = of(text)
    assert (post.title, post.tags, post.body) == ("Hello", ("a", "b"), "Text")


def test_no_front_matter() -> None:
    """The first level-one heading is the title; it stays in the text, as renderers decide about it."""
    post = of("Intro\n\n> # Nor this\n\n```\n# not this\n```\n\n# The *real* `title` &amp; [more](x) {#id}\n\nText")
    assert post.title == "The real title & more"
    assert post.body.startswith("Intro")
    assert of("Title\nin two\n======\n\nText").title == "Title in two"


@pytest.mark.parametrize(
    "text",
    [
        "Note: this is prose\n\n# T",
        "{% include x %}\n\n# T",
        "{{< figure >}}\n\n# T",
        "{: .class}\n\n# T",
        "```json\n{}\n```\n\n# T",
        "----\n\n# T",
    ],
)
def test_what_only_looks_like_front_matter(text: str) -> None:
    """Prose with a colon, Liquid, shortcodes and code at the start of a post are its text."""
    assert of(text).body == text


def test_yaml_scalars_stay_as_typed() -> None:
    """YAML 1.1 makes numbers, times and booleans of words; a title or tag is what its author typed."""
    post = of("---\ntitle: No\ntags: [1.10, 2024, on, 12:30, 0x1F, null, ~]\nseries: 1_000\n---\nText")
    assert post.title == "No"
    assert post.tags == ("1.10", "2024", "on", "12:30", "0x1F")
    assert post.series == "1_000"


def test_yaml_as_it_is_written() -> None:
    """Tabs in flow lists, anchors, merge keys and tags of other programs are read."""
    post = of(
        "---\nbase: &b {series: Tour, lang: fr}\n<<: *b\nlang: de\ntags: [a,\tb]\ntitle: !x Hello\nslug: &s z\nurl: *s\n---\nText"
    )
    assert (post.series, post.language, post.tags, post.title) == ("Tour", "de", ("a", "b"), "Hello")


def test_yaml_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML came without libyaml its own parser reads the same."""
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader")
    assert of("---\ntitle: Hello\ntags: [a, b]\n---\nText").tags == ("a", "b")
    assert refusal("---\ntags: [a,\tb]\n---\nText").message.startswith("a.md:2: the front matter is not valid YAML")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("---\ntitle: One\ndate: 2024-05-06\ntitle: Two\n---\nText", "line 4"),
        ("Title: One\nTitle: Two\n\nText", "line 2"),
        ('{"title": "One", "title": "Two"}\nText', "twice"),
        ("---\nTitle: One\ntitle: Two\n---\nText", "one key"),
    ],
)
def test_a_key_that_stands_twice(text: str, where: str) -> None:
    """The last one counts, and a warning says so."""
    post = of(text)
    assert post.title == "Two"
    assert any(where in warning and "last one counts" in warning for warning in post.warnings)


def test_keys_in_any_spelling_and_empty_values() -> None:
    """Case, hyphens and underscores do not matter; a key without a value is absent."""
    post = of(
        "---\nTITLE: T\nCanonicalURL: ''\ncanonical-url: https://e.org/x\ntags:\nKeywords: []\nCategory: c\n---\nText"
    )
    assert (post.canonical_url, post.tags) == ("https://e.org/x", ("c",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "\n---\ntitle: A\nb: c: d\n---\nT",
            "a.md:4: the front matter is not valid YAML: mapping values are not allowed",
        ),
        ("---\ntitle: 'A\ndate: 1\n---\nT", "a.md:2: the front matter is not valid YAML: a quote is opened here"),
        (
            "---\ntitle: A\ntags: [a,\n---\nT",
            "a.md:3: the front matter is not valid YAML: a bracket is opened here and never",
        ),
        (
            "---\ntags: [a,\n  b\ndate: 1\n---\nT",
            "a.md:2: the front matter is not valid YAML: a bracket is opened here",
        ),
        ("---\ntags: [a]\nx: {b: [c, d}\n---\nT", "a.md:3: the front matter is not valid YAML: "),
        (
            "---\ntitle: A\ndate: {{ .Date }}\n---\nT",
            "a.md:3: the front matter is not valid YAML: a key has to be a word",
        ),
        ("---\ntitle: A\nx: *y\n---\nT", "a.md:3: the front matter is not valid YAML: the alias *y has no anchor"),
        (
            "---\ntitle: A\nx: \x01\n---\nT",
            "a.md:3: the front matter is not valid YAML: it holds the control character U+0001",
        ),
        ("---\ntitle: A\n--- b\n---\nT", "a.md:3: the front matter is not valid YAML: it holds a second document"),
        ("---\ntitle: \ud800\n---\nT", "a.md:2: the front matter is not valid YAML: it holds half of a surrogate pair"),
        ("+++\ntitle = 'A'\nb = \n+++\nT", "a.md:3: the front matter is not valid TOML: Invalid value"),
        (
            "+++\ntitle = 'A'\ntitle = 'B'\n+++\nT",
            "a.md:3: the front matter is not valid TOML: Cannot overwrite a value",
        ),
        ("+++\ntitle = '''A\n+++\nT", "a.md:2: the front matter is not valid TOML: Expected"),
        ('{"title": "A",\n"b" 1}\nT', "a.md:2: the front matter is not valid JSON: Expecting ':' delimiter"),
        (';;;\n{"title": "A"}\n}\n;;;\nT', "a.md:2: the front matter is not valid JSON: there is something after"),
        ("title: A\ntags:\n - a\nb: c: d\n---\nT", "a.md:4: the front matter is not valid YAML: mapping values"),
        ('---json\n{"title": "A"\n---\nText', "a.md:2: the front matter is not valid JSON: Expecting"),
        ("---toml\ntitle = 'A'\n\nText", "a.md:1: the front matter that `---toml` opens is never closed"),
        ("---\ntitle: A\n\nText", "a.md:1: the front matter that `---` opens is never closed"),
        ("+++\ntitle = 'A'\n\nText", "a.md:1: the front matter that `+++` opens is never closed"),
        ("---\n- a\n- b\n---\nText", "a.md:2: the front matter is a list, not a mapping"),
        ("---\n\nSome words\n\n---\nText", "a.md:2: the front matter is a text, not a mapping"),
    ],
)
def test_broken_front_matter(text: str, message: str) -> None:
    """The file, the line, the parser's words in one line, and what to do."""
    error = refusal(text)
    assert error.message.startswith(message)
    assert "\n" not in error.message
    assert error.next


@pytest.mark.parametrize("opening", ["---\nx: {}\n---\n# T", "+++\nx = {}\n+++\n# T", ';;;\n{{"x": {}}}\n;;;\n# T'])
def test_deep_nesting_is_refused(opening: str) -> None:
    """Brackets upon brackets end in an error, not in the end of the process; closed ones too, and those that few open."""
    assert "100,000 opening brackets" in refusal(opening.format("[" * 100_000)).message
    for deep in (64, 500, 2_900):
        assert "nested" in refusal(opening.format("[" * deep + "]" * deep)).message


def test_an_empty_header_is_no_mistake() -> None:
    """A header of comments only is a header without keys."""
    assert of("---\n# nothing yet\n---\n# T\n\nText").title == "T"
    assert of("---\n---\n# T\n\nText").body == "# T\n\nText"


def test_what_an_mdx_file_exports() -> None:
    """It is not read, and whoever looks for their title in it is told."""
    error = refusal("export const meta = {\n  title: 'T',\n}\n\nText")
    assert error.message == "a.md:1: the post has no title"
    assert "what an MDX file exports is not read" in error.next


def test_a_list_below_a_header_without_a_fence() -> None:
    """It is the text's, where no line `---` ends the header."""
    assert of("Title: Hello\nTags: a\n\n- b\n\nText\n\n---\n\nMore").body.startswith("- b\n")
