"""The text of a single post on X: title, lead, hashtags, link, and what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from syndicate.adapters.twitter import Twitter

from syndicate import text
from syndicate.errors import Rejected

from .adapter_bridge import make_post

URL = "https://blog.example.org/posts/atomic-writes/"


def one(**changes: Any) -> str:
    (part,) = Twitter().render(make_post(**changes)).parts
    return part.text


def test_title_lead_hashtags_link():
    """Each on a line of its own, in that order."""
    assert one(summary="Write beside, then rename.") == (
        f"Atomic writes\n\nWrite beside, then rename.\n\n#python #linux\n\n{URL}"
    )


def test_lead_is_the_first_paragraph_where_there_is_no_summary():
    """A post without a summary is introduced by how it begins."""
    assert "\n\nWrite to a file beside it, then rename.\n\n" in one()


def test_count_is_x_s_own():
    """The part says what X counts: a link 23, however long it is."""
    (part,) = Twitter().render(make_post(tags=(), summary="x", canonical_url=f"https://example.org/{'y' * 200}")).parts
    assert (part.count, part.limit) == (len("Atomic writes") + 2 + 1 + 2 + 23, 280)


def test_long_lead_is_cut_and_the_rest_stays_whole():
    """The lead gives way: title, hashtags and link are there, and 280 is not exceeded."""
    said = one(summary="A sentence that says something. " * 30)
    assert said.startswith("Atomic writes\n\nA sentence that says something.")
    assert said.endswith(f"\n\n#python #linux\n\n{URL}")
    assert 240 < text.count(said, "weighted") <= 280


def test_no_room_for_a_lead():
    """Next to a long title a few words of a lead say nothing: it is left out."""
    title = "A title of many words " * 10
    said = one(title=title, summary="A summary that is long enough to be cut.", tags=())
    assert said == f"{title.strip()}\n\n{URL}"


def test_long_title_is_cut_with_a_warning():
    """The link stays, the title is cut, and the draft says so."""
    draft = Twitter().render(make_post(title="word " * 100, tags=()))
    assert draft.parts[0].text.endswith(f"\n\n{URL}")
    assert draft.parts[0].count <= 280
    assert any("title" in warning for warning in draft.warnings)


@pytest.mark.parametrize(
    ("tags", "line"),
    [
        (("python", "linux"), "#python #linux"),
        (("web dev", "node.js"), "#WebDev #nodejs"),
        (("a", "b", "x", "d", "e"), "#a #b #x"),
        (("2024", "go"), "#go"),
        (("中文", "snake_case"), "#中文 #snake_case"),
        (("हिन्दी", "ไทยแลนด์", "ロック・バンド"), "#हिन्दी #ไทยแลนด์ #ロック・バンド"),
        (("!!!",), ""),
    ],
)
def test_hashtags_are_what_x_makes_hashtags_of(tags: tuple[str, ...], line: str):
    """Letters, digits and underscores, not digits alone, three at most; what changed is reported."""
    draft = Twitter().render(make_post(tags=tags, summary="Lead."))
    assert draft.parts[0].text == "\n\n".join(filter(None, ["Atomic writes", "Lead.", line, URL]))
    assert bool(draft.warnings) == (line != " ".join(f"#{tag}" for tag in tags))


def test_hashtags_that_do_not_fit_are_left_out_and_reported():
    """Title and link come first."""
    draft = Twitter().render(make_post(title="x" * 240, tags=("python", "linux")))
    assert draft.parts[0].text.startswith("x" * 240 + "\n\n#python\n\n")
    assert any("linux" in warning for warning in draft.warnings)


def test_author_s_own_text_gets_the_link():
    """A text written for X is sent as it is, with the link below when it has none."""
    assert one(text="Mine, all mine.") == f"Mine, all mine.\n\n{URL}"
    assert one(text="Mine: https://example.com/x it is") == "Mine: https://example.com/x it is"


@pytest.mark.parametrize(
    ("own", "count"), [("x" * 256, 281), ("x" * 281, 306), ("https://example.com/page " + "x" * 257, 281)]
)
def test_author_s_own_text_that_is_too_long_is_refused_with_its_count(own: str, count: int):
    """Cutting what somebody wrote for X would change it: the error names the count, the link included."""
    with pytest.raises(Rejected, match=f"counts {count} ") as caught:
        one(text=own)
    assert caught.value.field == "text"
    assert one(text="x" * 255).endswith(URL)


def test_no_link_is_a_warning():
    """Without a canonical URL the post is sent without a link, cheaper, and the draft says so."""
    draft = Twitter().render(make_post(canonical_url=None))
    assert URL not in draft.parts[0].text
    assert any("canonical" in warning for warning in draft.warnings)
    assert draft.cost == 0.015


def test_nothing_to_say_is_refused():
    """No title, no text, no link: there is nothing to post."""
    empty = make_post(title="", body="", canonical_url=None, tags=())
    for mode in ("post", "thread"):
        with pytest.raises(Rejected):
            Twitter(mode=mode).render(empty)


def test_cashtags_and_mentions_are_warned_of():
    """More than one cashtag is refused by X; an @name notifies somebody, also behind a full stop."""
    warned = Twitter().render(make_post(text="$AAPL and $MSFT, by .@alice. Costs $5, mail me@example.com."))
    said = "\n".join(warned.warnings)
    assert "$AAPL, $MSFT" in said
    assert "@alice" in said
    assert "@example" not in said


def test_cashtags_that_x_would_refuse_are_none():
    """`$HOME and $PATH` in a summary is no reason to refuse the post; one alone stays what it is."""
    draft = Twitter().render(make_post(summary="$HOME and $PATH, for $5."))
    assert "$\u200bHOME and $\u200bPATH, for $5." in draft.parts[0].text
    assert [w for w in draft.warnings if w.endswith("$HOME, $PATH")]
    assert Twitter().render(make_post(summary="$AAPL only, for $5.")).warnings == ()


def test_file_names_that_become_links_are_warned_of():
    """`.md` and `.py` are countries: X links the name, to a stranger's site, and the price is that of a link."""
    draft = Twitter().render(make_post(text="Edit README.md.", canonical_url=None))
    assert any("README.md, so it costs $0.20" in warning for warning in draft.warnings)
    assert draft.cost == 0.2
    warned = Twitter().render(make_post(text="Edit README.md: https://example.org")).warnings
    assert [w for w in warned if w.endswith("X makes a link of README.md")]


@pytest.mark.parametrize(
    ("summary", "names"),
    [
        ("Edit README.md, then src/x.py and my.app.py.", "README.md, my.app.py"),
        ("Call asyncio.run(main()) and errors.Is, not loop.run_until_complete().", "asyncio.run, errors.Is, loop.run"),
        ("The end.It goes on.", "end.It"),
    ],
)
def test_file_names_in_a_summary_are_no_links(summary: str, names: str):
    """They stay what they look like, and nobody pays for them; what the author links, and real sites, are links."""
    draft = Twitter().render(make_post(summary=f"{summary} See example.com.", canonical_url=None))
    (part,) = draft.parts
    assert summary in part.text.replace("\u200b", "")
    assert [part.text[start:end] for start, end in text.urls(part.text)] == ["example.com"]
    assert [w for w in draft.warnings if w.endswith(f"invisible blank: {names}")]
