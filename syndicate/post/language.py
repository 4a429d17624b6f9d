"""The language of a post, as a lower-case BCP 47 tag such as `en` or `zh-cn`."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from .fields import Fields, short, word

# Codes are kept as texts and split below: a list of 180 quoted words is harder to check.
# ISO 639-1, whole: what `lang` may say. `language: go` in a post on programming is none of these.
_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en"
    " eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja"
    " jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb"
    " nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq"
    " sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
# What posts are translated into, less the codes that folders are more often named after (`io`, `ml`, `my`, `os`).
_IN_PATHS = (
    "ar az be bg bn bs ca cs da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id it ja ka kk km kn ko lt lv mk"
    " mn mr ms nb ne nl no pa pl pt ro ru sa si sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh"
)
_KNOWN = frozenset(_ISO_639_1.split())
_KNOWN_IN_PATHS = frozenset(_IN_PATHS.split())

#: Languages that are known by their script. The patterns are compiled when they are needed: that takes a while.
_SCRIPTS = frozenset(("zh", "ja", "ko"))
_CODE = r"(`{3,}|~{3,}).*?(?:\1|\Z)|`[^`\n]*`|<[^<>]*>|https?://\S+"
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_KANA = r"[\u3041-\u30ff]"
_HANGUL = r"[\uac00-\ud7a3]"
_WORD = r"[^\W\d_\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+"

_TAG = re.compile(r"([a-z]{2,3})(?:-[a-z0-9]{2,8})*")
_IN_PATH = re.compile(r"([a-z]{2})(?:-(?:[a-z]{2}|hans|hant|latn|cyrl|\d{3}))?")


def tag(text: str) -> str | None:
    """`text` as a language tag, if it is one."""
    low = text.strip().lower().replace("_", "-").partition(".")[0]
    match = _TAG.fullmatch(low)
    return low if match and (len(match[1]) == 3 or match[1] in _KNOWN) else None


def in_path(segment: str) -> str | None:
    """The language that a folder or a file's suffix names."""
    low = segment.lower().replace("_", "-")
    match = _IN_PATH.fullmatch(low)
    return low if match and match[1] in _KNOWN_IN_PATHS else None


def split_suffix(stem: str) -> tuple[str, str | None]:
    """`post.zh` → `post` and `zh`; a stem without a language stays whole."""
    name, dot, suffix = stem.rpartition(".")
    found = in_path(suffix) if dot and name else None
    return (name, found) if found else (stem, None)


def without(path: PurePosixPath) -> str:
    """What the versions of one piece in several languages have in common: the path without what names a language."""
    stem, suffixed = split_suffix(path.stem)
    folders = list(path.parts[:-1])
    if not suffixed:
        named = next((number for number, folder in enumerate(folders) if in_path(folder)), None)
        if named is not None:
            folders[named] = "*"
    return "/".join([*folders, stem])


def script(body: str) -> str | None:
    """The language that most of a text's letters can belong to alone: `zh`, `ja`, `ko`; `None` for other scripts."""
    if body.isascii():
        return None
    words = re.sub(_CODE, " ", body[:20_000], flags=re.DOTALL)
    han, kana, hangul = (len(re.findall(letters, words)) for letters in (_HAN, _KANA, _HANGUL))
    # One of these letters says as much as a word of others.
    if han + kana + hangul <= len(re.findall(_WORD, words)):
        return None
    return "ko" if hangul > han + kana else "ja" if 10 * kana > han else "zh"


def language(fields: Fields, path: PurePosixPath | None, site_language: str | None) -> str | None:
    """What the front matter says, else the file's suffix, else the first folder named after one, else the site's.

    The last is only taken where the text's script does not speak against it.
    """
    for key, value in fields.find("lang", "language", "locale"):
        if found := tag(word(value) or ""):
            return found
        fields.warn(f"`{key}: {short(value)}` is not a language code such as `en` or `zh-cn` and was ignored")
    if path is not None:
        for found in (split_suffix(path.stem)[1], *map(in_path, path.parts[:-1])):
            if found:
                return found
    default = tag(site_language) if site_language else None
    seen = script(fields.front.body)
    if default and (seen or default.split("-")[0] in _SCRIPTS) and seen != default.split("-")[0]:
        fields.warn(
            f"the text is not in the site's language (`{default}`)" + (f" but in `{seen}`" if seen else "; set `lang`")
        )
        return seen
    return default or seen
