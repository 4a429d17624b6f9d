"""MDX → Markdown: imports and exports go, components leave what they enclose."""

from __future__ import annotations

import re

from .edits import Report
from .markup import KNOWN
from .place import Places

_ESM = re.compile(
    r"import\s+(?:type\s+)?(?:[\w*${}\s,]+?\s+from\s+)?['\"][^'\"\n]+['\"]"
    r"|export\s+(?:default\s+[\w({\[]|(?:const|let|var)\s+[\w{\[]+[^=\n]*=|(?:async\s+)?function\s*\w*\s*\(|class\s+\w+|\{|\*)"
)
_TAG = re.compile(r"</?([A-Za-z][\w.]*)(?=[\s/>])|<>|</>|\{/\*.*?\*/\}", re.DOTALL)
_STRING = re.compile(r"['\"`]([^'\"`]+)['\"`]")
_CODE = re.compile(r"\scode=\{`([^`]*)`\}")
_ATTRIBUTE = re.compile(r"\s+([\w:.-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|\{))?")


def esm(places: Places, report: Report) -> bool:
    """Takes away top-level ``import`` and ``export`` statements; says whether there were any."""
    source, found = places.doc.source, False
    for token in places.doc.tokens:
        if token.level or token.type != "paragraph_open" or not token.map:
            continue
        line, end = token.map
        while line < end:
            start = places.doc.starts[line]
            if not _ESM.match(source, start):
                break
            line = _statement_end(places, line)
            places.drop(start, places.doc.lines(line - 1, line)[1])
            found = True
    if found:
        report.add("MDX imports and exports were removed")
    return found


def _statement_end(places: Places, line: int) -> int:
    """The line after the statement that begins on `line`: where its brackets are balanced again."""
    depth = 0
    for number in range(line, min(line + 200, len(places.doc.starts) - 1)):
        text = places.doc.source[slice(*places.doc.lines(number, number + 1))]
        bare = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "''", text).partition("//")[0]
        depth += sum((c in "([{") - (c in ")]}") for c in bare)
        if depth <= 0 and not bare.rstrip().endswith(("=", "=>", ",", "from", "import")):
            return number + 1
    return line + 1


def components(places: Places, report: Report, *, mdx: bool) -> None:
    """Takes away component tags and JSX comments; makes JSX attributes of plain tags HTML's."""
    doc = places.doc
    # A comment may hold code; the name of a tag may not.
    tags = [m for m in _TAG.finditer(doc.source) if not doc.in_code(m.start(), m.start() + 1)]
    closed = {m[1] for m in tags if m[1] and m[0].startswith("</")}
    skip = endless = 0
    for match in tags:
        start, name = match.start(), match[1]
        if start < skip:
            continue
        if match[0].startswith("{"):
            places.drop(start, match.end())
        elif not name:
            if mdx:
                places.drop(start, match.end())
        elif endless > 100:
            return  # not JSX, whatever it is
        elif not (end := _tag_end(doc.source, match.end())):
            endless += 1
        else:
            raw = doc.source[start:end]
            if name.isupper() and name.lower() in KNOWN:
                continue  # HTML in capitals
            if name[0].isupper():
                if name in closed or raw.endswith("/>") or "=" in raw:
                    _component(places, report, name, start, end, raw)
                    skip = end
            elif "={" in raw:
                places.replace(start, end, _html(raw, name))
                skip = end


def _component(places: Places, report: Report, name: str, start: int, end: int, raw: str) -> None:
    if name in {"Code", "CodeBlock"} and (code := _CODE.search(raw)) and places.alone(start, end):
        language = re.search(r"\slang(?:uage)?=[\"']([\w+-]+)[\"']", raw)
        ticks = "`" * max(3, 1 + max((len(m) for m in re.findall("`+", code[1])), default=0))
        places.block(start, end, f"{ticks}{language[1] if language else ''}\n{code[1].strip()}\n{ticks}")
        return
    if raw.endswith("/>"):
        report.collect("components that enclose nothing were left out: {items}", f"`<{name} />`")
    elif not raw.startswith("</"):
        report.collect("components were removed, what they enclose was kept: {items}", f"`<{name}>`")
    heading = re.search(r"\slabel=[\"']([^\"'\n]+)[\"']", raw)
    if not heading and name in {"Tab", "TabItem"}:
        heading = re.search(r"\svalue=[\"']([^\"'\n]+)[\"']", raw)
    if heading and places.alone(start, end):  # a tab: without its name nobody knows what is in it
        places.block(start, end, f"**{heading[1]}**")
    else:
        places.drop(start, end)


def _tag_end(source: str, at: int) -> int | None:
    """Behind the ``>`` that ends the tag; braces and quotes may hold others."""
    depth, quote = 0, ""
    for i in range(at, min(len(source), at + 5000)):
        c = source[i]
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'`" and (depth or source[i - 1] == "="):
            quote = c
        elif c in "{}":
            depth += 1 if c == "{" else -1
        elif c == ">" and depth <= 0:
            return i + 1
        elif c == "<" and depth <= 0:
            return None
    return None


def _html(raw: str, name: str) -> str:
    """The tag with the attributes that HTML has; of an expression the one string in it, if it is a path."""
    kept = ""
    at = len(name) + 1
    while match := _ATTRIBUTE.match(raw, at):
        at, value = match.end(), match[2]
        if value == "{":
            depth = 1
            while depth and at < len(raw):
                depth += (raw[at] == "{") - (raw[at] == "}")
                at += 1
            string = _STRING.search(raw, match.end(), at)
            value = f'"{string[1]}"' if string and match[1] in {"src", "href", "alt", "title"} else None
            if not value:
                continue
        kept += f" {match[1]}" + (f"={value}" if value else "")
    return f"<{name}{kept}" + (" />" if raw.endswith("/>") else ">")
