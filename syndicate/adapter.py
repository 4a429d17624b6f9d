"""The adapter contract and its data types: all that an adapter may import, with errors, http, text and markdown.

An adapter is a small frozen dataclass. Its fields are the options of a target in `syndicate.toml`; its class
attributes are data that the core reads; its methods are below. Optional abilities are found by their presence:

``recent(http)``
    Async iterator over the account's own posts, newest first: `Published` with `title` and `canonical_url`.
    One that only its owner sees is left out; a list that does not come to its end is a `Failure`.
``read(part, published, http) -> Part | None``
    The platform's copy of `part` as it is now: `part` itself when it is as it was sent, else a `Part` like it with
    those fields of the payload, and the `text`, that were changed there; `None` when it is gone, deleted or removed
    so that readers do not see it. What the platform tidies by itself (line ends, short links, escapes, the case of
    tags) is no change. Only reads. A `Failure` when it cannot be told.
``update(part, published, http) -> Published``
    Makes the platform's copy equal to `part`. Must be safe to repeat.
``delete(published, http)``, ``metrics(published, http) -> Metrics``, ``check(http) -> Account``
``requirements(http)``
    Live rules of the place, like a subreddit's.
``id_of(url) -> str | None``
    The platform's id of the post at a URL that a person gave, where the URL holds it.
``handoff(post) -> str``
    The page on which a person can finish the job when the target has no credentials.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlencode

from .markdown.dialect import Dialect
from .secrets import Secret

if TYPE_CHECKING:
    from .http import Http

__all__ = [
    "PREVIOUS",
    "Account",
    "Adapter",
    "Attempt",
    "Dedupe",
    "Dialect",
    "Draft",
    "Image",
    "Limits",
    "Metrics",
    "Part",
    "Post",
    "Published",
    "Secret",
    "option",
    "secret",
]

#: Stands in a payload for the platform's id of the part before this one; filled in when it is sent.
PREVIOUS = "{previous}"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: absolute URL where one is known, else the path as written; alternative text and caption."""

    url: str
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One piece of writing, parsed from a file or a feed entry; the same for every platform.

    `body` is Markdown without front matter. `key` is the post's identity (see `syndicate.post`), `source` the
    name a person knows it by. `text` is set when the author wrote another text for this target.
    """

    key: str
    source: str
    title: str
    body: str
    canonical_url: str | None = None
    summary: str | None = None
    tags: tuple[str, ...] = ()
    date: datetime | None = None
    cover: Image | None = None
    language: str | None = None
    series: str | None = None
    draft: bool = False
    text: str | None = None
    #: Absolute URL against which relative links are resolved; `None` when the config names no site.
    base_url: str | None = None
    #: Path within the project; `None` for what is no file of it. `certain`: the key is the author's own word, a
    #: canonical URL or an id; otherwise it follows from the path and the site, and may change with them.
    path: str | None = None
    certain: bool = True
    #: From the front matter's `syndicate:` mapping: targets asked for, overrides per target.
    targets: tuple[str, ...] | None = None
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: What reading the file already had to leave out or guess.
    warnings: tuple[str, ...] = ()

    def for_target(self, target: str) -> Post:
        """This post with the overrides that its author wrote for `target`."""
        over = self.overrides.get(target, {})
        changes: dict[str, Any] = {}
        if over.get("title"):
            changes["title"] = str(over["title"])
        if over.get("tags") is not None:
            changes["tags"] = tuple(over["tags"])
        if over.get("text"):
            changes["text"] = str(over["text"])
        return replace(self, **changes) if changes else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One request with a visible effect.

    `payload` is the body of that request, complete but for `PREVIOUS`; it holds no secret. `text` is what a
    reader will see, for the preview. `count` of `limit` is measured as the platform measures.
    """

    payload: Mapping[str, Any]
    text: str
    count: int
    limit: int
    encoding: Literal["json", "form"] = "json"

    def body(self, previous: str | None = None) -> bytes:
        """The exact bytes of the request. `previous`: the id of the part before, for a thread."""
        payload = _fill(self.payload, previous) if previous is not None else self.payload
        if self.encoding == "form":
            return urlencode({k: str(v) for k, v in payload.items()}).encode()
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def content_type(self) -> str:
        return "application/x-www-form-urlencoded" if self.encoding == "form" else "application/json"

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of `body()`: the preview's, the ledger's and the request's are the same."""
        return hashlib.sha256(self.body()).hexdigest()


