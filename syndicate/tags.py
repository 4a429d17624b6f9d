"""Tags as a platform takes them, and hashtags in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from unicodedata import category, normalize

#: Tags that would become another one without their signs.
SPELT_OUT = {"c++": "cpp", "c#": "csharp", "f#": "fsharp", ".net": "dotnet"}
#: Letters that have no accent to be taken away.
_PLAIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}


def clean_tags(
    tags: Sequence[str], *, most: int, length: int | None = None, chars: str = r"[\w-]", marks: bool = True
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags a platform takes, and a warning for each that was changed or left out.

    Args:
        most: How many it takes; the first ones are kept.
        length: How many characters each may have.
        chars: Regular expression of one character that a tag may hold. Others are removed, but for accents: where `é`
            is not allowed, `e` is taken.
        marks: Whether vowel signs and other marks may stand on the letters of scripts that need them, such as Hindi
            and Thai. A tag is left out rather than robbed of them.
    """
    allowed = re.compile(chars)  # where a sign is not allowed, a tag that lives by it is spelt out
    kept: list[str] = []
    warnings: list[str] = []
    for tag in tags:
        plain = normalize("NFC", tag.strip().lstrip("#＃").strip())
        signs = not all(allowed.fullmatch(c) for c in plain)
        spelt = SPELT_OUT.get(plain.lower(), plain) if signs else plain
        name = "".join(_letters(spelt, allowed)).strip("·・\u200c")
        if name.casefold() in {k.casefold() for k in kept} and name:
            continue
        if not name:
            if plain:
                warnings.append(f"tag “{plain}” was left out: it holds no character that is allowed")
        elif not marks and any(category(c)[0] == "M" for c in name):
            warnings.append(f"tag “{plain}” was left out: a tag ends there at the first vowel sign or accent")
        elif length is not None and len(name) > length:
            warnings.append(f"tag “{name}” was left out: it has {len(name)} characters, {length} are allowed")
        elif len(kept) >= most:
            warnings.append(f"tag “{name}” was left out: {most} are allowed")
        else:
            kept.append(name)
            if name != plain:
                warnings.append(f"tag “{plain}” became “{name}”")
    return tuple(kept), tuple(warnings)


def _letters(name: str, allowed: re.Pattern[str]) -> Iterator[str]:
    """What is allowed of a name, each letter with its marks."""
    carries, free = False, bool(allowed.fullmatch(" "))
    for char in name:
        # Persian needs it in a word; where a tag is no free text, it may end it.
        if category(char)[0] == "M" or (char == "\u200c" and free):
            if carries or allowed.fullmatch(char):
                yield char
        elif allowed.fullmatch(char):
            carries = not char.isascii()
            yield char
        else:
            carries = False
            lower = _PLAIN.get(char.lower(), normalize("NFKD", char)[0])
            base = lower.upper() if char.isupper() and char.lower() in _PLAIN else lower
            if char.isalpha() and base.isascii() and all(allowed.fullmatch(c) for c in base):
                yield base


def hashtags(text: str, joints: str = "") -> list[tuple[int, int]]:
    """Spans (start, end) of `#word`: at the start of a word, letters with their marks, digits, `_`, at least one letter.

    `joints`: what may stand within one besides, such as `-`.
    """
    found: list[tuple[int, int]] = []
    for sign in re.finditer(r"(?<![^\s(（「“\"'])[#＃]", text):
        end = sign.end()
        while end < len(text) and _in_word(text[end], joints):
            end += 1
        while end > sign.end() and text[end - 1] in joints:
            end -= 1
        if any(char.isalpha() for char in text[sign.end() : end]):
            found.append((sign.start(), end))
    return found


def _in_word(char: str, joints: str) -> bool:
    return char.isalnum() or char in joints or char == "_" or category(char) in {"Mn", "Mc"}
