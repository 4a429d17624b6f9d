"""A post as a line of JSON, and back: how it was when it was put into the queue. Holds no secret, as a post holds none."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import Any

from ..adapter import Image, Post
from ..errors import UsageError

_FIELDS = frozenset(field.name for field in dataclasses.fields(Post))
_TUPLES = ("tags", "targets", "warnings")


def dump(post: Post) -> str:
    """The post as JSON."""
    values: dict[str, Any] = {name: getattr(post, name) for name in sorted(_FIELDS)}
    values["date"] = post.date.isoformat() if post.date else None
    values["cover"] = dataclasses.asdict(post.cover) if post.cover else None
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """What stands in overrides: read-only mappings and tuples."""
    return dict(value) if hasattr(value, "keys") else list(value)


def load(text: str) -> Post:
    """The post that `dump` wrote. What a later version wrote besides is left out. Raises `UsageError` for no post."""
    try:
        values = {name: value for name, value in json.loads(text).items() if name in _FIELDS}
        values["date"] = datetime.fromisoformat(values["date"]) if values.get("date") else None
        values["cover"] = Image(**values["cover"]) if values.get("cover") else None
        values |= {name: tuple(values[name]) for name in _TUPLES if values.get(name) is not None}
        values["overrides"] = {
            target: {key: tuple(value) if isinstance(value, list) else value for key, value in one.items()}
            for target, one in (values.get("overrides") or {}).items()
        }
        return Post(**values)
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(
            f"a post in the queue cannot be read ({type(error).__name__})",
            next="`syndicate ledger check` says which; restore a backup of the ledger",
        ) from None