def _fill(value: Any, previous: str) -> Any:
    if isinstance(value, Mapping):
        return {k: _fill(v, previous) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_fill(v, previous) for v in value]
    return previous if value == PREVIOUS else value


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be sent for a post: ordered parts, and what could not be carried. `cost` is in US dollars."""

    parts: tuple[Part, ...]
    warnings: tuple[str, ...] = ()
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one part. `key` is the same for all tries at this part, also after the post was edited.

    `started_at` (aware, UTC) is when the first try that may have had an effect began: what `find` looks for
    is not older than that. `previous` is the part before this one in a thread.
    """

    key: str
    started_at: datetime
    previous: Published | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A post as the platform knows it. The last two are filled in by `recent`."""

    id: str
    url: str | None = None
    title: str | None = None
    canonical_url: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Who the credentials belong to, and a line on what they may do."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Activity on a post; `None` where the platform does not say."""

    views: int | None = None
    reactions: int | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the platform takes. Lengths are in the unit that `counter` names; `None` is unlimited."""

    text: int
    counter: Literal["characters", "bytes", "graphemes", "weighted"] = "characters"
    title: int | None = None
    tags: int = 0
    tag_length: int | None = None
    #: Regular expression of one character that a tag may hold.
    tag_chars: str = r"[\w-]"
    parts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Dedupe:
    """How the platform lets us make sure that nothing is posted twice.

    ``key``: takes an idempotency key and honours it for `window` seconds, more than twice deadline + settle (21
    minutes by default). What is unknown is sent again with its key; `find` is asked before and after that time.
    ``lookup``: `find` sees our own posts `lag` seconds after they were made at the latest; its "absent" counts.
    ``none``: there is no lookup that can be trusted; a person decides.
    """

    kind: Literal["key", "lookup", "none"]
    lag: float = 0.0
    window: float = 0.0
    note: str = ""


def option(default: Any, help: str) -> Any:
    """A field of an adapter that a target may set in the config."""
    return field(default=default, metadata={"help": help})


def secret(help: str) -> Any:
    """A field that holds a credential. `help` says where a person gets it."""
    return field(default_factory=Secret, metadata={"help": help, "secret": True})


@dataclass(frozen=True, kw_only=True)
class Adapter(ABC):
    """What knows one platform. Subclasses are frozen dataclasses; see this module's docstring."""

    #: Name in the config, and the platform's own name.
    name: ClassVar[str]
    title: ClassVar[str]
    homepage: ClassVar[str]
    limits: ClassVar[Limits]
    dialect: ClassVar[Dialect]
    dedupe: ClassVar[Dedupe]
    #: Sets of secret fields, any one of which is enough to publish.
    credentials: ClassVar[tuple[tuple[str, ...], ...]] = ()
    #: Other fields without which the platform cannot be used.
    required: ClassVar[tuple[str, ...]] = ()
    #: Whether newcomers get no credentials: without any, the delivery is handed to a person (`handoff`).
    closed: ClassVar[bool] = False
    #: Whether a draft can be sent that only the account's owner sees.
    drafts: ClassVar[bool] = False
    #: One line each for `syndicate platforms`: what it costs, which rules of the place matter.
    price: ClassVar[str] = "free"
    policy: ClassVar[str] = ""

    base_url: str

    @property
    def updates(self) -> bool:
        """Whether `update` can change what this target publishes."""
        return hasattr(self, "update")

    @abstractmethod
    def render(self, post: Post) -> Draft:
        """What would be sent for `post`. Pure: no network, no clock, no disk, no randomness, no secret.

        Raises:
            Rejected: the platform cannot take this post in any form; says which limit and what to do.
        """

    @abstractmethod
    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        """Sends `part` with `http.write`, once, after anything else that has to be sent. Raises a `Failure`."""

    @abstractmethod
    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Looks (only reads) for what an earlier `publish` of this part may have left. Raises a `Failure`.

        `None` means: looked through all of it, and it is not there; with `dedupe` kind ``lookup`` it is then sent
        again. After a refusal as a duplicate, `attempt.started_at` lies 30 days back.
        """
