"""How a person posts by hand where a program may not, or has no way in: data that an adapter declares.

`syndicate.kit` makes of it what a person needs: the text as the place's editor takes it, the address to open, the steps,
and the place's rules, each checked against the post. Adding a place takes no code but these tables.

Templates hold names in braces: `{url}` (the post's address), `{title}`, `{text}` and `{tags}` as they are handed over,
`{summary}`, `{author}`, `{bio}`, and what the adapter's `page_values()` gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .markdown.dialect import Dialect

#: What a rule can be checked by; see `syndicate.checklist`. `person`: nothing but a person can tell.
Check = Literal[
    "person", "title_min", "title_max", "title_without", "title_without_site", "words_min", "words_max", "words_per_link",
    "links_max", "tags_min", "tags_max", "language", "needs_cover", "needs_canonical", "needs_author", "needs_bio",
    "unpublished",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a place, in words, and what is checked of it.

    `value` is the number, the language or the regular expression that `check` goes by. `weight`: `refuse` means that
    the place turns such a post down, so that no kit is made; `warn` shows it with the post; `ask` leaves it to the
    person. `when`: a regular expression of the titles that the rule is for. `next`: what to do where it is not met.
    """

    says: str
    check: Check = "person"
    value: int | str | None = None
    weight: Literal["refuse", "warn", "ask"] = "warn"
    when: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pitch:
    """An e-mail to an editor. `subject` and `body` are templates.

    A line of `body` whose names all turn out to be empty is left out. An author's own `text` takes the body's place.
    """

    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page on which a person finishes the job.

    `form` is what is handed over there:

    ``link``     the address and the title; the author's own `text` as a first comment.
    ``article``  the whole text, as the place's editor takes it.
    ``sent``     what `render` would send: `title`, `url` and `text` of each payload.
    ``pitch``    an e-mail to an editor, never the text.
    ``answer``   a question and its answer: the author's own `text` for this target, divided by a line `---`.

    `page` is a template of the address to open, quoted for a URL; one that begins with `/` stands below `base_url`, and
    a parameter that turns out to be empty is left out. `steps` are sentences (templates); one that names a
    file (`bio.txt`) which this kit lacks, or whose names turn out to be empty, is left out. `copy`: a template of what goes to the clipboard, where that is not the text. `dialect`:
    the editor's markup, where it differs from the API's. `original`: a template (Markdown) of the line that names where
    the post was published first, for places without a field for it; in an answer, that its author wrote that post.
    `search`: a template of the address that looks for questions (`{query}`). `address`: a regular expression that the
    address of a post there matches, with the id as its group, if it holds one. `note`: what a person has to know first.
    `checked`: the month in which rules and page were looked at, as `2026-11`.
    """

    form: Literal["link", "article", "sent", "pitch", "answer"]
    page: str
    steps: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    copy: str = ""
    dialect: Dialect | None = None
    original: str = ""
    pitch: Pitch | None = None
    search: str = ""
    address: str = r"https?://\S+"
    note: str = ""
    checked: str = ""
