"""Threads on X: lengths, links, breaks, code, images, price; and what holds for any body."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syndicate.adapters._contents import without_contents
from syndicate.adapters.twitter import Twitter

from syndicate import text
from syndicate.adapter import PREVIOUS, Draft, Post
from syndicate.errors import Rejected
from syndicate.markdown import render

from .adapter_bridge import make_post

URL = "https://blog.example.org/posts/atomic-writes/"


def thread(body: str, **changes: Any) -> Draft:
    return Twitter(mode="thread").render(make_post(body=body, **changes))


def texts(draft: Draft) -> list[str]:
    return [part.payload["text"] for part in draft.parts]


def test_short_piece_is_one_part():
    """What fits into one post with its link is one post."""
    draft = thread("Short and *sweet*.")
    assert texts(draft) == [f"Atomic writes\n\nShort and sweet.\n\n{URL}"]
    assert draft.parts[0].payload == {"text": draft.parts[0].text}


def test_parts_answer_the_one_before():
    """Every part but the first carries the place of an id."""
    first, second = thread("One.\n\n<!-- part -->\n\nTwo.").parts
    assert first.payload == {"text": "Atomic writes\n\nOne."}
    assert second.payload == {"text": f"Two.\n\n{URL}", "reply": {"in_reply_to_tweet_id": PREVIOUS}}


@pytest.mark.parametrize("mark", ["<!-- part -->", "<!--part-->", "  <!--  PART -->  "])
def test_author_s_breaks_hold(mark: str):
    """A break stands alone on its line; spelling and line ends do not matter."""
    body = f"One.\n\n{mark}\n\nTwo.\n{mark}\nThree."
    assert texts(thread(body)) == texts(thread(body.replace("\n", "\r\n")))
    assert texts(thread(body)) == [
        "Atomic writes\n\nOne.",
        "Two.",
        f"Three.\n\n{URL}",
    ]


def test_break_does_not_cut_off_link_definitions():
    """A link whose address stands below a break is still a link, not brackets."""
    draft = thread("Read [this][r].\n\n<!-- part -->\n\nTwo.\n\n[r]: https://example.com/this\n")
    assert "Read this" in texts(draft)[0]
    assert "[r]" not in "".join(texts(draft))


def test_break_in_code_is_text():
    """In code the mark is what the author shows, byte for byte."""
    code = "a\n<!-- part -->\n\nb"
    draft = thread(f"One.\n\n```html\n{code}\n```\n")
    assert len(draft.parts) == 1
    assert code in draft.parts[0].text


def test_link_stands_in_the_last_part_only():
    """It costs more than the text, so it is there once."""
    draft = thread("\n\n".join(f"Paragraph {n}: {'words ' * 30}." for n in range(6)))
    assert len(draft.parts) > 2
    assert [URL in part for part in texts(draft)] == [False] * (len(draft.parts) - 1) + [True]


@pytest.mark.parametrize(
    ("body", "changes", "cost"),
    [
        ("One.\n\n<!-- part -->\n\nTwo.", {}, 0.215),
        ("One.\n\n<!-- part -->\n\nTwo.", {"canonical_url": None}, 0.03),
        ("See example.com.\n\n<!-- part -->\n\nTwo.", {}, 0.4),
        ("One.\n\n<!-- part -->\n\nTwo.\n\n<!-- part -->\n\nThree.", {}, 0.23),
    ],
)
def test_cost_is_exact(body: str, changes: dict[str, Any], cost: float):
    """$0.015 a part, $0.20 one in which X makes a link, bare domains included."""
    assert thread(body, **changes).cost == cost


def test_code_that_fits_is_never_cut():
    """A code block moves to the next part as a whole."""
    code = "\n".join(f"line_{n} = {n}" for n in range(15))
    draft = thread(f"{'Some words before it. ' * 12}\n\n```python\n{code}\n```\n\nAfter.")
    assert sum(code in part for part in texts(draft)) == 1


def test_code_that_does_not_fit_is_left_out_with_a_hint():
    """A reader is sent to the post, and the draft says what is missing."""
    draft = thread("Before.\n\n```\n" + "x = 1\n" * 80 + "```\n\nAfter.")
    assert any("Before.\n\n(code: see the post)\n\nAfter." in part for part in texts(draft))
    assert any("code" in warning for warning in draft.warnings)
    assert "x = 1" not in "".join(texts(draft))


def test_heading_stays_with_what_follows():
    """No part ends in a heading whose text is in the next one."""
    draft = thread(f"{'Some words here. ' * 13}\n\n## A heading\n\n### Below it\n\n{'More words. ' * 8}\n\nEnd.")
    assert [part for part in texts(draft) if part.startswith("A heading\n\nBelow it\n\nMore words.")]


def test_link_is_not_alone_where_a_paragraph_can_go_with_it():
    """The last paragraph moves along, for the same number of parts."""
    draft = thread(f"{'x' * 200}\n\nThe end.")
    assert texts(draft) == [f"Atomic writes\n\n{'x' * 200}\n\nThe end.\n\n{URL}"]
    draft = thread(f"{'x' * 240}\n\nThe end.")
    assert texts(draft) == [f"Atomic writes\n\n{'x' * 240}", f"The end.\n\n{URL}"]


def test_too_many_parts_are_refused_with_advice():
    """A thread of more than 25 parts is a sign to link instead."""
    with pytest.raises(Rejected, match="26 parts") as caught:
        thread("\n\n<!-- part -->\n\n".join(f"Part {n}." for n in range(26)))
    assert 'mode = "post"' in caught.value.next
    assert len(thread("\n\n<!-- part -->\n\n".join(f"Part {n}." for n in range(25))).parts) == 25


def test_same_text_twice_is_warned_of():
    """X refuses a text that it has seen, so a thread with two equal parts may stop half-way."""
    draft = thread("One.\n\n<!-- part -->\n\nAgain.\n\n<!-- part -->\n\nAgain.\n\n<!-- part -->\n\nEnd.")
    assert any("part 3 is the same as part 2" in warning for warning in draft.warnings)


def test_author_s_own_thread():
    """A text written for X is split at its breaks, and gets the link at its end when it has none."""
    assert texts(thread("Not this.", text="First.\n\n<!-- part -->\nSecond line\nand a third.")) == [
        "First.",
        f"Second line\nand a third.\n\n{URL}",
    ]


# ---------------------------------------------------------------- any body

WORDS = st.lists(
    st.one_of(
        st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12),
        st.sampled_from(
            ["中文字", "\U0001f469\u200d\U0001f4bb", "e\u0301tude", "naïve", "x" * 300, "“quoted”,", "end."]
        ),
        st.integers(0, 99).map(lambda n: f"https://example.com/{'p' * n}?q={n}"),
        st.sampled_from(["example.org", "sub.example.co.uk/path", "*so*", "`code`", "[text](https://example.com/t)"]),
    ),
    min_size=1,
    max_size=40,
).map(" ".join)
BLOCKS = st.one_of(
    WORDS,
    WORDS.map(lambda words: f"## {words}"),
    WORDS.map(lambda words: f"> {words}"),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    WORDS.map(lambda words: f"```\n{words.replace(' ', chr(10))}\n```"),
    st.sampled_from(["<!-- part -->", "---", "![alt](https://example.com/i.png)"]),
)
BODIES = st.lists(BLOCKS, max_size=8).map("\n\n".join)


def blocks_of(post: Post) -> list[str]:
    """What of a body may be expected in a thread, in order; breaks are not text."""
    body = re.sub(r"^<!-- part -->$", "", post.body, flags=re.MULTILINE)
    shown = []
    blocks = render(body, Twitter.dialect, base_url=post.base_url, title=post.title).blocks
    for block in without_contents(blocks)[0]:
        if block.kind == "code" and text.count(block.text, "weighted") > 280:
            shown.append("(code: see the post)")
        elif block.kind not in ("image", "rule"):
            shown.append(block.text)
    return shown


def rendered(body: str) -> tuple[Post, list[str]] | None:
    """A post with `body` and its thread; `None` when it has too many parts, which is refused."""
    post = make_post(body=body, title="A title")
    try:
        return post, texts(Twitter(mode="thread").render(post))
    except Rejected as refused:
        assert "parts" in refused.message  # noqa: PT017  the only reason there may be
        return None


@settings(max_examples=150, deadline=None)
@given(st.one_of(BODIES, st.text(max_size=600)))
def test_every_part_fits(body: str):
    """Whatever the body is, X takes every part, and none is empty."""
    if made := rendered(body):
        assert all(0 < text.count(part, "weighted") <= 280 and part.strip() for part in made[1])


@settings(max_examples=150, deadline=None)
@given(BODIES)
def test_nothing_is_lost_or_added(body: str):
    """But for white space, the parts are title, body and link, in that order."""
    if made := rendered(body):
        post, parts = made
        expected = "".join([post.title, *blocks_of(post), URL])
        assert "".join("".join(parts).split()) == "".join(expected.split())


@settings(max_examples=150, deadline=None)
@given(BODIES)
def test_no_link_is_cut(body: str):
    """Every link stands whole in a part."""
    if made := rendered(body):
        post, parts = made
        for block in blocks_of(post):
            for start, end in text.urls(block):
                assert any(block[start:end] in part for part in parts)


def test_names_in_prose_notify_nobody_and_code_is_as_written():
    """`@app.route` is no account, `$HOME` no share, `main.py` no site; a byte more in code would break it."""
    draft = thread("Put `@app.route` into `main.py`, below `$HOME` or `$PATH`.\n\n```\n@app.route\n```\n")
    (one,) = texts(draft)
    assert "Put @\u200bapp.route into main.\u200bpy, below $\u200bHOME or $\u200bPATH.\n\n@app.route\n\n" in one
    assert [w for w in draft.warnings if w.endswith("invisible blank: @app, main.py, $HOME, $PATH")]
    assert [w for w in draft.warnings if w.startswith("the text mentions @app:")]


def test_code_that_x_would_refuse_is_left_out():
    """Two cashtags in one post are refused, which would end a thread in its middle."""
    draft = thread("Set it:\n\n```sh\nexport A=$HOME B=$PATH\n```\n\nDone.")
    assert "(code: see the post)" in texts(draft)[0]
    assert [w for w in draft.warnings if "has more than one cashtag ($HOME, $PATH), which X refuses" in w]
    assert "echo $HOME" in texts(thread("Say it:\n\n```sh\necho $HOME\n```\n"))[0]


@pytest.mark.parametrize("lead", ["## Table of Contents\n\n", "In this post:\n\n", ""])
def test_a_table_of_contents_is_left_out(lead: str):
    """It leads nowhere in a thread."""
    draft = thread(f"{lead}- [One](#one)\n- [Two](#two)\n\nText.\n\n## One\n\na\n\n## Two\n\nb")
    assert texts(draft) == [f"Atomic writes\n\nText.\n\nOne\n\na\n\nTwo\n\nb\n\n{URL}"]
    assert [w for w in draft.warnings if w.startswith("the table of contents is left out: “") and "One, Two”" in w]
    assert "• One\n• Two" in texts(thread("## One\n\na\n\n## Two\n\n- One\n- Two"))[0]


def test_what_is_below_an_item_stays_with_it():
    """A list is cut between its items rather than within one."""
    item = "an item that says something of some length, so that it takes up all of its room"
    draft = thread(f"- {item}\n- {item}\n- {item}\n  - nested one\n  - nested two\n- {item}\n")
    ends = [one.rpartition("\n")[2] for one in texts(draft)[:-1]]
    assert ends == [f"• {item}"]
    assert f"• {item}\n  • nested one\n  • nested two\n• {item}" in texts(draft)[1]
