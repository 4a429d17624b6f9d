"""File → `Post`: front matter in every dialect that real posts have, the canonical URL, and the identity.

A post's key is, in this order: the canonical URL that its author wrote (`url:…`, normalised), the `id` under
`syndicate:` (`id:…`), the canonical URL guessed from the file's path (`url:…`), the path itself (`path:…`).
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from ..adapter import Post
from ..errors import UsageError
from . import bounds, cover, dates, directives, fields, frontmatter, heading, identity, language
from .identity import normalise_url

__all__ = ["load", "normalise_url", "parse", "text_of"]

_TITLED = "add `title` to the front matter, or a first heading `# …` to the text"
_EXPORT = re.compile(r"^export\s+const\s+\w*(?:meta|front)\w*", re.MULTILINE | re.IGNORECASE)
_EXPORTED = "write a header between two lines `---`, with `title` in it: what an MDX file exports is not read"
_VARIABLE = re.compile(r"\{\{-?\s*[A-Za-z_][\w-]*\.\w|\{\{[<%]\s*(?:site)?param\b")
_BUNDLE = ("index.md", "index.mdx")
#: Characters of what is put into a text by name: what is longer is no word of a sentence, and could stand there often.
_MOST_FILLED = 1_000


def load(
    path: Path,
    *,
    site_url: str | None,
    site_language: str | None,
    root: Path,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Post:
    """Reads the post in the file, or in the folder with an `index.md`, at `path`.

    Args:
        path: As the person gave it; errors name it so.
        site_url: Address of the site on which the post stands, where one is configured.
        site_language: Language of posts that name none.
        root: Folder of the project. `Post.source` and the key hold the path within it, never one above it.
        variables: What the site's templates call by these names, without `site.`.

    Raises:
        UsageError: the file cannot be read, or `parse` cannot make a post of it.
    """
    file = _file(path)
    text = text_of(file)
    within = _within(file, root)
    # Outside the project a bundle keeps its folder's name: all bundles' files are called `index.md`.
    known = within or PurePosixPath(*file.absolute().parts[-2 if file.name in _BUNDLE else -1 :])
    known = PurePosixPath(_printable(str(known)))
    post = parse(
        text, source=str(file), site_url=site_url, site_language=site_language, root_relative=known, variables=variables
    )
    warnings = post.warnings
    if within is None:
        warnings = (*warnings, f"the file lies outside the project's folder and is known by its name alone: {known}")
    return replace(post, source=str(known), path=str(known) if within else None, warnings=warnings)


def parse(
    text: str,
    *,
    source: str,
    site_url: str | None,
    site_language: str | None,
    root_relative: PurePosixPath | None,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Post:
    """Makes a post of a file's text. Reads no disk.

    Args:
        text: Front matter and Markdown.
        source: Name of the text in errors and in the post.
        site_url: As for `load`.
        site_language: As for `load`.
        root_relative: The file's path within the project, if it has one.
        variables: As for `load`.

    Raises:
        UsageError: broken front matter, no title, no text, a canonical URL that is none, a wrong `syndicate:`
            mapping, nothing to know the post by, or far more of something than a post has (see `bounds`). Names the
            line and the key.
    """
    front = _filled(frontmatter.read(text, source=source), variables)
    bounds.check_text(front.body, source=source)
    found = fields.Fields(front, source=source)
    title = _title(found)
    orders = directives.directives(found)
    path = (
        root_relative if root_relative is None or not root_relative.is_absolute() else PurePosixPath(root_relative.name)
    )
    own = identity.canonical(found, site_url=site_url, path=path, site_language=site_language)
    key = identity.identity(own, orders.id, path)
    if key is None:
        raise UsageError(
            f"{source}: there is nothing to know this post by",
            next="set `canonical_url`, or `id` under `syndicate:`, in its front matter",
        )
    places = (str(path or ""), own.url or "", *(str(value) for _, value in found.find("path", "permalink", "url")))
    return Post(
        key=key,
        source=source,
        title=title,
        body=front.body,
        canonical_url=own.url,
        summary=fields.summary(found),
        tags=fields.tags(found),
        date=dates.post_date(found, *places),
        cover=cover.cover(found, post_url=own.url, site_url=site_url),
        language=language.language(found, path, site_language),
        group=_group(found, path),
        series=fields.series(found),
        draft=fields.draft(found) or (path is not None and "_drafts" in path.parts[:-1]),
        base_url=own.url or site_url,
        path=str(path) if path is not None else None,
        certain=bool(orders.id) or identity.is_explicit(found),
        targets=orders.targets,
        overrides=orders.overrides,
        warnings=tuple(found.warnings),
    )


def _filled(front: frontmatter.FrontMatter, variables: Mapping[str, str]) -> frontmatter.FrontMatter:
    """With what the site's templates would put into the text: its own variables, and the front matter's (`page.…`)."""
    if "{{" not in front.body or not _VARIABLE.search(front.body):
        return front
    from ..markdown.variables import filled

    page = {f"page.{key}": text for key, value in front.values.items() if (text := _fills(value))}
    site = {f"site.{key}": value for key, value in variables.items()}
    body = filled(front.body, page | site | {key: value for key, value in variables.items() if "." in key})
    return front if body == front.body else replace(front, body=body)


def _fills(value: object) -> str | None:
    text = fields.line(value)
    return text if text and len(text) <= _MOST_FILLED else None


def _group(found: fields.Fields, path: PurePosixPath | None) -> str | None:
    """What the versions of a piece in several languages share: Hugo's `translationKey`, else the path without it."""
    for _, value in found.find("translationKey"):
        if name := fields.word(value):
            return f"key:{name}"
    return f"path:{language.without(path)}" if path is not None else None


