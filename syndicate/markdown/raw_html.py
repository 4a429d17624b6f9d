"""Raw HTML in a document → Markdown, as far as the platform does not show it."""

from __future__ import annotations

import re

from markdown_it.token import Token

from . import embeds
from .dialect import Dialect
from .edits import Edits, Report
from .elements import code
from .from_html import convert
from .links import destination
from .markup import BLOCK, CODE, HIDDEN, KNOWN, MARKS, VOID, Tag, raised, tags
from .parse import Doc
from .place import Places, within

_FRAMES = frozenset({"iframe", "video", "audio", "embed", "object"})
_REMOVED = "HTML tags were removed, their text was kept: {items}"
#: Taking these away loses nothing that a reader would miss.
_SILENT = frozenset(
    "p div span a img br wbr summary figure picture source section center u tbody thead noscript".split()  # noqa: SIM905
)


def lower(doc: Doc, dialect: Dialect, report: Report) -> str:
    """The source with the HTML that `dialect` does not show turned into Markdown or text."""
    places = Places(doc)
    apart = _asides(places, dialect)
    for token in doc.tokens:
        if token.type == "html_block" and token.map:
            if id(token) in apart:
                continue
            _block(places, token, dialect, report)
        elif token.type == "inline" and any(c.type == "html_inline" for c in token.children or ()):
            _Inline(places, token, dialect, report).rewrite()
    return places.result()


def _asides(places: Places, dialect: Dialect) -> set[int]:
    """Makes quotes of what stands, as Markdown, between ``<aside>`` and its end; gives the ids of the tokens done."""
    doc, done = places.doc, set[int]()
    if "<aside" not in doc.source or dialect.html is None or "aside" in dialect.html:
        return done
    begin: Token | None = None
    for token in doc.tokens:
        if token.type != "html_block" or not token.map:
            continue
        tag = token.content.strip().lower()
        if begin and tag == "</aside>" and token.level == begin.level:
            first, last = ((doc.begin(t), doc.lines(*(t.map or (0, 0)))[1]) for t in (begin, token))
            places.quote(first, last, "")
            done |= {id(begin), id(token)}
        begin = token if re.fullmatch(r"<aside\b[^<>]*>", tag) else None
    return done


def _block(places: Places, token: Token, dialect: Dialect, report: Report) -> None:
    start, end = places.doc.begin(token), places.doc.lines(*(token.map or (0, 0)))[1]
    source = places.doc.source[start:end]
    end -= len(source) - len(source.rstrip())
    found, allowed = tags(token.content), dialect.html or frozenset()
    if dialect.html is None or (found and all(t.name in allowed for t in found)):
        return
    if allowed and source.strip() == "<!-- -->":  # it stands between two lists
        return
    if any(t.name in allowed & BLOCK for t in found):
        text = _stripped(token.content.rstrip("\n"), found, allowed, report)
        places.replace(start, end, within(places.doc.prefix(start), text))
        return
    text = convert(token.content, dialect, report)
    if text:
        places.block(start, end, text)
    else:
        places.drop(start, end)


def _stripped(source: str, found: list[Tag], allowed: frozenset[str], report: Report) -> str:
    """HTML that stays HTML, without the tags that are not allowed."""
    edits = Edits(source)
    for n, tag in enumerate(found):
        if tag.name in allowed:
            continue
        at, end, src = tag.at, tag.at + len(tag.text), tag.attrs.get("src", "")
        text = ""
        if tag.name in HIDDEN and not tag.closes:
            if url := embeds.script(src):
                report.tally(embeds.PLAIN)
                text = f'<a href="{url}">{url}</a>'
            end = next((t.at for t in found[n + 1 :] if t.closes and t.name == tag.name), len(source))
        elif tag.name in _FRAMES and src and not tag.closes:
            report.tally(embeds.PLAIN)
            text = f'<a href="{embeds.frame(src)}">{embeds.frame(src)}</a>'
        elif tag.name not in _SILENT and not tag.closes:
            report.collect(_REMOVED, f"`<{tag.name}>`")
        edits.replace(at, end, text)
    text = edits.apply()
    if "<pre" in text:
        return text
    # What was indented below a tag that is gone would be a block of code.
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


