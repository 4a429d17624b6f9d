"""LinkedIn's "little text": escapes, hashtags, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syndicate.adapters._linkedin_text import little, plain, size


@pytest.mark.parametrize("sign", list("\\<>#~_|[]*(){}@"))
def test_every_reserved_sign_is_escaped(sign):
    """LinkedIn cuts a text at the first one that is not."""
    assert little(f"a {sign} b") == f"a \\{sign} b"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("#python", "{hashtag|\\#|python}"),
        ("Go: #开源 and (#web_dev).", "Go: {hashtag|\\#|开源} and \\({hashtag|\\#|web\\_dev}\\)."),
        ("C# and F#", "C\\# and F\\#"),
        ("#हिन्दी और #ไทย", "{hashtag|\\#|हिन्दी} और {hashtag|\\#|ไทย}"),
        ("＃wide", "＃wide"),
        ("issue #12", "issue \\#12"),
        ("https://example.org/a_b#c", "https://example.org/a\\_b\\#c"),
        ("a##b", "a\\#\\#b"),
        ("plain, text! 50% & more; “quoted”", "plain, text! 50% & more; “quoted”"),
        ("{hashtag|\\#|not}", "\\{hashtag\\|\\\\\\#\\|not\\}"),
    ],
)
def test_hashtags_are_told_from_signs(text, sent):
    """What a person would have typed as a hashtag is one; an escape is undone to the same text."""
    assert little(text) == sent
    assert plain(sent) == text


@pytest.mark.parametrize(
    ("commentary", "text"),
    [
        ("{hashtag|#|python}", "#python"),
        ("{hashtag|\\#|web\\_dev} (x)", "#web_dev (x)"),
        ("{hashtag|＃|中文}", "＃中文"),
        ("Hello @[Acme \\(Corp\\)](urn:li:organization:1234)!", "Hello Acme (Corp)!"),
        ("Tabs \\t and \\n stay", "Tabs \\t and \\n stay"),
    ],
)
def test_what_linkedin_makes_of_it_is_read(commentary, text):
    """Templates with and without the escape, full-width signs, mentions that a person added."""
    assert plain(commentary) == text


@given(st.text(st.sampled_from("ab \n\\<>#~_|[]*(){}@中\U0001f389")))
def test_what_is_sent_is_what_is_read(text):
    """Any text survives, whatever stands in it."""
    assert plain(little(text)) == text
    assert size(text) == len(little(text)) + text.count("\U0001f389")
