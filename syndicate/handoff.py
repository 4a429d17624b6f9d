"""How a person posts by hand where a program may not, or has no way in: data that an adapter declares.

`syndicate.kit` makes of it what a person needs: the text as the place's editor takes it, the address to open, the steps,
and the place's rules, each checked against the post. Adding a place takes no code but these tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: What a rule can be checked by; see `syndicate.kit`. `person`: nothing but a person can tell.
Check = Literal[
    "person", "title_max", "title_without", "words_min", "words_max", "words_per_link", "links_max", "needs_cover",
    "needs_canonical", "unpublished", "tags_min", "tags_max",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a place, in words, and what is checked of it.

    `value` is the number or the regular expression that `check` goes by. `weight`: `refuse` means that the place
    turns such a post down, so that no kit is made; `warn` shows it with the post; `ask` leaves it to the person.
    """

    says: str
    check: Check = "person"
    value: int | str | None = None
    weight: Literal["refuse", "warn", "ask"] = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pitch:
    """An e-mail to an editor. `subject` and `body` are templates: `{title}`, `{url}`, `{summary}`, `{author}`, `{bio}`."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page on which a person finishes the job.

    `page` is a template of its address: `{url}`, `{title}`, `{text}` and `{tags}` are put in, quoted for a URL. `form`:
    what is handed over there. `original`: a template of the line that names where the post was published first, for
    places without a field for it (`{url}`). `address`: a regular expression that the address of a post there matches.
    `checked`: the month in which rules and page were looked at, as `2026-11`.
    """

    form: Literal["link", "article", "pitch", "answer"]
    page: str
    steps: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    original: str = ""
    pitch: Pitch | None = None
    address: str = r"https?://\S+"
    checked: str = ""
