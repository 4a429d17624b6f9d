"""Bluesky in the sandbox: one account on one server, whose records are checked as the lexicons say.

Its words and statuses are those of gh:bluesky-social/atproto @d6296a1, packages/pds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from .. import text
from ..standin import Received, Request, Response, StandIn
from ._pictures_standin import kind_of

_POST = "app.bsky.feed.post"
_CARD, _IMAGES = "app.bsky.embed.external", "app.bsky.embed.images"
_TID = re.compile(r"[234567abcdefghij][234567a-z]{12}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_KEYS = {"$type", "text", "facets", "langs", "tags", "embed", "reply", "labels", "createdAt"}
_WRITES = ("putRecord", "createRecord", "deleteRecord", "applyWrites")
_ACCESS_LIFE = 7200


class BlueskyStandIn(StandIn):
    """Sessions that end, pictures that have to be there, a record key that holds one record."""

    name = "bluesky"
    options: ClassVar[Mapping[str, Any]] = {"identifier": "sandbox.test", "app_password": "abcd-efgh-ijkl-mnop"}
    did = "did:plc:sandboxsandboxsandboxsan"
    #: Who else is there.
    accounts: ClassVar[Mapping[str, str]] = {"friend.example.com": "did:plc:friendfriendfriendfriend"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Access tokens and when they end; the refresh token of the session; how many sessions were begun.
        self.tokens: dict[str, float] = {}
        self.refresh = ""
        self.sessions = 0
        self.blobs: dict[str, bytes] = {}
        self._renewed = 0

    def handle(self, request: Request) -> Response:
        method = request.path.removeprefix("/xrpc/").removeprefix("com.atproto.")
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        match method:
            case "server.createSession":
                return self._begin(request)
            case "server.refreshSession":
                good = self.refresh and bearer == self.refresh
                return self._session() if good else _error(400, "ExpiredToken", "Token has been revoked")
            case "identity.resolveHandle":
                found = {**self.accounts, self.options["identifier"]: self.did}.get(request.query.get("handle", ""))
                said = "Unable to resolve handle"
                return Response(200, {"did": found}) if found else _error(400, "InvalidRequest", said)
            case "repo.getRecord":
                return self._get(request.query)
            case "repo.listRecords":
                return self._list(request.query)
        if not bearer:
            return _error(401, "AuthMissing", "Authentication Required")
        if bearer not in self.tokens:
            return _error(400, "InvalidToken", "Token could not be verified")
        if self.tokens[bearer] <= self.now():
            return _error(400, "ExpiredToken", "Token has expired")
        match method:
            case "server.getSession":
                return Response(200, {"did": self.did, "handle": self.options["identifier"], "active": True})
            case "repo.uploadBlob":
                return Response(200, {"blob": self._blob(request)})
            case "repo.putRecord":
                return self._put(request)
            case "repo.deleteRecord":
                body = request.json()
                self.posts = [post for post in self.posts if post.id != body["rkey"]]
                return Response(200, {})
            case "app.bsky.feed.getPosts":
                return self._views(request.query["uris"])
        return _error(501, "MethodNotImplemented", "Method Not Implemented")

    def writes(self, request: Request) -> bool:
        return request.path.removeprefix("/xrpc/com.atproto.repo.") in _WRITES

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        match kind:
            case "auth":
                return _error(401, "AuthenticationRequired", "Invalid identifier or password")
            case "entitlement":
                return _error(401, "AccountTakedown", "Account has been taken down")
            case "rate":
                headers = {"RateLimit-Limit": "5000", "RateLimit-Remaining": "0", "RateLimit-Policy": "5000;w=3600"}
                if re.fullmatch(r"[\d.]+", retry_after):
                    headers["RateLimit-Reset"] = str(int(self.now() + float(retry_after)))
                elif retry_after:
                    headers["Retry-After"] = retry_after
                return Response(429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, headers)
        return _invalid("grapheme too big (maximum 300, got 301) at $.record.text")

    @property
    def uploaded(self) -> list[bytes]:
        """The pictures that have come."""
        return list(self.blobs.values())

    def _begin(self, request: Request) -> Response:
        body = request.json()
        if body != {"identifier": self.options["identifier"], "password": self.options["app_password"]}:
            return self.refusal("auth", "")
        self.sessions += 1
        return self._session()

    def _session(self) -> Response:
        self._renewed += 1
        access, self.refresh = f"sandbox-access-{self._renewed}", f"sandbox-refresh-{self._renewed}"
        self.tokens[access] = self.now() + _ACCESS_LIFE
        who = {"did": self.did, "handle": self.options["identifier"], "active": True}
        return Response(200, {"accessJwt": access, "refreshJwt": self.refresh, **who})

    def _blob(self, request: Request) -> dict[str, Any]:
        cid = _cid(0x55, request.body)
        self.blobs[cid] = request.body
        # What the bytes say counts, as far as they say anything.
        kind = kind_of(request.body) or request.headers.get("content-type", "*/*")
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(request.body)}

    def _put(self, request: Request) -> Response:
        """The record that the key has is written over; the same one again changes nothing."""
        body = request.json()
        if not isinstance(body, dict) or body.get("repo") not in (self.did, self.options["identifier"]):
            return _error(400, "InvalidRequest", "Could not find repo")
        key, record = str(body.get("rkey")), body.get("record")
        if body.get("collection") != _POST or not isinstance(record, dict):
            return _invalid(f"expected {_POST}")
        if not _TID.fullmatch(key):
            return _error(400, "InvalidRequest", f"Invalid record key for {_POST}: {key}")
        if problem := self._problem(record):
            return problem
        post = next((post for post in self.posts if post.id == key), None)
        if post is None:
            post = Received(id=key, title="", text="", format="plain", at=self.now())
            self.posts.append(post)
        card = (record.get("embed") or {}).get("external") or {}
        tags = [f["tag"] for facet in record.get("facets") or () for f in facet["features"] if "tag" in f]
        post.title, post.text, post.link = card.get("title", ""), record["text"], card.get("uri")
        post.tags, post.raw, post.extra = (*tags, *record.get("tags", ())), request.body, {"record": record}
        return Response(200, {"uri": self._uri(key), "cid": self._shown(post)["cid"], "validationStatus": "valid"})

    def _problem(self, record: Mapping[str, Any]) -> Response | None:
        said, size = record.get("text"), len(str(record.get("text")).encode())
        if set(record) - _KEYS or not isinstance(said, str) or record.get("$type") != _POST:
            return _invalid("it does not have the fields of the lexicon")
        if text.count(said, "graphemes") > 300 or size > 3000:
            return self.refusal("content", "")
        if not _DATE.fullmatch(str(record.get("createdAt"))):
            return _invalid("createdAt must be a valid datetime")
        if len(record.get("langs", ())) > 3 or len(record.get("tags", ())) > 8:
            return _invalid("too many elements")
        for facet in record.get("facets", ()):
            start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
            whole = 0 <= start < end <= size and said.encode()[start:end].decode("utf-8", "ignore").encode()
            if not whole or len(whole) != end - start:
                return _invalid("a facet's index is no part of the text")
            if any(not str(f["did"]).startswith("did:") for f in facet["features"] if "did" in f):
                return _invalid("did must be a valid did")
        return self._bad_embed(record["embed"]) if "embed" in record else None

    def _bad_embed(self, embed: Mapping[str, Any]) -> Response | None:
        """A card or pictures, as the lexicons say; their blobs have come before."""
        external, images = embed.get("external"), embed.get("images")
        if (
            embed.get("$type") == _CARD
            and isinstance(external, dict)
            and {"uri", "title", "description"} <= {*external}
        ):
            return self._bad_blob(external["thumb"], 1_000_000) if "thumb" in external else None
        if embed.get("$type") != _IMAGES or not isinstance(images, list) or len(images) > 4:
            return _invalid("it does not have an embed of the lexicon")
        for one in images:
            shape = one.get("aspectRatio", {"width": 1, "height": 1})
            if set(one) - {"image", "alt", "aspectRatio"} or not isinstance(one.get("alt"), str):
                return _invalid('Record/embed/images must have the property "alt"')
            if set(shape) != {"width", "height"} or not all(isinstance(n, int) and n > 0 for n in shape.values()):
                return _invalid("aspectRatio must be integers")
            if refused := self._bad_blob(one.get("image"), 2_000_000):
                return refused
        return None

    def _bad_blob(self, blob: Any, most: int) -> Response | None:
        content = self.blobs.get(blob["ref"]["$link"]) if isinstance(blob, dict) else None
        if content is None:
            return _error(400, "BlobNotFound", f"Could not find blob: {blob}")
        if not blob["mimeType"].startswith("image/"):
            return _error(
                400, "InvalidMimeType", f"Wrong type of file. It is {blob['mimeType']} but it must match image/*."
            )
        if max(len(content), blob["size"]) > most:
            said = f"This file is too large. It is {blob['size']} but the maximum size is {most}."
            return _error(400, "BlobTooLarge", said)
        return None

    def _get(self, query: Mapping[str, str]) -> Response:
        if query.get("repo") not in (self.did, self.options["identifier"]):
            return _error(400, "InvalidRequest", "Could not locate record")
        post = next((post for post in self.posts if post.id == query.get("rkey")), None)
        if post is None or query.get("collection") != _POST:
            return _error(400, "RecordNotFound", f"Could not locate record: {self._uri(query.get('rkey', ''))}")
        return Response(200, self._shown(post))

    def _list(self, query: Mapping[str, str]) -> Response:
        """Newest key first; the cursor is the last key of a page that is full."""
        keys = sorted((post.id for post in self.posts if post.id < query.get("cursor", "~")), reverse=True)
        size = int(query.get("limit", 50))
        page = [self._shown(self._post(key)) for key in keys[:size]]
        return Response(200, {"records": page} | ({"cursor": keys[size - 1]} if len(page) == size else {}))

    def _views(self, uri: str) -> Response:
        shown = [self._shown(post) for post in self.posts if self._uri(post.id) == uri]
        counts = {"likeCount": 0, "replyCount": 0, "repostCount": 0, "quoteCount": 0}
        return Response(200, {"posts": [{"uri": one["uri"], "record": one["value"], **counts} for one in shown]})

    def _shown(self, post: Received) -> dict[str, Any]:
        record = {**post.extra["record"], "text": post.text}
        return {"uri": self._uri(post.id), "cid": _cid(0x71, json.dumps(record).encode()), "value": record}

    def _uri(self, key: str) -> str:
        return f"at://{self.did}/{_POST}/{key}"


def _cid(codec: int, content: bytes) -> str:
    """A CID in the form of a real one; a record's is made of its JSON here."""
    whole = bytes([1, codec, 0x12, 0x20]) + hashlib.sha256(content).digest()
    return "b" + base64.b32encode(whole).decode().lower().rstrip("=")


def _error(status: int, name: str, said: str) -> Response:
    return Response(status, {"error": name, "message": said})


def _invalid(said: str) -> Response:
    return _error(400, "InvalidRequest", f"Invalid {_POST} record: {said}")
