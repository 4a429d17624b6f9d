"""Every place where a person posts through the handoff suite."""

from typing import Any, ClassVar

import pytest

from syndicate.adapter import Adapter
from syndicate.registry import ADAPTERS, adapter_class, names, standin_class
from syndicate.testing import sample_post
from syndicate.testing.handoff_contract import HandoffContract

AUTHOR: dict[str, Any] = {
    "author_name": "Zoë Ängström",
    "author_bio": "Zoë writes about small tools. 工具。",
    "author_email": "zoe@example.org",
}


class TestHackerNews(HandoffContract):
    adapter = adapter_class("hackernews")
    standin = standin_class("hackernews")


class TestStackOverflow(HandoffContract):
    adapter = adapter_class("stackoverflow")
    standin = standin_class("stackoverflow")
    post = sample_post(
        title="How can a file be replaced in one step?",
        text="A reader must never see half of a file.\n\n---\n\nWrite beside it, then `os.replace`.",
    )


class TestHackerNoon(HandoffContract):
    adapter = adapter_class("hackernoon")
    standin = standin_class("hackernoon")
    options: ClassVar = AUTHOR


class TestDZone(HandoffContract):
    adapter = adapter_class("dzone")
    standin = standin_class("dzone")


class TestInfoQ(HandoffContract):
    adapter = adapter_class("infoq")
    standin = standin_class("infoq")
    options: ClassVar = AUTHOR


class TestTechCrunch(HandoffContract):
    adapter = adapter_class("techcrunch")
    standin = standin_class("techcrunch")


class TestOpenSource(HandoffContract):
    adapter = adapter_class("opensource")
    standin = standin_class("opensource")
    options: ClassVar = AUTHOR


class TestMedium(HandoffContract):
    adapter = adapter_class("medium")
    standin = standin_class("medium")


class TestReddit(HandoffContract):
    adapter = adapter_class("reddit")
    standin = standin_class("reddit")


class TestRedditSelf(HandoffContract):
    adapter = adapter_class("reddit")
    standin = standin_class("reddit")
    options: ClassVar = {"kind": "self"}


class TestTwitter(HandoffContract):
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")


class TestTwitterThread(HandoffContract):
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")
    options: ClassVar = {"mode": "thread"}
    post = sample_post(body="\n\n".join(f"Paragraph {n} has some words to say. " * 5 for n in range(5)))


TESTED = {suite.adapter for suite in HandoffContract.__subclasses__()}


@pytest.mark.parametrize("name", list(names(ADAPTERS)))
def test_no_place_is_left_out(name: str) -> None:
    """Each adapter with a place goes through the suite; one that is posted to by hand alone has a place."""
    cls: type[Adapter] = adapter_class(name)
    assert (cls.place is not None) == (cls in TESTED)
    assert not cls.manual or cls.place is not None
