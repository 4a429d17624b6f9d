"""Pure text work: counting as a platform counts, fitting, splitting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal

Counter = Literal["characters", "bytes", "graphemes", "weighted"]

#: What X counts for a link, whatever its length (twitter-text config v3, transformedURLLength).
_LINK = 23
#: Letters that X takes in paths and in addresses without a scheme, besides a to z (twitter-text latinAccentChars).
_ACCENTS = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u02bb\u0300-\u036f\u1e00-\u1eff"
#: The countries whose flag is one emoji; any other pair of regional letters counts as two.
_FLAGS = (
    "AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CP CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU FI FJ "
    "FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM "
    "MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT "
    "PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL "
    "TM TN TO TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
_SENTENCE = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？｡]+[」』”’）)]*|\n\s*)")
_ABBREVIATED = re.compile(r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|etc|vs|cf|al|ca|approx|Mr|Mrs|Ms|Dr|Prof|St|No|Fig|Inc|v?\d+)\.$")
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\ua000-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")
_NOT_FIRST = re.compile(r"[、。，．！？；：）」』】〉》”’ー々…)\],.!?;:]")


def count(text: str, counter: Counter) -> int:
    """The length of `text` in the platform's unit.

    ``weighted`` is X's: 2 for each character outside the ranges that twitter-text's configuration v3 names, 2 for an
    emoji however it is put together, 23 for a link. Where X's own list of emoji or top-level domains may be older
    than the one used here, the larger of the two counts is taken.
    """
    if counter == "bytes":
        return len(text.encode())
    if counter == "graphemes":
        if text.isascii() and "\r" not in text:
            return len(text)
        return len(_regex().findall(r"\X", text))
    return _weighted(text) if counter == "weighted" else len(text)


def _weighted(text: str) -> int:
    import unicodedata

    text = unicodedata.normalize("NFC", text)
    total = at = 0
    for start, end in urls(text):
        own = _weight(text[start:end])
        total += _weight(text[at:start]) + (_LINK if text[start:end].isascii() else max(_LINK, own))
        at = end
    return total + _weight(text[at:])


def _weight(text: str) -> int:
    if text.isascii():
        return len(text)
    rest = _emoji().sub("", text)
    return sum(1 if _single(ord(c)) else 2 for c in rest) + 2 * len(_emoji().findall(text))


def _single(code: int) -> bool:
    return code <= 4351 or 8192 <= code <= 8205 or 8208 <= code <= 8223 or 8242 <= code <= 8247


def _regex() -> Any:
    import regex

    return regex


@cache
def _emoji() -> Any:
    """One emoji as X counts it. Sequences that no vendor draws as one are not taken for one."""
    flags = "|".join(chr(ord(a) + 127397) + chr(ord(b) + 127397) for a, b in _FLAGS.split())
    person, skin, join = "[👨👩🧑]", r"\p{EMod}?", "\u200d"
    return _regex().compile(
        rf"{flags}|[0-9#*]\ufe0f?\u20e3|🏴(?:\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073"
        r"\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f)"
        rf"|[👨👩](?:{join}[👨👩])?(?:{join}[👦👧]){{1,2}}"
        rf"|{person}{skin}{join}❤\ufe0f?{join}(?:💋{join})?{person}{skin}|{person}{skin}{join}🤝{join}{person}{skin}"
        rf"|{person}{skin}{join}[🌾🍳🍼🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦯🦼🦽🦰🦱🦲🦳]|{person}{skin}{join}[⚕⚖✈]\ufe0f?|🧑{skin}{join}🎄"
        rf"|[\p{{Emoji_Modifier_Base}}👯🤼🧞🧟]{skin}{join}[♀♂]\ufe0f?|🏳\ufe0f?{join}(?:🌈|⚧\ufe0f?)|🏴{join}☠\ufe0f?"
        rf"|🐕{join}🦺|🐈{join}⬛|🐻{join}❄\ufe0f?|👁\ufe0f?{join}🗨\ufe0f?|❤\ufe0f?{join}[🔥🩹]|😮{join}💨|😵{join}💫"
        rf"|😶{join}🌫\ufe0f?|\p{{Emoji_Modifier_Base}}\p{{EMod}}|(?=\p{{Emoji}})\p{{Extended_Pictographic}}\ufe0f?|\p{{EMod}}"
    )


@cache
def _address() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may be a host, with or without scheme, and what may follow one (twitter-text extractUrl)."""
    part = r"[^\s\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\xbf\u2000-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\ufffe\ufeff\uffff]"
    bare = f"[A-Za-z0-9_{_ACCENTS}]"
    host = re.compile(
        rf"(?<![A-Za-z0-9@＠$#＃\u202a-\u202e])(?:(https?://)((?:{part}[{part[1:-1]}-]*\.)+{part}[{part[1:-1]}-]*)".replace("[[", "[")
        if False
        else rf"(?<![A-Za-z0-9@＠$#＃])(?:(https?://)((?:(?:{part}|-)+\.)+(?:{part}|-)+)|((?:(?:{bare}|-)+\.)+(?:{bare}|-)+))",
        re.IGNORECASE,
    )
    char = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_ACCENTS}]"
    pair = rf"\((?:{char}+|{char}*\({char}+\){char}*)\)"
    last = rf"(?:[+\-a-z\u0400-\u04ff0-9=_#/{_ACCENTS}]|{pair})"
    rest = re.compile(
        rf"(?::[0-9]+)?(/(?:(?:{pair}|{char})*{last})?)?(\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?",
        re.IGNORECASE,
    )
    return host, rest
