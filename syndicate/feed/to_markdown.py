"""A feed's HTML → Markdown that says the same: code to the byte, links absolute, and text that stays text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import FeedTrouble, code_html
from .escape import BLOCK, CODE, END, clean, unmarked

if TYPE_CHECKING:
    from .dom import Element
    from .prepare import Kept

__all__ = ["to_markdown"]

_TAGS_WORDS = (
    "a b blockquote br caption del details div em figcaption figure h1 h2 h3 h4 h5 h6 hr i li ol p s span "
    "strong summary table tbody td tfoot th thead tr ul"
)
_TAGS = frozenset(_TAGS_WORDS.split())
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_PIECE = re.compile(f"{CODE}(\\d+){END}")
_BLOCK = re.compile(f"{BLOCK}(\\d+){END}")
_ALONE = re.compile(r"(?:[ >]|[-*+] |\d{1,9}[.)] |\[\^\d+\]: )*")


def to_markdown(html: str, base: str) -> tuple[str, tuple[str, ...]]:
    """Converts what an entry holds.

    Args:
        html: As the feed has it; nothing in it is trusted.
        base: What relative links are told from.

    Returns:
        Markdown (CommonMark with tables, strikethrough and footnotes; no raw HTML), and what could not be carried.

    Raises:
        FeedTrouble: ``refused``: it is longer or nested more deeply than any post.
    """
    from ..markdown.edits import Report
    from . import notes_html
    from .dom import TooMuchError, parse
    from .prepare import Kept, prepare

    try:
        tree = parse(clean(html))
    except TooMuchError as error:
        raise FeedTrouble(f"the text has {error}", kind="refused") from None
    kept = Kept(base=base, report=Report())
    notes = notes_html.take(tree, base, kept.piece)
    parts = []
    for element in (tree, *(note for _, note in notes)):
        prepare(element, kept)
        parts.append(_converted(element))
    text = "\n\n".join([parts[0].strip("\n"), *(_definition(n, part) for (n, _), part in zip(notes, parts[1:]))])
    text = _PIECE.sub(lambda match: kept.pieces[int(match[1])], text)  # links hold marks of their own
    text = _PIECE.sub(lambda match: kept.pieces[int(match[1])], text)
    text = "\n".join(_line(line, kept) for line in unmarked(text).split("\n"))
    return text.strip("\n") + "\n" if text.strip() else "", kept.report.messages()


def _definition(number: int, text: str) -> str:
    first, *more = text.strip("\n").split("\n")
    return "\n".join([f"[^{number}]: {first}", *(f"    {line}" if line.strip() else "" for line in more)])


def _converted(element: Element) -> str:
    """What a tree says in Markdown. It is sanitised last, so nothing that was done to it before can be undone."""
    import html_to_markdown
    import nh3
    from lxml import etree

    element.tag, element.tail = "div", None
    for name in list(element.attrib):
        del element.attrib[name]
    source = etree.tostring(element, encoding="unicode", method="html")
    safe = nh3.clean(
        source,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    options = html_to_markdown.ConversionOptions(
        heading_style="atx",
        bullets="-",
        autolinks=False,
        extract_metadata=False,
        compact_tables=True,
        include_blockquote_citations=False,
        highlight_style="none",
        hidden_content="all",
        # All punctuation is marked by now; should some of it not be, it is escaped all the same.
        escape_misc=True,
        escape_asterisks=True,
        escape_underscores=True,
        preprocessing=html_to_markdown.PreprocessingOptions(enabled=False),
    )
    return html_to_markdown.convert(safe, options).content or ""


def _line(line: str, kept: Kept) -> str:
    """Puts the code in whose place a line keeps, below whatever lists and quotes the line begins with."""
    match = _BLOCK.search(line)
    if not match:
        return line
    prefix = line[: match.start()]
    if line[match.end() :].strip() or not _ALONE.fullmatch(prefix):
        return _BLOCK.sub(lambda one: code_html.inline(kept.blocks[int(one[1])][0].strip()), line)
    code, language = kept.blocks[int(match[1])]
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    inside = re.sub(r"[^ >]", " ", prefix)
    if prefix.startswith("[^"):
        inside = "    "
    lines = [f"{ticks}{language}", *code.split("\n"), ticks]
    first, *more = lines
    return "\n".join([prefix + first, *((inside + one) if one else inside.rstrip() for one in more)])
