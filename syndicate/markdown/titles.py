"""What a platform shows above a text by itself, title and cover, and the text has at its top once more."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it.token import Token

from . import tables
from .parse import Doc, Span

_EMOJI = re.compile(r":[a-z0-9_+-]+:")
#: `C`, `C++` and `C#` are three words.
_WORD = re.compile(r"[^\W_]+(?:[+#]+(?!\w))?")
# In HTML, which most posts do not begin with: compiled when first used.
_COMMENT = r"(?s)(?:\s*<!--.*?-->)+\s*"
_FIRST = r"(?si)<h1\b[^>]*>(.*?)</h1\s*>"
_OTHER = r"(?i)<h[1-6]\b"
_PICTURE = r"(?i)\s*(?:<(?:p|div|figure|center)\b[^>]*>\s*)?<img\b[^>]*>\s*(?:</(?:p|div|figure|center)>\s*)?"


@dataclass(frozen=True, slots=True)
class Repeated:
    """Spans of the source that say title and cover again. `alt`: what the picture there is called."""

    spans: tuple[Span, ...] = ()
    alt: str = ""


def says(heading: str, title: str) -> bool:
    """Whether a heading is the title: the same words, whatever signs, emoji and kind of quotation marks are between."""
    one, other = (_EMOJI.sub(" ", unicodedata.normalize("NFKC", text).casefold()) for text in (heading, title))
    words = _WORD.findall(one)
    return words == _WORD.findall(other) and bool(words or one.split() == other.split())


def repeated(doc: Doc, title: str | None, cover: str | None) -> Repeated:
    """The first heading, if it is the title: one of the first level, or of any with only pictures above it.

    One that holds a link or a picture is more than the title. And the cover, if nothing is above it but other pictures and that heading. Neither in a list or a quote.
    """
    spans: list[Span] = []
    alt, top = "", True
    for i, token in enumerate(doc.tokens):
        if token.level or token.nesting < 0 or not token.map:
            continue
        if token.type == "heading_open":
            inline = doc.tokens[i + 1]
            more = any(child.type in {"link_open", "image"} for child in inline.children or ())
            if not title or not (top or token.tag == "h1") or more or not says(tables.cell_text(inline), title):
                break
            spans.append(_lines(doc, token))
            title = None
        elif token.type == "html_block" and re.search(_FIRST, token.content):
            found = _html(doc, token, title or "")
            if not found:
                break
            spans.append(found)
            title, top = None, top and _whole(doc, token, found)
        elif token.type == "html_block" and re.search(_OTHER, token.content):
            break
        elif token.type == "paragraph_open" and (picture := _picture(doc.tokens[i + 1])):
            if top and cover and unquote(str(picture.attrs.get("src", ""))) == unquote(cover):
                spans.append(_lines(doc, token))
                alt, cover = picture.content, None
        elif not (
            token.type == "html_block"
            and (re.fullmatch(_COMMENT, token.content) or re.fullmatch(_PICTURE, token.content))
        ):
            top = False
        if not title and not (top and cover):
            break
    return Repeated(tuple(spans), alt)


def without(body: str, title: str) -> str:
    """A text without a heading that is `title`; see `repeated`."""
    doc = Doc(body)
    edits = doc.edits()
    for start, end in repeated(doc, title, None).spans:
        edits.replace(start, end, "")
    return edits.apply()


def _lines(doc: Doc, token: Token) -> Span:
    first, last = token.map or (0, 0)
    return doc.starts[first], min(doc.starts[last], len(doc.source))


def _picture(inline: Token) -> Token | None:
    """The picture that a paragraph is, and nothing else."""
    children = inline.children or []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def _html(doc: Doc, token: Token, title: str) -> Span | None:
    """The first heading in a block of HTML, with its lines if it has them alone, if it is the title."""
    begin, end = _lines(doc, token)
    found = re.compile(_FIRST).search(doc.source, begin, end)
    if not found or not title or not says(html.unescape(re.sub(r"<[^>]*>", "", found[1])), title):
        return None
    start = doc.starts[doc.line_of(found.start())]
    stop = min(doc.starts[doc.line_of(found.end()) + 1], len(doc.source))
    alone = not (doc.source[start : found.start()] + doc.source[found.end() : stop]).strip()
    return (start, stop) if alone else found.span()


def _whole(doc: Doc, token: Token, span: Span) -> bool:
    begin, end = _lines(doc, token)
    return not (doc.source[begin : span[0]] + doc.source[span[1] : end]).strip()
