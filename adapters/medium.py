"""Medium, through its API v1: unsupported since 2023, and closed to newcomers since 2025-01-01.

Tokens that exist go on working. Without one, a person imports the story from its canonical URL (`place`). The API
creates and does nothing else: no list, no update, no delete, so an answer that was lost stays unknown until somebody
looks; and nothing that shows a story, so there is neither `recent` nor `read`. Facts are from gh:Medium/medium-api-docs (archived).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .. import text
from ..adapter import (
    Account,
    Adapter,
    Attempt,
    Dedupe,
    Dialect,
    Draft,
    Image,
    Limits,
    Part,
    Post,
    Published,
    Secret,
    option,
    secret,
)
from ..errors import Failure, NotEntitled, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from ..handoff import Place, Rule
from ._article import compose

if TYPE_CHECKING:
    from ..http import Answer, Http

_NO_TOKENS = (
    "Medium gives out no new tokens since 2025-01-01: without one, import the story at https://medium.com/p/import"
)


@dataclass(frozen=True, kw_only=True)
class Medium(Adapter):
    """Stories on Medium. Limits: title 100 characters, 3 tags of 25; of the body none is documented."""

    name = "medium"
    title = "Medium"
    homepage = "https://medium.com"
    limits = Limits(text=1_000_000, title=100, tags=3, tag_length=25, tag_chars=r"[\w .+#-]")
    # Two sizes of headings. No tables, footnotes or HTML; no strikethrough, line breaks as written (unconfirmed).
    dialect = Dialect(headings=2, breaks=True)
    dedupe = Dedupe(kind="none", note="Medium has no list of one's own stories")
    credentials = (("token",),)
    drafts = True
    closed = True
    policy = "no new tokens since 2025-01-01; without one the story is imported by hand"
    # “Import a story” keeps the address as the canonical one (unconfirmed). The editor takes no Markdown, but what is
    # copied from a page.
    place = Place(
        form="article",
        page="https://medium.com/p/import",
        copy="{url}",
        dialect=Dialect(format="html", headings=2),
        steps=(
            "Log in to Medium, paste the post's address into the page, and import: {url}",
            "Compare the draft with the post: code, tables and pictures suffer most.",
            "Open `post.html` in a browser, and copy from it what the import broke.",
            "Choose the tags in `tags.txt`.",
            "Publish it.",
        ),
        rules=(
            Rule(
                says="Medium imports from the post's address",
                check="needs_canonical",
                weight="refuse",
                next="set `canonical_url` in the front matter, or `site.url` in the config",
            ),
            Rule(says="The post is online already, for everybody to read"),
        ),
        address=r"https?://\S+/\S+",
        checked="2026-11",
    )

    base_url: str = option("https://api.medium.com/v1", "root of the API")
    token: Secret = secret("an integration token from before 2025")  # noqa: RUF009  a field
    publication_id: str | None = option(None, "publish in this publication instead of one's own profile")

    def render(self, post: Post) -> Draft:
        """The story. Medium shows no title but the one in the text; the field serves lists and the address."""
        article = compose(self, post)
        cover = f"{_picture(article.cover)}\n\n" if article.cover else ""
        content = f"# {_escaped(post.title)}\n\n{cover}{article.body}"
        payload: dict[str, Any] = {
            "title": article.title,
            "contentFormat": "markdown",
            "content": content,
            "tags": list(article.tags),
            "publishStatus": "draft" if post.draft else "public",
        }
        if post.canonical_url:
            payload["canonicalUrl"] = post.canonical_url
        part = Part(payload=payload, text=content, count=text.count(content, "characters"), limit=self.limits.text)
        return Draft((part,), article.warnings)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """`POST /publications/{id}/posts`, or `POST /users/{id}/posts` with the id that `GET /me` gives."""
        place = (
            f"publications/{self.publication_id}" if self.publication_id else f"users/{(await self._me(http))['id']}"
        )
        answer = await http.write(
            "POST", f"{self.base_url}/{place}/posts", part, headers=self._headers(), explain=self._explain
        )
        body = answer.json_or_none()
        story = body.get("data") if isinstance(body, dict) else None
        if not isinstance(story, dict) or not story.get("id"):
            raise OutcomeUnknown(f"Medium answered {answer.status} without a story")
        return Published(str(story["id"]), story.get("url"))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:  # noqa: ARG002  the contract's
        """Medium cannot be asked."""
        return None

    async def check(self, http: Http) -> Account:
        """`GET /me`."""
        me = await self._me(http)
        return Account(str(me.get("username")), str(me.get("name") or ""))

    async def _me(self, http: Http) -> dict[str, Any]:
        answer = await http.get(f"{self.base_url}/me", headers=self._headers(), explain=self._explain)
        body = answer.json_or_none()
        if not isinstance(body, dict) or not isinstance(body.get("data"), dict) or not body["data"].get("id"):
            raise Unavailable("Medium answered with something other than an account")
        return dict(body["data"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.reveal()}", "Accept": "application/json"}

    def _explain(self, answer: Answer) -> Failure | None:
        body = answer.json_or_none()
        errors = body.get("errors") if isinstance(body, dict) else None
        if not isinstance(errors, list):
            return None
        said = "Medium: " + "; ".join(str(error.get("message")) for error in errors)
        match answer.status:
            case 401:
                return Unauthorized(said, next=_NO_TOKENS)
            case 403:
                return NotEntitled(said, next="the account has to be a writer or an editor of the publication")
            case 400 | 404:
                return Rejected(said)
        return None


def _picture(image: Image) -> str:
    url = re.sub(r"[\s()<>]", lambda found: quote(found[0]), image.url)
    return f"![{_escaped(image.alt)}]({url})"


def _escaped(plain: str) -> str:
    """Plain text on one line of Markdown: `What *args means in C#` keeps its signs."""
    return re.sub(r"([\\`*_\[\]#])", r"\\\1", " ".join(plain.split())).replace("<", "&lt;")
