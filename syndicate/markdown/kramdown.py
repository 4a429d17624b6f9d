"""What kramdown adds: Markdown inside HTML (``<aside markdown="1">``), classes that make callouts, lists of terms."""

from __future__ import annotations

import re

from markdown_it.token import Token

from .callouts import KINDS
from .edits import Edits, Report
from .markup import BLOCK, tags
from .parse import Doc
from .place import Places, within

_ATTRIBUTE = re.compile(r"\s+markdown\s*=\s*(?:\"(\w*)\"|'(\w*)'|(\w+))", re.IGNORECASE)
#: Stands between HTML and Markdown until the lines between are put in order.
_CUT = "\ufdd3"


#: Classes by which themes (Chirpy, Minimal Mistakes, Just the Docs) make a block a callout.
_CALLOUT = re.compile(
    r"^[ \t]*\{:[^}\n]{0,200}\.(?:(?:prompt-|notice--|callout-|alert-)(?P<kind>\w+)|(?P<notice>notice)|(?P<first>note|tip|warning|important|caution|danger|info))\s*(?:[ .#][^}\n]{0,200})?\}[ \t]*$",
    re.MULTILINE,
)
_CONTENTS = re.compile(r"^([ \t]*)(?:[*+-]|\d+\.)[ \t]+[^\n]*\n[ \t]*\{:\s*toc\b[^}\n]*\}[ \t]*$", re.MULTILINE)
_ABBREVIATION = re.compile(r"^\*\[([^\]\n]+)\]:[ \t]*([^\n]*)$", re.MULTILINE)
_TERM = re.compile(r"\n:[ \t]+\S")


def classes(places: Places, report: Report) -> None:
    """Blocks with the class of a callout become quotes with a label; a table of contents goes."""
    doc = places.doc
    for match in _CONTENTS.finditer(doc.source) if "toc" in doc.source else ():
        if not doc.in_code(*match.span()):
            report.collect("the place of a table of contents was left out: {items}", f"`{' '.join(match[0].split())}`")
            places.drop(*match.span())
    matches = list(_CALLOUT.finditer(doc.source)) if "{:" in doc.source else []
    blocks = _blocks(doc) if matches else {}
    for match in matches:
        kind = match["kind"] or match["notice"] or match["first"]
        if kind.lower() in KINDS or match["kind"]:
            line = doc.line_of(match.end())
            _label(places, blocks, line, KINDS.get(kind.lower(), "Note"), before=bool(match["first"]))


def _blocks(doc: Doc) -> dict[int, int]:
    """The paragraph or quote, none within another, that each line is of."""
    found = enumerate(doc.tokens)
    kinds = {"blockquote_open", "paragraph_open"}
    return {n: i for i, t in found if not t.level and t.map and t.type in kinds for n in range(*t.map)}


def _label(places: Places, blocks: dict[int, int], line: int, text: str, *, before: bool) -> None:
    """Gives the block that the line of attributes belongs to a label. `before`: the line stands above the block."""
    doc = places.doc
    own = blocks.get(line)
    alone = own is not None and doc.tokens[own].map == [line, line + 1]
    found = (blocks.get(line + 1) if before or line - 1 not in blocks else blocks.get(line - 1)) if alone else own
    if own is None or found is None:
        return
    first, end = doc.tokens[found].map or (0, 0)
    if before and first < line:
        return
    lines = [n for n in range(first, end) if n != line]
    if doc.tokens[found].type == "blockquote_open":
        places.edits.insert(doc.begin(doc.tokens[found + 1]), f"**{text}**\n>\n> ")
    else:
        for n in lines:
            places.edits.insert(doc.starts[n], f"> **{text}**\n>\n> " if n == lines[0] else "> ")


def terms(places: Places, report: Report) -> None:
    """Lists of terms: the term in bold, what it means as a list. What abbreviations mean is named."""
    doc = places.doc
    if "\n*[" in f"\n{doc.source}":
        for match in _ABBREVIATION.finditer(doc.source):
            if not doc.in_code(*match.span()):
                report.collect("what abbreviations mean was left out: {all}", f"“{match[1]}: {match[2]}”")
                places.drop(*match.span())
    if "\n:" not in doc.source or not _TERM.search(doc.source):
        return
    for inline, opener in doc.inlines():
        if opener.type != "paragraph_open" or opener.level or not _TERM.search(inline.content):
            continue
        lines = inline.content.split("\n")
        first = next(n for n, line in enumerate(lines) if n and re.match(r":[ \t]+\S", line))
        if any(line.startswith((":", "|")) for line in lines[:first]) or any(
            "`" in x and x.count("`") % 2 for x in lines
        ):
            continue
        starts = doc.line_begins(opener)
        for n, (line, start) in enumerate(zip(lines, starts, strict=True)):
            text = line.strip()
            if n < first:
                new = text if "**" in text else f"**{text}**"
                new += "  " if n < first - 1 else "\n"
            else:
                new = re.sub(r"^:[ \t]+", "- ", text) if text.startswith(":") else f"  {text}"
            places.replace(start, start + len(doc.source[start:].split("\n", 1)[0]), new)
        report.tally("{n} {list of terms is|lists of terms are} shown as {a term in bold|terms in bold} and lists")


def opened(places: Places) -> None:
    """Sets such content apart with empty lines, which is what CommonMark asks for."""
    if "markdown" not in places.doc.source:
        return
    for token in places.doc.tokens:
        if token.type == "html_block" and token.map and _ATTRIBUTE.search(token.content):
            start, end = places.doc.begin(token), places.doc.lines(*token.map)[1]
            text = _apart(token).rstrip("\n")
            if not text.startswith("<") and not places.blank(token.map[0] - 1):
                text = f"\n{text}"
            places.replace(start, end, within(places.doc.prefix(start), text))


def _apart(token: Token) -> str:
    edits = Edits(token.content)
    wanted: list[tuple[str, bool]] = []
    for tag in tags(token.content):
        at, end = tag.at, tag.at + len(tag.text)
        if not tag.closes:
            asked = _ATTRIBUTE.search(tag.text)
            markdown = bool(asked and (asked[1] or asked[2] or asked[3]) != "0")
            wanted.append((tag.name, markdown))
            if markdown and tag.name == "p":  # Markdown makes the paragraph, and one is in no other
                edits.replace(at, end, _CUT)
                continue
            if asked:
                edits.replace(at + asked.start(), at + asked.end(), "")
            if markdown:
                edits.insert(end, _CUT)
            continue
        while wanted:
            name, markdown = wanted.pop()
            if name == tag.name:
                if markdown and name == "p":
                    edits.replace(at, end, _CUT)
                elif markdown:
                    edits.insert(at, _CUT)
                break
    pieces = edits.apply().split(_CUT)
    return "\n\n".join(piece for piece in map(_dedented, pieces) if piece) + "\n"


def _dedented(piece: str) -> str:
    """A piece without the indentation that all its lines have, lest it be taken for code."""
    lines = piece.strip("\n").rstrip().split("\n")
    least = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
    out = ""
    for line in [lines[0].lstrip(), *(line[least:] for line in lines[1:])]:
        out += (" " if _only_inline_tags(out.rpartition("\n")[2]) and line.strip() else "\n") + line
    return out.removeprefix("\n")


def _only_inline_tags(line: str) -> bool:
    """Whether CommonMark would take this line, and what follows it, for a block of HTML instead of a paragraph."""
    found = tags(line)
    bare = len(line.strip()) == sum(len(tag.text) for tag in found)
    return bool(found) and bare and all(tag.name not in BLOCK for tag in found)
