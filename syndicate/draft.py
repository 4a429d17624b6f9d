"""A post, and what an adapter makes of it: the words that every room of the house shares. Part of the contract."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

#: Stands in a payload for the platform's id of the part before this one; filled in when it is sent.
PREVIOUS = "{previous}"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: absolute URL where one is known, else the path as written; alternative text and caption.

    `written`: its address as it stands in the post.
    """

    url: str
    alt: str = ""
    caption: str = ""
    written: str = field(default="", compare=False)


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
    #: Lower-case BCP 47 tag. `group`: shared by the versions of one piece in several languages.
    language: str | None = None
    group: str | None = None
    series: str | None = None
    draft: bool = False
    text: str | None = None
    #: Where readers are led: the canonical URL with what the target adds to count them; `None`: the canonical URL.
    link: str | None = None
    #: Absolute URL against which relative links are resolved; `None` when the config names no site.
    base_url: str | None = None
    #: Path within the project; `None` for what is no file of it. `certain`: the key is the author's own word, a
    #: canonical URL or an id; otherwise it follows from the path and the site, and may change with them.
    path: str | None = None
    certain: bool = True
    #: From the front matter's `syndicate:` mapping: targets asked for, overrides per target.
    targets: tuple[str, ...] | None = None
    #: Pictures that lie in the project: address as it is written → `Local.address`, empty for what is no upload (SVG).
    #: `pictures`: those that are, where the post goes to what is to take them; for `markdown.render`.
    on_disk: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: What reading the file already had to leave out or guess.
    warnings: tuple[str, ...] = ()

    @property
    def to_read(self) -> str | None:
        """The address to which a text leads its readers. Fields for the canonical URL take that one as it is."""
        return self.link or self.canonical_url

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

    `payload` is the body of that request, complete but for what only the platform can say: `PREVIOUS`, and names in
    braces for what `filled` puts in their place when it is sent (the id of an upload, of a tag). It holds no secret.
    `text` is what a reader will see, for the preview. `count` of `limit` is measured as the platform measures.
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

    def filled(self, values: Mapping[str, Any], *, fields: Collection[str]) -> Part:
        """This part with `values` in the place of their names, where these are the whole value of one of `fields`.

        Other fields stay as they are: a post may hold any word, such a name included. Only to be sent: the fingerprint
        stays that of the part without them.
        """
        return replace(self, payload=_filled(self.payload, values, fields)) if values else self

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


def _filled(value: Any, values: Mapping[str, Any], fields: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: values[held]
            if name in fields and isinstance(held, str) and held in values
            else _filled(held, values, fields)
            for name, held in value.items()
        }
    if isinstance(value, list | tuple):
        return [_filled(held, values, fields) for held in value]
    return value


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be sent for a post: ordered parts, and what could not be carried. `cost` is in US dollars."""

    parts: tuple[Part, ...]
    warnings: tuple[str, ...] = ()
    cost: float = 0.0
    #: What each part costs, where they differ.
    costs: tuple[float, ...] = ()

    @property
    def prices(self) -> tuple[float, ...]:
        """What each part costs."""
        return self.costs or (self.cost / max(1, len(self.parts)),) * len(self.parts)
