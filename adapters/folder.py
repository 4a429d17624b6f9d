"""A folder of a static site (Hugo, Jekyll, Astro): the post as a Markdown file with front matter. Needs no account.

The file is written whole or not at all, and never over one that is there. The generator makes the site's feed of it; where
a site keeps its feed as a file, `feed` names that, and the page's entry is put into it.

Facts: front matter and places of files from gohugo.io, jekyllrb.com (jekyll-seo-tag for `canonical_url`) and docs.astro.build
(its blog template), looked at in 2026-11. Hugo runs shortcodes in code, too; Jekyll runs Liquid there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from .. import text
from ..adapter import Adapter, Attempt, Dedupe, Dialect, Draft, Limits, Part, Post, Published, folder, option
from ..errors import Duplicate, Failure, OutcomeUnknown, Rejected, Unavailable
from ._article import compose
from ._folder_pages import GENERATORS, front_matter, page
from ._reading import same_line, same_text
from ._slug import slug_of

if TYPE_CHECKING:
    from ..adapter import Account
    from ..http import Answer, Http

#: Stands in an entry for the time at which it is written, where the post has no date.
_NOW = "{now}"


@dataclass(frozen=True, kw_only=True)
class Folder(Adapter):
    """Pages of a static site. The limit of 4 MiB is this adapter's own."""

    name = "folder"
    title = "Static site"
    homepage = "https://gohugo.io"
    limits = Limits(text=4 * 1024 * 1024, counter="bytes", tags=30, tag_chars=r"[\w .+#/-]", parts=2)
    dialect = Dialect(
        tables=True, footnotes=True, strikethrough=True, task_lists=True, html=None, math="dollar", anchors=True,
        fence_titles=True,
    )  # fmt: skip
    dedupe = Dedupe(kind="lookup", note="the file itself: never written over one that is there")
    required = ("folder",)
    drafts = True
    policy = "commit and deploy the site as you do now"

    base_url: str = option("", "instead of `folder`: a server that takes such files (the sandbox)")
    folder: str = folder("the site's folder")
    generator: Literal["hugo", "jekyll", "astro"] = option("hugo", "whose front matter and places")
    path: str = option("", "where pages go: {slug}, {date}, {year}, {month}, {language}; else as the generator has it")
    url: str = option("", "where the page will stand, such as https://example.org/posts/{slug}/")
    feed: str = option("", "a feed that is a file of the site: its path; the page's entry is put into it")
    canonical: bool = option(True, "write the canonical URL into the front matter where it is not the page's own")

    def render(self, post: Post) -> Draft:
        """The page, and with `feed` its entry."""
        article = compose(self, post, cover_shown=False)  # a theme may show it in lists and cards only
        slug, path = slug_of(post), page(self.path or GENERATORS[self.generator].path, post, slug_of(post))
        url = page(self.url, post, slug) if self.url else None
        own = self.canonical and post.canonical_url != url
        head = front_matter(self.generator, post, article, canonical=post.canonical_url if own else None)
        content = head + _protected(self.generator, article.body).strip("\n") + "\n"
        shown = Part(
            payload={"path": path, "content": content, **({"url": url} if url else {})},
            text=content,
            count=text.count(content, "bytes"),
            limit=self.limits.text,
        )
        if not self.feed or post.draft:
            return Draft((shown,), article.warnings)
        if (link := url or post.canonical_url) is None:
            raise Rejected("an entry in a feed needs the page's address", field="url", next="set `url` for this target")
        entry: dict[str, Any] = {"id": link, "title": article.title, "link": link}
        entry |= {"updated": post.date.isoformat() if post.date else _NOW, "summary": post.summary or ""}
        entry["tags"] = list(article.tags)
        told = f"{article.title}\n{link}\n{post.summary or ''}".strip()
        second = Part(payload={"feed": self.feed, "entry": entry}, text=told, count=0, limit=self.limits.text)
        return Draft((shown, second), article.warnings)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        """A new file, or a new entry in the feed."""
        sent = part.filled({_NOW: attempt.moment.isoformat(timespec="seconds")}, fields=["updated"])
        return _published(part, await http.write("POST", self._root, sent, explain=_explain))

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:  # noqa: ARG002  the contract's
        """What stands there counts as ours if it is, to the byte, what was to be written; of a feed, by the entry's id."""
        if "entry" in part.payload:
            return _made(part) if await self._entry(part, http) is not None else None
        return _made(part) if await self._read(part.payload["path"], http) == part.payload["content"] else None

    async def read(self, part: Part, published: Published, http: Http) -> Part | None:
        """The file; of a feed's entry its title, link and summary."""
        if "entry" in part.payload:
            return _as_it_is(part, await self._entry(part, http))
        there = await self._read(published.id, http)
        if there is None:
            return None
        if same_text(there, part.payload["content"]):
            return part
        changed = {**part.payload, "content": there}
        return replace(part, payload=changed, text=there, count=text.count(there, "bytes"))

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        """The file where it was written, though the post's address may have changed since."""
        moved = {**part.payload, **({"path": published.id} if "path" in part.payload else {})}
        if moved.get("entry", {}).get("updated") == _NOW:  # the date of the first time stays
            moved["entry"] = {name: value for name, value in moved["entry"].items() if name != "updated"}
        answer = await http.write("PUT", self._root, replace(part, payload=moved), explain=_explain)
        return replace(_published(part, answer), id=published.id)

    async def delete(self, published: Published, http: Http) -> None:
        await http.write("DELETE", f"{self._root}/{quote(published.id)}", explain=_explain)

    async def check(self, http: Http) -> Account:
        """Whether the folder is there, by its generator's configuration."""
        from ..adapter import Account

        if await self._got(http, "", "folder") is None:
            raise Rejected(f"there is no folder {self.folder}", field="folder", next="mend `folder` for this target")
        for name in GENERATORS[self.generator].configs:
            if await self._read(name, http) is not None:
                return Account(self.folder or self.base_url, f"{self.generator}: {name}")
        lacking = (
            f"there is no {' or '.join(GENERATORS[self.generator].configs[:2])}: is it a site of {self.generator}?"
        )
        return Account(self.folder or self.base_url, warnings=(lacking,))

    @property
    def _root(self) -> str:
        """A `file:` URL has a host here, or httpx would take it for a relative one."""
        return self.base_url or Path(self.folder).as_uri().replace("file:///", "file://localhost/", 1)

    async def _read(self, path: str, http: Http) -> Any:
        return await self._got(http, path, "content")

    async def _entry(self, part: Part, http: Http) -> Any:
        return await self._got(http, part.payload["feed"], "entry", entry=part.payload["entry"]["id"])

    async def _got(self, http: Http, path: str, what: str, **query: str) -> Any:
        """What the answer calls so; `None` when there is no such file or entry."""
        try:
            answer = await http.get(f"{self._root}/{quote(path)}", params=query or None, explain=_explain)
        except Rejected as refused:
            if refused.field == "id":
                return None
            raise
        said = answer.json_or_none()
        if isinstance(said, dict) and said.get("folder") and what != "folder":
            return None
        if not isinstance(said, dict) or what not in said:
            raise Unavailable("an answer that cannot be read")
        return said[what]


