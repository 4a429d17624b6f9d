"""The agenda where there is no ledger yet: nothing is known, and nothing can be written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from .agenda import Agenda, EntryState, FeedState, KnownEntry, Queued


class EmptyAgenda(Agenda):
    """See `Agenda`. What would write raises `NotImplementedError`."""

    def feeds(self) -> dict[str, FeedState]:
        return {}

    def entries(self, feed: str | None = None, states: Sequence[EntryState] = ()) -> list[KnownEntry]:  # noqa: ARG002
        return []

    def named(self, name: str) -> list[KnownEntry]:  # noqa: ARG002
        return []

    def poll(self, *_given: Any, **_more: Any) -> None:
        raise NotImplementedError

    polled = decide = enqueue = cancel = done = put_off = poll  # type: ignore[assignment]

    def queue(self, post_key: str | None = None, target: str | None = None) -> list[Queued]:  # noqa: ARG002
        return []

    def unfinished(self) -> list[tuple[str, str]]:
        return []

    def last_sent(self, target: str) -> float | None:  # noqa: ARG002
        return None

    def alone(self) -> AbstractContextManager[bool]:
        return nullcontext(True)
