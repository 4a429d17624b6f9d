"""What is odd about a post, wherever it goes; each with its line, where that is known. Pure.

What readers and search engines miss (summary, tags, cover, alternative texts), what is off (levels of headings, a
language that the text is not in), addresses that lead nowhere from elsewhere, pictures that are on disk only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from .adapter import Adapter, Post
from .check_language import contradiction
from .check_text import Address, Contents, absolute
from .post import cover, dates, fields
from .post.frontmatter import FrontMatter

Level = Literal["error", "warning", "note"]
#: The file that a relative address leads to: `None` when there is none, `False` when that cannot be told.
OnDisk = Callable[[str], Path | Literal[False] | None]

#: How the pipeline's own word on relative links begins; they are told with their lines here.
RELATIVE = "relative links lead nowhere"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a post. `items`: where those of a kind differ. `line`: in the file, where it is known.

    ``error``: the file is no post. ``warning``: something is lost, or off. ``note``: good to know.
    """

    level: Level
    kind: str
    line: int | None = None
    item: str = ""
    #: The web address of a picture that this is about only as long as it is not there.
    until: str = ""
    next: str = ""

    @property
    def message(self) -> str:
        return f"{self.kind}: {self.item}" if self.item else self.kind

    def as_json(self) -> dict[str, Any]:
        return {"level": self.level, "message": self.message, "line": self.line, "next": self.next}


