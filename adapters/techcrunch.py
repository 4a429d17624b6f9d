"""TechCrunch: a tip by e-mail. There are no guest posts.

The network of contributors was wound down in 2017 (techcrunch.com/2017/02/23/rethinking-contributors-on-techcrunch);
news reaches the newsroom as a tip. Page and address of today are unconfirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..adapter import Dialect, Limits, option
from ..kit import Handoff, Pitch, Place, Rule

_BODY = """\
Hello,

{title}

{summary}

More: {url}

About me: {bio}

{author}
"""


@dataclass(frozen=True, kw_only=True)
class TechCrunch(Handoff):
    """A tip; the length of an e-mail is a matter of sense."""

    name = "techcrunch"
    title = "TechCrunch"
    homepage = "https://techcrunch.com"
    limits = Limits(text=3000)
    dialect = Dialect(format="plain")
    policy = "no guest posts since 2017; news may be sent as a tip by e-mail (unconfirmed)"
    place = Place(
        form="pitch",
        page="/got-a-tip/",
        steps=(
            "Read on the page what the newsroom wants to hear (unconfirmed).",
            "Open `pitch.eml` in your mail program, or paste `pitch.txt` into a new message.",
            "Begin with the news: who did what, and why it matters now; then send it.",
        ),
        rules=(
            Rule(says="It is news: a release, a company, a finding. A tutorial or an opinion is not taken"),
            Rule(says="The tip says who you are", check="needs_author", next="set `name` under `[author]`"),
            Rule(says="It is in English", check="language", value="en"),
        ),
        pitch=Pitch(to="tips@techcrunch.com", subject="{title}", body=_BODY),
        address=r"https://techcrunch\.com/(\d{4}/\d\d/\d\d/[\w-]+)/?\S*",
        note="TechCrunch takes no guest posts since 2017; this is a tip to its newsroom, and may get no answer.",
        checked="2026-11",
    )

    base_url: str = option("https://techcrunch.com", "the place's address")
