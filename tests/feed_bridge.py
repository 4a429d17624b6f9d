"""A server of feeds on loopback: ETags and 304, redirects, failures, gzip, and answers that take their time."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass
class _Page:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    #: Sends the answer itself, in the place of all the above.
    play: Callable[[BaseHTTPRequestHandler], None] | None = None


class FeedServer:
    """Use as a context manager. Header names of keyword arguments are written with underscores."""

    def __init__(self) -> None:
        self._pages: dict[str, _Page] = {}
        self._seen: dict[str, list[dict[str, str]]] = {}
        self._lock = threading.Lock()
        #: Set when the server closes: what waits inside `play` should wait for this.
        self.closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                outer._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

            def handle_error(self, *_: Any) -> None:
                pass  # clients that go away

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: str | bytes, **headers: str) -> None:
        """Serves a body with status 200. Its ETag is a digest of it unless `etag` names one; ``etag=""``: none."""
        content = body.encode() if isinstance(body, str) else body
        named = {key.replace("_", "-").lower(): value for key, value in headers.items()}
        named.setdefault("etag", f'"{hashlib.sha256(content).hexdigest()[:16]}"')
        named.setdefault("content-type", "application/xml; charset=utf-8")
        self._set(path, _Page(200, content, {key: value for key, value in named.items() if value}))

    def put_gzip(self, path: str, body: str | bytes, **headers: str) -> None:
        """The same, compressed and said to be."""
        content = body.encode() if isinstance(body, str) else body
        self.put(path, gzip.compress(content), content_encoding="gzip", **headers)

    def fail(self, path: str, status: int, **headers: str) -> None:
        """Answers with a status and no more."""
        self._set(path, _Page(status, b"", {key.replace("_", "-").lower(): value for key, value in headers.items()}))

    def redirect(self, path: str, to: str, status: int = 301) -> None:
        """Sends clients elsewhere: `to` is written as it is."""
        self._set(path, _Page(status, b"", {"location": to}))

    def play(self, path: str, answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
        """Lets `answer` send what it likes; the connection is closed then."""
        self._set(path, _Page(play=answer))

    def drip(self, path: str, pause: float = 0.02) -> None:
        """A body that never ends, a byte at a time."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            while not self.closing.wait(pause):
                handler.wfile.write(b" ")

        self.play(path, answer)

    def hang(self, path: str) -> None:
        """Takes the request and says nothing."""
        self.play(path, lambda _handler: (self.closing.wait() and None) or None)

    def hits(self, path: str) -> int:
        """How often a path was asked for."""
        return len(self.seen(path))

    def seen(self, path: str) -> list[Mapping[str, str]]:
        """The headers of each request for a path, names in lower case."""
        with self._lock:
            return list(self._seen.get(path, []))

    def _set(self, path: str, page: _Page) -> None:
        with self._lock:
            self._pages[path] = page

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path).path
        headers = {key.lower(): value for key, value in handler.headers.items()}
        with self._lock:
            self._seen.setdefault(path, []).append(headers)
            page = self._pages.get(path, _Page(404))
        if page.play:
            handler.close_connection = True
            page.play(handler)
            return
        etag, modified = page.headers.get("etag"), page.headers.get("last-modified")
        wanted = headers.get("if-none-match")
        same = wanted == etag if wanted is not None else modified and headers.get("if-modified-since") == modified
        unchanged = page.status == 200 and (etag or modified) and same
        handler.send_response_only(304 if unchanged else page.status)
        for key, value in page.headers.items():
            if not unchanged or not key.startswith("content-"):
                handler.send_header(key, value)
        if not unchanged:
            handler.send_header("Content-Length", str(len(page.body)))
        handler.end_headers()
        if not unchanged:
            handler.wfile.write(page.body)
        handler.wfile.flush()


def rss(*items: str, title: str = "A blog", more: str = "") -> str:
    """An RSS 2.0 document around items."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel><title>{title}</title><link>https://blog.example.org/</link>{more}{''.join(items)}</channel></rss>"
    )


def item(n: int | str, *, text: str = "<p>Some text.</p>", date: str = "", more: str = "", title: str = "") -> str:
    """One RSS item with a link and a guid of its own; its text is a whole one. `date` as RFC 822 has it."""
    return (
        f"<item><title>{title or f'Post {n}'}</title><link>https://blog.example.org/posts/{n}/</link>"
        f'<guid isPermaLink="false">tag:blog.example.org,{n}</guid>'
        f"{f'<pubDate>{date}</pubDate>' if date else ''}"
        f"<content:encoded><![CDATA[{text}]]></content:encoded>{more}</item>"
    )


def atom(*entries: str, more: str = "") -> str:
    """An Atom document around entries."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>A blog</title>'
        f'<link rel="alternate" href="https://blog.example.org/"/>{more}{"".join(entries)}</feed>'
    )
