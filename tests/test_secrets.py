"""Secrets stay where they are: in no output, no ledger, no page and no exception, whatever goes wrong."""

from __future__ import annotations

import base64
import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from syndicate.registry import standin_class
from syndicate.sandbox import FAULTS, Fault, Sandbox
from syndicate.standin import Request, Response

from .support import FIVE, POST, Outcome, Project, clean_env, intercept, project, start, tree

#: What each field gets: made up, found nowhere else, and awkward to print.
_VALUES = {
    "devto": {"api_key": "Kd-s3cret/devto+key=="},
    "hashnode": {"token": "Kh-s3cret hashnode&token"},
    "medium": {"token": "Km-s3cret'medium\\token"},
    "reddit": {
        "client_id": "Kr-s3cret-id",
        "client_secret": 'Kr-s3cret"client',
        "username": "sandbox-user",
        "password": 'Kr-s3cret "pass" \\ <w&rd> é',
    },
    "twitter": {"access_token": "Kx-s3cret-access", "client_id": "Kx-s3cret-id", "refresh_token": "Kx-s3cret-refresh"},
}
_SECRETS = [value for fields in _VALUES.values() for value in fields.values() if "s3cret" in value]


def _forms(value: str) -> list[str]:
    """A secret as it may turn up in a text."""
    return [
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        base64.b64encode(value.encode()).decode(),
        repr(value)[1:-1],
    ]


def _assert_none(text: str, what: str) -> None:
    """No secret is in `text`, in no form, and not its recognisable beginning either."""
    for value in [*_SECRETS, ":".join(_VALUES["reddit"][key] for key in ("client_id", "client_secret"))]:
        for form in _forms(value):
            assert form not in text, (what, form)
    assert not re.search(r"K[dhmrx]-s3cr", text), (what, re.findall(r".{20}K[dhmrx]-s3cr.{20}", text))


def _assert_clean(it: Project, *outcomes: Outcome) -> None:
    """Neither what was printed nor what lies in the project (but for its secrets' own files) holds one."""
    for outcome in outcomes:
        _assert_none(outcome.stdout, "stdout")
        _assert_none(outcome.stderr, "stderr")
    for name, content in tree(it.folder).items():
        if not name.startswith(("secrets/", ".syndicate/tokens/")):
            _assert_none(content.decode("utf-8", "replace"), name)


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The sandbox, whose accounts have the secrets above."""
    for name, fields in _VALUES.items():
        cls = standin_class(name)
        monkeypatch.setattr(cls, "options", {**cls.options, **fields})
    monkeypatch.setattr(standin_class("reddit"), "password", _VALUES["reddit"]["password"])
    monkeypatch.setattr(standin_class("twitter"), "refresh", _VALUES["twitter"]["refresh_token"])
    monkeypatch.setattr(standin_class("twitter"), "client_id", _VALUES["twitter"]["client_id"])
    with Sandbox() as running:
        yield running


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    made = project(tmp_path, sandbox, deadline="2s", settle="0s", patience="0s")
    # Reddit's password is the more awkward of the two ways, so the config leaves out the other.
    section, reddit, rest = made.config.read_text().partition("[targets.reddit]")
    made.config.write_text(section + reddit + re.sub(r"(?m)^refresh_token = .*\n", "", rest, count=1))
    made.post()
    return made


def test_when_all_goes_well(it: Project) -> None:
    """Preview, publication, the second run and status of a good day hold no secret."""
    outcomes = [
        it.call("publish", "post.md", "--dry-run"),
        it.call("publish", "post.md", "--dry-run", "--json"),
        it.call("publish", "post.md", "--json"),
        it.call("publish", "post.md"),
        it.call("status"),
        it.call("status", "--json"),
    ]
    assert [outcome.returncode for outcome in outcomes] == [0] * 6
    _assert_clean(it, *outcomes)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("reads", [False, True])
def test_whatever_the_platform_does(it: Project, sandbox: Sandbox, kind: str, *, reads: bool) -> None:
    """Every fault, on writes and on reads: neither the report nor the ledger holds a secret."""
    for name in FIVE:
        sandbox.play(name, Fault(kind, times=2, seconds=0.1, retry_after="900", reads=reads))
    outcomes = [it.call("publish", "post.md"), it.call("publish", "post.md", "--json"), it.call("status", "--json")]
    assert outcomes[2].returncode == 0
    _assert_clean(it, *outcomes)


_ECHOES: dict[str, Callable[[str], Response]] = {
    "in an error": lambda said: Response(401, {"error": f"bad credentials: {said}"}),
    "in an object": lambda said: Response(401, {"error": {"headers": said, "hint": [said]}}),
    "in a list": lambda said: Response(400, {"errors": [{"message": said, "code": 1}]}),
    "as GraphQL": lambda said: Response(
        200, {"data": None, "errors": [{"message": said, "extensions": {"code": "X"}}]}
    ),
    "as Reddit": lambda said: Response(200, {"json": {"errors": [["BAD", said, "field"]]}}),
    "as X": lambda said: Response(403, {"title": "Forbidden", "detail": said, "type": "about:blank", "status": 403}),
    "as text": lambda said: Response(403, said),
    "as OAuth": lambda said: Response(400, {"error": "invalid_grant", "error_description": said}),
    "where it is cut at 500": lambda said: Response(401, {"error": "x" * 480 + said}),
    "where it is cut at 300": lambda said: Response(401, {"error": "x", "error_description": "x" * 255 + said}),
    "where it is cut at 200": lambda said: Response(401, "y" * 185 + said),
    "in a redirect": lambda said: Response(302, "", {"Location": f"/elsewhere?{quote(said)}"}),
    "in a 500": lambda said: Response(500, {"error": said}),
    "in an unreadable success": lambda said: Response(201, f"<html>{said}"),
}


@pytest.mark.parametrize("way", _ECHOES)
def test_a_platform_that_repeats_the_credentials(it: Project, sandbox: Sandbox, way: str) -> None:
    """Answers that hold the request's own credentials, in any shape, come out without them."""

    def handle(request: Request, _proceed: Callable[[Request], Response]) -> Response:
        kept = [request.headers.get(name, "") for name in ("authorization", "api-key")]
        said = " ".join([*filter(None, kept), *request.form().values()])
        return _ECHOES[way](said)

    for name in FIVE:
        intercept(sandbox, name, handle)
    outcomes = [it.call("publish", "post.md"), it.call("publish", "post.md", "--json"), it.call("status")]
    assert outcomes[0].returncode != 0
    _assert_clean(it, *outcomes)


