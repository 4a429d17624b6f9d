"""Cutting and packing: where a text is cut, and what that leaves."""

from __future__ import annotations

import pytest

from syndicate.text import clean_tags, count, fit, hashtags, names, split, urls

ENGLISH = "Open source is global. Communities matter a lot, e.g. the Apache one. See https://example.com/a/very/long/path now."
CHINESE = "开源社区的国际化之路。我们参加了全球流量大会，并且学到了很多。第三句话也在这里。"
FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "limit", "counter", "cut"),
    [
        (ENGLISH, 200, "characters", ENGLISH),
        (ENGLISH, 40, "characters", "Open source is global."),
        (ENGLISH, 23, "characters", "Open source is global."),
        (ENGLISH, 60, "characters", "Open source is global. Communities matter a lot, e.g. the…"),
        (ENGLISH, 75, "characters", "Open source is global. Communities matter a lot, e.g. the Apache one."),
        (ENGLISH, 10, "characters", "Open…"),
        ("See https://example.com/a/very/long/path", 20, "characters", "See…"),
        ("https://example.com/a/very/long/path", 20, "characters", "…"),
        ("a https://example.com/a/very/long/path bcd", 27, "weighted", "a https://example.com/a/very/long/path…"),
        ("Verylongwordwithoutanyspaces", 10, "characters", "Verylongw…"),
        ("a Verylongwordwithoutanyspaces", 10, "characters", "a Verylon…"),
        (CHINESE, 15, "characters", "开源社区的国际化之路。"),
        (CHINESE, 30, "weighted", "开源社区的国际化之路。"),
        (CHINESE, 9, "characters", "开源社区的国际化…"),
        ("中文，中文", 4, "characters", "中文…"),
        (FAMILY * 3, 3, "graphemes", FAMILY * 3),
        (FAMILY * 3, 2, "graphemes", FAMILY + "…"),
        (FAMILY * 3, 5, "weighted", FAMILY + "…"),
        ("e\u0301" * 5, 3, "graphemes", "e\u0301e\u0301…"),
        ("ééééé", 8, "bytes", "éé…"),
        ("One two — three", 13, "characters", "One two…"),
        ("One, two; three", 9, "characters", "One, two…"),
        ("One, two", 5, "characters", "One…"),
        ("Mr. Smith went home", 12, "characters", "Mr. Smith…"),
        ("It is v1.2. it is not over", 20, "characters", "It is v1.2. it is…"),
        ("Made with Node.js or U.S. steel and so on", 30, "characters", "Made with Node.js or U.S.…"),
        ("Since 2024. Then more was made", 20, "characters", "Since 2024."),
        ("See Fig. 3 of the long book", 15, "characters", "See Fig. 3 of…"),
        ("هل هي بطيئة؟ نعم هي بطيئة جدا", 20, "characters", "هل هي بطيئة؟"),
        ("यह काम करता है। और भी बहुत कुछ है", 22, "characters", "यह काम करता है।"),
        ("一个很长的句子，它没有句号，也不会很快结束的", 18, "characters", "一个很长的句子，它没有句号…"),
        ("한국어는 띄어쓰기를 합니다", 9, "characters", "한국어는…"),
        ("一个很长的句子没有任何标点符号，也不会", 10, "characters", "一个很长的句子没有…"),
        ("Line one\nLine two is longer", 14, "characters", "Line one"),
        ("abc", 1, "characters", "…"),
        ("abc", 0, "characters", ""),
        ("abc" + " " * 50, 5, "characters", "abc…"),
    ],
)
def test_where_a_text_is_cut(text: str, limit: int, counter: str, cut: str) -> None:
    """After a sentence if that keeps half, else after a word, else after a grapheme; never in a link."""
    assert fit(text, limit, counter) == cut  # type: ignore[arg-type]
    assert count(cut, counter) <= limit  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("See <https://e.org/a/>.", True),
        ("[a](https://e.org/a/)", True),
        ("It is at https://e.org/a/. Or not.", True),
        ("![p](https://e.org/a/p.png)", False),
        ("[up](https://e.org/a/#up), [q](https://e.org/a/?q=1)", False),
        ("https://e.org/a", False),
    ],
)
def test_an_address_in_a_text(text: str, there: bool) -> None:
    """It is there as it is; a picture below it and a place in it are other addresses."""
    assert names(text, "https://e.org/a/") is there


def test_own_ellipsis() -> None:
    """It counts, and it may be empty."""
    assert fit("one two three", 10, ellipsis=" (more)") == "one (more)"
    assert fit("one two three", 10, ellipsis="") == "one two"


@pytest.mark.parametrize(
    ("blocks", "limit", "pieces"),
    [
        ([], 10, []),
        (["", " \n "], 10, []),
        (["abc", "def"], 8, ["abc\n\ndef"]),
        (["abc", "def"], 7, ["abc", "def"]),
        (["a b\n\nc d"], 5, ["a b", "c d"]),
        (["A b. C d? E f!"], 9, ["A b. C d?", "E f!"]),
        (["aa bb cc"], 5, ["aa bb", "cc"]),
        (["abcdefgh"], 3, ["abc", "def", "gh"]),
        (["一二。三四。五"], 4, ["一二。", "三四。五"]),
        (["x https://a.org/b y"], 15, ["x", "https://a.org/b", "y"]),
        (["\n  if x:\n    y\n", " z "], 20, ["  if x:\n    y\n\n z"]),
        (["Head", "One two three. Four five."], 20, ["Head\n\nOne two three.", "Four five."]),
        (["• a。\n  • b。\n• c。"], 10, ["• a。", "  • b。", "• c。"]),
        (["One, see e.g. this. Two."], 20, ["One, see e.g. this.", "Two."]),
        (["在很长的一句话里使用Kubernetes部署"], 14, ["在很长的一句话里使用", "Kubernetes部署"]),
        (["한국어는 단어 사이에 띄어쓰기를 합니다"], 12, ["한국어는 단어 사이에", "띄어쓰기를 합니다"]),
        (["很长的一句话，也很长的一句"], 10, ["很长的一句话，", "也很长的一句"]),
    ],
)
def test_packing(blocks: list[str], limit: int, pieces: list[str]) -> None:
    """Blocks stay whole while they fit; a longer one goes on where the piece before it has room."""
    assert split(blocks, limit, "characters") == pieces


