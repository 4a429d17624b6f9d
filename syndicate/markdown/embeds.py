"""Addresses of what tags and frames embed: videos, posts, gists and the like."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from . import marks
from .dialect import Dialect
from .edits import Report
from .links import destination
from .parse import Span
from .place import Places

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
_SCRIPTS = re.compile(r"(https://gist\.github\.com/[\w-]+/\w+)\.js|(https://asciinema\.org/a/\w+)\.js")
_WIDGETS = re.compile(
    r"(?:https?:)?//(?:platform\.(?:twitter|x)\.com|www\.instagram\.com/embed|(?:static|cpwebassets|production-assets|public)?\.?codepen\.io"
    r"|www\.tiktok\.com/embed|embed\.bsky\.app|embed\.redditmedia\.com|embed\.reddit\.com|\S+/embed\.js)"
)
#: Pages that a site shows within its own when nothing but their address is there.
_PASTED = re.compile(
    r"https?://(?:(?:www\.|m\.)?youtube\.com/(?:watch|shorts|live)|youtu\.be/|(?:www\.)?vimeo\.com/\d|(?:www\.)?(?:twitter|x)\.com/\w+/status/"
    r"|open\.spotify\.com/|codepen\.io/[\w-]+/pen/)"
)
#: The warning where a platform has no embeds.
PLAIN = "{n} {embed is|embeds are} shown as a plain link"
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


_AROUND = re.compile(r"lite|player|embed|block|simple|responsive|[-_]")
_KEYS = ("user", "username", "id", "key", "hash", "videoid", "tweetid", "gistid", "bvid", "pen", "video", "src", "url")


def known(name: str) -> str | None:
    """The name in `NAMES` for a tag, a file or a component of that name, such as `youtubePlayer`; else `None`."""
    name = name.lower()
    if name in NAMES:
        return name
    short = _AROUND.sub("", name)
    return short if short in _PAGES or short in {"codepen", "jsfiddle"} else None


def address(name: str, words: list[str], named: dict[str, str]) -> str | None:
    """The page that a tag `name` with these arguments embeds; `None` if that cannot be told."""
    for value in (*words, *(named.get(key, "") for key in ("url", "src", "href", "link", "id")), *named.values()):
        if value.startswith(("https://", "http://")) and " " not in value:
            return value
    page = _PAGES.get(name)
    values = [named[k] for k in _KEYS if named.get(k)] or words
    if not page or not values or " " in values[0]:
        return None
    if name == "gist":
        of = values[:1] if "/" in values[0] or len(values) < 2 else values[:2]
        file = named.get("file") or next(iter(words[len(of) :]), "").removeprefix("file=")
        return page.format("/".join(of)) + (f"#file-{re.sub('[^a-z0-9_]+', '-', file.lower())}" if file else "")
    if name in {"tweet", "twitter", "twitter_simple", "x", "x_simple"} and len(values) > 1 and values[1].isdigit():
        return f"https://x.com/{values[0]}/status/{values[1]}"
    if name == "codepen" and len(values) > 1 and "/" not in values[0] and re.fullmatch(r"\w+", values[1]):
        return page.format(f"{values[0]}/pen/{values[1]}")
    return page.format(values[0].lstrip("@") if name != "replit" else values[0])


def frame(src: str) -> str:
    """The page that a person would open for what stands in an ``<iframe>``."""
    for pattern, page in _FRAMES:
        if match := pattern.match(src):
            return page.format(match[match.lastindex or 0])
    return "https:" + src if src.startswith("//") else src


def script(src: str) -> str:
    """The page that a script in the text embeds, such as a gist; empty for others."""
    match = _SCRIPTS.match(src)
    return (match[1] or match[2] or "") if match else ""


def is_quiet(src: str) -> bool:
    """Whether a script only dresses up what stands beside it as text."""
    return bool(_WIDGETS.match(src))


def own(url: str, dialect: Dialect) -> str:
    """The platform's own way to embed `url`, on a line of its own; empty where it has none."""
    if dialect.embeds == "liquid":
        return marks.own(f"{{% embed {url.partition('#')[0]} %}}")
    if dialect.embeds == "pasted":
        return f"<{url}>" if _PASTED.match(url) else ""
    return f"%[{url}]" if dialect.embeds == "percent" else ""


def put(places: Places, span: Span, url: str, dialect: Dialect, report: Report) -> None:
    """Puts an embed in the place of a tag: as the platform's own, where it has one and the tag stands alone."""
    alone = places.alone(*span)
    text = own(url, dialect) if alone else ""
    if not text:
        report.tally(PLAIN)
    if alone:
        places.block(*span, text or f"<{url}>")
    else:
        places.replace(*span, f"<{url}>")


def plain(src: str, title: str = "") -> str:
    """A link to what a frame shows."""
    url = frame(src)
    title = " ".join(title.replace("[", "").replace("]", "").split())
    if not title and re.match(r"https?://\S+$", url):
        return f"<{url}>"
    return f"[{title or unquote(_last(url)) or 'link'}]({destination(url)})"


def _last(url: str) -> str:
    """The last piece of an address's path; empty for what is no address."""
    try:
        return urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return ""
