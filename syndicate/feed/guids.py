"""Which of two `<guid>` an RSS item is known by: the first. feedparser keeps the last."""

from __future__ import annotations

__all__ = ["first_guids"]


def first_guids(document: bytes) -> list[str | None] | None:
    """The first guid of each item, in their order; `None` where no item has two, or that cannot be told."""
    if document.count(b"<guid") <= document.count(b"<item"):
        return None
    from xml.parsers import expat

    found: list[str | None] = []
    inside: list[str] = []
    text: list[str] | None = None

    def start(name: str, _: object) -> None:
        nonlocal text
        inside.append(name)
        if name == "item":
            found.append(None)
        elif name == "guid" and "item" in inside and found and found[-1] is None:
            text = []

    def end(name: str) -> None:
        nonlocal text
        inside.pop()
        if name == "guid" and text is not None:
            found[-1], text = "".join(text).strip() or None, None

    def characters(data: str) -> None:
        if text is not None:
            text.append(data)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    try:
        parser.Parse(document, True)
    except expat.ExpatError:
        return None
    return found
