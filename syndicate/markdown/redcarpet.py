"""What Redcarpet, which DEV (Forem) shows posts with, reads in another way than CommonMark.

From its source (ext/redcarpet/markdown.c) and Forem's setting (app/lib/constants/redcarpet.rb): after an empty line a
list goes on only with what is indented by four columns, else the next number is 1 again; a fence in a list needs an
empty line above; a table does not end a paragraph; a pipe in a cell cannot be escaped; `1)` is no number; a backslash
breaks no line. What is written here means the same to CommonMark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.token import Token

from .edits import Edits
from .parse import Doc
from .place import Places

#: A text without any of this is read alike.
TRIGGER = re.compile(
    r"\\\n|\|(?<=\\\|)|^[ \t>]*\d+\)[ \t]|^[ \t>]*(?:[-*+]|\d+\.)[ \t]|^[ \t>]*\|?[ \t]*:?-+:?[ \t]*\|", re.MULTILINE
)
_MARKER = re.compile(r"([-*+]|\d+[.)])( +)$")
_COLUMNS = 4
_LISTS = {"bullet_list_open", "ordered_list_open"}


def fitted(doc: Doc) -> str:
    """The text so that Redcarpet shows what CommonMark does."""
    places, tokens = Places(doc), doc.tokens
    steps = _steps(tokens)
    wide = _wide(tokens, steps)
    for token in _below(tokens, wide):
        _set_apart(places, token)
    for i in steps:
        for line in range(*(tokens[i].map or (0, 0))):
            if not places.blank(line):
                places.edits.insert(doc.starts[line], " " * _COLUMNS)
    alone = True
    for i, token in enumerate(tokens):
        if token.type == "ordered_list_open":
            alone = not (i and tokens[i - 1].type == "ordered_list_close")
        elif token.type == "list_item_open":
            _item(doc, places.edits, token, tokens[i + 1], wide=i in wide, dot=alone)
        elif token.type == "inline":
            _inline(doc, places.edits, token)
    return places.edits.apply()


def _lists(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """The outermost lists: the first token of each, and the last."""
    end = 0
    for i, token in enumerate(tokens):
        if i >= end and token.type in _LISTS:
            end = next(n for n in range(i + 1, len(tokens)) if tokens[n].level == token.level and tokens[n].nesting < 0)
            yield i, end


def _steps(tokens: list[Token]) -> frozenset[int]:
    """Blocks of code between two lists of which the second goes on counting: they belong to the item above."""
    found: list[int] = []
    after: tuple[int, int] | None = None
    for i, last in _lists(tokens):
        if tokens[i].type == "ordered_list_open" and not tokens[i].level:
            start = int(tokens[i].attrs.get("start", 1))
            between = range(after[0] + 1, i) if after and after[1] == start else range(0)
            if between and all(tokens[n].type == "fence" for n in between):
                found += between
            items = sum(t.type == "list_item_open" and t.level == 1 for t in tokens[i:last])
            after = last, start + items
    return frozenset(found)


def _wide(tokens: list[Token], steps: frozenset[int]) -> frozenset[int]:
    """The items of the lists in which one has more in it than a paragraph and lists."""
    found: list[int] = []
    for i, last in _lists(tokens):
        if i - 1 in steps or last + 1 in steps or any(_further(tokens, n) for n in range(i, last)):
            found += (n for n in range(i, last) if tokens[n].type == "list_item_open")
    return frozenset(found)


def _further(tokens: list[Token], i: int) -> bool:
    """Whether a block in an item is not the first in it, and no list."""
    token = tokens[i]
    block = token.nesting >= 0 and token.map and token.type not in {*_LISTS, "list_item_open", "inline"}
    return bool(block) and tokens[i - 1].type in {
        "paragraph_close", "heading_close", "bullet_list_close", "ordered_list_close", "fence", "code_block", "hr",
        "blockquote_close", "table_close", "html_block", "math_block",
    }  # fmt: skip


def _below(tokens: list[Token], wide: frozenset[int]) -> Iterator[Token]:
    """The blocks that an empty line has to stand above."""
    until = -1
    for i, token in enumerate(tokens):
        if i in wide and i > until:
            until = next(
                n for n in range(i + 1, len(tokens)) if tokens[n].level == token.level and tokens[n].nesting < 0
            )
        behind = token.type == "fence" and i and tokens[i - 1].type.endswith("_list_close")
        if token.type == "table_open" or behind or (i < until and _further(tokens, i)):
            yield token


def _set_apart(places: Places, token: Token) -> None:
    """An empty line above a block, unless it begins on the line of its item's marker."""
    doc, start = places.doc, places.doc.begin(token)
    line = doc.line_of(start)
    prefix = doc.prefix(start)
    if doc.source[doc.starts[line] : start] == prefix and not places.blank(line - 1):
        places.edits.insert(doc.starts[line], prefix.rstrip() + "\n")


def _item(doc: Doc, edits: Edits, item: Token, child: Token, *, wide: bool, dot: bool) -> None:
    """Gives an item a marker with a dot and, if `wide`, content that begins four columns behind it."""
    first, last = item.map or (0, 0)
    if child.type == "list_item_close" or not child.map or child.map[0] != first:
        return
    start = doc.begin(child)
    found = _MARKER.search(doc.source, doc.starts[first], start)
    if not found:
        return
    if dot and found[1].endswith(")"):
        edits.replace(found.end(1) - 1, found.end(1), ".")
    width, column = len(found[0]), found.start() - doc.starts[first]
    if not wide or width >= _COLUMNS or child.type == "code_block":
        return
    lines = (
        doc.starts[line] for line in range(first + 1, last) if doc.source[slice(*doc.lines(line, line + 1))].strip()
    )
    # Not the lazy lines of a paragraph.
    begins = [line + column for line in lines if not doc.source[line + column : line + column + width].strip(" ")]
    least = min((_blanks(doc.source, at) for at in begins), default=_COLUMNS)
    if least < _COLUMNS:
        for at in (start, *begins):
            edits.insert(at, " " * (_COLUMNS - least))


def _blanks(source: str, at: int) -> int:
    """How many blanks stand from `at` on; as many as are wanted, where nothing else does."""
    found = re.compile(r" *(\S?)").match(source, at)
    return found.start(1) - at if found and found[1] else _COLUMNS


def _inline(doc: Doc, edits: Edits, inline: Token) -> None:
    for child in inline.children or ():
        if child.type == "hardbreak":
            start, end = child.meta["span"]
            if inline.content[start:end].startswith("\\"):
                edits.replace(doc.at(inline, start), doc.at(inline, start) + 1, "  ")
    if "cell" in inline.meta and "|" in inline.content:
        _cell(doc, edits, inline)


def _cell(doc: Doc, edits: Edits, inline: Token) -> None:
    """Pipes as entities: code that holds one has to be HTML."""
    code = [c for c in inline.children or () if c.type == "code_inline"]
    for child in code:
        if "|" in child.content:
            shown = re.sub(r"[^\w\s.,;-]", lambda sign: f"&#{ord(sign[0])};", child.content)  # it is Markdown in there
            edits.replace(*doc.span(inline, child.meta["span"]), f"<code>{shown}</code>")
    spans = [child.meta["span"] for child in code]
    for match in re.finditer(r"\|", inline.content):
        if not any(start <= match.start() < end for start, end in spans):
            at = doc.at(inline, match.start())
            edits.replace(at - 1 if doc.source[at - 1] == "\\" else at, at + 1, "&#124;")
