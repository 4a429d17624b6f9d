"""What the adapters for short posts share: a text about a piece of writing, within a limit, that leads to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import category

from .. import text
from ..adapter import Post
from ..errors import Rejected
from ..markdown import first_paragraph
from ._unmeant import Guard, told

#: A lead shorter than this says nothing.
_LEAD = 40
#: An author's break between two parts of a thread, on a line of its own.
BREAK = re.compile(r"^ {0,3}<!--[ \t]*part[ \t]*-->[ \t]*$", re.MULTILINE | re.IGNORECASE)
#: What stands between the words of a tag.
_BETWEEN = re.compile(r"[\s\-‐–—/]+")
_URL = re.compile(r"https?://[^\s<>\"]+")
#: Languages whose names are no hashtags: what their readers look for.
_LETTERS = {"c": "CProgramming", "r": "RStats"}


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
    tag_marks: bool = True,
    link: bool = True,
    title: bool = True,
    guard: Guard | None = None,
) -> Announcement:
    """The text that the author wrote for this target, else title, lead, hashtags and link.

    Args:
        post: Leads to `post.to_read`.
        limit: What the whole text may count.
        counter: How it is counted.
        hashtags: How many at most; the platform makes them of `tag_chars`.
        tag_chars: Regular expression of one character of a hashtag.
        tag_marks: Whether vowel signs may stand in one.
        link: Whether the link stands in the text; a card beside it may carry it instead.
        title: Whether the title does.
        guard: What of the title and the lead would become something that they do not mean.

    Raises:
        Rejected: the author's own text is too long, or there is nothing to say.
    """

    def size(*pieces: str) -> int:
        return text.count(joined(*pieces), counter)

    url = (post.to_read or "") if link else ""
    if post.text:
        own, said = _in_one(post.text)
        url = "" if _URL.search(own) else url
        if (length := size(own, url)) > limit:
            raise Rejected(
                f"the text{' with the link' if url else ''} counts {length} where {limit} are taken",
                field="text",
                next="write a shorter `text` for this target in the front matter",
            )
        return Announcement("", "", own, (), url, said)
    whole, lead = _line(post.title), _line(post.summary or "")
    if not lead or _same(lead, whole):
        lead = first_paragraph(post.body)
    (whole, lead), kept = guard.over((whole, lead)) if guard else ((whole, lead), {})
    whole = whole if title else ""
    room = limit - size("-", url) + 1
    if room < 1:
        raise Rejected(
            f"the link alone counts {size(url)} where {limit} are taken", field="url", next="leave this target out"
        )
    heading = text.fit(whole, room, counter)
    cut = [f"the title is cut: “{heading}”"] if heading != whole else []
    tags, changed = _hashtags(post, hashtags, tag_chars, marks=tag_marks)
    left: list[str] = []
    while tags and size(heading, " ".join(tags), url) > limit:
        left.insert(0, tags.pop())
    if left:
        changed = [said for said in changed if not any(f"became “{tag[1:]}”" in said for tag in left)]
        changed.append(f"tags left out, there is no room: {', '.join(left)}")
    room = limit - size(heading, "-", " ".join(tags), url) + 1
    lead = "" if _same(lead, heading) or room < min(_LEAD, size(lead)) else text.fit(lead, room, counter)
    if not joined(heading, lead, url):
        raise Rejected("there is nothing to post: no title, no text", field="text", next="add a `title`")
    said = (*cut, *changed, *told(kept, (heading, lead)))
    return Announcement(heading, lead, "", tuple(tags), url, said)


def joined(*pieces: str) -> str:
    """The pieces that are there, with blank lines between."""
    return "\n\n".join(piece for piece in pieces if piece)


def _in_one(own: str) -> tuple[str, tuple[str, ...]]:
    """The author's text without breaks for a thread, and what to say of that."""
    own = own.replace("\r\n", "\n")
    if not BREAK.search(own):
        return own.strip(), ()
    pieces = [piece.strip() for piece in BREAK.split(own)]
    return joined(*pieces), ("`<!-- part -->` in the text begins no new part: this target posts no thread",)


def _hashtags(post: Post, most: int, chars: str, *, marks: bool) -> tuple[list[str], list[str]]:
    """A hashtag needs something that is no digit."""
    if not most:
        return [], []
    kept: list[str] = []
    said: list[str] = []
    numbers = [tag for tag in post.tags if not re.search(r"[^\W\d_]", tag)]
    beyond: list[str] = []
    for tag in (tag for tag in post.tags if tag not in numbers):
        names, why = text.clean_tags([_one_word(tag, chars)], most=1, chars=chars, marks=marks)
        if not names:
            said += why
        elif names[0].casefold() in {one.casefold() for one in kept}:
            continue
        elif len(kept) >= most:
            beyond.append(tag)
        else:
            kept += names
            said += [f"tag “{tag}” became “{names[0]}”"] if names[0] != tag else []
    said += [f"tags left out, no more than {most} are shown: {', '.join(dict.fromkeys(beyond))}"] if beyond else []
    said += [f"tag left out, a hashtag needs a letter: {tag!r}" for tag in numbers]
    return [f"#{tag}" for tag in kept], said


def _one_word(tag: str, chars: str) -> str:
    """A tag of several words as one, in which a reader, and what reads aloud, still finds them: `#MachineLearning`.

    `Node.js` becomes `NodeJS`, `5.0` is not to be 50. Abbreviations on both sides of a slash become `CICD`. Scripts without capitals get `_`, where they have blanks and
    it is allowed.
    """
    tag = tag.strip().lstrip("#＃").strip()
    tag = _LETTERS.get(tag.lower(), tag)
    if not re.fullmatch(chars, "."):
        tag = re.sub(r"(\w)\.js\b", lambda found: found[1] + ("JS" if tag[:1].isupper() else "js"), tag)
        if re.fullmatch(chars, "_"):
            tag = re.sub(r"(?<=\d)\.(?=\d)", "_", tag)
    split = _BETWEEN if re.fullmatch(chars, "_") else re.compile(rf"_|{_BETWEEN.pattern}")
    words = [word for word in split.split(tag) if word]
    if len(words) < 2 or tag.lower() in text.SPELT_OUT:
        return tag
    if "/" in tag and all(len(word) <= 3 and word.isascii() for word in words):
        return "".join(words).upper()
    made = words[0][:1].upper() + words[0][1:] if words[0].islower() else words[0]
    for before, word in pairwise(words):
        blank = re.fullmatch(chars, "_") and (_caseless(before[-1]) or _caseless(word[0]))
        made += f"{'_' if blank else ''}{word[:1].upper()}{word[1:]}"
    return made


def _caseless(char: str) -> bool:
    """Whether it is of a script that has no capitals, and has blanks in hashtags too, as Korean has not."""
    return category(char) in {"Lo", "Mn", "Mc"} and not re.match(f"[{text.WIDE}\u1100-\u11ff\uac00-\ud7ff]", char)


def _same(one: str, other: str) -> bool:
    """Whether two lines say the same."""
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())


def _line(value: str) -> str:
    return " ".join(value.split())
