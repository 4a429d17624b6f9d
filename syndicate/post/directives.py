"""The `syndicate:` mapping of the front matter: where a post goes, and what is different there."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import UsageError
from .fields import Fields, line, short, split_tags, truth, word

_TOP = ("id", "targets")
_OVERRIDES = ("title", "tags", "text", "skip")
_EXAMPLE = "its keys are `id`, `targets`, and the name of a target with `title`, `tags`, `text` or `skip` below it"


@dataclass(frozen=True, slots=True)
class Directives:
    """What the author asked of this program. `targets` is `None` where nothing was said."""

    id: str | None = None
    targets: tuple[str, ...] | None = None
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def directives(fields: Fields) -> Directives:
    """Reads the mapping; a key without a value is as good as absent.

    Raises:
        UsageError: it is no mapping, holds an unknown key, or a value of the wrong shape.
    """
    found = fields.find("syndicate")
    if not found:
        return Directives()
    name, mapping = found[0]
    if not isinstance(mapping, Mapping):
        raise fields.error(f"must be a mapping, not {short(mapping)}", name, next=_EXAMPLE)
    id: str | None = None
    targets: tuple[str, ...] | None = None
    overrides: dict[str, Mapping[str, Any]] = {}
    for key, value in mapping.items():
        if value is None:
            continue
        if key.lower() == "id":
            id = _id(fields, value, name, key)
        elif key.lower() == "targets":
            targets = _targets(fields, value, name, key)
        elif isinstance(value, Mapping):
            overrides[key] = {k: v for k, v in _overrides(fields, value, name, key) if v is not None}
        else:
            raise _unknown(fields, (name, key), _TOP, "is neither a key that is known nor a mapping of overrides")
    return Directives(id, targets, overrides)


def _id(fields: Fields, value: Any, *keys: str) -> str | None:
    if isinstance(value, bool) or (word(value) is None):
        raise fields.error(f"must be a text, not {short(value)}", *keys, next="write one that no other post has")
    return line(value) or None


def _targets(fields: Fields, value: Any, *keys: str) -> tuple[str, ...]:
    advice = "write a list of names from the configuration, like `targets: [blog, news]`"
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise fields.error(f"must be a list of names, not {short(value)}", *keys, next=advice)
    for item in items:
        if not isinstance(item, str) or not item.strip():
            raise fields.error(f"must hold only names, not {short(item)}", *keys, next=advice)
    return tuple(dict.fromkeys(item.strip() for item in items))


def _overrides(fields: Fields, mapping: Mapping[str, Any], *above: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in mapping.items():
        keys = (*above, key)
        low = key.lower()
        if low not in _OVERRIDES:
            raise _unknown(fields, keys, _OVERRIDES, "is not an override")
        if value is None:
            continue
        read: Any
        if low == "tags":
            read = split_tags(value)
            advice = "write a list, like `tags: [python, testing]`"
        elif low == "skip":
            read = truth(value)
            advice = "write `true` or `false`"
        else:
            text = word(value)
            read = (line(text) if low == "title" else text.strip()) if text is not None else None
            advice = "write it as a text"
        if read is None:
            raise fields.error(f"has the wrong shape ({short(value)})", *keys, next=advice)
        found.append((low, None if read == "" else read))
    return found


def _unknown(fields: Fields, keys: tuple[str, ...], known: tuple[str, ...], problem: str) -> UsageError:
    close = difflib.get_close_matches(keys[-1].lower(), known, n=1)
    if close:
        return fields.error(f"{problem}; did you mean `{close[0]}`?", *keys, next=_EXAMPLE)
    return fields.error(problem, *keys, next=_EXAMPLE)
