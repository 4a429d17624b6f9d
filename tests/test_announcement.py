"""What a short post says of a piece of writing: which words come from where."""

from __future__ import annotations

import pytest
from syndicate.adapters._announcement import announce
from syndicate.adapters.mastodon import Mastodon
from syndicate.adapters.telegram import Telegram
from syndicate.adapters.twitter import Twitter

from .adapter_bridge import make_post

BODY = "Hello, readers!\n\nTL;DR: It is faster by half[^1].\n\n[^1]: On one machine.\n"


@pytest.mark.parametrize(
    ("summary", "lead"),
    [
        (None, "It is faster by half."),
        ("atomic  writes.", "It is faster by half."),
        ("What a rename does.", "What a rename does."),
    ],
)
def test_lead(summary: str | None, lead: str) -> None:
    """The summary, unless it only says the title again; else the first paragraph that says something."""
    assert announce(make_post(summary=summary, body=BODY), 500, "characters").lead == lead


@pytest.mark.parametrize(
    ("tag", "hashtag"),
    [
        ("machine learning", "#MachineLearning"),
        ("open-source", "#OpenSource"),
        ("iOS development", "#iOSDevelopment"),
        ("ci/cd", "#CICD"),
        ("C++", "#cpp"),
        ("c#", "#csharp"),
        (".NET", "#dotnet"),
        ("node.js", "#nodejs"),
        ("Node.js", "#NodeJS"),
        ("C", "#CProgramming"),
        ("R", "#RStats"),
        ("TypeScript 5.0", "#TypeScript5_0"),
        ("机器学习", "#机器学习"),
        ("Go 语言", "#Go语言"),
        ("오픈 소스", "#오픈소스"),
        ("машинное обучение", "#МашинноеОбучение"),
        ("الذكاء الاصطناعي", "#الذكاء_الاصطناعي"),
        ("हिन्दी", "#हिन्दी"),
        ("snake_case", "#snake_case"),
        ("#tagged", "#tagged"),
        ("2024", ""),
    ],
)
def test_hashtag(tag: str, hashtag: str) -> None:
    """Words can still be told apart, by eye and by what reads aloud; signs that make a name are spelt out."""
    made = announce(make_post(tags=(tag,)), 500, "characters", hashtags=5)
    assert " ".join(made.tags) == hashtag


def test_hashtags_where_no_underscore_is_taken() -> None:
    """LinkedIn's end at one."""
    made = announce(make_post(tags=("snake_case", "علوم البيانات")), 500, "characters", hashtags=5, tag_chars=r"[^\W_]")
    assert made.tags == ("#SnakeCase", "#علومالبيانات")


def test_a_changed_hashtag_is_told_of_by_its_own_name() -> None:
    """The warning names the tag as its author wrote it."""
    made = announce(make_post(tags=("web dev",)), 500, "characters", hashtags=5)
    assert made.warnings == ("tag “web dev” became “WebDev”",)
    assert announce(make_post(tags=("ASP.NET Core",)), 500, "characters", hashtags=5).warnings == (
        "tag “ASP.NET Core” became “ASPNETCore”",
    )


def test_hashtags_that_are_left_out_are_told_of_once() -> None:
    """Eight warnings about eight tags hide the one that matters."""
    made = announce(make_post(tags=("aa", "bb", "ci/cd", "web dev", "bb")), 500, "characters", hashtags=1)
    assert made.warnings == ("tags left out, no more than 1 are shown: bb, ci/cd, web dev",)
    room = announce(make_post(title="x" * 240, tags=("web dev", "linux")), 245, "characters", hashtags=3, link=False)
    assert room.warnings == ("tags left out, there is no room: #WebDev, #linux",)


def test_breaks_for_a_thread_are_not_shown_elsewhere() -> None:
    """A text with the marks of a thread's parts, on a target that posts none, is one text; that is said."""
    made = announce(make_post(text="One.\n\n<!-- part -->\n\nTwo."), 500, "characters", link=False)
    assert made.text == "One.\n\nTwo."
    assert len(made.warnings) == 1


def test_a_lead_that_says_the_title_is_left_out() -> None:
    """Nothing is said twice."""
    made = announce(make_post(summary="Atomic writes", body="Atomic writes!\n"), 500, "characters")
    assert (made.title, made.lead) == ("Atomic writes", "")


#: What is written `@-` here has an invisible blank there.
_NAMES = "Use @media, @types/node, (@Component) and .@app.route; ask a@b.org or https://example.org/@me."


@pytest.mark.parametrize(
    ("adapter", "shown"),
    [
        (Twitter(), "Use @-media, @-types/node, (@-Component) and .@-app.route;"),
        (Mastodon(base_url="https://m.example"), "Use @-media, @-types/node, (@-Component) and .@-app.route;"),
        (Telegram(chat_id="@c"), "Use @-media, @-types/node, (@-Component) and .@-app.route;"),
    ],
)
def test_no_stranger_is_notified(adapter: Twitter | Mastodon | Telegram, shown: str) -> None:
    """Packages, decorators and rules of CSS in title and summary are no mentions; addresses stay, and it is said."""
    draft = adapter.render(make_post(title="Why @media?", summary=_NAMES))
    said = draft.parts[0].payload.get("status") or draft.parts[0].payload["text"]
    assert "Why @-media?" in said.replace("\u200b", "-")
    assert f"{shown} ask a@b.org or https://example.org/@me." in said.replace("\u200b", "-")
    (warning,) = [one for one in draft.warnings if "mentions" in one]
    assert warning.startswith(
        "kept from becoming mentions or links by an invisible blank: @media, @types, @Component, @app"
    )


def test_who_is_meant_is_notified() -> None:
    """The author's own text is sent as written; on Mastodon, so is a name with its server."""
    assert "\u200b" not in Twitter().render(make_post(text="Thanks, @writer!")).parts[0].text
    draft = Mastodon(base_url="https://m.example").render(make_post(summary="By @writer@mastodon.example, at last."))
    assert "\u200b" not in draft.parts[0].text
    assert any("notifies" in warning for warning in draft.warnings)
