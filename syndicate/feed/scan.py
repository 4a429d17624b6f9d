"""Looks a document through before feedparser gets it: what would hang it, or blow up in it, is refused.

expat tells what a well-formed document holds, in a few milliseconds. Where it stops at an error, feedparser goes on
with a lenient parser; then the markup is only counted, which holds for whatever that parser makes of it. The limits
were found by measurement: with them no document of 10 MiB takes feedparser longer than about two seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import FeedTrouble

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

__all__ = ["scan"]

#: feedparser is quadratic in the attributes of one element.
MAX_ATTRIBUTES = 128
MAX_TAG = 20_000
MAX_DEPTH = 256
#: It takes up to 20 µs for each.
MAX_ELEMENTS = 100_000
#: It looks for whitespace and a DOCTYPE in what comes before the first element, in quadratic time.
MAX_HEAD = 8_000
#: It looks for mail addresses in names, in quadratic time, and compares each tag of an entry with all others.
MAX_NAME = 10_000
MAX_TAGS_OF_ENTRY = 1_000
MAX_TAGS = 20_000
# The same for documents that are not well-formed, where all markup counts, also what is text.
LOOSE_ELEMENTS = 60_000
LOOSE_MARKS = 400_000
LOOSE_TAGS = 5_000

_NAMES = frozenset(
    ("author", "creator", "contributor", "name", "email", "publisher", "managingeditor", "webmaster", "owner")
)
_TAGS = frozenset(("category", "subject", "keywords"))
_ENTRIES = frozenset(("item", "entry"))

_FIRST = re.compile(rb"<\w")
_ELEMENT = re.compile(rb"<[A-Za-z/]")
_LONG = re.compile(rb"<[A-Za-z/][^<>]{%d}" % MAX_TAG)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_PERSON = re.compile(rb"<((?:[\w.-]{1,40}:)?(?:%s))(?=[\s/>])" % "|".join(sorted(_NAMES)).encode(), re.IGNORECASE)
#: What may stand in a name: plain tags and CDATA. Whatever else could hide its end from one parser and not the other.
_PLAIN = re.compile(rb"<!\[CDATA\[[^<>]*\]\]>|</?[\w:.-]+(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*/?>")
_CATEGORY = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:%s)(?=[\s/>])" % "|".join(sorted(_TAGS)).encode(), re.IGNORECASE)


def scan(body: bytes) -> None:
    """Looks a document through, in UTF-8 or whatever else expat reads. Says nothing about whether it is a feed.

    Raises:
        FeedTrouble: ``refused``: it declares entities, or has more of something than any feed needs.
    """
    first = _FIRST.search(body)
    head = body[: first.start()] if first else body[: MAX_HEAD + 1]
    if len(head) > MAX_HEAD:
        raise _refused("has its first element too late")
    if _ENTITY.search(head):
        raise _refused("declares entities")
    if not _Strict().reads(body):
        _count(body)


class _Strict:
    """One pass of expat."""

    def __init__(self) -> None:
        self.depth = self.elements = self.spaces = 0
        self.tags = self.tags_of_entry = 0
        self.person: int | None = None
        self.length = 0
        self.doctype = False

    def reads(self, body: bytes) -> bool:
        """Whether the document is well-formed, as feedparser will see it: without its DOCTYPE."""
        from xml.parsers import expat

        # With namespaces, as an undeclared prefix makes feedparser turn to its lenient parser.
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EntityDeclHandler = self._entity
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser: XMLParserType = parser
        try:
            parser.Parse(body, True)
        except (expat.ExpatError, LookupError, ValueError):
            return False
        return not self.doctype

    def _start(self, name: str, attributes: list[str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise _refused(f"nests elements deeper than {MAX_DEPTH}")
        if self.elements > MAX_ELEMENTS:
            raise _refused(f"has more than {MAX_ELEMENTS:,} elements")
        if attributes or self.spaces:
            if len(attributes) // 2 + self.spaces > MAX_ATTRIBUTES:
                raise _refused(f"has an element with more than {MAX_ATTRIBUTES} attributes")
            if sum(map(len, attributes)) > MAX_TAG:
                raise _refused(f"has a tag of more than {MAX_TAG:,} bytes")
            self.spaces = 0
        local = name.rpartition(" ")[2].lower()
        if local in _ENTRIES:
            self.tags_of_entry = 0
        elif local in _TAGS:
            self.tags += 1
            self.tags_of_entry += 1
            if self.tags_of_entry > MAX_TAGS_OF_ENTRY or self.tags > MAX_TAGS:
                raise _refused("has more tags than any feed needs")
        if self.person is None and (local in _NAMES or local in _TAGS):
            self.person, self.length = self.depth, 0
            self._parser.CharacterDataHandler = self._text

    def _end(self, _name: str) -> None:
        if self.person == self.depth:
            self.person = None
            self._parser.CharacterDataHandler = None
        self.depth -= 1

    def _text(self, text: str) -> None:
        self.length += len(text)
        if self.length > MAX_NAME:
            raise _refused(f"has a name or a tag of more than {MAX_NAME:,} characters")

    def _namespace(self, _prefix: str | None, _uri: str | None) -> None:
        self.spaces += 1
        if self.spaces > MAX_ATTRIBUTES:
            raise _refused(f"has an element with more than {MAX_ATTRIBUTES} attributes")

    def _entity(self, *_: Any) -> None:
        raise _refused("declares entities")

    def _doctype(self, *_: Any) -> None:
        self.doctype = True


def _count(body: bytes) -> None:
    """The limits, for a document that is not well-formed."""
    if body.count(b"<") + body.count(b"&") > LOOSE_MARKS or _more(_ELEMENT, body, LOOSE_ELEMENTS):
        raise _refused("is not well-formed and has more markup than any feed needs")
    if _more(_CATEGORY, body, LOOSE_TAGS):
        raise _refused("is not well-formed and has more tags than any feed needs")
    if _LONG.search(body):
        raise _refused(f"has a tag of more than {MAX_TAG:,} bytes")
    lower = body.lower()
    for match in _PERSON.finditer(lower):
        start, most = match.start(), match.end() + MAX_NAME
        end = lower.find(b"</" + match[1], start, most)
        if end < 0 and len(body) < most:
            end = len(body)
        if end < 0 or b"<" in _PLAIN.sub(b"", body[start:end]):
            raise _refused(f"is not well-formed and has a name of more than {MAX_NAME:,} characters, or a hidden one")


def _more(pattern: re.Pattern[bytes], body: bytes, most: int) -> bool:
    return any(n >= most for n, _ in enumerate(pattern.finditer(body)))


def _refused(what: str) -> FeedTrouble:
    return FeedTrouble(
        f"the document {what}", kind="refused", next="it looks hostile; whoever runs the feed can say more"
    )
