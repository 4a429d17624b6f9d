"""A static site's folder in the sandbox: files in memory, and one feed."""

from __future__ import annotations

from typing import Any, ClassVar, Literal
from urllib.parse import unquote

from ..standin import Received, Request, Response, StandIn

_TAKEN = {"error": "there is a file already"}
_MISSING = {"error": "no such file"}


class FolderStandIn(StandIn):
    """One site. Answers as `syndicate.disk` does for a folder."""

    name = "folder"
    options: ClassVar[dict[str, Any]] = {"folder": "site"}

    def handle(self, request: Request) -> Response:
        path = unquote(request.path.strip("/"))
        match request.method:
            case "GET":
                return self._file(path, request.query.get("entry"))
            case "POST" | "PUT":
                return self._save(request)
            case "DELETE" if found := [post for post in self.posts if post.id == path]:
                self.posts.remove(found[0])
                return Response(204)
        return Response(404, _MISSING)

    def writes(self, request: Request) -> bool:
        return request.method != "GET"

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        """A disk knows no credentials and no plans: what comes nearest stands for them."""
        match kind:
            case "auth":
                return Response(401, {"error": "not yours"})
            case "entitlement":
                return Response(402, {"error": "over the quota"})
            case "rate":
                return Response(429, {"error": "busy"}, {"Retry-After": retry_after} if retry_after else {})
        return Response(400, {"error": "File name too long"})

    def _save(self, request: Request) -> Response:
        wanted = request.json()
        if not isinstance(wanted, dict):
            return Response(400, {"error": "not an order that is known"})
        entry = wanted.get("entry")
        id = str(entry["id"] if entry else wanted["path"])
        kept = next((post for post in self.posts if post.id == id), None)
        if kept and request.method == "POST":
            return Response(409, _TAKEN)
        post = kept or Received(id=id, title="", text="", at=self.now())
        post.raw, post.extra = request.body, {"feed": wanted.get("feed")}
        post.title = str(entry["title"] if entry else id)
        post.text = str(entry["summary"] if entry else wanted["content"])
        post.format, post.link = "plain", wanted.get("url") or (entry or {}).get("link")
        if not kept:
            self.posts.append(post)
        return Response(200 if kept else 201, {"id": id})

    def _file(self, path: str, entry: str | None) -> Response:
        if not path:
            return Response(200, {"path": "site", "folder": True})
        for post in self.posts:
            if entry is None and post.id == path:
                return Response(200, {"path": path, "content": post.text})
            if entry == post.id and post.extra["feed"] == path:
                shown = {"id": post.id, "title": post.title, "link": post.link, "summary": post.text}
                return Response(200, {"entry": shown})
        return Response(404, _MISSING)
