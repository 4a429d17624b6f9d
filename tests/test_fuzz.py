"""Texts of well-formed pieces, put together in ways that nobody thought of: what has to hold of any of them.

The same few each time. `make fuzz` looks at many more, and lets atheris find its own.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cmarkgfm import markdown_to_html_with_extensions
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from syndicate.adapter import Post
from syndicate.markdown import Dialect, Rendered, render

from .fuzz import promises, scraps
from .fuzz.grammar import DOCUMENTS, FALSE_FRIENDS, LITERALS, PROSE, contained, fence

_MORE = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEEDS = Path(__file__).parent / "fuzz" / "seeds"
DIALECTS = st.sampled_from(sorted(promises.dialects()))
SITES = st.sampled_from(promises.SITES)
MARKER = "first line of the code"


def examples(few: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The same few examples each time; with `FUZZ_EXAMPLES`, so many others."""
    return settings(max_examples=_MORE or few, derandomize=not _MORE, deadline=None, database=None)


@pytest.mark.parametrize("file", sorted(SEEDS.glob("*/*")), ids=lambda file: f"{file.parent.name}-{file.name}")
def test_what_was_found_stays_mended(file: Path) -> None:
    """Texts that fuzzing begins with, and those that it has found."""
    text = file.read_bytes().decode("utf-8", "replace")
    if file.parent.name == "front":
        promises.front(text)
        return
    promises.pipeline(text)
    for dialect in promises.dialects().values():
        promises.rendered(text, dialect)
    for target in promises.targets():
        for site in promises.SITES:
            promises.sent(promises.post_of(text, site), target)


_TEXT = st.text(alphabet="abc XYZ0189-_.:#'\"{}[]&<>/\\ÄÖ中文😀\u200d", min_size=1, max_size=20).filter(
    lambda text: text.strip()
)
_HEADERS = st.fixed_dictionaries(
    {"title": _TEXT},
    optional={
        "description": _TEXT,
        "tags": st.lists(st.text(alphabet="abc-C#中", min_size=1, max_size=6), min_size=1, max_size=4),
        "draft": st.booleans(),
        "series": _TEXT,
        "date": st.dates().map(str),
        "slug": st.text(alphabet="abc-", min_size=1, max_size=9),
        "lang": st.sampled_from(("de", "pt-BR", "zh_CN")),
    },
)


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


#: How each generator has the same header written.
WRITERS: dict[str, Callable[[dict[str, object]], str]] = {
    "yaml": lambda values: "---\n" + "".join(f"{k}: {_toml(v)}\n" for k, v in values.items()) + "---\n",
    "yaml, dots": lambda values: "---\n" + "".join(f"{k}:\n  {_toml(v)}\n" for k, v in values.items()) + "...\n",
    "toml": lambda values: "+++\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in values.items()) + "+++\n",
    "named toml": lambda values: "---toml\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in values.items()) + "---\n",
    "json": lambda values: json.dumps(values, indent=2) + "\n",
    "fenced json": lambda values: f"---json\n{json.dumps(values)}\n---\n",
    "middleman": lambda values: ";;;\n" + ",\n".join(f"{_toml(k)}: {_toml(v)}" for k, v in values.items()) + "\n;;;\n",
    "ic-metadata": lambda values: f"```ic-metadata\n{json.dumps(values)}\n```\n",
}
_BEFORE = st.sampled_from(("", "\ufeff", "\n\n", "\ufeff \n\t\n"))
_ENDS = st.sampled_from(("\n", "\r\n", "\r"))


@examples(60)
@given(_HEADERS, _BEFORE, _ENDS, st.sampled_from(("", "\n", " \n\n")))
def test_one_header_is_one_post_in_every_dialect(values: dict[str, object], before: str, end: str, gap: str) -> None:
    """Whatever it is written in, behind a byte order mark or blank lines, and with any line ends."""
    found: dict[str, Post] = {}
    for name, write in WRITERS.items():
        text = (before + write(values) + gap + "Some *text*.\n").replace("\n", end)
        post = promises.read(text)
        assert isinstance(post, Post), (name, post)
        found[name] = post
    assert len({repr(post) for post in found.values()}) == 1, found
    assert post.body == "Some *text*."


@examples(60)
@given(
    _HEADERS,
    st.sampled_from(sorted(WRITERS)),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(scraps.HEADERS)), max_size=4),
)
def test_a_header_with_scraps_in_it(values: dict[str, object], name: str, put: list[tuple[int, str]]) -> None:
    """Is read, or refused with file, line and advice."""
    text = WRITERS[name](values) + "\nText.\n"
    for at, scrap in put:
        text = text[:at] + scrap + text[at:]
    promises.front(text)


@examples(60)
@given(DOCUMENTS, DIALECTS, SITES)
def test_any_document_is_rendered(document: str, name: str, site: str | None) -> None:
    """For every platform's dialect: the same each time, and without a trace of the way it took."""
    promises.rendered(document, promises.dialects()[name], site)


