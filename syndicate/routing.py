"""Which version of a piece goes to which target: a target gets one of the languages that a piece was written in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from .adapter import Post
from .audience import takes
from .config import Target
from .ledger import Row
from .plan import Item
from .post.language import in_path, split_suffix

_SUFFIXES = (".md", ".mdx", ".markdown")
#: States after which another version would be a second post of one piece.
_SENT = ("published", "unknown", "sending", "waiting")


def versions_of(path: Path) -> list[Path]:
    """The files that `path` means where it is not there itself: `post.md` for `post.en.md` and `post.zh.md`.

    Empty when there are none, or `path` is there. A folder means its `index.LANGUAGE.md`.
    """
    # os.path, as a link or a key may be longer than a file's name can be.
    if os.path.isdir(path):  # noqa: PTH112
        if any((path / f"index{suffix}").exists() for suffix in _SUFFIXES):
            return []
        path = path / "index.md"
    elif os.path.exists(path):  # noqa: PTH110
        return []
    return [file for file in _beside(path) if split_suffix(file.stem)[1]]


def siblings(path: Path) -> list[Path]:
    """The other versions of the file at `path`: beside it by their suffix, or in folders named after languages."""
    if split_suffix(path.stem)[1] or not any(in_path(part) for part in path.parts[:-1]):
        return [file for file in _beside(path) if file != path]
    folder = next(parent for parent in reversed([*path.parents]) if in_path(parent.name))
    within = path.relative_to(folder)
    others = sorted(other for other in folder.parent.iterdir() if other != folder and in_path(other.name))
    return [other / within for other in others if (other / within).is_file()]


def _beside(path: Path) -> list[Path]:
    stem = split_suffix(path.stem)[0]
    try:
        files = sorted(path.parent.iterdir())
    except OSError:
        return []
    return [f for f in files if f.suffix in _SUFFIXES and split_suffix(f.stem)[0] == stem and f.is_file()]


def one_version(
    plan: Sequence[Item],
    *,
    others: Callable[[Post], Sequence[Post]],
    recorded: Callable[[str, str], Iterable[Row]],
    preferred: str | None,
) -> list[Item]:
    """The plan, in which no target gets a second version of a piece, or one that it wants less.

    What was begun before is left as it is.

    Args:
        others: The other versions of a post.
        recorded: The ledger's rows of a post's key at a target.
        preferred: The site's language: what a target gets that names none.
    """
    groups: dict[str, dict[str, Post]] = {}
    for item in plan:
        if item.post.group is not None:
            groups.setdefault(item.post.group, {})[item.post.key] = item.post
    for group in groups.values():
        for post in list(group.values()):
            group |= {other.key: other for other in others(post) if other.key not in group}
    kept: list[Item] = []
    for item in plan:
        group = groups.get(item.post.group or "", {})
        begun = any(row.state in _SENT for row in item.rows)
        if len(group) < 2 or begun or item.action in ("skip", "update"):
            kept.append(item)
            continue
        rest = [post for key, post in group.items() if key != item.post.key]
        why = _went(rest, item.target, recorded) or _wanted_more(item, rest, preferred)
        kept.append(replace(item, action="skip", draft=None, notes=(why,), error=None) if why else item)
    return kept


def _went(rest: Iterable[Post], target: Target, recorded: Callable[[str, str], Iterable[Row]]) -> str:
    for post in rest:
        for row in recorded(post.key, target.name):
            if row.state in _SENT:
                where = f": {row.remote_url}" if row.remote_url else f" ({row.state})"
                return f"the `{post.language}` version of this post went there{where}"
    return ""


def _wanted_more(item: Item, rest: Sequence[Post], preferred: str | None) -> str:
    def rank(post: Post) -> int:
        return _rank(post, item.target, preferred)

    able = [post for post in rest if not post.draft and (post.targets is None or item.target.name in post.targets)]
    best = min(able, key=rank, default=None)
    if best is None or rank(best) >= rank(item.post):
        return ""
    return f"this target gets the `{best.language}` version of this post, {best.source}"


def _rank(post: Post, target: Target, preferred: str | None) -> int:
    """Less is wanted more; what a target does not take comes last."""
    wanted = target.languages or ((preferred.lower(),) if preferred else ())
    if post.language is None:
        return len(wanted) + 1
    if target.languages and not takes(target.languages, post.language):
        return len(wanted) + 2
    return next((n for n, one in enumerate(wanted) if takes((one,), post.language)), len(wanted))
