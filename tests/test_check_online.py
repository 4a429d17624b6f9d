"""`check --online`: which pictures answer, asked from public addresses alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest

from syndicate.check_online import ask
from syndicate.sandbox.picture import PIXEL
from tests.support import Outcome, call, tree

TRUSTED = ("127.0.0.1",)
#: What a server says to a path: status, content type, body; `None` closes the connection.
PAGES: dict[str, tuple[int, str, bytes] | None] = {
    "/good.png": (200, "image/png", PIXEL),
    "/nameless": (200, "application/octet-stream", PIXEL),
    "/no-head.png": (200, "image/png", PIXEL),
    "/new.kind": (200, "image/x-new", b"\1\2\3"),
    "/drawing.svg": (200, "text/plain", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "/page": (200, "text/html", b"<!doctype html><p>gone"),
    "/nothing": (200, "text/plain", b""),
    "/gone.png": (404, "text/html", b"no"),
    "/broken.png": (500, "text/html", b"no"),
    "/busy.png": (429, "text/html", b"later"),
    "/cut.png": None,
}


class Server:
    """A server on loopback. `seen`: the requests that it got, each with its headers."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.pages = dict(PAGES)
        #: How many requests were waiting at once, at most; they go on when there are eight.
        self.most = 0
        self._waiting = 0
        self._lock = threading.Lock()
        self._eight = threading.Barrier(8, timeout=10)
        self._closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                outer.seen.append((f"{self.command} {self.path}", {k.lower(): v for k, v in self.headers.items()}))
                if self.path.startswith("/to/"):
                    self.send_response(302)
                    self.send_header("Location", self.path.removeprefix("/to/").replace("HERE", outer.url))
                    self.end_headers()
                    return
                page = outer._page(self.command, self.path)
                if page is None:
                    self.close_connection = True
                    return
                status, kind, body = page
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        class Many(ThreadingHTTPServer):
            request_queue_size = 64

        self._server = Many(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def _page(self, method: str, path: str) -> tuple[int, str, bytes] | None:
        if path.startswith("/eight/"):
            with self._lock:
                self._waiting += 1
                self.most = max(self.most, self._waiting)
            self._eight.wait()
            with self._lock:
                self._waiting -= 1
            return self.pages["/good.png"]
        if path == "/hang":
            self._closing.wait(20)
            return None
        if method == "HEAD" and path == "/nameless":
            return None
        if method == "HEAD" and path == "/no-head.png":
            return 405, "text/html", b""
        return self.pages[path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> list[str]:
        return [request for request, _ in self.seen]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.mark.parametrize(
    ("path", "words", "status"),
    [
        ("/good.png", "", 200),
        ("/nameless", "", 200),
        ("/no-head.png", "", 200),
        ("/new.kind", "", 200),
        ("/drawing.svg", "", 200),
        ("/to/HERE/good.png", "", 200),
        ("/page", "is no picture but text/html", 200),
        ("/nothing", "no picture", 200),
        ("/gone.png", "not there", 404),
        ("/broken.png", "500", 500),
        ("/busy.png", "429", 429),
        ("/cut.png", "does not answer", None),
        ("/to/file:///etc/passwd", "not on the web", None),
        ("/to/http://[::1", "does not answer", None),
        ("/to/http://169.254.169.254/x", "not public", None),
        ("/to/" + "HERE/to/" * 7, "redirected more than", None),
    ],
)
def test_told(server: Server, path: str, words: str, status: int | None) -> None:
    """What is there says nothing; what is not is told in words, whatever the server calls it."""
    url = server.url + path
    answer = ask([url], trusted=TRUSTED)[url]
    assert words in answer.message
    assert bool(answer.message) == bool(words)
    assert answer.status == status


@pytest.mark.parametrize("url", ["https://", "http://[::1", "http://a.example:x/", "http://a\x00b/"])
def test_what_is_no_address(url: str) -> None:
    """Whatever an author wrote as an address: it is told, and nothing is asked."""
    assert ask([url])[url].message


def test_only_asks(server: Server) -> None:
    """One HEAD for each picture, however often it stands in a post; never an answer that was kept."""
    answers = ask([server.url + "/good.png"] * 3, trusted=TRUSTED)
    ((request, headers),) = server.seen
    assert request == "HEAD /good.png"
    assert headers["cache-control"] == "no-cache"
    assert not {"cookie", "authorization", "if-none-match"} & set(headers)
    assert answers[server.url + "/good.png"].bytes == len(PIXEL)


def test_only_the_first_bytes(server: Server) -> None:
    """Where a HEAD does not tell, a GET asks for a few bytes; who asks to be left alone is."""
    ask([server.url + "/no-head.png"], trusted=TRUSTED)
    assert server.requests == ["HEAD /no-head.png", "GET /no-head.png"]
    assert server.seen[1][1]["range"] == "bytes=0-511"
    server.seen.clear()
    ask([server.url + "/busy.png"], trusted=TRUSTED)
    assert server.requests == ["HEAD /busy.png"]


def test_a_private_address_is_not_asked(server: Server) -> None:
    """Whose host nobody named is not asked for on this machine's own network."""
    url = server.url + "/good.png"
    assert "not public" in ask([url])[url].message
    assert server.seen == []


def test_eight_at_once(server: Server) -> None:
    """Side by side, but not more than eight."""
    answers = ask([f"{server.url}/eight/{n}.png" for n in range(16)], trusted=TRUSTED)
    assert [answer.message for answer in answers.values()] == [""] * 16
    assert server.most == 8


def test_the_time_for_all_is_limited(server: Server) -> None:
    """A server that says nothing does not hold the command; what was not reached is told."""
    (silent,) = ask([f"{server.url}/hang"], trusted=TRUSTED, deadline=0.2).values()
    assert "does not answer within" in silent.message
    none = ask([f"{server.url}/good.png"], trusted=TRUSTED, deadline=0.0)
    assert "was not asked for" in none[f"{server.url}/good.png"].message


def checked(folder: Path, server: Server, text: str, *words: str) -> Outcome:
    """The command on a post whose site the server is."""
    (folder / "post.md").write_text(text)
    return call("check", "post.md", "--for", "devto", "--online", "--site", server.url, *words, cwd=folder)


def test_the_command(tmp_path: Path, server: Server) -> None:
    """A picture that does not answer is told with its address and line; the post is a post all the same."""
    text = f"# A title\n\nText.\n\n![one](/good.png)\n\n![two]({server.url}/gone.png?key=1)\n\n[three](/page.jpg)\n"
    server.pages |= {"/gone.png?key=1": PAGES["/gone.png"], "/page.jpg": PAGES["/page"]}
    outcome = checked(tmp_path, server, text, "--json")
    assert outcome.returncode == 0, outcome
    assert outcome.json()["posts"][0]["pictures"] == [
        {"url": f"{server.url}/good.png", "status": 200, "message": "", "bytes": len(PIXEL), "line": 5},
        {
            "url": f"{server.url}/gone.png?key=1",
            "status": 404,
            "message": "is not there (HTTP 404)",
            "bytes": None,
            "line": 7,
        },
        {
            "url": f"{server.url}/page.jpg",
            "status": 200,
            "message": "is no picture but text/html",
            "bytes": len(b"<!doctype html><p>gone"),
            "line": 9,
        },
    ]
    shown = checked(tmp_path, server, text).stdout
    assert "  pictures: 1 of 3 answer\n" in shown
    assert f"    ! line 7: {server.url}/gone.png?… is not there (HTTP 404)\n" in shown
    assert set(tree(tmp_path)) == {"post.md"}


def test_without_online_nothing_is_asked(tmp_path: Path, server: Server) -> None:
    """The pictures are not even listed."""
    (tmp_path / "post.md").write_text(f"# A title\n\n![one]({server.url}/gone.png)\n")
    outcome = call("check", "post.md", "--for", "devto", "--site", server.url, "--json", cwd=tmp_path)
    assert outcome.json()["posts"][0]["pictures"] == []
    assert server.seen == []


def test_a_dead_picture_counts_when_strict(tmp_path: Path, server: Server) -> None:
    """Exit 1 with `--strict`, as for whatever is off."""
    head = f"---\ntitle: T\ncanonical_url: {server.url}/post/\n---\n"
    assert checked(tmp_path, server, f"{head}![one](/good.png)\n", "--strict").returncode == 0
    assert checked(tmp_path, server, f"{head}![one](/gone.png)\n", "--strict").returncode == 1
    assert checked(tmp_path, server, f"{head}![one](/gone.png)\n").returncode == 0


def test_what_is_on_the_web_need_not_be_put_there(tmp_path: Path, server: Server) -> None:
    """A picture on disk that answers at its address is no matter any more; one that does not still is."""
    (tmp_path / "static").mkdir()
    for name in ("good.png", "gone.png"):
        (tmp_path / "static" / name).write_bytes(PIXEL)
    outcome = checked(tmp_path, server, "# A title\n\n![one](/good.png) ![two](/gone.png)\n", "--json")
    told = [one["message"] for one in outcome.json()["posts"][0]["findings"] if "until the site" in one["message"]]
    assert len(told) == 1
    assert "/gone.png" in told[0]
