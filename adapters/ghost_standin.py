"""Ghost in the sandbox: one site behind the Admin API; what a real Ghost 6 was seen to take, make of it, and refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn
from ._pictures_standin import file_of, kind_of

_CARD = re.compile(r"<!--kg-card-begin: html-->\n(.*?)\n<!--kg-card-end: html-->", re.DOTALL)
_CARDED = "\n<!--kg-card-begin: html-->\n{}\n<!--kg-card-end: html-->\n"
_UNKNOWN = re.compile(r"</?(?:kbd|details|summary|table|t[rdh]|thead|tbody|section|span)\b[^>]*>|<!--.*?-->", re.DOTALL)
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_FIELDS = frozenset(
    "title html lexical slug status tags authors codeinjection_foot custom_excerpt canonical_url feature_image feature_image_alt "  # noqa: SIM905
    "feature_image_caption published_at updated_at".split()
)


class GhostStandIn(StandIn):
    """Slugs are made unique; nothing is refused as a copy. Tokens are checked by the real clock, as they are made."""

    name = "ghost"
    options: ClassVar[dict[str, Any]] = {
        "admin_api_key": "65f1c0ffee65f1c0ffee65f1:5a9db0c5a9db0c5a9db0c5a9db0c5a9db0c5a9db0c5a9db0c5a9db0c5a9db0c5"
    }

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        #: Addresses of pictures, and their bytes.
        self.images: list[str] = []
        self.uploaded: list[bytes] = []

    def handle(self, request: Request) -> Response:
        path = request.path.strip("/").split("/")
        if path[:3] != ["ghost", "api", "admin"]:
            return Response(404, "<html>Page not found</html>")
        if (request.method, path[3:]) == ("GET", ["site"]):
            site = {"title": "Sandbox", "url": f"{self.root}/", "version": "6.0"}
            return Response(200, {"site": site})
        if (refused := self._stranger(request)) is not None:
            return refused
        match request.method, path[3:]:
            case "GET", ["posts"]:
                return self._list(request.query)
            case "POST", ["posts"]:
                return self._save(request, None)
            case "GET", ["tags"]:
                names = dict.fromkeys(name for post in self.posts for name in post.tags)
                return Response(200, {"tags": [{"name": name} for name in names]})
            case "POST", ["images", "upload"]:
                return self._upload(request)
            case method, ["posts", id]:
                kept = next((post for post in self.posts if post.id == id), None)
                if kept is None:
                    return _refused(
                        404, "NotFoundError", "Resource not found error, cannot read post.", "Post not found."
                    )
                if method == "GET":
                    return Response(200, {"posts": [self._shown(kept)]})
                if method == "PUT":
                    return self._save(request, kept)
                self.posts.remove(kept)
                return Response(204)
        return _refused(404, "NotFoundError", "Resource not found", "")

    def writes(self, request: Request) -> bool:
        return request.method in ("POST", "PUT", "DELETE") and "/admin/posts/" in request.path

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _refused(401, "UnauthorizedError", "Invalid token: jwt expired", code="INVALID_JWT")
            case "entitlement":
                return _refused(403, "NoPermissionError", "You do not have permission to perform this action")
            case "rate":
                again = {"Retry-After": retry_after} if retry_after else {}
                return Response(429, _error("TooManyRequestsError", "Too many requests."), again)
        said = "Value in [posts.title] exceeds maximum length of 255 characters."
        return _refused(422, "ValidationError", "Validation error, cannot save post.", said, property="title")

    def _stranger(self, request: Request) -> Response | None:
        import jwt

        id, _, secret = str(self.options["admin_api_key"]).partition(":")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            claims = jwt.decode(token, bytes.fromhex(secret), algorithms=["HS256"], audience="/admin/")
        except jwt.InvalidTokenError as wrong:
            return _refused(401, "UnauthorizedError", f"Invalid token: {wrong}", code="INVALID_JWT")
        if scheme != "Ghost" or kid != id or claims["exp"] - claims["iat"] > 300:
            return _refused(401, "UnauthorizedError", "Unknown Admin API Key", code="UNKNOWN_ADMIN_API_KEY")
        return None

    def _save(self, request: Request, kept: Received | None) -> Response:
        """Creates, or changes the fields that are given."""
        body = request.json()
        given = body["posts"][0] if isinstance(body, dict) and body.get("posts") else None
        if not isinstance(given, dict) or (kept is None and not given.get("title")):
            return _refused(422, "ValidationError", "Validation (isEmpty) failed for title", property="title")
        if unknown := set(given) - _FIELDS:
            return _refused(422, "ValidationError", f"Unknown fields: {sorted(unknown)}")
        if kept and given.get("updated_at") != kept.extra["updated_at"]:
            said = "Saving failed! Someone else is editing this post."
            return _refused(409, "UpdateCollisionError", said, code="UPDATE_COLLISION")
        now = _date(self.now())
        new = {"status": "draft", "tags": [], "slug": "", "created_at": now, **(kept.extra if kept else {}), **given}
        if refused := self._problem(new):
            return refused
        # Each save has a time of its own, also within one second.
        new |= {"slug": self._unique(new, kept), "updated_at": _date(self.now(), len(self.posts) + new.get("saves", 0))}
        new["saves"] = new.get("saves", 0) + 1
        if new["status"] == "published":
            new["published_at"] = new.get("published_at") or now
        post = kept or Received(
            id=f"{0x65F1C0FFEE + len(self.posts):024x}", title="", text="", format="html", at=self.now()
        )
        post.title, post.draft, post.link = new["title"], new["status"] == "draft", new.get("canonical_url")
        post.tags, post.raw, post.extra = tuple(new["tags"]), request.body, new
        if "html" in given and request.query.get("source") == "html":
            post.text = _lexical(given["html"])
        elif "lexical" in given:
            nodes = json.loads(given["lexical"])["root"]["children"]
            post.text = "".join(_CARDED.format(node["html"]) for node in nodes)
        if kept is None:
            self.posts.append(post)
        return Response(200 if kept else 201, {"posts": [self._shown(post)]})

    def _problem(self, new: Mapping[str, Any]) -> Response | None:
        shown = re.findall(
            rf"{re.escape(self.root)}/content/images/[^\s\"\\\\<>]+", f"{new.get('html')} {new.get('feature_image')}"
        )
        if strange := set(shown) - set(self.images):
            return _refused(422, "ValidationError", f"There is no picture {sorted(strange)}")
        for name, most in (("title", 255), ("custom_excerpt", 300), ("slug", 191), ("feature_image_alt", 191)):
            if len(new.get(name) or "") > most:
                said = f"Value in [posts.{name}] exceeds maximum length of {most} characters."
                return _refused(422, "ValidationError", "Validation error, cannot save post.", said, property=name)
        if new["status"] not in ("draft", "published", "scheduled"):
            said = "Validation (isIn) failed for status"
            return _refused(422, "ValidationError", "Validation error, cannot save post.", said, property="status")
        soon = _date(self.now() + 120)
        if new["status"] == "scheduled" and (new.get("published_at") or "") < soon:
            said = "Date must be at least 2 minutes in the future."
            return _refused(
                422, "ValidationError", "Validation error, cannot save post.", said, property="published_at"
            )
        return None

    def _unique(self, new: Mapping[str, Any], kept: Received | None) -> str:
        wanted = new["slug"] or re.sub(r"[^a-z0-9]+", "-", new["title"].lower()).strip("-")
        taken = {post.extra["slug"] for post in self.posts if post is not kept}
        return next(slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if slug not in taken)

    def _list(self, query: Mapping[str, str]) -> Response:
        """A filter says a status, or else only what is published is listed."""
        asked, size, page = query.get("filter", ""), int(query.get("limit", 15)), int(query.get("page", 1))
        status = re.search(r"status:\[([^\]]+)\]", asked)
        slug = re.search(r"slug:~\^'([^']*)'", asked)
        statuses = status[1].split(",") if status else ["published"]
        wanted = [post for post in self.posts if post.extra["status"] in statuses]
        wanted = [post for post in wanted if post.extra["slug"].startswith(slug[1] if slug else "")]
        pages = max(1, -(-len(wanted) // size))
        shown = [self._shown(post) for post in reversed(wanted)][(page - 1) * size : page * size]
        following = page + 1 if page < pages else None
        pagination = {
            "page": page,
            "limit": size,
            "pages": pages,
            "total": len(wanted),
            "next": following,
            "prev": None,
        }
        return Response(200, {"posts": shown, "meta": {"pagination": pagination}})

    def _upload(self, request: Request) -> Response:
        """By the file's name and media type; a real Ghost reads what it makes smaller sizes of."""
        _, name, content = file_of(request)
        if content is None:
            return _refused(422, "ValidationError", "Please select an image.")
        if kind_of(content) not in _PICTURES:
            return _refused(415, "UnsupportedMediaTypeError", "Please select a valid image.")
        self.uploaded.append(content)
        self.images.append(f"{self.root}/content/images/2026/11/{name}")
        return Response(201, {"images": [{"url": self.images[-1], "ref": None}]})

    def _shown(self, post: Received) -> dict[str, Any]:
        shown = {name: post.extra.get(name) for name in (*_FIELDS, "created_at")}
        url = self.post_url(post.id) if post.extra["status"] == "published" else f"{self.root}/p/{post.id}/"
        tags = [{"id": str(n), "name": name, "slug": name.lower()} for n, name in enumerate(post.tags)]
        return {**shown, "id": post.id, "title": post.title, "html": post.text, "url": url, "tags": tags}


