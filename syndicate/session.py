"""One run of the tool: a config, a ledger, the posts and targets that were asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import urlsplit

from . import config as configuration
from .adapter import Post
from .budget import within
from .config import Config, Target
from .errors import UsageError
from .known import Known
from .ledger import Ledger, open_ledger, sqlite_path
from .plan import Item, Keep, make_plan, not_updated
from .reader import Reader
from .registry import suggestion
from .report import Delivery
from .routing import one_version, siblings, with_keys

if TYPE_CHECKING:
    from .check_online import Answer
    from .http import Http
    from .ledger.agenda import Queued
    from .pictures import Picture

    #: Gives the picture at an address, of at most so many bytes.
    Pictures = Callable[[str, int], Awaitable[Picture]]

_T = TypeVar("_T")
#: Actions for which a request with credentials is made.
_NEEDS_SECRETS = frozenset({"create", "resolve", "update"})


class Session(Reader):
    """Everything that one run works with. Closes its ledger as a context manager."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        super().__init__(config, Known(ledger))
        self.ledger = ledger
        #: Where pictures to upload come from, if not from their addresses.
        self.pictures: Pictures | None = None
        #: The queue as the last plan found it, by post and target.
        self.queued: dict[tuple[str, str], Queued] = {}

    @classmethod
    def open(cls, config: Path | None = None, *, read_only: bool = False) -> Session:
        """Finds and reads the config and opens its ledger. Raises `UsageError`."""
        settings = configuration.load(configuration.find(config))
        return cls(settings, open_ledger(settings.state_url, settings.root, read_only=read_only))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.ledger.close()

    def targets(self, names: Sequence[str] = ()) -> list[Target]:
        """The targets called `names`, or all of them. Raises `UsageError` for one that does not exist."""
        known = self.config.targets
        if not known:
            raise UsageError(f"{self.config.path}: there is no target", next="add a [targets.NAME] table")
        for name in names:
            if name not in known:
                raise UsageError(f"there is no target `{name}`", next=suggestion(name, list(known)))
        return [known[name] for name in dict.fromkeys(names)] if names else list(known.values())

    def plan(
        self,
        posts: Sequence[Post],
        *,
        to: Sequence[str] = (),
        as_draft: bool = False,
        now: float | None = None,
        keep: Keep | None = None,
        at: float | None = None,
        again: bool = False,
    ) -> list[Item]:
        """What to do with `posts`: at the targets `to`, else those their front matter names, else all.

        `keep`: what an update does where the platform's copy was edited by hand. `at`: when a person wants them to
        go out, in seconds since the epoch; what is not due yet waits. `again`: prepare anew what a person posts.
        """
        if to:
            posts = [replace(post, targets=None) for post in posts]
        rows = [row for post in posts for row in self.ledger.rows(post.key)]
        if keep == "ours":  # what was decided before is decided anew
            rows = [replace(row, kept=None) for row in rows]
        now = now or self.ledger.now()
        made = make_plan(posts, self.targets(to), rows, now=now, as_draft=as_draft, again=again)
        plan = self.held_back(made, now=now, at=at)
        return [replace(item, keep=keep) for item in plan] if keep else plan

    def held_back(
        self,
        plan: list[Item],
        *,
        now: float,
        at: float | None = None,
        queue: dict[tuple[str, str], Queued] | None = None,
    ) -> list[Item]:
        """The plan, in which what is not due yet waits, as does what the budget does not suffice for; what was taken
        back is left out, and so is a second version of a piece for one target.

        `queue`: where it is known already.
        """
        plan = self._routed(plan)
        if queue is None:
            queue = {(place.post_key, place.target): place for place in self.ledger.agenda.queue()}
        self.queued = queue
        timed = any(item.target.timing.window or item.target.timing.every for item in plan)
        if self.queued or timed or at is not None:
            from .waiting import held_back

            plan = held_back(plan, self.queued, self.ledger.agenda.last_sent, now=now, at=at)
        return within(plan, self.config.budget)  # what waits for its time costs nothing now

    def _routed(self, plan: list[Item]) -> list[Item]:
        """The plan with one version of each piece for each target."""
        if all(item.post.group is None for item in plan):
            return plan
        found: dict[str, list[Post]] = {}

        def others(post: Post) -> list[Post]:
            if post.path is None:
                return []
            if post.key not in found:
                found[post.key] = [one for one in self._versions(post) if one.group == post.group]
            return found[post.key]

        return one_version(plan, others=others, recorded=self.ledger.rows, preferred=self.config.site_language)

    def _versions(self, post: Post) -> Iterator[Post]:
        """What may be another version of a post, and can be read."""
        root = self.config.root
        path = root / (post.path or "")
        files = with_keys(root) if (post.group or "").startswith("key:") else siblings(path, root)
        for file in files:
            if file != path:
                with contextlib.suppress(UsageError):
                    yield self.post(file)

    def publish(
        self,
        plan: Sequence[Item],
        *,
        at: float | None = None,
        progress: Callable[[str, str], None] | None = None,
    ) -> list[Delivery]:
        """Carries the plan out, and keeps the queue: what waits for its time gets a place, what is done loses it.

        Raises `UsageError` as `carry_out` does.
        """
        if not self.queued and not any(item.action == "wait" for item in plan):
            return self.carry_out(plan, progress=progress)
        from .waiting import keep_up, places

        now = self.ledger.now()
        if waiting := places(plan, now=now, at=at):
            self.ledger.agenda.enqueue(waiting, anew=at is not None)
        deliveries = self.carry_out(plan, progress=progress)
        # Updates are only told of here: what waits for one goes on waiting.
        tried = [pair for pair in zip(plan, deliveries, strict=True) if pair[0].action != "update"]
        keep_up(self.ledger.agenda, self.queued, tried, now=now)
        return deliveries

    def carry_out(
        self, plan: Sequence[Item], *, update: bool = False, progress: Callable[[str, str], None] | None = None
    ) -> list[Delivery]:
        """Publishes, or with `update` updates, what the plan says.

        Raises `UsageError` before anything is sent when a secret is missing.
        """
        if self.config.awaits_pictures and any(item.post.on_disk for item in plan):
            from .presence import awaited

            plan = awaited(plan, self._ask, update=update)
        acting = [item for item in plan if item.action in _NEEDS_SECRETS and not item.for_person]
        if update:
            acting = [item for item in acting if item.action == "update"]
        missing = {
            f"target `{item.target.name}`: {', '.join(lacking)}": lacking
            for item in acting
            if (lacking := item.target.missing_secrets())
        }
        if missing:
            places = list(dict.fromkeys(place for lacking in missing.values() for place in lacking))
            raise UsageError(
                "secrets are missing; nothing was sent\n  " + "\n  ".join(missing),
                next=f"set {', '.join(places)}",
            )
        if not acting and update:
            return [not_updated(item) for item in plan]
        if not acting and not any(item.action == "handoff" for item in plan):
            return [item.delivery() for item in plan]
        from .network import carry_out

        return carry_out(
            self.config,
            self.ledger,
            plan,
            tokens=self._tokens(),
            update=update,
            progress=progress,
            pictures=self.pictures,
            project=self.project,
        )

    def look(self, targets: Sequence[Target], ask: Callable[[Target, Http], Awaitable[_T]]) -> list[_T]:
        """What `ask` tells of each of `targets`, side by side. It only reads, and raises nothing."""
        if not targets:
            return []
        from .network import look

        return look(self.config, self.ledger, targets, ask, tokens=self._tokens())

    def _ask(self, urls: Iterable[str]) -> Mapping[str, Answer]:
        """What becomes of asking for pictures of the site, now."""
        from .check_online import ask

        site = urlsplit(self.config.site_url or "").hostname or ""
        return ask(urls, trusted={site, *self.config.watch.hosts}, deadline=self.config.deadline)

    def _tokens(self) -> Path:
        """Where renewed access tokens are kept: beside the ledger."""
        if self.config.state_url.startswith("sqlite:"):
            return sqlite_path(self.config.state_url, self.config.root).parent / "tokens"
        return self.config.root / ".syndicate" / "tokens"
