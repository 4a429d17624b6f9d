"""What markup a platform can show: data that an adapter declares and the pipeline reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What the platform's editor makes of Markdown. What is `False` is turned into the nearest readable thing.

    The defaults are CommonMark with nothing added. An adapter states what differs, with its source.
    """

    #: What the platform takes. `plain`: no markup at all, links written out.
    format: Literal["markdown", "html", "plain"] = "markdown"
    #: Pipe tables. Otherwise a table becomes aligned text in a code block.
    tables: bool = False
    #: `[^1]` footnotes. Otherwise they become numbered notes at the end.
    footnotes: bool = False
    #: `~~gone~~`. Otherwise the tildes are taken away and a warning says so.
    strikethrough: bool = False
    #: `- [ ]` task lists. Otherwise they become ballot boxes (☐ ☑).
    task_lists: bool = False
    #: Raw HTML tags that are shown; `None`: all. Others become Markdown or text.
    html: frozenset[str] | None = frozenset()
    #: Inline images. Otherwise an image becomes a link with its alternative text.
    images: bool = True
    #: ```` ``` ```` fences. Otherwise code is indented by four spaces.
    fences: bool = True
    #: Math: `katex` is DEV's Liquid block, `dollar` is `$…$` as written, `none` turns it into code.
    math: Literal["none", "dollar", "katex"] = "none"
    #: Embeds: `liquid` is DEV's `{% embed URL %}`, `percent` is Hashnode's `%[URL]`, `pasted` is
    #: a known page's address alone in its paragraph, `link` is a plain link.
    embeds: Literal["link", "liquid", "percent", "pasted"] = "link"
    #: `{% … %}` is run by the platform, so code and text that hold it must be protected.
    liquid: bool = False
    #: Deepest heading level that differs from bold text.
    headings: int = 6
    #: A line break in a paragraph's source is shown as a line break: hard-wrapped text must be joined.
    breaks: bool = False
    #: Anchors of headings (`#section`) exist under the same name. Otherwise such links are made absolute.
    anchors: bool = False
    #: What a fence says besides its language, such as a title, is read. Otherwise a title stands above the code.
    fence_titles: bool = False
    #: Languages of code that are drawn. Other diagrams are shown as code.
    diagrams: frozenset[str] = frozenset()
    #: Whose reading of Markdown counts: `redcarpet` differs in lists, tables and breaks.
    reader: Literal["commonmark", "redcarpet"] = "commonmark"
