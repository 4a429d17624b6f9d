"""Front matter keys → the texts, tags and flags of a post. Keys match in any case and with or without `_` and `-`."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from ..errors import UsageError
from .frontmatter import FrontMatter

_TITLE = ("title", "name")
_SUMMARY = ("description", "summary", "excerpt", "teaser", "subtitle", "tldr")
#: Links, strong and emphasized words and code of a line of Markdown, and what stays of them. `*args` and `a_b` are none.
_MARKUP = (
    (re.compile(r"(?<![A-Za-z0-9_])!?\[([^\[\]]+)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"(?<![\w*])\*\*(?=\S)([^*]+)(?<=\S)\*\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=\w)([^*]+)(?<=\w)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!`)`([^`]+)`(?!`)"), r"\1"),
)
_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_COMMAS = (",", "，", "、")
_BETWEEN = f"[{''.join(_COMMAS)}]"
_YES = frozenset(("true", "yes", "on", "1"))
_NO = frozenset(("false", "no", "off", "0"))


def fold(key: str) -> str:
    """`cover_image`, `cover-image`, `coverImage` and `Cover_Image` are one key."""
    return key.lower().replace("_", "").replace("-", "")


def word(value: Any) -> str | None:
    """A scalar as text, whole; `None` for lists, mappings and what is no text."""
    if isinstance(value, str):
        # JSON can spell half of a surrogate pair, which no encoder takes.
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:d}" if abs(value) < 10**30 else None
    return value.isoformat() if isinstance(value, date) else None


def line(value: Any) -> str | None:
    """A scalar as one line of plain text: entities read, white space and control characters collapsed."""
    text = word(value)
    return _BLANK.sub(" ", html.unescape(text)).strip() if text is not None else None


def truth(value: Any) -> bool | None:
    """A yes or no; `None` when it is neither."""
    text = (word(value) or "").strip().lower()
    return True if text in _YES else False if text in _NO else None


def short(value: Any) -> str:
    """A value for a message: one line, at most 60 characters."""
    text = line(value) or f"{type(value).__name__}"
    return text if len(text) <= 60 else text[:59] + "…"


class Fields:
    """The front matter of one post, and the place where reading it leaves warnings."""

    def __init__(self, front: FrontMatter, *, source: str) -> None:
        self.front = front
        self.source = source
        self.warnings: list[str] = list(front.warnings)
        self._entries: dict[str, tuple[str, Any]] = {}
        for key, value in front.values.items():
            if not _absent(value):
                known = self._entries.get(fold(key))
                if known and known[1] != value:
                    self.warn(f"`{known[0]}` and `{key}` are one key; the last one counts")
                self._entries[fold(key)] = (key, value)

    def find(self, *names: str) -> list[tuple[str, Any]]:
        """Key as written and value, for each of `names` that is there and not empty, in their order."""
        return [self._entries[name] for name in map(fold, names) if name in self._entries]

    def warn(self, message: str) -> None:
        if message not in self.warnings:
            self.warnings.append(message)

    def error(self, problem: str, *keys: str, next: str) -> UsageError:
        """The error to raise about the key that `keys` lead to. `problem` goes on after the key's name."""
        return UsageError(f"{self.source}:{self.front.line_of(*keys)}: `{'.'.join(keys)}` {problem}", next=next)

    def text(self, *names: str) -> str | None:
        """The first of `names` that holds a text, as one line. Of a list, its texts in a row."""
        for key, value in self.find(*names):
            parts = [line(item) for item in value] if isinstance(value, list) else [line(value)]
            found = " ".join(part for part in parts if part)
            if found:
                return found
            if isinstance(value, list | Mapping):
                self.warn(f"`{key}` holds no text and was ignored")
        return None


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def title(fields: Fields) -> str | None:
    """The title that the front matter gives."""
    return fields.text(*_TITLE)


def summary(fields: Fields) -> str | None:
    """The summary that the front matter gives, however long; no markup in it: no place shows any."""
    found = fields.text(*_SUMMARY)
    for mark, what in _MARKUP if found else ():
        found = mark.sub(what, found or "")
    return found


def split_tags(value: Any, *, spaces: bool = True) -> tuple[str, ...] | None:
    """Tags of any shape: a list, one word, `a, b`, `a; b` or `a b`; each once. `None`: the shape is not known.

    `spaces`: whether blanks part the tags of a text without commas.
    """
    if isinstance(value, list):
        items = [part for item in value for part in _parts(item)]
    elif (text := word(value)) is not None:
        text = text.strip()
        text = text[1:-1] if text.startswith("[") and text.endswith("]") else text  # a list in quotes
        mark = next((mark for mark in (*_COMMAS, ";", "\n") if mark in text), None)
        items = (
            list(re.split(_BETWEEN if mark in _COMMAS else mark, text)) if mark else text.split() if spaces else [text]
        )
    else:
        return None
    found: dict[str, str] = {}
    for item in items:
        named = (
            next((item[k] for k in ("label", "name", "title") if k in item), None) if isinstance(item, dict) else item
        )
        tag = (line(named) or "").lstrip("#").strip()
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def _parts(item: Any) -> list[Any]:
    """A list within a list, and commas within one of its texts, are more tags."""
    if isinstance(item, list):
        return [part for inner in item if not isinstance(inner, list) for part in _parts(inner)]
    return re.split(_BETWEEN, item) if isinstance(item, str) else [item]


def tags(fields: Fields) -> tuple[str, ...]:
    """The tags, from the first key that holds some."""
    zola = [entry for _, value in fields.find("taxonomies") if isinstance(value, Mapping) for entry in _zola(value)]
    candidates = [*fields.find("tags"), *zola, *fields.find("keywords", "categories", "category")]
    for key, value in candidates:
        found = split_tags(value, spaces=fold(key) in ("tags", "categories"))
        if found:
            return found
        if found is None:
            fields.warn(f"`{key}` is neither a list nor a text and was ignored")
    return ()


def _zola(taxonomies: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, taxonomies[name]) for name in ("tags", "categories") if not _absent(taxonomies.get(name))]


def series(fields: Fields) -> str | None:
    """The series: a text, a mapping with `name`, or the first of a list of those."""
    for key, value in fields.find("series"):
        first = value[0] if isinstance(value, list) else value
        named = next((first[k] for k in ("name", "title") if first.get(k)), None) if isinstance(first, dict) else first
        if found := line(named):
            return found
        fields.warn(f"`{key}` names no series and was ignored")
    return None


def draft(fields: Fields) -> bool:
    """Whether the author marked the post as not ready: `draft`, `private`, `published: false`, `status: draft`.

    What a site has but does not list is ready; a warning says that it is shown elsewhere.
    """
    for key, value in fields.find("unlisted"):
        if truth(value):
            fields.warn(
                f"`{key}: {short(value)}` keeps the post off the site's lists only: it is published all the same"
            )
    for key, value in fields.find("draft"):
        state = truth(value)
        if state is None:
            fields.warn(f"`{key}: {short(value)}` is neither true nor false; taken as a draft")
        if state is not False:
            return True
    # `published` may also be a date; `publish` is Obsidian's and Quartz's word.
    if any(truth(value) is False for _, value in fields.find("published", "publish")):
        return True
    if any(truth(value) for _, value in fields.find("private")):
        return True
    return any((word(value) or "").strip().lower() == "draft" for _, value in fields.find("status"))
