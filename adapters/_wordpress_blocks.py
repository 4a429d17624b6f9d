"""A post as WordPress's own blocks, so that it looks and can be edited there as if it had been written there.

Text outside blocks goes through `wpautop`, which makes line breaks of line ends and paragraphs of what is none. Each block
is what the block's `save` of WordPress 6.8 makes (gh:WordPress/gutenberg, packages/block-library); what it has no block
for is a block “Custom HTML”.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlsplit

from ._embeds import Embed, for_wordpress
from ._original import said_in
from ._site_html import Block

#: A shortcode's beginning: WordPress runs shortcodes in code, too.
_SHORTCODE = re.compile(r"(<[^>]*>)|\[(?=/?[A-Za-z])")


def as_blocks(blocks: Iterable[Block]) -> str:
    """The content of a post. What looks like a shortcode is text."""
    content = "\n\n".join(_one(block) for block in blocks)
    # WordPress's filter for authors takes `&amp;#39;` for `&#39;`.
    return _SHORTCODE.sub(lambda found: found[1] or "&#091;", content).replace("&amp;#", "&#038;#")


def _one(block: Block) -> str:
    html = block.html
    match block.kind:
        case "paragraph":
            return _wrapped("paragraph", html)
        case "heading":
            level = {"level": int(block.tag[1])} if block.tag != "h2" else {}
            return _wrapped("heading", _classed(html, block.tag, "wp-block-heading"), **level)
        case "code":
            language = re.search(r'<code class="(language-[\w.+#-]+)"', html)
            attributes = {"className": language[1]} if language else {}
            names = " ".join(["wp-block-code", *attributes.values()])
            return _wrapped("code", re.sub(r"^<pre><code[^>]*>", f'<pre class="{names}"><code>', html), **attributes)
        case "list" if block.simple:
            return _list(html)
        case "quote" if block.simple:
            inner = re.sub(r"<p>.*?</p>", lambda found: _wrapped("paragraph", found[0]), html, flags=re.DOTALL)
            return _wrapped("quote", _classed(inner, "blockquote", "wp-block-quote"))
        case "rule":
            return _wrapped("separator", '<hr class="wp-block-separator has-alpha-channel-opacity"/>')
        case "image":
            figure = _classed(html, "figure", "wp-block-image")
            return _wrapped("image", _classed(figure, "figcaption", "wp-element-caption").replace(" />", "/>"))
        case "embed" if block.embed:
            return _embed(block.embed)
        case "table":
            cells = re.sub(r' style="text-align:(\w+)"', r' class="has-text-align-\1" data-align="\1"', html)
            return _wrapped("table", f'<figure class="wp-block-table">{cells}</figure>', hasFixedLayout=False)
    return _wrapped("html", html)


def _list(html: str) -> str:
    """A list, and those within, of items that are one line each: paragraphs in them are that line."""
    html = re.sub(r"</?p>", "", html)
    html = re.sub(r"(?<=<li>)\n+|\n+(?=</li>)", "", html)
    html = html.replace("<li>", "<!-- wp:list-item -->\n<li>").replace("</li>", "</li>\n<!-- /wp:list-item -->")
    html = html.replace("<ul>", '<!-- wp:list -->\n<ul class="wp-block-list">')
    html = html.replace("<ol>", '<!-- wp:list {"ordered":true} -->\n<ol class="wp-block-list">')
    numbered = r'<!-- wp:list {"ordered":true,"start":\1} -->\n<ol start="\1" class="wp-block-list">'
    html = re.sub(r'<ol start="(\d+)">', numbered, html)
    return re.sub(r"(</[uo]l>)", r"\1\n<!-- /wp:list -->", html)


def _embed(one: Embed) -> str:
    """What pasting the address makes: WordPress asks the provider, and shows a link where it gets nothing."""
    url = for_wordpress(one.url)
    video = "wp-embed-aspect-16-9 wp-has-aspect-ratio" if one.type == "video" else ""
    attributes = {"url": url, "type": one.type, "providerNameSlug": one.provider, "responsive": True}
    names = (
        f"wp-block-embed is-type-{one.type} is-provider-{one.provider} wp-block-embed-{one.provider} {video}".strip()
    )
    html = f'<figure class="{names}"><div class="wp-block-embed__wrapper">\n{escape(url)}\n</div></figure>'
    return _wrapped("embed", html, **attributes, **({"className": video} if video else {}))


def _classed(html: str, tag: str, name: str) -> str:
    return re.sub(rf"<{tag}\b", f'<{tag} class="{name}"', html, count=1)


def _wrapped(name: str, html: str, **attributes: Any) -> str:
    said = f" {_json(attributes)}" if attributes else ""
    return f"<!-- wp:{name}{said} -->\n{html}\n<!-- /wp:{name} -->"


def _json(attributes: Mapping[str, Any]) -> str:
    """Attributes as the editor writes them: what could end the comment, or is HTML, as an escape."""
    text = json.dumps(attributes, separators=(",", ":"), ensure_ascii=False)
    for mark, escaped in (("--", r"\u002d\u002d"), ("<", r"\u003c"), (">", r"\u003e"), ("&", r"\u0026")):
        text = text.replace(mark, escaped)
    return text


def original(url: str, language: str | None) -> str:
    """A block that names where the post was published first."""
    host = urlsplit(url).netloc.removeprefix("www.")
    link = f'<a href="{escape(url)}">{escape(host)}</a>'
    return "\n\n" + _wrapped("paragraph", f"<p><em>{said_in(language, link)}.</em></p>")


def custom(html: str) -> str:
    """A block “Custom HTML”: what stands outside all blocks is one of the old editor, which shows it as empty."""
    return "\n\n" + _wrapped("html", html)
