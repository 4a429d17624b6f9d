"""The examples can be taken as they are: each is checked by the program that reads it, and what they run is run."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from syndicate.config import Config, load
from syndicate.report import Exit
from syndicate.sandbox import Sandbox
from syndicate.standin import Response

from .support import POST, Project, clean_env, intercept, project

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
if not EXAMPLES.exists():
    pytest.skip("the examples are not beside these tests (a run against the wheel)", allow_module_level=True)

README = EXAMPLES / "README.md"
SERVICE = EXAMPLES / "systemd" / "syndicate-watch.service"
TIMER = EXAMPLES / "systemd" / "syndicate-watch.timer"
WORKFLOWS = sorted((EXAMPLES / "github").glob("*.yml"))
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())


# ---------------------------------------------------------------------- what they call


def _code(path: Path) -> Iterator[str]:
    """Lines that a machine reads, and what stands in back quotes for people."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        yield from itertools.chain.from_iterable(
            block.splitlines() for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        )
        text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    else:
        yield from (line for line in text.splitlines() if not line.lstrip().startswith("#"))
        yield from re.findall(r"^#\s+(runuser .*)$", text, re.MULTILINE)
        text = " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))
    yield from re.findall(r"`([^`]+)`", text)


def _calls() -> list[tuple[str, list[str]]]:
    """Every call of the command, with where it stands."""
    found = []
    for path in FILES:
        for line in _code(path):
            words = re.findall(r"(?:^|[\s=/])syndicate( [a-z][^|;&)#]*)", line)
            found += [(path.name, shlex.split(call.replace("${posts[@]}", "post.md"))) for call in words]
    return found


def _parse(arguments: list[str]) -> None:
    """Reads a call as the command line does, and does nothing. Raises what typer raises."""
    import typer

    from syndicate.cli.app import app

    command: Any = typer.main.get_command(app)
    context: Any = None
    rest = list(arguments)
    while hasattr(command, "commands"):
        name = rest.pop(0)
        assert name in command.commands, f"there is no command {name}"
        command = command.commands[name]
    context = command.make_context("syndicate", rest)
    assert context.params is not None


def test_they_call_the_command() -> None:
    """The search below finds the calls that matter, in every kind of file."""
    calls = [(name, words[0]) for name, words in _calls()]
    for name in ("crontab", SERVICE.name, "README.md", *(path.name for path in WORKFLOWS)):
        assert (name, "watch") in calls
    for path in WORKFLOWS:
        assert {"publish", "status", "queue"} <= {word for name, word in calls if name == path.name}


@pytest.mark.parametrize(("name", "arguments"), _calls(), ids=lambda value: value if isinstance(value, str) else None)
def test_every_call_is_one(name: str, arguments: list[str]) -> None:
    """The command line takes each call that stands in an example: its command, its options and their values."""
    _parse(arguments)


def test_the_search_for_calls_can_fail() -> None:
    """An option that there is not is noticed."""
    with pytest.raises(Exception, match="No such option"):
        _parse(["watch", "--evry", "15m"])


def _load(folder: Path, text: str) -> Config:
    (folder / "syndicate.toml").write_text(text, encoding="utf-8")
    return load(folder / "syndicate.toml")


def test_the_config_snippets_load(tmp_path: Path) -> None:
    """Each TOML block of the page is a config, or a part of one; so are the lines that the other files quote."""
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 3
    config, *_ = (_load(tmp_path, block) for block in blocks)
    assert config.feeds["blog"].targets == ("dev",)
    quoted = [
        line
        for path in FILES
        if path != README
        for line in re.findall(r"`((?:api_key|url) = [^`]+)`", path.read_text("utf-8").replace("\n#", ""))
    ]
    assert len(quoted) >= 3
    for line in quoted:
        section = '[targets.dev]\nadapter = "devto"' if line.startswith("api_key") else "[state]"
        _load(tmp_path, f"{section}\n{line}\n")


def test_the_exit_codes_of_the_page_are_those_of_the_command() -> None:
    """The table has each exit code once."""
    rows = re.findall(r"^\| (\d+) \|", README.read_text("utf-8"), re.MULTILINE)
    assert sorted(map(int, rows)) == sorted(code.value for code in Exit)


def test_the_page_leads_to_every_example() -> None:
    """Each file is linked from the page, and each link leads to one."""
    links = set(re.findall(r"\]\(([^)]+)\)", README.read_text("utf-8")))
    assert links == {path.relative_to(EXAMPLES).as_posix() for path in FILES if path != README}


# ---------------------------------------------------------------------- cron


