"""The sandbox: pages that are safe to look at, faults on demand, and no door but loopback."""

from __future__ import annotations

import contextlib
import http.client
import socket
import urllib.error
import urllib.request
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from syndicate.registry import standin_class
from syndicate.sandbox import FAULTS, Sandbox
from syndicate.standin import Received, Request, Response

from .sandbox_bridge import article, ask
from .support import FIVE


class _Page(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


_HOSTILE = """<script>alert(1)</script> <img src=x onerror=alert(1)> [click](javascript:alert(1))
<a href="javascript:alert(1)">x</a> ![x](javascript:alert(1)) [d](data:text/html,<script>alert(1)</script>)
"><svg onload=alert(1)> ' onmouseover='alert(1) &lt;script&gt;

<iframe src="https://evil.example"></iframe>

```html
<script>alert(2)</script>
```
"""


# ---------------------------------------------------------------------- answers


def test_an_answer_without_a_body_has_none() -> None:
    """Behind a 204 nothing is sent, so that the next request of the same connection gets its own answer."""

    class Silent(standin_class("devto")):  # type: ignore[misc]  # a class by its name
        def handle(self, request: Request) -> Response:
            return Response(204) if request.method == "DELETE" else Response(200, {"path": request.path})

    with Sandbox(standins={"devto": Silent}) as sandbox:
        address = urlsplit(sandbox.base_url("devto"))
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
        with contextlib.closing(connection):
            for method, status in (("DELETE", 204), ("GET", 200)):
                connection.request(method, f"{address.path}/x")
                answer = connection.getresponse()
                assert (answer.status, bool(answer.read())) == (status, method == "GET")


# ---------------------------------------------------------------------- pages


def test_pages_are_up(sandbox: Sandbox) -> None:
    """The overview, a page for each platform, each post and the raw requests; anything else is 404."""
    id = article(sandbox, "A title").json()["id"]
    for path in ("/", *(f"/{name}" for name in FIVE), f"/devto/posts/{id}", "/devto/requests"):
        page = ask(sandbox, "GET", path)
        assert page.status == 200, path
        assert page.headers["content-type"].startswith("text/html")
    assert "A title" in ask(sandbox, "GET", "/devto").text
    for path in ("/none", "/devto/none", "/devto/posts/0", "/devto/posts/", "/devto/requests/1", "/_faults"):
        assert ask(sandbox, "GET", path).status == 404, path


def test_overview_tells_what_to_configure(sandbox: Sandbox) -> None:
    """The first page has each platform's `base_url` and names every fault."""
    page = ask(sandbox, "GET", "/").text
    for name in FIVE:
        assert f"{sandbox.url}/{name}/api" in page
        assert sandbox.base_url(name) == f"{sandbox.url}/{name}/api"
    assert all(f"<code>{fault}</code>" in page for fault in FAULTS)


def test_pages_run_nothing(sandbox: Sandbox) -> None:
    """The policy of every page allows no script, no frame and no form, and forbids guessing of types."""
    for path in ("/", "/devto", "/devto/requests"):
        headers = ask(sandbox, "GET", path).headers
        policy = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split("; ")}
        assert policy["default-src"] == ["'none'"]
        assert not {"script-src", "frame-src", "connect-src"} & set(policy)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


def test_hostile_posts_are_shown_harmlessly(sandbox: Sandbox) -> None:
    """Titles, texts, tags and links that hold markup are shown as text: no script, handler or frame gets through."""
    hostile = '"><script>alert(0)</script>'
    received = {
        "markdown": Received(
            "m'\"<1>", hostile, _HOSTILE, "markdown", link=f"javascript:alert(1){hostile}", tags=(hostile,)
        ),
        "html": Received("2", hostile, _HOSTILE, "html", raw=_HOSTILE.encode(), reply_to=hostile),
        "plain": Received("3", hostile, _HOSTILE, "plain", link=hostile, raw=b"\xff\xfe<script>"),
    }
    sandbox.places["devto"].standin.posts += list(received.values())
    ask(sandbox, "POST", f"/devto/api/{hostile.replace(' ', '')}", b"<script>alert(3)</script>", X_Odd="<script>")
    for path in ("/devto", "/devto/posts/2", "/devto/posts/3", "/devto/requests", "/"):
        page = ask(sandbox, "GET", path)
        assert page.status == 200
        found = _Page(page.text)
        assert not {tag for tag, _ in found.tags} & {"script", "iframe", "svg", "object", "form", "base", "embed"}
        for tag, attributes in found.tags:
            assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
            for name in ("href", "src"):
                value = (attributes.get(name) or "").strip().lower()
                assert not value.startswith(("javascript:", "data:text", "vbscript:")), (tag, attributes)
        if path != "/":
            assert any("alert(" in words for words in found.words)


