"""A piece of writing as a thread on X: parts within the weighted length, each with the pictures that stand in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .. import text
from ..adapter import Image, Post
from ..errors import Rejected
from ..markdown import Block, Rendered, render
from ._announcement import BREAK
from ._contents import without_contents
from ._pictures import is_badge
from ._twitter_media import called, choose, shows
from ._twitter_text import CASHTAG, GUARD, LIMITS, PLAIN
from ._unmeant import told

#: An author's break in a body, also in a list or a quote; in code it is text.
_BREAK = re.compile(r"^([ \t>]*)(<!--[ \t]*part[ \t]*-->[ \t]*)$", re.MULTILINE | re.IGNORECASE)
#: Stands for a break while the body is rendered as a whole, as link definitions may stand anywhere in it.
_MARK = re.compile("(?:\\A|\n)(?:[ >]*\n)*[ >]*\ufdd8(\\d+)\ufdd8(?:\n[ >]*(?=\n))*\n?")
_MARK_IN_CODE = re.compile("(?:[ \t>]*\n|\\A)([ \t>]*)\ufdd8(\\d+)\ufdd8(?:\n[ \t>]*|\\Z)")
#: Stands for a picture at the end of what it follows.
_PICTURE = re.compile("\ufdd9(\\d+)\ufdd9")
#: Noncharacters, which no text that is exchanged holds.
_TAKEN = str.maketrans(dict.fromkeys("\ufdd8\ufdd9", "\ufffd"))
_GIST = re.compile(r"https://gist\.github\.com/[\w#./-]*\w")
_ITEM = re.compile(r"\s*(?:[>•☐☑]|\d+\.) ")
_SHOWN_AS_PICTURE = re.compile(r"\b(?:code|listing|source)\b", re.IGNORECASE)
_ADVICE = (
    "put beside it the address of a gist, or a picture whose alternative text says that it is the code; or write a `text` "
    "for this target, with `<!-- part -->` between its parts"
)


@dataclass(frozen=True, slots=True)
class One:
    """One post of a thread."""

    text: str
    pictures: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block: what is not cut where it need not be. `leads`: it is nothing without what follows."""

    text: str
    code: bool = False
    leads: bool = False


def thread(post: Post, *, numbering: bool = False, pictures: bool = True) -> tuple[list[One], list[str]]:
    """The piece as posts that answer each other; and what was left out.

    The title begins the first, the link ends the last. Code is whole or left out, a heading stays with what follows,
    breaks are where the author set them. `numbering`: `(2/7)` ends each part but for a text that numbers its own.
    """
    body = None if post.text else _rendered(post, pictures=pictures)
    made = _Thread(post, LIMITS.text, body, pictures=pictures)
    parts = made.parts()
    if numbering and len(parts) > 1 and not (post.text and _own_numbers(parts)):
        for digits in (1, 2):
            made = _Thread(post, LIMITS.text - len("\n\n(/)") - 2 * digits, body, pictures=pictures)
            parts = made.parts()
            if len(str(len(parts))) <= digits:
                break
        parts = [made.numbered(part, f"({n}/{len(parts)})") for n, part in enumerate(parts, 1)]
    if not parts:
        raise Rejected("there is nothing to post: no title, no text", field="text", next="add a `title`")
    if len(parts) > LIMITS.parts:
        raise _too_many(str(len(parts)))
    posts: list[One] = []
    for n, part in enumerate(parts, 1):
        choice = choose([made.images[int(number)] for number in _PICTURE.findall(part)], f"part {n}")
        made.said += choice.said
        posts.append(One(_PICTURE.sub("", part), choice.chosen))
    return posts, made.said


