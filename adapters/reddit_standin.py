"""Reddit in the sandbox: one account, any subreddit but those whose names begin with `no`.

Shapes are those of PRAW's recorded answers (gh:praw-dev/praw @7b69758).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

from ..standin import Received, Request, Response, StandIn
from ._reddit_media import Media

#: `<platform>:<app id>:<version> …`, as Reddit's API rules want it; others are throttled hard.
_AGENT = re.compile(r"\S+:\S+:v\S+")
_LIFE = 3600


class RedditStandIn(StandIn):
    """Kept in `extra` of a post: `subreddit`, `kind`, `flair`, `fullname`; `removed` says who took it out, if set."""

    name = "reddit"
    options: ClassVar[Mapping[str, Any]] = {
        "client_id": "sandbox-reddit-id",
        "client_secret": "sandbox-reddit-secret",
        "refresh_token": "sandbox-reddit-refresh",
        "subreddit": "sandbox",
    }
    #: The account, for the password grant.
    username = "sandbox-user"
    password = "sandbox-reddit-password"  # noqa: S105  made up, for loopback
    #: What a subreddit may ask for.
    requirements: ClassVar[Mapping[str, Any]] = {
        "title_text_max_length": None,
        "is_flair_required": False,
        "body_restriction_policy": "none",
        "guidelines_text": "Be kind.",
        "domain_blacklist": [],
    }
    #: Its flairs, by id.
    flairs: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Access tokens and when they end.
        self.tokens: dict[str, float] = {}
        #: Set to the words of a wait ("9 minutes") to have submissions refused with RATELIMIT.
        self.wait = ""
        self.media = Media()
        self.uploaded = self.media.uploaded
        self._granted = 0
        self._posted = 0

    def handle(self, request: Request) -> Response:
        steps = request.path.strip("/").split("/")
        if steps != ["store"] and not _AGENT.match(request.headers.get("user-agent", "")):
            return _status(429, "Too Many Requests")
        if (request.method, steps) == ("POST", ["api", "v1", "access_token"]):
            return self._token(request)
        if (request.method, steps) == ("POST", ["store"]):
            return self.media.stored(request)
        if (request.method, steps) == ("GET", ["api", "info.json"]):  # for everybody
            return self._listing([p for p in self.posts if p.link and p.link == request.query.get("url")], request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(bearer, 0) <= self.now():
            return _status(401, "Unauthorized")
        match request.method, steps:
            case "POST", ["api", "submit"]:
                return self._submit(request)
            case "POST", ["api", "editusertext"]:
                return self._edit(request.form())
            case "POST", ["api", "media", "asset.json"]:
                return self.media.lease(request.form(), self.root)
            case "POST", ["api", "convert_rte_body_format"]:
                return self.media.converted(request.form())
            case "POST", ["api", "del"]:
                self.posts = [post for post in self.posts if post.extra["fullname"] != request.form().get("id")]
                return Response(200, {})
            case "GET", ["api", "info"]:
                return self._listing([p for p in self.posts if p.extra["fullname"] == request.query.get("id")], request)
            case "GET", ["api", "v1", "me"]:
                return Response(200, {"name": self.username, "total_karma": 1234})
            case "GET", ["api", "v1", _, "post_requirements"]:
                return Response(200, dict(self.requirements))
            case "GET", ["r", _, "api", "link_flair_v2"]:
                return Response(200, [{"id": id, "text": text} for id, text in self.flairs.items()])
            case "GET", ["user", self.username, "submitted"]:
                return self._listing(self.posts[::-1], request)
        return _status(404, "Not Found")

    def writes(self, request: Request) -> bool:
        return request.method == "POST" and request.path in ("/api/submit", "/api/editusertext", "/api/del")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _status(401, "Unauthorized")
            case "entitlement":
                return _errors("SUBREDDIT_NOTALLOWED", "you aren't allowed to post there.", "sr")
            case "rate":
                return _status(429, "Too Many Requests", {"Retry-After": retry_after} if retry_after else {})
        return _invalid("title", "This community has its own rules for titles.", "SUBMIT_VALIDATION_TITLE_REQUIREMENT")

    def _token(self, request: Request) -> Response:
        pair = f"{self.options['client_id']}:{self.options['client_secret']}"
        if request.headers.get("authorization") != f"Basic {base64.b64encode(pair.encode()).decode()}":
            return _status(401, "Unauthorized")
        form = request.form()
        granted = {
            "refresh_token": form.get("refresh_token") == self.options["refresh_token"],
            "password": (form.get("username"), form.get("password")) == (self.username, self.password),
        }
        kind = form.get("grant_type", "")
        if kind not in granted:
            return Response(200, {"error": "unsupported_grant_type"})
        if not granted[kind]:  # a wrong password is told with status 200
            return Response(200 if kind == "password" else 400, {"error": "invalid_grant"})
        self._granted += 1
        token = f"sandbox-reddit-access-{self._granted}"
        self.tokens[token] = self.now() + _LIFE
        return Response(200, {"access_token": token, "token_type": "bearer", "expires_in": _LIFE, "scope": "*"})

    def _submit(self, request: Request) -> Response:
        form = request.form()
        title, sr, kind, link = (form.get(key, "") for key in ("title", "sr", "kind", "url"))
        if self.wait:
            return _errors("RATELIMIT", f"Take a break for {self.wait} before trying again.", "ratelimit")
        if not title.strip():
            return _errors("NO_TEXT", "we need something here", "title")
        if len(title) > 300:
            return _errors("TOO_LONG", "this is too long (max: 300)", "title")
        if len(form.get("text", "")) > 40_000:
            return _errors("TOO_LONG", "this is too long (max: 40000)", "text")
        if not re.fullmatch(r"\w{2,21}", sr):
            return _errors("SUBREDDIT_NOEXIST", "Hmm, that community doesn't exist.", "sr")
        if sr.lower().startswith("no"):
            return _errors("SUBREDDIT_NOTALLOWED", "you aren't allowed to post there.", "sr")
        if kind not in ("link", "self"):
            return _errors("INVALID_OPTION", "that option is not valid", "kind")
        if kind == "link" and not re.match(r"https?://\S+$", link):
            return _errors("BAD_URL", "you should check that url", "url")
        same = [p for p in self.posts if p.link and p.link == link and p.extra["subreddit"].lower() == sr.lower()]
        if kind == "link" and same and form.get("resubmit") != "true":
            return _errors("ALREADY_SUB", "that link has already been submitted", "url")
        text = self.media.text_of(form)
        if text is None:
            return _errors("INVALID_RICHTEXT", "that rich text is not valid", "richtext_json")
        self._posted += 1
        id = _base36(2_000_000_000 + self._posted)
        post = Received(
            id=id,
            title=title,
            text=text,
            link=link or None,
            at=self.now(),
            raw=request.body,
            extra={"subreddit": sr, "kind": kind, "flair": form.get("flair_text", ""), "fullname": f"t3_{id}"},
        )
        self.posts.append(post)
        data = {"url": self.post_url(id), "drafts_count": 0, "id": id, "name": f"t3_{id}"}
        return Response(200, {"json": {"errors": [], "data": data}})

    def _edit(self, form: Mapping[str, str]) -> Response:
        post = next((p for p in self.posts if p.extra["fullname"] == form.get("thing_id")), None)
        if post is None or post.extra["kind"] != "self":
            return _status(403, "Forbidden")
        if len(form.get("text", "")) > 40_000:
            return _errors("TOO_LONG", "this is too long (max: 40000)", "text")
        text = self.media.text_of(form)
        if text is None:
            return _errors("INVALID_RICHTEXT", "that rich text is not valid", "richtext_json")
        post.text, post.raw = text, urlencode(form).encode()
        return Response(200, {"json": {"errors": [], "data": {"things": [{"kind": "t3", "data": {"id": post.id}}]}}})

    def _listing(self, posts: list[Received], request: Request) -> Response:
        names = [post.extra["fullname"] for post in posts]
        after = request.query.get("after")
        start = names.index(after) + 1 if after in names else 0
        size = min(int(request.query.get("limit", 25)), 100)
        page = posts[start : start + size]
        raw = request.query.get("raw_json") == "1"
        children = [{"kind": "t3", "data": self._shown(post, raw=raw)} for post in page]
        more = names[start + size - 1] if page and start + size < len(posts) else None
        return Response(200, {"kind": "Listing", "data": {"after": more, "dist": len(page), "children": children}})

    def _shown(self, post: Received, *, raw: bool) -> dict[str, Any]:
        """Without `raw_json=1` Reddit escapes `<`, `>` and `&` in every text."""
        removed = post.extra.get("removed")
        selftext = "[removed]" if removed and post.extra["kind"] == "self" else post.text
        selftext = self.media.shown(selftext, age=self.now() - post.at)
        texts = {"title": post.title, "selftext": selftext, "url": post.link or self.post_url(post.id)}
        return {
            **(texts if raw else {key: escape(value, quote=False) for key, value in texts.items()}),
            "id": post.id,
            "name": post.extra["fullname"],
            "subreddit": post.extra["subreddit"],
            "permalink": self.post_url(post.id),
            "is_self": post.extra["kind"] == "self",
            "author": "[deleted]" if removed == "deleted" else self.username,
            "removed_by_category": removed,
            "created_utc": float(int(post.at)),
            "link_flair_text": post.extra["flair"] or None,
            "score": 1,
            "num_comments": 0,
        }


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def _status(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, {"message": words, "error": status}, headers or {})


def _errors(code: str, words: str, field: str) -> Response:
    return Response(200, {"json": {"errors": [[code, words, field]]}})


def _invalid(field: str, words: str, reason: str) -> Response:
    said = {"fields": [field], "explanation": words, "error_type": "SUBMIT_VALIDATION_ERROR", "reason": reason}
    return Response(400, {**said, "message": "Bad Request"})
