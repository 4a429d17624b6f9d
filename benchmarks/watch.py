"""A pass over feeds that have not changed, against a bare httpx loop over the same server; and a pass over one feed.

Run it with the interpreter of the environment the tool is installed in: `make bench`. Whole processes, interleaved, the
fastest of several runs each; memory is the largest resident set. Budgets: 1,000 feeds 1.3 × the bare loop; one feed
2 × a bare interpreter that fetches it with httpx.

The feeds are on 250 addresses of this machine's loopback network, four on each, as a pass limits what it asks of one host.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROUNDS = 7
FEEDS = 1000
HOSTS = 250
AT_ONCE = 100
TAG = '"unchanged"'
FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>A blog</title><link>https://blog.example.org/</link>'
    b"<item><guid>a</guid><title>One</title><link>https://blog.example.org/one/</link></item></channel></rss>"
)

LOOP = """
import asyncio, sys
import httpx

async def main(urls):
    many = asyncio.Semaphore({at_once})
    async def one(client, url):
        async with many:
            answer = await client.get(url, headers={{"If-None-Match": {tag!r}}})
            assert answer.status_code == 304, answer
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client, asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(one(client, url))

asyncio.run(main(open(sys.argv[1]).read().split()))
"""

ONE = """
import sys
import httpx

answer = httpx.get(sys.argv[1], headers={"If-None-Match": sys.argv[2]}, trust_env=False)
assert answer.status_code == 304, answer
"""


class Server:
    """Answers every conditional request with 304, every other one with a feed, as fast as one thread can."""

    def __init__(self) -> None:
        self.port = 0
        self._started = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True).start()
        self._started.wait()

    async def _run(self) -> None:
        server = await asyncio.start_server(self._serve, "0.0.0.0", 0, backlog=1024)  # all of the loopback network
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if b"if-none-match" in head.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + TAG.encode() + b"\r\n\r\n")
                else:
                    size = str(len(FEED)).encode()
                    writer.write(b"HTTP/1.1 200 OK\r\nETag: " + TAG.encode() + b"\r\nContent-Length: " + size)
                    writer.write(b"\r\nContent-Type: application/rss+xml\r\n\r\n" + FEED)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def main() -> None:
    """Prints a table."""
    if sys.argv[1:] == ["serve"]:
        server = Server()
        print(server.port, flush=True)
        sys.stdin.read()
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        # A process of its own, so that its work is on the other core.
        server = subprocess.Popen(
            [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        try:
            _measure(root, int(server.stdout.readline()))
        finally:
            server.kill()


def _measure(root: Path, port: int) -> None:
    urls = [f"http://127.0.{n % HOSTS // 250 + 1}.{n % HOSTS % 250 + 1}:{port}/{n}" for n in range(FEEDS)]
    (root / "urls").write_text("\n".join(urls))
    many, one = _project(root / "many", urls), _project(root / "one", urls[:1])
    tool = str(Path(sys.executable).with_name("syndicate"))
    (root / "loop.py").write_text(LOOP.format(at_once=AT_ONCE, tag=TAG))
    (root / "one.py").write_text(ONE)
    for project in (many, one):  # the first pass, and one after which the answer is known
        for _ in range(2):
            subprocess.run([tool, "watch"], cwd=project, check=True, env=_environment(root), capture_output=True)
            time.sleep(2.5)
    cases = {
        f"bare httpx loop, {FEEDS} feeds": ([sys.executable, str(root / "loop.py"), str(root / "urls")], root),
        f"watch, {FEEDS} feeds unchanged": ([tool, "watch"], many),
        "python -c pass": ([sys.executable, "-c", "pass"], root),
        "bare httpx.get of one feed": ([sys.executable, str(root / "one.py"), urls[0], TAG], root),
        "watch, one feed unchanged": ([tool, "watch"], one),
    }
    best = {name: (float("inf"), 0) for name in cases}
    for _ in range(ROUNDS):
        for name, (command, folder) in cases.items():
            best[name] = min(best[name], _run(command, folder, root))
    names = list(cases)
    for name, (seconds, memory) in best.items():
        base = best[names[0] if name in names[:2] else names[3]][0]
        print(f"{name:36} {seconds * 1000:8.1f} ms  x {seconds / base:5.2f}   {memory / 1024:6.1f} MiB")


def _project(folder: Path, urls: list[str]) -> Path:
    folder.mkdir()
    lines = [
        '[site]\nurl = "https://blog.example.org"\n',
        '[targets.dev]\nadapter = "devto"\napi_key = { env = "KEY" }\n',
    ]
    lines += [f'[feeds.f{n}]\nurl = "{url}"\ntargets = ["dev"]\n' for n, url in enumerate(urls)]
    (folder / "syndicate.toml").write_text("\n".join(lines))
    return folder


def _run(command: list[str], folder: Path, home: Path) -> tuple[float, int]:
    """Seconds, and the largest resident set in KiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=_environment(home), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    assert isinstance(usage, resource.struct_rusage)
    return seconds, usage.ru_maxrss


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder)}


if __name__ == "__main__":
    main()