def test_the_crontab() -> None:
    """One line with five fields of time and an absolute path; what comes before it are settings that cron knows."""
    lines = [line for line in (EXAMPLES / "crontab").read_text("utf-8").splitlines() if line and line[0] != "#"]
    *settings, job = lines
    assert dict(line.split("=", 1) for line in settings).keys() == {"MAILTO", "PATH", "LC_ALL"}
    *fields, command = job.split(maxsplit=5)
    number = r"(\*|\d+(-\d+)?)(/\d+)?"
    assert len(fields) == 5
    assert all(re.fullmatch(rf"{number}(,{number})*", field) for field in fields)
    assert "%" not in command, "cron makes a line's end of it"
    words = shlex.split(command)
    assert words[0].startswith("/")
    assert words[words.index("--config") + 1].startswith("/")


# ---------------------------------------------------------------------- systemd


@pytest.fixture
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if not found:
        assert not os.environ.get("CI"), "tests/system.sh should have installed systemd-analyze"
        pytest.skip("there is no systemd-analyze here (Debian: systemd)")
    return found


def _settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


@pytest.mark.slow
def test_the_units_are_sound(tmp_path: Path, analyze: str) -> None:
    """systemd reads service and timer without a warning, and finds the service well shut in."""
    there = tmp_path / "syndicate"
    there.write_text("#!/bin/sh\n")
    there.chmod(0o755)
    service = SERVICE.read_text("utf-8").replace("/opt/syndicate/bin/syndicate watch", f"{there} watch")
    (tmp_path / SERVICE.name).write_text(service)
    shutil.copy(TIMER, tmp_path)

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        files = [str(tmp_path / SERVICE.name), str(tmp_path / TIMER.name)][: 1 if words[0] == "security" else 2]
        return subprocess.run([analyze, *words, *files], capture_output=True, text=True, check=False, timeout=60)

    done = ask("verify")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    (tmp_path / SERVICE.name).write_text(service.replace("PrivateTmp=yes", "PrivateTemp=yes"))
    assert "PrivateTemp" in ask("verify").stderr, "a setting that there is not is noticed"
    (tmp_path / SERVICE.name).write_text(service)
    shut = ask("security", "--offline=yes", "--threshold=20", "--no-pager")
    assert shut.returncode == 0, shut.stdout[-300:] + shut.stderr


