"""DEV in the sandbox: what Forem's source says it refuses, keeps and lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from ..standin import Received, Request, Response, StandIn

_FRONT_MATTER = re.compile(r"\A\s*---(.*?)---\s*?$\n?(.*)\Z", re.DOTALL | re.MULTILINE)


_NOT_FOUND = {"error": "not found", "status": 404}


class DevToStandIn(StandIn):
    """One account on one Forem site."""

    name = "devto"
    options: ClassVar[dict[str, Any]] = {"api_key": "sandbox-dev-key"}

    def handle(self, request: Request) -> Response:
        if not request.headers.get("user-agent"):
            return Response(403, "Forbidden Bots")
        if request.headers.get("api-key") != self.options["api_key"]:
            return self.refusal("auth", "")
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["users", "me"]:
                return Response(200, {"type_of": "user", "id": 1, "username": "sandbox", "name": "Sandbox"})
            case "GET", ["articles", "me", status]:
                return self._list(status, request.query)
            case "GET", ["articles", id]:
                public = [post for post in self.posts if post.id == id and self._is_public(post)]
                return Response(200, self._one(public[0])) if public else Response(404, _NOT_FOUND)
            case "POST", ["articles"]:
                return self._save(request, None)
            case "PUT", ["articles", id]:
                kept = next((post for post in self.posts if post.id == id), None)
                return self._save(request, kept) if kept else Response(404, _NOT_FOUND)
        return Response(404, _NOT_FOUND)

    def writes(self, request: Request) -> bool:
        return request.method in ("POST", "PUT") and request.path.startswith("/articles")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return Response(401, {"error": "unauthorized", "status": 401})
            case "entitlement":
                return Response(403, {"error": "Your account is suspended", "status": 403})
            case "rate":
                said = {"error": "Rate limit reached, try again in 30 seconds", "status": 429}
                return Response(429, said, {"Retry-After": retry_after} if retry_after else {})
        return _invalid("Title is too long (maximum is 128 characters for full_post)")

    def _save(self, request: Request, kept: Received | None) -> Response:
        """Creates, or changes the fields that are given."""
        body = request.json()
        article = body.get("article") if isinstance(body, dict) else None
        if not isinstance(article, dict):
            return _invalid("param is missing or the value is empty: article")
        now = self.now()
        old = kept.extra if kept else {"id": 1000 + len(self.posts), "created_at": now, "published": False, "tags": []}
        new: dict[str, Any] = {**old, **article}
        if not isinstance(new["tags"], list):
            return _invalid("Tag list must be an array")  # Forem drops a string without a word; this is louder
        new["shown"] = new.get("body_markdown") or ""
        if found := _FRONT_MATTER.match(new["shown"]):
            fields = dict(re.findall(r"^(\w+):[ \t]*(.*)$", found[1], re.MULTILINE))
            new |= {k: fields[k] for k in ("title", "canonical_url", "description", "series") if fields.get(k)}
            new["published"] = {"true": True, "false": False}.get(fields.get("published", ""), new["published"])
            new["tags"] = re.findall(r"\w+", fields.get("tags", "")) or new["tags"]
            new["shown"] = found[2]
        if problem := self._problem(new, kept):
            return _invalid(problem)
        if new["published"] and not new.get("published_at"):
            new["published_at"] = datetime.fromtimestamp(now, UTC).isoformat()
        post = kept or Received(id=str(new["id"]), title="", text="", at=now)
        post.title, post.text, post.link = new["title"], new["shown"], new.get("canonical_url")
        post.tags, post.draft, post.raw, post.extra = tuple(new["tags"]), not new["published"], request.body, new
        if kept is None:
            self.posts.append(post)
        return Response(200 if kept else 201, self._shown(post), {} if kept else {"Location": self.post_url(post.id)})

    def _problem(self, new: Mapping[str, Any], kept: Received | None) -> str:
        others = [post.extra for post in self.posts if post is not kept]
        title, tags = str(new.get("title") or ""), new["tags"]
        if not title.strip():
            return "Title can't be blank"
        if len(title) > 128:
            return "Title is too long (maximum is 128 characters for full_post)"
        if len(new["body_markdown"].encode()) > 800 * 1024:
            return "Body markdown is too long"
        if len(tags) > 4:
            return "Tag list exceed the maximum of 4 tags"
        if bad := [tag for tag in tags if not re.fullmatch(r"[^\W_]{1,30}", tag)]:
            return f'Tag "{bad[0]}" contains non-alphanumeric or prohibited unicode characters'
        same = [o for o in others if o["published"] and o.get("canonical_url") == new.get("canonical_url")]
        if new["published"] and new.get("canonical_url") and same:
            return "Canonical url has already been taken. Email yo@dev.to for further details."
        recent = [o for o in others if o["title"] == title and self.now() - o["created_at"] < 300]
        if kept is None and recent:
            return "Title has already been used in the last five minutes"
        date = new.get("published_at")
        if kept is None and date and datetime.fromisoformat(date).timestamp() < self.now() - 900:
            return "Published at only future or current published_at allowed"
        return ""

    def _list(self, status: str, query: Mapping[str, str]) -> Response:
        """Drafts first (they have no date), then newest first; scheduled ones only under `all`."""
        page, size = int(query.get("page", 1)), min(int(query.get("per_page", 30)), 1000)
        wanted = [
            p for p in self.posts if status == "all" or (p.draft if status == "unpublished" else self._is_public(p))
        ]
        wanted.sort(key=lambda p: (p.draft, p.extra.get("published_at") or "", p.at), reverse=True)
        return Response(200, [self._shown(post) for post in wanted[(page - 1) * size : page * size]])

    def _is_public(self, post: Received) -> bool:
        at = post.extra.get("published_at")
        return not post.draft and (not at or datetime.fromisoformat(at).timestamp() <= self.now())

    def _one(self, post: Received) -> dict[str, Any]:
        """Shown alone, an article has its tags the other way round, and no `published`."""
        shown = self._shown(post) | {"tags": list(post.tags), "tag_list": ", ".join(post.tags)}
        del shown["published"]
        return shown

    def _shown(self, post: Received) -> dict[str, Any]:
        """The body as it stands now, with the front matter that it came with; the cover as a resized copy."""
        front = post.extra["body_markdown"].removesuffix(post.extra["shown"])
        fields: dict[str, Any] = {"title": post.title, "description": post.extra.get("description")}
        fields |= {"published": not post.draft, "published_at": post.extra.get("published_at")}
        fields["body_markdown"] = front + post.text
        cover = post.extra.get("main_image")
        fields["cover_image"] = f"{self.root}/resized/width=1000/{quote(cover, safe='')}" if cover else None
        url = self.post_url(post.id)
        counts = {"page_views_count": 0, "public_reactions_count": 0, "comments_count": 0}
        canonical = {"url": url, "canonical_url": post.link or url, "tag_list": list(post.tags)}
        return {"type_of": "article", "id": int(post.id), **fields, **counts, **canonical}


def _invalid(said: str) -> Response:
    return Response(422, {"error": said, "status": 422})
