"""Components of MDX → Markdown: callouts, tabs, pictures, embeds, cards; of others the text in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from . import embeds, jsx, said
from .callouts import label
from .dialect import Dialect
from .edits import Report
from .markup import KNOWN
from .place import Places

_TAG = re.compile(r"</?([A-Za-z][\w.]*)(?=[\s/>])|<>|</>|\{/\*.*?\*/\}", re.DOTALL)
_TEMPLATE = re.compile(r"\s*\{`([^`]*)`\}\s*")
_QUOTED = re.compile(r"[\"'`]([^\"'`\n]+)[\"'`]|>([^<>{}]+)<")
_CODE = re.compile(r"\scode=\{`([^`]*)`\}")
_CALLOUTS = frozenset(
    (  # noqa: SIM905
        "note notice admonition callout hint alert aside info tip success warning warn caution danger important tldr error"
    ).split()
)
_BUTTONS = frozenset("a anchor button btn link navlink linkbutton externallink cta".split())  # noqa: SIM905
_DETAILS = frozenset("details accordion accordionitem collapse collapsible expandable spoiler disclosure".split())  # noqa: SIM905
_TABS = frozenset("tab tabitem tabpane tabpanel step".split())  # noqa: SIM905
_CODES = frozenset({"Code", "CodeBlock", "SyntaxHighlighter", "Highlight"})
#: The content of components nested deeper than this keeps its indentation.
_DEEPEST = 20
_KINDS = ("type", "variant", "kind", "severity", "status", "intent", "level")


@dataclass(slots=True, eq=False)
class _Component:
    start: int
    end: int
    name: str
    raw: str
    pair: _Component | None = None
    depth: int = 0

    @property
    def closes(self) -> bool:
        return self.raw.startswith("</")

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


class Components:
    """One pass over the tags of a document."""

    def __init__(self, places: Places, dialect: Dialect, report: Report) -> None:
        self.places, self.dialect, self.report = places, dialect, report
        self.taken: list[tuple[int, int]] = []
        #: What imports call files and exports texts.
        self.names = jsx.esm(places, self.taken, report)
        self.mdx = bool(self.taken)

    def rewrite(self) -> None:
        for one in self._found():
            if not one.closes:
                self._component(one)
            elif not one.pair:
                self._drop(one)
        if self.mdx:
            jsx.expressions(self.places, self.names, self.taken, self.report)

    def _found(self) -> list[_Component]:
        """The components, each opening one with the one that closes it; all else of JSX is done away with here."""
        doc, places = self.places.doc, self.places
        # A comment may hold code; the name of a tag may not.
        tags = [m for m in _TAG.finditer(doc.source) if not doc.in_code(m.start(), m.start() + 1)]
        closed = {m[1] for m in tags if m[1] and m[0].startswith("</")}
        found: list[_Component] = []
        skip = endless = 0
        for match in tags:
            start, name = match.start(), match[1]
            if start < skip:
                continue
            if match[0].startswith("{"):
                places.drop(start, match.end())
            elif not name:
                if self.mdx:
                    places.drop(start, match.end())
            elif endless > 100:
                break  # not JSX, whatever it is
            elif not (end := jsx.tag_end(doc.source, match.end())):
                endless += 1
            else:
                raw = doc.source[start:end]
                if name.isupper() and name.lower() in KNOWN:
                    continue  # HTML in capitals
                if name[0].isupper():
                    if name in closed or raw.endswith("/>") or "=" in raw:
                        found.append(_Component(start, end, name, raw))
                        skip = end
                elif "={" in raw or " className=" in raw:
                    places.replace(start, end, jsx.html(raw, name, self.names))
                    self.taken.append((start, end))
                    skip = end
        self.taken += [one.span for one in found]
        _pair(found)
        return found

    def _component(self, one: _Component) -> None:
        name = one.name.rpartition(".")[2].lower()
        args = jsx.arguments(one.raw, one.name, self.names)
        if self._is_code(one, args):
            return
        if one.pair and not one.raw.endswith("/>"):
            self._enclosing(one, one.pair, name, args)
            return
        if image := said.picture(name, args):
            self._put(one, image)
        elif (known := embeds.known(name)) and (url := embeds.address(known, [], args)):
            embeds.put(self.places, one.span, url, self.dialect, self.report)
        elif text := said.alone(name, args):
            self._put(one, text)
            self.report.collect("of components that enclose nothing the text is shown: {all}", f"`{_whole(one)}`")
        else:
            whole = (
                _whole(one)
                if any(map(said.is_prose, ("".join(found) for found in _QUOTED.findall(one.raw))))
                else f"<{one.name} />"
            )
            self.report.collect("components that enclose nothing were left out: {all}", f"`{whole}`")
            self._drop(one)

    def _enclosing(self, one: _Component, end: _Component, name: str, args: Mapping[str, str]) -> None:
        url, title = said.link(args), said.title(args)
        inner = self.places.doc.source[one.end : end.start]
        if name in _BUTTONS and url and "\n\n" not in inner and inner.strip():
            self.places.replace(one.start, one.end + len(inner) - len(inner.lstrip()), "[")
            self.places.replace(end.start - len(inner) + len(inner.rstrip()), end.end, f"]({said.destination(url)})")
            return
        self._dedent(one, end)
        kind = next((args[key] for key in _KINDS if args.get(key)), "")
        if name in _CALLOUTS and (text := label("callout" if name == "aside" else name, title, kind)):
            self.places.quote(one.span, end.span, text)
        elif said.is_quote(name):
            self.places.quote(one.span, end.span, "", said.source(args))
        elif name in _DETAILS and title:
            self.places.block(*one.span, f"<details><summary>{said.as_html(title)}</summary>")
            self.places.block(*end.span, "</details>")
        elif name in {"figure", "frame"} and args.get("caption") and self.places.alone(*end.span):
            self._drop(one)
            self.places.block(*end.span, f"*{args['caption']}*")
        else:
            self._generic(one, end, name, args)

    def _generic(self, one: _Component, end: _Component, name: str, args: Mapping[str, str]) -> None:
        tab = args.get("value") or args.get("name", "") if name in _TABS else ""
        text = said.alone("", args) or (f"**{tab}**" if tab else "")
        more = any(said.is_prose(value) for key, value in args.items() if not key.startswith("class"))
        whole = _whole(one) if more else f"<{one.name}>"
        self.report.collect("components were removed, what they enclose was kept: {all}", f"`{whole}`")
        if text:
            self._put(one, text, then=": ")
        else:
            self._drop(one)
        self._drop(end)

    def _is_code(self, one: _Component, args: Mapping[str, str]) -> bool:
        """Code in a string becomes a fence."""
        if one.name not in _CODES or not self.places.alone(one.start, one.pair.end if one.pair else one.end):
            return False
        end = one.end
        code = _CODE.search(one.raw)
        if not code and one.pair and (code := _TEMPLATE.fullmatch(self.places.doc.source, one.end, one.pair.start)):
            end = one.pair.end
            self.taken.append((one.start, end))
        if not code:
            return False
        ticks = "`" * max(3, 1 + max((len(m) for m in re.findall("`+", code[1])), default=0))
        language = args.get("lang") or args.get("language", "")
        self.places.block(one.start, end, f"{ticks}{language}\n{code[1].strip()}\n{ticks}")
        return True

    def _put(self, one: _Component, text: str, then: str = "") -> None:
        if self.places.alone(*one.span):
            self.places.block(*one.span, text)
        else:
            self.places.replace(*one.span, said.on_one_line(text, then))

    def _drop(self, one: _Component) -> None:
        self.places.drop(*one.span)

    def _dedent(self, one: _Component, end: _Component) -> None:
        """Takes the indentation away that is a component's own: elsewhere four columns of it make code."""
        doc, places = self.places.doc, self.places
        if one.depth > _DEEPEST or not places.alone(*one.span) or not places.alone(*end.span):
            return
        base = len(doc.prefix(one.start))
        numbers = range(doc.line_of(one.end - 1) + 1, doc.line_of(end.start))
        lines = [(number, doc.source[slice(*doc.lines(number, number + 1))]) for number in numbers]
        indents = [len(line) - len(line.lstrip(" ")) for _, line in lines if line.strip()]
        if indents and (deep := min(indents) - base) > 0:
            for number, line in lines:
                if line.strip():
                    places.replace(doc.starts[number] + base, doc.starts[number] + base + deep, "")


def _pair(found: list[_Component]) -> None:
    opened: list[_Component] = []
    waiting: Counter[str] = Counter()
    for one in found:
        if not one.closes:
            if not one.raw.endswith("/>"):
                one.depth = len(opened)
                opened.append(one)
                waiting[one.name] += 1
            continue
        while waiting[one.name]:
            other = opened.pop()
            waiting[other.name] -= 1
            if other.name == one.name:
                other.pair, one.pair = one, other
                break


def _whole(one: _Component) -> str:
    return " ".join(one.raw.split())
