"""X in the sandbox: one account whose app has credits.

The request is checked as strictly as X's OpenAPI is (`additionalProperties: false`); problem documents are those of
gh:xdevplatform/docs @2871328. Which status a text that is too long gets is unconfirmed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, ClassVar, Literal

from .. import text
from ..standin import Received, Request, Response, StandIn
from ._twitter_media_standin import Media, links

_ID = re.compile(r"[0-9]{1,19}")
_FIRST = 1_980_000_000_000_000_000
#: CreatePostsRequest in X's OpenAPI.
_KEYS = {
    "card_uri", "community_id", "direct_message_deep_link", "edit_options", "for_super_followers_only", "geo",
    "made_with_ai", "media", "nullcast", "paid_partnership", "poll", "quote_tweet_id", "reply", "reply_settings",
    "share_with_followers", "text",
}  # fmt: skip
_MEDIA_KEYS = {"media_ids", "tagged_user_ids", "call_to_actions"}
_REPLY_KEYS = {"in_reply_to_tweet_id", "auto_populate_reply_metadata", "exclude_reply_user_ids"}
_PROBLEMS = "https://api.x.com/2/problems/"


class TwitterStandIn(StandIn):
    """Takes the access token, tokens got by renewing, and any well-formed OAuth 1.0a header."""

    name = "twitter"
    options: ClassVar[Mapping[str, Any]] = {"access_token": "sandbox-x-token"}
    #: For renewing: id of the app, and its first refresh token. Each is good once.
    client_id = "sandbox-x-client"
    refresh = "sandbox-x-refresh-0"
    user_id = "2244994945"
    username = "sandbox"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Access tokens that are accepted, and when they end.
        self.tokens: dict[str, float] = {self.options["access_token"]: float("inf")}
        self._refresh = self.refresh
        self._renewed = 0
        self._made = 0
        self.media = Media(self.now)

    def handle(self, request: Request) -> Response:
        steps = request.path.strip("/").split("/")
        if (request.method, steps) == ("POST", ["oauth2", "token"]):
            return self._token(request)
        if not self._known(request.headers.get("authorization", "")):
            return _problem(401, "Unauthorized", "Unauthorized")
        match request.method, steps:
            case "POST", ["media", "upload"]:
                made, refused = self.media.upload(request, self.user_id)
                return Response(200, {"data": made}) if made else _invalid("media", refused)
            case "POST", ["media", "metadata"]:
                body = request.json()
                refused = self.media.describe(body, self.user_id)
                return _invalid("id", refused) if refused else Response(200, {"data": {"id": body["id"]}})
            case "POST", ["tweets"]:
                return self._create(request)
            case "DELETE", ["tweets", id]:
                self.posts = [post for post in self.posts if post.id != id]
                return Response(200, {"data": {"deleted": True}})
            case "GET", ["tweets", id]:
                return self._one(id, set(request.query.get("tweet.fields", "").split(",")))
            case "GET", ["users", "me"]:
                return Response(200, {"data": {"id": self.user_id, "name": "Sandbox", "username": self.username}})
            case "GET", ["users", self.user_id, "tweets"]:
                return self._timeline(request.query)
        return _problem(404, "Not Found", "Not Found")

    def writes(self, request: Request) -> bool:
        return request.path.startswith("/tweets") and request.method in ("POST", "DELETE")

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _problem(401, "Unauthorized", "Unauthorized")
            case "entitlement":
                return _problem(402, "CreditsDepleted", "Your enrolled account does not have any credits.")
            case "rate":
                headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0"}
                if re.fullmatch(r"[\d.]+", retry_after):
                    headers["x-rate-limit-reset"] = str(int(self.now() + float(retry_after)))
                elif retry_after:
                    headers["Retry-After"] = retry_after
                return Response(
                    429, {"title": "Too Many Requests", "detail": "Too Many Requests", "status": 429}, headers
                )
        return _problem(403, "Forbidden", "Your Tweet text is too long.")

    def _known(self, authorization: str) -> bool:
        scheme, _, rest = authorization.partition(" ")
        if scheme == "OAuth":
            return all(f'{name}="' in rest for name in ("oauth_consumer_key", "oauth_token", "oauth_signature"))
        return scheme == "Bearer" and self.tokens.get(rest, 0) > self.now()

    def _token(self, request: Request) -> Response:
        form = request.form()
        basic = request.headers.get("authorization", "").startswith("Basic ")
        if not basic and form.get("client_id") != self.client_id:
            return Response(
                401, {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
            )
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self._refresh:
            words = "Value passed for the token was invalid."
            return Response(400, {"error": "invalid_request", "error_description": words})
        self._renewed += 1
        self._refresh = f"sandbox-x-refresh-{self._renewed}"
        token = f"sandbox-x-access-{self._renewed}"
        self.tokens[token] = self.now() + 7200
        said = {"token_type": "bearer", "expires_in": 7200, "access_token": token, "refresh_token": self._refresh}
        return Response(200, {**said, "scope": "tweet.read tweet.write users.read offline.access"})

    def _create(self, request: Request) -> Response:
        body = request.json()
        if not isinstance(body, dict) or not isinstance(body.get("text"), str):
            return _invalid("text", "One or more parameters to your request was invalid.")
        reply = body.get("reply", {})
        media = body.get("media", {})
        for key in [*(set(body) - _KEYS), *(set(reply) - _REPLY_KEYS), *(set(media) - _MEDIA_KEYS)]:
            return _invalid(key, f"$.{key}: is not defined in the schema and the schema does not allow it")
        if "media" in body and (refused := self.media.refused(media.get("media_ids"), self.user_id)):
            return _invalid("media.media_ids", refused)
        before = reply.get("in_reply_to_tweet_id")
        if reply and not _ID.fullmatch(str(before)):
            return _invalid("reply.in_reply_to_tweet_id", f"$.reply.in_reply_to_tweet_id: does not match {_ID.pattern}")
        if before and all(post.id != before for post in self.posts):
            return _problem(
                403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you."
            )
        said = body["text"].strip()
        if not said:
            return _invalid("text", "text: must not be blank")
        if text.count(said, "weighted") > 280:
            return _problem(403, "Forbidden", "Your Tweet text is too long.")
        if any(post.text == said for post in self.posts):
            return _problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        self._made += 1
        id = str(_FIRST + self._made)
        found = [said[start:end] for start, end in text.urls(said)]
        post = Received(
            id=id,
            title="",
            text=said,
            format="plain",
            link=_absolute(found[-1]) if found else None,
            at=self.now(),
            reply_to=before,
            raw=request.body,
            extra={"media": list(media["media_ids"])} if media else {},
        )
        self.posts.append(post)
        shown = self._shown(post, {"entities"})
        return Response(201, {"data": {"id": id, "text": shown["text"], "edit_history_tweet_ids": [id]}})

    def _one(self, id: str, fields: set[str]) -> Response:
        post = next((post for post in self.posts if post.id == id), None)
        if post is None:
            said = {"title": "Not Found Error", "detail": f"Could not find tweet with id: [{id}].", "resource_id": id}
            return Response(200, {"errors": [{**said, "type": f"{_PROBLEMS}resource-not-found"}]})
        data = self._shown(post, fields)
        if "public_metrics" in fields:
            names = ("repost", "reply", "like", "quote", "bookmark", "impression")
            data["public_metrics"] = {f"{name}_count": 0 for name in names}
        return Response(200, {"data": data})

    def _timeline(self, query: Mapping[str, str]) -> Response:
        since = query.get("start_time")
        start = datetime.fromisoformat(since).timestamp() if since else 0.0
        posts = [post for post in self.posts[::-1] if post.at >= start]
        begin, size = int(query.get("pagination_token", 0)), int(query.get("max_results", 10))
        page = posts[begin : begin + size]
        fields = set(query.get("tweet.fields", "").split(","))
        meta: dict[str, Any] = {"result_count": len(page)}
        if begin + size < len(posts):
            meta["next_token"] = str(begin + size)
        return Response(200, {"meta": meta} | ({"data": [self._shown(p, fields) for p in page]} if page else {}))

    def _shown(self, post: Received, fields: set[str]) -> dict[str, Any]:
        """As the API shows it: links shortened, `&`, `<` and `>` escaped; more only when asked for."""
        shown, at, urls = "", 0, []
        for number, (start, end) in enumerate(text.urls(post.text)):
            link = post.text[start:end]
            short = f"https://t.co/{post.id[-6:]}{number:04}"
            shown, at = f"{shown}{post.text[at:start]}{short}", end
            urls.append(
                {"url": short, "expanded_url": _absolute(link), "display_url": link.partition("://")[2] or link}
            )
        picture, entries = links(post.extra.get("media", ()), post.id, len(urls))
        words = " ".join(filter(None, [shown + post.text[at:], picture]))
        urls += entries
        data: dict[str, Any] = {"id": post.id, "text": escape(words, quote=False)}
        data["edit_history_tweet_ids"] = [post.id]
        if "created_at" in fields:
            data["created_at"] = datetime.fromtimestamp(post.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        if "entities" in fields and urls:
            data["entities"] = {"urls": urls}
        if "referenced_tweets" in fields and post.reply_to:
            data["referenced_tweets"] = [{"type": "replied_to", "id": post.reply_to}]
        return data


def _absolute(link: str) -> str:
    return link if "://" in link else f"http://{link}"


def _problem(status: int, title: str, detail: str, type: str = "about:blank") -> Response:
    said = {"title": title, "detail": detail, "type": type, "status": status}
    return Response(status, said, {"Content-Type": "application/problem+json"})


def _invalid(parameter: str, said: str) -> Response:
    errors = [{"parameters": {parameter: []}, "message": said}]
    problem = {"title": "Invalid Request", "detail": "One or more parameters to your request was invalid."}
    return Response(400, {**problem, "errors": errors, "type": f"{_PROBLEMS}invalid-request"})
