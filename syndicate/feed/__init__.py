"""Feeds: fetched, scanned, parsed, and turned into posts. Nothing here knows the ledger or a platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["Ask", "Entry", "Feed", "FeedTrouble", "Fetched"]


class FeedTrouble(Exception):
    """A feed could not be fetched or read. The others go on.

    Args:
        message: What happened; no secrets, no query strings.
        kind: ``unavailable`` (it may work later), ``refused`` (hostile or too large), ``broken`` (cannot be parsed).
        next: What a person can do about it; may be empty.
        until: Seconds since the epoch before which the server does not want to be asked again.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: Literal["unavailable", "refused", "broken"] = "unavailable",
        next: str = "",
        until: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.next = next
        self.until = until


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to ask for: the address, and what is known of the last answer from it.

    `found`: an answer led to the address, not the config: it is looked at as that of a redirect is.
    """

    url: str
    found: bool = False
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A server's answer. `url`: where it came from in the end. `moved_to`: where permanent redirects alone led.

    `content_type`: as sent; only its charset is of use. `until`: the server does not want to be asked before (seconds
    since the epoch).
    """

    status: Literal["unchanged", "changed", "gone"]
    url: str
    body: bytes = b""
    content_type: str = ""
    moved_to: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the feed gives it, its links absolute; text is not converted yet.

    `id`: its own id, else its link, else a digest of its title and text. `link`: absolute, or `None`. `shared_link`:
    other entries of the feed have the same link, so it names none of them. `title`: one line of plain text, may be
    empty. `html`: the longest text that it carries; `whole`: whether that is the text itself, not only a summary.
    `summary`: one line of plain text. `digest`: of all that would be sent; `words`: of the visible words alone, empty
    where there are too few of them to tell the text from another. `base`: what relative links are told from.
    """

    id: str
    link: str | None
    title: str
    html: str
    whole: bool
    digest: str
    words: str
    base: str
    shared_link: bool = False
    summary: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    cover: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A parsed feed, newest entry first. `ttl`: seconds for which it does not want to be asked again.
    `cut`: the document ended too soon, so there may be more of it.

    `warnings`: what was odd and had to be guessed or left out.
    """

    title: str
    entries: tuple[Entry, ...]
    language: str | None = None
    ttl: float | None = None
    cut: bool = False
    warnings: tuple[str, ...] = ()