def test_pages_hide_credentials(sandbox: Sandbox) -> None:
    """Neither headers nor bodies of the raw requests show a key, a token or a password."""
    secrets = {
        "Authorization": "Bearer s3cret-bearer",
        "api_key": "s3cret-key",
        "Cookie": "session=s3cret-cookie",
        "X_Api_Key": "s3cret-x-key",
        "Proxy_Authorization": "Basic s3cret-proxy",
    }
    forms = b"grant_type=password&username=me&password=s3cret-pass&client_secret=s3cret-client&refresh_token=s3cret-re"
    form = "application/x-www-form-urlencoded"
    for name in FIVE:
        ask(sandbox, "POST", f"/{name}/api/token", forms, **secrets, User_Agent="a:b:v1", Content_Type=form)
        page = ask(sandbox, "GET", f"/{name}/requests").text
        assert "s3cret" not in page, name
        assert "POST /token" in page
        assert "(hidden)" in page
        assert "grant_type" in page


# ---------------------------------------------------------------------- the server


def test_loopback_only(sandbox: Sandbox) -> None:
    """The sandbox listens on this machine alone, on a port of its own."""
    assert urlsplit(sandbox.url).hostname == "127.0.0.1"
    with Sandbox() as other:
        assert other.url != sandbox.url


@pytest.mark.parametrize("length", ["x", "-1", "99999999999999999999"])
def test_odd_lengths(sandbox: Sandbox, length: str) -> None:
    """A request whose length is nonsense is refused, and the next one is served."""
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as client:
        client.sendall(f"POST /devto/api/articles HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100).startswith(b"HTTP/1.1 4")
    assert article(sandbox).status == 201


def test_seen_and_writes(sandbox: Sandbox) -> None:
    """What arrived can be asked for: all of it, the writes, those of one platform."""
    article(sandbox, "One")
    article(sandbox, "Two")
    ask(sandbox, "GET", "/medium/api/me")
    assert [seen.name for seen in sandbox.seen] == ["devto", "devto", "medium"]
    assert len(sandbox.writes()) == len(sandbox.writes("devto")) == 2
    assert sandbox.writes("medium") == []
    assert [seen.status for seen in sandbox.seen] == [201, 201, 401]


def test_targets_are_whole(sandbox: Sandbox) -> None:
    """Each stand-in names what a target needs, and which of it are secrets."""
    for name in FIVE:
        target = sandbox.target(name)
        assert target["adapter"] == name
        assert target["base_url"] == sandbox.base_url(name)
        assert sandbox.secrets(name) & set(target)


# ---------------------------------------------------------------------- the tests' own guard


def test_tests_reach_no_network() -> None:
    """A connection or a look-up beyond loopback fails the test, and no `except Exception` hides it."""
    with socket.socket() as stream, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        for reach in (
            lambda: stream.connect(("203.0.113.1", 80)),
            lambda: stream.connect_ex(("203.0.113.1", 80)),
            lambda: socket.getaddrinfo("example.org", 80),
            lambda: packets.sendto(b"x", ("203.0.113.1", 53)),
        ):
            with pytest.raises(pytest.fail.Exception, match="a test"):
                reach()


def test_pages_are_for_this_machine_only(sandbox: Sandbox) -> None:
    """A browser that a page elsewhere has led here under another name is shown nothing and can play no fault."""
    for method, path in (("GET", "/"), ("POST", "/_faults")):
        request = urllib.request.Request(f"{sandbox.url}{path}", b"{}" if method == "POST" else None, method=method)
        request.add_header("Host", "evil.example")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 421
        refused.value.close()
