"""Texts for X within its weighted length: one post about a piece of writing; what X makes of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .. import text
from ..adapter import Dialect, Limits, Post
from ._announcement import announce
from ._unmeant import Guard

#: 280 weighted characters (doc: counting-characters). 25 parts and 3 hashtags are this adapter's own measure.
LIMITS = Limits(text=280, counter="weighted", tags=3, tag_chars=r"[\w·・\u200c]", parts=25)
PLAIN = Dialect(format="plain", images=False)
#: US dollars, pay-per-use, since 2026-04-20 (doc: x-api/getting-started/pricing). "With URL" is read as: X links it.
PRICE, PRICE_WITH_LINK = 0.015, 0.20

CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")
_MENTION = re.compile(r"(?<![\w!@#$%&*/])@\w{1,15}(?![\w@/])", re.ASCII)
#: `@name/list` notifies nobody, but leads to a stranger's list.
GUARD = Guard(re.compile(r"(?<![\w!@#$%&*])@\w{1,15}(?![\w@])", re.ASCII), files=True, cashtags=CASHTAG)


def cost(texts: Sequence[str]) -> float:
    """US dollars for creating them: the price depends on whether X makes a link in the text."""
    return round(sum(PRICE_WITH_LINK if text.urls(one) else PRICE for one in texts), 3)


def warnings_for(texts: Sequence[str]) -> list[str]:
    """What X may do with the texts that their author did not mean."""
    said: list[str] = []
    where = [f"part {number}" if len(texts) > 1 else "the text" for number in range(1, len(texts) + 1)]
    for place, one in zip(where, texts):
        if len(set(CASHTAG.findall(one))) > 1:
            said.append(f"{place} has more than one cashtag ({', '.join(CASHTAG.findall(one))}): X refuses that")
        if names := list(dict.fromkeys(_MENTION.findall(one))):
            said.append(f"{place} mentions {', '.join(names)}: X notifies those accounts")
        links = [one[start:end] for start, end in text.urls(one)]
        if bare := [link for link in links if "://" not in link]:
            price = f", so it costs ${PRICE_WITH_LINK:.2f}" if bare == links else ""
            said.append(f"{place}: X makes a link of {', '.join(bare)}{price}")
        first = texts.index(one)
        if where[first] != place:
            said.append(f"{place} is the same as {where[first]}: X may refuse it as a duplicate")
    return said


def announcement(post: Post) -> tuple[str, list[str]]:
    """The text that the author wrote for X, else title, lead, hashtags and link; and what was changed or left out."""
    made = announce(post, LIMITS.text, LIMITS.counter, hashtags=LIMITS.tags, tag_chars=LIMITS.tag_chars, guard=GUARD)
    return made.text, list(made.warnings)
