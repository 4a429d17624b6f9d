"""Text → front matter and body, in every dialect that static site generators write.

==========================  ========================================================
first line                  dialect
==========================  ========================================================
`---`                       YAML until `---` or `...` (Jekyll, Hugo, Astro, DEV, …)
`---json`, `---toml`        what it says, until `---` (Eleventy)
`+++`                       TOML until `+++` (Zola, Hugo)
`;;;`                       JSON until `;;;`, with or without the outer braces
```` ```ic-metadata ````    JSON until the fence closes
`{"`                        a bare JSON object (Hugo)
`Title: …`                  `Key: value` lines without a fence (Pelican); YAML until `---` (Hexo)
anything else               none
==========================  ========================================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError
from . import bounds
from .yamlheader import MAX_DEPTH, Broken, load_yaml

#: Keys with which a header without a fence may begin: anything else is prose with a colon.
_PELICAN_FIRST = re.compile(
    "(?:title|date|modified|tags|category|categories|keywords|slug|authors?|summary|description|lang|status)[ \t]*:",
    re.IGNORECASE,
)
_PELICAN_LINE = re.compile(r"([A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(.*)|[ \t]*)$")
_FENCE = re.compile(r"(---|\+\+\+|;;;|---(?:yaml|toml|json))[ \t]*$")
#: The fence that each of these stands for.
_NAMED = {"---yaml": "---", "---toml": "+++", "---json": ";;;"}
_METADATA = re.compile(r"(`{3,})[ \t]*ic-metadata[ \t]*$")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before a post's text, and the text. Line numbers count from 1 in the file."""

    values: Mapping[str, Any]
    body: str
    body_line: int
    header: str = ""
    header_line: int = 1
    warnings: tuple[str, ...] = ()

    def line_of(self, *keys: str) -> int:
        """The line of a key, given with the keys above it; the nearest that can be found."""
        lines = self.header.split("\n")
        found = 0
        for depth, key in enumerate(keys):
            word = re.escape(key)
            if depth and re.search(rf"""[{{,.\s\["']{word}\b""", lines[found], re.IGNORECASE):
                continue
            start = re.compile(rf"""[\s,{{\["']*(?:[\w-]+\.)*{word}["'\]]*\s*(?:[.:=]|$)""", re.IGNORECASE)
            found = next((n for n in range(found, len(lines)) if start.match(lines[n])), found)
        return self.header_line + found


def read(text: str, *, source: str) -> FrontMatter:
    """Splits `text` into front matter and body. A BOM, blank first lines and CR LF are accepted.

    Raises:
        UsageError: the front matter is not closed, is broken, or is not a mapping; or there is too much of something.
    """
    bounds.check_text(text, source=source)
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    if first == len(lines):
        return FrontMatter({}, "", 1)
    start = lines[first]
    if fence := _FENCE.match(start):
        return _fenced(lines, first, fence[1], source)
    if fence := _METADATA.match(start):
        return _fenced(lines, first, fence[1], source)
    if re.match(r'\{\s*["}]', "\n".join(lines[first : first + 2])):
        return _bare_json(lines, first, source)
    if _PELICAN_FIRST.match(start) and _PELICAN_LINE.match(start):
        return _unopened(lines, first, source) or _pelican(lines, first, source)
    return _split(lines, first, first, {}, [])


def _split(lines: list[str], top: int, end: int, values: Mapping[str, Any], warnings: list[str]) -> FrontMatter:
    """`top` and `end`: where the header's lines begin, and the first index of the body (both from 0)."""
    header = "\n".join(lines[top:end])
    begin = next((n for n in range(end, len(lines)) if lines[n].strip()), None)
    body = "" if begin is None else "\n".join(lines[begin:]).rstrip()
    line = min(end + 1, len(lines)) if begin is None else begin + 1
    return FrontMatter(values, body, line, header, top + 1, tuple(warnings))


def _fenced(lines: list[str], first: int, fence: str, source: str) -> FrontMatter:
    closing = rf"{re.escape('---' if fence in _NAMED else fence)}[ \t]*$"
    if fence in ("---", "---yaml"):
        closing = r"(---|\.\.\.)[ \t]*$"
    end = next((n for n in range(first + 1, len(lines)) if re.match(closing, lines[n])), None)
    if end is None:
        raise UsageError(
            f"{source}:{first + 1}: the front matter that `{lines[first].strip()}` opens is never closed",
            next=f"put a line `{fence[:3]}` below the last key; if a horizontal rule is meant, write `***`",
        )
    fence = _NAMED.get(fence, fence)
    header = "\n".join(lines[first + 1 : end])
    line = first + 2
    bounds.check_header(header, source=source, line=line)
    warnings: list[str] = []
    values: Any
    if fence == "---":
        values = load_yaml(header, source=source, line=line, warnings=warnings)
    elif fence == "+++":
        values = _shallow(_toml(header, source, line), source, line, "TOML")
    else:
        # Without the outer braces is Middleman's way. On the same line, so that line numbers stay right.
        braced = header if header.lstrip().startswith("{") else "{" + header + "}"
        values, rest = _json(braced, source, line, warnings)
        if braced[rest:].strip():
            at = line + braced.count("\n", 0, rest)
            raise Broken(source, at, "JSON", "there is something after the object", next="end it with its `}`")
    if values is None:
        values = {}
    if not isinstance(values, Mapping):
        kind = "a list" if isinstance(values, list) else "a text"
        raise UsageError(
            f"{source}:{line}: the front matter is {kind}, not a mapping",
            next="write it as `key: value` lines; if a horizontal rule is meant on the first line, write `***`",
        )
    return _split(lines, first + 1, end + 1, values, warnings)


