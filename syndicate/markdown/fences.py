"""What stands behind the marks of a fence: the language, and what a generator reads besides, such as a title."""

from __future__ import annotations

import re

#: What a fence with more than a language holds.
_MORE = re.compile(r"[\s,{:=]")
_LANGUAGE = re.compile(r"\{?[.=]?([^\W\d_][\w+#.-]*)")
_TITLE = re.compile(
    r"(?:^|[\s,{:])(?:title|filename|file|name|caption)=(?:\"([^\"]+)\"|'([^']+)'|([^\s,}\"'&%]+\.\w+)(?=[\s,}]|$))",
    re.IGNORECASE,
)
#: ``js:src/app.js``, as Qiita and Zenn write it.
_NAMED = re.compile(r"[\w+#-]+:([\w./-]*\.\w+)(?=\s|$)")


def language(info: str) -> str:
    """The language as every platform knows it: of `rust,no_run`, `js{1,3}` and `{.python .numberLines}` the first word."""
    found = _LANGUAGE.match(info.strip())
    return found[1].rstrip(".-") if found else ""


def holds_more(info: str) -> bool:
    """Whether there is anything besides the language that a reader of Markdown may stumble over."""
    return bool(_MORE.search(info.strip())) and bool(language(info) or re.match(r"\s*\{\d", info))


def title(info: str) -> str:
    """What a generator shows above the code; empty if it is nothing."""
    if found := _TITLE.search(info):
        return (found[1] or found[2] or found[3]).strip()
    named = _NAMED.match(info.strip())
    return named[1] if named else ""


def heading(text: str) -> str:
    """A title as a line of its own: a file's name as code, other words in bold."""
    if " " in text or "." not in text or "`" in text:
        return text if "**" in text else f"**{text}**"
    return f"`{text}`"
