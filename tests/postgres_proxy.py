"""A proxy in front of a PostgreSQL server that knows where a message ends, and can cut the line at any one.

Protocol 3.0, postgresql.org/docs/current/protocol-flow.html: before the start-up message a client may ask for TLS or
GSS encryption, which is answered with one byte (here "no", by the proxy); all later messages have a type and a length.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

Side = Literal["client", "server"]

_ENCRYPTION = (80877103, 80877104)


@dataclass(frozen=True)
class Cut:
    """The line is cut when the `number`-th message (from 1) of one side has arrived here, before it is passed on.

    At a message of the client, the server has not seen it. At one of the server, it has done all that it was asked
    to, and the client does not hear of it. `reset`: the client's end sees a reset, not an orderly end. `for_good`:
    later connections end at once too, until `Proxy.arm` is called again.
    """

    side: Side
    number: int
    reset: bool = False
    for_good: bool = False


class Proxy:
    """On loopback, for any number of connections one after the other or side by side. A context manager."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._lines: list[tuple[socket.socket, socket.socket]] = []
        self._cut: Cut | None = None
        self._down = False
        #: What has passed since `arm`, by side: the types of the messages.
        self.seen: dict[Side, list[str]] = {"client": [], "server": []}
        #: Whether the cut has been made.
        self.struck = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for line in list(self._lines):
            _end(line, reset=False)
        self._thread.join()

    def arm(self, cut: Cut | None) -> None:
        """Counts from here on, on whichever connection; makes one cut, then lets all pass."""
        with self._lock:
            self._cut = cut
            self._down = False
            self.seen = {"client": [], "server": []}
            self.struck.clear()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listening.accept()
                if self._down:
                    client.close()
                    continue
                line = (client, socket.create_connection(("127.0.0.1", self._server)))
                for end in line:  # each message is passed on by itself: none is to wait for an acknowledgement
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._lines.append(line)
                _Line(self, line).start()

    def passes(self, side: Side, kind: str, line: tuple[socket.socket, socket.socket]) -> bool:
        """Counts a message; cuts the line when it is the one."""
        if side == "client" and kind == "X":  # a good-bye: what was armed since is not meant by it
            return True
        with self._lock:
            self.seen[side].append(kind)
            cut = self._cut
            if cut is None or cut.side != side or cut.number != len(self.seen[side]):
                return True
            self._cut, self._down = None, cut.for_good
            self.struck.set()
            _end(line, reset=cut.reset)
            return False


class _Line:
    """One connection: a thread for each direction."""

    def __init__(self, proxy: Proxy, line: tuple[socket.socket, socket.socket]) -> None:
        self._proxy = proxy
        self._line = line

    def start(self) -> None:
        threading.Thread(target=self._pump, args=("client",), daemon=True).start()
        threading.Thread(target=self._pump, args=("server",), daemon=True).start()

    def _pump(self, side: Side) -> None:
        source, sink = self._line if side == "client" else self._line[::-1]
        with contextlib.suppress(OSError, EOFError):
            if side == "client":
                self._begin(source, sink)
            while True:
                head = _exactly(source, 5)
                body = _exactly(source, int.from_bytes(head[1:], "big") - 4)
                if not self._proxy.passes(side, chr(head[0]), self._line):
                    return
                sink.sendall(head + body)
        _end(self._line, reset=False)

    def _begin(self, client: socket.socket, server: socket.socket) -> None:
        """What has no type: requests for encryption, then the start-up message."""
        while True:
            head = _exactly(client, 8)
            length, code = struct.unpack("!II", head)
            body = _exactly(client, length - 8)
            if not self._proxy.passes("client", "start-up", self._line):
                raise EOFError
            if code in _ENCRYPTION:
                client.sendall(b"N")  # said in the server's place
                continue
            server.sendall(head + body)
            return


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = source.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _end(line: tuple[socket.socket, socket.socket], *, reset: bool) -> None:
    client, _ = line
    if reset:
        with contextlib.suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.shutdown(socket.SHUT_RD)  # the other thread may wait on it, which would keep it open
            client.close()
    for end in line:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            end.close()
