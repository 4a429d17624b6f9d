"""Shows plans and outcomes to a person. Prints exactly what would be sent, or was."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .report import Delivery, Sent

_VERBS = {
    "create": "would be published",
    "update": "changed since",
    "skip": "nothing to do",
    "wait": "waits",
    "resolve": "to be settled",
    "handoff": "for a person to post",
    "refuse": "cannot be sent",
}


def as_json(deliveries: Iterable[Delivery]) -> str:
    """The one document that `--json` prints, in letters that standard output can take."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return json.dumps({"deliveries": [d.as_json() for d in deliveries]}, ensure_ascii=plain, indent=2)


def preview(deliveries: Sequence[Delivery]) -> str:
    """A dry run: what would be done with each post at each target, and every byte that would be sent."""
    lines: list[str] = []
    for delivery in deliveries:
        lines += [f"{delivery.post} → {delivery.target} ({delivery.adapter}): {_verb(delivery)}"]
        lines += _remarks(delivery)
        if delivery.action in ("create", "update", "handoff", "resolve"):
            for number, part in enumerate(delivery.parts, 1):
                lines += _part(part, number, len(delivery.parts))
        lines.append("")
    cost = sum(delivery.cost for delivery in deliveries)
    if cost:
        lines.append(f"This run would cost about ${cost:.3f}.")
    lines.append("Dry run: nothing was sent, nothing was written.")
    return "\n".join(lines)


def outcomes(deliveries: Sequence[Delivery], *, updated: bool = False) -> str:
    """What became of each delivery, a line each, with what was lost and what to do next below it.

    `updated`: the run carried out updates, not only told of them.
    """
    if not deliveries:
        return "nothing to do"
    width = max(len(f"{d.post} → {d.target}") for d in deliveries)
    lines: list[str] = []
    for delivery in deliveries:
        name = f"{delivery.post} → {delivery.target}"
        lines.append(f"{name:<{width}}  {_outcome(delivery, updated)}")
        lines += _remarks(delivery)
    if all(d.action == "skip" and d.state in ("published", "skipped") for d in deliveries):
        lines.append("nothing to do")
    return "\n".join(lines)


def _verb(delivery: Delivery) -> str:
    if delivery.action == "create" and delivery.url:
        return "would be continued"
    cost = f", costs about ${delivery.cost:.3f}" if delivery.cost else ""
    return _VERBS[delivery.action] + cost


def _outcome(delivery: Delivery, updated: bool) -> str:
    if delivery.error:
        state = delivery.state if delivery.state != "skipped" else "not sent"
        return f"{state}: {delivery.error.kind}"
    if delivery.action == "update" and updated:
        return f"updated  {delivery.url or ''}".rstrip()
    if delivery.action in ("skip", "update"):
        return f"{_VERBS[delivery.action]} ({delivery.url or delivery.state})"
    return f"{delivery.state}  {delivery.url or ''}".rstrip()


def _remarks(delivery: Delivery) -> list[str]:
    lines = [f"  ! {warning}" for warning in delivery.warnings]
    if delivery.error:
        lines.append(f"  ✗ {delivery.error.message}")
        if delivery.error.next:
            lines.append(f"    next: {delivery.error.next}")
    return lines


def _part(part: Sent, number: int, parts: int) -> list[str]:
    which = f"part {number} of {parts}" if parts > 1 else "one part"
    head = f"  {which}: {part.count:,} of {part.limit:,}, sha256 {part.fingerprint}"
    return [head, *_fields(part.payload, "  │ ")]


def _fields(value: Any, indent: str, name: str = "") -> list[str]:
    """The payload, field by field; a text over several lines as a block."""
    if isinstance(value, Mapping):
        lines = [f"{indent}{name}:"] if name else []
        deeper = indent + "  " if name else indent
        return lines + [line for key, inner in value.items() for line in _fields(inner, deeper, key)]
    if isinstance(value, str) and "\n" in value:
        return [f"{indent}{name}:", *(f"{indent}  {line}" for line in value.split("\n"))]
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return [f"{indent}{name}: {shown}"]
