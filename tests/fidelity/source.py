"""A post as its author wrote it, without what only a site generator reads. By lines and patterns, on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable

_FRONT_MATTER = re.compile(r"\s*(---|\+\+\+)[ \t]*\n.*?\n\1[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^([ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(`{3,}(?=[^`\n]*$)|~{3,})", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n[ \t>]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_KEPT = "\ue000{}\ue000"
#: Stands for what only the site knows; an address with it is compared with nothing.
UNKNOWN = "\ue001"

#: Words of a shortcode's that its readers see.
_SHOWN = re.compile(r"\b(?:alt|caption|title|summary)\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|'([^']*)'|`([^`]*)`)")
_ATTRIBUTES = r"(?:[^<>{}\"'`]|\"[^\"]*\"|'[^']*'|`[^`]*`|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|=>)*"

Put = Callable[[str], str]


class Kept:
    """What no rule may touch: a mark stands for it meanwhile."""

    def __init__(self) -> None:
        self.held: list[str] = []

    def __call__(self, text: str) -> str:
        self.held.append(text)
        return _KEPT.format(len(self.held) - 1)

    def back(self, text: str) -> str:
        while "\ue000" in text:
            text = re.sub("\ue000(\\d+)\ue000", lambda found: self.held[int(found[1])], text)
        return text


def body(text: str) -> str:
    """The text without front matter."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    match = _FRONT_MATTER.match(text)
    return text[match.end() :] if match else text


def neutral(text: str, *, mdx: bool = False) -> str:
    """The Markdown that is left when every tag of a generator is what its page would show."""
    kept = Kept()
    text = _without_code(text, kept)
    for rule in (_liquid, _hugo, _mdx if mdx or re.search(r"^import\s", text, re.MULTILINE) else None, _jsx, _marks):
        text = rule(text, kept) if rule else text
    return kept.back(text)