@pytest.mark.parametrize("name", FIVE)
def test_a_renewed_token_is_a_secret_too(it: Project, sandbox: Sandbox, name: str) -> None:
    """A token that was handed out during the run is taken out of what the platform says, like the others."""

    def handle(request: Request, proceed: Callable[[Request], Response]) -> Response:
        response = proceed(request)
        if "token" in request.path:
            return response
        return Response(403, {"error": f"no: {request.headers.get('authorization')}"})

    intercept(sandbox, name, handle)
    outcome = it.call("publish", "post.md", "--to", name, "--json")
    assert outcome.returncode != 0
    assert "sandbox-reddit-access" not in outcome.stdout + outcome.stderr
    assert "sandbox-x-access" not in outcome.stdout + outcome.stderr


def test_connection_refused(it: Project, sandbox: Sandbox) -> None:
    """A platform that is not there: the host is named and nothing else."""
    it.config.write_text(it.config.read_text().replace(sandbox.url, "http://127.0.0.1:1"))
    outcomes = [it.call("publish", "post.md"), it.call("publish", "post.md", "--json")]
    assert [outcome.returncode for outcome in outcomes] == [75, 75]
    _assert_clean(it, *outcomes)


@pytest.mark.parametrize("where", ["publish", "find", "render"])
def test_an_adapter_that_breaks(it: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """An exception that nobody expected is named by its type and place: its text may hold anything."""
    from syndicate.registry import adapter_class

    def broken(self: object, *_: object) -> None:
        raise RuntimeError(f"went wrong with {_VALUES['devto']['api_key']}")

    async def broken_later(self: object, *_: object) -> None:
        broken(self)

    sandbox.play("devto", Fault("drop_before"))
    monkeypatch.setattr(adapter_class("devto"), where, broken if where == "render" else broken_later)
    outcomes = [it.call("publish", "post.md"), it.call("publish", "post.md", "--json"), it.call("status")]
    assert outcomes[0].returncode in (1, 3)
    assert "devto" in outcomes[0].stdout
    _assert_clean(it, *outcomes)


@pytest.mark.parametrize(
    "value", ["Kd-s3cret\nX-Injected: 1", "Kd-s3cret-é-世界", "Kd-s3cret\x00", "Kd-s3cret\r\n\r\nGET /", "Kd-s3cret 🎉"]
)
def test_a_secret_that_no_header_can_hold(it: Project, sandbox: Sandbox, value: str) -> None:
    """Such a secret is refused before anything is sent: the target and the header are named, the value is not."""
    (it.folder / "secrets" / "devto.api_key").write_text(value)
    outcomes = [
        it.call("publish", "post.md", "--to", "devto"),
        it.call("publish", "post.md", "--to", "devto", "--json"),
    ]
    assert outcomes[0].returncode == 2
    assert "devto" in outcomes[0].stdout
    assert "api-key" in outcomes[0].stdout
    assert sandbox.seen == []
    _assert_clean(it, *outcomes)


def test_missing_and_misplaced(it: Project) -> None:
    """A missing secret, a broken config and a bad post: the messages name places, not values."""
    config = it.config.read_text()
    (it.folder / "secrets" / "devto.api_key").rename(it.folder / "secrets" / "elsewhere")
    outcomes = [it.call("publish", "post.md")]
    key = _VALUES["devto"]["api_key"]
    for wrong in (f'api_key = ["{key}"]', f'api_key = {{ envv = "{key}" }}', f'api_kay = "{key}"'):
        it.config.write_text(re.sub(r"(?m)^api_key = .*$", wrong, config))
        outcomes.append(it.call("publish", "post.md"))
        it.config.write_text(config)
    assert [outcome.returncode for outcome in outcomes] == [2] * 4
    _assert_clean(it, *outcomes)


@pytest.mark.slow
def test_in_a_process_of_its_own(it: Project, sandbox: Sandbox) -> None:
    """Also with debugging of asyncio and warnings on, and with logging at its loudest, nothing gets out."""
    loud = "import logging; logging.basicConfig(level=0)\nfrom syndicate.__main__ import main\nmain()\n"
    for name in FIVE:
        sandbox.play(name, Fault("auth", times=2))
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", loud, "publish", "post.md"],
        cwd=it.folder,
        env=clean_env(it.folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    _assert_clean(it, Outcome(done.returncode, done.stdout, done.stderr))


def test_the_sandbox_page(it: Project, sandbox: Sandbox) -> None:
    """The pages that show what arrived show no credentials, not those of a token request's body either."""
    from .sandbox_bridge import ask

    assert it.call("publish", "post.md").returncode == 0
    for path in ("/", *(f"/{name}{rest}" for name in FIVE for rest in ("", "/requests"))):
        page = ask(sandbox, "GET", path)
        assert page.status == 200
        _assert_none(page.text, path)
        assert "sandbox-reddit-access" not in page.text


# ---------------------------------------------------------------------- tokens on disk


@pytest.mark.slow
def test_renewed_tokens_are_for_the_owner_alone(it: Project, sandbox: Sandbox) -> None:
    """They lie beside the ledger, in files of mode 0600 in a folder of mode 0700, whatever the umask is."""
    done = subprocess.run(
        ["/bin/sh", "-c", f"umask 0; exec '{sys.executable}' -m syndicate publish post.md --to reddit"],
        cwd=it.folder,
        env=clean_env(it.folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    folder = it.folder / ".syndicate" / "tokens"
    files = [path for path in folder.iterdir() if path.suffix == ".json"]
    assert [path.name for path in files] == ["reddit.json"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.read_bytes() == b"", path
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "sandbox-reddit-access-1" in files[0].read_text()
    assert "password" not in files[0].read_text()
    _assert_none(files[0].read_text(), "the token's file")


def test_a_kept_token_is_used(it: Project, sandbox: Sandbox) -> None:
    """The second run uses the token of the first instead of asking for another."""
    assert it.call("publish", "post.md", "--to", "reddit").returncode == 0
    it.post(POST.replace("/hello/", "/other/"), "other.md")
    assert it.call("publish", "other.md", "--to", "reddit").returncode == 0
    asked = [seen for seen in sandbox.seen if seen.request.path == "/api/v1/access_token"]
    assert len(asked) == 1


@pytest.mark.slow
def test_a_token_that_is_good_once(tmp_path: Path, sandbox: Sandbox) -> None:
    """Several processes at once renew a refresh token that may be used once: one does, all go on with what it got."""
    it = project(tmp_path, sandbox, ["twitter"], options={"twitter": {"access_token": ""}}, deadline="20s")
    names = ("a", "b", "c")
    for name in names:
        it.post(POST.replace("/hello/", f"/{name}/").replace("Hello", f"Post {name}"), f"{name}.md")
    runs = [start("publish", f"{name}.md", cwd=it.folder) for name in names]
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    asked = [seen.status for seen in sandbox.seen if seen.request.path == "/oauth2/token"]
    assert asked == [200]
    kept = (it.folder / ".syndicate" / "tokens" / "twitter.json").read_text()
    assert "sandbox-x-refresh-1" in kept
    assert "sandbox-x-refresh-1" not in "".join(it.call("status", "--json").stdout)
