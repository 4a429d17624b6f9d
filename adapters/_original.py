"""The line that says where a post was published first, where a platform has no field for that: in the post's language."""

from __future__ import annotations

import re

from ._article import same_address

#: By language; `zh` in traditional characters apart. Others get English.
_LINES = {
    "en": "Originally published at {}",
    "cs": "Původně publikováno na {}",
    "de": "Ursprünglich veröffentlicht auf {}",
    "es": "Publicado originalmente en {}",
    "fr": "Publié à l’origine sur {}",
    "it": "Pubblicato originariamente su {}",
    "ja": "初出：{}",
    "ko": "원문: {}",
    "nl": "Oorspronkelijk gepubliceerd op {}",
    "pl": "Pierwotnie opublikowano na {}",
    "pt": "Publicado originalmente em {}",
    "ru": "Впервые опубликовано на {}",
    "sv": "Ursprungligen publicerad på {}",
    "tr": "İlk yayımlandığı yer: {}",
    "uk": "Уперше опубліковано на {}",
    "zh": "原文发布于 {}",
    "zh-hant": "原文發布於 {}",
    "zh-hk": "原文發布於 {}",
    "zh-tw": "原文發布於 {}",
}
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]+")


def said_in(language: str | None, place: str) -> str:
    """The line, without a full stop. `place`: the address, or a link to it."""
    known = (language or "en").lower()
    return _LINES.get(known, _LINES.get(known.partition("-")[0], _LINES["en"])).format(place)


def tells(body: str, url: str) -> bool:
    """Whether a text leads to `url` already, in a line of its author's; a place in it (`#…`) does not count."""
    return any(
        "#" not in (found := match.rstrip(".,;:!?*_")) and same_address(found, url) for match in _ADDRESS.findall(body)
    )


def original_in(body: str) -> str | None:
    """The address in the last such line of a text."""
    lines = "|".join(re.escape(line.removesuffix("{}")) for line in dict.fromkeys(_LINES.values()))
    found = re.findall(rf"(?:{lines})<?(https?://[^\s<>]+)>?", body)
    return found[-1] if found else None
