"""Addresses that are secrets, Telegram's and those of webhooks: no piece of them is said or kept, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from syndicate.adapters.discord_standin import DiscordStandIn
from syndicate.adapters.slack_standin import SlackWebhookStandIn
from syndicate.adapters.telegram import Telegram
from syndicate.adapters.telegram_standin import TelegramStandIn

from syndicate.adapter import Secret
from syndicate.errors import Failure
from syndicate.sandbox import Sandbox
from syndicate.standin import Request, Response

from .adapter_bridge import Place, make_post, run
from .support import Outcome, Project, intercept, project, tree

STANDINS = {"telegram": TelegramStandIn, "discord": DiscordStandIn, "slack": SlackWebhookStandIn}
#: What would be enough to post: whole secrets and the pieces that are secret by themselves.
PIECES = {
    "telegram": (TelegramStandIn.options["token"], TelegramStandIn.options["token"].partition(":")[2]),
    "discord": (DiscordStandIn.options["webhook"].rpartition("/")[2],),
    "slack": (SlackWebhookStandIn.hook, SlackWebhookStandIn.hook.rpartition("/")[2]),
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(standins=STANDINS) as running:
        yield running


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    made = project(tmp_path, sandbox, list(STANDINS), deadline="2s", settle="0s", patience="0s")
    made.post()
    return made


def assert_clean(it: Project, *outcomes: Outcome) -> None:
    said = {f"output {number}": one.stdout + one.stderr for number, one in enumerate(outcomes)}
    kept = {name: content.decode("utf-8", "replace") for name, content in tree(it.folder).items()}
    for where, text in {**said, **kept}.items():
        if not where.startswith("secrets/"):
            for piece in (one for pieces in PIECES.values() for one in pieces):
                assert piece not in text, where
                assert quote(piece, safe="") not in text, where


def echo(kind: str):
    """A stand-in's answer that repeats the address it was asked at."""

    def handle(request: Request, original) -> Response | None:
        path = f"/api{request.path}"
        match kind:
            case "redirect":
                return Response(307, "", {"Location": f"https://elsewhere.example{path}"})
            case "page":
                return Response(404, f"nothing at {path}")
            case "error":
                return Response(400, {"ok": False, "error_code": 400, "description": path, "message": path, "code": 1})
            case "server error":
                return Response(502, f"upstream {path}")
            case "lost":
                return None
        return original(request)

    return handle


@pytest.mark.parametrize("kind", ["none", "redirect", "page", "error", "server error", "lost"])
def test_neither_outputs_nor_the_ledger_hold_a_piece(it, sandbox, caplog, kind):
    """Of a good day and of answers that repeat the address; nor does the log, though httpx logs addresses."""
    caplog.set_level(logging.INFO)
    for name in STANDINS:
        intercept(sandbox, name, echo(kind))
    outcomes = [
        it.call("publish", "post.md", "--dry-run", "--json"),
        it.call("publish", "post.md", "--json"),
        it.call("status", "--json"),
        it.call("log", "post.md"),
    ]
    told = json.loads(outcomes[1].stdout)["deliveries"]
    assert len(told) == len(STANDINS)
    assert all((one["error"] is None) == (kind == "none") for one in told)
    assert_clean(it, *outcomes)
    for piece in (one for pieces in PIECES.values() for one in pieces):
        assert piece not in caplog.text


def test_no_connection_shows_no_address(it, sandbox):
    """The host is named, and nothing behind it."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        there = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        it.config.write_text(it.config.read_text().replace(sandbox.url, there))
        outcome = it.call("publish", "post.md", "--json")
    told = json.loads(outcome.stdout)["deliveries"]
    assert [one["error"]["kind"] for one in told] == ["Unavailable"] * len(STANDINS)
    assert_clean(it, outcome)


@pytest.mark.parametrize(
    "answer",
    [
        Response(302, "", {"Location": f"https://elsewhere.example/bot{quote(PIECES['telegram'][0])}/sendMessage"}),
        Response(400, {"ok": False, "error_code": 400, "description": f"at /bot{PIECES['telegram'][0]}/sendMessage"}),
        Response(500, "x" * 190 + PIECES["telegram"][0]),
        Response(403, f"at {PIECES['telegram'][1]}"),
        httpx.ConnectError(f"no route to {PIECES['telegram'][0]}"),
        httpx.RemoteProtocolError(f"lost at {PIECES['telegram'][0]}"),
    ],
)
def test_the_adapter_by_itself_tells_no_piece_of_the_token(answer):
    """Also where the core knows no secret: escaped in an address, cut in two by a limit, without the bot's number."""
    token = PIECES["telegram"][0]
    place = Place(Telegram(token=Secret.of(token), chat_id="@sandbox_channel"), TelegramStandIn)
    for call in (lambda: place.publish(make_post(), place.answering(answer)),
                 lambda: run(place.adapter.check(place.answering(answer)))):  # fmt: skip
        with pytest.raises(Failure) as caught:
            call()
        said = caught.value.message + caught.value.next
        assert token[10:20] not in said
        assert caught.value.__cause__ is None
