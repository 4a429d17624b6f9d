"""A feed's HTML, rewritten in place into the little that a converter cannot get wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..markdown import embeds
from ..markdown.edits import Report
from ..markdown.links import destination
from ..markdown.markup import raised
from . import code_html, emphasis, images
from .dom import BLOCKS
from .escape import BLOCK, CODE, END, marked
from .tree import alone, attached, become, inner, remove, unwrap
from .words import one_line, web_url

if TYPE_CHECKING:
    from .dom import Element

__all__ = ["Kept", "prepare"]

_SPACE = re.compile(r"[ \t\n\r\f]+")
_GONE = frozenset(
    "script style template head title meta link base button select textarea svg canvas map rp nav".split()  # noqa: SIM905
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_FRAMES = frozenset(("iframe", "video", "audio", "embed", "object"))
_PERMALINK = re.compile(r"[\s#¶§🔗∞⚓︎️]*")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


@dataclass(slots=True)
class Kept:
    """What is put into the Markdown when the converter is through: blocks of code, and pieces of lines."""

    base: str
    report: Report
    blocks: list[tuple[str, str]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def block(self, text: str, language: str) -> str:
        self.blocks.append((text, language))
        return f"{BLOCK}{len(self.blocks) - 1}{END}"

    def piece(self, text: str) -> str:
        self.pieces.append(text)
        return f"{CODE}{len(self.pieces) - 1}{END}"


def prepare(tree: Element, kept: Kept) -> None:
    """Rewrites all that is below `tree`."""
    for element in list(tree.iter()):
        if element is not tree and attached(element, tree):
            handler = _HANDLERS.get(element.tag)
            if element.tag in _GONE or element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
                _gone(element, kept)
            elif handler:
                handler(element, kept)
    for element in tree.iter():
        element.text = _text(element.text)
        if element is not tree:
            element.tail = _text(element.tail)
    for element in list(tree.iter("a")):
        if not inner(element).strip():
            unwrap(element)
    emphasis.mend(tree)


def _text(text: str | None) -> str | None:
    """Whitespace as browsers show it, punctuation marked; what was put there already stays."""
    if not text:
        return text
    parts = re.split(f"([{BLOCK}{CODE}]\\d+{END})", text)
    return "".join(part if n % 2 else marked(_SPACE.sub(" ", part)) for n, part in enumerate(parts))


def _gone(element: Element, kept: Kept) -> None:
    if element.tag == "script":
        gist = re.match(r"(https://gist\.github\.com/[\w-]+/\w+)\.js", element.get("src") or "")
        if gist:
            kept.report.tally("{n} {embed is|embeds are} shown as a plain link")
            become(element, "p", kept.piece(f"<{gist[1]}>"))
            return
        if tex := (element.get("type") or "").startswith("math/tex") and (element.text or "").strip():
            become(element, "span", kept.piece(f"${tex}$"))
            return
    elif element.tag in {"select", "textarea", "svg", "canvas"} and element.getparent() is not None:
        kept.report.collect("HTML that has no equal was left out: {items}", f"`<{element.tag}>`")
    remove(element)


def _pre(pre: Element, kept: Kept) -> None:
    table = next(pre.iter("table"), None)
    code = code_html.code_cell(table) if table is not None else None
    _block(pre, code_html.code_text(pre) if code is None else code, kept)


def _block(element: Element, code: str, kept: Kept) -> None:
    if not code.strip():
        remove(element)
        return
    if next(element.iterancestors("td", "th"), None) is not None:
        if "\n" in code.strip():
            kept.report.tally("{n} {block|blocks} of code in a table {is|are} shown on one line")
        become(element, "span", kept.piece(code_html.inline(code.strip(), in_table=True)))
        return
    heading = next(element.iterancestors(*_HEADINGS, "a", "summary"), None)
    if heading is not None:
        become(element, "span", kept.piece(code_html.inline(code.strip())))
        return
    become(element, "p", kept.block(code.removesuffix("\n"), code_html.language(element)))


def _code(element: Element, kept: Kept) -> None:
    text = inner(element)
    parent = element.getparent()
    if next(element.iter("br", "div", "p"), None) is not None:
        if parent is not None and parent.tag in {"p", "div", "body", "figure"} and alone(element):
            _block(element, code_html.code_text(element), kept)
            return
        text = " ".join(code_html.code_text(element).split("\n"))
    in_table = next(element.iterancestors("td", "th"), None) is not None
    links = [link for link in element.iter("a") if link.get("href")]
    piece = kept.piece(code_html.inline(text, in_table=in_table)) if text.strip() else text
    if len(links) == 1 and next(element.iterancestors("a"), None) is None:
        href = links[0].get("href") or ""
        become(element, "a", piece)
        element.set("href", href)
        _link(element, kept)
    else:
        become(element, "span", piece)


def _link(element: Element, kept: Kept) -> None:
    href = element.get("href") or ""
    if href.lower().startswith("mailto:"):
        url: str | None = href
    else:
        url = web_url(href, kept.base) if href else None
    heading = next(element.iterancestors(*_HEADINGS), None)
    text = inner(element)
    if heading is not None and "#" in href:
        if _PERMALINK.fullmatch(text) and next(element.iter("img"), None) is None:
            remove(element)
            return
        if one_line(text) == one_line(inner(heading)):
            unwrap(element)
            return
    content = text.strip() or next(element.iter("img", "iframe", "video"), None) is not None
    if not url or not content:
        unwrap(element)
        return
    element.set("href", url)
    if any(child.tag in BLOCKS for child in element.iter() if child is not element):
        _link_around_blocks(element, url, kept)


def _link_around_blocks(element: Element, url: str, kept: Kept) -> None:
    """A link cannot hold blocks: a picture alone becomes the link, of others the address follows."""
    pictures = list(element.iter("img"))
    if len(pictures) == 1 and not inner(element).strip():
        for child in list(element.iter()):
            if child is not element and child.tag != "img":
                unwrap(child)
        return
    from lxml import etree

    end = etree.SubElement(element, "p")
    end.text = kept.piece(f"<{url}>")
    unwrap(element)


def _frame(element: Element, kept: Kept) -> None:
    inner = next((one.get("src") for one in element.iter("source", "embed") if one.get("src")), "")
    src = element.get("src") or element.get("data-src") or element.get("data") or inner or ""
    url = web_url(embeds.frame(src), kept.base) if src else None
    if not url:
        unwrap(element)
        return
    kept.report.tally("{n} {embed is|embeds are} shown as a plain link")
    title = one_line(element.get("title") or "")
    link = f"[{marked(title)}]({destination(url)})" if title else f"<{url}>"
    inside = next(element.iterancestors("a", "td", "th", *_HEADINGS), None) is not None
    become(element, "span" if inside else "p", kept.piece(link))


def _image(element: Element, kept: Kept) -> None:
    become(element, "span", images.markdown(element, kept.base, kept.report, kept.piece))


def _noscript(element: Element, _kept: Kept) -> None:
    """Where scripts load pictures late, what stands in here is the picture before it once more."""
    before = element.getprevious()
    shown = before is not None and (before.text or "").endswith(END) and not (before.tail or "").strip()
    if shown and next(element.iter("img"), None) is not None:
        remove(element)
    else:
        unwrap(element)


def _raised(element: Element, _kept: Kept) -> None:
    text = inner(element)
    if next(element.iter("a", "code", "img"), None) is not None or CODE in text:
        unwrap(element)
    else:
        become(element, "span", raised(element.tag, one_line(text)))


def _table(table: Element, kept: Kept) -> None:
    code = code_html.code_cell(table)
    if code is not None:
        _block(table, code, kept)
        return
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    layout = table.get("role") in {"presentation", "none"} or all(len(row) <= 1 for row in rows)
    if layout or next((one for one in table.iter("table") if one is not table), None) is not None:
        for element in list(table.iter("td", "th", "caption", "tr", "tbody", "thead", "tfoot")):
            element.tag = "div"
        table.tag = "div"


def _term(element: Element, _kept: Kept) -> None:
    element.tag = "p"
    from lxml import etree

    bold = etree.Element("strong")
    bold.text, element.text = element.text, None
    for child in list(element):
        bold.append(child)
    element.append(bold)


def _checkbox(element: Element, kept: Kept) -> None:
    box = element.get("type") == "checkbox" and next(element.iterancestors("li"), None) is not None
    become(element, "span", kept.piece("[x]" if element.get("checked") is not None else "[ ]") if box else "")
    if box:
        element.tail = f" {(element.tail or '').lstrip()}"


def _span(element: Element, kept: Kept) -> None:
    """KaTeX shows a formula twice, and says its source beside it."""
    if {"katex", "katex-display"}.intersection(code_html.classes(element)):
        source = next((one for one in element.iter("annotation") if "tex" in (one.get("encoding") or "")), None)
        if source is not None and (tex := one_line(inner(source))):
            become(element, "span", kept.piece(f"${tex}$"))


def _quoted(element: Element, _kept: Kept) -> None:
    from lxml import etree

    element.text = "“" + (element.text or "")
    etree.SubElement(element, "span").text = "”"
    unwrap(element)


def _ruby(element: Element, _kept: Kept) -> None:
    text = inner(element)
    become(element, "span", f"({text})" if text.strip() else "")


def _paragraph(element: Element, _kept: Kept) -> None:
    if not inner(element).strip() and next(element.iter("img", *_FRAMES), None) is None:
        remove(element)


_HANDLERS: dict[str, Callable[[Element, Kept], None]] = {
    "pre": _pre,
    "a": _link,
    "img": _image,
    "noscript": _noscript,
    "table": _table,
    "dt": _term,
    "input": _checkbox,
    "span": _span,
    "q": _quoted,
    "rt": _ruby,
    "p": _paragraph,
    **dict.fromkeys(("code", "tt", "kbd", "samp"), _code),
    **dict.fromkeys(_FRAMES, _frame),
    **dict.fromkeys(("sub", "sup"), _raised),
}
