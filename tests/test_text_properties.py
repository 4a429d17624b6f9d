"""Our count beside the one of an implementation of twitter-text, where that is installed."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.text import count


@pytest.fixture(scope="module")
def theirs() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = pytest.importorskip(
            "twitter_text", reason="twitter-text-parser is unmaintained and needs pkg_resources: install it by hand"
        )
    return lambda text: package.parse_tweet(text).weightedLength


SENTENCES = st.lists(
    st.sampled_from(
        [
            "Hello",
            "world,",
            "日本語",
            "。",
            "한국어",
            "é",
            "ü",
            "я",
            "—",
            "“quoted”",
            "…",
            "©",
            "™",
            "😀",
            "👍🏽",
            "❤️",
            "🇩🇪",
            "1️⃣",
            "👩\u200d💻",
            "https://example.com",
            "https://example.com/a_(b)?c=d#e",
            "http://x.co",
            "example.com",
            "foo.bar.io/x",
            "README.md",
            "node.js",
            "e.g.",
            "v1.2.3",
            "a@b.com",
            "@name",
            "#tag",
            "$CASH",
            "(x)",
            "[y]",
            "https://例え.jp/",
            "https://t.co/abc123",
            "www.x.org,",
            "end.",
            "\n",
            "\t",
        ]
    ),
    max_size=30,
)


@settings(max_examples=300, deadline=None)
@given(words=SENTENCES, glue=st.sampled_from([" ", " ", "\n", ", "]))
def test_never_less_than_theirs(theirs: Any, words: list[str], glue: str) -> None:
    """A text that we find short enough is short enough."""
    text = glue.join(words)
    assert count(text, "weighted") >= theirs(text)
