"""opensource.net, where OpenSource.com's writers and readers went: a draft, which editors look at.

OpenSource.com (Red Hat) has published nothing since June 2023. After it came opensource.net (of the Open Source
Initiative; opensource.net/style-guide: drafts are welcome, 500 to 1300 words, CC BY-SA; whether it is active in 2026 is
unconfirmed), All Things Open's “We Love Open Source” (since 2024-10) and Both.org. The kit is for the first; its text
serves the others too.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..adapter import Dialect, Limits, option
from ..kit import Handoff, Place, Rule

_GONE = (
    "OpenSource.com has published nothing since June 2023. Its editors and readers went to opensource.net (Open Source "
    "Initiative), which this is for, to All Things Open's “We Love Open Source” (allthingsopen.org) and to Both.org."
)


@dataclass(frozen=True, kw_only=True)
class OpenSource(Handoff):
    """500 to 1300 words on open source, under CC BY-SA."""

    name = "opensource"
    title = "opensource.net"
    homepage = "https://opensource.net"
    limits = Limits(text=1_000_000)
    # Editors take a draft; Markdown is the form that each of the three can use (unconfirmed).
    dialect = Dialect(tables=True, strikethrough=True)
    policy = "OpenSource.com stopped in June 2023; its successor takes drafts of 500 to 1300 words under CC BY-SA"
    place = Place(
        form="article",
        page="/style-guide/",
        steps=(
            "Read on the page how a draft is handed in, and whether anything new was published lately (unconfirmed).",
            "Hand in `post.md` with the title in `title.txt`.",
            "Add the picture in `cover.txt`, with its description, if its licence allows it.",
            "Add `bio.txt`.",
            "Go through the open points in `checklist.md`.",
        ),
        rules=(
            Rule(says="The article has 500 words or more", check="words_min", value=500),
            Rule(
                says="It has at most 1300 words",
                check="words_max",
                value=1300,
                next="offer it as a series of several parts",
            ),
            Rule(says="You give it to everybody under CC BY-SA, and may do so"),
            Rule(says="It is about open source, not about a product, and not there for a link to a company"),
            Rule(says="It is in English", check="language", value="en"),
            Rule(says="It says who you are", check="needs_bio", next="set `bio` under `[author]`"),
        ),
        original="*Originally published at <{url}>.*",
        address=r"https://(?:www\.)?opensource\.net/([\w-]+)/?\S*",
        note=_GONE,
        checked="2026-11",
    )

    base_url: str = option("https://opensource.net", "the place's address")
