"""What the adapters for one's own website share: slug, marker, uploads of pictures.

Such a site takes the same slug again and makes `slug-2` of it, so nothing is ever refused as a copy there. What is ours
is told by a marker that is sent along, a comment that readers do not see.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from ..adapter import Image, Part, Post
from ..errors import Rejected
from ._slug import slug_of

if TYPE_CHECKING:
    from ..http import Http

#: Slugs that Ghost (`getProtectedSlugs`) or WordPress (`wp_unique_post_slug`, measured) turn into others.
_RESERVED = frozenset("amp atom embed feed ghost index rdf rss rss2".split())  # noqa: SIM905
_MARKER = re.compile(r"<!-- syndicate:\w+ -->")
_SOURCE = re.compile(r'(<img\b[^>]*?\ssrc=")(https?://[^"{}\s]+)(?=")')
#: Fields of a payload that hold a cover. A title may well be written like the name of one.
_COVERS = ("feature_image", "featured_media")
#: How an upload is named in a payload, until it is sent.
NAMED = re.compile(r"\{(?:image|cover):(https?://[^{}\"\s]+)(?: ([^{}]*))?\}")
#: Where one stands in HTML, also in HTML within JSON. In code a quotation mark is written otherwise.
_PLACE = re.compile(r'(\ssrc=\\?")(\{image:[^{}"\s]+\})')
_LARGEST = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture to be uploaded: where it came from, its bytes, a file name that ends in its `stamp`."""

    url: str
    alt: str
    content: bytes
    media_type: str
    name: str


def site_slug(post: Post) -> str:
    """The post's slug, in a form that sites keep: at most 150 characters, not digits alone, no word of theirs."""
    slug = slug_of(post)[:150].strip("-")
    if slug in _RESERVED or slug.replace("-", "").isdigit():
        return f"{slug}-post"
    return slug or f"post-{_digest(post.key)}"


def marker_of(post: Post) -> str:
    """The comment by which `find` knows what was sent for this post; another post has another one."""
    return f"<!-- syndicate:{_digest(post.key)} -->"


def is_marked(there: str | None, sent: str) -> bool | None:
    """Whether a text on the site has the marker of what was sent; `None` when it has none: it was made by hand."""
    found, wanted = _MARKER.findall(there or ""), _MARKER.findall(sent)
    return found[-1] == wanted[-1] if found and wanted else None


def is_sibling(slug: str, wanted: str) -> bool:
    """Whether `slug` is `wanted`, or what a site makes of it when it is taken: `wanted-2`."""
    return bool(re.fullmatch(rf"{re.escape(wanted)}(-\d+)?", slug))


def is_elsewhere(url: str | None, base_url: str) -> bool:
    """Whether a canonical URL is on another site than this one; `www.` does not make another one."""

    def host(address: str) -> str:
        return urlsplit(address).netloc.lower().removeprefix("www.")

    return bool(url) and host(url or "") != host(base_url)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_drawing(url: str) -> bool:
    """Whether a picture is a drawing (SVG), which sites do not take as an upload."""
    return urlsplit(url).path.lower().endswith(".svg")


def named(html: str, base_url: str) -> str:
    """`html` with names for the uploads of its pictures; those of this site, and drawings, keep their address."""

    def name(found: re.Match[str]) -> str:
        url = found[2]
        kept = is_drawing(url) or not is_elsewhere(unescape(url), base_url)
        return found[0] if kept else f"{found[1]}{{image:{url}}}"

    return _SOURCE.sub(name, html)


def cover_name(cover: Image) -> str:
    """What stands for the upload of a cover; its alternative text goes with it."""
    return f"{{cover:{re.sub(r'[{}]', lambda found: quote(found[0]), cover.url)} {re.sub(r'[{}]', '', cover.alt)}}}"


def names_in(part: Part) -> dict[str, tuple[str, str]]:
    """The names that stand for uploads in a part: name → the picture's address, alternative text; in order."""
    names: dict[str, tuple[str, str]] = {}

    def note(name: str) -> str:
        if found := NAMED.fullmatch(name):
            names[name] = (unescape(found[1]) if is_inline(name) else found[1], found[2] or "")
        return name

    _replaced(part.payload, note)
    return names


def placed(part: Part, values: Mapping[str, Any]) -> Part:
    """`part` with `values` for the names of its uploads, to be sent. The same words in the text stay as they are."""
    return replace(part, payload=_replaced(part.payload, lambda name: values.get(name, name)))


def _replaced(value: Any, change: Callable[[str], Any], field: str = "") -> Any:
    """`value` with each name of an upload changed: a cover's field as a whole, or the address of a picture in HTML."""
    if isinstance(value, Mapping):
        return {key: _replaced(inner, change, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(inner, change) for inner in value]
    if not isinstance(value, str):
        return value
    if field in _COVERS:
        return change(value) if NAMED.fullmatch(value) else value
    return _PLACE.sub(lambda at: f"{at[1]}{change(at[2])}", value)


def is_inline(name: str) -> bool:
    """Whether a name stands within HTML, not for a cover."""
    return name.startswith("{image:")


async def uploaded(
    part: Part, http: Http, upload: Callable[[Upload], Awaitable[Any]], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Each picture that `part` names, once: address → what `upload` gave, or what `known` has by the address's `stamp`.

    A picture within the text that cannot be taken is left out: too large, no picture, refused by the site.

    Raises:
        Failure: it cannot be had now, this account may not upload, or the cover cannot be taken.
    """
    done: dict[str, Any] = {}
    names = names_in(part)
    alts = {url: alt for url, alt in names.values() if alt}
    covers = {url for name, (url, _) in names.items() if not is_inline(name)}
    for url, _ in names.values():
        if url in done or stamp(url) in known:
            done[url] = done.get(url, known.get(stamp(url)))
            continue
        try:
            picture = await http.picture(url, limit=_LARGEST)
            stem, _, suffix = picture.name.rpartition(".")
            name = f"{stem[:60]}-{stamp(url)}.{suffix}"
            done[url] = await upload(Upload(url, alts.get(url, ""), picture.content, picture.media_type, name))
        except Rejected:
            if url in covers:
                raise
    return done


def stamp(url: str) -> str:
    """What tells the upload of the picture at `url`: the same for the same address."""
    return _digest(url)[:10]
