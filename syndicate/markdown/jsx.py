"""JSX in Markdown (MDX): imports and exports go; what a tag is called with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .edits import Report
from .place import Places

_ESM = re.compile(
    r"import\s+(?:type\s+)?(?:[\w*${}\s,]+?\s+from\s+)?['\"][^'\"\n]+['\"]"
    r"|export\s+(?:default\s+[\w({\[]|(?:const|let|var)\s+[\w{\[]+[^=\n]*=|(?:async\s+)?function\s*\w*\s*\(|class\s+\w+|\{|\*)"
)
_FILE = re.compile(r"import\s+(\w+)\s+from\s+['\"]([^'\"\n]+\.(?:png|jpe?g|gif|webp|avif|svg|mp4|webm))['\"]")
_TEXT = re.compile(
    r"export\s+(?:const|let|var)\s+(\w+)\s*(?::\s*string\s*)?=\s*(?:\"([^\"\n]*)\"|'([^'\n]*)');?[ \t]*$"
)
_STRING = re.compile(r"\"([^\"\n]+)\"|'([^'\n]+)'|`([^`$]+)`")
_ATTRIBUTE = re.compile(r"\s+([\w:.-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|\{))?")
_EXPRESSION = re.compile(r"(?<![\w\\^_$#{])\{(?![:#%/{])([^{}\n]*)\}(?!\})")
#: Attributes whose value is an address: the one string in an expression is it.
_ADDRESSES = frozenset({"src", "href", "poster", "sources", "srclight", "image", "img", "to", "url", "light"})
_HTML = {"className": "class", "htmlFor": "for"}


def esm(places: Places, taken: list[tuple[int, int]], report: Report) -> dict[str, str]:
    """Takes away top-level ``import`` and ``export`` statements; `taken` gets their spans.

    Gives the names that they give to files and texts.
    """
    source, names = places.doc.source, dict[str, str]()
    for token in places.doc.tokens if "import" in source or "export" in source else ():
        if token.level or token.type != "paragraph_open" or not token.map:
            continue
        line, end = token.map
        while line < end:
            start = places.doc.starts[line]
            if not _ESM.match(source, start):
                break
            line = _statement_end(places, line)
            said = source[start : places.doc.lines(line - 1, line)[1]]
            if match := _FILE.match(said) or _TEXT.match(said):
                names[match[1]] = match[2] or match[match.lastindex or 1]
            places.drop(start, start + len(said))
            taken.append((start, start + len(said)))
    if taken:
        report.add("MDX imports and exports were removed")
    return names


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


def expressions(places: Places, names: Mapping[str, str], taken: list[tuple[int, int]], report: Report) -> None:
    """Texts in braces, between tags: what is plain to see takes their place, all else is named."""
    doc = places.doc
    for match in _EXPRESSION.finditer(doc.source):
        start, end = match.span()
        if doc.in_code(start, end) or any(first <= start < last for first, last in taken):
            continue
        inner = match[1].strip()
        if text := _STRING.fullmatch(inner):
            places.replace(start, end, text[text.lastindex or 1])
        elif inner in {'" "', "' '"}:
            places.replace(start, end, " ")
        elif inner in names:
            places.replace(start, end, names[inner])
        elif re.match(r"[\w.]", inner) and doc.source[start - 1 : start] != "}":  # such as \\frac{a}{b}
            report.collect("MDX expressions were kept as text: {items}", f"`{match[0]}`")


def tag_end(source: str, at: int) -> int | None:
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


def _attributes(raw: str, name: str, names: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Names of a tag's attributes and their texts; of an expression the text that it is, `None` if it is another thing."""
    at = len(name) + 1
    while match := _ATTRIBUTE.match(raw, at):
        at, key, value = match.end(), match[1], match[2]
        if value != "{":
            yield key, value[1:-1] if value else ""
            continue
        depth = 1
        while depth and at < len(raw):
            depth += (raw[at] == "{") - (raw[at] == "}")
            at += 1
        inner = raw[match.end() : at - 1].strip()
        one = inner[1:-1].strip() if inner[:1] == "[" else inner  # a list of one string
        string = _STRING.fullmatch(one) or (_STRING.search(inner) if key.lower() in _ADDRESSES else None)
        if string:
            yield key, string[string.lastindex or 1]
        elif inner.removesuffix(".src") in names:
            yield key, names[inner.removesuffix(".src")]
        else:
            yield key, inner if re.fullmatch(r"-?[\d.]+", inner) else None


def arguments(raw: str, name: str, names: Mapping[str, str]) -> dict[str, str]:
    """What a component is called with, as far as it is text; keys in lower case."""
    return {key.lower(): " ".join(value.split()) for key, value in _attributes(raw, name, names) if value}


def html(raw: str, name: str, names: Mapping[str, str]) -> str:
    """A plain tag with the attributes that HTML has."""
    kept = ""
    for key, value in _attributes(raw, name, names):
        if value is not None:
            quote = "'" if '"' in value else '"'
            kept += f" {_HTML.get(key, key)}" + (f"={quote}{value}{quote}" if value else "")
    return f"<{name}{kept}" + (" />" if raw.endswith("/>") else ">")