def quoted(text: str) -> tuple[str, ...]:
    """Template syntax that the author quotes, as the page shows it."""
    raw = re.findall(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", text, re.DOTALL)
    return (*raw, *("".join(found) for found in re.findall(r"(\{\{[<%])\s*/\*(.*?)\*/\s*([>%]\}\})", text)))


def named(text: str) -> dict[str, str]:
    """Names that the author gave to headings → what the headings say."""
    found = re.findall(r"^[ \t]*#{1,6}[ \t]+(.*?)[ \t]*\{\s*#([\w:.-]+)[^{}\n]*\}[ \t]*#*[ \t]*$", text, re.MULTILINE)
    return {name: re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", said) for said, name in found}


def _without_code(text: str, kept: Kept) -> str:
    """Fences, then spans in backticks, are kept."""
    out, at = "", 0
    while opening := _FENCE.search(text, at):
        mark = opening[2]
        closing = re.compile(rf"^[ \t>]*{mark[0]}{{{len(mark)},}}[ \t]*$", re.MULTILINE).search(text, opening.end())
        end = closing.end() if closing else len(text)
        out += _spans(text[at : opening.start()], kept) + opening[1] + kept(text[opening.end(1) : end])
        at = end
    return out + _spans(text[at:], kept)


def _spans(text: str, kept: Kept) -> str:
    return _SPAN.sub(lambda found: kept(found[0]), text)


def without_labels(text: str, back: Callable[[str], str] = str) -> str:
    """A post that includes files, which may define where its links by reference lead: no reader sees such a label."""
    if not re.search(r"\{%-?\s*include", text):
        return text
    defined = {" ".join(back(m).lower().split()) for m in re.findall(r"^ {0,3}\[([^\]\n]+)\]:", text, re.MULTILINE)}
    return re.sub(
        r"(?<![A-Za-z0-9_\]\\!])\[(?!\^)([^\[\]]{1,300})\]\[([^\[\]]{0,200})\](?![\[(:])",
        lambda m: m[0] if " ".join(back(m[2] or m[1]).lower().split()) in defined else m[1],
        text,
    )


def _liquid(text: str, put: Kept) -> str:
    text = without_labels(text, put.back)
    text = re.sub(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", lambda m: put(m[1]), text, flags=re.DOTALL)
    text = re.sub(
        r"\{%-?\s*highlight\s+(\S+).*?%\}\n?(.*?)\n?\{%-?\s*endhighlight\s*-?%\}",
        lambda m: put(f"```{m[1]}\n{put.back(m[2])}\n```"), text, flags=re.DOTALL,
    )  # fmt: skip
    text = re.sub(r"^[ \t]*(?:\{%(?:(?!\{%).)*?%\}[ \t]*)+$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\{%(?:(?!\{%).)*?%\}", UNKNOWN, text, flags=re.DOTALL)
    return re.sub(r"(?<![=$])\{\{(?![<%{])[^{}\n]*\}\}", UNKNOWN, text)


def _hugo(text: str, put: Kept) -> str:
    text = re.sub(r"\{\{([<%])\s*/\*(.*?)\*/\s*([>%])\}\}", lambda m: put(f"{{{{{m[1]}{m[2]}{m[3]}}}}}"), text)
    text = re.sub(
        r"\{\{[<%]\s*(?:highlight|mermaid)\s*(\S*?).*?[>%]\}\}\n?(.*?)\n?\{\{[<%]\s*/\s*(?:highlight|mermaid)\s*[>%]\}\}",
        lambda m: put(f"```{m[1]}\n{put.back(m[2])}\n```"), text, flags=re.DOTALL,
    )  # fmt: skip
    return re.sub(r"\{\{[<%](.*?)[>%]\}\}", _shown, text, flags=re.DOTALL)


def _shown(found: re.Match[str]) -> str:
    said = " ".join(dict.fromkeys("".join(one) for one in _SHOWN.findall(found[1])))
    return f" {said} " if said else UNKNOWN


def _mdx(text: str, put: Kept) -> str:
    text = re.sub(r"^(?:import\s[^;'\"]*?['\"][^'\"\n]+['\"];?[ \t]*)+$", "", text, flags=re.MULTILINE)
    text = re.sub(
        r"^export\s+(?:const|let|default|function|async)\b(?:(?!\n\n).)*", "", text, flags=re.MULTILINE | re.DOTALL
    )
    text = re.sub(r"\{/\*.*?\*/\}", "", text, flags=re.DOTALL)
    text = re.sub(
        r"^<Code\s[^<>]*?code=\{(\ue000\d+\ue000)\}[^<>]*/>[ \t]*$",
        lambda m: put(f"```\n{put.back(m[1]).strip('`').strip()}\n```"), text, flags=re.MULTILINE,
    )  # fmt: skip
    return re.sub(rf"</?(?:[A-Z][\w.]*(?=[\s/>]){_ATTRIBUTES})?>", "", text)


def _jsx(text: str, _put: Kept) -> str:
    """Attributes of plain tags: an expression is none of HTML's."""
    braces = r"\{(?:[^{}]|\{[^{}]*\})*\}"
    return re.sub(rf"(<[a-z]\w*\b[^<>{{}}]*?)\s[\w-]+={braces}", r"\1", text)


def _marks(text: str, _put: Kept) -> str:
    text = re.sub(r"\{:[^{}\n]*\}|\{::[^{}\n]*\}", "", text)
    text = re.sub(r"[ \t]*\{\s*#[\w:.-]+[^{}\n]*\}[ \t]*#*[ \t]*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^([ \t>]*):::+[ \t]*[\w-]*(?:\[([^\]\n]*)\])?([^\n{]*)(?:\{[^}\n]*\})?[ \t]*$",
                  lambda m: f"\n{m[1]}{m[2] or m[3] or ''}\n", text, flags=re.MULTILINE)  # fmt: skip
    text = re.sub(r"^([ \t]*(?:>[ \t]*)+)\[!\w+\][-+]?", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"!\[\[[^\[\]\n]+\]\]", "", text)
    text = re.sub(r"\[\[(?:[^\[\]\n|]+\|)?([^\[\]\n]+)\]\](?![\[(])", r"\1", text)
    text = re.sub(r"(!\[[^\]\n]*\]\([^\s()]+)\s+align=[\"']?\w+[\"']?\s*\)", r"\1)", text)
    return _markdown_in_html(text)


def _markdown_in_html(text: str) -> str:
    """`<div markdown="1">`: its text is Markdown, which takes empty lines around it."""
    attribute = r"\s+markdown\s*=\s*[\"']?(?:1|block|span)[\"']?"
    while opening := re.search(rf"<(\w+)((?:[^<>](?!markdown))*){attribute}([^<>]*)>", text):
        name = opening[1]
        closing = re.compile(rf"</{name}>").search(text, opening.end())
        end = closing.start() if closing else len(text)
        inner = re.sub(r"^[ \t]+", "", text[opening.end() : end], flags=re.MULTILINE)
        inner = re.sub(r"^(<(?:img|a|span)\b[^<>\n]*>)\n(?=[^\n<])", r"\1 ", inner, flags=re.MULTILINE)
        text = f"{text[: opening.start()]}<{name}{opening[2]}{opening[3]}>\n\n{inner}\n\n{text[end:]}"
    return text
