"""Whether a text is in the script that its language is written in. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from .post.language import script

#: What a Unicode name of a letter begins with, and the languages that are written so; and those in Latin letters.
_WRITTEN = {
    "CYRILLIC": "ru uk be bg mk sr kk ky mn tg tt",
    "GREEK": "el",
    "HEBREW": "he yi",
    "ARABIC": "ar fa ur ps sd ug",
    "DEVANAGARI": "hi mr ne sa",
    "BENGALI": "bn as",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "HANGUL": "ko",
    "LATIN": "en de fr es pt it nl sv da nb no fi pl cs sk sl hr bs sq hu ro tr vi id ms ca et lv lt ga gl eu sr is",
}
_CJK = {"zh": "CJK", "ja": "HIRAGANA", "ko": "HANGUL"}
_NAMES = {"CJK": "Chinese characters", "HIRAGANA": "Japanese", "HANGUL": "Korean"}
#: What else letters of a script are called.
_ALSO = {"KATAKANA": "HIRAGANA"}
_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)|`[^`\n]*`|<[^<>]*>|https?://\S+", re.DOTALL)
#: Letters below which nothing is said.
_FEWEST = 40
#: Texts on technology hold many Latin words; a text has this share of its own letters all the same.
_OWN = 0.05


def contradiction(language: str, body: str) -> str:
    """The script of a text that `language` is not written in, as a person calls it; empty when nothing is wrong."""
    primary = language.split("-", maxsplit=1)[0]
    expected = {name for name, languages in _WRITTEN.items() if primary in languages.split()}
    if not expected:
        return ""
    if seen := script(body):
        found = _CJK[seen]
        return "" if found in expected else _NAMES[found]
    counted = Counter(_script(c) for c in _CODE.sub(" ", body[:20_000]) if c.isalpha())
    letters = counted.total()
    if letters < _FEWEST:
        return ""
    found, count = counted.most_common(1)[0]
    own = sum(counted[name] for name in expected)
    if (
        found not in _WRITTEN
        or found in expected
        or 2 * count <= letters
        or (found == "LATIN" and own > _OWN * letters)
    ):
        return ""
    return _NAMES.get(found, f"{found.capitalize()} letters")


def _script(letter: str) -> str:
    name = "LATIN" if letter.isascii() else unicodedata.name(letter, "").split(" ", 1)[0]
    return _ALSO.get(name, name)
