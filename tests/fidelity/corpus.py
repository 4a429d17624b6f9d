"""The posts of the corpus, and what becomes of them on each platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from syndicate.adapter import Adapter, Post
from syndicate.errors import Rejected, UsageError
from syndicate.post import load

from . import page, source
from .judge import Verdict, judge, leftovers
from .page import Page
from .places import Place

SITE = "https://blog.example.org"


@dataclass(frozen=True)
class Piece:
    """A post as the tool reads it, and as it was written. `folder`: the source that it comes from."""

    folder: str
    name: str
    post: Post
    written: Page
    quoted: tuple[str, ...]
    named: Mapping[str, str]


def piece(path: Path, folder: Path) -> Piece | None:
    """One file; `None` where it is no post: without a title or a text, or a template."""
    try:
        post = load(path, site_url=SITE, site_language="en", root=folder)
    except UsageError:
        return None
    text = source.body(path.read_text("utf-8"))
    written = page.markdown(source.neutral(text, mdx=path.suffix == ".mdx"), without=post.title)
    return Piece(
        folder.name, str(path.relative_to(folder.parent)), post, written, source.quoted(text), source.named(text)
    )


@lru_cache(maxsize=4)
def pieces(corpus: Path, *, every: int = 1) -> tuple[Piece, ...]:
    """The posts of the corpus in order, each `every`-th file of it."""
    paths = sorted(path for path in corpus.rglob("*") if path.suffix in {".md", ".mdx"})[::every]
    found = (piece(path, corpus / path.relative_to(corpus).parts[0]) for path in paths)
    return tuple(one for one in found if one)


def verdict(one: Piece, place: Place, adapter: Adapter) -> Verdict | None:
    """How the post arrives; `None` where the platform does not take it (that is said before anything is sent)."""
    try:
        draft = adapter.render(one.post)
    except Rejected:
        return None
    assert all(part.count <= part.limit for part in draft.parts), f"{one.name}: longer than the platform takes"
    said, arrived = (*one.post.warnings, *draft.warnings), place.read(draft)
    if not place.whole:
        return leftovers(arrived, said, quoted=one.quoted)
    anchors = adapter.dialect.anchors
    return judge(
        one.written, arrived, said, base=one.post.base_url, anchors=anchors, quoted=one.quoted, named=one.named
    )


def verdicts(posts: Sequence[Piece], place: Place) -> Iterator[tuple[Piece, Verdict]]:
    """Of those that the platform takes."""
    adapter = place.made()
    for one in posts:
        if result := verdict(one, place, adapter):
            yield one, result
