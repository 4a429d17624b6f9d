"""Holds what arrived against what was written. Knows nothing of how the one was made of the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, unquote, urljoin

from .page import Page, name_of, words
from .source import UNKNOWN

#: What a generator would have run. Outside code nothing of it is left but what a warning quotes.
_TEMPLATE = re.compile(
    r"\{\{[<%].*?[>%]\}\}|\{%.*?%\}|\{\{[^{}\n]*\}\}|\{\{[<%]|^[ \t]*:::+.*$|\{:[^{}\n]*\}|\{#[\w:.-]+\}[ \t]*$"
    r"|^(?:import\s[^\n]*['\"{]|export\s(?:const|let|default|function)\b)[^\n]*$|<!--.*?-->|\{/\*.*?\*/\}|</?[A-Z]\w*\s[^<>]*/?>|\[![A-Z]+\]",
    re.MULTILINE | re.DOTALL,
)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
#: An address with one of these in it was a template's.
_IN_ADDRESS = re.compile(r"\{\{|\{%|%7B%7B|%7B%25|unresolved-tag", re.IGNORECASE)
_ELEMENTS = frozenset((  # noqa: SIM905  what HTML knows
    "a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption center "
    "cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font "
    "footer form h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd label legend li link main map mark math meta "
    "meter nav nobr noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp script "
    "section select slot small source span strike strong style sub summary sup svg table tbody td template textarea "
    "tfoot th thead time title tr track tt u ul var video wbr path g circle rect line defs use text"
).split())  # fmt: skip
#: What a warning declares that is no longer there.
_CODE_LEFT_OUT = "a code block is left out"
_PICTURES_LEFT_OUT = "is not attached"
_CONTENTS_LEFT_OUT = "the table of contents is left out: "
_TABLES = re.compile("links inside tables lost their addresses|images inside tables are named, not shown")
_LINKED_PICTURES = re.compile(r"\d+ images? (?:is|are) shown as a link")
_ADDRESSES = re.compile(r"\d+ links? lost (?:its address|their addresses)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one post on one platform.

    `declared` words belong to what a warning says was left out as a whole, and are not among the `total`. `lost` words
    are missing otherwise; those in `silent` no warning quotes.
    """

    total: int
    declared: Counter[str]
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
    named: Mapping[str, str] = MappingProxyType({}),
) -> Verdict:
    """What was lost on the way.

    Args:
        written: The post as its author wrote it.
        arrived: What readers of the platform see.
        warnings: What the tool said that it left out or changed.
        base: The post's own address, which its relative links are meant from.
        anchors: Whether the platform gives headings anchors of the same name.
        quoted: Template syntax that the author quoted as text.
        named: Names that the author gave to headings → the headings; links may lead there under the heading's own name.
    """
    plain = not arrived.tags
    code = tuple(_missing_code(written.code, arrived, plain=plain))
    declared: Counter[str] = Counter()
    if _said(_CODE_LEFT_OUT, warnings):
        declared, code = Counter(words("\n".join(code))), ()
    if _said(_PICTURES_LEFT_OUT, warnings):
        declared += Counter(words("\n".join(written.pictures)))
    declared += Counter(words("\n".join(warning for warning in warnings if warning.startswith(_CONTENTS_LEFT_OUT))))
    missing = written.counted - arrived.counted
    lost = missing - declared
    if plain:  # all of it is text there
        quoted = (*quoted, *written.code, *written.spans)
    return Verdict(
        total=len(written.words) - (missing & declared).total(),
        declared=missing & declared,
        lost=lost,
        silent=lost - Counter(words("\n".join(warnings))),
        code=code,
        links=tuple(_missing_links(written, arrived, warnings, base, named if anchors else {})),
        relative=tuple(_relative(arrived, anchors=anchors)),
        left=tuple(_left(arrived, warnings, quoted)),
    )


def leftovers(arrived: Page, warnings: Sequence[str], *, quoted: Sequence[str] = ()) -> Verdict:
    """The same for a text that carries only a part of the post."""
    return Verdict(
        0, Counter(), Counter(), Counter(), relative=tuple(_relative(arrived, anchors=False)),
        left=tuple(_left(arrived, warnings, quoted)),
    )  # fmt: skip


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


def _missing_links(
    written: Page, arrived: Page, warnings: Sequence[str], base: str | None, named: Mapping[str, str]
) -> Iterator[str]:
    if any(_ADDRESSES.search(warning) for warning in warnings):
        return
    if not arrived.tags:  # a text without markup writes its links out
        yield from (link for link in written.links if link not in written.images and link not in arrived.prose)
        return
    there = Counter(_target(link, base) for link in arrived.links)
    wanted = Counter(_target(link, base) for link in written.links if quote(UNKNOWN) not in link)
    for said, links in ((_TABLES, written.table_links), (_LINKED_PICTURES, written.linked_pictures)):
        if any(said.search(warning) for warning in warnings):
            wanted -= Counter(_target(link, base) for link in links)
    for link in (wanted - there).elements():
        page, _, name = link.partition("#")
        said = f"{page}#{name_of(named[name])}" if name in named else ""
        if not any(found == said or re.fullmatch(re.escape(said) + r"-\d+", found) for found in there if said):
            yield link


def _target(link: str, base: str | None) -> str:
    """The page that a link leads to, written in one way."""
    link = link.strip()
    if link.startswith("www."):
        link = f"https://{link}"
    if zola := re.fullmatch(r"@/(.*?)(?:_?index)?(\.[a-zA-Z-]{2,5})?\.md(#.*)?", link):
        link = f"/{zola[2][1:] + '/' if zola[2] else ''}{zola[1].rstrip('/')}/{zola[3] or ''}"
    elif not _ABSOLUTE.match(link) and (file := re.fullmatch(r"([^#?]*)\.(?:mdx?|markdown)([#?].*)?", link)):
        page = re.sub(r"(^|/)(?:_?index|README)$", r"\1", file[1])
        if (base or "").endswith("/"):
            link = f"{'' if page.startswith('/') else '../'}{page}{'' if page.endswith('/') else '/'}{file[2] or ''}"
        else:
            link = f"{page}.html{file[2] or ''}" if page == file[1] else f"{page}{file[2] or ''}"
    try:
        return unquote(urljoin(base or "", link)).replace("http:///", "")
    except ValueError:
        return link


def _relative(arrived: Page, *, anchors: bool) -> Iterator[str]:
    for link in arrived.links:
        if not _ABSOLUTE.match(link) and not (anchors and link.startswith("#") and _has(arrived, unquote(link[1:]))):
            yield link


def _has(arrived: Page, name: str) -> bool:
    """Whether the page has that anchor; sites number those of the same name."""
    return name in arrived.ids or re.sub(r"-\d+$", "", name) in arrived.ids


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