def _protected(generator: str, body: str) -> str:
    """The body such that the generator shows what it says: shortcodes and Liquid are run in code, too."""
    if generator == "hugo":
        return re.sub(r"\{\{([<%])(?!/\*)(.*?)([>%])\}\}", r"{{\1/*\2*/\3}}", body, flags=re.DOTALL)
    if generator == "jekyll" and re.search(r"\{[{%]", body):
        inner = re.sub(r"\{%-?\s*endraw\s*-?%\}", "{% endraw %}{{ '\\g<0>' }}{% raw %}", body)
        return f"{{% raw %}}\n{inner}\n{{% endraw %}}"
    return body


def _published(part: Part, answer: Answer) -> Published:
    if not isinstance(answer.json_or_none(), dict):
        raise OutcomeUnknown(f"an answer that cannot be read (HTTP {answer.status})")
    return _made(part)


def _made(part: Part) -> Published:
    if "entry" in part.payload:
        return Published(part.payload["entry"]["id"], part.payload["entry"]["link"])
    return Published(part.payload["path"], part.payload.get("url"))


def _as_it_is(part: Part, there: dict[str, str] | None) -> Part | None:
    """The entry's part with what is different in the feed; `None` when it is not there."""
    sent = part.payload["entry"]
    if there is None:
        return None
    names = ("title", "link", "summary")
    changed = {name: there[name] for name in names if not same_line(str(sent.get(name) or ""), there.get(name, ""))}
    if not changed:
        return part
    payload = {**part.payload, "entry": {**sent, **changed}}
    return replace(part, payload=payload, text="\n".join(str(payload["entry"][name]) for name in names))


def _explain(answer: Answer) -> Failure | None:
    said = f"the site's folder: {answer.words()}"
    match answer.status:
        case 400 | 403:
            return Rejected(said, next="make the folder writable, and mend `folder` and `path` for this target")
        case 404:
            return Rejected(said, field="id", next="is `folder` right, and is `feed` a file in it?")
        case 409:
            return Duplicate(said, field="path", next="give the post another slug, or this target another `path`")
        case 422:
            return Rejected(said, field="feed", next="name an Atom or RSS file, or take `feed` out")
        case 507:
            return Unavailable(said, next="make room on the disk")
    return None
