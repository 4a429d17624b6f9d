"""Bad input: one clear message that names the file, line or key and what to do, exit 2, nothing sent, nothing lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox

from .support import POST, Outcome, Project, clean_env, mortal, project, syndicate, tree


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project with five targets and a good post."""
    made = project(tmp_path / "project", sandbox)
    made.post()
    return made


def _refused(outcome: Outcome, sandbox: Sandbox | None, *words: str) -> None:
    """Exit 2 with a message that holds `words`; nothing on standard output; no request."""
    assert outcome.returncode == 2, outcome
    assert outcome.stdout == ""
    assert "Traceback" not in outcome.stderr
    assert outcome.stderr.count("syndicate: ") == 1
    for word in words:
        assert word in outcome.stderr
    if sandbox is not None:
        assert sandbox.seen == []


# ---------------------------------------------------------------------- posts


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"---\ntitle: caf\xe9\n---\nText\n", ["post.md:2", "UTF-8"], id="latin-1"),
        pytest.param("---\ntitle: x\n---\nText\n".encode("utf-16"), ["post.md", "UTF-8"], id="utf-16"),
        pytest.param(b"---\ntitle: 'x\n---\nText\n", ["post.md:", "YAML"], id="broken YAML"),
        pytest.param(b"---\ntitle: a: b\n---\nText\n", ["post.md:2", "YAML"], id="a colon in YAML"),
        pytest.param(b"+++\ntitle = x\n+++\nText\n", ["post.md:2", "TOML"], id="broken TOML"),
        pytest.param(b'{\n"title": "x",\n}\nText\n', ["post.md:3", "JSON"], id="broken JSON"),
        pytest.param(b"---\ntitle: x\nText without an end\n", ["post.md:"], id="front matter without an end"),
        pytest.param(b"---\n- title\n---\nText\n", ["post.md:"], id="a list for front matter"),
        pytest.param(b"Just text.\n", ["post.md:1", "no title", "title"], id="no title"),
        pytest.param(b"---\ntitle: ''\n---\nText\n", ["post.md:", "no title"], id="an empty title"),
        pytest.param(b"---\ntitle: x\n---\n", ["post.md:", "no text"], id="no body"),
        pytest.param(b"---\ntitle: x\n---\n \n\t\n", ["post.md:", "no text"], id="a blank body"),
        pytest.param(b"", ["post.md:1"], id="an empty file"),
        pytest.param(b"---\ntitle: x\ncanonical_url: nonsense x\n---\nText\n", ["post.md:3", "canonical_url"], id="URL"),
        pytest.param(
            b"---\ntitle: x\nsyndicate: {targets: [dveto]}\n---\nText\n",
            ["post.md", "dveto", "did you mean `devto`?"],
            id="unknown target in front matter",
        ),
        pytest.param(
            b"---\ntitle: x\nsyndicate: {devto: {titel: y}}\n---\nText\n",
            ["post.md:3", "titel", "title"],
            id="unknown override",
        ),
    ],
)
@pytest.mark.parametrize("dry", [True, False])
def test_bad_post(it: Project, sandbox: Sandbox, content: bytes, words: list[str], *, dry: bool) -> None:
    """A post that cannot be read, or says nothing, is named with its line; dry run and earnest agree."""
    (it.folder / "post.md").write_bytes(content)
    _refused(it.call("publish", "post.md", *["--dry-run"] * dry), sandbox, *words, "next: ")
    assert not it.ledger.exists() or it.rows() == []


def test_several_bad_posts_at_once(it: Project, sandbox: Sandbox) -> None:
    """All bad posts are named in one go, and the good one is not sent."""
    it.post("Text", "a.md")
    it.post("---\ntitle: x\n---\n", "b.md")
    _refused(it.call("publish", "a.md", "post.md", "b.md", "c.md"), sandbox, "a.md:1", "b.md:", "c.md")


@pytest.mark.parametrize("command", ["publish", "update", "status"])
def test_no_such_post(it: Project, sandbox: Sandbox, command: str) -> None:
    """A path that leads nowhere is named."""
    _refused(it.call(command, "nothing.md"), sandbox, "nothing.md", "no such file")


def test_folder_without_a_post(it: Project, sandbox: Sandbox) -> None:
    """A folder is a post only with an index.md in it."""
    (it.folder / "bundle").mkdir()
    _refused(it.call("publish", "bundle"), sandbox, "bundle", "index.md")


@pytest.mark.parametrize("name", ["x" * 300 + ".md", "no\nnewline.md", "-.md"])
def test_odd_names(it: Project, sandbox: Sandbox, name: str) -> None:
    """A name that no file can have, or has, is refused like any other."""
    outcome = it.call("publish", "--", name)
    assert outcome.returncode == 2
    assert sandbox.seen == []


