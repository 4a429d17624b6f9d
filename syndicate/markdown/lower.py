"""Markdown that the platform does not show → the nearest thing that it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from markdown_it.token import Token

from . import fences, marks, tables, titles
from .dialect import Dialect
from .edits import Report
from .links import label_end
from .notes import Notes
from .parse import Doc
from .place import Places, within

_TASK = re.compile(r"\[([ xX])\](?=\s)")
#: Characters of Chinese and Japanese; Korean has spaces between its words. A pattern takes 3 ms to compile.
_WIDE = (
    ("\u2e80", "\ua4cf"), ("\uf900", "\ufaff"), ("\ufe30", "\ufe4f"), ("\uff00", "\uff60"), ("\uffe0", "\uffe6"),
    ("\U00020000", "\U0003ffff"),
)  # fmt: skip


class Lowering:
    """One pass over a parsed document."""

    def __init__(
        self,
        doc: Doc,
        dialect: Dialect,
        title: str | None,
        report: Report,
        pictures: Mapping[str, str] = MappingProxyType({}),
        cover: str | None = None,
    ) -> None:
        self.doc, self.dialect, self.report, self.pictures = doc, dialect, report, pictures
        self.places = Places(doc)
        self.edits = self.places.edits
        self.notes = Notes(doc, self.edits, report)
        again = titles.repeated(doc, title, cover) if title or cover else titles.Repeated()
        #: What the picture is called that was left out as the cover.
        self.cover_alt = again.alt
        for start, end in again.spans:
            self.edits.replace(start, end, "")
        for i, token in enumerate(doc.tokens):
            if token.type == "inline":
                self._inline(i, token)
            elif handler := _BLOCKS.get(token.type):
                handler(self, i, token)
        self._definitions()

    def lowered(self) -> str:
        return self.edits.apply() if self.dialect.footnotes else self.notes.moved()

    # Blocks

    def _table_open(self, i: int, token: Token) -> None:
        if self.dialect.tables or not token.map:
            return
        rows = list(tables.rows(self.doc.tokens, i))
        note: Callable[[str], object] = str if self.dialect.footnotes else self.notes.number
        text = tables.aligned(
            [[tables.cell_text(c, note) for c in row] for row in rows], tables.alignment(self.doc.tokens, i)
        )
        self.report.tally("{n} {table is|tables are} shown as text in a code block")
        within = {c.type for row in rows for cell in row for c in cell.children or ()}
        if "link_open" in within:
            self.report.add("links inside tables lost their addresses")
        if "image" in within:
            self.report.add("images inside tables are named, not shown")
        self._code(self.doc.begin(token), self.doc.lines(*token.map)[1], text)

    def _code(self, start: int, end: int, text: str, language: str = "") -> None:
        """Puts a code block in the place of a block."""
        prefix = self.doc.prefix(start)
        if self.dialect.fences:
            ticks = "`" * max(3, 1 + max((len(m) for m in re.findall("`+", text)), default=0))
            block = within(prefix, f"{ticks}{language}\n{text}\n{ticks}")
        else:
            block = "    " + within(prefix + "    ", text)
        above, below = ("", "") if self.dialect.fences else self._apart(start, end)
        self.edits.replace(start, end, above + block + below)

    def _apart(self, start: int, end: int) -> tuple[str, str]:
        """The empty lines that keep what stands there from joining the paragraphs around it."""
        prefix, line = self.doc.prefix(start), self.doc.line_of(start)
        before = self.doc.source[self.doc.starts[line] : start]
        first = before != prefix  # on the line of a list's marker
        above = "" if first or self.places.blank(line - 1) else "\n" + prefix
        below = "" if self.places.blank(self.doc.line_of(end - 1) + 1) else "\n" + prefix.rstrip()
        return above, below

    def _fence(self, i: int, token: Token) -> None:
        language = fences.language(token.info)
        if language == "mermaid" and self.pictures and self.dialect.images and self._drawn(token):
            return
        if language in {"mermaid", "plantuml", "dot", "graphviz"} - self.dialect.diagrams:
            self.report.tally("{n} {diagram is|diagrams are} shown as code")
        if self.dialect.fences and not self.dialect.fence_titles and fences.holds_more(token.info):
            self._simple(i, token, language)
        if self.dialect.fences or not token.map:
            return
        before = self.doc.tokens[i - 1].type if i else ""
        if before in {"bullet_list_close", "ordered_list_close", "footnote_reference_close"}:
            self.report.add("code right after a list kept its fence: indented, it would join the list")
            return
        content = token.content.rstrip("\n")
        self._code(self.doc.begin(token), self.doc.lines(*token.map)[1], content)

    def _simple(self, i: int, token: Token, language: str) -> None:
        """A fence that says its language only; a title stands above it, unless the paragraph there names it."""
        start, end = self.doc.begin(token), self.doc.lines(*(token.map or (0, 0)))[1]
        at = start + len(token.markup)
        self.edits.replace(at, at + len(self.doc.source[at:end].partition("\n")[0]), language)
        title = fences.title(token.info)
        if title and not (i > 1 and title in self.doc.tokens[i - 2].content):
            prefix = self.doc.prefix(start)
            self.edits.insert(
                start, f"{self._apart(start, end)[0]}{fences.heading(title)}\n{prefix.rstrip()}\n{prefix}"
            )

    def _drawn(self, token: Token) -> bool:
        """Shows a diagram as the picture that was drawn of it, if there is one."""
        from .diagram import alternative, diagram_name

        address = self.pictures.get(diagram_name(token.content))
        if address is None or not token.map:
            return False
        start, end = self.doc.begin(token), self.doc.lines(*token.map)[1]
        above, below = self._apart(start, end)
        self.edits.replace(start, end, f"{above}![{alternative(token.content)}]({address}){below}")
        self.report.tally("{n} {diagram is|diagrams are} shown as a picture")
        return True

    def _heading_open(self, i: int, token: Token) -> None:
        if int(token.tag[1]) <= self.dialect.headings or not token.map:
            return
        inline = self.doc.tokens[i + 1]
        start, end = self.doc.begin(token), self.doc.lines(*token.map)[1]
        if not inline.content:
            self.edits.replace(start, end, "")
            return
        for child in inline.children or ():
            if child.type in {"strong_open", "strong_close"}:
                self.edits.replace(*self._mark(inline, child), "")
        first, last = self.doc.span(inline, (0, len(inline.content)))
        above, below = self._apart(start, end)
        self.edits.replace(start, first, above + "**")
        self.edits.replace(last, end, "**" + below)
        self.report.tally("{n} {heading is|headings are} shown in bold")

    def _math_block(self, _i: int, token: Token) -> None:
        start, end = self.doc.begin(token), self.doc.lines(*(token.map or (0, 0)))[1]
        content = token.content.strip("\n")
        if self.dialect.math == "katex":
            prefix = self.doc.prefix(start)
            lines = [marks.own("{% katex %}"), *content.strip().split("\n"), marks.own("{% endkatex %}")]
            self.edits.replace(start, end, ("\n" + prefix).join(lines))
        elif self.dialect.math == "none":
            self.report.tally("{n} {formula is|formulas are} shown as code")
            self._code(start, end, content.strip(), "latex")

    # What stands in a paragraph

    def _inline(self, i: int, inline: Token) -> None:
        children = inline.children or []
        in_item = i > 1 and self.doc.tokens[i - 2].type == "list_item_open"
        if in_item and not self.dialect.task_lists and (match := _TASK.match(inline.content)):
            start = self.doc.at(inline, 0)
            self.edits.replace(start, start + 3, "☐" if match[1] == " " else "☑")
        in_link = False
        for n, child in enumerate(children):
            if child.type == "text":
                continue
            if child.type in {"link_open", "link_close"}:
                in_link = child.type == "link_open"
            if child.type == "softbreak" and self.dialect.breaks:
                if not _is_picture(children, n - 1):  # what stands below one, its caption as a rule, stays there
                    self._join(inline, child)
            elif child.type in {"s_open", "s_close"} and not self.dialect.strikethrough:
                self.edits.replace(*self._mark(inline, child), "")
                if child.type == "s_open":
                    self.report.tally("{n} struck-out {passage is|passages are} shown as plain text")
            elif child.type in {"math_inline", "math_inline_double"}:
                self._math(inline, child)
            elif child.type == "footnote_ref" and not self.dialect.footnotes:
                self.notes.refer(inline, child)
            elif child.type == "image":
                self._image(inline, child, in_link=in_link)
            elif child.type == "link_open" and marks.UNRESOLVED in str(child.attrs.get("href", "")):
                self._unlink(inline, child)

    def _mark(self, inline: Token, child: Token) -> tuple[int, int]:
        """Span of an emphasis mark, all of its characters."""
        start, end = child.meta["span"]
        if len(child.markup) > end - start:  # of `**` the parser keeps the character next to the text
            start, end = (start - 1, end) if child.nesting > 0 else (start, end + 1)
        return self.doc.span(inline, (start, end))

    def _join(self, inline: Token, child: Token) -> None:
        """Makes one line of two: with a space between, but not between Chinese or Japanese characters."""
        start, end = child.meta["span"]
        while inline.content[start - 1 : start] in {" ", "\t"}:
            start -= 1
        before, after = inline.content[start - 1 : start], inline.content[end : end + 1]
        if inline.content.endswith("%}", 0, start) or after == marks.OWN:
            return  # a Liquid tag of its own line
        joint = "" if _is_wide(before) and _is_wide(after) else " "
        self.edits.replace(self.doc.at(inline, start), self.doc.at(inline, end), joint)

    def _math(self, inline: Token, child: Token) -> None:
        if self.dialect.math == "katex":
            tag = marks.own("{% katex %}" if child.type == "math_inline_double" else "{% katex inline %}")
            text = f"{tag} {child.content.strip()} {marks.own('{% endkatex %}')}"
        elif self.dialect.math == "none":
            self.report.tally("{n} {formula is|formulas are} shown as code")
            ticks = "`" * (1 + max((len(m) for m in re.findall("`+", child.content)), default=0))
            text = f"{ticks}{child.content.strip()}{ticks}"
        else:
            return
        self.edits.replace(*self.doc.span(inline, child.meta["span"]), text)

    def _image(self, inline: Token, child: Token, *, in_link: bool) -> None:
        unknown = marks.UNRESOLVED in str(child.attrs.get("src", ""))
        if unknown:
            self.report.collect("images whose address only the site knows were left out: {items}", f"“{child.content}”")
        if not unknown and self.dialect.images:
            return
        start, end = self.doc.span(inline, child.meta["span"])
        alt = child.content or "image"
        if unknown or in_link:
            self.edits.replace(start, end, alt)
        else:
            label = self.doc.span(inline, (child.meta["span"][0] + 2, label_end(child)))
            self.edits.replace(start, label[0], "[")
            if not child.content:
                self.edits.insert(label[1], alt)
        if not unknown:
            self.report.tally("{n} {image is|images are} shown as a link")

    def _unlink(self, inline: Token, child: Token) -> None:
        start, end = child.meta["span"]
        last = label_end(child)
        self.report.collect(
            "links whose address only the site knows became text: {items}", f"“{inline.content[start + 1 : last]}”"
        )
        self.edits.replace(*self.doc.span(inline, (start, start + 1)), "")
        self.edits.replace(*self.doc.span(inline, (last, end)), "")

    def _definitions(self) -> None:
        for line, end, lines in self.doc.env.get("definitions", ()):
            start, stop = lines[0], self.doc.lines(line, end)[1]
            if marks.UNRESOLVED in self.doc.source[start:stop]:
                self.edits.replace(start, stop, "")


#: What is done to a block, by the type of its first token: `_fence` to a `fence`.
_BLOCKS: dict[str, Callable[[Lowering, int, Token], None]] = {
    name[1:]: method for name, method in vars(Lowering).items() if name.endswith(("_open", "_block", "_fence"))
}


def _is_picture(children: list[Token], n: int) -> bool:
    """Whether the line that ends with the child `n` is a picture and nothing else."""
    breaks = {"softbreak", "hardbreak"}
    return children[n].type == "image" and (not n or children[n - 1].type in breaks)


def _is_wide(char: str) -> bool:
    return any(first <= char <= last for first, last in _WIDE)
