"""Counting as X counts: facts of its own open-source library (twitter-text, configuration v3), text by text."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from syndicate.text import clean_tags, count, fit, split, urls

#: Text, weighted length: as twitter-text counts it.
WEIGHTED = [
    ("", 0),
    ("a", 1),
    ("hello world", 11),
    ("日本語のテキスト", 16),
    ("中文 and English", 16),
    ("한국어", 6),
    ("😀", 2),
    ("👨\u200d👩\u200d👧\u200d👦", 2),
    ("👍🏽", 2),
    ("🇨🇳🇺🇸", 4),
    ("1️⃣ first", 8),
    ("❤️", 2),
    ("👩\u200d💻 codes", 8),
    ("é", 1),
    ("é", 1),
    ("“quoted” – dashes — and … dots", 31),
    ("«guillemets»", 12),
    ("https://example.com", 23),
    ("https://example.com/a/very/long/path/that/is/longer/than/23", 23),
    ("http://example.com.", 24),
    ("(https://example.com/x)", 25),
    ("https://example.com/a_(b)", 23),
    ("see example.com now", 31),
    ("README.md", 23),
    ("node.js", 7),
    ("e.g. this", 9),
    ("v1.2.3", 6),
    ("foo.bar.baz", 27),
    ("user@example.com", 16),
    ("@example.com", 12),
    ("#example.com", 12),
    ("https://example.com中文", 27),
    ("https://example.com/中文", 27),
    ("https://日本語.jp", 23),
    ("https://例え.テスト/", 20),
    ("https://xn--wgv71a119e.jp/x", 23),
    ("a.io,b.dev", 47),
    ("https://t.co/abcDEF123 tail", 28),
    ("https://localhost/x", 19),
    ("ftp://example.com/x", 19),
    ("https://example.com?q=1&r=2#frag", 23),
    ("https://example.com:8080/x", 23),
    ("عربي", 4),
    ("हिन्दी", 6),
    ("ไทย", 3),
    ("🏳️\u200d🌈 flag", 7),
    ("https://a.com https://b.com", 47),
    ("Next.js and Vue.js on Deno.land", 45),
    ("a" * 64 + ".com", 68),
    ("a" * 63 + ".com", 23),
    ("http://" + "あ" * 60 + ".com/x", 7 + 120 + 6),
    ("http://t.co/" + "a" * 41, 53),
    ("http://t.co/" + "a" * 40, 23),
    ("http://xn--はじめよう.com/i.html", 11 + 10 + 11),
]

#: Words, links, emoji of several code points, scripts without spaces: what cuts go wrong on.
PIECES = st.sampled_from(
    [
        *("word ", "another, ", "end. ", "Really? ", "\n", "\n\n", "https://example.com/a_path?x=1 ", "example.com "),
        *(
            "👨‍👩‍👧‍👦",
            "🇨🇳",
            "👍🏽",
            "e\u0301",
            "日本語の文。",
            "中文",
            "한국어 ",
            "हिन्दी ",
            "a" * 40,
            "(https://a.dev/x) ",
        ),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=300))
COUNTERS = st.sampled_from(["characters", "bytes", "graphemes", "weighted"])


@pytest.mark.parametrize(("text", "weight"), WEIGHTED)
def test_weight(text: str, weight: int) -> None:
    """The length is the one that X's own library gives."""
    assert count(text, "weighted") == weight


@pytest.mark.parametrize(
    "text", ["[https://a.com/b/](https://a.com/b/)", "https://a.com/b](https://b.com/c)", "line\r\nbreak"]
)
def test_never_too_light(text: str) -> None:
    """Where our reading differs from X's it is the heavier one: 50, 49 and 10 are X's."""
    least = {"[": 50, "h": 49, "l": 10}[text[0]]
    assert count(text, "weighted") >= least


def test_units() -> None:
    """Each counter has its own unit."""
    text = "né👨‍👩‍👧 "
    assert [count(text, "characters"), count(text, "bytes"), count(text, "graphemes")] == [8, 22, 4]


@given(TEXTS, st.integers(30, 300), COUNTERS)
def test_fit_fits(text: str, limit: int, counter: str) -> None:
    """What fits is left alone; what does not is cut within the limit, and not again when fitted again."""
    fitted = fit(text, limit, counter)
    assert count(fitted, counter) <= limit
    assert fit(fitted, limit, counter) == fitted
    if count(text, counter) <= limit:
        assert fitted == text
    else:
        assert text.startswith(fitted.removesuffix("…").rstrip())


@given(TEXTS, st.integers(60, 300), COUNTERS)
def test_fit_cuts_no_link_and_no_grapheme(text: str, limit: int, counter: str) -> None:
    """A cut falls neither into a link nor into what a reader sees as one character."""
    head = fit(text, limit, counter).removesuffix("…")
    if not head or head == text:
        return
    cut = len(head)
    assert not any(start < cut < end for start, end in urls(text))
    ends = {match.end() for match in regex.finditer(r"\X", text)}
    assert cut in ends or text[len(head.rstrip()) : cut].strip() == ""


@given(
    st.lists(TEXTS, max_size=6), st.integers(60, 280), COUNTERS, st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5))
)
def test_split_loses_nothing(blocks: list[str], limit: int, counter: str, leads: set[int], whole: set[int]) -> None:
    """Every piece fits, and all but white space is there, in order, whatever belongs together."""
    pieces = split(blocks, limit, counter, leads=leads, whole=whole)
    assert all(count(piece, counter) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join("".join(blocks).split())


def test_split_packs() -> None:
    """As few pieces as the order allows, joined by blank lines; a long block breaks at its sentences."""
    assert split(["one", "two", "three"], 8, "characters") == ["one\n\ntwo", "three"]
    assert split(["One is here. Two is there. Three."], 14, "characters") == ["One is here.", "Two is there.", "Three."]


def test_clean_tags() -> None:
    """Order is kept, doubles go silently, what changes or goes is told."""
    kept, told = clean_tags(["Go", "go", "#open source", "!!!", "rust", "c"], most=3, chars="[A-Za-z0-9]")
    assert kept == ("Go", "opensource", "rust")
    assert len(told) == 3


def test_tags_that_signs_tell_apart() -> None:
    """C++ is not C."""
    kept, told = clean_tags(["C++", "C#", ".NET"], most=4, chars="[A-Za-z0-9]")
    assert kept == ("cpp", "csharp", "dotnet")
    assert len(told) == 3
