"""A subreddit's live rules against a submission, before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from syndicate.registry import standin_class
from syndicate.sandbox import Sandbox
from tests.adapter_bridge import make_http, run
from tests.reddit_bridge import BASE, adapter, post, standin
from tests.support import POST, project

FLAIR = "01234567-89ab-cdef-0123-456789abcdef"


def against(rules: dict[str, Any], *, kind: str = "link", **changes: Any) -> list[str]:
    """What a subreddit with these rules has against the post."""
    options = {"flair": changes.pop("flair")} if "flair" in changes else {}
    made: Any = adapter(kind=kind, **options)
    (part,) = made.render(post(**changes)).parts
    return made.objections(part, rules)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"title_text_max_length": 5}, "takes 5"),
        ({"title_text_min_length": 50}, "wants 50"),
        ({"title_blacklisted_strings": ["RELEASE"]}, "does not take"),
        ({"title_required_strings": ["[Show]", "[Ask]"]}, "'[Show]', '[Ask]'"),
        ({"title_regexes": [r"^\[.*\]"]}, "form"),
        ({"domain_blacklist": ["example"]}, "links to blog.example"),
        ({"link_restriction_policy": "whitelist", "domain_whitelist": ["github.com"]}, "only links to github.com"),
        ({"is_flair_required": True, "flairs": {FLAIR: "News"}}, f"News ({FLAIR})"),
    ],
)
def test_refused_links(rules: dict[str, Any], words: str) -> None:
    """Each rule that is broken is told in a sentence; a rule that is kept says nothing."""
    (said,) = against(rules)
    assert words in said
    assert against({}) == []


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"body_restriction_policy": "notAllowed"}, "takes no text"),
        ({"body_text_min_length": 5000}, "wants 5000"),
        ({"body_blacklisted_strings": ["blog.example"]}, "does not take"),
    ],
)
def test_refused_texts(rules: dict[str, Any], words: str) -> None:
    """The same for the body of a text post."""
    (said,) = against(rules, kind="self")
    assert words in said


def test_flair() -> None:
    """A flair that is given is enough; one that the subreddit does not have is named, with those that it has."""
    rules = {"is_flair_required": True, "flairs": {FLAIR: "News"}}
    assert against(rules, flair=FLAIR) == []
    assert against(rules, flair="Some text") == []
    (said,) = against(rules, flair=FLAIR.replace("0", "1"))
    assert "News" in said


def test_a_pattern_that_is_none_says_nothing() -> None:
    """A subreddit's broken pattern stops nobody."""
    assert against({"title_regexes": ["("]}) == []


def test_flairs_are_asked_for() -> None:
    """They stand among the rules; where the credentials may not see them, the rest does."""
    place = standin()
    place.flairs = {FLAIR: "News"}  # type: ignore[misc]
    http, _ = make_http(place, BASE)
    assert run(adapter().requirements(http))["flairs"] == {FLAIR: "News"}


def test_nothing_is_sent_against_the_rules(tmp_path: Path, sandbox: Sandbox) -> None:
    """The whole command: refused before anything is sent, with what to do; once the rule is kept, it goes out."""
    made = project(tmp_path, sandbox, ("reddit",))
    made.post(POST)
    strict = {"is_flair_required": True, "title_text_max_length": 5}
    with (
        mock.patch.object(standin_class("reddit"), "requirements", strict),
        mock.patch.object(standin_class("reddit"), "flairs", {FLAIR: "News"}),
    ):
        outcome = made.call("publish", "post.md", "--json")
        assert outcome.returncode == 1
        error = outcome.deliveries()["reddit"]["error"]
        assert error["kind"] == "Rejected"
        assert "News" in error["message"]
        assert "takes 5" in error["message"]
        assert "rule is_flair_required: true" in made.call("doctor").stdout
    assert sandbox.writes() == []
    assert made.call("publish", "post.md").returncode == 0
