"""Acme Notes, an invented platform with a JSON API: the example that CONTRIBUTING.md explains piece by piece.

A real adapter names the source of each fact here ("API reference, Create a note", say) and marks what no primary
source confirms as (unconfirmed). `Idempotency-Key` is honoured for 24 hours: a second request with the same key
and body is answered with the first one's note, one with another body with 422 `key_reused`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from syndicate import text
from syndicate.adapter import Adapter, Attempt, Dedupe, Draft, Limits, Part, Post, Published, Secret, option, secret
from syndicate.errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from syndicate.markdown import Dialect, render

if TYPE_CHECKING:
    from syndicate.http import Answer, Http


@dataclass(frozen=True, kw_only=True)
class Acme(Adapter):
    """Notes on Acme. Limits: title 100 characters, text 20,000 characters, 5 labels of at most 20."""

    name = "acme"
    title = "Acme Notes"
    homepage = "https://acme.example"
    limits = Limits(text=20_000, title=100, tags=5, tag_length=20, tag_chars="[a-z0-9-]")
    dialect = Dialect(tables=True, strikethrough=True)
    dedupe = Dedupe(kind="key", window=24 * 3600, note="an idempotency key, honoured for 24 hours")
    credentials = (("token",),)
    drafts = True
    price = "free up to 100 notes a month"

    base_url: str = option("https://acme.example/api", "root of the API")
    token: Secret = secret("https://acme.example/settings/tokens, scope `notes`")  # noqa: RUF009  a field
    notebook: str | None = option(None, "put notes into this notebook instead of the default one")

    def render(self, post: Post) -> Draft:
        """The note. A text that is too long is refused: cutting it would mutilate the post."""
        body = render(post.text or post.body, self.dialect, base_url=post.base_url, title=post.title)
        size = text.count(body.text, "characters")
        if size > self.limits.text:
            said = f"the text has {size} characters; {self.title} takes {self.limits.text}"
            raise Rejected(said, field="body", next="make the post shorter, or leave this target out")
        title = text.fit(post.title, 100)
        cut = () if title == post.title else (f"the title is cut to 100 characters: “{title}”",)
        tags = [tag.lower() for tag in post.tags]
        labels, changed = text.clean_tags(tags, most=5, length=20, chars=self.limits.tag_chars)
        visibility = "private" if post.draft else "public"
        payload = {"title": title, "text": body.text, "labels": list(labels), "visibility": visibility}
        optional = {"source_url": post.canonical_url, "notebook": self.notebook}
        payload |= {name: value for name, value in optional.items() if value}
        part = Part(payload=payload, text=body.text, count=size, limit=self.limits.text)
        return Draft((part,), (*body.warnings, *cut, *changed))

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        """`POST /notes`. The key is the attempt's: the same for every try at this part, and for no other part."""
        headers = {**self._headers(), "Idempotency-Key": attempt.key}
        return _published(await http.write("POST", f"{self.base_url}/notes", part, headers=headers, explain=explain))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        """Goes through one's own notes, newest first, back to the first try (a minute more: clocks differ)."""
        since = attempt.started_at - timedelta(seconds=60)
        telling = ("source_url",) if "source_url" in part.payload else ("title", "text")
        async for note in self._mine(http):
            if datetime.fromisoformat(note["created_at"]) < since:
                return None
            if all(note.get(name) == part.payload[name] for name in telling):
                return Published(note["id"], note["url"])
        return None

    async def recent(self, http: Http) -> AsyncIterator[Published]:
        """One's own public notes, newest first."""
        async for note in self._mine(http):
            if note["visibility"] == "public":
                yield Published(note["id"], note["url"], note["title"], note["source_url"])

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """`GET /notes/{id}`. Acme tidies the ends of lines and sorts the labels; what else differs was changed."""
        try:
            url = f"{self.base_url}/notes/{published.id}"
            answer = await http.get(url, headers=self._headers(), explain=explain)
        except Rejected as refused:
            if refused.field == "id":
                return None
            raise
        note = answer.json_or_none()
        if not isinstance(note, dict) or not isinstance(note.get("text"), str):
            raise Unavailable("Acme Notes answered with something other than a note")
        there = {key: note.get(key) for key, sent in part.payload.items() if _tidied(note.get(key)) != _tidied(sent)}
        if not there:
            return part
        return replace(part, payload={**part.payload, **there}, text=note["text"], count=len(note["text"]))

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """`PUT /notes/{id}` replaces the whole note, so repeating it is safe."""
        url = f"{self.base_url}/notes/{published.id}"
        return _published(await http.write("PUT", url, part, headers=self._headers(), explain=explain))

    async def _mine(self, http: Http) -> AsyncIterator[dict[str, Any]]:
        """`GET /notes?mine=1`, 20 a page; `next` is the number of the page after this one."""
        params: dict[str, str | int] = {"mine": 1, "page": 1}
        while params["page"]:
            answer = await http.get(f"{self.base_url}/notes", params=params, headers=self._headers(), explain=explain)
            body = answer.json_or_none()
            if not isinstance(body, dict) or not isinstance(body.get("notes"), list):
                raise Unavailable("Acme Notes answered with something other than a list of notes")
            for note in body["notes"]:
                yield note
            if body.get("next") and body["next"] <= params["page"]:
                raise Unavailable("Acme Notes named a page twice: its list has no end")
            params["page"] = body.get("next") or 0

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.reveal()}"}


def explain(answer: Answer) -> Failure | None:
    """What Acme's refusals mean; `None` for what the status says well enough: 429 with `Retry-After`, 409, 5xx."""
    body = answer.json_or_none()
    problem = body if isinstance(body, dict) else {}
    said = f"Acme Notes: {answer.words()}"
    match answer.status:
        case 401:
            return Unauthorized(said, next="make a new token at https://acme.example/settings/tokens")
        case 402:
            return NotEntitled(said, next="wait for the next month, or take a plan at https://acme.example/plans")
        case 404:
            return Rejected(said, field="id", next="the note is not there any more")
        case 422 if problem.get("code") == "key_reused":
            return Duplicate(said)
        case 422:
            return Rejected(said, field=problem.get("field"))
    return None


def _published(answer: Answer) -> Published:
    """The note in the answer to a write. A 2xx without one leaves it open what happened."""
    note = answer.json_or_none()
    if not isinstance(note, dict) or not note.get("id"):
        raise OutcomeUnknown(f"Acme Notes answered {answer.status} without a note")
    return Published(str(note["id"]), note.get("url"))


def _tidied(value: Any) -> Any:
    """A field without what Acme changes by itself: white space at the ends of lines, the order of labels."""
    if isinstance(value, str):
        return [line.rstrip() for line in value.rstrip().splitlines()]
    return sorted(value) if isinstance(value, list) else value
