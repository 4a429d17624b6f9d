"""Posts × targets × ledger → what to do. Pure: a dry run is a plan that is not carried out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .adapter import Adapter, Draft, Part, Post
from .audience import for_target, left_out
from .config import Target
from .doubt import half_there, in_doubt, put_off, unasked
from .errors import Failure, OutcomeUnknown, Rejected, unexpected, word
from .ledger import Row
from .report import BUSY, HANDOFF, Action, Delivery, Problem, is_kit, parts_of, recorded_parts, state_of
from .uploading import told

#: Ours: the local post is sent over what was edited on the platform. Theirs: that stays.
Keep = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What to do with one post at one target, and why."""

    post: Post
    target: Target
    action: Action
    draft: Draft | None = None
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    error: Problem | None = None
    #: Nothing is done about it before a person has said what became of it.
    for_person: bool = False
    #: What a person wants kept where the platform's copy was edited by hand; `None`: to be asked. `shown`: the
    #: differences on which they decided; empty: whatever stands there.
    keep: Keep | None = None
    shown: tuple[str, ...] = ()
    #: Whether a new post may go out now; if not, what is in doubt is only looked for. `later`: what is then told of
    #: what is not there; `None`: that its time has not come.
    due: bool = True
    later: Problem | None = None
    #: Whether a person was asked to post it before, and what they were given is still what would be given.
    prepared: bool = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why it is so, and what of the post could not be carried; the latter only where it matters now."""
        lost = (*self.post.warnings, *(self.draft.warnings if self.draft else ()))
        return self.notes if self.action == "skip" else (*self.notes, *lost)

    @property
    def adapter(self) -> Adapter:
        return self.target.adapter

    @property
    def cost(self) -> float:
        """What carrying it out may cost, in US dollars; what is there already is paid."""
        if self.draft is None or self.action not in ("create", "resolve") or self.for_person or not self.due:
            return 0.0
        there = {row.part for row in self.rows if row.state == "published"}
        if not there or len(self.rows) != len(self.draft.parts):
            return self.draft.cost
        return sum(price for number, price in enumerate(self.draft.prices) if number not in there)

    def delivery(self) -> Delivery:
        """How the plan stands before anything is carried out."""
        resumes = any(row.state == "published" for row in self.rows) and self.action != "update"
        first = self.rows[0] if self.rows else None
        state = state_of(self.rows)
        if not self.rows and self.action in ("skip", "refuse"):
            state = "skipped" if self.action == "skip" else "failed"
        return Delivery(
            post=self.post.source,
            target=self.target.name,
            adapter=self.adapter.name,
            action=self.action,
            state=state,
            url=first.remote_url if first else None,
            remote_id=first.remote_id if first else None,
            parts=recorded_parts(self.rows) if resumes or self.draft is None else parts_of(self.draft),
            warnings=self.warnings,
            error=self.error,
            cost=self.cost if self.action == "create" else 0.0,
        )

    def wanted_rows(self) -> list[Row]:
        """The ledger's rows for this draft, as they stand before anything is sent."""
        assert self.draft is not None
        return [self._row(number, part) for number, part in enumerate(self.draft.parts)]

    def _row(self, number: int, part: Part) -> Row:
        assert self.draft is not None
        return Row(
            post_key=self.post.key,
            target=self.target.name,
            part=number,
            parts=len(self.draft.parts),
            adapter=self.adapter.name,
            source=self.post.source,
            state="planned",
            payload=part.payload,
            encoding=part.encoding,
            text=part.text,
            count=part.count,
            limit=part.limit,
            fingerprint=part.fingerprint,
            draft=self.post.draft,
            title=self.post.title,
            path=self.post.path,
            certain=self.post.certain,
        )


def make_plan(
    posts: Sequence[Post],
    targets: Sequence[Target],
    rows: Sequence[Row],
    *,
    now: float,
    as_draft: bool = False,
    again: bool = False,
) -> list[Item]:
    """The plan for `posts` at `targets` (or those that a post's front matter names), given the ledger's `rows`.

    Args:
        now: Seconds since the epoch.
        as_draft: Send what only the account's owner sees.
        again: Prepare anew what a person was given to post before.
    """
    known: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        known.setdefault((row.post_key, row.target), []).append(row)
    return [
        plan_one(post, target, tuple(known.get((post.key, target.name), ())), now=now, as_draft=as_draft, again=again)
        for post in posts
        for target in targets
        if post.targets is None or target.name in post.targets
    ]


