"""Holds what arrived against what was written. Knows nothing of how the one was made of the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin

from .page import Page, words
from .source import UNKNOWN

#: What a generator would have run. Outside code nothing of it is left but what a warning quotes.
_TEMPLATE = re.compile(
    r"\{\{[<%].*?[>%]\}\}|\{%.*?%\}|\{\{[^{}\n]*\}\}|\{\{[<%]|^[ \t]*:::+.*$|\{:[^{}\n]*\}|\{#[\w:.-]+\}[ \t]*$"
    r"|^(?:import|export)\s[^\n]*['\";{]\s*$|<!--.*?-->|\{/\*.*?\*/\}|</?[A-Z]\w*\s[^<>]*/?>|\[![A-Z]+\]",
    re.MULTILINE | re.DOTALL,
)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
#: An address with one of these in it was a template's.
_IN_ADDRESS = re.compile(r"\{\{|\{%|%7B%7B|%7B%25|unresolved-tag", re.IGNORECASE)
_ELEMENTS = frozenset(  # what HTML knows
    [
        "a",
        "abbr",
        "acronym",
        "address",
        "area",
        "article",
        "aside",
        "audio",
        "b",
        "base",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "body",
        "br",
        "button",
        "canvas",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "data",
        "datalist",
        "dd",
        "del",
        "details",
        "dfn",
        "dialog",
        "div",
        "dl",
        "dt",
        "em",
        "embed",
        "fieldset",
        "figcaption",
        "figure",
        "font",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "iframe",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "legend",
        "li",
        "link",
        "main",
        "map",
        "mark",
        "math",
        "meta",
        "meter",
        "nav",
        "nobr",
        "noscript",
        "object",
        "ol",
        "optgroup",
        "option",
        "output",
        "p",
        "param",
        "picture",
        "pre",
        "progress",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "script",
        "section",
        "select",
        "slot",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "template",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "track",
        "tt",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
        "path",
        "g",
        "circle",
        "rect",
        "line",
        "defs",
        "use",
        "text",
    ]
)
#: What a warning declares that is no longer there.
_CODE_LEFT_OUT = "a code block is left out"
_PICTURES_LEFT_OUT = "media is not uploaded yet"
_TABLES = "links inside tables lost their addresses"
_ADDRESSES = re.compile(r"\d+ links? lost (?:its address|their addresses)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one post on one platform. `lost` words are missing; those in `silent` no warning accounts for."""

    total: int
    lost: Counter[str]
    silent: Counter[str]
    code: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def faults(self) -> Iterator[str]:
        """A sentence for each thing that must not be; none: the post arrived, or what did not was said."""
        if self.silent:
            yield f"{self.silent.total()} words are missing without a warning: {' '.join(list(self.silent)[:12])}"
        yield from (f"a block of code is not what it was: {block[:80]!r}" for block in self.code)
        yield from (f"a link is gone or changed: {link}" for link in self.links)
        yield from (f"a link leads nowhere: {link}" for link in self.relative)
        yield from (f"template syntax is left: {tag}" for tag in self.left)


def judge(
    written: Page,
    arrived: Page,
    warnings: Sequence[str],
    *,
    base: str | None,
    anchors: bool,
    quoted: Sequence[str] = (),
) -> Verdict:
    """What was lost on the way.

    Args:
        written: The post as its author wrote it.
        arrived: What readers of the platform see.
        warnings: What the tool said that it left out or changed.
        base: The post's own address, which its relative links are meant from.
        anchors: Whether the platform gives headings anchors of the same name.
        quoted: Template syntax that the author quoted as text.
    """
    plain = not arrived.code and not arrived.links and not arrived.tags
    code = tuple(_missing_code(written.code, arrived, plain=plain))
    if _said(_CODE_LEFT_OUT, warnings):
        declared, code = code, ()
    else:
        declared = ()
    lost = written.counted - arrived.counted
    return Verdict(
        total=len(written.words),
        lost=lost,
        silent=lost - _declared(lost, warnings, declared),
        code=code,
        links=tuple(_missing_links(written, arrived, warnings, base)),
        relative=tuple(_relative(arrived, anchors=anchors)),
        left=tuple(_left(arrived, warnings, quoted)),
    )


def leftovers(arrived: Page, warnings: Sequence[str], *, quoted: Sequence[str] = ()) -> Verdict:
    """The same for a text that carries only a part of the post."""
    return Verdict(
        0, Counter(), Counter(), relative=tuple(_relative(arrived, anchors=False)),
        left=tuple(_left(arrived, warnings, quoted)),
    )  # fmt: skip


def _declared(lost: Counter[str], warnings: Sequence[str], code: Sequence[str]) -> Counter[str]:
    """Words that warnings quote, and those of code that is said to be left out."""
    said = Counter(words("\n".join(warnings))) + Counter(words("\n".join(code)))
    return lost & said


def _said(what: str, warnings: Sequence[str]) -> bool:
    return any(what in warning for warning in warnings)


def _missing_code(blocks: Sequence[str], arrived: Page, *, plain: bool) -> Iterator[str]:
    """Blocks that are not there byte for byte, in this order; others may stand between them."""
    at = 0
    for block in blocks:
        if plain:
            found = arrived.prose.find(block.strip("\n"), at)
            at = found if found >= 0 else at
            if found < 0:
                yield block
        elif block in arrived.code[at:]:
            at += arrived.code[at:].index(block) + 1
        else:
            yield block


def _missing_links(written: Page, arrived: Page, warnings: Sequence[str], base: str | None) -> Iterator[str]:
    if any(_ADDRESSES.search(warning) for warning in warnings) or not arrived.tags:
        return
    there = Counter(_target(link, base) for link in arrived.links)
    wanted = Counter(_target(link, base) for link in written.links if quote(UNKNOWN) not in link)
    if _said(_TABLES, warnings):
        wanted -= Counter(_target(link, base) for link in written.table_links)
    yield from (wanted - there).elements()


def _target(link: str, base: str | None) -> str:
    """The page that a link leads to, written in one way."""
    link = link.strip()
    if link.startswith("www."):
        link = f"https://{link}"
    try:
        return unquote(urljoin(base or "", link)).replace("http:///", "")
    except ValueError:
        return link


def _relative(arrived: Page, *, anchors: bool) -> Iterator[str]:
    for link in arrived.links:
        if not _ABSOLUTE.match(link) and not (anchors and link.startswith("#")):
            yield link


def _left(arrived: Page, warnings: Sequence[str], quoted: Sequence[str]) -> Iterator[str]:
    said = _squeezed([*warnings, *quoted])
    found: Iterable[str] = [
        *_TEMPLATE.findall(arrived.prose),
        *(unquote(link) for link in arrived.links if _IN_ADDRESS.search(link)),
        *(f"<{tag}>" for tag in sorted(arrived.tags - _ELEMENTS)),
    ]
    yield from (tag for tag in found if _squeezed([tag])[:60] not in said)


def _squeezed(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())
