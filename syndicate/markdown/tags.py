"""Finds the tags of site generators in a source: Hugo's shortcodes, Liquid's tags and outputs, Zola's calls."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from .parse import Doc

_TAG = re.compile(
    r"\{\{<(?P<angle>(?:(?!\{\{[<%]).)*?)>\}\}|\{\{%(?P<percent>(?:(?!\{\{[<%]).)*?)%\}\}"
    r"|\{%-?(?P<liquid>(?:(?!\{%).)*?)-?%\}|\{\{(?![<%{])-?(?P<output>[^{}\n]*)-?\}\}",
    re.DOTALL,
)
_WORD = re.compile(r"""(?:([\w-]+)\s*=\s*)?("(?:\\.|[^"\\])*"|`[^`]*`|'[^']*'|[^\s"'`]\S*)""")
_CALL = re.compile(r"([\w:.-]+)\((.*)\)", re.DOTALL)

#: What stands between such a tag and its end is not Markdown.
_VERBATIM = {
    "hugo": {"highlight", "code", "codeblock", "mermaid", "katex", "math"},
    "liquid": {"highlight", "codeblock", "code", "raw", "verbatim", "comment", "katex", "mermaid", "runkit"},
}


@dataclass(slots=True, eq=False)
class Tag:
    """One tag: its span, what it is called with, and, for an opening tag, its closing one.

    `body` is the span between a verbatim tag and its end; `end` is then behind that end.
    """

    start: int
    end: int
    raw: str
    kind: Literal["hugo", "liquid", "output"]
    name: str
    words: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    closes: bool = False
    body: tuple[int, int] | None = None
    pair: Tag | None = None
    escaped: bool = False

    def arg(self, *names: str, at: int | None = None) -> str:
        """The first of the named arguments that is there, else the positional one at `at`, else nothing."""
        for name in names:
            if self.named.get(name):
                return self.named[name]
        return self.words[at] if at is not None and at < len(self.words) else ""

    @property
    def text(self) -> str:
        """The tag as a warning quotes it."""
        line = self.whole
        return line if len(line) <= 80 else line[:77] + "…"

    @property
    def whole(self) -> str:
        """The tag as a warning quotes it that says what is no longer there."""
        return " ".join(self.raw.split())


def find_tags(doc: Doc) -> list[Tag]:
    """All tags outside code, in order, opening and closing ones paired."""
    tags: list[Tag] = []
    endless: set[str] = set()
    at = 0
    source = doc.source
    while match := _TAG.search(source, at):
        at = match.end()
        if doc.in_code(match.start(), match.start() + 2):
            at = match.start() + 2
            continue
        if match["output"] is not None and match.start() and source[match.start() - 1] in "=$":
            continue  # the value of a JSX attribute; an expression of GitHub's workflows
        tag = _parse(match)
        if tag.name in _VERBATIM.get(tag.kind, ()) and not tag.closes and tag.name not in endless:
            _take_body(tag, source)
            if not tag.body:
                endless.add(tag.name)
            at = tag.end
        tags.append(tag)
    _pair(tags)
    return tags


def _parse(match: re.Match[str]) -> Tag:
    kind: Literal["hugo", "liquid", "output"]
    if (inner := match["angle"]) is not None or (inner := match["percent"]) is not None:
        kind = "hugo"
    elif (inner := match["liquid"]) is not None:
        kind = "liquid"
    else:
        kind, inner = "output", match["output"].removesuffix("-")
    tag = Tag(match.start(), match.end(), match[0], kind, "")
    inner = inner.strip()
    if inner.startswith("/*") and inner.endswith("*/"):
        tag.escaped = True
        return tag
    if kind == "output":
        call = _CALL.fullmatch(inner)
        if not call:
            tag.name = inner
            return tag
        tag.name, rest = call[1], call[2].replace(",", " ")
    else:
        if kind == "hugo":
            tag.closes, inner = inner.startswith("/"), inner.strip("/ \n")
        call = _CALL.fullmatch(inner) if kind == "liquid" else None
        tag.name, _, rest = re.sub(r"\s+", " ", inner, count=1).partition(" ")
        if call:
            tag.name, rest = call[1], call[2].replace(",", " ")
        if kind == "liquid" and tag.name.startswith("end"):
            tag.closes, tag.name = True, tag.name[3:]
    for word in _WORD.finditer(rest):
        value = word[2][1:-1].replace('\\"', '"') if word[2][0] in "\"'`" else word[2]
        if word[1]:
            if kind != "liquid" or word[2][0] in "\"'" or not re.match(r"[A-Za-z_]\w*\.", value):  # a variable's name
                tag.named[word[1].lower()] = value
        else:
            tag.words.append(value)
    return tag


def _take_body(tag: Tag, source: str) -> None:
    pattern = (
        r"\{\{[<%]\s*/\s*" + re.escape(tag.name) + r"\s*[>%]\}\}"
        if tag.kind == "hugo"
        else r"\{%-?\s*end" + re.escape(tag.name) + r"\s*-?%\}"
    )
    if end := re.compile(pattern).search(source, tag.end):
        tag.body = (tag.end, end.start())
        tag.end = end.end()


def _pair(tags: list[Tag]) -> None:
    opened: list[Tag] = []
    waiting: Counter[tuple[str, str]] = Counter()  # by kind and name, and by kind alone
    for tag in tags:
        if not tag.closes:
            if tag.kind != "output" and not tag.body:
                opened.append(tag)
                waiting.update(((tag.kind, tag.name), (tag.kind, "")))
            continue
        while waiting[tag.kind, tag.name] and opened:
            other = opened.pop()
            waiting.subtract(((other.kind, other.name), (other.kind, "")))
            if other.kind == tag.kind and tag.name in {other.name, ""}:
                other.pair, tag.pair = tag, other
                break
