"""What a site's templates put into a text: ``{{ site.title }}``, ``{{ page.author }}``, ``{{< param "x" >}}``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .parse import Doc
from .tags import Tag, find_tags

#: Filters that change nothing, or nothing that shows.
_HARMLESS = {"escape", "xml_escape", "escape_once", "strip", "strip_html", "strip_newlines", "markdownify", "safe"}
_CASES = {"upcase": str.upper, "downcase": str.lower, "capitalize": str.capitalize}


def filled(text: str, variables: Mapping[str, str]) -> str:
    """`text` with the values of the variables that it names outside code, as the site would show them.

    Args:
        text: A post's body.
        variables: By full name, such as `site.title`. What is not among them stays as it is.
    """
    if not variables or ("{{" not in text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    doc = Doc(text)
    edits = doc.edits()
    for tag in find_tags(doc):
        if not tag.escaped and not tag.body and (value := _value(tag, variables)) is not None:
            edits.replace(tag.start, tag.end, value)
    return edits.apply()


def _value(tag: Tag, variables: Mapping[str, str]) -> str | None:
    if tag.kind == "hugo":
        known = tag.name.lower() in {"param", "siteparam"} and not tag.closes and tag.words
        return variables.get(f"site.{tag.words[0].removeprefix('Site.Params.')}") if known else None
    if tag.kind != "output" or "(" in tag.raw:
        return None
    name, *filters = (piece.strip() for piece in tag.name.split("|"))
    value = variables.get(name)
    for one in filters if value is not None else ():
        if default := re.fullmatch(r"default:\s*.*", one):
            continue
        if one in _CASES:
            value = _CASES[one](value or "")
        elif one not in _HARMLESS and not default:
            return None
    return value
