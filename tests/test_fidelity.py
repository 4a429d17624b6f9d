"""Real posts arrive whole, judged by parsers that the pipeline does not use; and the judge can find fault."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syndicate.adapters import _article

from .fidelity import page, source
from .fidelity.__main__ import LEAST, main
from .fidelity.corpus import piece, pieces, verdicts
from .fidelity.judge import Verdict, judge
from .fidelity.places import SHORT, WHOLE
from .fidelity.report import Figure, kept, total, write
from .support import SHARED, shared

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "fidelity.md"
BASE = "https://blog.example.org/posts/one/"
#: Two that share no dialect see every post here; the others each third one. `make fidelity` shows all to all.
ALL = ("devto", "medium")

WRITTEN = """\
First words, with a [link](https://example.org/a) and `{{ code }}`.

## A heading

A second paragraph, with [another](/b), ![a picture](c.png) and x².

```sh
  make all
  make test
```

| Name | Value |
|---|---|
| One | [two](https://example.org/table) |
"""


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    """The corpus is not carried through the tests that follow."""
    yield
    pieces.cache_clear()


def figures(name: str, every: int) -> dict[str, Figure]:
    """By source. Skips where the corpus is not there."""
    found: dict[str, Figure] = {}
    for one, verdict in verdicts(pieces(shared("corpus", "posts"), every=every), {**WHOLE, **SHORT}[name]):
        found.setdefault(one.folder, Figure()).add(one, verdict)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_posts_arrive_whole(name: str) -> None:
    """At least 999 words of 1000 are there, what is not is said, code, links and tags are as they should be.

    No source loses more words than the document says.
    """
    found = figures(name, 1 if name in ALL else 3)
    whole = total(found.values())
    assert whole.faults == []
    assert whole.posts > (30 if name == "thread" else 60)
    assert whole.kept >= LEAST, whole.shown
    documented = kept(DOCUMENT.read_text("utf-8"))[name]
    assert {folder: one.lost for folder, one in found.items() if one.lost > (documented[folder] or 0)} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHORT)
def test_short_texts_are_clean(name: str) -> None:
    """What carries a part of a post holds no template syntax, leads nowhere relative and is within its limits."""
    whole = total(figures(name, 3).values())
    assert whole.faults == []
    assert whole.posts > 90


def test_the_document_is_of_today() -> None:
    """It has a figure for each platform that takes whole posts and each source, none below the least."""
    text = DOCUMENT.read_text("utf-8")
    table = kept(text)
    assert list(table) == list(WHOLE)
    assert all(rest == "0" for rest in [row.rstrip(" |").rpartition("| ")[2] for row in _rows(text)])
    assert all(float(row.split("|")[4].split()[0]) >= 100 * LEAST for row in _rows(text))
    if (SHARED / "corpus" / "posts").is_dir():
        folders = {folder.name for folder in (SHARED / "corpus" / "posts").iterdir() if folder.is_dir()}
        assert all(set(row) == folders for row in table.values())


def _rows(text: str) -> list[str]:
    """Of the first table of the document."""
    lines = text.partition("| kept, % |")[2].split("\n")[2:]
    return lines[: lines.index("")]


def verdict(arrived: str, *warnings: str, written: str = WRITTEN, **options: Any) -> Verdict:
    """`arrived` in Markdown against `written`."""
    wanted = page.markdown(source.neutral(written), without="Title")
    options = {"base": BASE, "anchors": False, **options}
    return judge(wanted, page.markdown(arrived), warnings, **options)


#: As it should arrive.
GOOD = WRITTEN.replace("/b)", "https://blog.example.org/b)").replace("c.png", f"{BASE}c.png")


def test_what_arrives_whole_has_no_fault() -> None:
    """Absolute links and further words are none; neither is what a dialect is declared to change."""
    assert list(verdict(GOOD).faults()) == []
    assert list(verdict(GOOD + "\nOriginally published at <https://blog.example.org/posts/one/>\n").faults()) == []
    raised = GOOD.replace("x²", "x<sup>2</sup>").replace("![a picture]", "[a picture]")
    assert list(verdict(raised, "1 image is shown as a link").faults()) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("First words, with", "First, with", "1 words are missing without a warning: words"),
        ("A second paragraph, with", "", "4 words are missing"),
        ("## A heading\n", "", "2 words are missing"),
        ("![a picture]", "![]", "2 words are missing"),
        ("  make all\n", "", "a block of code is not what it was"),
        ("  make all\n", "make all\n", "a block of code is not what it was"),
        ("  make test\n", "  make test \n", "a block of code is not what it was"),
        ("example.org/a)", "example.org/z)", "a link is gone or changed: https://example.org/a"),
        ("[link](https://example.org/a)", "link", "a link is gone or changed: https://example.org/a"),
        ("[two](https://example.org/table)", "two", "a link is gone or changed: https://example.org/table"),
        ("https://blog.example.org/b)", "/b)", "a link leads nowhere: /b"),
        ("https://blog.example.org/b)", "#b)", "a link leads nowhere: #b"),
        ("First", "{{< figure src=x >}} First", "template syntax is left: {{< figure src=x >}}"),
        ("First", "{% include x.html %} First", "template syntax is left: {% include x.html %}"),
        ("`{{ code }}`", "{{ code }}", "template syntax is left: {{ code }}"),
        ("example.org/a)", "example.org/a{{%20x%20}})", "template syntax is left: https://example.org/a{{ x }}"),
        ("First", ":::note\nFirst", "template syntax is left: :::note"),
        ("## A heading", "## A heading {#id}", "template syntax is left: {#id}"),
        ("First", "import A from './a'\n\nFirst", "template syntax is left: import A from './a'"),
        ("First", "<Foo bar=1 />\n\nFirst", "template syntax is left: <foo>"),
    ],
)
def test_planted_faults_are_found(before: str, after: str, fault: str) -> None:
    """A word, a paragraph, a line of code, a link, a tag: each is named."""
    assert before in GOOD
    assert any(found.startswith(fault) for found in verdict(GOOD.replace(before, after, 1)).faults()), fault


@pytest.mark.parametrize(
    ("before", "after", "warning"),
    [
        ("First words, with", "First, with", "left out: “words”"),
        ("[two](https://example.org/table)", "two", "links inside tables lost their addresses"),
        ("First", "{{< figure src=x >}} First", "template syntax is left in the text: `{{< figure src=x >}}`"),
        ("```sh\n  make all\n  make test\n```", "", "a code block is left out, it counts 20: “make all”"),
    ],
)
def test_a_warning_covers_only_what_it_says(before: str, after: str, warning: str) -> None:
    """With it there is no fault; with another one there is. Words count as lost all the same, unless left out whole."""
    arrived = GOOD.replace(before, after, 1)
    assert list(verdict(arrived, warning).faults()) == []
    assert list(verdict(arrived, "1 diagram is shown as code").faults()) != []
    assert verdict(arrived, warning).lost.total() == ("words" in warning)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("a {{< x y >}} b {{% /x %}} c", "a b c"),
        ('{{< figure src="x.png" alt="A b" caption="c" >}}', "A b c"),
        ("{% include x.html text='y' %}\n[a]: https://b.c\n\n[a] {{ site.x }}", "a"),
        ("{% raw %}{{ a }}{% endraw %} {% comment %}x{% endcomment %}b", "a b"),
        ("{% highlight sh %}\na\n{% endhighlight %}", "a"),
        ("`{{ a }}` and\n\n```\n{% b %}\n```", "a and b"),
        ("import A from 'a'\n\n<A b={c => d}>e</A>{/* f */}<!-- g -->", "e"),
        ('<p style={{a: "b"}}>c</p>\n{: .d}\n## e {#f}', "c e"),
        (":::note A b\nc\n:::\n> [!TIP] d", "A b c d"),
        ("[[Page|a b]] ![[c]] [[d]]", "a b d"),
        ('<div markdown="1">\n  <img src="x">\n  [a](https://b)\n</div>', "a"),
        ("<noscript>\n<img src=x alt=a>\n</noscript>\n<script>b</script>", "a"),
        ("# Title\n\na[^1]\n\n[^1]: b", "a b"),
        ("## Title\n\na", "a"),
        ("a\n\n## Title\n\nb", "a Title b"),
        ("中文 a_b", "中 文 a b"),
    ],
)
def test_what_counts_as_a_word(written: str, words: str) -> None:
    """What only a generator reads is none; what its page shows is."""
    assert " ".join(page.markdown(source.neutral(written), without="Title").words) == words


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One post of one source."""
    (tmp_path / "corpus" / "blog").mkdir(parents=True)
    (tmp_path / "corpus" / "blog" / "one.md").write_text(f"---\ntitle: Title\n---\n{WRITTEN}", encoding="utf-8")
    return tmp_path / "corpus"


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (lambda text: text, ""),
        (lambda text: text.replace("A second paragraph, with", ""), "words are missing without a warning"),
        (lambda text: text.replace("  make all\n", ""), "a block of code is not what it was"),
        (lambda text: text.replace("example.org/a", "example.org/z"), "a link is gone or changed"),
        (lambda text: "{{< toc >}}\n\n" + text, "template syntax is left: {{< toc >}}"),
    ],
)
def test_the_command_fails_when_the_pipeline_does(
    fault: Callable[[str], str],
    named: str,
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A pipeline that loses a paragraph, a line of code, a link, or leaves a tag makes it end with 1 and say where."""
    real = _article.render
    monkeypatch.setattr(
        _article,
        "render",
        lambda *args, **options: dataclasses.replace(real(*args, **options), text=fault(real(*args, **options).text)),
    )
    code = main(["--corpus", str(corpus), "--platform", "github", "--report", str(corpus / "report.md")])
    said = capsys.readouterr().out
    assert code == (1 if named else 0)
    assert not named or f"github, blog/one.md: {named}" in said.replace("6 words", "words").replace("4 words", "words")
    table = kept((corpus / "report.md").read_text("utf-8"))
    assert table["github"]["blog"] == (4 if "words" in named else 2 if "code" in named else 0)


def test_lost_words_keep_the_figure_below_a_hundred() -> None:
    """It is never rounded up, and the page is read as it is written."""
    figure = Figure(posts=2, words=100_000, lost=1)
    assert figure.shown == "99.99 (−1)"
    assert Figure().shown == "–"
    head = "| platform | a-b (2) | c (1) |\n|---|---:|---:|\n"
    assert kept(f"{head}| `x` | {figure.shown} | – |\n") == {"x": {"a-b": 1, "c": None}}
    with pytest.raises(AssertionError):
        kept(f"{head}| `x` | 99.99 | – |\n")


def test_without_a_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what is lacking, and does not pass for a good run."""
    assert main(["--corpus", str(tmp_path / "nothing")]) == 2
    assert "SYNDICATE_SHARED" in capsys.readouterr().err


def test_the_report_keeps_what_stands_around_it(tmp_path: Path) -> None:
    """Only what is between the marks changes."""
    (tmp_path / "page.md").write_text("A\n<!-- fidelity -->old<!-- end -->\nB\n")
    write("new\n", tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == "A\n<!-- fidelity -->\nnew\n<!-- end -->\nB\n"


def test_a_file_that_is_no_post_is_left_out(corpus: Path) -> None:
    """As the tool leaves it out, with a message of its own."""
    (corpus / "blog" / "two.md").write_text("---\ntitle: Two\n---\n")
    assert piece(corpus / "blog" / "two.md", corpus / "blog") is None
    assert [one.name for one in pieces(corpus)] == ["blog/one.md"]
