"""Hacker News: a link, submitted by a person's own click.

There is no API to submit with, and submitting by a program is unwelcome (unconfirmed); the page takes address and title
from its own address. What is there can be looked for: Algolia's search (hn.algolia.com/api, 10 000 requests an hour
according to third parties) finds words, so the addresses of its hits are compared; new stories take a while to appear.
An address that is there already gets an upvote instead of a second story (unconfirmed, and not for old ones).
Rules: news.ycombinator.com/newsguidelines.html and /showhn.html, as known in 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..adapter import Dialect, Limits, Part, Published, option
from ..errors import Unavailable
from ..kit import Handoff, Place, Rule
from ._article import same_address

if TYPE_CHECKING:
    from ..http import Http

_HOME = "https://news.ycombinator.com"
_SEARCH = "https://hn.algolia.com"
_SHOUTING = r"^(?=.*[A-Z]{4})[ -`{-~‘’“”–—…]+$|\b[A-Z]{5,}\s+[A-Z]{5,}\b"
_BAIT = (
    r"(?i)^\W*\d+\s+(?:\w+\s+)?(?:ways|things|tips|tricks|reasons|habits|tools|mistakes|lessons|secrets|steps)\b|"
    r"\b(?:amazing|awesome|best(?! practi[cs]e)|incredible|insane|killer|mind-?blowing|must-have|shocking|ultimate|"
    r"unbelievable)\b"
)


@dataclass(frozen=True, kw_only=True)
class HackerNews(Handoff):
    """One link. Title at most 80 characters (unconfirmed); no tags."""

    name = "hackernews"
    title = "Hacker News"
    homepage = _HOME
    limits = Limits(text=2000, title=80)
    dialect = Dialect(format="plain")
    policy = "a person submits; not mainly for promotion; titles without “!”, capitals and bait; Show HN is for things"
    place = Place(
        form="link",
        page="/submitlink?u={url}&t={title}",
        steps=(
            "Log in to Hacker News and open the page: address and title are filled in.",
            "Look at the title once more, and at the open points in `checklist.md`; then submit.",
            "Add `comment.txt` as the first comment.",
            "Stay for an hour or two, and answer what is asked.",
        ),
        rules=(
            Rule(
                says="The title has at most 80 characters (unconfirmed)", check="title_max", value=80, weight="refuse"
            ),
            Rule(says="There is an address to submit", check="needs_canonical", weight="refuse"),
            Rule(says="No exclamation mark in the title", check="title_without", value="[!！]"),
            Rule(says="No capitals for emphasis in the title", check="title_without", value=_SHOUTING),
            Rule(says="No number or superlative as bait in the title", check="title_without", value=_BAIT),
            Rule(says="The site's name is not in the title; it is shown beside it", check="title_without_site"),
            Rule(
                says="Show HN is for something that people can try, such as code or a product; a blog post is none: "
                "link to the thing, or submit the post without “Show HN”",
                when=r"(?i)^show hn\b",
            ),
            Rule(
                says="Ask HN is a question in a text of its own, without a link",
                check="title_without",
                value=r"(?i)^(?:ask|tell) hn\b",
                when=r"(?i)^(?:ask|tell) hn\b",
            ),
            Rule(says="It is in English", check="language", value="en"),
            Rule(says="Your own posts are not most of what you submit, and nobody is asked for votes or comments"),
        ),
        address=r"https://news\.ycombinator\.com/item\?id=(\d+)",
        checked="2026-11",
    )

    base_url: str = option(_HOME, "the place's address")

    async def seen(self, part: Part, http: Http) -> Published | None:
        """The newest story with the post's address, whoever submitted it."""
        wanted = str(part.payload["files"]["url.txt"]).strip()
        home = _SEARCH if self.base_url == _HOME else self.base_url
        asked: dict[str, str | int] = {"query": wanted, "restrictSearchableAttributes": "url", "tags": "story"}
        answer = await http.get(f"{home}/api/v1/search", params={**asked, "hitsPerPage": 100})
        body = answer.json_or_none()
        hits: Any = body.get("hits") if isinstance(body, dict) else None
        if not isinstance(hits, list) or not all(isinstance(hit, dict) and hit.get("objectID") for hit in hits):
            raise Unavailable("the search for Hacker News answered with something other than stories")
        same = [hit for hit in hits if same_address(str(hit.get("url") or ""), wanted)]
        if not same:
            return None
        newest = max(same, key=lambda hit: int(hit.get("created_at_i") or 0))
        url = f"{self.base_url}/item?id={newest['objectID']}"
        return Published(str(newest["objectID"]), url, newest.get("title"), newest.get("url"))
