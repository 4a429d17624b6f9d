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
``requirements(http) -> Mapping[str, Any]``
    Live rules of the place, like a subreddit's, or an instance's limits. Read by `doctor`, and before a new post.
``objections(part, rules) -> Sequence[str]``
    Why the place would refuse `part`, given its `requirements`: a sentence each. Pure.
``id_of(url) -> str | None``
    The platform's id of the post at a URL that a person gave, where the URL holds it.
``seen(part, http) -> Published | None``
    Whether the place already shows the post, whoever posted it; asked before and after a person posts by hand. Needs no
    credentials.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from .draft import PREVIOUS, Draft, Image, Part, Post
from .handoff import Place
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
    "Place",
    "Post",
    "Published",
    "Secret",
    "Uploads",
    "folder",
    "option",
    "secret",
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one part. `key` is the same for all tries at this part, also after the post was edited.

    `started_at` (aware, UTC) is when the first try that may have had an effect began: what `find` looks for
    is not older than that. `previous` is the part before this one in a thread.
    """

    key: str
    started_at: datetime
    previous: Published | None = None

    @property
    def moment(self) -> datetime:
        """When this part was first about to be sent (aware, UTC, whole milliseconds): the same for all tries at it.

        For ids and dates that a client makes for itself. The key begins with it (see `new_key`).
        """
        try:
            at = datetime.fromtimestamp(int(self.key[:12], 16) / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return self.started_at
        # A key of another origin says nothing of the time.
        return at if abs(at - self.started_at) < _PLAUSIBLE else self.started_at


#: A part may wait for its turn for long; further away is no date but chance.
_PLAUSIBLE = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Published:
    """A post as the platform knows it. The last two are filled in by `recent`."""

    id: str
    url: str | None = None
    title: str | None = None
    canonical_url: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Who the credentials belong to, and a line on what they may do.

    `expires_at`: when they end (aware), where the platform says so. `warnings`: what a person should know or do, such
    as a permission that is lacking.
    """

    name: str
    detail: str = ""
    expires_at: datetime | None = None
    warnings: tuple[str, ...] = ()


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

    `listed`, for ``key``: after `window`, `find`'s "absent" counts as it does with ``lookup``.
    """

    kind: Literal["key", "lookup", "none"]
    lag: float = 0.0
    window: float = 0.0
    note: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """Pictures that the platform takes: at most `size` bytes each, of these media `types`.

    A larger one is made smaller, one of another kind is made a JPEG or a PNG.
    """

    size: int
    types: tuple[str, ...] = ("image/png", "image/jpeg", "image/gif")


def option(default: Any, help: str) -> Any:
    """A field of an adapter that a target may set in the config."""
    return field(default=default, metadata={"help": help})


def folder(help: str) -> Any:
    """A field that holds a path. A relative one counts from the config's folder; the adapter gets it whole."""
    return field(default="", metadata={"help": help, "folder": True})


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
    #: How a person posts there by hand. Every target with one can be told so (`by_hand = true`).
    place: ClassVar[Place | None] = None
    #: Whether nothing but a person may post there: `publish` is never called.
    manual: ClassVar[bool] = False
    #: Whether newcomers get no credentials: without any, the delivery is handed to a person (`place`).
    closed: ClassVar[bool] = False
    #: Whether links may carry parameters that count readers (`utm`): some places take that for spam.
    tracking: ClassVar[bool] = True
    #: What it takes of pictures that only the project has. Then `Post.pictures` and the cover name them by addresses
    #: that `Http.picture` knows (`syndicate.local`), and `publish` puts the platform's addresses in their place.
    uploads: ClassVar[Uploads | None] = None
    #: Hosts of the API that answer no more: since when, and what has taken their place.
    retired: ClassVar[Mapping[str, str]] = {}
    #: Whether a draft can be sent that only the account's owner sees.
    drafts: ClassVar[bool] = False
    #: One line each for `syndicate platforms`: what it costs, which rules of the place matter.
    price: ClassVar[str] = "free"
    policy: ClassVar[str] = ""

    base_url: str

    @property
    def prevention(self) -> Dedupe:
        """`dedupe`, as it is for this target: an option may choose a way in that cannot be asked."""
        return self.dedupe

    @property
    def pictures_taken(self) -> Uploads | None:
        """`uploads`, as it is for this target: an option may leave pictures where they are."""
        return self.uploads

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
