"""Texts that are made to take long end soon: read, shown and checked, or refused with what there is too much of."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from syndicate.adapter import Post
from syndicate.check import verdict
from syndicate.check_text import contents
from syndicate.errors import UsageError
from syndicate.feed import FeedTrouble
from syndicate.feed.post import to_post
from syndicate.post import bounds, parse
from syndicate.post.frontmatter import read as header

from .fuzz import promises
from .fuzz.hostile import HEAD, KINDS, largest
from .support import call, shared
from .test_feed_post import ENTRY

#: Characters of a post that no one has written.
HUGE = 1_000_000
#: The platforms whose texts take longest to make: one of those that take HTML, and the one with Liquid.
SLOW = ("dzone", "devto")
#: Those that once took seconds or minutes. The others are looked at by `make fuzz`.
ONCE_SLOW = (
    *("*_a_* **b*c** _d*_ ", "runs of backticks, tags", "<div>\\n\\n", '<img src="a">', "notes in notes", "\\\\("),
    *(
        "<!-- a -->\\n",
        "shortcodes",
        "<Foo>\\n\\n</Foo>\\n\\n",
        "export const a = {\\n",
        "short rows",
        "YAML, aliases of aliases",
    ),
)
CHOSEN = sorted(KINDS) if os.environ.get("FUZZ_EXAMPLES") else ONCE_SLOW
#: How often `_work` fits into what one text may take. Three times what was measured, where a second is ten.
MOST = 30.0


def _work() -> None:
    """A tenth of a second of Python where this was written."""
    found: dict[int, int] = {}
    for number in range(1_000_000):
        found[number % 1000] = found.get(number % 1000, 0) + 1


@pytest.fixture(scope="module")
def unit() -> float:
    """Seconds that `_work` takes in this process."""
    return min(_seconds(_work) for _ in range(3))


def _seconds(work, *arguments, **named) -> float:
    begun = time.process_time()
    work(*arguments, **named)
    return time.process_time() - begun


@pytest.mark.parametrize("name", KINDS)
def test_a_megabyte_is_refused_at_once(name: str, unit: float) -> None:
    """With the file, what there is too much of, how much, how much is taken, and what to do."""
    text = KINDS[name](HUGE)
    begun = time.process_time()
    refused = promises.read(text)
    assert time.process_time() - begun < unit * 3
    assert not isinstance(refused, Post)
    assert re.match(r"fuzz\.md: the post has [\d,]+ .*, and at most [\d,]+ are taken$", refused.message), (
        refused.message
    )
    assert "split" in refused.next


@pytest.mark.slow
@pytest.mark.parametrize("name", CHOSEN)
def test_what_is_just_not_refused_ends_soon(name: str, unit: float) -> None:
    """As much of it as is taken is read, checked and rendered for the slowest platforms in about a second each."""
    text = largest(KINDS[name])
    assert _seconds(promises.front, text) < unit * MOST
    post = promises.read(text)
    if not isinstance(post, Post):
        return
    assert _seconds(contents, post.body, base_url=post.base_url, title=post.title) < unit * MOST
    for target in promises.targets():
        if target.name in SLOW:
            assert _seconds(verdict, post, target, configured=True) < unit * MOST, target.name


@pytest.mark.parametrize("bound", bounds.BOUNDS, ids=lambda bound: bound.name)
def test_each_bound_is_told_by_its_name(bound: bounds.Bound) -> None:
    """One more than is taken is refused, and says of what; just so many are a post."""
    piece = {
        "lines": "a\n", "items of lists": "- a\n", "headings": "# a\n", "paragraphs": "a\n\n",
        "definitions `[…]:`": "[a]: b\n", "lines `:::`": ":::\n", "imports and exports": "import a\n",
        "signs `>` that begin a line": "> a\n", "opening braces": "{ ",
    }.get(bound.name) or bound.signs[0]  # fmt: skip
    head = f"{HEAD}a\n"
    more = bound.most - bound.count(head + "b")
    assert bounds.excess(head + piece * (more - 2) + "b") is None
    told = promises.read(head + piece * (more + 3) + "b")
    assert not isinstance(told, Post)
    assert bound.name in told.message
    assert f"at most {bound.most:,} are taken" in told.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"---\ntitle: {'a' * 1_001}\n---\nText", "fuzz.md:2: the title has 1,001 characters"),
        (f"# {'a' * 1_001}\n\nText", "fuzz.md:1: the title has 1,001 characters"),
        (f"---\ntitle: a\nb: {'c' * 50_000}\n---\nText", "fuzz.md:2: the front matter has 50,012 characters"),
        (f"+++\ntitle = 'a'\nb = '{'c' * 50_000}'\n+++\nText", "fuzz.md:2: the front matter has 50,0"),
        ('{"title": "a", "b": "' + "c" * 50_000 + '"}\nText', "fuzz.md:1: the front matter has 50,0"),
        (f"Title: a\nSummary: {'c' * 50_000}\n\nText", "fuzz.md:1: the front matter has 50,0"),
        ("---\ntitle: a\nb: &b [*b]\n---\nText", "fuzz.md:3: the front matter is not valid YAML: the alias *b stands within"),
        ("---\ntitle: a\ntags: &t [*t]\nTags: &u [*u]\n---\nText", "stands within what it names"),
        (f"---\ntitle: a\nb: [{'c,' * 5_000}]\n---\nText", "holds more than 5,000 values"),
        (f"---\ntitle: a\n---\n|a|\n{'|-' * 201}|\n{'|a|' * 100}" + "\n|" * 100, "20,503 cells of tables"),
    ],
)  # fmt: skip
def test_too_much_in_one_place(text: str, said: str) -> None:
    """A title, a header and a table are refused by themselves, on their line."""
    refused = promises.read(text)
    assert not isinstance(refused, Post)
    assert said in refused.message
    assert refused.next


def test_what_the_site_fills_in_is_counted_too() -> None:
    """A short text that names a long value often is a long one."""
    variables = {"site.a": "b" * 1_000}
    text = HEAD + "{{ site.a }}\n\n" * 500
    with pytest.raises(UsageError, match="the post has 500,998"):
        parse(
            text,
            source="a.md",
            site_url=None,
            site_language=None,
            root_relative=PurePosixPath("a.md"),
            variables=variables,
        )


def test_real_posts_are_far_from_the_bounds() -> None:
    """The largest real post has a fifth of what is taken, or less; twenty ordinary ones make one that is taken."""
    bodies = [header(text, source="a.md").body for file in sorted(shared("corpus", "posts").rglob("*.md"))
              if "{{ replace" not in (text := file.read_text("utf-8"))]  # fmt: skip
    assert max(map(len, bodies)) * 4 < bounds.MOST
    for bound in bounds.BOUNDS:
        assert max(map(bound.count, bodies)) * 5 < bound.most, bound.name
    for first in range(17):
        assert bounds.excess("\n\n".join(bodies[first::17][:20])) is None


def test_a_file_without_end(tmp_path: Path) -> None:
    """Is not read to its end; `check` says why it is no post, with the exit code of any other mistake."""
    file = tmp_path / "a.md"
    with file.open("wb") as opened:
        opened.write(b"# A\n\nText\n")
        opened.truncate(1 << 40)
    done = call("check", "a.md", cwd=tmp_path, env={})
    assert done.returncode == 2
    assert "the file has more than 1,600,000 bytes" in done.stdout


@pytest.mark.parametrize(
    "piece", ["<b>a</b> ", "<div>", "<p>*a* [b]</p>", '<a href="b">c</a> ', '<img src="a">', "<td>a", "`a ", "<"]
)
def test_a_megabyte_of_an_entry_ends_soon(piece: str, unit: float) -> None:
    """Its page is linked; what it holds is counted before it is converted, and after."""
    html = (piece * (HUGE // len(piece)))[:HUGE]
    begun = time.process_time()
    made = to_post(replace(ENTRY, html=html), key="k", full_text=True, feed_language=None)
    assert time.process_time() - begun < unit * MOST
    assert made.warnings[0].endswith("only a link is posted")


def test_an_entry_with_too_much_in_it_is_announced() -> None:
    """Its page has the rest. Without one it is no post."""
    many = f"<p>{'<em>a</em> b ' * 6_000}</p>"
    made = to_post(replace(ENTRY, html=many), key="k", full_text=True, feed_language=None)
    assert made.body.startswith("In short.\n\n[Read the whole post]")
    assert "marks of emphasis, `*` and `_`, and at most 10,000 are taken; only a link is posted" in made.warnings[0]
    with pytest.raises(FeedTrouble, match="marks of emphasis"):
        to_post(replace(ENTRY, html=many, link=None), key="k", full_text=True, feed_language=None)
