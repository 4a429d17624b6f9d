"""LinkedIn in the sandbox: one member, and one organization whose page they may post to.

Shapes from doc: learn.microsoft.com linkedin posts-api, images-api, token-introspection; the 422 as in
Arisamiga/Linkedin-RSS#5, the 426 as in n8n#28967.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal
from urllib.parse import unquote

from ..standin import Received, Request, Response, StandIn
from ._pictures_standin import kind_of

_KEYS = {
    "author", "commentary", "visibility", "distribution", "content", "lifecycleState", "isReshareDisabledByAuthor",
}  # fmt: skip
_CARD = {"source", "title", "description", "thumbnail"}
_MEDIA = {"id", "title", "altText"}
_ALT, _TYPES = 4086, {"image/png", "image/jpeg", "image/gif"}
#: A reserved sign that is neither escaped nor part of a hashtag's template: LinkedIn cuts the text there.
_BARE = re.compile(r"\\.|\{hashtag\|\\?#\|(?:\\.|[^}\\])*\}|([|{}@\[\]()<>#*_~\\])")
_FIRST = 7_390_000_000_000_000_000
_LIFE = 60 * 86400


class LinkedInStandIn(StandIn):
    """Kept in `extra` of a post: `author`, `content`, `changed`, and `sent`, the commentary as it came first."""

    name = "linkedin"
    options: ClassVar[Mapping[str, Any]] = {
        "author": "urn:li:person:sandboxMember",
        "token": "sandbox-linkedin-token",
    }
    organization = "urn:li:organization:2414183"
    #: The app's own credentials.
    client_id = "sandbox-linkedin-client"
    client_secret = "sandbox-linkedin-app-secret"  # noqa: S105  made up, for loopback

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: What the token may do.
        self.scopes = {"openid", "profile", "w_member_social", "w_organization_social", "r_organization_social"}
        #: Versions that are live.
        self.versions = {"202601", "202604", "202607"}
        #: URNs of pictures, and the bytes that came for them.
        self.pictures: dict[str, bytes] = {}
        #: Whose each picture is.
        self.owners: dict[str, str] = {}
        #: Whether a card's picture may have an alternative text.
        self.card_alt = True
        self.issued = self.now()
        self._made = 0

    def handle(self, request: Request) -> Response:
        steps = request.path.strip("/").split("/")
        if (request.method, steps) == ("POST", ["oauth", "v2", "introspectToken"]):
            return self._introspect(request.form())
        if request.headers.get("authorization") != f"Bearer {self.options['token']}":
            return self.refusal("auth", "")
        match request.method, steps:
            case "GET", ["v2", "userinfo"]:
                if "openid" not in self.scopes:
                    return _denied("userinfo.GET.NO_VERSION")
                return Response(200, {"sub": self.options["author"].rpartition(":")[2], "name": "Sandbox Member"})
            case "PUT", ["upload", name] if (urn := f"urn:li:image:{name}") in self.pictures:
                if kind_of(request.body) not in _TYPES:
                    return Response(400, "Unsupported media type")
                self.pictures[urn] = request.body
                return Response(201)
            case _, ["rest", *rest]:
                return self._versioned(request, rest)
        return _refused(404, "RESOURCE_NOT_FOUND", "No virtual resource found")

    def writes(self, request: Request) -> bool:
        return request.path.startswith("/rest/posts") and request.method in ("POST", "DELETE")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _refused(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)
            case "entitlement":
                return _denied("partnerApiPosts.CREATE.20260701")
            case "rate":
                headers = {"Retry-After": retry_after} if retry_after else {}
                words = (
                    "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached."
                )
                return _refused(429, "TOO_MANY_REQUESTS", words, 101, headers)
        return _invalid("commentary", "Commentary is not acceptable", "INVALID_VALUE_FOR_FIELD")

    def _introspect(self, form: Mapping[str, str]) -> Response:
        if form.get("client_id") != self.client_id:
            return Response(400, {"error": "invalid_request", "error_description": "Invalid client id"})
        if form.get("client_secret") != self.client_secret:
            return Response(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        if form.get("token") != self.options["token"]:
            return Response(200, {"active": False})
        ends = int(self.issued + _LIFE)
        status = "active" if self.now() < ends else "expired"
        said = {"active": status == "active", "status": status, "expires_at": ends, "auth_type": "3L"}
        return Response(200, {**said, "client_id": self.client_id, "scope": ",".join(sorted(self.scopes))})

    def _versioned(self, request: Request, steps: list[str]) -> Response:
        version = request.headers.get("linkedin-version", "")
        if not version:
            return _refused(400, "VERSION_MISSING", "A version must be present. Please specify a version")
        if version not in self.versions:
            return _refused(426, "NONEXISTENT_VERSION", f"Requested version {version}01 is not active")
        if request.headers.get("x-restli-protocol-version") != "2.0.0":
            return _refused(400, "ILLEGAL_ARGUMENT", "X-RestLi-Protocol-Version must be 2.0.0")
        match request.method, steps:
            case "POST", ["images"] if request.query.get("action") == "initializeUpload":
                name = f"C4E{len(self.pictures) + 1:09}"
                owner = ((request.json() or {}).get("initializeUploadRequest") or {}).get("owner")
                if owner not in (self.organization, self.options["author"]):
                    return _denied("partnerApiImages.ACTION-initializeUpload.20260701")
                self.pictures[f"urn:li:image:{name}"], self.owners[f"urn:li:image:{name}"] = b"", owner
                value = {"uploadUrl": f"{self.root}/api/upload/{name}", "image": f"urn:li:image:{name}"}
                return Response(200, {"value": {**value, "uploadUrlExpiresAt": int((self.now() + 3600) * 1000)}})
            case "POST", ["posts"]:
                return self._create(request)
            case "GET", ["posts"]:
                return self._list(request.query)
            case method, ["posts", urn]:
                post = next((post for post in self.posts if post.id == unquote(urn)), None)
                return self._one(method, request, post)
        return _refused(404, "RESOURCE_NOT_FOUND", "No virtual resource found")

    def _create(self, request: Request) -> Response:
        body = request.json()
        for key in set(body) - _KEYS:
            return _invalid(key, f'Unpermitted fields present in REQUEST_BODY: "/{key}"', "UNRECOGNIZED_FIELD")
        author, commentary = body.get("author"), body.get("commentary", "")
        scope = "w_organization_social" if author == self.organization else "w_member_social"
        if author not in (self.organization, self.options["author"]) or scope not in self.scopes:
            return _denied("partnerApiPosts.CREATE.20260701")
        if body.get("lifecycleState") != "PUBLISHED" or body.get("visibility") not in ("PUBLIC", "CONNECTIONS"):
            return _invalid("lifecycleState", "lifecycleState and visibility are needed", "MISSING_FIELD")
        if len(commentary) > 3000:
            return _invalid("commentary", "Commentary is too long", "FIELD_LENGTH_TOO_LONG")
        card = (body.get("content") or {}).get("article") or {}
        if refused := self._bad_content(body.get("content") or {}, author):
            return refused
        content = body.get("content")
        for post in self.posts:
            if (post.extra["author"], post.extra["sent"], post.link) == (author, commentary, card.get("source")):
                words = f"com.linkedin.content.common.exception.BadRequest: Content is a duplicate of {post.id}"
                return _invalid("", words, "DUPLICATE_POST")
        self._made += 1
        urn = f"urn:li:share:{_FIRST + self._made}"
        self.posts.append(
            Received(
                id=urn,
                title=card.get("title", ""),
                text=_cut(commentary),
                format="plain",
                link=card.get("source"),
                at=self.now(),
                raw=request.body,
                extra={"author": author, "sent": commentary, "content": content, "changed": self.now()},
            )
        )
        return Response(201, None, {"x-restli-id": urn})

    def _bad_content(self, content: Mapping[str, Any], author: str) -> Response | None:
        """A card, or a picture: its fields, and whether the picture was uploaded for this author."""
        card, media = content.get("article") or {}, content.get("media") or {}
        known = {"article": _CARD | ({"thumbnailAltText"} if self.card_alt else set()), "media": _MEDIA}
        for kind, fields in (("article", card), ("media", media)):
            for key in set(fields) - known[kind]:
                words = f'Unpermitted fields present in REQUEST_BODY: "/content/{kind}/{key}"'
                return _invalid(f"content/{kind}/{key}", words, "UNRECOGNIZED_FIELD")
        if set(content) - {*known} or (card and media):
            return _invalid("content", "There is one kind of content", "INVALID_CONTENT")
        if card and not (card.get("title") and re.match(r"https?://\S+$", card.get("source", ""))):
            return _invalid("content/article/source", "A card needs a title and a valid source", "INVALID_URL")
        if len(card.get("thumbnailAltText", media.get("altText", ""))) > _ALT:
            return _invalid("content/media/altText", "The alternative text is too long", "FIELD_LENGTH_TOO_LONG")
        urn, at = (card.get("thumbnail"), "article/thumbnail") if card else (media.get("id"), "media/id")
        if (urn or media) and not (self.pictures.get(str(urn)) and self.owners[str(urn)] == author):
            return _invalid(f"content/{at}", f"{urn} has not been uploaded", "INVALID_IMAGE_ID")
        return None

    @property
    def uploaded(self) -> list[bytes]:
        """The pictures that have come."""
        return [content for content in self.pictures.values() if content]

    def _one(self, method: str, request: Request, post: Received | None) -> Response:
        action = request.headers.get("x-restli-method", "")
        if method == "DELETE":
            self.posts = [kept for kept in self.posts if kept is not post]
            return Response(204)
        if method == "GET" and post and post.extra["author"] != self.organization:
            return _denied("partnerApiPosts.GET.20260701")  # r_member_social is given to nobody
        if method == "GET" and "r_organization_social" not in self.scopes:
            return _denied("partnerApiPosts.GET.20260701")
        if post is None:
            return _refused(404, "NOT_FOUND", "Post not found")
        if method == "GET":
            return Response(200, self._shown(post))
        changes = ((request.json() or {}).get("patch") or {}).get("$set") or {}
        if method != "POST" or action != "PARTIAL_UPDATE" or set(changes) != {"commentary"}:
            return _refused(400, "ILLEGAL_ARGUMENT", "Only a partial update of the commentary is taken here")
        post.text, post.extra["changed"] = _cut(changes["commentary"]), self.now()
        return Response(204)

    def _list(self, query: Mapping[str, str]) -> Response:
        author, key = query.get("author"), query.get("sortBy", "LAST_MODIFIED")
        if author != self.organization or "r_organization_social" not in self.scopes:
            return _denied("partnerApiPosts.FINDER-author.20260701")
        posts = [post for post in self.posts if post.extra["author"] == author][::-1]
        posts.sort(key=lambda post: post.extra["changed"] if key == "LAST_MODIFIED" else post.at, reverse=True)
        start, count = int(query.get("start", 0)), min(int(query.get("count", 10)), 100)
        shown = [self._shown(post) for post in posts[start : start + count]]
        return Response(200, {"paging": {"start": start, "count": count, "links": []}, "elements": shown})

    def _shown(self, post: Received) -> dict[str, Any]:
        shown = {
            "id": post.id,
            "author": post.extra["author"],
            "commentary": post.text,
            "visibility": "PUBLIC",
            "lifecycleState": "PUBLISHED",
            "createdAt": int(post.at * 1000),
            "publishedAt": int(post.at * 1000),
            "lastModifiedAt": int(post.extra["changed"] * 1000),
        }
        return shown | ({"content": post.extra["content"]} if post.extra["content"] else {})


def _cut(commentary: str) -> str:
    """What LinkedIn keeps: nothing from the first reserved sign on that is not escaped."""
    for found in _BARE.finditer(commentary):
        if found[1]:
            return commentary[: found.start()]
    return commentary


def _refused(status: int, code: str, words: str, number: int = 0, headers: Mapping[str, str] | None = None) -> Response:
    said = {"status": status, "code": code, "message": words}
    return Response(status, said | ({"serviceErrorCode": number} if number else {}), headers or {})


def _denied(what: str) -> Response:
    return _refused(403, "ACCESS_DENIED", f"Not enough permissions to access: {what}", 100)


def _invalid(path: str, words: str, code: str) -> Response:
    where = {"inputPath": {"fieldPath": path}} if path else {}
    error = {"description": words, "input": where, "code": code}
    said = {"errorDetailType": "com.linkedin.common.error.BadRequest", "message": words, "status": 422}
    return Response(422, {**said, "errorDetails": {"inputErrors": [error]}})
