"""What a person needs to post by hand, made of a `Place` and a post: texts, steps, checklist. Pure.

A kit is a draft with one part. Its payload: `open`, the address of the page; `copy`, the text for the clipboard;
`steps`, sentences; `files`, the content of each file by its name. No platform is known here.
"""

from __future__ import annotations

import re
from abc import ABC
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from . import checklist, text
from .adapter import Adapter, Attempt, Dedupe, Draft, Part, Post, Published, option
from .errors import NotEntitled, Rejected, word
from .handoff import Pitch, Place, Rule
from .kit_forms import FORMS
from .kit_pieces import filled, wanted
from .local import local
from .markdown import first_paragraph
from .markdown.diagram import DIAGRAM

if TYPE_CHECKING:
    from .http import Http

__all__ = ["Handoff", "Pitch", "Place", "Rule", "kit", "substance"]

#: What a kit says about itself and the place, beside what is handed over.
_ABOUT = ("checklist.md", "steps.md")
#: And on this machine.
_HERE = "pictures.txt"
#: Characters of a summary that the post does not have of its own.
_SUMMARY = 600
_FILE = re.compile(r"`([\w-]+\.\w+)`")


@dataclass(frozen=True, kw_only=True)
class Handoff(Adapter, ABC):
    """A place with nothing but a page: data only. Subclasses set `place` and the usual class attributes."""

    manual: ClassVar[bool] = True
    dedupe: ClassVar[Dedupe] = Dedupe(kind="none", note="a person posts; a kit is made once, and again when asked for")
    #: Editors, and readers who look at each post, take parameters that count readers for spam.
    tracking: ClassVar[bool] = False

    author_name: str = option("", "your name, where the place shows one; `[author]` gives it to every target")
    author_bio: str = option("", "a few sentences about you")
    author_email: str = option("", "the address that you send a pitch from")

    def render(self, post: Post) -> Draft:
        return kit(self, post)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:  # noqa: ARG002  the contract's
        """Never called. Raises `NotEntitled`."""
        raise NotEntitled(f"{self.title} takes posts from a person only", next="post it there by hand")

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:  # noqa: ARG002  the contract's
        """Nothing was ever sent."""
        return None

    def id_of(self, url: str) -> str | None:
        """What the group of `place.address` holds."""
        found = re.fullmatch(self.place.address, url) if self.place else None
        return next((group for group in found.groups() if group), None) if found else None


def kit(adapter: Adapter, post: Post) -> Draft:
    """What a person needs to post `post` at the adapter's place.

    Raises:
        Rejected: there is no such place, or it would turn the post down; with `field` and `next`.
    """
    place = adapter.place
    if place is None:
        raise Rejected(f"nothing is posted to {adapter.title} by hand", next="leave this target out")
    if place.form != "sent" and not post.title.strip():
        raise Rejected(f"{adapter.title} needs a title", field="title", next="add a `title` to the front matter")
    author, bio = (" ".join(str(getattr(adapter, name, "")).split()) for name in ("author_name", "author_bio"))
    summary = text.fit(" ".join((post.summary or "").split()) or first_paragraph(post.body), _SUMMARY)
    values = {"summary": summary, "author": author, "bio": bio}
    made = FORMS[place.form](adapter, place, post, values)
    values |= {"url": made.url, "title": made.title, "text": made.text, "tags": " ".join(made.tags)}
    values |= getattr(adapter, "page_values", dict)()
    verdicts = checklist.judged(place, checklist.Facts(post, made.title, made.tags, author, bio))
    told = {
        "title.txt": made.title,
        "tags.txt": ", ".join(made.tags),
        "bio.txt": bio if place.form in ("article", "pitch") else "",
        "summary.txt": summary if place.form == "article" else "",
        "cover.txt": _cover(post) if place.form == "article" else "",
        _HERE: _pictures(post) if place.form == "article" else "",
    }
    whole = (told | dict(made.files)).items()
    files = {name: content.rstrip("\n") + "\n" for name, content in whole if content.strip()}
    page = _page(place.page, adapter.base_url, values)
    able = [step for step in place.steps if {*_FILE.findall(step)} <= {*files, *_ABOUT} and wanted(step, values)]
    steps = [filled(step, values) for step in able]
    files["checklist.md"] = checklist.text(adapter.title, place, verdicts)
    files["steps.md"] = _steps(adapter.title, place, post.source, page, steps)
    copy = filled(place.copy, values) if place.copy else made.copy
    payload = {"open": page, "copy": copy, "steps": steps, "files": dict(sorted(files.items()))}
    said = (*filter(None, (place.note,)), *made.warnings, *checklist.warnings(verdicts))
    return Draft((Part(payload=payload, text=made.shown, count=made.count, limit=made.limit),), said)


def substance(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What of a kit reaches the place. Two kits that agree in it differ only in what they say about the place.

    Where the pictures lie is no part of it: it may differ from one machine to the next.
    """
    files = {name: content for name, content in payload["files"].items() if name not in (*_ABOUT, _HERE)}
    return {"copy": payload["copy"], "files": files}


def _cover(post: Post) -> str:
    return "\n".join(filter(None, (post.cover.url, post.cover.alt))) if post.cover else ""


def _pictures(post: Post) -> str:
    """The files of the project that the text shows: an editor takes them from there, where the site has them not yet."""
    there = {str(one.path): written for written, address in post.on_disk.items() if (one := local(address))}
    shown = post.text or post.body

    def where(written: str) -> str:
        if written.startswith(DIAGRAM):
            return "a diagram of the text"
        return f"in the text as {written}" if written in shown else "the cover"

    return "\n".join(f"{path}: {where(written)}" for path, written in there.items())


def _page(template: str, base_url: str, values: Mapping[str, str]) -> str:
    """The address to open. A parameter that turns out to be empty is left out."""
    quoted = {name: quote(value, safe="") for name, value in values.items()}
    path, _, query = template.partition("?")
    pairs = [filled(pair, quoted) for pair in query.split("&")]
    asked = "&".join(pair for pair in pairs if pair and not pair.endswith("="))
    start = base_url.rstrip("/") if path.startswith("/") else ""
    return start + filled(path, quoted) + (f"?{asked}" if asked else "")


def _steps(title: str, place: Place, source: str, page: str, steps: Sequence[str]) -> str:
    lines = [f"# {title}: what to do", ""]
    if place.note:
        lines += [place.note, ""]
    lines += [f"Page: <{page}>", "", *(f"{number}. {step}" for number, step in enumerate(steps, 1)), ""]
    lines.append(f"When it is there, record its address: `syndicate confirm {word(source)} TARGET URL`.")
    return "\n".join(lines) + "\n"
