"""Footnotes → numbered notes at the end, where the platform knows none."""

from __future__ import annotations

import re

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from .edits import Edits, Report
from .parse import Doc


class Notes:
    """The footnotes of one document. They are numbered in the order in which the text refers to them."""

    def __init__(self, doc: Doc, edits: Edits, report: Report) -> None:
        self.doc, self.edits, self.report = doc, edits, report
        self.numbers: dict[str, int] = {}

    def number(self, label: str) -> int:
        """That of the note with a label, which is referred to."""
        return self.numbers.setdefault(label, len(self.numbers) + 1)

    def refer(self, inline: Token, child: Token) -> None:
        """Puts a number in the place of a reference."""
        number = self.number(child.meta["label"])
        plain = normalizeReference(str(number)) not in self.doc.env.get("references", {})
        self.edits.replace(*self.doc.span(inline, child.meta["span"]), f"[{number}]" if plain else f"({number})")

    def moved(self) -> str:
        """The text with all its changes, the notes as a list at the end."""
        notes: dict[int, str] = {}
        taken: list[tuple[int, int]] = []
        for token in self.doc.tokens:
            if token.type != "footnote_reference_open" or not token.map:
                continue
            span = self.doc.begin(token), self.doc.lines(*token.map)[1]
            taken.append(span)
            if number := self.numbers.get(token.meta["label"]):
                notes[number] = self._note(number, self.edits.inside(*span))
            else:
                self.report.collect("footnotes that nothing refers to were left out: {items}", token.meta["label"])
        for start, end in taken:
            self.edits.replace(start, end, "")
        text = self.edits.apply()
        if notes:
            self.report.add("footnotes became numbered notes at the end")
            text = f"{text.rstrip()}\n\n---\n\n" + "\n".join(notes[n] for n in sorted(notes)) + "\n"
        return text

    @staticmethod
    def _note(number: int, definition: str) -> str:
        marker = f"{number}.".ljust(4)
        first, *more = definition.partition("]:")[2].strip().split("\n")
        lines = [re.sub(r"^(?: {4}|\t)", "", line) for line in more]
        return "\n".join([marker + first, *(" " * len(marker) + line if line.strip() else "" for line in lines)])
