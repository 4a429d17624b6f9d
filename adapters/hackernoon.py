"""Hacker Noon: a story in its web editor, which editors look at.

Nothing but the editor; it can also import from an address. Verified writers publish directly. Rules:
editingprotocol.com (length, 2023-06) and help.hackernoon.com/backlinks-guideline. A repost may name its canonical
address in the story's settings (unconfirmed); editors have been reported to take it out. Title and tags have limits
that are not documented; eight tags are unconfirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..adapter import Dialect, Limits, option
from ..kit import Handoff, Place, Rule


@dataclass(frozen=True, kw_only=True)
class HackerNoon(Handoff):
    """500 words or more; one link to one's own site per 500 words."""

    name = "hackernoon"
    title = "Hacker Noon"
    homepage = "https://hackernoon.com"
    limits = Limits(text=1_000_000, tags=8)
    # The editor keeps what is pasted from a page; tables and task lists are unconfirmed.
    dialect = Dialect(format="html", tables=True, strikethrough=True)
    policy = "editors decide; at most one link to your own site per 500 words; links are not changed afterwards"
    place = Place(
        form="article",
        page="https://app.hackernoon.com/new",  # unconfirmed
        copy="{title}",  # an editor of rich text would show the HTML as it is
        steps=(
            "Open `post.html` in a browser, select all, copy, and paste it into the editor.",
            "Give it the title in `title.txt`.",
            "In the story's settings, set where it was published first: {url} (a canonical address; unconfirmed).",
            "In the story's settings, choose the tags in `tags.txt`.",
            "Set the picture in `cover.txt`, with its description.",
            "Put `summary.txt` into the field for the summary.",
            "Put `bio.txt` into your profile, if it has none yet.",
            "Go through the open points in `checklist.md`, then submit for review, which takes three to five working days.",
        ),
        rules=(
            Rule(says="The story has 500 words or more", check="words_min", value=500, weight="refuse"),
            Rule(
                says="It has 800 words or more; with fewer it has to be very good",
                check="words_min",
                value=800,
                weight="ask",
            ),
            Rule(
                says="At most one link to your own site per 500 words",
                check="words_per_link",
                value=500,
                next="take some out, or write a `text` for this target with fewer of them",
            ),
            Rule(says="Not all links lead to one site: two or three to sources for each to your own"),
            Rule(says="No link is changed or added after it was published: that is a ground for a ban"),
            Rule(says="It is in English", check="language", value="en"),
            Rule(says="There is a picture", check="needs_cover"),
            Rule(
                says="It says where it was published first; see afterwards whether that was kept",
                check="needs_canonical",
            ),
        ),
        address=r"https://(?:www\.)?hackernoon\.com/([\w-]+)(?:[/?]\S*)?",
        checked="2026-11",
    )

    base_url: str = option("https://hackernoon.com", "the place's address")
