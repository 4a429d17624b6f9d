"""One conditional GET: what it costs, what it takes from a server, and what it refuses."""

from __future__ import annotations

import asyncio
import gzip
import logging
import time
import zlib
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest

from syndicate.feed import Ask, FeedTrouble, Fetched
from syndicate.feed.fetch import fetch, make_feed_client

from .feed_bridge import FeedServer, rss

NOW = 1_800_000_000.0
BODY = rss()


@pytest.fixture
def server():
    with FeedServer() as running:
        yield running


def get(url: str, *, timeout: float = 5.0, limit: int = 1_000_000, trusted=(), **known: str) -> Fetched:
    async def run() -> Fetched:
        async with make_feed_client(timeout) as client:
            ask = Ask(url=url, **known)
            return await fetch(client, ask, now=lambda: NOW, limit=limit, timeout=timeout, trusted=trusted)

    return asyncio.run(run())


def trouble(url: str, **more) -> FeedTrouble:
    with pytest.raises(FeedTrouble) as caught:
        get(url, **more)
    return caught.value


def test_a_body_comes_with_what_the_next_request_needs(server):
    """The first answer carries ETag, Last-Modified, content type and where it came from."""
    server.put("/feed", BODY, etag='W/"1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")
    found = get(server.url("/feed"))
    assert found.status == "changed"
    assert found.body == BODY.encode()
    assert (found.etag, found.last_modified) == ('W/"1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert (found.url, found.moved_to, found.until) == (server.url("/feed"), None, None)
    assert found.content_type.endswith("charset=utf-8")


@pytest.mark.parametrize(
    "known", [{"etag": '"a"'}, {"last_modified": "Mon, 01 Jan 2024 00:00:00 GMT"}], ids=["ETag", "Last-Modified"]
)
def test_an_unchanged_feed_is_a_304_without_a_body(server, known):
    """What is known of the last answer is sent along, and a 304 is `unchanged`."""
    server.put("/feed", BODY, etag='"a"' if "etag" in known else "", last_modified="Mon, 01 Jan 2024 00:00:00 GMT")
    found = get(server.url("/feed"), **known)
    assert (found.status, found.body) == ("unchanged", b"")
    asked = server.seen("/feed")[0]
    assert asked.get("if-none-match") == known.get("etag")
    assert asked.get("if-modified-since") == known.get("last_modified")


def test_unchanged_feeds_of_one_host_share_a_connection(server):
    """A 304 leaves its connection open for the next request."""
    server.put("/feed", BODY, etag='"a"')

    async def run() -> set[int]:
        async with make_feed_client(5) as client:
            ports = set()
            for _ in range(3):
                await fetch(client, Ask(url=server.url("/feed"), etag='"a"'), now=lambda: NOW)
                ports.add(len(client._transport._pool.connections))  # type: ignore[attr-defined]
                ports |= {id(c) for m in client._mounts.values() if m is not None for c in m._pool.connections}
            return ports

    assert len(asyncio.run(run())) <= 2


def test_a_304_that_nobody_asked_for_is_trouble(server):
    """Without anything known, `unchanged` would be nothing at all."""
    server.fail("/feed", 304)
    assert "304" in trouble(server.url("/feed")).message


def test_the_request_names_the_tool_and_keeps_no_cookies(server):
    """User agent and gzip are said; a cookie that a server sets is not sent back."""
    server.put("/feed", BODY, set_cookie="a=b; Path=/")

    async def run() -> None:
        async with make_feed_client(5) as client:
            for _ in range(2):
                await fetch(client, Ask(url=server.url("/feed")), now=lambda: NOW)

    asyncio.run(run())
    first, second = server.seen("/feed")
    assert first["user-agent"].startswith("syndicate/")
    assert first["accept-encoding"] == "gzip"
    assert "cookie" not in second


def test_an_etag_that_no_header_can_carry_is_left_out(server):
    """A damaged value from an older ledger does not stop the feed."""
    server.put("/feed", BODY)
    assert get(server.url("/feed"), etag="a\nb").status == "changed"


# ------------------------------------------------------------------ statuses


def test_gone_is_a_status_of_its_own(server):
    """410 stops the feed; it is no failure that may pass."""
    server.fail("/feed", 410)
    assert get(server.url("/feed")).status == "gone"


def test_gone_behind_a_temporary_redirect_is_only_trouble(server):
    """What is gone is then not the feed's own address."""
    server.redirect("/feed", "/other", 302)
    server.fail("/other", 410)
    assert trouble(server.url("/feed")).kind == "unavailable"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503, 204])
