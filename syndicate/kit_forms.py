"""What each form of a `Place` makes of a post: the texts that are handed over. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from . import text
from .adapter import Adapter, Post
from .errors import Rejected
from .handoff import Place
from .kit_pieces import escaped, filled, halves, letter, mail
from .markdown import Dialect, render

_SUFFIX = {"markdown": "md", "html": "html", "plain": "txt"}
_ANOTHER = "write another `text` for this target in the front matter, or leave the target out"


@dataclass(frozen=True, slots=True)
class Made:
    """What one form makes of a post.

    `text` fills `{text}`, `url` `{url}`; `shown` is what a reader of the place will see, `copy` goes to the clipboard.
    """

    title: str
    text: str
    shown: str
    copy: str
    count: int
    limit: int
    url: str = ""
    tags: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def link(adapter: Adapter, _: Place, post: Post, __: Mapping[str, str]) -> Made:
    """The address and the title, which is never cut: in a list of titles the rest is all there is."""
    title, limit = _whole_title(adapter, post), adapter.limits.title or adapter.limits.text
    url = post.to_read
    if not url:
        said = f"{adapter.title} takes the address of the post, and it has none"
        raise Rejected(said, field="url", next="set `canonical_url` in the front matter, or `site.url` in the config")
    comment = (post.text or "").strip()
    return Made(
        title=title,
        text=comment,
        shown="\n\n".join(filter(None, (title, url, comment))),
        copy=comment or url,
        count=_size(adapter, title),
        limit=limit,
        url=url,
        files={"url.txt": url, "comment.txt": comment},
    )


def article(adapter: Adapter, place: Place, post: Post, _: Mapping[str, str]) -> Made:
    """The whole text, with the line about the original where the place has no field for it."""
    dialect = place.dialect or adapter.dialect
    body = render(post.text or post.body, dialect, base_url=post.base_url, title=post.title)
    url = post.canonical_url or ""
    whole = body.text if text.names(body.text, url) else _with_original(body.text, place, url, dialect)
    count = _measured(adapter, whole, "body")
    title = text.fit(_line(post.title), adapter.limits.title) if adapter.limits.title else _line(post.title)
    cut = () if title == _line(post.title) else (f"the title is cut to {adapter.limits.title} characters: “{title}”",)
    tags, changed = _tags(adapter, post)
    # A browser takes a file that does not say so for something other than UTF-8.
    head = f'<!doctype html>\n<meta charset="utf-8">\n<title>{escaped(title)}</title>\n'
    return Made(
        title=title,
        text=whole,
        shown=f"{title}\n\n{whole}",
        copy=whole,
        count=count,
        limit=adapter.limits.text,
        url=url,
        tags=tags,
        files={f"post.{_SUFFIX[dialect.format]}": head + whole if dialect.format == "html" else whole},
        warnings=(*body.warnings, *cut, *changed),
    )


def sent(adapter: Adapter, _: Place, post: Post, __: Mapping[str, str]) -> Made:
    """What the adapter would send; several parts are posted one after another."""
    draft = adapter.render(post)
    first = draft.parts[0].payload
    texts = [str(part.payload.get("text") or "") for part in draft.parts]
    title, url = (str(first.get(name) or "") for name in ("title", "url"))
    names = ["text"] if len(texts) == 1 else [f"text-{number}" for number in range(1, len(texts) + 1)]
    suffix = _SUFFIX[adapter.dialect.format]
    longest = max(draft.parts, key=lambda part: part.count - part.limit)
    return Made(
        title=title,
        text=texts[0],
        shown="\n\n".join(part.text for part in draft.parts),
        copy=texts[0] or url,
        count=longest.count,
        limit=longest.limit,
        url=url,
        files={"url.txt": url} | {f"{name}.{suffix}": one for name, one in zip(names, texts, strict=True)},
        warnings=draft.warnings,
    )


def pitch(adapter: Adapter, place: Place, post: Post, values: Mapping[str, str]) -> Made:
    """An e-mail that a mail program opens as a draft, and the same as text."""
    about = place.pitch
    assert about is not None, f"{adapter.name}: a place of the form `pitch` says to whom and what"
    title, url = _line(post.title), post.to_read or ""
    known = {**values, "title": title, "url": url}
    body = (post.text or "").strip() or letter(about.body, known)
    count = _measured(adapter, body, "text")
    subject = _line(filled(about.subject, known))
    address = str(getattr(adapter, "author_email", ""))
    return Made(
        title=title,
        text=body,
        shown=f"To: {about.to}\nSubject: {subject}\n\n{body}",
        copy=body,
        count=count,
        limit=adapter.limits.text,
        url=url,
        files={"pitch.eml": mail(about.to, subject, body, values["author"], address), "pitch.txt": body},
    )


def answer(adapter: Adapter, place: Place, post: Post, _: Mapping[str, str]) -> Made:
    """A question and its answer, both the author's own words for this place, and that the post is theirs."""
    both, (tags, changed) = halves(post.text or ""), _tags(adapter, post)
    if both is None:
        query = " ".join(filter(None, (f"[{tags[0]}]" if tags else "", _line(post.title))))
        search = filled(place.search, {"query": quote(query, safe="")})
        raise Rejected(
            f"{adapter.title} takes a real question and its answer, never an article",
            field="text",
            next=f"see whether the post answers one of these: {search} ; to ask and answer one of your own, write both as "
            "`text` for this target in the front matter, with a line `---` between",
        )
    title = _whole_title(adapter, post)
    asked, told = (render(half, adapter.dialect, base_url=post.base_url) for half in both)
    known = "disclos" in told.text.casefold()
    whole = told.text if known else _with_original(told.text, place, post.canonical_url or "", adapter.dialect)
    count = max(_measured(adapter, half, "text") for half in (asked.text, whole))
    return Made(
        title=title,
        text=asked.text,
        shown=f"{title}\n\n{asked.text.rstrip()}\n\n---\n\n{whole}",
        copy=asked.text,
        count=count,
        limit=adapter.limits.text,
        url=post.canonical_url or "",
        tags=tags,
        files={"question.md": asked.text, "answer.md": whole},
        warnings=(*asked.warnings, *told.warnings, *changed),
    )


