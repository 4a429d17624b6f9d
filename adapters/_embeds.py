"""What stands alone in a post and is shown as more than a link: videos, posts, players; as WordPress and Ghost have it.

WordPress asks the provider itself (oEmbed) for the address in the block; whom it knows stands in `class-wp-oembed.php`
(6.8: `twitter.com`, not `x.com`). Ghost's form holds the HTML itself, which only frames and posts of X have without asking
(`embed-parser.js` of `kg-default-nodes` 2.2). What is on neither list stays a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape

_ID = r"([\w-]{11})(?![\w-])"
#: Provider, WordPress's type, what its addresses look like, the frame that shows it (`{}`: the address's first group).
_PROVIDERS = (
    ("youtube", "video", rf"https?://(?:(?:www|m)\.)?youtube\.com/watch\?(?:[^\s#]*&)?v={_ID}\S*", "https://www.youtube.com/embed/{}"),
    ("youtube", "video", rf"https?://youtu\.be/{_ID}\S*", "https://www.youtube.com/embed/{}"),
    ("youtube", "video", rf"https?://(?:www\.)?youtube\.com/(?:shorts|live)/{_ID}\S*", "https://www.youtube.com/embed/{}"),
    ("vimeo", "video", r"https?://(?:www\.)?vimeo\.com/(\d+)(?:[?#]\S*)?", "https://player.vimeo.com/video/{}"),
    ("twitter", "rich", r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(\w{1,15}/status/\d+)(?:[?#]\S*)?", ""),
    ("spotify", "rich", r"https?://open\.spotify\.com/((?:track|album|playlist|episode|show)/\w+)\S*", "https://open.spotify.com/embed/{}"),
    ("soundcloud", "rich", r"https?://(?:www\.)?soundcloud\.com/([\w-]+/[\w/-]+)", ""),
    ("speaker-deck", "rich", r"https?://(?:www\.)?speakerdeck\.com/([\w-]+/[\w-]+)", ""),
    ("bluesky", "rich", r"https?://bsky\.app/profile/([\w.:-]+/post/\w+)", ""),
    ("codepen", "rich", r"https?://codepen\.io/([\w-]+/(?:pen|embed)/\w+)(?:[?#/]\S*)?", "https://codepen.io/{}"),
)  # fmt: skip
_FRAMES = (
    (r"(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{11})", "https://www.youtube.com/watch?v={}"),
    (r"(?:https?:)?//player\.vimeo\.com/video/(\d+)", "https://vimeo.com/{}"),
    (r"(?:https?:)?//open\.spotify\.com/embed/(\w+/\w+)", "https://open.spotify.com/{}"),
    (r"(?:https?:)?//codepen\.io/([\w-]+)/embed/(?:preview/)?(\w+)", "https://codepen.io/{}/pen/{}"),
)  # fmt: skip
_FRAME = r"(?i)(?:<(?:div|p|figure|center)\b[^>]*>\s*)*<iframe\b[^>]*\ssrc=[\"']([^\"'\s]+)[\"'][^>]*>\s*</iframe>(?:\s*</(?:div|p|figure|center)>)*\s*"


@dataclass(frozen=True, slots=True)
class Embed:
    """A page that its provider shows within others. `frame`: the address of an `<iframe>` that does; empty: unknown."""

    url: str
    provider: str
    type: str
    frame: str


def embed(url: str) -> Embed | None:
    """What is at `url`, if both sites know its provider."""
    for provider, kind, pattern, frame in _PROVIDERS:
        if found := re.fullmatch(pattern, url):
            inner = found[1].replace("/pen/", "/embed/") if provider == "codepen" else found[1]
            start = re.search(r"[?&](?:t|start)=(\d+)s?\b", url) if provider == "youtube" else None
            return Embed(url, provider, kind, frame.format(inner) + (f"?start={start[1]}" if start else ""))
    return None


def framed(html: str) -> Embed | None:
    """What an `<iframe>` shows that is all there is in `html`."""
    found = re.fullmatch(_FRAME, html) if "<iframe" in html else None
    if not found:
        return None
    for pattern, page in _FRAMES:
        if match := re.match(pattern, unescape(found[1])):
            return embed(page.format(*match.groups()))
    return None


def for_wordpress(url: str) -> str:
    """The address by which WordPress knows the provider."""
    return re.sub(r"^https?://(?:www\.|mobile\.)?x\.com/", "https://twitter.com/", url)


def figure(one: Embed) -> str:
    """What Ghost's form takes for an embed; empty where it would have to ask the provider."""
    url = escape(one.url)
    if one.frame:
        size = 'width="200" height="113"' if one.type == "video" else 'width="100%" height="352"'
        inner = f'<iframe {size} src="{escape(one.frame)}" frameborder="0" allowfullscreen></iframe>'
    elif one.provider == "twitter":
        page = for_wordpress(url)
        script = '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>'
        inner = f'<blockquote class="twitter-tweet"><a href="{page}">{page}</a></blockquote>\n{script}'
    else:
        return ""
    return f'<figure class="kg-card kg-embed-card">{inner}</figure>'