@pytest.mark.slow
def test_the_timer_tells_times(analyze: str) -> None:
    """Its calendar is one, and means every quarter of an hour."""
    (calendar,) = _settings(TIMER)["OnCalendar"]
    done = subprocess.run(
        [analyze, "calendar", "--iterations=3", calendar], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert re.findall(r"(?:Next elapse|Iteration #\d): .*:(\d\d):00", done.stdout)
    assert {int(minute) % 15 for minute in re.findall(r":(\d\d):00 ", done.stdout)} == {0}


def test_what_the_service_must_and_must_not_say() -> None:
    """A pass that is put off is no failure, the unit ends by itself, and the clock of the machine can be seen."""
    settings = _settings(SERVICE)
    assert settings["Type"] == ["oneshot"]
    assert settings["SuccessExitStatus"] == [str(Exit.LATER.value)]
    assert settings["TimeoutStartSec"] != ["infinity"]
    assert "ProcSubset" not in settings, "it hides /proc/sys/kernel/random/boot_id, by which the ledger measures time"
    assert all(path.startswith("/") for path in shlex.split(settings["ExecStart"][0]) if "/" in path)
    assert _settings(TIMER)["Persistent"] == ["true"]


# ---------------------------------------------------------------------- GitHub


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def _steps(path: Path) -> list[dict[str, Any]]:
    (job,) = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
    steps: list[dict[str, Any]] = job["steps"]
    return steps


@pytest.mark.slow
def test_the_workflow_is_well_formed(workflow: Path, tmp_path: Path) -> None:
    """It is valid by the schema of GitHub's workflows, which a linter brings along; a slip would not be."""
    pytest.importorskip("check_jsonschema", reason="check-jsonschema, of the extra `test`, is not installed")
    broken = tmp_path / "broken.yml"
    broken.write_text(workflow.read_text("utf-8").replace("runs-on:", "run-on:"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]

    def check(path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, str(path)], capture_output=True, text=True, check=False, timeout=60)

    done = check(workflow)
    assert done.returncode == 0, done.stdout + done.stderr
    assert check(broken).returncode != 0


def test_the_workflow_is_careful(workflow: Path) -> None:
    """It may read the repository and no more, runs one at a time to its end, and names the version of each action."""
    content = yaml.safe_load(workflow.read_text("utf-8"))
    assert content["permissions"] == {"contents": "read"}
    assert content["concurrency"]["group"]
    assert content["concurrency"]["cancel-in-progress"] is False
    (job,) = content["jobs"].values()
    assert job["timeout-minutes"]
    assert "env" not in job, "secrets are for the steps that need them, not for the one that installs"
    for step in job["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"actions/[\w/-]+@v\d+\.\d+\.\d+", step["uses"])
        else:
            assert "${{" not in step["run"], "what is pasted into a script is run: pass it by `env`"
        if "install" in step.get("run", ""):
            assert "env" not in step


@pytest.mark.slow
def test_scripts_of_the_workflow_are_shell(workflow: Path) -> None:
    """bash reads each script, and shellcheck, where it is there, finds nothing in it."""
    scripts = [step["run"] for step in _steps(workflow) if "run" in step]
    assert len(scripts) >= 4
    for script in scripts:
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, done.stderr
        if shutil.which("shellcheck"):
            command = ["shellcheck", "--shell=bash", "-"]
            done = subprocess.run(command, input=script, capture_output=True, text=True, check=False, timeout=30)
            assert done.returncode == 0, done.stdout


class Runner:
    """Runs a workflow's steps as a runner would: each script in bash, in a clone, with the step's own environment.

    Actions are not run: the checkout is made by the test, and the cache is that the ledger stays where it is.
    """

    def __init__(self, workflow: Path, it: Project, env: Mapping[str, str]) -> None:
        self.it = it
        self.temp = it.folder.parent / "temp"
        self.temp.mkdir(exist_ok=True)
        bin = self.temp / "bin"
        bin.mkdir(exist_ok=True)
        (bin / "syndicate").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m syndicate "$@"\n')
        (bin / "syndicate").chmod(0o755)
        content = yaml.safe_load(workflow.read_text("utf-8"))
        self.steps = _steps(workflow)
        self.env = clean_env(it.folder, {**content["env"], **env})
        self.env |= {"PATH": f"{bin}:{self.env['PATH']}", "RUNNER_TEMP": str(self.temp)}
        self.env |= {"GITHUB_STEP_SUMMARY": str(self.temp / "summary"), "GITHUB_ACTIONS": "true"}

    def run(self, **context: str) -> tuple[bool, str]:
        """Whether every step passed, and all that was printed.

        `context`: values of expressions, by their last word: `event_name` for `github.event_name`.
        """
        failed, log, outcomes = False, "", {"publish": "skipped"}
        for step in self.steps:
            if "run" not in step or "pip install" in step["run"]:
                continue
            if not self._wanted(step.get("if"), failed, outcomes, context):
                continue
            given = {key: self.env.get(key, "") for key in step.get("env", {})}
            env = {key: value for key, value in self.env.items() if not key.isupper() or key not in _SECRETS}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.it.folder,
                env={**env, **given},
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                stdin=subprocess.DEVNULL,
            )
            log += f"## {step['name']}: {done.returncode}\n{done.stdout}{done.stderr}"
            failed = failed or done.returncode != 0
            if "id" in step:
                outcomes[step["id"]] = "failure" if done.returncode else "success"
        return not failed, log

    @staticmethod
    def _wanted(condition: str | None, failed: bool, outcomes: Mapping[str, str], context: Mapping[str, str]) -> bool:
        """The few conditions that the examples have. Fails for any other: then this has to learn it."""
        if condition is None:
            return not failed
        words = re.sub(r"^\$\{\{\s*(.*?)\s*\}\}$", r"\1", condition).split(" && ")
        known = {
            "always()": True,
            "!cancelled()": True,
            "inputs.begin": context.get("begin") == "true",
            "!inputs.begin": context.get("begin") != "true",
            "github.event_name == 'workflow_dispatch'": context.get("event_name") == "workflow_dispatch",
            "steps.publish.outcome != 'skipped'": outcomes["publish"] != "skipped",
        }
        always = any(word in ("always()", "!cancelled()") for word in words)
        return (always or not failed) and all(known[word] for word in words)


_SECRETS = {"SYNDICATE_LEDGER", "DEVTO_API_KEY"}


def _blog(tmp_path: Path, sandbox: Sandbox, *, database: bool = True) -> Project:
    """A blog in a repository, with the config that the workflows ask for: an old post, a new one, one taken back."""
    if not shutil.which("git"):
        pytest.skip("there is no git here")
    it = project(tmp_path / "blog", sandbox, ["devto"], secrets="env")
    ((variable, value),) = it.env.items()
    text = it.config.read_text("utf-8").replace(variable, "DEVTO_API_KEY")
    if database:
        text += '\n[state]\nurl = { env = "SYNDICATE_LEDGER" }\n'
    it.config.write_text(text, encoding="utf-8")
    _git(it, "init", "-q", "-b", "main")
    it.post(POST.replace("hello", "old"), "content/old.md")
    _git(it, "add", "-A")
    _git(it, "commit", "-qm", "old", date="2020-01-01T00:00:00Z")
    it.post(POST, "content/posts/new post.md")
    it.post("# none\n", "content/posts/_index.md")
    it.post(POST.replace("hello", "taken-back"), "content/taken-back.md")
    it.post("not a post\n", "notes.md")
    _git(it, "add", "-A")
    _git(it, "commit", "-qm", "new")
    _git(it, "rm", "-q", "content/taken-back.md")
    _git(it, "commit", "-qm", "taken back")
    return Project(it.folder, {"DEVTO_API_KEY": value})


def _git(it: Project, *words: str, date: str | None = None) -> None:
    who = {f"GIT_{role}_{what}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env = clean_env(it.folder, {**who, **({"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date} if date else {})})
    subprocess.run(["git", *words], cwd=it.folder, env=env, check=True, timeout=60)