@pytest.mark.slow
def test_unreadable_post(it: Project, sandbox: Sandbox) -> None:
    """A file that one may not read is named; skipped where root cannot give its powers up."""
    before = mortal()
    (it.folder / "post.md").chmod(0)
    done = syndicate("publish", "post.md", cwd=it.folder, before=before)
    _refused(Outcome(done.returncode, done.stdout, done.stderr), sandbox, "post.md", "ermission")


def test_two_files_are_one_post(it: Project, sandbox: Sandbox) -> None:
    """Two files with one canonical URL are one post: which of them would be sent is not guessed."""
    it.post(POST, "copy.md")
    _refused(it.call("publish", "post.md", "copy.md"), sandbox, "post.md", "copy.md", "same post")


def test_one_file_by_two_names(it: Project, sandbox: Sandbox) -> None:
    """The same file given twice, by another spelling or through a link, is one post and no mistake."""
    (it.folder / "link.md").symlink_to("post.md")
    outcome = it.call("publish", "post.md", it.folder / "post.md", "./post.md", "link.md", "--json", "--dry-run")
    assert outcome.returncode == 0
    assert len(outcome.json()["deliveries"]) == 5


# ---------------------------------------------------------------------- the config and the command line


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
        ("[targets.devto]", '[targets.devto]\norganization_id = "seven"', ["targets.devto.organization_id", "int"]),
        ("[targets.devto]", '[targets.devto]\nlanguages = "en"', ["targets.devto.languages"]),
        ("[targets.twitter]", '[targets.twitter]\nmode = "tread"', ["targets.twitter.mode", "'thread'"]),
        ('subreddit = "sandbox"', "", ["targets.reddit.subreddit", "missing"]),
        ("[site]", "[site", ["syndicate.toml", "TOML", "line 1"]),
        ("[site]", "[state]\nurl = 'postgresql://x/y'\n[site]", ["postgresql"]),
        ("[site]", "[state]\nurl = 'ledger.db'\n[site]", ["state.url", "sqlite:///"]),
    ],
)
def test_bad_config(it: Project, sandbox: Sandbox, old: str, new: str, words: list[str]) -> None:
    """A mistake in the config is named with its key, and near misses with a suggestion."""
    text = it.config.read_text()
    assert old in text
    it.config.write_text(text.replace(old, new, 1))
    _refused(it.call("publish", "post.md"), sandbox, *words)


def test_config_that_is_not_text(it: Project, sandbox: Sandbox) -> None:
    """A config in another encoding is named, with the place."""
    it.config.write_bytes(b'[site]\nurl = "https://caf\xe9.example"\n')
    _refused(it.call("publish", "post.md"), sandbox, "syndicate.toml", "UTF-8")


def test_config_nested_beyond_measure(it: Project, sandbox: Sandbox) -> None:
    """A config that no reader can follow is refused, not crashed on."""
    it.config.write_text("x = " + "[" * 20000 + "]" * 20000)
    _refused(it.call("publish", "post.md"), sandbox, "syndicate.toml")


def test_no_config(tmp_path: Path) -> None:
    """Without a config one is told how to get one."""
    alone = Project(tmp_path)
    alone.post()
    _refused(alone.call("publish", "post.md"), None, "syndicate.toml", "syndicate init")


@pytest.mark.parametrize("name", ["nothing.toml", "a" * 300, "."])
def test_config_that_is_not_there(it: Project, sandbox: Sandbox, name: str) -> None:
    """A config that was named must be a file: none is searched for in its place."""
    _refused(it.call("publish", "post.md", "--config", name), sandbox, name[:50])
    _refused(it.call("publish", "post.md", env={"SYNDICATE_CONFIG": name}), sandbox, name[:50])


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
        _refused(Outcome(done.returncode, done.stdout, done.stderr), sandbox, "c.toml")
    finally:
        closed.chmod(0o700)


def test_no_targets(it: Project, sandbox: Sandbox) -> None:
    """A config without a target says so."""
    it.config.write_text("[site]\n")
    _refused(it.call("publish", "post.md"), sandbox, "syndicate.toml", "no target")


def test_unknown_target(it: Project, sandbox: Sandbox) -> None:
    """A target that does not exist is named with a suggestion, wherever it is given."""
    _refused(it.call("publish", "post.md", "--to", "redit"), sandbox, "redit", "did you mean `reddit`?")
    _refused(it.call("update", "post.md", "--to", "redit"), sandbox, "redit", "did you mean `reddit`?")
    _refused(it.call("resolve", "post.md", "redit", "--not-published"), sandbox, "redit", "did you mean `reddit`?")
    _refused(it.call("publish", "post.md", "--to", "zzz"), sandbox, "zzz", "devto", "twitter")


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
    _refused(it.call("publish", "post.md"), sandbox, file, f"`{target}`")
    assert all(row.state == "planned" for row in it.rows())
    (it.folder / "secrets" / file).write_text(str(sandbox.target(target)[file.partition(".")[2]]))
    assert it.call("publish", "post.md", "--to", target).returncode == 0


