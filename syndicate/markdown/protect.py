"""Text that looks like Liquid, kept from being run where the platform runs Liquid (DEV).

Forem protects code itself: before it parses Liquid it puts ``{% raw %}`` around whatever this expression finds, and
turns ``{% raw %}`` and ``{% endraw %}`` inside it into something harmless (forem
app/services/markdown_processor/parser.rb, escape_liquid_tags_in_codeblock). A second ``{% raw %}`` around code would
end at the first ``{% endraw %}``, and the one left over makes the whole article an error message. So code is written
such that the expression finds exactly it, and only text outside code is put between raw tags here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from . import marks
from .edits import Report
from .links import label_end
from .parse import Doc
from .place import Places, within

#: What that expression finds, without the white space before it.
_FOREM = re.compile(r"~{3}.*?~{3}|`{3}.*?`{3}|`{2}.+?`{2}|`.+?`", re.DOTALL)
_LIQUID = re.compile(r"\{%|\{\{")
_EXPRESSION = re.compile(r"\{%(?:(?!\{[{%])[^\n])*?%\}|\{\{(?:(?!\{[{%])[^\n])*?\}\}|\{%|\{\{")
#: Fences of which that expression may take a part for the whole.
_FENCES = re.compile(r"```(?:`|(?<=[^\s>]```))|~~~")
_ENDRAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_MARKED = re.compile(f"{marks.LITERAL}{marks.LITERAL}[^\n]*?}}}}|{marks.LITERAL}%[^\n]*?%}}|{marks.LITERAL}+%?")


def protect(text: str, report: Report, like: Doc | None = None) -> str:
    """`text` such that Forem shows what it says. Own tags (`marks.OWN`) are left to be run. `like`: see `Doc`."""
    tags = "{%" in text or "{{" in text or marks.OWN in text or marks.LITERAL in text
    if not tags and not _FENCES.search(text) and not _odd_line(text):
        return text
    doc = Doc(text, like)
    places = Places(doc)
    for token in doc.tokens:
        if token.type in {"fence", "code_block"} and token.map:
            _code_block(
                places, token.type, token.content, token.markup, token.info, token.map, doc.begin(token), report
            )
    ticks = [match for match in re.finditer("`+", text) if not doc.in_code(*match.span())]
    if ticks:
        labels = list(_labels(doc))
        ticks = [match for match in ticks if not any(start <= match.start() < end for start, end in labels)]
    if not tags and not places.edits and text.count("`") == len(ticks) < 2:
        return text
    for match in ticks:  # a lone backtick would pair with the next one, be it that of a fence
        escaped = match.start() and text[match.start() - 1] == "\\"
        places.replace(match.start() - bool(escaped), match.end(), "&#96;" * len(match[0]))
    for match in (*_EXPRESSION.finditer(text), *_MARKED.finditer(text)):
        if not doc.in_code(*match.span()):
            in_address = re.search(
                r"\]\(<?[^\s()]*$|\]:\s*\S*$|=\s*[\"'][^\"'<>]*$", text[max(0, match.start() - 300) : match.start()]
            )
            shown = marks.restore(match[0])
            safe = shown.replace("{", "%7B").replace("}", "%7D") if in_address else "{% raw %}" + shown + "{% endraw %}"
            places.replace(*match.span(), safe)
    result = places.edits.apply()
    _check(result, report, doc)
    return result


def _labels(doc: Doc) -> Iterator[tuple[int, int]]:
    """Spans of the labels by which links find their definitions, with pairs of backticks: they are compared as written."""
    spans = [(lines[0], doc.source.find("]:", lines[0])) for _, _, lines in doc.env.get("definitions", ())]
    spans += [
        doc.span(inline, (label_end(child), child.meta["span"][1]))
        for inline, _ in doc.inlines()
        for child in inline.children or ()
        if child.type in {"link_open", "image"} and child.info != "auto"
    ]
    for start, end in spans:
        label = doc.source[start:end]
        if "`" in label and not label.startswith("](") and "`" not in re.sub(r"(`+)[^`]+\1(?!`)", "", label):
            yield start, end


def _odd_line(text: str) -> bool:
    """Whether a backtick outside a fence may be without its partner."""
    lines = (line for line in text.split("\n") if "`" in line)
    return any(line.count("`") % 2 and not line.lstrip(" \t>").startswith("```") for line in lines)


def _code_block(
    places: Places, kind: str, content: str, markup: str, info: str, lines: list[int], start: int, report: Report
) -> None:
    """Writes a code block so that Forem finds all of it: three marks that do not occur in it."""
    indented = kind == "code_block"
    if (
        not _LIQUID.search(content)
        and (indented or "`" not in content + markup[3:])
        and "~~~" not in content + markup[3:]
    ):
        return
    safe = _ENDRAW.sub("{% endraw %}", content)
    if safe != content:
        report.add("code that ends Liquid's raw mode in another spelling is written as `{% endraw %}`")
    if not indented and len(markup) == 3 and markup not in content and safe == content:
        return
    mark = next((m for m in ("```", "~~~") if m not in content), None)
    if mark is None or (indented and not _LIQUID.search(content)):
        report.add("code that holds both kinds of fences may be cut in two by the platform: check the draft")
        return
    start, blanks = _unindented(places.doc, start, content) if indented else (start, "")
    prefix = places.doc.prefix(start) + blanks
    body = within(prefix, safe.rstrip("\n"))
    places.replace(start, places.doc.lines(*lines)[1], f"{blanks}{mark}{info}\n{prefix}{body}\n{prefix}{mark}")


def _unindented(doc: Doc, start: int, content: str) -> tuple[int, str]:
    """Where the line that `start` is on begins for the block which the indented code is in, and the blanks to put there.

    A tab reaches to the next of the columns 4, 8, …, and may be the block's in part.
    """
    begin = doc.starts[doc.line_of(start)]
    wanted = len(doc.source[begin:start].expandtabs(4)) - 4 - len(content) + len(content.lstrip(" "))
    while start > begin and doc.source[start - 1] in " \t" and len(doc.source[begin:start].expandtabs(4)) > wanted:
        start -= 1
    return start, " " * (wanted - len(doc.source[begin:start].expandtabs(4)))


def _check(result: str, report: Report, like: Doc) -> None:
    """What Forem will find must hold all code with Liquid, and none of the tags that are to be run."""
    found = [m.span() for m in _FOREM.finditer(result)]
    begins = [start for start, _ in found]

    def inside(at: int) -> bool:
        return at < found[bisect_right(begins, at) - 1][1] if begins and at >= begins[0] else False

    outside = [match.span() for match in _LIQUID.finditer(result) if not inside(match.start())]
    doc = Doc(result, like) if outside else like
    for span in outside:
        if doc.in_code(*span):
            report.add("the platform may run Liquid inside code instead of showing it: check the draft")
    for match in re.finditer(marks.OWN, result):
        if inside(match.start()):
            report.add("the platform may show an embed's tag instead of running it: check the draft")
