"""Site generators' tags → neutral Markdown: Hugo's shortcodes, Jekyll's and DEV's Liquid, Zola's calls."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from . import embeds, marks, refs, said
from .callouts import KINDS, label
from .dialect import Dialect
from .edits import Report
from .parse import Doc
from .place import Places
from .tags import Tag, find_tags

_DESTINATION = re.compile(
    r"\]\(\s*<?[^\s()<>]*$|^\s*\[[^\]\n]+\]:\s*<?\S*$|\b(?:href|src)\s*=\s*[\"']?[^\s\"'<>]*$", re.MULTILINE
)
_ASSIGN = re.compile(r"\{%-?\s*assign\s+([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')\s*-?%\}")
_FILTERED = re.compile(
    r"[\"']([^\"']*)[\"']\s*(?:\|\s*(?:relative_url|absolute_url|url|asset_url|prepend:\s*site\.(?:base)?url)\s*)+"
)
_LOGIC = {"if", "unless", "for", "case", "when", "else", "elsif", "capture", "assign", "increment", "decrement", "set"}
_QUIET = {"break", "toc"}
#: Filters of Liquid that change nothing in a text.
_HARMLESS = {"markdownify", "strip", "escape", "xml_escape", "escape_once", "strip_html", "strip_newlines", "safe"}
_REFERENCES = {"ref", "relref", "link", "post_url"}
_BUTTONS = {"button", "btn", "link", "cta", "linkbutton"}
_DETAILS = {"details", "spoiler", "collapse", "expand", "collapsible", "accordion", "fold"}
#: Icons by which a theme's `alert` tells its kind.
_ICONS = {
    "circle-info": "info", "lightbulb": "tip", "triangle-exclamation": "warning", "circle-exclamation": "warning",
    "bug": "bug", "circle-question": "question", "skull-crossbones": "danger", "fire": "warning", "pencil": "note",
}  # fmt: skip
_TAGS = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}")
_LEFT_OUT = "{kind}s that mean nothing elsewhere were left out: {all}"
_DANGLING = "links whose addresses are in files that the site includes became text: {items}"
_TEXT_ONLY = "of {kind}s that mean nothing elsewhere the text is shown: {all}"
_ENCLOSED = "{kind}s were removed, what they enclose was kept: {all}"


class Generators:
    """One pass over the tags of a source; `rewritten` is the result."""

    def __init__(self, doc: Doc, dialect: Dialect, base_url: str | None, title: str | None, report: Report) -> None:
        self.doc, self.dialect, self.base_url, self.title, self.report = doc, dialect, base_url, title, report
        self.places = Places(doc)
        self.variables: dict[str, str] = {}
        found = find_tags(doc)
        #: Files of the site may hold the definitions of links; this post alone has none of them.
        self.includes = any(tag.kind == "liquid" and tag.name.startswith("include") for tag in found)
        self.known = refs.defined(doc.source, doc.env.get("references", {})) if self.includes else frozenset()
        for tag in found:
            self._tag(tag)
        if self.includes:
            for match in refs.dangling(doc.source, self.known):
                if not doc.in_code(match.start(), match.start() + 1):
                    self.places.replace(match.start(), match.start() + 1, "")
                    self.places.replace(match.end(1), match.end(), "")
                    self.report.collect(_DANGLING, f"“{match[1]}”")

    def rewritten(self) -> str:
        return self.places.result()

    def _tag(self, tag: Tag) -> None:
        if tag.escaped:
            shown = re.sub(r"/\*(.*)\*/", r"\1", tag.raw, count=1, flags=re.DOTALL)
            self.places.replace(tag.start, tag.end, marks.literal(shown))
        elif tag.kind == "output" and "(" not in tag.raw:
            self._output(tag)
        elif tag.body:
            self._verbatim(tag)
        elif tag.closes:
            if not tag.pair:
                self._drop(tag)
                self.report.collect("template tags without a beginning were removed: {items}", f"`{tag.text}`")
        else:
            self._opening(tag)

    def _opening(self, tag: Tag) -> None:
        name, args, words = _call(tag)
        if tag.kind == "liquid" and self.dialect.liquid and self._is_forem(tag):
            for one in (tag, tag.pair):
                if one:
                    self.places.replace(one.start, one.end, marks.own(one.raw))
        elif name in _REFERENCES and (url := refs.reference(tag, self.base_url, self.report)) is not None:
            self.places.replace(tag.start, tag.end, url)
        elif name == "post_link" and not tag.pair and len(words) > 1:  # Hexo's
            title = " ".join(words[1:])
            self.report.collect("links whose address only the site knows became text: {items}", f"“{title}”")
            self.places.replace(tag.start, tag.end, title)
        elif name in {"link", "post"} and not tag.pair and not self._is_forem(tag):
            self._unknown(tag)
        elif image := said.picture(name, args, words):
            self._instead(tag, image)
        elif tag.pair and name in _BUTTONS and (url := said.link(args) or next(iter(words), "")):
            inner = self.doc.source[tag.end : tag.pair.start]
            self.places.replace(tag.start, tag.end + len(inner) - len(inner.lstrip()), "[")
            end = tag.pair.start - len(inner) + len(inner.rstrip())
            self.places.replace(end, tag.pair.end, f"]({said.destination(url)})")
        elif (known := embeds.known(name)) and (url := embeds.address(known, words, args)):
            embeds.put(self.places, (tag.start, tag.end), url, self.dialect, self.report)
            if tag.pair:
                self._drop(tag.pair)
        elif file := next((value for value in (*args.values(), *words) if said.MEDIA.fullmatch(value)), ""):
            self._instead(tag, said.played(file, args))
        elif tag.pair and name in _DETAILS:
            summary = tag.arg("summary", "title", "label", "header") or " ".join(words) or "Details"
            self.places.block(tag.start, tag.end, f"<details><summary>{said.as_html(summary)}</summary>")
            self.places.block(tag.pair.start, tag.pair.end, "</details>")
        elif tag.pair and name in {"tab", "tabitem"} and (title := tag.arg("name", "title", "header", "label", at=0)):
            self.places.block(tag.start, tag.end, f"**{title}**")
            self._drop(tag.pair)
        elif tag.pair and said.is_quote(name):
            by = said.source(args | ({"by": " ".join(words)} if words else {}))
            self.places.quote((tag.start, tag.end), (tag.pair.start, tag.pair.end), "", by)
        elif tag.pair and (text := _callout(tag, name)):
            self.places.quote((tag.start, tag.end), (tag.pair.start, tag.pair.end), text)
        elif tag.kind == "liquid" and (found := _ASSIGN.match(tag.raw)):
            self.variables[found[1]] = found[2] or found[3] or ""
            self._drop(tag)
        elif name == "capture" and tag.pair and words and not _TAGS.search(self.doc.source, tag.end, tag.pair.start):
            self.variables[words[0]] = text = self.doc.source[tag.end : tag.pair.start].strip()
            self.places.drop(tag.start, tag.pair.end)
            if not re.search(r"\{\{-?\s*" + re.escape(words[0]) + r"\b", self.doc.source):
                self.report.collect("what is captured, and not shown by this post, was left out: {all}", f"“{text}”")
        else:
            self._unknown(tag)

    def _instead(self, tag: Tag, text: str) -> None:
        self.places.block(tag.start, tag.end, text)
        if tag.pair:
            self._drop(tag.pair)

    def _unknown(self, tag: Tag) -> None:
        """What it says is kept: its text, what it encloses. All else of it is named."""
        kind = "Liquid tag" if tag.kind == "liquid" and not re.match(r"\{%-?\s*[\w:.]+\(", tag.raw) else "shortcode"
        if self._in_destination(tag):
            self.places.replace(tag.start, tag.end, marks.UNRESOLVED + quote(tag.text, safe=""))
            return
        name, args, words = _call(tag)
        text = said.alone("" if tag.pair else name, args, words) if name not in _LOGIC else ""
        for match in reversed(list(refs.dangling(text, self.known)) if self.includes else []):
            text = text[: match.start()] + match[1] + text[match.end() :]
        if tag.pair:
            more = text or any(said.is_prose(value) for value in args.values())
            self.report.collect(_ENCLOSED.replace("{kind}", kind), f"`{tag.whole if more else tag.name}`")
            self._drop(tag.pair)
        elif tag.name in _LOGIC:
            self.report.collect("Liquid logic was removed: {items}", f"`{tag.text}`")
        elif text:
            self.report.collect(_TEXT_ONLY.replace("{kind}", kind), f"`{tag.whole}`")
        elif tag.name not in _QUIET:
            self.report.collect(_LEFT_OUT.replace("{kind}", kind), f"`{tag.whole}`")
        if not text:
            self._drop(tag)
        elif self.places.alone(tag.start, tag.end):
            self.places.block(tag.start, tag.end, text)
        else:
            self.places.replace(tag.start, tag.end, said.on_one_line(text, ": " if tag.pair else ""))

    def _is_forem(self, tag: Tag) -> bool:
        if tag.name in {"link", "post", "comment", "details"}:
            return not re.search(r"\.\w{2,4}$|^_", tag.arg(at=0)) and (tag.name != "details" or tag.pair is not None)
        return tag.name in embeds.FOREM and bool(tag.words)

    def _verbatim(self, tag: Tag) -> None:
        start, end = tag.body or (0, 0)
        body = self.doc.source[start:end]
        if tag.name in {"raw", "verbatim"}:
            self.places.replace(tag.start, tag.end, marks.literal(body))
        elif tag.name == "comment":
            self._drop(tag)
        elif tag.kind == "liquid" and tag.name in {"katex", "runkit"} and self.dialect.liquid:
            first, last = self.doc.source[tag.start : start], self.doc.source[end : tag.end]
            self.places.replace(tag.start, tag.end, marks.own(first) + body + marks.own(last))
        elif tag.name in {"katex", "math"}:
            math = f"${body.strip()}$" if "inline" in tag.words else f"$$\n{body.strip()}\n$$"
            self.places.replace(tag.start, tag.end, math)
        elif "\n" not in body:
            ticks = "`" * (1 + max((len(m) for m in re.findall("`+", body)), default=0))
            self.places.replace(tag.start, tag.end, f"{ticks}{body}{ticks}")
        else:
            self._fence(tag, body)

    def _fence(self, tag: Tag, body: str) -> None:
        language = "mermaid" if tag.name == "mermaid" else tag.arg("lang", "language", at=0).removeprefix("lang:")
        ticks = "`" * max(3, 1 + max((len(m) for m in re.findall("`+", body)), default=0))
        prefix = self.doc.prefix(tag.start)
        head = "" if body.startswith("\n") else "\n" + prefix
        tail = "" if body.rpartition("\n")[2].strip(" \t>") == "" else "\n" + prefix
        self.places.replace(tag.start, tag.end, f"{ticks}{language}{head}{body}{tail}{ticks}")

    def _output(self, tag: Tag) -> None:
        value = self._value(tag.name.strip())
        if value is not None:
            self.places.replace(tag.start, tag.end, value)
        elif self._in_destination(tag):
            self.places.replace(tag.start, tag.end, marks.UNRESOLVED + quote(tag.text, safe=""))
        else:
            self.report.collect("template syntax was kept as text: {items}", f"`{tag.text}`")
            self.places.replace(tag.start, tag.end, marks.literal(tag.raw))

    def _value(self, name: str) -> str | None:
        """What the site would put there, where that is certain."""
        bare, *filters = (piece.strip() for piece in name.split("|"))
        if bare in self.variables and _HARMLESS.issuperset(filters):
            value = self.variables[bare]
            return f"\n\n{value}\n\n" if "markdownify" in filters and "\n" in value else value
        if filtered := _FILTERED.fullmatch(name):
            return filtered[1]
        if name == "page.title":
            return self.title
        if self.base_url:
            parts = urlsplit(self.base_url)
            if name in {"page.url", "page.permalink"}:
                return parts.path
            if name == "site.url":
                return f"{parts.scheme}://{parts.netloc}"
            if name in {"site.baseurl", "site.base_url"}:
                self.report.add(f"`{{{{ {name} }}}}` was taken to be empty: check the links that hold it")
                return ""
        return None

    def _drop(self, tag: Tag) -> None:
        self.places.drop(tag.start, tag.end)

    def _in_destination(self, tag: Tag) -> bool:
        """Whether the tag is (part of) the address of a link."""
        begin = max(self.doc.starts[self.doc.line_of(tag.start)], tag.start - 300)
        line = _TAGS.sub("", self.doc.source[begin : tag.start])
        return bool(_DESTINATION.search(line))


def _call(tag: Tag) -> tuple[str, dict[str, str], list[str]]:
    """What a tag calls, with what: Jekyll's `include` calls the file that it names."""
    name, words = tag.name.lower(), tag.words
    if name in {"include", "include_cached", "include_relative", "render", "partial"} and words:
        name = re.sub(r"\.\w+$", "", words[0].rpartition("/")[2]).lower()
        if name == "video" and tag.named.get("provider"):
            name = tag.named["provider"].lower()
        words = words[1:]
    return name, tag.named, words


def _callout(tag: Tag, name: str) -> str:
    """What a callout begins with; empty if the tag is none."""
    words = list(tag.words)
    kind = tag.arg("type", "class") or (words.pop(0) if words and words[0].lower() in KINDS else "")
    if name == "alert" and words and re.fullmatch(r"[a-z][a-z0-9-]*", words[0]):
        kind = _ICONS.get(words.pop(0), kind)
    title = tag.arg("title", "header") or " ".join(words[:1])
    return label(name, "" if title in {"true", "false"} else title, kind)
