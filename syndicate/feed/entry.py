"""What RSS, Atom and JSON Feed entries have in common: identity, digests, order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from . import Entry
from .words import blocks_in, fingerprint, text_of, words_of

__all__ = ["Draft", "finished"]

#: The newest that are looked at.
MOST_ENTRIES = 1000
#: A description alone counts as the whole text from this many visible characters or blocks on.
WHOLE_CHARACTERS = 1500
WHOLE_BLOCKS = 4

_CUT_OFF = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|(?:read|continue) (?:more|reading|the full \w+)\W*|阅读(?:全文|更多)\W*|続きを読む\W*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry as a format gives it. `from_content`: its text comes from where whole texts are put."""

    id: str
    link: str | None
    title: str
    html: str
    from_content: bool
    base: str
    summary: str = ""
    tags: tuple[str, ...] = ()
    language: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    cover: str | None = None


def finished(drafts: Iterable[Draft], *, home: str | None) -> tuple[tuple[Entry, ...], list[str]]:
    """The entries, newest first, each id once; and what had to be left out. `home`: the feed's own page."""
    from ..post.identity import normalise_url

    warnings: list[str] = []
    newest = _newest_first(list(drafts))
    if len(newest) > MOST_ENTRIES:
        warnings.append(f"only the {MOST_ENTRIES} newest of {len(newest)} entries were read")
    entries: dict[str, Entry] = {}
    twice = 0
    for draft in newest[:MOST_ENTRIES]:
        entry = _entry(draft)
        twice += entry.id in entries
        entries.setdefault(entry.id, entry)
    if twice:
        warnings.append(f"{twice} entries have the id of a newer one and were left out")
    pages = [normalise_url(entry.link) if entry.link else "" for entry in entries.values()]
    times = Counter([*pages, normalise_url(home or "")])
    done = [
        replace(entry, shared_link=True) if page and times[page] > 1 else entry
        for entry, page in zip(entries.values(), pages)
    ]
    return tuple(done), warnings


def _entry(draft: Draft) -> Entry:
    tags = tuple({tag.casefold(): tag for tag in reversed([t.strip() for t in draft.tags]) if tag}.values())[::-1]
    text = text_of(draft.html)
    whole = draft.from_content or (
        (len(text) > WHOLE_CHARACTERS or blocks_in(draft.html) >= WHOLE_BLOCKS) and not _CUT_OFF.search(text.rstrip())
    )
    return Entry(
        id=draft.id or draft.link or f"sha256:{fingerprint(draft.title, draft.html)}",
        link=draft.link,
        title=draft.title,
        html=draft.html,
        whole=whole and bool(draft.html),
        digest=fingerprint(draft.title, draft.link or "", *tags, draft.html),
        words=words_of(text),
        base=draft.base,
        summary=draft.summary or None,
        tags=tags,
        language=draft.language,
        published=draft.published,
        updated=draft.updated,
        cover=draft.cover,
    )


def _newest_first(drafts: Sequence[Draft]) -> list[Draft]:
    """By date; an entry without one stays by the entry before it."""
    dates = [draft.published or draft.updated for draft in drafts]
    last = next((date for date in dates if date), None)
    if last is None:
        return list(drafts)
    keys = [last := date or last for date in dates]
    return [drafts[n] for n in sorted(range(len(drafts)), key=lambda n: keys[n], reverse=True)]