class _Inline:
    """The tags in one paragraph. A pair becomes marks, a lone tag goes."""

    def __init__(self, places: Places, inline: Token, dialect: Dialect, report: Report) -> None:
        self.places, self.inline, self.report = places, inline, report
        self.allowed = dialect.html
        self.children = inline.children or []
        self.opened: list[tuple[int, Tag]] = []

    def rewrite(self) -> None:
        for i, child in enumerate(self.children):
            if child.type != "html_inline":
                continue
            for tag in tags(child.content)[:1]:
                if self.allowed is not None and tag.name not in self.allowed:
                    self._tag(i, tag)
        for i, tag in self.opened:
            self._drop(i, tag)

    def _tag(self, i: int, tag: Tag) -> None:
        if tag.name not in KNOWN:
            start, _ = self._span(i)
            self.places.replace(start, start + 1, "\\<")
            self.report.collect("tags that HTML does not know are shown as text: {items}", f"`{tag.text}`")
        elif tag.name in VOID:
            self._void(i, tag)
        elif not tag.closes:
            self.opened.append((i, tag))
        else:
            for n in range(len(self.opened) - 1, -1, -1):
                if self.opened[n][1].name == tag.name:
                    for lone in self.opened[n + 1 :]:
                        self._drop(*lone)
                    self._pair(*self.opened[n], i, tag)
                    del self.opened[n:]
                    return
            self._drop(i, tag)

    def _span(self, i: int) -> tuple[int, int]:
        return self.places.doc.span(self.inline, self.children[i].meta["span"])

    def _put(self, i: int, text: str) -> None:
        self.places.replace(*self._span(i), text)

    def _drop(self, i: int, tag: Tag) -> None:
        src, cell = tag.attrs.get("src", ""), "cell" in self.inline.meta
        if cell and tag.name in {"ul", "ol", "li"}:
            first = i == 0 or self.places.doc.source[self._span(i)[0] - 1] in " |>"
            self._put(i, "" if tag.closes or tag.name != "li" else "• " if first and not self._listed(i) else " • ")
            return
        if tag.name not in _SILENT and not tag.closes and not (tag.name in _FRAMES and src):
            self.report.collect(_REMOVED, f"`<{tag.name}>`")
        if tag.name in _FRAMES and src:
            self.report.tally(embeds.PLAIN)
            self._put(i, embeds.plain(src, tag.attrs.get("title", "")))
        else:
            self._put(i, "")

    def _listed(self, i: int) -> bool:
        """Whether an item ends before the tag `i`."""
        return any("</li" in child.content for child in self.children[:i])

    def _void(self, i: int, tag: Tag) -> None:
        src = tag.attrs.get("src", "")
        if tag.name == "br":
            self._break(i)
        elif tag.name == "img" and src:
            alt = " ".join(tag.attrs.get("alt", "").replace("[", "").replace("]", "").split())
            self._put(i, f"![{alt}]({destination(src)})")
        elif tag.name == "input" and tag.attrs.get("type") == "checkbox":
            self._put(i, "☑" if "checked" in tag.attrs else "☐")
        elif tag.name == "hr":
            self._put(i, "—")
        else:
            self._drop(i, tag)

    def _break(self, i: int) -> None:
        end = self._span(i)[1]
        following = self.children[i + 1] if i + 1 < len(self.children) else None
        if "cell" in self.inline.meta or "\n" not in self._block_end(end):
            self._put(i, " " if following else "")
        elif following is None or following.type in {"softbreak", "hardbreak"}:
            self._put(i, "  " if following else "")
        else:
            self._put(i, f"  \n{self.places.doc.prefix(self._first())}")

    def _first(self) -> int:
        return self.places.doc.at(self.inline, 0)

    def _block_end(self, end: int) -> str:
        """A line end, unless the block is a heading of one line."""
        line = self.places.doc.source[self.places.doc.starts[self.places.doc.line_of(end)] : self._first()]
        return "" if line.lstrip(" \t>").startswith("#") else "\n"

    def _pair(self, i: int, tag: Tag, j: int, closing: Tag) -> None:
        inner = self.children[i + 1 : j]
        start, end = self._span(i)[1], self._span(j)[0]
        text = self.places.doc.source[start:end]
        if not text.strip():
            self._drop(i, tag)
            self._drop(j, closing)
        elif tag.name in MARKS and self._flanked(i, j, text):
            self._put(i, MARKS[tag.name])
            self._put(j, MARKS[tag.name])
        elif tag.name in CODE and all(c.type in {"text", "text_special"} for c in inner) and "\n" not in text:
            self.places.replace(self._span(i)[0], self._span(j)[1], code("".join(c.content for c in inner)))
        elif tag.name == "a" and tag.attrs.get("href"):
            self._put(i, "[")
            self._put(j, f"]({destination(tag.attrs['href'])})")
        elif tag.name in {"sub", "sup"} and all(c.type == "text" for c in inner):
            self.places.replace(self._span(i)[0], self._span(j)[1], raised(tag.name, text))
        elif tag.name == "rt":
            self._put(i, "(")
            self._put(j, ")")
        elif tag.name == "rp":
            self.places.replace(self._span(i)[0], self._span(j)[1], "")
        elif tag.name in _FRAMES and (src := tag.attrs.get("src") or self._source(i, j)):
            self.report.tally(embeds.PLAIN)
            shown = embeds.plain(src, tag.attrs.get("title", ""))
            self.places.replace(self._span(i)[0], self._span(j)[1], shown)
        elif tag.name == "abbr" and tag.attrs.get("title"):
            self._put(i, "")
            self._put(j, f" ({tag.attrs['title']})")
        elif tag.name == "q":
            self._put(i, "“")
            self._put(j, "”")
        else:
            self._drop(i, tag)
            self._drop(j, closing)

    def _source(self, i: int, j: int) -> str:
        """The address in a ``<source>`` of a video."""
        inner = [t for c in self.children[i + 1 : j] if c.type == "html_inline" for t in tags(c.content)]
        return next((t.attrs["src"] for t in inner if t.name == "source" and t.attrs.get("src")), "")

    def _flanked(self, i: int, j: int, text: str) -> bool:
        """Whether marks there would be read as emphasis by CommonMark's rules of flanking."""
        source = self.places.doc.source
        start, end = self._span(i)[0], self._span(j)[1]
        before, after = source[max(0, start - 1) : start] or " ", source[end : end + 1] or " "
        if text[0].isspace() or text[-1].isspace() or "*" in (text[0], text[-1], before, after):
            return False
        opens = text[0].isalnum() or not before.isalnum()
        return opens and (text[-1].isalnum() or not after.isalnum())