def plan_one(
    post: Post, target: Target, rows: tuple[Row, ...], *, now: float, as_draft: bool, again: bool = False
) -> Item:
    """What to do with one post at one target."""
    recorded = any(row.state in ("published", "unknown", "sending") for row in rows)
    source_is_draft = post.draft
    post = replace(for_target(post, target), draft=rows[0].draft if recorded else as_draft)

    def item(
        action: Action,
        draft: Draft | None = None,
        *notes: str,
        error: Problem | None = None,
        for_person: bool = False,
        prepared: bool = False,
        due: bool = True,
    ) -> Item:
        return Item(
            post=post,
            target=target,
            action=action,
            draft=draft,
            rows=rows,
            notes=notes,
            error=error,
            for_person=for_person,
            prepared=prepared,
            due=due,
            later=None if due else error,
        )

    if not recorded and (why := left_out(post, target, source_is_draft, as_draft)):
        return item("skip", None, why)
    if any(row.live for row in rows):
        return item("wait", error=BUSY)
    try:
        draft = rendered(target.adapter, post, by_hand=target.by_hand)
    except Failure as failure:
        if any(row.state in ("unknown", "sending") for row in rows):
            message = f"it is not known whether this was published, and the post has changed: {failure.message}"
            doubtful = Problem(OutcomeUnknown.__name__, message, OutcomeUnknown.advice)
            return item("resolve", error=doubtful, for_person=True)
        if recorded:
            return item("skip", None, f"published before; the post as it is now cannot be sent: {failure.message}")
        if target.by_hand and any(row.state == "waiting" and is_kit(row.payload) for row in rows):
            note = f"the post has changed since this was prepared, and as it is now it is refused: {failure.message}"
            return item("handoff", Draft(tuple(map(part_of, rows))), note, prepared=True)
        return item("refuse", error=Problem.of(failure))
    if any(row.state in ("unknown", "sending") for row in rows):
        # Where a person posts, a program may still look for what it sent before, but it sends nothing.
        mute = target.by_hand and bool(target.missing_secrets())
        doubt = unasked() if mute else in_doubt(target.adapter)
        return item("resolve", draft, error=doubt, for_person=mute, due=not target.by_hand)
    if rows and all(row.state == "published" for row in rows):
        return _published(rows, draft, target, item)
    if any(row.state == "waiting" for row in rows):
        return _waiting(rows, draft, target, item, again=again)
    if target.by_hand and any(row.state == "published" for row in rows):
        return item("resolve", draft, error=half_there(rows, target.adapter), for_person=True)
    if target.by_hand:
        return item("handoff", draft)
    if (later := put_off(rows, now)) is not None:
        return item("wait", draft, error=later)
    return item("create", draft)


def rendered(adapter: Adapter, post: Post, *, by_hand: bool = False) -> Draft:
    """What `adapter` would send, or a person post. Raises a `Failure`: one that breaks must not take others with it."""
    try:
        if by_hand:
            from .kit import kit

            return told(kit(adapter, post), post, None)
        return told(adapter.render(post), post, adapter.uploads)
    except Rejected:
        raise
    except Exception as error:
        raise unexpected(error) from error


def _waiting(rows: tuple[Row, ...], draft: Draft, target: Target, item: Callable[..., Item], *, again: bool) -> Item:
    """A person was asked to post it; whether they did is not known."""
    if not target.by_hand:
        said = "you were asked to post this by hand; it is not known whether you did"
        advice = f"`syndicate confirm {word(rows[0].source)} {word(target.name)} URL`, or `syndicate resolve … --not-published`"
        return item("resolve", draft, error=Problem(HANDOFF, said, advice), for_person=True)
    if again:
        return item("handoff", draft)
    changed = not _same(rows, draft)
    note = "the post has changed since this was prepared; `syndicate publish --again` prepares it anew"
    return item("handoff", draft, *([note] if changed else []), prepared=True)


def _same(rows: tuple[Row, ...], draft: Draft) -> bool:
    """Whether what was recorded is what would go out now. Of a kit, what reaches the place counts."""
    if len(rows) == 1 and is_kit(rows[0].payload) and is_kit(draft.parts[0].payload):
        from .kit import substance

        return substance(rows[0].payload) == substance(draft.parts[0].payload)
    return [row.fingerprint for row in rows] == [part.fingerprint for part in draft.parts]


def _published(rows: tuple[Row, ...], draft: Draft, target: Target, item: Callable[..., Item]) -> Item:
    """Published before: nothing to do, or what an update would send."""
    hidden = "it was sent as a draft; publish it on the platform" if rows[0].draft else ""
    if _same(rows, draft):
        return item("skip", draft, *filter(None, [hidden]))
    if target.by_hand or is_kit(rows[0].payload):
        where = rows[0].remote_url or target.adapter.title
        return item("skip", draft, f"changed since it was posted by hand; edit it there: {where}")
    if not target.adapter.updates or len(rows) != len(draft.parts):
        where = rows[0].remote_url or "what is there"
        said = (
            f"changed since it was published; {target.adapter.title} takes no update of it, so {where} stays as it is"
        )
        return item("skip", draft, said)
    if all(part.fingerprint in (row.fingerprint, row.kept) for row, part in zip(rows, draft.parts, strict=True)):
        return item("skip", draft, "edited there, and you kept that; `syndicate update --ours` sends over it")
    return item(
        "update", draft, "changed since it was published; `syndicate update` would send this", *filter(None, [hidden])
    )


def part_of(row: Row) -> Part:
    """The part as it was recorded: what is sent is what the ledger holds."""
    return Part(payload=row.payload, text=row.text, count=row.count, limit=row.limit, encoding=row.encoding)


def not_updated(item: Item) -> Delivery:
    """What `update` says of a delivery that it has nothing to do with."""
    delivery = item.delivery()
    if item.action in ("skip", "wait", "resolve"):
        return delivery
    note = "not published there yet: `syndicate publish` does that"
    if item.prepared:
        note = "you were asked to post this by hand; `syndicate confirm` records that you did"
    return replace(delivery, action="skip", warnings=(note,), error=None)
