"""What becomes of each HTML element that is not only taken away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from . import embeds, marks
from .dialect import Dialect
from .edits import Report
from .links import destination
from .markup import raised

SPACE = re.compile(r"[ \t\n\f]+")


@dataclass(slots=True, eq=False)
class Element:
    """An open element: its start tag, the Markdown made of its content so far, a table's rows."""

    name: str
    attrs: dict[str, str]
    raw: str
    parts: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=lambda: [[]])


@dataclass(slots=True)
class Context:
    """Where an element stands: all that are open around it, the outermost first."""

    dialect: Dialect
    report: Report
    stack: list[Element]
    #: Blocks of code; a mark with the number of one stands in the text, as what is done to text must not touch code.
    blocks: list[str] = field(default_factory=list)

    def inside(self, *names: str) -> bool:
        return any(e.name in names for e in self.stack)

    def enclosing(self, *names: str) -> Element | None:
        return next((e for e in reversed(self.stack) if e.name in names), None)


def wrapped(text: str, mark: str) -> str:
    """`text` between marks; those of the same kind in it would end them."""
    inner = text.strip()
    if mark in inner:
        sign = re.escape(mark[0])
        others = rf"\\.|(`+).*?\1|(?<!{sign}){re.escape(mark)}(?!{sign})"
        kept = re.sub(others, lambda m: "" if m[0] == mark else m[0], inner, flags=re.DOTALL)
        text, inner = text.replace(inner, kept, 1), kept
    return text.replace(inner, f"{mark}{inner}{mark}", 1) if inner and "\n\n" not in inner else text


def code(text: str) -> str:
    """`text` as inline code."""
    if not text.strip():
        return text
    ticks = "`" * (1 + max((len(m) for m in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _link(_c: Context, e: Element, text: str) -> str:
    href = e.attrs.get("href", "")
    if not href or not text.strip():
        return text
    if "\n\n" in text.strip():  # a link around blocks
        return f"{text.rstrip()}\n\n<{href}>\n\n"
    label = text.strip()
    return text.replace(label, f"[{label}]({destination(href)})", 1)


def _heading(_c: Context, e: Element, text: str) -> str:
    return f"\n\n{'#' * int(e.name[1])} {SPACE.sub(' ', text).strip()}\n\n"


def _list_item(c: Context, _e: Element, text: str) -> str:
    ordered = c.enclosing("ul", "ol")
    start = ordered.attrs.get("next") or ordered.attrs.get("start", "") if ordered else ""
    number = int(start) if start.isdecimal() else 1
    marker = f"{number}. " if ordered and ordered.name == "ol" else "- "
    if ordered:
        ordered.attrs["next"] = str(number + 1)
    body = re.sub(r"\n{2,}(?=\s*(?:[-]|\d+\.) )", "\n", text.strip())
    return "\n" + marker + body.replace("\n", "\n" + " " * len(marker))


def _quote(_c: Context, _e: Element, text: str) -> str:
    if not text.strip():
        return ""
    lines = re.sub(r"\n{3,}", "\n\n", text.strip()).split("\n")
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _pre(c: Context, e: Element, text: str) -> str:
    language = re.search(r"lang(?:uage)?-([\w+#-]+)", e.raw + e.attrs.get("inner", ""))
    text = text.removeprefix("\n").rstrip("\n")
    ticks = "`" * max(3, 1 + max((len(m) for m in re.findall("`+", text)), default=0))
    c.blocks.append(f"{ticks}{language[1] if language else ''}\n{text}\n{ticks}")
    return f"\n\n{marks.BLOCK}{len(c.blocks) - 1}{marks.BLOCK}\n\n"


def _frame(c: Context, e: Element, text: str) -> str:
    src = e.attrs.get("src", e.attrs.get("data", ""))
    if not src:
        return text
    if e.name == "iframe" and not c.inside("td", "th", "li") and (own := embeds.own(embeds.frame(src), c.dialect)):
        return f"\n\n{own}\n\n"
    c.report.tally(embeds.PLAIN)
    return f"\n\n{embeds.plain(src, e.attrs.get('title', ''))}\n\n"


def script(c: Context, e: Element) -> str:
    """What a script embeds; empty for one that embeds nothing, which is named unless it is only for looks."""
    src = e.attrs.get("src", "")
    if url := embeds.script(src):
        if own := embeds.own(url, c.dialect):
            return f"\n\n{own}\n\n"
        c.report.tally(embeds.PLAIN)
        return f"\n\n<{url}>\n\n"
    if not embeds.is_quiet(src):
        c.report.collect("what these tags hold cannot be shown and was left out: {items}", f"`<{e.name}>`")
    return ""


def _cell(c: Context, _e: Element, text: str) -> str:
    for number, block in enumerate(c.blocks if marks.BLOCK in text else ()):  # a cell has one line
        line = " ".join(block.split("\n")[1:-1])
        text = text.replace(f"{marks.BLOCK}{number}{marks.BLOCK}", code(line))
    row = SPACE.sub(" ", text).strip()
    if not (table := c.enclosing("table")):
        return f"{row} | "
    table.rows[-1].append(row.replace("|", "\\|"))
    return ""


def _row(c: Context, _e: Element, text: str) -> str:
    if not (table := c.enclosing("table")):
        return f"\n\n{text.strip().removesuffix('|').rstrip()}\n\n"
    table.rows.append([])
    return ""


def _table(_c: Context, e: Element, text: str) -> str:
    rows = [r for r in e.rows if any(r)]
    if not rows:
        return text
    width = max(len(r) for r in rows)
    lines = ["| " + " | ".join(r + [""] * (width - len(r))) + " |" for r in rows]
    lines.insert(1, "|" + " --- |" * width)
    return f"{text.strip()}\n\n" + "\n".join(lines) + "\n\n"


def _raised(_c: Context, e: Element, text: str) -> str:
    return raised(e.name, text)


def _italic(_c: Context, _e: Element, text: str) -> str:
    return f"\n\n{wrapped(text.strip(), '*')}\n\n"


def _bold(_c: Context, _e: Element, text: str) -> str:
    return f"\n\n{wrapped(text.strip(), '**')}\n\n"


HANDLERS: dict[str, Callable[[Context, Element, str], str]] = {
    "a": _link,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    "li": _list_item,
    **dict.fromkeys(("blockquote", "aside"), _quote),
    "pre": _pre,
    **dict.fromkeys(("iframe", "video", "audio", "object"), _frame),
    **dict.fromkeys(("td", "th"), _cell),
    "tr": _row,
    "table": _table,
    **dict.fromkeys(("sub", "sup"), _raised),
    "figcaption": _italic,
    "caption": _italic,
    **dict.fromkeys(("summary", "dt"), _bold),
    "rt": lambda _c, _e, text: f"({text})" if text.strip() else "",
    "rp": lambda _c, _e, _text: "",
    "q": lambda _c, _e, text: f"“{text}”",
    "abbr": lambda _c, e, text: f"{text} ({e.attrs['title']})" if e.attrs.get("title") else text,
    **dict.fromkeys(
        ("thead", "tbody", "tfoot", "picture", "colgroup", "nobr", "noscript", "font"), lambda _c, _e, text: text
    ),
}
