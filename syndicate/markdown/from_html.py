"""A block of raw HTML → Markdown."""

from __future__ import annotations

import re

from . import marks
from .dialect import Dialect
from .edits import Report
from .elements import HANDLERS, SPACE, Context, Element, code, script, wrapped
from .links import destination
from .markup import BLOCK, CODE, HIDDEN, KNOWN, MARKS, VOID, Tokens
from .place import within

#: Elements nested deeper than this are taken as text.
_DEEPEST = 80
_SPECIAL = re.compile(r"[\\`*\[\]<]|~~|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_ENTITIES = {"&": "&amp;", "<": "&lt;"}
_BLOCK = re.compile(rf"^(.*?){marks.BLOCK}(\d+){marks.BLOCK}", re.MULTILINE)
_BLOCK_START = re.compile(r"^(\s*)([#>+-]|\d+(?=[.)]))(?=[\s.)])")


class _Converter(Tokens):
    """Elements become Markdown when they end; a block ends its text with a blank line."""

    def __init__(self, dialect: Dialect, report: Report) -> None:
        super().__init__()
        self.report = report
        self.stack = [Element("", {}, "")]
        self.context = Context(dialect, report, self.stack)
        self.inside = self.context.inside
        self.allowed = dialect.html or frozenset()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or ""
        if tag not in KNOWN:
            self.report.collect("tags that HTML does not know are shown as text: {items}", f"`{raw}`")
            self.handle_data(raw)
            return
        if tag in {"p", "li", "dt", "dd", "tr", "td", "th", "option"}:
            self._close_open(tag)
        element = Element(tag, {k: v or "" for k, v in reversed(attrs)}, raw)
        if tag in VOID:
            self.stack[-1].parts.append(self._void(element))
        elif len(self.stack) < _DEEPEST:
            self.stack.append(element)

    def _close_open(self, tag: str) -> None:
        """Ends what HTML lets an author leave open: a list item before the next one."""
        closes = {
            "dt": {"dt", "dd"},
            "dd": {"dt", "dd"},
            "td": {"td", "th"},
            "th": {"td", "th"},
            "tr": {"td", "th", "tr"},
        }
        bounds = {"ul", "ol", "table", "dl", "td", "th", "li", "blockquote", "div"} - closes.get(tag, {tag})
        for i in range(len(self.stack) - 1, 0, -1):
            if self.stack[i].name in bounds:
                return
            if self.stack[i].name in closes.get(tag, {tag}):
                while len(self.stack) > i:
                    self._end()
                if tag != "tr":
                    return

    def handle_endtag(self, tag: str) -> None:
        if tag not in KNOWN:
            self.handle_data(f"</{tag}>")
        elif any(e.name == tag for e in self.stack):
            while self._end() != tag:
                pass

    def _end(self) -> str:
        element = self.stack.pop()
        self.stack[-1].parts.append(self._element(element))
        return element.name

    def handle_data(self, data: str) -> None:
        if self.inside("pre"):
            self.stack[-1].parts.append(data)
        elif self.inside(*HIDDEN):
            return
        elif self.inside(*CODE):
            self.stack[-1].parts.append(SPACE.sub(" ", data))
        else:
            text = _SPECIAL.sub(lambda m: _ENTITIES.get(m[0], "\\" + m[0]), SPACE.sub(" ", data))
            if not "".join(self.stack[-1].parts[-1:]).strip() or self.stack[-1].parts[-1].endswith("\n"):
                text = _BLOCK_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", text)
            self.stack[-1].parts.append(text)

    def result(self) -> str:
        self.close()
        while len(self.stack) > 1:
            self._end()
        lines = re.sub(r"[ \t]+(?=\n\n)|(?<=\n)[ \t]+(?=\n)", "", "".join(self.stack[0].parts))
        text = re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<! ) \n", "\n", lines)).strip()
        return _BLOCK.sub(self._block, text)

    def _block(self, match: re.Match[str]) -> str:
        """A block of code for its mark, each line of it within the list or quote that the mark is in."""
        prefix = "".join(c if c == ">" else " " for c in match[1])
        return match[1] + within(prefix, self.context.blocks[int(match[2])])

    def _void(self, e: Element) -> str:
        if e.name == "br":
            return "\n" if self.inside("pre") else "  \n"
        if e.name == "hr":
            return "\n\n---\n\n"
        if e.name == "img":
            src = e.attrs.get("src", "")
            return f"![{SPACE.sub(' ', e.attrs.get('alt', ''))}]({destination(src)})" if src else ""
        if e.name == "input" and e.attrs.get("type") == "checkbox":
            return "☑ " if "checked" in e.attrs else "☐ "
        if e.name in {"source", "embed"} and e.attrs.get("src") and not self.inside("picture"):
            self.stack[-1].attrs.setdefault("src", e.attrs["src"])
        return ""

    def _element(self, e: Element) -> str:
        text, name = "".join(e.parts), e.name
        if name in self.allowed and name not in BLOCK:
            return f"{e.raw}{text}</{name}>"
        if self.inside("pre"):
            if name in CODE:
                next(p for p in self.stack if p.name == "pre").attrs["inner"] = e.raw
            return text
        if name in MARKS:
            return wrapped(text, MARKS[name])
        if name in CODE:
            return code(text)
        if name == "script":
            return script(self.context, e)
        if name in HIDDEN:
            if name not in {"style", "head"}:
                self.report.collect("what these tags hold cannot be shown and was left out: {items}", f"`<{name}>`")
            return ""
        if handler := HANDLERS.get(name):
            return handler(self.context, e, text)
        if name not in {"p", "div", "span"} and name not in BLOCK:
            self.report.collect("HTML tags were removed, their text was kept: {items}", f"`<{name}>`")
        return f"\n\n{text.strip()}\n\n" if name in BLOCK else text


def convert(html: str, dialect: Dialect, report: Report) -> str:
    """`html` as Markdown; tags that the dialect shows inside a paragraph stay."""
    converter = _Converter(dialect, report)
    converter.feed(html)
    return converter.result()
