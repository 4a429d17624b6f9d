"""Puts something else in the place of a span so that the blocks around it stay what they are."""

from __future__ import annotations

from .edits import Edits
from .parse import Doc, Span


def within(prefix: str, text: str) -> str:
    """`text` with its further lines inside the list or quote that `prefix` stands for."""
    first, *rest = text.split("\n")
    return "\n".join([first, *((prefix + line) if line else prefix.rstrip() for line in rest)])


class Places:
    """Edits of one document that mind the lines and the quote or list which a span stands in."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.edits: Edits = doc.edits()
        self._quotes: list[tuple[Span, Span, str]] = []

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
        blocks = (token.map for token in self.doc.tokens if token.type == "html_block" and token.map)
        return any(first < number < end for first, end in blocks)

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

    def quote(self, opening: Span, closing: Span, label: str) -> None:
        """Turns what stands between two marks into a quote that begins with `label` in bold."""
        first, last = self.doc.line_of(max(opening[0], opening[1] - 1)), self.doc.line_of(closing[0])
        if self.alone(*opening) and self.alone(*closing) and first < last:
            self._quotes.append((opening, closing, label))
        else:
            self.replace(*opening, f"**{label}:** ")
            self.replace(*closing, "")

    def result(self) -> str:
        """The source with all of it done."""
        for opening, closing, label in sorted(self._quotes):
            self._quote(opening, closing, label)
        self._quotes.clear()
        return self.edits.apply()

    def _prefix(self, opening: Span) -> str:
        return self.doc.source[self.doc.starts[self.doc.line_of(opening[0])] : opening[0]]

    def _quote(self, opening: Span, closing: Span, label: str) -> None:
        prefix = self._prefix(opening)
        outer = [len(self._prefix(o)) for o, c, _ in self._quotes if o[0] < opening[0] and closing[1] <= c[0]]
        new_line = "\n" + prefix  # the begin of a line that is not in the source, within the quotes around this one
        for at in sorted(outer, reverse=True):
            new_line = f"{new_line[: at + 1]}> {new_line[at + 1 :]}"
        first, last = self.doc.line_of(max(opening[0], opening[1] - 1)), self.doc.line_of(closing[0])
        begin = next((n for n in range(first + 1, last) if not self.blank(n)), last)
        end = next((n for n in range(last - 1, begin - 1, -1) if not self.blank(n)), begin - 1) + 1
        above = "" if self.blank(self.doc.line_of(opening[0]) - 1) else new_line
        between = f"{new_line}>\n" if begin < end else "\n"
        self.replace(opening[0], self.doc.starts[begin], f"{above}> **{label}**{between}")
        for number in range(begin, end):
            start, line = self.doc.starts[number], self._line(number)
            mark = "> " if line.strip() else ">"
            if line.startswith(prefix):
                self.edits.insert(start + len(prefix), mark)
            else:
                self.edits.insert(start, prefix.rstrip() + mark)
        if not outer and self.blank(last + 1):
            self.replace(self.doc.starts[last], min(self.doc.starts[last + 1], len(self.doc.source)), "")
        else:
            self.replace(*closing, "")