def _toml(header: str, source: str, line: int) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(header, parse_float=str)
    except RecursionError:
        raise Broken(source, line, "TOML", f"it is nested more than {MAX_DEPTH} deep", next="nest it less") from None
    except ValueError as error:
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        offset = int(found[1]) - 1 if found and found[1] else header.count("\n") if found else 0
        problem = str(error)[: found.start()] if found else str(error)
        advice = "correct that line; texts stand in quotes, and a key may be set only once"
        raise Broken(source, line + offset, "TOML", problem, next=advice) from None


def _shallow(values: dict[str, Any], source: str, line: int, format: str) -> dict[str, Any]:
    """`values`, unless what looks at them would have to go deeper than the reader of YAML does."""
    level: list[Any] = [values]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
    if level:
        raise Broken(source, line, format, f"it is nested more than {MAX_DEPTH} deep", next="nest it less")
    return values


def _json(text: str, source: str, line: int, warnings: list[str]) -> tuple[dict[str, Any], int]:
    """The object at the start of `text`, and where it ends. Numbers stay as they were typed."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                warnings.append(f"`{key}` stands twice in the front matter; the last one counts")
            found[key] = value
        return found

    decoder = json.JSONDecoder(object_pairs_hook=pairs, parse_int=str, parse_float=str, parse_constant=str)
    begin = len(text) - len(text.lstrip())
    try:
        values, end = decoder.raw_decode(text, begin)
    except RecursionError:
        raise Broken(source, line, "JSON", f"it is nested more than {MAX_DEPTH} deep", next="nest it less") from None
    except json.JSONDecodeError as error:
        at = line + error.lineno - 1
        raise Broken(
            source, at, "JSON", error.msg, next="correct that line; look for a missing comma or quote"
        ) from None
    return _shallow(values, source, line, "JSON"), end


def _bare_json(lines: list[str], first: int, source: str) -> FrontMatter:
    text = "\n".join(lines[first:])
    warnings: list[str] = []
    values, rest = _json(text, source, first + 1, warnings)
    bounds.check_header(text[:rest], source=source, line=first + 1)
    end = first + text.count("\n", 0, rest)
    # What stands behind the closing brace on its line is the body's.
    lines = [*lines[: end + 1], *text[rest:].split("\n")]
    front = _split(lines, first, end + 1, values, warnings)
    return FrontMatter(values, front.body, front.body_line - 1, front.header, first + 1, tuple(warnings))


def _unopened(lines: list[str], first: int, source: str) -> FrontMatter | None:
    """Hexo's header: YAML with lists, of which only the fence below is written."""
    end = next((n for n in range(first, len(lines)) if not lines[n].strip() or lines[n].rstrip() == "---"), None)
    if end is None or not lines[end].strip() or not any(re.match(r"[ \t]*- ", line) for line in lines[first:end]):
        return None
    warnings: list[str] = []
    header = "\n".join(lines[first:end])
    bounds.check_header(header, source=source, line=first + 1)
    values = load_yaml(header, source=source, line=first + 1, warnings=warnings)
    return _split(lines, first, end + 1, values, warnings) if isinstance(values, Mapping) else None


def _pelican(lines: list[str], first: int, source: str) -> FrontMatter:
    """Lines up to the first that is neither `Key: value` nor indented, as Python-Markdown's meta extension reads."""
    values: dict[str, Any] = {}
    warnings: list[str] = []
    key = ""
    end = first
    below = next((n for n in range(first, len(lines)) if not lines[n].strip()), len(lines))
    bounds.check_header("\n".join(lines[first:below]), source=source, line=first + 1)
    while end < len(lines) and lines[end].strip():
        line = lines[end]
        if pair := _PELICAN_LINE.match(line):
            key = pair[1]
            if key in values:
                warnings.append(f"line {end + 1}: `{key}` stands there twice; the last one counts")
            values[key] = (pair[2] or "").strip()
        elif line.startswith(("    ", "\t")):
            values[key] = f"{values[key]}\n{line.strip()}"
        else:
            end += bool(re.match(r"(---|\.\.\.)[ \t]*$", line))
            break
        end += 1
    return _split(lines, first, end, values, warnings)