def _sent(sandbox: Sandbox) -> list[str]:
    """The canonical URLs of the articles that arrived."""
    posts = [seen.request for seen in sandbox.seen if seen.request.method == "POST"]
    return [json.loads(request.body)["article"]["canonical_url"] for request in posts]


@pytest.mark.slow
def test_the_workflow_with_a_database(tmp_path: Path, sandbox: Sandbox) -> None:
    """Its scripts publish the posts of this week, once; a run that is repeated sends nothing."""
    it = _blog(tmp_path, sandbox)
    env = {**it.env, "SYNDICATE_LEDGER": f"sqlite:///{tmp_path}/ledger.db"}
    runner = Runner(EXAMPLES / "github" / "syndicate.yml", it, env)
    fine, log = runner.run(event_name="workflow_dispatch")
    assert fine, log
    assert _sent(sandbox) == ["https://blog.example.org/posts/hello/"]
    fine, log = runner.run(event_name="schedule")
    assert fine, log
    assert len(_sent(sandbox)) == 1
    assert "```" in (runner.temp / "summary").read_text("utf-8")


@pytest.mark.slow
def test_the_workflow_without_one(tmp_path: Path, sandbox: Sandbox) -> None:
    """Without a ledger nothing is sent and the run fails; `begin` records what is there and publishes the rest."""
    it = _blog(tmp_path, sandbox, database=False)
    runner = Runner(EXAMPLES / "github" / "syndicate-cache.yml", it, it.env)
    fine, log = runner.run(event_name="schedule")
    assert not fine, log
    assert "::error::" in log
    assert _sent(sandbox) == []
    for begin in ("true", "false"):
        fine, log = runner.run(event_name="workflow_dispatch", begin=begin)
        assert fine, log
        assert _sent(sandbox) == ["https://blog.example.org/posts/hello/"]
    it.ledger.unlink()
    fine, log = runner.run(event_name="workflow_dispatch", begin="true")
    assert fine, log
    assert len(_sent(sandbox)) == 1, "the ledger was lost, but the post was found in the account"


@pytest.mark.slow
@pytest.mark.parametrize(("status", "expected"), [(429, True), (401, False), (422, False)])
def test_a_failure_fails_the_run_and_a_delay_does_not(
    tmp_path: Path, sandbox: Sandbox, status: int, expected: bool
) -> None:
    """What a person has to hear of ends the run with an error, a rate limit does not; the later steps run either way."""
    it = _blog(tmp_path, sandbox)
    answer = Response(status, b"no", {"Retry-After": "900"})
    intercept(sandbox, "devto", lambda request, original: answer if request.method == "POST" else original(request))
    env = {**it.env, "SYNDICATE_LEDGER": f"sqlite:///{tmp_path}/ledger.db"}
    fine, log = Runner(EXAMPLES / "github" / "syndicate.yml", it, env).run(event_name="schedule")
    assert fine == expected, log
    assert len(re.findall("^## ", log, re.MULTILINE)) == 3


def test_actions_that_the_cache_needs_fit() -> None:
    """What is saved is what is fetched: the same files, under a key that the next run's prefix finds."""
    steps = {step.get("name"): step for step in _steps(EXAMPLES / "github" / "syndicate-cache.yml")}
    fetched, saved = steps["Fetch the ledger"]["with"], steps["Keep the ledger"]["with"]
    assert fetched["path"] == saved["path"]
    assert "tokens" not in fetched["path"]
    assert fetched["key"] == saved["key"]
    assert saved["key"].startswith(fetched["restore-keys"])
