"""`check --online`: which pictures answer, asked from public addresses alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from syndicate.check_online import ask
from syndicate.sandbox.picture import PIXEL
from tests.support import call

#: What a server says to a path: status, content type, body; `None` closes the connection.
PAGES: dict[str, tuple[int, str, bytes] | None] = {
    "/good.png": (200, "image/png", PIXEL),
    "/nameless": (200, "application/octet-stream", PIXEL),
    "/drawing.svg": (200, "text/plain", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "/page": (200, "text/html", b"<!doctype html><p>gone"),
    "/gone.png": (404, "text/html", b"no"),
    "/broken.png": (500, "text/html", b"no"),
    "/cut.png": None,
}


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and the requests that it got."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            seen.append(f"{self.command} {self.path}")
            if self.path.startswith("/to/"):
                self.send_response(302)
                self.send_header(
                    "Location", self.path.removeprefix("/to/").replace("HERE", f"http://{self.headers['Host']}")
                )
                self.end_headers()
                return
            page = PAGES.get(self.path)
            if page is None or (self.command == "HEAD" and self.path == "/nameless"):
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

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}", seen
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/good.png", ""),
        ("/nameless", ""),
        ("/drawing.svg", ""),
        ("/to/HERE/good.png", ""),
        ("/page", "no picture"),
        ("/gone.png", "not there"),
        ("/broken.png", "500"),
        ("/cut.png", "does not answer"),
        ("/to/file:///etc/passwd", "not on the web"),
        ("/to/http://169.254.169.254/x", "not public"),
    ],
)
def test_told(server: tuple[str, list[str]], path: str, words: str) -> None:
    """What is there says nothing; what is not is told in words, whatever the server calls it."""
    url = server[0] + path
    answer = ask([url], trusted=["127.0.0.1"])[url]
    assert words in answer.message
    assert bool(answer.message) == bool(words)


def test_only_asks(server: tuple[str, list[str]]) -> None:
    """One HEAD for each picture, however often it stands in a post; more only where that did not tell."""
    ask([server[0] + "/good.png"] * 3, trusted=["127.0.0.1"])
    assert server[1] == ["HEAD /good.png"]


def test_a_private_address_is_not_asked(server: tuple[str, list[str]]) -> None:
    """Whose host nobody named is not asked for on this machine's own network."""
    url = server[0] + "/good.png"
    assert "not public" in ask([url])[url].message
    assert server[1] == []


def test_the_command(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    """A picture that does not answer is told with its address; the post is a post all the same."""
    home = server[0]
    text = f"# A title\n\nText.\n\n![one]({home}/good.png)\n\n![two]({home}/gone.png)\n"
    (tmp_path / "post.md").write_text(text)
    outcome = call("check", "post.md", "--for", "devto", "--online", "--site", home, "--json", cwd=tmp_path)
    assert outcome.returncode == 0, outcome
    told = {one["url"]: one["message"] for one in outcome.json()["posts"][0]["pictures"]}
    assert told[f"{home}/good.png"] == ""
    assert "not there" in told[f"{home}/gone.png"]
    assert call("check", "post.md", "--for", "devto", "--site", home, cwd=tmp_path).returncode == 0
