"""A feed's bytes → UTF-8 with a plain XML declaration, so that everything behind it reads the same characters.

What feedparser does itself would be quadratic on hostile declarations, and would let a document be scanned in one
encoding and parsed in another.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["to_text", "to_xml"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How `<?` or `<r` look without a byte order mark.
_WIDE = ((re.compile(rb"<\0[^\0]\0"), "utf-16-le"), (re.compile(rb"\0<\0[^\0]"), "utf-16-be"))
#: Names that stand for more than they say in practice.
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}
_WIDER |= {"shift_jis": "cp932", "big5": "big5hkscs"}
#: Python's names of what is no character set of a document, or hides markup from whoever looks for it.
_NOT_THESE = frozenset(("utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs"))
_SEVEN_BIT = ("iso2022", "hz")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,500}>")
#: Characters that no XML document may hold.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def to_xml(body: bytes, content_type: str) -> tuple[bytes, str | None]:
    """The document in UTF-8, beginning with a declaration that says so; and a warning where characters were guessed."""
    text, warning = to_text(body, content_type)
    text = text.translate(_FORBIDDEN).lstrip()
    if found := _DECLARATION.search(text, 0, 2000):  # some have a comment before it
        text = (text[: found.start()] + text[found.end() :]).lstrip()
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode("utf-8", "replace"), warning


def to_text(body: bytes, content_type: str) -> tuple[str, str | None]:
    """The document's characters: by its byte order mark, else as UTF-8 if it can be that, else as it is declared."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), None
    for pattern, name in _WIDE:
        if pattern.match(body):
            return body.decode(name, "replace"), None
    declared = _declared(body, content_type)
    for name in declared:
        if name.startswith(_SEVEN_BIT) and body.isascii():
            return body.decode(name, "replace"), None
    try:
        return body.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    lenient = body.decode("utf-8", "replace")
    wide = sum(not chunk.isascii() for chunk in lenient.split())
    broken = lenient.count("\ufffd")
    utf8 = "utf-8" in declared or not declared
    if utf8 and broken * 10 <= wide:
        return lenient, "some characters were damaged"
    for name in declared:
        try:
            return body.decode(name), None
        except UnicodeDecodeError:
            continue
    if declared and declared[0] != "utf-8":
        return body.decode(declared[0], "replace"), "some characters were damaged"
    return body.decode("cp1252", "replace"), "the encoding is not the declared one; its characters were guessed"


def _declared(body: bytes, content_type: str) -> list[str]:
    """The encodings that the header and the document name, as far as Python knows them."""
    found = [match[1] for match in [_CHARSET.search(content_type)] if match]
    found += [match[1].decode() for match in [_DECLARED.search(body[:2000])] if match]
    names = []
    for name in found:
        try:
            known = codecs.lookup(name)
            "x".encode(name)  # a codec that is no text encoding refuses
        except (LookupError, UnicodeError, ValueError):
            continue
        canonical = _WIDER.get(known.name, known.name)
        if known.name.replace("_", "-") not in _NOT_THESE and not known.name.startswith(("utf-16", "utf-32")):
            names.append(canonical)
    return names
