"""How a thread on X is cut: numbers, breaks, code, what stays together, and words that look like placeholders."""

from __future__ import annotations

import json
from typing import Any

import pytest
from syndicate.adapters.twitter import Twitter

from syndicate import text
from syndicate.adapter import Draft

from .adapter_bridge import make_http, make_post, run
from .twitter_bridge import BASE, adapter, attempt, standin

URL = "https://blog.example.org/posts/atomic-writes/"
LONG = "x = 1\n" * 80
PARAGRAPHS = "\n\n".join(f"Paragraph {n}: {'words ' * 30}." for n in range(6))


def thread(body: str, options: dict[str, Any] | None = None, **changes: Any) -> Draft:
    return Twitter(mode="thread", **(options or {})).render(make_post(body=body, **changes))


def texts(draft: Draft) -> list[str]:
    return [part.text for part in draft.parts]


# ---------------------------------------------------------------- numbers


def numbered(body: str, **changes: Any) -> list[str]:
    draft = thread(body, {"numbering": True}, **changes)
    assert all(part.count == text.count(part.text, "weighted") <= 280 for part in draft.parts)
    return texts(draft)


def test_each_part_ends_in_its_number():
    """Behind the words; before the link, which is the end for X; below a list and code."""
    body = "One.\n\n<!-- part -->\n\n- a\n- b\n\n<!-- part -->\n\n```\nx = 1\n```\n\n<!-- part -->\n\nThe end."
    assert numbered(body) == [
        "Atomic writes\n\nOne. (1/4)",
        "• a\n• b\n\n(2/4)",
        "x = 1\n\n(3/4)",
        f"The end. (4/4)\n\n{URL}",
    ]
    assert numbered("Short.") == [f"Atomic writes\n\nShort.\n\n{URL}"]


@pytest.mark.parametrize("parts", [9, 10])
def test_numbers_of_two_digits_have_room(parts: int):
    """The numbers count, also where they make the thread longer."""
    body = "\n\n".join("y" * 270 for _ in range(parts - 1)) + "\n\nEnd."
    made = numbered(body, title="T")
    assert [part.rpartition("(")[2].partition(")")[0] for part in made] == [
        f"{n}/{len(made)}" for n in range(1, len(made) + 1)
    ]


@pytest.mark.parametrize("form", ["{n}/3 words", "words ({n}/3)", "{n}/ words", "🧵 {n}/3\nwords"])
def test_a_text_with_its_own_numbers_gets_no_others(form: str):
    """The author's word is kept as it is."""
    own = "\n\n<!-- part -->\n\n".join(form.format(n=n) for n in (1, 2, 3))
    made = numbered("", text=own)
    assert made == [*(form.format(n=n) for n in (1, 2)), f"{form.format(n=3)}\n\n{URL}"]
    assert numbered("", text="a\n\n<!-- part -->\n\nb 1/2 cup") == ["a (1/2)", f"b 1/2 cup (2/2)\n\n{URL}"]


# ---------------------------------------------------------------- breaks


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("- a\n- b\n  <!-- part -->\n- c", ["Atomic writes\n\n• a\n• b", "• c"]),
        ("- a\n\n    <!-- part -->\n\n    more\n- b", ["Atomic writes\n\n• a", "more\n• b"]),
        ("> a\n> <!-- part -->\n> b", ["Atomic writes\n\n> a", "> b"]),
        ("1. a\n<!-- part -->\n2. b", ["Atomic writes\n\n1. a", "2. b"]),
        ("a\n\n<!-- part -->\n\n<!-- part -->\n\nb\n\n<!-- part -->\n", ["Atomic writes\n\na", "b"]),
        ("<!-- part -->\n\nb", ["Atomic writes", "b"]),
    ],
    ids=["in a list", "in an item", "in a quote", "between items", "several", "below the title"],
)
def test_breaks_hold_within_blocks(body: str, parts: list[str]):
    """In a list and in a quote too; no part is empty, none is the link alone."""
    assert texts(thread(body)) == [*parts[:-1], f"{parts[-1]}\n\n{URL}"]


@pytest.mark.parametrize("prefix", ["", "> ", "  "])
@pytest.mark.parametrize(
    "code", ["a\n  <!-- part -->\n\nb", "<!-- part -->", "> <!-- part -->\n> a", "<!-- part -->\nb"]
)
def test_breaks_in_code_in_blocks_are_text(prefix: str, code: str):
    """Byte for byte, however deep."""
    lead = "" if prefix != "  " else "- item\n\n"
    fence = "\n".join(f"{prefix}{line}".rstrip() for line in f"```\n{code}\n```".split("\n"))
    draft = thread(lead + fence)
    assert len(draft.parts) == 1
    assert code in draft.parts[0].text


