"""The front door: the quick reader of arguments and typer agree; help, version and completion work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from syndicate import __version__
from syndicate.cli import commands, quick, watch
from syndicate.cli.app import app

from .support import call, clean_env, syndicate

_COMMANDS = (
    *("publish", "update", "watch", "queue", "cancel", "approve", "status", "resolve", "adopt", "log", "ledger"),
    *("confirm", "check", "doctor", "platforms", "init", "demo", "sandbox"),
)

_WORDS = st.one_of(
    st.sampled_from(
        [
            *(
                "--dry-run",
                "--draft",
                "--json",
                "--again",
                "--open",
                "--to",
                "--config",
                "--to=dev",
                "--config=c.toml",
                "--help",
                "--",
            ),
            *("--dry", "--no-json", "-t", "-", "--json=1", "post.md", "a post.md", "dev", "c.toml", "", "@post.md"),
            *(
                "publish",
                "status",
                "watch",
                "--every",
                "15m",
                "--version",
                "~/post.md",
                "*.md",
                "$HOME",
                "'q'",
                "\u00e9.md",
                "--to dev",
            ),
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
)
_ARGUMENTS = st.one_of(
    st.tuples(st.sampled_from(["publish", "status", "watch"]), st.lists(_WORDS, max_size=6)).map(
        lambda t: [t[0], *t[1]]
    ),
    st.lists(_WORDS, max_size=4),
)


def _values(posts: list[Path], **options: Any) -> dict[str, Any]:
    """What a command was called with, defaults filled in."""
    flags = dict.fromkeys(("dry_run", "draft", "json", "everything", "online", "again", "open_pages"), False)
    filled = {"to": (), "config": None, "at": None, "every": None, "backfill": 0, **flags, **options}
    return {**filled, "posts": list(posts), "to": list(filled["to"])}


@given(_ARGUMENTS)
def test_quick_reader_agrees_with_typer(arguments: list[str]) -> None:
    """Whatever the quick reader takes, typer takes too, and reads the same; the rest is left to typer."""
    heard: list[tuple[str, dict[str, Any]]] = []

    def listener(name: str) -> Any:
        def command(posts: list[Path] | tuple[()] = (), **options: Any) -> int:
            heard.append((name, _values([*posts], **options)))
            return 7

        return command

    with (
        mock.patch.object(commands, "publish", listener("publish")),
        mock.patch.object(commands, "status", listener("status")),
        mock.patch.object(watch, "watch", listener("watch")),
    ):
        code = quick.run(arguments)
        if code is None:
            assert heard == []
            return
        result = CliRunner().invoke(app, arguments)
    assert (code, result.exit_code) == (7, 7)
    quickly, by_typer = heard
    assert quickly == by_typer


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["publish", "a.md"], ("publish", ["a.md"], {})),
        (["publish", "a.md", "--dry-run", "b.md", "--json"], ("publish", ["a.md", "b.md"], {"dry_run": 1, "json": 1})),
        (["publish", "--to", "x", "a.md", "--to", "y"], ("publish", ["a.md"], {"to": ["x", "y"]})),
        (["publish", "a.md", "--draft", "--config", "c"], ("publish", ["a.md"], {"draft": 1, "config": "c"})),
        (["status"], ("status", [], {})),
        (["watch"], ("watch", [], {})),
        (
            ["watch", "--every", "15m", "--json", "--config", "c"],
            ("watch", [], {"every": "15m", "json": 1, "config": "c"}),
        ),
        (["status", "a.md", "--json"], ("status", ["a.md"], {"json": 1})),
    ],
)
def test_what_cron_runs_is_read_quickly(arguments: list[str], expected: object) -> None:
    """The calls that a cron job makes never wait for typer."""
    assert quick.parse(arguments) == expected


@pytest.mark.parametrize(
    "arguments", [[], ["publish"], ["publish", "--help"], ["update", "a.md"], ["publish", "-x"], ["watch", "a"]]
)
def test_the_rest_is_left_to_typer(arguments: list[str]) -> None:
    """Mistakes and everything rare get typer's messages."""
    assert quick.parse(arguments) is None


