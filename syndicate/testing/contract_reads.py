"""The part of the contract suite that is about looking: what is there now, and what the account has posted.

Each test is skipped for an adapter that lacks the ability. A stand-in's `edit` and `remove` play the person who
changes a post by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from ..adapter import Adapter, Part, Post, Published
from ..errors import Failure
from ..http import Http
from ..standin import StandIn
from .rig import Rig, sample_post

_BY_HAND = "Changed by hand."


class ReadContract:
    """`read` and `recent` of one adapter against its stand-in; a part of `AdapterContract`."""

    adapter: ClassVar[type[Adapter]]
    standin: ClassVar[type[StandIn]]
    options: ClassVar[Mapping[str, Any]] = {}
    post: ClassVar[Post] = sample_post()

    # ------------------------------------------------------------------ the copy that is there now

    def test_read_as_sent(self, tmp_path: Path) -> None:
        """Read right after it was published, every part is equal to what was sent, and nothing is written."""
        with self._published(tmp_path, "read") as (rig, sent):
            writes = rig.writes
            for part, published in sent:
                copy = _read(rig, part, published)
                assert copy == part
                assert copy.fingerprint == part.fingerprint
            assert rig.writes == writes

    def test_read_tidied(self, tmp_path: Path) -> None:
        """Other line ends and a line end more at the end are the platform's tidying, not a change."""
        with self._published(tmp_path, "read") as (rig, sent):
            for post in rig.received:
                rig.place.standin.edit(post.id, post.text.rstrip("\n").replace("\n", "\r\n") + "\r\n")
            for part, published in sent:
                assert _read(rig, part, published) == part

    def test_read_edited(self, tmp_path: Path) -> None:
        """A part that was edited by hand comes back with the other text; the parts beside it are as they were sent."""
        with self._published(tmp_path, "read") as (rig, sent):
            edited = rig.received[-1]
            rig.place.standin.edit(edited.id, f"{_BY_HAND}\n\n{edited.text}")
            *others, (part, published) = sent
            copy = _read(rig, part, published)
            assert copy is not None
            assert copy.fingerprint != part.fingerprint
            assert _BY_HAND in copy.text
            assert _BY_HAND not in part.text
            assert set(copy.payload) >= set(part.payload)
            assert copy.encoding == part.encoding
            for part, published in others:
                assert _read(rig, part, published) == part

    def test_read_removed(self, tmp_path: Path) -> None:
        """A part that was taken out is told to be gone; the parts before it are still there."""
        with self._published(tmp_path, "read") as (rig, sent):
            rig.place.standin.remove(rig.received[-1].id)
            *others, (part, published) = sent
            assert _read(rig, part, published) is None
            for part, published in others:
                assert _read(rig, part, published) == part

    def test_read_unclear(self, tmp_path: Path) -> None:
        """A platform that answers with an error, with nothing or unreadably does not tell that a post is gone."""
        with self._published(tmp_path, "read") as (rig, sent):
            for fault in ("error_before", "drop_before", "garbage"):
                rig.play(fault, reads=True, times=50)
                _assert_fails(rig, lambda: _read(rig, *sent[0]))

    # ------------------------------------------------------------------ what the account has posted

    def test_recent_newest_first(self, tmp_path: Path) -> None:
        """What was published is listed newest first, with id and address, and title and canonical URL if kept there."""
        other = sample_post(
            key="url:https://blog.example.org/posts/other",
            title="Another post",
            body="Something else, and nothing more.\n",
            canonical_url="https://blog.example.org/posts/other/",
        )
        with self._published(tmp_path, "recent") as (rig, first):
            rig.clock.offset += 400  # some platforms look askance at a second post within minutes
            sent = [*first, *rig.publish(other)]
            listed = _recent(rig)
            assert [(item.id, item.url) for item in listed] == [(made.id, made.url) for _, made in reversed(sent)]
            for item, kept in zip(listed, reversed(rig.received)):
                assert (item.title or "") == kept.title
                if kept.link:
                    assert item.canonical_url == kept.link

    def test_recent_unclear(self, tmp_path: Path) -> None:
        """A list that cannot be read is a failure: it does not look like an account without posts."""
        with self._published(tmp_path, "recent") as (rig, _):
            for fault in ("error_before", "drop_before", "garbage"):
                rig.play(fault, reads=True, times=50)
                _assert_fails(rig, lambda: _recent(rig))

    # ------------------------------------------------------------------ helpers

    def new_ledger(self) -> str:
        """Address of a new ledger; empty for a file in the test's own folder."""
        return ""

    def _rig(self, folder: Path) -> Rig:
        return Rig(folder, self.adapter, self.standin, options=self.options, post=self.post, ledger=self.new_ledger())

    @contextmanager
    def _published(self, folder: Path, ability: str) -> Iterator[tuple[Rig, list[tuple[Part, Published]]]]:
        """The post on the platform, part by part, for an adapter that has the ability."""
        with self._rig(folder) as rig:
            if not hasattr(rig.adapter(), ability):
                import pytest

                pytest.skip(f"{self.adapter.title} does not offer `{ability}` here, which an adapter may leave out")
            yield rig, rig.publish()


def _read(rig: Rig, part: Part, published: Published) -> Part | None:
    async def call(adapter: Adapter, http: Http) -> Part | None:
        copy: Part | None = await adapter.read(part, published, http)  # type: ignore[attr-defined]  # it is there
        return copy

    return rig.ask(call)


def _recent(rig: Rig) -> list[Published]:
    async def call(adapter: Adapter, http: Http) -> list[Published]:
        return [item async for item in adapter.recent(http)]  # type: ignore[attr-defined]  # it is there

    return rig.ask(call)


def _assert_fails(rig: Rig, look: Callable[[], object]) -> None:
    """`look` raises a failure while faults are played, which end with it."""
    try:
        said = look()
    except Failure as failure:
        assert failure.message  # noqa: PT017  what it says is for a person
    else:
        raise AssertionError(f"it was told although it could not be: {said!r}")
    finally:
        rig.place.faults.clear()
