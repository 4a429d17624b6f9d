"""Python-Markdown's and MkDocs' admonitions (``!!! note "Title"``, ``??? tip``) → quotes with a label, and details."""

from __future__ import annotations

import re

from .callouts import KINDS
from .dialect import Dialect
from .edits import Report
from .parse import Doc

_OPENS = re.compile(
    r"^( {0,3})(!!!|\?\?\?\+?)[ \t]+([a-z][\w-]*)(?:[ \t]+[a-z][\w-]*)*(?:[ \t]+\"([^\"\n]*)\")?[ \t]*\n(?=(?:[ \t]*\n)?(?:\1 {4}|\t))",
    re.MULTILINE,
)
TRIGGER = re.compile(r"^ {0,3}(?:!!!|\?\?\?\+?)[ \t]+[a-z]", re.MULTILINE)
_DEEPEST = 10


def rewritten(doc: Doc, _: Dialect, __: Report) -> str:
    """The source with all of them outside code, those within others included."""
    return _rewritten(doc, _DEEPEST)


def _rewritten(doc: Doc, deepest: int) -> str:
    edits, source, done = doc.edits(), doc.source, 0
    for match in _OPENS.finditer(source):
        if match.start() < done or doc.in_code(match.start(2), match.end(2)):
            continue
        inner, done = _body(source, match.end(), match[1])
        if deepest and TRIGGER.search(inner):
            inner = _rewritten(Doc(inner), deepest - 1)
        title = KINDS.get(match[3], match[3].capitalize()) if match[4] is None else match[4].strip()
        if match[2] == "!!!":
            text = "\n".join(
                f"> {line}".rstrip() for line in ([f"**{title}**", ""] if title else []) + inner.split("\n")
            )
        else:
            text = f"<details><summary>{title or 'Details'}</summary>\n\n{inner}\n\n</details>"
        above = "" if source[: match.start()].endswith("\n\n") or not match.start() else "\n"
        below = "" if source.startswith("\n", done) or done >= len(source) else "\n"
        edits.replace(match.start(), done, f"{above}{text}\n{below}")
    return edits.apply()


def _body(source: str, at: int, indent: str) -> tuple[str, int]:
    """The indented lines from `at` on, without their indentation, and where they end."""
    lines: list[str] = []
    end, kept = at, 0
    while at < len(source):
        stop = source.find("\n", at)
        stop = len(source) if stop < 0 else stop
        line = source[at:stop]
        if line.strip() and not line.startswith((f"{indent}    ", "\t")):
            break
        at = stop + 1
        lines.append(line.removeprefix("\t") if line.startswith("\t") else line[len(indent) + 4 :])
        if line.strip():
            end, kept = min(at, len(source)), len(lines)
    return "\n".join(lines[:kept]).strip("\n"), end
