"""Which version of a piece goes to which target: a target gets one of the languages that a piece was written in."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from .adapter import Post
from .audience import left_out, takes
from .config import Target
from .ledger import Row
from .plan import Item
from .post.language import in_path, split_suffix

#: Files that are looked at for other versions; more are no blog but somebody's whole disk.
_MOST = 20_000
_KEY = re.compile(rb"translation[-_]?key", re.IGNORECASE)
_SUFFIXES = (".md", ".mdx", ".markdown")
#: States after which another version would be a second post of one piece.
_SENT = ("published", "unknown", "sending", "waiting")


def versions_of(path: Path) -> list[Path]:
    """The files that `path` means where it is not there itself: `post.md` for `post.en.md` and `post.zh.md`.

    Empty when there are none, or `path` is there. A folder means its `index.md` and its `index.LANGUAGE.md`.
    """
    # os.path, as a link or a key may be longer than a file's name can be.
    if os.path.isdir(path):  # noqa: PTH112
        found = _beside(path / "index.md")
        return found if any(split_suffix(file.stem)[1] for file in found) else []
    if os.path.exists(path):  # noqa: PTH110
        return []
    return [file for file in _beside(path) if split_suffix(file.stem)[1]]


def siblings(path: Path, root: Path | None = None) -> list[Path]:
    """The other versions of the file at `path`: beside it by their suffix, or in folders named after languages.

    `root`: the project's folder; what stands above it names no language.
    """
    above = [parent for parent in path.parents if root is None or (parent != root and parent.is_relative_to(root))]
    folder = next((parent for parent in reversed(above) if in_path(parent.name)), None)
    if split_suffix(path.stem)[1] or folder is None:
        return [file for file in _beside(path) if file != path]
    within = path.relative_to(folder)
    others = sorted(other for other in folder.parent.iterdir() if other != folder and in_path(other.name))
    return [other / within for other in others if (other / within).is_file()]


def with_keys(root: Path) -> Iterator[Path]:
    """The files of a project that say with which others they are one piece (Hugo's `translationKey`)."""
    from .discover import markdown_files

    if root in (Path.home(), Path(root.anchor)):
        return
    for file in islice(markdown_files(root), _MOST):
        with contextlib.suppress(OSError):
            if _KEY.search(file.read_bytes()):
                yield file


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
    #: What the plan does not send anyway.
    out: set[tuple[str, str]] = set()
    for item in plan:
        if item.post.group is not None:
            groups.setdefault(item.post.group, {})[item.post.key] = item.post
        if item.action == "skip":
            out.add((item.post.key, item.target.name))
    for group in groups.values():
        planned = set(group)
        for post in list(group.values()):
            group |= {other.key: other for other in others(post) if other.key not in group}
        for key, post in group.items():
            out |= {(key, item.target.name) for item in plan if key not in planned and _left_out(post, item.target)}
    kept: list[Item] = []
    for item in plan:
        group = groups.get(item.post.group or "", {})
        begun = any(row.state in _SENT for row in item.rows)
        if len(group) < 2 or begun or item.action in ("skip", "update"):
            kept.append(item)
            continue
        rest = [post for key, post in group.items() if key != item.post.key]
        able = [post for post in rest if (post.key, item.target.name) not in out]
        why = _went(rest, item, recorded) or _wanted_more(item, able, preferred)
        kept.append(replace(item, action="skip", draft=None, notes=(why,), error=None) if why else item)
    return kept


def _left_out(post: Post, target: Target) -> bool:
    """Whether a version that the plan does not name is not for this target."""
    other = post.targets is not None and target.name not in post.targets
    return other or bool(left_out(post, target, post.draft, as_draft=False))


def _went(rest: Iterable[Post], item: Item, recorded: Callable[[str, str], Iterable[Row]]) -> str:
    for post in rest:
        for row in recorded(post.key, item.target.name):
            if row.state in _SENT:
                where = f": {row.remote_url}" if row.remote_url else f" ({row.state})"
                return f"{_named(post)} went there{where}{_mistaken(item.post, post)}"
    return ""


def _wanted_more(item: Item, able: Sequence[Post], preferred: str | None) -> str:
    """Why another one goes; of two that are wanted alike, the same one in each run."""

    def rank(post: Post) -> tuple[int, str, str]:
        return _rank(post, item.target, preferred), post.source, post.key

    best = min(able, key=rank, default=None)
    if best is None or rank(best) > rank(item.post):
        return ""
    return f"this target gets {_named(best)}, {best.source}{_mistaken(item.post, best)}"


def _named(post: Post) -> str:
    return f"the `{post.language}` version of this post" if post.language else "another version of this post"


def _mistaken(one: Post, other: Post) -> str:
    """Two posts in one language may be two pieces."""
    if one.language != other.language:
        return ""
    why = "`translationKey`" if (one.group or "").startswith("key:") else "name"
    help = "give one another key" if why != "name" else "give one another name, or a `translationKey` of its own"
    return f"; the two have one {why} and one language: if they are two posts, {help}"


def _rank(post: Post, target: Target, preferred: str | None) -> int:
    """Less is wanted more; what a target does not take comes last."""
    wanted = target.languages or ((preferred.lower(),) if preferred else ())
    if post.language is None:
        return len(wanted) + 1
    if target.languages and not takes(target.languages, post.language):
        return len(wanted) + 2
    return next((n for n, one in enumerate(wanted) if takes((one,), post.language)), len(wanted))