# ---------------------------------------------------------------- what stays together


def test_code_goes_with_the_line_that_leads_to_it():
    """No part ends in “like this:” where the code is in the next one."""
    code = "\n".join(f"line_{n} = {n}" for n in range(12))
    draft = thread(f"{'Some words before it. ' * 11}It is done like this:\n\n```python\n{code}\n```\n")
    assert [part for part in texts(draft) if part.startswith(f"It is done like this:\n\n{code}")]


def test_heading_goes_with_the_first_sentence():
    """Where what follows is too long to go with it as a whole, its first sentence does."""
    draft = thread(f"{'a' * 200}\n\n## Head\n\nFirst. {'Words. ' * 39}")
    assert texts(draft)[1].startswith("Head\n\nFirst. Words.")


def test_list_items_stay_whole():
    """A list that is too long is cut between its items, and its lines stay lines."""
    items = [f"第{n}点，{'字' * 40}。" for n in range(6)]
    draft = thread("\n".join(f"- {item}" for item in items), title="T")
    lines = [line for part in texts(draft) for line in part.split("\n") if line.startswith("•")]
    assert lines == [f"• {item}" for item in items]


def test_rest_of_a_nested_list_begins_at_the_margin():
    """X takes away the white space in front: the lines below go with the first."""
    inner = "\n".join(f"  - {'word ' * 18}{n}" for n in range(4))
    second = texts(thread(f"- a\n{inner}\n- b"))[1]
    assert second.startswith("• word")
    assert "\n• word" in second


def test_last_sentence_goes_with_the_link():
    """Where the last paragraph does not fit with it as a whole."""
    draft = thread(f"{'Many words here. ' * 15}The very end.")
    assert texts(draft)[-1].endswith(f"The very end.\n\n{URL}")
    assert len(texts(draft)[-1]) > len(URL) + 2


# ---------------------------------------------------------------- code that does not fit


def test_advice_for_code_that_does_not_fit():
    """What can be done is said: a gist, a picture."""
    (warning,) = thread(f"Before.\n\n```\n{LONG}```\n").warnings
    assert "gist" in warning
    assert "picture" in warning


@pytest.mark.parametrize(
    "gist",
    ["{{{{< gist spf13 7896402 >}}}}", "{{% gist spf13/7896402 %}}", "<{0}>", "{0}", "The whole of it: {0}"],
    ids=["hugo", "jekyll", "address", "bare", "in words"],
)
@pytest.mark.parametrize("before", [False, True])
def test_gist_beside_the_code_takes_its_place(gist: str, before: bool):
    """Its address stands where the code stood, once."""
    address = "https://gist.github.com/spf13/7896402"
    shown = gist.format(address).replace("{%%", "{%")
    blocks = [f"```\n{LONG}```", shown]
    said = "\n\n".join(texts(thread("\n\n".join(["Before.", *(blocks[::-1] if before else blocks)]))))
    assert f"(code: {address})" in said
    assert said.count(address) == (2 if "whole" in gist else 1)


def test_picture_of_the_code_takes_its_place():
    """Where the alternative text says that it shows the code."""
    draft = thread(f"Before.\n\n```\n{LONG}```\n\n![The code of main.py](https://example.org/a.png)\n")
    assert "(code: see the picture)" in texts(draft)[0]
    assert [warning for warning in draft.warnings if "the picture beside it" in warning] == list(draft.warnings)


# ---------------------------------------------------------------- placeholders


@pytest.mark.parametrize("sign", ["\ufdd80\ufdd8", "\ufdd97\ufdd9", "\ue0000\ue000"])
@pytest.mark.parametrize("body", ["a {} b", "```\n{}\n```", "# {}"])
def test_characters_that_mean_nothing_do_no_harm(sign: str, body: str):
    """Whatever stands for something inside is no word of the author's."""
    said = body.format(sign)
    assert thread(said).parts
    assert thread("", text=said).parts
    assert thread("b", title=sign).parts


def test_words_that_name_a_placeholder_are_sent_as_they_are():
    """A part that is `{previous}` and nothing else is a text; the id goes where it belongs."""
    place = standin()
    which, what = adapter(mode="thread"), make_post(text="One.\n\n<!-- part -->\n\n{previous}", canonical_url=None)
    first, second = which.render(what).parts
    assert second.text == "{previous}"
    http, _ = make_http(place, BASE)
    done = run(which.publish(first, attempt(), http))
    http, requests = make_http(place, BASE)
    run(which.publish(second, attempt(previous=done), http))
    assert json.loads(requests[-1].body) == {"text": "{previous}", "reply": {"in_reply_to_tweet_id": done.id}}
