"""What each platform would lose, change or refuse of a post. Pure: no network, no ledger, no secret is needed.

What is the same on all platforms is told of the post, once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from .adapter import Adapter, Post
from .audience import for_target, left_out
from .check_findings import RELATIVE, Finding, Findings, OnDisk
from .check_text import Address, contents
from .config import Target
from .errors import Failure
from .plan import rendered
from .post.frontmatter import FrontMatter
from .uploading import is_told

#: How a place's rule begins that nothing but a person can tell.
TO_JUDGE = "yours to judge"
#: A value for what has to be set, which is in no post.
_PLACE, _WORD = "https://place.example", "example/example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a platform would make of a post. `message`: why it refuses it, or why it does not go there.

    `warnings`: what is lost or changed. `to_judge`: what a person who posts there has to know, whatever the post.
    """

    adapter: str
    target: str | None
    refused: bool = False
    message: str = ""
    next: str = ""
    warnings: tuple[str, ...] = ()
    to_judge: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.target or self.adapter

    def as_json(self) -> dict[str, Any]:
        return {
            "adapter": self.adapter,
            "target": self.target,
            "refused": self.refused,
            "message": self.message,
            "next": self.next,
            "warnings": [*self.warnings, *self.to_judge],
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """All that was found of one post."""

    findings: tuple[Finding, ...]
    platforms: tuple[Verdict, ...]
    #: Pictures with addresses on the web, each once, the cover first.
    pictures: tuple[Address, ...]


def stand_in(cls: type[Adapter]) -> Target:
    """A target of an adapter that nobody has configured: what has to be set is made up, and no secret is there."""
    values: dict[str, Any] = {
        field.name: _PLACE if field.name == "base_url" else _WORD
        for field in dataclasses.fields(cls)
        if field.name in cls.required or field.name.startswith("author_")
    }
    return Target(cls.name, cls(**values))


def examine(
    post: Post,
    front: FrontMatter,
    targets: Sequence[Target],
    *,
    on_disk: OnDisk,
    made_up: Collection[str] = (),
    now: datetime | None = None,
) -> Checked:
    """Looks at a post and at what it becomes at `targets`.

    Args:
        post: As it was read.
        front: The same file's header, for lines.
        on_disk: Where relative addresses lead.
        made_up: Names of those targets that `stand_in` made; the post's own choice of targets is not about them.
        now: The time by which a site shows the post already, or no more.
    """
    found = contents(post.body, base_url=post.base_url, title=post.title)
    general = Findings(post, front, found, on_disk)
    told = {warning for warning in found.warnings if not warning.startswith(RELATIVE)}
    verdicts = [
        _without(verdict(post, target, configured=target.name not in made_up), told)
        for target in targets
        if target.name in made_up or post.targets is None or target.name in post.targets
    ]
    sent = [one for one in verdicts if not one.refused and not one.message]
    same = [w for w in sent[0].warnings if all(w in one.warnings for one in sent)] if len(sent) > 1 else []
    platforms = tuple(_without(one, set(same)) if one in sent else one for one in verdicts)
    findings = (
        *general.all(),
        *(general.shown(now) if now else ()),
        *general.titles([target.adapter for target in targets]),
        *(Finding("warning", w) for w in same),
    )
    pictures = {url: one for one in general.pictures() if (url := one.url)}
    return Checked(tuple(dict.fromkeys(findings)), platforms, tuple(pictures.values()))


def verdict(post: Post, target: Target, *, configured: bool) -> Verdict:
    """What becomes of a post at a target. A draft is taken as if it were ready."""
    name = target.name if configured else None
    if why := left_out(post, target, source_is_draft=False, as_draft=False):
        return Verdict(adapter=target.adapter.name, target=name, message=why)
    try:
        draft = rendered(target.adapter, replace(for_target(post, target), draft=False), by_hand=target.by_hand)
    except Failure as failure:
        return Verdict(
            adapter=target.adapter.name,
            target=name,
            refused=True,
            message=failure.message,
            next=failure.next,
        )
    note = target.adapter.place.note if target.adapter.place else ""
    judge = [w for w in draft.warnings if target.by_hand and (w == note or w.startswith(TO_JUDGE))]
    lost = [w for w in draft.warnings if w not in judge and not is_told(w)]
    return Verdict(adapter=target.adapter.name, target=name, warnings=tuple(lost), to_judge=tuple(judge))


def _without(one: Verdict, told: set[str]) -> Verdict:
    """A verdict without what is told elsewhere."""
    kept = tuple(w for w in one.warnings if w not in told and not w.startswith(RELATIVE))
    return replace(one, warnings=kept)
