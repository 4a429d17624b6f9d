"""A proxy in front of a real server that loses a request or an answer when it is told to.

It speaks HTTP/1.1, waits for a whole request, passes it on with the `Host` that the client sent, waits for the whole
answer, and hands that on. So a server that knows itself by the proxy's address notices nothing.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self

#: Of the connection, not of the message (RFC 9110, 7.6.1); the length is told anew.
_HOP = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
}


class Proxy:
    """On loopback. A context manager; `server` is the port behind it, to be set before the first request."""

    def __init__(self, server: int = 0) -> None:
        self.server = server
        #: The requests that the server has been given since `reset`: method and path with query.
        self.passed: list[tuple[str, str]] = []
        #: Those that were lost, in whichever way.
        self.lost: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        self._fault: tuple[Literal["request", "answer"], Callable[[str, str], bool]] | None = None
        proxy = self

        class Handler(_Handler):
            front = proxy

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def lose(self, what: Literal["request", "answer"], when: Callable[[str, str], bool]) -> None:
        """Plays one fault, at the next request for which `when(method, path)` holds.

        `answer`: the server does what it was asked to, and the client's connection ends without a word of it.
        `request`: the connection ends, and the server never hears of it.
        """
        with self._lock:
            self._fault = (what, when)

    def reset(self) -> None:
        """Forgets what has passed and what was to be lost."""
        with self._lock:
            self._fault = None
            self.passed.clear()
            self.lost.clear()

    def fate(self, method: str, path: str) -> Literal["request", "answer"] | None:
        """What becomes of a request that has arrived; written down here."""
        with self._lock:
            what = None
            if self._fault and self._fault[1](method, path):
                what, self._fault = self._fault[0], None
                self.lost.append((method, path))
            if what != "request":
                self.passed.append((method, path))
            return what


class _Handler(BaseHTTPRequestHandler):
    front: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _carry(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fate = self.front.fate(self.command, self.path)
        if fate != "request":
            try:
                status, reason, headers, content = self._ask(body)
            except OSError:  # not up yet, or gone
                status, reason, headers, content = 502, "Bad Gateway", [], b""
        if fate is not None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(status, reason)
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _ask(self, body: bytes) -> tuple[int, str, list[tuple[str, str]], bytes]:
        server = http.client.HTTPConnection("127.0.0.1", self.front.server, timeout=60)
        try:
            server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _HOP:
                    server.putheader(name, value)
            if body or self.command in ("POST", "PUT", "PATCH"):
                server.putheader("Content-Length", str(len(body)))
            server.putheader("Connection", "close")
            server.endheaders(body)
            answer = server.getresponse()
            return answer.status, answer.reason, answer.getheaders(), answer.read()
        finally:
            server.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _carry

    def log_message(self, *_: object) -> None:
        pass
