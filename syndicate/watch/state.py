"""What is known of a feed from one poll to the next, and how its address is told."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from urllib.parse import urlsplit

from ..config import FeedConfig
from ..errors import UsageError
from ..feed import Ask, FeedTrouble
from ..ledger.agenda import FeedState
from ..secrets import Secret
from .poll import Answered
from .report import Status


def as_configured(feed: FeedConfig, known: FeedState | None) -> FeedState:
    """What is known of the feed at the address that the config has now. Raises `UsageError`: a secret is missing."""
    url = feed.address
    if isinstance(feed.url, Secret):  # the ledger holds none
        url = f"secret:{hashlib.sha256(url.encode()).hexdigest()}"
    if known is None:
        return FeedState(name=feed.name, url=url)
    return known if known.url == url else FeedState(name=feed.name, url=url, begun=known.begun)


def question(feed: FeedConfig, state: FeedState, *, whole: bool) -> Ask:
    """What to ask for; `whole`: also what has not changed."""
    url, found = state.moved_to or feed.address, state.moved_to is not None
    etag, modified = (None, None) if whole else (state.etag, state.last_modified)
    return Ask(url=url, found=found, etag=etag, last_modified=modified)


def not_now(state: FeedState, now: float) -> Status | None:
    """Why it is not to be asked now, if it is not."""
    if state.gone:
        return "gone"
    return "later" if (state.not_before or 0.0) > now else None


def worded(feed: FeedConfig, trouble: FeedTrouble) -> str:
    """What went wrong, without the paths of an address that is held as a secret."""
    if not isinstance(feed.url, Secret):
        return trouble.message
    return re.sub(r"/[^\s():]+", "/…", trouble.message)


def after(feed: FeedConfig, state: FeedState, answered: Answered, now: float) -> FeedState:
    """What is known of the feed after it was asked."""
    fetched, trouble = answered.fetched, answered.trouble
    state = replace(state, checked_at=now, not_before=None, error=worded(feed, trouble) if trouble else None)
    if fetched is None:
        return replace(state, not_before=trouble.until if trouble else None)
    if fetched.moved_to and not isinstance(feed.url, Secret):
        state = replace(state, moved_to=fetched.moved_to)
    if fetched.status == "gone":
        return replace(state, gone=True)
    if trouble is not None:  # it is read again, whatever its tags say
        return replace(state, not_before=fetched.until)
    if answered.feed is not None:
        # What was cut is to be read again, though it may not change.
        etag, modified = (None, None) if answered.feed.cut else (fetched.etag, fetched.last_modified)
        state = replace(state, etag=etag, last_modified=modified, ttl=answered.feed.ttl, begun=True)
    until = max(fetched.until or 0.0, now + (state.ttl or 0.0))
    return replace(state, not_before=until if until > now else None)


def shown(feed: FeedConfig) -> str:
    """The feed's address without what may be a secret in it."""
    try:
        parts = urlsplit(feed.address)
    except UsageError:
        return ""
    path = "/…" if isinstance(feed.url, Secret) else f"{parts.path}{'?…' if parts.query else ''}"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"
