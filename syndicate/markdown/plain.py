"""A parsed document as plain text, block by block."""

from __future__ import annotations

import re
from typing import Literal

from markdown_it.token import Token

from . import Block, tables
from .edits import Report
from .parse import Doc

Kind = Literal["heading", "paragraph", "list", "quote", "code", "image", "rule"]
#: Chinese and Japanese have no blanks between words, so a line's end in a paragraph is none.
_NO_BLANK = (
    r"(?<=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60])\r(?=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60])|"
    r"(?<=[\u3001-\u3011\uff01-\uff0f\uff1a\uff1b\uff1f])\r|\r(?=[\u3001-\u3011\uff01-\uff0f\uff1a\uff1b\uff1f])"
)


class Plain:
    """The text of a document without any markup. `blocks` are in order."""

    def __init__(self, doc: Doc, report: Report) -> None:
        self.doc, self.report = doc, report
        self.blocks: list[Block] = []
        self.tokens = doc.tokens
        self.links = 0
        at = 0
        while at < len(self.tokens):
            at = self._block(at)
        if self.links:
            one = self.links == 1
            report.add(f"{self.links} link{'' if one else 's'} lost {'its address' if one else 'their addresses'}")

    def _add(self, kind: Kind, text: str) -> None:
        if text.strip():
            self.blocks.append(Block(kind, text.strip("\n")))

    def _picture(self, child: Token) -> None:
        self.report.tally("{n} {image is|images are} named, not shown")
        alt = " ".join(tables.visible(child.children or []).split())
        said = f"[image: {alt}]" if alt else "[image]"
        self.blocks.append(Block("image", said, str(child.attrs.get("src", "")), alt))

    def _end(self, at: int) -> int:
        """Index behind the token that closes what `tokens[at]` opens."""
        level = self.tokens[at].level
        for i in range(at + 1, len(self.tokens)):
            if self.tokens[i].level == level and self.tokens[i].nesting < 0:
                return i + 1
        return len(self.tokens)

    def _block(self, at: int) -> int:
        token = self.tokens[at]
        if token.type in {"paragraph_open", "heading_open"}:
            self._paragraph(self.tokens[at + 1], "heading" if token.type[0] == "h" else "paragraph")
        elif token.type in {"fence", "code_block", "math_block"}:
            self._add("code", token.content)
        elif token.type == "hr":
            self._add("rule", "———")
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            self._list(at)
        elif token.type == "blockquote_open":
            self._prefixed("quote", self._inner(at), "> ", "> ", loose=True)
        elif token.type == "table_open":
            rows = [" | ".join(tables.cell_text(c) for c in row) for row in tables.rows(self.tokens, at)]
            self._add("list", "\n".join(rows))
        return self._end(at) if token.nesting > 0 else at + 1

    def _paragraph(self, inline: Token, kind: Kind) -> None:
        """A paragraph; the pictures in it are blocks of their own, before it or behind it."""
        children = inline.children or []
        pictures = [c for c in children if c.type == "image"]
        first = next((c for c in children if c.type not in {"link_open", "text"} or c.content.strip()), None)
        ahead = first is not None and first.type == "image"
        text = self._text([c for c in children if c.type != "image"]) if pictures else self._text(children)
        if not ahead:
            self._add(kind, text)
        for picture in pictures:
            self._picture(picture)
        if ahead:
            self._add(kind, text)

    def _text(self, children: list[Token]) -> str:
        out: list[str] = []
        address, begin = "", 0
        for child in children:
            if child.type == "link_open":
                address, begin = str(child.attrs.get("href", "")), len(out)
            elif child.type == "link_close":
                shown = "".join(out[begin:]).strip()
                if address and shown not in {address, address.removeprefix("mailto:")}:
                    self.links += 1
                address = ""
            elif child.type == "softbreak":
                out.append("\r")
            elif child.type == "hardbreak":
                out.append("\n")
            elif child.type != "html_inline":
                out.append(child.content)
        text = "".join(out)
        if "\r" in text and not text.isascii():
            text = re.sub(_NO_BLANK, "", text)  # takes 2 ms to compile
        return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()

    def _list(self, at: int) -> None:
        """One block for the whole list, unless code or a picture in it needs one of its own."""
        opener, end = self.tokens[at], self._end(at) - 1
        number = int(opener.attrs.get("start", 1)) if opener.type == "ordered_list_open" else None
        at += 1
        first = True
        while at < end:
            marker = "• " if number is None else f"{number}. "
            inner = self._inner(at)
            if inner and inner[0].text.startswith(("☐ ", "☑ ")):
                marker = ""
            self._prefixed("list", inner, marker, " " * len(marker or "☐ "), joins=not first)
            number = None if number is None else number + 1
            at, first = self._end(at), False

    def _prefixed(
        self, kind: Kind, blocks: list[Block], first: str, rest: str, *, joins: bool = False, loose: bool = False
    ) -> None:
        """Adds the blocks of a list item or a quote, each line behind a mark; `joins` continues the block before."""
        prefix = first
        for block in blocks:
            if block.kind in {"code", "image"}:
                self.blocks.append(block)
                joins = False
                continue
            lines = []
            for line in block.text.split("\n"):
                lines.append((prefix + line).rstrip())
                prefix = rest
            text = "\n".join(lines)
            if joins and self.blocks and self.blocks[-1].kind == kind:
                text = self.blocks.pop().text + ("\n" + rest.rstrip() + "\n" if loose else "\n") + text
            self.blocks.append(Block(kind, text))
            joins = True

    def _inner(self, at: int) -> list[Block]:
        """The blocks inside the one that `tokens[at]` opens."""
        outer, self.blocks = self.blocks, []
        end = self._end(at) - 1
        at += 1
        while at < end:
            at = self._block(at)
        inner, self.blocks = self.blocks, outer
        return inner
