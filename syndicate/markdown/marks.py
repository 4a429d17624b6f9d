"""Stand-ins used while a text passes through the pipeline. Noncharacters: no text that is exchanged holds them."""

from __future__ import annotations

import re
from urllib.parse import unquote

#: A brace that is text, though it looks like the begin of a tag: the author quoted it.
LITERAL = "\ufdd0"
#: The brace of a Liquid tag that the pipeline wrote or kept, for a platform that runs it.
OWN = "\ufdd1"
#: Encloses the number of a block that is put there later.
BLOCK = "\ufdd2"
#: Scheme of an address that could not be made out; the tag follows, percent-encoded.
UNRESOLVED = "unresolved-tag:"
_TAKEN = re.compile(f"[{LITERAL}{OWN}{BLOCK}]")
_UNRESOLVED = re.compile(UNRESOLVED + rf"((?:%[0-9A-F]{{2}}|(?!{UNRESOLVED})[\w.~-])*)")


def clean(source: str) -> str:
    """`source` with line feeds for line ends and without a byte order mark, NUL or a character used here."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return _TAKEN.sub("\ufffd", source)


def literal(text: str) -> str:
    """`text` with the opening braces of template tags marked as text."""
    return text.replace("{{", LITERAL * 2).replace("{%", LITERAL + "%")


def own(tag: str) -> str:
    """A Liquid tag that is to be run."""
    return OWN + tag.removeprefix("{")


def reveal(text: str) -> str:
    """`text` with the tags that stand-ins of addresses were made for, as text."""
    return _UNRESOLVED.sub(lambda m: literal(unquote(m[1])), text) if UNRESOLVED in text else text


def restore(text: str) -> str:
    return text.replace(LITERAL, "{").replace(OWN, "{")
