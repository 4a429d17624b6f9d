"""Addresses of what tags and frames embed: videos, posts, gists and the like."""

from __future__ import annotations

import re

#: Where an id alone leads, by the name of the tag. From Hugo's embedded shortcodes and Forem's Liquid tags.
_PAGES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "youtube-nocookie": "https://www.youtube.com/watch?v={}",
    "youtubevideo": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "tweet": "https://x.com/i/status/{}",
    "twitter": "https://x.com/i/status/{}",
    "twitter_simple": "https://x.com/i/status/{}",
    "x": "https://x.com/i/status/{}",
    "x_simple": "https://x.com/i/status/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "gist": "https://gist.github.com/{}",
    "github": "https://github.com/{}",
    "codepen": "https://codepen.io/{}",
    "codesandbox": "https://codesandbox.io/s/{}",
    "stackblitz": "https://stackblitz.com/edit/{}",
    "glitch": "https://glitch.com/~{}",
    "replit": "https://replit.com/{}",
    "jsitor": "https://jsitor.com/embed/{}",
    "asciinema": "https://asciinema.org/a/{}",
    "bilibili": "https://www.bilibili.com/video/{}",
    "speakerdeck": "https://speakerdeck.com/player/{}",
    "spotify": "https://open.spotify.com/{}",
    "twitch": "https://www.twitch.tv/videos/{}",
    "user": "https://dev.to/{}",
    "organization": "https://dev.to/{}",
    "tag": "https://dev.to/t/{}",
    "link": "https://dev.to/{}",
    "post": "https://dev.to/{}",
    "stackoverflow": "https://stackoverflow.com/questions/{}",
}
#: Further names that take a whole address.
_BY_URL = {
    "embed", "medium", "jsfiddle", "soundcloud", "wikipedia", "podcast", "slideshare", "kotlin", "nexttech", "reddit",
    "stackery", "gitpitch", "loom", "mux", "stackexchange", "cta", "audio", "video", "dotnetfiddle", "huggingface",
    "iframe", "bluesky", "mastodon", "figma", "lottie",
}  # fmt: skip
#: Tags that DEV runs. Sources: forem app/liquid_tags; its editor guide.
FOREM = frozenset(_PAGES) - {"tweet", "x", "x_simple", "twitter_simple", "bilibili", "youtubevideo"} | _BY_URL | {
    "katex", "details", "spoiler", "collapsible", "comment", "listing", "parler", "quiz", "poll", "runkit",
}  # fmt: skip
NAMES = frozenset(_PAGES) | _BY_URL

_FRAMES = (
    (re.compile(r"(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)"), _PAGES["youtube"]),
    (re.compile(r"(?:https?:)?//player\.vimeo\.com/video/(\d+)"), _PAGES["vimeo"]),
    (re.compile(r"(?:https?:)?//player\.bilibili\.com/player\.html\?.*?bvid=(\w+)"), _PAGES["bilibili"]),
    (re.compile(r"(https?://codesandbox\.io)/embed/([\w-]+)"), _PAGES["codesandbox"]),
)


def address(name: str, words: list[str], named: dict[str, str]) -> str | None:
    """The page that a tag `name` with these arguments embeds; `None` if that cannot be told."""
    for value in (*words, *named.values()):
        if value.startswith(("https://", "http://")):
            return value
    page = _PAGES.get(name)
    values = [named[k] for k in ("user", "username", "id", "key", "src", "url") if named.get(k)] or words
    if not page or not values:
        return None
    if name == "gist" and len(values) > 1:
        return page.format("/".join(values[:2]))
    if name in {"tweet", "twitter", "twitter_simple", "x", "x_simple"} and len(values) > 1 and values[1].isdigit():
        return f"https://x.com/{values[0]}/status/{values[1]}"
    return page.format(values[0].lstrip("@") if name != "replit" else values[0])


def frame(src: str) -> str:
    """The page that a person would open for what stands in an ``<iframe>``."""
    for pattern, page in _FRAMES:
        if match := pattern.match(src):
            return page.format(match[match.lastindex or 0])
    return "https:" + src if src.startswith("//") else src
