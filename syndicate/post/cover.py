"""The cover picture of a post, with its address made absolute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from ..adapter import Image
from .fields import Fields, line, short, truth, word

_KEYS = (
    "cover_image",
    "cover",
    "image",
    "banner",
    "socialImage",
    "hero",
    "heroImage",
    "featured_image",
    "feature_image",
    "main_image",
    "ogImage",
    "thumbnail",
    "images",
)
#: Keys under which a mapping keeps the picture itself.
_INNER = ("image", "src", "url", "path", "file", "light", "feature")
#: A picture as Markdown writes it, and what only a template or a vault makes an address of.
_MARKDOWN = re.compile(r"!\[([^\]]*)\]\(\s*<?([^\s<>]+?)>?(?:\s+[\"'(][^)]*)?\s*\)")
_NO_ADDRESS = re.compile(r"[<>{}]|\[\[|^!?\[")
_ADVICE = "give its full URL to carry it"


def cover(fields: Fields, *, post_url: str | None, site_url: str | None) -> Image | None:
    """The picture of the first key that holds one.

    A path that begins with `/`, or stands beside `relative: false`, belongs to the site; any other path to the
    post's own URL. Without either the path stays as it was written.
    """
    for key, value in fields.find(*_KEYS):
        if value is False or _empty(value):
            continue
        found = _picture(value)
        if found is None:
            fields.warn(f"`{key}` names no picture in a shape that is known; it was ignored")
            continue
        path, notes = found
        url = _absolute(path, truth(notes.get("relative")), post_url=post_url, site_url=site_url)
        if url is None:
            fields.warn(f"`{key}: {short(path)}` is not an address on the web; {_ADVICE}")
            continue
        if not url.startswith(("https://", "http://")):
            fields.warn(f"`{key}: {short(path)}` is relative and no site is configured; {_ADVICE}")
        alt = line(notes.get("alt")) or fields.text(f"{key}_alt") or ""
        return Image(url, alt=alt, caption=line(notes.get("caption")) or "", written=path)
    return None


def _empty(value: Any) -> bool:
    """Whether a theme's mapping was left as it came: `cover: {image: "", alt: ""}`."""
    inner = [value[key] for key in _INNER if key in value] if isinstance(value, Mapping) else []
    return bool(inner) and not any(inner)


def _picture(value: Any) -> tuple[str, Mapping[str, Any]] | None:
    """The path, and the mapping that it stood in. Of a list, the first."""
    notes: dict[str, Any] = {}
    # `hero: {image: {file: x.png}}` is the deepest that is real.
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, Mapping):
            notes |= value
            value = next((value[key] for key in _INNER if value.get(key)), None)
        else:
            break
    path = word(value) if isinstance(value, str) else None
    if path and (markdown := _MARKDOWN.fullmatch(path.strip())):
        notes = {"alt": markdown[1], **notes}
        path = markdown[2]
    return (path.strip(), notes) if path and path.strip() else None


def _absolute(path: str, relative: bool | None, *, post_url: str | None, site_url: str | None) -> str | None:
    """The URL of `path`, or `path` when there is nothing to resolve it against; `None` if it is none."""
    path = re.sub(r"^\{(?:static|attach|photo)\}", "", path)  # Pelican's
    if _NO_ADDRESS.search(path):
        return None
    path = quote(path, safe="/%:?#[]@!$&'()*+,;=~")
    # `@/` and `~/` are folders of a build; other schemes (`data:`, `file:`) are no pages.
    full = re.match(r"https?://", path, re.IGNORECASE)
    if path.startswith(("@", "~")) or (not full and re.match(r"[a-z][a-z0-9+.-]*:", path, re.IGNORECASE)):
        return None
    if path.startswith("//"):
        path = f"https:{path}"
    site = f"{site_url.rstrip('/')}/" if site_url else None
    base = site or post_url if path.startswith("/") or relative is False else post_url or site
    try:
        url = urljoin(base, path) if base else path
        return url if urlsplit(url).hostname or not (base or full) else None
    except ValueError:
        return None
