"""Files of a project, the site that may or may not show its pictures, and a project for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from syndicate.local import local
from syndicate.local_disk import Disk
from syndicate.post import load
from syndicate.sandbox import Sandbox
from syndicate.sandbox.picture import PIXEL

from .support import SITE, Project, project

#: A picture too, with other bytes.
OTHER = PIXEL + b"\0"


def site(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Files of a project."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def found(root: Path, file: str) -> dict[str, str]:
    """Address as written → path in the project, for the pictures of a post."""
    post = load(root / file, site_url=SITE, site_language="en", root=root)
    pictures = Disk(root / file, root).pictures(post)
    return {url: str(there.path) for url, address in pictures.items() if (there := local(address))}


class Site:
    """A blog's site on loopback. `there`: the paths that it has; `status`: its answer to others, a page of HTML."""

    def __init__(self) -> None:
        self.there: set[str] = set()
        self.status = 404
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                there = self.path in outer.there
                content = PIXEL if there else b"<!doctype html><p>A page.</p>"
                self.send_response(200 if there else outer.status)
                self.send_header("Content-Type", "image/png" if there else "text/html")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content)

            do_HEAD = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextlib.contextmanager
def site_up() -> Iterator[Site]:
    """A site for as long as the block lasts."""
    made = Site()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


def pictured(folder: Path, sandbox: Sandbox, blog: Site) -> Project:
    """A project whose post shows `a.png`, which lies beside it; its targets show it from the site, but for Ghost."""
    made = project(folder, sandbox, ["devto", "twitter", "ghost"])
    made.config.write_text(made.config.read_text().replace(SITE, blog.url))
    made.post(f"---\ntitle: Hello\ncanonical_url: {blog.url}/hello/\n---\nSome words.\n\n![A graph](a.png)\n")
    (made.folder / "a.png").write_bytes(PIXEL)
    return made
