"""Code in HTML → the code itself, to the byte, and its language; whatever highlighter has coloured it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .tree import inner

if TYPE_CHECKING:
    from .dom import Element

__all__ = ["classes", "code_cell", "code_text", "inline", "language"]

#: Highlighters' line numbers and buttons.
_NOT_CODE_WORDS = (
    "lineno linenos linenodiv ln lnt gutter gl line-number line-numbers line-numbers-rows hljs-ln-numbers "
    "blob-num copy copy-button btn-clipboard headerlink"
)
_NOT_CODE = frozenset(_NOT_CODE_WORDS.split())
_TABLES = frozenset(("lntable", "rouge-table", "highlighttable", "codehilitetable", "hljs-ln", "gutter"))
_CODE_CELLS = frozenset(("code", "rouge-code", "hljs-ln-code", "blob-code", "lntd"))
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source|brush)[-:]([\w+#.-]{1,30})")
_NAME = re.compile(r"[\w+#.-]{1,30}")
_NONE = frozenset(("none", "fallback", "nohighlight", "no-highlight", "default", "auto", "plain"))
_LINES = frozenset(("div", "p", "li", "tr"))


def classes(element: Element) -> list[str]:
    """The names in its `class`."""
    return (element.get("class") or "").lower().split()


def language(pre: Element) -> str:
    """What the classes and attributes of a block, of the code in it and of what is around it say; may be empty."""
    around = [one for one, _ in zip(pre.iterancestors(), range(4)) if one.tag in {"div", "figure", "td", "code"}]
    for element in [*pre.iter("code", "pre", "div"), pre, *around]:
        named = (
            element.get("data-lang") or element.get("data-language") or (element.get("lang") if element is pre else "")
        )
        text = re.sub(r"brush:\s+", "brush:", (element.get("class") or ""))
        found = [match[1].rstrip(";") for match in map(_LANGUAGE.fullmatch, text.replace(";", " ").split()) if match]
        if "sourceCode" in text.split():
            found += [name for name in text.split() if name not in {"sourceCode", "numberSource", "numberLines"}]
        for name in [named or "", *found]:
            if _NAME.fullmatch(name):
                return "" if name.lower() in _NONE else name
    return ""


def code_text(pre: Element) -> str:
    """The code in a block."""
    text = "".join(_pieces(pre, Lines())).replace("\r\n", "\n").replace("\r", "\n")
    # HTML's parser leaves out a line end right behind the tag.
    return text.removeprefix("\n") if (pre.text or "").startswith("\n") else text


class Lines:
    """Whether the code so far ends with a line's end."""

    ended = True


def _pieces(element: Element, state: Lines) -> Iterator[str]:
    if element.text:
        state.ended = element.text.endswith("\n")
        yield element.text
    for child in element:
        if child.tag == "br":
            state.ended = True
            yield "\n"
        elif child.tag not in {"button", "script", "style"} and not _NOT_CODE.intersection(classes(child)):
            apart = child.tag in _LINES
            if apart and not state.ended:
                state.ended = True
                yield "\n"
            yield from _pieces(child, state)
            if apart and not state.ended:
                state.ended = True
                yield "\n"
        if child.tail:
            state.ended = child.tail.endswith("\n")
            yield child.tail


def code_cell(table: Element) -> str | None:
    """The code in a table that a highlighter made to put line numbers beside it; `None` if it is another table."""
    cells = [cell for cell in table.iter("td") if not _NOT_CODE.intersection(classes(cell))]
    blocks = [cell for cell in cells if next(cell.iter("pre"), None) is not None]
    ours = bool(_TABLES.intersection(classes(table))) or any(_CODE_CELLS.intersection(classes(c)) for c in cells)
    if len(blocks) == 1 or (blocks and ours):
        numbers = [c for c in table.iter("td") if re.fullmatch(r"[\d\s]*", inner(c))]
        blocks = [cell for cell in blocks if cell not in numbers]
        if blocks and (ours or (numbers and len(list(table.iter("tr"))) == 1)):
            return code_text(next(blocks[-1].iter("pre")))
    if ours and cells:
        rows = [list(row.iter("td"))[-1] for row in table.iter("tr") if len(row)]
        return "\n".join("".join(_pieces(cell, Lines())).rstrip("\n") for cell in rows) + "\n"
    return None


def inline(text: str, *, in_table: bool = False) -> str:
    """A piece of code within a line."""
    text = re.sub(r"[ \t\n\r\f]+", " ", text)
    if not text.strip():
        return text
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text[0] == "`" or text[-1] == "`" or (text[0] == " " == text[-1]) else ""
    return f"{ticks}{pad}{text.replace('|', chr(92) + '|') if in_table else text}{pad}{ticks}"
