"""A place where a person posts, in the sandbox: it shows a form, takes what a browser sends, and nothing else."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar, Literal

from ..standin import Received, Request, Response, StandIn


class HandoffStandIn(StandIn):
    """Any page answers with a form, filled in by the address; what is submitted is kept. Subclasses set `name`."""

    options: ClassVar[dict[str, Any]] = {}

    def handle(self, request: Request) -> Response:
        if request.method == "POST":
            return self._submit(request.form())
        if request.method != "GET":
            return Response(405, "Method Not Allowed", {"Allow": "GET, POST"})
        given = {"title": "", "url": "", "text": ""} | self.given(request)
        inputs = "".join(f'<p><input name="{escape(name)}" value="{escape(given[name])}">' for name in given)
        page = f'<!doctype html><meta charset="utf-8"><title>{self.name}</title><form method="post">{inputs}'
        return Response(200, f"{page}<p><button>Submit</button></form>", {"Content-Type": "text/html; charset=utf-8"})

    def given(self, request: Request) -> dict[str, str]:
        """What the address fills in: the form's `title`, `url`, `text`."""
        return {name: value for name, value in request.query.items() if name in ("title", "url", "text")}

    def writes(self, request: Request) -> bool:  # noqa: ARG002  the base class's
        """A program never posts here; what a person does is no business of the faults."""
        return False

    def refusal(self, kind: Literal["content", "auth", "entitlement", "rate"], retry_after: str) -> Response:
        status = {"content": 422, "auth": 401, "entitlement": 403, "rate": 429}[kind]
        return Response(status, "Not taken.", {"Retry-After": retry_after} if retry_after else {})

    def _submit(self, form: dict[str, str]) -> Response:
        post = Received(
            id=str(len(self.posts) + 1),
            title=form.get("title", ""),
            text=form.get("text", ""),
            link=form.get("url") or None,
            at=self.now(),
        )
        self.posts.append(post)
        return Response(303, "", {"Location": self.post_url(post.id)})
