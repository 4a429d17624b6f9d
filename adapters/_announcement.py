"""What the adapters for short posts share: a text about a piece of writing, within a limit, that leads to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import text
from ..adapter import Post
from ..errors import Rejected
from ..markdown import first_paragraph

#: A lead shorter than this says nothing.
_LEAD = 40
_URL = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Announcement:
    """The pieces of a short post, each within what is left for it. `text` is all of them, with blank lines between.

    `own`: the text that the author wrote for this target; then `title` and `lead` are empty. `tags` are hashtags.
    `link` is empty when it is not to stand in the text.
    """

    title: str
    lead: str
    own: str
    tags: tuple[str, ...]
    link: str
    warnings: tuple[str, ...]

    @property
    def text(self) -> str:
        return joined(self.own, self.title, self.lead, " ".join(self.tags), self.link)


def announce(
    post: Post,
    limit: int,
    counter: text.Counter,
    *,
    hashtags: int = 0,
    tag_chars: str = r"\w",
    link: bool = True,
    title: bool = True,
) -> Announcement:
    """The text that the author wrote for this target, else title, lead, hashtags and link.

    Args:
        post: Leads to `post.to_read`.
        limit: What the whole text may count.
        counter: How it is counted.
        hashtags: How many at most; the platform makes them of `tag_chars`.
        tag_chars: Regular expression of one character of a hashtag.
        link: Whether the link stands in the text; a card beside it may carry it instead.
        title: Whether the title does.

    Raises:
        Rejected: the author's own text is too long, or there is nothing to say.
    """

    def size(*pieces: str) -> int:
        return text.count(joined(*pieces), counter)

    url = (post.to_read or "") if link else ""
    if post.text:
        own = post.text.replace("\r\n", "\n").strip()
        url = "" if _URL.search(own) else url
        if (length := size(own, url)) > limit:
            raise Rejected(
                f"the text{' with the link' if url else ''} counts {length} where {limit} are taken",
                field="text",
                next="write a shorter `text` for this target in the front matter",
            )
        return Announcement("", "", own, (), url, ())
    whole = _line(post.title) if title else ""
    room = limit - size("-", url) + 1
    if room < 1:
        raise Rejected(
            f"the link alone counts {size(url)} where {limit} are taken", field="url", next="leave this target out"
        )
    heading = text.fit(whole, room, counter)
    said = [f"the title is cut: “{heading}”"] if heading != whole else []
    tags, changed = _hashtags(post, hashtags, tag_chars)
    while tags and size(heading, " ".join(tags), url) > limit:
        changed.append(f"tag left out, there is no room: {tags.pop()!r}")
    lead = _line(post.summary or "")
    if not lead or _same(lead, post.title):
        lead = first_paragraph(post.body)
    room = limit - size(heading, "-", " ".join(tags), url) + 1
    lead = "" if _same(lead, heading) or room < min(_LEAD, size(lead)) else text.fit(lead, room, counter)
    if not joined(heading, lead, url):
        raise Rejected("there is nothing to post: no title, no text", field="text", next="add a `title`")
    return Announcement(heading, lead, "", tuple(tags), url, (*said, *changed))


def joined(*pieces: str) -> str:
    """The pieces that are there, with blank lines between."""
    return "\n\n".join(piece for piece in pieces if piece)


def _hashtags(post: Post, most: int, chars: str) -> tuple[list[str], list[str]]:
    """A hashtag needs something that is no digit."""
    if not most:
        return [], []
    numbers = [tag for tag in post.tags if not re.search(r"[^\W\d_]", tag)]
    kept, changed = text.clean_tags([tag for tag in post.tags if tag not in numbers], most=most, chars=chars)
    lacking = [f"tag left out, a hashtag needs a letter: {tag!r}" for tag in numbers]
    return [f"#{tag}" for tag in kept], [*changed, *lacking]


def _same(one: str, other: str) -> bool:
    """Whether two lines say the same."""
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())


def _line(value: str) -> str:
    return " ".join(value.split())
