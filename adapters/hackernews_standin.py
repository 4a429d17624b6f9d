"""Hacker News in the sandbox: a form that a person fills in, and the search over what was submitted."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from ..standin import Received, Request, Response
from ._handoff_standin import HandoffStandIn


class HackerNewsStandIn(HandoffStandIn):
    """The search finds words, not addresses: what stands on the same host is among the hits."""

    name = "hackernews"

    def handle(self, request: Request) -> Response:
        if request.method == "GET" and request.path == "/api/v1/search":
            words = _words(request.query.get("query", ""))
            hits = [_hit(post) for post in self.posts if words & _words(post.link or "")]
            return Response(200, {"hits": hits, "nbHits": len(hits), "page": 0, "nbPages": 1})
        return super().handle(request)

    def given(self, request: Request) -> dict[str, str]:
        return {"title": request.query.get("t", ""), "url": request.query.get("u", "")}


def _words(url: str) -> set[str]:
    return set(re.split(r"\W+", urlsplit(url).hostname or "")) - {"", "www", "com", "org"}


def _hit(post: Received) -> dict[str, Any]:
    shown = {"objectID": post.id, "title": post.title, "url": post.link, "points": 1, "num_comments": 0}
    return shown | {"created_at_i": int(post.at)}
