"""Links within a page lead to its headings under the names that Ghost gives them."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import quote, unquote

_HEADING = re.compile(r"<h([1-6]) id=\"([^\"]*)\">(.*?)</h\1>", re.DOTALL)
_LINK = re.compile(r"(<a href=\"#)([^\"]*)")
_PUNCTUATION = re.compile(r"[\]\[!\"#$%&'()*+,./:;<=>?@\\^_{|}~]")


def name_of(heading: str) -> str:
    """Ghost's own: `slugify` of `@tryghost/kg-utils` 1.0, percent-encoded as it is there."""
    text = _PUNCTUATION.sub("", heading.strip().lower())
    return quote(re.sub(r"^-|-{2,}|-$", "", re.sub(r"\s+", "-", text)), safe="-_.!~*'()")


def renamed(html: str) -> str:
    """`html` with its links to headings changed; those to other places stay."""
    names: dict[str, str] = {}
    taken: dict[str, int] = {}
    for heading in _HEADING.finditer(html):
        name = name_of(unescape(re.sub(r"<[^>]*>", "", heading[3])))
        number = taken.get(name, 0)
        taken[name] = number + 1
        names.setdefault(unescape(heading[2]), f"{name}-{number}" if number else name)

    def there(link: re.Match[str]) -> str:
        name = names.get(unquote(unescape(link[2])))
        return link[0] if name is None else link[1] + escape(name)

    return _LINK.sub(there, html) if names else html
