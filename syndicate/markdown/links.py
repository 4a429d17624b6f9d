"""Links and images made absolute: only the addresses change, and only where the parser says that they are some."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from markdown_it.token import Token

from . import marks
from .anchors import slug
from .edits import Report
from .parse import Doc, Span
from .parser_inline import destination as parsed_destination
from .readdress import readdressed

if TYPE_CHECKING:
    from .markup import Tag

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ID = re.compile(r"\s(?:id|name)\s*=\s*[\"']?([^\s\"'<>]+)")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_VALUE = re.compile(r"\s(?:href|src|poster)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_SIZES = re.compile(r"\ssrcset\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
#: One of the addresses there: commas stand between them, and may stand in them.
_SIZE = re.compile(r"[\s,]*([^\s,]\S*?)(?:,+(?=\s|$)|\s[^,]*(?:,|$)|$)")
_PAGE_FILE = re.compile(r"(?:/?_?index)?\.(?:md|mdx|markdown)$")
#: Zola: a file of the content folder, whose language stands in its name, but first in its page's address.
_ZOLA = re.compile(r"@/([^#]*?)(?:(?:^|(?<=/))_?index)?(?:\.([a-z]{2}(?:-[A-Za-z]{2,4})?))?\.(?:md|markdown)(?=#|$)")


class Links:
    """Makes addresses absolute against `base_url`. `anchors`: whether ``#section`` works where the text goes.

    `pictures`: addresses of images as they are written → those to put in their place.
    """

    def __init__(
        self,
        base_url: str | None,
        *,
        anchors: bool | Callable[[], bool],
        report: Report,
        pictures: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.base_url, self._anchors, self.report, self.pictures = base_url, anchors, report, pictures

    @property
    def anchors(self) -> bool:
        return self._anchors() if callable(self._anchors) else self._anchors

    def absolute(self, doc: Doc) -> Doc:
        """The document with absolute addresses; as it was, with a warning, if anything else would change."""
        edits = doc.edits()
        here: frozenset[str] | None = None
        linked = _linked(doc) if self.pictures else frozenset()
        for (start, end), url, kind in addresses(doc):
            shown = kind in {"image", "img"} or (kind == "definition" and url not in linked)
            new = self.pictures.get(url) if shown else None
            new = new or self.resolve(url)
            if url.startswith("#") and self.anchors and self.base_url:
                here = anchors(doc) if here is None else here
                if unquote(url[1:]) not in here:  # such as the site's comments
                    new = urljoin(self.base_url, url)
            if new is None:
                self._relative(url)
            elif new != url:
                raw = doc.source[start:end]
                edits.replace(start, end, new.replace('"', "%22") if kind in {"html", "img"} else destination(new, raw))
        if not edits:
            return doc
        changed = readdressed(doc, edits)
        if changed is None:
            self.report.add("links were left as they are written: making them absolute would have changed the text")
            return doc
        return changed

    def _relative(self, url: str) -> None:
        self.report.collect("relative links lead nowhere without the address of the site: {items}", url)

    def picture(self, url: str) -> str:
        """The address of an image; empty when it is not known."""
        found = self.pictures.get(url) or self.resolve(url) or ""
        return found if _SCHEME.match(found) else ""

    def resolve(self, url: str) -> str | None:
        """The absolute form of `url`; `url` itself if nothing is to be done; `None` if that is not known."""
        if not url or marks.UNRESOLVED in url or (url.startswith("#") and self.anchors):
            return url
        if url.startswith("//"):
            return "https:" + url
        if url.startswith("www."):
            return "https://" + url
        if _SCHEME.match(url):
            return url
        if not self.base_url:
            return None
        if url[0] in "{|":
            from .refs import pelican

            url = pelican(url, self.base_url, self.report) or url
        if zola := _ZOLA.match(url):
            path = "/".join(filter(None, (zola[2], zola[1].strip("/"))))
            self.report.add("links written with `@/` were worked out from the file names: check them")
            url = (f"/{path}/" if path else "/") + url[zola.end() :]
        elif _PAGE_FILE.search(url.partition("#")[0].partition("?")[0]):
            self.report.collect("links to source files were made links to their pages, check them: {items}", url)
            url = self._page(url)
        try:
            found = urljoin(self.base_url, url)
        except ValueError:  # such as "//[x" in a made-up address
            return url
        found = found.replace(" ", "%20")
        # An entity of HTML may stand at the end; `urljoin` takes its semicolon for nothing.
        return f"{found};" if url.endswith(";") and not found.endswith(";") else found

    def _page(self, url: str) -> str:
        """The page of a source file, which is written from the folder that this post's own file is in."""
        file, more = re.match(r"([^?#]*)(.*)", url, re.DOTALL).groups()  # type: ignore[union-attr]
        path = _PAGE_FILE.sub("", re.sub(r"(^|/)README(?=\.\w+$)", r"\1index", file))
        if (self.base_url or "").endswith("/"):
            up = "" if path.startswith("/") else "../"
            return f"{up}{path}/{more}" if path else f"./{more}"
        return (f"{path}.html" if file[len(path) :].startswith(".") else f"{path}/") + more