def test_other_statuses_are_unavailable_and_named(server, status):
    """The next pass tries again; the message says what the server said, without the query."""
    server.fail("/feed", status)
    found = trouble(server.url("/feed") + "?token=hunter2")
    assert found.kind == "unavailable"
    assert str(status) in found.message
    assert "hunter2" not in str(found)
    assert found.until is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999", 7 * 86400),
        (format_datetime(datetime.fromtimestamp(NOW + 60, UTC), usegmt=True), 60),
        (format_datetime(datetime.fromtimestamp(NOW - 60, UTC), usegmt=True), 0),
        ("soon", None),
        ("²", None),
        ("1" * 5000, 7 * 86400),
    ],
)
def test_retry_after_is_a_moment_at_most_seven_days_ahead(server, value, seconds):
    """Seconds or a date; what is neither says nothing."""
    server.fail("/feed", 503, retry_after=value.encode().decode("latin-1"))
    found = trouble(server.url("/feed"))
    assert found.until == (None if seconds is None else NOW + seconds)


def test_retry_after_counts_on_good_answers_too(server):
    """A server may ask for a pause while it answers."""
    server.put("/feed", BODY, retry_after="60", etag='"a"')
    assert get(server.url("/feed")).until == NOW + 60
    assert get(server.url("/feed"), etag='"a"').until == NOW + 60


# ------------------------------------------------------------------ redirects


@pytest.mark.parametrize(
    ("statuses", "moves"),
    [((301,), True), ((308, 301), True), ((302,), False), ((301, 302), False), ((307, 301), False), ((303,), False)],
)
def test_only_a_chain_of_permanent_redirects_moves_a_feed(server, statuses, moves):
    """`url` is where the document came from, `moved_to` where permanent redirects alone led."""
    for n, status in enumerate(statuses):
        server.redirect(f"/{n}", f"/{n + 1}", status)
    server.put(f"/{len(statuses)}", BODY)
    found = get(server.url("/0"))
    end = server.url(f"/{len(statuses)}")
    assert found.url == end
    assert found.moved_to == (end if moves else None)


def test_an_unchanged_feed_that_moved_says_so(server):
    """The conditional headers are sent along a redirect, and a 304 behind it counts."""
    server.redirect("/feed", server.url("/new"), 301)
    server.put("/new", BODY, etag='"a"')
    found = get(server.url("/feed"), etag='"a"')
    assert (found.status, found.moved_to) == ("unchanged", server.url("/new"))


def test_a_failure_behind_a_permanent_redirect_moves_nothing(server):
    """Only what worked is remembered."""
    server.redirect("/feed", "/new", 301)
    server.fail("/new", 404)
    assert trouble(server.url("/feed")).kind == "unavailable"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("/feed", "circle"),
        ("ftp://blog.example.org/feed", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("javascript:alert(1)", "no web address"),
        ("", "no web address"),
    ],
)
def test_redirects_that_lead_nowhere_are_refused(server, to, words):
    """Loops and other schemes end at once."""
    server.redirect("/feed", to, 302)
    found = trouble(server.url("/feed"))
    assert words in found.message or "not a usable address" in found.message
    assert server.hits("/feed") == 1


def test_more_than_five_redirects_are_refused(server):
    """Five are followed, a sixth is not."""
    for n in range(7):
        server.redirect(f"/{n}", f"/{n + 1}?secret=hunter2", 302)
    found = trouble(server.url("/0"))
    assert found.kind == "broken"
    assert "hunter2" not in found.message
    assert (server.hits("/5"), server.hits("/6")) == (1, 0)


def test_nothing_falls_back_from_https_to_http():
    """A redirect must not take the protection away that the config asks for."""
    answers = {
        "https://blog.example.org/feed": httpx.Response(301, headers={"location": "http://blog.example.org/feed"})
    }
    found = mocked("https://blog.example.org/feed", answers)
    assert isinstance(found, FeedTrouble)
    assert (found.kind, "https to http" in found.message) == ("refused", True)