@pytest.mark.slow
def test_cron_runs_import_no_parser(tmp_path: Path) -> None:
    """A dry run and a status load neither typer nor an HTTP client."""
    (tmp_path / "syndicate.toml").write_text('[targets.dev]\nadapter = "devto"\n')
    (tmp_path / "post.md").write_text("# Title\n\nText\n")
    code = (
        "import sys; from syndicate.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as exit: assert not exit.code\n"
        "print(sorted({'typer', 'click', 'rich', 'httpx', 'tenacity', 'asyncio'} & set(sys.modules)), file=sys.stderr)"
    )
    for words in (["publish", "post.md", "--dry-run"], ["status"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path,
            env=clean_env(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == "[]\n"


def test_every_command_is_known() -> None:
    """The commands are those that the documentation names."""
    assert set(typer.main.get_command(app).commands) == set(_COMMANDS)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", _COMMANDS)
def test_help_has_an_example(tmp_path: Path, command: str) -> None:
    """`--help` of each command ends with 0 and shows how it is called."""
    outcome = call(command, "--help", cwd=tmp_path)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "Example" in outcome.stdout
    assert f"syndicate {command}" in outcome.stdout.partition("Example")[2]


def test_help_lists_the_commands(tmp_path: Path) -> None:
    """`--help`, or no words at all, lists every command."""
    asked, bare = call("--help", cwd=tmp_path), call(cwd=tmp_path)
    assert asked.returncode == 0
    for outcome in (asked, bare):
        shown = outcome.stdout + outcome.stderr
        assert all(f"\n  {command} " in shown for command in _COMMANDS)


def test_help_names_the_exit_codes(tmp_path: Path) -> None:
    """The commands that publish say what their exit codes mean."""
    for command in ("publish", "update"):
        shown = " ".join(call(command, "--help", cwd=tmp_path).stdout.split())
        for words in ("0 done", "1 failed", "2 usage", "3 a person", "75 run again later"):
            assert words in shown


@pytest.mark.slow
def test_version(tmp_path: Path) -> None:
    """`--version` prints name and version and nothing else, with or without the shortcut."""
    done = syndicate("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"syndicate {__version__}\n", "")
    assert CliRunner().invoke(app, ["--version"]).stdout == f"syndicate {__version__}\n"


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(tmp_path: Path, shell: str) -> None:
    """The script for completion can be shown for the usual shells, and bash takes its own."""
    done = syndicate("--show-completion", shell, cwd=tmp_path)
    if done.returncode and "shell" in done.stderr.lower():
        # Where typer finds out the shell by itself it takes no name.
        done = syndicate("--show-completion", cwd=tmp_path, env={"SHELL": f"/bin/{shell}"})
    assert done.returncode == 0
    assert "syndicate" in done.stdout
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=done.stdout, text=True, check=True)


@pytest.mark.slow
def test_completion(tmp_path: Path) -> None:
    """Commands and options are completed."""

    def completed(words: str, number: int) -> list[str]:
        asked = {"_SYNDICATE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(number)}
        return syndicate(cwd=tmp_path, env=asked).stdout.split()

    assert completed("syndicate pub", 1) == ["publish"]
    assert completed("syndicate publish --dr", 2) == ["--dry-run", "--draft"]


@pytest.mark.slow
def test_platforms(tmp_path: Path) -> None:
    """`platforms` tells of all five what they take, need, cost and rule, for people and as JSON."""
    told, listed = call("platforms", cwd=tmp_path), call("platforms", "--json", cwd=tmp_path)
    assert (told.returncode, listed.returncode) == (0, 0)
    platforms = {one["name"]: one for one in listed.json()["platforms"]}
    assert set(platforms) >= {"devto", "hashnode", "medium", "reddit", "twitter"}
    for name, one in platforms.items():
        assert one["limits"]["text"] > 0
        assert one["price"]
        assert f"{name}  " in told.stdout
        assert one["price"] in told.stdout
        assert one["policy"] in told.stdout
    assert "pro" in platforms["hashnode"]["price"].lower()
    assert "2025" in platforms["medium"]["policy"]