def anchors(doc: Doc) -> frozenset[str]:
    """What ``#section`` may name in the text: its headings, as sites derive ids from them, and ids of HTML."""
    found, numbers = {"", "top", *_ID.findall(doc.source)}, Counter[str]()
    for inline, before in doc.inlines():
        if before.type == "heading_open":
            said = "".join(c.content for c in inline.children or () if c.type in {"text", "code_inline"})
            stem = name = slug(said)
            while name in found:
                numbers[stem] += 1
                name = f"{stem}-{numbers[stem]}"
            found.add(name)
    return frozenset(found)


def addresses(doc: Doc) -> Iterator[tuple[Span, str, str]]:
    """Span, address and kind of all that is written out in the source.

    Kinds: `link`, `image`, `definition`; `img` and `html` in HTML.
    """
    for inline, _ in doc.inlines():
        yield from _inline_addresses(doc, inline, inline.children or [], 0)
    for line, end, lines in doc.env.get("definitions", ()):
        if found := _definition(doc, line, end, lines):
            yield found
    for token in doc.tokens:
        if token.type == "html_block" and token.map:
            yield from _html(doc, doc.begin(token), doc.lines(*token.map)[1])


def _inline_addresses(doc: Doc, inline: Token, children: list[Token], base: int) -> Iterator[tuple[Span, str, str]]:
    for child in children:
        if child.type == "html_inline":
            start, end = child.meta["span"]
            yield from _html(doc, *doc.span(inline, (base + start, base + end)))
        elif child.type == "image" or (child.type == "link_open" and child.info != "auto"):
            if found := written_destination(inline.content, child, base):
                yield (
                    doc.span(inline, found),
                    str(child.attrs.get("href", child.attrs.get("src", ""))),
                    "image" if child.type == "image" else "link",
                )
            if child.type == "image" and child.children:
                yield from _inline_addresses(doc, inline, child.children, base + child.meta["span"][0] + 2)


def _linked(doc: Doc) -> frozenset[str]:
    """Addresses to which links lead: a definition of one of them may be a link's."""
    inline = (child for token, _ in doc.inlines() for child in token.children or ())
    return frozenset(str(child.attrs.get("href", "")) for child in inline if child.type == "link_open")


def label_end(child: Token) -> int:
    """Where in its paragraph the label of a link or an image ends."""
    if child.type == "image":
        return int(child.meta["span"][0]) + 2 + len(child.content)
    return int(child.meta["label_end"])


def written_destination(content: str, child: Token, base: int = 0) -> Span | None:
    """Span of the address in the paragraph; `None` for a link by reference and for an empty address."""
    at, end = base + label_end(child) + 1, base + child.meta["span"][1]
    if at >= end or content[at] != "(":
        return None
    at += 1
    while content[at] in " \t\n":
        at += 1
    found = parsed_destination(content, at, end)
    return (at, found.pos) if found.ok and found.pos > at else None


def _definition(doc: Doc, line: int, end: int, lines: list[int]) -> tuple[Span, str, str] | None:
    source, at = doc.source, lines[0] + 1
    stop = doc.lines(line, end)[1]
    while at < stop and source[at] != "]":
        at += 2 if source[at] == "\\" else 1
    at += 2
    while at < stop and source[at] in " \t":
        at += 1
    if source[at : at + 1] == "\n" and len(lines) > 1:
        at = lines[doc.line_of(at) + 1 - line]
    found = parsed_destination(source, at, doc.lines(line, doc.line_of(at) + 1)[1])
    return ((at, found.pos), found.str, "definition") if found.ok and found.pos > at else None


def _start_tags(text: str) -> list[Tag]:
    from .markup import start_tags  # and with it html.parser, for posts that have HTML

    return start_tags(text)


def _html(doc: Doc, start: int, end: int) -> Iterator[tuple[Span, str, str]]:
    for tag in _start_tags(doc.source[start:end]):
        for match in _VALUE.finditer(tag.text):
            group = match.lastindex or 1
            at = start + tag.at
            if tag.name in {"a", "img", "source", "video", "audio", "iframe", "embed", "area", "link"}:
                kind = "img" if tag.name == "img" else "html"
                yield (at + match.start(group), at + match.end(group)), match[group], kind
        if tag.name in {"img", "source"}:
            for sizes in _SIZES.finditer(tag.text):
                group = sizes.lastindex or 1
                at = start + tag.at + sizes.start(group)
                for size in _SIZE.finditer(sizes[group]):
                    yield (at + size.start(1), at + size.end(1)), size[1], "html"


def destination(url: str, raw: str = "") -> str:
    """`url` as Markdown writes it between the parentheses of a link."""
    url = _ENTITY.sub("&amp;", url.replace("\\", "%5C"))
    depth = 0
    for c in url:
        depth += (c == "(") - (c == ")")
        if depth < 0:
            break
    if raw.startswith("<") or depth or re.search(r"[\s<>]", url):
        return "<" + re.sub(r"[<>\n]", lambda m: f"%{ord(m[0]):02X}", url) + ">"
    return url
