"""Texts for X, each within its weighted length: one post about a piece of writing, or the piece as a thread."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .. import text
from ..adapter import Dialect, Limits, Post
from ..errors import Rejected
from ..markdown import render
from ._announcement import announce
from ._announcement import joined as _joined

#: 280 weighted characters (doc: counting-characters). 25 parts and 3 hashtags are this adapter's own measure.
LIMITS = Limits(text=280, counter="weighted", tags=3, tag_chars=r"\w", parts=25)
PLAIN = Dialect(format="plain", images=False)
#: US dollars, pay-per-use, since 2026-04-20 (doc: x-api/getting-started/pricing). "With URL" is read as: X links it.
PRICE, PRICE_WITH_LINK = 0.015, 0.20

#: An author's break between two parts, on a line of its own; in code it is text.
_BREAK = re.compile(r"^ {0,3}<!--[ \t]*part[ \t]*-->[ \t]*$", re.MULTILINE | re.IGNORECASE)
#: Stands for a break while the body is rendered as a whole, as link definitions may stand anywhere in it.
_MARK = re.compile("\n*\ue000(\\d+)\ue000\n*")
_MARK_IN_CODE = re.compile("\n?\ue000(\\d+)\ue000\n?")
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")
_MENTION = re.compile(r"(?<![\w!@#$%&*/.])@\w{1,15}(?![\w@/])", re.ASCII)


def cost(texts: Sequence[str]) -> float:
    """US dollars for creating them: the price depends on whether X makes a link in the text."""
    return round(sum(PRICE_WITH_LINK if text.urls(one) else PRICE for one in texts), 3)


def warnings_for(texts: Sequence[str]) -> list[str]:
    """What X may do with the texts that their author did not mean."""
    said: list[str] = []
    where = [f"part {number}" if len(texts) > 1 else "the text" for number in range(1, len(texts) + 1)]
    for place, one in zip(where, texts):
        if len(set(_CASHTAG.findall(one))) > 1:
            said.append(f"{place} has more than one cashtag ({', '.join(_CASHTAG.findall(one))}): X refuses that")
        if names := list(dict.fromkeys(_MENTION.findall(one))):
            said.append(f"{place} mentions {', '.join(names)}: X notifies those accounts")
        links = [one[start:end] for start, end in text.urls(one)]
        if bare := [link for link in links if "://" not in link]:
            price = f", so it costs ${PRICE_WITH_LINK:.2f}" if bare == links else ""
            said.append(f"{place}: X makes a link of {', '.join(bare)}{price}")
        first = texts.index(one)
        if where[first] != place:
            said.append(f"{place} is the same as {where[first]}: X may refuse it as a duplicate")
    return said


def announcement(post: Post) -> tuple[str, list[str]]:
    """The text that the author wrote for X, else title, lead, hashtags and link; and what was changed or left out."""
    made = announce(post, LIMITS.text, LIMITS.counter, hashtags=LIMITS.tags, tag_chars=LIMITS.tag_chars)
    return made.text, list(made.warnings)


def thread(post: Post) -> tuple[list[str], list[str]]:
    """The piece as posts that answer each other; and what was left out.

    The title begins the first, the link ends the last. Code is whole or left out, a heading stays with what follows,
    breaks are where the author set them.
    """
    said: list[str] = []
    if post.text:
        sections = [re.split(r"\n{2,}", section.strip("\n")) for section in _BREAK.split(_unix(post.text))]
    else:
        sections = _sections(post, said)
        sections[0].insert(0, _line(post.title))
    sections = [[block.strip("\n") for block in section if block.strip()] for section in sections]
    if post.to_read and not (post.text and text.urls(post.text)):
        # With the last paragraph, rather than alone in a part of its own: that costs the same.
        last = sections[-1].pop() if sections[-1] else ""
        whole = _joined(last, post.to_read)
        sections[-1] += [whole] if _size(whole) <= LIMITS.text else [last, post.to_read]
    parts = [part for section in sections for part in text.split(section, LIMITS.text, "weighted")]
    if not parts:
        raise Rejected("there is nothing to post: no title, no text", field="text", next="add a `title`")
    if len(parts) > LIMITS.parts:
        raise Rejected(
            f"the thread has {len(parts)} parts, {LIMITS.parts} at most",
            field="body",
            next='set `mode = "post"` for this target, or write a shorter `text` for it',
        )
    return [_within(part, "a part of the thread") for part in parts], said


def _sections(post: Post, said: list[str]) -> list[list[str]]:
    """The blocks of the body between the author's breaks."""
    breaks: list[str] = []

    def mark(found: re.Match[str]) -> str:
        breaks.append(found[0])
        return f"\n\ue000{len(breaks) - 1}\ue000\n"

    rendered = render(_BREAK.sub(mark, _unix(post.body)), PLAIN, base_url=post.base_url, title=post.title)
    sections: list[list[tuple[str, str]]] = [[]]
    images: list[str] = []
    for block in rendered.blocks:
        shown = block.text
        if block.kind == "code":
            shown = _MARK_IN_CODE.sub(lambda found: breaks[int(found[1])], shown)
            if _size(shown) > LIMITS.text:
                said.append(f"a code block is left out, it counts {_size(shown)}: “{_line(shown)[:40]}…”")
                shown = "(code: see the post)" if post.to_read else "(code left out)"
            sections[-1].append((block.kind, shown))
        elif block.kind == "image":
            images.append(f"“{_line(shown).removeprefix('[image: ').removesuffix(']')}”")
        elif block.kind != "rule":
            first, *rest = _MARK.split(shown)
            sections[-1].append((block.kind, first))
            sections += [[(block.kind, piece)] for piece in rest[1::2]]
    said += [warning for warning in rendered.warnings if "named, not shown" not in warning]  # they are left out
    if images:
        count = "1 image is" if len(images) == 1 else f"{len(images)} images are"
        said.append(f"media is not uploaded yet; {count} left out: {', '.join(images)}")
    return [_with_headings(section) for section in sections]


def _with_headings(blocks: Sequence[tuple[str, str]]) -> list[str]:
    """The blocks of a section, a heading in one with what follows it where both fit into a part."""
    kept: list[str] = []
    for kind, shown in reversed(blocks):
        if kind == "heading" and kept and kept[-1] and _size(_joined(shown, kept[-1])) <= LIMITS.text:
            kept[-1] = _joined(shown, kept[-1])
        else:
            kept.append(shown)
    return kept[::-1]


def _within(value: str, what: str) -> str:
    if (size := _size(value)) > LIMITS.text:
        raise Rejected(
            f"{what} counts {size} on X, which takes {LIMITS.text} (a link counts 23, an emoji 2)",
            field="text",
            next="write a shorter `text` for this target in the front matter",
        )
    return value


def _size(value: str) -> int:
    return text.count(value, "weighted")


def _unix(value: str) -> str:
    return value.replace("\r\n", "\n")


def _line(value: str) -> str:
    return " ".join(value.split())
