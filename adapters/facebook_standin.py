"""Facebook in the sandbox: one Page and its token.

Names of parameters and fields are those of gh:facebook/facebook-business-sdk-codegen @ad2b0b6; unknown ones are
refused. The same post is taken twice, as Facebook does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from ..standin import Received, Request, Response, StandIn

#: Parameters of `POST /{page}/feed` and `POST /{post}` that are looked at; Facebook has many more.
_CREATE = {"message", "link", "published", "scheduled_publish_time", "unpublished_content_type"}
_UPDATE = {"message", "scheduled_publish_time"}
_SOONEST, _LATEST = 600, 30 * 86400


class FacebookStandIn(StandIn):
    """Kept in `extra` of a post: `scheduled`, the time at which it appears; `hidden`, if a person hid it.

    Reactions, comments and views are all zero.
    """

    name = "facebook"
    options: ClassVar[Mapping[str, Any]] = {"page_id": "1029384756", "token": "sandbox-facebook-page-token"}
    title = "Sandbox Page"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Permissions of the token.
        self.granted = {"pages_manage_posts", "pages_read_engagement", "read_insights"}
        self._made = 0

    def handle(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.options['token']}":
            return _error(401, 190, "Error validating access token: Session has expired", 463)
        page, fields = self.options["page_id"], request.query.get("fields", "id")
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["me"]:
                return Response(200, {"id": page, "name": self.title})
            case "GET", [id] if id == page:
                can = "pages_manage_posts" in self.granted
                return Response(200, {"id": page, "name": self.title, "can_post": can, "is_published": True})
            case "POST", [id, "feed"] if id == page:
                return self._create(request, fields)
            case "GET", [id, "published_posts"] if id == page:
                return self._list([post for post in self.posts if self._public(post)], request)
            case "GET", [id, "scheduled_posts"] if id == page:
                waiting = [p for p in self.posts if p.extra["scheduled"] and not self._public(p)]
                return self._list(waiting, request)
            case _, [id, *rest] if kept := next((post for post in self.posts if post.id == id), None):
                return self._one(request, kept, rest, fields)
        return _error(400, 100, f"Unsupported {request.method.lower()} request. Object does not exist", 33)

    def writes(self, request: Request) -> bool:
        return request.method in ("POST", "DELETE")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _error(401, 190, "Error validating access token: The session was invalidated", 460)
            case "entitlement":
                return _error(403, 200, "(#200) requires both pages_read_engagement and pages_manage_posts")
            case "rate":
                headers = {"Retry-After": retry_after} if retry_after else {}
                return _error(400, 32, "(#32) Page request limit reached", headers=headers)
        return _error(400, 368, "The content was reported as abusive", 1346003)

    def _public(self, post: Received) -> bool:
        """Whether readers see it by now; what was scheduled appears when its time has come."""
        due = post.extra["scheduled"]
        return not post.draft or bool(due and due <= self.now())

    def _create(self, request: Request, fields: str) -> Response:
        body = request.json()
        if "pages_manage_posts" not in self.granted:
            return self.refusal("entitlement", "")
        if not isinstance(body, dict) or (unknown := set(body) - _CREATE):
            return _error(400, 100, f"(#100) Invalid parameter: {unknown if isinstance(body, dict) else 'body'}")
        message, link, due = body.get("message", ""), body.get("link"), body.get("scheduled_publish_time")
        if not message and not link:
            return _error(400, 100, "(#100) Invalid parameter: message or link is needed")
        if len(message) > 63_206:
            return _error(400, 100, "(#100) Param message is too long")
        if link and not re.match(r"https?://\S+$", link):
            return _error(400, 1500, "The url you supplied is invalid")
        if due and not _SOONEST <= due - self.now() <= _LATEST:
            return _error(400, 100, "(#100) The specified scheduled publish time is invalid.")
        self._made += 1
        id = f"{self.options['page_id']}_{122_000_000_000 + self._made}"
        hidden = body.get("published", True) is False
        extra = {"scheduled": due, "hidden": False}
        post = Received(id, "", message, "plain", link, draft=hidden, at=self.now(), raw=request.body, extra=extra)
        self.posts.append(post)
        return Response(200, self._shown(post, fields))

    def _one(self, request: Request, post: Received, rest: list[str], fields: str) -> Response:
        match request.method, rest:
            case "GET", []:
                return Response(200, self._shown(post, fields))
            case "GET", ["insights"] if "read_insights" in self.granted:
                values = {"name": request.query.get("metric"), "period": "lifetime", "values": [{"value": 0}]}
                return Response(200, {"data": [values]})
            case "GET", ["insights"]:
                return _error(403, 10, "(#10) requires the read_insights permission")
            case "DELETE", []:
                self.posts.remove(post)
                return Response(200, {"success": True})
            case "POST", []:
                body = request.json() or {}
                if unknown := set(body) - _UPDATE:
                    return _error(400, 100, f"(#100) Invalid parameter: {unknown}")
                post.text = body.get("message", post.text)
                post.extra["scheduled"] = body.get("scheduled_publish_time", post.extra["scheduled"])
                return Response(200, {"success": True})
        return _error(400, 100, "(#100) Tried accessing a nonexisting field")

    def _list(self, posts: list[Received], request: Request) -> Response:
        """Newest first. `next` carries the token, as Facebook's does."""
        if "pages_read_engagement" not in self.granted:
            return _error(403, 10, "(#10) This endpoint requires the 'pages_read_engagement' permission")
        start, size = int(request.query.get("after", 0)), min(int(request.query.get("limit", 25)), 100)
        shown = posts[::-1][start : start + size]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + size)}}
        if start + size < len(posts):
            paging["next"] = f"https://graph.facebook.com/…?access_token={quote(self.options['token'])}"
        data = [self._shown(post, request.query.get("fields", "id")) for post in shown]
        return Response(200, {"data": data, **({"paging": paging} if data else {})})

    def _shown(self, post: Received, fields: str) -> dict[str, Any]:
        """Those of the fields that are asked for and that the post has."""
        public = self._public(post)
        total = {"data": [], "summary": {"total_count": 0}}
        all: dict[str, Any] = {
            "id": post.id,
            "message": post.text,
            "created_time": datetime.fromtimestamp(post.at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": self.post_url(post.id),
            "is_published": public,
            "is_hidden": post.extra["hidden"],
            "scheduled_publish_time": None if public else post.extra["scheduled"],
            "attachments": {"data": [{"type": "share", "unshimmed_url": post.link}]} if post.link else None,
            "reactions": total,
            "comments": total,
        }
        asked = {"id", *re.findall(r"(?:^|,)(\w+)", re.sub(r"\(.*?\)|\{.*?\}", "", fields))}
        return {name: value for name, value in all.items() if name in asked and value not in (None, "")}


def _error(
    status: int, code: int, words: str, subcode: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    error: dict[str, Any] = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "AsAndBoxTrace"}
    return Response(status, {"error": error | ({"error_subcode": subcode} if subcode else {})}, headers or {})
