"""Medium in the sandbox: creates stories for those who hold a token, and can be asked for nothing else."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn


class MediumStandIn(StandIn):
    """One account, which may also write in one publication."""

    name = "medium"
    options: ClassVar[dict[str, Any]] = {"token": "sandbox-medium-token"}
    #: The publication that the account writes in.
    publication = "b969ac62a2b"

    def handle(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.options['token']}":
            return self.refusal("auth", "")
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["me"]:
                return Response(200, {"data": {"id": "5303d74c", "username": "sandbox", "name": "Sandbox"}})
            case "POST", ["users", "5303d74c", "posts"] | ["publications", self.publication, "posts"]:
                return self._create(request)
            case "POST", [_, _, "posts"]:
                return self.refusal("entitlement", "")
        return _errors(404, 6000, "Not found")

    def writes(self, request: Request) -> bool:
        return request.method == "POST" and request.path.endswith("/posts")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _errors(401, 6003, "Token was invalid.")
            case "entitlement":
                return _errors(403, 6021, "User is not allowed to publish in this publication.")
            case "rate":
                return Response(429, "Too Many Requests", {"Retry-After": retry_after} if retry_after else {})
        return _errors(400, 2002, "Post content is missing.")

    def _create(self, request: Request) -> Response:
        """A title over 100 characters is ignored; only the first three tags count, and none over 25 characters."""
        story = request.json()
        if not isinstance(story, dict) or not story.get("content"):
            return self.refusal("content", "")
        if story.get("contentFormat") not in ("html", "markdown"):
            return _errors(400, 2004, "Content format is invalid.")
        status = story.get("publishStatus", "public")
        if status not in ("public", "draft", "unlisted"):
            return _errors(400, 2010, "Publish status is invalid.")
        title = str(story.get("title") or "")
        post = Received(
            id=f"{len(self.posts) + 1:012x}",
            title=title if len(title) <= 100 else "",
            text=story["content"],
            format=story["contentFormat"],
            link=story.get("canonicalUrl"),
            tags=tuple(tag for tag in story.get("tags", [])[:3] if len(tag) <= 25),
            draft=status == "draft",
            at=self.now(),
            raw=request.body,
        )
        self.posts.append(post)
        shown: dict[str, Any] = {"id": post.id, "title": post.title, "authorId": "5303d74c", "tags": list(post.tags)}
        shown |= {"url": self.post_url(post.id), "canonicalUrl": post.link or "", "publishStatus": status}
        return Response(201, {"data": shown})


def _errors(status: int, code: int, message: str) -> Response:
    return Response(status, {"errors": [{"message": message, "code": code}]})
