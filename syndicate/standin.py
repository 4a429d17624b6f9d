"""What a platform's stand-in for the sandbox is made of.

A stand-in keeps what it received and refuses what the platform refuses (limits, duplicates, credentials, rates).
The sandbox gives it requests; faults (5xx, lost answers, delays) are the sandbox's own work. Stand-ins are found
through the entry-point group `syndicate.standins`.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. `path` is relative to the stand-in's `base_url`; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; `None` when it is something else."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response. A `body` that is not bytes or text is sent as JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Received:
    """A post as a reader of the platform sees it.

    `text` is what reads are answered from, so that `StandIn.edit` shows; `raw` is the request that made it.
    """

    id: str
    title: str
    text: str
    format: Literal["markdown", "html", "plain"] = "markdown"
    link: str | None = None
    tags: tuple[str, ...] = ()
    draft: bool = False
    at: float = 0.0
    reply_to: str | None = None
    raw: bytes = b""
    extra: dict[str, Any] = field(default_factory=dict)


class StandIn(ABC):
    """A platform on loopback. One instance is one platform with one account.

    Args:
        root: Absolute URL of the sandbox's page for this stand-in; posts are shown at `{root}/posts/{id}`.
        now: Seconds since the epoch.
    """

    #: The adapter it stands in for.
    name: ClassVar[str]
    #: What a target needs besides `adapter` and `base_url` to talk to it; secrets are made up.
    options: ClassVar[Mapping[str, Any]]

    def __init__(self, root: str, now: Callable[[], float]) -> None:
        self.root = root
        self.now = now
        #: What a reader sees, oldest first. Removed posts are taken out.
        self.posts: list[Received] = []

    @abstractmethod
    def handle(self, request: Request) -> Response:
        """Answers as the platform would, and keeps what a `write` left in `posts`."""

    @abstractmethod
    def writes(self, request: Request) -> bool:
        """Whether the request would have an effect that readers see: faults are played on these."""

    @abstractmethod
    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        """A refusal in the platform's own shape. `retry_after`: for `rate`, the header's value, else empty."""

    def edit(self, id: str, text: str) -> None:
        """Changes the text of a post, as its author would by hand on the platform. Reads have to show it.

        Raises:
            KeyError: there is no such post.
        """
        self._post(id).text = text

    def remove(self, id: str) -> None:
        """Takes a post out, as its author or a moderator would. Reads must not show it. Raises as `edit` does."""
        self.posts.remove(self._post(id))

    def _post(self, id: str) -> Received:
        for post in self.posts:
            if post.id == id:
                return post
        raise KeyError(id)

    def post_url(self, id: str) -> str:
        return f"{self.root}/posts/{id}"
