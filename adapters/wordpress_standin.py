"""WordPress in the sandbox: one site, whose account is an author; what a real 6.8 was seen to take, keep and refuse."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn
from ._pictures_standin import file_of, kind_of

_API = ["wp-json", "wp", "v2"]
_STATUSES = ("publish", "future", "draft", "pending", "private")
_TAG = re.compile(r"<[^>]*>")
_UNFILTERED = re.compile(r"</?(?:script|iframe|input|picture)\b[^>]*>")


class WordPressStandIn(StandIn):
    """Slugs are made unique; nothing is refused as a copy. Tags, categories and media are kept beside the posts."""

    name = "wordpress"
    options: ClassVar[dict[str, Any]] = {"username": "sandbox", "password": "sand box1 appl icat ionp assw"}

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.terms: dict[str, dict[int, str]] = {"tags": {}, "categories": {1: "Uncategorized"}}
        self.media: dict[int, dict[str, Any]] = {}
        self.uploaded: list[bytes] = []
        self.capabilities = {"publish_posts": True, "upload_files": True}

    def handle(self, request: Request) -> Response:
        path, query = request.path.strip("/").split("/"), dict(request.query)
        if "rest_route" in query:
            path = ["wp-json", *query.pop("rest_route").strip("/").split("/")]
        if path[:3] != _API:
            return _refused(404, "rest_no_route", "No route was found matching the URL and request method.")
        pair = f"{self.options['username']}:{self.options['password']}"
        known = request.headers.get("authorization") == f"Basic {b64encode(pair.encode()).decode()}"
        if not known:
            return self._stranger(request, query)
        match request.method, path[3:]:
            case "GET", ["users", "me"]:
                me = {"id": 2, "name": "Sandbox", "username": "sandbox", "roles": ["author"]}
                return Response(200, me | {"capabilities": self.capabilities})
            case "GET", ["posts"]:
                return self._list(query)
            case "POST", ["posts"]:
                return self._save(request, None)
            case method, ["posts", id]:
                kept = next((post for post in self.posts if post.id == id), None)
                if kept is None:
                    return _refused(404, "rest_post_invalid_id", "Invalid post ID.")
                return self._one(method, kept, request)
            case method, ["tags" | "categories" as kind]:
                return self._terms(method, kind, request, query)
            case "GET", ["media"]:
                slugs = query.get("slug", "").split(",")
                return Response(200, [item for item in self.media.values() if item["slug"] in slugs])
            case "POST", ["media"]:
                return self._upload(request)
        return _refused(404, "rest_no_route", "No route was found matching the URL and request method.")

    def writes(self, request: Request) -> bool:
        route = request.query.get("rest_route", request.path)
        return request.method in ("POST", "DELETE") and "/wp/v2/posts" in route

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _refused(401, "rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
            case "entitlement":
                return _refused(
                    403, "rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type."
                )
            case "rate":  # not WordPress's own: what a host or a firewall in front of it says
                return Response(429, "Too Many Requests", {"Retry-After": retry_after} if retry_after else {})
        return _refused(400, "empty_content", "Content, title, and excerpt are empty.")

    def _stranger(self, request: Request, query: Mapping[str, str]) -> Response:
        """Wrong credentials count as none."""
        if request.method == "GET" and query.get("status") == "any":
            said = {"status": "Status is forbidden."}
            inner = {"code": "rest_forbidden_status", "message": "Status is forbidden.", "data": {"status": 401}}
            more = {"params": said, "details": {"status": inner}}
            return _refused(400, "rest_invalid_param", "Invalid parameter(s): status", **more)
        if request.method == "GET":
            return _refused(401, "rest_not_logged_in", "You are not currently logged in.")
        return self.refusal("auth", "")

    def _one(self, method: str, kept: Received, request: Request) -> Response:
        if method == "GET":
            return Response(200, self._shown(kept) | {"_embedded": {"wp:term": [[], self._tags(kept)]}})
        if method == "POST":
            return self._save(request, kept)
        if request.query.get("force") == "true":
            self.posts.remove(kept)
            return Response(200, {"deleted": True, "previous": self._shown(kept)})
        kept.extra |= {"status": "trash", "slug": f"{kept.extra['slug']}__trashed"}
        return Response(200, self._shown(kept))

    def _save(self, request: Request, kept: Received | None) -> Response:
        """Creates, or changes the fields that are given."""
        body = request.json()
        if not isinstance(body, dict):
            return _refused(400, "rest_invalid_json", "Invalid JSON body passed.")
        now = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S")
        empty = {"title": "", "excerpt": "", "content": "", "status": "draft", "tags": [], "featured_media": 0}
        new: dict[str, Any] = {**(kept.extra if kept else {**empty, "slug": "", "date_gmt": now}), **body}
        if not (new["title"] or new["content"] or new["excerpt"]):
            return self.refusal("content", "")
        if new["status"] not in (*_STATUSES, "trash"):
            return _refused(400, "rest_invalid_param", "Invalid parameter(s): status", params={"status": "not one of"})
        if new["status"] == "publish" and not self.capabilities["publish_posts"]:
            return self.refusal("entitlement", "")
        if new["status"] == "publish" and new["date_gmt"] > now:
            new["status"] = "future"
        if new["featured_media"] and new["featured_media"] not in self.media:
            return _refused(400, "rest_invalid_featured_media", "Invalid featured media ID.")
        ids = [id for id in new["tags"] if id in self.terms["tags"]]  # others are dropped without a word
        new |= {"tags": ids, "slug": self._unique(new, kept), "modified_gmt": now}
        for name in ("title", "excerpt"):  # an author lacks `unfiltered_html`
            new[name] = re.sub(r"<(?![/\w])", "&lt;", new[name])
        post = kept or Received(id=str(10 + len(self.posts)), title="", text="", format="html", at=self.now())
        post.title, post.draft, post.extra, post.raw = (
            new["title"],
            new["status"] in ("draft", "pending"),
            new,
            request.body,
        )
        if kept is None or "content" in body:
            post.text = _UNFILTERED.sub("", new["content"])
        post.tags = tuple(self.terms["tags"][id] for id in ids)
        if kept is None:
            self.posts.append(post)
        return Response(200 if kept else 201, self._shown(post))

    def _unique(self, new: Mapping[str, Any], kept: Received | None) -> str:
        wanted = new["slug"] or re.sub(r"[^a-z0-9]+", "-", new["title"].lower()).strip("-")
        taken = {post.extra["slug"] for post in self.posts if post is not kept}
        if wanted not in taken and not wanted.isdigit() and wanted not in ("feed", "embed"):
            return str(wanted)
        return next(slug for slug in (f"{wanted}-{n}" for n in range(2, 1000)) if slug not in taken)

    def _list(self, query: Mapping[str, str]) -> Response:
        size, page, status = int(query.get("per_page", 10)), int(query.get("page", 1)), query.get("status", "publish")
        statuses = _STATUSES if status == "any" else (status,)
        wanted = [post for post in self.posts if post.extra["status"] in statuses]
        if "slug" in query:
            wanted = [post for post in wanted if post.extra["slug"] in query["slug"].split(",")]
        wanted.sort(key=lambda post: (post.extra["date_gmt"], int(post.id)), reverse=query.get("order") != "asc")
        pages = -(-len(wanted) // size)
        if page > max(1, pages):
            return _refused(400, "rest_post_invalid_page_number", "The page number is larger than the number of pages.")
        shown = [self._shown(post) for post in wanted[(page - 1) * size : page * size]]
        return Response(200, shown, {"X-WP-Total": str(len(wanted)), "X-WP-TotalPages": str(pages)})

    def _terms(self, method: str, kind: str, request: Request, query: Mapping[str, str]) -> Response:
        terms = self.terms[kind]
        if method == "GET":
            word = query.get("search", "").lower()
            return Response(
                200, [{"id": id, "name": escape(name)} for id, name in terms.items() if word in name.lower()]
            )
        if kind == "categories":
            return _refused(403, "rest_cannot_create", "Sorry, you are not allowed to create terms in this taxonomy.")
        name = request.json()["name"]
        for id, known in terms.items():
            if known.lower() == name.lower():
                said = "A term with the name provided already exists in this taxonomy."
                return _refused(400, "term_exists", said, term_id=id)
        terms[20 + len(terms)] = name
        return Response(201, {"id": 19 + len(terms), "name": escape(name), "taxonomy": "post_tag"})

    def _upload(self, request: Request) -> Response:
        fields, name, content = file_of(request)
        if not self.capabilities["upload_files"]:
            return _refused(403, "rest_cannot_create", "Sorry, you are not allowed to create media.")
        if content is None:
            return _refused(400, "rest_upload_no_data", "No data supplied.")
        if kind_of(content) is None:
            said = "Sorry, you are not allowed to upload this file type."
            return _refused(500, "rest_upload_sideload_error", said)
        self.uploaded.append(content)
        id = 500 + len(self.media)
        url = f"{self.root}/wp-content/uploads/2026/11/{name}"
        slug = fields.get("slug", name)
        self.media[id] = {
            "id": id,
            "slug": slug,
            "source_url": url,
            "alt_text": _TAG.sub("", fields.get("alt_text", "")),
        }
        return Response(201, self.media[id])

    def _tags(self, post: Received) -> list[dict[str, Any]]:
        return [{"id": n, "taxonomy": "post_tag", "name": escape(name)} for n, name in enumerate(post.tags)]

    def _shown(self, post: Received) -> dict[str, Any]:
        link = self.post_url(post.id) if post.extra["status"] == "publish" else f"{self.root}/?p={post.id}"
        texts = {"title": post.title, "content": post.text, "excerpt": post.extra["excerpt"]}
        shown = {name: {"raw": value, "rendered": value} for name, value in texts.items()}
        same = ("slug", "status", "date_gmt", "modified_gmt", "tags", "featured_media")
        return {"id": int(post.id), "link": link, **shown, **{name: post.extra[name] for name in same}}


def _refused(status: int, code: str, message: str, **data: Any) -> Response:
    return Response(status, {"code": code, "message": message, "data": {"status": status, **data}})
