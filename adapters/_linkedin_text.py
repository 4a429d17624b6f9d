"""LinkedIn's "little text": escapes and hashtags of a commentary, and back to what a reader sees.

From doc: learn.microsoft.com linkedin little-text-format (2026-05). An unescaped sign makes LinkedIn cut the text there
without a word (composio#2710). The page writes the template of a hashtag as `{hashtag|#|word}`; LinkedIn's own answers,
and those who use it, escape the sign, so that is sent.
"""

from __future__ import annotations

import re

from .. import text

_RESERVED = re.compile(r"[\\|{}@\[\]()<>#*_~]")
_TEMPLATE = re.compile(r"\{hashtag\|\\?([#＃])\|((?:\\.|[^}\\])*)\}")
_MENTION = re.compile(r"(?<!\\)@\[((?:\\.|[^\]\\])*)\]\(urn:[^)]*\)")


def little(value: str) -> str:
    """A plain text as a commentary: what is reserved is escaped, hashtags become templates; `C#` and `#12` are text."""
    made, at = "", 0
    for start, end in text.hashtags(value):
        if value[start] != "#":
            continue
        made += f"{_escaped(value[at:start])}{{hashtag|\\#|{_escaped(value[start + 1 : end])}}}"
        at = end
    return made + _escaped(value[at:])


def plain(commentary: str) -> str:
    """What a reader sees of a commentary, whichever way it is escaped. Mentions are their names."""
    value = _MENTION.sub(lambda found: found[1], commentary)
    value = _TEMPLATE.sub(lambda found: f"{found[1]}{found[2]}", value)
    return re.sub(r"\\([\\|{}@\[\]()<>#*_~])", r"\1", value)


def size(value: str) -> int:
    """What a plain text counts as a commentary: UTF-16 units, escapes and templates included.

    How LinkedIn counts its 3,000 is unconfirmed; this is the most that it can be.
    """
    return len(little(value).encode("utf-16-le")) // 2


def _escaped(value: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", value)
