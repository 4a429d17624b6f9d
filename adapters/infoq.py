"""InfoQ: a proposal by e-mail; editors and peers review what comes of it.

A copy of what stands elsewhere is not taken: articles are exclusive (unconfirmed). So the kit holds no text but a
pitch for a new article on the subject. Rules: infoq.com/guidelines. The editors' address is unconfirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..adapter import Dialect, Limits, option
from ..kit import Handoff, Pitch, Place, Rule

_BODY = """\
Dear editors,

I would like to write an article for InfoQ: “{title}”.

{summary}

I have written on the subject before: {url}
The article for InfoQ would be a new one, for InfoQ alone, and free of marketing.

About me: {bio}

Kind regards
{author}
"""


@dataclass(frozen=True, kw_only=True)
class InfoQ(Handoff):
    """A pitch; the length of an e-mail is a matter of sense."""

    name = "infoq"
    title = "InfoQ"
    homepage = "https://www.infoq.com"
    limits = Limits(text=5000)
    dialect = Dialect(format="plain")
    policy = "a proposal to the editors; peer-reviewed, exclusive (unconfirmed), free of marketing; no copies"
    place = Place(
        form="pitch",
        page="/guidelines/",
        steps=(
            "Read the guidelines on the page.",
            "Open `pitch.eml` in your mail program, or paste `pitch.txt` into a new message.",
            "Say in your own words what a senior developer learns from it, in three to five points; then send it.",
        ),
        rules=(
            Rule(
                says="Articles are exclusive (unconfirmed)",
                check="unpublished",
                next="propose a new article on the subject, as the pitch does; the post itself is not taken",
            ),
            Rule(says="The pitch says who you are", check="needs_author", next="set `name` under `[author]`"),
            Rule(says="It says what you do", check="needs_bio", next="set `bio` under `[author]`"),
            Rule(says="It is in English", check="language", value="en"),
            Rule(says="It is timely, teaches senior developers something they can use, and sells nothing"),
        ),
        pitch=Pitch(to="editors@infoq.com", subject="Article proposal: {title}", body=_BODY),
        address=r"https://www\.infoq\.com/[\w-]+/([\w-]+)/?\S*",
        checked="2026-11",
    )

    base_url: str = option("https://www.infoq.com", "the place's address")
