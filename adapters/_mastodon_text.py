"""Texts for Mastodon: counted as it counts, and read back from the HTML that it makes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from unicodedata import normalize

from .. import text
from ._unmeant import BLANK, Guard

#: What an address counts, whatever its length (`characters_reserved_per_url`).
PER_URL = 23

#: `@name@host`; where the mention is known, only `@name` is shown and counted.
_REMOTE = re.compile(r"(?<![=/\w])(@\w+(?:[\w.-]*\w)?)@\w+(?:[.:-]+\w+)*")
_MENTION = re.compile(r"(?<![=/\w])@\w+(?:[\w.-]*\w)?(?:@\w+(?:[.:-]+\w+)*)?")
#: A name with its server is one of Mastodon's; one without is that of anything, such as a decorator.
GUARD = Guard(re.compile(r"(?<![=/\w])@\w+(?:[\w.-]*\w)?(?![\w.-]*@\w)"))
_ANCHOR = re.compile(r"<a\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")
#: Languages that are told apart by region (`LanguagesHelper`); of all others the first subtag is known.
_REGIONAL = {"zh-cn": "zh-CN", "zh-hk": "zh-HK", "zh-tw": "zh-TW"}


def length(value: str, per_url: int = PER_URL) -> int:
    """Graphemes; an address with a scheme counts `per_url`, of a mention of another server's account the name.

    As in `StatusLengthValidator`. An address without a scheme counts as it is: Mastodon makes no link of it.
    """
    for start, end in reversed(_addresses(value)):
        value = f"{value[:start]}{'x' * per_url}{value[end:]}"
    return text.count(_REMOTE.sub(r"\1", value), "graphemes")


def links(value: str) -> list[str]:
    """The addresses that Mastodon makes links of."""
    return [value[start:end] for start, end in _addresses(value)]


def _addresses(value: str) -> list[tuple[int, int]]:
    return [span for span in text.urls(value) if re.match(r"https?://", value[slice(*span)], re.IGNORECASE)]


def mentions(value: str) -> list[str]:
    """The accounts that Mastodon would notify, each once."""
    return list(dict.fromkeys(_MENTION.findall(value)))


def language_of(tag: str) -> str:
    """The ISO 639 code that Mastodon takes for a language tag."""
    return _REGIONAL.get(tag.lower(), tag.lower().partition("-")[0])


@dataclass(frozen=True, slots=True)
class Shown:
    """A status's `content`: its text, and the addresses that it links to, but for mentions and hashtags."""

    text: str
    links: tuple[str, ...]

    @classmethod
    def of(cls, html: str) -> Shown:
        anchors = [dict(_ATTRIBUTE.findall(found[1])) for found in _ANCHOR.finditer(html)]
        links = [
            a["href"] for a in anchors if "href" in a and not {"mention", "hashtag"} & {*a.get("class", "").split()}
        ]
        broken = re.sub(r"\s*<br\s*/?>\s*", "\n", re.sub(r"</p>\s*<p[^>]*>", "\n\n", html))
        return cls(unescape(re.sub(r"<[^>]+>", "", broken)), tuple(map(unescape, links)))


def words(value: str) -> list[str]:
    """A text as it is compared with what is shown of it: no hosts of mentions, no white space, composed letters."""
    return _REMOTE.sub(r"\1", normalize("NFC", value.replace(BLANK, ""))).split()
