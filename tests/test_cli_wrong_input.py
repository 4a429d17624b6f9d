"""A bad config or call: one clear message that names the key and what to do, exit 2, nothing sent, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox

from .support import Outcome, Project, mortal, project, refused, syndicate


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[publish]", "[publsh]", ["publsh", "did you mean `publish`?"]),
        ("[publish]", '[publish]\ndeadlin = "3s"', ["publish.deadlin", "did you mean `deadline`?"]),
        ("[publish]", '[publish]\ndeadline = "soon"', ["publish.deadline", "'soon'"]),
        ("[publish]", '[publish]\ndeadline = "0s"', ["publish.deadline"]),
        ("[site]", '[site]\nlang = "en"', ["site.lang", "language"]),
        ('url = "https://blog.example.org"', 'url = "blog.example.org"', ["site.url", "https://"]),
        ('adapter = "devto"', 'adapter = "dev"', ["targets.devto.adapter", "did you mean `devto`?"]),
        ('adapter = "devto"', "", ["targets.devto.adapter", "missing"]),
        ("[targets.devto]", "[targets.devto]\napi_kye = 1", ["targets.devto.api_kye", "did you mean `api_key`?"]),
        (
            "[targets.devto]",
            '[targets.devto]\norganization_id = "seven"',
            ["targets.devto.organization_id", "a whole number expected"],
        ),
        ("[targets.twitter]", '[targets.twitter]\nnumbering = "yes"', ["targets.twitter.numbering", "true or false"]),
        ("[targets.devto]", '[targets.devto]\nlanguages = "en"', ["targets.devto.languages"]),
        ("[targets.twitter]", '[targets.twitter]\nmode = "tread"', ["targets.twitter.mode", "'thread'"]),
        ('subreddit = "sandbox"', "", ["targets.reddit.subreddit", "missing"]),
        ("[site]", "[site", ["syndicate.toml", "TOML", "line 1"]),
        ("[site]", "[state]\nurl = 'postgresql://127.0.0.1:1/y'\n[site]", ["127.0.0.1:1/y", "database is up"]),
        ("[site]", "[state]\nurl = 'mysql://x:secret@y/z'\n[site]", ["mysql", "postgresql://"]),
        ("[site]", "[state]\nurl = 'ledger.db'\n[site]", ["state.url", "sqlite:///"]),
    ],
)
def test_bad_config(it: Project, sandbox: Sandbox, old: str, new: str, words: list[str]) -> None:
    """A mistake in the config is named with its key, and near misses with a suggestion."""
    text = it.config.read_text()
    assert old in text
    it.config.write_text(text.replace(old, new, 1))
    refused(it.call("publish", "post.md"), sandbox, *words)


def test_config_that_is_not_text(it: Project, sandbox: Sandbox) -> None:
    """A config in another encoding is named, with the place."""
    it.config.write_bytes(b'[site]\nurl = "https://caf\xe9.example"\n')
    refused(it.call("publish", "post.md"), sandbox, "syndicate.toml", "UTF-8")


def test_config_nested_beyond_measure(it: Project, sandbox: Sandbox) -> None:
    """A config that no reader can follow is refused, not crashed on."""
    it.config.write_text("x = " + "[" * 20000 + "]" * 20000)
    refused(it.call("publish", "post.md"), sandbox, "syndicate.toml")


def test_no_config(tmp_path: Path) -> None:
    """Without a config one is told how to get one."""
    alone = Project(tmp_path)
    alone.post()
    refused(alone.call("publish", "post.md"), None, "syndicate.toml", "syndicate init")


@pytest.mark.parametrize("name", ["nothing.toml", "a" * 300, "."])
def test_config_that_is_not_there(it: Project, sandbox: Sandbox, name: str) -> None:
    """A config that was named must be a file: none is searched for in its place."""
    refused(it.call("publish", "post.md", "--config", name), sandbox, name[:50])
    refused(it.call("publish", "post.md", env={"SYNDICATE_CONFIG": name}), sandbox, name[:50])


@pytest.mark.slow
def test_config_in_a_closed_folder(it: Project, sandbox: Sandbox) -> None:
    """A config that one may not reach is named."""
    before = mortal()
    closed = it.folder / "closed"
    closed.mkdir()
    (closed / "c.toml").write_text("")
    closed.chmod(0)
    try:
        done = syndicate("publish", "post.md", "--config", closed / "c.toml", cwd=it.folder, before=before)
        refused(Outcome(done.returncode, done.stdout, done.stderr), sandbox, "c.toml")
    finally:
        closed.chmod(0o700)


def test_no_targets(it: Project, sandbox: Sandbox) -> None:
    """A config without a target says so."""
    it.config.write_text("[site]\n")
    refused(it.call("publish", "post.md"), sandbox, "syndicate.toml", "no target")


def test_unknown_target(it: Project, sandbox: Sandbox) -> None:
    """A target that does not exist is named with a suggestion, wherever it is given."""
    refused(it.call("publish", "post.md", "--to", "redit"), sandbox, "redit", "did you mean `reddit`?")
    refused(it.call("update", "post.md", "--to", "redit"), sandbox, "redit", "did you mean `reddit`?")
    refused(it.call("resolve", "post.md", "redit", "--not-published"), sandbox, "redit", "did you mean `reddit`?")
    refused(it.call("publish", "post.md", "--to", "zzz"), sandbox, "zzz", "devto", "twitter")


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("devto", "devto.api_key"),
        ("hashnode", "hashnode.token"),
        ("reddit", "reddit.client_secret"),
        ("twitter", "twitter.access_token"),
    ],
)
def test_missing_secret(it: Project, sandbox: Sandbox, target: str, file: str) -> None:
    """A secret that the config points to and that is not there is named, and no target is asked anything."""
    (it.folder / "secrets" / file).unlink()
    refused(it.call("publish", "post.md"), sandbox, file, f"`{target}`")
    assert all(row.state == "planned" for row in it.rows())
    (it.folder / "secrets" / file).write_text(str(sandbox.target(target)[file.partition(".")[2]]))
    assert it.call("publish", "post.md", "--to", target).returncode == 0


def test_missing_secret_in_the_environment(tmp_path: Path, sandbox: Sandbox) -> None:
    """The variable is named, whether the config names it or its name follows from the target's."""
    it = project(tmp_path, sandbox, ["devto"], secrets="env")
    it.post()
    refused(it.call("publish", "post.md", env={"TEST_DEVTO_API_KEY": ""}), sandbox, "TEST_DEVTO_API_KEY")
    text = "".join(line for line in it.config.read_text().splitlines(keepends=True) if "api_key" not in line)
    it.config.write_text(text.replace("[targets.devto]", "[targets.my-dev]"))
    refused(it.call("publish", "post.md"), sandbox, "SYNDICATE_MY_DEV_API_KEY")
    assert it.call("publish", "post.md", env={"SYNDICATE_MY_DEV_API_KEY": "sandbox-dev-key"}).returncode == 0


