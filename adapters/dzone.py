"""DZone: an article in its web editor, which moderators look at.

Nothing but the editor; its feeds only lead out. Rules: dzone.com/articles/dzones-article-submission-guidelines, which
took the place of an older page that lets authors republish what stands on their own blog. The editor's address, and
five tags, are unconfirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..adapter import Dialect, Limits, option
from ..kit import Handoff, Place, Rule


@dataclass(frozen=True, kw_only=True)
class DZone(Handoff):
    """800 words or more, in English, written without AI."""

    name = "dzone"
    title = "DZone"
    homepage = "https://dzone.com"
    limits = Limits(text=1_000_000, tags=5, tag_chars=r"[\w .+#-]")
    # The editor keeps what is pasted from a page (unconfirmed).
    dialect = Dialect(format="html", tables=True, strikethrough=True)
    policy = "moderated; 800 words or more; real name; nothing that was written with AI, even in part"
    place = Place(
        form="article",
        page="/content/article/post.html",
        copy="{title}",  # an editor of rich text would show the HTML as it is
        steps=(
            "Open `post.html` in a browser, select all, copy, and paste it into the editor.",
            "Give it the title in `title.txt`.",
            "Put `summary.txt` into the field for the summary.",
            "Choose the tags in `tags.txt`.",
            "Set the picture in `cover.txt`, with its description.",
            "Put `bio.txt` into your profile, if it has none yet.",
            "Go through the open points in `checklist.md`, then submit to moderation.",
        ),
        rules=(
            Rule(says="The article has 800 words or more", check="words_min", value=800, weight="refuse"),
            Rule(says="Was any of it written with AI, even in part? Then DZone does not take it"),
            Rule(
                says="Your profile there has your real name, a valid e-mail address and a picture of you, no company's"
            ),
            Rule(says="It advertises no product, and is for people who develop software"),
            Rule(says="It is in English", check="language", value="en"),
            Rule(
                says="You may republish it: your own text, on your own site (the older guideline allows that)",
                check="unpublished",
                weight="ask",
            ),
        ),
        original="*Originally published at <{url}>.*",
        address=r"https://dzone\.com/articles/([\w-]+)\S*",
        checked="2026-11",
    )

    base_url: str = option("https://dzone.com", "the place's address")
