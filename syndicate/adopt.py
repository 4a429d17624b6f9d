"""Adopts what an account has posted before this ledger knew of it: its own list, matched with the local posts.

Nothing is guessed: a match is one local post and one post there, by canonical URL, else by title. A list that is
empty or cannot be read changes nothing; what the ledger knows is never forgotten.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from .adapter import Draft, Post, Published
from .audience import for_target
from .config import Target
from .errors import Failure, UsageError, unexpected
from .ledger import Busy, ClaimLost
from .plan import Item, rendered
from .post import normalise_url
from .report import BUSY, Exit, Problem, pressing
from .session import Session

if TYPE_CHECKING:
    from .http import Http

#: found: to be recorded. known: the ledger has it. The others are not recorded, and `message` says why.
State = Literal["found", "adopted", "known", "ambiguous", "busy", "refused"]

_THREAD = "it takes several parts, and the list does not tell which of them are there"
_LOOK = "`syndicate resolve POST TARGET --published URL` records the right one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A target's own posts, newest first. `able`: whether the platform has such a list at all."""

    target: Target
    posts: tuple[Published, ...] = ()
    able: bool = True
    error: Problem | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "target": self.target.name,
            "adapter": self.target.adapter.name,
            "able": self.able,
            "listed": len(self.posts),
            "error": {"kind": self.error.kind, "message": self.error.message, "next": self.error.next}
            if self.error
            else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A local post, and what may be it at a target: one post there, unless `state` is ambiguous."""

    post: Post
    target: Target
    there: tuple[Published, ...]
    by: Literal["canonical URL", "title"]
    state: State = "found"
    message: str = ""
    draft: Draft | None = None

    @property
    def problem(self) -> Problem | None:
        """What is left for a person, or for later."""
        if self.state == "ambiguous":
            return Problem("Handoff", self.message, _LOOK)
        return BUSY if self.state == "busy" else None

    def as_json(self) -> dict[str, Any]:
        there = [{"remote_id": one.id, "url": one.url, "title": one.title} for one in self.there]
        names = {"post": self.post.source, "target": self.target.name, "adapter": self.target.adapter.name}
        return {**names, "state": self.state, "by": self.by, "message": self.message, "there": there}


# ---------------------------------------------------------------------- looking


def listings(session: Session, targets: Sequence[Target]) -> list[Listing]:
    """Reads the accounts' own posts, side by side. One that fails leaves the others alone."""
    found = {target.name: _beforehand(target) for target in targets}

    async def ask(target: Target, http: Http) -> Listing:
        return await _list(target, http)

    for listing in session.look([target for target in targets if found[target.name] is None], ask):
        found[listing.target.name] = listing
    return [listing for listing in found.values() if listing is not None]


def _beforehand(target: Target) -> Listing | None:
    """What is known of a list without asking for it."""
    if not hasattr(target.adapter, "recent"):
        return Listing(target=target, able=False)
    if lacking := target.missing_secrets():
        said = f"secrets are missing ({', '.join(lacking)}); nothing was adopted there"
        return Listing(target=target, error=Problem(UsageError.__name__, said, f"set {', '.join(lacking)}"))
    return None


async def _list(target: Target, http: Http) -> Listing:
    try:
        recent = getattr(target.adapter, "recent")(http)  # noqa: B009  an optional ability
        posts = {item.id: item async for item in recent}
    except Failure as failure:
        return Listing(target=target, error=Problem.of(failure))
    except UsageError as error:
        return Listing(target=target, error=Problem(UsageError.__name__, error.message, error.next))
    except Exception as error:  # noqa: BLE001  an adapter may fail in any way
        return Listing(target=target, error=Problem.of(unexpected(error)))
    return Listing(target=target, posts=tuple(posts.values()))


# ---------------------------------------------------------------------- matching


def matches(session: Session, posts: Sequence[Post], listing: Listing) -> list[Match]:
    """What of `posts` stands in the list, whether it can be adopted or not."""
    there = _by_address(listing.posts), _by_title(listing.posts)
    here: dict[str, set[str]] = {}  # who bears an address or a title
    for post in posts:
        for name in (_address(post), *_tagged(post, listing.target), *_names(post, listing.target)):
            here.setdefault(name, set()).add(post.key)
    named = [name for post in posts for name in (_address(post), *_tagged(post, listing.target))]
    taken = {one.id for name in named for one in there[0].get(name, ())}
    found = []
    for post in posts:
        mine = (_address(post), *_tagged(post, listing.target))
        if address := next((one for one in mine if there[0].get(one)), ""):
            candidates, rivals = there[0][address], here[address]
            match = Match(post=post, target=listing.target, there=tuple(candidates), by="canonical URL")
        else:
            names = _names(post, listing.target)
            titled = {one.id: one for name in names for one in there[1].get(name, ())}
            if not titled.keys() - taken:  # those are other posts by their URL
                continue
            rivals = {key for name in names for key in here[name]}
            match = Match(post=post, target=listing.target, there=tuple(titled.values()), by="title")
        found.append(_judged(session, match, len(rivals)))
    return found


