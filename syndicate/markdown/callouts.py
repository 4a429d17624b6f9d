"""Callouts → quotes with a label in bold: Docusaurus' ``:::note``, GitHub's and Obsidian's ``> [!NOTE]``."""

from __future__ import annotations

import re

from . import embeds
from .dialect import Dialect
from .edits import Report
from .place import Places

#: Names under which callouts go, in shortcodes and marks, and what a reader is shown.
KINDS = {
    **dict.fromkeys(("note", "notice", "admonition", "callout", "hint", "alert", "aside", "message", "box"), "Note"),
    **dict.fromkeys(("info", "abstract", "summary", "tldr", "seealso", "information"), "Info"),
    **dict.fromkeys(("tip", "success", "check", "done", "protip"), "Tip"),
    **dict.fromkeys(("warning", "warn", "attention"), "Warning"),
    **dict.fromkeys(("caution", "danger", "error", "failure", "fail", "bug"), "Caution"),
    "important": "Important",
    "question": "Question",
    "faq": "Question",
    "help": "Question",
    "example": "Example",
    "quote": "Quote",
    "cite": "Quote",
    "todo": "To do",
    "details": "Details",
}
#: Names that are callouts only with a title; alone they may be anything.
_TITLED = {"cite", "details", "summary", "check", "done", "help"}
_DEEPEST = 10
_GENERIC = {"notice", "admonition", "callout", "hint", "alert", "message", "box", "note"}
_COLONS = re.compile(
    r"^(?P<lead>[ \t>]*)(?P<colons>:{3,})[ \t]*(?P<name>[A-Za-z][\w-]*)?"
    r"(?:\[(?P<bracket>[^\]\n]*)\]|[ \t]+(?P<title>[^\n{]*?))?[ \t]*(?:\{[^}\n]*\})?[ \t]*$",
    re.MULTILINE,
)
_ALERT = re.compile(r"\[!([A-Za-z][\w-]*)(?:\|[^\]\n]*)?\][-+]?(?=\s|$)[ \t]*([^\n]*)")
_LEAF = re.compile(
    r"^[ \t]*(::(?P<name>[a-zA-Z][\w-]*)(?:\[(?P<text>[^\]\n]*)\])?(?P<args>\{[^}\n]*\})?)[ \t]*$", re.MULTILINE
)
_ARGUMENT = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s}]+))|#([\w-]+)")
#: Containers that only place what they hold.
_LAYOUT = frozenset(
    "code-group tabs tab-group steps columns column grid card-grid cards center left right v-pre raw div".split()  # noqa: SIM905
)


def label(name: str, title: str, kind: str) -> str:
    """What a callout begins with; empty if `name` is none. `kind` refines names such as "admonition"."""
    name, kind = name.lower(), kind.lower()
    if name not in KINDS or (name in _TITLED and not title):
        return ""
    return title.strip() or (KINDS.get(kind, KINDS[name]) if name in _GENERIC else KINDS[name])


def fenced(places: Places, report: Report) -> None:
    """Turns ``:::name title`` … ``:::`` into quotes."""
    opened: list[tuple[re.Match[str], str]] = []
    for match in _COLONS.finditer(places.doc.source):
        start, end = match.start("colons"), match.end()
        if places.doc.in_code(start, start + len(match["colons"])):
            continue
        if match["name"]:
            if len(opened) == _DEEPEST:
                continue
            opened.append((match, match["colons"]))
            continue
        closes = next((i for i in range(len(opened) - 1, -1, -1) if len(opened[i][1]) <= len(match["colons"])), None)
        if closes is None or match["bracket"] or match["title"]:
            continue
        begin = opened[closes][0]
        del opened[closes:]
        name, title = begin["name"], (begin["bracket"] or begin["title"] or "").strip()
        if name.lower() in _LAYOUT and not title:
            places.drop(begin.start("colons"), begin.end())
            places.drop(start, end)
            continue
        text = label(name, title, "") or (title or "Details" if name == "details" else "")
        if not text:
            report.collect("containers (`:::`) are shown as quotes: {items}", f"`{name}`")
        places.quote((begin.start("colons"), begin.end()), (start, end), text or f"{name} {title}".strip())
    for match, _ in opened:
        report.collect("containers without an end stay as they are: {items}", f"`:::{match['name']}`")


def leaves(places: Places, dialect: Dialect, report: Report) -> None:
    """Turns ``::youtube{#id}`` into an embed; of other such lines the label is kept."""
    if "\n::" not in f"\n{places.doc.source}":
        return
    for match in _LEAF.finditer(places.doc.source):
        span = match.span(1)
        if places.doc.in_code(*span) or not (match["text"] or match["args"]):
            continue
        name = match["name"].lower()
        args = {m[1] or "id": m[2] or m[3] or m[4] or m[5] or "" for m in _ARGUMENT.finditer(match["args"] or "")}
        args["id"] = args.get("id") or args.get("repo", "")
        if (known := embeds.known(name)) and (url := embeds.address(known, [], args)):
            embeds.put(places, span, url, dialect, report)
            continue
        report.collect(
            "lines that only a site's own plugin reads were left out, but for their label: {all}", f"`{match[1]}`"
        )
        if match["text"]:
            places.replace(*span, match["text"])
        else:
            places.drop(*span)


def alerts(places: Places) -> None:
    """Turns the first line of ``> [!NOTE] title`` quotes into a label."""
    tokens, source = places.doc.tokens, places.doc.source
    for i, token in enumerate(tokens[:-2]):
        if token.type != "blockquote_open" or tokens[i + 1].type != "paragraph_open":
            continue
        start = places.doc.begin(tokens[i + 1])
        match = _ALERT.match(source, start)
        if not match:
            continue
        title = match[2].strip() or KINDS.get(match[1].lower(), match[1].capitalize().replace("-", " "))
        more = source[match.end() + 1 : match.end() + 400].split("\n", 1)[0].lstrip(" \t>")
        prefix = places.doc.prefix(start).rstrip()
        places.replace(start, match.end(), f"**{title}**" + (f"\n{prefix}" if more else ""))
