"""GitHub Discussions in the sandbox: one repository with two categories."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn

_PAGE = 50


class GitHubStandIn(StandIn):
    """One account that may write to one repository."""

    name = "github"
    options: ClassVar[dict[str, Any]] = {"token": "sandbox-github-token", "repository": "sandbox/project"}

    def handle(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.options['token']}":
            return self.refusal("auth", "")
        body = request.json()
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return Response(400, {"message": "A query attribute must be specified and must be a string."})
        query, given = body["query"], body.get("variables") or {}
        if "mutation" in query:
            return self._change(query, given.get("input") or {}, request.body)
        if "viewer { login }" in query:
            return _data(viewer={"login": "sandbox"})
        if "node(" in query:
            kept = next((post for post in self.posts if post.id == given["id"]), None)
            return _data(node=self._shown(kept)) if kept else self._missing(given["id"])
        if f"{given.get('owner')}/{given.get('name')}" != self.options["repository"]:
            return _error("NOT_FOUND", f"Could not resolve to a Repository with the name '{given.get('name')}'.")
        if "discussions(" in query:
            return self._list(given.get("after"))
        categories = [{"id": f"DIC_{n}", "name": name, "slug": name.lower()} for n, name in enumerate(_CATEGORIES)]
        place = {"id": "R_1", "hasDiscussionsEnabled": True, "viewerPermission": "ADMIN"}
        return _data(repository={**place, "discussionCategories": {"nodes": categories}})

    def writes(self, request: Request) -> bool:
        return b"mutation(" in request.body

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return Response(401, {"message": "Bad credentials"})
            case "entitlement":
                return _error("FORBIDDEN", "Resource not accessible by personal access token")
            case "rate":
                said = {"message": "You have exceeded a secondary rate limit."}
                return Response(403, said, {"Retry-After": retry_after} if retry_after else {})
        return _error("UNPROCESSABLE", "Body is too long (maximum is 65536 characters)")

    def _change(self, query: str, given: dict[str, Any], raw: bytes) -> Response:
        id = given.get("discussionId") or given.get("id")
        kept = next((post for post in self.posts if post.id == id), None)
        if "createDiscussion" not in query and kept is None:
            return self._missing(str(id))
        if "deleteDiscussion" in query and kept:
            self.posts.remove(kept)
            return _data(deleteDiscussion={"discussion": {"id": id}})
        if not str(given.get("title") or "").strip() or len(given["title"]) > 256:
            return _error("UNPROCESSABLE", "Title can't be blank, or is too long (maximum is 256 characters)")
        if len(given["body"]) > 65_536:
            return self.refusal("content", "")
        if kept is None:
            if given.get("repositoryId") != "R_1" or given.get("categoryId") not in ("DIC_0", "DIC_1"):
                return self._missing(str(given.get("categoryId")))
            kept = Received(id=f"D_{len(self.posts) + 1}", title="", text="", at=self.now())
            self.posts.append(kept)
        kept.title, kept.text, kept.raw = given["title"], given["body"], raw
        shown = {"discussion": {"id": kept.id, "url": self.post_url(kept.id)}}
        return _data(**{"updateDiscussion" if "updateDiscussion" in query else "createDiscussion": shown})

    def _list(self, after: str | None) -> Response:
        newest = sorted(self.posts, key=lambda post: post.at, reverse=True)
        at = int(after or 0)
        more = {"hasNextPage": at + _PAGE < len(newest), "endCursor": str(at + _PAGE)}
        nodes = [self._shown(post) for post in newest[at : at + _PAGE]]
        return _data(repository={"discussions": {"pageInfo": more, "nodes": nodes}})

    def _shown(self, post: Received) -> dict[str, Any]:
        when = datetime.fromtimestamp(post.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {"id": post.id, "url": self.post_url(post.id), "title": post.title, "body": post.text, "createdAt": when}
        return {**told, "viewerDidAuthor": True, "upvoteCount": 0, "comments": {"totalCount": 0}}

    def _missing(self, id: str) -> Response:
        return _error("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'.")


_CATEGORIES = ("Announcements", "General")


def _data(**data: Any) -> Response:
    return Response(200, {"data": data})


def _error(type: str, said: str) -> Response:
    return Response(200, {"data": None, "errors": [{"type": type, "message": said}]})
