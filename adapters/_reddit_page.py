"""Reddit for a person: the form for a submission, and whether a link stands in a subreddit already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..adapter import Part, Published
from ..errors import Unavailable
from ..handoff import Place, Rule
from ._article import same_address
from ._reddit_answers import explain, listing

if TYPE_CHECKING:
    from ..http import Http

#: The form takes `url`, `title` and `selftext` from its address (`selftext` is unconfirmed for today's form).
PAGE = Place(
    form="sent",
    page="https://www.reddit.com/r/{subreddit}/submit?url={url}&selftext={selftext}&title={title}",
    steps=(
        "Log in to Reddit, open the page, and read the rules of r/{subreddit} beside the form.",
        "The title is filled in, and the link where it is one; `title.txt` has the title too.",
        "Switch the text field to Markdown, and paste `text.md`.",
        "Choose a flair where the subreddit asks for one; then post.",
    ),
    rules=(
        Rule(says="The subreddit allows posts about one's own work, and this one keeps its rules"),
        Rule(says="You take part there otherwise too, and answer comments"),
    ),
    address=r"https://(?:\w+\.)?reddit\.com/\S*comments/[0-9a-z]+\S*|https://redd\.it/[0-9a-z]+",
    checked="2026-11",
)


async def newest(part: Part, http: Http, site: str, subreddit: str, user_agent: str) -> Published | None:
    """The newest submission of a kit's link to the subreddit, from `/api/info` without credentials (unconfirmed).

    A text has no address to be looked for by: `None`.
    """
    url = part.payload["files"].get("url.txt", "").strip()
    if not url:
        return None
    asked: dict[str, str | int] = {"url": url, "limit": 100, "raw_json": 1}
    answer = await http.get(f"{site}/api/info.json", params=asked, headers={"User-Agent": user_agent}, explain=explain)
    try:
        found, _ = listing(answer.json_or_none())
    except (LookupError, TypeError, AttributeError):
        raise Unavailable("Reddit answered with something other than submissions") from None
    there = [one for one in found if one.subreddit.casefold() == subreddit.casefold() and not one.gone]
    same = [one for one in there if not one.is_self and same_address(one.url, url)]
    return max(same, key=lambda one: one.created).published if same else None
