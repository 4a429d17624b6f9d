"""Hashnode in the sandbox: one publication behind the operations that the adapter sends.

It parses no GraphQL: it goes by the first field of an operation and answers all that may be asked below it.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn
from ._pictures_standin import file_of, kind_of

_NO_PRO = "Publication does not have an active Pro plan. Upgrade in your dashboard to access this via the API."
_FOLDER = "res/hashnode/image/upload/sandbox/"
#: Addresses of this account's pictures.
_KEY = re.compile(rf"https://cdn\.hashnode\.com/({_FOLDER}[\w.-]+)")
_ROOT = re.compile(r"\s*(query|mutation)\b[^{]*\{\s*(\w+)")


class HashnodeStandIn(StandIn):
    """Set `pro` to `False` for a publication without the Pro plan."""

    name = "hashnode"
    options: ClassVar[dict[str, Any]] = {
        "token": "sandbox-hashnode-token",
        "publication_id": "5f9a1c2b3d4e5f6a7b8c9d0e",
    }
    pro = True

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        #: Keys of pictures, and what kind each is to be; the bytes of those that came.
        self.keys: dict[str, str] = {}
        self.uploaded: dict[str, bytes] = {}

    def handle(self, request: Request) -> Response:
        if (request.method, request.path) == ("POST", "/store"):
            return self._stored(request)
        if request.method != "POST" or request.path.strip("/"):
            return Response(404, "Not Found")
        if len(request.body) > 100_000:
            return _error("BAD_USER_INPUT", "Request body is larger than 100 KB")
        body = request.json()
        found = _ROOT.match(body["query"]) if isinstance(body, dict) and isinstance(body.get("query"), str) else None
        if not found:
            return _error("GRAPHQL_PARSE_FAILED", "Syntax Error")
        field, variables = found[2], body.get("variables") or {}
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if field != "post" and token != self.options["token"]:
            return self.refusal("auth", "")
        if field == "createImageUploadURL":
            return self._place(variables.get("input") or {})
        if field != "post" and not self.pro:
            return self.refusal("entitlement", "")
        input, id = variables.get("input") or {}, str(variables.get("id"))
        match field:
            case "publishPost" | "createDraft":
                return self._save(field, input, None, request.body)
            case "updatePost" | "updateDraft":
                kept = self._kept(input.get("id") or input.get("draftId"), draft=field == "updateDraft")
                return self._save(field, input, kept, request.body) if kept else _error("NOT_FOUND", "Post not found")
            case "me":
                me = {"id": "1", "username": "sandbox", "name": "Sandbox"}
                return Response(200, {"data": {"me": me, "publication": self._publication(id, variables)}})
            case "publication":
                return Response(200, {"data": {"publication": self._publication(id, variables)}})
            case "post":
                post = self._kept(id, draft=False)
                counts = {"views": 0, "reactionCount": 0, "responseCount": 0}
                return Response(200, {"data": {"post": {**self._node(post), **counts} if post else None}})
            case "draft":
                draft = self._kept(id, draft=True)
                return Response(200, {"data": {"draft": self._node(draft) if draft else None}})
        return _error("GRAPHQL_VALIDATION_FAILED", f'Cannot query field "{field}"')

    def writes(self, request: Request) -> bool:
        body = request.json()
        query = str(body.get("query")).lstrip() if isinstance(body, dict) else ""
        return query.startswith("mutation") and "createImageUploadURL" not in query

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _error("UNAUTHENTICATED", "You must be authenticated.")
            case "entitlement":
                return _error("FORBIDDEN", _NO_PRO)
            case "rate":
                return Response(429, "Too Many Requests", {"Retry-After": retry_after} if retry_after else {})
        return _error("BAD_USER_INPUT", "A post may have at most 15 tags")

    def _save(self, field: str, input: dict[str, Any], kept: Received | None, raw: bytes) -> Response:
        """Creates, or changes the fields that are given. A slug that is taken gets a suffix (unconfirmed)."""
        if kept is None and input.get("publicationId") != self.options["publication_id"]:
            return _error("NOT_FOUND", "Publication not found")
        if len(input.get("tags") or []) > 15:
            return self.refusal("content", "")
        if strange := set(_KEY.findall(json.dumps(input))) - self.uploaded.keys():
            return _error("BAD_USER_INPUT", f"No such picture: {sorted(strange)}")
        now = self.now()
        new = {**(kept.extra if kept else {"publishedAt": _iso(now)}), **input, "updatedAt": _iso(now)}
        if field == "publishPost" and not (new.get("title") and new.get("contentMarkdown")):
            return _error("BAD_USER_INPUT", "Title and content are required")
        slug = new.get("slug") or re.sub(r"\W+", "-", str(new.get("title")).lower()).strip("-")
        taken = {post.extra["slug"] for post in self.posts if post is not kept}
        new["slug"] = next(s for s in (slug, *(f"{slug}-{n}" for n in range(1, 1000))) if s not in taken)
        post = kept or Received(id=f"{len(self.posts) + 1:024x}", title="", text="", at=now, draft="Draft" in field)
        post.title, post.text = new.get("title") or "", new.get("contentMarkdown") or ""
        post.link = new.get("originalArticleURL")
        post.tags = tuple(tag.get("name") or tag["slug"] for tag in new.get("tags") or [])
        post.raw, post.extra = raw, new
        if kept is None:
            self.posts.append(post)
        return Response(200, {"data": {field: {"draft" if post.draft else "post": self._node(post)}}})

    def _place(self, input: dict[str, Any]) -> Response:
        """A form for one picture. Its key belongs to this account."""
        kind = str(input.get("contentType"))
        if not kind.startswith("image/") or "svg" in kind:
            return _error("BAD_USER_INPUT", "Only images may be uploaded")
        key = f"{_FOLDER}{len(self.keys) + 1:08x}.{kind.removeprefix('image/')}"
        self.keys[key] = kind
        fields = {
            "Content-Type": kind,
            "bucket": "sandbox",
            "key": key,
            "Policy": "c2FuZGJveA==",
            "X-Amz-Signature": "0",
        }
        post = {"url": f"{self.root}/api/store", "fields": fields}
        return Response(200, {"data": {"createImageUploadURL": {"presignedPost": post}}})

    def _stored(self, request: Request) -> Response:
        """S3: takes what it is given a form for, and no other credentials (the refusals' words are S3's)."""
        fields, _, content = file_of(request)
        kind = self.keys.get(fields.get("key", ""))
        if "authorization" in request.headers:
            return Response(400, "<Error><Code>InvalidArgument</Code></Error>")
        if kind is None or fields.get("Content-Type") != kind or fields.get("Policy") != "c2FuZGJveA==":
            return Response(403, "<Error><Code>AccessDenied</Code></Error>")
        if content is None or len(content) > 8 * 1024 * 1024:
            return Response(400, "<Error><Code>EntityTooLarge</Code></Error>")
        if kind_of(content) != kind:
            return Response(400, "<Error><Code>InvalidRequest</Code></Error>")
        self.uploaded[fields["key"]] = content
        return Response(204, "")

    def _kept(self, id: Any, *, draft: bool) -> Received | None:
        return next((post for post in self.posts if post.id == id and post.draft == draft), None)

    def _publication(self, id: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        if id != self.options["publication_id"]:
            return None
        posts, drafts = ([p for p in reversed(self.posts) if p.draft == draft] for draft in (False, True))
        same = [self._node(post) for post in posts if post.extra["slug"] == variables.get("slug")]
        lists = {"posts": self._page(posts, variables), "drafts": self._page(drafts, variables)}
        return {"id": id, "title": "Sandbox", "url": self.root, "post": same[0] if same else None, **lists}

    def _page(self, posts: list[Received], variables: dict[str, Any]) -> dict[str, Any]:
        start = int(variables.get("after") or 0)
        end = start + 50
        edges = [{"node": self._node(post), "cursor": str(n)} for n, post in enumerate(posts[start:end], start + 1)]
        return {"edges": edges, "pageInfo": {"hasNextPage": end < len(posts), "endCursor": str(end)}}

    def _node(self, post: Received) -> dict[str, Any]:
        dates = {name: post.extra[name] for name in ("slug", "publishedAt", "updatedAt")}
        sent = post.extra
        cover = sent.get("coverImage") or (sent.get("coverImageOptions") or {}).get("coverImageURL")
        description = sent.get("metaDescription") or (sent.get("metaTags") or {}).get("description")
        node = {
            "id": post.id,
            "title": post.title,
            "subtitle": sent.get("subtitle"),
            "content": {"markdown": post.text},
            "canonicalUrl": post.link,
            "tags": [{"slug": tag["slug"], "name": tag.get("name") or tag["slug"]} for tag in sent.get("tags") or []],
            "coverImage": {"url": cover} if cover else None,
            "seo": {"description": description},
            **dates,
        }
        return node if post.draft else {**node, "url": self.post_url(post.id)}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _error(code: str, message: str) -> Response:
    """Errors come with status 200 (the status is unconfirmed; the shape is documented)."""
    return Response(200, {"data": None, "errors": [{"message": message, "extensions": {"code": code}}]})
