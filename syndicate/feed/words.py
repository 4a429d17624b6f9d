"""What a reader sees of a piece of HTML, and other small facts about texts and addresses."""

from __future__ import annotations

import hashlib
import html
import re
from urllib.parse import quote, urljoin, urlsplit

__all__ = ["as_html", "blocks_in", "fingerprint", "one_line", "text_of", "web_url", "words_of"]

_ENOUGH_WORDS = 20
_ENOUGH_CJK = 60
_WORD = re.compile(r"\w+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}\ufdd0-\ufdef\ud800-\udfff]")


def one_line(text: str) -> str:
    """`text` on one line, single spaces between words."""
    return " ".join(text.split())


def text_of(source: str) -> str:
    """The visible text of HTML; blocks are parted by spaces. Of what cannot be parsed safely, nothing."""
    if "<" not in source:
        return html.unescape(source)
    from .dom import TooMuchError, parse, visible

    try:
        return visible(parse(source))
    except TooMuchError:
        return ""


def blocks_in(source: str) -> int:
    """How many paragraphs, headings, lists and the like HTML has."""
    return len(re.findall(r"<(?:p|h[1-6]|pre|ul|ol|blockquote|table|figure)\b", source, re.IGNORECASE))


def as_html(text: str) -> str:
    """Plain text as HTML: its paragraphs and line ends kept. Entities are taken for what they stand for."""
    blocks = re.split(r"\n[ \t]*\n", html.unescape(text).replace("\r\n", "\n").strip())
    return "\n".join(f"<p>{html.escape(block.strip(), quote=False).replace(chr(10), '<br>')}</p>" for block in blocks)


def fingerprint(*parts: str) -> str:
    """SHA-256 of texts, whatever whitespace they are laid out with."""
    return hashlib.sha256("\0".join(map(one_line, parts)).encode("utf-8", "replace")).hexdigest()


def words_of(text: str) -> str:
    """SHA-256 of the words of a text, whatever else has changed; empty when they are too few to tell it by."""
    words = _WORD.findall(text.casefold())
    if len(words) < _ENOUGH_WORDS and len(_CJK.findall(text)) < _ENOUGH_CJK:
        return ""
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()


def web_url(url: object, *bases: str) -> str | None:
    """`url` as an absolute http(s) URL that no Markdown can misread; `None` if it is none.

    Args:
        url: As it is written.
        bases: What it is told from when it is relative.
    """
    if not isinstance(url, str) or not (text := re.sub(r"[\t\n\r]", "", url).strip()):
        return None
    try:
        for base in bases:
            text = urljoin(base, text)
        parts = urlsplit(text)
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
            return None
        _ = parts.port
    except ValueError:
        return None
    return _UNSAFE.sub(lambda match: quote(match[0], errors="replace"), text)
