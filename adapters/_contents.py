"""A table of contents in a text whose parts cannot be jumped to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..markdown import Block

_ITEM = re.compile(r"\s*(?:•|\d+\.)\s+")
_TITLE = re.compile(r"(?:table of )?contents:?|toc|overview|目录|目次", re.IGNORECASE)
#: Characters of what leads to nothing but a list of headings.
_SHORT = 60


def without_contents(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """The blocks without lists of the headings and what leads to them, which lead nowhere; and what is said of that."""
    kept: list[Block] = []
    said: list[str] = []
    for number, block in enumerate(blocks):
        items = [_ITEM.sub("", line).strip() for line in block.text.split("\n")] if block.kind == "list" else []
        names = {item.casefold() for item in items}
        below = {after.text.casefold() for after in blocks[number:] if after.kind == "heading"}
        if not 1 < len(items) == len(names) or not below.issuperset(names):
            kept.append(block)
            continue
        left = ", ".join(items)
        before = kept[-1].text if kept else ""
        if _TITLE.fullmatch(before) or (before.endswith((":", "：")) and len(before) < _SHORT):
            left = f"{kept.pop().text.rstrip(':：')}: {left}"
        said.append(f"the table of contents is left out: “{left}”")
    return kept, said