def _title(found: fields.Fields) -> str:
    """The title; makes sure that there is a text too."""
    source, body = found.source, found.front.body
    title = fields.title(found)
    alone = False
    if not title and (head := heading.first_heading(body)):
        title, more = head
        alone = not more
    if not title:
        raise UsageError(
            f"{source}:{found.front.header_line}: the post has no title",
            next=_EXPORTED if _EXPORT.search(body) else _TITLED,
        )
    bounds.check_title(title, source=source, line=found.front.header_line)
    if alone or not body.strip():
        raise UsageError(
            f"{source}:{found.front.body_line}: the post has no text",
            next="write it below the front matter" if not alone else "write it below the heading",
        )
    return title


def _file(path: Path) -> Path:
    """The file that `path` means."""
    try:
        if path.is_dir():
            for name in _BUNDLE:
                if (path / name).is_file():
                    return path / name
            raise UsageError(f"{path}: a folder without an index.md", next="name a Markdown file in it")
        if not path.exists():
            raise UsageError(f"{path}: there is no such file", next="check the path; it counts from the current folder")
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    return path


def text_of(file: Path) -> str:
    """What stands in a post's file. Raises `UsageError`: it cannot be read, is no UTF-8, or is far too long."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(bounds.MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from None
    bounds.check_size(len(raw), source=str(file))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{file}:{line}: not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start}",
            next="save the file as UTF-8",
        ) from None


def _unreadable(path: Path, error: OSError | ValueError) -> UsageError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return UsageError(f"{path}: cannot be read: {reason}", next="make it a file that you may read")


def _within(file: Path, root: Path) -> PurePosixPath | None:
    """The path below `root`, as written or with links followed; `None` if it lies elsewhere."""
    for real in (os.path.abspath, os.path.realpath):  # pathlib's own way to take `..` out follows links too
        inner, outer = Path(real(file)), Path(real(root))
        if inner.is_relative_to(outer):
            return PurePosixPath(inner.relative_to(outer).as_posix())
    return None


def _printable(text: str) -> str:
    """A path as text that every encoding takes: names that are not UTF-8 come escaped, composed where they can be."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "backslashreplace").decode())
