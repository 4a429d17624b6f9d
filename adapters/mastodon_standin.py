"""Mastodon in the sandbox: one account on one instance, which shows texts as HTML, as Mastodon does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn
from ._mastodon_text import length, links
from ._pictures_standin import file_of, kind_of

#: Seconds for which a key is known (`PostStatusService`).
_KEY_LIFE = 3600
_MARKED = re.compile(r"https?://\S+|(?<![=/\w])@\w+(?:@[\w.-]*\w)?|(?<!\w)#\w*[^\W\d_]\w*")
_NOT_FOUND = {"error": "Record not found"}
_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_MEDIA = 4


@dataclass
class Medium:
    """An upload. `busy`: how often it is still said that it is being worked on, below 0 not at all; `status`: which has it."""

    content: bytes
    description: str
    busy: int
    status: str = ""


class MastodonStandIn(StandIn):
    """Knows mentions of other servers' accounts, crawls no page: a card has only the address."""

    name = "mastodon"
    options: ClassVar[Mapping[str, Any]] = {"access_token": "sandbox-mastodon-token"}
    #: What the instance takes, and what its application may do.
    max_characters = 500
    scopes: ClassVar[list[str]] = ["read", "write"]
    image_size_limit = 16777216
    description_limit = 1500
    #: How often an upload is not ready when it is asked for.
    busy = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Key → the status it made, and until when it is known.
        self.keys: dict[str, tuple[str, float]] = {}
        self.media: dict[str, Medium] = {}
        self._made = 0

    def handle(self, request: Request) -> Response:
        steps = request.path.strip("/").split("/")
        if (request.method, steps) == ("GET", ["api", "v2", "instance"]):
            return Response(200, self._instance())
        if request.headers.get("authorization") != f"Bearer {self.options['access_token']}":
            return self.refusal("auth", "")
        match request.method, steps[2:]:
            case "GET", ["accounts", "verify_credentials"]:
                return Response(
                    200, {"id": "1", "username": "sandbox", "acct": "sandbox", "url": f"{self.root}/@sandbox"}
                )
            case "GET", ["apps", "verify_credentials"]:
                return Response(200, {"id": "1", "name": "Sandbox", "scopes": self.scopes})
            case "GET", ["accounts", "1", "statuses"]:
                return self._list(request.query)
            case "POST", ["media"] if steps[1] == "v2":
                return self._upload(request)
            case "GET", ["media", id] if (medium := self.media.get(id)) and not medium.status:
                medium.busy -= 1
                return Response(206 if medium.busy >= 0 else 200, self._attachment(id))
            case "POST", ["statuses"]:
                return self._create(request)
            case method, ["statuses", id, *rest] if kept := next((post for post in self.posts if post.id == id), None):
                return self._one(method, kept, rest, request)
        return Response(404, _NOT_FOUND)

    def writes(self, request: Request) -> bool:
        return request.method in ("POST", "PUT", "DELETE") and request.path.startswith("/api/v1/statuses")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return Response(401, {"error": "The access token is invalid"})
            case "entitlement":
                return Response(403, {"error": "Your login is currently disabled"})
            case "rate":
                headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0"}
                if re.fullmatch(r"[\d.]+", retry_after):
                    headers["X-RateLimit-Reset"] = _iso(self.now() + float(retry_after))
                elif retry_after:
                    headers["Retry-After"] = retry_after
                return Response(429, {"error": "Too many requests"}, headers)
        return _invalid(f"Text character limit of {self.max_characters} exceeded")

    def _instance(self) -> dict[str, Any]:
        statuses = {
            "max_characters": self.max_characters,
            "characters_reserved_per_url": 23,
            "max_media_attachments": _MEDIA,
        }
        media = {"image_size_limit": self.image_size_limit, "description_limit": self.description_limit}
        return {"domain": "sandbox", "configuration": {"statuses": statuses, "media_attachments": media}}

    @property
    def uploaded(self) -> list[bytes]:
        """What has come, taken by a status or not."""
        return [medium.content for medium in self.media.values()]

    def _upload(self, request: Request) -> Response:
        fields, name, content = file_of(request)
        if content is None or not name or set(fields) - {"description", "focus", "thumbnail"}:
            return _invalid("File can't be blank")
        if kind_of(content) not in _TYPES:
            return _invalid("File content type is invalid, File is invalid")
        if len(content) >= self.image_size_limit:
            return _invalid(f"File file size must be less than {self.image_size_limit} Bytes")
        if len(fields.get("description", "")) > self.description_limit:
            return _invalid(f"Description is too long (maximum is {self.description_limit} characters)")
        id = str(1000 + len(self.media))
        self.media[id] = Medium(content, fields.get("description", ""), self.busy or -1)
        return Response(202 if self.busy else 200, self._attachment(id))

    def _attachment(self, id: str) -> dict[str, Any]:
        medium = self.media[id]
        url = None if medium.busy >= 0 else f"{self.root}/media/{id}"
        return {"id": id, "type": "image", "url": url, "description": medium.description or None}

    def _attached(self, post: Received, ids: Any) -> Response | None:
        """The refusal of pictures that cannot go with a status; they go with it otherwise, and all others do not."""
        if not isinstance(ids, list) or len(ids) > _MEDIA:
            return _invalid(f"Cannot attach more than {_MEDIA} files")
        found = [self.media.get(str(id)) for id in ids]
        if any(medium is None or medium.status not in ("", post.id) for medium in found):
            return _invalid("Media is not there, or already attached to another post")
        if any(medium is not None and medium.busy >= 0 for medium in found):
            return _invalid("Cannot attach files that have not finished processing. Try again in a moment!")
        for id, medium in self.media.items():
            if id in ids or medium.status == post.id:
                medium.status = post.id if id in ids else "gone"
        post.extra["media_ids"] = list(ids)
        return None

    def _create(self, request: Request) -> Response:
        """A key's first status is the answer to every request with that key; a deleted one is not found."""
        key = request.headers.get("idempotency-key", "")
        id, until = self.keys.get(key, ("", 0.0))
        if key and self.now() < until:
            kept = next((post for post in self.posts if post.id == id), None)
            return Response(200, self._shown(kept)) if kept else Response(404, _NOT_FOUND)
        self._made += 1
        post = Received(id=str((int(self.now() * 1000) << 16) + self._made), title="", text="", format="plain")
        post.at = self.now()
        answer = self._save(post, request)
        if answer.status == 200:
            self.posts.append(post)
            self.keys[key] = (post.id, self.now() + _KEY_LIFE)
        return answer

    def _save(self, post: Received, request: Request) -> Response:
        body = request.json()
        if not isinstance(body, dict):
            return Response(400, {"error": "param is missing or the value is empty: status"})
        said, spoiler = str(body.get("status") or "").strip(), str(body.get("spoiler_text") or "").strip()
        if not said:
            return _invalid("Text can't be blank")
        if length(said) + length(spoiler) > self.max_characters:
            return self.refusal("content", "")
        if body.get("visibility", "public") not in ("public", "unlisted", "private", "direct"):
            return Response(400, {"error": f"'{body['visibility']}' is not a valid visibility"})
        if refused := self._attached(post, body.get("media_ids") or []):
            return refused
        post.text, post.raw = said, request.body
        post.link = next(iter(links(said)[-1:]), None)
        post.tags = tuple(found[0][1:] for found in _MARKED.finditer(said) if found[0][0] == "#")
        post.extra = {"visibility": "public", **post.extra, **body, "spoiler_text": spoiler}
        return Response(200, self._shown(post))

    def _one(self, method: str, post: Received, rest: list[str], request: Request) -> Response:
        match method, rest:
            case "GET", []:
                return Response(200, self._shown(post))
            case "GET", ["source"]:
                return Response(200, {"id": post.id, "text": post.text, "spoiler_text": post.extra["spoiler_text"]})
            case "PUT", []:
                return self._save(post, request)
            case "DELETE", []:
                self.posts.remove(post)
                return Response(200, self._shown(post) | {"text": post.text})
        return Response(404, _NOT_FOUND)

    def _list(self, query: Mapping[str, str]) -> Response:
        before, size = int(query.get("max_id") or 1 << 63), min(int(query.get("limit", 20)), 40)
        older = [post for post in self.posts[::-1] if int(post.id) < before]
        return Response(200, [self._shown(post) for post in older[:size]])

    def _shown(self, post: Received) -> dict[str, Any]:
        paragraphs = re.split(r"\n{2,}", post.text.replace("\r\n", "\n").strip())
        content = "".join(f"<p>{self._html(paragraph)}</p>" for paragraph in paragraphs)
        counts = {"replies_count": 0, "reblogs_count": 0, "favourites_count": 0}
        card = {"url": post.link, "title": "", "type": "link"} if post.link and not post.extra["spoiler_text"] else None
        fields = {name: post.extra.get(name) for name in ("visibility", "language", "spoiler_text")}
        times = {"created_at": _iso(post.at), "edited_at": None}
        whose = {"in_reply_to_id": post.reply_to, "url": self.post_url(post.id), "uri": self.post_url(post.id)}
        media = {"media_attachments": [self._attachment(id) for id in post.extra.get("media_ids", ())]}
        return {"id": post.id, **times, **whose, **fields, "content": content, "card": card, **media, **counts}

    def _html(self, paragraph: str) -> str:
        """Addresses lose their scheme for the eye only, mentions their host."""
        html, at = "", 0
        for found in _MARKED.finditer(paragraph):
            mark = found[0]
            html, at = html + escape(paragraph[at : found.start()], quote=False), found.end()
            if mark[0] == "#":
                html += f'<a href="{self.root}/tags/{mark[1:]}" class="mention hashtag" rel="tag">#<span>{mark[1:]}</span></a>'
            elif mark[0] == "@":
                name, _, host = mark[1:].partition("@")
                where = f"https://{host or 'sandbox'}/@{name}"
                html += f'<span class="h-card"><a href="{where}" class="u-url mention">@<span>{name}</span></a></span>'
            else:
                scheme, _, rest = mark.partition("://")
                seen = f'<span class="invisible">{scheme}://</span><span class="">{escape(rest)}</span>'
                html += f'<a href="{escape(mark)}" target="_blank" rel="nofollow noopener" translate="no">{seen}</a>'
        return (html + escape(paragraph[at:], quote=False)).replace("\n", "<br />")


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _invalid(said: str) -> Response:
    return Response(422, {"error": f"Validation failed: {said}"})
