"""Stack Overflow: a question that people have, with its answer; never an article.

An article is refused, with the search for questions that it may answer. A kit is made only of the author's own `text`
for this target: a question and its answer, which says whose post it draws on. Undisclosed self-promotion is spam;
generated text is banned (unconfirmed). The API could write (api.stackexchange.com/2.3, unconfirmed), which is left
alone: what is posted here has to be somebody's question.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..adapter import Dialect, Limits, option
from ..kit import Handoff, Place, Rule


@dataclass(frozen=True, kw_only=True)
class StackOverflow(Handoff):
    """Title 15 to 150 characters, question and answer 30 000 each, 1 to 5 tags of 35 (all unconfirmed)."""

    name = "stackoverflow"
    title = "Stack Overflow"
    homepage = "https://stackoverflow.com"
    limits = Limits(text=30_000, title=150, tags=5, tag_length=35, tag_chars=r"[a-z0-9+#.-]")
    # CommonMark with pipe tables; strikethrough is HTML there.
    dialect = Dialect(tables=True)
    policy = "only a real question with its answer, the author's own words; affiliation is disclosed; no articles"
    place = Place(
        form="answer",
        page="/questions/ask",
        search="https://stackoverflow.com/search?q={query}",
        steps=(
            "Search once more whether the question is there already; if so, answer it there with `answer.md`.",
            "Give the question the title in `title.txt`, and paste `question.md`.",
            "Choose the tags in `tags.txt`.",
            "Tick “Answer your own question”, and paste `answer.md`; keep its last line, which discloses whose post it is.",
        ),
        rules=(
            Rule(says="The title has 15 characters or more (unconfirmed)", check="title_min", value=15),
            Rule(says="There is at least one tag", check="tags_min", value=1),
            Rule(says="It is in English", check="language", value="en"),
            Rule(says="The title asks the question; if the post's own does not, set `title` for this target"),
            Rule(says="The question is one that others have too, and can be answered without the post"),
            Rule(says="The answer is whole: it stands without a click on the link"),
            Rule(says="The answer says that the post it links to is yours, as its last line does"),
            Rule(says="No word of it was generated: such text is banned (unconfirmed)"),
        ),
        original="*Disclosure: I wrote the post that this answer draws on, <{url}>.*",
        address=r"https://stackoverflow\.com/(?:questions|q|a)/(\d+)(?:/\S*)?",
        checked="2026-11",
    )

    base_url: str = option("https://stackoverflow.com", "the place's address")
