"""Acme Notes in the sandbox: what it refuses, keeps and lists."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from syndicate.standin import Received, Request, Response, StandIn

_KEY_LIFE = 24 * 3600
_PAGE = 20


class AcmeStandIn(StandIn):
    """One account on Acme Notes."""

    name = "acme"
    options: ClassVar[dict[str, Any]] = {"token": "sandbox-acme-token"}

    def handle(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.options['token']}":
            return self.refusal("auth", "")
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["me"]:
                return Response(200, {"name": "sandbox", "plan": "free"})
            case "GET", ["notes"]:
                return self._list(int(request.query.get("page", 1)))
            case "GET", ["notes", id] if kept := next((post for post in self.posts if post.id == id), None):
                return Response(200, self._shown(kept))
            case "POST", ["notes"]:
                return self._create(request)
            case "PUT", ["notes", id]:
                kept = next((post for post in self.posts if post.id == id), None)
                return self._save(request, kept) if kept else Response(404, {"error": "There is no such note"})
        return Response(404, {"error": "Not found"})

    def writes(self, request: Request) -> bool:
        return request.method in ("POST", "PUT")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return Response(401, {"error": "This token is not valid"})
            case "entitlement":
                return Response(402, {"error": "Your plan's 100 notes of this month are used up"})
            case "rate":
                return Response(429, {"error": "Slow down"}, {"Retry-After": retry_after} if retry_after else {})
        return Response(422, {"error": "title is too long", "field": "title"})

    def _create(self, request: Request) -> Response:
        """The key's first note is the answer to every request that repeats it, for as long as the key lives."""
        key = request.headers.get("idempotency-key")
        for post in self.posts:
            if key and post.extra["key"] == key and self.now() - post.at < _KEY_LIFE:
                if post.extra["created_by"] != request.body:
                    return Response(422, {"error": "This key was used with another body", "code": "key_reused"})
                return Response(200, self._shown(post))
        id = f"n{len(self.posts) + 1}"
        extra = {"key": key, "created_by": request.body}
        return self._save(request, Received(id=id, title="", text="", at=self.now(), extra=extra))

    def _save(self, request: Request, post: Received) -> Response:
        """Keeps the note as it is in the request, or says what is wrong with it."""
        note = request.json()
        if not isinstance(note, dict):
            return Response(400, {"error": "This is not JSON"})
        if problem := _problem(note):
            return Response(422, {"error": problem, "field": problem.split()[0]})
        post.title, post.text, post.link = note["title"], note["text"], note.get("source_url")
        post.tags, post.draft, post.raw = tuple(note["labels"]), note["visibility"] == "private", request.body
        post.extra["notebook"] = note.get("notebook")
        if post in self.posts:
            return Response(200, self._shown(post))
        self.posts.append(post)
        return Response(201, self._shown(post))

    def _list(self, page: int) -> Response:
        """Newest first. A real service would list other people's notes too without `mine=1`."""
        start = (page - 1) * _PAGE
        newest = self.posts[::-1]
        more = page + 1 if len(newest) > start + _PAGE else None
        return Response(200, {"notes": [self._shown(p) for p in newest[start : start + _PAGE]], "next": more})

    def _shown(self, post: Received) -> dict[str, Any]:
        created = datetime.fromtimestamp(post.at, UTC).isoformat()
        note = {"title": post.title, "text": post.text, "source_url": post.link, "labels": sorted(post.tags)}
        note |= {"visibility": "private" if post.draft else "public", "notebook": post.extra.get("notebook")}
        return {"id": post.id, "url": self.post_url(post.id), "created_at": created, **note}


def _problem(note: dict[str, Any]) -> str:
    """What Acme says is wrong with a note, beginning with the field's name; empty when nothing is."""
    for field, kind, most in (("title", str, 100), ("text", str, 20_000), ("labels", list, 5)):
        if not isinstance(note.get(field), kind):
            return f"{field} is missing"
        if len(note[field]) > most:
            return f"{field} is too long"
    if bad := [label for label in note["labels"] if not re.fullmatch(r"[a-z0-9-]{1,20}", label)]:
        return f"labels holds {bad[0]!r}, which is not a label"
    return "" if note.get("visibility") in ("public", "private") else "visibility is missing"
