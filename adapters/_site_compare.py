"""Whether two texts in HTML say the same to a reader: what was sent to a website, and what is there."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from types import MappingProxyType
from unicodedata import normalize

from ._site import NAMED

#: What sites take out of the texts of those whom they don't trust with it.
_FILTERED = frozenset(
    [
        "base",
        "button",
        "canvas",
        "embed",
        "form",
        "iframe",
        "input",
        "link",
        "meta",
        "noscript",
        "object",
        "option",
        "picture",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "textarea",
    ]
)


class _Flat(HTMLParser):
    """HTML as a list: words, elements by name, addresses. Code word for word. Comments are not in it."""

    def __init__(self, tags: Mapping[str, str] | None, marks: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[tuple[str, str]] = []
        self._tags, self._marks = tags, marks
        self._open: list[str] = []
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._pre += tag == "pre"
        if tag in self._marks:
            self._open.append(self._marks[tag])
            return
        name = tag if self._tags is None and tag not in _FILTERED else (self._tags or {}).get(tag)
        if name:
            address = next((value or "" for key, value in attrs if key in ("href", "src")), "")
            self.said.append((f"<{name}>", address))

    def handle_endtag(self, tag: str) -> None:
        self._pre -= tag == "pre" and self._pre > 0
        if self._marks.get(tag) in self._open:
            self._open.remove(self._marks[tag])

    def handle_data(self, data: str) -> None:
        text = normalize("NFC", data.replace("\r\n", "\n"))
        lines = [line.rstrip() for line in text.rstrip("\n").split("\n")] if self._pre else text.split()
        marked = " ".join(sorted(set(self._open)))
        self.said += [(marked, line) for line in lines]


def same_html(
    sent: str, there: str, tags: Mapping[str, str] | None = None, marks: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """Whether two texts say the same to a reader: words, links, pictures, and the elements in `tags`.

    A picture that was sent by the name of its upload is whatever picture stands there.

    Args:
        tags: Element → what it counts as; `None`: every element counts as itself, but for what sites take out of the
            texts of those whom they don't trust with it.
        marks: The same for those whose nesting does not matter, such as emphasis.
    """
    one, other = _flat(sent, tags, marks), _flat(there, tags, marks)
    return len(one) == len(other) and all(
        mine == theirs or (mine[0] == theirs[0] == "<img>" and bool(NAMED.fullmatch(mine[1])))
        for mine, theirs in zip(one, other)
    )


def _flat(html: str, tags: Mapping[str, str] | None, marks: Mapping[str, str]) -> list[tuple[str, str]]:
    parser = _Flat(tags, marks)
    parser.feed(html)
    parser.close()
    return parser.said