async def sent(content: bytes):
    yield content


def mocked(url: str, answers: dict[str, httpx.Response], seen: list[httpx.Request] | None = None, trusted=()):
    """Fetches through a transport that has these answers."""

    async def handle(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return answers[str(request.url)]

    async def run():
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
            try:
                return await fetch(client, Ask(url=url), now=lambda: NOW, trusted=trusted)
            except FeedTrouble as caught:
                return caught

    return asyncio.run(run())


def test_a_redirect_goes_to_the_address_that_was_checked(monkeypatch):
    """The name is resolved once; the request is made to that address, with the name for the host and for TLS."""
    looked_up = []

    async def resolve(host: str, port: int) -> list[str]:
        looked_up.append((host, port))
        return ["93.184.215.14"]

    monkeypatch.setattr("syndicate.feed.guard._resolve", resolve)
    monkeypatch.setattr("syndicate.feed.guard._is_proxied", lambda *_: False)
    seen: list[httpx.Request] = []
    found = mocked(
        "https://blog.example.org/feed",
        {
            "https://blog.example.org/feed": httpx.Response(
                301, headers={"location": "https://cdn.example.net:8443/f?a=b"}
            ),
            "https://93.184.215.14:8443/f?a=b": httpx.Response(200, content=sent(BODY.encode())),
        },
        seen,
    )
    assert isinstance(found, Fetched)
    assert looked_up == [("cdn.example.net", 8443)]
    assert seen[1].headers["host"] == "cdn.example.net:8443"
    assert seen[1].extensions["sni_hostname"] == "cdn.example.net"
    assert seen[1].headers["connection"] == "close"
    assert found.url == found.moved_to == "https://cdn.example.net:8443/f?a=b"


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::1"], []])
def test_a_redirect_to_a_private_address_is_never_made(monkeypatch, addresses):
    """One address among many that is not public is enough to refuse."""

    async def resolve(_host: str, _port: int) -> list[str]:
        return addresses

    monkeypatch.setattr("syndicate.feed.guard._resolve", resolve)
    monkeypatch.setattr("syndicate.feed.guard._is_proxied", lambda *_: False)
    seen: list[httpx.Request] = []
    start = {"https://blog.example.org/feed": httpx.Response(302, headers={"location": "https://evil.example.net/"})}
    found = mocked("https://blog.example.org/feed", start, seen)
    assert isinstance(found, FeedTrouble)
    assert found.kind == "refused"
    assert len(seen) == 1


def test_a_host_that_the_config_names_may_be_anywhere():
    """A redirect to a trusted host is followed by name, without a look-up of ours."""
    seen: list[httpx.Request] = []
    found = mocked(
        "https://blog.example.org/feed",
        {
            "https://blog.example.org/feed": httpx.Response(302, headers={"location": "https://Intra.example.net/f"}),
            "https://intra.example.net/f": httpx.Response(200, content=sent(BODY.encode())),
        },
        seen,
        trusted=["intra.example.net"],
    )
    assert isinstance(found, Fetched)


def test_a_redirect_to_loopback_is_refused_though_this_server_is_there(server):
    """The host that the config names is `127.0.0.1`; `localhost` is not that name."""
    server.redirect("/feed", f"http://localhost:{server.port}/secret", 302)
    found = trouble(server.url("/feed"))
    assert found.kind == "refused"
    assert server.hits("/secret") == 0


# ------------------------------------------------------------------ bodies


def test_gzip_is_decompressed_with_and_without_its_header(server):
    """Both are seen for real."""
    server.put_gzip("/said", BODY)
    server.put("/unsaid", gzip.compress(BODY.encode()))
    assert get(server.url("/said")).body == get(server.url("/unsaid")).body == BODY.encode()


def test_deflate_and_several_gzip_members_are_read(server):
    """zlib's format, the raw one that some servers send, and gzip files one after another."""
    content = BODY.encode()
    raw = zlib.compressobj(wbits=-15)
    server.put("/zlib", zlib.compress(content), content_encoding="deflate")
    server.put("/raw", raw.compress(content) + raw.flush(), content_encoding="deflate")
    server.put("/two", gzip.compress(content[:40]) + gzip.compress(content[40:]), content_encoding="gzip")
    for path in ("/zlib", "/raw", "/two"):
        assert get(server.url(path)).body == content, path


@pytest.mark.parametrize("said", ["gzip", "", "gzip, gzip"])
def test_what_is_compressed_twice_is_refused(server, said):
    """Once is enough for any feed."""
    twice = gzip.compress(gzip.compress(BODY.encode()))
    server.put("/feed", twice, content_encoding=said)
    assert trouble(server.url("/feed")).kind == "refused"


@pytest.mark.parametrize("said", ["gzip", ""])
def test_a_gzip_bomb_ends_at_the_limit(server, said):
    """200 MB in 200 KB: no more than the limit is ever decompressed."""
    bomb = gzip.compress(bytes(200_000_000), 9)
    server.put("/feed", bomb, content_encoding=said)
    began = time.perf_counter()
    found = trouble(server.url("/feed"), limit=1_000_000)
    assert found.kind == "refused"
    assert "1,000,000" in found.message
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_ends_at_the_limit(server, announced):
    """With and without Content-Length; exactly the limit is allowed."""

    def answer(handler):
        handler.send_response(200)
        if announced:
            handler.send_header("Content-Length", "1001")
        handler.end_headers()
        handler.wfile.write(b"x" * 1001)

    server.play("/long", answer)
    server.put("/fits", b"x" * 1000)
    assert trouble(server.url("/long"), limit=1000).kind == "refused"
    assert len(get(server.url("/fits"), limit=1000).body) == 1000


def test_a_body_that_is_cut_short_is_no_document(server):
    """Neither half a gzip stream nor half of what Content-Length says is taken for a feed."""
    server.put("/gzip", gzip.compress(BODY.encode() * 50)[:-20], content_encoding="gzip")

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"<rss>")

    server.play("/plain", answer)
    assert trouble(server.url("/gzip")).kind == "unavailable"
    assert trouble(server.url("/plain")).kind == "unavailable"


