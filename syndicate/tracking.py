"""Parameters that tell a site where its readers come from (`utm_…`), put on the links that a text leads with."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

#: What `utm = true` means.
DEFAULT = "utm_source={adapter}&utm_medium=syndication&utm_campaign={slug}"

_NAMES = ("adapter", "target", "slug")
#: One parameter: what a URL takes as it is, percent-encoding, and names in braces.
_PAIR = r"[\w.~-]+=(?:[\w.~,:;@/!$'()*+{}-]|%[0-9A-Fa-f]{2})*"


def mistake(pattern: str) -> str | None:
    """What is wrong with a pattern, in words; `None` when it is fine."""
    if not re.fullmatch(rf"{_PAIR}(&{_PAIR})*", pattern, re.ASCII):
        return f'parameters such as "utm_source={{target}}&utm_medium=social", not {pattern!r}'
    unknown = [name for name in re.findall(r"\{([^{}]*)\}", pattern) if name not in _NAMES]
    if unknown:
        return f"`{{{unknown[0]}}}` is none of {', '.join(f'`{{{name}}}`' for name in _NAMES)}"
    whole = not re.search(r"[{}]", re.sub(r"\{\w+\}", "", pattern))
    return None if whole else f"a brace without its other one: {pattern!r}"


def tagged(url: str, pattern: str, *, adapter: str, target: str) -> str:
    """`url` with the parameters of `pattern`; as it is when it has some of them already.

    `{slug}` is the last piece of the URL's path. What the URL holds besides stays as it is.
    """
    parts = urlsplit(url)
    slug = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0] or parts.netloc
    values = {"adapter": adapter, "target": target, "slug": slug}
    wanted = re.sub(r"\{(\w+)\}", lambda found: quote(values[found[1]], safe="%"), pattern)
    there = {pair.partition("=")[0] for pair in parts.query.split("&")}
    if there & {pair.partition("=")[0] for pair in wanted.split("&")}:
        return url
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, wanted)))))
