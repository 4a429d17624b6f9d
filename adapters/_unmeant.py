"""What a platform would make of a post's words that they do not mean: mentions, cashtags, links made of file names.

`@media`, `@types/node` and `@Component` would notify strangers, `README.md` and `asyncio.run()` lead to strangers' sites.
An invisible blank behind the sign keeps such words what they are. A text that the author wrote for the platform, and
code, are sent as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .. import text

#: ZERO WIDTH SPACE: no platform takes it for part of a name.
BLANK = "\u200b"
#: Names of files whose endings are also top-level domains.
FILE = re.compile(r"[\w.-]+\.(?:bz|cc|md|mk|ml|mov|pl|pm|ps|py|rs|sh|tf|vi|zip)", re.IGNORECASE)
#: `errors.Is`, `System.Net`; also where a blank is missing between two sentences.
_CAPITAL = re.compile(r".*\.[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class Guard:
    """What is kept from being more than words: `mentions`, `cashtags` where there are several, names of `files`."""

    mentions: re.Pattern[str]
    files: bool = False
    cashtags: re.Pattern[str] | None = None

    def over(self, values: Sequence[str]) -> tuple[list[str], dict[str, str]]:
        """`values`, and each name that was kept from something, by how it stands there now."""
        several = self.cashtags and len({tag for one in values for tag in self.cashtags.findall(one)}) > 1
        found: dict[str, str] = {}
        return [self._one(value, found, cashtags=bool(several)) for value in values], found

    def _one(self, value: str, found: dict[str, str], *, cashtags: bool) -> str:
        links = text.urls(value) if "." in value else []
        cuts = {match.start(): match.end() for match in self.mentions.finditer(value)}
        if cashtags and self.cashtags:
            cuts |= {match.start(): match.end() for match in self.cashtags.finditer(value)}
        cuts = {at: end for at, end in cuts.items() if not any(start <= at < stop for start, stop in links)}
        if self.files:
            cuts |= {start: end for start, end in links if is_name(value, start, end)}
        made, at = "", 0
        for start, end in sorted(cuts.items()):
            name = value[start:end]
            now = name[0] + BLANK + name[1:] if name[0] in "@$" else name.replace(".", "." + BLANK)
            found[now] = name
            made += value[at:start] + now
            at = end
        return made + value[at:]


def is_name(value: str, start: int, end: int) -> bool:
    """Whether what looks like an address without a scheme is the name of a file, or of something in a program."""
    seen = value[start:end]
    if "://" in seen or "/" in seen:
        return False
    return bool(FILE.fullmatch(seen) or _CAPITAL.fullmatch(seen) or value[end : end + 1] in {"(", "_"})


def told(found: dict[str, str], said: Iterable[str]) -> list[str]:
    """What is to be said of the names that are still in the texts `said`."""
    texts = list(said)
    names = [name for now, name in found.items() if any(now in one for one in texts)]
    if not names:
        return []
    return [f"kept from becoming mentions or links by an invisible blank: {', '.join(dict.fromkeys(names))}"]
