"""Small changes to a tree. None of them copies text around: a hundred thousand of them stay cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .dom import Element

__all__ = ["alone", "attached", "become", "inner", "remove", "unwrap"]


def attached(element: Element, tree: Element) -> bool:
    """Whether it is still below `tree`."""
    return any(one is tree for one in element.iterancestors())


def alone(element: Element) -> bool:
    """Whether nothing stands beside it in its parent."""
    parent = element.getparent()
    if parent is None or element.getnext() is not None or element.getprevious() is not None:
        return False
    return not ((parent.text or "") + (element.tail or "")).strip()


def inner(element: Element) -> str:
    """All text that an element holds."""
    return "".join(map(str, element.itertext()))


def become(element: Element, tag: str, text: str) -> None:
    """Makes it an element that holds `text` alone."""
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = tag, text, tail


def remove(element: Element) -> None:
    """Leaves nothing of an element but the text behind it."""
    become(element, "span", "")


def unwrap(element: Element) -> None:
    """Leaves what an element holds."""
    from .dom import BLOCKS

    element.tag = "div" if any(child.tag in BLOCKS for child in element) else "span"
    for name in list(element.attrib):
        del element.attrib[name]
