"""Site generators' tags → neutral Markdown: Hugo's shortcodes, Jekyll's and DEV's Liquid, Zola's calls."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from . import embeds, marks
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
_FILTERED = re.compile(r"[\"']([^\"']*)[\"']\s*\|\s*(?:relative_url|absolute_url|url|asset_url)\s*")
_DATED = re.compile(r"(.*?/)(\d{4})/(\d{2})/(\d{2})/[^/]+?(\.html|/)?$")
_LOGIC = {"if", "unless", "for", "case", "when", "else", "elsif", "capture", "assign", "increment", "decrement", "set"}
_QUIET = {"break", "toc"}


class Generators:
    """One pass over the tags of a source; `rewritten` is the result."""

    def __init__(self, doc: Doc, dialect: Dialect, base_url: str | None, title: str | None, report: Report) -> None:
        self.doc, self.dialect, self.base_url, self.title, self.report = doc, dialect, base_url, title, report
        self.places = Places(doc)
        self.variables: dict[str, str] = {}
        for tag in find_tags(doc):
            self._tag(tag)

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
        name = tag.name.lower()
        if tag.kind == "liquid" and self.dialect.liquid and self._is_forem(tag):
            for one in (tag, tag.pair):
                if one:
                    self.places.replace(one.start, one.end, marks.own(one.raw))
        elif name in {"ref", "relref", "link", "post_url"} and (url := self._reference(tag)) is not None:
            self.places.replace(tag.start, tag.end, url)
        elif name in {"figure", "img", "image", "asset_img", "imgproc", "picture"} and (image := _image(tag)):
            self.places.block(tag.start, tag.end, image)
            if tag.pair:
                self._drop(tag.pair)
        elif name in {"link", "post"} and not self._is_forem(tag):
            self._unknown(tag)
        elif name in embeds.NAMES and (url := embeds.address(name, tag.words, tag.named)):
            self._embed(tag, url)
        elif name in {"details", "spoiler", "collapse", "expand", "collapsible"} and tag.pair:
            summary = tag.arg("summary", "title") or " ".join(tag.words) or "Details"
            self.places.block(tag.start, tag.end, f"<details><summary>{summary}</summary>")
            self.places.block(tag.pair.start, tag.pair.end, "</details>")
        elif tag.pair and name == "tab" and (title := tag.arg("name", "title", "header", at=0)):
            self.places.block(tag.start, tag.end, f"**{title}**")
            self._drop(tag.pair)
        elif (
            tag.pair and name in {"button", "btn", "link", "cta"} and (url := tag.arg("href", "url", "link", "relref"))
        ):
            self.places.replace(tag.start, tag.end, "[")
            self.places.replace(tag.pair.start, tag.pair.end, f"]({_destination(url)})")
        elif tag.pair and (text := _callout(tag, name)):
            self.places.quote((tag.start, tag.end), (tag.pair.start, tag.pair.end), text)
        elif tag.kind == "liquid" and (found := _ASSIGN.match(tag.raw)):
            self.variables[found[1]] = found[2] or found[3] or ""
            self._drop(tag)
        else:
            self._unknown(tag)

    def _unknown(self, tag: Tag) -> None:
        kind = "shortcode" if tag.kind == "hugo" or "(" in tag.raw else "Liquid tag"
        if self._in_destination(tag):
            self.places.replace(tag.start, tag.end, marks.UNRESOLVED + quote(tag.text, safe=""))
            return
        if tag.pair:
            self.report.collect(f"{kind}s were removed, what they enclose was kept: {{items}}", f"`{tag.name}`")
            self._drop(tag.pair)
        elif tag.name in _LOGIC:
            self.report.collect("Liquid logic was removed: {items}", f"`{tag.text}`")
        elif tag.name not in _QUIET:
            self.report.collect(f"{kind}s that mean nothing elsewhere were left out: {{items}}", f"`{tag.text}`")
        self._drop(tag)

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
        language = "mermaid" if tag.name == "mermaid" else tag.arg("lang", "language", at=0)
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
        if name in self.variables:
            return self.variables[name]
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

    def _reference(self, tag: Tag) -> str | None:
        """Address of another page of the same site; `None` where the tag says something else."""
        name, target = tag.name, tag.arg("path", at=0)
        if not target or target.startswith(("http://", "https://")):
            return None
        if name == "post_url":
            return self._post_url(target)
        path, _, anchor = target.partition("#")
        fragment = f"#{anchor}" if anchor else ""
        if name == "link":  # Jekyll: a file of the site; only files that are copied keep their path
            page = re.search(r"\.(md|markdown|html?)$", path) or path.startswith("_")
            return None if page or "." not in path else "/" + path.lstrip("/")
        if not path:
            return fragment
        path = re.sub(r"(?:/?_?index)?(?:\.\w{2})?\.(?:md|markdown|mdx|html)$", "", path)
        if not path.startswith("/") and self.base_url and "/" not in path:
            path = urljoin(self.base_url, ("../" if self.base_url.endswith("/") else "") + path)
        elif not path.startswith("/"):
            path = "/" + path
        self.report.add("links written with `ref` or `relref` were worked out from the file names: check them")
        return path.rstrip("/") + "/" + fragment

    def _post_url(self, target: str) -> str | None:
        dated = _DATED.match(self.base_url or "")
        post = re.fullmatch(r"(?:.*/)?(\d{4})-(\d{2})-(\d{2})-(.+)", target)
        if not dated or not post:
            return None
        self.report.add("links written with `post_url` were worked out from this post's own address: check them")
        return f"{dated[1]}{post[1]}/{post[2]}/{post[3]}/{post[4]}{dated[5] or ''}"

    def _embed(self, tag: Tag, url: str) -> None:
        if self.dialect.embeds == "liquid" and self.places.alone(tag.start, tag.end):
            self.places.block(tag.start, tag.end, marks.own(f"{{% embed {url} %}}"))
            return
        self.report.tally("{n} {embed is|embeds are} shown as a plain link")
        if self.places.alone(tag.start, tag.end):
            self.places.block(tag.start, tag.end, f"<{url}>")
        else:
            self.places.replace(tag.start, tag.end, f"<{url}>")

    def _drop(self, tag: Tag) -> None:
        self.places.drop(tag.start, tag.end)

    def _in_destination(self, tag: Tag) -> bool:
        """Whether the tag is (part of) the address of a link."""
        begin = max(self.doc.starts[self.doc.line_of(tag.start)], tag.start - 300)
        line = self.doc.source[begin : tag.start]
        return bool(_DESTINATION.search(line))


def _callout(tag: Tag, name: str) -> str:
    """What a callout begins with; empty if the tag is none."""
    words = list(tag.words)
    kind = tag.arg("type", "class") or (words.pop(0) if words and words[0].lower() in KINDS else "")
    return label(name, tag.arg("title", "header") or " ".join(words[:1]), kind)


def _image(tag: Tag) -> str:
    """A figure as an image with its caption below."""
    words = [w for w in tag.words if re.search(r"[./]", w)]
    src = tag.arg("src", "path", "url") or (words[0] if words else "")
    if not src:
        return ""
    caption, alt = tag.arg("caption", "title"), tag.arg("alt")
    if tag.name == "asset_img" and not alt:
        alt = " ".join(w for w in tag.words if w != src)
    image = f"![{alt or caption}]({_destination(src)})"
    if link := tag.arg("link"):
        image = f"[{image}]({_destination(link)})"
    return f"{image}\n\n*{caption}*" if caption and caption != alt and alt else image


def _destination(url: str) -> str:
    return f"<{url}>" if re.search(r"[\s()]", url) else url
