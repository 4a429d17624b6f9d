"""A platform that exists in the tests alone, for plans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from syndicate.adapter import (
    Adapter,
    Attempt,
    Dedupe,
    Dialect,
    Draft,
    Limits,
    Part,
    Post,
    Published,
    Secret,
    option,
    secret,
)
from syndicate.config import Target
from syndicate.errors import Rejected
from syndicate.handoff import Place as Page
from syndicate.http import Http
from syndicate.ledger import Row
from syndicate.plan import Item, make_plan

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC).timestamp()


@dataclass(frozen=True, kw_only=True)
class Place(Adapter):
    """A platform that takes one line a part; it refuses the word `bad`."""

    name: ClassVar[str] = "place"
    title: ClassVar[str] = "The Place"
    homepage: ClassVar[str] = "https://place.example"
    limits: ClassVar[Limits] = Limits(text=100, parts=9)
    dialect: ClassVar[Dialect] = Dialect()
    dedupe: ClassVar[Dedupe] = Dedupe(kind="lookup")
    credentials: ClassVar[tuple[tuple[str, ...], ...]] = (("token",),)
    drafts: ClassVar[bool] = True

    base_url: str = option("https://place.example/api", "root")
    token: Secret = secret("from the place")  # noqa: RUF009

    def render(self, post: Post) -> Draft:
        text = post.text or post.body
        if "bad" in text:
            raise Rejected("the place does not take this")
        lines = [f"{post.title}{' (draft)' if post.draft else ''}: {line} {post.tags}" for line in text.splitlines()]
        parts = tuple(Part(payload={"text": line}, text=line, count=len(line), limit=100) for line in lines)
        return Draft(parts, ("something was lost",), 0.5)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        raise NotImplementedError

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Editable(Place):
    """The same, and it can be edited."""

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Blind(Place):
    """The same, and it cannot be asked; nor has it drafts."""

    dedupe: ClassVar[Dedupe] = Dedupe(kind="none")
    drafts: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class Closed(Place):
    """The same, and newcomers get no credentials."""

    closed: ClassVar[bool] = True
    place: ClassVar[Page | None] = Page(
        form="article", page="https://place.example/new?title={title}", steps=("Paste the text.",)
    )


@dataclass(frozen=True, kw_only=True)
class Broken(Place):
    """Breaks on every post."""

    def render(self, post: Post) -> Draft:
        raise KeyError("no-such-key-9f2")


def a_target(cls: type[Place] = Place, *, name: str = "here", languages: Any = None, token: str = "t0ken") -> Target:
    """A target with or without its credentials."""
    return Target(name, cls(token=Secret.of(token) if token else Secret(None, "the variable TOKEN")), languages)


def a_post(**changes: Any) -> Post:
    return Post(**{"key": "id:a", "source": "a.md", "title": "T", "body": "words", "language": "en", **changes})


def plan(post: Post, target: Target | None = None, rows: tuple[Row, ...] = (), *, as_draft: bool = False) -> Item:
    (item,) = make_plan([post], [target or a_target()], rows, now=NOW, as_draft=as_draft)
    return item


def recorded(post: Post, *states: str, target: Target | None = None, **changes: Any) -> tuple[Row, ...]:
    """The rows of a delivery of `post` that was begun, in these states."""
    rows = plan(post, target).wanted_rows()
    return tuple(
        replace(row, state=state, remote_id=f"{number}", remote_url=f"https://place.example/{number}", **changes)
        for number, (row, state) in enumerate(zip(rows, states, strict=True))
    )
