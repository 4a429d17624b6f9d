"""The sandbox's page: what each platform got, as a reader would see it, and the raw request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from ..markdown import to_html
from ..standin import Received
from .faults import FAULTS

if TYPE_CHECKING:
    from .server import Place, Seen

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_STYLE = """
body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1c }
nav a { margin-right: 1rem } h1 { font-size: 1.4rem } article { border-top: 1px solid #ccc; padding: 1rem 0 }
table { border-collapse: collapse } td, th { border: 1px solid #ccc; padding: .2rem .6rem; text-align: left }
pre { background: #f4f4f2; padding: .8rem; overflow-x: auto } img { max-width: 100% } .dim { color: #666 }
.plain { white-space: pre-wrap }
"""

#: Headers whose values are credentials; they are not shown.
_HIDDEN = re.compile("authorization|cookie|api.?key|token|secret|password", re.IGNORECASE)
#: The same in bodies: forms and JSON.
_CREDENTIAL = re.compile(
    r"((?:^|[&?])[^=&\s]*(?:token|secret|password|assertion)=|\"[^\"]*(?:token|secret|password)\"\s*:\s*\")[^&\s\"]*",
    re.IGNORECASE,
)


def show(places: Mapping[str, Place], seen: Iterable[Seen], name: str, rest: str) -> str | None:
    """The page at `/{name}/{rest}`, or `None` when there is none."""
    if not name:
        return _page("Sandbox", places, _overview(places))
    if name not in places:
        return None
    posts = places[name].standin.posts
    if rest.startswith("posts/"):
        found = [post for post in posts if post.id == rest[6:]]
        return _page(f"{name}: {found[0].title}", places, _post(name, found[0], full=True)) if found else None
    if rest == "requests":
        return _page(f"{name}: requests", places, "".join(_request(s) for s in seen if s.name == name))
    if rest:
        return None
    listed = "".join(_post(name, post, full=False) for post in reversed(posts)) or "<p>Nothing yet.</p>"
    requests = f"<p><a href='/{escape(name)}/requests'>All requests, raw</a></p>"
    return _page(name, places, listed + requests)


def _page(title: str, places: Mapping[str, Place], content: str) -> str:
    links = "".join(
        f"<a href='/{escape(name)}'>{escape(name)} ({len(p.standin.posts)})</a>" for name, p in places.items()
    )
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title><style>{_STYLE}</style>"
        f"<nav><a href='/'>sandbox</a>{links}</nav><h1>{escape(title)}</h1>{content}</html>"
    )


def _overview(places: Mapping[str, Place]) -> str:
    rows = "".join(
        f"<tr><td><a href='/{escape(name)}'>{escape(name)}</a><td>{len(place.standin.posts)}"
        f"<td><code>base_url = &quot;{escape(place.standin.root)}/api&quot;</code>"
        for name, place in places.items()
    )
    faults = "".join(f"<li><code>{escape(kind)}</code> {escape(what)}" for kind, what in FAULTS.items())
    return (
        f"<p>Stand-ins of the platforms. Nothing here leaves this machine.</p>"
        f"<table><tr><th>platform<th>posts<th>for a target in the config{rows}</table>"
        f"<h2>Misbehave</h2><p><code>POST /_faults</code> with "
        f"<code>{escape(json.dumps({'adapter': next(iter(places), ''), 'kind': 'drop_after', 'times': 1}))}</code>"
        f" plays a fault on the next writes (with <code>&quot;reads&quot;: true</code>, on the next reads):</p>"
        f"<ul>{faults}</ul>"
    )


def _post(name: str, post: Received, *, full: bool) -> str:
    about = [f"<a href='/{escape(name)}/posts/{escape(post.id)}'>#{escape(post.id)}</a>"]
    if post.draft:
        about.append("draft")
    if post.reply_to:
        about.append(f"in reply to #{escape(post.reply_to)}")
    if post.link and re.match(r"https?://", post.link):
        about.append(f"<a href='{escape(post.link)}' rel='nofollow'>{escape(post.link)}</a>")
    about += [f"#{escape(tag)}" for tag in post.tags]
    # Raw HTML is never passed on: what a platform would show of it differs, and the page must stay safe.
    shown = to_html(post.text) if post.format == "markdown" else f"<div class='plain'>{escape(post.text)}</div>"
    raw = f"<h2>Raw</h2><pre>{escape(post.raw.decode('utf-8', 'replace'))}</pre>" if full else ""
    return f"<article><h2>{escape(post.title)}</h2><p class='dim'>{' · '.join(about)}</p>{shown}{raw}</article>"


def _request(seen: Seen) -> str:
    headers = "\n".join(
        f"{key}: {'(hidden)' if _HIDDEN.search(key) else value}" for key, value in seen.request.headers.items()
    )
    body = _CREDENTIAL.sub(r"\1(hidden)", seen.request.body.decode("utf-8", "replace"))
    query = "".join(
        f"{'&' if number else '?'}{key}={'(hidden)' if _HIDDEN.search(key) else value}"
        for number, (key, value) in enumerate(seen.request.query.items())
    )
    outcome = f"{seen.status or 'no answer'}{f', fault: {seen.fault}' if seen.fault else ''}"
    return (
        f"<article><p><b>{escape(seen.request.method)} {escape(seen.request.path + query)}</b> → {escape(outcome)}</p>"
        f"<pre>{escape(headers)}\n\n{escape(body)}</pre></article>"
    )
