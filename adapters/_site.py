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
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote, urljoin, urlsplit

from ..adapter import Image, Part, Post, Uploads
from ..errors import Rejected
from ..local import local
from ._slug import slug_of

if TYPE_CHECKING:
    from ..http import Http

T = TypeVar("T")

#: Slugs that Ghost (`getProtectedSlugs`) or WordPress (`wp_unique_post_slug`, measured) turn into others.
_RESERVED = frozenset("amp atom embed feed ghost index rdf rss rss2".split())  # noqa: SIM905
_MARKER = re.compile(r"<!-- syndicate:\w+ -->")
_TAG = re.compile(r"<(img|source)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(\s+)([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_ADDRESS = re.compile(r"https?://[^\"{}\s]+")
_SET = re.compile(r"<picture\b[^>]*>.*?</picture>", re.IGNORECASE | re.DOTALL)
#: Fields of a payload that hold a cover. A title may well be written like the name of one.
_COVERS = ("feature_image", "featured_media")
#: How an upload is named in a payload, until it is sent: its address, then what it is for a reader (a cover), or the
#: address on the post's own site that a picture of the project keeps when it cannot be taken. That one is not written as
#: an address: nothing shows it as long as the upload stands there.
NAMED = re.compile(r"\{(?:image|cover):(https?://[^{}\"\s]+)(?: ([^{}]*))?\}")
#: Where one stands in HTML, also in HTML within JSON. In code a quotation mark is written otherwise.
_PLACE = re.compile(r'(\ssrc=\\?")(\{image:[^{}"\s]+(?: [^{}"\s]+)?\})')
#: Bytes of a picture. What a site takes is its own affair: PHP 2 MiB unless told otherwise, nginx 1 MiB. One that is
#: refused is tried once more, made that small.
LARGEST, _SMALL = 10 * 1024 * 1024, 1_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture to be uploaded: its `stamp`, its bytes, a file name that ends in the stamp."""

    stamp: str
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
        try:
            return urlsplit(address).netloc.lower().removeprefix("www.")
        except ValueError:  # such as `http://[x]/`
            return address

    return bool(url) and host(url or "") != host(base_url)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_drawing(url: str) -> bool:
    """Whether a picture is a drawing (SVG), which sites do not take as an upload."""
    return local(url) is None and re.split(r"[?#]", url, maxsplit=1)[0].lower().endswith(".svg")


def named(html: str, base_url: str, post: Post) -> str:
    """`html` with names for the uploads of its pictures; those of this site, and drawings, keep their address.

    An upload has no other sizes: those that the post names are of the picture on its own site.
    """
    kept = {address: _on_site(post, written) for written, address in reversed(list(post.pictures.items()))}

    def tag(found: re.Match[str]) -> str:
        attributes = {at[2].lower(): at[3] or at[4] or at[5] or "" for at in _ATTRIBUTE.finditer(found[2])}
        source = attributes.get("src", "") if found[1].lower() == "img" else ""
        url = unescape(source)
        if not _ADDRESS.fullmatch(source) or is_drawing(url) or not is_elsewhere(url, base_url):
            return found[0]
        name = f"{{image:{source} {kept[url]}}}" if kept.get(url) else f"{{image:{source}}}"

        def attribute(at: re.Match[str]) -> str:
            which = at[2].lower()
            return f'{at[1]}src="{name}"' if which == "src" else "" if which in ("srcset", "sizes") else at[0]

        return f"<{found[1]}{_ATTRIBUTE.sub(attribute, found[2])}>"

    def one(found: re.Match[str]) -> str:
        return _TAG.sub(lambda tag: "" if tag[1].lower() == "source" else tag[0], found[0])

    html = _TAG.sub(tag, html)
    return _SET.sub(lambda found: one(found) if "{image:" in found[0] else found[0], html)


def _on_site(post: Post, written: str) -> str:
    """Where a picture of the project is on the post's own site, as a name says it; empty when that is not known."""
    url = quote(urljoin(post.base_url or "", written), safe="%/:?#[]@!$&'()*+,;=~")
    return quote(url, safe="/?=+,;@~()!$*") if url.startswith(("https://", "http://")) else ""


def cover_name(cover: Image) -> str:
    """What stands for the upload of a cover; its alternative text goes with it."""
    return f"{{cover:{re.sub(r'[{}]', lambda found: quote(found[0]), cover.url)} {re.sub(r'[{}]', '', cover.alt)}}}"


@dataclass(frozen=True, slots=True)
class Named:
    """A picture to be uploaded, as a payload names it. `kept`: its address within the text if it cannot be taken."""

    url: str
    alt: str = ""
    kept: str | None = None


def names_in(part: Part) -> dict[str, Named]:
    """The names that stand for uploads in a part, in order."""
    names: dict[str, Named] = {}

    def note(name: str) -> str:
        if found := NAMED.fullmatch(name):
            names[name] = _named(found, inline=is_inline(name))
        return name

    _replaced(part.payload, note)
    return names


def _named(found: re.Match[str], *, inline: bool) -> Named:
    if not inline:
        return Named(found[1], alt=found[2] or "")
    url = unescape(found[1])
    if local(url) is None:
        return Named(url, kept=url)
    return Named(url, kept=unquote(found[2]) if found[2] else None)


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
    part: Part, http: Http, upload: Callable[[Upload], Awaitable[T]], known: Mapping[str, T], taken: Uploads
) -> dict[str, T]:
    """Each picture that `part` names, once: `stamp` → what `upload` gave, or what `known` has.

    A picture within the text that cannot be taken is left out, if it has an address to keep: too large, no picture,
    refused by the site.

    Raises:
        Failure: it cannot be had now, this account may not upload, or a cover, or a picture that is nowhere else,
            cannot be taken.
    """
    done: dict[str, T] = {}
    names = names_in(part).values()
    alts = {stamp(name.url): name.alt for name in names if name.alt}
    refused: set[str] = set()
    for name in names:
        mark = stamp(name.url)
        if mark in known:
            done[mark] = known[mark]
        if mark in done or (mark in refused and name.kept is not None):
            continue
        try:
            made = await _made(http, name.url, mark, alts.get(mark, ""), taken.size, taken)
            try:
                done[mark] = await upload(made)
            except Rejected:
                if len(made.content) <= _SMALL:
                    raise
                done[mark] = await upload(await _made(http, name.url, mark, made.alt, _SMALL, taken))
        except Rejected:
            if name.kept is None:
                raise
            refused.add(mark)
    return done


async def _made(http: Http, url: str, mark: str, alt: str, limit: int, taken: Uploads) -> Upload:
    picture = await http.picture(url, limit=limit, types=taken.types)
    stem, _, suffix = picture.name.rpartition(".")
    return Upload(mark, alt, picture.content, picture.media_type, f"{stem[:60]}-{mark}.{suffix}")


def stamp(url: str) -> str:
    """What tells the upload of the picture at `url`: the same for the same address, or for the same bytes of the project."""
    own = local(url)
    return own.digest[:10] if own else _digest(url)[:10]