@pytest.mark.parametrize(("said", "kind"), [("br", "broken"), ("zstd", "broken"), ("gzip", "broken")])
def test_bytes_that_are_not_what_the_header_says_are_broken(server, said, kind):
    """What was not asked for, or is damaged, is said to be."""
    server.put("/feed", b"\x1f\x8b\x08\x00 no gzip at all", content_encoding=said)
    assert trouble(server.url("/feed")).kind == kind


# ------------------------------------------------------------------ time and secrets


@pytest.mark.parametrize("how", ["drip", "hang"])
def test_the_time_limit_is_for_all_of_it(server, how):
    """A byte now and then does not keep a fetch alive."""
    getattr(server, how)("/feed")
    began = time.perf_counter()
    found = trouble(server.url("/feed"), timeout=0.4)
    assert "within 0.4 seconds" in found.message
    assert time.perf_counter() - began < 4


def test_headers_that_take_their_time_end_too(server):
    """One header a moment, for ever."""

    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not server.closing.wait(0.02):
            handler.wfile.write(b"X: y\r\n")

    server.play("/feed", answer)
    assert trouble(server.url("/feed"), timeout=0.4).kind == "unavailable"


def test_no_server_is_unavailable():
    """A refused connection names the error, not the address's secrets."""
    with FeedServer() as server:
        url = server.url("/feed").replace("http://", "http://user:hunter2@") + "?token=hunter2"
    found = trouble(url)
    assert found.kind == "unavailable"
    assert "127.0.0.1" in found.message
    assert "hunter2" not in found.message


@pytest.mark.parametrize("url", ["http://[", "ftp://127.0.0.1/", "http://127.0.0.1:99999/", "nonsense", "http:///x"])
def test_an_unusable_address_is_trouble_not_a_crash(url):
    """Whatever stands in the config or the ledger."""
    assert trouble(url).kind in {"broken", "unavailable"}


def test_httpx_does_not_log_addresses(server, caplog):
    """Feed addresses can hold tokens; httpx would log them at INFO."""
    server.put("/feed", BODY)
    with caplog.at_level(logging.INFO):
        get(server.url("/feed") + "?token=hunter2")
    assert "hunter2" not in caplog.text
