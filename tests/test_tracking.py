"""Parameters on links that tell a site where its readers come from."""

from __future__ import annotations

import pytest

from syndicate.tracking import DEFAULT, mistake, tagged

URL = "https://blog.example.org/posts/hello/"


@pytest.mark.parametrize(
    ("url", "pattern", "expected"),
    [
        (URL, DEFAULT, f"{URL}?utm_source=bsky&utm_medium=syndication&utm_campaign=hello"),
        (URL, "utm_source={target}", f"{URL}?utm_source=my%20place"),
        (f"{URL}?a=1#part", "ref={adapter}", f"{URL}?a=1&ref=bsky#part"),
        ("https://example.org", "c={slug}", "https://example.org?c=example.org"),
        ("https://example.org/a/post.html", "c={slug}", "https://example.org/a/post.html?c=post"),
        (f"{URL}?utm_source=mail", DEFAULT, f"{URL}?utm_source=mail"),
    ],
)
def test_tagged(url: str, pattern: str, expected: str) -> None:
    """The parameters are added; what the address holds besides stays, and one that is tagged already stays whole."""
    assert tagged(url, pattern, adapter="bsky", target="my place") == expected


@pytest.mark.parametrize("pattern", ["", "utm_source", "?utm_source=a", "a=1&", "a={host}", "a=b c", "a=1#x",
    "a={target", "a=target}", "a={{target}}", 'a="x"', "a=<b>", "a=%zz", "a=\N{SNOWMAN}"])  # fmt: skip
def test_mistakes(pattern: str) -> None:
    """What would not come out as parameters is named."""
    assert mistake(pattern)


def test_default_is_no_mistake() -> None:
    """What `utm = true` means is a pattern like any other."""
    assert mistake(DEFAULT) is None
