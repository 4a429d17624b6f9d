"""The sandbox misbehaves when it is told to, and only then."""

from __future__ import annotations

import http.client
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from syndicate.sandbox import FAULTS, Fault, Sandbox

from .sandbox_bridge import article, ask


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


def test_half_a_request_is_none(sandbox: Sandbox) -> None:
    """A client that dies in the middle of a request has sent nothing: half a post would pass for a whole one."""
    where = urlsplit(sandbox.base_url("reddit"))
    assert where.hostname
    with socket.create_connection((where.hostname, where.port or 80)) as client:
        client.sendall(
            f"POST {where.path}/api/submit HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: 100\r\n\r\ntitle=cut".encode()
        )
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b""
    assert sandbox.seen == []
