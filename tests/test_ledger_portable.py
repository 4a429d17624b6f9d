"""A ledger as a file: whatever it held comes back, and a file that was cut or altered is noticed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.errors import UsageError
from syndicate.ledger import Event, Ledger, Recorded, Row, migrate, open_ledger
from syndicate.ledger.portable import load
from syndicate.ledger.transfer import copy

from .transfer_bridge import send, told


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Ledger]:
    """A SQLite ledger."""
    with closing(open_ledger("sqlite:///here.db", tmp_path)) as ledger:
        yield ledger


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_TIME = st.floats(0, 2e9)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_STATES = st.sampled_from(["planned", "sending", "unknown", "published", "failed", "waiting"])


@st.composite
def _deliveries(draw: Any) -> list[Recorded]:
    """Any deliveries that a ledger may hold, in its order."""
    made = []
    for key, target in sorted(draw(st.sets(st.tuples(_TEXT, _TEXT), max_size=4))):
        number, text = st.integers(0, 2**31 - 1), _TEXT
        parts = [
            Row(
                post_key=key,
                target=target,
                part=part,
                **{name: draw(number) for name in ("parts", "count", "limit", "attempts")},
                **{name: draw(text) for name in ("adapter", "source", "text", "fingerprint", "idem_key", "title")},
                **{name: draw(st.none() | text) for name in ("path", "remote_id", "remote_url", "error_kind", "kept")},
                **{name: draw(st.none() | _TIME) for name in ("first_sent_at", "settle_until", "not_before")},
                state=draw(_STATES),
                payload=draw(st.dictionaries(_TEXT, _JSON, max_size=4)),
                encoding=draw(st.sampled_from(["json", "form"])),
                certain=draw(st.booleans()),
                draft=draw(st.booleans()),
                fence=draw(st.integers(0, 2**63 - 1)),
                updated_at=draw(_TIME),
            )
            for part in range(draw(st.integers(1, 3)))
        ]
        log = st.builds(
            Event, _TIME, st.just(key), st.just(target), st.integers(0, 5), st.integers(0, 9), text, text, text
        )
        made.append(Recorded(tuple(parts), tuple(draw(st.lists(log, max_size=3)))))
    return made


@contextmanager
def _fresh() -> Iterator[Ledger]:
    with TemporaryDirectory() as folder, closing(open_ledger("sqlite:///a.db", Path(folder))) as ledger:
        yield ledger


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(deliveries=_deliveries())
def test_there_and_back(deliveries: list[Recorded]) -> None:
    """Whatever a ledger holds, a file of it, read into an empty ledger, is written as the same bytes again."""
    with _fresh() as one, _fresh() as other:
        for recorded in deliveries:
            one.store(recorded)
        file = told(one)
        copy(lambda: load(io.BytesIO(file), "file"), other)
        assert list(other.deliveries()) == deliveries
        assert told(other) == file


def test_there_and_back_through_postgresql(here: Ledger, postgres_url: str, tmp_path: Path) -> None:
    """The file of a PostgreSQL ledger is, to the byte, that of the SQLite ledger it was copied from."""
    send(here, "naïve “quotes” 🎉 \t\n", parts=3)
    send(here, "b", remote=None)
    migrate(postgres_url, tmp_path)
    with closing(open_ledger(postgres_url, tmp_path)) as shared:
        copy(lambda: load(io.BytesIO(told(here)), "file"), shared)
        assert told(shared) == told(here)


@pytest.fixture
def file(here: Ledger) -> bytes:
    """A file of three deliveries."""
    for name in "abc":
        send(here, name, parts=2)
    return told(here)


def test_cut_anywhere(file: bytes) -> None:
    """A file that was cut, at whichever byte, is refused; so is one with a byte too many."""
    assert len(list(load(io.BytesIO(file), "file"))) == 3
    for end in [*range(0, len(file), 17), *range(len(file) - 90, len(file))]:
        with pytest.raises(UsageError):
            list(load(io.BytesIO(file[:end]), "file"))
    with pytest.raises(UsageError, match="follows the end"):
        list(load(io.BytesIO(file + b"x"), "file"))


def test_altered_anywhere(file: bytes) -> None:
    """A file with another byte in the place of one is refused, wherever that stands."""
    for place in range(0, len(file), 17):
        altered = bytearray(file)
        altered[place] ^= 1
        with pytest.raises(UsageError, match=r"^file, line [1-5]: "):
            list(load(io.BytesIO(altered), "file"))


def test_lines_in_another_order(file: bytes) -> None:
    """Lines that changed places, are there twice or are missing are noticed."""
    head, a, b, c, end = file.splitlines(keepends=True)
    for lines in ([head, b, a, c, end], [head, a, a, b, c, end], [head, a, c, end], [a, b, c, end], [head, a, b, c]):
        with pytest.raises(UsageError):
            list(load(io.BytesIO(b"".join(lines)), "file"))