class Findings:
    """What is found of a post itself."""

    def __init__(
        self,
        post: Post,
        front: FrontMatter,
        found: Contents,
        on_disk: OnDisk,
    ) -> None:
        self.post, self.front, self.found, self.on_disk = post, front, found, on_disk
        # Without an address to count from the cover stays as it is written.
        keys = fields.Fields(front, source=post.source)
        self.cover = cover.cover(keys, post_url=None, site_url=None)

    def all(self) -> Iterator[Finding]:
        yield from self._header()
        yield from (Finding("warning", *self._placed(warning)) for warning in self.post.warnings)
        for warning in self.found.warnings:
            if not warning.startswith(RELATIVE):
                yield Finding("warning", warning, self._mentioned(warning))
        yield from self._headings()
        yield from self._addresses()
        yield from (Finding("warning", one.kind, self._line(one.line), one.item) for one in self.found.slips)

    def shown(self, now: datetime) -> Iterator[Finding]:
        """Whether the site shows the post now: Hugo, Jekyll and others wait for its date, Hugo ends some."""
        keys = fields.Fields(self.front, source=self.post.source)
        dated = ((key, at) for key, value in keys.find("publishDate", "date") if (at := dates.parse_date(value)))
        for key, at in [*dated][:1]:
            if at > now:
                said = f"`{key}` lies ahead ({at:%Y-%m-%d}): the site may not show the post yet"
                yield Finding("warning", said, self._key(key))
        for key, value in keys.find("expiryDate", "unpublishDate"):
            if (at := dates.parse_date(value)) and at <= now:
                said = f"`{key}` has passed ({at:%Y-%m-%d}): the site shows the post no more"
                yield Finding("warning", said, self._key(key))

    def titles(self, adapters: Iterable[Adapter]) -> Iterator[Finding]:
        """A title that more than half of those do not take as it is who have a limit."""
        length = len(self.post.title)
        limits = {adapter.name: adapter.limits.title for adapter in adapters if adapter.limits.title}
        short = [f"{name} {most}" for name, most in sorted(limits.items()) if most < length]
        if len(short) > 1 and 2 * len(short) > len(limits):
            yield Finding(
                "warning", f"the title has {length} characters; most take fewer", self._key("title"), ", ".join(short)
            )

    def pictures(self) -> Iterator[Address]:
        """Every picture with its address on the web."""
        if self.post.cover and (url := absolute(self.post.cover.url, None)):
            yield Address("picture", url, None)
        for one in self.found.addresses:
            if one.kind == "picture" and (url := absolute(one.url, self.post.base_url)):
                yield replace(one, url=url, line=self._line(one.line))

    def _header(self) -> Iterator[Finding]:
        post = self.post
        if post.draft:
            line = self._key("draft", "published", "status", "publish", "private")
            yield Finding("warning", "it is marked as a draft: `publish` leaves it out", line)
        if not post.summary:
            yield Finding("note", "no summary: the first paragraph stands in for it; set `description`")
        if not post.tags:
            yield Finding("note", "no tags; set `tags`")
        if post.cover is None:
            yield Finding("note", "no cover picture; set `cover_image`")
        elif not post.cover.alt:
            yield Finding("note", "the cover has no alternative text")
        if post.language is None:
            yield Finding("note", "the language is not known; set `lang`")
        elif odd := contradiction(post.language, post.body):
            said = f"the language is `{post.language}`, but the text is in {odd}"
            yield Finding("warning", said, self._key("lang", "language", "locale"))

    def _headings(self) -> Iterator[Finding]:
        before = None
        for heading in self.found.headings:
            if before is not None and heading.level > before + 1:
                item = f"“{heading.text}” (level {heading.level} after {before})"
                yield Finding("warning", "headings that skip a level", self._line(heading.line), item)
            before = heading.level

    def _addresses(self) -> Iterator[Finding]:
        post = self.post
        if self.cover and Address("picture", self.cover.url, None).relative:
            url = unquote(self.cover.url)
            yield from self._picture(url, post.cover.url if post.cover else None, self._in_header(url))
        for one in self.found.addresses:
            line = self._line(one.line)
            if one.kind == "picture" and one.alt is None:
                yield Finding("warning", "pictures without alternative text", line, one.url)
            if one.relative and post.base_url is None:
                said = "relative links, and the site's address is not known (set `canonical_url`, or give --site)"
                yield Finding("warning", said, line, one.url)
            if one.relative and one.kind == "picture":
                yield from self._picture(one.url, absolute(one.url, post.base_url), line)

    def _picture(self, url: str, there: str | None, line: int | None) -> Iterator[Finding]:
        """A picture that the post names by a path."""
        file = self.on_disk(url)
        uploaded = "uploaded to platforms that take pictures" if self.post.on_disk.get(url) else "not uploaded"
        if file is None:
            yield Finding("warning", "pictures that are not in the project", line, url)
        elif file and there and re.match("https?://", there):
            kind = f"pictures on disk: {uploaded}; whatever else shows them waits until the site has them"
            yield Finding("note", kind, line, f"{url} at {there}", there)
        elif file:
            kind = f"pictures on disk, for which no address on the web is known: {uploaded}, and missing elsewhere"
            yield Finding("warning", kind, line, url)

    def _line(self, line: int | None) -> int | None:
        """The file's line for one of the text."""
        return line + self.front.body_line - 1 if line is not None else None

    def _key(self, *keys: str) -> int | None:
        """The line of the first of `keys` that the header has."""
        named = {fields.fold(name): name for name in self.front.values}
        return next((self.front.line_of(named[key]) for key in map(fields.fold, keys) if key in named), None)

    def _in_header(self, text: str) -> int | None:
        """The line of the header that holds `text`."""
        at = self.front.header.find(text)
        return self.front.header_line + self.front.header.count("\n", 0, at) if at >= 0 else None

    def _placed(self, warning: str) -> tuple[str, int | None]:
        """What reading the header left, and its line."""
        if numbered := re.match(r"line (\d+): ", warning):
            return warning[numbered.end() :], int(numbered[1])
        named = re.match(r"`([\w-]+)(?::[^`]*)?`", warning)
        return warning, self._key(named[1]) if named else None

    def _mentioned(self, warning: str) -> int | None:
        """The line of the text with the first thing that a warning quotes; of a tag or what is cut, its beginning."""
        if warning.startswith("MDX imports"):
            mdx = re.search(r"^(?:import|export)\s", self.post.body, re.MULTILINE)
            return self._line(self.post.body.count("\n", 0, mdx.start()) + 1) if mdx else None
        quoted = re.search(r": `([^`]+?)(?:>?|…)`", warning)
        at = self.post.body.find(quoted[1]) if quoted else -1
        return self._line(self.post.body.count("\n", 0, at) + 1) if at >= 0 else None
