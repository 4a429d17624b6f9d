"""The first paragraph of a text: no more of the text is rendered than it takes to find it."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import Block, marks
from .dialect import Dialect
from .edits import Report
from .lower import Lowering
from .parse import Doc
from .pipeline import again, checked, neutral, without_html
from .plain import Plain
from .stages import Stages, stages

#: The marks of notes are not in it.
_PROSE = Dialect(tables=True, footnotes=True, fence_titles=True)
#: With how many blocks it is looked for before the whole text is rendered.
_FEW = (10, 40)
_WIDE = r"[\u3040-\u9fff\uac00-\ud7af]"
_TLDR = re.compile(r"^tl;?dr\b[\s:：,;.–—-]*", re.IGNORECASE)
#: Lines about the page: when and by whom, captions, rows of links. They introduce nothing.
_ABOUT = re.compile(
    r"(?:(?:last|first|originally|previously) )?(?:published|posted|updated|modified|edited)\b(?= (?:on|at|by)\b|:)(?=.*\d{4})[^.!?]{0,90}|"
    r"by [A-Z][\w.’'-]+ [A-Z][\w.’'-]+(?:[,|·•–—-]| on\b)[^.!?]{0,60}|"
    r"(?:\w+day,? )?(?:\d{1,2} )?[A-Z][a-z]+ (?:\d{1,2},? )?\d{4}(?:\s*[|·•–—-][^.!?]{0,60})?|"
    r"(?:authors?|date|tags?|categor(?:y|ies)|reading time|last (?:updated|modified))\s*[:：][^.!?]{0,80}|"
    r"(?:est\w* )?(?:reading time\W+)?\d+[ -]min(?:ute)?s?\b(?: read)?[^.!?]{0,40}|"
    r"(?:figure|fig\.?|listing|图|図)\s*\d+\s*[:：.–—-].{0,200}|"
    r"(?:photo|image|picture|screenshot|illustration|source|credits?)(?: credits?)?(?: by\b| from\b| courtesy\b|\s*[:：]).{0,120}|"
    r"[^\s.!?。|·•][^.!?。|·•]{0,23}(?:[|·•] [^\s.!?。|·•][^.!?。|·•]{0,23})++|"
    r"(?:发布|发表|发布时间|更新时间|作者|日期)(?:于|\s*[:：]).{0,40}",
    re.IGNORECASE,
)
#: Notes before a text, and what leads to its contents: better than nothing.
_ASIDE = re.compile(
    r"(?:(?:final |latest )?updated?|edit(?:ed)?|(?:editor|author|translator)['’]?s?['’]? note|note|nb|disclaimer|disclosure|correction|"
    r"spoiler(?: alert)?|heads[- ]up|(?:最后)?更新|注|注意|声明|译者注|译注|編集部注|追記)(?: ?[(\[（][^)\]）]*[)\]）]| \d[\d./-]*)?\s*[:：].*|"
    r"(?:originally|first|previously) (?:published|posted|appeared)\b.*|(?:cross|re)-?posted (?:from|on|at|with)\b.*|guest post by\b.*|"
    r"this (?:blog )?(?:post|article|piece|story|tutorial)? ?(?:is|was|has been|also|first|originally)\b.{0,30}"
    r"\b(?:published|posted|appeared|guest post|cross-?post\w*|translated|translation|part (?:\d+|\w+) (?:of|in)|updated (?:on|in))\b.*|"
    r"本文(?:首发|最初|原载|转载|译自|翻译自).*|この記事は.{0,40}(?:転載|翻訳|日目).*|"
    r"(?:in this|the following|here(?:['’]s| is| are)|table of contents|contents|topics|agenda|outline)\b[^.!?]*[:：]",
    re.IGNORECASE | re.DOTALL,
)


def prose(body: str) -> str:
    """See `syndicate.markdown.first_paragraph`."""
    done, first, aside = stages(body), "", ""
    doc = neutral(done, _PROSE, None, None, Report())
    for most in (*_FEW, None):
        part = doc if most is None else done(_beginning(most), doc, _PROSE, Report(), most)
        blocks = _blocks(done, part)
        for block in blocks if part is doc else blocks[:-1]:  # more may belong to the last one
            text = _TLDR.sub("", " ".join(marks.restore(block.text).split()))
            if block.kind == "paragraph" and not re.fullmatch(r"\S+://\S+|[\W_]*", text):
                if _ABOUT.fullmatch(text):
                    continue
                # A greeting, or the name of a tab, is no paragraph.
                if len(text.split()) <= 3 and len(re.findall(_WIDE, text)) <= 8:
                    first = first or text
                elif _ASIDE.fullmatch(text):
                    aside = aside or text
                else:
                    return _ended(text)
        if part is doc:
            break
    return _ended(aside or first)


def _ended(paragraph: str) -> str:
    """A paragraph without the sentence that leads to a list, if it has others; else the list is an ellipsis."""
    if not paragraph.endswith((":", "：")):
        return paragraph
    before = re.match(r"(.{40,}(?:[.!?][\"'”’)]*(?= )|[。！？]))", paragraph)
    return before[1] if before else paragraph[:-1].rstrip() + "…"


def _beginning(most: int) -> Callable[[Doc, Dialect, Report], str]:
    """A stage: that many of the outermost blocks, and the definitions of links that follow; all where there are notes."""

    def beginning(doc: Doc, _: Dialect, __: Report) -> str:
        starts = [token.map[0] for token in doc.tokens if token.map and not token.level and token.nesting >= 0]
        if len(starts) <= most or "[^" in doc.source or doc.too_deep:
            return doc.source
        end = doc.starts[starts[most]]
        found = [(lines[0], doc.lines(first, last)[1]) for first, last, lines in doc.env.get("definitions", ())]
        definitions = [doc.source[start:stop] for start, stop in found if start >= end]
        return "\n".join([doc.source[:end].rstrip("\n"), "", *definitions, ""])

    return beginning


def _blocks(done: Stages, doc: Doc) -> list[Block]:
    report = Report()
    doc = without_html(done, doc, _PROSE, report)
    text = checked(doc, Lowering(doc, _PROSE, None, report).lowered(), report)
    return Plain(again(doc, text), report).blocks