def _judged(session: Session, match: Match, rivals: int) -> Match:
    """Whether what was matched can be recorded."""
    name = match.target.name
    rows = session.ledger.rows(match.post.key, name)
    if any(row.live for row in rows):
        return replace(match, state="busy", message=BUSY.message)
    published = bool(rows) and all(row.state == "published" for row in rows)
    if published or all(session.ledger.holders(name, one.id) for one in match.there):
        return replace(match, state="known")
    if why := _ambiguous(match, rivals):
        return replace(match, state="ambiguous", message=why)
    try:
        there = replace(for_target(session.shown(match.post), match.target), draft=False)
        draft = rendered(match.target.adapter, there, by_hand=match.target.by_hand)
    except Failure as failure:
        return replace(match, state="refused", message=f"it cannot be sent there as it is: {failure.message}")
    if len(draft.parts) != 1 or len(rows) > 1:
        return replace(match, state="ambiguous", message=_THREAD)
    return replace(match, draft=draft, message=_address_there(match))


def _ambiguous(match: Match, rivals: int) -> str:
    """Why it cannot be told that this is that; empty when it can."""
    if len(match.there) > 1:
        return f"{len(match.there)} posts there have its {match.by}"
    if rivals > 1:
        return f"{rivals} posts here have its {match.by}"
    if match.by == "title" and match.post.certain and match.post.canonical_url and (why := _address_there(match)):
        return f"only its title is the same: {why}"
    return ""


def _address_there(match: Match) -> str:
    """Told of a match by title whose canonical URL there is another one; empty for any other."""
    url = match.there[0].canonical_url
    if match.by != "title" or url is None or normalise_url(url) == _address(match.post):
        return ""
    return f"its canonical URL there is {url}"


def _tagged(post: Post, target: Target) -> tuple[str, ...]:
    """Its address with what the target adds to count readers, where that makes another one of it."""
    link = for_target(post, target).link
    return (address,) if link and (address := normalise_url(link)) != _address(post) else ()


def _address(post: Post) -> str:
    return normalise_url(post.canonical_url) if post.canonical_url else ""


def _by_address(posts: Iterable[Published]) -> Mapping[str, list[Published]]:
    found: dict[str, list[Published]] = {}
    for one in posts:
        for url in {normalise_url(url) for url in (one.canonical_url, one.url) if url}:
            found.setdefault(url, []).append(one)
    return found


def _by_title(posts: Iterable[Published]) -> Mapping[str, list[Published]]:
    found: dict[str, list[Published]] = {}
    for one in posts:
        if name := _folded(one.title or ""):
            found.setdefault(name, []).append(one)
    return found


def _names(post: Post, target: Target) -> set[str]:
    """What the post may be called there: its title, and the one that its author wrote for this target."""
    return {_folded(title) for title in (post.title, post.for_target(target.name).title)} - {""}


def _folded(title: str) -> str:
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", title).casefold()).split())


# ---------------------------------------------------------------------- recording


def adopted(session: Session, found: Iterable[Match]) -> Iterator[Match]:
    """Records what was found. What has changed in the ledger since then stays as it is now."""
    for match in found:
        yield _record(session, match) if match.state == "found" else match


def _record(session: Session, match: Match) -> Match:
    ledger, (there,) = session.ledger, match.there
    post = replace(match.post.for_target(match.target.name), draft=False)
    try:
        claim = ledger.claim(Item(post=post, target=match.target, action="create", draft=match.draft).wanted_rows())
    except Busy:
        return replace(match, state="busy", message=BUSY.message)
    try:
        if claim.rows[0].state == "published" or ledger.holders(match.target.name, there.id):
            return replace(match, state="known")
        if len(claim.rows) != 1:
            return replace(match, state="ambiguous", message=_THREAD)
        said = f"adopted: found in the account's own posts by its {match.by}: {there.url or there.id}"
        cleared = dict.fromkeys(("error_kind", "error_message", "error_next", "not_before"))
        ids = {"remote_id": there.id, "remote_url": there.url}
        ledger.record(claim, 0, "published", ledger.now(), because=said, **ids, **cleared)
    except ClaimLost:
        return replace(match, state="busy", message=BUSY.message)
    finally:
        ledger.release(claim)
    return replace(match, state="adopted")


def exit_of(read: Iterable[Listing], found: Iterable[Match], *more: Problem | None) -> Exit:
    """The exit code: of lists that could not be read, and of posts for which a person has to decide."""
    return pressing([*more, *(listing.error for listing in read), *(match.problem for match in found)])
