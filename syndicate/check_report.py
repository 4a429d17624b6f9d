"""Tells what was found of posts: lines for people, one document for programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .check import Verdict
from .check_findings import Finding
from .check_text import Address
from .preview import document as as_text
from .preview import plain
from .report import Exit

if TYPE_CHECKING:
    from .check_online import Answer

_MARKS = {"error": "✗", "warning": "!", "note": "·"}
#: How many of a kind a line names.
_MOST = 8
#: Up to so many platforms, what a person has to judge there is shown too.
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One post. `answers`: what became of asking for its pictures, by address; `None`: nobody asked."""

    post: str
    title: str | None = None
    findings: tuple[Finding, ...] = ()
    platforms: tuple[Verdict, ...] = ()
    pictures: tuple[Address, ...] = ()
    answers: Mapping[str, Answer] | None = field(default=None)

    def exit(self, *, strict: bool) -> Exit:
        """The exit code for this post. `strict`: what is lost or off counts too."""
        levels = {finding.level for finding in self.findings}
        if "error" in levels:
            return Exit.USAGE
        lost = "warning" in levels or any(one.warnings for one in self.platforms)
        dead = any(answer.message for answer in (self.answers or {}).values())
        refused = any(one.refused for one in self.platforms)
        return Exit.FAILED if refused or (strict and (lost or dead)) else Exit.DONE


def document(rows: Iterable[Row]) -> str:
    """The one document that `--json` prints."""
    return as_text({"posts": [_as_json(row) for row in rows]})


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "post": row.post,
        "title": row.title,
        "findings": [finding.as_json() for finding in row.findings],
        "platforms": [one.as_json() for one in row.platforms],
        "pictures": [_answered(row.answers[one.url], one) for one in row.pictures] if row.answers is not None else [],
    }


def _answered(answer: Answer, picture: Address) -> dict[str, Any]:
    return {
        "url": answer.url,
        "status": answer.status,
        "message": answer.message,
        "bytes": answer.bytes,
        "line": picture.line,
    }


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """For people: a post after the other, and a line on all of them."""
    for row in rows:
        yield plain(f"{row.post}: {row.title}" if row.title else row.post)
        for line in (*_findings(row.findings), *_platforms(row.platforms), *_pictures(row)):
            yield "  " + plain(line).replace("\n", "\n      ")
        yield ""
    yield _summary(rows)


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.level, finding.kind), []).append(finding)
    for (level, kind), found in sorted(groups.items(), key=lambda group: [*_MARKS].index(group[0][0])):
        first = found[0]
        if first.item:
            items = [one.item + (f" (line {one.line})" if one.line else "") for one in found]
            yield f"{_MARKS[level]} {kind}: {_some(items)}"
        else:
            yield f"{_MARKS[level]} {f'line {first.line}: ' if first.line else ''}{kind}"
        if first.next:
            yield f"    next: {first.next}"


def _platforms(platforms: Sequence[Verdict]) -> Iterator[str]:
    refused = _by(
        (f"{one.message}\nnext: {one.next}" if one.next else one.message, one) for one in platforms if one.refused
    )
    elsewhere = _by((one.message, one) for one in platforms if one.message and not one.refused)
    lost = _by((warning, one) for one in platforms for warning in _tags(one.warnings))
    for title, mark, groups in (
        ("refused", "✗", refused),
        ("does not go there", "·", elsewhere),
        ("lost or changed", "!", lost),
    ):
        if groups:
            yield title
        for message, names in groups.items():
            first, _, rest = message.partition("\n")
            yield f"  {mark} {', '.join(names)}: {first}" + (f"\n{rest}" if rest else "")
    if written := [one.name for one in platforms if not (one.refused or one.message or one.warnings)]:
        yield f"as written: {', '.join(written)}"
    judged = [one for one in platforms if one.to_judge]
    if len(platforms) > _SHOWN:
        if judged:
            yield f"yours to judge, shown with --for: {', '.join(f'{one.name} {len(one.to_judge)}' for one in judged)}"
        return
    for one in judged:
        yield from (f"· {one.name}: {said}" for said in one.to_judge)


def _tags(warnings: Sequence[str]) -> Iterator[str]:
    """Warnings in which the tags that are one too many are one."""
    found = [match for one in warnings if (match := re.fullmatch(r"tag (“.*”) was left out: (\d+ are allowed)", one))]
    over = {match[0] for match in found} if len(found) > 1 else frozenset()
    yield from (one for one in warnings if one not in over)
    if over:
        yield f"tags {', '.join(match[1] for match in found)} were left out: {found[0][2]}"


def _by(pairs: Iterable[tuple[str, Verdict]]) -> dict[str, list[str]]:
    """Who says the same."""
    found: dict[str, list[str]] = {}
    for message, one in pairs:
        found.setdefault(message, []).append(one.name)
    return found


def _pictures(row: Row) -> Iterator[str]:
    if not row.answers:
        return
    answers = [(one, row.answers[one.url]) for one in row.pictures]
    yield f"pictures: {sum(not answer.message for _, answer in answers)} of {len(answers)} answer"
    for one, answer in answers:
        if answer.message:
            yield f"  ! {f'line {one.line}: ' if one.line else ''}{_shown(answer.url)} {answer.message}"


def _summary(rows: Sequence[Row]) -> str:
    bad = sum(any(finding.level == "error" for finding in row.findings) for row in rows)
    refused = sum(one.refused for row in rows for one in row.platforms)
    warned = sum(finding.level == "warning" for row in rows for finding in row.findings)
    count = max((len(row.platforms) for row in rows), default=0)
    said = [f"{_many(len(rows), 'post')}, {_many(count, 'platform')}"]
    said += [f"{bad} cannot be read as a post"] if bad else []
    said += [_many(refused, "refusal"), _many(warned, "warning")]
    return "; ".join([", ".join(said), "nothing was sent"])


def _some(items: Sequence[str]) -> str:
    return ", ".join(items[:_MOST]) + (f" and {len(items) - _MOST} more" if len(items) > _MOST else "")


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _shown(url: str) -> str:
    """An address without its query, which may hold a token."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{'?…' if parts.query else ''}"