def _rendered(post: Post, *, pictures: bool) -> tuple[Rendered, list[str]]:
    """The body with a mark for each of the author's breaks, and these."""
    breaks: list[str] = []

    def mark(found: re.Match[str]) -> str:
        breaks.append(found[2])
        bare = found[1].rstrip()
        return f"{bare}\n{found[1]}\ufdd8{len(breaks) - 1}\ufdd8\n{bare}"

    body = _BREAK.sub(mark, _plain(post.body))
    known = post.pictures if pictures else {}
    return render(body, PLAIN, base_url=post.base_url, title=post.title, pictures=known), breaks


class _Thread:
    """A thread within `limit` a part. `images` are those that parts name, `said` is what was left out."""

    def __init__(self, post: Post, limit: int, body: tuple[Rendered, list[str]] | None, *, pictures: bool) -> None:
        self.post, self.limit, self.pictures = post, limit, pictures
        self.body = body
        self.images: list[Image] = []
        self.said: list[str] = []
        self.codes: set[str] = set()
        self.gists: set[str] = set()

    def parts(self) -> list[str]:
        """As many as are needed to keep together what belongs together, unless that makes too many."""
        found = self._parts(together=True)
        return found if len(found) <= LIMITS.parts else self._parts(together=False)

    def _parts(self, *, together: bool) -> list[str]:
        self.images, self.said = [], []
        sections = self._sections(*self.body) if self.body else self._own()
        sections = [section for section in sections if section] or [[]]
        link = self.post.to_read
        if link and not (self.post.text and text.urls(self.post.text)):
            # With what is before it rather than alone in a part of its own: that costs the same.
            if sections[-1]:
                sections[-1][-1] = replace(sections[-1][-1], leads=True)
            sections[-1].append(_Piece(link))
        if sum(_size(piece.text) for section in sections for piece in section) > LIMITS.parts * self.limit:
            raise _too_many(f"more than {LIMITS.parts}")
        made: list[str] = []
        for section in sections:
            made += text.split(
                [piece.text for piece in section],
                self.limit,
                _size,
                leads=[n for n, piece in enumerate(section) if piece.leads and (together or n == len(section) - 2)],
                whole=[n for n, piece in enumerate(section) if piece.code],
            )
        return [self._dedented(part) for part in made]

    def numbered(self, part: str, number: str) -> str:
        """The number ends the words: before the link that ends a part, below code and lists."""
        link = self.post.to_read
        end = f"\n\n{link}" if link and part.endswith(f"\n\n{link}") else ""
        words = part.removesuffix(end) if end else part
        last = words.rpartition("\n\n")[2]
        below = "\n" in last or _PICTURE.sub("", last) in self.codes or _ITEM.match(last)
        return f"{words}{chr(10) * 2 if below else ' '}{number}{end}"

    def _own(self) -> list[list[_Piece]]:
        """The author's own text."""
        sections = BREAK.split(_plain(self.post.text or ""))
        return [
            [_Piece(block.strip("\n"), leads=_leads(block)) for block in re.split(r"\n{2,}", section) if block.strip()]
            for section in sections
        ]

    def _sections(self, rendered: Rendered, breaks: Sequence[str]) -> list[list[_Piece]]:
        """The title and the blocks of the body, between the author's breaks."""
        title = " ".join(_plain(self.post.title).split())
        blocks, told_before = without_contents([block for block in rendered.blocks if block.kind != "rule"])
        (title, *words), kept = GUARD.over([title, *(block.text for block in blocks)])
        blocks = [
            block if block.kind in {"code", "image"} else replace(block, text=now)
            for block, now in zip(blocks, words, strict=True)
        ]
        sections: list[list[_Piece]] = [[_Piece(title, leads=True)] if title else []]
        left: list[str] = []
        held = ""
        for at, block in enumerate(blocks):
            if block.kind == "image":
                held += self._picture(block, left)
                if held and (before := next((s for s in reversed(sections) if s), None)):
                    before[-1] = replace(before[-1], text=before[-1].text + held)
                    held = ""
            elif block.kind == "code":
                code = _MARK_IN_CODE.sub(lambda found: found[1] + breaks[int(found[2])], block.text)
                sections[-1].append(self._code(code, blocks[at - 1 : at] if at else [], blocks[at + 1 : at + 2]))
            else:
                for number, shown in enumerate(_MARK.split(block.text)[::2]):
                    if number:
                        sections.append([])
                    if shown.strip():
                        sections[-1].append(_Piece(held + shown, leads=block.kind == "heading" or _leads(shown)))
                        held = ""
        self.said += [warning for warning in rendered.warnings if "named, not shown" not in warning]
        self.said += told_before
        self.said += told(kept, [title, *(block.text for block in blocks)])
        if left:
            count = "1 picture is" if len(left) == 1 else f"{len(left)} pictures are"
            self.said.append(f'{count} left out, as `pictures = "never"` says: {", ".join(left)}')
        # A gist that was named in the place of its code is not named twice.
        return [[p for p in section if _PICTURE.sub("", p.text) not in self.gists] for section in sections]

    def _picture(self, block: Block, left: list[str]) -> str:
        image = Image(block.address, block.alt)
        if is_badge(image):
            return ""
        if not self.pictures:
            left.append(called(image))
            return ""
        self.images.append(image)
        return f"\ufdd9{len(self.images) - 1}\ufdd9"

    def _code(self, code: str, before: Sequence[Block], after: Sequence[Block]) -> _Piece:
        """The code, or where to find it."""
        refused = sorted(set(CASHTAG.findall(code)))
        if _size(code) <= self.limit and len(refused) < 2:
            self.codes.add(code)
            return _Piece(code, code=True)
        beside = [*after, *before]
        gist = next((found[0] for block in beside if (found := _GIST.search(block.text))), None)
        if gist:
            self.gists.add(gist)
            shown, where = f"(code: {gist})", "its gist is named"
        elif self.pictures and any(_is_code(block) for block in beside):
            shown, where = "(code: see the picture)", "the picture beside it is to show it"
        else:
            shown, where = "(code: see the post)" if self.post.to_read else "(code left out)", _ADVICE
        first = " ".join(code.split())[:40]
        why = f"counts {_size(code)} of {self.limit}"
        if _size(code) <= self.limit:
            why = f"has more than one cashtag ({', '.join(refused)}), which X refuses"
        self.said.append(f"a code block is left out, it {why}: “{first}…”; {where}")
        return _Piece(shown)

    def _dedented(self, part: str) -> str:
        """The rest of a list begins at the margin; X takes away white space there, and the next lines go with it."""
        first, gap, rest = part.partition("\n\n")
        indent = len(first) - len(first.lstrip(" "))
        if not indent or any(part.startswith(code) for code in self.codes):
            return part
        lines = first.split("\n")
        return "\n".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines) + gap + rest


def _too_many(number: str) -> Rejected:
    return Rejected(
        f"the thread has {number} parts, {LIMITS.parts} at most",
        field="body",
        next='set `mode = "post"` for this target, or write a shorter `text` for it',
    )


def _is_code(block: Block) -> bool:
    """Whether it is a picture of code, by its alternative text."""
    return block.kind == "image" and bool(_SHOWN_AS_PICTURE.search(block.alt)) and shows(Image(block.address))


def _leads(block: str) -> bool:
    return block.rstrip().endswith((":", "："))


def _own_numbers(parts: Sequence[str]) -> bool:
    """Whether the author numbers the parts: most of them begin or end with `2/`, `2/7`, `(2/7)`."""
    numbered = sum(
        bool(re.match(rf"\W*{n}\s*/", part) or re.search(rf"(?<!\d){n}\s*/\s*\d*\W*(?:\n.*)?\Z", part))
        for n, part in enumerate(parts, 1)
    )
    return 2 * numbered > len(parts)


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").translate(_TAKEN)


def _size(value: str) -> int:
    return text.count(_PICTURE.sub("", value), "weighted")
