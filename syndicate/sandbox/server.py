"""A real HTTP server on loopback that hosts the stand-ins."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from ..registry import STANDINS, adapter_class, names, standin_class
from ..standin import Request, Response, StandIn
from . import page
from .faults import Fault, Queue

#: What one request may hold, bytes; more than any platform takes.
_LARGEST = 64 * 1024 * 1024


@dataclass(slots=True)
class Seen:
    """One request to a stand-in. `status` is `None` while, or when, it was never answered."""

    name: str
    request: Request
    write: bool
    fault: str | None = None
    status: int | None = None
    at: float = 0.0


@dataclass(slots=True)
class Place:
    """One stand-in with its faults. `turn` keeps its requests apart, as a platform's database would."""

    standin: StandIn
    faults: Queue = field(default_factory=Queue)
    turn: threading.Lock = field(default_factory=threading.Lock)


class Sandbox:
    """Stand-ins on loopback, as a context manager.

    Args:
        port: TCP port, 0 for any that is free.
        standins: Classes by adapter name; `None` for all that are installed.
        now: Seconds since the epoch, for the stand-ins' own rules.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        standins: Mapping[str, type[StandIn]] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._server = _Server(("127.0.0.1", port), self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.now = now
        self.seen: list[Seen] = []
        classes = standins or {name: standin_class(name) for name in names(STANDINS)}
        self.places = {name: Place(cls(f"{self.url}/{name}", now)) for name, cls in classes.items()}
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def base_url(self, name: str) -> str:
        """What a target of adapter `name` has as its `base_url`."""
        return f"{self.url}/{name}/api"

    def target(self, name: str) -> dict[str, Any]:
        """A whole `[targets.*]` table that points here; its secrets are made up."""
        return {"adapter": name, "base_url": self.base_url(name), **self.places[name].standin.options}

    def secrets(self, name: str) -> set[str]:
        """Which keys of `target(name)` are secrets in a real config."""
        return {field.name for field in fields(adapter_class(name)) if field.metadata.get("secret")}

    def play(self, name: str, fault: Fault) -> None:
        """Plays `fault` on the next requests to `name`."""
        self.places[name].faults.add(fault)

    def writes(self, name: str | None = None) -> list[Seen]:
        """Requests that would have a visible effect, answered or not."""
        return [seen for seen in self.seen if seen.write and name in (None, seen.name)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    #: All targets of a run connect at once; what does not fit into the default of 5 is reset.
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        super().__init__(address, _Handler)
        self.sandbox = sandbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    #: Headers and body are two packets: the second must not wait until the client has acknowledged the first (40 ms).
    disable_nagle_algorithm = True
    #: A client that stops talking frees its thread.
    timeout = 120

    def do_GET(self) -> None:  # the name is the base class's
        self._any()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  as the base class names them

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the page shows what arrived."""

    def _any(self) -> None:
        sandbox = self.server.sandbox
        url = urlsplit(self.path)
        given = self.headers.get("Content-Length") or "0"
        length = int(given) if given.isdecimal() and len(given) < 20 else -1
        if not 0 <= length <= _LARGEST:
            self.close_connection = True
            self._answer(Response(413 if length > 0 else 400, {"error": "not a length that is taken here"}))
            return
        body = self.rfile.read(length)
        if len(body) < length:  # a client that was killed in the middle: no platform takes half a request
            self.close_connection = True
            return
        name, _, rest = url.path.lstrip("/").partition("/")
        if name in sandbox.places and (rest == "api" or rest.startswith("api/")):
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            headers = {key.lower(): value for key, value in self.headers.items()}
            self._platform(name, Request(self.command, rest[3:] or "/", query, headers, body))
        elif urlsplit(f"//{self.headers.get('Host', '')}").hostname not in ("127.0.0.1", "localhost"):
            # A page in a browser that has its own name point here gets nothing.
            self._answer(Response(421, {"error": "the sandbox is 127.0.0.1"}))
        elif name == "_faults" and self.command == "POST":
            self._answer(self._fault(body))
        elif self.command == "GET" and (html := page.show(sandbox.places, sandbox.seen, name, rest)) is not None:
            self._answer(Response(200, html, page.HEADERS))
        else:
            self._answer(Response(404, {"error": "no such page in the sandbox"}))

    def _fault(self, body: bytes) -> Response:
        """`{"adapter": NAME, "kind": "drop_after", "times": 2}`."""
        try:
            wanted = json.loads(body)
            name = wanted.pop("adapter")
            self.server.sandbox.play(name, Fault.of(wanted))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return Response(422, {"error": f"not a fault: {error}"})
        return Response(200, {"ok": True})

    def _platform(self, name: str, request: Request) -> None:
        sandbox = self.server.sandbox
        place = sandbox.places[name]
        write = place.standin.writes(request)
        fault = place.faults.take(writes=write)
        seen = Seen(name, request, write, fault.kind if fault else None, None, sandbox.now())
        sandbox.seen.append(seen)
        response = self._played(place, request, fault)
        if response is None:
            self.close_connection = True
            return
        seen.status = response.status
        self._answer(response)

    def _played(self, place: Place, request: Request, fault: Fault | None) -> Response | None:
        """The answer under `fault`; `None` for no answer at all."""
        kind = fault.kind if fault else ""
        if fault and kind in ("refuse", "auth", "entitlement", "rate"):
            meant = {"refuse": "content", "auth": "auth", "entitlement": "entitlement", "rate": "rate"}[kind]
            retry_after = fault.retry_after if kind == "rate" else ""
            if retry_after == "date":
                retry_after = formatdate(self.server.sandbox.now() + fault.seconds, usegmt=True)
            return place.standin.refusal(meant, retry_after)  # type: ignore[arg-type]  # one of its literals
        if kind == "error_before":
            return Response(500, "Internal Server Error")
        if kind == "drop_before":
            return None
        if fault and kind == "late":
            time.sleep(fault.seconds)
        with place.turn:
            response = place.standin.handle(request)
        if fault and kind == "slow":
            time.sleep(fault.seconds)
        if kind == "error_after":
            return Response(500, "Internal Server Error")
        if kind == "garbage":
            return Response(200, "<html>unreadable")
        return None if kind == "drop_after" else response

    def _answer(self, response: Response) -> None:
        body = response.body
        if response.status == 204:  # what follows it would be taken for the next answer
            content, kind = b"", "text/plain"
        elif isinstance(body, bytes):
            content, kind = body, "application/octet-stream"
        elif isinstance(body, str):
            content, kind = body.encode(), "text/html; charset=utf-8" if body[:1] == "<" else "text/plain"
        else:
            content, kind = json.dumps(body, ensure_ascii=False).encode(), "application/json"
        try:
            self.send_response(response.status)
            for key, value in {"Content-Type": kind, **response.headers}.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:  # the client is gone; what it asked for has happened all the same
            self.close_connection = True
