"""The sandbox: pages that are safe to look at, faults on demand, and no door but loopback."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from syndicate.sandbox import FAULTS, Fault, Sandbox
from syndicate.standin import Received

from .support import FIVE


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


class Answer:
    """An answer, read to its end."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {key.lower(): value for key, value in response.getheaders()}
        self.text = response.read().decode()

    def json(self) -> Any:
        return json.loads(self.text)


def ask(sandbox: Sandbox, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """One request."""
    address = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with contextlib.closing(connection):
        connection.request(method, path, content, {k.replace("_", "-"): v for k, v in headers.items()})
        return Answer(connection.getresponse())


def article(sandbox: Sandbox, title: str = "Title", body: str = "Text", **more: Any) -> Answer:
    """A new article at DEV's stand-in."""
    wanted = {"article": {"title": title, "body_markdown": body, "published": True, "tags": [], **more}}
    return ask(sandbox, "POST", "/devto/api/articles", wanted, api_key="sandbox-dev-key", User_Agent="test")


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


# ---------------------------------------------------------------------- faults


def test_faults_by_request(sandbox: Sandbox) -> None:
    """`POST /_faults` plays a fault on the next writes, as often as asked, and on no read."""
    wanted = {"adapter": "devto", "kind": "error_before", "times": 2}
    assert ask(sandbox, "POST", "/_faults", wanted).json() == {"ok": True}
    assert ask(sandbox, "GET", "/devto/api/users/me", api_key="sandbox-dev-key", User_Agent="t").status == 200
    assert [article(sandbox, f"Title {n}").status for n in range(3)] == [500, 500, 201]
    assert [seen.fault for seen in sandbox.seen] == [None, "error_before", "error_before", None]


def test_faults_on_reads(sandbox: Sandbox) -> None:
    """With `reads` a fault is for the next reads, and the writes go through."""
    ask(sandbox, "POST", "/_faults", {"adapter": "devto", "kind": "auth", "reads": True})
    assert article(sandbox).status == 201
    statuses = [
        ask(sandbox, "GET", "/devto/api/users/me", api_key="sandbox-dev-key", User_Agent="t").status for _ in range(2)
    ]
    assert statuses == [401, 200]


@pytest.mark.parametrize(
    "body",
    [
        {"adapter": "devto", "kind": "explode"},
        {"adapter": "nowhere", "kind": "slow"},
        {"kind": "slow"},
        {"adapter": "devto"},
        {"adapter": "devto", "kind": "slow", "sedonds": 3},
        {"adapter": ["devto"], "kind": "slow"},
        {"adapter": "devto", "kind": "slow", "times": "2"},
        {"adapter": "devto", "kind": "slow", "seconds": "long"},
        {"adapter": "devto", "kind": "rate", "retry_after": 5},
        [],
        b"not json",
        b"",
        b"\xff",
    ],
)
def test_faults_that_are_none(sandbox: Sandbox, body: Any) -> None:
    """What is no fault is refused with a reason, and the platforms go on as before."""
    answer = ask(sandbox, "POST", "/_faults", body)
    assert answer.status == 422
    assert answer.json()["error"]
    assert article(sandbox).status == 201


@pytest.mark.parametrize(
    ("kind", "status", "arrives"),
    [
        ("refuse", 422, False),
        ("auth", 401, False),
        ("entitlement", 403, False),
        ("rate", 429, False),
        ("error_before", 500, False),
        ("error_after", 500, True),
        ("drop_before", None, False),
        ("drop_after", None, True),
        ("garbage", 200, True),
        ("slow", 201, True),
        ("late", 201, True),
    ],
)
def test_each_fault(sandbox: Sandbox, kind: str, status: int | None, *, arrives: bool) -> None:
    """Each fault answers, or does not, as it says, and has its effect or has it not."""
    sandbox.play("devto", Fault(kind, seconds=0.05, retry_after="7"))
    if status is None:
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            article(sandbox)
    else:
        answer = article(sandbox)
        assert answer.status == status
        if kind == "rate":
            assert answer.headers["retry-after"] == "7"
        if kind == "garbage":
            with pytest.raises(ValueError, match="Expecting value"):
                answer.json()
    assert [post.title for post in sandbox.places["devto"].standin.posts] == (["Title"] if arrives else [])
    assert set(FAULTS) >= {kind}


def test_rate_by_date(sandbox: Sandbox) -> None:
    """A wait can also be given as a date, as HTTP has it."""
    sandbox.play("devto", Fault("rate", retry_after="date", seconds=90))
    assert article(sandbox).headers["retry-after"].endswith("GMT")


@pytest.mark.slow
def test_late_happens_without_the_client(sandbox: Sandbox) -> None:
    """A late request takes effect although nobody waits for its answer any more."""
    sandbox.play("devto", Fault("late", seconds=0.5))
    address = urlsplit(sandbox.url)
    body = json.dumps({"article": {"title": "Late", "body_markdown": "x", "published": True, "tags": []}}).encode()
    head = f"POST /devto/api/articles HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\napi-key: sandbox-dev-key\r\nContent-Length: {len(body)}"
    with socket.create_connection((address.hostname or "", address.port or 0)) as client:
        client.sendall(f"{head}\r\n\r\n".encode() + body)
    posts = sandbox.places["devto"].standin.posts
    assert posts == []
    end = time.monotonic() + 20
    while not posts and time.monotonic() < end:
        time.sleep(0.02)
    assert [post.title for post in posts] == ["Late"]


def test_there_is_no_such_fault() -> None:
    """A fault that does not exist is refused with the list of those that do."""
    with pytest.raises(ValueError, match="drop_after"):
        Fault("explode")


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
