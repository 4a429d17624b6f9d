"""Emphasis that Markdown can write. `**` next to punctuation or blanks is no emphasis there, unlike in HTML."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dom import BLOCKS
from .escape import BLOCK, stands_for_punctuation
from .tree import attached, inner, unwrap

if TYPE_CHECKING:
    from .dom import Element

__all__ = ["mend"]

_KINDS = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), "em"),
    **dict.fromkeys(("del", "s", "strike"), "del"),
}
_HOLDERS = frozenset(("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "td", "th"))


@dataclass(slots=True)
class _Edges:
    """The characters around the marks: outside before, inside first, inside last, outside after."""

    before: str = "\n"
    first: str = "\n"
    last: str = "\n"
    after: str = "\n"


def mend(tree: Element) -> None:
    """Rewrites the emphasis below `tree` so that it comes through; what cannot is taken away, its text stays."""
    for element in list(tree.iter(*_KINDS)):
        if element.tag in _KINDS and attached(element, tree):
            _shape(element)
    for element, edges in _edges(tree).items():
        text = _trim(element, edges)
        opens = not _is_mark(edges.first) or not _is_word(edges.before)
        closes = not _is_mark(edges.last) or not _is_word(edges.after)
        if not text or not opens or not closes or edges.first.isspace() or edges.last.isspace():
            unwrap(element)


def _shape(element: Element) -> None:
    """No emphasis in the same emphasis, none around blocks, and one for what stands side by side."""
    kind = element.tag = _KINDS[element.tag]
    if any(_KINDS.get(one.tag) == kind for one in element.iterancestors()):
        unwrap(element)
    elif any(child.tag in BLOCKS for child in element.iterdescendants()):
        for block in [one for one in element.iterdescendants() if one.tag in _HOLDERS]:
            text = inner(block)
            if text.strip() and BLOCK not in text and not any(c.tag in BLOCKS for c in block.iterdescendants()):
                _push_down(block, kind)
        unwrap(element)
    else:
        _join(element, kind)


def _push_down(block: Element, kind: str) -> None:
    from lxml import etree

    new = etree.Element(kind)
    new.text, block.text = block.text, None
    for child in list(block):
        if child.tag == kind:
            unwrap(child)
        new.append(child)
    block.append(new)


def _join(element: Element, kind: str) -> None:
    """`<b>a</b><b>b</b>` is one piece of bold text."""
    parent = element.getparent()
    while (after := element.getnext()) is not None and not element.tail and _KINDS.get(after.tag) == kind:
        tail, after.tail = after.tail, None
        if parent is not None:
            parent.remove(after)
        after.tag = "span"
        element.append(after)
        element.tail = tail


def _edges(tree: Element) -> dict[Element, _Edges]:
    """One walk that notes what Markdown will have around each piece of emphasis."""
    from lxml import etree

    found: dict[Element, _Edges] = {}
    last = "\n"
    opened: list[_Edges] = []  # nothing was seen in them yet
    closed: list[_Edges] = []  # nothing was seen behind them yet

    def see(text: str) -> None:
        nonlocal last
        for edges in opened:
            edges.first = text[0]
        for edges in closed:
            edges.after = text[0]
        opened.clear()
        closed.clear()
        last = text[-1]

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag in BLOCKS or tag == "br":
                see("\n")
            elif tag == "a":
                see("[")
            elif tag in _KINDS:
                found[element] = _Edges(before=last)
                opened.append(found[element])
            if element.text:
                see(element.text)
        else:
            if tag in BLOCKS:
                see("\n")
            elif tag == "a":
                see(")")
            elif tag in _KINDS:
                found[element].last = last
                closed.append(found[element])
            if element.tail and element is not tree:
                see(element.tail)
    return found


def _trim(element: Element, edges: _Edges) -> bool:
    """Moves blanks, and punctuation that would keep the marks from counting, out; says whether anything is left."""
    if text := element.text or "":
        keep = text.lstrip()
        while keep and _is_mark(keep[0]) and _is_word(edges.before):
            keep = keep[1:].lstrip()
        if moved := text[: len(text) - len(keep)]:
            _put_before(element, moved)
            element.text = keep
            edges.before = moved[-1]
        if keep:
            edges.first = keep[0]
    child = next(element.iterchildren(reversed=True), None)
    text = (element.text if child is None else child.tail) or ""
    if text:
        keep = text.rstrip()
        while keep and _is_mark(keep[-1]) and _is_word(edges.after):
            keep = keep[:-1].rstrip()
        if moved := text[len(keep) :]:
            element.tail = moved + (element.tail or "")
            edges.after = moved[0]
            if child is None:
                element.text = keep
            else:
                child.tail = keep
        if keep:
            edges.last = keep[-1]
    return bool(inner(element).strip())


def _put_before(element: Element, text: str) -> None:
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text


def _is_mark(char: str) -> bool:
    """Whether CommonMark takes it for punctuation, or it stands for some."""
    return unicodedata.category(char)[0] in "PS" or stands_for_punctuation(char)


def _is_word(char: str) -> bool:
    return not char.isspace() and not _is_mark(char)
