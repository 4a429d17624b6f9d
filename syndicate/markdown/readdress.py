"""A document whose addresses change, and nothing else: most of what was parsed stays."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from markdown_it.token import Token

from .edits import Edits
from .parse import Doc
from .parser import children

#: An address that a definition takes as it is.
_PLAIN = re.compile(r"[\w/.:?=#@!,;~+%-]+", re.ASCII)
#: What stands before one on its line.
_LABEL = re.compile(r"[ >]*\[[^\[\]\\\n]+\]:[ \t]*")


def readdressed(doc: Doc, edits: Edits) -> Doc | None:
    """The document with other addresses; `None` if anything else would change."""
    changed = _in_place(doc, edits) or Doc(edits.apply(), doc)
    return changed if _alike(doc, changed) else None


def _in_place(doc: Doc, edits: Edits) -> Doc | None:
    """Only the paragraphs in which an address changes are parsed anew; `None` if that may not be all.

    An address behind a parenthesis or a label does not begin its line, and without a bar its line is no row of a table:
    so blocks stay what they are. Addresses in HTML and in tables, and notes, which are numbered, are left to the parser.
    """
    source, tokens, env = doc.source, [*doc.tokens], {**doc.env}
    if doc.too_deep or "[^" in source or "$$" in source:
        return None
    inlines = [i for i, token in enumerate(tokens) if token.type == "inline"]
    begins = [(tokens[i].map or [0])[0] for i in inlines]
    changes: dict[int, Edits] = {}
    defined: dict[int, str] = {}
    for start, end, new in edits:
        line, old = doc.line_of(start), source[start:end]
        if "|" in old + new or "\n" in new:
            return None
        at = bisect_right(begins, line) - 1
        inline = tokens[inlines[at]] if at >= 0 else None
        if inline and inline.map and line < inline.map[1]:
            first = doc.offset(inline, start) if "cell" not in inline.meta else -1
            if source[start - 1] != "(" or inline.content[first : first + end - start] != old:
                return None
            changes.setdefault(inlines[at], Edits(inline.content)).replace(first, first + end - start, new)
        elif _PLAIN.fullmatch(old) and _PLAIN.fullmatch(new) and _LABEL.fullmatch(source, doc.starts[line], start):
            defined[line] = new
        else:
            return None
    text = edits.apply()
    _define(doc, env, text, defined)
    lost = {one["href"] for one in doc.env.get("references", {}).values() if one["map"][0] in defined}
    changes |= {i: Edits(tokens[i].content) for i in inlines if i not in changes and lost & {*_hrefs(tokens[i])}}
    under = doc.known.under(env)
    for i, part in changes.items():
        inline = tokens[i] = tokens[i].copy(content=part.apply())
        inline.children = children(inline.content, under if "[" in inline.content else None, env, doc.known)
    return Doc(text, doc, parsed=(tokens, env))


def _define(doc: Doc, env: dict[str, Any], text: str, defined: dict[int, str]) -> None:
    """Puts the addresses, by their definitions' lines, into `env`, and where the definitions stand in `text`."""
    if "definitions" in env:
        starts = [*accumulate((len(line) + 1 for line in text.split("\n")), initial=0)]
        env["definitions"] = [
            (line, end, [starts[line + n] + at - doc.starts[line + n] for n, at in enumerate(lines)])
            for line, end, lines in env["definitions"]
        ]
    if defined:
        env["references"] = {
            label: one | {"href": defined.get(one["map"][0], one["href"])} for label, one in env["references"].items()
        }


def _hrefs(token: Token) -> Iterator[str]:
    """The addresses in a paragraph or in the text of a picture."""
    for child in token.children or ():
        if child.type in {"link_open", "image"}:
            yield str(child.attrs.get("href", child.attrs.get("src")))
            yield from _hrefs(child)


def _alike(one: Doc, other: Doc) -> bool:
    """Whether two parsed documents say the same but for addresses. What they share needs no look."""
    return (
        len(one.tokens) == len(other.tokens)
        and all(
            a is b or (a.children is not None and a.children is b.children) or _said(a) == _said(b)
            for a, b in zip(one.tokens, other.tokens, strict=True)
        )
        and sorted(one.env.get("references", ())) == sorted(other.env.get("references", ()))
    )


def _said(token: Token) -> list[object]:
    """All that a token says but for addresses."""
    if token.type != "inline":
        return [token.type, token.tag, None if token.type == "html_block" else token.content, token.info]
    out: list[object] = []
    if "<" in token.content:
        from .markup import start_tags  # and with it html.parser, for posts that have HTML
    for child in token.children or ():
        content = len(start_tags(child.content)) if child.type == "html_inline" else child.content
        out.append((child.type, None if child.type == "image" else content, child.attrs.get("title")))
        if child.type == "image":
            out.append([(c.type, c.content) for c in child.children or ()])
    return out