FORMS: dict[str, Callable[[Adapter, Place, Post, Mapping[str, str]], Made]] = {
    "link": link,
    "article": article,
    "sent": sent,
    "pitch": pitch,
    "answer": answer,
}


# ------------------------------------------------------------------ pieces


def _size(adapter: Adapter, words: str) -> int:
    return text.count(words, adapter.limits.counter)


def _measured(adapter: Adapter, words: str, field: str) -> int:
    """How long a text is; one that is too long is refused: cutting would mutilate it."""
    size, limits = _size(adapter, words), adapter.limits
    if size > limits.text:
        said = f"the text has {size} {limits.counter}; {adapter.title} takes {limits.text}"
        raise Rejected(said, field=field, next=_ANOTHER)
    return size


def _whole_title(adapter: Adapter, post: Post) -> str:
    title, most = _line(post.title), adapter.limits.title
    if most and (size := _size(adapter, title)) > most:
        said = f"the title has {size} characters; {adapter.title} takes {most}"
        raise Rejected(said, field="title", next="give it a shorter `title` for this target in the front matter")
    return title


def _tags(adapter: Adapter, post: Post) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where capitals are no tag characters, they are folded, not taken out; words are joined by a hyphen."""
    limits = adapter.limits
    if not limits.tags:
        return (), ()
    names = post.tags if re.fullmatch(limits.tag_chars, "A") else tuple(tag.lower() for tag in post.tags)
    if not re.fullmatch(limits.tag_chars, " ") and re.fullmatch(limits.tag_chars, "-"):
        names = tuple("-".join(tag.split()) for tag in names)
    return text.clean_tags(names, most=limits.tags, length=limits.tag_length, chars=limits.tag_chars)


def _with_original(whole: str, place: Place, url: str, dialect: Dialect) -> str:
    if not place.original or not url:
        return whole
    return f"{whole.rstrip()}\n\n{render(filled(place.original, {'url': url}), dialect).text}"


def _line(value: str) -> str:
    return " ".join(value.split())
