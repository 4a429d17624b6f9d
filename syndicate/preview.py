"""Shows plans and outcomes to a person. Prints exactly what would be sent, or was."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .report import Delivery, Online, Sent

_VERBS = {
    "create": "would be published",
    "update": "changed since",
    "skip": "nothing to do",
    "wait": "waits",
    "resolve": "to be settled",
    "handoff": "for a person to post",
    "refuse": "cannot be sent",
}


#: What a terminal would obey: control characters, and those that turn the direction of writing.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def as_json(deliveries: Iterable[Delivery], **more: Any) -> str:
    """The one document that `--json` prints; `more`: what stands in it beside the deliveries."""
    return document({"deliveries": [d.as_json() for d in deliveries], **more})


def document(value: Any) -> str:
    """JSON in letters that standard output can take."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return json.dumps(value, ensure_ascii=ascii_only, indent=2)


def plain(text: str) -> str:
    """What somebody else wrote, fit for a terminal."""
    return _CONTROLS.sub("\ufffd", text)


def preview(deliveries: Sequence[Delivery]) -> str:
    """A dry run: what would be done with each post at each target, and every byte that would be sent."""
    lines: list[str] = []
    for delivery in deliveries:
        lines += [f"{delivery.post} → {delivery.target} ({delivery.adapter}): {_verb(delivery)}"]
        lines += _remarks(delivery)
        if delivery.action in ("create", "update", "handoff", "resolve") or delivery.scheduled:
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
    done = (d.action == "skip" and d.state in ("published", "skipped") for d in deliveries)
    if all(done) and not any(d.online and d.online.problem for d in deliveries):
        lines.append("nothing to do")
    return "\n".join(lines)


def _verb(delivery: Delivery) -> str:
    if delivery.scheduled and delivery.error:
        return delivery.error.message
    if delivery.action == "create" and delivery.url:
        return "would be continued"
    cost = f", costs about ${delivery.cost:.3f}" if delivery.cost else ""
    return _VERBS[delivery.action] + cost


def _outcome(delivery: Delivery, updated: bool) -> str:
    if delivery.scheduled and delivery.error:
        return f"queued; {delivery.error.message}"
    if delivery.error:
        state = delivery.state if delivery.state != "skipped" else "not sent"
        return f"{state}: {delivery.error.kind}"
    if delivery.action == "update" and updated:
        return f"updated  {delivery.url or ''}".rstrip()
    if delivery.action in ("skip", "update"):
        return f"{_VERBS[delivery.action]} ({delivery.url or delivery.state})"
    return f"{delivery.state}  {delivery.url or ''}".rstrip()


def _remarks(delivery: Delivery) -> list[str]:
    lines = [f"  ! {warning}".replace("\n", "\n    ") for warning in delivery.warnings]
    if delivery.handed:
        lines += [f"  {number}. {step}" for number, step in enumerate(delivery.handed.steps, 1)]
        lines.append(f"  page: {delivery.handed.open}")
    if delivery.online:
        lines.append(f"  there now: {_there(delivery.online)}")
    if delivery.error:
        if not delivery.scheduled:
            lines.append(f"  ✗ {delivery.error.message}")
        if delivery.error.next:
            lines.append(f"    next: {delivery.error.next}")
    return lines


def _there(online: Online) -> str:
    before = {"unasked": "not known: ", "failed": "could not be read: "}.get(online.state, "")
    said = f"{before}{plain(online.message) or online.state}"
    return f"{said}\n    next: {online.problem.next}" if online.problem and online.problem.next else said


def _part(part: Sent, number: int, parts: int) -> list[str]:
    which = f"part {number} of {parts}" if parts > 1 else "one part"
    head = f"  {which}: {part.count:,} of {part.limit:,}, sha256 {part.fingerprint}"
    return [head, *fields(part.payload, "  │ ")]


def fields(value: Any, indent: str, name: str = "") -> list[str]:
    """A payload, field by field; a text over several lines as a block."""
    if isinstance(value, Mapping):
        lines = [f"{indent}{name}:"] if name else []
        deeper = indent + "  " if name else indent
        return lines + [line for key, inner in value.items() for line in fields(inner, deeper, key)]
    if isinstance(value, str) and "\n" in value:
        return [f"{indent}{name}:", *(f"{indent}  {line}" for line in value.split("\n"))]
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return [f"{indent}{name}: {shown}"]
