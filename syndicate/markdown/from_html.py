"""A block of raw HTML → Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from . import embeds, marks
from .dialect import Dialect
from .edits import Report
from .links import destination
from .markup import BLOCK, CODE, HIDDEN, KNOWN, MARKS, VOID, Tokens, raised

#: Elements nested deeper than this are taken as text.
_DEEPEST = 80
_SPACE = re.compile(r"[ \t\n\f]+")
_SPECIAL = re.compile(r"[\\`*\[\]<]|~~|(?<![^\W_])_|_(?![^\W_])")
_BLOCK_START = re.compile(r"^(\s*)([#>+-]|\d+(?=[.)]))(?=[\s.)])")


class _Element:
    __slots__ = ("attrs", "name", "parts", "raw", "rows")

    def __init__(self, name: str, attrs: dict[str, str], raw: str) -> None:
        self.name, self.attrs, self.raw = name, attrs, raw
        self.parts: list[str] = []
        self.rows: list[list[str]] = [[]]

    def text(self) -> str:
        return "".join(self.parts)


class _Converter(Tokens):
    """Elements become Markdown when they end; a block ends its text with a blank line."""

    def __init__(self, dialect: Dialect, report: Report) -> None:
        super().__init__()
        self.dialect, self.report = dialect, report
        self.stack = [_Element("", {}, "")]

    def _in(self, *names: str) -> bool:
        return any(e.name in names for e in self.stack)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or ""
        if tag not in KNOWN:
            self.report.collect("tags that HTML does not know are shown as text: {items}", f"`{raw}`")
            self.handle_data(raw)
            return
        if tag in {"p", "li", "dt", "dd", "tr", "td", "th", "option"}:
            self._close_open(tag)
        element = _Element(tag, {k: v or "" for k, v in reversed(attrs)}, raw)
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
        if self._in("pre"):
            self.stack[-1].parts.append(data)
        elif self._in(*HIDDEN):
            return
        elif self._in(*CODE):
            self.stack[-1].parts.append(_SPACE.sub(" ", data))
        else:
            text = _SPECIAL.sub(lambda m: "\\" + m[0], _SPACE.sub(" ", data))
            if not "".join(self.stack[-1].parts[-1:]).strip() or self.stack[-1].parts[-1].endswith("\n"):
                text = _BLOCK_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", text)
            self.stack[-1].parts.append(text)

    def handle_entityref(self, name: str) -> None:
        raw = f"&{name};"
        self.stack[-1].parts.append(unescape(raw) if self._in("pre", *CODE) else raw)

    def handle_charref(self, name: str) -> None:
        raw = f"&#{name};"
        self.stack[-1].parts.append(unescape(raw) if self._in("pre", *CODE) else raw)

    def result(self) -> str:
        self.close()
        while len(self.stack) > 1:
            self._end()
        lines = re.sub(r"[ \t]+(?=\n\n)|(?<=\n)[ \t]+(?=\n)", "", self.stack[0].text())
        return re.sub(r"\n{3,}", "\n\n", lines).strip()

    def _void(self, e: _Element) -> str:
        if e.name == "br":
            return "\n" if self._in("pre") else "  \n"
        if e.name == "hr":
            return "\n\n---\n\n"
        if e.name == "img":
            src = e.attrs.get("src", "")
            return f"![{_SPACE.sub(' ', e.attrs.get('alt', ''))}]({destination(src)})" if src else ""
        if e.name == "input" and e.attrs.get("type") == "checkbox":
            return "☑ " if "checked" in e.attrs else "☐ "
        if e.name in {"source", "embed"} and e.attrs.get("src") and not self._in("picture"):
            self.stack[-1].attrs.setdefault("src", e.attrs["src"])
        return ""

    def _element(self, e: _Element) -> str:
        text, name = e.text(), e.name
        if name in self._allowed and name not in BLOCK:
            return f"{e.raw}{text}</{name}>"
        if self._in("pre"):
            if name in CODE:
                next(p for p in self.stack if p.name == "pre").attrs["inner"] = e.raw
            return text
        if name in MARKS:
            return _wrapped(text, MARKS[name])
        if name in CODE:
            return code(text)
        if name in HIDDEN:
            if name not in {"style", "head", "noscript"}:
                self.report.collect("what these tags hold cannot be shown and was left out: {items}", f"`<{name}>`")
            return ""
        if handler := _HANDLERS.get(name):
            return handler(self, e, text)
        if name not in {"p", "div", "span"} and name not in BLOCK:
            self.report.collect("HTML tags were removed, their text was kept: {items}", f"`<{name}>`")
        return f"\n\n{text.strip()}\n\n" if name in BLOCK else text

    @property
    def _allowed(self) -> frozenset[str]:
        return self.dialect.html or frozenset()

    def link(self, e: _Element, text: str) -> str:
        href = e.attrs.get("href", "")
        if not href or not text.strip():
            return text
        if "\n\n" in text.strip():  # a link around blocks
            return f"{text.rstrip()}\n\n<{href}>\n\n"
        label = text.strip()
        return text.replace(label, f"[{label}]({destination(href)})", 1)

    def heading(self, e: _Element, text: str) -> str:
        return f"\n\n{'#' * int(e.name[1])} {_SPACE.sub(' ', text).strip()}\n\n"

    def list_item(self, e: _Element, text: str) -> str:
        ordered = next((p for p in reversed(self.stack) if p.name in {"ul", "ol"}), None)
        number = int(ordered.attrs.get("next", ordered.attrs.get("start", "1")) or 1) if ordered else 1
        marker = f"{number}. " if ordered and ordered.name == "ol" else "- "
        if ordered:
            ordered.attrs["next"] = str(number + 1)
        body = re.sub(r"\n{2,}(?=\s*(?:[-]|\d+\.) )", "\n", text.strip())
        return "\n" + marker + body.replace("\n", "\n" + " " * len(marker))

    def quote(self, _e: _Element, text: str) -> str:
        lines = re.sub(r"\n{3,}", "\n\n", text.strip()).split("\n")
        return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"

    def pre(self, e: _Element, text: str) -> str:
        language = re.search(r"lang(?:uage)?-([\w+#-]+)", e.raw + e.attrs.get("inner", ""))
        text = text.removeprefix("\n").rstrip("\n")
        ticks = "`" * max(3, 1 + max((len(m) for m in re.findall("`+", text)), default=0))
        return f"\n\n{ticks}{language[1] if language else ''}\n{text}\n{ticks}\n\n"

    def frame(self, e: _Element, text: str) -> str:
        src = embeds.frame(e.attrs.get("src", e.attrs.get("data", "")))
        if not src:
            return text
        if self.dialect.embeds == "liquid" and e.name == "iframe" and not self._in("td", "th", "li"):
            return "\n\n" + marks.own(f"{{% embed {src} %}}") + "\n\n"
        self.report.tally("{n} {embed is|embeds are} shown as a plain link")
        title = e.attrs.get("title", "").replace("[", "").replace("]", "")
        return f"\n\n[{title}]({destination(src)})\n\n" if title else f"\n\n<{src}>\n\n"

    def _table(self) -> _Element | None:
        return next((p for p in reversed(self.stack) if p.name == "table"), None)

    def cell(self, _e: _Element, text: str) -> str:
        row = _SPACE.sub(" ", text).strip()
        if not (table := self._table()):
            return f"{row} | "
        table.rows[-1].append(row.replace("|", "\\|"))
        return ""

    def row(self, _e: _Element, text: str) -> str:
        if not (table := self._table()):
            return f"\n\n{text.strip().removesuffix('|').rstrip()}\n\n"
        table.rows.append([])
        return ""

    def table(self, e: _Element, text: str) -> str:
        rows = [r for r in e.rows if any(r)]
        if not rows:
            return text
        width = max(len(r) for r in rows)
        lines = ["| " + " | ".join(r + [""] * (width - len(r))) + " |" for r in rows]
        lines.insert(1, "|" + " --- |" * width)
        return f"{text.strip()}\n\n" + "\n".join(lines) + "\n\n"


def _wrapped(text: str, mark: str) -> str:
    inner = text.strip()
    return text.replace(inner, f"{mark}{inner}{mark}", 1) if inner and "\n\n" not in inner else text


def code(text: str) -> str:
    """`text` as inline code."""
    if not text.strip():
        return text
    ticks = "`" * (1 + max((len(m) for m in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _raised(_c: _Converter, e: _Element, text: str) -> str:
    return raised(e.name, text)


def _italic(_c: _Converter, _e: _Element, text: str) -> str:
    return f"\n\n{_wrapped(text.strip(), '*')}\n\n"


def _bold(_c: _Converter, _e: _Element, text: str) -> str:
    return f"\n\n{_wrapped(text.strip(), '**')}\n\n"


_HANDLERS: dict[str, Callable[[_Converter, _Element, str], str]] = {
    "a": _Converter.link,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _Converter.heading),
    "li": _Converter.list_item,
    "blockquote": _Converter.quote,
    "pre": _Converter.pre,
    **dict.fromkeys(("iframe", "video", "audio", "object"), _Converter.frame),
    **dict.fromkeys(("td", "th"), _Converter.cell),
    "tr": _Converter.row,
    "table": _Converter.table,
    **dict.fromkeys(("sub", "sup"), _raised),
    "figcaption": _italic,
    "caption": _italic,
    **dict.fromkeys(("summary", "dt"), _bold),
    "rt": lambda _c, _e, text: f"({text})" if text.strip() else "",
    "rp": lambda _c, _e, _text: "",
    "q": lambda _c, _e, text: f"“{text}”",
    "abbr": lambda _c, e, text: f"{text} ({e.attrs['title']})" if e.attrs.get("title") else text,
    **dict.fromkeys(("thead", "tbody", "tfoot", "picture", "colgroup", "nobr", "font"), lambda _c, _e, text: text),
}


def convert(html: str, dialect: Dialect, report: Report) -> str:
    """`html` as Markdown; tags that the dialect shows inside a paragraph stay."""
    converter = _Converter(dialect, report)
    converter.feed(html)
    return converter.result()
