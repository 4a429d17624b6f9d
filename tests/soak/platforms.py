"""Three invented platforms: `list` and `slug` can be asked and take updates, `key` takes an idempotency key and neither.

`list` shows a post only after a while.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from syndicate.adapter import Adapter, Attempt, Dedupe, Dialect, Draft, Limits, Part, Post, Published, option
from syndicate.errors import OutcomeUnknown, Unavailable
from syndicate.http import Http
from syndicate.standin import Received, Request, Response, StandIn

from .settings import KEY_LIFE, LAG, PLACES, SHOWN_AFTER


@dataclass(frozen=True, kw_only=True)
class Soak(Adapter):
    """What the three have in common: a post is a title, a text and a link."""

    title = "Soak"
    homepage = "https://soak.example"
    limits = Limits(text=100_000)
    dialect = Dialect()

    base_url: str = option("https://soak.example", "root of the API")

    def render(self, post: Post) -> Draft:
        text = post.text or post.body
        payload = {"title": post.title, "text": text, "link": post.canonical_url}
        return Draft((Part(payload=payload, text=text, count=len(text), limit=100_000),))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        headers = {"Idempotency-Key": attempt.key} if self.dedupe.kind == "key" else {}
        answer = await http.write("POST", f"{self.base_url}/posts", part, headers=headers)
        return _published(answer.json_or_none())

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        answer = await http.get(f"{self.base_url}/posts", params={"title": part.payload["title"]})
        found = answer.json_or_none()
        if not isinstance(found, list):
            raise Unavailable("answered with something other than a list")
        return next((_published(post) for post in found if post["text"] == part.payload["text"]), None)


class Key(Soak):
    name = "soak-key"
    dedupe = Dedupe(kind="key", window=KEY_LIFE)


class _Changeable(Soak):
    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        there = (await http.get(f"{self.base_url}/posts/{published.id}")).json_or_none()
        if not isinstance(there, dict):
            raise Unavailable("answered with something other than a post")
        if not there.get("id"):
            return None
        payload = {**part.payload, **{name: there[name] for name in part.payload}}
        return part if payload == part.payload else replace(part, payload=payload, text=there["text"])

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        answer = await http.write("PUT", f"{self.base_url}/posts/{published.id}", part)
        return _published(answer.json_or_none())


class Slug(_Changeable):
    name = "soak-slug"
    dedupe = Dedupe(kind="lookup")


class Listed(_Changeable):
    name = "soak-list"
    dedupe = Dedupe(kind="lookup", lag=LAG)


def _published(body: Any) -> Published:
    if not isinstance(body, dict):
        raise OutcomeUnknown("answered with something other than a post")
    return Published(body["id"], body["url"])


@dataclass(frozen=True, slots=True)
class Written:
    """What a create or an update left: what readers then saw. `at`: simulated."""

    at: float
    title: str
    text: str
    link: str | None


class Platform(StandIn):
    """What the stand-ins have in common: whoever gets a request to make a post makes one.

    `after_effect` is called when a write has had its effect, and is not answered yet.
    """

    options: ClassVar[dict[str, Any]] = {}
    after_effect: ClassVar[Callable[[], None]] = staticmethod(lambda: None)
    shown_after = 0.0

    def handle(self, request: Request) -> Response:
        if request.method == "GET":
            return self._read(request)
        wanted = request.json()
        if not isinstance(wanted, dict):
            return Response(400, {"error": "this is not a post"})
        post = self._updated(request, wanted) if request.method == "PUT" else self._created(request, wanted)
        type(self).after_effect()
        return Response(404, {"error": "no such post"}) if post is None else Response(200, self._shown(post))

    def writes(self, request: Request) -> bool:
        return request.method != "GET"

    def refusal(self, kind: str, retry_after: str) -> Response:
        assert kind == "rate"
        return Response(429, {"error": "slow down"}, {"Retry-After": retry_after})

    def earlier(self, request: Request) -> Received | None:
        """What the platform takes this request for a copy of."""
        return None

    def _read(self, request: Request) -> Response:
        id = request.path.rpartition("/")[2]
        if id != "posts":
            found = [post for post in self.posts if post.id == id]
            return Response(200, self._shown(found[0]) if found else {"id": None})
        shown = [post for post in self.posts if post.at + self.shown_after <= self.now()]
        return Response(200, [self._shown(post) for post in shown if post.title == request.query["title"]])

    def _created(self, request: Request, wanted: dict[str, Any]) -> Received:
        if (post := self.earlier(request)) is not None:
            return post
        extra: dict[str, Any] = {"key": request.headers.get("idempotency-key"), "history": []}
        post = Received(id=str(len(self.posts) + 1), title="", text="", at=self.now(), extra=extra)
        self.posts.append(post)
        return self._write(post, wanted)

    def _updated(self, request: Request, wanted: dict[str, Any]) -> Received | None:
        id = request.path.rpartition("/")[2]
        return next((self._write(post, wanted) for post in self.posts if post.id == id), None)

    def _write(self, post: Received, wanted: dict[str, Any]) -> Received:
        post.title, post.text, post.link = wanted["title"], wanted["text"], wanted.get("link")
        post.extra["history"].append(Written(self.now(), post.title, post.text, post.link))
        return post

    def _shown(self, post: Received) -> dict[str, Any]:
        return {
            "id": post.id,
            "url": f"{self.root}/posts/{post.id}",
            "title": post.title,
            "text": post.text,
            "link": post.link,
        }


class KeyPlatform(Platform):
    name = "soak-key"

    def earlier(self, request: Request) -> Received | None:
        key = request.headers.get("idempotency-key")
        return next((post for post in self.posts if post.extra["key"] == key), None)


class SlugPlatform(Platform):
    name = "soak-slug"


class ListPlatform(Platform):
    name = "soak-list"
    shown_after = SHOWN_AFTER


_KINDS: dict[str, type[Platform]] = {"list": ListPlatform, "key": KeyPlatform, "slug": SlugPlatform}
#: A platform for each target.
STANDINS = {target: _KINDS[place.kind] for target, place in PLACES.items()}


def entry_points() -> str:
    """The adapters as an installed package names them: the tool finds them as it finds everybody's."""
    lines = [f"{cls.name} = {cls.__module__}:{cls.__name__}" for cls in (Key, Slug, Listed)]
    return "\n".join(["[syndicate.adapters]", *lines, ""])


def kill(pid: int) -> None:
    """Ends a worker, if it is still there, as the kernel's out-of-memory killer would."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
