"""Where a site generator puts the page of a file: a guess, made as the generators' defaults have it.

========================================  ================================================
file                                      page
========================================  ================================================
`content/posts/My Post.md`                `/posts/my-post/` (Hugo, Zola)
`content/posts/hello/index.zh.md`         `/zh/posts/hello/`
`src/content/blog/hello.mdx`              `/blog/hello/` (Astro)
`_posts/2024-05-06-hello.md`              `/2024/05/06/hello.html` (Jekyll)
`blog/2024-05-06-hello.md`                `/blog/2024/05/06/hello/` (Docusaurus)
========================================  ================================================
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import quote

from .language import in_path, split_suffix

_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)", re.ASCII | re.DOTALL)
#: Folders that hold a site within a repository.
_SITES = ("website", "site")
_INDEX = ("index", "_index")


def page_path(path: PurePosixPath, *, slug: str | None = None, site_language: str | None = None) -> str:
    """The path of the page of the file at `path` (relative to the project), percent-encoded, with a leading `/`.

    `slug` takes the place of the last segment. A suffix such as `.zh` becomes a leading segment unless it is the
    site's own language.
    """
    folders = [part for part in path.parts[:-1] if part not in ("/", ".", "..")]
    home = (site_language or "").lower().replace("_", "-")
    if "_posts" in folders and (dated := _DATED.fullmatch(PurePosixPath(path.name).stem)):
        # Jekyll's plugins for languages put a translation under its code; folders leave no other trace.
        codes = [code for folder in folders if (code := in_path(folder)) and code != home]
        return _encode([*codes[:1], *_padded(dated), f"{slug or dated[4]}.html"])
    stem, suffix = split_suffix(PurePosixPath(path.name).stem)
    below, kind = _below_source(folders)
    if kind == "content" and below and below[0].lower() == home:
        # Hugo keeps each language in a folder and serves the main one from the root.
        below = below[1:]
    segments = below if stem in _INDEX else [*below, stem]
    if slug:
        segments = [*segments[:-1], *slug.strip("/").split("/")]
    elif kind == "plain" and below[:1] == ["blog"] and segments and (dated := _DATED.fullmatch(segments[-1])):
        segments = [*segments[:-1], *_padded(dated), dated[4]]
    if suffix and suffix != home:
        segments = [suffix, *segments]
    encoded = _encode([urlize(segment) for segment in segments])
    return encoded if encoded == "/" else f"{encoded}/"


def _below_source(folders: list[str]) -> tuple[list[str], Literal["content", "src", "plain"]]:
    """The folders below the one that the generator reads, and what it is called."""
    if folders[:1] and folders[0] in _SITES and len(folders) > 1:
        folders = folders[1:]
    if folders[:2] == ["src", "content"]:
        # Starlight's pages lie in `docs/` and are served from the root.
        return (folders[3:] if folders[2:3] == ["docs"] else folders[2:]), "src"
    if folders[:2] == ["src", "pages"]:
        return folders[2:], "src"
    if folders[:1] == ["src"]:
        return folders[1:], "src"
    if "content" in folders[:2]:
        return folders[folders.index("content") + 1 :], "content"
    if folders[:1] == ["source"] and "_posts" in folders:  # Hexo
        folders = folders[1:]
    # Jekyll's other collections: `_articles/x.md`. Its posts without a date in their name are drafts.
    return [folder.lstrip("_") for folder in folders if folder not in ("_posts", "_drafts")], "plain"


def urlize(segment: str) -> str:
    """A segment as Hugo writes it: lower case, hyphens for blanks, only letters, digits and `._+~-@`."""
    low = unicodedata.normalize("NFC", segment).lower().strip()
    kept = "".join(c for c in re.sub(r"\s+", "-", low) if c in "._+~-@" or unicodedata.category(c)[0] in "LMN")
    return re.sub("-{2,}", "-", kept) or low


def _padded(dated: re.Match[str]) -> list[str]:
    return [dated[1], dated[2].zfill(2), dated[3].zfill(2)]


def _encode(segments: list[str]) -> str:
    return "/" + "/".join(quote(segment, safe="+~@", errors="replace") for segment in segments if segment)