def test_missing_secret_in_the_environment(tmp_path: Path, sandbox: Sandbox) -> None:
    """The variable is named, whether the config names it or its name follows from the target's."""
    it = project(tmp_path, sandbox, ["devto"], secrets="env")
    it.post()
    _refused(it.call("publish", "post.md", env={"TEST_DEVTO_API_KEY": ""}), sandbox, "TEST_DEVTO_API_KEY")
    text = "".join(line for line in it.config.read_text().splitlines(keepends=True) if "api_key" not in line)
    it.config.write_text(text.replace("[targets.devto]", "[targets.my-dev]"))
    _refused(it.call("publish", "post.md"), sandbox, "SYNDICATE_MY_DEV_API_KEY")
    assert it.call("publish", "post.md", env={"SYNDICATE_MY_DEV_API_KEY": "sandbox-dev-key"}).returncode == 0


def test_secret_that_is_not_text(it: Project, sandbox: Sandbox) -> None:
    """A secret's file that is not text is named; a dry run does not mind."""
    (it.folder / "secrets" / "devto.api_key").write_bytes(b"\xff\xfek\x00e\x00y\x00")
    assert it.call("publish", "post.md", "--dry-run").returncode == 0
    _refused(it.call("publish", "post.md"), sandbox, "devto.api_key")


def test_home_that_is_not_there(it: Project, sandbox: Sandbox) -> None:
    """`~name` of nobody is a path like any other that leads nowhere."""
    text = it.config.read_text()
    it.config.write_text(text.replace('"secrets/devto.api_key"', '"~no-such-user/key"'))
    _refused(it.call("publish", "post.md"), sandbox, "~no-such-user/key")
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


# ---------------------------------------------------------------------- the surroundings


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"}])
def test_output_that_cannot_be_encoded(it: Project, sandbox: Sandbox, variables: dict[str, str]) -> None:
    """Under cron's plain locale the report is printed as well as it can be, and `--json` stays JSON."""
    it.post(POST.replace("Hello, world", "Grüße, 世界 🎉"))
    surroundings = {"PYTHONUTF8": "0", **variables}
    dry = it.run("publish", "post.md", "--dry-run", env=surroundings)
    assert (dry.returncode, dry.stderr) == (0, "")
    assert "devto" in dry.stdout
    published = it.run("publish", "post.md", "--json", env=surroundings)
    assert (published.returncode, published.stderr) == (0, "")
    assert published.deliveries()["devto"]["parts"][0]["payload"]["article"]["title"] == "Grüße, 世界 🎉"
    assert it.run("status", env=surroundings).returncode == 0


def _shell(it: Project, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=it.folder, env=clean_env(it.folder), capture_output=True, text=True, timeout=60
    )


@pytest.mark.slow
@pytest.mark.parametrize("shell", [">&-", "> /dev/full", "2>&-", "| true"])
def test_output_that_goes_nowhere(it: Project, sandbox: Sandbox, shell: str) -> None:
    """Closed or full outputs change nothing of what is done, and end in no traceback."""
    if shell == "> /dev/full" and not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    command = f"'{sys.executable}' -m syndicate publish post.md --json {shell}"
    done = _shell(it, command)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert it.states() == {name: ["published"] for name in ("devto", "hashnode", "medium", "reddit", "twitter")}
    if shell == "2>&-":
        assert Outcome(done.returncode, done.stdout, "").deliveries()
    assert it.run("publish", "post.md").returncode == 0
    assert len(sandbox.writes()) == 5


@pytest.mark.slow
def test_warnings_stay_off_standard_output(it: Project) -> None:
    """With standard error closed a warning is not put into the JSON document."""
    text = it.config.read_text().replace('{ file = "secrets/devto.api_key" }', '"sandbox-dev-key"')
    it.config.write_text(text)
    command = f"'{sys.executable}' -m syndicate publish post.md --dry-run --json 2>&-"
    done = _shell(it, command)
    assert set(Outcome(done.returncode, done.stdout, "").deliveries()) >= {"devto"}


def _schema_version(path: Path) -> int:
    with sqlite3.connect(path) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_everything_above_is_refused_before_anything_is_written(it: Project, sandbox: Sandbox) -> None:
    """A refused call leaves no file behind but, at most, an empty ledger."""
    before = tree(it.folder)
    it.call("publish", "nothing.md")
    it.call("publish", "post.md", "--to", "zzz")
    after = tree(it.folder)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) <= {".syndicate/ledger.db"}
    assert _schema_version(it.ledger) >= 1 if it.ledger.exists() else True
