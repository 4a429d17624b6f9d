"""Raw HTML, tokenised by the standard library, and what is known of its tags."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

# fmt: off
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
#: Tags that make a block of their own.
BLOCK = frozenset((  # noqa: SIM905
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol optgroup p picture pre section summary table tbody td "
    "tfoot th thead tr ul video audio iframe object"
).split())
#: What such a tag holds is not shown.
HIDDEN = frozenset("script style template head svg canvas textarea select".split())  # noqa: SIM905
KNOWN = BLOCK | VOID | HIDDEN | frozenset((  # noqa: SIM905
    "a abbr acronym b bdi bdo big button caption cite code colgroup data datalist del dfn em font i ins kbd label map "
    "mark math meter nobr noscript option output progress q rb rp rt ruby s samp slot small span strike strong sub sup time tt "
    "u var g path title use defs circle rect line text marquee frame frameset noframes applet"
).split())
# fmt: on
MARKS = (
    dict.fromkeys(("b", "strong", "mark"), "**")
    | dict.fromkeys(("i", "em", "cite", "dfn", "var"), "*")
    | dict.fromkeys(("del", "s", "strike"), "~~")
)
CODE = frozenset({"code", "kbd", "samp", "tt"})

_SUPER = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUB = str.maketrans("0123456789+-=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag: its name in lower case, its attributes, its text and where that begins."""

    name: str
    attrs: dict[str, str]
    text: str
    at: int
    closes: bool = False


class Tokens(HTMLParser):
    """The standard library's tokeniser, which takes any nonsense here."""

    def feed(self, data: str) -> None:
        lost = data.find("<!--", data.rfind("-->") + 1)
        data = data if lost < 0 else data[:lost]  # a comment without an end hides the rest
        super().feed(data.replace("<![", "&lt;![") if data.count("<![") > 100 else data)

    def parse_html_declaration(self, i: int) -> int:
        try:
            return super().parse_html_declaration(i)
        except AssertionError:  # such as "<![x", of which it says that it cannot happen
            return self.parse_bogus_comment(i)


class _Tags(Tokens):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = source
        self.tags: list[Tag] = []
        self.starts = [0]
        for line in source.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.feed(source)
        self.close()

    def _at(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {k: v or "" for k, v in reversed(attrs)}, self.get_starttag_text() or "", self._at()))

    def handle_endtag(self, tag: str) -> None:
        at = self._at()
        self.tags.append(Tag(tag, {}, self.source[at : self.source.find(">", at) + 1], at, closes=True))


def tags(source: str) -> list[Tag]:
    """All tags in a piece of HTML, in order."""
    return _Tags(source).tags if "<" in source else []


def start_tags(source: str) -> list[Tag]:
    return [t for t in tags(source) if not t.closes]


def raised(name: str, text: str) -> str:
    """What ``<sup>`` or ``<sub>`` holds, in characters that stand as high or low, else after a mark."""
    table, mark = (_SUPER, "^") if name == "sup" else (_SUB, "_")
    if all(ord(c) in table for c in text):
        return text.translate(table)
    return f"{mark}({text})" if text.strip() else text
