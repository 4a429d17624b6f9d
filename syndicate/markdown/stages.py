"""What the platforms of one run have in common: a stage is done once for all whose dialects agree in what it reads."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple, cast

from .dialect import Dialect
from .edits import Report
from .marks import clean
from .parse import Doc

#: A stage: what it makes of a document is a document, or its source.
Work = Callable[[Doc, Dialect, Report], Doc | str]


class _Made(NamedTuple):
    """`read`: what the stage looked up in the dialect, and found; `said`: what it reported."""

    read: dict[str, object]
    doc: Doc
    said: Report


class _Reading:
    """A dialect that notes in `read` what is read of it."""

    def __init__(self, dialect: Dialect, read: dict[str, object]) -> None:
        self._dialect, self._read = dialect, read

    def __getattr__(self, name: str) -> Any:
        value = self._read[name] = getattr(self._dialect, name)
        return value


class Stages:
    """All documents that one body becomes on its way to the platforms. No stage changes what was parsed."""

    def __init__(self, body: str) -> None:
        self.doc = Doc(clean(body))
        self._made: dict[Hashable, list[_Made]] = {}

    def __call__(self, work: Work, doc: Doc, dialect: Dialect, report: Report, *further: Hashable) -> Doc:
        """`work` done to `doc`, or what came of it before. `further`: all else on which it depends."""
        made = self._made.setdefault((work.__qualname__, id(doc), further), [])  # they live as long as this does
        for one in made:
            if all(getattr(dialect, name) == value for name, value in one.read.items()):
                report.add_all(one.said)
                return one.doc
        read, said = dict[str, object](), Report()
        result = work(doc, cast("Dialect", _Reading(dialect, read)), said)
        if isinstance(result, str):
            result = doc if result == doc.source else Doc(result, doc)
        made.append(_Made(read, result, said))
        report.add_all(said)
        return result


#: One post goes to several platforms, one after another.
stages = lru_cache(maxsize=4)(Stages)
