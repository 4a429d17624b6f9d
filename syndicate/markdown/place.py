"""Puts something else in the place of a span so that the blocks around it stay what they are."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from .edits import Edits
from .parse import Doc, Span

#: Quotes nested deeper than this are written on.
_DEEPEST = 10


def within(prefix: str, text: str) -> str:
    """`text` with its further lines inside the list or quote that `prefix` stands for."""
    first, *rest = text.split("\n")
    return "\n".join([first, *((prefix + line) if line else prefix.rstrip() for line in rest)])


class Places:
    """Edits of one document that mind the lines and the quote or list which a span stands in."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.edits: Edits = doc.edits()
        self._quotes: list[tuple[Span, Span, str, str]] = []

    def replace(self, start: int, end: int, text: str) -> None:
        self.edits.replace(start, end, text)

    def _line(self, number: int) -> str:
        return self.doc.source[slice(*self.doc.lines(number, number + 1))]

    def blank(self, number: int) -> bool:
        return not 0 <= number < len(self.doc.starts) - 1 or not self._line(number).strip(" \t>")

    def alone(self, start: int, end: int) -> bool:
        """Whether nothing but indentation and quote marks shares the span's lines."""
        source, line_end = self.doc.source, self.doc.source.find("\n", end)
        before = source[self.doc.starts[self.doc.line_of(start)] : start]
        return not before.strip(" \t>") and not source[end : line_end if line_end >= 0 else len(source)].strip()

    def drop(self, start: int, end: int) -> None:
        """Takes the span away, with its line if nothing else stands on it and no paragraphs would join."""
        source, starts = self.doc.source, self.doc.starts
        first, last = self.doc.line_of(start), self.doc.line_of(max(start, end - 1))
        if not self.alone(start, end):
            if source[end : end + 1] in {"\n", ""}:
                while start > starts[first] and source[start - 1] in " \t":
                    start -= 1
            elif source[start - 1 : start] == " " and source[end] == " ":
                end += 1
            self.replace(start, end, "")
        elif self.blank(first - 1) or self._in_html(first):
            self.replace(starts[first], min(starts[last + 1], len(source)), "")
        else:
            self.replace(start, end, "")

    def _in_html(self, number: int) -> bool:
        """Whether the line is one of a block of HTML, which an empty line would end."""
        before = bisect_left(self._html, (number, 0)) - 1
        return before >= 0 and number < self._html[before][1]

    @cached_property
    def _html(self) -> list[Span]:
        """The lines of each block of HTML, in order."""
        return [(token.map[0], token.map[1]) for token in self.doc.tokens if token.type == "html_block" and token.map]

    def block(self, start: int, end: int, text: str) -> None:
        """Puts `text` there as a block of its own if the span stands alone, else in the middle of its line."""
        if self.alone(start, end):
            prefix = self.doc.prefix(start)
            text = within(prefix, text)
            if not self.blank(self.doc.line_of(start) - 1):
                text = f"\n{prefix}{text}"
            if not self.blank(self.doc.line_of(max(start, end - 1)) + 1):
                text = f"{text}\n{prefix.rstrip()}"
        self.replace(start, end, text)

    def quote(self, opening: Span, closing: Span, label: str, last_line: str = "") -> None:
        """Turns what stands between two marks into a quote that begins with `label` in bold, if there is one."""
        first, last = self.doc.line_of(max(opening[0], opening[1] - 1)), self.doc.line_of(closing[0])
        if self.alone(*opening) and self.alone(*closing) and first < last:
            self._quotes.append((opening, closing, label, last_line))
        else:
            self._flat(opening, closing, label, last_line)

    def _flat(self, opening: Span, closing: Span, label: str, last_line: str) -> None:
        colon = "" if label.endswith(("?", "!", ":", ".", "…")) else ":"
        self.replace(*opening, f"**{label}{colon}** " if label else "")
        self.replace(*closing, f" {last_line}" if last_line else "")

    def result(self) -> str:
        """The source with all of it done."""
        around: list[tuple[Span, Span]] = []
        for opening, closing, label, last_line in sorted(self._quotes):
            while around and around[-1][1][1] < closing[1]:
                around.pop()
            if len(around) < _DEEPEST:
                self._quote(opening, closing, label, last_line, [len(self._prefix(o)) for o, _ in around])
            else:
                self._flat(opening, closing, label, last_line)
            around.append((opening, closing))
        self._quotes.clear()
        return self.edits.apply()

    def _prefix(self, opening: Span) -> str:
        return self.doc.source[self.doc.starts[self.doc.line_of(opening[0])] : opening[0]]

    def _quote(self, opening: Span, closing: Span, label: str, last_line: str, outer: list[int]) -> None:
        """`outer`: lengths of what stands before the marks of the quotes around this one."""
        prefix = self._prefix(opening)
        new_line = "\n" + prefix  # the begin of a line that is not in the source, within the quotes around this one
        for at in sorted(outer, reverse=True):
            new_line = f"{new_line[: at + 1]}> {new_line[at + 1 :]}"
        first, last = self.doc.line_of(max(opening[0], opening[1] - 1)), self.doc.line_of(closing[0])
        begin = next((n for n in range(first + 1, last) if not self.blank(n)), last)
        end = next((n for n in range(last - 1, begin - 1, -1) if not self.blank(n)), begin - 1) + 1
        above = "" if self.blank(self.doc.line_of(opening[0]) - 1) else new_line
        between = f"{new_line}>\n" if begin < end else "\n"
        if label:
            self.replace(opening[0], self.doc.starts[begin], f"{above}> **{label}**{between}")
        else:
            blank = f"{above[1:].rstrip()}\n" if above else ""
            self.replace(self.doc.starts[self.doc.line_of(opening[0])], self.doc.starts[begin], blank)
        if last_line:
            end = last
            self.replace(*closing, f">{new_line}> {last_line}")
        for number in range(begin, end):
            start, line = self.doc.starts[number], self._line(number)
            mark = "> " if line.strip() else ">"
            if line.startswith(prefix):
                self.edits.insert(start + len(prefix), mark)
            else:
                self.edits.insert(start, prefix.rstrip() + mark)
        if last_line:
            return
        if not outer and self.blank(last + 1):
            self.replace(self.doc.starts[last], min(self.doc.starts[last + 1], len(self.doc.source)), "")
        else:
            self.replace(*closing, "")
