"""Footnotes in HTML, as Hugo, kramdown, GitHub, Pandoc and markdown-it write them → references and notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag

from ..post.identity import normalise_url
from .code_html import classes
from .tree import alone, become, inner, remove, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from .dom import Element

__all__ = ["take"]

_NUMBER = re.compile(r"\s*\[?\s*(?:\d{1,3}|[a-z]|[*†‡§¶]{1,3})\s*\]?\s*", re.IGNORECASE)
_BACK = re.compile(r"[\s↩⤴︎️↑^⏎⮌]*")
_REFERENCE_CLASSES = frozenset(("footnote-ref", "footnote", "footnoteref", "footnote-reference", "fn-ref"))
_BACK_CLASSES = frozenset(
    ("footnote-backref", "footnote-back", "reversefootnote", "footnote-return", "data-footnote-backref")
)
_NOTES = frozenset(("li", "p", "div", "aside", "dd", "section"))
_HOLDERS = frozenset(("ol", "ul", "section", "div", "dl", "aside", "footer"))


def take(tree: Element, base: str, keep: Callable[[str], str]) -> list[tuple[int, Element]]:
    """Takes the notes out of the tree, and puts `[^n]` in the place of what refers to them.

    Returns:
        Each note's number and the element that holds its text, in the order in which the text refers to them.
    """
    targets = {id: element for element in tree.iter() for id in (element.get("id"), element.get("name")) if id}
    if not targets:
        return []
    numbers: dict[Element, int] = {}
    references: dict[Element, None] = {}
    for link in list(tree.iter("a")):
        note = _note(link, base, targets)
        if note is not None and link is not note and note not in link.iterancestors():
            numbers.setdefault(note, len(numbers) + 1)
            references[link] = None
    if not numbers:
        return []
    _leave_out_returns(numbers, base, references)
    for link in references:
        note = _note(link, base, targets)
        label = keep(f"[^{numbers[note]}]") if note is not None else ""
        around = link.getparent()
        become(around if around is not None and around.tag == "sup" and alone(link) else link, "span", label)
    for holder in {holder: None for note in numbers for holder in [_cut(note)]}:
        _tidy(holder)
    return [(number, note) for note, number in numbers.items()]


def _fragment(href: str | None, base: str) -> str | None:
    """The place on this page that a link leads to."""
    address, fragment = urldefrag(href or "")
    if not fragment or (address and normalise_url(address) != normalise_url(urldefrag(base)[0])):
        return None
    return unquote(fragment)


def _note(link: Element, base: str, targets: dict[str, Element]) -> Element | None:
    """The note that a link refers to, if that is what it does."""
    fragment = _fragment(link.get("href"), base)
    if fragment is None or not _NUMBER.fullmatch(inner(link)):
        return None
    parent = link.getparent()
    raised = (parent is not None and parent.tag == "sup") or next(link.iter("sup"), None) is not None
    named = _REFERENCE_CLASSES.intersection(classes(link)) or link.get("rel") == "footnote"
    if not (raised or named or link.get("data-footnote-ref") is not None or link.get("role") == "doc-noteref"):
        return None
    target = targets.get(fragment)
    if target is None:
        return None
    if target.tag in _NOTES:
        return target
    return next((one for one in target.iterancestors() if one.tag in _NOTES), None)


def _leave_out_returns(numbers: dict[Element, int], base: str, references: dict[Element, None]) -> None:
    """Takes the links away that lead from a note back to the text."""
    back = {id for link in references for one in (link, link.getparent()) if one is not None and (id := one.get("id"))}
    for note in numbers:
        for link in list(note.iter("a")):
            text = inner(link)
            named = _BACK_CLASSES.intersection(classes(link)) or link.get("role") == "doc-backlink"
            if named or (_BACK.fullmatch(text) and link.get("href")):
                remove(link)
            elif _fragment(link.get("href"), base) in back and link not in references:
                remove(link) if _NUMBER.fullmatch(text) else unwrap(link)


def _cut(note: Element) -> Element | None:
    """Takes a note out of what holds it, and says what that is."""
    holder = note.getparent()
    if holder is not None:
        place = note.makeelement("span")
        place.tail, note.tail = note.tail, None
        holder.replace(note, place)
    return holder


def _tidy(holder: Element | None) -> None:
    """Takes away what held notes only: a list, a section, its heading and the rule above it."""
    while holder is not None and holder.tag in _HOLDERS and holder.getparent() is not None and _is_empty(holder):
        before = holder.getprevious()
        remove(holder)
        if before is not None and before.tag == "hr":
            remove(before)
        holder = holder.getparent()


def _is_empty(holder: Element) -> bool:
    headings = list(holder.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    texts = [inner(one) for one in headings]
    if not all("note" in text.lower() or "脚注" in text for text in texts):
        return False
    if next(holder.iter("img", "iframe", "video", "pre"), None) is not None:
        return False
    return len(inner(holder).strip()) <= sum(map(len, texts))
