"""Five invented platforms, one for every way to make sure that nothing is posted twice: adapters and stand-ins.

key      takes an idempotency key.
rejects  refuses a second copy, for a while; can be asked for a title.
slug     a post stands at an address that we choose; that address can be asked for. A second one gets a suffix.
list     shows the account's own posts, newest first, and each of them only after a while.
none     cannot be asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from syndicate.adapter import Adapter, Attempt, Dedupe, Dialect, Draft, Limits, Part, Post, Published, option
from syndicate.errors import Duplicate, Failure, OutcomeUnknown, Unavailable
from syndicate.http import Answer, Http
from syndicate.standin import Received, Request, Response, StandIn

from .settings import KEY_LIFE, LAG, SHOWN_AFTER

#: Seconds for which `rejects` knows a copy when it sees one.
_COPIES = 2.0
_PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Torture(Adapter):
    """What the five have in common. `find` asks for the title, as an address is asked for."""

    title = "Torture"
    homepage = "https://torture.example"
    limits = Limits(text=10_000)
    dialect = Dialect()

    base_url: str = option("https://torture.example", "root of the API")

    def render(self, post: Post) -> Draft:
        payload = {"title": post.title, "text": post.body}
        return Draft((Part(payload=payload, text=post.body, count=len(post.body), limit=10_000),))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        headers = {"Idempotency-Key": attempt.key} if self.dedupe.kind == "key" else {}
        answer = await http.write("POST", f"{self.base_url}/posts", part, headers=headers, explain=_explain)
        body = answer.json_or_none()
        if not isinstance(body, dict):
            raise OutcomeUnknown("answered with something other than a post")
        return Published(body["id"])

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        answer = await http.get(f"{self.base_url}/posts", params={"title": part.payload["title"]})
        for post in _posts(answer):
            return Published(post["id"])
        return None


class Key(Torture):
    name = "torture-key"
    dedupe = Dedupe(kind="key", window=KEY_LIFE)


class Rejects(Torture):
    name = "torture-rejects"
    dedupe = Dedupe(kind="lookup")


class Slug(Torture):
    name = "torture-slug"
    dedupe = Dedupe(kind="lookup")


class Listed(Torture):
    name = "torture-list"
    dedupe = Dedupe(kind="lookup", lag=LAG)

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Goes through the list, newest first, back to the first try."""
        since = attempt.started_at - timedelta(seconds=60)
        async for post in self._mine(http):
            if datetime.fromisoformat(post["created_at"]) < since:
                return None
            if post["title"] == part.payload["title"]:
                return Published(post["id"])
        return None

    async def _mine(self, http: Http) -> AsyncIterator[dict[str, Any]]:
        before = ""
        while posts := _posts(await http.get(f"{self.base_url}/posts", params={"before": before})):
            for post in posts:
                yield post
            before = posts[-1]["id"]


class Nothing(Torture):
    name = "torture-none"
    dedupe = Dedupe(kind="none")


def _explain(answer: Answer) -> Failure | None:
    return Duplicate("this is a copy") if answer.status == 409 else None


def _posts(answer: Answer) -> list[dict[str, Any]]:
    body = answer.json_or_none()
    if not isinstance(body, list):
        raise Unavailable("answered with something other than a list")
    return body


class Platform(StandIn):
    """What the five stand-ins have in common: whoever gets a request to make a post makes one."""

    options: ClassVar[dict[str, Any]] = {}
    shown_after = 0.0

    def handle(self, request: Request) -> Response:
        if request.method == "POST":
            wanted = request.json()
            if not isinstance(wanted, dict):  # the rest of it was lost with a worker that was killed
                return Response(400, {"error": "this is not a post"})
            return self.earlier(request, wanted["title"]) or self._create(request, wanted)
        if "title" in request.query:
            return Response(200, [self._shown(post) for post in self.titled(request.query["title"])])
        before = int(request.query.get("before") or len(self.posts))
        page = self.posts[max(0, before - _PAGE) : before][::-1]
        return Response(200, [self._shown(post) for post in page if post.at + self.shown_after < self.now()])

    def earlier(self, request: Request, title: str) -> Response | None:
        """The answer to what the platform takes for a copy of something it has."""
        return None

    def titled(self, title: str) -> list[Received]:
        return [post for post in self.posts if post.title == title]

    def writes(self, request: Request) -> bool:
        return request.method == "POST"

    def refusal(self, kind: str, retry_after: str) -> Response:
        assert kind == "rate"
        return Response(429, {"error": "slow down"}, {"Retry-After": retry_after})

    def _create(self, request: Request, wanted: dict[str, str]) -> Response:
        extra = {"key": request.headers.get("idempotency-key")}
        post = Received(id=str(len(self.posts)), title=wanted["title"], text="", at=self.now(), extra=extra)
        self.posts.append(post)
        return Response(201, self._shown(post))

    def _shown(self, post: Received) -> dict[str, str]:
        return {"id": post.id, "title": post.title, "created_at": datetime.fromtimestamp(post.at, UTC).isoformat()}


class KeyPlatform(Platform):
    name = "torture-key"

    def earlier(self, request: Request, title: str) -> Response | None:
        key = request.headers.get("idempotency-key")
        for post in self.titled(title):
            if post.extra["key"] == key and self.now() - post.at < KEY_LIFE:
                return Response(200, self._shown(post))
        return None


class RejectsPlatform(Platform):
    name = "torture-rejects"

    def earlier(self, request: Request, title: str) -> Response | None:
        copies = any(self.now() - post.at < _COPIES for post in self.titled(title))
        return Response(409, {"error": "you have posted this already"}) if copies else None


class SlugPlatform(Platform):
    name = "torture-slug"


class ListPlatform(Platform):
    name = "torture-list"
    shown_after = SHOWN_AFTER


class NonePlatform(Platform):
    name = "torture-none"


STANDINS = {cls.name: cls for cls in (KeyPlatform, RejectsPlatform, SlugPlatform, ListPlatform, NonePlatform)}
ADAPTERS = {cls.name: cls for cls in (Key, Rejects, Slug, Listed, Nothing)}


def entry_points() -> str:
    """The adapters as an installed package names them: the tool finds them as it finds everybody's."""
    lines = [f"{name} = {cls.__module__}:{cls.__name__}" for name, cls in ADAPTERS.items()]
    return "\n".join(["[syndicate.adapters]", *lines, ""])


def title_of(request: Request) -> str | None:
    """Which delivery a request is for; `None` when it was cut short, as its sender was killed."""
    wanted = request.json()
    return str(wanted["title"]) if isinstance(wanted, dict) else None
