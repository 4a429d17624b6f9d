"""`syndicate platforms`: generated from the adapters' own data."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from ..adapter import Adapter
from ..registry import ADAPTERS, adapter_class, names
from ..report import Exit
from .output import say

_ABILITIES = ("read", "update", "delete", "metrics", "check", "recent", "requirements", "seen")


def describe(cls: type[Adapter]) -> dict[str, Any]:
    """What `--json` says of an adapter."""
    limits = cls.limits
    return {
        "name": cls.name,
        "title": cls.title,
        "homepage": cls.homepage,
        "limits": {
            "text": limits.text,
            "counter": limits.counter,
            "title": limits.title,
            "tags": limits.tags,
            "tag_length": limits.tag_length,
            "parts": limits.parts,
        },
        "format": cls.dialect.format,
        "dedupe": {"kind": cls.dedupe.kind, "note": cls.dedupe.note},
        "needs": [list(fields) for fields in cls.credentials],
        "required": list(cls.required),
        "options": {f.name: f.metadata.get("help", "") for f in dataclasses.fields(cls)},
        "drafts": cls.drafts,
        "by_hand": "only" if cls.manual else "possible" if cls.place else "no",
        "can": [ability for ability in _ABILITIES if hasattr(cls, ability)],
        "price": cls.price,
        "policy": cls.policy,
    }


def show(*, as_json: bool) -> int:
    """Prints every installed platform."""
    described = [describe(adapter_class(name)) for name in names(ADAPTERS)]
    if as_json:
        say(json.dumps({"platforms": described}, ensure_ascii=False, indent=2))
        return Exit.DONE
    say("\n\n".join(_lines(one) for one in described))
    return Exit.DONE


def _lines(one: dict[str, Any]) -> str:
    """One platform for people to read."""
    limits = one["limits"]
    tags = f", {limits['tags']} tags" if limits["tags"] else ""
    parts = f", up to {limits['parts']} parts" if limits["parts"] > 1 else ""
    title = f", title {limits['title']:,}" if limits["title"] else ""
    needs = "; or ".join(", ".join(fields) for fields in one["needs"]) or "nothing"
    required = f"; set {', '.join(one['required'])}" if one["required"] else ""
    able = [*([] if one["by_hand"] == "only" else ["publish"]), *one["can"], *(["drafts"] if one["drafts"] else [])]
    hands = {"only": ["only by hand"], "possible": ["by hand"], "no": []}[one["by_hand"]]
    lines = [
        f"{one['name']}  {one['title']}, {one['homepage']}",
        f"  takes    {one['format']}, {limits['text']:,} {limits['counter']}{title}{tags}{parts}",
        f"  needs    {needs}{required}",
        f"  can      {', '.join([*hands, *able] if one['by_hand'] == 'only' else [*able, *hands])}",
        f"  doubles  {one['dedupe']['note'] or one['dedupe']['kind']}",
        f"  costs    {one['price']}",
    ]
    if one["policy"]:
        lines.append(f"  rules    {one['policy']}")
    return "\n".join(lines)
