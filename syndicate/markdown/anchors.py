"""Names of headings within a page, as sites derive them from what the headings say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    from .place import Places

_ID = re.compile(r"#([\w:.-]+)")
_LINK = re.compile(r"(?:\]\(|^\[[^\]\n]+\]:[ \t]*|\bhref=[\"'])#([\w:.%-]+)", re.MULTILINE)


def slug(title: str) -> str:
    """The name that GitHub and most sites make: lower case, dashes for blanks, no punctuation.

    Marks that belong to a letter stay, such as the vowel signs of Hindi and Thai; what makes a sign an emoji does not.
    """
    name = title.strip().lower().replace(" ", "-")
    if name.isascii():
        return "".join(c for c in name if c.isalnum() or c in "-_")
    return "".join(
        c for c in name if c.isalnum() or c in "-_" or (category(c)[0] == "M" and not "\ufe00" <= c <= "\ufe0f")
    )


def renamed(places: Places, given: Iterable[re.Match[str]], *, everywhere: bool) -> None:
    """Links to headings lead to the names that a site will give them, not to those that their authors gave (``{#id}``).

    Args:
        places: Of the document; the links in it are changed.
        given: Where authors gave a name, behind the headings' text.
        everywhere: The site takes the names as they are made here; else only those that are made of words alone.
    """
    doc = places.doc
    if "(#" not in doc.source and "#" not in "".join(m[0] for m in _LINK.finditer(doc.source)):
        return
    lines = {doc.line_of(match.start()): match for match in given}
    taken, names = Counter[str](), dict[str, str]()
    for inline, opener in doc.inlines():
        if opener.type != "heading_open" or not opener.map:
            continue
        said = "".join(c.content for c in inline.children or () if c.type in {"text", "code_inline"})
        match = next((lines[n] for n in range(*opener.map) if n in lines), None)
        if match:
            said = said.replace(match[0].strip(), "")
        stem = slug(said)
        name = f"{stem}-{taken[stem]}" if taken[stem] else stem
        taken[stem] += 1
        # Platforms differ in what they make of punctuation.
        if match and (found := _ID.search(match[0])) and (everywhere or name.replace("-", " ") == said.strip().lower()):
            names.setdefault(found[1], name)
    for link in _LINK.finditer(doc.source):
        if (name := names.get(link[1], "")) and not doc.in_code(*link.span()):
            places.replace(*link.span(1), name)
