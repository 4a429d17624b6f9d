"""What a Bluesky record is made of: a text within two limits, its facets by UTF-8 byte, ids made of a moment.

Nothing is linked by itself there: each hashtag, address and mention needs a facet (lexicon app.bsky.richtext.facet; the
rules are those of gh:bluesky-social/atproto, packages/api/src/rich-text/detection.ts).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from .. import text
from ._unmeant import is_name

_FACET = "app.bsky.richtext.facet"
#: 3000 bytes and 300 graphemes.
_BYTES_PER_GRAPHEME = 10
_TAG_LENGTH, _TAG_BYTES = 64, 640
_HANDLE = re.compile(r"(?:^|(?<=\s)|(?<=\())@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})\b", re.IGNORECASE)
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def length(value: str) -> int:
    """Graphemes; more where a text is nearer to the limit in bytes than to that in graphemes."""
    return max(text.count(value, "graphemes"), -(-len(value.encode()) // _BYTES_PER_GRAPHEME))


def facets(value: str) -> list[dict[str, Any]]:
    """Hashtags, addresses and mentions of a text, in order. For the DID of `@name.tld` stands `did_of("name.tld")`."""
    found = [*_tags(value), *_links(value), *_mentions(value)]
    marked: list[dict[str, Any]] = []
    at = 0
    for start, end, feature in sorted(found, key=lambda one: one[:2]):
        if start < at:
            continue
        begin, at = len(value[:start].encode()), end
        index = {"byteStart": begin, "byteEnd": begin + len(value[start:end].encode())}
        marked.append({"$type": _FACET, "index": index, "features": [feature]})
    return marked


def handles(value: str) -> list[str]:
    """The accounts that a text mentions, each once, lower case."""
    return list(dict.fromkeys(feature["did"][len("{did:") : -1] for _, _, feature in _mentions(value)))


def did_of(handle: str) -> str:
    """Stands in a draft for the DID of an account."""
    return f"{{did:{handle}}}"


def known(record: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """`record` without the mentions of accounts that `values` do not name: such a name is a text like another."""

    def names(facet: Mapping[str, Any]) -> str:
        return str(facet["features"][0].get("did") or "")

    kept = [facet for facet in record.get("facets") or () if not names(facet) or names(facet) in values]
    rest = {name: value for name, value in record.items() if name != "facets"}
    return {**rest, "facets": kept} if kept else rest


def good_tag(tag: str) -> bool:
    """Whether a tag is within the lexicon's limits."""
    return text.count(tag, "graphemes") <= _TAG_LENGTH and len(tag.encode()) <= _TAG_BYTES


def language_of(tag: str) -> str:
    """A language tag as it is written (RFC 5646, 2.1.1): `pt-BR`, `zh-Hant`."""
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(x.upper() if len(x) == 2 else x.title() if len(x) == 4 else x for x in rest)])


def record_key(moment: datetime, key: str) -> str:
    """A TID: 53 bits of microseconds since 1970 and 10 bits of chance, the same for the same moment and key.

    A moment has whole milliseconds; the microseconds come from the key, like the chance.
    """
    chance = int.from_bytes(sha256(key.encode()).digest()[:8])
    number = (int(moment.timestamp() * 1000) * 1000 + chance % 1000) << 10 | (chance >> 32) & 1023
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def moment_of(at: datetime) -> str:
    """A moment as records have it: UTC, milliseconds, `Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def _tags(value: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for start, end in text.hashtags(value, "-"):
        tag = value[start + 1 : end].rstrip("_")
        if good_tag(tag):
            yield start, start + 1 + len(tag), {"$type": f"{_FACET}#tag", "tag": tag}


def _links(value: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for start, end in text.urls(value):
        seen = value[start:end]
        if is_name(value, start, end):
            continue
        yield start, end, {"$type": f"{_FACET}#link", "uri": seen if "://" in seen else f"https://{seen}"}


def _mentions(value: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Only under a top-level domain that there is: `@pytest.fixture` is none."""
    for found in _HANDLE.finditer(value):
        handle = found[1].lower()
        if text.urls(handle) == [(0, len(handle))]:
            yield found.start(), found.end(), {"$type": f"{_FACET}#mention", "did": did_of(handle)}