def _lexical(html: str) -> str:
    """HTML as it comes back: what Ghost's own form does not know is gone, but for what stands in HTML cards."""
    pieces = _CARD.split(html)
    known = [re.sub(r"<(h\d)[^>]*>(.*?)</h\d>", _heading, _UNKNOWN.sub("", piece)) for piece in pieces[::2]]
    cards = [_CARDED.format(piece) for piece in pieces[1::2]]
    return "".join(piece for pair in zip(known, [*cards, ""]) for piece in pair)


def _heading(found: re.Match[str]) -> str:
    words = re.sub(r"<[^>]+>", "", found[2]).strip().lower()
    return f'<{found[1]} id="{re.sub(r"[^a-z0-9]+", "-", words)}">{found[2]}</{found[1]}>'


def _date(seconds: float, milliseconds: int = 0) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(f"%Y-%m-%dT%H:%M:%S.{milliseconds % 1000:03}Z")


def _error(
    kind: str, message: str, context: str = "", *, code: str = "", property: str | None = None
) -> dict[str, Any]:
    error = {"message": message, "context": context or None, "type": kind, "code": code or None, "property": property}
    return {"errors": [{**error, "details": None, "help": None, "id": "00000000-0000-0000-0000-000000000000"}]}


def _refused(status: int, kind: str, message: str, context: str = "", **more: Any) -> Response:
    return Response(status, _error(kind, message, context, **more))