@pytest.mark.parametrize(
    ("blocks", "limit", "whole", "pieces"),
    [
        (["x" * 10, "Head", "One two."], 18, (), ["x" * 10, "Head\n\nOne two."]),
        (["Head", "One two. Three four."], 18, (), ["Head\n\nOne two.", "Three four."]),
        (["Some words. Run this:", "code code code"], 30, (1,), ["Some words.", "Run this:\n\ncode code code"]),
        (["A head of some length", "code code code"], 30, (1,), ["A head of some length", "code code code"]),
        (
            ["A long one, which ends here.", "https://example.org"],
            40,
            (),
            ["A long one,", "which ends here.\n\nhttps://example.org"],
        ),
        (["Head"], 10, (), ["Head"]),
    ],
)
def test_what_leads_is_not_left_behind(
    blocks: list[str], limit: int, whole: tuple[int, ...], pieces: list[str]
) -> None:
    """A heading, or the last sentence before a list, goes with the beginning of what follows; what is whole stays so."""
    leads = [n for n in range(len(blocks)) if n != len(blocks) - 1 and n not in whole and blocks[n][0] != "x"]
    assert split(blocks, limit, "characters", leads=leads, whole=whole) == pieces


def test_a_limit_below_one_character() -> None:
    """Nothing can be packed into it."""
    with pytest.raises(ValueError, match="too small"):
        split(["中"], 2, "bytes")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.com/a_(b), ok", ["https://example.com/a_(b)"]),
        ("(example.com) or foo.bar.co.uk/x.", ["example.com", "foo.bar.co.uk/x"]),
        ("a@example.com @example.com #example.com $x.com", []),
        ("main.py README.md v1.2 e.g. 1.5", ["main.py", "README.md"]),
        ("https://例え.jp/パス 中文example.com中文", ["https://例え.jp/", "example.com"]),
        ("http://localhost:8000/x ftp://example.com/ https://x.invalid", []),
        ("https://example.com:8080/?q=[1]&r#s!", ["https://example.com:8080/?q=[1]&r#s"]),
    ],
)
def test_links_in_text(text: str, links: list[str]) -> None:
    """Addresses with a scheme, bare domains of known top-level domains; without what only closes the sentence."""
    assert [text[start:end] for start, end in urls(text)] == links


def test_tags() -> None:
    """Order is kept; what is changed, too long or too many is told, a mere double is not."""
    tags = ["#Open Source", "go", "Go", "x" * 30, "日本語", "", "---", "a", "b"]
    kept, warnings = clean_tags(tags, most=3, length=20, chars="[A-Za-z0-9]")
    assert kept == ("OpenSource", "go", "a")
    assert [w.split("”")[0].split("“")[1] for w in warnings] == ["Open Source", "x" * 30, "日本語", "---", "b"]
    assert clean_tags(["日本語", "a-b"], most=5) == (("日本語", "a-b"), ())


@pytest.mark.parametrize(
    ("tag", "chars", "kept"),
    [
        ("हिन्दी", r"\w", "हिन्दी"),
        ("हिन्दी", "[a-z]", None),
        ("ไทยแลนด์", r"[^\W_]", "ไทยแลนด์"),
        ("e\u0301tude", r"\w", "étude"),
        ("étude", "[a-z]", "etude"),
        ("straße", "[a-z]", "strasse"),
        ("1️⃣ first", r"\w", "1first"),
        ("نرم\u200cافزار", r"[\w ]", "نرم\u200cافزار"),
        ("نرم\u200cافزار", r"\w", "نرمافزار"),
        ("・ロック・", r"[\w・]", "ロック"),
    ],
)
def test_letters_of_a_tag(tag: str, chars: str, kept: str | None) -> None:
    """A letter keeps its vowel signs; an accent that is not allowed leaves the letter."""
    assert clean_tags([tag], most=1, chars=chars)[0] == ((kept,) if kept else ())


def test_a_tag_is_not_robbed_of_its_vowels() -> None:
    """Where a platform ends a tag at the first vowel sign, the tag is left out, and that is said."""
    kept, told = clean_tags(["हिन्दी", "中文"], most=2, chars=r"\w", marks=False)
    assert kept == ("中文",)
    assert len(told) == 1


@pytest.mark.parametrize(
    ("text", "joints", "found"),
    [
        ("#a #हिन्दी, (#日本語) #12 C# x#y #2nd", "", ["#a", "#हिन्दी", "#日本語", "#2nd"]),
        ("#open-source- #_ ＃wide", "-", ["#open-source", "＃wide"]),
    ],
)
def test_hashtags_in_text(text: str, joints: str, found: list[str]) -> None:
    """At the start of a word, with a letter, vowel signs included; without what only joins at its end."""
    assert [text[start:end] for start, end in hashtags(text, joints)] == found


def test_a_cut_that_ends_a_sentence_has_no_ellipsis() -> None:
    """`says so.…` is nothing that a person writes; an abbreviation ends nothing."""
    long = "Antidisestablishmental words."
    assert fit(f"It says so. {long}", 30) == "It says so."
    assert fit(f"Use it, e.g. {long}", 30) == "Use it, e.g.…"