def test_secret_that_is_not_text(it: Project, sandbox: Sandbox) -> None:
    """A secret's file that is not text is named; a dry run does not mind."""
    (it.folder / "secrets" / "devto.api_key").write_bytes(b"\xff\xfek\x00e\x00y\x00")
    assert it.call("publish", "post.md", "--dry-run").returncode == 0
    refused(it.call("publish", "post.md"), sandbox, "devto.api_key")


def test_home_that_is_not_there(it: Project, sandbox: Sandbox) -> None:
    """`~name` of nobody is a path like any other that leads nowhere."""
    text = it.config.read_text()
    it.config.write_text(text.replace('"secrets/devto.api_key"', '"~no-such-user/key"'))
    refused(it.call("publish", "post.md"), sandbox, "~no-such-user/key")
    it.config.write_text(f'[state]\nurl = "sqlite:///~no-such-user/l.db"\n{text}')
    assert it.call("publish", "post.md", "--dry-run").returncode in (0, 2)


@pytest.mark.parametrize(
    "words",
    [
        ["publish"],
        ["publish", "post.md", "--too", "devto"],
        ["publish", "post.md", "--to"],
        ["publsh", "post.md"],
        ["resolve", "post.md"],
        ["resolve", "post.md", "medium"],
        ["resolve", "post.md", "medium", "--published", "https://x.example/1", "--not-published"],
        ["resolve", "post.md", "medium", "--published", "not-an-address"],
        ["resolve", "post.md", "medium", "--not-published"],
        ["resolve", "other.md", "medium", "--not-published"],
        ["resolve", "x" * 300, "medium", "--not-published"],
        ["sandbox", "--port", "70000"],
        ["platforms", "extra"],
        ["status", "--dry-run"],
    ],
)
def test_bad_command_line(it: Project, sandbox: Sandbox, words: list[str]) -> None:
    """A call that means nothing ends with 2 and says why; nothing is sent."""
    outcome = it.call(*words)
    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert outcome.stderr.strip()
    assert sandbox.seen == []


def test_init_never_overwrites(it: Project) -> None:
    """`init` leaves a config that is there as it is."""
    before = it.config.read_bytes()
    outcome = it.call("init")
    assert outcome.returncode == 2
    assert "syndicate.toml" in outcome.stderr
    assert it.config.read_bytes() == before


def test_init_where_nothing_can_be_written(it: Project) -> None:
    """`init` into a folder that does not exist is refused."""
    outcome = it.call("init", "no/where/syndicate.toml")
    assert (outcome.returncode, outcome.stdout) == (2, "")
