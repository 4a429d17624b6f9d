"""The feeds' HTTP server: it answers as it is told to for this pass, and notes who asked for what."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import socket
import struct
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from .settings import TIMEOUT

#: How a feed's server answers. `page`: an HTML page, as of a router that wants a login; `cut`: the connection ends
#: before the document does; `short`: a document that its generator had written half of.
Weather = Literal["fine", "500", "503", "reset", "cut", "short", "slow", "empty", "page"]
STORMS: tuple[Weather, ...] = ("500", "503", "reset", "cut", "short", "slow", "empty", "page")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path is answered with. `retry_after`: seconds, where the weather is `503`."""

    body: bytes = b""
    weather: Weather = "fine"
    kind: str = "application/rss+xml"
    moved_to: str | None = None
    retry_after: int = 0
    zipped: bool = False

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True)
class Served:
    """One answer to the request for a path. `whole`: the document was sent as it is."""

    path: str
    at: float
    what: str
    whole: bool = False


class FeedServer(ThreadingHTTPServer):
    """`answers` by path; `served`: since it was last emptied. `now`: simulated."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, now: Any) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.now = now
        self.answers: dict[str, Answer] = {}
        self.served: list[Served] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FeedServer
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        answer = self.server.answers.get(self.path)
        with contextlib.suppress(OSError):
            if answer is None:
                self._send(404, b"not here")
            elif answer.moved_to is not None:
                self._note("301")
                self._send(301, b"", {"Location": answer.moved_to})
            else:
                getattr(self, f"_{answer.weather}")(answer)

    def _note(self, what: str, *, whole: bool = False) -> None:
        self.server.served.append(Served(self.path, self.server.now(), what, whole))

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _fine(self, answer: Answer) -> None:
        if self.headers.get("If-None-Match") == answer.etag:
            self._note("304")
            self._send(304, b"", {"ETag": answer.etag})
            return
        self._note("200", whole=True)
        self._document(answer)

    def _document(self, answer: Answer) -> None:
        headers = {"Content-Type": answer.kind, "ETag": answer.etag}
        body = answer.body
        if answer.zipped and "gzip" in self.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"], body = "gzip", gzip.compress(body, 1)
        self._send(200, body, headers)

    def _500(self, answer: Answer) -> None:
        self._note("500")
        self._send(500, b"Internal Server Error")

    def _503(self, answer: Answer) -> None:
        self._note("503")
        self._send(503, b"Service Unavailable", {"Retry-After": str(answer.retry_after)})

    def _reset(self, answer: Answer) -> None:
        self._note("reset")
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _cut(self, answer: Answer) -> None:
        self._note("cut")
        self.send_response(200)
        self.send_header("ETag", answer.etag)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) * 2 // 3])
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def _short(self, answer: Answer) -> None:
        self._note("short")
        half = answer.body[: len(answer.body) * 2 // 3]
        ends = [half.rfind(end) + len(end) for end in (b"</item>", b"</entry>") if end in half]
        if ends and len(half) % 2:  # every other one ends where an entry ends
            half = half[: max(ends)]
        self._document(Answer(half, kind=answer.kind))

    def _slow(self, answer: Answer) -> None:
        """Bytes keep coming, only too few of them."""
        self._note("slow")
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.close_connection = True
        until = time.monotonic() + TIMEOUT * 1.5
        for n in range(len(answer.body)):
            if time.monotonic() > until:
                return
            self.wfile.write(answer.body[n : n + 1])
            time.sleep(0.05)

    def _empty(self, answer: Answer) -> None:
        self._note("empty")
        self._send(200, b"", {"Content-Type": answer.kind})

    def _page(self, answer: Answer) -> None:
        self._note("page")
        self._send(
            200, b"<!doctype html><html><body><p>Please log in.</p></body></html>", {"Content-Type": "text/html"}
        )