@examples(60)
@given(DOCUMENTS, st.lists(st.tuples(st.integers(0, 900), st.sampled_from(scraps.BODIES)), min_size=1, max_size=5))
def test_any_broken_document_is_rendered(document: str, put: list[tuple[int, str]]) -> None:
    """Pieces of syntax in the middle of others."""
    for at, scrap in put:
        document = document[:at] + scrap + document[at:]
    promises.pipeline(document)


def _codes(result: Rendered, dialect: Dialect) -> list[str]:
    """What a browser would show as blocks of code, each without its last line end."""
    page = result.text
    if dialect.format == "markdown":
        page = markdown_to_html_with_extensions(result.text, Options.CMARK_OPT_UNSAFE, ("table", "strikethrough"))
    return [node.text().removesuffix("\n") for node in LexborHTMLParser(page).css("pre")]


@examples(120)
@given(
    PROSE,
    st.lists(st.sampled_from(FALSE_FRIENDS), max_size=5),
    st.sampled_from(("```", "~~~", "`````")),
    st.lists(st.integers(0, 20), max_size=3),
    DIALECTS,
    SITES,
)
def test_code_arrives_to_the_byte(
    prose: str, lines: list[str], mark: str, around: list[int], name: str, site: str | None
) -> None:
    """A block of code behind any document, within any quotes, lists and components, whatever it looks like."""
    dialect = promises.dialects()[name]
    if dialect.liquid:  # what DEV's Liquid makes of it is tests/test_devto_liquid.py's business
        lines = [line for line in lines if "{" not in line]
    code = "\n".join([MARKER, *lines])
    document = contained(fence(code, mark), around)
    result = render(f"{prose}\n\n{document}\n\nThe end.\n", dialect, base_url=site)
    if dialect.format == "plain":
        at = next(line for line in result.text.split("\n") if MARKER in line)
        prefix = at[: at.index(MARKER)]
        assert "\n".join(f"{prefix}{line}".rstrip() for line in code.split("\n")) in "\n".join(
            line.rstrip() for line in result.text.split("\n")
        )
        return
    assert code in _codes(result, dialect), result.text


def _without_literals(document: str) -> str:
    """Without tags that are quoted: they are to be shown as tags, which nothing tells from those that are none."""
    for quoted in LITERALS:
        document = document.replace(quoted, "quoted")
    return document


#: Where a second time can be expected to change nothing: Markdown that has no tags of its own. HTML and plain text are
#: not what they were made of, and Liquid's protection and Hashnode's embeds are syntax themselves, once they are there.
_AGAIN = sorted(
    name
    for name, dialect in promises.dialects().items()
    if dialect.format == "markdown" and not dialect.liquid and dialect.embeds == "link"
)


@examples(60)
@given(DOCUMENTS, st.sampled_from(_AGAIN))
def test_what_was_rendered_is_left_alone(document: str, name: str) -> None:
    """What comes out is a text in which nothing has to change any more."""
    dialect = promises.dialects()[name]
    document = _without_literals(document)
    once = render(document, dialect, base_url=promises.SITES[0])
    assert render(once.text, dialect, base_url=promises.SITES[0]).text == once.text


_TAGS = re.compile(r"\{\{[<%].*?[>%]\}\}|\{%.*?%\}")


@examples(60)
@given(DOCUMENTS, DIALECTS)
def test_template_syntax_that_is_left_is_told_of(document: str, name: str) -> None:
    """No tag of a template stands outside code without a warning."""
    dialect = promises.dialects()[name]
    result = render(_without_literals(document), dialect, base_url=promises.SITES[0])
    page = result.text
    if dialect.format == "markdown":
        page = markdown_to_html_with_extensions(page, Options.CMARK_OPT_UNSAFE, ("table", "strikethrough"))
    tree = LexborHTMLParser(page)
    tree.strip_tags(["pre", "code"])
    words = tree.body.text() if tree.body else ""
    if dialect.format == "plain" or dialect.liquid:
        return
    if left := _TAGS.findall(words):
        assert any("template syntax is left" in warning for warning in result.warnings), left


def test_two_tags_on_a_line_are_both_taken_away() -> None:
    """The first takes the blank between them with it, in which the second would begin."""
    assert render("one {{< unknown x=1 >}} {{< unknown x=1 >}}", Dialect(tables=True)).text.rstrip() == "one"


def test_a_warning_names_tags_as_they_were_written() -> None:
    """Not with what stands in for them on the way."""
    result = render('[a]({{<b {{</* c */>}}\n\n<d src="{%%}">\n', Dialect(format="html"), base_url=promises.SITES[0])
    assert "`{{<b {{< c >}}`" in " ".join(result.warnings)
    assert '`<d src="{%%}">`' in " ".join(result.warnings)
